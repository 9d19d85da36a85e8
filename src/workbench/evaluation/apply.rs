//! Commands upon evaluations, and what the engine tells of them.

use std::path::PathBuf;
use std::sync::Arc;

use super::super::settings::remember;
use super::super::{CommandId, NoticeLevel, SourceStatus, Workbench, Workspace};
use super::{EvalPhase, EvalRun, EvaluationCommand, OutcomeKind};
use crate::engine::{
    EvalEvent, EvalOrder, EvalPath, EvalReport, Pick, Request, SourceId, SourceSpec,
};
use crate::job::Progress;

impl Workbench {
    pub(in crate::workbench) fn apply_evaluation(
        &mut self,
        command: EvaluationCommand,
    ) -> Vec<Request> {
        match command {
            EvaluationCommand::SetSetup(setup) => self.evaluation.setup = *setup,
            EvaluationCommand::Pick(path) => return vec![Request::Pick(Pick::EvalPath(path))],
            EvaluationCommand::Open(path) => return self.open_report(path),
            EvaluationCommand::Close(at) => self.close_report(at),
            EvaluationCommand::Filter(filter) => {
                self.evaluation.filter = filter;
                self.evaluation.list();
            }
            EvaluationCommand::Look(place) => return self.look(place),
        }
        Vec::new()
    }

    /// Commands about evaluation without arguments.
    pub(in crate::workbench) fn apply_evaluation_plain(&mut self, id: CommandId) -> Vec<Request> {
        match id {
            CommandId::OpenEvaluation => vec![Request::Pick(Pick::EvalRun)],
            CommandId::StartEvaluation => self.start_evaluation(),
            CommandId::StopEvaluation => {
                if let Some(run) = &mut self.evaluation.run {
                    run.phase = EvalPhase::Stopping;
                }
                vec![Request::Eval(EvalOrder::Stop)]
            }
            CommandId::NextFailure => self.step_outcome(1),
            CommandId::PreviousFailure => self.step_outcome(-1),
            _ => Vec::new(),
        }
    }

    /// Whether a command about evaluation would do anything.
    pub(in crate::workbench) fn evaluation_takes(&self, id: CommandId) -> bool {
        let state = &self.evaluation;
        match id {
            CommandId::StartEvaluation => !state.is_running(),
            CommandId::StopEvaluation => state.is_running(),
            CommandId::NextFailure | CommandId::PreviousFailure => !state.listed.is_empty(),
            _ => true,
        }
    }

    fn start_evaluation(&mut self) -> Vec<Request> {
        self.settings.workspace = Workspace::Train;
        if self.evaluation.is_running() {
            return Vec::new();
        }
        if let Some(obstacle) = self.evaluation.obstacle() {
            self.notice(NoticeLevel::Warning, obstacle);
            return Vec::new();
        }
        self.evaluation.setup.device = self.settings.device;
        self.evaluation.setup.precision = self.settings.precision;
        let setup = self.evaluation.setup.clone();
        self.evaluation.run = Some(EvalRun {
            setup: setup.clone(),
            phase: EvalPhase::Running,
            since_secs: self.now_secs,
            progress: None,
            first: None,
            episodes: [0, 0],
        });
        vec![Request::Eval(EvalOrder::Start(Box::new(setup)))]
    }

    /// A path of what is to be run was chosen.
    pub(in crate::workbench) fn eval_path_picked(&mut self, which: EvalPath, path: PathBuf) {
        let setup = &mut self.evaluation.setup;
        *match which {
            EvalPath::Checkpoint => &mut setup.checkpoint,
            EvalPath::Dataset => &mut setup.dataset,
            EvalPath::Predictions => &mut setup.predictions,
            EvalPath::Truth => &mut setup.truth,
            EvalPath::Out => &mut setup.out,
        } = path;
    }

    pub(in crate::workbench) fn open_report(&mut self, path: PathBuf) -> Vec<Request> {
        self.settings.workspace = Workspace::Train;
        self.evaluation.failure = None;
        self.evaluation.reading.push(path.clone());
        vec![Request::Eval(EvalOrder::Open(path))]
    }

    fn close_report(&mut self, at: usize) {
        let state = &mut self.evaluation;
        if at < state.reports.len() {
            state.reports.remove(at);
        }
        state.comparison = None;
        state.looked = None;
        if state.reports.len() < 2
            && matches!(
                state.filter.kind,
                OutcomeKind::OnlyFirst | OutcomeKind::OnlySecond
            )
        {
            state.filter.kind = OutcomeKind::Failures;
        }
        state.list();
    }

    /// Puts a report on screen: in place of the same run's older one, else beside the last one.
    fn show_report(&mut self, report: EvalReport) -> Vec<Request> {
        remember(&mut self.settings.recent_reports, report.folder.clone());
        let state = &mut self.evaluation;
        let known = state
            .reports
            .iter()
            .position(|known| known.folder == report.folder);
        if let Some(at) = known {
            state.reports[at] = Arc::new(report);
        } else {
            if state.reports.len() > 1 {
                state.reports.remove(0);
            }
            state.reports.push(Arc::new(report));
        }
        state.comparison = None;
        state.looked = None;
        state.filter.part = None;
        state.list();
        match &state.reports[..] {
            [first, second] => {
                let [first, second] = [first, second].map(|report| report.folder.clone());
                vec![Request::Eval(EvalOrder::Compare(first, second))]
            }
            _ => Vec::new(),
        }
    }

