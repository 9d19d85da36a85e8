//! `x Wᵀ + b` as one node.

use burn::tensor::Tensor;
use burn_flex::FlexTensor;
use rayon::prelude::*;

use super::{Rows, node, plain, product, record, tensor};

/// Rows summed one after the other into a part of the bias' gradient; fixed, so that sums do not depend on threads.
const ROWS: usize = 256;

/// `x Wᵀ + b`; `None` where one of them lives elsewhere.
///
/// # Shapes
/// - `x`: `[M, in]`, `weight`: `[out, in]`, `bias`: `[out]`
/// - returns `[M, out]`
#[must_use]
pub fn linear(x: Tensor<2>, weight: Tensor<2>, bias: Option<Tensor<1>>) -> Option<Tensor<2>> {
    let (x, weight) = (node(x)?, node(weight)?);
    let (inputs, matrix) = (Rows::of(&x).0, Rows::of(&weight).0);
    let turned = turned(&Rows::new(&matrix));
    let output = product::<2>(plain(inputs.clone()), plain(turned));
    let Some(bias) = bias else {
        return Some(record([x, weight], output, move |gradient, wanted| {
            gradients(&inputs, &matrix, gradient, wanted)
        }));
    };
    let bias = node(bias)?;
    let output = shifted(output, Rows::of(&bias).numbers());
    Some(record(
        [x, weight, bias],
        output,
        move |gradient, [x, w, b]| {
            let sum = b.then(|| column_sums(&gradient));
            let [x, w] = gradients(&inputs, &matrix, gradient, [x, w]);
            [x, w, sum]
        },
    ))
}

fn gradients(
    x: &FlexTensor,
    weight: &FlexTensor,
    gradient: FlexTensor,
    [x_wanted, weight_wanted]: [bool; 2],
) -> [Option<FlexTensor>; 2] {
    let gradient = Rows::new(&gradient).0;
    [
        x_wanted.then(|| product::<2>(plain(gradient.clone()), plain(weight.clone()))),
        weight_wanted
            .then(|| product::<2>(plain::<2>(gradient.clone()).transpose(), plain(x.clone()))),
    ]
}

/// `[out, in]` as `[in, out]`: products read it in rows, and it is small beside what it is multiplied with.
fn turned(weight: &Rows) -> FlexTensor {
    let dims = super::shape_of(&weight.0);
    let (outputs, inputs) = (dims[0], dims[1]);
    let numbers = weight.numbers();
    let mut turned = vec![0.0; numbers.len()];
    turned
        .par_chunks_mut((16 * outputs).max(1))
        .enumerate()
        .for_each(|(band, turned)| {
            for (output, row) in numbers.chunks_exact(inputs).enumerate() {
                let row = &row[band * 16..];
                for (to, value) in turned.chunks_exact_mut(outputs).zip(row) {
                    to[output] = *value;
                }
            }
        });
    tensor(turned, [inputs, outputs])
}

fn shifted(mut output: FlexTensor, bias: &[f32]) -> FlexTensor {
    let numbers: &mut [f32] = output.storage_mut();
    numbers
        .par_chunks_mut((ROWS * bias.len()).max(1))
        .for_each(|rows| {
            for row in rows.chunks_exact_mut(bias.len()) {
                for (value, bias) in row.iter_mut().zip(bias) {
                    *value += bias;
                }
            }
        });
    output
}

/// The sum over rows.
pub(super) fn column_sums(gradient: &FlexTensor) -> FlexTensor {
    let width = super::shape_of(gradient).last().copied().unwrap_or(1);
    let rows = Rows::new(gradient);
    let parts: Vec<Vec<f32>> = rows
        .numbers()
        .par_chunks((ROWS * width).max(1))
        .map(|rows| {
            let mut sum = vec![0.0; width];
            for row in rows.chunks_exact(width) {
                for (sum, value) in sum.iter_mut().zip(row) {
                    *sum += value;
                }
            }
            sum
        })
        .collect();
    tensor(total(parts, width), [width])
}

/// The sum of parts, in their order.
pub(super) fn total(parts: Vec<Vec<f32>>, width: usize) -> Vec<f32> {
    let mut total = vec![0.0; width];
    for part in parts {
        for (total, value) in total.iter_mut().zip(part) {
            *total += value;
        }
    }
    total
}
