//! Sizes of every part, mirroring the published configuration files, and how they are read from those files.
//!
//! Reading knows texts and tensor shapes; it opens no file.

mod agree;
mod expert;
pub(crate) mod keys;
mod planner;
mod published;
pub(crate) mod qwen;
pub(crate) mod run;
pub(crate) mod shapes;
mod yaml;

pub use planner::{GenerationConfig, ProcessorConfig};
pub use published::Shape;

use crate::geometry::ImageSize;

/// The language model and vision tower: a Hugging Face `config.json` of type `qwen2_5_vl`.
#[derive(Debug, Clone, PartialEq)]
pub struct QwenConfig {
    /// Width H of the residual stream.
    pub hidden_size: usize,
    /// Width of the gated MLP.
    pub intermediate_size: usize,
    /// Decoder blocks.
    pub num_hidden_layers: usize,
    /// Query heads.
    pub num_attention_heads: usize,
    /// Key and value heads, each shared by several query heads.
    pub num_key_value_heads: usize,
    /// Width of one head.
    pub head_dim: usize,
    /// Rows of the embedding.
    pub vocab_size: usize,
    /// Whether the output head is the embedding.
    pub tie_word_embeddings: bool,
    /// Epsilon of every `RMSNorm` of the decoder.
    pub rms_norm_eps: f64,
    /// Base of the rotary frequencies.
    pub rope_theta: f64,
    /// Rotary frequencies taken from the time, height and width position.
    pub mrope_section: [usize; 3],
    /// The placeholder each merged image patch replaces.
    pub image_token_id: u32,
    /// The token before an image.
    pub vision_start_token_id: u32,
    /// The vision tower.
    pub vision: VisionConfig,
}

/// The vision tower of Qwen2.5-VL.
#[derive(Debug, Clone, PartialEq)]
pub struct VisionConfig {
    /// Blocks.
    pub depth: usize,
    /// Width C.
    pub hidden_size: usize,
    /// Width of the gated MLP.
    pub intermediate_size: usize,
    /// Heads.
    pub num_heads: usize,
    /// Colour channels.
    pub in_channels: usize,
    /// Width after the merger: the decoder's H.
    pub out_hidden_size: usize,
    /// Side of a patch, in pixels.
    pub patch_size: usize,
    /// Patches merged along each side.
    pub spatial_merge_size: usize,
    /// Frames in a patch.
    pub temporal_patch_size: usize,
    /// Side of an attention window, in pixels.
    pub window_size: usize,
    /// Blocks that attend to the whole image.
    pub fullatt_block_indexes: Vec<usize>,
}

/// A DINOv2 encoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DinoConfig {
    /// Width C.
    pub embed_dim: usize,
    /// Blocks.
    pub depth: usize,
    /// Heads.
    pub num_heads: usize,
    /// Side of a patch, in pixels.
    pub patch_size: usize,
    /// Patches along a side of the image the position table was made for.
    pub position_grid: usize,
}

/// The layer-wise querying transformer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QFormerConfig {
    /// First hidden state of the planner it reads.
    pub start_layer: usize,
    /// One past the last hidden state it reads.
    pub end_layer: usize,
    /// Queries Q.
    pub num_query_tokens: usize,
    /// Width of the hidden states.
    pub input_dim: usize,
    /// Width of the queries.
    pub output_dim: usize,
    /// Attention heads: fixed to 8 in the reference.
    pub num_heads: usize,
}

/// The diffusion action expert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DitConfig {
    /// Width D.
    pub width: usize,
    /// Blocks.
    pub depth: usize,
    /// Heads.
    pub num_heads: usize,
    /// Condition tokens: the queries.
    pub condition_tokens: usize,
    /// Horizon T.
    pub horizon: usize,
    /// Action axes A.
    pub axes: usize,
}

/// The action side of a policy: absent in a planner-only checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpertConfig {
    /// The image encoder of the action side.
    pub dino: DinoConfig,
    /// What distils planner states and image features into queries.
    pub qformer: QFormerConfig,
    /// What denoises actions under those queries.
    pub dit: DitConfig,
}

impl ExpertConfig {
    /// As small as in the golden checkpoint.
    pub const TINY: Self = Self {
        dino: DinoConfig {
            embed_dim: 48,
            depth: 3,
            num_heads: 6,
            patch_size: 14,
            position_grid: 37,
        },
        qformer: QFormerConfig {
            start_layer: 2,
            end_layer: 5,
            num_query_tokens: 64,
            input_dim: 64,
            output_dim: 48,
            num_heads: 8,
        },
        dit: DitConfig {
            width: 48,
            depth: 2,
            num_heads: 4,
            condition_tokens: 64,
            horizon: 16,
            axes: 7,
        },
    };
}

/// Everything needed to build the modules of a checkpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelConfig {
    /// The planner.
    pub qwen: QwenConfig,
    /// The action side, where there is one.
    pub expert: Option<ExpertConfig>,
}

/// What a run's configuration says beside sizes.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSettings {
    /// The sentence around an instruction, with `{instruction}` in it.
    pub prompt_wrapper: Option<String>,
    /// The size every view is resized to before the encoders.
    pub image_size: Option<ImageSize>,
    /// The cameras it was trained to look through, in their order; unknown of runs that were trained elsewhere.
    pub cameras: Vec<String>,
    /// The `trainer` settings as written, for showing.
    pub training: serde_json::Value,
}
