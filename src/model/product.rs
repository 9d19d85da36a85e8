//! Products of f32 rows with stored weights on the CPU backend, which has no kernel for f32 times f16 and multiplies
//! `[M, in]` by a transposed `[out, in]` at half its speed.
//!
//! One row is bound by reading the weight: its rows are shared out over the cores and multiplied in f16. Many rows are
//! bound by arithmetic, which f32 does several times faster: a few rows of the weight at a time are widened into the
//! core's own cache, so that the wide weight never exists as a whole.
//!
//! Names the backend's own tensor, because only it lends its numbers without copying them.

use burn::tensor::{DType, Tensor, TensorData};
use burn_flex::Flex;
use half::f16;
use half::slice::HalfFloatSliceExt;
use rayon::prelude::*;

/// Rows up to which the product is taken row by row in f16.
const FEW_ROWS: usize = 3;

/// Wide numbers a core works on at a time: 1 MB, its second cache.
const BLOCK: usize = 1 << 18;

/// Least and most rows of the weight in a block: below, packing the other factor costs too much; above, nothing is
/// gained.
const BLOCK_ROWS: [usize; 2] = [64, 256];

/// Numbers in a vector of the widest processors (AVX-512).
const LANES: usize = 16;

/// Side of the squares in which a block of the result is turned over.
const TILE: usize = 16;

/// `x Wᵀ` for f32 `x` `[M, in]` and f32 or f16 `W` `[out, in]`, both on the CPU backend; `None` where `W` is something
/// else, or where the backend's own product is as good.
#[must_use]
pub fn on_cpu(x: &Tensor<2>, weight: &Tensor<2>) -> Option<Tensor<2>> {
    let stored = weight.clone().try_into_primitive::<Flex>().ok()?;
    let few = x.dims()[0] <= FEW_ROWS;
    match weight.dtype() {
        DType::F16 if few => Some(row_by_row(x, weight)),
        DType::F16 => by_blocks(x, stored.as_slice::<f16>()?, |weight| {
            let mut wide = vec![0.0; weight.len()];
            weight.convert_to_f32_slice(&mut wide);
            wide
        }),
        DType::F32 if !few => by_blocks(x, stored.as_slice::<f32>()?, <[f32]>::to_vec),
        _ => None,
    }
}

/// Each core multiplies its share of the weight's rows. The row is scaled to below one first: f16 ends at 65504, and
/// activations do not.
fn row_by_row(x: &Tensor<2>, weight: &Tensor<2>) -> Tensor<2> {
    let [rows, input] = x.dims();
    let outputs = weight.dims()[0];
    let scale = x.clone().abs().max_dim(1).clamp_min(f32::MIN_POSITIVE); // [M, 1]
    let x = (x.clone() / scale.clone()).cast(DType::F16);
    let share = outputs
        .div_ceil(rayon::current_num_threads())
        .max(BLOCK / input.max(1))
        .max(1);
    let starts: Vec<usize> = (0..outputs).step_by(share).collect();
    let products = (0..rows).map(|row| {
        let x = x.clone().narrow(0, row, 1);
        let parts = starts.par_iter().map(|&start| {
            let part = weight.clone().narrow(0, start, share.min(outputs - start));
            x.clone().matmul(part.transpose())
        });
        Tensor::cat(parts.collect(), 1)
    });
    Tensor::cat(products.collect(), 0).cast(DType::F32) * scale
}

/// The backend's product is fastest as `W xᵀ` with `xᵀ` stored column by column and as many columns as a vector of the
/// processor has lanes, or a multiple: then it reads both as they lie, where it would copy one of them per block.
fn by_blocks<E: Sync>(
    x: &Tensor<2>,
    weight: &[E],
    widen: fn(&[E]) -> Vec<f32>,
) -> Option<Tensor<2>> {
    let device = x.device();
    let [rows, input] = x.dims();
    let outputs = weight.len() / input.max(1);
    let block = (BLOCK / input.max(1)).clamp(BLOCK_ROWS[0], BLOCK_ROWS[1]);
    let columns = rows.next_multiple_of(LANES);
    let flipped = flipped(x.clone().try_into_vec_as::<f32>().ok()?, input, columns);
    let flipped = Tensor::<2>::from_data(TensorData::new(flipped, [input, columns]), &device);
    let blocks: Vec<Vec<f32>> = weight
        .par_chunks(block * input.max(1))
        .map(|weight| {
            let shape = [weight.len() / input, input];
            let wide = Tensor::<2>::from_data(TensorData::new(widen(weight), shape), &device);
            wide.matmul(flipped.clone()).try_into_vec_as::<f32>().ok()
        })
        .collect::<Option<_>>()?;
    let mut y = vec![0.0; rows * outputs];
    y.par_chunks_mut(TILE * outputs)
        .enumerate()
        .for_each(|(band, y)| turn_over(&blocks, (band * TILE, columns, block), (y, outputs)));
    Some(Tensor::from_data(
        TensorData::new(y, [rows, outputs]),
        &device,
    ))
}

