//! What a step reads: drawn pictures and questions as packed tokens, with what the auxiliary losses are told.

use rand_chacha::ChaCha8Rng;

use super::answers::{self, Answer};
use super::gallery::{Gallery, Question, Shot};
use super::pictures::{Fitted, Pictures};
use super::placed::Placed;
use super::random::weighted;
use super::shown::Shown;
use super::{BatchConfig, TrainError};
use crate::geometry::{ImagePoint, ImageSize};
use crate::grounding::{Grounding, GroundingKind};
use crate::model::config::QwenConfig;
use crate::model::planner::PlannerTokenizer;
use crate::model::planner::prompt::Role;
use crate::model::training::{LanguageBatch, Packed, Sample, SampleError, SampleTurn};
use crate::vision::Frame;
use crate::vision::normalize::{self, PatchLayout};

/// What reading needs to know of the model.
pub(super) struct Reader<'a> {
    pub tokenizer: &'a PlannerTokenizer,
    pub config: &'a QwenConfig,
    pub layout: PatchLayout,
    pub pictures: &'a Pictures,
    /// Words that the dense head tells apart.
    pub words: &'a [String],
}

/// The token whose state begins an answer, and the cells the answer speaks of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spot {
    /// Row over the whole batch.
    pub row: u32,
    /// Sequence.
    pub sequence: u32,
    /// Share of each cell, one in all.
    pub shares: Vec<f32>,
    /// Tokens of the name of what is asked for.
    pub name: Vec<u32>,
}

/// What is to be seen in each patch of each picture, cells in reading order, patches within them likewise.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Scenery {
    /// Patches, all pictures together.
    pub patches: usize,
    /// 1 for every word that names what is there: `[patches, words]`.
    pub words: Vec<f32>,
    /// From the patch's centre to the left, top, right and lower edge, in cells: `[patches, 4]`.
    pub edges: Vec<f32>,
    /// Whether it is known what is there; whether something is: `[patches]` each.
    pub known: Vec<f32>,
    pub covered: Vec<f32>,
}

/// Drawn pictures with their questions.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LabelBatch {
    pub language: LanguageBatch,
    /// For each target, whether it is a coordinate.
    pub coordinates: Vec<bool>,
    pub spots: Vec<Spot>,
    pub scenery: Scenery,
    /// Cells of each picture.
    pub cells: usize,
    /// What was drawn, for messages.
    pub names: Vec<String>,
    /// The first picture, for whoever watches.
    pub shown: Option<Shown>,
}

/// One picture and its packed questions.
pub(super) struct Slot {
    packed: Packed,
    asked: Vec<Asked>,
    frame: Frame,
    patches: Vec<f32>,
    grid: [u32; 3],
    scenery: Scenery,
    name: String,
}

/// A question: its answer, what that speaks of, and the tokens of the name in it.
struct Asked {
    question: String,
    answer: Answer,
    name: Vec<u32>,
}

