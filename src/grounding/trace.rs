//! A trace: the path something should take through the image, in order of time.

use super::mark::Mark;
use super::{Grounding, GroundingKind, KindSpec};

pub(super) const SPEC: KindSpec = KindSpec {
    kind: GroundingKind::Trace,
    name: "trace",
    points: (2, 64),
    marks,
    answer,
};

fn marks(grounding: &Grounding) -> Vec<Mark> {
    vec![Mark::Path(grounding.points.clone())]
}

/// `[[x1, y1], [x2, y2]]`: the first trace only, since an answer describes one motion.
fn answer(traces: &[Grounding]) -> String {
    let items: Vec<String> = traces
        .first()
        .into_iter()
        .flat_map(|g| &g.points)
        .map(|p| format!("[{}, {}]", p.x.round(), p.y.round()))
        .collect();
    format!("[{}]", items.join(", "))
}
