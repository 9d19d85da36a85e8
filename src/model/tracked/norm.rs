//! Root-mean-square and layer norms over the last axis, each as one node.

use burn::tensor::Tensor;
use rayon::prelude::*;

use super::lanes::{dot, sum};
use super::linear::total;
use super::{Rows, node, record, shape_of, tensor};

/// Rows a core takes at a time; fixed, so that sums do not depend on threads.
const ROWS: usize = 64;

/// `x / rms(x) * weight`; `None` where one of them lives elsewhere.
///
/// # Shapes
/// - `x`: `[.., C]`, `weight`: `[C]`
/// - returns the same as `x`
#[must_use]
pub fn rms_norm<const D: usize>(
    x: Tensor<D>,
    weight: Tensor<1>,
    epsilon: f64,
) -> Option<Tensor<D>> {
    let (x, weight) = (node(x)?, node(weight)?);
    let (input, scale) = (Rows::of(&x), Rows::of(&weight));
    let width = scale.numbers().len();
    let dims = shape_of(x.primitive());
    let mut output = vec![0.0; input.numbers().len()];
    let factors: Vec<Vec<f32>> = output
        .par_chunks_mut(ROWS * width)
        .zip(input.numbers().par_chunks(ROWS * width))
        .map(|(out, rows)| {
            let rows = out.chunks_exact_mut(width).zip(rows.chunks_exact(width));
            rows.map(|(out, row)| {
                let square = dot(row, row) / width as f32;
                let factor = (square + epsilon as f32).sqrt().recip();
                for ((out, value), scale) in out.iter_mut().zip(row).zip(scale.numbers()) {
                    *out = value * factor * scale;
                }
                factor
            })
            .collect()
        })
        .collect();
    let output = tensor(output, dims.clone());
    Some(record([x, weight], output, move |gradient, [_, _]| {
        let (dx, dw) = rms_back(&Rows::new(&gradient), &input, &scale, &factors);
        [Some(tensor(dx, dims.clone())), Some(tensor(dw, [width]))]
    }))
}

fn rms_back(
    gradient: &Rows,
    input: &Rows,
    scale: &Rows,
    factors: &[Vec<f32>],
) -> (Vec<f32>, Vec<f32>) {
    let scale = scale.numbers();
    let width = scale.len();
    let mut dx = vec![0.0; input.numbers().len()];
    let parts: Vec<Vec<f32>> = dx
        .par_chunks_mut(ROWS * width)
        .zip(input.numbers().par_chunks(ROWS * width))
        .zip(gradient.numbers().par_chunks(ROWS * width))
        .zip(factors)
        .map(|(((dx, x), dy), factors)| {
            let mut dw = vec![0.0; width];
            let rows = dx.chunks_exact_mut(width).zip(x.chunks_exact(width));
            for (((dx, x), dy), factor) in rows.zip(dy.chunks_exact(width)).zip(factors) {
                rms_row_back([x, dy, scale], *factor, dx, &mut dw);
            }
            dw
        })
        .collect();
    (dx, total(parts, width))
}

fn rms_row_back([x, dy, scale]: [&[f32]; 3], factor: f32, dx: &mut [f32], dw: &mut [f32]) {
    for ((x, dy), (scale, (dw, dx))) in x
        .iter()
        .zip(dy)
        .zip(scale.iter().zip(dw.iter_mut().zip(&mut *dx)))
    {
        *dw += dy * x * factor;
        *dx = dy * scale;
    }
    let pull = dot(x, dx) * factor * factor * factor / x.len() as f32;
    for (dx, x) in dx.iter_mut().zip(x) {
        *dx = *dx * factor - x * pull;
    }
}

