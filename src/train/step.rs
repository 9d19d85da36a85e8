//! One step: the gradients of its parts, what they cost, and whether that is a number.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use burn::tensor::Tensor;
use rayon::prelude::*;

use super::counts::Counts;
use super::draw::{Drawn, Part};
use super::learner::Learner;
use super::objective::{Costs, Objective, Products};
use super::replica::{Errand, guarded, run_errands};
use super::session::Session;
use super::similarity::similarity;
use super::{LearntPicture, Multiply, TrainError};
use crate::job::JobContext;
use crate::model::pass::values;
use crate::model::training::{Gradients, Parameters};

/// What 16-bit gradients are made larger by on the way back: their smallest number is 6e-8, their largest 65504.
const LARGER: f64 = 4096.0;
/// What that is divided by where a step proves too large.
const SMALLER: f64 = 16.0;

/// Gradients of a part, and what it cost.
type Found = Result<(Gradients, Seen), TrainError>;

/// Gradients of a step and what was seen on the way.
pub(super) struct Computed {
    pub gradients: Gradients,
    pub losses: BTreeMap<String, f64>,
    pub total: f64,
    pub samples: u64,
    pub similarity: Option<f64>,
    pub picture: Option<Arc<LearntPicture>>,
    pub seconds: f64,
}

impl Computed {
    /// Computes a step, part by part, several at the same time.
    pub(super) fn of(
        session: &Session<'_>,
        drawn: &Drawn,
        context: &JobContext<'_>,
    ) -> Result<Self, TrainError> {
        let start = Instant::now();
        let step = session.step + 1;
        let mut objective = session.objective(drawn, context);
        let (sum, seen) = with_less(objective.products, |products| {
            objective.products = products;
            let (sum, seen) = session.whole(drawn, &objective)?;
            if products == Products::Wide {
                seen.check(step, drawn)?;
                return Ok(((sum, seen), true));
            }
            let norm = || Ok(sum.norm()?);
            let norm = guarded(&session.device, step, norm)?;
            let fits = seen.total.is_finite() && norm.is_finite();
            if !fits {
                log::warn!(
                    "step {step} does not fit into 16 bits ({products:?}); it is computed again with less"
                );
            }
            Ok(((sum, seen), fits))
        })?;
        let every = session.config.loss.similarity_every;
        let similarity = if every > 0 && step.is_multiple_of(every) {
            let similarity = || session.similarity(drawn, &objective);
            guarded(&session.device, step, similarity)?
        } else {
            None
        };
        Ok(Self {
            gradients: sum,
            total: seen.total,
            losses: seen.losses,
            samples: seen.samples,
            picture: seen.picture.map(Arc::new),
            similarity,
            seconds: start.elapsed().as_secs_f64(),
        })
    }
}

/// Computes in 16 bits with gradients made less and less larger until all fits, and in 32 bits if it does not even so.
/// Every step begins anew, so that a run that is resumed finds the same numbers.
fn with_less<T>(
    mut products: Products,
    mut compute: impl FnMut(Products) -> Result<(T, bool), TrainError>,
) -> Result<T, TrainError> {
    loop {
        let (found, fits) = compute(products)?;
        products = match products {
            Products::Halves(scale) if !fits && scale > 1.0 => {
                Products::Halves((scale / SMALLER).max(1.0))
            }
            Products::Halves(_) if !fits => Products::Wide,
            _ => return Ok(found),
        };
    }
}

