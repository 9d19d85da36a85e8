//! DINOv2, the image encoder of the action side (Oquab et al. 2023; names as in its published checkpoints).
//!
//! Knows nothing of files or resizing: it takes normalised pixels whose sides are multiples of the patch.

use burn::module::{Module, Param};
use burn::tensor::{Int, Tensor};

use super::activation::gelu;
use super::attention::{Mlp, SelfAttention};
use super::checkpoint::{LoadError, Weights};
use super::config::DinoConfig;
use super::layers::{LayerNorm, Linear};
use super::pass::{Pass, PassError};

/// Epsilon of every norm.
const EPSILON: f64 = 1e-6;
/// Colour channels.
const CHANNELS: usize = 3;

/// The encoder.
#[derive(Module, Debug)]
pub struct Dino {
    patch_embed: Linear,
    cls_token: Param<Tensor<3>>,
    pos_embed: Param<Tensor<3>>,
    blocks: Vec<Block>,
    norm: LayerNorm,
    patch_size: usize,
    position_grid: usize,
}

impl Dino {
    /// Loads the encoder; `mask_token`, which only its own training used, is skipped.
    ///
    /// # Errors
    /// As [`Weights::matrix`].
    pub fn load(weights: &Weights<'_>, config: &DinoConfig) -> Result<Self, LoadError> {
        let (width, patch) = (config.embed_dim, config.patch_size);
        let positions = 1 + config.position_grid * config.position_grid;
        weights.ignore("mask_token");
        let embed = weights.pp("patch_embed.proj");
        let kernel = embed.flattened(
            "weight",
            &[width, CHANNELS, patch, patch],
            [width, CHANNELS * patch * patch],
        )?;
        let bias = embed.tensor("bias", [width])?;
        let blocks = (0..config.depth)
            .map(|i| Block::load(&weights.pp(format!("blocks.{i}")), config))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            patch_embed: Linear::new(kernel, Some(bias)),
            cls_token: weights.tensor("cls_token", [1, 1, width])?,
            pos_embed: weights.tensor("pos_embed", [1, positions, width])?,
            blocks,
            norm: LayerNorm::load(&weights.pp("norm"), width, EPSILON)?,
            patch_size: patch,
            position_grid: config.position_grid,
        })
    }

    /// Features of every patch, row by row, without the class token. Both sides of the pixels must be multiples of
    /// the patch.
    ///
    /// # Shapes
    /// - `pixels`: `[B, 3, height, width]`
    /// - returns `[B, n, C]`
    ///
    /// # Errors
    /// As [`Pass::block`].
    pub fn forward(&self, pixels: Tensor<4>, pass: &mut Pass) -> Result<Tensor<3>, PassError> {
        let [_, _, height, width] = pixels.dims();
        let grid = [height / self.patch_size, width / self.patch_size];
        self.forward_rows(patch_rows(pixels, self.patch_size), grid, pass)
    }

    /// As [`Self::forward`], from patches already cut into rows of channel, row, column.
    ///
    /// # Shapes
    /// - `rows`: `[B, n, 3 * patch * patch]`, with `grid` = patches down and across
    /// - returns `[B, n, C]`
    ///
    /// # Errors
    /// As [`Pass::block`].
    pub fn forward_rows(
        &self,
        rows: Tensor<3>,
        grid: [usize; 2],
        pass: &mut Pass,
    ) -> Result<Tensor<3>, PassError> {
        let patches = self.patch_embed.forward(rows);
        pass.block("dino.patch_embed", &patches)?;
        let [batch, count, _] = patches.dims();
        let class = self.cls_token.val().repeat_dim(0, batch);
        let mut x = Tensor::cat(vec![class, patches], 1) + self.positions(grid);
        for (i, block) in self.blocks.iter().enumerate() {
            x = block.forward(x);
            pass.block(format_args!("dino.block_{i}"), &x)?;
        }
        let x = self.norm.forward(x);
        pass.block("dino.norm", &x)?;
        Ok(x.narrow(1, 1, count))
    }

    /// The position table resampled to a grid of patches: bicubic, as the original samples it.
    ///
    /// # Shapes
    /// - returns `[1, 1 + n, C]`
    #[must_use]
    pub fn positions(&self, grid: [usize; 2]) -> Tensor<3> {
        let table = self.pos_embed.val();
        let side = self.position_grid;
        if grid == [side, side] {
            return table;
        }
        let width = table.dims()[2];
        let class = table.clone().narrow(1, 0, 1);
        let square = table.narrow(1, 1, side * side).reshape([side, side, width]);
        let square = resample(resample(square, 1, grid[1]), 0, grid[0]);
        let patches = square.reshape([1, grid[0] * grid[1], width]);
        Tensor::cat(vec![class, patches], 1)
    }
}

/// One transformer block with learnt scales (`LayerScale`) on both branches.
#[derive(Module, Debug)]
struct Block {
    norm1: LayerNorm,
    attn: SelfAttention,
    ls1: Param<Tensor<1>>,
    norm2: LayerNorm,
    mlp: Mlp,
    ls2: Param<Tensor<1>>,
}

impl Block {
    fn load(weights: &Weights<'_>, config: &DinoConfig) -> Result<Self, LoadError> {
        let width = config.embed_dim;
        Ok(Self {
            norm1: LayerNorm::load(&weights.pp("norm1"), width, EPSILON)?,
            attn: SelfAttention::load(&weights.pp("attn"), width, config.num_heads)?,
            ls1: weights.pp("ls1").tensor("gamma", [width])?,
            norm2: LayerNorm::load(&weights.pp("norm2"), width, EPSILON)?,
            mlp: Mlp::load(&weights.pp("mlp"), ["fc1", "fc2"], width, 4 * width)?,
            ls2: weights.pp("ls2").tensor("gamma", [width])?,
        })
    }

