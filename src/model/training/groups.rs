//! Groups of modules that may learn at rates of their own, told by the names of their parameters.

use serde::{Deserialize, Serialize};

/// A group of modules, by the names of the published configurations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModuleGroup {
    /// Vision tower and language model.
    QwenVlInterface,
    /// The diffusion transformer.
    ActionModel,
    /// Everything else: DINOv2, its projection and the querying transformer.
    Base,
}

impl ModuleGroup {
    /// Every group.
    pub const ALL: [Self; 3] = [Self::QwenVlInterface, Self::ActionModel, Self::Base];

    /// The group of a parameter, by its current name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let top = name.split('.').next().unwrap_or_default();
        match top {
            "model" | "lm_head" => Self::QwenVlInterface,
            "action_model" => Self::ActionModel,
            _ => Self::Base,
        }
    }

    /// Its name in configurations.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::QwenVlInterface => "qwen_vl_interface",
            Self::ActionModel => "action_model",
            Self::Base => "base",
        }
    }
}

/// What the original's checkpoints call a parameter.
#[must_use]
pub fn published_name(name: &str) -> String {
    match ModuleGroup::of(name) {
        ModuleGroup::QwenVlInterface => format!("qwen_vl_interface.model.{name}"),
        _ => name.to_owned(),
    }
}
