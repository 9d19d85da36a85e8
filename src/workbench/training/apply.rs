//! Commands upon recipe and runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::settings::remember;
use super::super::{Command, CommandId, NoticeLevel, Workbench, Workspace};
use super::{COMPARED, ComparedRun, RecipeState, RunStatus, TrainPhase, TrainRun, TrainingCommand};
use crate::engine::{ActionSource, Pick, RecipePath, Request, RunConfig, TrainOrder, write_recipe};

impl Workbench {
    pub(in crate::workbench) fn apply_training(
        &mut self,
        command: TrainingCommand,
    ) -> Vec<Request> {
        match command {
            TrainingCommand::SetRecipe(config) => self.training.recipe.set(*config),
            TrainingCommand::SetText(text) => self.training.recipe.write(text),
            TrainingCommand::OpenRecipe(path) => return self.open_recipe(path),
            TrainingCommand::Pick(path) => return vec![Request::Pick(Pick::RecipePath(path))],
            TrainingCommand::CountSources => return self.count_sources(),
            TrainingCommand::OpenRun(folder) => return self.open_run(folder),
            TrainingCommand::CloseRun(folder) => {
                self.training.compared.retain(|run| run.folder != folder);
            }
            TrainingCommand::ToggleRun(folder) => self.toggle_run(&folder),
            TrainingCommand::LoadRun(folder) => return self.apply(Command::LoadCheckpoint(folder)),
            TrainingCommand::UseRecipe(folder) => return self.use_recipe(&folder),
        }
        Vec::new()
    }

    /// Commands about training without arguments.
    pub(in crate::workbench) fn apply_training_plain(&mut self, id: CommandId) -> Vec<Request> {
        match id {
            CommandId::StartTraining => self.start_training(),
            CommandId::PauseTraining => self.pause_training(),
            CommandId::ResumeTraining => self.resume_training(),
            CommandId::StopTraining => self.stop_training(),
            CommandId::OpenRecipe => vec![Request::Pick(Pick::Recipe)],
            CommandId::SaveRecipe => self.save_recipe(),
            CommandId::NewRecipe => {
                self.training.recipe = RecipeState::default();
                Vec::new()
            }
            CommandId::OpenRun => vec![Request::Pick(Pick::RunFolder)],
            CommandId::LoadNewest => self.load_newest(),
            _ => Vec::new(),
        }
    }

    /// Whether a command about training would do anything.
    pub(in crate::workbench) fn training_takes(&self, id: CommandId) -> bool {
        let phase = self.training.run.as_ref().map(|run| &run.phase);
        let running = self.training.is_running();
        match id {
            CommandId::StartTraining => !running,
            CommandId::PauseTraining => matches!(phase, Some(TrainPhase::Running)),
            CommandId::ResumeTraining => {
                !running || matches!(phase, Some(TrainPhase::Paused | TrainPhase::Pausing))
            }
            CommandId::StopTraining => running && !matches!(phase, Some(TrainPhase::Stopping)),
            CommandId::LoadNewest => self.newest_run().is_some(),
            _ => true,
        }
    }

    fn start_training(&mut self) -> Vec<Request> {
        self.settings.workspace = Workspace::Train;
        let Some(config) = self.trainable() else {
            return Vec::new();
        };
        self.training.run = Some(TrainRun::new(config.clone(), self.now_secs));
        self.training.hides_run = false;
        vec![Request::Train(TrainOrder::Start(Box::new(config)))]
    }

    /// The run that the recipe describes; says why where there is none, or one is under way.
    fn trainable(&mut self) -> Option<RunConfig> {
        if self.training.is_running() {
            return None;
        }
        if let Some(refusal) = self.training.recipe.refusal() {
            self.notice(NoticeLevel::Warning, super::super::capitalised(&refusal));
            return None;
        }
        Some(self.training.recipe.resolved())
    }

    fn pause_training(&mut self) -> Vec<Request> {
        if let Some(run) = &mut self.training.run
            && run.phase == TrainPhase::Running
        {
            run.phase = TrainPhase::Pausing;
            return vec![Request::Train(TrainOrder::Pause)];
        }
        Vec::new()
    }

    /// Goes on after a pause; otherwise with what is saved in the folder of the recipe.
    fn resume_training(&mut self) -> Vec<Request> {
        self.settings.workspace = Workspace::Train;
        if let Some(run) = &mut self.training.run
            && matches!(run.phase, TrainPhase::Paused | TrainPhase::Pausing)
        {
            run.phase = TrainPhase::Running;
            run.rest();
            return vec![Request::Train(TrainOrder::Continue)];
        }
        let Some(config) = self.trainable() else {
            return Vec::new();
        };
        let mut run = TrainRun::new(config.clone(), self.now_secs);
        let order = Request::Train(TrainOrder::Resume(Box::new(config)));
        self.training.hides_run = false;
        let before = self.training.run.take();
        if let Some(before) = before.filter(|before| before.config.folder == run.config.folder) {
            run.curves = before.curves;
            self.training.run = Some(run);
            return vec![order];
        }
        run.wants_history = true;
        let folder = run.config.folder.clone();
        self.training.run = Some(run);
        vec![Request::Train(TrainOrder::ReadRun(folder)), order]
    }

    fn stop_training(&mut self) -> Vec<Request> {
        if let Some(run) = &mut self.training.run
            && run.is_running()
        {
            run.phase = TrainPhase::Stopping;
        }
        vec![Request::Train(TrainOrder::Stop)]
    }

