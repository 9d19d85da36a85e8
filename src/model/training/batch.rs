//! Packed sequences side by side: what one step of language training reads.

use burn::tensor::{Device, Tensor, TensorData};

use super::super::planner::Positions;
use super::sample::Packed;

/// Added to the score of what must not be read.
const HIDDEN: f32 = -1e9;

/// The segment of padding: it belongs to nobody.
const PADDING: u16 = u16::MAX;

/// A token that is learnt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// The row, over the whole batch, whose state predicts it.
    pub row: u32,
    /// The token.
    pub token: u32,
    /// How much it counts.
    pub weight: f32,
}

/// A batch of sequences and their pictures.
#[derive(Debug, Clone, PartialEq)]
pub struct LanguageBatch {
    /// Sequences.
    pub batch: usize,
    /// Tokens of all sequences, each padded to the same length.
    pub ids: Vec<u32>,
    /// Where they stand.
    pub positions: Positions,
    /// Who sees whom, see [`super::super::planner::CausalMask::packed`].
    pub segments: Vec<u16>,
    /// What is learnt.
    pub targets: Vec<Target>,
    /// Patches of all pictures, sequence after sequence.
    pub patches: Vec<f32>,
    /// Patches of each picture along time, height and width.
    pub grids: Vec<[u32; 3]>,
}

impl LanguageBatch {
    /// Pads at the right and lists the targets. `None` for an empty batch.
    #[must_use]
    pub fn new(packed: &[Packed], patches: Vec<f32>, grids: Vec<[u32; 3]>) -> Option<Self> {
        let length = packed.iter().map(Packed::length).max()?;
        let mut axes = [const { Vec::new() }; 3];
        let (mut ids, mut segments, mut targets) = (Vec::new(), Vec::new(), Vec::new());
        for (number, sequence) in packed.iter().enumerate() {
            targets.extend(targets_of(sequence, number * length));
            let missing = length - sequence.length();
            ids.extend(&sequence.ids);
            ids.extend(std::iter::repeat_n(0, missing));
            segments.extend(&sequence.segments);
            segments.extend(std::iter::repeat_n(PADDING, missing));
            for (axis, from) in axes.iter_mut().zip(&sequence.axes) {
                axis.extend(from);
                axis.extend(std::iter::repeat_n(0, missing));
            }
        }
        Some(Self {
            batch: packed.len(),
            positions: Positions::from_axes(axes, vec![0; packed.len()])?,
            ids,
            segments,
            targets,
            patches,
            grids,
        })
    }

    /// What hides padding from who reads all tokens: `[B, N]`, added to scores; none where there is no padding.
    #[must_use]
    pub(super) fn padding(&self, device: &Device) -> Option<Tensor<2>> {
        let hidden = |segment: &u16| if *segment == PADDING { HIDDEN } else { 0.0 };
        self.segments.contains(&PADDING).then(|| {
            let values: Vec<f32> = self.segments.iter().map(hidden).collect();
            Tensor::from_data(TensorData::new(values, [self.batch, self.length()]), device)
        })
    }

    /// Tokens of each sequence, padding included.
    #[must_use]
    pub fn length(&self) -> usize {
        self.ids.len() / self.batch.max(1)
    }
}

fn targets_of(sequence: &Packed, start: usize) -> impl Iterator<Item = Target> {
    let learnt = sequence.learnt.iter().zip(&sequence.ids).enumerate();
    learnt
        .filter(|(at, (learnt, _))| **learnt && *at > 0)
        .map(move |(at, (_, token))| Target {
            row: (start + at - 1) as u32,
            token: *token,
            weight: 1.0,
        })
}
