//! Evaluation as the document knows it: what to run, the run under way, finished runs and what failed in them.

mod apply;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Workbench;
use crate::engine::{
    Comparison, EvalPath, EvalReport, EvalSetup, Outcome, SourceId, eval_obstacle,
};
use crate::grounding::Grounding;
use crate::job::Progress;

/// An act upon evaluations.
#[derive(Debug, Clone, PartialEq)]
pub enum EvaluationCommand {
    /// Replace what is to be run.
    SetSetup(Box<EvalSetup>),
    /// Choose a path of it in a dialog.
    Pick(EvalPath),
    /// Open a finished run, beside another one where one is open.
    Open(PathBuf),
    /// Take a run off the screen: the first or the second.
    Close(usize),
    /// List other outcomes.
    Filter(OutcomeFilter),
    /// Look at an outcome, by its place in the list: its picture or film is opened.
    Look(usize),
}

/// Which outcomes are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OutcomeKind {
    /// What went wrong.
    #[default]
    Failures,
    /// Everything.
    All,
    /// What only the first of two runs got right.
    OnlyFirst,
    /// What only the second did.
    OnlySecond,
}

/// Which outcomes are listed, and of which part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutcomeFilter {
    /// Which.
    pub kind: OutcomeKind,
    /// Only of this part.
    pub part: Option<String>,
}

/// How an evaluation is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvalPhase {
    /// Under way.
    Running,
    /// Being stopped.
    Stopping,
    /// Stopped; it goes on when it is started again.
    Cancelled,
    /// Complete.
    Done,
    /// It ended early: why.
    Failed(String),
}

/// The run under way, or the last one.
#[derive(Debug, Clone)]
pub struct EvalRun {
    /// What is run.
    pub setup: EvalSetup,
    /// How it is doing.
    pub phase: EvalPhase,
    /// When it began, in seconds since the window opened.
    pub since_secs: f64,
    /// How far it is, once it said so.
    pub progress: Option<Progress>,
    /// How far it was when that was first said, and when: what was done in an earlier session is no pace.
    first: Option<(f64, u64)>,
    /// Episodes that ended in this session, and successes among them.
    pub episodes: [u64; 2],
}

impl EvalRun {
    /// Whether it is under way.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        matches!(self.phase, EvalPhase::Running | EvalPhase::Stopping)
    }

    /// Seconds left at the pace until `now`.
    #[must_use]
    pub fn left(&self, now: f64) -> Option<f64> {
        let progress = self.progress.as_ref()?;
        let (since, before) = self.first?;
        let done = progress.done.checked_sub(before).filter(|done| *done > 0)? as f64;
        Some((now - since) * progress.total.saturating_sub(progress.done) as f64 / done)
    }
}

/// What to run, what runs, what came of it.
#[derive(Debug, Clone, Default)]
pub struct EvaluationState {
    /// What is to be run.
    pub setup: EvalSetup,
    /// The run under way, or the last one.
    pub run: Option<EvalRun>,
    /// Folders that are being read.
    pub reading: Vec<PathBuf>,
    /// Why the last report could not be read.
    pub failure: Option<String>,
    /// Finished runs on screen: one, or two side by side.
    pub reports: Vec<Arc<EvalReport>>,
    /// Both paired, once that is done.
    pub comparison: Option<Result<Arc<Comparison>, String>>,
    /// Which outcomes are listed.
    pub filter: OutcomeFilter,
    /// The parts that outcomes of the newest report are counted in.
    pub parts: BTreeSet<String>,
    /// Their places in the newest report, worst first.
    pub listed: Vec<u32>,
    /// The one that is looked at, as a place in that report.
    pub looked: Option<u32>,
    /// The source that shows it, and whether it is still to be moved to its last frame.
    pub(super) shown_by: Option<(SourceId, bool)>,
}

impl EvaluationState {
    /// Whether a run is under way.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.run.as_ref().is_some_and(EvalRun::is_running)
    }

    /// The run whose outcomes are listed: the newer one of two.
    #[must_use]
    pub fn report(&self) -> Option<&Arc<EvalReport>> {
        self.reports.last()
    }

    /// The outcome that is looked at.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.report()?.outcomes.get(self.looked? as usize)
    }

    /// Why it cannot be run, if so.
    #[must_use]
    pub fn obstacle(&self) -> Option<String> {
        eval_obstacle(&self.setup)
    }

    /// Lists what the filter asks for.
    fn list(&mut self) {
        let Some(report) = self.reports.last().map(Arc::clone) else {
            self.listed.clear();
            self.parts.clear();
            self.looked = None;
            return;
        };
        let other = (self.reports.len() > 1).then(|| Arc::clone(&self.reports[0]));
        let won = |report: &EvalReport| -> BTreeMap<String, bool> {
            let known = report.outcomes.iter();
            known
                .filter_map(|one| Some((one.id.clone(), one.won?)))
                .collect()
        };
        let others = other.as_deref().map(won).unwrap_or_default();
        let wanted = |one: &Outcome| match self.filter.kind {
            OutcomeKind::All => true,
            // Where nothing is right or wrong, the list is everything from the worst on.
            OutcomeKind::Failures => one.won != Some(true),
            OutcomeKind::OnlyFirst => one.won == Some(false) && others.get(&one.id) == Some(&true),
            OutcomeKind::OnlySecond => one.won == Some(true) && others.get(&one.id) == Some(&false),
        };
        let of_part = |one: &Outcome| {
            self.filter
                .part
                .as_ref()
                .is_none_or(|part| one.part == *part)
        };
        let all = report.outcomes.iter().enumerate();
        let mut listed: Vec<u32> = all
            .filter(|(_, one)| wanted(one) && of_part(one))
            .map(|(at, _)| at as u32)
            .collect();
        let rank = |at: &u32| report.outcomes[*at as usize].rank;
        listed.sort_by(|a, b| rank(a).total_cmp(&rank(b)));
        self.listed = listed;
        let parts = report.outcomes.iter().map(|one| one.part.clone());
        self.parts = parts.collect();
    }
}

impl Workbench {
    /// What is true of a source's picture and what was answered, where an evaluation is looked at in it.
    #[must_use]
    pub fn evaluated(&self, id: SourceId) -> Option<(&[Grounding], &[Grounding])> {
        let (shown, _) = self.evaluation.shown_by?;
        let outcome = self.evaluation.outcome().filter(|_| shown == id)?;
        Some((&outcome.truth, &outcome.answer))
    }
}

/// The name of a report: where it lies.
#[must_use]
pub fn report_name(folder: &Path) -> String {
    super::run_name(folder)
}