    fn open_recipe(&mut self, path: PathBuf) -> Vec<Request> {
        self.training.recipe.failure = None;
        self.settings.workspace = Workspace::Train;
        vec![Request::Train(TrainOrder::ReadRecipe(path))]
    }

    /// Asks where to; what is saved is good anywhere.
    fn save_recipe(&mut self) -> Vec<Request> {
        let recipe = &self.training.recipe;
        let name = recipe.file.as_ref().and_then(|file| file.file_name());
        let name = name.map_or_else(
            || "run.toml".into(),
            |name| name.to_string_lossy().into_owned(),
        );
        let bytes = recipe.portable().into_bytes();
        vec![Request::Pick(Pick::Save { name, bytes })]
    }

    /// A path of the recipe was chosen.
    pub(in crate::workbench) fn recipe_path_picked(
        &mut self,
        which: RecipePath,
        path: PathBuf,
    ) -> Vec<Request> {
        let recipe = &mut self.training.recipe;
        let mut config = recipe.config.clone();
        match which {
            RecipePath::Folder => config.folder = path,
            RecipePath::Checkpoint => {
                config.model.from = Some(path);
                config.model.new = None;
            }
            RecipePath::Tokenizer => config.model.base_vlm = Some(path),
            RecipePath::Labels => {
                recipe.add_labels(path);
                return self.count_sources();
            }
            RecipePath::Actions => config.actions.push(ActionSource {
                path,
                ..ActionSource::default()
            }),
        }
        recipe.set(config);
        self.count_sources()
    }

    /// Counts sources that were not counted, and those that could not be.
    pub(super) fn count_sources(&mut self) -> Vec<Request> {
        let config = self.training.recipe.resolved();
        let labels = config.labels.into_iter().map(|source| source.path);
        let paths = labels.chain(config.actions.into_iter().map(|source| source.path));
        let mut requests = Vec::new();
        for path in paths.filter(|path| !path.as_os_str().is_empty()) {
            let known = self.training.counts.get(&path);
            if matches!(known, None | Some(Some(Err(_)))) {
                self.training.counts.insert(path.clone(), None);
                requests.push(Request::Train(TrainOrder::Count(path)));
            }
        }
        requests
    }

    pub(in crate::workbench) fn open_run(&mut self, folder: PathBuf) -> Vec<Request> {
        self.settings.workspace = Workspace::Train;
        remember(&mut self.settings.recent_runs, folder.clone());
        let runs = &mut self.training.compared;
        if let Some(known) = runs.iter_mut().find(|run| run.folder == folder) {
            known.shown = true;
            if known.record().is_none() {
                known.status = RunStatus::Reading;
            }
        } else if runs.len() >= COMPARED {
            let text = format!("{COMPARED} runs are open already; close one first");
            self.notice(NoticeLevel::Warning, text);
            return Vec::new();
        } else {
            let taken = |hue: &usize| runs.iter().any(|run| run.hue == *hue);
            let hue = (1..=COMPARED).find(|hue| !taken(hue)).unwrap_or(1);
            runs.push(ComparedRun {
                folder: folder.clone(),
                status: RunStatus::Reading,
                shown: true,
                hue,
            });
        }
        vec![Request::Train(TrainOrder::ReadRun(folder))]
    }

    fn toggle_run(&mut self, folder: &Path) {
        let own = self.training.run.as_ref();
        if own.is_some_and(|run| run.config.folder == folder) {
            self.training.hides_run = !self.training.hides_run;
        }
        let mut others = self.training.compared.iter_mut();
        if let Some(run) = others.find(|run| run.folder == folder) {
            run.shown = !run.shown;
        }
    }

    fn use_recipe(&mut self, folder: &Path) -> Vec<Request> {
        let opened = self.training.opened(folder).and_then(ComparedRun::record);
        let opened = opened.map(Arc::clone);
        let own = self
            .training
            .run
            .as_ref()
            .filter(|run| run.config.folder == folder);
        let config = match (own, opened.as_ref().map(|record| &record.config)) {
            (Some(run), _) => run.config.clone(),
            (None, Some(Ok(config))) => config.clone(),
            (None, Some(Err(problem))) => {
                let text = format!("The recipe of this run cannot be read: {}", problem.text);
                self.notice(NoticeLevel::Warning, text);
                return Vec::new();
            }
            (None, None) => return Vec::new(),
        };
        let text = write_recipe(&config);
        self.training.recipe = RecipeState::default();
        self.training.recipe.write(text);
        self.count_sources()
    }

    /// The run whose newest checkpoint is loaded by key: the one of this session, or the one opened last.
    fn newest_run(&self) -> Option<&Path> {
        let own = self
            .training
            .run
            .as_ref()
            .filter(|run| run.has_checkpoint());
        let own = own.map(|run| run.config.folder.as_path());
        own.or_else(|| {
            let read = self.training.compared.iter().rev();
            let mut saved = read.filter(|run| {
                run.record()
                    .is_some_and(|record| !record.checkpoints.is_empty())
            });
            saved.next().map(|run| run.folder.as_path())
        })
    }

    fn load_newest(&mut self) -> Vec<Request> {
        match self.newest_run().map(Path::to_owned) {
            Some(folder) => self.apply(Command::LoadCheckpoint(folder)),
            None => Vec::new(),
        }
    }
}
