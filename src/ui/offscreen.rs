//! Draws a window's content into an image without a window, with the renderer the window uses.
//!
//! Takes any adapter, software included. Sizes are physical pixels; density is physical pixels per screen point.

mod target;

use egui::{Context, Pos2, RawInput, Rect, Theme, Ui, ViewportId, vec2};
use image::RgbaImage;

use self::target::Target;
use super::theme;

/// Largest side of an image.
const SIDE_MAX: u32 = 8192;

/// What to draw on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offscreen {
    /// Width in physical pixels.
    pub width: u32,
    /// Height in physical pixels.
    pub height: u32,
    /// Physical pixels per screen point.
    pub pixels_per_point: f32,
    /// Dark or light.
    pub theme: Theme,
    /// Frames to run before the picture is taken, so that layouts settle and fades end.
    pub frames: u32,
}

/// Why nothing was drawn.
#[derive(Debug, thiserror::Error)]
pub enum OffscreenError {
    /// The size is zero or beyond what adapters draw.
    #[error("cannot draw an image of {width}x{height} pixels; choose sides from 1 to {SIDE_MAX}")]
    Size {
        /// Width asked for.
        width: u32,
        /// Height asked for.
        height: u32,
    },
    /// No adapter at all.
    #[error(
        "found no graphics adapter to draw with; install a Vulkan driver \
         (package mesa-vulkan-drivers has one in software): {source}"
    )]
    Adapter {
        /// What wgpu tried.
        source: wgpu::RequestAdapterError,
    },
    /// The adapter would not open.
    #[error("graphics adapter {adapter} refused to open: {source}")]
    Device {
        /// Its name.
        adapter: String,
        /// Why.
        source: wgpu::RequestDeviceError,
    },
    /// It was lost, or did not finish in time.
    #[error("the graphics adapter did not deliver the image: {reason}")]
    ReadBack {
        /// What it said.
        reason: String,
    },
}

impl Default for Offscreen {
    fn default() -> Self {
        Self {
            width: 1280,
            height: 800,
            pixels_per_point: 1.0,
            theme: Theme::Dark,
            frames: 8,
        }
    }
}

impl Offscreen {
    /// Runs `ui` for a few frames in our theme and returns the last one.
    ///
    /// # Errors
    /// When the size is out of range, when there is no adapter, or when it fails.
    pub fn render(&self, mut ui: impl FnMut(&mut Ui)) -> Result<RgbaImage, OffscreenError> {
        let (width, height) = (self.width, self.height);
        if !(1..=SIDE_MAX).contains(&width) || !(1..=SIDE_MAX).contains(&height) {
            return Err(OffscreenError::Size { width, height });
        }
        let mut target = Target::open(width, height)?;
        let ctx = Context::default();
        theme::install(&ctx);
        ctx.set_theme(self.theme);
        for frame in 0..self.frames.max(1) {
            let output = ctx.run_ui(self.input(frame, &target), &mut ui);
            let last = frame + 1 == self.frames.max(1);
            target.apply(&ctx, output, last);
        }
        target.read()
    }

    fn input(&self, frame: u32, target: &Target) -> RawInput {
        let points = vec2(self.width as f32, self.height as f32) / self.pixels_per_point;
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, points)),
            // A tenth of a second each, so that fades have ended in the last one.
            time: Some(f64::from(frame) * 0.1),
            max_texture_side: Some(target.device.limits().max_texture_dimension_2d as usize),
            focused: true,
            ..RawInput::default()
        };
        if let Some(viewport) = input.viewports.get_mut(&ViewportId::ROOT) {
            viewport.native_pixels_per_point = Some(self.pixels_per_point);
        }
        input
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_beyond_reason_is_refused_before_anything_is_opened() {
        for (width, height) in [(0, 10), (10, 0), (100_000, 10)] {
            let shot = Offscreen {
                width,
                height,
                ..Offscreen::default()
            };
            assert!(matches!(
                shot.render(|_| {}),
                Err(OffscreenError::Size { .. })
            ));
        }
    }

    #[test]
    fn the_image_has_the_asked_size_and_the_themes_colour() {
        for (theme, palette) in [(Theme::Dark, theme::DARK), (Theme::Light, theme::LIGHT)] {
            let shot = Offscreen {
                width: 101,
                height: 53,
                pixels_per_point: 1.5,
                theme,
                frames: 2,
            };
            let image = match shot.render(|ui| {
                egui::CentralPanel::default().show(ui, |_| {});
            }) {
                Err(OffscreenError::Adapter { source }) => {
                    println!("skipped: no adapter ({source})");
                    return;
                }
                other => other.unwrap(),
            };
            assert_eq!(image.dimensions(), (101, 53));
            assert_eq!(image.get_pixel(50, 26).0, palette.panel.to_array());
        }
    }
}
