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
mod tmpshow {
    #[test]
    fn tmpshow() {
        use crate::camera::Camera as _;
        use crate::geometry::ImagePoint as P;
        use crate::grounding::Grounding as G;
        let f = crate::camera::Picture::open(std::path::Path::new("assets/samples/tabletop.png"))
            .unwrap()
            .frame()
            .unwrap()
            .unwrap();
        let w = f.size().width as f32;
        let h = f.size().height as f32;
        let p = |x: f32, y: f32| P::new(x * w, y * h);
        let g = vec![
            G::from_box(p(0.1, 0.3), p(0.3, 0.6)).labelled("red cube"),
            G::from_box(p(0.5, 0.02), p(0.7, 0.3)).labelled("blue plate"),
            G::from_box(p(0.85, 0.7), p(0.99, 0.99)).labelled("green block at the edge"),
            G::point(p(0.4, 0.7)).labelled("grasp"),
            G::point(p(0.6, 0.8)),
            G::trace(vec![
                p(0.2, 0.45),
                p(0.3, 0.25),
                p(0.45, 0.2),
                p(0.6, 0.35),
                p(0.6, 0.6),
            ])
            .labelled("move to plate"),
        ];
        std::fs::write("/tmp/painted.png", super::png(&f, &g).unwrap()).unwrap();
    }
}
