//! The loss of a step: what the answers cost, what the auxiliary heads add, what the actions cost.

use burn::tensor::{Device, Int, Tensor, TensorData, activation};

use super::action::ActionPart;
use super::batch::LabelBatch;
use super::counts::{Counts, share};
use super::learner::Learner;
use super::{AuxiliaryConfig, LossConfig, TrainError};
use crate::job::CancelToken;
use crate::model::pass::{Pass, PassError, values};
use crate::model::planner::RopeRounding;
use crate::model::training::{LanguageBatch, Network, Target};

/// Block whose output the heat head reads: the second, as measured to work.
const HEAT_BLOCK: usize = 2;

/// Numbers that are single tokens: id and value.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Numbers {
    pub tokens: Vec<(u32, f32)>,
}

/// How a step is computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Products {
    /// In 32 bits.
    Wide,
    /// In 16 bits, gradients this much larger on the way back.
    Halves(f64),
}

/// What the losses of a step are weighed with.
pub(super) struct Objective<'a> {
    pub loss: &'a LossConfig,
    pub auxiliary: &'a AuxiliaryConfig,
    pub numbers: &'a Numbers,
    /// Largest side of the picture the model sees.
    pub side: f32,
    /// Whether the language model is left out.
    pub vision_only: bool,
    /// Planner states the expert reads.
    pub states: std::ops::Range<usize>,
    pub cancel: CancelToken,
    /// What linear layers multiply in.
    pub products: Products,
    /// What the losses of the whole step are the means over.
    pub whole: Counts,
}

/// What a part adds to the loss of its step, and to each loss in it, for the record.
pub(super) struct Costs {
    pub total: Tensor<1>,
    pub parts: Vec<(&'static str, Tensor<1>)>,
    /// The likeliest token at each target of the picture that is shown.
    pub said: Vec<u32>,
    /// Where the action sample that is shown says the arm aims.
    pub told: Vec<[f32; 2]>,
}

impl Costs {
    fn add(self, name: &'static str, cost: Tensor<1>, weight: f64) -> Self {
        let mut parts = self.parts;
        parts.push((name, cost.clone().without_autodiff()));
        Self {
            total: self.total + cost * weight,
            parts,
            said: self.said,
            told: self.told,
        }
    }

    fn of(name: &'static str, cost: Tensor<1>) -> Self {
        Self {
            parts: vec![(name, cost.clone().without_autodiff())],
            total: cost,
            said: Vec::new(),
            told: Vec::new(),
        }
    }
}

impl Objective<'_> {
    fn pass(&self) -> Pass {
        Pass::unwatched(self.cancel.clone())
    }

    /// What pictures and answers cost; `own` is what the losses of this part are the means over.
    pub(super) fn labels(
        &self,
        learner: &Learner,
        (batch, own): (&LabelBatch, &Counts),
    ) -> Result<Costs, PassError> {
        let whole = &self.whole;
        let network = &learner.network;
        let rope = RopeRounding::F32;
        let mut pass = self.pass();
        let images = network.see(&batch.language, rope, &mut pass)?;
        let heads = learner.heads.as_ref();
        let dense = match (heads, &images) {
            (Some(heads), Some(cells)) if self.auxiliary.dense > 0.0 => {
                let [words, edges] = heads.dense(cells.clone(), &batch.scenery);
                let shares = [0, 1].map(|at| share(own.patches[at], whole.patches[at]));
                Some(words * shares[0] + edges * shares[1])
            }
            _ => None,
        };
        if let (true, Some(dense)) = (self.vision_only, dense.clone()) {
            return Ok(Costs::of("dense", dense));
        }
        let depth = network.planner.decoder().depth();
        let first = if self.auxiliary.heat > 0.0 {
            HEAT_BLOCK.min(depth)
        } else {
            depth
        };
        let cells = images.clone();
        let states = network.read(&batch.language, (images, rope), first..depth + 1, &mut pass)?;
        let last = &states[states.len() - 1];
        let mut costs = self.answers(learner, (batch, own), last);
        if let Some(shown) = &batch.shown {
            costs.said = said(network, &batch.language, last, shown.targets.len())?;
        }
        if let Some(dense) = dense {
            costs = costs.add("dense", dense, self.auxiliary.dense);
        }
        let Some(heads) = heads else {
            return Ok(costs);
        };
        if self.auxiliary.heat > 0.0 {
            let image_token = network.planner.config().image_token_id;
            if let Some(heat) = heads.heat(&states[0], batch, image_token) {
                let heat = heat * share(own.spots, whole.spots);
                costs = costs.add("heat", heat, self.auxiliary.heat);
            }
        }
        if self.auxiliary.align > 0.0
            && let Some(cells) = cells
        {
            let embed = |ids: &[u32]| network.planner.embed(ids, None).squeeze_dim::<2>(0);
            if let Some(align) = heads.align(cells, batch, &embed) {
                let align = align * share(own.names, whole.names);
                costs = costs.add("align", align, self.auxiliary.align);
            }
        }
        Ok(costs)
    }

