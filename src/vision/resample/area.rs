//! `OpenCV`'s `INTER_AREA` on 8-bit images: what the reference's robot clients resize with before they send a picture.
//!
//! Three methods hide behind the name, as in `resize.cpp`: whole-number shrinking averages blocks, any other
//! shrinking weighs pixels by the area covered, and where a side grows it is a kind of bilinear interpolation.
//! Positions are source pixels.

use rayon::prelude::*;

use super::{CHANNELS, shared};
use crate::geometry::ImageSize;
use crate::vision::Frame;

/// One in the fixed point of the growing method (`OpenCV`'s `INTER_RESIZE_COEF_SCALE`).
const ONE: f32 = 2048.0;
/// Slivers of a pixel below this share are left out, as `OpenCV` does.
const SLIVER: f64 = 1e-3;

/// `cv2.resize(image, size, interpolation=cv2.INTER_AREA)`, bit for bit. A side of zero counts as one.
#[must_use]
pub fn area(frame: &Frame, target: ImageSize) -> Frame {
    let target = ImageSize::new(target.width.max(1), target.height.max(1));
    if frame.size() == target {
        return frame.clone();
    }
    let x = Axis::new(frame.size().width, target.width);
    let y = Axis::new(frame.size().height, target.height);
    let pixels = shared(target, |out| match (x.whole(), y.whole()) {
        _ if x.scale < 1.0 || y.scale < 1.0 => grow(frame, x, y, out),
        (Some(columns), Some(rows)) => blocks(frame, columns, rows, out),
        _ => cover(frame, x, y, out),
    });
    frame.with_pixels(target, pixels)
}

/// Source and target length of one axis.
#[derive(Clone, Copy)]
struct Axis {
    source: usize,
    target: usize,
    inverse: f64,
    scale: f64,
}

impl Axis {
    fn new(source: u32, target: u32) -> Self {
        // The reference divides twice; the last bit decides where a cell ends.
        let inverse = f64::from(target) / f64::from(source);
        Self {
            source: source as usize,
            target: target as usize,
            inverse,
            scale: 1.0 / inverse,
        }
    }

    /// The scale, where it is a whole number.
    fn whole(self) -> Option<usize> {
        let whole = self.scale.round();
        ((self.scale - whole).abs() < f64::EPSILON).then_some(whole as usize)
    }
}

/// Averages blocks of `columns` x `rows` pixels.
fn blocks(frame: &Frame, columns: usize, rows: usize, out: &mut [u8]) {
    let stride = frame.size().width as usize * CHANNELS;
    let share = 1.0 / (columns * rows) as f32;
    let width = frame.size().width as usize / columns;
    out.par_chunks_exact_mut(width * CHANNELS)
        .zip(frame.rgba().par_chunks_exact(stride * rows))
        .for_each(|(out, band)| {
            for (x, out) in out.chunks_exact_mut(CHANNELS).enumerate() {
                let sum = block_sum(band, stride, x * columns..(x + 1) * columns);
                for (out, sum) in out.iter_mut().zip(sum) {
                    *out = if columns == 2 && rows == 2 {
                        ((sum + 2) >> 2) as u8
                    } else {
                        nearest(sum as f32 * share)
                    };
                }
                out[3] = 255;
            }
        });
}

fn block_sum(band: &[u8], stride: usize, columns: std::ops::Range<usize>) -> [u32; CHANNELS] {
    let mut sum = [0; CHANNELS];
    for row in band.chunks_exact(stride) {
        let cells = &row[columns.start * CHANNELS..columns.end * CHANNELS];
        for pixel in cells.chunks_exact(CHANNELS) {
            for (sum, &byte) in sum.iter_mut().zip(pixel) {
                *sum += u32::from(byte);
            }
        }
    }
    sum
}

/// Source pixel and the share of the target pixel that it covers.
type Share = (usize, f32);

/// The shares of every target pixel (`OpenCV`'s `computeResizeAreaTab`).
fn shares(axis: Axis) -> Vec<Vec<Share>> {
    (0..axis.target).map(|index| share(axis, index)).collect()
}

fn share(axis: Axis, index: usize) -> Vec<Share> {
    let begin = index as f64 * axis.scale;
    let end = begin + axis.scale;
    let cell = axis.scale.min(axis.source as f64 - begin);
    let last = (end.floor() as usize).min(axis.source - 1);
    let first = (begin.ceil() as usize).min(last);
    let mut shares = Vec::with_capacity(last - first + 2);
    if first as f64 - begin > SLIVER {
        shares.push((first - 1, ((first as f64 - begin) / cell) as f32));
    }
    shares.extend((first..last).map(|x| (x, (1.0 / cell) as f32)));
    if end - last as f64 > SLIVER {
        let covered = (end - last as f64).min(1.0).min(cell);
        shares.push((last, (covered / cell) as f32));
    }
    shares
}

/// Weighs source pixels by the area of them that lies in the target pixel, in the reference's order of additions.
fn cover(frame: &Frame, x: Axis, y: Axis, out: &mut [u8]) {
    let columns = shares(x);
    let mut rows = vec![0.0_f32; x.target * CHANNELS * y.source];
    rows.par_chunks_exact_mut(x.target * CHANNELS)
        .zip(frame.rgba().par_chunks_exact(x.source * CHANNELS))
        .for_each(|(out, row)| cover_row(row, &columns, out));
    let lines = shares(y);
    out.par_chunks_exact_mut(x.target * CHANNELS)
        .zip(&lines)
        .for_each(|(out, shares)| cover_column(&rows, shares, out));
}

