//! What annotations need of a picture: its size, how it is turned, and a hash. Pixels are not decoded.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use image::metadata::Orientation;
use image::{ImageDecoder as _, ImageReader, Limits};
use sha2::{Digest as _, Sha256};

use super::geometry::{Rect, Shape, Spot};
use super::mask::Mask;
use super::record::Target;
use crate::geometry::ImageSize;

/// Endings of the files that count as pictures.
const ENDINGS: &[&str] = &[
    "jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff", "ppm", "pgm",
];

/// Longest side of a picture that is taken for true.
const MAX_SIDE: u32 = 65_535;

/// Whether the name of a file is that of a picture.
pub(super) fn is_named_as_picture(path: &Path) -> bool {
    path.extension()
        .and_then(|ending| ending.to_str())
        .is_some_and(|ending| {
            ENDINGS
                .iter()
                .any(|known| ending.eq_ignore_ascii_case(known))
        })
}

/// How a picture is stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored {
    /// As stored, before it is turned upright.
    pub raw: ImageSize,
    orientation: Orientation,
}

impl Stored {
    /// Size of the upright picture.
    pub fn upright(self) -> ImageSize {
        match self.orientation {
            Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH => ImageSize::new(self.raw.height, self.raw.width),
            _ => self.raw,
        }
    }

    /// Whether the stored pixels are not upright.
    pub fn is_turned(self) -> bool {
        self.orientation != Orientation::NoTransforms
    }

    /// Where a position of the stored picture is in the upright one.
    fn turn(self, [x, y]: Spot) -> Spot {
        let (w, h) = (f64::from(self.raw.width), f64::from(self.raw.height));
        match self.orientation {
            Orientation::NoTransforms => [x, y],
            Orientation::Rotate90 => [h - y, x],
            Orientation::Rotate180 => [w - x, h - y],
            Orientation::Rotate270 => [y, w - x],
            Orientation::FlipHorizontal => [w - x, y],
            Orientation::FlipVertical => [x, h - y],
            Orientation::Rotate90FlipH => [y, x],
            Orientation::Rotate270FlipH => [h - y, w - x],
        }
    }

    /// Turns a target of the stored picture upright. False where that cannot be done.
    pub fn turn_target(self, target: &mut Target) -> bool {
        let rect = |r: Rect| Rect::between(self.turn([r.x1, r.y1]), self.turn([r.x2, r.y2]));
        target.bounds = target.bounds.map(rect);
        match &mut target.shape {
            Shape::Box { rect: r, rotation } if *rotation == 0.0 => *r = rect(*r),
            Shape::Box { .. } | Shape::Ellipse { .. } => {
                let outline = target.shape.outline().unwrap_or_default();
                target.shape =
                    Shape::Polygon(vec![outline.into_iter().map(|s| self.turn(s)).collect()]);
            }
            Shape::Point(spot) => *spot = self.turn(*spot),
            Shape::Trace(spots) => spots.iter_mut().for_each(|s| *s = self.turn(*s)),
            Shape::Polygon(rings) => {
                rings.iter_mut().flatten().for_each(|s| *s = self.turn(*s));
            }
            Shape::Mask(mask) => match self.turn_mask(mask) {
                Some(turned) => *mask = turned,
                None => return false,
            },
        }
        true
    }

    fn turn_mask(self, mask: &Mask) -> Option<Mask> {
        let (size, upright) = (self.raw, self.upright());
        if mask.size() != size {
            return None;
        }
        let (rows, mut turned) = (mask.to_rows(), vec![false; upright.pixels()]);
        let width = size.width as usize;
        for (at, _) in rows.iter().enumerate().filter(|(_, inside)| **inside) {
            let middle = [(at % width) as f64 + 0.5, (at / width) as f64 + 0.5];
            let [x, y] = self.turn(middle);
            turned[y as usize * upright.width as usize + x as usize] = true;
        }
        Mask::from_rows(upright, &turned).ok()
    }
}

/// Looks at the head of a picture file.
pub(super) fn look(path: &Path) -> Result<Stored, String> {
    let mut reader = ImageReader::open(path)
        .and_then(ImageReader::with_guessed_format)
        .map_err(|error| error.to_string())?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(1 << 28);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| error.to_string())?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE {
        return Err(format!("its size is {width}x{height}"));
    }
    Ok(Stored {
        raw: ImageSize::new(width, height),
        // Damaged EXIF is no reason to refuse a picture.
        orientation: decoder.orientation().unwrap_or(Orientation::NoTransforms),
    })
}

/// SHA-256 of the bytes of a file; none where it cannot be read.
pub(super) fn hash(path: &Path) -> Option<[u8; 32]> {
    let (mut reader, mut hasher) = (BufReader::new(File::open(path).ok()?), Sha256::new());
    let mut block = [0; 1 << 14];
    loop {
        match reader.read(&mut block).ok()? {
            0 => return Some(hasher.finalize().into()),
            read => hasher.update(&block[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use image::DynamicImage;

    use super::*;

    /// A lone bright pixel must be found where its position is turned to.
    #[test]
    fn positions_turn_as_pixels_do() {
        for exif in 1..=8 {
            let orientation = Orientation::from_exif(exif).unwrap();
            let mut pixels = image::GrayImage::new(5, 3);
            pixels.put_pixel(1, 2, image::Luma([255]));
            let mut picture = DynamicImage::ImageLuma8(pixels);
            picture.apply_orientation(orientation);
            let stored = Stored {
                raw: ImageSize::new(5, 3),
                orientation,
            };
            let size = stored.upright();
            assert_eq!(
                (size.width, size.height),
                (picture.width(), picture.height())
            );
            let [x, y] = stored.turn([1.5, 2.5]);
            let luma = picture.to_luma8();
            assert_eq!(
                luma.get_pixel(x as u32, y as u32).0,
                [255],
                "orientation {exif}"
            );
            let mut rows = vec![false; 15];
            rows[2 * 5 + 1] = true;
            let mask = Mask::from_rows(stored.raw, &rows).unwrap();
            let turned = stored.turn_mask(&mask).unwrap();
            let at = y as usize * size.width as usize + x as usize;
            assert_eq!(turned.to_rows().iter().position(|inside| *inside), Some(at));
        }
    }
}
