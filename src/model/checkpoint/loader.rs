//! Turns named tensors into parameters, one at a time, and keeps the tally for the load report.
//!
//! A module loads itself by walking the checkpoint's own names: `weights.pp("attn").matrix("weight", [out, in])`.
//! A missing or misshapen tensor is noted and replaced by zeros, so that one pass finds every defect.

use std::cell::RefCell;
use std::collections::HashMap;

use burn::module::{Param, ParamId};
use burn::tensor::{DType, Device, Distribution, Shape, Tensor, TensorData};

use super::{LoadError, TensorSource, fresh};
use crate::job::JobContext;

/// What parameters are filled with.
pub enum Filling<'a> {
    /// Tensors of a checkpoint.
    Source(&'a mut dyn TensorSource),
    /// Nothing: only the tally is wanted, parameters get no memory.
    Tally(&'a mut dyn TensorSource),
    /// Small random numbers, for measuring speed without a checkpoint.
    Random,
    /// The first values of a model that is to be trained from nothing; the same for the same seed.
    Fresh(u64),
}

/// A tensor whose shape is not the expected one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misshapen {
    /// Its name.
    pub key: String,
    /// The shape the configuration asks for.
    pub expected: Vec<usize>,
    /// The shape in the file.
    pub found: Vec<usize>,
}

/// A parameter and the tensor of the checkpoint it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The tensor's current name.
    pub name: String,
    /// Its shape in the file.
    pub shape: Vec<usize>,
    /// The parameter.
    pub id: ParamId,
    /// Whether a linear layer multiplies by it (or a table of rows is looked up in it): what may rest in 16 bits.
    pub matrix: bool,
}

/// What loading met.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Parameters loaded.
    pub parameters: u64,
    /// Bytes they take at run time.
    pub bytes: u64,
    /// Names asked for and not found.
    pub missing: Vec<String>,
    /// Names found with another shape.
    pub misshapen: Vec<Misshapen>,
    /// Names in the file that nobody asked for.
    pub unexpected: Vec<String>,
    /// Tensors whose values overflow f16 at that precision.
    pub overflowed: Vec<String>,
}

struct State<'a> {
    filling: Filling<'a>,
    index: HashMap<String, usize>,
    used: Vec<bool>,
    named: Vec<Named>,
    tally: Tally,
}

/// Loads parameters onto a device at a precision.
pub struct Loader<'a> {
    state: RefCell<State<'a>>,
    context: &'a JobContext<'a>,
    device: Device,
    matrices: DType,
}

/// A place in the checkpoint's tree of names.
#[derive(Clone)]
pub struct Weights<'a> {
    loader: &'a Loader<'a>,
    prefix: String,
}

impl<'a> Loader<'a> {
    /// A loader whose linear weights rest in `matrices` (f32 or f16); everything else is f32.
    #[must_use]
    pub fn new(
        filling: Filling<'a>,
        device: &Device,
        matrices: DType,
        context: &'a JobContext<'a>,
    ) -> Self {
        let index = match &filling {
            Filling::Source(source) | Filling::Tally(source) => source
                .entries()
                .iter()
                .enumerate()
                .map(|(at, entry)| (entry.name.clone(), at))
                .collect(),
            Filling::Random | Filling::Fresh(_) => HashMap::new(),
        };
        Self {
            state: RefCell::new(State {
                used: vec![false; index.len()],
                named: Vec::new(),
                filling,
                index,
                tally: Tally::default(),
            }),
            context,
            device: device.clone(),
            matrices,
        }
    }

