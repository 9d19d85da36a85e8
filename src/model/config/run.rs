//! A run's `config.yaml`, or the `config.json` of older runs: how the policy was built and trained.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::expert::ExpertReader;
use super::keys::Keys;
use super::shapes::Shapes;
use super::{ExpertConfig, RunSettings, yaml};
use crate::geometry::ImageSize;
use crate::model::checkpoint::LoadError;

/// A run's configuration as written.
#[derive(Debug, Clone)]
pub(crate) struct RunConfig {
    value: Value,
    path: PathBuf,
}

impl RunConfig {
    /// Parses the text of the configuration at `path`; JSON where the name says so, else YAML.
    pub(crate) fn parse(text: &str, path: &Path) -> Result<Self, LoadError> {
        let json = path
            .extension()
            .is_some_and(|suffix| suffix.eq_ignore_ascii_case("json"));
        let parsed = if json {
            serde_json::from_str(text).map_err(|error| format!("not valid JSON: {error}"))
        } else {
            yaml::parse(text)
        };
        let config = Self {
            value: parsed.map_err(|what| LoadError::Damaged {
                what,
                path: path.into(),
            })?,
            path: path.into(),
        };
        config.framework()?;
        Ok(config)
    }

    /// Where the run took its planner from: a folder, or a name on the hub.
    pub(crate) fn base_vlm(&self) -> Result<Option<&str>, LoadError> {
        match self.framework()?.table("qwenvl") {
            Some(keys) => keys.text("base_vlm"),
            None => Ok(None),
        }
    }

    /// Whether the configuration says that its weights were never trained.
    pub(crate) fn random_weights(&self) -> bool {
        self.value["spvla"]["random_weights"] == Value::Bool(true)
    }

    /// The action side's sizes, and warnings where keys and tensors disagree.
    pub(crate) fn expert(
        &self,
        shapes: &Shapes,
        layers: usize,
    ) -> Result<(ExpertConfig, Vec<String>), LoadError> {
        let mut reader = ExpertReader {
            shapes,
            framework: self.framework()?,
            layers,
            warnings: Vec::new(),
        };
        let config = reader.read()?;
        Ok((config, reader.warnings))
    }

    /// What prediction needs, and what training left to show.
    pub(crate) fn settings(&self) -> Result<RunSettings, LoadError> {
        let root = Keys::root(&self.value, &self.path)?;
        let data = root
            .table("datasets")
            .and_then(|datasets| datasets.table("vla_data"));
        let mut settings = RunSettings {
            prompt_wrapper: None,
            image_size: None,
            cameras: Vec::new(),
            training: self.value["trainer"].clone(),
        };
        if let Some(data) = data {
            settings.prompt_wrapper = data.text("CoT_prompt")?.map(str::to_owned);
            settings.image_size = image_size(&data)?;
            settings.cameras = data.raw("cameras").map(cameras).unwrap_or_default();
        }
        Ok(settings)
    }

    fn framework(&self) -> Result<Keys<'_>, LoadError> {
        Keys::root(&self.value, &self.path)?.required_table("framework")
    }
}

/// `[width, height]`, as Pillow's `resize` takes it.
fn image_size(data: &Keys) -> Result<Option<ImageSize>, LoadError> {
    const LARGEST: usize = 4096;
    let Some(sides) = data.counts("image_size")? else {
        return Ok(None);
    };
    match sides.as_slice() {
        [width, height] if (1..=LARGEST).contains(width) && (1..=LARGEST).contains(height) => {
            Ok(Some(ImageSize::new(*width as u32, *height as u32)))
        }
        _ => Err(data.problem(
            "image_size",
            format!("is {sides:?}, expected two sides from 1 to {LARGEST}"),
        )),
    }
}

/// Names of cameras, whole (`observation.images.wrist`) or short, as short ones.
fn cameras(listed: &Value) -> Vec<String> {
    let names = listed.as_array().into_iter().flatten();
    let short = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
    names.filter_map(Value::as_str).map(short).collect()
}

#[cfg(test)]
mod tests;