impl Reader<'_> {
    /// Draws one picture and its questions; others in their place where they cannot be read.
    pub(super) fn slot(
        &self,
        galleries: &[Gallery],
        how: (&BatchConfig, bool),
        random: &mut ChaCha8Rng,
    ) -> Result<Slot, TrainError> {
        let skipped = &self.pictures.skipped;
        skipped.draw(|| self.any_slot(galleries, how, random))
    }

    fn any_slot(
        &self,
        galleries: &[Gallery],
        (batch, easy): (&BatchConfig, bool),
        random: &mut ChaCha8Rng,
    ) -> Result<Slot, TrainError> {
        let weights: Vec<f64> = galleries.iter().map(|gallery| gallery.weight).collect();
        let gallery = &galleries[weighted(&weights, random)];
        let shot = gallery.draw(easy, random);
        let fitted = self.pictures.file(&shot.file)?;
        let questions = gallery.questions(shot, batch.questions, random);
        shot.check(fitted.stored, &questions)?;
        let placed = self.place(shot, &fitted, &questions, random);
        let frame = placed.moved(&fitted.frame);
        let patches =
            normalize::patchify(std::slice::from_ref(&frame), self.layout).map_err(|error| {
                TrainError::Setting {
                    name: "picture.size".into(),
                    why: error.to_string(),
                }
            })?;
        let grid = patches.grids[0];
        let (mut samples, mut asked) = (Vec::new(), Vec::new());
        let mut length = 0;
        for question in &questions {
            let answer = answers::fitted(&question.question, &question.answer, &placed);
            let sample = self.sample(&question.question, &answer, grid)?;
            length += sample.ids.len();
            if length > batch.tokens {
                if samples.is_empty() {
                    let limit = batch.tokens;
                    return Err(SampleError::Length { length, limit }.into());
                }
                break;
            }
            let label = answer.groundings.iter().find_map(|g| g.label.as_deref());
            let label = label.map(|label| self.tokenizer.encode(&format!(" {label}")));
            asked.push(Asked {
                question: question.question.clone(),
                answer,
                name: label.unwrap_or_default(),
            });
            samples.push(sample);
        }
        Ok(Slot {
            packed: Packed::new(&samples, self.config),
            asked,
            scenery: self.scenery(shot, &placed),
            patches: patches.values,
            grid,
            frame,
            name: shot.file.display().to_string(),
        })
    }

    /// Where the picture lies this time. It is moved only where everything in it is known, so that nothing that is
    /// spoken of leaves it.
    fn place(
        &self,
        shot: &Shot,
        fitted: &Fitted,
        questions: &[Question],
        random: &mut ChaCha8Rng,
    ) -> Placed {
        let placed = Placed::new(fitted.stored, fitted.frame.size());
        let most = self.pictures.shift();
        if most == 0 || !shot.complete {
            return placed;
        }
        let mut boxes: Vec<[f32; 4]> = shot.things.iter().map(|thing| thing.corners).collect();
        for Question { question, answer } in questions {
            let found = answers::pointed(question, answer, fitted.stored);
            boxes.extend(found.iter().filter_map(Grounding::bounds));
        }
        placed.drawn(most, &boxes, random)
    }

    fn sample(
        &self,
        question: &str,
        answer: &Answer,
        grid: [u32; 3],
    ) -> Result<Sample, TrainError> {
        // The workbench asks without a line break behind the picture; so it is learnt.
        let turns = [
            (Role::User, format!("<image>{question}")),
            (Role::Assistant, answer.text.clone()),
        ];
        let turns = turns.map(|(role, text)| SampleTurn { role, text });
        Ok(Sample::new(&turns, &[grid], self.tokenizer, self.config)?)
    }

    /// Slots side by side; `show` keeps the first one to look at.
    pub(super) fn join(&self, slots: Vec<Slot>, show: bool) -> Option<LabelBatch> {
        let merge = self.config.vision.spatial_merge_size as u32;
        let [_, rows, columns] = slots.first()?.grid;
        let [rows, columns] = [rows / merge, columns / merge];
        let shown = slots.first().filter(|_| show).map(Slot::shown);
        let mut scenery = Scenery::default();
        let (mut patches, mut grids, mut packed) = (Vec::new(), Vec::new(), Vec::new());
        let (mut asked, mut names) = (Vec::new(), Vec::new());
        for slot in slots {
            scenery.append(slot.scenery);
            patches.extend(slot.patches);
            grids.push(slot.grid);
            packed.push(slot.packed);
            asked.push(slot.asked);
            names.push(slot.name);
        }
        let language = LanguageBatch::new(&packed, patches, grids)?;
        let size = self.pictures.size();
        let (mut spots, mut coordinates) = (Vec::new(), Vec::new());
        for (sequence, (packed, asked)) in packed.iter().zip(asked).enumerate() {
            for at in (1..packed.length()).filter(|at| packed.learnt[*at]) {
                let number = usize::from(packed.segments[at]).max(1) - 1;
                let Some(Asked { answer, name, .. }) = asked.get(number) else {
                    continue;
                };
                let groundings = &answer.groundings;
                coordinates.push(!groundings.is_empty());
                let begins =
                    !packed.learnt[at - 1] || packed.segments[at - 1] != packed.segments[at];
                if begins && let Some(shares) = shares(groundings, size, [rows, columns]) {
                    spots.push(Spot {
                        row: (sequence * language.length() + at - 1) as u32,
                        sequence: sequence as u32,
                        shares,
                        name: name.clone(),
                    });
                }
            }
        }
        Some(LabelBatch {
            cells: (rows * columns) as usize,
            language,
            coordinates,
            spots,
            scenery,
            names,
            shown,
        })
    }

    fn scenery(&self, shot: &Shot, placed: &Placed) -> Scenery {
        let size = placed.size();
        let patch = self.layout.patch as f32;
        let merge = self.layout.merge;
        let [rows, columns] = [size.height, size.width].map(|side| side / self.layout.patch);
        let things: Vec<([f32; 4], &str)> = shot
            .things
            .iter()
            .map(|thing| (placed.corners(thing.corners), thing.label.as_str()))
            .collect();
        let mut scenery = Scenery::default();
        for row in (0..rows).step_by(merge as usize) {
            for column in (0..columns).step_by(merge as usize) {
                for inner in 0..merge * merge {
                    let at = [column + inner % merge, row + inner / merge];
                    let centre = at.map(|at| (at as f32 + 0.5) * patch);
                    scenery.patch(
                        centre,
                        patch * merge as f32,
                        (&things, shot.complete),
                        self.words,
                    );
                }
            }
        }
        scenery
    }
}

