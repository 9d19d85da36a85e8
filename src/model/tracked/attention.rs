//! Attention from packed projections to packed heads as one node: splitting into heads, rotation, scaling, scores,
//! mask, softmax, reading and merging, with key and value heads shared by groups of query heads.

use burn::backend::Flex;
use burn::tensor::Tensor;
use burn_flex::FlexTensor;
use rayon::prelude::*;

use super::lanes::{dot, largest, sum};
use super::{Rows, Tracked, node, plain, product, record, shape_of, tensor};
use crate::model::activation::exp;

/// Scores this far below the largest count as nothing: their share is below 1e-34.
const NOTHING: f32 = -80.0;

/// Independent sequences of one length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// First row of the tokens that ask, and of those that are read, of each sequence.
    pub starts: Vec<[usize; 2]>,
    /// Tokens that ask and tokens that are read, in each sequence.
    pub tokens: [usize; 2],
}

impl Group {
    /// `batch` sequences one behind the other.
    #[must_use]
    pub fn in_a_row(batch: usize, tokens: [usize; 2]) -> Self {
        Self {
            starts: (0..batch)
                .map(|at| tokens.map(|count| at * count))
                .collect(),
            tokens,
        }
    }
}

/// The sizes of one attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heads {
    /// The sequences; together they are all rows.
    pub groups: Vec<Group>,
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

/// What the backward pass remembers of one group.
struct Kept {
    q: FlexTensor,
    k: FlexTensor,
    v: FlexTensor,
    shares: FlexTensor,
}

/// How one attention is computed.
struct Plan {
    sizes: Heads,
    places: [Place; 3],
    widths: Vec<usize>,
    turned: Option<Turned>,
    mask: Option<FlexTensor>,
    scale: f32,
}

/// Heads of one kind in the rows of a tensor.
#[derive(Clone, Copy)]
struct Split<'a> {
    /// 0 for tokens that ask, 1 for those that are read.
    side: usize,
    start: usize,
    stride: usize,
    heads: usize,
    turned: Option<&'a Turned>,
    scale: f32,
}

/// Attention of queries, keys and values that lie at `places` in the rows of `inputs`. `mask`, `[1 or B, N, M]`, is
/// added to the scores; it needs all sequences to be of one length. `None` where a tensor lives elsewhere.
///
/// # Shapes
/// - returns `[rows that ask, heads * d]`
#[must_use]
pub fn attention<const N: usize>(
    inputs: [Tensor<2>; N],
    (sizes, places): (Heads, [Place; 3]),
    (turned, mask, scale): (Option<Turned>, Option<Tensor<3>>, f64),
) -> Option<Tensor<2>> {
    let mask = match mask {
        Some(_) if sizes.groups.len() > 1 => return None,
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
    let counts = rows.map(|rows| shape_of(&rows.0)[0]);
    Some(record(nodes, output, move |gradient, wanted| {
        let found = plan.backward(&kept, &Rows::new(&gradient), &counts);
        let mut found = found.into_iter();
        wanted.map(|wanted| found.next().filter(|_| wanted))
    }))
}

impl Plan {
    /// Where queries, keys and values are found.
    fn split(&self, at: usize) -> Split<'_> {
        let place = self.places[at];
        let asks = at == 0;
        Split {
            side: usize::from(!asks),
            start: place.start,
            stride: self.widths[place.tensor],
            heads: self.sizes.heads[usize::from(!asks)],
            turned: self.turned.as_ref().filter(|_| at < 2),
            scale: if asks { self.scale } else { 1.0 },
        }
    }

    /// The merged heads, which lie in rows of their own.
    fn merged(&self) -> Split<'_> {
        let heads = self.sizes.heads[0];
        Split {
            side: 0,
            start: 0,
            stride: heads * self.sizes.width,
            heads,
            turned: None,
            scale: 1.0,
        }
    }

    /// Shapes of queries, keys and scores of a group, the query heads of a shared head below each other.
    fn shapes(&self, group: &Group) -> [[usize; 3]; 3] {
        let Heads {
            heads: [heads, shared],
            width,
            ..
        } = self.sizes;
        let [asking, read] = group.tokens;
        let batch = group.starts.len() * shared;
        let rows = heads / shared * asking;
        [
            [batch, rows, width],
            [batch, read, width],
            [batch, rows, read],
        ]
    }

    fn forward(&self, inputs: &[Rows]) -> (FlexTensor, Vec<Kept>) {
        let width = self.sizes.width;
        let asking: usize = self
            .sizes
            .groups
            .iter()
            .map(|g| g.starts.len() * g.tokens[0])
            .sum();
        let merged = self.merged();
        let mut output = vec![0.0; asking * merged.stride];
        let mut kept = Vec::with_capacity(self.sizes.groups.len());
        for group in &self.sizes.groups {
            let [asked, read, scored] = self.shapes(group);
            let part = |at: usize, shape: [usize; 3]| {
                let numbers = inputs[self.places[at].tensor].numbers();
                tensor(gather(numbers, group, self.split(at), width), shape)
            };
            let [q, k, v] = [part(0, asked), part(1, read), part(2, read)];
            let keys = plain::<3>(k.clone()).swap_dims(1, 2);
            let mut shares = numbers(product::<3>(plain(q.clone()), keys));
            self.soften(&mut shares, group);
            let shares = tensor(shares, scored);
            let mixed = product::<3>(plain(shares.clone()), plain(v.clone()));
            scatter(
                Rows::new(&mixed).numbers(),
                &mut output,
                group,
                (merged, width),
            );
            kept.push(Kept { q, k, v, shares });
        }
        (tensor(output, [asking, merged.stride]), kept)
    }

    /// Scores to shares, row by row.
    fn soften(&self, scores: &mut [f32], group: &Group) {
        let [asking, read] = group.tokens;
        let heads = self.sizes.heads[0];
        let mask = self.mask.as_ref().map(Rows::new);
        let one = self
            .mask
            .as_ref()
            .is_some_and(|mask| shape_of(mask)[0] == 1);
        scores
            .par_chunks_mut((asking * read).max(1))
            .enumerate()
            .for_each(|(head, scores)| {
                let sequence = if one { 0 } else { head / heads };
                for (row, scores) in scores.chunks_exact_mut(read).enumerate() {
                    if let Some(mask) = &mask {
                        let bias = &mask.numbers()[(sequence * asking + row) * read..][..read];
                        for (score, bias) in scores.iter_mut().zip(bias) {
                            *score += bias;
                        }
                    }
                    softmax(scores);
                }
            });
    }

    /// Gradients of every input tensor, of so many rows each.
    fn backward(&self, kept: &[Kept], gradient: &Rows, counts: &[usize]) -> Vec<FlexTensor> {
        let width = self.sizes.width;
        let sizes = counts.iter().zip(&self.widths);
        let mut found: Vec<Vec<f32>> = sizes.map(|(rows, width)| vec![0.0; rows * width]).collect();
        for (group, kept) in self.sizes.groups.iter().zip(kept) {
            let [asked, _, scored] = self.shapes(group);
            let dy = gather(gradient.numbers(), group, self.merged(), width);
            let dy = plain::<3>(tensor(dy, asked));
            let shares = plain::<3>(kept.shares.clone()).swap_dims(1, 2);
            let values = plain::<3>(kept.v.clone()).swap_dims(1, 2);
            let mut ds = numbers(product::<3>(dy.clone(), values));
            let dv = product::<3>(shares, dy);
            let read = group.tokens[1].max(1);
            ds.par_chunks_mut(read)
                .zip(Rows::new(&kept.shares).numbers().par_chunks(read))
                .for_each(|(ds, shares)| {
                    let along = dot(ds, shares);
                    for (d, p) in ds.iter_mut().zip(shares) {
                        *d = p * (*d - along);
                    }
                });
            let ds = plain::<3>(tensor(ds, scored));
            let dq = product::<3>(ds.clone(), plain(kept.k.clone()));
            let dk = product::<3>(ds.swap_dims(1, 2), plain(kept.q.clone()));
            for (at, part) in [dq, dk, dv].iter().enumerate() {
                let into = &mut found[self.places[at].tensor];
                scatter(
                    Rows::new(part).numbers(),
                    into,
                    group,
                    (self.split(at), width),
                );
            }
        }
        let found = found.into_iter().zip(counts.iter().zip(&self.widths));
        found
            .map(|(values, (rows, width))| tensor(values, [*rows, *width]))
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
    let largest = largest(scores);
    // Two loops: one of them vectorises by itself, the other by lanes.
    for score in &mut *scores {
        let below = *score - largest;
        let share = exp(below);
        // What is not a number stays one.
        *score = if below < NOTHING { 0.0 } else { share };
    }
    let factor = 1.0 / sum(scores);
    for score in scores {
        *score *= factor;
    }
}

