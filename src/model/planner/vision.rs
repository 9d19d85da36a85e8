//! The vision tower: patches of all images in, one embedding per merged 2 x 2 cell out.
//!
//! Between patch embedding and merger everything is in window order (see [`super::window`]).

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor, TensorData};

use super::attention::attend_segments;
use super::mlp::GatedMlp;
use super::rope::{RopeRounding, Rotation};
use super::window::{Segment, WindowOrder, patch_coordinates};
use crate::model::activation::gelu;
use crate::model::attention::scale;
use crate::model::checkpoint::{LoadError, Weights};
use crate::model::config::VisionConfig;
use crate::model::layers::{Linear, RmsNorm};
use crate::model::pass::{Pass, PassError};
use crate::model::tracked::{self, Group, Heads, Place, learns_here};

/// Epsilon of every norm of the tower (fixed in the reference).
const EPSILON: f64 = 1e-6;

/// The vision tower of Qwen2.5-VL.
#[derive(Module, Debug)]
pub struct VisionTower {
    #[module(skip)]
    config: VisionConfig,
    patch_embed: Linear,
    blocks: Vec<VisionBlock>,
    merger: Merger,
}

impl VisionTower {
    /// Loads the tower from the names below `model.visual`.
    ///
    /// # Errors
    /// As [`Weights::matrix`].
    pub fn load(weights: &Weights<'_>, config: &VisionConfig) -> Result<Self, LoadError> {
        let blocks = weights.pp("blocks");
        Ok(Self {
            patch_embed: patch_embed(&weights.pp("patch_embed.proj"), config)?,
            blocks: (0..config.depth)
                .map(|i| VisionBlock::load(&blocks.pp(i), config))
                .collect::<Result<_, _>>()?,
            merger: Merger::load(&weights.pp("merger"), config)?,
            config: config.clone(),
        })
    }

    /// Embeds the images of `grids` (time, height, width in patches).
    ///
    /// # Shapes
    /// - `patches`: `[P, channels * frames * side * side]`, cell by cell
    /// - returns `[P / 4, H]`, cells in raster order, image after image
    ///
    /// # Errors
    /// When somebody cancelled or the device failed.
    pub fn forward(
        &self,
        patches: Tensor<2>,
        grids: &[[u32; 3]],
        rounding: RopeRounding,
        pass: &mut Pass,
    ) -> Result<Tensor<2>, PassError> {
        let device = patches.device().without_autodiff();
        let order = WindowOrder::new(grids, &self.config);
        let x = self.patch_embed.forward(patches);
        pass.block("vision.patch_embed", &x)?;
        let mut x = self.to_windows(x, &order.cells);
        let rotation = self.rotation(grids, &order.cells, rounding, &device);
        for (i, block) in self.blocks.iter().enumerate() {
            let segments = if self.config.fullatt_block_indexes.contains(&i) {
                &order.frames
            } else {
                &order.windows
            };
            x = block.forward(x, segments, &rotation);
            pass.block(format_args!("vision.block_{i}"), &x)?;
        }
        let merged = self.merger.forward(x);
        pass.block("vision.merger", &merged)?;
        Ok(merged.select(0, indices(&order.inverse(), &device)))
    }

    /// Puts whole cells into window order.
    fn to_windows(&self, x: Tensor<2>, cells: &[u32]) -> Tensor<2> {
        let [patches, width] = x.dims();
        let device = x.device();
        x.reshape([cells.len(), width * self.patches_per_cell()])
            .select(0, indices(cells, &device))
            .reshape([patches, width])
    }

    fn rotation(
        &self,
        grids: &[[u32; 3]],
        cells: &[u32],
        rounding: RopeRounding,
        device: &Device,
    ) -> Rotation {
        let coordinates = patch_coordinates(grids, self.config.spatial_merge_size);
        let per_cell = self.patches_per_cell();
        let ordered: Vec<[u32; 2]> = cells
            .iter()
            .flat_map(|&cell| &coordinates[cell as usize * per_cell..][..per_cell])
            .copied()
            .collect();
        let head_dim = self.config.hidden_size / self.config.num_heads;
        Rotation::vision(&ordered, head_dim, rounding, device)
    }

