//! Sets of pixels.

use crate::geometry::ImageSize;

/// Pixels of an image that belong to something, within the box around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    /// The image.
    pub size: ImageSize,
    /// First column, first row, and the columns and rows that follow.
    pub window: [u32; 4],
    /// Row by row, the pixels of the window.
    pub bits: Vec<bool>,
}

/// Run lengths as COCO has them uncompressed: column by column, beginning with what does not belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rle {
    /// The image.
    pub size: ImageSize,
    /// Pixels outside, inside, outside and so on; the sum is the image.
    pub counts: Vec<u32>,
}

impl Mask {
    /// The pixels for which `belongs` holds; nothing if none does.
    #[must_use]
    pub fn of<T>(size: ImageSize, pixels: &[T], belongs: impl Fn(&T) -> bool) -> Option<Self> {
        let (mut left, mut top, mut right, mut bottom) = (u32::MAX, u32::MAX, 0, 0);
        let rows = pixels.chunks_exact(size.width.max(1) as usize);
        for (y, row) in rows.enumerate() {
            let first = row.iter().position(&belongs);
            let last = row.iter().rposition(&belongs);
            if let (Some(first), Some(last)) = (first, last) {
                left = left.min(first as u32);
                right = right.max(last as u32);
                top = top.min(y as u32);
                bottom = y as u32;
            }
        }
        if top == u32::MAX {
            return None;
        }
        let window = [left, top, right - left + 1, bottom - top + 1];
        let bits = (0..window[3])
            .flat_map(|y| {
                let start = (top + y) as usize * size.width as usize + left as usize;
                &pixels[start..start + window[2] as usize]
            })
            .map(belongs)
            .collect();
        Some(Self { size, window, bits })
    }

    /// Number of its pixels.
    #[must_use]
    pub fn area(&self) -> usize {
        self.bits.iter().filter(|bit| **bit).count()
    }

    /// Whether a pixel belongs.
    #[must_use]
    pub fn contains(&self, x: u32, y: u32) -> bool {
        let [left, top, width, height] = self.window;
        let (Some(x), Some(y)) = (x.checked_sub(left), y.checked_sub(top)) else {
            return false;
        };
        x < width && y < height && self.bits[(y * width + x) as usize]
    }

    /// The tight box around it.
    #[must_use]
    pub fn bounds(&self) -> [f64; 4] {
        let [left, top, width, height] = self.window.map(f64::from);
        [left, top, left + width, top + height]
    }

    /// The middle of the pixel farthest from all that does not belong; of several, the first.
    #[must_use]
    pub fn centre(&self) -> [f64; 2] {
        let [left, top, width, _] = self.window;
        let distances = self.distances();
        let mut best = (0, 0.0);
        for (index, distance) in distances.into_iter().enumerate() {
            if distance > best.1 {
                best = (index as u32, distance);
            }
        }
        let (x, y) = (best.0 % width, best.0 / width);
        [f64::from(left + x) + 0.5, f64::from(top + y) + 0.5]
    }

    /// Squared distance of every pixel of the window to the nearest that does not belong; outside the image nothing does.
    /// Exact, by lower envelopes of parabolas (Felzenszwalb and Huttenlocher), columns first.
    fn distances(&self) -> Vec<f64> {
        let [_, _, width, height] = self.window.map(|side| side as usize);
        let far = ((width + height + 2) as f64).powi(2);
        let mut field: Vec<f64> = self
            .bits
            .iter()
            .map(|bit| if *bit { far } else { 0.0 })
            .collect();
        for x in 0..width {
            let column: Vec<f64> = (0..height).map(|y| field[y * width + x]).collect();
            for (y, value) in envelope(&column).into_iter().enumerate() {
                field[y * width + x] = value;
            }
        }
        for row in field.chunks_exact_mut(width) {
            let line = envelope(row);
            row.copy_from_slice(&line);
        }
        field
    }

    /// Its run lengths.
    #[must_use]
    pub fn rle(&self) -> Rle {
        let mut counts = vec![0_u32];
        let mut inside = false;
        let mut push = |belongs: bool, length: u32| {
            if length == 0 {
                return;
            }
            if belongs != inside {
                counts.push(0);
                inside = belongs;
            }
            if let Some(last) = counts.last_mut() {
                *last += length;
            }
        };
        let [left, top, width, height] = self.window;
        let rows = self.size.height;
        push(false, left * rows);
        for x in 0..width {
            push(false, top);
            for y in 0..height {
                push(self.bits[(y * width + x) as usize], 1);
            }
            push(false, rows - top - height);
        }
        push(false, (self.size.width - left - width) * rows);
        Rle {
            size: self.size,
            counts,
        }
    }
}

