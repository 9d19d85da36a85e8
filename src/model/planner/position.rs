//! Position numbers of the decoder: one per token on each of the axes time, height and width.
//!
//! Text counts up on all axes at once; an image counts rows on height and columns on width, and text goes on after the
//! largest number so far.

use super::PlannerError;
use crate::model::config::QwenConfig;

/// Position numbers of one or several sequences of one length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Positions {
    /// Sequences.
    batch: usize,
    /// Time, height, width: `batch * length` numbers each, sequence after sequence.
    axes: [Vec<u32>; 3],
    /// Padding at the left of each sequence.
    padding: Vec<usize>,
    /// What a decoded token adds to its place in the sequence to get its position.
    rope_delta: Vec<i64>,
}

impl Positions {
    /// The positions of one unpadded sequence; its image tokens follow `grids` `[time, height, width]` in patches.
    ///
    /// # Errors
    /// When image tokens and grids do not fit together.
    pub fn new(ids: &[u32], grids: &[[u32; 3]], config: &QwenConfig) -> Result<Self, PlannerError> {
        let merge = config.vision.spatial_merge_size as u32;
        let mut walk = Walk::default();
        let mut images = grids.iter().enumerate();
        let mut at = 0;
        while at < ids.len() {
            if ids[at] != config.image_token_id {
                walk.text();
                at += 1;
                continue;
            }
            let Some((image, grid)) = images.next() else {
                return Err(image_count(ids, grids, config));
            };
            let expected = merged_tokens(*grid, merge);
            let rest = ids[at..].iter();
            let found = rest.take_while(|id| **id == config.image_token_id).count();
            if found < expected || expected == 0 {
                return Err(PlannerError::ImageTokens {
                    image,
                    expected,
                    found,
                });
            }
            walk.image([grid[0], grid[1] / merge, grid[2] / merge]);
            at += expected;
        }
        if images.next().is_some() {
            return Err(image_count(ids, grids, config));
        }
        Ok(Self {
            batch: 1,
            rope_delta: vec![i64::from(walk.next) - ids.len() as i64],
            axes: walk.axes,
            padding: vec![0],
        })
    }

    /// Given numbers: `batch * length` on each axis, sequence after sequence, with the padding at the left of each.
    /// `None` where their counts disagree.
    #[must_use]
    pub fn from_axes(axes: [Vec<u32>; 3], padding: Vec<usize>) -> Option<Self> {
        let (batch, total) = (padding.len(), axes[0].len());
        let fit = axes.iter().all(|axis| axis.len() == total)
            && batch > 0
            && total.is_multiple_of(batch)
            && padding.iter().all(|pad| *pad <= total / batch);
        fit.then(|| Self {
            batch,
            rope_delta: vec![0; batch],
            axes,
            padding,
        })
    }

    /// Several single sequences as one batch, the shorter ones padded at the left; padding is at position 1.
    #[must_use]
    pub fn left_padded(sequences: &[Self]) -> Self {
        let length = sequences.iter().map(Self::length).max().unwrap_or(0);
        let pads: Vec<usize> = sequences.iter().map(|s| length - s.length()).collect();
        let axes = [0, 1, 2].map(|axis| {
            let parts = sequences.iter().zip(&pads);
            parts
                .flat_map(|(s, &pad)| {
                    std::iter::repeat_n(1, pad).chain(s.axes[axis].iter().copied())
                })
                .collect()
        });
        let deltas = sequences.iter().zip(&pads);
        Self {
            batch: sequences.len(),
            axes,
            rope_delta: deltas
                .map(|(s, &pad)| s.rope_delta[0] - pad as i64)
                .collect(),
            padding: pads,
        }
    }

    /// Sequences.
    #[must_use]
    pub const fn batch(&self) -> usize {
        self.batch
    }

    /// Tokens in each sequence, padding included.
    #[must_use]
    pub fn length(&self) -> usize {
        self.axes[0].len() / self.batch.max(1)
    }

    /// Time, height and width positions, sequence after sequence.
    #[must_use]
    pub fn axes(&self) -> [&[u32]; 3] {
        [&self.axes[0], &self.axes[1], &self.axes[2]]
    }

    /// Padding tokens at the left of each sequence.
    #[must_use]
    pub fn padding(&self) -> &[usize] {
        &self.padding
    }

    /// For each sequence, what a decoded token adds to its place to get its position on every axis.
    #[must_use]
    pub fn rope_delta(&self) -> &[i64] {
        &self.rope_delta
    }
}

/// Decoder tokens an image of a patch grid becomes.
#[must_use]
pub fn merged_tokens(grid: [u32; 3], merge: u32) -> usize {
    let merge = merge.max(1);
    let sides = grid.map(|side| side as usize);
    sides[0] * (sides[1] / merge as usize) * (sides[2] / merge as usize)
}

fn image_count(ids: &[u32], grids: &[[u32; 3]], config: &QwenConfig) -> PlannerError {
    let is_image = |id: &u32| *id == config.image_token_id;
    PlannerError::ImageCount {
        placeholders: ids
            .chunk_by(|a, b| is_image(a) == is_image(b))
            .filter(|run| is_image(&run[0]))
            .count(),
        images: grids.len(),
    }
}

#[derive(Default)]
struct Walk {
    axes: [Vec<u32>; 3],
    next: u32,
}

impl Walk {
    fn text(&mut self) {
        for axis in &mut self.axes {
            axis.push(self.next);
        }
        self.next += 1;
    }

    /// Frames of one image do not move on in time: they carry no seconds.
    fn image(&mut self, [time, rows, columns]: [u32; 3]) {
        let start = self.next;
        for _ in 0..time {
            for row in 0..rows {
                for column in 0..columns {
                    self.axes[0].push(start);
                    self.axes[1].push(start + row);
                    self.axes[2].push(start + column);
                }
            }
        }
        self.next = start + rows.max(columns).max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::planner::golden::{self, Golden};

    fn flat(positions: &Positions) -> Vec<i64> {
        positions
            .axes()
            .concat()
            .iter()
            .map(|&p| i64::from(p))
            .collect()
    }

    #[test]
    fn two_images_count_as_in_the_reference() {
        let golden = Golden::open("lm");
        let grids = Golden::open("vision").grids();
        let positions =
            Positions::new(&golden.ids("input_ids"), &grids, &golden::config()).unwrap();
        assert_eq!(flat(&positions), golden.integers("position_ids"));
        assert_eq!(positions.rope_delta(), golden.integers("rope_deltas"));
    }

    #[test]
    fn left_padding_counts_as_in_the_reference() {
        let golden = Golden::open("lm_batch_leftpad");
        let sequences = golden.padded_sequences();
        let positions = Positions::left_padded(
            &sequences
                .iter()
                .map(|s| s.positions.clone())
                .collect::<Vec<_>>(),
        );
        assert_eq!(flat(&positions), golden.integers("position_ids"));
        assert_eq!(positions.rope_delta(), golden.integers("rope_deltas"));
    }

    #[test]
    fn images_and_placeholders_must_agree() {
        let config = golden::config();
        let image = config.image_token_id;
        let ids = [1, image, image, 2];
        assert!(Positions::new(&ids, &[[1, 2, 4]], &config).is_ok());
        for grids in [
            &[][..],
            &[[1, 2, 4], [1, 2, 2]],
            &[[1, 4, 4]],
            &[[1, 2, 2]],
            &[[0, 0, 0]],
        ] {
            assert!(Positions::new(&ids, grids, &config).is_err(), "{grids:?}");
        }
    }
}
