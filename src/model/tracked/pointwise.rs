//! The GELUs and the gated `SiLU`, each as one node.

use burn::tensor::Tensor;
use rayon::prelude::*;

use super::{Rows, node, record, shape_of, tensor};
use crate::model::activation::{TANH_CUBIC, TANH_SCALE, erf, exp};

/// Numbers a core takes at a time.
const CHUNK: usize = 4096;

/// `x Φ(x)` with the exact Φ; `None` where `x` lives elsewhere.
#[must_use]
pub fn gelu<const D: usize>(x: Tensor<D>) -> Option<Tensor<D>> {
    unary(x, |x| x * phi(x), |x| phi(x) + x * density(x))
}

/// `x Φ(x)` with the tanh approximation of Φ; `None` where `x` lives elsewhere.
#[must_use]
pub fn gelu_tanh<const D: usize>(x: Tensor<D>) -> Option<Tensor<D>> {
    unary(
        x,
        |x| x * sigmoid(2.0 * inner(x)),
        |x| {
            let half = sigmoid(2.0 * inner(x));
            let slope = TANH_SCALE * (1.0 + 3.0 * TANH_CUBIC * x * x);
            half + 2.0 * x * half * (1.0 - half) * slope
        },
    )
}

/// `silu(gate) * up`; `None` where one of them lives elsewhere.
#[must_use]
pub fn silu_gate<const D: usize>(gate: Tensor<D>, up: Tensor<D>) -> Option<Tensor<D>> {
    let (gate, up) = (node(gate)?, node(up)?);
    let dims = shape_of(gate.primitive());
    let (g, u) = (Rows::of(&gate), Rows::of(&up));
    let mut output = vec![0.0; g.numbers().len()];
    output
        .par_chunks_mut(CHUNK)
        .zip(
            g.numbers()
                .par_chunks(CHUNK)
                .zip(u.numbers().par_chunks(CHUNK)),
        )
        .for_each(|(out, (g, u))| {
            for ((out, g), u) in out.iter_mut().zip(g).zip(u) {
                *out = g * sigmoid(*g) * u;
            }
        });
    let output = tensor(output, dims.clone());
    Some(record([gate, up], output, move |gradient, _| {
        let gradient = Rows::new(&gradient);
        let count = g.numbers().len();
        let (mut dg, mut du) = (vec![0.0; count], vec![0.0; count]);
        dg.par_chunks_mut(CHUNK)
            .zip(du.par_chunks_mut(CHUNK))
            .zip(gradient.numbers().par_chunks(CHUNK))
            .zip(
                g.numbers()
                    .par_chunks(CHUNK)
                    .zip(u.numbers().par_chunks(CHUNK)),
            )
            .for_each(|(((dg, du), dy), (g, u))| gate_back([g, u, dy], dg, du));
        [
            Some(tensor(dg, dims.clone())),
            Some(tensor(du, dims.clone())),
        ]
    }))
}

fn gate_back([gate, up, dy]: [&[f32]; 3], dg: &mut [f32], du: &mut [f32]) {
    let given = gate.iter().zip(up).zip(dy);
    for (((g, u), dy), (dg, du)) in given.zip(dg.iter_mut().zip(du)) {
        let open = sigmoid(*g);
        *du = dy * g * open;
        *dg = dy * u * open * (1.0 + g * (1.0 - open));
    }
}

fn unary<const D: usize>(
    x: Tensor<D>,
    forward: impl Fn(f32) -> f32 + Sync,
    slope: impl Fn(f32) -> f32 + Send + Sync + 'static,
) -> Option<Tensor<D>> {
    let x = node(x)?;
    let dims = shape_of(x.primitive());
    let input = Rows::of(&x);
    let mut output = vec![0.0; input.numbers().len()];
    output
        .par_chunks_mut(CHUNK)
        .zip(input.numbers().par_chunks(CHUNK))
        .for_each(|(out, x)| {
            for (out, x) in out.iter_mut().zip(x) {
                *out = forward(*x);
            }
        });
    let output = tensor(output, dims.clone());
    Some(record([x], output, move |gradient, _| {
        let gradient = Rows::new(&gradient);
        let mut dx = vec![0.0; input.numbers().len()];
        dx.par_chunks_mut(CHUNK)
            .zip(input.numbers().par_chunks(CHUNK))
            .zip(gradient.numbers().par_chunks(CHUNK))
            .for_each(|((dx, x), dy)| {
                for ((dx, x), dy) in dx.iter_mut().zip(x).zip(dy) {
                    *dx = slope(*x) * dy;
                }
            });
        [Some(tensor(dx, dims.clone()))]
    }))
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

fn inner(x: f32) -> f32 {
    TANH_SCALE * (x + TANH_CUBIC * x * x * x)
}

/// The share of a standard normal distribution below `x`.
fn phi(x: f32) -> f32 {
    0.5 * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// The density of a standard normal distribution at `x`: 1 / sqrt(2π) exp(-x² / 2).
fn density(x: f32) -> f32 {
    0.398_942_3 * exp(-0.5 * x * x)
}
