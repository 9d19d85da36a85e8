//! The GELUs and the gated `SiLU`, elementwise and in f32.
//!
//! On a GPU they are plain tensor expressions, which fusion turns into one kernel. The CPU backend computes `erf` and
//! `tanh` one number at a time on one core, which for a DINOv2-L takes as long as a third of its products; there the
//! numbers are transformed in place by loops that the compiler vectorises. Training there has nodes of its own, see
//! [`super::tracked`].

use burn::tensor::{Tensor, activation};
use rayon::prelude::*;

use super::{device, tracked};

/// Numbers each core takes at a time: they and their neighbours stay in its first cache.
const CHUNK: usize = 4096;

/// `x Φ(x)` with the exact (error function) Φ.
#[must_use]
pub fn gelu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    if device::computes_here(&x) {
        return in_place(x, gelu_all);
    }
    if tracked::learns_here(&x)
        && let Some(y) = tracked::gelu(x.clone())
    {
        return y;
    }
    activation::gelu(x)
}

/// `x Φ(x)` with the tanh approximation of Φ.
#[must_use]
pub fn gelu_tanh<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    if device::computes_here(&x) {
        return in_place(x, gelu_tanh_all);
    }
    if tracked::learns_here(&x)
        && let Some(y) = tracked::gelu_tanh(x.clone())
    {
        return y;
    }
    // Burn's own expression raises to the third power with a general `powf`.
    let cube = x.clone() * x.clone() * x.clone();
    let inner = (x.clone() + cube * TANH_CUBIC) * TANH_SCALE;
    x * (inner.tanh() + 1.0) * 0.5
}

/// `silu(gate) * up`, with `silu(x) = x / (1 + exp(-x))`.
#[must_use]
pub fn silu_gate<const D: usize>(gate: Tensor<D>, up: Tensor<D>) -> Tensor<D> {
    if tracked::learns_here(&gate)
        && let Some(y) = tracked::silu_gate(gate.clone(), up.clone())
    {
        return y;
    }
    if !device::computes_here(&gate) || !device::computes_here(&up) {
        return activation::silu(gate) * up;
    }
    let device = gate.device();
    let mut data = gate.into_data();
    let up = up.into_data();
    if let (Ok(gate), Ok(up)) = (data.as_mut_slice::<f32>(), up.as_slice::<f32>()) {
        let chunks = gate.par_chunks_mut(CHUNK).zip(up.par_chunks(CHUNK));
        chunks.for_each(|(gate, up)| silu_gate_all(gate, up));
    }
    Tensor::from_data(data, &device)
}

/// The scale and the cubic term of the tanh approximation (Hendrycks and Gimpel 2016; `PyTorch` uses the same).
pub(super) const TANH_SCALE: f32 = 0.797_884_6;
pub(super) const TANH_CUBIC: f32 = 0.044_715;

fn in_place<const D: usize>(x: Tensor<D>, all: fn(&mut [f32])) -> Tensor<D> {
    let device = x.device();
    let mut data = x.into_data();
    if let Ok(values) = data.as_mut_slice::<f32>() {
        values.par_chunks_mut(CHUNK).for_each(all);
    }
    Tensor::from_data(data, &device)
}

fn gelu_all(values: &mut [f32]) {
    for x in values {
        *x = 0.5 * *x * (1.0 + erf(*x * std::f32::consts::FRAC_1_SQRT_2));
    }
}

fn gelu_tanh_all(values: &mut [f32]) {
    for x in values {
        let inner = TANH_SCALE * (*x + TANH_CUBIC * *x * *x * *x);
        // (1 + tanh u) / 2 = 1 / (1 + exp(-2u))
        *x /= 1.0 + exp(-2.0 * inner);
    }
}

fn silu_gate_all(gate: &mut [f32], up: &[f32]) {
    for (gate, up) in gate.iter_mut().zip(up) {
        *gate = *gate / (1.0 + exp(-*gate)) * up;
    }
}

