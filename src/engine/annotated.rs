//! A picture with its marks, as PNG.

use crate::grounding::{Grounding, paint};
use crate::vision::Frame;

/// The font of labels.
const FONT: &[u8] = include_bytes!("../../assets/fonts/Inter-SemiBold.ttf");

/// Draws `groundings` onto a copy of `frame` and encodes it.
///
/// # Errors
/// When encoding fails.
pub fn png(frame: &Frame, groundings: &[Grounding]) -> Result<Vec<u8>, image::ImageError> {
    let painted = paint::paint(frame, groundings, FONT);
    let mut bytes = std::io::Cursor::new(Vec::new());
    let size = painted.size();
    let pixels = image::RgbaImage::from_raw(size.width, size.height, painted.rgba().to_vec());
    if let Some(pixels) = pixels {
        pixels.write_to(&mut bytes, image::ImageFormat::Png)?;
    }
    Ok(bytes.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{ImagePoint, ImageSize};

    #[test]
    fn the_picture_keeps_its_size_and_shows_the_box() {
        let size = ImageSize::new(64, 48);
        let frame = Frame::from_rgb("grey", size, &[128; 64 * 48 * 3]).expect("a frame");
        let corners = (ImagePoint::new(10.0, 10.0), ImagePoint::new(50.0, 40.0));
        let bytes = png(&frame, &[Grounding::from_box(corners.0, corners.1)]).expect("a png");
        let painted = image::load_from_memory(&bytes)
            .expect("reads back")
            .to_rgb8();
        assert_eq!(painted.dimensions(), (64, 48));
        assert_ne!(painted.get_pixel(30, 10).0, [128; 3], "on the edge");
        assert_eq!(painted.get_pixel(30, 25).0, [128; 3], "inside");
    }
}