    /// What the answers cost: every token, coordinates perhaps as a bell around the right one.
    fn answers(
        &self,
        learner: &Learner,
        (batch, own): (&LabelBatch, &Counts),
        state: &Tensor<3>,
    ) -> Costs {
        let network = &learner.network;
        let part = share(own.answers, self.whole.answers);
        let soft = self.loss.number_sigma > 0.0 || self.loss.number_distance > 0.0;
        if !soft || self.numbers.tokens.is_empty() {
            let answer = network.answer_loss(&batch.language, state);
            return Costs::of("answer", answer * part);
        }
        let device = network.device();
        let scores = network.answer_scores(&batch.language, state); // [targets, vocabulary]
        let chances = activation::log_softmax(scores, 1);
        let targets = &batch.language.targets;
        let truth = self.truth(targets, &batch.coordinates, chances.dims()[1], &device);
        let answer = -(chances.clone() * truth).sum() / targets.len() as f64;
        let costs = Costs::of("answer", answer * part);
        let (rows, values) = self.numbers.coordinates(batch);
        if rows.is_empty() || self.loss.number_distance <= 0.0 {
            return costs;
        }
        let ids: Vec<i32> = self
            .numbers
            .tokens
            .iter()
            .map(|(id, _)| *id as i32)
            .collect();
        let scale: Vec<f32> = self
            .numbers
            .tokens
            .iter()
            .map(|(_, value)| *value)
            .collect();
        let ids = Tensor::<1, Int>::from_ints(ids.as_slice(), &device);
        let scale = Tensor::<1>::from_floats(scale.as_slice(), &device);
        let rows = Tensor::<1, Int>::from_ints(rows.as_slice(), &device);
        let values = Tensor::<1>::from_floats(values.as_slice(), &device);
        let chances = chances.select(0, rows).select(1, ids).exp(); // [coordinates, numbers]
        let expected = (chances * scale.unsqueeze()).sum_dim(1).squeeze_dim::<1>(1);
        let distance = (expected - values).abs().mean() / f64::from(self.side);
        let part = share(own.coordinates, self.whole.coordinates);
        costs.add("distance", distance * part, self.loss.number_distance)
    }

    /// The probability every token should have: `[targets, vocabulary]`.
    fn truth(
        &self,
        targets: &[Target],
        coordinates: &[bool],
        vocabulary: usize,
        device: &Device,
    ) -> Tensor<2> {
        let mut truth = vec![0.0; targets.len() * vocabulary];
        for ((target, coordinate), row) in targets
            .iter()
            .zip(coordinates)
            .zip(truth.chunks_exact_mut(vocabulary))
        {
            let right = self.numbers.value(target.token).filter(|_| *coordinate);
            match right {
                Some(right) if self.loss.number_sigma > 0.0 => {
                    self.numbers.bell(right, self.loss.number_sigma as f32, row);
                }
                _ => row[target.token as usize] = 1.0,
            }
        }
        Tensor::from_data(TensorData::new(truth, [targets.len(), vocabulary]), device)
    }

