//! The planner's sizes from a Hugging Face `config.json` of type `qwen2_5_vl`, flat or nested.
//!
//! Newer exports repeat the language model's keys under `text_config`, which wins. Absent keys take the defaults of
//! the classes in transformers 4.52 (`configuration_qwen2_5_vl.py`), which is how the published 3B file is meant.

use std::path::Path;

use serde_json::Value;

use super::keys::Keys;
use super::{QwenConfig, VisionConfig};
use crate::model::checkpoint::LoadError;

/// The `model_type` of every supported planner.
pub(crate) const MODEL_TYPE: &str = "qwen2_5_vl";
/// No published decoder or tower is deeper; bounds the list of missing names of a wrong configuration.
const MAX_BLOCKS: usize = 512;

impl QwenConfig {
    /// Reads a `config.json` that was found at `path`.
    ///
    /// # Errors
    /// When the file describes another architecture, a key is of the wrong kind, or sizes contradict each other.
    pub fn from_json(value: &Value, path: &Path) -> Result<Self, LoadError> {
        let root = Keys::root(value, path)?;
        let found = root.text("model_type")?.unwrap_or("nothing");
        if found != MODEL_TYPE {
            return Err(root.problem(
                "model_type",
                format!(
                    "is {found:.60}, expected {MODEL_TYPE}; only Qwen2.5-VL planners can be used"
                ),
            ));
        }
        let text = Layered {
            inner: root.table("text_config"),
            root: root.clone(),
        };
        let config = text.read(vision(&root.required_table("vision_config")?)?)?;
        config.check(&text.root)?;
        Ok(config)
    }

    fn check(&self, root: &Keys) -> Result<(), LoadError> {
        let heads = (self.num_attention_heads, self.num_key_value_heads);
        if !heads.0.is_multiple_of(heads.1) {
            let problem = format!("is {}, which does not divide {} heads", heads.1, heads.0);
            return Err(root.problem("num_key_value_heads", problem));
        }
        let rotary = 2 * self.mrope_section.iter().sum::<usize>();
        if rotary != self.head_dim {
            let problem = format!("covers {rotary} channels of a head of {}", self.head_dim);
            return Err(root.problem("rope_scaling.mrope_section", problem));
        }
        let out = self.vision.out_hidden_size;
        if out != self.hidden_size {
            let problem = format!(
                "is {out}, but the language model is {} wide",
                self.hidden_size
            );
            return Err(root.problem("vision_config.out_hidden_size", problem));
        }
        Ok(())
    }
}

/// The language model's keys: `text_config` where it has them, else the top level.
struct Layered<'a> {
    inner: Option<Keys<'a>>,
    root: Keys<'a>,
}

impl<'a> Layered<'a> {
    /// The table that has `key`.
    fn of(&self, key: &str) -> &Keys<'a> {
        match &self.inner {
            Some(inner) if inner.raw(key).is_some() => inner,
            _ => &self.root,
        }
    }

    fn size(&self, key: &str) -> Result<usize, LoadError> {
        self.of(key).required_size(key)
    }

    fn read(&self, vision: VisionConfig) -> Result<QwenConfig, LoadError> {
        self.check_variant()?;
        let hidden_size = self.size("hidden_size")?;
        let num_attention_heads = self.size("num_attention_heads")?;
        let head_dim = match self.of("head_dim").size("head_dim")? {
            Some(head_dim) => head_dim,
            None => divided(self.of("hidden_size"), hidden_size, num_attention_heads)?,
        };
        let rope = Rope::read(self, head_dim)?;
        Ok(QwenConfig {
            hidden_size,
            intermediate_size: self.size("intermediate_size")?,
            num_hidden_layers: blocks(self.of("num_hidden_layers"), "num_hidden_layers", None)?,
            num_attention_heads,
            num_key_value_heads: self
                .of("num_key_value_heads")
                .size_or("num_key_value_heads", num_attention_heads)?,
            head_dim,
            vocab_size: self.size("vocab_size")?,
            tie_word_embeddings: self
                .of("tie_word_embeddings")
                .flag("tie_word_embeddings")?
                .unwrap_or(false),
            rms_norm_eps: self
                .of("rms_norm_eps")
                .positive("rms_norm_eps")?
                .unwrap_or(1e-6),
            rope_theta: rope.theta,
            mrope_section: rope.section,
            image_token_id: self.token("image_token_id", 151_655)?,
            vision_start_token_id: self.token("vision_start_token_id", 151_652)?,
            vision,
        })
    }

    /// Variants of the architecture that would silently give other numbers.
    fn check_variant(&self) -> Result<(), LoadError> {
        let keys = self.of("hidden_act");
        let act = keys.text("hidden_act")?.unwrap_or("silu");
        if act != "silu" {
            return Err(keys.problem("hidden_act", format!("is {act:.60}, expected silu")));
        }
        let keys = self.of("use_sliding_window");
        if keys.flag("use_sliding_window")?.unwrap_or(false) {
            return Err(keys.problem("use_sliding_window", "is true, which is not supported"));
        }
        Ok(())
    }

    fn token(&self, key: &str, default: usize) -> Result<u32, LoadError> {
        Ok(self.of(key).count(key)?.unwrap_or(default) as u32)
    }
}