/// Rows `[M, in]` as `[in, columns]`, the columns beyond M zero.
fn flipped(x: Vec<f32>, input: usize, columns: usize) -> Vec<f32> {
    let mut flipped = vec![0.0; input * columns];
    let bands = flipped.par_chunks_mut(TILE * columns).enumerate();
    bands.for_each(|(band, flipped)| {
        for (column, row) in x.chunks_exact(input).enumerate() {
            let row = &row[band * TILE..];
            for (to, value) in flipped.chunks_exact_mut(columns).zip(row) {
                to[column] = *value;
            }
        }
    });
    flipped
}

/// Writes up to [`TILE`] rows of the result from `first` on; the blocks hold it output by output, `columns`
/// numbers each.
fn turn_over(
    blocks: &[Vec<f32>],
    (first, columns, block): (usize, usize, usize),
    (y, outputs): (&mut [f32], usize),
) {
    let band = y.len() / outputs;
    for (number, values) in blocks.iter().enumerate() {
        for (at, column) in values.chunks_exact(columns).enumerate() {
            let output = number * block + at;
            for (row, value) in column[first..first + band].iter().enumerate() {
                y[row * outputs + output] = *value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Distribution};

    use super::*;

    fn error(rows: usize, input: usize, outputs: usize, size: f64) -> f32 {
        error_in(DType::F16, rows, [input, outputs], size)
    }

    fn error_in(dtype: DType, rows: usize, [input, outputs]: [usize; 2], size: f64) -> f32 {
        let device = Device::flex();
        let spread = Distribution::Normal(0.0, 1.0);
        let x = Tensor::<2>::random([rows, input], spread, &device) * size;
        let weight = Tensor::<2>::random([outputs, input], spread, &device).cast(dtype);
        let expected = x
            .clone()
            .matmul(weight.clone().cast(DType::F32).transpose());
        let found = on_cpu(&x, &weight).unwrap();
        assert_eq!(found.dtype(), DType::F32);
        let largest = expected.clone().abs().max().into_scalar::<f32>();
        (found - expected).abs().max().into_scalar::<f32>() / largest
    }

    #[test]
    fn many_rows_are_as_exact_as_f32() {
        for (rows, input, outputs) in [(4, 8, 5), (17, 700, 1030), (33, 48, 16), (189, 2048, 300)] {
            for dtype in [DType::F16, DType::F32] {
                let error = error_in(dtype, rows, [input, outputs], 1.0);
                assert!(error < 2e-6, "{dtype:?} {rows} {input} {outputs}: {error}");
            }
        }
    }

    #[test]
    fn few_rows_are_as_exact_as_f16_and_do_not_overflow() {
        for (rows, size) in [(1, 1.0), (3, 1.0), (1, 1e6), (2, 1e-6)] {
            assert!(error(rows, 2048, 3000, size) < 2e-3, "{rows} {size}");
        }
    }

    #[test]
    fn part_of_a_weight_is_as_good_as_a_whole_one() {
        let device = Device::flex();
        let spread = Distribution::Normal(0.0, 1.0);
        let weight = Tensor::<2>::random([90, 40], spread, &device).cast(DType::F16);
        for rows in [1, 20] {
            let x = Tensor::<2>::random([rows, 40], spread, &device);
            let all = on_cpu(&x, &weight).unwrap().narrow(1, 30, 20);
            let part = on_cpu(&x, &weight.clone().narrow(0, 30, 20)).unwrap();
            assert!((all - part).abs().max().into_scalar::<f32>() < 1e-5);
        }
    }
}