    fn step_outcome(&mut self, by: isize) -> Vec<Request> {
        let state = &self.evaluation;
        let count = state.listed.len() as isize;
        if count == 0 {
            return Vec::new();
        }
        let now = state
            .looked
            .and_then(|looked| state.listed.iter().position(|at| *at == looked));
        let next = match now {
            Some(now) => (now as isize + by).rem_euclid(count),
            None if by > 0 => 0,
            None => count - 1,
        };
        self.look(next as usize)
    }

    /// Opens the picture or film of an outcome, in place of the one before.
    fn look(&mut self, place: usize) -> Vec<Request> {
        let Some(at) = self.evaluation.listed.get(place).copied() else {
            return Vec::new();
        };
        self.evaluation.looked = Some(at);
        let Some(outcome) = self.evaluation.outcome() else {
            return Vec::new();
        };
        let at_end = outcome.at_end;
        let Some(path) = outcome.place.clone() else {
            let text = "The picture of this one is not beside the report".to_owned();
            self.notice(NoticeLevel::Warning, text);
            return Vec::new();
        };
        let spec = SourceSpec::Path(path);
        let open = self
            .sources
            .iter()
            .find(|source| source.spec == spec)
            .map(|source| source.id);
        let before = self
            .evaluation
            .shown_by
            .map(|(id, _)| id)
            .filter(|id| Some(*id) != open);
        let mut requests = before.map_or_else(Vec::new, |id| self.close(id));
        for source in &mut self.sources {
            source.in_view = Some(source.id) == open;
        }
        if let Some(id) = open {
            self.selected = Some(id);
            self.evaluation.shown_by = Some((id, at_end));
            requests.extend(self.reach_outcome(id));
        } else {
            requests.extend(self.open(spec));
            self.evaluation.shown_by = self.selected.map(|id| (id, at_end));
        }
        requests
    }

    /// Moves the film of an outcome to its last frame, once it is open.
    pub(in crate::workbench) fn reach_outcome(&mut self, id: SourceId) -> Vec<Request> {
        if self.evaluation.shown_by != Some((id, true)) {
            return Vec::new();
        }
        let source = self.sources.iter().find(|source| source.id == id);
        let frames = source.and_then(|source| match &source.status {
            SourceStatus::Open(info) => info.frames,
            _ => None,
        });
        let Some(last) = frames.and_then(|frames| frames.checked_sub(1)) else {
            return Vec::new();
        };
        self.evaluation.shown_by = Some((id, false));
        self.seek(id, last)
    }

    /// Takes in a fact of an evaluation.
    pub(in crate::workbench) fn absorb_eval(&mut self, event: EvalEvent) -> Vec<Request> {
        match event {
            EvalEvent::Episode(result) => {
                if let Some(run) = &mut self.evaluation.run {
                    run.episodes[0] += 1;
                    run.episodes[1] += u64::from(result.success);
                }
            }
            EvalEvent::Done(report) => {
                self.end_evaluation(EvalPhase::Done);
                return self.show_report(*report);
            }
            EvalEvent::Cancelled => self.end_evaluation(EvalPhase::Cancelled),
            EvalEvent::Failed(why) => {
                self.notice(NoticeLevel::Error, why.clone());
                self.end_evaluation(EvalPhase::Failed(why));
            }
            EvalEvent::Opened(report) => {
                let (folder, file) = (report.folder.clone(), report.folder.join("report.json"));
                self.evaluation
                    .reading
                    .retain(|path| *path != folder && *path != file);
                return self.show_report(*report);
            }
            EvalEvent::OpenFailed(path, why) => {
                self.evaluation.reading.retain(|reading| *reading != path);
                self.evaluation.failure = Some(why);
            }
            EvalEvent::Compared(found) => {
                let state = &mut self.evaluation;
                let shown: Vec<String> = state
                    .reports
                    .iter()
                    .map(|report| report.folder.display().to_string())
                    .collect();
                // Another pair may have been opened while this one was compared.
                if shown == [found.first.as_str(), found.second.as_str()] {
                    state.comparison = Some(Ok(Arc::new(*found)));
                }
            }
            EvalEvent::CompareFailed(why) => self.evaluation.comparison = Some(Err(why)),
        }
        Vec::new()
    }

    fn end_evaluation(&mut self, phase: EvalPhase) {
        if let Some(run) = &mut self.evaluation.run {
            run.phase = phase;
        }
    }

    /// Takes in the newest progress of an evaluation.
    pub fn absorb_evaluating(&mut self, progress: Progress) {
        let now = self.now_secs;
        if let Some(run) = &mut self.evaluation.run {
            let counts = matches!(progress.stage.as_str(), "Asking" | "Playing");
            if counts && run.first.is_none() {
                run.first = Some((now, progress.done));
            }
            run.progress = Some(progress);
        }
    }
}
