//! A picture being learnt, with what the model says of it now: for whoever watches.

use crate::grounding::Grounding;
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
