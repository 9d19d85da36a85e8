//! The only place that names a Burn backend.

use burn::tensor::Device;

/// Whether a device is the CPU backend.
#[must_use]
pub fn is_cpu(device: &Device) -> bool {
    *device == Device::flex()
}
