//! A contact sheet: the first episodes at a glance.

use std::path::Path;

use super::{CollectError, Finished};
use crate::geometry::ImageSize;
use crate::media::picture::png;
use crate::vision::Frame;

/// Pictures side by side.
const COLUMNS: usize = 6;
/// Most pictures.
const MOST: usize = 48;
/// Size of one.
const CELL: ImageSize = ImageSize::new(240, 180);
/// Pixels between them.
const GAP: usize = 4;
/// Grey between them.
const GROUND: [u8; 4] = [24, 26, 32, 255];

/// Pictures of episodes in the order of writing.
#[derive(Default)]
pub(super) struct Sheet {
    cells: Vec<Vec<u8>>,
}

impl Sheet {
    pub(super) fn add(&mut self, finished: &Finished) {
        if self.cells.len() < MOST {
            self.cells.push(shrunk(&finished.thumbnail));
        }
    }

    /// Writes it, if somebody wants it and there is anything on it.
    pub(super) fn write(&self, to: Option<&Path>) -> Result<(), CollectError> {
        let Some(path) = to.filter(|_| !self.cells.is_empty()) else {
            return Ok(());
        };
        let (width, height) = (CELL.width as usize, CELL.height as usize);
        let columns = self.cells.len().min(COLUMNS);
        let rows = self.cells.len().div_ceil(COLUMNS);
        let size = [columns * (width + GAP) + GAP, rows * (height + GAP) + GAP];
        let mut pixels = GROUND.repeat(size[0] * size[1]);
        for (index, cell) in self.cells.iter().enumerate() {
            let left = GAP + index % COLUMNS * (width + GAP);
            let top = GAP + index / COLUMNS * (height + GAP);
            for (row, line) in cell.chunks_exact(4 * width).enumerate() {
                let start = 4 * ((top + row) * size[0] + left);
                pixels[start..start + line.len()].copy_from_slice(line);
            }
        }
        let sheet = Frame::from_rgba(
            "sheet",
            ImageSize::new(size[0] as u32, size[1] as u32),
            pixels,
        )?;
        let written = std::fs::write(path, png(&sheet)?);
        written.map_err(|source| CollectError::File {
            doing: "writing the contact sheet",
            source,
            path: path.to_owned(),
        })
    }
}

/// A picture at the size of a cell, without bars: each pixel the mean of those it covers.
fn shrunk(frame: &Frame) -> Vec<u8> {
    let (from, to) = (frame.size(), CELL);
    let scale = f64::min(
        f64::from(from.width) / f64::from(to.width),
        f64::from(from.height) / f64::from(to.height),
    );
    let offset = |from: u32, to: u32| (f64::from(from) - f64::from(to) * scale) / 2.0;
    let (left, top) = (offset(from.width, to.width), offset(from.height, to.height));
    let span = |start: f64, index: u32, most: u32| {
        let low = ((start + f64::from(index) * scale) as u32).min(most - 1);
        low..((start + f64::from(index + 1) * scale).ceil() as u32).clamp(low + 1, most)
    };
    let mut pixels = Vec::with_capacity(4 * to.pixels());
    for y in 0..to.height {
        for x in 0..to.width {
            let (mut sum, mut count) = ([0_u32; 3], 0);
            for row in span(top, y, from.height) {
                for column in span(left, x, from.width) {
                    let at = 4 * (row * from.width + column) as usize;
                    for (sum, value) in sum.iter_mut().zip(&frame.rgba()[at..at + 3]) {
                        *sum += u32::from(*value);
                    }
                    count += 1;
                }
            }
            pixels.extend(sum.map(|sum| (sum / count) as u8));
            pixels.push(255);
        }
    }
    pixels
}
