//! Attention in the shapes the planner needs, with bounded memory: scores are computed for some query rows at a time.

use std::ops::Range;

use burn::tensor::{Device, Tensor, TensorData};

use super::window::{Segment, runs};
use crate::model::layers::attend;

/// Most scores kept at once, over all heads (32 MB in f32: they stay near the cache).
const MAX_SCORES: usize = 1 << 23;

/// Added to the score of a key that must not be seen. Finite as in the reference, so that a row that sees nothing
/// averages all values in place of becoming NaN.
pub(super) const HIDDEN: f32 = f32::MIN;

/// Attention of the vision tower: every patch sees the patches of its own segment.
///
/// # Shapes
/// - `q`, `k`, `v`: `[1, P, heads, d]`
/// - returns `[P, heads * d]`
#[must_use]
pub fn attend_segments([q, k, v]: [Tensor<4>; 3], segments: &[Segment], scale: f64) -> Tensor<2> {
    let [_, _, heads, d] = q.dims();
    let attended = runs(segments).into_iter().map(|(start, count, length)| {
        // [1, count * length, heads, d] -> [count, heads, length, d]
        let cut = |x: &Tensor<4>| {
            x.clone()
                .narrow(1, start, count * length)
                .reshape([count, length, heads, d])
                .swap_dims(1, 2)
        };
        attend_by_rows([cut(&q), cut(&k), cut(&v)], scale)
            .swap_dims(1, 2)
            .reshape([count * length, heads * d])
    });
    Tensor::cat(attended.collect(), 0)
}

fn attend_by_rows([q, k, v]: [Tensor<4>; 3], scale: f64) -> Tensor<4> {
    let [batch, heads, rows, _] = q.dims();
    let step = rows_at_once(batch * heads * k.dims()[2]);
    if step >= rows {
        return attend(q, k, v, scale, None);
    }
    let parts = (0..rows).step_by(step).map(|start| {
        let part = q.clone().narrow(2, start, step.min(rows - start));
        attend(part, k.clone(), v.clone(), scale, None)
    });
    Tensor::cat(parts.collect(), 2)
}

fn rows_at_once(scores_per_row: usize) -> usize {
    (MAX_SCORES / scores_per_row.max(1)).max(1)
}

/// Which keys each query row of the decoder sees, cut into pieces of rows.
pub struct CausalMask {
    pieces: Vec<Piece>,
}

struct Piece {
    rows: Range<usize>,
    /// Keys the piece reads, from the first.
    keys: usize,
    /// `[1 or B, 1, rows, keys]`, none where every row sees every key.
    bias: Option<Tensor<4>>,
}

impl CausalMask {
    /// Every token sees itself and what stands before it, except the padding at the left of its sequence.
    #[must_use]
    pub fn prefill(length: usize, padding: &[usize], heads: usize, device: &Device) -> Self {
        let step = rows_at_once(padding.len() * heads * length);
        let padded = padding.iter().any(|&pad| pad > 0);
        let pads = if padded { padding } else { &[0] };
        let pieces = (0..length).step_by(step).map(|start| {
            let rows = start..(start + step).min(length);
            // A row of padding averages over the whole sequence, so then no key may be left out.
            let keys = if padded { length } else { rows.end };
            let mut bias = Vec::with_capacity(pads.len() * rows.len() * keys);
            for &pad in pads {
                for row in rows.clone() {
                    bias.extend((0..keys).map(|key| visible(key >= pad && key <= row)));
                }
            }
            let shape = [pads.len(), 1, rows.len(), keys];
            let bias = Tensor::from_data(TensorData::new(bias, shape), device);
            Piece {
                rows,
                keys,
                bias: Some(bias),
            }
        });
        Self {
            pieces: pieces.collect(),
        }
    }

    /// Tokens of several questions packed behind what they share: a token sees itself and, before it, the shared
    /// tokens (segment 0) and those of its own segment. `segments` are those of every token, sequence after sequence.
    #[must_use]
    pub fn packed(segments: &[u16], batch: usize, device: &Device) -> Self {
        let length = segments.len() / batch.max(1);
        let mut bias = Vec::with_capacity(batch * length * length);
        for sequence in segments.chunks_exact(length.max(1)) {
            for (row, own) in sequence.iter().enumerate() {
                let keys = sequence.iter().enumerate();
                bias.extend(keys.map(|(key, segment)| {
                    visible(key <= row && (*segment == 0 || segment == own))
                }));
            }
        }
        let bias = Tensor::from_data(TensorData::new(bias, [batch, 1, length, length]), device);
        Self {
            pieces: vec![Piece {
                rows: 0..length,
                keys: length,
                bias: Some(bias),
            }],
        }
    }

    /// The whole mask `[1 or B, N, M]` where it is in one piece.
    pub(super) fn whole(&self) -> Option<Tensor<3>> {
        let [piece] = &self.pieces[..] else {
            return None;
        };
        let bias = piece.bias.clone()?;
        let [batch, _, rows, keys] = bias.dims();
        Some(bias.reshape([batch, rows, keys]))
    }

    /// One new token that sees the first `seen` of `keys` stored ones.
    #[must_use]
    pub fn decode(seen: usize, keys: usize, device: &Device) -> Self {
        let bias = (seen < keys).then(|| {
            let bias: Vec<f32> = (0..keys).map(|key| visible(key < seen)).collect();
            Tensor::from_data(TensorData::new(bias, [1, 1, 1, keys]), device)
        });
        Self {
            pieces: vec![Piece {
                rows: 0..1,
                keys,
                bias,
            }],
        }
    }
}

