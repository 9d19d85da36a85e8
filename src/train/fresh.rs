//! A model made from nothing: its sizes, its vocabulary, and the folder its tokenizer lies in.

use std::path::Path;

use serde_json::{Value, json};

use super::folder::write_atomically;
use super::vocabulary::Vocabulary;
use super::{NewExpert, NewModel, TrainError};
use crate::geometry::ImageSize;
use crate::model::config::{
    DinoConfig, DitConfig, ExpertConfig, QFormerConfig, QwenConfig, VisionConfig,
};
use crate::model::policy::DINO_SIDE;
use crate::vision::{Fit, PixelLimits};

/// Side of a patch of both encoders, patches merged along a side, frames in a patch: those of the published models.
const PATCH: usize = 14;
const MERGE: usize = 2;
const FRAMES: usize = 2;
/// Side of an attention window of the vision tower, in pixels.
const WINDOW: usize = 112;
/// Heads of the querying transformer, fixed in the original.
const QFORMER_HEADS: usize = 8;

/// The chat format of Qwen2.5-VL (its published `chat_template.json`, pictures only).
const CHAT_TEMPLATE: &str = "{% for message in messages %}{% if loop.first and message['role'] != 'system' %}<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}<|im_start|>{{ message['role'] }}\n{% if message['content'] is string %}{{ message['content'] }}<|im_end|>\n{% else %}{% for content in message['content'] %}{% if content['type'] == 'image' or 'image' in content or 'image_url' in content %}<|vision_start|><|image_pad|><|vision_end|>{% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endif %}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

/// The planner's sizes.
pub(super) fn planner(new: &NewModel, vocabulary: &Vocabulary) -> QwenConfig {
    let head = new.width / new.heads;
    // Time takes a quarter of the frequencies, height and width share the rest, as in the published models.
    let time = head / 8;
    QwenConfig {
        hidden_size: new.width,
        intermediate_size: new.inner,
        num_hidden_layers: new.layers,
        num_attention_heads: new.heads,
        num_key_value_heads: new.shared_heads,
        head_dim: head,
        vocab_size: vocabulary.rows(),
        tie_word_embeddings: new.tied,
        rms_norm_eps: 1e-6,
        rope_theta: new.rope_theta,
        mrope_section: [time, (head / 2 - time) / 2, (head / 2 - time) / 2],
        image_token_id: vocabulary.special("<|image_pad|>"),
        vision_start_token_id: vocabulary.special("<|vision_start|>"),
        vision: VisionConfig {
            depth: new.vision_layers,
            hidden_size: new.vision_width,
            intermediate_size: new.vision_inner,
            num_heads: new.vision_heads,
            in_channels: 3,
            out_hidden_size: new.width,
            patch_size: PATCH,
            spatial_merge_size: MERGE,
            temporal_patch_size: FRAMES,
            window_size: WINDOW,
            fullatt_block_indexes: vec![new.vision_layers - 1],
        },
    }
}

/// The sizes of an action side for a planner.
pub(super) fn expert(new: &NewExpert, qwen: &QwenConfig) -> Result<ExpertConfig, TrainError> {
    let wrong = |why: &str| TrainError::Setting {
        name: "model.expert".into(),
        why: why.to_owned(),
    };
    let sizes = [
        new.dino_width,
        new.dino_layers,
        new.dino_heads,
        new.states,
        new.queries,
        new.width,
        new.layers,
        new.heads,
        new.horizon,
        new.axes,
    ];
    if sizes.iter().any(|size| !(1..=16_384).contains(size)) {
        return Err(wrong("sizes must be from 1 to 16384"));
    }
    let even = new.dino_width.is_multiple_of(new.dino_heads)
        && new.width.is_multiple_of(new.heads)
        && new.width.is_multiple_of(QFORMER_HEADS);
    if !even {
        return Err(wrong(
            "widths must divide by their heads, and the querying transformer's by 8",
        ));
    }
    let states = qwen.num_hidden_layers + 1;
    if new.states > states {
        return Err(wrong("`states` is more than the planner has"));
    }
    Ok(ExpertConfig {
        dino: DinoConfig {
            embed_dim: new.dino_width,
            depth: new.dino_layers,
            num_heads: new.dino_heads,
            patch_size: PATCH,
            position_grid: DINO_SIDE as usize / PATCH,
        },
        qformer: QFormerConfig {
            start_layer: states - new.states,
            end_layer: states,
            num_query_tokens: new.queries,
            input_dim: qwen.hidden_size,
            output_dim: new.width,
            num_heads: QFORMER_HEADS,
        },
        dit: DitConfig {
            width: new.width,
            depth: new.layers,
            num_heads: new.heads,
            condition_tokens: new.queries,
            horizon: new.horizon,
            axes: new.axes,
        },
    })
}

/// The limit on pixels under which a picture of the data is resized for a question to the size the model is trained
/// at: the middle of all that do so, the trained size itself where none does.
pub(super) fn most_pixels(stored: Option<ImageSize>, wanted: ImageSize) -> u64 {
    let least = wanted.pixels() as u64;
    let Some(stored) = stored else {
        return least;
    };
    // In steps of a hundredth up to four times the pixels.
    let tried = (100..=400).map(|share| least * share / 100);
    let fitting: Vec<u64> = tried
        .filter(|most| {
            let limits = PixelLimits {
                min: least.min(PixelLimits::default().min),
                max: *most,
            };
            let fit = Fit::smart(stored, (PATCH * MERGE) as u32, limits);
            fit.is_ok_and(|fit| fit.target == wanted)
        })
        .collect();
    fitting.get(fitting.len() / 2).copied().unwrap_or(least)
}

