//! Attention from packed projections to packed heads as one node: splitting into heads, rotation, scaling, scores,
//! mask, softmax, reading and merging, with key and value heads shared by groups of query heads.

use burn::backend::Flex;
use burn::tensor::Tensor;
use burn_flex::FlexTensor;
use rayon::prelude::*;

use super::{Rows, Tracked, node, plain, product, record, shape_of, tensor};
use crate::model::activation::exp;

/// Scores this far below the largest count as nothing: their share is below 1e-34.
const NOTHING: f32 = -80.0;

/// The sizes of one attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heads {
    /// Independent sequences B.
    pub batch: usize,
    /// Tokens that ask and tokens that are read, in each sequence.
    pub tokens: [usize; 2],
    /// Heads that ask and heads that are read; the first a multiple of the second.
    pub heads: [usize; 2],
    /// Width of a head d.
    pub width: usize,
}

/// Where a projection lies in the rows of a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which of the tensors.
    pub tensor: usize,
    /// Its first column.
    pub start: usize,
}

/// Rotary angles of the tokens, as cosines and sines `[N or B * N, .., d / 2]`.
#[derive(Debug, Clone)]
pub struct Turned {
    /// Cosines.
    pub cos: FlexTensor,
    /// Sines.
    pub sin: FlexTensor,
    /// Whether all sequences share one table.
    pub shared: bool,
}

/// What the backward pass remembers.
struct Kept {
    q: Vec<f32>,
    k: Vec<f32>,
    v: Vec<f32>,
    shares: Vec<f32>,
}

/// How one attention is computed.
#[derive(Clone)]
struct Plan {
    sizes: Heads,
    places: [Place; 3],
    widths: Vec<usize>,
    turned: Option<Turned>,
    mask: Option<FlexTensor>,
    scale: f32,
}

/// Attention of queries, keys and values that lie at `places` in the rows of `inputs` (`[B * N, ..]` each). `mask`,
/// `[1 or B, N, M]`, is added to the scores. `None` where a tensor lives elsewhere.
///
/// # Shapes
/// - returns `[B * N, heads * d]`
#[must_use]
pub fn attention<const N: usize>(
    inputs: [Tensor<2>; N],
    (sizes, places): (Heads, [Place; 3]),
    (turned, mask, scale): (Option<Turned>, Option<Tensor<3>>, f64),
) -> Option<Tensor<2>> {
    let mask = match mask {
        Some(mask) => Some(Rows::new(&mask.try_into_primitive::<Flex>().ok()?).0),
        None => None,
    };
    let widths = inputs.iter().map(|input| input.dims()[1]).collect();
    let mut nodes = Vec::with_capacity(N);
    for input in inputs {
        nodes.push(node(input)?);
    }
    let nodes: [Tracked; N] = nodes.try_into().ok()?;
    let plan = Plan {
        sizes,
        places,
        widths,
        turned,
        mask,
        scale: scale as f32,
    };
    let rows = nodes.each_ref().map(Rows::of);
    let (output, kept) = plan.forward(&rows);
    Some(record(nodes, output, move |gradient, wanted| {
        let mut found = plan.backward(&kept, &Rows::new(&gradient)).into_iter();
        wanted.map(|wanted| found.next().filter(|_| wanted))
    }))
}

impl Plan {
    fn forward(&self, inputs: &[Rows]) -> (FlexTensor, Kept) {
        let Heads {
            batch,
            tokens: [asking, read],
            heads: [heads, shared],
            width,
        } = self.sizes;
        let split = |at: usize, tokens, heads, turn: bool, scale| {
            let place = self.places[at];
            let view = (inputs[place.tensor].numbers(), self.widths[place.tensor]);
            let turned = self.turned.as_ref().filter(|_| turn);
            gather(
                view,
                place.start,
                [batch, tokens, heads, width],
                (turned, scale),
            )
        };
        let q = split(0, asking, heads, true, self.scale);
        let k = split(1, read, shared, true, 1.0);
        let v = split(2, read, shared, false, 1.0);
        let rows = heads / shared * asking;
        let [q_shape, k_shape] = [[batch * shared, rows, width], [batch * shared, read, width]];
        let keys = plain::<3>(tensor(k.clone(), k_shape)).swap_dims(1, 2);
        let scores = product::<3>(plain(tensor(q.clone(), q_shape)), keys); // [B * shared, group * N, M]
        let mut shares = numbers(scores);
        self.soften(&mut shares);
        let weights = tensor(shares.clone(), [batch * shared, rows, read]);
        let mixed = numbers(product::<3>(
            plain(weights),
            plain(tensor(v.clone(), k_shape)),
        ));
        let mut output = vec![0.0; mixed.len()];
        let merged = (&mut output[..], heads * width);
        scatter(
            &mixed,
            merged,
            0,
            [batch, asking, heads, width],
            (None, 1.0),
        );
        let output = tensor(output, [batch * asking, heads * width]);
        (output, Kept { q, k, v, shares })
    }

