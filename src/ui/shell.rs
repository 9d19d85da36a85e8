//! The whole window: bars, tiles, and what lies over them. The same code draws the window and a headless picture.

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::feed::Feeds;
use super::frame_times::FrameTimes;
use super::key_sheet::KeySheet;
use super::overlay::HueBook;
use super::palette::CommandPalette;
use super::panel::PanelContext;
use super::preferences::Preferences;
use super::theme::{self, Palette};
use super::tiles::{PanelId, Tilework};
use super::{keys, notices, topbar, transport};
use crate::workbench::{
    Command, CommandId, EvaluationCommand, FontSearch, Theme, TrainingCommand, Workbench,
};

/// Panels that a command brings to the front.
const SHOWN_BY: &[(CommandId, PanelId)] = &[
    (CommandId::ShowSources, PanelId::Sources),
    (CommandId::ShowCanvas, PanelId::Views),
    (CommandId::ShowAsk, PanelId::Ask),
    (CommandId::FocusInstruction, PanelId::Ask),
    (CommandId::ShowGroundings, PanelId::Groundings),
    (CommandId::ShowActions, PanelId::Actions),
    (CommandId::ShowModel, PanelId::Model),
    (CommandId::OpenCheckpoint, PanelId::Model),
    (CommandId::OpenDemo, PanelId::Simulator),
    (CommandId::OpenSimulator, PanelId::Simulator),
    (CommandId::ShowGenerate, PanelId::Generate),
    (CommandId::Generate, PanelId::Generate),
    (CommandId::ResumeGenerate, PanelId::Generate),
    (CommandId::ShowTiming, PanelId::Timing),
    (CommandId::ShowLog, PanelId::Log),
    (CommandId::ShowDatasets, PanelId::Datasets),
    (CommandId::FindEpisode, PanelId::Datasets),
    (CommandId::ShowEpisode, PanelId::Episode),
    (CommandId::ShowTraining, PanelId::Recipe),
    (CommandId::OpenRecipe, PanelId::Recipe),
    (CommandId::NewRecipe, PanelId::Recipe),
    (CommandId::ShowCurves, PanelId::Curves),
    (CommandId::StartTraining, PanelId::Curves),
    (CommandId::ResumeTraining, PanelId::Curves),
    (CommandId::ShowSamples, PanelId::Samples),
    (CommandId::ShowRuns, PanelId::Runs),
    (CommandId::OpenRun, PanelId::Runs),
    (CommandId::LoadNewest, PanelId::Model),
    (CommandId::ShowEvaluation, PanelId::Evaluation),
    (CommandId::OpenEvaluation, PanelId::Evaluation),
    (CommandId::StartEvaluation, PanelId::Evaluation),
    (CommandId::NextFailure, PanelId::Views),
    (CommandId::PreviousFailure, PanelId::Views),
];

/// Everything of the window that is not the document.
#[derive(Default)]
pub struct Shell {
    tiles: Tilework,
    palette: CommandPalette,
    key_sheet: KeySheet,
    preferences: Preferences,
    /// Whether egui has the font that the engine found.
    has_font: bool,
    feeds: Feeds,
    /// Whether the newest answer is in actions, once there is one.
    answered_in_actions: Option<bool>,
    hues: HueBook,
    /// How long frames took.
    pub frame_times: FrameTimes,
}

impl Shell {
    /// Draws the window; gives back what the person did.
    pub fn ui(&mut self, ui: &mut Ui, workbench: &Workbench) -> Vec<Command> {
        let ctx = ui.ctx().clone();
        self.feeds.update(workbench);
        self.reveal_answer(workbench);
        self.install_font(&ctx, workbench);
        // While a key is being chosen it is no command.
        let pressed = if self.preferences.is_listening() {
            Vec::new()
        } else {
            keys::pressed(&ctx, workbench)
        };
        let mut commands: Vec<Command> = pressed.into_iter().map(Command::Plain).collect();
        let mut context = PanelContext {
            workbench,
            feeds: &mut self.feeds,
            hues: &mut self.hues,
            commands: &mut commands,
            frame_times: &self.frame_times,
        };
        bars(ui, &mut context);
        // Tiles and the lines between them leave nothing of it to be seen.
        CentralPanel::no_frame().show(ui, |ui| self.tiles.ui(ui, &mut context));
        notices::notices(&ctx, &mut context);
        self.preferences.ui(&ctx, &mut context);
        let keymap = &workbench.settings.keys;
        let chosen = self.key_sheet.ui(&ctx, keymap);
        commands.extend(chosen.map(Command::Plain));
        let chosen = self.palette.ui(&ctx, keymap);
        commands.extend(chosen.map(Command::Plain));
        for command in &commands {
            self.command(command);
        }
        commands
    }

