//! An event of the engine changes the document, and may ask for more.

use std::path::PathBuf;

use super::settings::remember;
use super::{
    Command, CommandId, FontSearch, LoadFailure, Loading, LogLine, Notice, NoticeLevel, QueryRun,
    ResultSet, Running, SourceStatus, TrainingCommand, Workbench,
};
use crate::engine::{
    Answer, AnswerEvent, Driver, Event, Found, LoadReport, LoadTarget, Pick, QueryId, Request,
    SourceId, SourceInfo, SourceSpec, SystemFont,
};
use crate::job::Progress;
use crate::vision::Frame;

impl Workbench {
    /// Takes in one fact.
    pub fn absorb(&mut self, event: Event) -> Vec<Request> {
        let mut requests = self.take_in(event);
        requests.extend(self.drive());
        requests
    }

    fn take_in(&mut self, event: Event) -> Vec<Request> {
        match event {
            Event::Loaded(report) => self.loaded(report),
            Event::LoadFailed {
                target,
                error,
                wants_tokenizer,
                cancelled,
            } => {
                let failure = LoadFailure {
                    target,
                    error,
                    wants_tokenizer,
                };
                self.load_failed(failure, cancelled);
            }
            Event::Unloaded => (self.model.report, self.memory) = (None, None),
            Event::Memory(memory) => self.memory = Some(memory),
            Event::QueryPreparing(id, device) => self.preparing(id, device),
            Event::FontSearched(font) => self.font_searched(font),
            Event::QueryStarted(id) => self.query_started(id),
            Event::QueryProgress(id, progress) => return self.query_progress(id, progress),
            Event::Answered(id, answer) => return self.answered(id, *answer),
            Event::QueryFailed(id, error) => return self.query_failed(id, error),
            Event::QueryCancelled(id) => return self.query_cancelled(id),
            Event::SourceOpened(id, info) => return self.source_opened(id, info),
            Event::SourceFailed(id, error) => self.source_failed(id, error),
            Event::SourceWarning(id, text) => self.source_warning(id, text),
            Event::SourceEnded(id) => self.source_ended(id),
            Event::Dataset(id, event) => return self.absorb_dataset(id, event),
            Event::Webcams(list) => self.webcams = Some(list),
            Event::Picked(pick, paths) => return self.picked(&pick, paths),
            Event::DialogFailed => self.notice(
                NoticeLevel::Warning,
                "This desktop has no file dialog (no portal and no zenity). Type the path where a panel has a field for it, or drop the file onto the window".into(),
            ),
            Event::Sniffed { path, found } => return self.sniffed(path, found),
            Event::Written(path) => {
                self.notice(NoticeLevel::Info, format!("Saved {}", path.display()));
            }
            Event::WriteFailed(path, error) => self.notice(
                NoticeLevel::Error,
                format!(
                    "Could not save: {error}; choose another place: {}",
                    path.display()
                ),
            ),
            Event::Simulator(event) => return self.absorb_simulator(event),
            Event::Train(event) => return self.absorb_train(event),
            Event::Eval(event) => return self.absorb_eval(event),
            Event::Collect(event) => self.absorb_collect(event),
            Event::Crashed { thread, message } => return self.crashed(&thread, &message),
        }
        Vec::new()
    }

    /// Takes in the newest progress of a load.
    pub fn absorb_progress(&mut self, progress: Progress) {
        if let Some(Loading { progress: slot, .. }) = &mut self.model.loading {
            *slot = Some(progress);
        }
    }

    /// Takes in the newest frame of a source; asks again if auto-run is on.
    pub fn absorb_frame(&mut self, id: SourceId, frame: Frame) -> Vec<Request> {
        let seen = self.frame_came(id, frame);
        self.ask_again(seen)
    }

    /// Takes in a line of the log.
    pub fn absorb_log(&mut self, line: LogLine) {
        self.notices.line(line);
    }

    fn loaded(&mut self, report: Box<LoadReport>) {
        let loading = self.model.loading.take();
        self.model.failure = None;
        if !report.shipped {
            remember(&mut self.settings.recent_checkpoints, report.path.clone());
        }
        if let Some(Loading {
            target: LoadTarget::Path(path),
            tokenizer: Some(folder),
            ..
        }) = loading
        {
            self.settings.remember_tokenizer(&path, &folder);
            self.settings.remember_tokenizer(&report.path, &folder);
        }
        if !report.warnings.is_empty() {
            self.notice(
                NoticeLevel::Warning,
                format!(
                    "Loaded with {} remarks: {}",
                    report.warnings.len(),
                    report.warnings[0]
                ),
            );
        }
        // A key that was chosen for other statistics would make every answer one without SI.
        let options = &mut self.asking.options;
        options
            .statistics_key
            .take_if(|key| !report.statistics.contains(key));
        self.model.report = Some(report);
    }

