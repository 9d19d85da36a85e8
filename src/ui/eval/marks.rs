//! What is true and what was answered, over the picture of an outcome that is looked at.

use crate::engine::SourceId;
use crate::grounding::Grounding;
use crate::ui::overlay::{HueBook, MarkSource, OverlayMark};
use crate::workbench::Workbench;

/// Marks of outcomes are numbered from here, so that a press on them is not one on an answer of the loaded model.
const FIRST: u64 = 1 << 36;

/// What was answered, as a model's marks.
pub(in crate::ui) fn answers(
    workbench: &Workbench,
    hues: &mut HueBook,
    id: SourceId,
) -> Vec<OverlayMark> {
    let shown = workbench.evaluated(id);
    marks(
        shown.map_or(&[], |(_, answer)| answer),
        hues,
        (MarkSource::Model, "answer", FIRST),
    )
}

/// What is true.
pub(in crate::ui) fn truths(
    workbench: &Workbench,
    hues: &mut HueBook,
    id: SourceId,
) -> Vec<OverlayMark> {
    let shown = workbench.evaluated(id);
    marks(
        shown.map_or(&[], |(truth, _)| truth),
        hues,
        (MarkSource::Truth, "truth", 2 * FIRST),
    )
}

fn marks(
    shown: &[Grounding],
    hues: &mut HueBook,
    (source, label, first): (MarkSource, &str, u64),
) -> Vec<OverlayMark> {
    let mut marks = Vec::new();
    for (at, grounding) in shown.iter().enumerate() {
        let hue = hues.hue(label);
        for mark in grounding.marks() {
            marks.push(OverlayMark {
                source,
                label: label.to_owned(),
                ..OverlayMark::new(first + at as u64, mark, hue)
            });
        }
    }
    marks
}
