//! Keys and values of the tokens seen so far, per decoder block.
//!
//! They are kept in f32 on every device: they are small beside the weights (74 kB per token in the 3B), and the
//! products they enter are f32.

use burn::tensor::Tensor;

use crate::model::device;

/// Tokens by which the storage grows, and to which the stored length is rounded up on a GPU, so that kernels meet few
/// different shapes.
const CHUNK: usize = 64;

/// Stored keys and values of every block.
pub struct KvCache {
    layers: Vec<LayerCache>,
}

/// Stored keys and values of one block.
#[derive(Default)]
pub struct LayerCache {
    /// Keys and values `[B, heads, capacity, d]`.
    stored: Option<[Tensor<4>; 2]>,
    length: usize,
    room: usize,
}

impl KvCache {
    /// An empty cache for `blocks` blocks with room for `tokens` tokens; it grows when they are not enough.
    #[must_use]
    pub fn new(blocks: usize, tokens: usize) -> Self {
        let layer = || LayerCache {
            room: tokens,
            ..LayerCache::default()
        };
        Self {
            layers: std::iter::repeat_with(layer).take(blocks).collect(),
        }
    }

    /// Tokens stored.
    #[must_use]
    pub fn length(&self) -> usize {
        self.layers.first().map_or(0, |layer| layer.length)
    }

    /// Keys a decode step reads once one more token is stored: at least the tokens stored.
    #[must_use]
    pub fn keys_after_one_more(&self, device: &burn::tensor::Device) -> usize {
        visible_length(self.length() + 1, device::is_cpu(device))
    }

    /// The cache of one block.
    pub fn layer(&mut self, block: usize) -> &mut LayerCache {
        &mut self.layers[block]
    }
}

fn visible_length(length: usize, exact: bool) -> usize {
    if exact {
        length
    } else {
        length.next_multiple_of(CHUNK)
    }
}

impl LayerCache {
    /// Stores new keys and values and returns all there are. The first call returns what it was given; later ones
    /// may return more rows than tokens, which the mask has to hide.
    ///
    /// # Shapes
    /// - `k`, `v`: `[B, heads, n, d]`
    /// - returns keys and values `[B, heads, M, d]`
    pub fn append(&mut self, k: Tensor<4>, v: Tensor<4>) -> [Tensor<4>; 2] {
        let exact = device::is_cpu(&k.device());
        let start = self.length;
        let [batch, heads, new, d] = k.dims();
        self.length += new;
        let capacity = self.length.max(self.room).next_multiple_of(CHUNK);
        let grown = |x: Option<Tensor<4>>, like: &Tensor<4>| {
            let have = x.as_ref().map_or(0, |x| x.dims()[2]);
            if have >= self.length
                && let Some(x) = x
            {
                return x;
            }
            let room = Tensor::zeros([batch, heads, capacity - have, d], &like.device());
            match x {
                Some(x) => Tensor::cat(vec![x, room], 2),
                None => room,
            }
        };
        let [old_k, old_v] = match self.stored.take() {
            Some([k, v]) => [Some(k), Some(v)],
            None => [None, None],
        };
        let place = [0..batch, 0..heads, start..self.length, 0..d];
        let stored_k = grown(old_k, &k).slice_assign(place.clone(), k.clone());
        let stored_v = grown(old_v, &v).slice_assign(place, v.clone());
        let seen = visible_length(self.length, exact);
        let all = if start == 0 {
            [k, v]
        } else {
            [&stored_k, &stored_v].map(|x| x.clone().narrow(2, 0, seen))
        };
        self.stored = Some([stored_k, stored_v]);
        all
    }
}