    /// # Shapes
    /// - `x`: `[B, 1 + n, C]`
    /// - returns the same
    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let y = self.attn.forward(self.norm1.forward(x.clone()));
        let x = y * self.ls1.val().unsqueeze() + x;
        let y = self.mlp.forward(self.norm2.forward(x.clone()), gelu);
        y * self.ls2.val().unsqueeze() + x
    }
}

/// Cuts images into patches, row by row.
///
/// # Shapes
/// - `pixels`: `[B, 3, height, width]`
/// - returns `[B, n, 3 * patch * patch]`
fn patch_rows(pixels: Tensor<4>, patch: usize) -> Tensor<3> {
    let [batch, channels, height, width] = pixels.dims();
    let [down, across] = [height / patch, width / patch];
    pixels
        .reshape([batch, channels, down, patch, across, patch])
        .permute([0, 2, 4, 1, 3, 5])
        .reshape([batch, down * across, channels * patch * patch])
}

/// Resamples one axis of a table to `to` entries by tensor operations, so that gradients reach the table.
///
/// # Shapes
/// - `table`: `[rows, columns, C]`
/// - returns the same with `axis` of `to` entries
fn resample(table: Tensor<3>, axis: usize, to: usize) -> Tensor<3> {
    let device = table.device();
    let mut shape = [1; 3];
    shape[axis] = to;
    let taps = bicubic_taps(table.dims()[axis], to);
    taps.into_iter()
        .map(|(from, weights)| {
            let picked = table
                .clone()
                .select(axis, Tensor::<1, Int>::from_ints(from.as_slice(), &device));
            picked * Tensor::<1>::from_floats(weights.as_slice(), &device).reshape(shape)
        })
        .reduce(|sum, part| sum + part)
        .unwrap_or(table)
}

/// For each of four taps: where each of `to` entries reads, and with which weight.
///
/// The original asks `PyTorch` for a scale of `(to + 0.1) / from`, which also sets the sampling grid; then a cubic
/// with a = -0.75, no antialiasing, and the border repeated.
fn bicubic_taps(from: usize, to: usize) -> [(Vec<i32>, Vec<f32>); 4] {
    let step = (1.0 / ((to as f64 + 0.1) / from as f64)) as f32;
    let last = from as i32 - 1;
    let mut taps: [(Vec<i32>, Vec<f32>); 4] = std::array::from_fn(|_| (vec![], vec![]));
    for entry in 0..to {
        let at = step * (entry as f32 + 0.5) - 0.5;
        let (cell, t) = (at.floor(), at - at.floor());
        let weights = [far(t + 1.0), near(t), near(1.0 - t), far(2.0 - t)];
        for (offset, (tap, weight)) in taps.iter_mut().zip(weights).enumerate() {
            tap.0.push((cell as i32 - 1 + offset as i32).clamp(0, last));
            tap.1.push(weight);
        }
    }
    taps
}

/// The cubic's free parameter (`PyTorch`'s).
const CUBIC: f32 = -0.75;

/// The cubic at a distance below one.
fn near(x: f32) -> f32 {
    ((CUBIC + 2.0) * x - (CUBIC + 3.0)) * x * x + 1.0
}

/// The cubic at a distance from one to two.
fn far(x: f32) -> f32 {
    ((CUBIC * x - 5.0 * CUBIC) * x + 8.0 * CUBIC) * x - 4.0 * CUBIC
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{self, Golden};

    #[test]
    fn every_tap_set_sums_to_one() {
        for to in [1, 7, 16, 22, 37, 50] {
            let taps = bicubic_taps(37, to);
            for entry in 0..to {
                let sum: f32 = taps.iter().map(|(_, weights)| weights[entry]).sum();
                assert!((sum - 1.0).abs() < 1e-5, "{to}: {sum}");
            }
        }
    }

    #[test]
    fn stages_match_the_original() {
        let golden = Golden::open("stages/dino.safetensors");
        let dino = testing::expert().dino;
        let scene = Golden::open("stages/preprocess.safetensors").bytes("scene_a.square224_u8");
        let pixels = testing::normalized(&scene, [224, 224]);
        let mut pass = Pass::collecting();
        let features = dino.forward(pixels, &mut pass).expect("runs");
        assert_eq!(features.dims(), [1, 256, 48]);
        let names = [
            ("dino.patch_embed", "scene_a.patch_embed"),
            ("dino.block_0", "scene_a.block_0"),
            ("dino.block_2", "scene_a.block_2"),
            ("dino.norm", "scene_a.norm_with_cls"),
        ];
        golden.check_stages(&pass.finish().expect("finite"), &names);
    }

    #[test]
    fn positions_match_the_original_on_square_and_other_grids() {
        let golden = Golden::open("stages/dino.safetensors");
        let dino = testing::expert().dino;
        golden.check("pos_embed_224", dino.positions([16, 16]));
        golden.check("nonsquare.pos_embed", dino.positions([16, 22]));
    }

    #[test]
    fn features_of_an_image_that_is_not_square_match_the_original() {
        let golden = Golden::open("stages/dino.safetensors");
        let pixels = testing::normalized(&golden.bytes("nonsquare.resized_u8"), [224, 308]);
        let features = testing::expert()
            .dino
            .forward(pixels, &mut Pass::collecting());
        golden.check("nonsquare.patch_features", features.expect("runs"));
    }
}
