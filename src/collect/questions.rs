//! Questions and answers about an episode's pictures, in the planner's own wording and answer format.
//!
//! Answers give pixels of the picture that is asked about, in the order and form the planner is trained to answer in.
//! Every type has a share; an episode's questions are shared out by them, and drawn at random from its seed.

mod kinds;

use std::collections::{BTreeMap, BTreeSet};

use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::priors::Priors;
use super::{CollectError, Config};
use crate::geometry::ImageSize;
use crate::sim::episode::EpisodeRecord;
use crate::vision::Likeness;
use kinds::{Asked, KINDS};

/// One control step in this many is asked about: neighbours hardly differ.
const EVERY: usize = 10;
/// Draws for each question that is wanted, before a type is said to have no more.
const DRAWS: usize = 12;

/// Shares of the types of questions, and how many questions an episode gives.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mix {
    count: usize,
    /// One for each row of [`KINDS`].
    weights: Vec<f64>,
}

impl Mix {
    /// The shares of `config`; those of the paper's composition table if it names none.
    ///
    /// # Errors
    /// When a type is unknown or no share is above zero.
    pub(super) fn new(config: &Config) -> Result<Self, CollectError> {
        let mut weights: Vec<f64> = KINDS
            .iter()
            .map(|kind| {
                if config.mix.is_empty() {
                    kind.weight
                } else {
                    0.0
                }
            })
            .collect();
        for (name, weight) in &config.mix {
            let Some(at) = KINDS.iter().position(|kind| kind.name == name) else {
                return Err(CollectError::UnknownQuestion {
                    name: name.clone(),
                    known: KINDS
                        .iter()
                        .map(|kind| kind.name)
                        .collect::<Vec<_>>()
                        .join(", "),
                });
            };
            weights[at] = *weight;
        }
        if weights.iter().sum::<f64>() <= 0.0 && config.questions > 0 {
            return Err(CollectError::NoShares);
        }
        Ok(Self {
            count: config.questions,
            weights,
        })
    }

    /// Whether pictures of this control step may be asked about.
    pub(super) fn asks_about(&self, frame: usize, of: usize) -> bool {
        self.count > 0 && (frame.is_multiple_of(EVERY) || frame + 1 == of)
    }

    /// How many questions of each type an episode gives: shares rounded so that the sum is right, what is left over
    /// going to types in turn from episode to episode.
    fn counts(&self, random: &mut ChaCha8Rng) -> Vec<usize> {
        let sum: f64 = self.weights.iter().sum();
        let exact: Vec<f64> = self
            .weights
            .iter()
            .map(|w| w / sum * self.count as f64)
            .collect();
        let mut counts: Vec<usize> = exact.iter().map(|share| share.floor() as usize).collect();
        let mut open: Vec<usize> = (0..counts.len())
            .filter(|at| exact[*at].fract() > 0.0)
            .collect();
        while counts.iter().sum::<usize>() < self.count && !open.is_empty() {
            // Drawn by what their share lacks, so that the shares are right over many episodes.
            let lacking: Vec<f64> = open.iter().map(|at| exact[*at].fract()).collect();
            let Ok(draw) = rand_distr::weighted::WeightedIndex::new(&lacking) else {
                break;
            };
            let taken = open.swap_remove(rand::Rng::sample(random, draw));
            counts[taken] += 1;
        }
        counts
    }
}

/// A question about a picture, and its answer.
#[derive(Debug, Clone)]
pub(super) struct Question {
    kind: &'static str,
    /// Which of its type it is among those about its picture, in their order.
    ordinal: usize,
    /// File of the picture, below the dataset.
    pub image: String,
    pub frame: usize,
    pub camera: String,
    size: ImageSize,
    likeness: Likeness,
    asked: String,
    answer: String,
}

impl Question {
    /// A name that no other question of the dataset has.
    fn id(&self, episode: u64) -> String {
        let Self {
            frame,
            camera,
            kind,
            ordinal,
            ..
        } = self;
        format!("{episode:06}_{frame:04}_{camera}_{kind}_{ordinal}")
    }

    /// As a line of the conversation format.
    pub(super) fn sample(&self, episode: u64) -> Value {
        json!({
            "id": self.id(episode),
            "image": self.image,
            "width": self.size.width,
            "height": self.size.height,
            "type": self.kind,
            "episode": episode,
            "frame": self.frame,
            "camera": self.camera,
            "likeness": self.likeness.to_string(),
            "conversations": [
                { "from": "human", "value": format!("<image>\n{}", self.asked) },
                { "from": "gpt", "value": self.answer },
            ],
        })
    }
}

/// The questions of an episode about these of its pictures, each pair of picture and wording once.
pub(super) fn questions(
    record: &EpisodeRecord,
    may: &[(&Priors, Likeness)],
    views: &[(String, ImageSize)],
    mix: &Mix,
    stem: &str,
) -> Vec<Question> {
    let mut random = ChaCha8Rng::seed_from_u64(record.scene.seed ^ 0x7175_6573_7469_6f6e);
    let mut found = Vec::new();
    let mut asked = BTreeSet::new();
    if may.is_empty() {
        return found;
    }
    for (kind, count) in KINDS.iter().zip(mix.counts(&mut random)) {
        let mut left = count;
        for _ in 0..count * DRAWS {
            if left == 0 {
                break;
            }
            let (priors, likeness) = may[rand::Rng::random_range(&mut random, 0..may.len())];
            let Some((_, size)) = views.iter().find(|(name, _)| *name == priors.camera) else {
                continue;
            };
            let about = Asked { record, priors };
            let Some((question, answer)) = (kind.ask)(&about, &mut random) else {
                continue;
            };
            let image = format!("{stem}_{:04}_{}.jpg", priors.frame, priors.camera);
            if asked.insert((image.clone(), question.clone())) {
                left -= 1;
                found.push(Question {
                    kind: kind.name,
                    ordinal: 0,
                    image,
                    frame: priors.frame,
                    camera: priors.camera.clone(),
                    size: *size,
                    likeness,
                    asked: question,
                    answer,
                });
            }
        }
    }
    found.shuffle(&mut random);
    number(&mut found);
    found
}

/// Counts the questions of one type about one picture.
fn number(questions: &mut [Question]) {
    let mut counts: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for question in questions {
        let count = counts.entry((question.image.clone(), question.kind));
        let count = count.or_default();
        question.ordinal = *count;
        *count += 1;
    }
}