impl Session<'_> {
    fn objective(&self, drawn: &Drawn, context: &JobContext<'_>) -> Objective<'_> {
        let [width, height] = self.config.picture.size;
        let depth = self.made.planner().decoder().depth();
        let reads = self.made.config.expert.as_ref().map(|sizes| &sizes.qformer);
        Objective {
            loss: &self.config.loss,
            auxiliary: &self.config.auxiliary,
            numbers: &self.numbers,
            side: width.max(height) as f32,
            vision_only: self.step < self.config.curriculum.vision_steps,
            states: reads.map_or(depth..depth + 1, |q| q.start_layer..q.end_layer),
            cancel: context.cancel.clone(),
            products: match self.config.batch.precision {
                Multiply::F32 => Products::Wide,
                Multiply::F16 => Products::Halves(LARGER),
            },
            whole: drawn
                .parts()
                .map(|part| Counts::of(part, &self.numbers))
                .fold(Counts::default(), Counts::plus),
        }
    }

    /// What every device found, the first one's before those of the others, which compute at the same time.
    fn everywhere(&self, drawn: &Drawn, objective: &Objective<'_>) -> Vec<Found> {
        let Some((own, others)) = drawn.shares.split_first() else {
            return Vec::new();
        };
        let replicas = self.replicas.iter().zip(others);
        let mut errands: Vec<Errand<'_, Found>> = replicas
            .map(|(replica, parts)| Errand::new(replica, parts))
            .collect();
        let mut found = vec![];
        run_errands(
            &mut errands,
            &|replica, parts| {
                let work = |learner: &Learner| self.elsewhere(learner, parts, objective);
                replica.compute(self.step + 1, work)
            },
            &mut || found.push(self.here(own, objective)),
        );
        found.extend(errands.into_iter().filter_map(|errand| errand.found));
        found
    }

    /// What the first device found, several parts at the same time.
    fn here(&self, parts: &[Part], objective: &Objective<'_>) -> Found {
        let learner = &self.made.learner;
        let compute = |part: &Part| {
            let work = || self.part(learner, part, objective);
            guarded(&self.device, self.step + 1, work)
        };
        let mut sum = Gradients::default();
        let mut seen = Seen::default();
        for group in parts.chunks(self.parallel()) {
            let found: Vec<Found> = group.par_iter().map(compute).collect();
            for part in found {
                let (gradients, own) = part?;
                sum = sum.plus(gradients);
                seen.add(own);
            }
        }
        Ok((sum, seen))
    }

    /// What another device found, brought to the first one.
    fn elsewhere(&self, learner: &Learner, parts: &[Part], objective: &Objective<'_>) -> Found {
        let mut sum = Gradients::default();
        let mut seen = Seen::default();
        for part in parts {
            let (gradients, own) = self.part(learner, part, objective)?;
            sum = sum.plus(gradients);
            seen.add(own);
        }
        Ok((sum.on(self.device.handle())?, seen))
    }

    /// What all devices found, together.
    fn whole(&self, drawn: &Drawn, objective: &Objective<'_>) -> Found {
        let mut sum = Gradients::default();
        let mut seen = Seen::default();
        for found in self.everywhere(drawn, objective) {
            let (gradients, own) = found?;
            sum = sum.plus(gradients);
            seen.add(own);
        }
        Ok((sum, seen))
    }

    /// The learner with gradients asked for, a graph of its own; and as it computes.
    fn armed(&self, learner: &Learner, objective: &Objective<'_>) -> [Learner; 2] {
        let parameters: &Parameters = &self.made.parameters;
        let wanted = |name: &str| self.optimizer.wants(parameters, name);
        let recompute = self.config.batch.checkpointing;
        let learner = parameters.trainable(learner.clone(), &wanted, recompute);
        let computing = learner.clone().computing();
        let computing = match objective.products {
            Products::Wide => computing,
            Products::Halves(_) => parameters.halved(computing),
        };
        [learner, computing]
    }

    /// Gradients of one part, as far as it makes up the step.
    fn part(&self, learner: &Learner, part: &Part, objective: &Objective<'_>) -> Found {
        let [armed, learner] = self.armed(learner, objective);
        let own = Counts::of(part, &self.numbers);
        let mut seen = Seen::default();
        let mut total: Option<Tensor<1>> = None;
        if let Some(labels) = &part.labels {
            let weight = if self.config.recipe.acts() {
                self.config.loss.vlm
            } else {
                1.0
            };
            let costs = objective.labels(&learner, (labels, &own))?;
            let shown = labels.shown.as_ref().filter(|_| !costs.said.is_empty());
            seen.picture = shown.map(|shown| shown.with(&costs.said, &self.made.tokenizer));
            seen.samples += labels.names.len() as u64;
            total = Some(seen.take(costs, weight)?);
        }
        if let Some(part) = &part.actions {
            let costs = objective.actions(&learner, (part, &own))?;
            seen.samples += part.batch.prompts.batch as u64;
            let shown = part.shown.as_ref().map(|shown| shown.with(&costs.told));
            seen.picture = seen.picture.take().or(shown);
            let cost = seen.take(costs, 1.0)?;
            total = Some(match total {
                Some(total) => total + cost,
                None => cost,
            });
        }
        let gradients = match total {
            Some(total) => self.back(&total, &armed, objective),
            None => Gradients::default(),
        };
        Ok((gradients, seen))
    }

    /// The gradients of a cost.
    fn back(&self, cost: &Tensor<1>, armed: &Learner, objective: &Objective<'_>) -> Gradients {
        let scale = match objective.products {
            Products::Wide => 1.0,
            Products::Halves(scale) => scale,
        };
        Gradients::scaled(cost, armed, &self.made.parameters, scale)
    }

    /// Similarity of what answers and actions ask of the planner, over what a step drew.
    fn similarity(
        &self,
        drawn: &Drawn,
        objective: &Objective<'_>,
    ) -> Result<Option<f64>, TrainError> {
        let mut both = [Gradients::default(), Gradients::default()];
        for part in drawn.parts() {
            let counts = Counts::of(part, &self.numbers);
            if let Some(labels) = &part.labels {
                let [armed, learner] = self.armed(&self.made.learner, objective);
                let cost = objective.labels(&learner, (labels, &counts))?.total;
                let own = self.back(&cost, &armed, objective);
                both[0] = std::mem::take(&mut both[0]).plus(own);
            }
            if let Some(actions) = &part.actions {
                let [armed, learner] = self.armed(&self.made.learner, objective);
                let cost = objective.actions(&learner, (actions, &counts))?.total;
                let own = self.back(&cost, &armed, objective);
                both[1] = std::mem::take(&mut both[1]).plus(own);
            }
        }
        similarity(&self.made, &both, self.config.loss.similarity_cutoff)
    }
}

