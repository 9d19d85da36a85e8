//! A command changes the document and asks the engine for what follows from it.

mod sources;

use std::path::PathBuf;

use super::{
    Command, CommandId, FontSearch, Loading, Notice, NoticeLevel, QueryRun, Theme, Workbench,
};
use crate::engine::{LoadRequest, LoadTarget, Pick, Query, QueryId, Request, SourceId};
use crate::grounding::prompt::{self, Task};
use crate::vision::Frame;

/// Views the model is asked about at once.
const MAX_VIEWS: usize = 4;

/// Steps of the size of everything.
const SCALE_STEP: f32 = 0.1;

impl Workbench {
    /// Applies a command. Commands that only concern the window (palette, layout, zoom) change nothing here.
    pub fn apply(&mut self, command: Command) -> Vec<Request> {
        let mut requests = self.carry_out(command);
        requests.extend(self.drive());
        requests
    }

    fn carry_out(&mut self, command: Command) -> Vec<Request> {
        match command {
            Command::Plain(id) => self.apply_plain(id),
            Command::LoadCheckpoint(path) => self.load(path, None),
            Command::LoadWithPlanner(path, planner) => self.load(path, Some(planner)),
            Command::PickPlanner(path) => vec![Request::Pick(Pick::PlannerFolder(path))],
            Command::OpenSource(spec) => self.open(spec),
            Command::OpenDropped(path) => self.open_dropped(path),
            Command::CloseSource(id) => self.close(id),
            Command::SelectSource(id) => self.on_source(id, |wb| wb.selected = Some(id)),
            Command::ToggleView(id) => self.toggle_view(id),
            Command::RaiseView(id) => self.raise_view(id),
            Command::Seek(id, index) => self.seek(id, index),
            Command::SetSpeed(id, speed) => {
                self.play(id, |play| play.speed = speed.clamp(0.1, 8.0))
            }
            Command::Dataset(command) => self.apply_dataset(command),
            Command::SetTask(task) => self.change(|wb| wb.set_task(task)),
            Command::SetPreset(preset) => self.change(|wb| wb.asking.preset = preset),
            Command::SetInstruction(text) => self.write(text),
            Command::SetOptions(options) => self.change(|wb| wb.asking.options = *options),
            Command::SetDevice(device) => self.change(|wb| wb.settings.device = device),
            Command::SetPrecision(precision) => self.change(|wb| wb.settings.precision = precision),
            Command::ToggleGrounding(index) => self.change(|wb| wb.toggle_grounding(index)),
            Command::Highlight(index) => self.change(|wb| wb.highlighted = index),
            Command::Copy(_) => Vec::new(),
            Command::Save(path, bytes) => vec![Request::Write { path, bytes }],
            Command::DismissNotice(index) => self.change(|wb| {
                if index < wb.notices.open.len() {
                    wb.notices.open.remove(index);
                }
            }),
            Command::Training(command) => self.apply_training(command),
            Command::Evaluation(command) => self.apply_evaluation(command),
            Command::Simulator(act) => self.act_on_simulator(act),
            Command::SetCollect(config) => self.set_collect(*config),
            Command::GiveKey(id, key) => self.change(|wb| wb.settings.keys.give(id, key)),
            Command::ResetKeys(id) => self.change(|wb| wb.settings.keys.reset(id)),
        }
    }

    fn apply_plain(&mut self, id: CommandId) -> Vec<Request> {
        match id {
            CommandId::OpenCheckpoint => vec![Request::Pick(Pick::Checkpoint)],
            CommandId::OpenDemo => self.open_demo(),
            CommandId::CloseCheckpoint => vec![Request::Unload],
            CommandId::CancelLoad => vec![Request::CancelLoad],
            CommandId::OpenFiles => vec![Request::Pick(Pick::Files)],
            CommandId::OpenFolder => vec![Request::Pick(Pick::Folder)],
            CommandId::ListCameras => self.list_cameras(),
            CommandId::CloseSource => self.selected.map_or_else(Vec::new, |id| self.close(id)),
            CommandId::Run => self.run(),
            CommandId::CancelQuery => self.cancel_query(),
            CommandId::ToggleAuto => self.toggle_auto(),
            CommandId::ToggleNormalized => self.change(|wb| {
                wb.settings.normalized_actions = !wb.settings.normalized_actions;
            }),
            CommandId::SaveAnnotated => self.save_annotated(),
            _ => self.apply_step(id),
        }
    }

