//! Whether a planner's configuration and the tensors of a checkpoint belong together.

use std::path::Path;

use super::shapes::Shapes;
use super::{ModelConfig, QwenConfig};
use crate::model::checkpoint::LoadError;

impl ModelConfig {
    /// The planner's configuration against the tensors: what can be adopted is, with a warning; the rest is an error
    /// that says which key of which file belongs to another model.
    pub(crate) fn settle_planner(
        qwen: &mut QwenConfig,
        shapes: &Shapes,
        path: &Path,
    ) -> Result<Vec<String>, LoadError> {
        for (key, configured, found) in facts(qwen, shapes) {
            if let Some(found) = found
                && found != configured
            {
                return Err(LoadError::Config {
                    key: key.into(),
                    problem: format!(
                        "is {configured} but the weights have {found}; \
                         this configuration belongs to another model, map the planner folder to the right one"
                    ),
                    path: path.into(),
                });
            }
        }
        let mut warnings = Vec::new();
        settle_vocabulary(qwen, shapes, &mut warnings);
        settle_head(qwen, shapes, &mut warnings);
        Ok(warnings)
    }
}

/// Key, configured size, and the size the tensors have where they say.
fn facts(qwen: &QwenConfig, shapes: &Shapes) -> Vec<(&'static str, usize, Option<usize>)> {
    let layer = "model.language_model.layers.0";
    let block = "model.visual.blocks.0";
    let rows = |name: String| shapes.of::<2>(&name).map(|[rows, _]| rows);
    let counted = |prefix| Some(shapes.blocks(prefix)).filter(|blocks| *blocks > 0);
    let patch = shapes.of::<5>("model.visual.patch_embed.proj.weight");
    let vision = &qwen.vision;
    vec![
        (
            "hidden_size",
            qwen.hidden_size,
            shapes
                .of::<1>("model.language_model.norm.weight")
                .map(|[width]| width),
        ),
        (
            "num_hidden_layers",
            qwen.num_hidden_layers,
            counted("model.language_model.layers."),
        ),
        (
            "intermediate_size",
            qwen.intermediate_size,
            rows(format!("{layer}.mlp.gate_proj.weight")),
        ),
        (
            "num_attention_heads",
            qwen.num_attention_heads * qwen.head_dim,
            rows(format!("{layer}.self_attn.q_proj.weight")),
        ),
        (
            "num_key_value_heads",
            qwen.num_key_value_heads * qwen.head_dim,
            rows(format!("{layer}.self_attn.k_proj.weight")),
        ),
        (
            "vision_config.depth",
            vision.depth,
            counted("model.visual.blocks."),
        ),
        (
            "vision_config.hidden_size",
            vision.hidden_size,
            patch.map(|[width, ..]| width),
        ),
        (
            "vision_config.patch_size",
            vision.patch_size,
            patch.map(|[.., side]| side),
        ),
        (
            "vision_config.temporal_patch_size",
            vision.temporal_patch_size,
            patch.map(|[_, _, frames, ..]| frames),
        ),
        (
            "vision_config.intermediate_size",
            vision.intermediate_size,
            rows(format!("{block}.mlp.gate_proj.weight")),
        ),
    ]
}

/// Fine-tuning programs add or pad rows of the embedding without touching the configuration.
fn settle_vocabulary(qwen: &mut QwenConfig, shapes: &Shapes, warnings: &mut Vec<String>) {
    let table = shapes.of::<2>("model.language_model.embed_tokens.weight");
    if let Some([rows, _]) = table
        && rows != qwen.vocab_size
    {
        warnings.push(format!(
            "the configuration has vocab_size {} but the embedding has {rows} rows; the rows are used",
            qwen.vocab_size
        ));
        qwen.vocab_size = rows;
    }
}

fn settle_head(qwen: &mut QwenConfig, shapes: &Shapes, warnings: &mut Vec<String>) {
    if !qwen.tie_word_embeddings && !shapes.has("lm_head.weight") {
        warnings
            .push("there is no lm_head.weight; the embedding is used as the output head".into());
        qwen.tie_word_embeddings = true;
    }
}
