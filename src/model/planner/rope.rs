//! Rotary positions: the two-dimensional one of the vision tower and the three-axis one (M-RoPE) of the decoder.
//!
//! Angles, cosines and sines are computed in f32 on the host, so that every device rotates by the same numbers.

use burn::backend::Flex;
use burn::tensor::{Device, Tensor, TensorData};
use half::bf16;

use crate::model::tracked::Turned;

/// Base of the vision tower's rotary frequencies (fixed in the reference).
pub const VISION_THETA: f64 = 10_000.0;

/// How the rotary frequencies are rounded before they are multiplied with positions.
///
/// The reference casts the frequency tables along with the weights when the whole model is put in bf16, as all its
/// servers do, and the published policies were trained and evaluated that way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RopeRounding {
    /// As computed: for chat with a stock Qwen2.5-VL.
    #[default]
    F32,
    /// Rounded to bf16 (nearest even): for action policies.
    Bf16,
}

impl RopeRounding {
    /// `theta^(-2i / width)` for `i` in `0..width / 2`.
    #[must_use]
    pub fn frequencies(self, theta: f64, width: usize) -> Vec<f32> {
        (0..width / 2)
            .map(|i| theta.powf(-2.0 * i as f64 / width as f64) as f32)
            .map(|frequency| match self {
                Self::F32 => frequency,
                Self::Bf16 => bf16::from_f32(frequency).to_f32(),
            })
            .collect()
    }
}

/// Cosines and sines for a sequence, ready to rotate queries and keys.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// `[B, N, 1, d / 2]`
    cos: Tensor<4>,
    /// `[B, N, 1, d / 2]`
    sin: Tensor<4>,
}

impl Rotation {
    fn new(angles: &[f32], shape: [usize; 4], device: &Device) -> Self {
        let table = |f: fn(f32) -> f32| {
            let values: Vec<f32> = angles.iter().map(|&a| f(a)).collect();
            Tensor::from_data(TensorData::new(values, shape), device)
        };
        Self {
            cos: table(f32::cos),
            sin: table(f32::sin),
        }
    }

    /// The rotation of the vision tower: the first half of the angles from the row, the second from the column.
    #[must_use]
    pub fn vision(
        coordinates: &[[u32; 2]],
        head_dim: usize,
        rounding: RopeRounding,
        device: &Device,
    ) -> Self {
        let angles = vision_angles(coordinates, head_dim, rounding);
        Self::new(&angles, [1, coordinates.len(), 1, head_dim / 2], device)
    }

    /// The rotation of the decoder. `axes` are the time, height and width position of `batch` sequences of one
    /// length; `sections` says how many frequencies each axis gets.
    #[must_use]
    pub fn decoder(axes: [&[u32]; 3], batch: usize, table: &MropeTable, device: &Device) -> Self {
        let total = axes[0].len();
        let mut angles = Vec::with_capacity(total * table.frequencies.len());
        let places = axes[0].iter().zip(axes[1]).zip(axes[2]);
        for ((&time, &height), &width) in places {
            let place = [time, height, width];
            let pairs = table.frequencies.iter().zip(&table.axis);
            angles.extend(pairs.map(|(frequency, &axis)| frequency * place[axis] as f32));
        }
        let shape = [batch, total / batch.max(1), 1, table.frequencies.len()];
        Self::new(&angles, shape, device)
    }

    /// The tables for the CPU's own attention of training; `None` where they live elsewhere.
    pub(super) fn turned(&self, shared: bool) -> Option<Turned> {
        let table =
            |x: &Tensor<4>| Some(x.clone().try_into_primitive::<Flex>().ok()?.to_contiguous());
        Some(Turned {
            cos: table(&self.cos)?,
            sin: table(&self.sin)?,
            shared,
        })
    }

    /// Rotates the two halves of the last axis against each other.
    ///
    /// # Shapes
    /// - `x`: `[B, N, heads, d]`
    /// - returns the same
    #[must_use]
    pub fn apply(&self, x: Tensor<4>) -> Tensor<4> {
        let half = x.dims()[3] / 2;
        let first = x.clone().narrow(3, 0, half);
        let second = x.narrow(3, half, half);
        let rotated_first = first.clone() * self.cos.clone() - second.clone() * self.sin.clone();
        let rotated_second = second * self.cos.clone() + first * self.sin.clone();
        Tensor::cat(vec![rotated_first, rotated_second], 3)
    }
}

/// The decoder's frequencies and, for each, the axis its position is taken from.
#[derive(Debug, Clone, PartialEq)]
pub struct MropeTable {
    frequencies: Vec<f32>,
    axis: Vec<usize>,
}

impl MropeTable {
    /// A table for heads of `head_dim`; `sections` frequencies are taken from time, height and width in turn, and
    /// what they leave over from time.
    #[must_use]
    pub fn new(theta: f64, head_dim: usize, sections: [usize; 3], rounding: RopeRounding) -> Self {
        let frequencies = rounding.frequencies(theta, head_dim);
        let mut axis: Vec<usize> = sections
            .iter()
            .enumerate()
            .flat_map(|(axis, &count)| std::iter::repeat_n(axis, count.min(head_dim)))
            .collect();
        axis.resize(frequencies.len(), 0);
        Self { frequencies, axis }
    }
}

/// Angles `[patches, head_dim / 2]` of the vision tower.
#[must_use]
pub fn vision_angles(
    coordinates: &[[u32; 2]],
    head_dim: usize,
    rounding: RopeRounding,
) -> Vec<f32> {
    let frequencies = rounding.frequencies(VISION_THETA, head_dim / 2);
    coordinates
        .iter()
        .flatten()
        .flat_map(|&position| frequencies.iter().map(move |f| f * position as f32))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::planner::golden::{self, Golden};
    use crate::model::planner::window::patch_coordinates;

    #[test]
    fn bf16_frequencies_are_those_of_the_published_policies() {
        let lm = RopeRounding::Bf16.frequencies(1e6, 128);
        let some: Vec<f32> = [0, 1, 2, 3, 16].iter().map(|&i| lm[i]).collect();
        assert_eq!(
            some,
            [1.0, 0.804_687_5, 0.648_437_5, 0.523_437_5, 0.031_738_28]
        );
        assert!((lm[63] - 1.244_247e-6).abs() < 1e-12);
        let vision = RopeRounding::Bf16.frequencies(VISION_THETA, 40);
        let some: Vec<f32> = [0, 5, 10, 15].iter().map(|&i| vision[i]).collect();
        assert_eq!(some, [1.0, 0.100_097_656, 0.010_009_766, 0.000_999_450_7]);
    }

    #[test]
    fn rounded_tables_equal_the_reference() {
        let golden = Golden::open("predict_rope_bf16");
        let config = golden::config();
        let lm = RopeRounding::Bf16.frequencies(config.rope_theta, config.head_dim);
        assert_eq!(lm, golden.floats("lm.inv_freq"));
        let head_dim = config.vision.hidden_size / config.vision.num_heads;
        let vision = RopeRounding::Bf16.frequencies(VISION_THETA, head_dim / 2);
        assert_eq!(vision, golden.floats("vision.inv_freq"));
    }

    #[test]
    fn vision_angles_equal_the_reference() {
        let golden = Golden::open("vision");
        let config = golden::config().vision;
        let coordinates = patch_coordinates(&golden.grids(), config.spatial_merge_size);
        let head_dim = config.hidden_size / config.num_heads;
        let angles = vision_angles(&coordinates, head_dim, RopeRounding::F32);
        golden.close("rotary_pos_emb", &angles);
    }
}
