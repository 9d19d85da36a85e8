//! Numbers of any stored type with their shape, widened to f64, in which every integer and float of the files is exact.

use burn::tensor::{Device, Tensor, TensorData};
use half::{bf16, f16};
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use super::Fault;
use crate::model::pass;

/// An array.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numbers {
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<f64>,
}

impl Numbers {
    pub(super) fn floats(shape: &[usize], values: &[f32]) -> Self {
        Self {
            shape: shape.to_vec(),
            values: values.iter().copied().map(f64::from).collect(),
        }
    }

    pub(super) fn integers(shape: &[usize], values: impl IntoIterator<Item = i64>) -> Self {
        Self {
            shape: shape.to_vec(),
            values: values.into_iter().map(|v| v as f64).collect(),
        }
    }

    pub(super) fn bytes(shape: &[usize], values: &[u8]) -> Self {
        Self {
            shape: shape.to_vec(),
            values: values.iter().copied().map(f64::from).collect(),
        }
    }

    /// Everything a tensor of a file holds.
    pub(super) fn of_view(view: &TensorView<'_>) -> Result<Self, Fault> {
        let values = decode(view.dtype(), view.data()).ok_or_else(|| Fault::Stored {
            what: format!("numbers of type {:?} are not read here", view.dtype()),
        })?;
        Ok(Self {
            shape: view.shape().to_vec(),
            values,
        })
    }

    pub(super) fn of<const D: usize>(tensor: Tensor<D>) -> Result<Self, Fault> {
        let shape = tensor.dims();
        Ok(Self::floats(&shape, &pass::values(tensor)?))
    }

    /// As a tensor of `D` axes on a device.
    pub(super) fn tensor<const D: usize>(&self, device: &Device) -> Result<Tensor<D>, Fault> {
        if self.shape.len() != D || self.values.is_empty() {
            return Err(Fault::Stored {
                what: format!("its shape is {:?}, expected {D} axes", self.shape),
            });
        }
        let values: Vec<f32> = self.values.iter().map(|v| *v as f32).collect();
        Ok(Tensor::from_data(
            TensorData::new(values, self.shape.clone()),
            device,
        ))
    }

    /// As token ids or other small counts.
    pub(super) fn counts(&self) -> Result<Vec<u32>, Fault> {
        let count = |v: &f64| {
            let whole = v.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(v);
            whole.then_some(*v as u32)
        };
        let counts: Option<Vec<u32>> = self.values.iter().map(count).collect();
        counts.ok_or_else(|| Fault::Stored {
            what: "it holds numbers that are no counts".into(),
        })
    }

    /// As rows of patches along time, height and width.
    pub(super) fn grids(&self) -> Result<Vec<[u32; 3]>, Fault> {
        Ok(self.counts()?.as_chunks().0.to_vec())
    }

    /// Axes that are longer than one: what two arrays must share to be compared.
    pub(super) fn axes(&self) -> Vec<usize> {
        self.shape
            .iter()
            .copied()
            .filter(|side| *side != 1)
            .collect()
    }

    /// Every `step`th row of a matrix.
    pub(super) fn every(self, step: usize) -> Self {
        let width = self.shape.last().copied().unwrap_or(1).max(1);
        let rows = self.values.chunks_exact(width).step_by(step.max(1));
        let values: Vec<f64> = rows.flatten().copied().collect();
        Self {
            shape: vec![values.len() / width, width],
            values,
        }
    }
}

fn decode(dtype: Dtype, bytes: &[u8]) -> Option<Vec<f64>> {
    fn chunks<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f64) -> Vec<f64> {
        bytes
            .as_chunks()
            .0
            .iter()
            .map(|chunk| read(*chunk))
            .collect()
    }
    Some(match dtype {
        Dtype::F64 => chunks(bytes, f64::from_le_bytes),
        Dtype::F32 => chunks(bytes, |b| f64::from(f32::from_le_bytes(b))),
        Dtype::F16 => chunks(bytes, |b| f16::from_le_bytes(b).to_f64()),
        Dtype::BF16 => chunks(bytes, |b| bf16::from_le_bytes(b).to_f64()),
        Dtype::I64 => chunks(bytes, |b| i64::from_le_bytes(b) as f64),
        Dtype::I32 => chunks(bytes, |b| f64::from(i32::from_le_bytes(b))),
        Dtype::U8 | Dtype::BOOL => bytes.iter().copied().map(f64::from).collect(),
        _ => return None,
    })
}
