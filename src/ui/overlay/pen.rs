//! How the line of one mark is drawn: colour, width, dashes and what lies under them.

use egui::{Color32, Pos2, Shape, Stroke};

use super::ink::{Dash, Ink};
use super::{MarkSource, OverlayMark};
use crate::ui::placement::Placement;
use crate::ui::theme::{MARK_CASING, MARK_WHITE};

const LINE: f32 = 2.0;
const LINE_HOVERED: f32 = 3.0;
const LINE_TRUTH: f32 = 1.0;
const DASHED: Dash = Dash::new(8.0, 5.0);
const DOTTED: Dash = Dash::new(2.0, 5.0);
/// How much longer dashes are in a crowd, where their triangles would otherwise fill the frame time.
const COARSE: f32 = 3.0;
/// Width of what shows of a casing on either side of its line.
pub(super) const CASING: f32 = 1.0;

/// How one mark is drawn.
pub(super) struct Pen {
    pub(super) hue: Color32,
    pub(super) color: Color32,
    pub(super) casing: Color32,
    pub(super) width: f32,
    pub(super) dash: Option<Dash>,
    pub(super) selected: bool,
    pub(super) strength: f32,
}

impl Pen {
    pub(super) fn of(mark: &OverlayMark, hovered: Option<u64>, coarse: bool) -> Self {
        let stretch = if coarse { COARSE } else { 1.0 };
        let hovered = hovered == Some(mark.id);
        let strength = if hovered {
            mark.strength().max(0.9)
        } else {
            mark.strength()
        };
        let (hue, width, dash) = match mark.source {
            MarkSource::Model => (mark.hue.color(), LINE, Some(DASHED.scaled(stretch))),
            MarkSource::Human | MarkSource::Rejected => (mark.hue.color(), LINE, None),
            MarkSource::Truth => (MARK_WHITE, LINE_TRUTH, None),
            MarkSource::Older => (mark.hue.color(), LINE, Some(DOTTED.scaled(stretch))),
        };
        Self {
            hue,
            color: hue.gamma_multiply(strength),
            casing: MARK_CASING.gamma_multiply(strength),
            width: if hovered {
                width.max(LINE_HOVERED)
            } else {
                width
            },
            dash,
            selected: mark.selected,
            strength,
        }
    }

    pub(super) fn line(&self) -> Stroke {
        Stroke::new(self.width, self.color)
    }

    /// What lies under a solid line, outermost first: dark, and white inside it for the selection.
    pub(super) fn casings(&self) -> Vec<Stroke> {
        if self.selected {
            let dark = Stroke::new(self.width + 4.0 * CASING, self.casing);
            vec![dark, Stroke::new(self.width + 2.0 * CASING, MARK_WHITE)]
        } else {
            vec![Stroke::new(self.width + 2.0 * CASING, self.casing)]
        }
    }

    /// Draws `path` in this pen's style, casing first; the colour is asked for at each fraction of its length.
    pub(super) fn stroke(
        &self,
        path: &[Pos2],
        dash: Dash,
        placement: &Placement,
        color: impl Fn(f32) -> Color32,
    ) -> Shape {
        let mut ink = Ink::new(placement.view, placement.pixels_per_point);
        for (nth, casing) in self.casings().iter().rev().enumerate().rev() {
            // The white of a selection runs through the gaps, so that it reads as one line.
            let gapless = Dash::new(dash.on + dash.off, 0.0);
            let under = if self.selected {
                gapless
            } else {
                dash.grown((nth + 1) as f32 * CASING)
            };
            ink.dashes(path, casing.width, under, |_| casing.color);
        }
        ink.dashes(path, self.width, dash, color);
        ink.into_shape()
    }

    /// Light at the start, the hue itself, dark at the end.
    pub(super) fn ramp(&self, along: f32) -> Color32 {
        let light = self
            .hue
            .lerp_to_gamma(MARK_WHITE, 0.6 * (1.0 - 2.0 * along).max(0.0));
        let dark = MARK_CASING.to_opaque();
        light
            .lerp_to_gamma(dark, 0.4 * (2.0 * along - 1.0).max(0.0))
            .gamma_multiply(self.strength)
    }
}