    /// Brings the panel to the front that shows what the newest answer holds, when that is another kind of answer than
    /// before: a person who looks at another tab while answers come is left alone.
    fn reveal_answer(&mut self, workbench: &Workbench) {
        let result = workbench.asking.result.as_ref();
        let acts = result.map(|result| result.answer.action.is_some());
        if std::mem::replace(&mut self.answered_in_actions, acts) == acts {
            return;
        }
        match acts {
            Some(true) => self.tiles.reveal(PanelId::Actions),
            Some(false) => self.tiles.reveal(PanelId::Groundings),
            None => {}
        }
    }

    /// Gives egui the font that the engine found, once.
    fn install_font(&mut self, ctx: &egui::Context, workbench: &Workbench) {
        if let (false, FontSearch::Found(font)) = (self.has_font, &workbench.font) {
            self.has_font = true;
            theme::add_font(ctx, font.bytes.clone(), font.index);
        }
    }

    /// Commands that only concern the window.
    fn command(&mut self, command: &Command) {
        let id = match command {
            Command::Plain(id) => id,
            Command::Evaluation(EvaluationCommand::Look(_)) => &CommandId::ShowCanvas,
            Command::Evaluation(EvaluationCommand::Open(_)) => &CommandId::ShowEvaluation,
            Command::Training(TrainingCommand::OpenRun(_)) => &CommandId::ShowCurves,
            _ => return,
        };
        match id {
            CommandId::CommandPalette => self.palette.toggle(),
            CommandId::KeySheet => self.key_sheet.open = !self.key_sheet.open,
            CommandId::ResetLayout => self.tiles.reset(),
            CommandId::Preferences => self.preferences.toggle(),
            _ => {}
        }
        if let Some((_, panel)) = SHOWN_BY.iter().find(|(command, _)| command == id) {
            self.tiles.reveal(*panel);
        }
        self.tiles.command(*id);
    }

    /// Brings the simulator's panel to the front.
    pub fn reveal_simulator(&mut self) {
        self.tiles.reveal(PanelId::Simulator);
    }

    /// Puts the preferences that egui must know into its context.
    pub fn prefer(ctx: &egui::Context, workbench: &Workbench) {
        ctx.set_theme(match workbench.settings.theme {
            Theme::Dark => egui::Theme::Dark,
            Theme::Light => egui::Theme::Light,
        });
        if (ctx.zoom_factor() - workbench.settings.scale).abs() > 1e-3 {
            ctx.set_zoom_factor(workbench.settings.scale);
        }
        let seconds = if workbench.settings.reduce_motion {
            0.0
        } else {
            theme::FADE_SECONDS
        };
        ctx.all_styles_mut(|style| style.animation_time = seconds);
    }

    /// The layout, to be kept.
    #[must_use]
    pub fn save_layout(&self) -> Option<serde_json::Value> {
        self.tiles.save()
    }

    /// Takes a layout that was kept.
    pub fn restore_layout(&mut self, saved: serde_json::Value) {
        self.tiles.restore(saved);
    }
}

fn bars(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let palette = Palette::of(ui);
    let frame = Frame::NONE
        .fill(palette.panel)
        .inner_margin(Margin::symmetric(theme::SPACE_WIDE as i8, 0));
    Panel::top("top bar")
        .exact_size(topbar::HEIGHT)
        .frame(frame)
        .show(ui, |ui| topbar::topbar(ui, context));
    if !transport::is_needed(context.workbench) {
        return;
    }
    Panel::bottom("transport")
        .exact_size(transport::HEIGHT)
        .frame(frame)
        .show(ui, |ui| transport::transport(ui, context));
}
