//! The pixels of one picture on the graphics card, at the size and with the filter that a zoom asks for.
//!
//! egui's renderer has no mip maps, so a large picture that is fitted into a small view would shimmer. The picture is
//! therefore halved on the processor as often as the zoom allows and only that level is uploaded. Zoomed in beyond
//! [`CRISP_SCALE`] pixels are sharp squares, below they are blended.

use std::sync::Arc;

use egui::{ColorImage, Context, TextureHandle, TextureOptions};

use super::canvas::CanvasPicture;
use crate::geometry::ImageSize;
use crate::vision::Frame;

/// Physical pixels per image pixel above which pixels are drawn as squares.
pub const CRISP_SCALE: f32 = 2.0;

/// A frame and its texture. Replace the frame as newer ones arrive; the texture is reused.
pub struct Picture {
    frame: Frame,
    texture: Option<TextureHandle>,
    uploaded: Option<Upload>,
}

/// What the texture holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Upload {
    halvings: u32,
    crisp: bool,
}

impl Picture {
    /// A picture that is uploaded when it is first shown.
    #[must_use]
    pub fn new(frame: Frame) -> Self {
        Self {
            frame,
            texture: None,
            uploaded: None,
        }
    }

    /// Shows `frame` from now on.
    pub fn replace(&mut self, frame: Frame) {
        self.frame = frame;
        self.uploaded = None;
    }

    /// The frame that is shown.
    #[must_use]
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// The picture for a canvas that draws `physical_scale` physical pixels per image pixel. Uploads only on change.
    pub fn at_scale(&mut self, ctx: &Context, physical_scale: f32) -> CanvasPicture<'_> {
        let side_max = ctx.input(|input| input.max_texture_side);
        let wanted = Upload {
            halvings: halvings(self.frame.size(), physical_scale, side_max),
            crisp: physical_scale > CRISP_SCALE,
        };
        if self.uploaded != Some(wanted) {
            self.upload(ctx, wanted);
        }
        CanvasPicture {
            texture: self.texture.as_ref().map(TextureHandle::id),
            size: self.frame.size(),
            frame: Some(&self.frame),
        }
    }

    fn upload(&mut self, ctx: &Context, wanted: Upload) {
        let size = self.frame.size();
        let (size, pixels) = (0..wanted.halvings).fold(
            (size, None),
            |(size, pixels): (ImageSize, Option<Vec<u8>>), _| {
                let (size, pixels) = halve(size, pixels.as_deref().unwrap_or(self.frame.rgba()));
                (size, Some(pixels))
            },
        );
        let pixels = pixels.as_deref().unwrap_or(self.frame.rgba());
        let sides = [size.width as usize, size.height as usize];
        let image = Arc::new(ColorImage::from_rgba_premultiplied(sides, pixels));
        let options = if wanted.crisp {
            TextureOptions::NEAREST
        } else {
            TextureOptions::LINEAR
        };
        match &mut self.texture {
            Some(texture) => texture.set(image, options),
            None => self.texture = Some(ctx.load_texture(self.frame.camera(), image, options)),
        }
        self.uploaded = Some(wanted);
    }
}

/// How often to halve, so that between one and two texels fall on a pixel and no side exceeds the card's limit.
fn halvings(size: ImageSize, physical_scale: f32, side_max: usize) -> u32 {
    let for_scale = (1.0 / physical_scale.max(1e-4)).log2().floor().max(0.0) as u32;
    let longest = size.width.max(size.height) as usize;
    let mut for_card = 0;
    while longest >> for_card > side_max.max(1) {
        for_card += 1;
    }
    let most = size.width.min(size.height).max(1).ilog2();
    for_scale.min(most).max(for_card)
}

/// Half the size, each pixel the mean of four. An odd last row or column is dropped.
fn halve(size: ImageSize, rgba: &[u8]) -> (ImageSize, Vec<u8>) {
    let half = ImageSize::new((size.width / 2).max(1), (size.height / 2).max(1));
    let stride = size.width as usize * 4;
    let right = if size.width > 1 { 4 } else { 0 };
    let below = if size.height > 1 { stride } else { 0 };
    let mut out = Vec::with_capacity(half.pixels() * 4);
    for y in 0..half.height as usize {
        for x in 0..half.width as usize {
            let at = 2 * y * stride + 8 * x;
            for channel in at..at + 4 {
                let sum = [0, right, below, right + below]
                    .map(|step| u16::from(rgba[channel + step]))
                    .iter()
                    .sum::<u16>();
                out.push(((sum + 2) / 4) as u8);
            }
        }
    }
    (half, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_halved_until_a_texel_is_about_a_pixel() {
        let size = ImageSize::new(4000, 3000);
        assert_eq!(halvings(size, 1.0, 8192), 0);
        assert_eq!(halvings(size, 0.51, 8192), 0);
        assert_eq!(halvings(size, 0.2, 8192), 2);
        assert_eq!(halvings(size, 30.0, 2048), 1);
        assert_eq!(halvings(ImageSize::new(30_000, 1), 0.001, 8192), 2);
    }

    #[test]
    fn halving_keeps_the_mean_and_survives_thin_pictures() {
        let (size, pixels) = halve(
            ImageSize::new(2, 2),
            &[0, 0, 0, 255, 10, 0, 0, 255, 20, 0, 0, 255, 30, 4, 0, 255],
        );
        assert_eq!(
            (size, pixels.as_slice()),
            (ImageSize::new(1, 1), &[15, 1, 0, 255][..])
        );
        let (size, pixels) = halve(ImageSize::new(1, 3), &[8; 12]);
        assert_eq!((size, pixels.len()), (ImageSize::new(1, 1), 4));
    }
}
