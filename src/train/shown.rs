//! A picture being learnt, with what the model says of it now: for whoever watches.

use super::answers;
use crate::grounding::Grounding;
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
    /// kinder, as one mistake does not lead to the next.
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