    fn load_failed(&mut self, failure: LoadFailure, cancelled: bool) {
        // A load that was replaced ends as cancelled, while its successor is under way.
        let mine = |loading: &mut Loading| loading.target == failure.target;
        if self.model.loading.take_if(mine).is_none() {
            return;
        }
        if cancelled {
            self.notice(NoticeLevel::Info, "Loading was cancelled".into());
            return;
        }
        let remedy = match failure.choose_tokenizer() {
            Some(choose) => ("Choose tokenizer folder".into(), choose),
            None => ("Try again".into(), failure.again()),
        };
        self.notices.push(Notice {
            level: NoticeLevel::Error,
            text: failure.error.clone(),
            action: Some(remedy),
            at_secs: self.now_secs,
        });
        self.model.failure = Some(failure);
    }

    fn preparing(&mut self, id: QueryId, device: String) {
        if let Some(running) = self.asking.running.as_mut().filter(|r| r.id == id) {
            running.preparing = Some(device);
        }
    }

    fn font_searched(&mut self, font: Option<SystemFont>) {
        let Some(font) = font else {
            let text = "no font for Chinese, Japanese and Korean was found, so their letters show as boxes; \
                        install one (on Debian: fonts-noto-cjk) and start again";
            return self.notice(NoticeLevel::Warning, text.into());
        };
        self.font = FontSearch::Found(font);
    }

    fn query_started(&mut self, id: QueryId) {
        self.asking.running = Some(Running {
            id,
            stage: "preprocess",
            preparing: None,
            tokens: Vec::new(),
            since_secs: self.now_secs,
        });
    }

    fn query_progress(&mut self, id: QueryId, progress: AnswerEvent) -> Vec<Request> {
        let Some(running) = self.asking.running.as_mut().filter(|r| r.id == id) else {
            return Vec::new();
        };
        match progress {
            AnswerEvent::Stage(stage) => running.stage = stage,
            AnswerEvent::Token(token) => {
                let text = token.text.clone();
                running.tokens.push(token);
                return self.meet(&text);
            }
        }
        Vec::new()
    }

    fn answered(&mut self, id: QueryId, answer: Answer) -> Vec<Request> {
        let Some(run) = self.take_query(id) else {
            return Vec::new();
        };
        if self.is_driving(id) {
            return self.driven(run, answer);
        }
        if self.was_driving(id) {
            return Vec::new();
        }
        self.highlighted = None;
        // Of an auto-run, a newer frame may have come meanwhile: ask about it now.
        let stale = self.asking.auto && self.asking.sent.is_empty() && self.has_newer(&run.views);
        let result = self.result_of(run, answer);
        self.asking.answer(result);
        if stale {
            self.apply(Command::Plain(CommandId::Run))
        } else {
            Vec::new()
        }
    }

    /// An answer beside its question.
    pub(super) fn result_of(&self, run: QueryRun, answer: Answer) -> ResultSet {
        let count = answer.text.as_ref().map_or(0, |t| t.reply.groundings.len());
        ResultSet {
            run,
            answer,
            at_secs: self.now_secs,
            hidden: vec![false; count],
        }
    }

    fn has_newer(&self, asked: &[(SourceId, Frame)]) -> bool {
        self.views().any(|s| {
            let seen = asked.iter().find(|(id, _)| *id == s.id);
            match (&s.frame, seen) {
                (Some(frame), Some((_, asked))) => {
                    frame.seq != asked.seq || frame.stamp != asked.stamp
                }
                (frame, _) => frame.is_some(),
            }
        })
    }

    fn query_failed(&mut self, id: QueryId, error: String) -> Vec<Request> {
        self.take_query(id);
        self.asking.auto = false;
        if self.is_driving(id) {
            return self.stop_driving(&error);
        }
        if !self.was_driving(id) {
            self.notice(NoticeLevel::Error, error.clone());
            self.asking.failure = Some(error);
        }
        Vec::new()
    }

