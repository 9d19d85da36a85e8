//! The published sizes, for measuring without a checkpoint.
//!
//! Sources: the `config.json` of Qwen2.5-VL-3B-Instruct and 7B-Instruct, DINOv2's ViT-L/14 and ViT-S/14, and
//! InternVLA-M1's configuration (layer-wise querying transformer over the last state, DiT-B, horizon 16, 7 axes).

use crate::model::config::{
    DinoConfig, DitConfig, ExpertConfig, ModelConfig, QFormerConfig, QwenConfig, VisionConfig,
};

/// A model by its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Shape {
    /// InternVLA-M1 as published: a planner of 3 billion parameters.
    #[value(name = "3b")]
    Large3b,
    /// The same with a planner of 7 billion parameters.
    #[value(name = "7b")]
    Large7b,
    /// Smaller than the shipped checkpoint.
    #[default]
    Tiny,
}

impl Shape {
    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Large3b => "3b",
            Self::Large7b => "7b",
            Self::Tiny => "tiny",
        }
    }

    /// Its sizes.
    #[must_use]
    pub fn config(self) -> ModelConfig {
        let qwen = match self {
            Self::Large3b => qwen_3b(),
            Self::Large7b => qwen_7b(),
            Self::Tiny => qwen_tiny(),
        };
        let expert = match self {
            Self::Tiny => ExpertConfig::TINY,
            Self::Large3b | Self::Large7b => expert(&qwen),
        };
        ModelConfig {
            qwen,
            expert: Some(expert),
        }
    }
}

fn vision(out_hidden_size: usize) -> VisionConfig {
    VisionConfig {
        depth: 32,
        hidden_size: 1280,
        intermediate_size: 3420,
        num_heads: 16,
        in_channels: 3,
        out_hidden_size,
        patch_size: 14,
        spatial_merge_size: 2,
        temporal_patch_size: 2,
        window_size: 112,
        fullatt_block_indexes: vec![7, 15, 23, 31],
    }
}

fn qwen_3b() -> QwenConfig {
    QwenConfig {
        hidden_size: 2048,
        intermediate_size: 11_008,
        num_hidden_layers: 36,
        num_attention_heads: 16,
        num_key_value_heads: 2,
        head_dim: 128,
        vocab_size: 151_936,
        tie_word_embeddings: true,
        rms_norm_eps: 1e-6,
        rope_theta: 1e6,
        mrope_section: [16, 24, 24],
        image_token_id: 151_655,
        vision_start_token_id: 151_652,
        vision: vision(2048),
    }
}

fn qwen_7b() -> QwenConfig {
    QwenConfig {
        hidden_size: 3584,
        intermediate_size: 18_944,
        num_hidden_layers: 28,
        num_attention_heads: 28,
        num_key_value_heads: 4,
        vocab_size: 152_064,
        tie_word_embeddings: false,
        vision: vision(3584),
        ..qwen_3b()
    }
}

fn qwen_tiny() -> QwenConfig {
    QwenConfig {
        hidden_size: 64,
        intermediate_size: 128,
        num_hidden_layers: 4,
        num_attention_heads: 4,
        head_dim: 16,
        vocab_size: 720,
        mrope_section: [2, 3, 3],
        image_token_id: 692,
        vision_start_token_id: 689,
        vision: VisionConfig {
            depth: 4,
            hidden_size: 32,
            intermediate_size: 64,
            num_heads: 4,
            fullatt_block_indexes: vec![3],
            ..vision(64)
        },
        ..qwen_3b()
    }
}

fn expert(qwen: &QwenConfig) -> ExpertConfig {
    let layers = qwen.num_hidden_layers;
    ExpertConfig {
        dino: DinoConfig {
            embed_dim: 1024,
            depth: 24,
            num_heads: 16,
            patch_size: 14,
            position_grid: 37,
        },
        qformer: QFormerConfig {
            start_layer: layers,
            end_layer: layers + 1,
            num_query_tokens: 64,
            input_dim: qwen.hidden_size,
            output_dim: 768,
            num_heads: 8,
        },
        dit: DitConfig {
            width: 768,
            depth: 12,
            num_heads: 12,
            condition_tokens: 64,
            horizon: 16,
            axes: 7,
        },
    }
}
