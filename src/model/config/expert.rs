//! The action side's sizes: from the tensors wherever they tell, from the run's keys for the rest, and by name last.
//!
//! Where a key contradicts the tensors, the tensors are right (they are what was trained) and a warning says so.

use super::keys::Keys;
use super::shapes::Shapes;
use super::{DinoConfig, DitConfig, ExpertConfig, QFormerConfig};
use crate::model::checkpoint::LoadError;

/// A published size by name: width, blocks, heads.
type Preset = (&'static str, usize, usize, usize);

/// DINOv2 without registers (`facebookresearch/dinov2`, `vision_transformer.py`).
const DINO: [Preset; 4] = [
    ("dinov2_vits14", 384, 12, 6),
    ("dinov2_vitb14", 768, 12, 12),
    ("dinov2_vitl14", 1024, 24, 16),
    ("dinov2_vitg14", 1536, 40, 24),
];
/// Diffusion transformers of the reference's action model.
const DIT: [Preset; 3] = [
    ("DiT-S", 384, 6, 4),
    ("DiT-B", 768, 12, 12),
    ("DiT-L", 1024, 24, 16),
];
/// `LayerwiseQFormer` of the reference: not configurable there.
const QFORMER_HEADS: usize = 8;

/// Reads and cross-checks; `layers` are the planner's decoder blocks.
pub(super) struct ExpertReader<'a> {
    pub(super) shapes: &'a Shapes<'a>,
    pub(super) framework: Keys<'a>,
    pub(super) layers: usize,
    pub(super) warnings: Vec<String>,
}

