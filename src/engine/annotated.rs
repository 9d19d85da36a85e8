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
