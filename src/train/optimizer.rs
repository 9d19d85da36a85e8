//! Which parameter learns how fast, and the update of all of them.

use burn::tensor::Tensor;

use super::learner::Learner;
use super::lora::FACTORS;
use super::{OptimizerConfig, Recipe, RunConfig, TrainError};
use crate::model::training::{
    AdamW, AdamWSettings, Gradients, ModuleGroup, Moments, Parameters, RateSchedule, published_name,
};

/// Heads of the auxiliary losses learn like what they help: the planner, or the action side.
const HEADS: &str = "auxiliary.";
const AIM: &str = "auxiliary.aim";

/// Rates and memory of every parameter.
pub(super) struct Optimizer {
    /// Full rate of each parameter; none where it is frozen.
    pub rates: Vec<Option<f64>>,
    pub moments: Vec<Option<Moments>>,
    /// Running mean of each parameter, where it is kept.
    pub mean: Vec<Option<Tensor<1>>>,
    /// Whether a parameter decays.
    decays: Vec<bool>,
    schedule: RateSchedule,
    config: OptimizerConfig,
}

impl Optimizer {
    /// # Errors
    /// When nothing learns, or a head whose loss counts does not, or a name in the configuration fits nothing.
    pub(super) fn new(config: &RunConfig, parameters: &Parameters) -> Result<Self, TrainError> {
        let optimizer = &config.optimizer;
        let list = parameters.list().iter();
        // Norms, biases and embeddings are not pulled towards zero.
        let decays = list
            .clone()
            .map(|named| named.shape.len() > 1 && !named.name.contains("embed_tokens"))
            .collect();
        let rates: Vec<Option<f64>> = list
            .map(|named| {
                let adapting = config.lora.is_some();
                let planner = ModuleGroup::of(&named.name) == ModuleGroup::QwenVlInterface;
                let rate = rate(optimizer, config.recipe, &named.name);
                rate.filter(|_| !(adapting && planner))
            })
            .collect();
        names_fit(optimizer, parameters)?;
        heads_learn(parameters, &rates)?;
        Ok(Self {
            moments: vec![None; rates.len()],
            mean: vec![None; rates.len()],
            rates,
            decays,
            schedule: RateSchedule {
                warmup: optimizer.warmup.min(config.steps / 10),
                total: config.steps,
                floor: optimizer.floor,
            },
            config: optimizer.clone(),
        })
    }

    /// Whether a parameter learns.
    pub(super) fn wants(&self, parameters: &Parameters, name: &str) -> bool {
        let list = parameters.list().iter().zip(&self.rates);
        list.filter(|(named, _)| named.name == name)
            .any(|(_, rate)| rate.is_some())
    }

    /// Whether a running mean of the weights is kept.
    pub(super) const fn keeps_mean(&self) -> bool {
        self.config.ema.is_some()
    }

    /// The rate of each group at a step, as far as anything in it learns.
    pub(super) fn rates_at(&self, parameters: &Parameters, step: u64) -> Vec<(&'static str, f64)> {
        let factor = self.schedule.factor(step);
        let of = |group: ModuleGroup| {
            let list = parameters.list().iter().zip(&self.rates);
            let mut found = list.filter(|(named, _)| {
                self::group(&named.name) == group && !named.name.starts_with(HEADS)
            });
            found.find_map(|(_, rate)| *rate)
        };
        let groups = ModuleGroup::ALL.into_iter();
        groups
            .filter_map(|group| Some((group.name(), of(group)? * factor)))
            .collect()
    }

    /// One step: the gradients times `scale`, at the rates of `step` (counted from zero).
    pub(super) fn apply(
        &mut self,
        learner: Learner,
        parameters: &Parameters,
        mut gradients: Gradients,
        (step, scale): (u64, f64),
    ) -> Learner {
        let update = AdamW::new(self.config.adamw);
        let still = AdamW::new(AdamWSettings {
            weight_decay: 0.0,
            ..self.config.adamw
        });
        // The first step of a warm-up has no rate at all in the reference; ours begins at its first fraction.
        let factor = self.schedule.factor(step + 1);
        parameters.updated(learner, &mut |at, value| {
            let rate = self.rates[at]?;
            let gradient = gradients.take(at)?;
            let moments = self.moments[at].take();
            let update = if self.decays[at] { update } else { still };
            let (value, moments) = update.update(value, gradient, moments, [rate * factor, scale]);
            self.moments[at] = Some(moments);
            if let Some(decay) = self.config.ema {
                let mean = self.mean[at].take().unwrap_or_else(|| value.clone());
                self.mean[at] = Some(mean * decay + value.clone() * (1.0 - decay));
            }
            Some(value)
        })
    }
}