impl Rle {
    /// Number of pixels that belong.
    #[must_use]
    pub fn area(&self) -> u64 {
        self.counts
            .iter()
            .skip(1)
            .step_by(2)
            .map(|count| u64::from(*count))
            .sum()
    }

    /// Whether each pixel belongs, row by row; nothing if the runs do not fill the image.
    #[must_use]
    pub fn pixels(&self) -> Option<Vec<bool>> {
        let all = self.size.pixels();
        let sum: u64 = self.counts.iter().map(|count| u64::from(*count)).sum();
        if sum != all as u64 {
            return None;
        }
        let (height, width) = (self.size.height as usize, self.size.width as usize);
        let mut pixels = vec![false; all];
        let mut at = 0;
        for (run, count) in self.counts.iter().enumerate() {
            for place in at..at + *count as usize {
                pixels[place % height * width + place / height] = run % 2 == 1;
            }
            at += *count as usize;
        }
        Some(pixels)
    }
}

/// The least of f(q) + (p - q)^2 over q, for every p; beyond both ends f is zero.
fn envelope(values: &[f64]) -> Vec<f64> {
    let padded: Vec<f64> = std::iter::once(0.0)
        .chain(values.iter().copied())
        .chain([0.0])
        .collect();
    let (mut places, mut starts) = (vec![0_usize], vec![f64::NEG_INFINITY]);
    let meet = |p: usize, q: usize| {
        let (a, b) = (p as f64, q as f64);
        ((padded[q] + b * b) - (padded[p] + a * a)) / (2.0 * (b - a))
    };
    for q in 1..padded.len() {
        while let (Some(&p), Some(&start)) = (places.last(), starts.last()) {
            if meet(p, q) > start || places.len() == 1 {
                break;
            }
            places.pop();
            starts.pop();
        }
        if let Some(&p) = places.last() {
            starts.push(meet(p, q));
            places.push(q);
        }
    }
    let mut k = 0;
    (1..padded.len() - 1)
        .map(|x| {
            while k + 1 < starts.len() && starts[k + 1] < x as f64 {
                k += 1;
            }
            let off = x as f64 - places[k] as f64;
            padded[places[k]] + off * off
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mask(width: u32, bits: &[bool]) -> Option<Mask> {
        let size = ImageSize::new(width, bits.len() as u32 / width);
        Mask::of(size, bits, |bit| *bit)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

        #[test]
        fn run_lengths_give_the_pixels_back(width in 1_u32..12, bits in prop::collection::vec(any::<bool>(), 12..120)) {
            let bits = &bits[..bits.len() / width as usize * width as usize];
            if let Some(mask) = mask(width, bits) {
                let rle = mask.rle();
                prop_assert_eq!(rle.pixels(), Some(bits.to_vec()));
                prop_assert_eq!(rle.area(), mask.area() as u64);
            }
        }

        #[test]
        fn the_centre_is_the_pixel_farthest_from_the_border(width in 1_u32..12, bits in prop::collection::vec(any::<bool>(), 12..120)) {
            let bits = &bits[..bits.len() / width as usize * width as usize];
            let Some(mask) = mask(width, bits) else { return Ok(()) };
            let height = bits.len() as i32 / width as i32;
            let belongs = |x: i32, y: i32| x >= 0 && y >= 0 && x < width as i32 && y < height && bits[(y * width as i32 + x) as usize];
            let depth = |x: i32, y: i32| (-1..=height).flat_map(|v| (-1..=width as i32).map(move |u| (u, v)))
                .filter(|(u, v)| !belongs(*u, *v)).map(|(u, v)| (u - x).pow(2) + (v - y).pow(2)).min().unwrap();
            let [x, y] = mask.centre().map(|c| c.floor() as i32);
            prop_assert!(belongs(x, y));
            let most = (0..height).flat_map(|v| (0..width as i32).map(move |u| (u, v))).filter(|(u, v)| belongs(*u, *v)).map(|(u, v)| depth(u, v)).max();
            prop_assert_eq!(Some(depth(x, y)), most);
        }
    }

    #[test]
    fn bounds_are_the_outer_edges_of_the_pixels() {
        let mut bits = vec![false; 40];
        for i in [12, 13, 22] {
            bits[i] = true;
        }
        let mask = mask(10, &bits).unwrap();
        assert_eq!(mask.bounds().map(|edge| edge as u32), [2, 1, 4, 3]);
        assert_eq!(mask.area(), 3);
        assert!(mask.contains(2, 2) && !mask.contains(3, 2) && !mask.contains(0, 0));
    }

    #[test]
    fn runs_that_do_not_fill_the_image_are_refused() {
        let rle = Rle {
            size: ImageSize::new(3, 3),
            counts: vec![4, 4],
        };
        assert_eq!(rle.pixels(), None);
    }
}