impl ExpertReader<'_> {
    pub(super) fn read(&mut self) -> Result<ExpertConfig, LoadError> {
        let qformer = self.qformer()?;
        let config = ExpertConfig {
            dino: self.dino()?,
            dit: self.dit(qformer.num_query_tokens)?,
            qformer,
        };
        if config.dit.width == config.qformer.output_dim {
            Ok(config)
        } else {
            Err(self.framework.problem(
                "action_model",
                format!(
                    "is {} wide but the queries are {}; the weights do not belong together",
                    config.dit.width, config.qformer.output_dim
                ),
            ))
        }
    }

    fn dino(&mut self) -> Result<DinoConfig, LoadError> {
        let keys = self.framework.table("dino");
        let body = "dino_encoder.body";
        if self.shapes.has(&format!("{body}.register_tokens"))
            || self.shapes.has(&format!("{body}.blocks.0.mlp.w12.weight"))
        {
            return Err(self.framework.problem(
                "dino.dino_backbone",
                "is a DINOv2 with registers or SwiGLU, which is not supported; use vits14, vitb14 or vitl14",
            ));
        }
        let [_, positions, embed_dim] = self.shapes.required(&format!("{body}.pos_embed"))?;
        let position_grid = (positions - 1).isqrt();
        if position_grid == 0 || position_grid * position_grid + 1 != positions {
            return Err(LoadError::Tensors {
                missing: 0,
                misshapen: 1,
                first: format!(
                    "{body}.pos_embed with {positions} rows, expected one more than a square"
                ),
            });
        }
        let [.., patch_size] = self
            .shapes
            .required::<4>(&format!("{body}.patch_embed.proj.weight"))?;
        let depth = self.blocks(&format!("{body}.blocks."))?;
        let name = text(keys.as_ref(), "dino_backbone")?;
        let preset = find(&DINO, name);
        self.compare(keys.as_ref(), "embed_dim", preset.map(|p| p.1), embed_dim)?;
        self.compare(keys.as_ref(), "depth", preset.map(|p| p.2), depth)?;
        Ok(DinoConfig {
            embed_dim,
            depth,
            num_heads: self.heads(keys.as_ref(), &DINO, preset, embed_dim)?,
            patch_size,
            position_grid,
        })
    }

    fn qformer(&mut self) -> Result<QFormerConfig, LoadError> {
        let keys = self.framework.table("layer_qformer");
        let [num_query_tokens, output_dim] = self.shapes.required("layer_qformer.query_tokens")?;
        let [_, input_dim] = self.shapes.required("layer_qformer.proj.weight")?;
        let count = self.blocks("layer_qformer.layers.")?;
        self.compare(keys.as_ref(), "num_query_tokens", None, num_query_tokens)?;
        self.compare(keys.as_ref(), "input_dim", None, input_dim)?;
        // The reference's key is misspelt; corrected copies exist.
        for key in ["ouptput_dim", "output_dim"] {
            self.compare(keys.as_ref(), key, None, output_dim)?;
        }
        if !output_dim.is_multiple_of(QFORMER_HEADS) {
            let problem = format!("is {output_dim}, which {QFORMER_HEADS} heads do not divide");
            return Err(self.framework.problem("layer_qformer.ouptput_dim", problem));
        }
        let (start_layer, end_layer) = self.layer_range(keys.as_ref(), count)?;
        Ok(QFormerConfig {
            start_layer,
            end_layer,
            num_query_tokens,
            input_dim,
            output_dim,
            num_heads: QFORMER_HEADS,
        })
    }

    /// Which hidden states are read: as many as there are blocks, the last ones where the keys are absent.
    fn layer_range(
        &mut self,
        keys: Option<&Keys>,
        count: usize,
    ) -> Result<(usize, usize), LoadError> {
        let states = self.layers + 1;
        let read = |key| keys.map_or(Ok(None), |keys| keys.count(key));
        let stated = read("qformer_start_layer")?.zip(read("qformer_end_layer")?);
        let (start, end) = stated.unwrap_or((states.saturating_sub(count), states));
        if stated.is_none() {
            self.warnings.push(format!(
                "framework.layer_qformer does not say which hidden states are read; the last {count} are"
            ));
        }
        if start < end && end <= states && end - start == count {
            Ok((start, end))
        } else {
            Err(self.framework.problem(
                "layer_qformer.qformer_end_layer",
                format!(
                    "makes the range {start}..{end}, but there are {count} blocks and {states} hidden states; \
                     the configuration or the planner folder belongs to another run"
                ),
            ))
        }
    }

    fn dit(&mut self, queries: usize) -> Result<DitConfig, LoadError> {
        let keys = self.framework.table("action_model");
        let net = "action_model.net";
        let [rows, width] = self
            .shapes
            .required(&format!("{net}.positional_embedding"))?;
        let [_, axes] = self
            .shapes
            .required(&format!("{net}.x_embedder.linear.weight"))?;
        let condition_tokens = match self.shapes.of(&format!("{net}.z_embedder.uncondition")) {
            Some([tokens, _]) => tokens,
            None => queries,
        };
        let horizon = rows.saturating_sub(condition_tokens);
        if horizon == 0 || condition_tokens != queries {
            return Err(LoadError::Tensors {
                missing: 0,
                misshapen: 1,
                first: format!(
                    "{net}.positional_embedding with {rows} rows for {queries} queries and {condition_tokens} condition tokens"
                ),
            });
        }
        let depth = self.blocks(&format!("{net}.blocks."))?;
        let name = text(keys.as_ref(), "action_model_type")?;
        let preset = find(&DIT, name);
        self.compare(
            keys.as_ref(),
            "action_hidden_dim",
            preset.map(|p| p.1),
            width,
        )?;
        self.compare(keys.as_ref(), "depth", preset.map(|p| p.2), depth)?;
        self.compare(keys.as_ref(), "action_dim", None, axes)?;
        self.compare(
            keys.as_ref(),
            "future_action_window_size",
            None,
            horizon - 1,
        )?;
        Ok(DitConfig {
            width,
            depth,
            num_heads: self.heads(keys.as_ref(), &DIT, preset, width)?,
            condition_tokens,
            horizon,
            axes,
        })
    }

    fn blocks(&self, prefix: &str) -> Result<usize, LoadError> {
        match self.shapes.blocks(prefix) {
            0 => Err(LoadError::Tensors {
                missing: 1,
                misshapen: 0,
                first: format!("{prefix}0"),
            }),
            depth => Ok(depth),
        }
    }

    /// Warns where a key, or without one the size that belongs to the name, is not what the tensors have.
    fn compare(
        &mut self,
        keys: Option<&Keys>,
        key: &str,
        named: Option<usize>,
        found: usize,
    ) -> Result<(), LoadError> {
        let stated = keys.map_or(Ok(None), |keys| keys.count(key))?;
        match stated.or(named) {
            Some(expected) if expected != found => self.warnings.push(format!(
                "the run says {key} is {expected}{}, the weights have {found}; the weights are used",
                if stated.is_none() { " by its name" } else { "" }
            )),
            _ => {}
        }
        Ok(())
    }

    /// Heads leave no trace in the tensors: the key, else the published size of this width, else the name.
    fn heads(
        &self,
        keys: Option<&Keys>,
        presets: &[Preset],
        named: Option<&Preset>,
        width: usize,
    ) -> Result<usize, LoadError> {
        let stated = keys.map_or(Ok(None), |keys| keys.size("num_heads"))?;
        let by_width = presets.iter().find(|preset| preset.1 == width);
        let heads = stated.or(by_width.or(named).map(|preset| preset.3));
        match heads {
            Some(heads) if width.is_multiple_of(heads) => Ok(heads),
            Some(heads) => Err(self.framework.problem(
                "num_heads",
                format!("is {heads}, which does not divide the width {width}"),
            )),
            None => Err(self.framework.problem(
                "num_heads",
                format!("is missing, and no published size is {width} wide"),
            )),
        }
    }
}

fn text<'a>(keys: Option<&Keys<'a>>, key: &str) -> Result<Option<&'a str>, LoadError> {
    keys.map_or(Ok(None), |keys| keys.text(key))
}

fn find<'a>(presets: &'a [Preset], name: Option<&str>) -> Option<&'a Preset> {
    presets.iter().find(|preset| Some(preset.0) == name)
}
