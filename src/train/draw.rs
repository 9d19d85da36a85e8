//! What a step learns, and in which parts. What is drawn depends on the seed and the number of the step alone; how it
//! is divided depends on devices and cores.

use rayon::prelude::*;

use super::TrainError;
use super::action::ActionPart;
use super::batch::{LabelBatch, Reader, Slot};
use super::random::{Stream, generator};
use super::session::Session;
use crate::vision::normalize::PatchLayout;

/// Steps from one picture that is shown to the next.
const SHOWN_EVERY: u64 = 20;

/// What a step learns, device by device.
pub(super) struct Drawn {
    /// For each device, the parts it computes.
    pub shares: Vec<Vec<Part>>,
}

/// A part of a step.
pub(super) struct Part {
    pub labels: Option<LabelBatch>,
    pub actions: Option<ActionPart>,
}

impl Drawn {
    /// What was drawn, in words: the first few labelled pictures, action samples, or both.
    pub(super) fn names(&self, labels: bool, actions: bool) -> String {
        const SHOWN: usize = 8;
        let pictures = self.parts().filter_map(|part| part.labels.as_ref());
        let moments = self.parts().filter_map(|part| part.actions.as_ref());
        let pictures = pictures.flat_map(|batch| &batch.names).take(SHOWN);
        let moments = moments.flat_map(|part| &part.names).take(SHOWN);
        let shown = pictures
            .filter(|_| labels)
            .chain(moments.filter(|_| actions));
        shown.map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    /// All parts.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Part> {
        self.shares.iter().flatten()
    }
}

impl Session<'_> {
    /// Draws what step `step` learns: the same whenever and however often it is asked for.
    pub(super) fn draw(&self, step: u64) -> Result<Drawn, TrainError> {
        let config = self.config;
        let easy = (step as f64) < config.curriculum.easy * config.steps as f64;
        let vision_only = step < config.curriculum.vision_steps;
        let reader = self.reader();
        let slots: Vec<Slot> = if config.answers() {
            (0..config.batch.pictures)
                .into_par_iter()
                .map(|slot| {
                    let mut random = generator(config.seed, Stream::Labels, step, slot);
                    reader.slot(&self.galleries, (&config.batch, easy), &mut random)
                })
                .collect::<Result<_, _>>()?
        } else {
            Vec::new()
        };
        let acts = config.recipe.acts() && !vision_only;
        let mut slots = slots.into_iter();
        let mut show = step.is_multiple_of(SHOWN_EVERY);
        let mut first = 0;
        let mut shares = Vec::new();
        for parts in self.division() {
            let mut share = Vec::with_capacity(parts.len());
            for [pictures, actions] in parts {
                let labels = reader.join(slots.by_ref().take(pictures).collect(), show);
                // Where nothing is answered, an action sample is shown in the picture's place.
                let moment = show && labels.is_none();
                show = false;
                let drawn = (acts && actions > 0).then(|| {
                    let which = ((step, first, actions), moment);
                    self.actions.draw(config, &self.made, &self.pictures, which)
                });
                first += actions;
                let part = Part {
                    labels,
                    actions: drawn.transpose()?,
                };
                if part.labels.is_some() || part.actions.is_some() {
                    share.push(part);
                }
            }
            shares.push(share);
        }
        Ok(Drawn { shares })
    }

    /// Pictures and action samples of every part of every device.
    fn division(&self) -> Vec<Vec<[usize; 2]>> {
        let batch = &self.config.batch;
        let whole = [batch.pictures, batch.actions];
        let devices = 1 + self.replicas.len();
        let of = |device: usize| {
            let side_by_side = if device == 0 { self.parallel() } else { 1 };
            let parts = batch.accumulate.max(1) * side_by_side;
            let own = whole.map(|count| shared_out(count, device, devices));
            (0..parts)
                .map(|part| own.map(|count| shared_out(count, part, parts)))
                .collect()
        };
        (0..devices).map(of).collect()
    }

    fn reader(&self) -> Reader<'_> {
        let processor = &self.made.processor;
        Reader {
            tokenizer: &self.made.tokenizer,
            config: &self.made.config.qwen,
            layout: PatchLayout {
                patch: processor.patch_size as u32,
                merge: processor.merge_size as u32,
                temporal: processor.temporal_patch_size as u32,
            },
            pictures: &self.pictures,
            words: &self.made.words,
        }
    }
}

/// The share of `part` of `count` things divided into `parts`.
fn shared_out(count: usize, part: usize, parts: usize) -> usize {
    count / parts + usize::from(part < count % parts)
}

#[cfg(test)]
mod tests {
    use super::shared_out;

    #[test]
    fn shares_are_even_and_leave_nothing_out() {
        for (count, parts) in [(7, 3), (2, 5), (16, 4), (0, 2)] {
            let shares: Vec<usize> = (0..parts).map(|p| shared_out(count, p, parts)).collect();
            assert_eq!(shares.iter().sum::<usize>(), count);
            let (least, most) = (shares.iter().min(), shares.iter().max());
            assert!(most.unwrap() - least.unwrap() <= 1, "{shares:?}");
        }
    }
}