    const fn patches_per_cell(&self) -> usize {
        self.config.spatial_merge_size * self.config.spatial_merge_size
    }
}

/// The patch convolution as a product: kernel and stride are one patch.
fn patch_embed(weights: &Weights<'_>, config: &VisionConfig) -> Result<Linear, LoadError> {
    let side = config.patch_size;
    let stored = [
        config.hidden_size,
        config.in_channels,
        config.temporal_patch_size,
        side,
        side,
    ];
    let shape = [config.hidden_size, stored[1..].iter().product()];
    Ok(Linear::new(
        weights.flattened("weight", &stored, shape)?,
        None,
    ))
}

pub(super) fn indices(values: &[u32], device: &Device) -> Tensor<1, Int> {
    let values: Vec<i32> = values.iter().map(|&v| v as i32).collect();
    let count = values.len();
    Tensor::from_data(TensorData::new(values, [count]), device)
}

#[derive(Module, Debug)]
struct VisionBlock {
    norm1: RmsNorm,
    qkv: Linear,
    proj: Linear,
    norm2: RmsNorm,
    mlp: GatedMlp,
    heads: usize,
}

impl VisionBlock {
    fn load(weights: &Weights<'_>, config: &VisionConfig) -> Result<Self, LoadError> {
        let width = config.hidden_size;
        Ok(Self {
            norm1: RmsNorm::load(&weights.pp("norm1"), width, EPSILON)?,
            qkv: Linear::load(&weights.pp("attn.qkv"), width, 3 * width, true)?,
            proj: Linear::load(&weights.pp("attn.proj"), width, width, true)?,
            norm2: RmsNorm::load(&weights.pp("norm2"), width, EPSILON)?,
            mlp: GatedMlp::load(&weights.pp("mlp"), width, config.intermediate_size, true)?,
            heads: config.num_heads,
        })
    }

    /// # Shapes
    /// - `x`: `[P, C]`
    /// - returns the same
    fn forward(&self, x: Tensor<2>, segments: &[Segment], rotation: &Rotation) -> Tensor<2> {
        let x = x.clone() + self.attend(self.norm1.forward(x), segments, rotation);
        x.clone() + self.mlp.forward(self.norm2.forward(x))
    }

    fn attend(&self, x: Tensor<2>, segments: &[Segment], rotation: &Rotation) -> Tensor<2> {
        let [patches, width] = x.dims();
        let head_dim = width / self.heads;
        let qkv = self.qkv.forward(x); // [P, 3C]
        if learns_here(&qkv)
            && let Some(y) = self.attend_tracked(&qkv, segments, rotation)
        {
            return self.proj.forward(y);
        }
        let part = |i: usize| {
            qkv.clone()
                .narrow(1, i * width, width)
                .reshape([1, patches, self.heads, head_dim])
        };
        let [q, k] = [part(0), part(1)].map(|x| rotation.apply(x));
        let scale = (head_dim as f64).sqrt().recip();
        self.proj
            .forward(attend_segments([q, k, part(2)], segments, scale))
    }

    /// The attention as one node of the gradient's graph.
    fn attend_tracked(
        &self,
        qkv: &Tensor<2>,
        segments: &[Segment],
        rotation: &Rotation,
    ) -> Option<Tensor<2>> {
        let width = qkv.dims()[1] / 3;
        let mut groups: Vec<Group> = Vec::new();
        for segment in segments {
            let tokens = [segment.length; 2];
            let starts = [segment.start; 2];
            match groups.iter_mut().find(|group| group.tokens == tokens) {
                Some(group) => group.starts.push(starts),
                None => groups.push(Group {
                    starts: vec![starts],
                    tokens,
                }),
            }
        }
        let sizes = Heads {
            groups,
            heads: [self.heads; 2],
            width: width / self.heads,
        };
        let places = [0, 1, 2].map(|part| Place {
            tensor: 0,
            start: part * width,
        });
        let scale = scale(sizes.width);
        let how = (Some(rotation.turned(false)?), None, scale);
        tracked::attention([qkv.clone()], (sizes, places), how)
    }
}

