//! A mixture of datasets to train on: weights by set, quotas by type of question, the same choice for the same seed.
//!
//! The composition follows InternVLA-M1's pre-training table: general questions, boxes, traces, points. Samples whose
//! picture and words are in a set kept for evaluation are never drawn.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::record::{LabelSet, Sample};
use super::verify::{Hashes, Identity, digest};
use crate::grounding::prompt::Task;

/// What to mix, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MixConfig {
    /// The same seed draws the same samples, whatever the machine.
    #[serde(default)]
    pub seed: u64,
    /// How many samples to draw in all; without it every set gives its weight times its samples.
    #[serde(default)]
    pub total: Option<usize>,
    /// Sets to draw from.
    pub sets: Vec<MixSet>,
    /// Share of each type of question, of any sum; types that are not named are not drawn. Empty: as the sets have it.
    #[serde(default)]
    pub shares: BTreeMap<MixType, f64>,
    /// Sets kept for evaluation: nothing of them is drawn.
    #[serde(default)]
    pub held_out: Vec<PathBuf>,
}

/// A set to draw from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MixSet {
    /// What it is called in reports. `name%50` in lists of other projects is a weight of 0.5.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its weight against the others; with no total, the part of it that is drawn.
    #[serde(default = "one")]
    pub weight: f64,
}

const fn one() -> f64 {
    1.0
}

/// A type of question, as the paper's table counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MixType {
    /// Captions, questions and plans without coordinates to learn.
    General,
    /// Boxes.
    Box,
    /// Traces.
    Trace,
    /// Points.
    Point,
}

/// The composition of InternVLA-M1's pre-training data, in thousands of samples (paper, section on data).
pub const PAPER_SHARES: [(MixType, f64); 4] = [
    (MixType::General, 637.0),
    (MixType::Box, 879.0),
    (MixType::Trace, 684.0),
    (MixType::Point, 832.0),
];

impl MixType {
    /// The type of a sample.
    #[must_use]
    pub const fn of(task: Task) -> Self {
        match task {
            Task::Box => Self::Box,
            Task::Point => Self::Point,
            Task::Trace => Self::Trace,
            Task::Plan | Task::Chat | Task::Action => Self::General,
        }
    }
}

/// Why a mixture makes no sense.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MixError {
    /// A weight or share that is negative or no number.
    #[error("the weight of {0} is {1}; use a finite number from 0")]
    Weight(String, f64),
    /// Nothing has a weight.
    #[error("no set has a weight above 0; give at least one")]
    Empty,
    /// Another count of sets than the configuration names.
    #[error("the mixture names {named} sets, {given} were given")]
    Sets {
        /// Sets in the configuration.
        named: usize,
        /// Sets that were read.
        given: usize,
    },
}

/// A sample that was drawn: which set, which of its samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Draw {
    /// Index of the set in [`MixConfig::sets`].
    pub set: usize,
    /// Index of the sample in that set.
    pub sample: usize,
}

/// What was drawn.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Mix {
    /// In the order to train in.
    pub draws: Vec<Draw>,
    /// How many were drawn of each set and type.
    pub counts: BTreeMap<String, BTreeMap<MixType, u64>>,
    /// Samples passed over because their picture and words occurred in an earlier one.
    pub duplicates: u64,
    /// Samples passed over because they are in a set kept for evaluation.
    pub held_out: u64,
    /// Draws that repeat a sample, because a quota asks for more than there is.
    pub repeats: u64,
    /// Samples that were asked for and could not be drawn, because no set has that type.
    pub missing: BTreeMap<MixType, u64>,
}

/// Samples to draw from, by set and type.
type Pools = Vec<BTreeMap<MixType, Vec<usize>>>;

/// Draws a mixture. `sets` are in the order of [`MixConfig::sets`].
///
/// # Errors
/// When weights or shares make no sense, or `sets` are not those of the configuration.
pub fn mix(config: &MixConfig, sets: &[LabelSet], held_out: &[LabelSet]) -> Result<Mix, MixError> {
    check(config, sets.len())?;
    let mut mix = Mix::default();
    let pools = pools(sets, held_out, &mut mix);
    let mut random = ChaCha8Rng::seed_from_u64(config.seed);
    for (set, kind, count) in quotas(config, &pools, &mut mix) {
        draw(&pools[set], (set, kind, count), &mut random, &mut mix);
        let counts = mix.counts.entry(config.sets[set].name.clone()).or_default();
        *counts.entry(kind).or_default() += count as u64;
    }
    mix.draws.shuffle(&mut random);
    Ok(mix)
}

fn check(config: &MixConfig, given: usize) -> Result<(), MixError> {
    if config.sets.len() != given {
        let named = config.sets.len();
        return Err(MixError::Sets { named, given });
    }
    let weights = config.sets.iter().map(|set| (set.name.clone(), set.weight));
    let shares = config
        .shares
        .iter()
        .map(|(kind, share)| (format!("{kind:?}"), *share));
    if let Some((name, weight)) = weights
        .chain(shares)
        .find(|(_, w)| !w.is_finite() || *w < 0.0)
    {
        return Err(MixError::Weight(name, weight));
    }
    if config.sets.iter().all(|set| set.weight == 0.0) {
        return Err(MixError::Empty);
    }
    Ok(())
}

