//! Quarter turns of whole pictures, for recordings of a camera that was held on its side.

use crate::geometry::ImageSize;

/// The size after so many quarter turns.
pub(super) const fn turned(size: ImageSize, quarter_turns: u8) -> ImageSize {
    if quarter_turns % 2 == 1 {
        ImageSize::new(size.height, size.width)
    } else {
        size
    }
}

/// Turns RGBA pixels clockwise.
pub(super) fn turn(size: ImageSize, pixels: Vec<u8>, quarter_turns: u8) -> (ImageSize, Vec<u8>) {
    let (width, height) = (size.width as usize, size.height as usize);
    // Where the pixel at column x and row y of the turned picture comes from.
    let source: fn(usize, usize, usize, usize) -> (usize, usize) = match quarter_turns % 4 {
        1 => |x, y, _, height| (y, height - 1 - x),
        2 => |x, y, width, height| (width - 1 - x, height - 1 - y),
        3 => |x, y, width, _| (width - 1 - y, x),
        _ => return (size, pixels),
    };
    let turned = turned(size, quarter_turns);
    let mut out = Vec::with_capacity(pixels.len());
    for y in 0..turned.height as usize {
        for x in 0..turned.width as usize {
            let (from_x, from_y) = source(x, y, width, height);
            let at = (from_y * width + from_x) * 4;
            out.extend_from_slice(&pixels[at..at + 4]);
        }
    }
    (turned, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(rows: &[&[u8]]) -> (ImageSize, Vec<u8>) {
        let size = ImageSize::new(rows[0].len() as u32, rows.len() as u32);
        let pixels = rows.concat().iter().flat_map(|&p| [p; 4]).collect();
        (size, pixels)
    }

    #[test]
    fn turns_go_clockwise() {
        let (size, pixels) = picture(&[&[1, 2, 3], &[4, 5, 6]]);
        let turned = |turns| turn(size, pixels.clone(), turns);
        assert_eq!(turned(0), picture(&[&[1, 2, 3], &[4, 5, 6]]));
        assert_eq!(turned(1), picture(&[&[4, 1], &[5, 2], &[6, 3]]));
        assert_eq!(turned(2), picture(&[&[6, 5, 4], &[3, 2, 1]]));
        assert_eq!(turned(3), picture(&[&[3, 6], &[2, 5], &[1, 4]]));
    }
}
