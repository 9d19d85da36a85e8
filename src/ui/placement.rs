//! Where a picture lies on the screen, and how panning and zooming move it.
//!
//! Image points are pixels from the outer corner of the picture's top-left pixel; screen positions are egui's points.
//! Pure arithmetic: no widgets, no input.

use egui::{Pos2, Rect, Vec2, vec2};
use serde::{Deserialize, Serialize};

use crate::geometry::{ImagePoint, ImageSize};

/// A picture may be zoomed out to this share of its fitted size (rerun's limit).
const ZOOM_OUT_MAX: f32 = 0.2;
/// Physical pixels that one image pixel may be zoomed in to, at least.
const ZOOM_IN_MAX: f32 = 64.0;
/// A zoom this close to the fit is taken for the fit, which then follows the window.
const FIT_TOLERANCE: f32 = 0.01;

/// How a person looks at a picture; saved with the layout. Starts fitted.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CanvasView {
    /// Zoom and what is in the middle; none while the picture is fitted into the view.
    free: Option<Free>,
    /// Whether the scroll that is under way came from fingers on a pad.
    #[serde(skip)]
    pub(super) scroll_pans: bool,
    /// Whether the left button is for what the picture shows, and does not pan.
    #[serde(skip)]
    pub(super) edits: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Free {
    /// Screen points per image pixel.
    scale: f32,
    /// The image point in the middle of the view.
    centre: ImagePoint,
}

/// A picture of a size in a rectangle of the screen: an invertible map between image and screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// The part of the screen that shows the picture.
    pub view: Rect,
    /// Width and height of the picture.
    pub size: ImageSize,
    /// Screen points per image pixel.
    pub scale: f32,
    /// Physical pixels per screen point.
    pub pixels_per_point: f32,
    /// Screen position of the image's origin, on a physical pixel so that edges are sharp.
    origin: Pos2,
}

impl Placement {
    /// Where `point` of the image is on the screen.
    #[must_use]
    pub fn to_screen(&self, point: ImagePoint) -> Pos2 {
        self.origin + self.scale * vec2(point.x, point.y)
    }

    /// Which point of the image is at `pos` of the screen; may lie outside the image.
    #[must_use]
    pub fn to_image(&self, pos: Pos2) -> ImagePoint {
        let offset = (pos - self.origin) / self.scale;
        ImagePoint::new(offset.x, offset.y)
    }

    /// The whole picture on the screen, view or not.
    #[must_use]
    pub fn image_rect(&self) -> Rect {
        let size = vec2(self.size.width as f32, self.size.height as f32);
        Rect::from_min_size(self.origin, self.scale * size)
    }

    /// The part of the picture that shows.
    #[must_use]
    pub fn visible_rect(&self) -> Rect {
        self.image_rect().intersect(self.view)
    }

    /// Physical pixels per image pixel.
    #[must_use]
    pub fn physical_scale(&self) -> f32 {
        self.scale * self.pixels_per_point
    }
}

impl CanvasView {
    /// Places a picture of `size` in `view`.
    #[must_use]
    pub fn place(&self, view: Rect, size: ImageSize, pixels_per_point: f32) -> Placement {
        let fit = fit_scale(view, size);
        let Free { scale, centre } = self
            .free
            .filter(Free::is_sane)
            .unwrap_or_else(|| Free::fitted(fit, size));
        let scale = clamp_scale(scale, fit, pixels_per_point);
        let origin = view.center() - scale * vec2(centre.x, centre.y);
        let snap = |x: f32| (x * pixels_per_point).round() / pixels_per_point;
        Placement {
            view,
            size,
            scale,
            pixels_per_point,
            origin: Pos2::new(snap(origin.x), snap(origin.y)),
        }
    }

    /// Shows the whole picture and follows the window from now on.
    pub fn fit(&mut self) {
        self.free = None;
    }

    /// Whether the picture is fitted.
    #[must_use]
    pub fn is_fitted(&self) -> bool {
        self.free.is_none()
    }

    /// Moves the picture by `delta` screen points; some of it stays in the middle of the view.
    pub fn pan(&mut self, placement: &Placement, delta: Vec2) {
        if delta != Vec2::ZERO {
            self.hold(
                placement,
                placement.scale,
                placement.view.center() - delta,
                placement.view.center(),
            );
        }
    }

    /// Multiplies the zoom by `factor` and keeps the image point at `anchor` where it is.
    pub fn zoom(&mut self, placement: &Placement, factor: f32, anchor: Pos2) {
        if !factor.is_finite() || factor <= 0.0 {
            return;
        }
        let fit = fit_scale(placement.view, placement.size);
        let scale = clamp_scale(placement.scale * factor, fit, placement.pixels_per_point);
        self.hold(placement, scale, anchor, anchor);
        if (scale / fit - 1.0).abs() < FIT_TOLERANCE {
            self.fit();
        }
    }

    /// Shows one image pixel on each physical pixel, around `anchor`.
    pub fn actual_size(&mut self, placement: &Placement, anchor: Pos2) {
        self.zoom(placement, 1.0 / placement.physical_scale(), anchor);
    }

    /// Puts the image point that was at `from` to `to`, at `scale`.
    fn hold(&mut self, placement: &Placement, scale: f32, from: Pos2, to: Pos2) {
        let point = placement.to_image(from);
        let offset = (to - placement.view.center()) / scale;
        let centre = ImagePoint::new(point.x - offset.x, point.y - offset.y);
        self.free = Some(Free {
            scale,
            centre: placement.size.clamp(centre),
        });
    }
}

