//! Parameters by the names checkpoints give them, and their gradients in the same order.

use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::{DType, Device, GradientCheckpointingStrategy, Tensor};

use super::transfer;
use crate::model::checkpoint::Named;
use crate::model::pass::{PassError, values};

/// Every parameter of a network, in the order of the checkpoint.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    list: Vec<Named>,
    places: HashMap<ParamId, usize>,
}

impl Parameters {
    /// An index of parameters.
    #[must_use]
    pub fn new(list: Vec<Named>) -> Self {
        let places = list.iter().enumerate().map(|(at, named)| (named.id, at));
        Self {
            places: places.collect(),
            list,
        }
    }

    /// The parameters.
    #[must_use]
    pub fn list(&self) -> &[Named] {
        &self.list
    }

    /// The number of a parameter.
    #[must_use]
    pub fn place(&self, id: ParamId) -> Option<usize> {
        self.places.get(&id).copied()
    }

    /// The module with gradients asked for where `wanted` says so of a parameter's name, and nowhere else. With
    /// `recompute`, cheap activations are computed again in the backward pass to save memory.
    #[must_use]
    pub fn trainable<M: Module>(
        &self,
        module: M,
        wanted: &dyn Fn(&str) -> bool,
        recompute: bool,
    ) -> M {
        let mut mapper = Arm {
            parameters: self,
            wanted,
            recompute,
        };
        module.map(&mut mapper)
    }

    /// The module with its linear weights in 16 bits, to multiply by; their gradients arrive at the weights they came
    /// from. Everything else stays in f32, and so does the table of tokens, also where it is the output head too.
    #[must_use]
    pub fn halved<M: Module>(&self, module: M) -> M {
        module.map(&mut Halve(self))
    }

    /// The module with `update` applied to every parameter: its number and flat value in, the new value out.
    #[must_use]
    pub fn updated<M: Module>(
        &self,
        module: M,
        update: &mut dyn FnMut(usize, Tensor<1>) -> Option<Tensor<1>>,
    ) -> M {
        let mut mapper = Update {
            parameters: self,
            update,
        };
        module.map(&mut mapper)
    }

    /// Calls `read` with every parameter's number and flat value.
    pub fn each<M: Module>(&self, module: &M, read: &mut dyn FnMut(usize, Tensor<1>)) {
        let mut visitor = Read {
            parameters: self,
            read,
        };
        module.visit(&mut visitor);
    }
}

struct Arm<'a> {
    parameters: &'a Parameters,
    wanted: &'a dyn Fn(&str) -> bool,
    recompute: bool,
}

impl ModuleMapper for Arm<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let id = param.id;
        let value = param.into_value().without_autodiff();
        let place = self.parameters.place(id);
        let wanted = place.is_some_and(|at| (self.wanted)(&self.parameters.list[at].name));
        let value = if wanted {
            // Small updates would vanish in 16 bits.
            let value = value.cast(DType::F32).autodiff();
            let strategy = if self.recompute {
                GradientCheckpointingStrategy::Balanced
            } else {
                GradientCheckpointingStrategy::Disabled
            };
            value
                .with_gradient_checkpointing_strategy(strategy)
                .require_grad()
        } else {
            value
        };
        Param::initialized(id, value)
    }
}

struct Halve<'a>(&'a Parameters);

impl ModuleMapper for Halve<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let named = self.0.place(param.id).map(|at| &self.0.list[at]);
        if !named.is_some_and(|n| n.matrix && !n.name.ends_with("embed_tokens.weight")) {
            return param;
        }
        let id = param.id;
        Param::initialized(id, param.into_value().cast(DType::F16))
    }
}

struct Update<'a> {
    parameters: &'a Parameters,
    update: &'a mut dyn FnMut(usize, Tensor<1>) -> Option<Tensor<1>>,
}

impl ModuleMapper for Update<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let id = param.id;
        let Some(place) = self.parameters.place(id) else {
            return param;
        };
        let old = param.val();
        let (dims, armed) = (old.dims(), old.is_require_grad());
        let count: usize = dims.iter().product();
        let flat = old.without_autodiff().reshape([count]);
        drop(param);
        let again = flat.clone();
        let value = (self.update)(place, flat).unwrap_or(again).reshape(dims);
        let value = if armed {
            value.autodiff().require_grad()
        } else {
            value
        };
        Param::initialized(id, value)
    }
}

struct Read<'a> {
    parameters: &'a Parameters,
    read: &'a mut dyn FnMut(usize, Tensor<1>),
}

