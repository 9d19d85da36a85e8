//! One mark as shapes: casing, line in the style of its source, and what its kind adds (cross, arrow head, handles).

use egui::epaint::{PathShape, RectShape, StrokeKind};
use egui::{Pos2, Rect, Shape, Stroke, Vec2, vec2};

use super::ink::{Dash, Ink};
use super::pen::{CASING, Pen};
use super::{MarkSource, OverlayMark};
use crate::grounding::mark::Mark;
use crate::ui::placement::Placement;
use crate::ui::theme::{MARK_CASING, MARK_WHITE};

/// How far a mark may draw beyond its points.
pub(super) const REACH: f32 = 20.0;

const HANDLE: f32 = 8.0;
const RING: f32 = 7.0;
/// From where to where the arms of a point's cross reach: outside the ring, since its middle is what is pointed at.
const CROSS: [f32; 2] = [RING, RING + 5.0];
const DOT: f32 = 1.25;
const TICK: f32 = 4.0;
/// Waypoints closer than this share a tick.
const TICK_GAP: f32 = 9.0;
const ARROW: Vec2 = vec2(13.0, 5.5);
/// Dashes around a point's ring: as many as leave the gaps visible.
const RING_DASHES: f32 = 6.0;

/// One mark; `coarse` when it is one of very many.
pub(super) fn shapes(
    mark: &OverlayMark,
    placement: &Placement,
    hovered: Option<u64>,
    coarse: bool,
) -> Vec<Shape> {
    let pen = Pen::of(mark, hovered, coarse);
    let points = mark.on_screen(placement);
    let mut out = Vec::new();
    match &mark.mark {
        Mark::Outline(_) => outline(&points, &pen, placement, &mut out),
        Mark::Spot(_) => points
            .iter()
            .for_each(|at| spot(*at, &pen, placement, &mut out)),
        Mark::Path(_) => path(&points, &pen, placement, &mut out),
    }
    if mark.source == MarkSource::Rejected {
        strike(&points, &pen, &mut out);
    }
    if mark.selected && !matches!(mark.mark, Mark::Spot(_)) {
        out.extend(points.iter().flat_map(|at| handle(*at)));
    }
    out
}

fn outline(points: &[Pos2], pen: &Pen, placement: &Placement, out: &mut Vec<Shape>) {
    let points: Vec<Pos2> = points.iter().map(|at| snap(*at, placement)).collect();
    if pen.dash.is_none() || pen.selected {
        out.extend(
            pen.casings()
                .into_iter()
                .map(|casing| closed(&points, casing)),
        );
    }
    let Some(dash) = pen.dash else {
        out.push(closed(&points, pen.line()));
        return;
    };
    let mut ink = Ink::new(placement.view, placement.pixels_per_point);
    let casing = pen.casings().pop().filter(|_| !pen.selected);
    for under in [true, false] {
        for (a, b) in points.iter().zip(points.iter().cycle().skip(1)) {
            let (edge, dash) = corner_dashes(*a, *b, dash, pen.width);
            match (under, casing) {
                (true, Some(casing)) => {
                    ink.dashes(&edge, casing.width, dash.grown(CASING), |_| casing.color);
                }
                (true, None) => {}
                (false, _) => ink.dashes(&edge, pen.width, dash, |_| pen.color),
            }
        }
    }
    out.push(ink.into_shape());
}

/// An edge of an outline, and dashes stretched so that one lies around each of its ends: corners are always drawn.
fn corner_dashes(a: Pos2, b: Pos2, dash: Dash, width: f32) -> ([Pos2; 2], Dash) {
    let length = a.distance(b);
    let cap = 0.5 * width;
    let beyond = if length > 0.0 {
        (b - a) / length * cap
    } else {
        Vec2::ZERO
    };
    let period = length / (length / (dash.on + dash.off)).round().max(1.0);
    let fitted = dash.scaled(period / (dash.on + dash.off));
    let lead = 0.5 * fitted.on - cap;
    ([a - beyond, b + beyond], Dash { lead, ..fitted })
}

/// A box keeps its sharp corners as a rectangle; anything else is a path.
fn closed(points: &[Pos2], stroke: Stroke) -> Shape {
    let bounds = Rect::from_points(points);
    let corners = [
        bounds.left_top(),
        bounds.right_top(),
        bounds.right_bottom(),
        bounds.left_bottom(),
    ];
    let on_corner = |at: &Pos2| corners.contains(at);
    if points.len() == 4 && points.iter().all(on_corner) {
        let mut rect = RectShape::stroke(bounds, 0.0, stroke, StrokeKind::Middle);
        rect.round_to_pixels = Some(false);
        Shape::Rect(rect)
    } else {
        Shape::closed_line(points.to_vec(), stroke)
    }
}

