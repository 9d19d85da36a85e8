//! The small files beside a planner: how images are cut into patches, and how text is generated.

use std::path::Path;

use serde_json::Value;

use super::keys::Keys;
use crate::model::checkpoint::LoadError;

/// Image preprocessing of the planner: `preprocessor_config.json`.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcessorConfig {
    /// Fewest pixels after resizing.
    pub min_pixels: u64,
    /// Most pixels after resizing.
    pub max_pixels: u64,
    /// Side of a patch, in pixels.
    pub patch_size: usize,
    /// Frames in a patch.
    pub temporal_patch_size: usize,
    /// Patches merged along each side.
    pub merge_size: usize,
    /// Mean of each colour channel, in 0 to 1.
    pub mean: [f32; 3],
    /// Standard deviation of each colour channel, in 0 to 1.
    pub std: [f32; 3],
}

impl Default for ProcessorConfig {
    /// The published Qwen2.5-VL file; mean and deviation are CLIP's.
    fn default() -> Self {
        Self {
            min_pixels: 3136,
            max_pixels: 12_845_056,
            patch_size: 14,
            temporal_patch_size: 2,
            merge_size: 2,
            mean: [0.481_454_66, 0.457_827_5, 0.408_210_73],
            std: [0.268_629_54, 0.261_302_6, 0.275_777_1],
        }
    }
}

impl ProcessorConfig {
    /// Reads a `preprocessor_config.json` that was found at `path`.
    ///
    /// # Errors
    /// When a key is of the wrong kind or out of range.
    pub fn from_json(value: &Value, path: &Path) -> Result<Self, LoadError> {
        let keys = Keys::root(value, path)?;
        let default = Self::default();
        // Newer processors name the same two limits `size.shortest_edge` and `size.longest_edge`.
        let size = keys.table("size");
        let pixels = |key, newer, default: u64| -> Result<u64, LoadError> {
            let newer = size.as_ref().map_or(Ok(None), |size| size.size(newer))?;
            let pixels = keys.size(key)?.or(newer);
            Ok(pixels.map_or(default, |pixels| pixels as u64))
        };
        let config = Self {
            min_pixels: pixels("min_pixels", "shortest_edge", default.min_pixels)?,
            max_pixels: pixels("max_pixels", "longest_edge", default.max_pixels)?,
            patch_size: keys.size_or("patch_size", default.patch_size)?,
            temporal_patch_size: keys
                .size_or("temporal_patch_size", default.temporal_patch_size)?,
            merge_size: keys.size_or("merge_size", default.merge_size)?,
            mean: keys.three("image_mean")?.unwrap_or(default.mean),
            std: keys.three("image_std")?.unwrap_or(default.std),
        };
        if config.min_pixels > config.max_pixels {
            let problem = format!("is {}, more than max_pixels", config.min_pixels);
            return Err(keys.problem("min_pixels", problem));
        }
        if config.std.iter().any(|std| *std <= 0.0) {
            return Err(keys.problem("image_std", "holds a value of 0 or less"));
        }
        Ok(config)
    }
}

/// Text generation of the planner: `generation_config.json`.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerationConfig {
    /// Tokens that end a reply.
    pub eos_token_ids: Vec<u32>,
    /// Divides (or multiplies, when negative) the scores of tokens seen before; 1 is off.
    pub repetition_penalty: f32,
    /// Divides all scores before sampling.
    pub temperature: f32,
    /// Whether the file asks for sampling.
    pub do_sample: bool,
}

impl Default for GenerationConfig {
    /// The ids of Qwen2.5's `<|im_end|>` and `<|endoftext|>`; otherwise the defaults of transformers.
    fn default() -> Self {
        Self {
            eos_token_ids: vec![151_645, 151_643],
            repetition_penalty: 1.0,
            temperature: 1.0,
            do_sample: false,
        }
    }
}

impl GenerationConfig {
    /// Reads a `generation_config.json` that was found at `path`.
    ///
    /// # Errors
    /// When a key is of the wrong kind or out of range.
    pub fn from_json(value: &Value, path: &Path) -> Result<Self, LoadError> {
        let keys = Keys::root(value, path)?;
        let default = Self::default();
        let ids = match keys.raw("eos_token_id") {
            Some(Value::Number(_)) => keys.count("eos_token_id")?.map(|id| vec![id]),
            _ => keys.counts("eos_token_id")?,
        };
        let number = |key, default: f32| -> Result<f32, LoadError> {
            Ok(keys.positive(key)?.map_or(default, |number| number as f32))
        };
        Ok(Self {
            eos_token_ids: ids.map_or(default.eos_token_ids, |ids| {
                ids.into_iter().map(|id| id as u32).collect()
            }),
            repetition_penalty: number("repetition_penalty", default.repetition_penalty)?,
            temperature: number("temperature", default.temperature)?,
            do_sample: keys.flag("do_sample")?.unwrap_or(default.do_sample),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_and_newer_limits_are_read() {
        let old = serde_json::json!({"min_pixels": 784, "max_pixels": 50176, "patch_size": 14});
        let new = serde_json::json!({"size": {"shortest_edge": 784, "longest_edge": 50176}});
        for value in [old, new] {
            let config = ProcessorConfig::from_json(&value, Path::new("p.json")).expect("reads");
            assert_eq!((config.min_pixels, config.max_pixels), (784, 50_176));
            assert_eq!(config.patch_size, 14);
        }
        for bad in [
            serde_json::json!({"min_pixels": 100, "max_pixels": 50}),
            serde_json::json!({"image_std": [0.1, 0.0, 0.1]}),
            serde_json::json!({"image_mean": [0.1]}),
            serde_json::json!({"patch_size": 0}),
        ] {
            let error = ProcessorConfig::from_json(&bad, Path::new("p.json")).expect_err("refused");
            assert!(matches!(error, LoadError::Config { .. }), "{error}");
        }
    }

    #[test]
    fn one_or_several_ends() {
        let path = Path::new("g.json");
        let one = GenerationConfig::from_json(&serde_json::json!({"eos_token_id": 7}), path);
        assert_eq!(one.expect("reads").eos_token_ids, [7]);
        let value = serde_json::json!({"eos_token_id": [7, 8], "repetition_penalty": 1.05});
        let two = GenerationConfig::from_json(&value, path).expect("reads");
        assert_eq!(two.eos_token_ids, [7, 8]);
        assert!((two.repetition_penalty - 1.05).abs() < 1e-6);
        let bad = serde_json::json!({"repetition_penalty": 0});
        GenerationConfig::from_json(&bad, path).expect_err("a penalty of 0 divides by zero");
    }
}