impl ModuleVisitor for Read<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(place) = self.parameters.place(param.id) {
            let value = param.val().without_autodiff();
            let count: usize = value.dims().iter().product();
            (self.read)(place, value.reshape([count]));
        }
    }
}

/// The gradient of each parameter, flat; none where nothing depended on it.
#[derive(Debug, Clone, Default)]
pub struct Gradients {
    list: Vec<Option<Tensor<1>>>,
}

impl Gradients {
    /// Runs back from a loss; nothing where it depends on nothing that learns.
    #[must_use]
    pub fn of<M: Module>(loss: &Tensor<1>, module: &M, parameters: &Parameters) -> Self {
        Self::scaled(loss, module, parameters, 1.0)
    }

    /// As [`Self::of`], with everything on the way back `scale` times as large: what is small would vanish in 16 bits.
    #[must_use]
    pub fn scaled<M: Module>(
        loss: &Tensor<1>,
        module: &M,
        parameters: &Parameters,
        scale: f64,
    ) -> Self {
        if !loss.is_tracked() {
            return Self {
                list: vec![None; parameters.list.len()],
            };
        }
        let mut collector = Collect {
            list: vec![None; parameters.list.len()],
            gradients: scaled(loss.clone(), scale).backward(),
            parameters,
        };
        module.visit(&mut collector);
        let back = |gradient| scaled(gradient, scale.recip());
        let list = collector.list.into_iter();
        Self {
            list: list.map(|gradient| gradient.map(back)).collect(),
        }
    }

    /// The gradient of parameter `place`.
    #[must_use]
    pub fn of_place(&self, place: usize) -> Option<&Tensor<1>> {
        self.list.get(place)?.as_ref()
    }

    /// Takes the gradient of parameter `place` out.
    #[must_use]
    pub fn take(&mut self, place: usize) -> Option<Tensor<1>> {
        self.list.get_mut(place)?.take()
    }

    /// The sum of two, parameter by parameter.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let longest = self.list.len().max(other.list.len());
        let mut both = (self.list.into_iter(), other.list.into_iter());
        let list = (0..longest).map(
            |_| match (both.0.next().flatten(), both.1.next().flatten()) {
                (Some(a), Some(b)) => Some(a + b),
                (a, b) => a.or(b),
            },
        );
        Self {
            list: list.collect(),
        }
    }

    /// The same gradients on another device.
    ///
    /// # Errors
    /// When the device they are on failed.
    pub fn on(self, device: &Device) -> Result<Self, PassError> {
        let found: Vec<Tensor<1>> = self.list.iter().flatten().cloned().collect();
        let mut moved = transfer::fetch(&found)?.into_iter();
        let here = |values: Vec<f32>| transfer::put(values, device);
        let list = self.list.iter();
        let list = list.map(|g| g.as_ref().and_then(|_| moved.next()).map(here));
        Ok(Self {
            list: list.collect(),
        })
    }

    /// The Euclidean norm over all of them.
    ///
    /// # Errors
    /// When the device failed.
    pub fn norm(&self) -> Result<f64, PassError> {
        let squares = self.list.iter().flatten();
        let sums: Vec<Tensor<1>> = squares.map(|g| (g.clone() * g.clone()).sum()).collect();
        if sums.is_empty() {
            return Ok(0.0);
        }
        let sums = values(Tensor::cat(sums, 0))?;
        Ok(sums.into_iter().map(f64::from).sum::<f64>().sqrt())
    }
}

fn scaled(value: Tensor<1>, scale: f64) -> Tensor<1> {
    if (scale - 1.0).abs() < f64::EPSILON {
        value
    } else {
        value * scale
    }
}

/// What a gradient is multiplied with so that the norm of all stays within `limit` (as `clip_grad_norm_` does it).
#[must_use]
pub fn clip_factor(norm: f64, limit: f64) -> f64 {
    (limit / (norm + 1e-6)).min(1.0)
}

struct Collect<'a> {
    parameters: &'a Parameters,
    gradients: burn::tensor::Gradients,
    list: Vec<Option<Tensor<1>>>,
}

impl ModuleVisitor for Collect<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let Some(place) = self.parameters.place(param.id) else {
            return;
        };
        if let Some(gradient) = param.val().grad_remove(&mut self.gradients) {
            let count: usize = gradient.dims().iter().product();
            self.list[place] = Some(gradient.reshape([count]));
        }
    }
}
