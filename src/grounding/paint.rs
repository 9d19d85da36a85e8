//! Draws groundings into the pixels of a frame, for a saved picture. The window has its own overlay of the same look.
//!
//! Lines grow with the picture, so that they are as visible in a large one. Pixels from the top-left corner.

mod palette;
mod text;

use vello_cpu::color::AlphaColor;
use vello_cpu::kurbo::{
    Affine, BezPath, Cap, Circle, Join, Line, Point, Rect, RoundedRect, Shape as _, Stroke, Vec2,
};
use vello_cpu::{CompositeMode, PixmapMut, RasterizerSettings, RenderContext, Resources};

use super::Grounding;
use super::mark::Mark;
use crate::geometry::{ImagePoint, ImageSize};
use crate::vision::Frame;
use palette::Palette;

/// Shorter side of a picture in which a line has its plain width.
const PLAIN_SIDE: f32 = 480.0;
/// Widths and lengths in pixels of such a picture.
const LINE: f64 = 2.0;
const CASING: f64 = 1.25;
const RING: f64 = 7.0;
const CROSS: f64 = 5.0;
const ARROW: [f64; 2] = [13.0, 5.5];
const TEXT: f32 = 13.0;
/// Pieces of a path's ramp from light to dark.
const RAMP: usize = 48;
/// Longest label that is drawn, in characters.
const LABEL: usize = 40;

const DARK: [u8; 3] = [0x0B, 0x0D, 0x10];
const WHITE: [u8; 3] = [0xFF; 3];
const CASING_ALPHA: u8 = 0xB8;

/// A copy of `frame` with `groundings` drawn over it. `font` is the file of the labels' font.
#[must_use]
pub fn paint(frame: &Frame, groundings: &[Grounding], font: &[u8]) -> Frame {
    let size = frame.size();
    let (Ok(width), Ok(height)) = (u16::try_from(size.width), u16::try_from(size.height)) else {
        return frame.clone();
    };
    let mut brush = Brush::new(size, font);
    let mut palette = Palette::default();
    let mut points = 0;
    let mut chips = Vec::new();
    for (at, grounding) in groundings.iter().enumerate() {
        if grounding.check().is_err() {
            continue;
        }
        let hue = palette.hue(&name(grounding, at));
        let mut spots = 0;
        for mark in grounding.marks() {
            spots += usize::from(matches!(mark, Mark::Spot(_)));
            brush.mark(&mark, hue);
        }
        points += spots;
        let index = (spots > 0).then_some(points);
        chips.extend(chip(grounding, index).map(|text| (text, hue, grounding)));
    }
    // Labels lie over every line.
    for (text, hue, grounding) in chips {
        brush.chip(&text, hue, &grounding.points);
    }
    let mut pixels = frame.rgba().to_vec();
    let settings = RasterizerSettings {
        composite_mode: CompositeMode::SrcOver,
        ..RasterizerSettings::default()
    };
    brush.context.flush();
    if let Some(target) = PixmapMut::new(width, height, &mut pixels) {
        brush
            .context
            .render_with(target, &mut Resources::new(), settings);
    }
    let painted = Frame::from_rgba(frame.camera(), size, pixels);
    painted.map_or_else(
        |_same_size| frame.clone(),
        |new| new.stamped(frame.seq, frame.stamp),
    )
}

/// Under which name a grounding gets its colour; one without a label stands for itself, as in the window.
fn name(grounding: &Grounding, at: usize) -> String {
    let label = grounding
        .label
        .as_deref()
        .map(str::trim)
        .filter(|label| !label.is_empty());
    label.map_or_else(|| format!("\u{1}{at}"), str::to_owned)
}

/// What a label says: the name, and the number of a point.
fn chip(grounding: &Grounding, index: Option<usize>) -> Option<String> {
    let label = grounding
        .label
        .as_deref()
        .map(str::trim)
        .filter(|label| !label.is_empty());
    let label = label.map(|label| {
        let visible = label.chars().filter(|c| !c.is_control());
        let mut short: String = visible.clone().take(LABEL).collect();
        if visible.count() > LABEL {
            short.push('…');
        }
        short
    });
    match (label, index) {
        (Some(label), Some(index)) => Some(format!("{index} {label}")),
        (Some(label), None) => Some(label),
        (None, index) => index.map(|index| index.to_string()),
    }
}

/// Draws with one scale.
struct Brush<'a> {
    context: RenderContext,
    size: ImageSize,
    scale: f64,
    font: &'a [u8],
    /// Where labels lie already.
    taken: Vec<Rect>,
}

