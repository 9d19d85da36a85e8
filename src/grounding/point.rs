//! A point: one position.

use super::mark::Mark;
use super::{Grounding, GroundingKind, KindSpec, Settled, whole};
use crate::geometry::ImagePoint;

pub(super) const SPEC: KindSpec = KindSpec {
    kind: GroundingKind::Point,
    name: "point",
    points: (1, 1),
    keys: &["point_2d", "point", "points", "coordinates"],
    tags: &["point", "points"],
    settle: |_| Settled::Kept,
    marks,
    answer,
};

impl Grounding {
    /// A single position.
    #[must_use]
    pub fn point(point: ImagePoint) -> Self {
        Self::new(GroundingKind::Point, vec![point])
    }
}

fn marks(grounding: &Grounding) -> Vec<Mark> {
    grounding.points.iter().map(|p| Mark::Spot(*p)).collect()
}

/// The paper's list of tuples: `[(x1, y1), (x2, y2)]`.
fn answer(points: &[Grounding]) -> String {
    let items: Vec<String> = points
        .iter()
        .flat_map(|g| &g.points)
        .map(|p| format!("({}, {})", whole(p.x), whole(p.y)))
        .collect();
    format!("[{}]", items.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_the_papers_list_of_tuples() {
        let points = [(320.2, 280.0), (357.5, 280.0), (396.0, 290.0)];
        let points = points.map(|(x, y)| Grounding::point(ImagePoint::new(x, y)));
        assert_eq!(answer(&points), "[(320, 280), (358, 280), (396, 290)]");
    }
}