const fn visible(visible: bool) -> f32 {
    if visible { 0.0 } else { HIDDEN }
}

/// Attention of the decoder: several query heads share one key and value head, without copying it.
///
/// # Shapes
/// - `q`: `[B, N, heads, d]`
/// - `k`, `v`: `[B, shared, M, d]` with `shared` dividing `heads`
/// - returns `[B, N, heads * d]`
#[must_use]
pub fn attend_grouped([q, k, v]: [Tensor<4>; 3], mask: &CausalMask, scale: f64) -> Tensor<3> {
    let [_, length, ..] = q.dims();
    let q = q * scale;
    if let [piece] = &mask.pieces[..]
        && piece.rows.len() == length
    {
        return attend_piece([q, k, v], piece);
    }
    let parts = mask.pieces.iter().map(|piece| {
        let q = q.clone().narrow(1, piece.rows.start, piece.rows.len());
        let [k, v] = [&k, &v].map(|x| x.clone().narrow(2, 0, piece.keys));
        attend_piece([q, k, v], piece)
    });
    Tensor::cat(parts.collect(), 1)
}

fn attend_piece([q, k, v]: [Tensor<4>; 3], piece: &Piece) -> Tensor<3> {
    let [batch, rows, heads, d] = q.dims();
    let [_, shared, keys, _] = k.dims();
    let group = heads / shared;
    // [B, rows, heads, d] -> [B, shared, group * rows, d]
    let q = q.swap_dims(1, 2).reshape([batch, shared, group * rows, d]);
    let mut scores = q.matmul(k.transpose());
    if let Some(bias) = &piece.bias {
        scores = (scores.reshape([batch, heads, rows, keys]) + bias.clone()).reshape([
            batch,
            shared,
            group * rows,
            keys,
        ]);
    }
    burn::tensor::activation::softmax(scores, 3)
        .matmul(v)
        .reshape([batch, heads, rows, d])
        .swap_dims(1, 2)
        .reshape([batch, rows, heads * d])
}

#[cfg(test)]
mod tests {
    use burn::tensor::Distribution;

    use super::*;

    fn random(shape: [usize; 4]) -> Tensor<4> {
        Tensor::random(shape, Distribution::Normal(0.0, 1.0), &Device::flex())
    }

    fn largest_difference<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> f32 {
        (a - b).abs().max().into_scalar::<f32>()
    }

    #[test]
    fn window_attention_equals_masked_full_attention() {
        let segments =
            [(0, 12), (12, 12), (24, 4), (28, 12)].map(|(start, length)| Segment { start, length });
        let [q, k, v] = [0; 3].map(|_| random([1, 40, 2, 8]));
        let windowed = attend_segments([q.clone(), k.clone(), v.clone()], &segments, 0.35);

        let window = |at: usize| segments.iter().position(|s| at < s.start + s.length);
        let mask = (0..1600).map(|i| visible(window(i / 40) == window(i % 40)));
        let mask = Tensor::from_data(
            TensorData::new(mask.collect::<Vec<_>>(), [1, 1, 40, 40]),
            &Device::flex(),
        );
        let [q, k, v] = [q, k, v].map(|x| x.swap_dims(1, 2));
        let full = attend(q, k, v, 0.35, Some(mask))
            .swap_dims(1, 2)
            .reshape([40, 16]);
        assert!(largest_difference(windowed, full) < 1e-5);
    }

    #[test]
    fn sharing_key_heads_equals_repeating_them() {
        let q = random([2, 5, 6, 8]);
        let [k, v] = [0; 2].map(|_| random([2, 2, 5, 8]));
        let mask = CausalMask::prefill(5, &[0, 2], 6, &Device::flex());
        let grouped = attend_grouped([q.clone(), k.clone(), v.clone()], &mask, 0.35);

        let repeat = |x: Tensor<4>| {
            let x: Tensor<5> = x.unsqueeze_dim(2);
            x.repeat_dim(2, 3).reshape([2, 6, 5, 8])
        };
        let bias = mask.pieces[0].bias.clone();
        let full = attend(q.swap_dims(1, 2), repeat(k), repeat(v), 0.35, bias);
        let full = full.swap_dims(1, 2).reshape([2, 5, 48]);
        assert!(largest_difference(grouped, full) < 1e-5);
    }

    #[test]
    fn rows_in_pieces_equal_rows_at_once() {
        let heads = 4;
        let length = 1600;
        let mask = CausalMask::prefill(length, &[0], heads, &Device::flex());
        assert!(
            mask.pieces.len() > 1,
            "the mask must be cut for this test to mean anything"
        );
        let q = random([1, length, heads, 4]);
        let [k, v] = [0; 2].map(|_| random([1, 2, length, 4]));
        let whole = CausalMask {
            pieces: vec![Piece {
                rows: 0..length,
                keys: length,
                bias: Some(Tensor::from_data(
                    TensorData::new(
                        (0..length * length)
                            .map(|i| visible(i % length <= i / length))
                            .collect::<Vec<_>>(),
                        [1, 1, length, length],
                    ),
                    &Device::flex(),
                )),
            }],
        };
        let qkv = [q, k, v];
        let cut = attend_grouped(qkv.clone(), &mask, 0.5);
        assert!(largest_difference(cut, attend_grouped(qkv, &whole, 0.5)) < 1e-5);
    }
}
