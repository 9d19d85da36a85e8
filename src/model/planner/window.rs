//! The order in which the vision tower visits patches, and the segments inside which it attends.
//!
//! Patches arrive in merge order: cell by cell, the 2 x 2 patches of a cell together. A window is a square of cells;
//! windows at the right and lower edge are smaller. Knows nothing of tensors.

use std::ops::Range;

use crate::model::config::VisionConfig;

/// A stretch of patches that attend to each other only: its first patch and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// First patch.
    pub start: usize,
    /// Patches in it.
    pub length: usize,
}

/// How the patches of all images of a call are ordered and cut into segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowOrder {
    /// For each place in window order, the cell (in input order) that stands there.
    pub cells: Vec<u32>,
    /// Windows, as stretches of patches in window order.
    pub windows: Vec<Segment>,
    /// Whole frames, as stretches of patches.
    pub frames: Vec<Segment>,
}

impl WindowOrder {
    /// The order for grids `[time, height, width]` in patches, whose sides are multiples of the merge size.
    #[must_use]
    pub fn new(grids: &[[u32; 3]], config: &VisionConfig) -> Self {
        let merge = config.spatial_merge_size;
        let side = (config.window_size / merge / config.patch_size).max(1);
        let patches_per_cell = merge * merge;
        let mut order = Self {
            cells: Vec::new(),
            windows: Vec::new(),
            frames: Vec::new(),
        };
        for [time, height, width] in grids {
            let rows = *height as usize / merge;
            let columns = *width as usize / merge;
            for _ in 0..*time {
                order.frame(rows, columns, side, patches_per_cell);
            }
        }
        order
    }

    fn frame(&mut self, rows: usize, columns: usize, side: usize, patches_per_cell: usize) {
        let first = self.cells.len();
        for window_rows in spans(rows, side) {
            for window_columns in spans(columns, side) {
                let start = self.cells.len();
                for row in window_rows.clone() {
                    let cells = window_columns.clone().map(|c| first + row * columns + c);
                    self.cells.extend(cells.map(|cell| cell as u32));
                }
                self.windows.push(Segment {
                    start: start * patches_per_cell,
                    length: (self.cells.len() - start) * patches_per_cell,
                });
            }
        }
        self.frames.push(Segment {
            start: first * patches_per_cell,
            length: rows * columns * patches_per_cell,
        });
    }

    /// For each cell in input order, its place in window order.
    #[must_use]
    pub fn inverse(&self) -> Vec<u32> {
        let mut inverse = vec![0; self.cells.len()];
        for (place, &cell) in self.cells.iter().enumerate() {
            inverse[cell as usize] = place as u32;
        }
        inverse
    }
}

/// Row and column of every patch, in the order in which patches arrive.
#[must_use]
pub fn patch_coordinates(grids: &[[u32; 3]], merge: usize) -> Vec<[u32; 2]> {
    let merge = merge as u32;
    let mut coordinates = Vec::new();
    for [time, height, width] in grids {
        for _ in 0..*time {
            for row in (0..*height).step_by(merge as usize) {
                for column in (0..*width).step_by(merge as usize) {
                    for inner in 0..merge * merge {
                        coordinates.push([row + inner / merge, column + inner % merge]);
                    }
                }
            }
        }
    }
    coordinates
}

/// `0..length` in pieces of `step`, the last one shorter.
fn spans(length: usize, step: usize) -> impl Iterator<Item = Range<usize>> {
    (0..length)
        .step_by(step)
        .map(move |start| start..(start + step).min(length))
}

/// Neighbouring segments of one length, so that their attention is one batched product: first patch, segments, length.
pub(super) fn runs(segments: &[Segment]) -> Vec<(usize, usize, usize)> {
    let mut runs: Vec<(usize, usize, usize)> = Vec::new();
    for segment in segments {
        match runs.last_mut() {
            Some((_, count, length)) if *length == segment.length => *count += 1,
            _ => runs.push((segment.start, 1, segment.length)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::planner::golden;

    fn boundaries(order: &WindowOrder) -> Vec<usize> {
        let ends = order.windows.iter().map(|w| w.start + w.length);
        std::iter::once(0).chain(ends).collect()
    }

    #[test]
    fn eight_by_eight_cells_are_four_quadrants() {
        let order = WindowOrder::new(&[[1, 16, 16]], &golden::config().vision);
        assert_eq!(order.cells[..6], [0, 1, 2, 3, 8, 9]);
        assert_eq!(boundaries(&order), [0, 64, 128, 192, 256]);
    }

    #[test]
    fn windows_at_the_edges_are_smaller() {
        let order = WindowOrder::new(&[[1, 10, 18]], &golden::config().vision);
        assert_eq!(boundaries(&order), [0, 64, 128, 144, 160, 176, 180]);
        assert_eq!(
            runs(&order.windows),
            [(0, 2, 64), (128, 3, 16), (176, 1, 4)]
        );
    }

    #[test]
    fn the_inverse_undoes_the_order() {
        let order = WindowOrder::new(&[[1, 6, 26], [2, 10, 4]], &golden::config().vision);
        let inverse = order.inverse();
        for (place, &cell) in order.cells.iter().enumerate() {
            assert_eq!(inverse[cell as usize], place as u32);
        }
        assert_eq!(order.frames.len(), 3);
    }
}