    /// The root of the tree of names.
    #[must_use]
    pub fn weights(&'a self) -> Weights<'a> {
        Weights {
            loader: self,
            prefix: String::new(),
        }
    }

    /// Ends loading: the tally, with the names nobody asked for.
    #[must_use]
    pub fn finish(&self) -> Tally {
        let state = &mut *self.state.borrow_mut();
        let mut tally = std::mem::take(&mut state.tally);
        if let Filling::Source(source) | Filling::Tally(source) = &state.filling {
            let names = source.entries().iter().zip(&state.used);
            tally.unexpected = names
                .filter(|(_, used)| !**used)
                .map(|(entry, _)| entry.name.clone())
                .collect();
        }
        tally
    }

    /// Every parameter made so far and what it is called, in the order they were made.
    #[must_use]
    pub fn named(&self) -> Vec<Named> {
        self.state.borrow().named.clone()
    }

    fn parameter<const D: usize>(
        &self,
        key: String,
        stored: &[usize],
        shape: [usize; D],
        matrix: bool,
    ) -> Result<Param<Tensor<D>>, LoadError> {
        let dtype = if matrix { self.matrices } else { DType::F32 };
        let param = self.filled(key.clone(), stored, shape, dtype)?;
        self.state.borrow_mut().named.push(Named {
            name: key,
            shape: stored.to_vec(),
            id: param.id,
            matrix,
        });
        Ok(param)
    }

    fn filled<const D: usize>(
        &self,
        key: String,
        stored: &[usize],
        shape: [usize; D],
        dtype: DType,
    ) -> Result<Param<Tensor<D>>, LoadError> {
        self.context.check()?;
        let state = &mut *self.state.borrow_mut();
        let numel: usize = shape.iter().product();
        state.tally.parameters += numel as u64;
        state.tally.bytes += (numel * dtype.size()) as u64;
        let data = match &mut state.filling {
            Filling::Random => return Ok(self.random(shape, dtype)),
            Filling::Fresh(seed) => TensorData::new(
                fresh::values(*seed, &key, stored),
                Shape::from(shape.to_vec()),
            ),
            Filling::Source(source) | Filling::Tally(source) => {
                let Some(&at) = state.index.get(&key) else {
                    state.tally.missing.push(key);
                    return Ok(self.placeholder());
                };
                state.used[at] = true;
                let entry = &source.entries()[at];
                if entry.shape != stored {
                    state.tally.misshapen.push(Misshapen {
                        key,
                        expected: stored.to_vec(),
                        found: entry.shape.clone(),
                    });
                    return Ok(self.placeholder());
                }
                let number_type = entry.stored;
                if matches!(&state.filling, Filling::Tally(_)) {
                    return Ok(self.placeholder());
                }
                let total = state.used.len() as u64;
                let done = state.used.iter().filter(|u| **u).count() as u64;
                self.context.report("Loading weights", done, total);
                let Filling::Source(source) = &mut state.filling else {
                    return Ok(self.placeholder());
                };
                decode(
                    &source.read(at)?,
                    number_type,
                    (&shape[..], dtype),
                    &key,
                    &mut state.tally,
                )?
            }
        };
        Ok(Param::from_tensor(Tensor::from_data(
            data,
            (&self.device, dtype),
        )))
    }

    fn placeholder<const D: usize>(&self) -> Param<Tensor<D>> {
        Param::from_tensor(Tensor::zeros([1; D], &self.device))
    }

    fn random<const D: usize>(&self, shape: [usize; D], dtype: DType) -> Param<Tensor<D>> {
        let fan_in = shape[D - 1].max(1) as f64;
        let tensor = Tensor::random(
            shape,
            Distribution::Normal(0.0, fan_in.sqrt().recip()),
            (&self.device, dtype),
        );
        Param::from_tensor(tensor)
    }
}

impl Weights<'_> {
    /// One level down: the names that begin with `name` and a dot.
    #[must_use]
    pub fn pp(&self, name: impl std::fmt::Display) -> Self {
        Self {
            loader: self.loader,
            prefix: self.key(&name.to_string()),
        }
    }

    /// The weight of a linear layer: rests at the loader's precision, layout `[out, in]` as stored.
    ///
    /// # Errors
    /// When the file cannot be read, a value is not finite, or somebody cancelled.
    pub fn matrix(&self, name: &str, shape: [usize; 2]) -> Result<Param<Tensor<2>>, LoadError> {
        self.loader.parameter(self.key(name), &shape, shape, true)
    }

    /// A linear weight stored under another shape of the same size, such as a patch convolution.
    ///
    /// # Errors
    /// As [`Self::matrix`].
    pub fn flattened(
        &self,
        name: &str,
        stored: &[usize],
        shape: [usize; 2],
    ) -> Result<Param<Tensor<2>>, LoadError> {
        self.loader.parameter(self.key(name), stored, shape, true)
    }

    /// Any other parameter (bias, norm, table): always f32.
    ///
    /// # Errors
    /// As [`Self::matrix`].
    pub fn tensor<const D: usize>(
        &self,
        name: &str,
        shape: [usize; D],
    ) -> Result<Param<Tensor<D>>, LoadError> {
        self.loader.parameter(self.key(name), &shape, shape, false)
    }

    /// Whether the checkpoint holds this name (always, for random weights).
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        let state = self.loader.state.borrow();
        matches!(state.filling, Filling::Random | Filling::Fresh(_))
            || state.index.contains_key(&self.key(name))
    }

    /// Marks a name as known although no module uses it.
    pub fn ignore(&self, name: &str) {
        let state = &mut *self.loader.state.borrow_mut();
        if let Some(&at) = state.index.get(&self.key(name)) {
            state.used[at] = true;
        }
    }

    /// Where parameters go.
    #[must_use]
    pub fn device(&self) -> &Device {
        &self.loader.device
    }

    fn key(&self, name: &str) -> String {
        if self.prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.prefix)
        }
    }
}

fn decode(
    bytes: &[u8],
    stored: super::StoredType,
    (shape, dtype): (&[usize], DType),
    key: &str,
    tally: &mut Tally,
) -> Result<TensorData, LoadError> {
    let non_finite = || LoadError::NonFinite { key: key.into() };
    let shape = Shape::from(shape.to_vec());
    if dtype == DType::F16 {
        let values = stored.to_f16(bytes);
        if values.iter().any(|v| v.is_nan()) {
            return Err(non_finite());
        }
        if values.iter().any(|v| v.is_infinite()) {
            if stored.to_f32(bytes).iter().any(|v| !v.is_finite()) {
                return Err(non_finite());
            }
            tally.overflowed.push(key.into());
        }
        Ok(TensorData::new(values, shape))
    } else {
        let values = stored.to_f32(bytes);
        if values.iter().any(|v| !v.is_finite()) {
            return Err(non_finite());
        }
        Ok(TensorData::new(values, shape))
    }
}
