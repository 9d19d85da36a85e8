//! Low-rank additions to the planner's linear layers (Hu et al. 2021): the weight stays, `scale * b a` is learnt beside
//! it, and both are saved as one weight, so that the checkpoint is a plain one.

use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::tensor::{DType, Device, Tensor};

use super::{LoraConfig, TrainError};
use crate::job::JobContext;
use crate::model::checkpoint::{Filling, Loader, Named};

/// How the names of the factors begin.
pub(super) const FACTORS: &str = "lora.";

/// The factors of every adapted weight.
#[derive(Module, Debug)]
pub(super) struct Adapters {
    down: Vec<Param<Tensor<2>>>,
    up: Vec<Param<Tensor<2>>>,
    scale: f64,
    #[module(skip)]
    places: HashMap<ParamId, usize>,
}

impl Adapters {
    /// Factors for every linear layer of the planner among `list`, and their names. They begin as no change at all.
    pub(super) fn new(
        config: &LoraConfig,
        list: &[Named],
        seed: u64,
        (device, context): (&Device, &JobContext<'_>),
    ) -> Result<(Self, Vec<Named>), TrainError> {
        if config.rank == 0 || !config.alpha.is_finite() {
            return Err(TrainError::Setting {
                name: "lora".into(),
                why: "the rank must be at least 1, alpha a number".into(),
            });
        }
        let loader = Loader::new(Filling::Fresh(seed), device, DType::F32, context);
        let root = loader.weights();
        let (mut down, mut up, mut places) = (Vec::new(), Vec::new(), HashMap::new());
        for named in list.iter().filter(|named| adapted(named)) {
            let [outputs, inputs] = [named.shape[0], named.shape[1]];
            let rank = config.rank.min(outputs).min(inputs);
            let at = root.pp(format!("{FACTORS}{}", named.name));
            places.insert(named.id, down.len());
            down.push(at.tensor("down", [rank, inputs])?);
            up.push(at.tensor("up_zero", [outputs, rank])?);
        }
        let adapters = Self {
            scale: config.alpha / config.rank as f64,
            down,
            up,
            places,
        };
        Ok((adapters, loader.named()))
    }

    /// The module with its weights and the additions as one.
    pub(super) fn merged<M: Module>(&self, module: M) -> M {
        module.map(&mut Merge(self))
    }
}

/// Linear layers of the planner.
fn adapted(named: &Named) -> bool {
    let planner = named.name.starts_with("model.");
    planner && named.shape.len() == 2 && !named.name.ends_with("embed_tokens.weight")
}

struct Merge<'a>(&'a Adapters);

impl ModuleMapper for Merge<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(&at) = self.0.places.get(&param.id) else {
            return param;
        };
        let id = param.id;
        let value = param.into_value();
        let change = self.0.up[at].val().matmul(self.0.down[at].val()) * self.0.scale;
        let dims = value.dims();
        Param::initialized(id, value + change.reshape(dims))
    }
}