    fn query_cancelled(&mut self, id: QueryId) -> Vec<Request> {
        self.take_query(id);
        if self.is_driving(id) {
            return self.stop_driving("its question was cancelled");
        }
        Vec::new()
    }

    fn take_query(&mut self, id: QueryId) -> Option<QueryRun> {
        if self.asking.running.as_ref().is_some_and(|r| r.id == id) {
            self.asking.running = None;
        }
        let at = self.asking.sent.iter().position(|run| run.id == id)?;
        Some(self.asking.sent.remove(at))
    }

    fn source_opened(&mut self, id: SourceId, info: SourceInfo) -> Vec<Request> {
        let mut requests = self.meet(&info.name);
        if let Some(source) = self.sources.iter_mut().find(|s| s.id == id) {
            source.status = SourceStatus::Open(info);
        }
        requests.extend(self.reach_outcome(id));
        requests
    }

    fn source_failed(&mut self, id: SourceId, error: String) {
        let at_secs = self.now_secs;
        let Some(source) = self.sources.iter_mut().find(|s| s.id == id) else {
            return;
        };
        source.status = SourceStatus::Failed(error.clone());
        source.play.playing = false;
        let again = Command::OpenSource(source.spec.clone());
        self.notices.push(Notice {
            level: NoticeLevel::Error,
            text: error,
            action: Some(("Open again".into(), again)),
            at_secs,
        });
    }

    fn source_warning(&mut self, id: SourceId, text: String) {
        let at_secs = self.now_secs;
        if let Some(source) = self.sources.iter_mut().find(|s| s.id == id) {
            self.notices.line(LogLine {
                level: NoticeLevel::Warning,
                target: source.name(),
                text: text.clone(),
                at_secs,
            });
            source.warning = Some(text);
        }
    }

    fn source_ended(&mut self, id: SourceId) {
        if let Some(source) = self.sources.iter_mut().find(|s| s.id == id) {
            source.play.playing = false;
        }
    }

    fn picked(&mut self, pick: &Pick, paths: Vec<PathBuf>) -> Vec<Request> {
        let mut requests = Vec::new();
        for path in paths {
            requests.extend(match pick {
                Pick::Checkpoint => self.apply(Command::LoadCheckpoint(path)),
                Pick::PlannerFolder(run) => self.apply(Command::LoadWithPlanner(run.clone(), path)),
                Pick::Files | Pick::Folder => {
                    self.apply(Command::OpenSource(SourceSpec::Path(path)))
                }
                Pick::Dataset => self.open_dataset(path),
                Pick::CollectFolder => self.set_collect_folder(path),
                Pick::RecordFolder => {
                    self.apply(Command::Simulator(super::SimulatorAct::Folder(path)))
                }
                Pick::Recipe => {
                    self.apply(Command::Training(super::TrainingCommand::OpenRecipe(path)))
                }
                Pick::RunFolder => self.open_run(path),
                Pick::RecipePath(which) => self.recipe_path_picked(*which, path),
                Pick::EvalRun => self.open_report(path),
                Pick::EvalPath(which) => {
                    self.eval_path_picked(*which, path);
                    Vec::new()
                }
                Pick::Save { bytes, .. } => {
                    self.recipe_saved(&path, bytes);
                    self.apply(Command::Save(path, bytes.clone()))
                }
            });
        }
        requests
    }

    fn sniffed(&mut self, path: PathBuf, found: Found) -> Vec<Request> {
        match found {
            Found::Checkpoint => self.apply(Command::LoadCheckpoint(path)),
            Found::Dataset => self.open_dataset(path),
            Found::Recipe => self.apply(Command::Training(TrainingCommand::OpenRecipe(path))),
            Found::Source => self.apply(Command::OpenSource(SourceSpec::Path(path))),
        }
    }

    fn crashed(&mut self, thread: &str, message: &str) -> Vec<Request> {
        let mut requests = Vec::new();
        if thread == "model" {
            self.asking.running = None;
            self.asking.sent.clear();
            self.asking.auto = false;
            self.model.loading = None;
            self.model.report = None;
            if self.simulator.driver == Driver::Policy && self.simulator.running {
                requests = self.stop_driving("the model thread stopped");
            }
            self.forget_driving();
        }
        self.notice(
            NoticeLevel::Error,
            format!("The {thread} thread stopped and was started again: {message}"),
        );
        requests
    }
}

#[cfg(test)]
pub(super) mod tests;
