//! Pictures of a label dataset, with what is asked about each and what is to be seen in it.

use std::collections::HashMap;
use std::path::PathBuf;

use rand::Rng as _;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand_chacha::ChaCha8Rng;

use super::{LabelSource, TrainError, answers};
use crate::data::PriorsFile;
use crate::data::labels::{self, ReadOptions, Role as Speaker, Sample, Shape};
use crate::geometry::{ImagePoint, ImageSize};
use crate::grounding::prompt::Task;
use crate::grounding::{Grounding, GroundingKind};
use crate::job::JobContext;

/// Wordings of questions made from labels: those whose answers are in pixels.
const WORDINGS: [&str; 3] = ["Bounding box", "Qwen JSON", "Short"];

/// What stands for the picture in stored questions; it always comes first.
const PICTURE: &str = "<image>";

/// A question and its answer, in pixels of the stored picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Question {
    pub question: String,
    pub answer: String,
}

/// Something to be seen: its name and its box in pixels of the stored picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Thing {
    pub label: String,
    pub corners: [f32; 4],
}

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shot {
    pub file: PathBuf,
    pub questions: Vec<Question>,
    pub things: Vec<Thing>,
    /// Whether `things` are all there is to be seen, so that what is not among them is background.
    pub complete: bool,
}

/// The pictures of one source.
#[derive(Debug)]
pub(super) struct Gallery {
    pub weight: f64,
    pub shots: Vec<Shot>,
    easy: Vec<usize>,
    ask: bool,
}

impl Gallery {
    /// Reads a source. Pictures that are not there are left out; a source without any is refused.
    pub(super) fn open(
        source: &LabelSource,
        easy: usize,
        context: &JobContext<'_>,
    ) -> Result<Self, TrainError> {
        context.report("Reading labels", 0, 0);
        let options = ReadOptions {
            check_pictures: false,
            ..ReadOptions::default()
        };
        let set = labels::read_with(&source.path, &options)?;
        let mut priors = source.path.parent().and_then(PriorsFile::beside);
        let wanted = |sample: &&Sample| source.split.is_none() || sample.split == source.split;
        let mut shots: Vec<Shot> = Vec::new();
        let mut places: HashMap<PathBuf, usize> = HashMap::new();
        for sample in set.samples.iter().filter(wanted) {
            context.check()?;
            let Some(file) = sample.image().and_then(|image| image.file.clone()) else {
                continue;
            };
            let at = *places.entry(file.clone()).or_insert_with(|| {
                shots.push(Shot {
                    file,
                    questions: Vec::new(),
                    things: Vec::new(),
                    complete: false,
                });
                shots.len() - 1
            });
            let shot = &mut shots[at];
            shot.questions.extend(asked(sample));
            if !shot.complete {
                shot.see(sample, priors.as_mut())?;
            }
        }
        let asks = |shot: &Shot| source.ask && !shot.askable().is_empty();
        shots.retain(|shot| !shot.questions.is_empty() || asks(shot));
        if shots.is_empty() {
            return Err(TrainError::Empty {
                what: "no picture with a question or a label was found".into(),
                path: source.path.clone(),
            });
        }
        let simple = |shot: &Shot| shot.complete && shot.things.len() <= easy;
        let numbered = shots.iter().enumerate();
        Ok(Self {
            weight: source.weight,
            easy: numbered
                .filter(|(_, s)| simple(s))
                .map(|(at, _)| at)
                .collect(),
            ask: source.ask,
            shots,
        })
    }

    /// Draws a picture; an easy one if asked for and there is any.
    pub(super) fn draw(&self, easy: bool, random: &mut ChaCha8Rng) -> &Shot {
        let at = if easy && !self.easy.is_empty() {
            self.easy[random.random_range(0..self.easy.len())]
        } else {
            random.random_range(0..self.shots.len())
        };
        &self.shots[at]
    }

    /// Draws up to `count` questions about a picture, those of the dataset first.
    pub(super) fn questions(
        &self,
        shot: &Shot,
        count: usize,
        random: &mut ChaCha8Rng,
    ) -> Vec<Question> {
        let mut all: Vec<&Question> = shot.questions.iter().collect();
        all.shuffle(random);
        let mut drawn: Vec<Question> = all.into_iter().take(count).cloned().collect();
        if self.ask {
            let mut things = shot.askable();
            things.shuffle(random);
            for thing in things.iter().cycle().take(4 * count) {
                if drawn.len() >= count || things.is_empty() {
                    break;
                }
                let question = thing.question(random);
                if !drawn.contains(&question) {
                    drawn.push(question);
                }
            }
        }
        drawn.shuffle(random);
        drawn
    }

