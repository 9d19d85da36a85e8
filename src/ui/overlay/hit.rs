//! Which mark, and which part of it, lies under the pointer. Distances are screen points.

use egui::{Pos2, Rect};

use super::OverlayMark;
use crate::grounding::mark::Mark;
use crate::ui::placement::Placement;

/// How near a handle counts, as in both Qt labelling tools.
pub const HIT_HANDLE: f32 = 10.0;
/// How near a line counts.
pub const HIT_EDGE: f32 = 6.0;

/// What of a mark was hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkPart {
    /// A point of a selected mark that could be dragged, by its place in the mark's points.
    Handle(usize),
    /// The line, or the ring of a point.
    Edge,
    /// The inside of an outline.
    Inside,
}

/// A mark under the pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkHit {
    /// [`OverlayMark::id`].
    pub id: u64,
    /// What of it.
    pub part: MarkPart,
}

/// What lies at `pos`: a handle of the selection before a line before an inside, the nearer or smaller one first.
#[must_use]
pub fn hit(marks: &[OverlayMark], placement: &Placement, pos: Pos2) -> Option<MarkHit> {
    let near = Rect::from_center_size(pos, egui::Vec2::splat(2.0 * HIT_HANDLE));
    marks
        .iter()
        .filter(|mark| mark.shows_in(near, placement))
        .filter_map(|mark| hit_one(mark, placement, pos).map(|found| (found, mark.id)))
        .min_by(|((_, a), _), ((_, b), _)| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)))
        .map(|((part, _), id)| MarkHit { id, part })
}

/// The part that was hit, with its class (less is more urgent) and its distance or size.
fn hit_one(mark: &OverlayMark, placement: &Placement, pos: Pos2) -> Option<(MarkPart, (u8, f32))> {
    let points = mark.on_screen(placement);
    if mark.selected {
        let nearest = points
            .iter()
            .map(|at| at.distance(pos))
            .enumerate()
            .min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((at, distance)) = nearest.filter(|(_, distance)| *distance <= HIT_HANDLE) {
            return Some((MarkPart::Handle(at), (0, distance)));
        }
    }
    let (distance, reach) = match &mark.mark {
        Mark::Spot(_) => (points[0].distance(pos), HIT_HANDLE),
        Mark::Path(_) => (distance_to_line(&points, pos), HIT_EDGE),
        Mark::Outline(_) => {
            let closed: Vec<Pos2> = points.iter().chain(points.first()).copied().collect();
            (distance_to_line(&closed, pos), HIT_EDGE)
        }
    };
    if distance <= reach {
        return Some((MarkPart::Edge, (1, distance)));
    }
    let bounds = Rect::from_points(&points);
    let inside = matches!(mark.mark, Mark::Outline(_)) && is_inside(&points, pos);
    inside.then(|| (MarkPart::Inside, (2, bounds.area())))
}

fn distance_to_line(points: &[Pos2], pos: Pos2) -> f32 {
    let to_segment = |ends: &[Pos2]| {
        let along = ends[1] - ends[0];
        let length_sq = along.length_sq();
        let t = if length_sq > 0.0 {
            ((pos - ends[0]).dot(along) / length_sq).clamp(0.0, 1.0)
        } else {
            0.0
        };
        (ends[0] + t * along).distance(pos)
    };
    points
        .windows(2)
        .map(to_segment)
        .fold(f32::INFINITY, f32::min)
}

/// Whether a ray from `pos` crosses the outline an odd number of times.
fn is_inside(points: &[Pos2], pos: Pos2) -> bool {
    let next = points.iter().cycle().skip(1);
    let crosses = points.iter().zip(next).filter(|(a, b)| {
        let spans = (a.y > pos.y) != (b.y > pos.y);
        spans && pos.x < a.x + (pos.y - a.y) / (b.y - a.y) * (b.x - a.x)
    });
    crosses.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use egui::{pos2, vec2};

    use super::*;
    use crate::geometry::{ImagePoint, ImageSize};
    use crate::ui::overlay::Hue;
    use crate::ui::placement::CanvasView;

    /// Two screen points per image pixel.
    fn placement() -> Placement {
        let view = Rect::from_min_size(pos2(0.0, 0.0), vec2(1280.0, 960.0));
        CanvasView::default().place(view, ImageSize::new(640, 480), 1.0)
    }

    fn square(id: u64, x: f32, y: f32, side: f32) -> OverlayMark {
        let at = ImagePoint::new;
        let corners = vec![
            at(x, y),
            at(x + side, y),
            at(x + side, y + side),
            at(x, y + side),
        ];
        OverlayMark::new(id, Mark::Outline(corners), Hue::default())
    }

    fn at(marks: &[OverlayMark], x: f32, y: f32) -> Option<(u64, MarkPart)> {
        hit(marks, &placement(), pos2(x, y)).map(|found| (found.id, found.part))
    }

    #[test]
    fn the_smaller_box_is_hit_inside_the_larger() {
        let marks = [square(1, 50.0, 50.0, 200.0), square(2, 100.0, 100.0, 40.0)];
        assert_eq!(at(&marks, 240.0, 240.0), Some((2, MarkPart::Inside)));
        assert_eq!(at(&marks, 400.0, 400.0), Some((1, MarkPart::Inside)));
        assert_eq!(at(&marks, 204.0, 240.0), Some((2, MarkPart::Edge)));
        assert_eq!(at(&marks, 20.0, 20.0), None);
    }

    #[test]
    fn handles_are_hit_only_on_the_selection_and_within_ten_points() {
        let mut marks = [square(1, 50.0, 50.0, 100.0)];
        assert_eq!(at(&marks, 100.0, 100.0), Some((1, MarkPart::Edge)));
        marks[0].selected = true;
        assert_eq!(at(&marks, 300.0, 309.0), Some((1, MarkPart::Handle(2))));
        assert_eq!(at(&marks, 300.0, 311.0), None);
    }

    #[test]
    fn hidden_marks_are_not_hit() {
        let mut marks = [square(1, 50.0, 50.0, 100.0)];
        marks[0].hidden = true;
        assert_eq!(at(&marks, 200.0, 200.0), None);
    }

    #[test]
    fn a_trace_is_hit_along_its_line_only() {
        let points = vec![ImagePoint::new(10.0, 10.0), ImagePoint::new(110.0, 110.0)];
        let marks = [OverlayMark::new(7, Mark::Path(points), Hue::default())];
        assert_eq!(at(&marks, 120.0, 124.0), Some((7, MarkPart::Edge)));
        assert_eq!(at(&marks, 120.0, 150.0), None);
    }
}
