//! Where a stored picture lies in what the model sees: resized, and moved by a few pixels, so that the same scene falls
//! into other patches and everything that is said of it moves along.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use crate::geometry::ImageSize;
use crate::vision::Frame;

/// Where a stored picture lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placed {
    from: ImageSize,
    to: ImageSize,
    /// Pixels to the right and down.
    by: [i32; 2],
}

impl Placed {
    /// A picture of `from`, resized to `to`.
    pub(super) const fn new(from: ImageSize, to: ImageSize) -> Self {
        Self {
            from,
            to,
            by: [0; 2],
        }
    }

    /// The size it is stored at.
    pub(super) const fn stored(&self) -> ImageSize {
        self.from
    }

    /// The size the model sees.
    pub(super) const fn size(&self) -> ImageSize {
        self.to
    }

    /// Whether nothing moves.
    pub(super) fn is_plain(&self) -> bool {
        self.from == self.to && self.by == [0; 2]
    }

    /// Where a coordinate lies: across for axis 0, down for axis 1.
    pub(super) fn coordinate(&self, axis: usize, value: f64) -> f64 {
        let sides = |size: ImageSize| [size.width, size.height][axis];
        let scale = f64::from(sides(self.to)) / f64::from(sides(self.from).max(1));
        value * scale + f64::from(self.by[axis])
    }

    /// Where a box lies.
    pub(super) fn corners(&self, corners: [f32; 4]) -> [f32; 4] {
        let mut at = 0..;
        corners.map(|value| {
            let axis = at.next().unwrap_or(0) % 2;
            self.coordinate(axis, f64::from(value)) as f32
        })
    }

    /// Moved by up to `most` pixels each way, so that none of `boxes` (of the stored picture) leaves the picture.
    pub(super) fn drawn(self, most: u32, boxes: &[[f32; 4]], random: &mut ChaCha8Rng) -> Self {
        let most = most as i32;
        let mut room = [[-most, most]; 2];
        for corners in boxes {
            let [x1, y1, x2, y2] = self.corners(*corners);
            let sides = [self.to.width, self.to.height].map(|side| side as f32);
            for (axis, (low, high)) in [(x1, x2), (y1, y2)].into_iter().enumerate() {
                let [back, on] = &mut room[axis];
                *back = (*back).max(-(low.floor() as i32)).min(0);
                *on = (*on).min((sides[axis] - high).floor() as i32).max(0);
            }
        }
        Self {
            by: room.map(|[back, on]| random.random_range(back..=on)),
            ..self
        }
    }

    /// The resized picture, moved; its edges are drawn out over what comes in.
    pub(super) fn moved(&self, fitted: &Frame) -> Frame {
        let [dx, dy] = self.by;
        if self.by == [0; 2] {
            return fitted.clone();
        }
        let (width, height) = (self.to.width as i32, self.to.height as i32);
        let pixels = fitted.rgba();
        let mut moved = Vec::with_capacity(pixels.len());
        for y in 0..height {
            let row = (y - dy).clamp(0, height - 1) * width;
            for x in 0..width {
                let at = 4 * (row + (x - dx).clamp(0, width - 1)) as usize;
                moved.extend_from_slice(&pixels[at..at + 4]);
            }
        }
        // As many pixels as before: it cannot be refused.
        Frame::from_rgba(fitted.camera(), self.to, moved).unwrap_or_else(|_| fitted.clone())
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    const FROM: ImageSize = ImageSize::new(20, 10);
    const TO: ImageSize = ImageSize::new(10, 10);

    #[test]
    fn pictures_and_boxes_move_together_and_nothing_leaves() {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let pixels: Vec<u8> = (0..10_u8)
            .flat_map(|y| (0..10_u8).flat_map(move |x| [x, y, 0, 255]))
            .collect();
        let frame = Frame::from_rgba("eye", TO, pixels).expect("400 bytes");
        let thing = [4.0, 3.0, 12.0, 9.0];
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..60 {
            let placed = Placed::new(FROM, TO).drawn(3, &[thing], &mut random);
            let [x1, y1, x2, y2] = placed.corners(thing);
            assert!(
                x1 >= 0.0 && y1 >= 0.0 && x2 <= 10.0 && y2 <= 10.0,
                "{placed:?}"
            );
            // The pixel at the box's corner before is the one at its corner now.
            let at = 4 * (y1 as usize * 10 + x1 as usize);
            assert_eq!(placed.moved(&frame).rgba()[at..at + 2], [2, 3]);
            seen.insert(placed.by);
        }
        let [left, right] = [seen.first(), seen.last()].map(|by| by.expect("some")[0]);
        assert_eq!((left, right), (-2, 3), "the box's own edge limits it");
        assert!(Placed::new(TO, TO).is_plain());
    }
}