    /// Every text, for a vocabulary.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let questions = self.shots.iter().flat_map(|shot| &shot.questions);
        let things = self.shots.iter().flat_map(|shot| &shot.things);
        questions
            .flat_map(|q| [q.question.as_str(), q.answer.as_str()])
            .chain(things.map(|thing| thing.label.as_str()))
    }
}

impl Shot {
    /// Refuses what lies outside the stored picture of `size`.
    pub(super) fn check(&self, size: ImageSize, asked: &[Question]) -> Result<(), TrainError> {
        let outside = |what: String| TrainError::Outside {
            what,
            size,
            path: self.file.clone(),
        };
        for Thing { label, corners } in &self.things {
            let sides = [size.width, size.height].map(|side| side as f32);
            let within = |(at, value): (usize, &f32)| {
                let slack = 1.0 + sides[at % 2] / 100.0;
                (-slack..=sides[at % 2] + slack).contains(value)
            };
            if !corners.iter().enumerate().all(within) {
                return Err(outside(format!("{label:?} at {corners:?}")));
            }
        }
        for Question { question, answer } in asked {
            if answers::outside(question, answer, size) {
                let short: String = answer.chars().take(80).collect();
                return Err(outside(format!("the answer {short:?}")));
            }
        }
        Ok(())
    }

    /// Things of a name of their own.
    fn askable(&self) -> Vec<&Thing> {
        let alone = |thing: &&Thing| {
            let same = self
                .things
                .iter()
                .filter(|other| other.label == thing.label);
            !thing.label.is_empty() && same.count() == 1
        };
        self.things.iter().filter(alone).collect()
    }

    /// What the files beside the dataset say is there, else what the sample's own labels say.
    fn see(&mut self, sample: &Sample, priors: Option<&mut PriorsFile>) -> Result<(), TrainError> {
        let number = |key: &str| sample.extra.get(key).and_then(serde_json::Value::as_u64);
        let camera = sample.extra.get("camera").and_then(|name| name.as_str());
        if let (Some(file), Some(episode), Some(frame), Some(camera)) =
            (priors, number("episode"), number("frame"), camera)
            && let Some(known) = file.at(episode, frame, camera)?
        {
            self.things = known.groundings.iter().filter_map(thing).collect();
            self.complete = true;
            return Ok(());
        }
        let targets = sample.targets.iter().filter(|target| !target.crowd);
        for target in
            targets.filter(|target| !matches!(target.shape, Shape::Point(_) | Shape::Trace(_)))
        {
            let label = target.label.clone().or_else(|| sample.phrase.clone());
            if let (Some(label), Some(rect)) = (label, target.boxed()) {
                let corners = [rect.x1, rect.y1, rect.x2, rect.y2].map(|v| v as f32);
                let thing = Thing { label, corners };
                if !self.things.contains(&thing) {
                    self.things.push(thing);
                }
            }
        }
        // Annotations name everything; questions ask for some things.
        self.complete = sample.conversation.is_empty() && sample.phrase.is_none();
        Ok(())
    }
}

fn thing(grounding: &Grounding) -> Option<Thing> {
    if grounding.kind != GroundingKind::Box {
        return None;
    }
    Some(Thing {
        label: grounding.label.clone()?,
        corners: grounding.bounds()?,
    })
}

impl Thing {
    fn question(&self, random: &mut ChaCha8Rng) -> Question {
        let presets: Vec<_> = Task::Box
            .presets()
            .filter(|preset| WORDINGS.contains(&preset.name))
            .collect();
        let [x1, y1, x2, y2] = self.corners;
        let corners = vec![ImagePoint::new(x1, y1), ImagePoint::new(x2, y2)];
        let grounding = Grounding::new(GroundingKind::Box, corners).labelled(&*self.label);
        let what = self.label.trim_start_matches("the ");
        Question {
            question: presets
                .choose(random)
                .map_or_else(|| what.to_owned(), |preset| preset.render(what)),
            answer: (GroundingKind::Box.spec().answer)(&[grounding]),
        }
    }
}

/// Questions with their answers; each answer is learnt by itself.
fn asked(sample: &Sample) -> Vec<Question> {
    let pairs = sample.conversation.windows(2).filter_map(|pair| {
        let [question, answer] = pair else {
            return None;
        };
        let fits = question.role == Speaker::User && answer.role == Speaker::Assistant;
        fits.then(|| Question {
            question: question.text.replace(PICTURE, "").trim().to_owned(),
            answer: answer.text.trim().to_owned(),
        })
    });
    pairs
        .filter(|q| !q.question.is_empty() && !q.answer.is_empty())
        .collect()
}
