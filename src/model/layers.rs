//! The few layers every part is made of. Linear weights keep the checkpoint's `[out, in]` layout.

use burn::module::{Module, Param};
use burn::tensor::ops::AttentionModuleOptions;
use burn::tensor::{DType, Tensor, activation, module};

use super::checkpoint::{LoadError, Weights};
use super::device;
use super::product::on_cpu;
use super::tracked::{self, learns_here};

/// `y = x Wᵀ + b` with `W` `[out, in]`, resting in f32 or f16.
#[derive(Module, Debug)]
pub struct Linear {
    weight: Param<Tensor<2>>,
    bias: Option<Param<Tensor<1>>>,
}

impl Linear {
    /// Loads `weight` and, if `bias`, `bias`.
    ///
    /// # Errors
    /// As [`Weights::matrix`].
    pub fn load(
        weights: &Weights<'_>,
        input: usize,
        output: usize,
        bias: bool,
    ) -> Result<Self, LoadError> {
        Ok(Self {
            weight: weights.matrix("weight", [output, input])?,
            bias: bias.then(|| weights.tensor("bias", [output])).transpose()?,
        })
    }

    /// A layer of given parameters, for weights that are stored under other names or shapes.
    #[must_use]
    pub const fn new(weight: Param<Tensor<2>>, bias: Option<Param<Tensor<1>>>) -> Self {
        Self { weight, bias }
    }

    /// Any number of leading axes.
    ///
    /// # Shapes
    /// - `x`: `[.., in]` f32
    /// - returns `[.., out]` f32
    #[must_use]
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let bias = self.bias.as_ref().map(Param::val);
        affine(x, self.weight.val(), bias)
    }

    /// As [`Self::forward`] with `count` rows of the weight from `start` on: for layers stored below each other.
    ///
    /// # Shapes
    /// - `x`: `[.., in]` f32
    /// - returns `[.., count]` f32
    #[must_use]
    pub fn forward_rows<const D: usize>(
        &self,
        x: Tensor<D>,
        start: usize,
        count: usize,
    ) -> Tensor<D> {
        let bias = self.bias.as_ref().map(|b| b.val().narrow(0, start, count));
        affine(x, self.weight.val().narrow(0, start, count), bias)
    }

    /// The same layer with its weight in f32 where that makes products faster (on the CPU), for weights that are
    /// read many times in a row; elsewhere the layer itself.
    #[must_use]
    pub fn widened(&self) -> Self {
        let weight = self.weight.val();
        if weight.dtype() == DType::F32 || !device::computes_here(&weight) {
            return self.clone();
        }
        Self {
            weight: Param::from_tensor(weight.cast(DType::F32)),
            bias: self.bias.clone(),
        }
    }
}

fn affine<const D: usize>(x: Tensor<D>, weight: Tensor<2>, bias: Option<Tensor<1>>) -> Tensor<D> {
    let mut dims = x.dims();
    let rows = dims[..D - 1].iter().product();
    let x = x.reshape([rows, dims[D - 1]]);
    let y = match affine_tracked(&x, &weight, bias.as_ref()) {
        Some(y) => y,
        None => affine_plain(x, weight, bias),
    };
    dims[D - 1] = y.dims()[1];
    y.reshape(dims)
}

fn affine_plain(x: Tensor<2>, weight: Tensor<2>, bias: Option<Tensor<1>>) -> Tensor<2> {
    let y = product(x, weight);
    match bias {
        Some(bias) => y + bias.unsqueeze(),
        None => y,
    }
}

/// As one node of the gradient's graph, where that is faster.
fn affine_tracked(
    x: &Tensor<2>,
    weight: &Tensor<2>,
    bias: Option<&Tensor<1>>,
) -> Option<Tensor<2>> {
    let learns = learns_here(x) || learns_here(weight);
    let wide = x.dtype() == DType::F32 && weight.dtype() == DType::F32;
    (learns && wide)
        .then(|| tracked::linear(x.clone(), weight.clone(), bias.cloned()))
        .flatten()
}

/// `x Wᵀ` for f32 `x` `[M, in]` and `W` `[out, in]` of any precision; f32 `[M, out]`.
#[must_use]
pub fn product(x: Tensor<2>, weight: Tensor<2>) -> Tensor<2> {
    if let Some(y) = affine_tracked(&x, &weight, None) {
        return y;
    }
    let here = device::computes_here(&x) && device::computes_here(&weight);
    if here && let Some(y) = on_cpu(&x, &weight) {
        return y;
    }
    let dtype = weight.dtype();
    if dtype == DType::F32 {
        return x.matmul(weight.transpose());
    }
    if device::is_cpu(&weight.device()) {
        return x.matmul(weight.cast(DType::F32).transpose());
    }
    x.cast(dtype).matmul(weight.transpose()).cast(DType::F32)
}