impl Free {
    fn fitted(scale: f32, size: ImageSize) -> Self {
        let centre = ImagePoint::new(size.width as f32 / 2.0, size.height as f32 / 2.0);
        Self { scale, centre }
    }

    /// A saved layout is a stranger's file.
    fn is_sane(&self) -> bool {
        self.scale.is_normal()
            && self.scale > 0.0
            && self.centre.x.is_finite()
            && self.centre.y.is_finite()
    }
}

fn fit_scale(view: Rect, size: ImageSize) -> f32 {
    let (width, height) = (size.width.max(1) as f32, size.height.max(1) as f32);
    (view.width() / width).min(view.height() / height).max(1e-4)
}

fn clamp_scale(scale: f32, fit: f32, pixels_per_point: f32) -> f32 {
    let most = (ZOOM_IN_MAX / pixels_per_point).max(4.0 * fit);
    scale.clamp(ZOOM_OUT_MAX * fit, most)
}

#[cfg(test)]
mod tests {
    use egui::pos2;
    use proptest::prelude::*;

    use super::*;

    const SIZE: ImageSize = ImageSize::new(640, 480);

    fn view() -> Rect {
        Rect::from_min_size(pos2(240.0, 40.0), vec2(800.0, 700.0))
    }

    fn close(a: Pos2, b: Pos2, tolerance: f32) -> bool {
        a.distance(b) < tolerance
    }

    #[test]
    fn a_new_view_shows_the_whole_picture_in_the_middle() {
        let placement = CanvasView::default().place(view(), SIZE, 1.0);
        assert!((placement.image_rect().width() - 800.0).abs() < 1e-3);
        assert!(view().expand(1.0).contains_rect(placement.image_rect()));
        assert!(close(placement.image_rect().center(), view().center(), 1.0));
    }

    #[test]
    fn zooming_out_ends_and_zooming_back_finds_the_fit() {
        let mut canvas = CanvasView::default();
        for _ in 0..100 {
            canvas.zoom(&canvas.place(view(), SIZE, 1.0), 0.8, view().center());
        }
        assert!((canvas.place(view(), SIZE, 1.0).scale / 1.25 - ZOOM_OUT_MAX).abs() < 1e-3);
        canvas.zoom(&canvas.place(view(), SIZE, 1.0), 5.0, view().center());
        assert!(canvas.is_fitted());
    }

    #[test]
    fn a_picture_cannot_be_dragged_out_of_sight() {
        let mut canvas = CanvasView::default();
        canvas.pan(&canvas.place(view(), SIZE, 1.0), vec2(1e7, -1e7));
        assert!(
            canvas
                .place(view(), SIZE, 1.0)
                .image_rect()
                .expand(1.0)
                .contains(view().center())
        );
    }

    #[test]
    fn a_damaged_layout_is_fitted() {
        let text = r#"{"free":{"scale":-3.0,"centre":{"x":0.0,"y":0.0}}}"#;
        let canvas: CanvasView = serde_json::from_str(text).unwrap();
        assert_eq!(
            canvas.place(view(), SIZE, 1.0),
            CanvasView::default().place(view(), SIZE, 1.0)
        );
        let empty = canvas.place(
            Rect::from_min_size(pos2(0.0, 0.0), Vec2::ZERO),
            ImageSize::default(),
            1.0,
        );
        assert!(empty.to_image(pos2(3.0, 4.0)).x.is_finite());
    }

    proptest! {
        #[test]
        fn screen_and_image_are_inverse(
            x in -1e3_f32..5e3, y in -1e3_f32..5e3, factor in 0.1_f32..60.0, density in 1.0_f32..3.0,
        ) {
            let mut canvas = CanvasView::default();
            canvas.zoom(&canvas.place(view(), SIZE, density), factor, view().center());
            let placement = canvas.place(view(), SIZE, density);
            let pos = pos2(x, y);
            prop_assert!(close(placement.to_screen(placement.to_image(pos)), pos, 2e-3));
            let point = ImagePoint::new(x / 8.0, y / 8.0);
            prop_assert!(placement.to_image(placement.to_screen(point)).distance(point) < 2e-3);
        }

        #[test]
        fn zooming_keeps_what_is_under_the_pointer(
            x in 300.0_f32..900.0, y in 150.0_f32..600.0, factor in 0.5_f32..6.0,
        ) {
            let mut canvas = CanvasView::default();
            canvas.zoom(&canvas.place(view(), SIZE, 1.0), 2.0, view().center());
            let before = canvas.place(view(), SIZE, 1.0);
            let anchor = pos2(x, y);
            let point = before.to_image(anchor);
            canvas.zoom(&before, factor, anchor);
            let after = canvas.place(view(), SIZE, 1.0);
            let inside = SIZE.contains(after.to_image(after.view.center()));
            prop_assume!(inside && !canvas.is_fitted());
            let centre = after.to_image(after.view.center());
            let held = centre.x > 1.0 && centre.y > 1.0 && centre.x < 639.0 && centre.y < 479.0;
            prop_assume!(held);
            // One point of slack: the origin lies on a whole physical pixel.
            prop_assert!(close(after.to_screen(point), anchor, 1.0));
        }
    }
}