impl<'a> Brush<'a> {
    fn new(size: ImageSize, font: &'a [u8]) -> Self {
        let side = size.width.min(size.height) as f32;
        Self {
            context: RenderContext::new(size.width as u16, size.height as u16),
            size,
            scale: f64::from((side / PLAIN_SIDE).clamp(1.0, 16.0)),
            font,
            taken: Vec::new(),
        }
    }

    fn mark(&mut self, mark: &Mark, hue: [u8; 3]) {
        match mark {
            Mark::Outline(corners) => self.outline(corners, hue),
            Mark::Spot(at) => self.spot(self.near(*at), hue),
            Mark::Path(points) => self.path(points, hue),
        }
    }

    /// A point; far outside of the picture it is brought nearer, so that no coordinate is beyond the rasteriser.
    fn near(&self, point: ImagePoint) -> Point {
        let [w, h] = [f64::from(self.size.width), f64::from(self.size.height)];
        Point::new(
            f64::from(point.x).clamp(-w, 2.0 * w),
            f64::from(point.y).clamp(-h, 2.0 * h),
        )
    }

    fn color(&mut self, [r, g, b]: [u8; 3], alpha: u8) {
        self.context
            .set_paint(AlphaColor::from_rgba8(r, g, b, alpha));
    }

    fn stroke(&mut self, path: &BezPath, width: f64, color: ([u8; 3], u8)) {
        let stroke = Stroke::new(width * self.scale)
            .with_join(Join::Miter)
            .with_caps(Cap::Butt);
        self.color(color.0, color.1);
        self.context.set_stroke(stroke);
        self.context.stroke_path(path);
    }

    /// A line with its casing.
    fn cased(&mut self, path: &BezPath, hue: [u8; 3]) {
        self.stroke(path, LINE + 2.0 * CASING, (DARK, CASING_ALPHA));
        self.stroke(path, LINE, (hue, 0xFF));
    }

    fn outline(&mut self, corners: &[ImagePoint], hue: [u8; 3]) {
        let mut path = BezPath::new();
        for (at, corner) in corners.iter().enumerate() {
            let to = self.near(*corner);
            if at == 0 {
                path.move_to(to);
            } else {
                path.line_to(to);
            }
        }
        if !corners.is_empty() {
            path.close_path();
            self.cased(&path, hue);
        }
    }

    /// A ring with arms outside of it: the middle is what is pointed at.
    fn spot(&mut self, at: Point, hue: [u8; 3]) {
        let scale = self.scale;
        let mut path = Circle::new(at, RING * scale).to_path(0.05);
        for arm in [
            Vec2::new(1.0, 0.0),
            Vec2::new(-1.0, 0.0),
            Vec2::new(0.0, 1.0),
            Vec2::new(0.0, -1.0),
        ] {
            path.move_to(at + arm * RING * scale);
            path.line_to(at + arm * (RING + CROSS) * scale);
        }
        self.cased(&path, hue);
        for (radius, color) in [(1.25 + CASING, (DARK, CASING_ALPHA)), (1.25, (hue, 0xFF))] {
            self.color(color.0, color.1);
            self.context
                .fill_path(&Circle::new(at, radius * scale).to_path(0.05));
        }
    }

    /// Light at the start, dark at the arrow head.
    fn path(&mut self, points: &[ImagePoint], hue: [u8; 3]) {
        let mut points: Vec<Point> = points.iter().map(|point| self.near(*point)).collect();
        points.dedup_by(|a, b| a.distance(*b) < 0.5);
        let [.., before, tip] = points[..] else {
            if let Some(at) = points.first() {
                self.spot(*at, hue);
            }
            return;
        };
        let towards = (tip - before).normalize();
        let [length, half] = ARROW.map(|side| side * self.scale);
        // The line ends inside the head, so that the tip is sharp.
        let back = (0.8 * length).min(0.9 * tip.distance(before));
        if let Some(last) = points.last_mut() {
            *last = tip - towards * back;
        }
        let mut body = BezPath::new();
        body.move_to(points[0]);
        points[1..].iter().for_each(|point| body.line_to(*point));
        self.stroke(&body, LINE + 2.0 * CASING, (DARK, CASING_ALPHA));
        self.ramp(&points, hue);
        let across = Vec2::new(-towards.y, towards.x) * half;
        let foot = tip - towards * length;
        let mut head = BezPath::new();
        head.move_to(tip);
        head.line_to(foot + across);
        head.line_to(foot - across);
        head.close_path();
        self.stroke(&head, 2.0 * CASING, (DARK, CASING_ALPHA));
        self.color(shade(hue, 1.0), 0xFF);
        self.context.fill_path(&head);
        for (radius, color, alpha) in [(4.75, DARK, CASING_ALPHA), (3.5, shade(hue, 0.0), 0xFF)] {
            self.color(color, alpha);
            self.context
                .fill_path(&Circle::new(points[0], radius * self.scale).to_path(0.05));
        }
    }