    /// Scores to shares, row by row.
    fn soften(&self, scores: &mut [f32]) {
        let Heads {
            tokens: [asking, read],
            heads: [heads, _],
            ..
        } = self.sizes;
        let mask = self.mask.as_ref().map(Rows::new);
        let one = self
            .mask
            .as_ref()
            .is_some_and(|mask| shape_of(mask)[0] == 1);
        scores
            .par_chunks_mut((asking * read).max(1))
            .enumerate()
            .for_each(|(head, scores)| {
                let batch = if one { 0 } else { head / heads };
                for (row, scores) in scores.chunks_exact_mut(read).enumerate() {
                    if let Some(mask) = &mask {
                        let bias = &mask.numbers()[(batch * asking + row) * read..][..read];
                        for (score, bias) in scores.iter_mut().zip(bias) {
                            *score += bias;
                        }
                    }
                    softmax(scores);
                }
            });
    }

    /// Gradients of every input tensor.
    fn backward(&self, kept: &Kept, gradient: &Rows) -> Vec<FlexTensor> {
        let Heads {
            batch,
            tokens: [asking, read],
            heads: [heads, shared],
            width,
        } = self.sizes;
        let rows = heads / shared * asking;
        let [q_shape, k_shape] = [[batch * shared, rows, width], [batch * shared, read, width]];
        let share_shape = [batch * shared, rows, read];
        let view = (gradient.numbers(), heads * width);
        let dy = gather(view, 0, [batch, asking, heads, width], (None, 1.0));
        let dy = plain::<3>(tensor(dy, q_shape));
        let shares = plain::<3>(tensor(kept.shares.clone(), share_shape));
        let values = plain::<3>(tensor(kept.v.clone(), k_shape));
        let mut ds = numbers(product::<3>(dy.clone(), values.swap_dims(1, 2)));
        let dv = numbers(product::<3>(shares.swap_dims(1, 2), dy));
        ds.par_chunks_mut(read.max(1))
            .zip(kept.shares.par_chunks(read.max(1)))
            .for_each(|(ds, shares)| {
                let along: f32 = ds.iter().zip(shares).map(|(d, p)| d * p).sum();
                for (d, p) in ds.iter_mut().zip(shares) {
                    *d = p * (*d - along);
                }
            });
        let ds = plain::<3>(tensor(ds, share_shape));
        let keys = plain::<3>(tensor(kept.k.clone(), k_shape));
        let dq = numbers(product::<3>(ds.clone(), keys));
        let queries = plain::<3>(tensor(kept.q.clone(), q_shape));
        let dk = numbers(product::<3>(ds.swap_dims(1, 2), queries));
        self.merge([&dq, &dk, &dv])
    }

    fn merge(&self, [dq, dk, dv]: [&[f32]; 3]) -> Vec<FlexTensor> {
        let Heads {
            batch,
            tokens: [asking, read],
            heads: [heads, shared],
            width,
        } = self.sizes;
        let tokens = |tensor: usize| {
            let asks = self.places[0].tensor == tensor;
            batch * if asks { asking } else { read }
        };
        let sizes = self.widths.iter().enumerate();
        let mut found: Vec<Vec<f32>> = sizes
            .map(|(at, width)| vec![0.0; tokens(at) * width])
            .collect();
        let parts = [
            (dq, asking, heads, true, self.scale),
            (dk, read, shared, true, 1.0),
            (dv, read, shared, false, 1.0),
        ];
        for ((from, tokens, heads, turn, scale), place) in parts.into_iter().zip(self.places) {
            let into = (&mut found[place.tensor][..], self.widths[place.tensor]);
            let turned = self.turned.as_ref().filter(|_| turn);
            scatter(
                from,
                into,
                place.start,
                [batch, tokens, heads, width],
                (turned, scale),
            );
        }
        let found = found.into_iter().zip(&self.widths).enumerate();
        found
            .map(|(at, (values, width))| tensor(values, [tokens(at), *width]))
            .collect()
    }
}

