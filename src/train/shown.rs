//! A picture being learnt, with what the model says of it now: for whoever watches.

use super::aim::{Places, SPOTS};
use super::answers;
use crate::geometry::ImagePoint;
use crate::grounding::{Grounding, GroundingKind};
use crate::model::planner::PlannerTokenizer;
use crate::vision::Frame;

/// A picture of a step, as the model sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct LearntPicture {
    /// Its file.
    pub name: String,
    /// Its pixels, fitted.
    pub frame: Frame,
    /// What is asked about it in that step.
    pub answers: Vec<LearntAnswer>,
}

/// A question with the answer that is learnt and what the model says before it learns it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LearntAnswer {
    /// The question.
    pub question: String,
    /// The right answer.
    pub truth: String,
    /// The likeliest token after each right one before it: read off the step itself, so quicker than a reply, and
    /// kinder, as one mistake does not lead to the next. Of action samples, where the head says the arm aims.
    pub said: String,
    /// What the right answer points at, in pixels of the fitted picture.
    pub right: Vec<Grounding>,
    /// What the model points at.
    pub found: Vec<Grounding>,
}

impl LearntAnswer {
    /// Whether the model says just the right thing.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.said.trim() == self.truth.trim()
    }
}

/// A picture of a batch before the model has said anything.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shown {
    pub name: String,
    pub frame: Frame,
    /// Questions with their answers.
    pub asked: Vec<(String, String)>,
    /// Which question each of its targets belongs to; they are the first ones of the batch.
    pub targets: Vec<usize>,
}

impl Shown {
    /// With the token the model says at each target.
    pub(super) fn with(&self, said: &[u32], tokenizer: &PlannerTokenizer) -> LearntPicture {
        let size = self.frame.size();
        let answer = |(number, (question, truth)): (usize, &(String, String))| {
            let own = self.targets.iter().zip(said);
            let ids: Vec<u32> = own
                .filter(|(of, _)| **of == number)
                .map(|(_, id)| *id)
                .collect();
            let said = tokenizer.decode(&ids, true);
            LearntAnswer {
                right: answers::pointed(question, truth, size),
                found: answers::pointed(question, &said, size),
                question: question.clone(),
                truth: truth.clone(),
                said,
            }
        };
        LearntPicture {
            name: self.name.clone(),
            frame: self.frame.clone(),
            answers: self.asked.iter().enumerate().map(answer).collect(),
        }
    }
}

/// What is asked of an action sample whose aims are learnt.
const AIMS: [&str; SPOTS] = [
    "Where is the tool?",
    "Where does it grip?",
    "Where does it let go?",
];

/// The first picture of an action sample, with where the arm is, grips and lets go in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ShownMoment {
    pub name: String,
    pub frame: Frame,
    pub places: Places,
}

impl ShownMoment {
    /// With where the model says each is, in shares of the sides; nothing where that is not learnt.
    pub(super) fn with(&self, said: &[[f32; 2]]) -> LearntPicture {
        let size = self.frame.size();
        let pixels = |[x, y]: [f32; 2]| [x * size.width as f32, y * size.height as f32];
        let point = |[x, y]: [f32; 2]| {
            vec![Grounding::new(
                GroundingKind::Point,
                vec![ImagePoint::new(x, y)],
            )]
        };
        let text = |[x, y]: [f32; 2]| format!("({x:.0}, {y:.0})");
        let each = AIMS.iter().zip(self.places).zip(said);
        let answers = each.filter_map(|((question, truth), said)| {
            let (truth, said) = (pixels(truth?), pixels(*said));
            Some(LearntAnswer {
                question: (*question).to_owned(),
                truth: text(truth),
                said: text(said),
                right: point(truth),
                found: point(said),
            })
        });
        LearntPicture {
            name: self.name.clone(),
            frame: self.frame.clone(),
            answers: answers.collect(),
        }
    }
}
