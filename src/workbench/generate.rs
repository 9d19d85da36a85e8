//! Collecting episodes as the document knows it: what is asked for, and how the run under way or the last one goes.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;

use super::{CommandId, NoticeLevel, Workbench};
use crate::engine::{
    CollectConfig, CollectEvent, CollectReport, CollectedEpisode, Pick, Request, Tally,
    collect_obstacle,
};
use crate::job::Progress;

/// Finished episodes whose pictures are kept.
pub const THUMBNAILS: usize = 24;

/// How a run is doing.
#[derive(Debug, Clone)]
pub enum CollectPhase {
    /// Under way.
    Running,
    /// Being stopped: episodes under way are given up.
    Stopping,
    /// Stopped; it can be resumed.
    Cancelled,
    /// All is written.
    Done(Box<CollectReport>),
    /// It ended early: why.
    Failed(String),
}

/// A run.
#[derive(Debug, Clone)]
pub struct CollectRun {
    /// What was asked for.
    pub config: CollectConfig,
    /// How it is doing.
    pub phase: CollectPhase,
    /// When it began, in seconds since the window opened.
    pub since_secs: f64,
    /// When it ended.
    pub ended_secs: Option<f64>,
    /// How far it is, once it said so: episodes there and in all.
    pub progress: Option<Progress>,
    /// Episodes kept and thrown away in this run, by task.
    pub tallies: BTreeMap<String, Tally>,
    /// Control steps written in this run.
    pub steps: usize,
    /// The newest finished episodes, newest first, with a number that counts up.
    pub newest: VecDeque<(u64, CollectedEpisode)>,
}

impl CollectRun {
    fn new(config: CollectConfig, since_secs: f64) -> Self {
        Self {
            config,
            phase: CollectPhase::Running,
            since_secs,
            ended_secs: None,
            progress: None,
            tallies: BTreeMap::new(),
            steps: 0,
            newest: VecDeque::new(),
        }
    }

    /// Whether it is under way.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        matches!(self.phase, CollectPhase::Running | CollectPhase::Stopping)
    }

    /// Episodes written in this run.
    #[must_use]
    pub fn kept(&self) -> u64 {
        self.tallies.values().map(|tally| tally.kept).sum()
    }

    /// Seconds it took, or takes until `now`.
    #[must_use]
    pub fn seconds(&self, now: f64) -> f64 {
        (self.ended_secs.unwrap_or(now) - self.since_secs).max(0.0)
    }

    /// Episodes an hour, once one is written.
    #[must_use]
    pub fn rate(&self, now: f64) -> Option<f64> {
        let (kept, seconds) = (self.kept(), self.seconds(now));
        (kept > 0 && seconds > 0.0).then(|| kept as f64 * 3600.0 / seconds)
    }

    /// Seconds left at this rate.
    #[must_use]
    pub fn left(&self, now: f64) -> Option<f64> {
        let progress = self.progress.as_ref()?;
        let left = progress.total.saturating_sub(progress.done) as f64;
        Some(left * 3600.0 / self.rate(now)?)
    }

    fn finished(&mut self, episode: CollectedEpisode) {
        for reject in &episode.rejected {
            let tally = self.tallies.entry(reject.task.clone()).or_default();
            *tally.rejected.entry(reject.reason.clone()).or_default() += 1;
        }
        let tally = self.tallies.entry(episode.task.to_owned()).or_default();
        tally.kept += 1;
        self.steps += episode.frames;
        let number = self.newest.front().map_or(0, |(number, _)| number + 1);
        self.newest.push_front((number, episode));
        self.newest.truncate(THUMBNAILS);
    }
}

/// What is asked for, and the run.
#[derive(Debug, Clone, Default)]
pub struct GenerateState {
    /// What is asked for.
    pub config: CollectConfig,
    /// Why it cannot be collected, if so.
    pub obstacle: Option<String>,
    /// The run under way, or the last one.
    pub run: Option<CollectRun>,
}

