//! A point: one position.

use super::mark::Mark;
use super::{Grounding, GroundingKind, KindSpec};

pub(super) const SPEC: KindSpec = KindSpec {
    kind: GroundingKind::Point,
    name: "point",
    points: (1, 1),
    marks,
    answer,
};

fn marks(grounding: &Grounding) -> Vec<Mark> {
    grounding.points.iter().map(|p| Mark::Spot(*p)).collect()
}

/// The paper's list of tuples: `[(x1, y1), (x2, y2)]`.
fn answer(points: &[Grounding]) -> String {
    let items: Vec<String> = points
        .iter()
        .flat_map(|g| &g.points)
        .map(|p| format!("({}, {})", p.x.round(), p.y.round()))
        .collect();
    format!("[{}]", items.join(", "))
}
