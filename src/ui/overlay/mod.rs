//! Spatial marks over a picture: boxes, points and traces, with labels.
//!
//! Hue says *which object*, line style says *who made it*, opacity says *how sure and how old*; nothing is told by
//! colour alone. Marks come in image pixels and go through a [`Placement`] to the screen; widths and hit distances are
//! screen points, so that they grow with the user's text size and not with the zoom. Does not know where marks come
//! from, and changes none.

mod chip;
mod draw;
mod hit;
mod hue;
mod ink;
mod pen;

use egui::{Painter, Pos2, Rect, Shape};

pub use hit::{HIT_EDGE, HIT_HANDLE, MarkHit, MarkPart, hit};
pub use hue::{Hue, HueBook};

use crate::geometry::ImagePoint;
use crate::grounding::mark::Mark;
use crate::ui::placement::Placement;

/// Who made a mark; drawn as its line style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MarkSource {
    /// A model said so: dashed.
    Model,
    /// A person drew or confirmed it: solid.
    Human,
    /// The recorded truth: thin and white.
    Truth,
    /// An older version, kept to compare: dotted, half as strong.
    Older,
    /// A person said no: struck out.
    Rejected,
}

/// One thing to draw over a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct OverlayMark {
    /// What its owner calls it; comes back in [`MarkHit`].
    pub id: u64,
    /// Its geometry in image pixels.
    pub mark: Mark,
    /// Its object's hue, from a [`HueBook`].
    pub hue: Hue,
    /// Who made it.
    pub source: MarkSource,
    /// The object's name; empty where there is none.
    pub label: String,
    /// Its number among others of its kind, shown before the label.
    pub index: Option<u32>,
    /// 0 to 1: how sure its maker is, where known.
    pub score: Option<f32>,
    /// Seconds since the picture it speaks of; 0 where that picture is the one shown.
    pub age_secs: f32,
    /// Multiplies its opacity, for marks that fade in.
    pub opacity: f32,
    /// Hidden by the user: neither drawn nor hit.
    pub hidden: bool,
    /// Selected: white casing and handles.
    pub selected: bool,
}

/// Seconds for which a mark counts as fresh.
const FRESH_SECS: f32 = 1.0;
/// Seconds after which it has faded as far as it will.
const STALE_SECS: f32 = 5.0;
/// Opacity of a stale mark: seen, and seen to be stale.
const STALE_OPACITY: f32 = 0.35;
/// Opacity of a mark whose maker is not sure at all.
const UNSURE_OPACITY: f32 = 0.55;

/// More marks than this share long dashes.
const CROWD: usize = 200;

impl OverlayMark {
    /// A fresh, shown mark of a model, without label.
    #[must_use]
    pub fn new(id: u64, mark: Mark, hue: Hue) -> Self {
        Self {
            id,
            mark,
            hue,
            source: MarkSource::Model,
            label: String::new(),
            index: None,
            score: None,
            age_secs: 0.0,
            opacity: 1.0,
            hidden: false,
            selected: false,
        }
    }

    /// 0 to 1: how strongly it is drawn, from its age, its score and its source. Selection makes it full.
    #[must_use]
    pub fn strength(&self) -> f32 {
        if self.hidden {
            return 0.0;
        }
        let stale = ((self.age_secs - FRESH_SECS) / (STALE_SECS - FRESH_SECS)).clamp(0.0, 1.0);
        let age = 1.0 + stale * (STALE_OPACITY - 1.0);
        let sure = self.score.map_or(1.0, |s| {
            UNSURE_OPACITY + (1.0 - UNSURE_OPACITY) * s.clamp(0.0, 1.0)
        });
        let source = if self.source == MarkSource::Older {
            0.5
        } else {
            1.0
        };
        let opacity = if self.selected {
            1.0
        } else {
            age * sure * source
        };
        opacity * self.opacity.clamp(0.0, 1.0)
    }

    /// Its points in image pixels.
    #[must_use]
    pub fn points(&self) -> &[ImagePoint] {
        match &self.mark {
            Mark::Outline(points) | Mark::Path(points) => points,
            Mark::Spot(point) => std::slice::from_ref(point),
        }
    }

    /// Its points on the screen.
    fn on_screen(&self, placement: &Placement) -> Vec<Pos2> {
        self.points()
            .iter()
            .map(|point| placement.to_screen(*point))
            .collect()
    }

    /// Whether it is drawn at all and any of it may lie in `area`.
    fn shows_in(&self, area: Rect, placement: &Placement) -> bool {
        let bounds = self
            .points()
            .iter()
            .fold(Rect::NOTHING, |mut bounds, point| {
                bounds.extend_with(placement.to_screen(*point));
                bounds
            });
        self.strength() > 0.0 && bounds.is_finite() && bounds.expand(draw::REACH).intersects(area)
    }
}

/// Draws `marks` over the picture at `placement`; `hovered` stands out.
pub fn paint(
    painter: &Painter,
    marks: &[OverlayMark],
    placement: &Placement,
    hovered: Option<u64>,
) {
    let painter = painter.with_clip_rect(placement.view.intersect(painter.clip_rect()));
    let shown = in_drawing_order(marks, placement, hovered);
    painter.extend(lines(&shown, placement, hovered));
    chip::paint(&painter, &shown, placement, hovered);
}

