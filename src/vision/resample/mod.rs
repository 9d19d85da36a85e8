//! Resizing, bit for bit as Pillow and `OpenCV` do it: another resampler moves an action by more than half precision
//! does. Units: pixels. Knows nothing of encoders.

mod area;
mod kernel;

use std::sync::Arc;

use rayon::prelude::*;

pub use area::area;
pub use kernel::{Axis, Filter, Kernel, PRECISION_BITS, passes};

use super::{Frame, Letterbox};
use crate::geometry::ImageSize;

/// Bytes of a pixel in a [`Frame`].
const CHANNELS: usize = 4;
/// Half a level, so that the shift at the end rounds.
const HALF: i32 = 1 << (PRECISION_BITS - 1);
/// Bytes that one inner loop of the vertical pass keeps in registers.
const STRIP: usize = 64;

/// Pillow's `Image.resize(size, resample=filter)`, bit for bit. A side of zero counts as one.
#[must_use]
pub fn resize(frame: &Frame, target: ImageSize, filter: Filter) -> Frame {
    let target = ImageSize::new(target.width.max(1), target.height.max(1));
    let mut frame = frame.clone();
    for (axis, size) in passes(frame.size(), target) {
        let kernel = Kernel::new(axis.length(frame.size()), axis.length(size), filter);
        let pixels = shared(size, |out| match axis {
            Axis::Horizontal => horizontal(&frame, &kernel, out),
            Axis::Vertical => vertical(&frame, &kernel, out),
        });
        frame = frame.with_pixels(size, pixels);
    }
    frame
}

/// openpi's `resize_with_pad`: the whole image as large as it fits, centred on black. [`Letterbox`] knows the way back.
#[must_use]
pub fn pad(frame: &Frame, target: ImageSize, filter: Filter) -> Frame {
    let letterbox = Letterbox::new(frame.size(), target);
    let inner = resize(frame, letterbox.inner, filter);
    if letterbox.inner == letterbox.target {
        return inner;
    }
    let row = letterbox.inner.width as usize * CHANNELS;
    let stride = letterbox.target.width as usize * CHANNELS;
    let start = letterbox.top as usize * stride + letterbox.left as usize * CHANNELS;
    let pixels = shared(letterbox.target, |out| {
        out.chunks_exact_mut(CHANNELS).for_each(|p| p[3] = 255);
        for (source, line) in inner
            .rgba()
            .chunks_exact(row)
            .zip(out[start..].chunks_mut(stride))
        {
            line[..row].copy_from_slice(source);
        }
    });
    frame.with_pixels(letterbox.target, pixels)
}

/// Pixels written in place behind their `Arc`, so that the finished picture is not copied once more.
fn shared(size: ImageSize, write: impl FnOnce(&mut [u8])) -> Arc<[u8]> {
    let mut pixels: Arc<[u8]> = std::iter::repeat_n(0, size.pixels() * CHANNELS).collect();
    if let Some(pixels) = Arc::get_mut(&mut pixels) {
        write(pixels);
    }
    pixels
}

fn horizontal(frame: &Frame, kernel: &Kernel, out: &mut [u8]) {
    let source = frame.size().width as usize * CHANNELS;
    let target = kernel.first().len() * CHANNELS;
    out.par_chunks_exact_mut(target)
        .zip(frame.rgba().par_chunks_exact(source))
        .with_min_len(8)
        .for_each(|(out, row)| horizontal_row(row, kernel, out));
}

/// Red and blue share one 64-bit product: each sum fits 32 bits, so the lower one only borrows from the upper one.
fn horizontal_row(row: &[u8], kernel: &Kernel, out: &mut [u8]) {
    let (row, _) = row.as_chunks::<CHANNELS>();
    let (out, _) = out.as_chunks_mut::<CHANNELS>();
    for (out, (first, weights)) in out.iter_mut().zip(kernel.windows()) {
        let (mut red_blue, mut green) = (0_i64, HALF);
        for (pixel, &weight) in row[first..].iter().zip(weights) {
            let pair = i64::from(pixel[0]) | i64::from(pixel[2]) << 32;
            red_blue += pair * i64::from(weight);
            green += i32::from(pixel[1]) * weight;
        }
        let red = red_blue as i32;
        let blue = ((red_blue - i64::from(red)) >> 32) as i32;
        *out = [level(red + HALF), level(green), level(blue + HALF), 255];
    }
}