fn numbers(tensor: FlexTensor) -> Vec<f32> {
    tensor
        .into_data()
        .try_into_vec_as::<f32>()
        .unwrap_or_default()
}

fn softmax(scores: &mut [f32]) {
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for score in &mut *scores {
        let below = *score - largest;
        *score = if below > NOTHING { exp(below) } else { 0.0 };
        sum += *score;
    }
    let factor = 1.0 / sum;
    for score in scores {
        *score *= factor;
    }
}

/// Cosines and sines of one token.
fn angles(turned: &Turned, at: [usize; 2], [tokens, half]: [usize; 2]) -> [&[f32]; 2] {
    let token = if turned.shared {
        at[1]
    } else {
        at[0] * tokens + at[1]
    };
    [&turned.cos, &turned.sin].map(|table| {
        let table = table.as_slice::<f32>().unwrap_or_default();
        &table[token * half..][..half]
    })
}

/// Rows of heads side by side to `[B, heads, N, d]`, rotated and scaled.
fn gather(
    (from, stride): (&[f32], usize),
    start: usize,
    [batch, tokens, heads, width]: [usize; 4],
    (turned, scale): (Option<&Turned>, f32),
) -> Vec<f32> {
    let mut to = vec![0.0; batch * tokens * heads * width];
    to.par_chunks_mut((tokens * width).max(1))
        .enumerate()
        .for_each(|(number, to)| {
            let (sequence, head) = (number / heads, number % heads);
            for (token, to) in to.chunks_exact_mut(width).enumerate() {
                let row = (sequence * tokens + token) * stride + start + head * width;
                let from = &from[row..][..width];
                match turned {
                    None => {
                        for (to, from) in to.iter_mut().zip(from) {
                            *to = from * scale;
                        }
                    }
                    Some(turned) => {
                        let angles = angles(turned, [sequence, token], [tokens, width / 2]);
                        turn(from, to, angles, scale);
                    }
                }
            }
        });
    to
}

/// `[B, heads, N, d]` back to rows of heads side by side, rotated back and scaled.
fn scatter(
    from: &[f32],
    (to, stride): (&mut [f32], usize),
    start: usize,
    [_, tokens, heads, width]: [usize; 4],
    (turned, scale): (Option<&Turned>, f32),
) {
    to.par_chunks_mut(stride.max(1))
        .enumerate()
        .for_each(|(row, to)| {
            let (sequence, token) = (row / tokens, row % tokens);
            let to = &mut to[start..start + heads * width];
            for (head, to) in to.chunks_exact_mut(width).enumerate() {
                let at = ((sequence * heads + head) * tokens + token) * width;
                let from = &from[at..][..width];
                match turned {
                    None => {
                        for (to, from) in to.iter_mut().zip(from) {
                            *to = from * scale;
                        }
                    }
                    Some(turned) => {
                        let angles = angles(turned, [sequence, token], [tokens, width / 2]);
                        turn_back(from, to, angles, scale);
                    }
                }
            }
        });
}

fn turn(from: &[f32], to: &mut [f32], [cos, sin]: [&[f32]; 2], scale: f32) {
    let half = from.len() / 2;
    let (first, second) = from.split_at(half);
    let (to_first, to_second) = to.split_at_mut(half);
    let given = first.iter().zip(second).zip(cos.iter().zip(sin));
    for (((a, b), (cos, sin)), (x, y)) in given.zip(to_first.iter_mut().zip(to_second)) {
        *x = (a * cos - b * sin) * scale;
        *y = (b * cos + a * sin) * scale;
    }
}

fn turn_back(from: &[f32], to: &mut [f32], [cos, sin]: [&[f32]; 2], scale: f32) {
    let half = from.len() / 2;
    let (first, second) = from.split_at(half);
    let (to_first, to_second) = to.split_at_mut(half);
    let given = first.iter().zip(second).zip(cos.iter().zip(sin));
    for (((a, b), (cos, sin)), (x, y)) in given.zip(to_first.iter_mut().zip(to_second)) {
        *x = (a * cos + b * sin) * scale;
        *y = (b * cos - a * sin) * scale;
    }
}
