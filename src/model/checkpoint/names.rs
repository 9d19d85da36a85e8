//! One naming for all eras of checkpoints: modules see `model.visual.*`, `model.language_model.*`, `lm_head.weight`,
//! `dino_encoder.body.*`, `dino_pro.*`, `layer_qformer.*` and `action_model.net.*`.
//!
//! Files of the hub and of transformers before 4.52 say `visual.*` and `model.*`; InternVLA-M1 policies put
//! `qwen_vl_interface.model.` in front; parallel training puts `module.` before everything.

use std::collections::HashMap;

use super::file::{damaged, shown};
use super::{LoadError, TensorEntry, TensorSource};
use std::path::Path;

/// The current name of a tensor called `original` in its file.
pub(super) fn current(original: &str) -> String {
    let name = original.strip_prefix("module.").unwrap_or(original);
    let name = name
        .strip_prefix("qwen_vl_interface.model.")
        .unwrap_or(name);
    if name.starts_with("visual.") {
        return format!("model.{name}");
    }
    match name.strip_prefix("model.") {
        Some(rest) if !rest.starts_with("language_model.") && !rest.starts_with("visual.") => {
            format!("model.language_model.{rest}")
        }
        _ => name.to_owned(),
    }
}

/// A container whose tensors go by their current names and are remembered by their names in the file.
pub(super) struct Renamed {
    inner: Box<dyn TensorSource>,
    entries: Vec<TensorEntry>,
    originals: HashMap<String, String>,
}

impl Renamed {
    /// Renames the tensors of `inner`, read from `path`; two that end up with one name are refused.
    pub(super) fn new(inner: Box<dyn TensorSource>, path: &Path) -> Result<Self, LoadError> {
        let mut entries = inner.entries().to_vec();
        let mut originals = HashMap::with_capacity(entries.len());
        for entry in &mut entries {
            let name = current(&entry.name);
            let original = std::mem::replace(&mut entry.name, name.clone());
            if let Some(other) = originals.insert(name, original.clone()) {
                let both = format!("tensors {} and {}", shown(&other), shown(&original));
                return Err(damaged(path, format!("{both} are the same weight twice")));
            }
        }
        Ok(Self {
            inner,
            entries,
            originals,
        })
    }

    /// What the file calls the tensor that is now `name`.
    pub(super) fn original(&self, name: &str) -> Option<&str> {
        self.originals.get(name).map(String::as_str)
    }
}

impl TensorSource for Renamed {
    fn entries(&self) -> &[TensorEntry] {
        &self.entries
    }

    fn read(&mut self, index: usize) -> Result<Vec<u8>, LoadError> {
        self.inner.read(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_era_ends_in_one_naming() {
        let table = [
            (
                "visual.blocks.0.norm1.weight",
                "model.visual.blocks.0.norm1.weight",
            ),
            (
                "model.layers.3.mlp.up_proj.weight",
                "model.language_model.layers.3.mlp.up_proj.weight",
            ),
            (
                "model.visual.merger.ln_q.weight",
                "model.visual.merger.ln_q.weight",
            ),
            (
                "model.language_model.norm.weight",
                "model.language_model.norm.weight",
            ),
            (
                "qwen_vl_interface.model.model.visual.merger.ln_q.weight",
                "model.visual.merger.ln_q.weight",
            ),
            (
                "qwen_vl_interface.model.visual.merger.ln_q.weight",
                "model.visual.merger.ln_q.weight",
            ),
            (
                "qwen_vl_interface.model.model.norm.weight",
                "model.language_model.norm.weight",
            ),
            ("qwen_vl_interface.model.lm_head.weight", "lm_head.weight"),
            ("module.layer_qformer.proj.bias", "layer_qformer.proj.bias"),
            (
                "action_model.net.positional_embedding",
                "action_model.net.positional_embedding",
            ),
            ("dino_encoder.body.cls_token", "dino_encoder.body.cls_token"),
            ("visualizer.weight", "visualizer.weight"),
        ];
        for (from, to) in table {
            assert_eq!(current(from), to);
            assert_eq!(current(to), to, "a current name stays");
        }
    }
}
