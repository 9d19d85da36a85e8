//! A box: two opposite corners, edges parallel to the image's.

use super::mark::Mark;
use super::{Grounding, GroundingKind, KindSpec};
use crate::geometry::ImagePoint;

pub(super) const SPEC: KindSpec = KindSpec {
    kind: GroundingKind::Box,
    name: "box",
    points: (2, 2),
    marks,
    answer,
};

impl Grounding {
    /// Left, top, right and bottom of all points: the box itself, or the bounds of any other kind.
    #[must_use]
    pub fn bounds(&self) -> Option<[f32; 4]> {
        let first = self.points.first()?;
        Some(
            self.points
                .iter()
                .fold([first.x, first.y, first.x, first.y], |b, p| {
                    [b[0].min(p.x), b[1].min(p.y), b[2].max(p.x), b[3].max(p.y)]
                }),
        )
    }
}

fn marks(grounding: &Grounding) -> Vec<Mark> {
    grounding
        .bounds()
        .map_or_else(Vec::new, |[x1, y1, x2, y2]| {
            vec![Mark::Outline(vec![
                ImagePoint::new(x1, y1),
                ImagePoint::new(x2, y1),
                ImagePoint::new(x2, y2),
                ImagePoint::new(x1, y2),
            ])]
        })
}

/// Qwen2.5-VL's own form: `[{"bbox_2d": [x1, y1, x2, y2], "label": "…"}]`.
fn answer(boxes: &[Grounding]) -> String {
    let items: Vec<String> = boxes
        .iter()
        .filter_map(|g| {
            let [x1, y1, x2, y2] = g.bounds()?.map(f32::round);
            let label = serde_json::Value::from(g.label.as_deref().unwrap_or("object"));
            Some(format!(
                r#"{{"bbox_2d": [{x1}, {y1}, {x2}, {y2}], "label": {label}}}"#
            ))
        })
        .collect();
    format!("[{}]", items.join(", "))
}
