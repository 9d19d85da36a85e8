//! Bidirectional self-attention and the two-layer MLP of vision transformers: shared by DINOv2 and the action expert.

use burn::module::Module;
use burn::tensor::Tensor;

use super::checkpoint::{LoadError, Weights};
use super::layers::{Linear, attend};
use super::tracked::{self, Group, Heads, Place, learns_here};

/// Self-attention whose queries, keys and values come from one product (names `qkv` and `proj`).
#[derive(Module, Debug)]
pub struct SelfAttention {
    qkv: Linear,
    proj: Linear,
    heads: usize,
}

impl SelfAttention {
    /// Loads `qkv` and `proj`, both with bias.
    ///
    /// # Errors
    /// As [`Weights::matrix`].
    pub fn load(weights: &Weights<'_>, width: usize, heads: usize) -> Result<Self, LoadError> {
        Ok(Self {
            qkv: Linear::load(&weights.pp("qkv"), width, 3 * width, true)?,
            proj: Linear::load(&weights.pp("proj"), width, width, true)?,
            heads,
        })
    }

    /// # Shapes
    /// - `x`: `[B, N, C]`
    /// - returns `[B, N, C]`
    #[must_use]
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let [batch, tokens, width] = x.dims();
        let head = width / self.heads;
        if learns_here(&x)
            && let Some(y) = self.forward_tracked(&x)
        {
            return y;
        }
        // [B, N, 3, heads, d] to [3, B, heads, N, d]
        let qkv = self
            .qkv
            .forward(x)
            .reshape([batch, tokens, 3, self.heads, head])
            .permute([2, 0, 3, 1, 4]);
        let part = |at: usize| {
            qkv.clone()
                .narrow(0, at, 1)
                .reshape([batch, self.heads, tokens, head])
        };
        let y = attend(part(0), part(1), part(2), scale(head), None);
        self.proj.forward(merge_heads(y))
    }

    fn forward_tracked(&self, x: &Tensor<3>) -> Option<Tensor<3>> {
        let [batch, tokens, width] = x.dims();
        let qkv = self.qkv.forward(x.clone().reshape([batch * tokens, width]));
        let sizes = Heads {
            groups: vec![Group::in_a_row(batch, [tokens; 2])],
            heads: [self.heads; 2],
            width: width / self.heads,
        };
        let places = [0, 1, 2].map(|part| Place {
            tensor: 0,
            start: part * width,
        });
        let scale = scale(sizes.width);
        let y = tracked::attention([qkv], (sizes, places), (None, None, scale))?;
        Some(self.proj.forward(y).reshape([batch, tokens, width]))
    }

    /// As [`Self::forward`] for the last `count` tokens only, which still attend to all of them.
    ///
    /// # Shapes
    /// - `x`: `[B, N, C]`
    /// - returns `[B, count, C]`
    #[must_use]
    pub fn forward_last(&self, x: Tensor<3>, count: usize) -> Tensor<3> {
        let asking = x.clone().narrow(1, x.dims()[1] - count, count);
        self.proj
            .forward(read_heads(&self.qkv, (asking, x), self.heads, None))
    }

    /// With weights in f32, see [`Linear::widened`].
    #[must_use]
    pub fn widened(&self) -> Self {
        Self {
            qkv: self.qkv.widened(),
            proj: self.proj.widened(),
            heads: self.heads,
        }
    }
}

/// What `query` reads from `read` in every head, by a layer whose rows project queries, then keys, then values.
///
/// # Shapes
/// - `query`: `[B, Q, C]`, `read`: `[B, M, C]`
/// - `mask`: `[B, Q, M]`, added to the scores
/// - returns `[B, Q, C]`
#[must_use]
pub fn read_heads(
    qkv: &Linear,
    (query, read): (Tensor<3>, Tensor<3>),
    heads: usize,
    mask: Option<&Tensor<3>>,
) -> Tensor<3> {
    let width = query.dims()[2];
    let q = qkv.forward_rows(query, 0, width);
    let keys_values = qkv.forward_rows(read, width, 2 * width);
    if learns_here(&keys_values)
        && let Some(y) = read_tracked(&q, &keys_values, heads, mask)
    {
        return y;
    }
    let k = keys_values.clone().narrow(2, 0, width);
    let v = keys_values.narrow(2, width, width);
    let [q, k, v] = [q, k, v].map(|x| split_heads(x, heads));
    let mask = mask.map(|mask| mask.clone().unsqueeze_dim(1));
    merge_heads(attend(q, k, v, scale(width / heads), mask))
}

fn read_tracked(
    q: &Tensor<3>,
    keys_values: &Tensor<3>,
    heads: usize,
    mask: Option<&Tensor<3>>,
) -> Option<Tensor<3>> {
    let [batch, asking, width] = q.dims();
    let read = keys_values.dims()[1];
    let sizes = Heads {
        groups: vec![Group::in_a_row(batch, [asking, read])],
        heads: [heads; 2],
        width: width / heads,
    };
    let place = |tensor, start| Place { tensor, start };
    let places = [place(0, 0), place(1, 0), place(1, width)];
    let q = q.clone().reshape([batch * asking, width]);
    let keys_values = keys_values.clone().reshape([batch * read, 2 * width]);
    let how = (None, mask.cloned(), scale(sizes.width));
    let y = tracked::attention([q, keys_values], (sizes, places), how)?;
    Some(y.reshape([batch, asking, width]))
}

/// `d^-1/2`, the usual scale of attention scores.
#[must_use]
pub fn scale(head: usize) -> f64 {
    (head as f64).sqrt().recip()
}

/// # Shapes
/// - `x`: `[B, N, C]`
/// - returns `[B, heads, N, d]`
#[must_use]
pub fn split_heads(x: Tensor<3>, heads: usize) -> Tensor<4> {
    let [batch, tokens, width] = x.dims();
    x.reshape([batch, tokens, heads, width / heads])
        .swap_dims(1, 2)
}

/// # Shapes
/// - `x`: `[B, heads, N, d]`
/// - returns `[B, N, C]`
#[must_use]
pub fn merge_heads(x: Tensor<4>) -> Tensor<3> {
    let [batch, heads, tokens, head] = x.dims();
    x.swap_dims(1, 2).reshape([batch, tokens, heads * head])
}

/// Two linear layers with a nonlinearity between them.
#[derive(Module, Debug)]
pub struct Mlp {
    fc1: Linear,
    fc2: Linear,
}

impl Mlp {
    /// Loads two layers with bias, stored under `names`.
    ///
    /// # Errors
    /// As [`Weights::matrix`].
    pub fn load(
        weights: &Weights<'_>,
        names: [&str; 2],
        width: usize,
        hidden: usize,
    ) -> Result<Self, LoadError> {
        Ok(Self {
            fc1: Linear::load(&weights.pp(names[0]), width, hidden, true)?,
            fc2: Linear::load(&weights.pp(names[1]), hidden, width, true)?,
        })
    }

    /// # Shapes
    /// - `x`: `[.., C]`
    /// - returns the same
    #[must_use]
    pub fn forward<const D: usize>(
        &self,
        x: Tensor<D>,
        nonlinearity: fn(Tensor<D>) -> Tensor<D>,
    ) -> Tensor<D> {
        self.fc2.forward(nonlinearity(self.fc1.forward(x)))
    }

    /// With weights in f32, see [`Linear::widened`].
    #[must_use]
    pub fn widened(&self) -> Self {
        Self {
            fc1: self.fc1.widened(),
            fc2: self.fc2.widened(),
        }
    }
}
