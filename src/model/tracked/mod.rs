//! Operations of training with a backward pass of their own, on the CPU backend.
//!
//! Burn's autodiff makes one node of every tensor expression: a norm is seven, a rotation nine, and each writes and
//! reads its whole tensor forwards and backwards. At the widths that are trained on a CPU this costs more than the
//! products. Here a whole layer part is one node: plain loops over plain numbers, products left to the backend. The
//! tensor expressions stay as they are on other devices, and are what these are tested against.
//!
//! Names the backend's own tensors, because only they lend their numbers without copying them.

mod attention;
mod lanes;
mod linear;
mod norm;
mod pointwise;

use std::fmt::{Debug, Formatter};
use std::sync::Arc;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::{Autodiff, Flex};
use burn::tensor::{Tensor, TensorData};
use burn_flex::FlexTensor;

pub use attention::{Group, Heads, Place, Turned, attention};
pub use linear::linear;
pub use norm::{layer_norm, rms_norm};
pub use pointwise::{gelu, gelu_tanh, silu_gate};

use super::device;

/// A tensor of any rank whose gradient is followed.
type Tracked = <Autodiff<Flex> as burn::backend::BackendTypes>::FloatTensorPrimitive;

/// From the gradient of the output to those of the inputs that want one.
type Back<const N: usize> = dyn Fn(FlexTensor, [bool; N]) -> [Option<FlexTensor>; N] + Send + Sync;

#[derive(Clone)]
struct Recipe<const N: usize>(Arc<Back<N>>);

impl<const N: usize> Debug for Recipe<N> {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recipe")
    }
}

#[derive(Debug)]
struct Custom;

impl<const N: usize> Backward<Flex, N> for Custom {
    type State = Recipe<N>;

    fn backward(
        self,
        ops: Ops<Recipe<N>, N>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let gradient = gradients.consume::<Flex>(&ops.node);
        let wanted = ops.parents.each_ref().map(Option::is_some);
        let found = (ops.state.0)(gradient, wanted);
        for (parent, gradient) in ops.parents.into_iter().zip(found) {
            if let (Some(parent), Some(gradient)) = (parent, gradient) {
                gradients.register::<Flex>(parent.id, gradient);
            }
        }
    }
}

/// Whether gradients of a tensor are followed on the CPU backend without recomputing activations.
#[must_use]
pub fn learns_here<const D: usize>(tensor: &Tensor<D>) -> bool {
    tensor.is_autodiff()
        && device::is_cpu(&tensor.device())
        && tensor.gradient_checkpointing_strategy()
            == Some(burn::tensor::GradientCheckpointingStrategy::default())
}

/// The node of a tensor; `None` where it lives elsewhere.
fn node<const D: usize>(tensor: Tensor<D>) -> Option<Tracked> {
    tensor
        .autodiff()
        .try_into_primitive::<Autodiff<Flex>>()
        .ok()
}

/// One node for `output` made from `inputs`.
fn record<const D: usize, const N: usize>(
    inputs: [Tracked; N],
    output: FlexTensor,
    back: impl Fn(FlexTensor, [bool; N]) -> [Option<FlexTensor>; N] + Send + Sync + 'static,
) -> Tensor<D> {
    let nodes = inputs.each_ref().map(Tracked::node);
    let prepared = Custom.prepare::<NoCheckpointing>(nodes).compute_bound();
    let output = match prepared.stateful() {
        OpsKind::Tracked(prepared) => prepared.finish(Recipe(Arc::new(back)), output),
        OpsKind::UnTracked(prepared) => prepared.finish(output),
    };
    Tensor::from_primitive::<Autodiff<Flex>>(output)
}

/// The numbers of a tensor row by row, copied only if they do not lie so.
struct Rows(FlexTensor);

impl Rows {
    fn new(tensor: &FlexTensor) -> Self {
        Self(if tensor.as_slice::<f32>().is_some() {
            tensor.clone()
        } else {
            tensor.to_contiguous()
        })
    }

    fn of(tensor: &Tracked) -> Self {
        Self::new(tensor.primitive())
    }

    fn numbers(&self) -> &[f32] {
        self.0.as_slice::<f32>().unwrap_or_default()
    }
}

fn tensor(values: Vec<f32>, shape: impl Into<Vec<usize>>) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape.into()))
}

fn shape_of(tensor: &FlexTensor) -> Vec<usize> {
    tensor.layout().shape().to_vec()
}

/// A product on the backend.
fn product<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> FlexTensor {
    let product = a.matmul(b).try_into_primitive::<Flex>();
    // Both factors are tensors of that backend, so their product is one.
    product.unwrap_or_else(|_| tensor(Vec::new(), [0]))
}

fn plain<const D: usize>(tensor: FlexTensor) -> Tensor<D> {
    Tensor::from_primitive::<Flex>(tensor)
}

#[cfg(test)]
mod tests;