impl Slot {
    fn shown(&self) -> Shown {
        let learnt = (1..self.packed.length()).filter(|at| self.packed.learnt[*at]);
        Shown {
            name: self.name.clone(),
            frame: self.frame.clone(),
            asked: self
                .asked
                .iter()
                .map(|asked| (asked.question.clone(), asked.answer.text.clone()))
                .collect(),
            targets: learnt
                .map(|at| usize::from(self.packed.segments[at]).max(1) - 1)
                .collect(),
        }
    }
}

impl Scenery {
    /// Adds what is at a patch's centre: of several things the smallest, which is likely in front.
    fn patch(
        &mut self,
        [x, y]: [f32; 2],
        cell: f32,
        (things, complete): (&[([f32; 4], &str)], bool),
        words: &[String],
    ) {
        let inside = |c: &[f32; 4]| (c[0]..c[2]).contains(&x) && (c[1]..c[3]).contains(&y);
        let area = |c: &[f32; 4]| (c[2] - c[0]) * (c[3] - c[1]);
        let here = things
            .iter()
            .filter(|(corners, _)| inside(corners))
            .min_by(|a, b| area(&a.0).total_cmp(&area(&b.0)));
        self.patches += 1;
        self.known
            .push(f32::from(u8::from(complete || here.is_some())));
        self.covered.push(f32::from(u8::from(here.is_some())));
        let label = here.map_or("", |(_, label)| *label);
        let named = |word: &String| label.split_whitespace().any(|own| own == word);
        self.words
            .extend(words.iter().map(|word| f32::from(u8::from(named(word)))));
        let corners = here.map_or([x, y, x, y], |(corners, _)| *corners);
        let [left, top, right, bottom] = corners;
        let edges = [x - left, y - top, right - x, bottom - y];
        self.edges.extend(edges.map(|edge| edge / cell));
    }

    fn append(&mut self, other: Self) {
        self.patches += other.patches;
        self.words.extend(other.words);
        self.edges.extend(other.edges);
        self.known.extend(other.known);
        self.covered.extend(other.covered);
    }
}

/// The share of every cell in what groundings speak of: boxes by area, points one by one.
fn shares(
    groundings: &[Grounding],
    size: ImageSize,
    [rows, columns]: [u32; 2],
) -> Option<Vec<f32>> {
    let cell = [
        size.width as f32 / columns as f32,
        size.height as f32 / rows as f32,
    ];
    let mut shares = vec![0.0_f32; (rows * columns) as usize];
    for grounding in groundings {
        let around = |p: &ImagePoint| [p.x - 0.5, p.y - 0.5, p.x + 0.5, p.y + 0.5];
        let parts = match grounding
            .bounds()
            .filter(|_| grounding.kind == GroundingKind::Box)
        {
            Some(corners) => vec![corners],
            None => grounding.points.iter().map(around).collect(),
        };
        for [x1, y1, x2, y2] in parts {
            for (at, share) in shares.iter_mut().enumerate() {
                let left = (at as u32 % columns) as f32 * cell[0];
                let top = (at as u32 / columns) as f32 * cell[1];
                let width = (x2.min(left + cell[0]) - x1.max(left)).max(0.0);
                let height = (y2.min(top + cell[1]) - y1.max(top)).max(0.0);
                *share += width * height;
            }
        }
    }
    let total: f32 = shares.iter().sum();
    (total > 0.0).then(|| shares.into_iter().map(|share| share / total).collect())
}