/// Samples by set and type, without those that are held out or occurred before.
fn pools(sets: &[LabelSet], held_out: &[LabelSet], mix: &mut Mix) -> Pools {
    let all = || sets.iter().chain(held_out).flat_map(|set| &set.samples);
    let hashes = Hashes::of(all().filter_map(|sample| Some((sample.image()?.file.as_deref()?, 0))));
    let picture = |sample: &Sample| {
        let image = sample.image()?;
        let file = image.file.as_deref().map(|file| hashes.identity(file));
        Some(file.unwrap_or_else(|| Identity::Path(PathBuf::from(&image.path))))
    };
    // A picture of an evaluation set is not trained on, whatever is said about it.
    let evaluated: HashSet<Identity> = held_out
        .iter()
        .flat_map(|set| &set.samples)
        .filter_map(picture)
        .collect();
    let mut seen = HashSet::new();
    let mut pools = Pools::new();
    for set in sets {
        let mut pool = BTreeMap::<MixType, Vec<usize>>::new();
        for (index, sample) in set.samples.iter().enumerate() {
            if picture(sample).is_some_and(|identity| evaluated.contains(&identity)) {
                mix.held_out += 1;
            } else if !seen.insert((picture(sample), digest(&sample.text()))) {
                mix.duplicates += 1;
            } else {
                pool.entry(MixType::of(sample.task))
                    .or_default()
                    .push(index);
            }
        }
        pools.push(pool);
    }
    pools
}

/// How many samples of each set and type are drawn.
fn quotas(config: &MixConfig, pools: &Pools, mix: &mut Mix) -> Vec<(usize, MixType, usize)> {
    let weight = |set: usize| config.sets[set].weight;
    let wanted = |kind: &MixType| {
        config.shares.is_empty() || config.shares.get(kind).is_some_and(|s| *s > 0.0)
    };
    let cells = pools.iter().enumerate().flat_map(|(set, pool)| {
        pool.iter()
            .map(move |(kind, samples)| (set, *kind, samples.len()))
    });
    let cells: Vec<(usize, MixType, usize)> = cells
        .filter(|(set, kind, count)| weight(*set) > 0.0 && wanted(kind) && *count > 0)
        .collect();
    let Some(total) = config.total else {
        let part = |(set, kind, count): (usize, MixType, usize)| {
            (set, kind, (count as f64 * weight(set)).round() as usize)
        };
        return cells.into_iter().map(part).collect();
    };
    let mut quotas = Vec::new();
    for (kind, count) in by_type(config, &cells, total) {
        let of_type: Vec<_> = cells.iter().filter(|cell| cell.1 == kind).collect();
        if of_type.is_empty() {
            *mix.missing.entry(kind).or_default() += count as u64;
            continue;
        }
        let sizes: Vec<f64> = of_type
            .iter()
            .map(|cell| weight(cell.0) * cell.2 as f64)
            .collect();
        let parts = apportion(count, &sizes);
        quotas.extend(
            of_type
                .iter()
                .zip(parts)
                .map(|(cell, part)| (cell.0, kind, part)),
        );
    }
    quotas
}

/// The total, divided over the types.
fn by_type(
    config: &MixConfig,
    cells: &[(usize, MixType, usize)],
    total: usize,
) -> Vec<(MixType, usize)> {
    let mut shares = config.shares.clone();
    shares.retain(|_, share| *share > 0.0);
    if shares.is_empty() {
        for (set, kind, count) in cells {
            *shares.entry(*kind).or_default() += config.sets[*set].weight * *count as f64;
        }
    }
    let parts: Vec<f64> = shares.values().copied().collect();
    shares
        .keys()
        .copied()
        .zip(apportion(total, &parts))
        .collect()
}

/// Whole parts of `total` in proportion to `shares`, which add up to it: the largest remainders are rounded up.
fn apportion(total: usize, shares: &[f64]) -> Vec<usize> {
    let sum: f64 = shares.iter().sum();
    if sum <= 0.0 {
        return vec![0; shares.len()];
    }
    let exact: Vec<f64> = shares
        .iter()
        .map(|share| total as f64 * share / sum)
        .collect();
    let mut parts: Vec<usize> = exact.iter().map(|part| part.floor() as usize).collect();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by(|a, b| {
        exact[*b]
            .fract()
            .total_cmp(&exact[*a].fract())
            .then(a.cmp(b))
    });
    let left = total.saturating_sub(parts.iter().sum());
    order
        .iter()
        .cycle()
        .take(left)
        .for_each(|index| parts[*index] += 1);
    parts
}

/// Draws without repeating as long as there is something left; then all over again.
fn draw(
    pool: &BTreeMap<MixType, Vec<usize>>,
    (set, kind, count): (usize, MixType, usize),
    random: &mut ChaCha8Rng,
    mix: &mut Mix,
) {
    let Some(samples) = pool.get(&kind).filter(|samples| !samples.is_empty()) else {
        return;
    };
    mix.repeats += count.saturating_sub(samples.len()) as u64;
    let mut left = count;
    while left > 0 {
        let mut round = samples.clone();
        let part = left.min(round.len());
        // The first of a shuffle is enough, and costs no more than what is taken.
        for at in 0..part {
            let other = random.random_range(at..round.len());
            round.swap(at, other);
        }
        mix.draws.extend(round[..part].iter().map(|sample| Draw {
            set,
            sample: *sample,
        }));
        left -= part;
    }
}
