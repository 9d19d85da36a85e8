//! How alike two pictures look, whatever their size, coding or brightness: a difference hash.
//!
//! Each of 8 x 8 places says whether the picture grows brighter from there to the right (Krawetz 2013, "dHash").

use std::fmt;

use super::frame::Frame;

/// Places across and down.
const SIDE: usize = 8;

/// The difference hash of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Likeness(pub u64);

impl Likeness {
    /// That of a frame.
    #[must_use]
    pub fn of(frame: &Frame) -> Self {
        let cells = cells(frame);
        let mut bits = 0;
        for row in cells.chunks_exact(SIDE + 1) {
            for pair in row.windows(2) {
                // Compared across the products, so that cells of unlike sizes need no division.
                let brighter = pair[1].0 * pair[0].1 > pair[0].0 * pair[1].1;
                bits = bits << 1 | u64::from(brighter);
            }
        }
        Self(bits)
    }

    /// At how many of the 64 places two pictures differ. Unlike pictures differ at about 32.
    #[must_use]
    pub const fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }
}

/// As sixteen hexadecimal digits.
impl fmt::Display for Likeness {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{:016x}", self.0)
    }
}

/// Sum of brightness and number of pixels of each of 9 x 8 cells.
fn cells(frame: &Frame) -> Vec<(u64, u64)> {
    let size = frame.size();
    let (width, height) = (size.width as usize, size.height as usize);
    let mut cells = vec![(0, 0); (SIDE + 1) * SIDE];
    for (at, pixel) in frame.rgba().chunks_exact(4).enumerate() {
        let (x, y) = (at % width, at / width);
        let cell = &mut cells[y * SIDE / height * (SIDE + 1) + x * (SIDE + 1) / width];
        // Rec. 601 luma in 1/256.
        let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(u64::from);
        cell.0 += 77 * red + 150 * green + 29 * blue;
        cell.1 += 1;
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::ImageSize;

    /// A lamp at a place on a ground that grows darker.
    fn picture(size: ImageSize, lamp: f64, gain: f64) -> Frame {
        let mut pixels = Vec::new();
        for y in 0..size.height {
            for x in 0..size.width {
                let at = |side: u32, of: u32| (f64::from(side) + 0.5) / f64::from(of);
                let (x, y) = (at(x, size.width), at(y, size.height));
                let near = (x - lamp).hypot(y - 0.5) < 0.2;
                let level = (120.0 - 60.0 * x + if near { 100.0 } else { 0.0 }) * gain;
                pixels.extend([level as u8, level as u8, level as u8, 255]);
            }
        }
        Frame::from_rgba("test", size, pixels).unwrap()
    }

    #[test]
    fn size_and_brightness_do_not_matter_but_what_is_seen_does() {
        let first = Likeness::of(&picture(ImageSize::new(320, 240), 0.3, 1.0));
        let small = Likeness::of(&picture(ImageSize::new(96, 80), 0.3, 0.8));
        let other = Likeness::of(&picture(ImageSize::new(320, 240), 0.7, 1.0));
        assert!(first.distance(small) <= 2, "{first} {small}");
        assert!(first.distance(other) > 6, "{first} {other}");
        assert_eq!(first.distance(first), 0);
        assert_eq!(Likeness(255).to_string(), "00000000000000ff");
    }

    #[test]
    fn tiny_pictures_have_one_too() {
        let frame = Frame::from_rgba("test", ImageSize::new(1, 1), vec![9, 9, 9, 255]).unwrap();
        assert_eq!(Likeness::of(&frame), Likeness::of(&frame.clone()));
    }
}
