//! What is being asked, what came back, and from which frames.

use super::Workbench;
use crate::engine::{Answer, QueryId, QueryOptions, ReplyToken, SourceId};
use crate::grounding::Grounding;
use crate::grounding::prompt::Task;
use crate::vision::Frame;

/// A query under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// Its number.
    pub id: QueryId,
    /// Where it is: "prefill".
    pub stage: &'static str,
    /// The device that is being prepared, at its first query of a kind: that takes long, once.
    pub preparing: Option<String>,
    /// Tokens so far.
    pub tokens: Vec<ReplyToken>,
    /// When it began, in seconds since the window opened.
    pub since_secs: f64,
}

/// What was asked, kept beside its answer.
#[derive(Debug, Clone)]
pub struct QueryRun {
    /// Its number.
    pub id: QueryId,
    /// The task.
    pub task: Task,
    /// What the person wrote.
    pub instruction: String,
    /// The views, in the order they were sent.
    pub views: Vec<(SourceId, Frame)>,
    /// When it was sent, in seconds since the window opened.
    pub sent_secs: f64,
}

/// An answer and what it belongs to.
#[derive(Debug, Clone)]
pub struct ResultSet {
    /// The question.
    pub run: QueryRun,
    /// The answer.
    pub answer: Answer,
    /// When it came, in seconds since the window opened.
    pub at_secs: f64,
    /// Groundings of the reply that are hidden on the canvas.
    pub hidden: Vec<bool>,
}

impl ResultSet {
    /// The groundings of the reply.
    pub fn groundings(&self) -> impl Iterator<Item = &Grounding> {
        self.answer
            .text
            .iter()
            .flat_map(|text| text.reply.groundings())
    }

    /// Those that are not hidden.
    pub fn visible(&self) -> impl Iterator<Item = &Grounding> {
        let hidden = &self.hidden;
        self.groundings()
            .enumerate()
            .filter(|(at, _)| !hidden.get(*at).copied().unwrap_or_default())
            .map(|(_, grounding)| grounding)
    }
}

impl Workbench {
    /// Whether an answer speaks of pictures that are no longer shown, and did so too long ago to be trusted.
    #[must_use]
    pub fn is_stale(&self, result: &ResultSet) -> bool {
        let old = self.now_secs - result.at_secs > f64::from(self.settings.stale_secs);
        old && result.run.views.iter().any(|(id, asked)| {
            let source = self.sources.iter().find(|source| source.id == *id);
            let shown = source.and_then(|source| source.frame.as_ref());
            shown.is_none_or(|frame| !frame.same_pixels(asked))
        })
    }
}

/// The question being written, the one running and the last answer.
#[derive(Debug, Clone)]
pub struct Asking {
    /// What the person is writing.
    pub instruction: String,
    /// The chosen task.
    pub task: Task,
    /// The chosen preset of that task: an index among its presets.
    pub preset: usize,
    /// Settings.
    pub options: QueryOptions,
    /// Ask again for each new frame.
    pub auto: bool,
    /// The query under way.
    pub running: Option<Running>,
    /// Queries sent and not yet ended.
    pub sent: Vec<QueryRun>,
    /// The last answer.
    pub result: Option<ResultSet>,
    /// The last answer of the other kind: text if the last one is actions, actions if it is text.
    pub earlier: Option<ResultSet>,
    /// Why the last query failed.
    pub failure: Option<String>,
}

impl Default for Asking {
    fn default() -> Self {
        Self {
            instruction: String::new(),
            task: Task::Box,
            preset: 0,
            options: QueryOptions::default(),
            auto: false,
            running: None,
            sent: Vec::new(),
            result: None,
            earlier: None,
            failure: None,
        }
    }
}

impl Asking {
    /// The last answer in words.
    #[must_use]
    pub fn spoken(&self) -> Option<&ResultSet> {
        let answers = [&self.result, &self.earlier].into_iter().flatten();
        answers.into_iter().find(|r| r.answer.text.is_some())
    }

    /// The last answer in words, to be changed.
    pub fn spoken_mut(&mut self) -> Option<&mut ResultSet> {
        let answers = [&mut self.result, &mut self.earlier].into_iter().flatten();
        answers.into_iter().find(|r| r.answer.text.is_some())
    }

    /// The last answer in actions.
    #[must_use]
    pub fn acted(&self) -> Option<&ResultSet> {
        let answers = [&self.result, &self.earlier].into_iter().flatten();
        answers.into_iter().find(|r| r.answer.action.is_some())
    }

    /// Takes in an answer; the last one of the other kind stays.
    pub fn answer(&mut self, result: ResultSet) {
        let other =
            |known: &ResultSet| known.answer.action.is_some() != result.answer.action.is_some();
        if self.result.as_ref().is_some_and(other) {
            self.earlier = self.result.take();
        }
        self.result = Some(result);
    }
}