#[derive(Module, Debug)]
struct Merger {
    ln_q: RmsNorm,
    first: Linear,
    second: Linear,
    /// Width of a cell: its patches side by side.
    cell_width: usize,
}

impl Merger {
    fn load(weights: &Weights<'_>, config: &VisionConfig) -> Result<Self, LoadError> {
        let cell_width = config.hidden_size * config.spatial_merge_size.pow(2);
        Ok(Self {
            ln_q: RmsNorm::load(&weights.pp("ln_q"), config.hidden_size, EPSILON)?,
            first: Linear::load(&weights.pp("mlp.0"), cell_width, cell_width, true)?,
            second: Linear::load(
                &weights.pp("mlp.2"),
                cell_width,
                config.out_hidden_size,
                true,
            )?,
            cell_width,
        })
    }

    /// # Shapes
    /// - `x`: `[P, C]`
    /// - returns `[P / 4, H]`
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let [patches, width] = x.dims();
        let x = self.ln_q.forward(x);
        let x = x.reshape([patches * width / self.cell_width, self.cell_width]); // [P / 4, 4C]
        self.second.forward(gelu(self.first.forward(x)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::planner::golden::{self, Golden};

    #[test]
    fn every_stage_equals_the_reference() {
        let golden = Golden::open("vision");
        let planner = golden::planner(golden::QWEN);
        let grids = golden.grids();
        let mut pass = Pass::collecting();
        let (patches, stored_grids) = golden::patches(&["smart.scene_a", "smart.scene_b"]);
        assert_eq!(grids, stored_grids);
        let embeds = planner
            .vision(patches, &grids, RopeRounding::F32, &mut pass)
            .unwrap();
        for stage in pass.finish().unwrap() {
            let name = stage.name.trim_start_matches("vision.");
            let name = if name == "merger" {
                "merger_out_windowed"
            } else {
                name
            };
            golden.close(name, &stage.values);
        }
        golden.close_tensor("image_embeds", embeds);
    }

    #[test]
    fn window_order_equals_the_reference() {
        let golden = Golden::open("vision");
        let order = WindowOrder::new(&golden.grids(), &golden::config().vision);
        let cells: Vec<i64> = order.cells.iter().map(|&c| i64::from(c)).collect();
        assert_eq!(cells, golden.integers("window_index"));
        for (name, segments) in [
            ("cu_window_seqlens", &order.windows),
            ("cu_seqlens", &order.frames),
        ] {
            let ends = segments.iter().map(|s| (s.start + s.length) as i64);
            let boundaries: Vec<i64> = std::iter::once(0).chain(ends).collect();
            assert_eq!(boundaries, golden.integers(name), "{name}");
        }
    }

    #[test]
    fn images_do_not_see_each_other() {
        let planner = golden::planner(golden::QWEN);
        let run = |names: &[&str]| {
            let (patches, grids) = golden::patches(names);
            let mut pass = Pass::new(crate::job::CancelToken::default(), false);
            let embeds = planner
                .vision(patches, &grids, RopeRounding::F32, &mut pass)
                .unwrap();
            embeds.try_into_vec_as::<f32>().unwrap()
        };
        let both = run(&["smart.scene_a", "smart.scene_b"]);
        let alone = run(&["smart.scene_a"]);
        let difference = alone.iter().zip(&both).map(|(a, b)| (a - b).abs());
        assert!(difference.fold(0.0, f32::max) < 1e-5);
    }
}
