//! Heads that help a model trained from nothing and are not saved with it: what is where, patch by patch; which cells
//! an answer speaks of, read in the middle of the language model; which cells the words of a question name.

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor, TensorData, activation};

use super::batch::{LabelBatch, Scenery, Spot};
use crate::model::checkpoint::{LoadError, Weights};
use crate::model::layers::Linear;

/// Patches of a cell.
const PER_CELL: usize = 4;
/// Edges of a box.
const EDGES: usize = 4;
/// Subtracted from the score of a word, so that all words together begin improbable.
const WORD_PRIOR: f64 = 4.0;
/// What the edges count beside the words, and background beside things (as measured to work).
const EDGE_WEIGHT: f64 = 3.0;
const BACKGROUND: f64 = 0.3;
/// Added to scores of cells of other pictures.
const HIDDEN: f32 = -1e9;

/// The heads.
#[derive(Module, Debug)]
pub(super) struct Heads {
    dense: Linear,
    heat: Vec<Linear>,
    align: Vec<Linear>,
    words: usize,
}

impl Heads {
    pub(super) fn load(
        weights: &Weights<'_>,
        width: usize,
        words: usize,
    ) -> Result<Self, LoadError> {
        let at = weights.pp("auxiliary");
        let outputs = PER_CELL * (words + EDGES);
        let pair = |name: &str| {
            let load = |side: &str| Linear::load(&at.pp(name).pp(side), width, width, false);
            Ok::<_, LoadError>(vec![load("query")?, load("key")?])
        };
        Ok(Self {
            dense: Linear::load(&at.pp("dense"), width, outputs, true)?,
            heat: pair("heat")?,
            align: pair("align")?,
            words,
        })
    }

    /// What is where, by words and by edges: `[1]` each, means over [`patch_weights`]. `cells` are merged image
    /// embeddings `[cells, H]`.
    pub(super) fn dense(&self, cells: Tensor<2>, scenery: &Scenery) -> [Tensor<1>; 2] {
        let device = cells.device().without_autodiff();
        let per_patch = self.words + EDGES;
        let found = self
            .dense
            .forward(cells)
            .reshape([scenery.patches, per_patch]);
        let table = |values: &[f32], width: usize| {
            let data = TensorData::new(values.to_vec(), [scenery.patches, width]);
            Tensor::<2>::from_data(data, &device)
        };
        let known = table(&scenery.known, 1);
        let covered = table(&scenery.covered, 1);
        let weight = known.clone() * (covered.clone() * (1.0 - BACKGROUND) + BACKGROUND);
        let logits = found.clone().narrow(1, 0, self.words) - WORD_PRIOR;
        let truth = table(&scenery.words, self.words);
        // log(1 + e^x) - t x: the cross-entropy of a yes or no.
        let cost = activation::softplus(logits.clone(), 1.0) - truth * logits;
        let words = (cost.sum_dim(1) * weight.clone()).sum() / weight.sum().clamp_min(1.0);
        let apart = found.narrow(1, self.words, EDGES) - table(&scenery.edges, EDGES);
        let size = apart.abs();
        // Smooth L1: a parabola within one cell.
        let near = size.clone().clamp_max(1.0);
        let smooth = near.clone() * (size - near * 0.5);
        let edges = (smooth.mean_dim(1) * covered.clone()).sum() / covered.sum().clamp_min(1.0);
        [words, edges * EDGE_WEIGHT]
    }

    /// Which cells the answers speak of: `[1]`. `state` is a hidden state `[B, N, H]` of the batch.
    pub(super) fn heat(
        &self,
        state: &Tensor<3>,
        batch: &LabelBatch,
        image_token: u32,
    ) -> Option<Tensor<1>> {
        let device = state.device().without_autodiff();
        let [sequences, length, width] = state.dims();
        let rows = state.clone().reshape([sequences * length, width]);
        let images = (0_u32..).zip(&batch.language.ids);
        let images = images
            .filter(|(_, id)| **id == image_token)
            .map(|(at, _)| at);
        let keys = rows.clone().select(0, integers(images, &device));
        let asking = integers(batch.spots.iter().map(|spot| spot.row), &device);
        let asking = (!batch.spots.is_empty()).then(|| rows.select(0, asking))?;
        Some(pointed(
            &self.heat,
            asking,
            keys,
            (&batch.spots, batch.cells),
        ))
    }

    /// Which cells the words name: `[1]`. `cells` are image embeddings, `words` the embedding of tokens.
    pub(super) fn align(
        &self,
        cells: Tensor<2>,
        batch: &LabelBatch,
        embed: &dyn Fn(&[u32]) -> Tensor<2>,
    ) -> Option<Tensor<1>> {
        let named: Vec<Spot> = batch
            .spots
            .iter()
            .filter(|s| !s.name.is_empty())
            .cloned()
            .collect();
        if named.is_empty() {
            return None;
        }
        let tokens: Vec<u32> = named.iter().flat_map(|spot| spot.name.clone()).collect();
        let device = cells.device().without_autodiff();
        // [names, tokens], one where a token belongs to a name: sums the embeddings of each.
        let mut belongs = vec![0.0; named.len() * tokens.len()];
        let mut at = 0;
        for (number, spot) in named.iter().enumerate() {
            let row = &mut belongs[number * tokens.len()..][..tokens.len()];
            row[at..at + spot.name.len()].fill(1.0);
            at += spot.name.len();
        }
        let belongs = TensorData::new(belongs, [named.len(), tokens.len()]);
        let asking = Tensor::<2>::from_data(belongs, &device).matmul(embed(&tokens));
        Some(pointed(&self.align, asking, cells, (&named, batch.cells)))
    }
}

/// What the words and the edges of the dense loss are the means over.
pub(super) fn patch_weights(scenery: &Scenery) -> [f64; 2] {
    let patches = scenery.known.iter().zip(&scenery.covered);
    let words = patches.map(|(known, covered)| {
        f64::from(*known) * (f64::from(*covered) * (1.0 - BACKGROUND) + BACKGROUND)
    });
    let edges = scenery.covered.iter().copied().map(f64::from);
    [words.sum(), edges.sum()]
}

/// Cross-entropy between where `asking` points among `cells` and the shares of each spot: `[1]`.
fn pointed(
    pair: &[Linear],
    asking: Tensor<2>,
    cells: Tensor<2>,
    (spots, per_picture): (&[Spot], usize),
) -> Tensor<1> {
    let device = cells.device().without_autodiff();
    let [count, width] = cells.dims();
    let scale = (width as f64).sqrt().recip();
    let [query, key] = [pair[0].forward(asking), pair[1].forward(cells)];
    let scores = query.matmul(key.transpose()) * scale;
    let mut hidden = vec![HIDDEN; spots.len() * count];
    let mut shares = vec![0.0; spots.len() * count];
    for (number, spot) in spots.iter().enumerate() {
        let start = number * count + spot.sequence as usize * per_picture;
        hidden[start..start + per_picture].fill(0.0);
        shares[start..start + per_picture].copy_from_slice(&spot.shares);
    }
    let shape = [spots.len(), count];
    let table = |values: Vec<f32>| Tensor::<2>::from_data(TensorData::new(values, shape), &device);
    let chance = activation::log_softmax(scores + table(hidden), 1);
    -(chance * table(shares)).sum() / spots.len() as f64
}

fn integers(values: impl Iterator<Item = u32>, device: &Device) -> Tensor<1, Int> {
    let values: Vec<i32> = values.map(|v| v as i32).collect();
    Tensor::from_ints(values.as_slice(), device)
}