/// What parts of a step cost.
#[derive(Default)]
struct Seen {
    total: f64,
    losses: BTreeMap<String, f64>,
    samples: u64,
    picture: Option<LearntPicture>,
}

impl Seen {
    fn add(&mut self, other: Self) {
        self.total += other.total;
        self.samples += other.samples;
        self.picture = self.picture.take().or(other.picture);
        for (name, loss) in other.losses {
            *self.losses.entry(name).or_default() += loss;
        }
    }

    /// Notes the parts of a cost; the cost times its weight.
    fn take(&mut self, costs: Costs, weight: f64) -> Result<Tensor<1>, TrainError> {
        for (name, cost) in costs.parts {
            let value = values(cost)?.first().copied().map_or(f64::NAN, f64::from);
            *self.losses.entry(name.to_owned()).or_default() += value;
        }
        let total = costs.total * weight;
        let value = values(total.clone().without_autodiff())?;
        self.total += value.first().copied().map_or(f64::NAN, f64::from);
        Ok(total)
    }

    /// Refuses a step whose loss is not a number, naming what was learnt.
    fn check(&self, step: u64, drawn: &Drawn) -> Result<(), TrainError> {
        if self.total.is_finite() {
            return Ok(());
        }
        let bad = self.losses.iter().find(|(_, loss)| !loss.is_finite());
        let bad = bad.map(|(name, _)| name.as_str());
        let known = ["answer", "distance", "dense", "heat", "align"].into_iter();
        let (which, labels, actions) = match (bad, known.clone().find(|name| Some(*name) == bad)) {
            (Some("action"), _) => ("action", false, true),
            (Some("aim"), _) => ("aim", false, true),
            (_, Some(name)) => (name, true, false),
            _ => ("whole", true, true),
        };
        Err(TrainError::NotFinite {
            which,
            value: self.total,
            step,
            samples: drawn.names(labels, actions),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is tried where gradients made larger by up to `fitting` fit.
    fn tried(from: Products, fitting: f64) -> Vec<Products> {
        let mut tried = Vec::new();
        let last = with_less(from, |products| {
            tried.push(products);
            let fits = match products {
                Products::Wide => true,
                Products::Halves(scale) => scale <= fitting,
            };
            Ok((products, fits))
        });
        assert_eq!(last.ok().as_ref(), tried.last());
        tried
    }

    #[test]
    fn a_step_that_overflows_is_computed_with_less() {
        use Products::{Halves, Wide};
        assert_eq!(tried(Wide, 0.0), [Wide]);
        let first = Halves(LARGER);
        assert_eq!(tried(first, 1e9), [first]);
        let some = [first, Halves(256.0), Halves(16.0)];
        assert_eq!(tried(first, 20.0), some);
        let all = [some.to_vec(), vec![Halves(1.0), Wide]].concat();
        assert_eq!(tried(first, 0.0), all);
    }
}
