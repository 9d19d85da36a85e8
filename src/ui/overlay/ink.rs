//! Straight and dashed lines as triangles of one mesh, so that a thousand marks cost one draw call.
//!
//! Lengths are screen points. Lines are cut to the visible rectangle before they are dashed: a box around a picture
//! that is zoomed in 64 times is 200,000 points long.

use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Color32, Pos2, Rect, Shape, Vec2};

/// Lengths of dash and gap, and how far the first dash begins before the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Dash {
    pub(super) on: f32,
    pub(super) off: f32,
    pub(super) lead: f32,
}

impl Dash {
    /// Dashes of `on` with gaps of `off`.
    pub(super) const fn new(on: f32, off: f32) -> Self {
        Self { on, off, lead: 0.0 }
    }

    /// Everything `by` times as long.
    pub(super) fn scaled(self, by: f32) -> Self {
        Self::new(self.on * by, self.off * by)
    }

    /// The same dashes, longer by `by` at each end: what lies under them.
    pub(super) fn grown(self, by: f32) -> Self {
        Self {
            on: self.on + 2.0 * by,
            off: self.off - 2.0 * by,
            lead: self.lead + by,
        }
    }
}

/// Collects lines.
pub(super) struct Ink {
    mesh: Mesh,
    visible: Rect,
    feather: f32,
}

impl Ink {
    /// Ink for what shows inside `visible`.
    pub(super) fn new(visible: Rect, pixels_per_point: f32) -> Self {
        Self {
            mesh: Mesh::default(),
            visible: visible.expand(8.0),
            feather: 1.0 / pixels_per_point.max(0.1),
        }
    }

    /// All lines as one shape.
    pub(super) fn into_shape(self) -> Shape {
        Shape::mesh(self.mesh)
    }

    /// A line whose colour runs from one end to the other.
    pub(super) fn line(&mut self, ends: [Pos2; 2], width: f32, colors: [Color32; 2]) {
        if let Some((from, to)) = clip(ends, self.visible) {
            let [a, b] = ends;
            let shade = |t: f32| colors[0].lerp_to_gamma(colors[1], t);
            self.strip(
                [a.lerp(b, from), a.lerp(b, to)],
                width,
                [shade(from), shade(to)],
            );
        }
    }

    /// A dashed path; the colour is asked for at each fraction of its length.
    pub(super) fn dashes(
        &mut self,
        path: &[Pos2],
        width: f32,
        dash: Dash,
        color: impl Fn(f32) -> Color32,
    ) {
        let total: f32 = path.windows(2).map(|ends| ends[0].distance(ends[1])).sum();
        let mut before = 0.0;
        for ends in path.windows(2) {
            let length = ends[0].distance(ends[1]);
            if length > 0.0 {
                let at = [before, before + length, total];
                self.dashed_line([ends[0], ends[1]], width, dash, (at, &color));
            }
            before += length;
        }
    }

    fn dashed_line(
        &mut self,
        [a, b]: [Pos2; 2],
        width: f32,
        dash: Dash,
        ([start, end, total], color): ([f32; 3], &impl Fn(f32) -> Color32),
    ) {
        let Some((from, to)) = clip([a, b], self.visible) else {
            return;
        };
        let length = end - start;
        let period = dash.on + dash.off;
        let (first, last) = (start + from * length, start + to * length);
        let mut at = ((first + dash.lead) / period).floor() * period - dash.lead;
        while at < last {
            let ends = [at.max(first), (at + dash.on).min(last)];
            if ends[1] > ends[0] {
                let place = |s: f32| a.lerp(b, (s - start) / length);
                let colors = ends.map(|s| color(s / total));
                self.strip(ends.map(place), width, colors);
            }
            at += period;
        }
    }