    /// The body of a path in short pieces of one shade each.
    fn ramp(&mut self, points: &[Point], hue: [u8; 3]) {
        let total: f64 = points
            .windows(2)
            .map(|ends| ends[0].distance(ends[1]))
            .sum();
        let mut before = 0.0;
        for ends in points.windows(2) {
            let length = ends[0].distance(ends[1]);
            let pieces = ((length / total.max(1e-9) * RAMP as f64).ceil() as usize).max(1);
            for piece in 0..pieces {
                let [from, to] = [piece, piece + 1].map(|at| at as f64 / pieces as f64);
                let along = (before + length * (from + to) / 2.0) / total.max(1e-9);
                // A little overlap hides the seams.
                let to = (to + 0.5 / length.max(1.0)).min(1.0);
                let line = Line::new(ends[0].lerp(ends[1], from), ends[0].lerp(ends[1], to));
                self.stroke(&line.to_path(0.1), LINE, (shade(hue, along), 0xFF));
            }
            before += length;
        }
    }

    /// A label beside the mark, inside the picture, clear of other labels where there is room.
    fn chip(&mut self, label: &str, hue: [u8; 3], points: &[ImagePoint]) {
        let Some(first) = points.first() else {
            return;
        };
        let size = TEXT * self.scale as f32;
        let line = text::line(self.font, label, size);
        let (high, pad) = (f64::from(size) * 1.45, f64::from(size) * 0.4);
        let wide = line.width + 3.0 * pad;
        let corners = points.iter().fold(
            Rect::from_points(self.near(*first), self.near(*first)),
            |bounds, point| bounds.union_pt(self.near(*point)),
        );
        let lone = points.len() == 1;
        let reach = if lone {
            (RING + 3.0) * self.scale
        } else {
            (LINE + CASING) * self.scale
        };
        let bounds = corners.inflate(reach, reach);
        let left = if lone {
            bounds.x1
        } else {
            corners.x0 - self.scale
        };
        let places = [
            bounds.y0 - high,
            bounds.y1,
            bounds.y0 - 2.1 * high,
            bounds.y1 + 1.1 * high,
        ];
        let inside = |top: f64| {
            let x = left.clamp(0.0, (f64::from(self.size.width) - wide).max(0.0));
            let y = top.clamp(0.0, (f64::from(self.size.height) - high).max(0.0));
            Rect::new(x, y, x + wide, y + high)
        };
        let free = |place: &Rect| {
            self.taken
                .iter()
                .all(|taken| taken.intersect(*place).area() <= 0.0)
        };
        let place = places.iter().map(|top| inside(*top)).find(free);
        let place = place.unwrap_or_else(|| inside(places[0]));
        self.taken.push(place);
        self.color([0x10, 0x12, 0x16], 0xDC);
        let ground = RoundedRect::from_rect(place, 3.0 * self.scale);
        self.context.fill_path(&ground.to_path(0.05));
        let bar = Rect::new(place.x0, place.y0, place.x0 + 0.6 * pad, place.y1);
        self.color(hue, 0xFF);
        self.context.fill_rect(&bar);
        let base = Vec2::new(
            place.x0 + 1.7 * pad,
            place.y0 + high * 0.5 + f64::from(size) * 0.36,
        );
        self.color([0xF1, 0xF3, 0xF6], 0xFF);
        self.context
            .fill_path(&(Affine::translate(base) * line.path));
    }
}

/// A hue along a path: light at 0, itself in the middle, dark at 1.
fn shade(hue: [u8; 3], along: f64) -> [u8; 3] {
    let mix = |to: [u8; 3], share: f64| {
        std::array::from_fn(|at| {
            let (a, b) = (f64::from(hue[at]), f64::from(to[at]));
            (a + (b - a) * share).round() as u8
        })
    };
    if along < 0.5 {
        mix(WHITE, 0.6 * (1.0 - 2.0 * along))
    } else {
        mix(DARK, 0.4 * (2.0 * along - 1.0))
    }
}

#[cfg(test)]
mod tests;