/// The error function as a quotient of polynomials, within 2e-7 (coefficients of the Eigen library's f32 `erf`).
pub(super) fn erf(x: f32) -> f32 {
    const ODD: [f32; 7] = [
        -2.726_142e-10,
        2.770_681_4e-8,
        -2.101_024e-6,
        -5.692_506e-5,
        -7.349_906e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ];
    const EVEN: [f32; 5] = [
        -1.456_607_2e-5,
        -2.133_740_5e-4,
        -1.682_827e-3,
        -7.373_329e-3,
        -1.426_473_9e-2,
    ];
    let x = clamp(x, 4.0);
    let square = x * x;
    x * horner(&ODD, square) / horner(&EVEN, square)
}

/// `exp` within 2 units in the last place, for arguments clamped to ±87 (Cephes' polynomial, one Horner chain).
pub(super) fn exp(x: f32) -> f32 {
    const POLYNOMIAL: [f32; 6] = [
        1.987_569_1e-4,
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ];
    /// ln 2 in two parts, so that the multiple of the first is exact.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    /// Adding 1.5 · 2²³ rounds to an integer and leaves it in the low bits.
    const TO_INTEGER: f32 = 12_582_912.0;
    let x = clamp(x, 87.0);
    let shifted = x * std::f32::consts::LOG2_E + TO_INTEGER;
    let power = shifted - TO_INTEGER;
    let rest = (x - power * LN_2_HIGH) - power * LN_2_LOW;
    let mantissa = horner(&POLYNOMIAL, rest) * rest * rest + rest + 1.0;
    mantissa * f32::from_bits((shifted.to_bits() << 23).wrapping_add(1.0_f32.to_bits()))
}

/// To ±`limit`, by comparisons that vectorise and let NaN through.
fn clamp(x: f32, limit: f32) -> f32 {
    let x = if x > limit { limit } else { x };
    if x < -limit { -limit } else { x }
}

fn horner(coefficients: &[f32], x: f32) -> f32 {
    coefficients.iter().fold(0.0, |sum, c| sum * x + c)
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Tensor};

    use super::{activation, gelu, gelu_tanh, silu_gate};

    fn line() -> Tensor<1> {
        let values: Vec<f32> = (-40_000..=40_000).map(|i| i as f32 / 2500.0).collect();
        Tensor::from_floats(values.as_slice(), &Device::flex())
    }

    /// The largest difference in units of 1 + |x|, where one rounding of f32 is 6e-8.
    fn worst(fast: fn(Tensor<1>) -> Tensor<1>, slow: fn(Tensor<1>) -> Tensor<1>) -> f32 {
        let difference = (fast(line()) - slow(line())).abs();
        (difference / (line().abs() + 1.0)).max().into_scalar()
    }

    #[test]
    fn the_fast_gelus_are_the_slow_ones() {
        let exact = worst(gelu, activation::gelu);
        let tanh = worst(gelu_tanh, activation::gelu_approximate);
        assert!(exact < 3e-7 && tanh < 3e-7, "{exact:e} {tanh:e}");
    }

    #[test]
    fn the_fast_gate_is_the_slow_one() {
        let fast = |x: Tensor<1>| silu_gate(x.clone(), x * 0.3 + 0.7);
        let slow = |x: Tensor<1>| activation::silu(x.clone()) * (x * 0.3 + 0.7);
        let error = worst(fast, slow);
        assert!(error < 2e-6, "{error:e}");
        let far = || Tensor::<1>::from_floats([-1e30, -200.0, 200.0, 1e30], &Device::flex());
        let one = Tensor::<1>::ones([4], &Device::flex());
        let y = silu_gate(far(), one)
            .into_data()
            .try_into_vec_as::<f32>()
            .expect("floats");
        assert!(
            y[0].abs() < 1e-6
                && y[1].abs() < 1e-30
                && y[2].to_bits() == 200.0_f32.to_bits()
                && y[3] > 0.99e30,
            "{y:?}"
        );
    }

    #[test]
    fn values_that_are_not_numbers_stay_visible() {
        let x = || Tensor::<1>::from_floats([f32::NAN, 1.0], &Device::flex());
        for y in [gelu(x()), gelu_tanh(x()), silu_gate(x(), x())] {
            let y = y.into_data().try_into_vec_as::<f32>().expect("floats");
            assert!(y[0].is_nan() && y[1].is_finite());
        }
    }

    #[test]
    fn a_shared_tensor_is_not_changed_in_place() {
        let x = line();
        let before = x.clone().into_data();
        let _y = gelu(x.clone());
        assert_eq!(x.into_data(), before);
    }
}
