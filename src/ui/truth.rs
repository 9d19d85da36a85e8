//! Ground truth over a picture: thin white lines, apart from the dashed ones of a model, and a legend that says so.

use egui::{FontId, Rect, Stroke, Ui, pos2, vec2};

use super::groundings::hue_name;
use super::overlay::{HueBook, MarkSource, OverlayMark};
use super::theme::{
    self, HUES, MARK_WHITE, ON_PICTURE, ON_PICTURE_TEXT, SPACE, SPACE_SMALL, TEXT_CAPTION,
};
use crate::engine::SourceId;
use crate::grounding::GroundingKind;
use crate::workbench::Workbench;

/// Marks of ground truth are numbered from here, so that they are told from those of a model.
pub(super) const FIRST: u64 = 1 << 32;
/// Length of a line of the legend.
const LINE: f32 = 18.0;
const DASH: f32 = 5.0;
const HEIGHT: f32 = 16.0;

/// What is true of a source's picture.
pub(super) fn marks(workbench: &Workbench, hues: &mut HueBook, id: SourceId) -> Vec<OverlayMark> {
    let mut marks = Vec::new();
    for (at, truth) in workbench.truth(id).enumerate() {
        let hue = hues.hue(&hue_name(truth, at));
        // The middle of a thing is named by its box.
        let label = truth.label.clone().unwrap_or_default();
        for mark in truth.marks() {
            marks.push(OverlayMark {
                source: MarkSource::Truth,
                label: label.clone(),
                ..OverlayMark::new(FIRST + at as u64, mark, hue)
            });
        }
    }
    marks
}

/// Says which lines are whose, in the upper right corner; only where both are drawn.
pub(super) fn legend(ui: &Ui, area: Rect, (truths, models): (usize, usize)) {
    if truths == 0 {
        return;
    }
    let painter = ui.painter_at(area);
    let font = FontId::proportional(TEXT_CAPTION);
    let mut rows = vec![("truth", false)];
    if models > 0 {
        rows.push(("model", true));
    }
    let words: Vec<_> = rows
        .iter()
        .map(|(word, dashed)| {
            let galley = painter.layout_no_wrap((*word).to_owned(), font.clone(), ON_PICTURE_TEXT);
            (galley, *dashed)
        })
        .collect();
    let width = words
        .iter()
        .map(|(galley, _)| galley.size().x)
        .fold(0.0, f32::max);
    let size = vec2(
        width + LINE + 3.0 * SPACE,
        HEIGHT * words.len() as f32 + SPACE_SMALL,
    );
    let chip = Rect::from_min_size(area.right_top() + vec2(-SPACE - size.x, SPACE), size);
    painter.rect_filled(chip, theme::RADIUS, ON_PICTURE);
    for (row, (galley, dashed)) in words.into_iter().enumerate() {
        let middle = chip.top() + SPACE_SMALL / 2.0 + HEIGHT * (row as f32 + 0.5);
        let left = chip.left() + SPACE;
        if dashed {
            let stroke = Stroke::new(2.0, HUES[0]);
            for part in 0..3 {
                let from = left + part as f32 * (LINE - DASH) / 2.0;
                painter.line_segment([pos2(from, middle), pos2(from + DASH, middle)], stroke);
            }
        } else {
            let stroke = Stroke::new(1.0, MARK_WHITE);
            painter.line_segment([pos2(left, middle), pos2(left + LINE, middle)], stroke);
        }
        let at = pos2(left + LINE + SPACE, middle - galley.size().y / 2.0);
        painter.galley(at, galley, ON_PICTURE_TEXT);
    }
}

/// What a kind of ground truth is called on its switch.
pub(super) const fn kind_name(kind: GroundingKind) -> &'static str {
    match kind {
        GroundingKind::Box => "Boxes",
        GroundingKind::Point => "Points",
        GroundingKind::Trace => "Traces",
    }
}