fn spot(at: Pos2, pen: &Pen, placement: &Placement, out: &mut Vec<Shape>) {
    let arms =
        [Vec2::X, -Vec2::X, Vec2::Y, -Vec2::Y].map(|d| [at + CROSS[0] * d, at + CROSS[1] * d]);
    for casing in pen.casings() {
        out.extend(arms.map(|[inner, outer]| {
            let beyond = (outer - inner).normalized() * (casing.width - pen.width) / 2.0;
            Shape::line_segment([inner, outer + beyond], casing)
        }));
        let dot = DOT + (casing.width - pen.width) / 2.0;
        out.push(Shape::circle_filled(at, dot, casing.color));
        if pen.dash.is_none() || pen.selected {
            out.push(Shape::circle_stroke(at, RING, casing));
        }
    }
    if let Some(dash) = pen.dash {
        let turn = std::f32::consts::TAU;
        let ring = (0_u8..=24)
            .map(|step| at + RING * Vec2::angled((f32::from(step) / 24.0 - 0.125) * turn));
        let share = turn * RING / RING_DASHES / (dash.on + dash.off);
        let fitted = Dash::new(dash.on * share, dash.off * share);
        out.push(pen.stroke(&ring.collect::<Vec<_>>(), fitted, placement, |_| pen.color));
    } else {
        out.push(Shape::circle_stroke(at, RING, pen.line()));
    }
    out.extend(arms.map(|arm| Shape::line_segment(arm, pen.line())));
    out.push(Shape::circle_filled(at, DOT, pen.color));
}

fn path(points: &[Pos2], pen: &Pen, placement: &Placement, out: &mut Vec<Shape>) {
    let [first, .., last] = points else {
        for at in points {
            spot(*at, pen, placement, out);
        }
        return;
    };
    let head = direction(points.iter().rev().copied()).map(|back| -back);
    // The line ends inside the head, so that the tip is sharp.
    let mut body = points.to_vec();
    if let (Some(end), Some(towards)) = (body.last_mut(), head) {
        *end = *last - 0.8 * ARROW.x * towards;
    }
    if let Some(dash) = pen.dash {
        out.push(pen.stroke(&body, dash, placement, |along| pen.ramp(along)));
    } else {
        out.extend(
            pen.casings()
                .into_iter()
                .map(|casing| Shape::line(body.clone(), casing)),
        );
        out.push(ramp(&body, pen, placement));
    }
    ticks(points, pen, out);
    out.push(Shape::circle_filled(*first, 4.5, pen.casing));
    out.push(Shape::circle_filled(*first, 3.5, pen.ramp(0.0)));
    if let Some(towards) = head {
        let side = ARROW.y * towards.rot90();
        let foot = *last - ARROW.x * towards;
        let corners = vec![*last, foot + side, foot - side];
        let casing = Stroke::new(CASING, pen.casing);
        out.push(PathShape::convex_polygon(corners, pen.ramp(1.0), casing).into());
    }
}

/// A solid path: its colour runs on from waypoint to waypoint.
fn ramp(points: &[Pos2], pen: &Pen, placement: &Placement) -> Shape {
    let mut ink = Ink::new(placement.view, placement.pixels_per_point);
    let total: f32 = points
        .windows(2)
        .map(|ends| ends[0].distance(ends[1]))
        .sum();
    let mut before = 0.0;
    for ends in points.windows(2) {
        let after = before + ends[0].distance(ends[1]);
        let colors = [before, after].map(|at| pen.ramp(at / total.max(1e-3)));
        ink.line([ends[0], ends[1]], pen.width, colors);
        before = after;
    }
    ink.into_shape()
}

/// A short line across the path at each waypoint between the ends.
fn ticks(points: &[Pos2], pen: &Pen, out: &mut Vec<Shape>) {
    let mut previous = points[0];
    let inner = points.len().saturating_sub(1);
    for at in 1..inner {
        let here = points[at];
        let Some(across) = direction([points[at - 1], points[at + 1]].into_iter()).map(Vec2::rot90)
        else {
            continue;
        };
        if here.distance(previous) < TICK_GAP || here.distance(points[inner]) < TICK_GAP {
            continue;
        }
        previous = here;
        let ends = |reach: f32| [here - reach * across, here + reach * across];
        let along = at as f32 / inner as f32;
        out.push(Shape::line_segment(
            ends(TICK + CASING),
            Stroke::new(pen.width + 2.0 * CASING, pen.casing),
        ));
        out.push(Shape::line_segment(
            ends(TICK),
            Stroke::new(pen.width, pen.ramp(along)),
        ));
    }
}

/// The direction from the first point to the next one that differs.
fn direction(mut points: impl Iterator<Item = Pos2>) -> Option<Vec2> {
    let first = points.next()?;
    points
        .find(|at| at.distance(first) > 0.5)
        .map(|at| (at - first).normalized())
}

fn strike(points: &[Pos2], pen: &Pen, out: &mut Vec<Shape>) {
    let bounds = Rect::from_points(points).expand(if points.len() == 1 { RING } else { 0.0 });
    let ends = [bounds.left_bottom(), bounds.right_top()];
    out.push(Shape::line_segment(ends, pen.casings()[0]));
    out.push(Shape::line_segment(ends, pen.line()));
}

fn handle(at: Pos2) -> [Shape; 2] {
    let rect = Rect::from_center_size(at, Vec2::splat(HANDLE));
    [
        Shape::rect_filled(rect.expand(CASING), 2.0, MARK_CASING),
        Shape::rect_filled(rect, 1.0, MARK_WHITE),
    ]
}

/// The nearest corner of physical pixels, so that the edges of a box are sharp.
fn snap(at: Pos2, placement: &Placement) -> Pos2 {
    let density = placement.pixels_per_point;
    let whole = |x: f32| (x * density).round() / density;
    Pos2::new(whole(at.x), whole(at.y))
}
