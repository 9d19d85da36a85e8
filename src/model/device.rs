//! The only place that names a Burn backend.

use burn::tensor::{Device, Tensor};

/// Whether a device is the CPU backend.
#[must_use]
pub fn is_cpu(device: &Device) -> bool {
    *device == Device::flex()
}

/// Whether a tensor's numbers lie in this process's memory and nobody will ask for gradients, so that they may be
/// worked on directly.
#[must_use]
pub fn computes_here<const D: usize>(tensor: &Tensor<D>) -> bool {
    is_cpu(&tensor.device()) && !tensor.is_autodiff()
}
