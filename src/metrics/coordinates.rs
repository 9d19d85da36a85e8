//! Coordinates as answers write them: whole pixels of the resized picture, and the scale 0 to 1000.
//!
//! Whole numbers are rounded half to even, as Python's `round` does.

use crate::geometry::ImageSize;

/// A coordinate as a whole number.
fn whole(value: f64) -> i64 {
    value.round_ties_even() as i64
}

fn sides(size: ImageSize) -> [f64; 4] {
    let (w, h) = (f64::from(size.width), f64::from(size.height));
    [w, h, w, h]
}

/// `[x, y, x, y]` of a picture of size `from`, in whole pixels of the same picture at size `to`.
#[must_use]
pub fn resized(corners: [f64; 4], from: ImageSize, to: ImageSize) -> [i64; 4] {
    let (from, to) = (sides(from), sides(to));
    std::array::from_fn(|i| whole(corners[i] * to[i] / from[i]))
}

/// Back from whole pixels of the resized picture to the original.
#[must_use]
pub fn original(corners: [i64; 4], resized: ImageSize, original: ImageSize) -> [f64; 4] {
    let (from, to) = (sides(resized), sides(original));
    std::array::from_fn(|i| corners[i] as f64 * to[i] / from[i])
}

/// On the scale 0 to 1000.
#[must_use]
pub fn thousandths(corners: [f64; 4], size: ImageSize) -> [i64; 4] {
    let sides = sides(size);
    std::array::from_fn(|i| whole(corners[i] / sides[i] * 1000.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_to_the_even_number() {
        let size = ImageSize::new(1000, 1000);
        assert_eq!(thousandths([0.5, 1.5, 2.5, 3.5], size), [0, 2, 2, 4]);
    }
}