/// Writes everything of a Qwen2.5-VL folder but the weights.
pub(super) fn write(
    folder: &Path,
    vocabulary: &Vocabulary,
    config: &QwenConfig,
    pixels: u64,
) -> Result<(), TrainError> {
    let files = [
        ("config.json", config_json(config, vocabulary)),
        ("tokenizer.json", vocabulary.tokenizer()),
        ("tokenizer_config.json", vocabulary.settings(CHAT_TEMPLATE)),
        (
            "chat_template.json",
            json!({ "chat_template": CHAT_TEMPLATE }),
        ),
        ("generation_config.json", generation(vocabulary)),
        ("preprocessor_config.json", processor(pixels)),
    ];
    for (name, value) in files {
        let text = serde_json::to_string_pretty(&value).unwrap_or_default();
        write_atomically(&folder.join(name), text.as_bytes())?;
    }
    Ok(())
}

fn config_json(config: &QwenConfig, vocabulary: &Vocabulary) -> Value {
    let mut value = json!({
        "architectures": ["Qwen2_5_VLForConditionalGeneration"],
        "model_type": "qwen2_5_vl",
        "torch_dtype": "float32",
        "attention_dropout": 0.0,
        "hidden_act": "silu",
        "hidden_size": config.hidden_size,
        "intermediate_size": config.intermediate_size,
        "num_hidden_layers": config.num_hidden_layers,
        "num_attention_heads": config.num_attention_heads,
        "num_key_value_heads": config.num_key_value_heads,
        "max_position_embeddings": 32768,
        "max_window_layers": config.num_hidden_layers,
        "rms_norm_eps": config.rms_norm_eps,
        "rope_theta": config.rope_theta,
        "rope_scaling": { "type": "mrope", "mrope_section": config.mrope_section },
        "sliding_window": 32768,
        "use_sliding_window": false,
    });
    let tokens = json!({
        "use_cache": true,
        "tie_word_embeddings": config.tie_word_embeddings,
        "vocab_size": config.vocab_size,
        "bos_token_id": vocabulary.special("<|endoftext|>"),
        "eos_token_id": vocabulary.special("<|im_end|>"),
        "vision_start_token_id": config.vision_start_token_id,
        "vision_end_token_id": vocabulary.special("<|vision_end|>"),
        "vision_token_id": vocabulary.special("<|vision_pad|>"),
        "image_token_id": config.image_token_id,
        "video_token_id": vocabulary.special("<|video_pad|>"),
        "vision_config": vision_json(&config.vision),
    });
    if let (Some(value), Value::Object(tokens)) = (value.as_object_mut(), tokens) {
        value.extend(tokens);
    }
    value
}

fn vision_json(vision: &VisionConfig) -> Value {
    json!({
        "model_type": "qwen2_5_vl",
        "depth": vision.depth,
        "hidden_act": "silu",
        "hidden_size": vision.hidden_size,
        "intermediate_size": vision.intermediate_size,
        "num_heads": vision.num_heads,
        "in_chans": vision.in_channels,
        "in_channels": vision.in_channels,
        "out_hidden_size": vision.out_hidden_size,
        "patch_size": vision.patch_size,
        "spatial_merge_size": vision.spatial_merge_size,
        "spatial_patch_size": vision.patch_size,
        "temporal_patch_size": vision.temporal_patch_size,
        "window_size": vision.window_size,
        "fullatt_block_indexes": vision.fullatt_block_indexes,
        "tokens_per_second": 2,
    })
}

/// Without a repetition penalty: with one token per number it would forbid equal coordinates.
fn generation(vocabulary: &Vocabulary) -> Value {
    json!({
        "bos_token_id": vocabulary.special("<|endoftext|>"),
        "pad_token_id": vocabulary.special("<|endoftext|>"),
        "eos_token_id": [vocabulary.special("<|im_end|>"), vocabulary.special("<|endoftext|>")],
        "do_sample": false,
        "repetition_penalty": 1.0,
        "temperature": 1.0,
    })
}

/// Pictures of any size are scaled to about as many pixels as the model was trained with.
fn processor(pixels: u64) -> Value {
    let default = crate::model::config::ProcessorConfig::default();
    json!({
        "min_pixels": pixels.min(default.min_pixels),
        "max_pixels": pixels,
        "patch_size": PATCH,
        "temporal_patch_size": FRAMES,
        "merge_size": MERGE,
        "image_mean": default.mean,
        "image_std": default.std,
        "image_processor_type": "Qwen2VLImageProcessor",
        "processor_class": "Qwen2_5_VLProcessor",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_asked_at_the_size_that_was_trained() {
        let stored = ImageSize::new(320, 240);
        for (width, height) in [(140, 112), (224, 168), (112, 84)] {
            let wanted = ImageSize::new(width, height);
            let max = most_pixels(Some(stored), wanted);
            let limits = PixelLimits { min: 3136, max };
            let fit = Fit::smart(stored, 28, limits).unwrap();
            assert_eq!(fit.target, wanted, "{max}");
        }
        let odd = ImageSize::new(112, 224);
        assert_eq!(most_pixels(Some(stored), odd), 112 * 224);
    }
}