    /// Tasks, playback, groundings and preferences.
    fn apply_step(&mut self, id: CommandId) -> Vec<Request> {
        match id {
            CommandId::TaskBox => self.change(|wb| wb.set_task(Task::Box)),
            CommandId::TaskPoint => self.change(|wb| wb.set_task(Task::Point)),
            CommandId::TaskTrace => self.change(|wb| wb.set_task(Task::Trace)),
            CommandId::TaskPlan => self.change(|wb| wb.set_task(Task::Plan)),
            CommandId::TaskChat => self.change(|wb| wb.set_task(Task::Chat)),
            CommandId::TaskAction => self.change(|wb| wb.set_task(Task::Action)),
            CommandId::PlayPause if self.selects_simulator() => {
                self.run_simulator(!self.simulator.running)
            }
            CommandId::PlayPause => self.play_selected(|play| play.playing = !play.playing),
            CommandId::ToggleLoop => self.play_selected(|play| play.looping = !play.looping),
            CommandId::NextFrame => self.skip(1),
            CommandId::PreviousFrame => self.skip(-1),
            CommandId::SkipForward => self.skip(10),
            CommandId::SkipBack => self.skip(-10),
            CommandId::FirstFrame => self.skip(i64::MIN),
            CommandId::LastFrame => self.skip(i64::MAX),
            CommandId::NextGrounding => self.change(|wb| wb.highlight_step(1)),
            CommandId::PreviousGrounding => self.change(|wb| wb.highlight_step(-1)),
            CommandId::HideGrounding => self.change(|wb| {
                if let Some(index) = wb.highlighted {
                    wb.toggle_grounding(index);
                }
            }),
            CommandId::ToggleTheme => self.change(|wb| {
                wb.settings.theme = match wb.settings.theme {
                    Theme::Dark => Theme::Light,
                    Theme::Light => Theme::Dark,
                };
            }),
            CommandId::ToggleMotion => self.change(|wb| {
                wb.settings.reduce_motion = !wb.settings.reduce_motion;
            }),
            CommandId::ScaleUp => self.change(|wb| wb.rescale(SCALE_STEP)),
            CommandId::ScaleDown => self.change(|wb| wb.rescale(-SCALE_STEP)),
            CommandId::ScaleReset => self.change(|wb| wb.settings.scale = 1.0),
            _ => self.apply_job(id),
        }
    }

    /// The simulator and collecting, training and evaluation, datasets.
    fn apply_job(&mut self, id: CommandId) -> Vec<Request> {
        match id {
            CommandId::Generate
            | CommandId::CancelGenerate
            | CommandId::ResumeGenerate
            | CommandId::PickGenerateFolder => self.apply_generate(id),
            _ => match id.spec().map(|spec| spec.group) {
                Some("Simulator") => self.apply_simulator(id),
                Some("Training") => self.apply_training_plain(id),
                Some("Evaluation") => self.apply_evaluation_plain(id),
                // Datasets, and the window's own: dialogs over it, zoom, layout, clipboard.
                _ => self.apply_dataset_plain(id),
            },
        }
    }

    fn write(&mut self, text: String) -> Vec<Request> {
        let requests = self.meet(&text);
        if self.asking.instruction != text {
            self.forget_driving();
        }
        self.asking.instruction = text;
        requests
    }

    /// Asks for a font of the system when a text first needs one.
    pub(super) fn meet(&mut self, text: &str) -> Vec<Request> {
        let needed = matches!(self.font, FontSearch::NotNeeded);
        if needed && text.chars().any(is_wide_script) {
            self.font = FontSearch::Asked;
            return vec![Request::FindFont];
        }
        Vec::new()
    }

    fn change(&mut self, change: impl FnOnce(&mut Self)) -> Vec<Request> {
        change(self);
        Vec::new()
    }

    fn on_source(&mut self, id: SourceId, change: impl FnOnce(&mut Self)) -> Vec<Request> {
        if self.sources.iter().any(|s| s.id == id) {
            change(self);
        }
        Vec::new()
    }

    fn rescale(&mut self, step: f32) {
        self.settings.scale = (self.settings.scale + step).clamp(0.7, 2.0);
    }

    fn set_task(&mut self, task: Task) {
        if self.asking.task != task {
            self.asking.task = task;
            self.asking.preset = 0;
        }
    }

    // --- Model -----------------------------------------------------------------------------------------------------

    fn load(&mut self, path: PathBuf, base_vlm: Option<PathBuf>) -> Vec<Request> {
        let base_vlm = base_vlm.or_else(|| self.settings.tokenizers.get(&path).cloned());
        self.model.failure = None;
        self.model.loading = Some(Loading {
            target: LoadTarget::Path(path.clone()),
            tokenizer: base_vlm.clone(),
            progress: None,
            since_secs: self.now_secs,
        });
        vec![Request::Load(LoadRequest {
            path,
            base_vlm,
            device: self.settings.device,
            precision: self.settings.precision,
        })]
    }

    fn open_demo(&mut self) -> Vec<Request> {
        let mut requests = vec![Request::LoadShipped(
            self.settings.device,
            self.settings.precision,
        )];
        self.model.failure = None;
        self.model.loading = Some(Loading {
            target: LoadTarget::Shipped,
            tokenizer: None,
            progress: None,
            since_secs: self.now_secs,
        });
        requests.extend(self.demonstrate());
        requests
    }

