//! Label chips beside marks: outside the box, inside the picture, never over one another.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{CornerRadius, FontFamily, FontId, Galley, Painter, Pos2, Rect, Shape, Vec2, vec2};

use super::{MarkSource, OverlayMark};
use crate::grounding::mark::Mark;
use crate::ui::placement::Placement;
use crate::ui::theme::{
    MARK_WHITE, ON_PICTURE, ON_PICTURE_TEXT, ON_PICTURE_WEAK, TEXT_CAPTION, semibold_family,
};

const HEIGHT: f32 = 18.0;
const PADDING: f32 = 6.0;
/// Width of the stripe in the mark's hue.
const STRIPE: f32 = 3.0;
const GAP: f32 = 4.0;
/// Distance from a point's centre, outside its cross.
const SPOT_GAP: f32 = 15.0;
const TEXT_WIDTH_MAX: f32 = 160.0;
/// Chips drawn at most; beyond, a picture is only text. Hovering still names every mark.
const CHIPS_MAX: usize = 48;

/// Draws the chips of `shown`, the strongest first, leaving out those that would cover another.
pub(super) fn paint(
    painter: &Painter,
    shown: &[&OverlayMark],
    placement: &Placement,
    hovered: Option<u64>,
) {
    let must = |mark: &OverlayMark| mark.selected || hovered == Some(mark.id);
    let mut order = shown.to_vec();
    order.sort_by(|a, b| (must(b).cmp(&must(a))).then(b.strength().total_cmp(&a.strength())));
    let mut taken: Vec<Rect> = Vec::new();
    let mut shapes = Vec::new();
    for mark in order {
        if taken.len() >= CHIPS_MAX && !must(mark) {
            break;
        }
        let Some(job) = text(mark) else { continue };
        let galley = painter.layout_job(job);
        let size = vec2(galley.size().x.ceil() + 2.0 * PADDING + STRIPE, HEIGHT);
        let places = places(mark, placement, size);
        let is_free = |place: &&Rect| !taken.iter().any(|other| other.intersects(**place));
        let free = places.iter().find(is_free);
        if let Some(place) = free.or(places.first().filter(|_| must(mark))) {
            taken.push(*place);
            shapes.push(chip(*place, galley, mark, must(mark)));
        }
    }
    painter.extend(shapes.into_iter().rev().flatten());
}

/// Index, label and score; none where a mark has nothing to say.
fn text(mark: &OverlayMark) -> Option<LayoutJob> {
    let mut job = LayoutJob::default();
    let format = |family, color| TextFormat::simple(FontId::new(TEXT_CAPTION, family), color);
    let mut push = |part: &str, format: TextFormat| {
        let space = if job.is_empty() { 0.0 } else { GAP };
        job.append(part, space, format);
    };
    if let Some(index) = mark.index {
        push(
            &index.to_string(),
            format(semibold_family(), ON_PICTURE_TEXT),
        );
    }
    let label: String = mark
        .label
        .chars()
        .take(80)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if !label.trim().is_empty() {
        push(
            label.trim(),
            format(FontFamily::Proportional, ON_PICTURE_TEXT),
        );
    }
    if let Some(score) = mark.score {
        push(
            &format!("{score:.2}"),
            format(FontFamily::Monospace, ON_PICTURE_WEAK),
        );
    }
    job.wrap.max_width = TEXT_WIDTH_MAX;
    job.wrap.max_rows = 1;
    job.wrap.break_anywhere = true;
    (!job.is_empty()).then_some(job)
}

fn chip(place: Rect, galley: Arc<Galley>, mark: &OverlayMark, must: bool) -> [Shape; 3] {
    let strength = if must { 1.0 } else { mark.strength().max(0.6) };
    let hue = if mark.source == MarkSource::Truth {
        MARK_WHITE
    } else {
        mark.hue.color()
    };
    let stripe = Rect::from_min_size(place.min, vec2(STRIPE, place.height()));
    let corners = CornerRadius {
        nw: 3,
        sw: 3,
        ne: 0,
        se: 0,
    };
    let at = Pos2::new(
        stripe.right() + PADDING,
        place.center().y - galley.size().y / 2.0,
    );
    let mut text = egui::epaint::TextShape::new(at, galley, ON_PICTURE_TEXT);
    text.opacity_factor = strength;
    [
        Shape::rect_filled(place, 3.0, ON_PICTURE.gamma_multiply(strength)),
        Shape::rect_filled(stripe, corners, hue.gamma_multiply(strength)),
        Shape::Text(text),
    ]
}