fn cover_row(row: &[u8], columns: &[Vec<Share>], out: &mut [f32]) {
    for (out, shares) in out.chunks_exact_mut(CHANNELS).zip(columns) {
        for &(x, share) in shares {
            for (out, &byte) in out.iter_mut().zip(&row[x * CHANNELS..]) {
                *out += f32::from(byte) * share;
            }
        }
    }
}

fn cover_column(rows: &[f32], shares: &[Share], out: &mut [u8]) {
    let stride = out.len();
    let mut sum = vec![0.0_f32; stride];
    for &(y, share) in shares {
        for (sum, value) in sum.iter_mut().zip(&rows[y * stride..]) {
            *sum += share * value;
        }
    }
    for (out, &sum) in out.iter_mut().zip(&sum) {
        *out = nearest(sum);
    }
    out.chunks_exact_mut(CHANNELS).for_each(|p| p[3] = 255);
}

/// Two neighbours and their weights in units of 1 / [`ONE`].
#[derive(Clone, Copy)]
struct Pair {
    first: usize,
    second: usize,
    weights: [i32; 2],
}

/// The pair of every target pixel.
fn pairs(axis: Axis) -> Vec<Pair> {
    (0..axis.target).map(|index| pair(axis, index)).collect()
}

fn pair(axis: Axis, index: usize) -> Pair {
    let first = (index as f64 * axis.scale).floor() as usize;
    let share = ((index + 1) as f64 - (first + 1) as f64 * axis.inverse) as f32;
    let last = axis.source - 1;
    let share = if share <= 0.0 || first >= last {
        0.0
    } else {
        share - share.floor()
    };
    Pair {
        first: first.min(last),
        second: (first + 1).min(last),
        weights: [1.0 - share, share].map(|w| (w * ONE).round_ties_even() as i32),
    }
}

/// Bilinear interpolation whose weights come from the area covered.
fn grow(frame: &Frame, x: Axis, y: Axis, out: &mut [u8]) {
    let columns = pairs(x);
    let mut rows = vec![0_i32; x.target * CHANNELS * y.source];
    rows.par_chunks_exact_mut(x.target * CHANNELS)
        .zip(frame.rgba().par_chunks_exact(x.source * CHANNELS))
        .for_each(|(out, row)| grow_row(row, &columns, out));
    let lines = pairs(y);
    out.par_chunks_exact_mut(x.target * CHANNELS)
        .zip(&lines)
        .for_each(|(out, pair)| grow_column(&rows, *pair, out));
}

fn grow_row(row: &[u8], columns: &[Pair], out: &mut [i32]) {
    for (out, pair) in out.chunks_exact_mut(CHANNELS).zip(columns) {
        let first = &row[pair.first * CHANNELS..][..CHANNELS];
        let second = &row[pair.second * CHANNELS..][..CHANNELS];
        for ((out, &a), &b) in out.iter_mut().zip(first).zip(second) {
            *out = i32::from(a) * pair.weights[0] + i32::from(b) * pair.weights[1];
        }
    }
}

/// The shifts are those of `OpenCV`'s `VResizeLinear` for bytes.
fn grow_column(rows: &[i32], pair: Pair, out: &mut [u8]) {
    let stride = out.len();
    let (first, second) = (&rows[pair.first * stride..], &rows[pair.second * stride..]);
    let [a, b] = pair.weights;
    for ((out, &above), &below) in out.iter_mut().zip(first).zip(second) {
        let sum = ((a * (above >> 4)) >> 16) + ((b * (below >> 4)) >> 16);
        *out = ((sum + 2) >> 2).clamp(0, 255) as u8;
    }
    out.chunks_exact_mut(CHANNELS).for_each(|p| p[3] = 255);
}

/// `OpenCV` rounds halves to even.
fn nearest(value: f32) -> u8 {
    value.round_ties_even().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(values: &[u8]) -> Frame {
        let rgb: Vec<u8> = values.iter().flat_map(|&v| [v; 3]).collect();
        Frame::from_rgb("row", ImageSize::new(values.len() as u32, 1), &rgb).expect("one row")
    }

    #[test]
    fn whole_blocks_are_averaged() {
        let out = area(&row(&[0, 3, 6, 9, 10, 20]), ImageSize::new(2, 1));
        assert_eq!(
            (out.pixel(0, 0), out.pixel(1, 0)),
            (Some([3; 3]), Some([13; 3]))
        );
    }

    #[test]
    fn a_cut_pixel_counts_by_its_share() {
        // Three pixels to two: (1 * 0 + 0.5 * 90) / 1.5 and (0.5 * 90 + 1 * 180) / 1.5.
        let out = area(&row(&[0, 90, 180]), ImageSize::new(2, 1));
        assert_eq!(
            (out.pixel(0, 0), out.pixel(1, 0)),
            (Some([30; 3]), Some([150; 3]))
        );
    }

    #[test]
    fn doubling_repeats_each_pixel() {
        let out = area(&row(&[10, 20]), ImageSize::new(4, 1));
        let values: Vec<u8> = out.to_rgb().into_iter().step_by(3).collect();
        assert_eq!(values, [10, 10, 20, 20]);
    }
}
