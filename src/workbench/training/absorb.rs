//! What the trainer tells changes runs and recipe.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::settings::remember;
use super::super::{Command, CommandId, Notice, NoticeLevel, Workbench};
use super::{RecipeState, RunStatus, TrainPhase, run_name};
use crate::engine::{Request, RunRecord, TrainEvent, TrainFailure, TrainNews, TrainReport};

impl Workbench {
    /// Takes in a fact of the trainer.
    pub(in crate::workbench) fn absorb_train(&mut self, event: TrainEvent) -> Vec<Request> {
        match event {
            TrainEvent::Paused(_) => self.paused(),
            TrainEvent::Done(report) => self.trained(report),
            TrainEvent::Cancelled => self.end(TrainPhase::Cancelled),
            TrainEvent::Failed(failure) => self.train_failed(failure),
            TrainEvent::Recipe { path, text } => return self.recipe_read(path, text),
            TrainEvent::RecipeFailed(why) => {
                self.notice(NoticeLevel::Error, why.clone());
                self.training.recipe.failure = Some(why);
            }
            TrainEvent::Run(record) => self.run_read(*record),
            TrainEvent::RunFailed(folder, why) => self.run_failed(&folder, why),
            TrainEvent::Counted(path, count) => {
                self.training.counts.insert(path, Some(count));
            }
        }
        Vec::new()
    }

    /// Takes in the newest steps and progress of a training.
    pub fn absorb_training(&mut self, news: TrainNews) {
        let now = self.now_secs;
        let Some(run) = &mut self.training.run else {
            return;
        };
        run.take(&news.steps, now);
        if let Some(progress) = news.progress {
            run.progress = Some(progress);
        }
    }

    fn paused(&mut self) {
        if let Some(run) = &mut self.training.run
            && run.phase == TrainPhase::Pausing
        {
            run.phase = TrainPhase::Paused;
            run.rest();
        }
    }

    fn end(&mut self, phase: TrainPhase) {
        let now = self.now_secs;
        if let Some(run) = &mut self.training.run {
            run.phase = phase;
            run.ended_secs = Some(now);
        }
    }

    fn trained(&mut self, report: Box<TrainReport>) {
        let name = run_name(&report.folder);
        let (steps, saved) = (report.steps, report.checkpoint.is_some());
        let skipped = match report.skipped {
            0 => String::new(),
            one => format!("; {one} samples could not be read, see the log"),
        };
        let text = if report.stopped {
            format!("{name} stopped after {steps} steps and is saved{skipped}")
        } else {
            format!("{name} is trained: {steps} steps{skipped}")
        };
        let load = Command::Plain(CommandId::LoadNewest);
        self.notices.push(Notice {
            level: NoticeLevel::Info,
            text,
            action: saved.then(|| ("Load checkpoint".into(), load)),
            at_secs: self.now_secs,
        });
        let phase = if report.stopped {
            TrainPhase::Stopped
        } else {
            TrainPhase::Done
        };
        self.end(phase(report));
    }

    fn train_failed(&mut self, failure: TrainFailure) {
        self.notice(NoticeLevel::Error, failure.text.clone());
        self.end(TrainPhase::Failed(failure));
    }

    fn recipe_read(&mut self, path: PathBuf, text: String) -> Vec<Request> {
        remember(&mut self.settings.recent_recipes, path.clone());
        self.training.recipe = RecipeState::opened(path, text);
        self.count_sources()
    }

    fn run_read(&mut self, record: RunRecord) {
        if let Some(run) = &mut self.training.run
            && run.config.folder == record.folder
            && std::mem::take(&mut run.wants_history)
            && !run.began
        {
            run.curves = record.curves.clone();
        }
        let record = Arc::new(record);
        let mut runs = self.training.compared.iter_mut();
        if let Some(run) = runs.find(|run| run.folder == record.folder) {
            run.status = RunStatus::Read(record);
        }
    }

    fn run_failed(&mut self, folder: &Path, why: String) {
        let mut runs = self.training.compared.iter_mut();
        if let Some(run) = runs.find(|run| run.folder == *folder) {
            run.status = RunStatus::Failed(why);
        }
    }

    /// A recipe was saved: from now on it is of that file.
    pub(in crate::workbench) fn recipe_saved(&mut self, path: &Path, bytes: &[u8]) {
        let recipe = &mut self.training.recipe;
        if path.extension().is_some_and(|end| end == "toml")
            && recipe.portable().as_bytes() == bytes
        {
            let text = recipe.portable();
            remember(&mut self.settings.recent_recipes, path.to_owned());
            self.training.recipe = RecipeState::opened(path.to_owned(), text);
        }
    }
}