/// Where the chip of `mark` may stand, best first: all inside the visible picture, none over a box's middle.
fn places(mark: &OverlayMark, placement: &Placement, size: Vec2) -> Vec<Rect> {
    let mut points = mark.on_screen(placement);
    let room = room(placement, size);
    let (corners, middle) = if let Mark::Outline(_) = &mark.mark {
        let whole = Rect::from_points(&points);
        (
            around_box(whole.intersect(placement.view.expand(HEIGHT)), size),
            whole.center(),
        )
    } else {
        // A path whose start is out of sight is named where it comes into view.
        let seen = points
            .iter()
            .position(|at| placement.view.contains(*at))
            .unwrap_or(points.len());
        points.drain(..seen);
        let Some(start) = points.first() else {
            return Vec::new();
        };
        (around_point(&points, size), *start)
    };
    corners
        .into_iter()
        .map(|corner| {
            // Chips slide along an edge of the picture, but do not leave their mark's side.
            let x = corner.x.min(room.max.x - size.x).max(room.min.x);
            Rect::from_min_size(Pos2::new(x.round(), corner.y.round()), size)
        })
        .filter(|place| place.top() >= room.top() && place.bottom() <= room.bottom())
        .filter(|place| !place.contains(middle))
        .collect()
}

/// The visible picture, or the whole view where the picture is too small for a chip.
fn room(placement: &Placement, size: Vec2) -> Rect {
    let picture = placement.visible_rect().shrink(1.0);
    let fits = picture.width() > size.x && picture.height() > 3.0 * size.y;
    if fits { picture } else { placement.view }
}

fn around_box(b: Rect, size: Vec2) -> Vec<Pos2> {
    let (above, below) = (b.top() - size.y - GAP, b.bottom() + GAP);
    let right = b.right() - size.x + 1.0;
    let (left, inner) = (b.left() - 1.0, b.left() + GAP);
    vec![
        Pos2::new(left, above),
        Pos2::new(left, below),
        Pos2::new(right, above),
        Pos2::new(right, below),
        Pos2::new(b.right() + GAP, b.top()),
        Pos2::new(b.left() - size.x - GAP, b.top()),
        Pos2::new(inner, b.top() + GAP),
        Pos2::new(inner, b.bottom() - size.y - GAP),
    ]
}

/// Beside a point, or beside the start of a path on the side it leads away from.
fn around_point(points: &[Pos2], size: Vec2) -> Vec<Pos2> {
    let Some(at) = points.first() else {
        return Vec::new();
    };
    let right = Pos2::new(at.x + SPOT_GAP, at.y - size.y / 2.0);
    let left = Pos2::new(at.x - SPOT_GAP - size.x, right.y);
    let above = Pos2::new(at.x - size.x / 2.0, at.y - SPOT_GAP - size.y);
    let below = Pos2::new(above.x, at.y + SPOT_GAP);
    let onward = points.get(1).map_or(Vec2::ZERO, |next| *next - *at);
    if onward.x.abs() >= onward.y.abs() && onward.x > 0.0 {
        vec![left, above, below, right]
    } else if onward.y.abs() > onward.x.abs() && onward.y < 0.0 {
        vec![below, right, left, above]
    } else {
        vec![right, above, below, left]
    }
}

#[cfg(test)]
mod tests {
    use egui::pos2;
    use proptest::prelude::*;

    use super::*;
    use crate::geometry::{ImagePoint, ImageSize};
    use crate::ui::overlay::Hue;
    use crate::ui::placement::CanvasView;

    fn placement() -> Placement {
        let view = Rect::from_min_size(pos2(100.0, 50.0), vec2(800.0, 600.0));
        CanvasView::default().place(view, ImageSize::new(640, 480), 1.0)
    }

    proptest! {
        #[test]
        fn chips_stay_in_the_picture_and_off_the_middle_of_their_box(
            x in 0.0_f32..600.0, y in 0.0_f32..440.0, w in 4.0_f32..640.0, h in 4.0_f32..480.0,
        ) {
            let at = ImagePoint::new;
            let (r, b) = ((x + w).min(640.0), (y + h).min(480.0));
            let mark = Mark::Outline(vec![at(x, y), at(r, y), at(r, b), at(x, b)]);
            let mark = OverlayMark::new(1, mark, Hue::default());
            let places = places(&mark, &placement(), vec2(90.0, HEIGHT));
            prop_assert!(!places.is_empty());
            let middle = placement().to_screen(at(f32::midpoint(x, r), f32::midpoint(y, b)));
            for place in places {
                prop_assert!(placement().visible_rect().contains_rect(place));
                prop_assert!(!place.contains(middle));
            }
        }
    }

    #[test]
    fn a_mark_without_words_has_no_chip() {
        let mut mark = OverlayMark::new(1, Mark::Spot(ImagePoint::new(1.0, 1.0)), Hue::default());
        assert!(text(&mark).is_none());
        mark.label = "red\nmug\u{7}".into();
        mark.score = Some(0.931);
        assert_eq!(text(&mark).unwrap().text, "red mug0.93");
    }
}