/// The lines of `marks` without their labels: what [`paint`] draws first.
#[must_use]
pub fn shapes(marks: &[OverlayMark], placement: &Placement, hovered: Option<u64>) -> Vec<Shape> {
    lines(
        &in_drawing_order(marks, placement, hovered),
        placement,
        hovered,
    )
}

fn lines(shown: &[&OverlayMark], placement: &Placement, hovered: Option<u64>) -> Vec<Shape> {
    let coarse = shown.len() > CROWD;
    shown
        .iter()
        .flat_map(|mark| draw::shapes(mark, placement, hovered, coarse))
        .collect()
}

/// What shows, with what matters most last and so on top.
fn in_drawing_order<'a>(
    marks: &'a [OverlayMark],
    placement: &Placement,
    hovered: Option<u64>,
) -> Vec<&'a OverlayMark> {
    let shows = |mark: &&OverlayMark| mark.shows_in(placement.view, placement);
    let mut shown: Vec<&OverlayMark> = marks.iter().filter(shows).collect();
    shown.sort_by_key(|mark| (mark.selected, hovered == Some(mark.id), rank(mark.source)));
    shown
}

fn rank(source: MarkSource) -> u8 {
    match source {
        MarkSource::Rejected => 0,
        MarkSource::Older => 1,
        MarkSource::Truth => 2,
        MarkSource::Model => 3,
        MarkSource::Human => 4,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use egui::{pos2, vec2};

    use super::*;
    use crate::geometry::ImageSize;
    use crate::ui::placement::CanvasView;

    fn placement() -> Placement {
        let view = Rect::from_min_size(pos2(0.0, 0.0), vec2(1280.0, 960.0));
        CanvasView::default().place(view, ImageSize::new(640, 480), 1.0)
    }

    fn corners(x: f32, y: f32, side: f32) -> Mark {
        let at = ImagePoint::new;
        Mark::Outline(vec![
            at(x, y),
            at(x + side, y),
            at(x + side, y + side),
            at(x, y + side),
        ])
    }

    #[test]
    fn older_and_less_sure_marks_are_fainter_and_selection_is_full() {
        let mut mark = OverlayMark::new(1, Mark::Spot(ImagePoint::new(1.0, 1.0)), Hue::default());
        let fresh = mark.strength();
        mark.score = Some(0.3);
        let unsure = mark.strength();
        mark.age_secs = 3.0;
        let older = mark.strength();
        mark.age_secs = 300.0;
        let stale = mark.strength();
        assert!(fresh > unsure && unsure > older && older > stale && stale > 0.15);
        mark.selected = true;
        assert!((mark.strength() - 1.0).abs() < 1e-6);
        mark.hidden = true;
        assert!(mark.strength().abs() < 1e-6);
    }

    #[test]
    fn what_is_hidden_or_outside_the_view_is_not_built() {
        let mut inside = OverlayMark::new(1, corners(10.0, 10.0, 50.0), Hue::default());
        let outside = OverlayMark::new(2, corners(5000.0, 10.0, 50.0), Hue::default());
        let broken = OverlayMark::new(
            3,
            Mark::Spot(ImagePoint::new(f32::NAN, 0.0)),
            Hue::default(),
        );
        let empty = OverlayMark::new(4, Mark::Path(Vec::new()), Hue::default());
        let alone = shapes(std::slice::from_ref(&inside), &placement(), None).len();
        assert!(alone > 0);
        let all = [inside.clone(), outside, broken, empty];
        assert_eq!(shapes(&all, &placement(), None).len(), alone);
        inside.hidden = true;
        assert!(shapes(&[inside], &placement(), None).is_empty());
    }

    #[test]
    fn a_thousand_marks_are_built_in_a_fraction_of_a_frame() {
        let at = |n: u64, step: u64, span: u64| (n * step % span) as f32;
        let marks: Vec<OverlayMark> = (0..1000)
            .map(|n| {
                let mark = match n % 3 {
                    0 => corners(at(n, 37, 560), at(n, 53, 400), 20.0 + at(n, 7, 60)),
                    1 => Mark::Spot(ImagePoint::new(at(n, 37, 640), at(n, 53, 480))),
                    _ => {
                        let step = |s: u64| {
                            ImagePoint::new(
                                at(n, 37, 400) + 25.0 * s as f32,
                                at(n + s, 53, 480) / 4.0 + 100.0,
                            )
                        };
                        Mark::Path((0..8).map(step).collect())
                    }
                };
                OverlayMark::new(n, mark, Hue::default())
            })
            .collect();
        let placement = placement();
        let timed = || {
            let started = Instant::now();
            let built = shapes(&marks, &placement, None).len();
            (started.elapsed(), built)
        };
        // The best of a few, since tests share the machine.
        let (took, built) = (0..5).map(|_| timed()).min().unwrap();
        println!("1000 marks: {built} shapes in {took:?}");
        assert!(built > 1000);
        // Without optimisation it takes many times as long, and other tests share the machine.
        let limit = if cfg!(debug_assertions) { 300 } else { 15 };
        assert!(took.as_millis() < limit, "{took:?}");
    }
}