    /// What the actions cost.
    pub(super) fn actions(
        &self,
        learner: &Learner,
        (part, own): (&ActionPart, &Counts),
    ) -> Result<Costs, PassError> {
        // Policies are asked with rounded frequencies; so they are taught.
        let how = (
            RopeRounding::Bf16,
            self.states.clone(),
            self.loss.gradient_decay,
        );
        let network = &learner.network;
        let mut pass = self.pass();
        let (condition, patches) = network.action_condition(&part.batch, how, &mut pass)?;
        let drawn = (&part.batch.actions[..], &part.draw);
        let loss = network.noise_loss(condition.clone(), drawn, &mut pass)?;
        let costs = Costs::of("action", loss * share(own.actions, self.whole.actions));
        let Some(aim) = &learner.aim else {
            return Ok(costs);
        };
        let [images, count, width] = patches.dims();
        let views = part.batch.views;
        let first = patches
            .reshape([images / views, views, count * width])
            .narrow(1, 0, 1)
            .reshape([images / views, count, width]);
        let cost = aim.cost(&condition, (&first, part.grid()), &part.places);
        let cost = cost * share(own.places, self.whole.places);
        let mut costs = costs.add("aim", cost, self.auxiliary.aim);
        if part.shown.is_some() {
            costs.told = aim.told(&condition)?;
        }
        Ok(costs)
    }
}

/// The likeliest token at each of the first `count` targets.
fn said(
    network: &Network,
    batch: &LanguageBatch,
    state: &Tensor<3>,
    count: usize,
) -> Result<Vec<u32>, PassError> {
    let count = count.min(batch.targets.len());
    if count == 0 {
        return Ok(Vec::new());
    }
    let scores = network.answer_scores(batch, state).without_autodiff();
    // Ids are far below 2^24, so that f32 holds them.
    let best = scores.narrow(0, 0, count).argmax(1).float();
    let best = values(best.reshape([count]))?;
    Ok(best.into_iter().map(|id| id as u32).collect())
}

impl Numbers {
    /// The tokens of the numbers from 0 to `largest`; none where a number is several tokens, since digits are no
    /// coordinates.
    pub(super) fn new(encode: impl Fn(&str) -> Vec<u32>, largest: u32) -> Self {
        let token = |number: u32| match encode(&number.to_string())[..] {
            [id] => Some((id, number as f32)),
            _ => None,
        };
        let tokens: Option<Vec<(u32, f32)>> = (0..=largest).map(token).collect();
        Self {
            tokens: tokens.unwrap_or_default(),
        }
    }

    /// Whether the losses of a run need numbers that the tokenizer has not.
    pub(super) fn check(&self, loss: &LossConfig) -> Result<(), TrainError> {
        if self.tokens.is_empty() && (loss.number_sigma > 0.0 || loss.number_distance > 0.0) {
            return Err(TrainError::Setting {
                name: "loss.number_sigma and loss.number_distance".into(),
                why:
                    "need a token for every number, and this tokenizer writes digits; set both to 0"
                        .into(),
            });
        }
        Ok(())
    }

    /// Targets of a batch that are coordinates, and which.
    pub(super) fn coordinates(&self, batch: &LabelBatch) -> (Vec<i32>, Vec<f32>) {
        let numbered = (0..).zip(batch.language.targets.iter().zip(&batch.coordinates));
        numbered
            .filter(|(_, (_, coordinate))| **coordinate)
            .filter_map(|(row, (target, _))| Some((row, self.value(target.token)?)))
            .unzip()
    }

    fn value(&self, token: u32) -> Option<f32> {
        let found = self.tokens.iter().find(|(id, _)| *id == token);
        found.map(|(_, value)| *value)
    }

    /// Spreads one over the numbers around `right`.
    fn bell(&self, right: f32, sigma: f32, row: &mut [f32]) {
        let weight = |value: f32| (-0.5 * ((value - right) / sigma).powi(2)).exp();
        let near = self
            .tokens
            .iter()
            .filter(|(_, value)| (value - right).abs() <= 4.0 * sigma);
        let total: f32 = near.clone().map(|(_, value)| weight(*value)).sum();
        for (token, value) in near {
            row[*token as usize] = weight(*value) / total;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bell_sums_to_one_and_is_highest_at_the_truth() {
        let numbers = Numbers {
            tokens: (0..100).map(|n| (n + 5, n as f32)).collect(),
        };
        let mut row = vec![0.0; 110];
        numbers.bell(30.0, 1.0, &mut row);
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!(row[35] > row[34] && row[34] > row[33] && row[34] > 0.1);
        assert_eq!(numbers.value(35), Some(30.0));
        let digits = Numbers::new(|text| text.bytes().map(u32::from).collect(), 12);
        assert!(digits.tokens.is_empty());
        let asked = LossConfig {
            number_sigma: 1.0,
            ..LossConfig::default()
        };
        assert!(digits.check(&asked).is_err() && digits.check(&LossConfig::default()).is_ok());
    }
}