/// Refuses names of rates and frozen parts that nothing has, so that a slip of the pen trains or freezes nothing unseen.
fn names_fit(config: &OptimizerConfig, parameters: &Parameters) -> Result<(), TrainError> {
    let named = [
        ("optimizer.rates", config.rates.keys().collect::<Vec<_>>()),
        ("optimizer.freeze", config.freeze.iter().collect()),
    ];
    let known = |start: &str| {
        let groups = ModuleGroup::ALL.map(ModuleGroup::name);
        // Recipes name parts of an action side whether the model has one or not.
        let parts = ["dino_encoder", "dino_pro", "layer_qformer", HEADS, FACTORS];
        let mut names = parameters.list().iter().map(|named| named.name.as_str());
        groups.contains(&start) || parts.contains(&start) || names.any(|name| fits(name, start))
    };
    for (setting, names) in named {
        if let Some(name) = names.into_iter().find(|name| !known(name)) {
            return Err(TrainError::Setting {
                name: setting.into(),
                why: format!(
                    "no parameter of the model begins with {name:?}; give a group (qwen_vl_interface, action_model, base) or the beginning of a name, as `spvla inspect` lists them"
                ),
            });
        }
    }
    Ok(())
}

/// Refuses a run in which nothing learns, and a loss whose head would stay as it was drawn.
fn heads_learn(parameters: &Parameters, rates: &[Option<f64>]) -> Result<(), TrainError> {
    let setting = |name: &str, why: &str| {
        Err(TrainError::Setting {
            name: name.into(),
            why: why.into(),
        })
    };
    if rates.iter().all(Option::is_none) {
        return setting(
            "optimizer",
            "nothing learns: every parameter is frozen or has a rate of 0",
        );
    }
    for (at, named) in parameters.list().iter().enumerate() {
        if named.name.starts_with(HEADS) && rates[at].is_none() {
            return setting(
                "auxiliary",
                &format!(
                    "{} does not learn, so its loss would only mislead; give \"auxiliary.\" a rate, or set that loss to 0",
                    named.name
                ),
            );
        }
    }
    Ok(())
}

/// Whether a parameter is one of those that `start` names.
fn fits(name: &str, start: &str) -> bool {
    // What is added to a weight goes by the weight's name, too.
    let inner = name.strip_prefix(FACTORS).unwrap_or(name);
    let names = [&published_name(inner), inner, name];
    names.iter().any(|name| name.starts_with(start))
}

/// The group of a parameter: what helps the planner learn belongs to it.
fn group(name: &str) -> ModuleGroup {
    if name.starts_with(AIM) {
        ModuleGroup::ActionModel
    } else if name.starts_with(HEADS) || name.starts_with(FACTORS) {
        ModuleGroup::QwenVlInterface
    } else {
        ModuleGroup::of(name)
    }
}

fn rate(config: &OptimizerConfig, recipe: Recipe, name: &str) -> Option<f64> {
    let heads = name.starts_with(HEADS) || name.starts_with(FACTORS);
    let group = group(name);
    if config
        .freeze
        .iter()
        .any(|start| !start.is_empty() && fits(name, start))
    {
        return None;
    }
    if !recipe.acts() && group != ModuleGroup::QwenVlInterface && !heads {
        return None;
    }
    let rates = config.rates.iter();
    let nearest = rates
        .filter(|(start, _)| {
            start.as_str() != "base" && (fits(name, start) || *start == group.name())
        })
        .max_by_key(|(start, _)| (start.as_str() != group.name(), start.len()));
    let rate = nearest
        .map(|(_, rate)| *rate)
        .or_else(|| config.rates.get("base").copied());
    rate.filter(|rate| *rate > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_go_by_group_prefix_and_freeze() {
        let mut config = OptimizerConfig::default();
        config.rates.insert("model.visual".into(), 2e-5);
        config.rates.insert("model.visual.merger".into(), 3e-4);
        config.rates.insert("lora.".into(), 1e-2);
        config.freeze = vec!["dino_encoder".into()];
        let of = |name: &str| rate(&config, Recipe::SpatiallyGuided, name);
        assert_eq!(of("model.visual.blocks.0.norm1.weight"), Some(2e-5));
        assert_eq!(of("model.visual.merger.mlp.0.weight"), Some(3e-4));
        assert_eq!(of("action_model.net.x_embedder.linear.weight"), Some(1e-4));
        assert_eq!(of("layer_qformer.proj.weight"), Some(5e-5));
        assert_eq!(of("dino_encoder.body.cls_token"), None);
        assert_eq!(of("auxiliary.dense.weight"), Some(1e-5));
        assert_eq!(of("auxiliary.aim.query.0.weight"), Some(1e-4));
        assert_eq!(of("model.language_model.norm.weight"), Some(1e-5));
        let factor = "lora.model.language_model.layers.0.mlp.up_proj.weight.a";
        assert_eq!(of(factor), Some(1e-2));
        let mut frozen = config.clone();
        frozen.freeze = vec!["model.language_model".into()];
        assert_eq!(rate(&frozen, Recipe::SpatiallyGuided, factor), None);
        assert_eq!(
            rate(&config, Recipe::Grounding, "layer_qformer.proj.weight"),
            None
        );
    }
}