/// `x / rms(x) * weight`, in f32.
#[derive(Module, Debug)]
pub struct RmsNorm {
    weight: Param<Tensor<1>>,
    epsilon: f64,
}

impl RmsNorm {
    /// Loads `weight`.
    ///
    /// # Errors
    /// As [`Weights::tensor`].
    pub fn load(weights: &Weights<'_>, width: usize, epsilon: f64) -> Result<Self, LoadError> {
        Ok(Self {
            weight: weights.tensor("weight", [width])?,
            epsilon,
        })
    }

    /// # Shapes
    /// - `x`: `[.., C]`
    /// - returns the same
    #[must_use]
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        if learns_here(&x)
            && let Some(y) = tracked::rms_norm(x.clone(), self.weight.val(), self.epsilon)
        {
            return y;
        }
        let scale = (x.clone().powi_scalar(2).mean_dim(D - 1) + self.epsilon)
            .sqrt()
            .recip();
        x * scale * self.weight.val().unsqueeze()
    }
}

/// Layer normalisation over the last axis, with or without learnt scale and shift.
#[derive(Module, Debug)]
pub struct LayerNorm {
    affine: Option<(Param<Tensor<1>>, Param<Tensor<1>>)>,
    epsilon: f64,
}

impl LayerNorm {
    /// Loads `weight` and `bias`.
    ///
    /// # Errors
    /// As [`Weights::tensor`].
    pub fn load(weights: &Weights<'_>, width: usize, epsilon: f64) -> Result<Self, LoadError> {
        let affine = (
            weights.tensor("weight", [width])?,
            weights.tensor("bias", [width])?,
        );
        Ok(Self {
            affine: Some(affine),
            epsilon,
        })
    }

    /// One without parameters.
    #[must_use]
    pub const fn plain(epsilon: f64) -> Self {
        Self {
            affine: None,
            epsilon,
        }
    }

    /// # Shapes
    /// - `x`: `[.., C]`
    /// - returns the same
    #[must_use]
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        if device::computes_here(&x) {
            return self.forward_here(x);
        }
        let affine = || Some((self.affine.as_ref()?.0.val(), self.affine.as_ref()?.1.val()));
        if learns_here(&x)
            && let Some(y) = tracked::layer_norm(x.clone(), affine(), self.epsilon)
        {
            return y;
        }
        let centred = x.clone() - x.mean_dim(D - 1);
        let scale = (centred.clone().powi_scalar(2).mean_dim(D - 1) + self.epsilon)
            .sqrt()
            .recip();
        let y = centred * scale;
        match &self.affine {
            Some((weight, bias)) => y * weight.val().unsqueeze() + bias.val().unsqueeze(),
            None => y,
        }
    }

    /// The CPU backend has a kernel for the whole norm.
    fn forward_here<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let (weight, bias) = match &self.affine {
            Some((weight, bias)) => (weight.val(), Some(bias.val())),
            None => (Tensor::ones([x.dims()[D - 1]], &x.device()), None),
        };
        module::layer_norm(x, weight, bias, self.epsilon)
    }
}

/// Attention `softmax(q kᵀ * scale + mask) v`, in f32.
///
/// # Shapes
/// - `q`: `[B, heads, N, d]`, `k` and `v`: `[B, heads, M, d]`
/// - `mask`: `[1 or B, 1, N, M]`, added to the scores
/// - returns `[B, heads, N, d]`
#[must_use]
pub fn attend(
    q: Tensor<4>,
    k: Tensor<4>,
    v: Tensor<4>,
    scale: f64,
    mask: Option<Tensor<4>>,
) -> Tensor<4> {
    if device::computes_here(&q) {
        let options = AttentionModuleOptions {
            scale: Some(scale),
            ..AttentionModuleOptions::default()
        };
        return module::attention(q, k, v, None, mask, options);
    }
    let scores = (q * scale).matmul(k.transpose());
    let scores = match mask {
        Some(mask) => scores + mask,
        None => scores,
    };
    activation::softmax(scores, 3).matmul(v)
}