    /// Whether a command would do anything now. Keys that would not are left to others.
    #[must_use]
    pub fn is_available(&self, id: CommandId) -> bool {
        match id {
            CommandId::CancelLoad => self.model.loading.is_some() && self.asking.sent.is_empty(),
            CommandId::CancelQuery => !self.asking.sent.is_empty() || self.asking.auto,
            CommandId::CloseCheckpoint => self.model.report.is_some(),
            CommandId::CloseSource => self.selected.is_some(),
            CommandId::CloseDataset | CommandId::NextEpisode | CommandId::PreviousEpisode => {
                self.dataset.is_some()
            }
            _ => match id.spec().map(|spec| spec.group) {
                Some("Simulator") => self.simulator_takes(id),
                Some("Generate") => self.generate_takes(id),
                Some("Training") => self.training_takes(id),
                Some("Evaluation") => self.evaluation_takes(id),
                _ => true,
            },
        }
    }

    // --- Asking ----------------------------------------------------------------------------------------------------

    /// The exact text that a run would send, and what to know about it.
    #[must_use]
    pub fn prompt(&self) -> String {
        let wrapper = self
            .model
            .report
            .as_ref()
            .and_then(|r| r.prompt_wrapper.as_deref());
        let asking = &self.asking;
        if asking.task == Task::Action {
            return prompt::action_prompt(wrapper, &asking.instruction);
        }
        asking.task.presets().nth(asking.preset).map_or_else(
            || asking.instruction.clone(),
            |p| p.render(&asking.instruction),
        )
    }

    /// Why a run is not possible now, in words for the person; none if it is.
    #[must_use]
    pub fn run_obstacle(&self) -> Option<String> {
        if self.model.report.is_none() {
            return Some("Open a checkpoint first".into());
        }
        if !self.views().any(|s| s.frame.is_some()) {
            return Some("Open a picture, video or camera first".into());
        }
        prompt::check_instruction(&self.asking.instruction)
            .err()
            .map(|error| error.to_string())
    }

    fn run(&mut self) -> Vec<Request> {
        if let Some(obstacle) = self.run_obstacle() {
            self.notice(NoticeLevel::Warning, obstacle);
            return Vec::new();
        }
        let views: Vec<(SourceId, Frame)> = self
            .views()
            .filter_map(|s| Some((s.id, s.frame.clone()?)))
            .collect();
        let query = Query {
            task: self.asking.task,
            instruction: self.asking.instruction.clone(),
            prompt: self.prompt(),
            frames: views.iter().map(|(_, frame)| frame.clone()).collect(),
            options: self.asking.options.clone(),
        };
        let (_, request) = self.send_query(query, views);
        vec![request]
    }

    /// A query under its number, on its way from here on.
    pub(super) fn send_query(
        &mut self,
        query: Query,
        views: Vec<(SourceId, Frame)>,
    ) -> (QueryId, Request) {
        self.next_id += 1;
        let id = QueryId(self.next_id);
        let asked: Vec<SourceId> = views.iter().map(|(id, _)| *id).collect();
        self.note_asked(id, &asked);
        self.asking.failure = None;
        self.asking.sent.push(QueryRun {
            id,
            task: query.task,
            instruction: query.instruction.clone(),
            views,
            sent_secs: self.now_secs,
        });
        (id, Request::Ask(id, Box::new(query)))
    }

    fn cancel_query(&mut self) -> Vec<Request> {
        self.asking.auto = false;
        vec![Request::CancelQuery]
    }

    fn toggle_auto(&mut self) -> Vec<Request> {
        self.asking.auto = !self.asking.auto;
        if self.asking.auto && self.asking.sent.is_empty() {
            self.run()
        } else {
            Vec::new()
        }
    }

    // --- Groundings ------------------------------------------------------------------------------------------------

    fn toggle_grounding(&mut self, index: usize) {
        if let Some(hidden) = self
            .asking
            .spoken_mut()
            .and_then(|r| r.hidden.get_mut(index))
        {
            *hidden = !*hidden;
        }
    }

    fn highlight_step(&mut self, by: isize) {
        let count = self.asking.spoken().map_or(0, |r| r.hidden.len());
        if count == 0 {
            self.highlighted = None;
            return;
        }
        let count = count as isize;
        let next = match self.highlighted {
            Some(at) => (at as isize + by).rem_euclid(count),
            None if by > 0 => 0,
            None => count - 1,
        };
        self.highlighted = Some(next as usize);
    }

    fn save_annotated(&mut self) -> Vec<Request> {
        let Some(result) = self.asking.spoken() else {
            self.notice(
                NoticeLevel::Warning,
                "There is no answer to save yet".into(),
            );
            return Vec::new();
        };
        let Some((_, frame)) = result.run.views.first() else {
            return Vec::new();
        };
        vec![Request::SaveAnnotated {
            frame: Box::new(frame.clone()),
            groundings: result.visible().cloned().collect(),
        }]
    }

    pub(super) fn notice(&mut self, level: NoticeLevel, text: String) {
        let at_secs = self.now_secs;
        self.notices.push(Notice {
            level,
            text,
            action: None,
            at_secs,
        });
    }
}

/// Whether a character belongs to Chinese, Japanese or Korean writing (Unicode blocks), which the program's own fonts
/// do not hold.
const fn is_wide_script(letter: char) -> bool {
    matches!(letter,
        '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}