impl GenerateState {
    /// Whether a run is under way.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.run.as_ref().is_some_and(CollectRun::is_running)
    }
}

impl Workbench {
    /// Commands about collecting.
    pub(super) fn apply_generate(&mut self, id: CommandId) -> Vec<Request> {
        match id {
            CommandId::Generate => self.generate(),
            CommandId::CancelGenerate => self.cancel_generate(),
            CommandId::ResumeGenerate => self.resume_generate(),
            CommandId::PickGenerateFolder => vec![Request::Pick(Pick::CollectFolder)],
            _ => Vec::new(),
        }
    }

    /// Whether a command about collecting would do anything.
    pub(super) fn generate_takes(&self, id: CommandId) -> bool {
        let running = self.generate.is_running();
        match id {
            CommandId::Generate => !running,
            CommandId::CancelGenerate => running,
            CommandId::ResumeGenerate => {
                let run = self.generate.run.as_ref();
                run.is_some_and(|run| {
                    matches!(run.phase, CollectPhase::Cancelled | CollectPhase::Failed(_))
                })
            }
            _ => true,
        }
    }

    pub(super) fn set_collect(&mut self, config: CollectConfig) -> Vec<Request> {
        self.generate.obstacle = obstacle(&config);
        self.generate.config = config;
        Vec::new()
    }

    pub(super) fn set_collect_folder(&mut self, folder: PathBuf) -> Vec<Request> {
        let config = CollectConfig {
            out: folder,
            ..self.generate.config.clone()
        };
        self.set_collect(config)
    }

    fn generate(&mut self) -> Vec<Request> {
        if self.generate.is_running() {
            return Vec::new();
        }
        let config = self.generate.config.clone();
        if let Some(text) = obstacle(&config) {
            self.generate.obstacle = Some(text.clone());
            self.notice(NoticeLevel::Warning, text);
            return Vec::new();
        }
        self.begin_run(config)
    }

    fn resume_generate(&mut self) -> Vec<Request> {
        let Some(run) = self.generate.run.as_ref().filter(|run| !run.is_running()) else {
            return Vec::new();
        };
        let config = CollectConfig {
            resume: true,
            ..run.config.clone()
        };
        self.begin_run(config)
    }

    fn begin_run(&mut self, config: CollectConfig) -> Vec<Request> {
        self.generate.run = Some(CollectRun::new(config.clone(), self.now_secs));
        vec![Request::Collect(Box::new(config))]
    }

    fn cancel_generate(&mut self) -> Vec<Request> {
        if let Some(run) = &mut self.generate.run
            && run.is_running()
        {
            run.phase = CollectPhase::Stopping;
        }
        vec![Request::CancelCollect]
    }

    /// Takes in a fact of collecting.
    pub(super) fn absorb_collect(&mut self, event: CollectEvent) {
        let now = self.now_secs;
        let Some(run) = &mut self.generate.run else {
            return;
        };
        match event {
            CollectEvent::Episode(episode) => return run.finished(*episode),
            CollectEvent::Done(report) => {
                // What the report counts is all of it, also places that stay empty.
                run.tallies.clone_from(&report.tasks);
                run.phase = CollectPhase::Done(report);
            }
            CollectEvent::Cancelled => run.phase = CollectPhase::Cancelled,
            CollectEvent::Failed(text) => {
                run.phase = CollectPhase::Failed(text.clone());
                self.notice(NoticeLevel::Error, text);
            }
        }
        if let Some(run) = &mut self.generate.run {
            run.ended_secs = Some(now);
        }
    }

    /// Takes in the newest progress of collecting.
    pub fn absorb_collecting(&mut self, progress: Progress) {
        if let Some(run) = &mut self.generate.run
            && run.is_running()
        {
            run.progress = Some(progress);
        }
    }
}

fn obstacle(config: &CollectConfig) -> Option<String> {
    if config.out.as_os_str().is_empty() {
        return Some("Choose a folder to write into".into());
    }
    collect_obstacle(config)
}

#[cfg(test)]
mod tests;