fn vertical(frame: &Frame, kernel: &Kernel, out: &mut [u8]) {
    let stride = frame.size().width as usize * CHANNELS;
    out.par_chunks_exact_mut(stride)
        .enumerate()
        .with_min_len(8)
        .for_each(|(y, out)| {
            if let Some((first, weights)) = kernel.window(y) {
                vertical_row(&frame.rgba()[first * stride..], stride, weights, out);
            }
        });
}

fn vertical_row(source: &[u8], stride: usize, weights: &[i32], out: &mut [u8]) {
    for (strip, out) in out.chunks_mut(STRIP).enumerate() {
        let mut sum = [HALF; STRIP];
        for (row, &weight) in source.chunks_exact(stride).zip(weights) {
            for (sum, &byte) in sum.iter_mut().zip(&row[strip * STRIP..][..out.len()]) {
                *sum += i32::from(byte) * weight;
            }
        }
        for (out, sum) in out.iter_mut().zip(sum) {
            *out = level(sum);
        }
        out.chunks_exact_mut(CHANNELS).for_each(|p| p[3] = 255);
    }
}

fn level(sum: i32) -> u8 {
    (sum >> PRECISION_BITS).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(width: u32, height: u32) -> Frame {
        let size = ImageSize::new(width, height);
        let rgb: Vec<u8> = (0..size.pixels() as u32 * 3)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        Frame::from_rgb("noise", size, &rgb).expect("the length fits")
    }

    #[test]
    fn the_same_size_shares_the_pixels() {
        let frame = noise(9, 5);
        let same = resize(&frame, frame.size(), Filter::Bicubic);
        assert!(std::ptr::eq(same.rgba(), frame.rgba()));
    }

    #[test]
    fn halving_with_the_triangle_weighs_one_three_three_one() {
        let row: Vec<u8> = [0, 80, 160, 240, 40, 200]
            .into_iter()
            .flat_map(|v| [v; 3])
            .collect();
        let frame = Frame::from_rgb("row", ImageSize::new(6, 1), &row).expect("six pixels");
        let half = resize(&frame, ImageSize::new(3, 1), Filter::Bilinear);
        // (80 + 3*160 + 3*240 + 40) / 8 = 165
        assert_eq!(half.pixel(1, 0), Some([165; 3]));
    }

    #[test]
    fn a_zero_side_counts_as_one() {
        let one = resize(&noise(8, 8), ImageSize::new(0, 3), Filter::Bilinear);
        assert_eq!(one.size(), ImageSize::new(1, 3));
    }

    #[test]
    fn every_way_keeps_stamp_and_opacity() {
        let frame = noise(31, 17).stamped(7, std::time::Duration::from_millis(5));
        let target = ImageSize::new(12, 20);
        for out in [
            resize(&frame, target, Filter::Bicubic),
            pad(&frame, target, Filter::Bilinear),
            area(&frame, target),
        ] {
            assert_eq!((out.size(), out.seq, out.stamp), (target, 7, frame.stamp));
            assert!(out.rgba().iter().skip(3).step_by(4).all(|&a| a == 255));
        }
    }

    #[test]
    fn padding_leaves_black_above_and_below() {
        let frame = Frame::from_rgb("white", ImageSize::new(4, 2), &[255; 24]).expect("8 pixels");
        let out = pad(&frame, ImageSize::new(8, 8), Filter::Bilinear);
        assert_eq!(out.pixel(0, 1), Some([0; 3]));
        assert_eq!(out.pixel(0, 2), Some([255; 3]));
        assert_eq!(out.pixel(7, 5), Some([255; 3]));
        assert_eq!(out.pixel(7, 6), Some([0; 3]));
    }
}