/// The rotary settings, under `rope_scaling` or, since transformers 5, `rope_parameters`.
struct Rope {
    theta: f64,
    section: [usize; 3],
}

impl Rope {
    /// The split of the published models, all with heads of 128 (Qwen2.5-VL `config.json`).
    const PUBLISHED: (usize, [usize; 3]) = (128, [16, 24, 24]);

    fn read(text: &Layered, head_dim: usize) -> Result<Self, LoadError> {
        let table = ["rope_scaling", "rope_parameters"]
            .iter()
            .find_map(|key| text.of(key).table(key));
        let outer = text.of("rope_theta").positive("rope_theta")?;
        let Some(table) = table else {
            return Ok(Self {
                theta: outer.unwrap_or(1e6),
                section: Self::default_section(text, head_dim)?,
            });
        };
        for key in ["type", "rope_type"] {
            let kind = table.text(key)?.unwrap_or("default");
            if kind != "mrope" && kind != "default" {
                let problem = format!("is {kind:.60}, expected mrope or default");
                return Err(table.problem(key, problem));
            }
        }
        let section = match table.counts("mrope_section")? {
            None => Self::default_section(text, head_dim)?,
            Some(list) => <[usize; 3]>::try_from(list).map_err(|list| {
                table.problem(
                    "mrope_section",
                    format!("has {} parts, expected 3", list.len()),
                )
            })?,
        };
        Ok(Self {
            theta: outer.or(table.positive("rope_theta")?).unwrap_or(1e6),
            section,
        })
    }

    fn default_section(text: &Layered, head_dim: usize) -> Result<[usize; 3], LoadError> {
        if head_dim == Self::PUBLISHED.0 {
            Ok(Self::PUBLISHED.1)
        } else {
            Err(text
                .root
                .problem("rope_scaling.mrope_section", "is missing"))
        }
    }
}

fn vision(keys: &Keys) -> Result<VisionConfig, LoadError> {
    let act = keys.text("hidden_act")?.unwrap_or("silu");
    if act != "silu" {
        return Err(keys.problem("hidden_act", format!("is {act:.60}, expected silu")));
    }
    let channels = match keys.size("in_channels")? {
        Some(channels) => channels,
        None => keys.size_or("in_chans", 3)?,
    };
    let patch_size = match keys.size("patch_size")? {
        Some(side) => side,
        None => keys.size_or("spatial_patch_size", 14)?,
    };
    let vision = VisionConfig {
        depth: blocks(keys, "depth", Some(32))?,
        hidden_size: keys.size_or("hidden_size", 1280)?,
        intermediate_size: keys.size_or("intermediate_size", 3420)?,
        num_heads: keys.size_or("num_heads", 16)?,
        in_channels: channels,
        out_hidden_size: keys.required_size("out_hidden_size")?,
        patch_size,
        spatial_merge_size: keys.size_or("spatial_merge_size", 2)?,
        temporal_patch_size: keys.size_or("temporal_patch_size", 2)?,
        window_size: keys.size_or("window_size", 112)?,
        fullatt_block_indexes: keys
            .counts("fullatt_block_indexes")?
            .unwrap_or_else(|| vec![7, 15, 23, 31]),
    };
    check_vision(&vision, keys)?;
    Ok(vision)
}

fn check_vision(vision: &VisionConfig, keys: &Keys) -> Result<(), LoadError> {
    if vision.in_channels != 3 {
        let problem = format!("is {}, expected 3", vision.in_channels);
        return Err(keys.problem("in_channels", problem));
    }
    let head_dim = divided(keys, vision.hidden_size, vision.num_heads)?;
    if !head_dim.is_multiple_of(4) {
        let problem = format!("makes heads {head_dim} wide, expected a multiple of 4");
        return Err(keys.problem("num_heads", problem));
    }
    let cell = vision.patch_size * vision.spatial_merge_size;
    if !vision.window_size.is_multiple_of(cell) {
        let problem = format!("is {}, expected a multiple of {cell}", vision.window_size);
        return Err(keys.problem("window_size", problem));
    }
    match vision
        .fullatt_block_indexes
        .iter()
        .find(|at| **at >= vision.depth)
    {
        None => Ok(()),
        Some(at) => Err(keys.problem(
            "fullatt_block_indexes",
            format!("names block {at} of {}", vision.depth),
        )),
    }
}

fn blocks(keys: &Keys, key: &str, default: Option<usize>) -> Result<usize, LoadError> {
    let Some(depth) = keys.size(key)?.or(default) else {
        return Err(keys.problem(key, "is missing"));
    };
    if depth <= MAX_BLOCKS {
        Ok(depth)
    } else {
        Err(keys.problem(key, format!("is {depth}, expected at most {MAX_BLOCKS}")))
    }
}

fn divided(keys: &Keys, width: usize, heads: usize) -> Result<usize, LoadError> {
    if width.is_multiple_of(heads) {
        Ok(width / heads)
    } else {
        let problem = format!("is {width}, which {heads} heads do not divide");
        Err(keys.problem("hidden_size", problem))
    }
}

#[cfg(test)]
mod tests;