/// Layer norm, with or without learnt scale and shift; `None` where one of them lives elsewhere.
///
/// # Shapes
/// - `x`: `[.., C]`, scale and shift: `[C]`
/// - returns the same as `x`
#[must_use]
pub fn layer_norm<const D: usize>(
    x: Tensor<D>,
    affine: Option<(Tensor<1>, Tensor<1>)>,
    epsilon: f64,
) -> Option<Tensor<D>> {
    let dims = x.dims().to_vec();
    let width = dims.last().copied().unwrap_or(1);
    let x = node(x)?;
    let input = Rows::of(&x);
    let (normed, factors) = normed(&input, width, epsilon as f32);
    let Some((scale, shift)) = affine else {
        let output = tensor(normed.clone(), dims.clone());
        return Some(record([x], output, move |gradient, [_]| {
            let (dx, _, _) = layer_back(&Rows::new(&gradient), &normed, None, &factors);
            [Some(tensor(dx, dims.clone()))]
        }));
    };
    let (scale, shift) = (node(scale)?, node(shift)?);
    let weights = Rows::of(&scale);
    let mut output = normed.clone();
    let (by, plus) = (weights.numbers(), Rows::of(&shift));
    output.par_chunks_mut(ROWS * width).for_each(|rows| {
        for row in rows.chunks_exact_mut(width) {
            for ((value, by), plus) in row.iter_mut().zip(by).zip(plus.numbers()) {
                *value = *value * by + plus;
            }
        }
    });
    let output = tensor(output, dims.clone());
    Some(record([x, scale, shift], output, move |gradient, _| {
        let (dx, dw, db) = layer_back(
            &Rows::new(&gradient),
            &normed,
            Some(weights.numbers()),
            &factors,
        );
        [
            Some(tensor(dx, dims.clone())),
            Some(tensor(dw, [width])),
            Some(tensor(db, [width])),
        ]
    }))
}

/// Rows with mean 0 and variance 1, and what each was multiplied with.
fn normed(input: &Rows, width: usize, epsilon: f32) -> (Vec<f32>, Vec<Vec<f32>>) {
    let mut output = vec![0.0; input.numbers().len()];
    let factors = output
        .par_chunks_mut(ROWS * width)
        .zip(input.numbers().par_chunks(ROWS * width))
        .map(|(out, rows)| {
            let rows = out.chunks_exact_mut(width).zip(rows.chunks_exact(width));
            rows.map(|(out, row)| {
                let mean = sum(row) / width as f32;
                let spread = row.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>();
                let factor = (spread / width as f32 + epsilon).sqrt().recip();
                for (out, value) in out.iter_mut().zip(row) {
                    *out = (value - mean) * factor;
                }
                factor
            })
            .collect()
        })
        .collect();
    (output, factors)
}

fn layer_back(
    gradient: &Rows,
    normed: &[f32],
    scale: Option<&[f32]>,
    factors: &[Vec<f32>],
) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
    let rows: usize = factors.iter().map(Vec::len).sum();
    let width = normed.len() / rows.max(1);
    let mut dx = vec![0.0; normed.len()];
    let parts: Vec<Vec<f32>> = dx
        .par_chunks_mut(ROWS * width)
        .zip(normed.par_chunks(ROWS * width))
        .zip(gradient.numbers().par_chunks(ROWS * width))
        .zip(factors)
        .map(|(((dx, y), dy), factors)| {
            let mut sums = vec![0.0; 2 * width];
            let rows = dx.chunks_exact_mut(width).zip(y.chunks_exact(width));
            for (((dx, y), dy), factor) in rows.zip(dy.chunks_exact(width)).zip(factors) {
                layer_row_back([y, dy], scale, *factor, (dx, &mut sums));
            }
            sums
        })
        .collect();
    let mut dw = total(parts, 2 * width);
    let db = dw.split_off(width);
    (dx, dw, db)
}

fn layer_row_back(
    [y, dy]: [&[f32]; 2],
    scale: Option<&[f32]>,
    factor: f32,
    (dx, sums): (&mut [f32], &mut [f32]),
) {
    let width = y.len();
    let (dw, db) = sums.split_at_mut(width);
    for ((dx, dy), at) in dx.iter_mut().zip(dy).zip(0..) {
        dw[at] += dy * y[at];
        db[at] += dy;
        *dx = dy * scale.map_or(1.0, |scale| scale[at]);
    }
    let mean = sum(dx) / width as f32;
    let along = dot(dx, y) / width as f32;
    for (dx, y) in dx.iter_mut().zip(y) {
        *dx = (*dx - mean - y * along) * factor;
    }
}