    /// A quad, with soft edges along both sides unless it lies along the pixel grid and is sharp as it is.
    fn strip(&mut self, [a, b]: [Pos2; 2], width: f32, [from, to]: [Color32; 2]) {
        let along = b - a;
        if along == Vec2::ZERO {
            return;
        }
        let across = along.normalized().rot90();
        let none = Color32::TRANSPARENT;
        if along.x == 0.0 || along.y == 0.0 {
            let half = 0.5 * width * across;
            self.ribbon(&[
                (a - half, b - half, [from, to]),
                (a + half, b + half, [from, to]),
            ]);
            return;
        }
        let core = 0.5 * (width - self.feather).max(0.0) * across;
        let outer = 0.5 * (width + self.feather) * across;
        self.ribbon(&[
            (a - outer, b - outer, [none, none]),
            (a - core, b - core, [from, to]),
            (a + core, b + core, [from, to]),
            (a + outer, b + outer, [none, none]),
        ]);
    }

    /// Triangles between each of these lines and the next.
    fn ribbon(&mut self, lines: &[(Pos2, Pos2, [Color32; 2])]) {
        let base = self.mesh.vertices.len() as u32;
        for (from, to, colors) in lines {
            for (pos, color) in [(*from, colors[0]), (*to, colors[1])] {
                self.mesh.vertices.push(Vertex {
                    pos,
                    uv: WHITE_UV,
                    color,
                });
            }
        }
        for line in 1..lines.len() as u32 {
            let at = base + 2 * (line - 1);
            self.mesh
                .indices
                .extend([at, at + 1, at + 2, at + 1, at + 3, at + 2]);
        }
    }
}

/// The part of a line inside `rect` as fractions of its length (Liang and Barsky, 1984).
fn clip([a, b]: [Pos2; 2], rect: Rect) -> Option<(f32, f32)> {
    if !a.is_finite() || !b.is_finite() {
        return None;
    }
    if rect.contains(a) && rect.contains(b) {
        return Some((0.0, 1.0));
    }
    let d = b - a;
    let (mut from, mut to) = (0.0_f32, 1.0_f32);
    let sides = [
        (-d.x, a.x - rect.min.x),
        (d.x, rect.max.x - a.x),
        (-d.y, a.y - rect.min.y),
        (d.y, rect.max.y - a.y),
    ];
    for (p, q) in sides {
        if p == 0.0 {
            if q < 0.0 {
                return None;
            }
        } else if p < 0.0 {
            from = from.max(q / p);
        } else {
            to = to.min(q / p);
        }
    }
    (from < to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;
    use crate::ui::theme::MARK_WHITE;

    const VIEW: Rect = Rect {
        min: Pos2::ZERO,
        max: pos2(100.0, 100.0),
    };

    /// Lines along the grid have four vertices.
    fn quads(ink: &Ink) -> usize {
        ink.mesh.vertices.len() / 4
    }

    #[test]
    fn a_line_is_cut_to_what_shows() {
        assert_eq!(
            clip([pos2(-100.0, 50.0), pos2(300.0, 50.0)], VIEW),
            Some((0.25, 0.5))
        );
        assert_eq!(clip([pos2(-100.0, 150.0), pos2(300.0, 150.0)], VIEW), None);
        assert_eq!(clip([pos2(f32::NAN, 0.0), pos2(1.0, 1.0)], VIEW), None);
    }

    #[test]
    fn dashes_cover_their_share_of_the_line() {
        let mut ink = Ink::new(VIEW, 1.0);
        let dash = Dash::new(6.0, 4.0);
        ink.dashes(&[pos2(0.0, 50.0), pos2(100.0, 50.0)], 2.0, dash, |_| {
            MARK_WHITE
        });
        assert_eq!(quads(&ink), 10);
        ink.dashes(
            &[pos2(0.0, 50.0), pos2(100.0, 50.0)],
            4.0,
            dash.grown(1.0),
            |_| MARK_WHITE,
        );
        assert_eq!(
            quads(&ink),
            21,
            "the casing also shows before the eleventh dash"
        );
    }

    #[test]
    fn what_is_far_outside_costs_nothing() {
        let mut ink = Ink::new(VIEW, 1.0);
        let far = [
            pos2(-1e6, -1e6),
            pos2(1e6, -1e6),
            pos2(1e6, 50.0),
            pos2(-1e6, 50.0),
        ];
        ink.dashes(&far, 2.0, Dash::new(6.0, 4.0), |_| MARK_WHITE);
        assert!(quads(&ink) < 15, "{}", quads(&ink));
        assert!(quads(&ink) > 8);
    }
}
