//! Number formats found in files, and their conversion to the two the model runs in.

use half::{bf16, f16};

/// How numbers are stored in a file. All little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoredType {
    /// 64-bit float.
    F64,
    /// 32-bit float.
    F32,
    /// 16-bit float of IEEE 754.
    F16,
    /// The upper half of a 32-bit float.
    Bf16,
}

impl StoredType {
    /// Bytes of one number.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::F64 => 8,
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
        }
    }

    /// Its usual name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::F64 => "f64",
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
        }
    }

    /// Decodes bytes to f32.
    #[must_use]
    pub fn to_f32(self, bytes: &[u8]) -> Vec<f32> {
        match self {
            Self::F64 => each(bytes, |b: [u8; 8]| f64::from_le_bytes(b) as f32),
            Self::F32 => each(bytes, f32::from_le_bytes),
            Self::F16 => each(bytes, |b: [u8; 2]| f16::from_le_bytes(b).to_f32()),
            Self::Bf16 => each(bytes, |b: [u8; 2]| bf16::from_le_bytes(b).to_f32()),
        }
    }

    /// Decodes bytes to f16, rounding to nearest even.
    #[must_use]
    pub fn to_f16(self, bytes: &[u8]) -> Vec<f16> {
        match self {
            Self::F64 => each(bytes, |b: [u8; 8]| f16::from_f64(f64::from_le_bytes(b))),
            Self::F32 => each(bytes, |b: [u8; 4]| f16::from_f32(f32::from_le_bytes(b))),
            Self::F16 => each(bytes, f16::from_le_bytes),
            Self::Bf16 => each(bytes, |b: [u8; 2]| {
                f16::from_f32(bf16::from_le_bytes(b).to_f32())
            }),
        }
    }
}

fn each<const N: usize, T>(bytes: &[u8], decode: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes
        .as_chunks::<N>()
        .0
        .iter()
        .map(|b| decode(*b))
        .collect()
}