/// Cosines and sines of a row, or of a token where sequences share a table.
fn angles(turned: &Turned, [row, token]: [usize; 2], half: usize) -> [&[f32]; 2] {
    let at = if turned.shared { token } else { row };
    [&turned.cos, &turned.sin].map(|table| {
        let table = table.as_slice::<f32>().unwrap_or_default();
        &table[at * half..][..half]
    })
}

/// Rows of heads side by side to `[B, heads, N, d]`, rotated and scaled.
fn gather(from: &[f32], group: &Group, split: Split<'_>, width: usize) -> Vec<f32> {
    let (tokens, heads) = (group.tokens[split.side], split.heads);
    let mut to = vec![0.0; group.starts.len() * tokens * heads * width];
    to.par_chunks_mut((tokens * width).max(1))
        .enumerate()
        .for_each(|(number, to)| {
            let first = group.starts[number / heads][split.side];
            let column = split.start + number % heads * width;
            for (token, to) in to.chunks_exact_mut(width).enumerate() {
                let row = first + token;
                let from = &from[row * split.stride + column..][..width];
                match split.turned {
                    None => scaled(from, to, split.scale),
                    Some(turned) => {
                        let angles = angles(turned, [row, token], width / 2);
                        turn(from, to, angles, split.scale);
                    }
                }
            }
        });
    to
}

/// `[B, heads, N, d]` back to rows of heads side by side, rotated back and scaled.
fn scatter(from: &[f32], to: &mut [f32], group: &Group, (split, width): (Split<'_>, usize)) {
    let (tokens, heads) = (group.tokens[split.side], split.heads);
    let mut owners = vec![None; to.len() / split.stride.max(1)];
    for (sequence, starts) in group.starts.iter().enumerate() {
        for token in 0..tokens {
            owners[starts[split.side] + token] = Some((sequence, token));
        }
    }
    to.par_chunks_mut(split.stride.max(1))
        .zip(owners)
        .enumerate()
        .for_each(|(row, (to, owner))| {
            let Some((sequence, token)) = owner else {
                return;
            };
            let to = &mut to[split.start..split.start + heads * width];
            for (head, to) in to.chunks_exact_mut(width).enumerate() {
                let at = ((sequence * heads + head) * tokens + token) * width;
                let from = &from[at..][..width];
                match split.turned {
                    None => scaled(from, to, split.scale),
                    Some(turned) => {
                        let angles = angles(turned, [row, token], width / 2);
                        turn_back(from, to, angles, split.scale);
                    }
                }
            }
        });
}

fn scaled(from: &[f32], to: &mut [f32], scale: f32) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = from * scale;
    }
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
