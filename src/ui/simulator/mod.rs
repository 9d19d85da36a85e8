//! The simulator's panel: what is set up, running it, reaching in, where it stands, keeping episodes.

mod drive;
mod keep;
mod setup;
mod state;

use egui::{ScrollArea, Ui};

use super::panel::{Panel, PanelContext};
use super::theme::SPACE;
use super::{act, icons, widgets};
use crate::workbench::{CommandId, SimulatorPhase};

/// Seconds after which a scene that is being set up says so.
const PATIENCE: f64 = 0.4;

/// The panel.
#[derive(Debug, Default)]
pub struct SimulatorPanel {
    setup: setup::SetupView,
}

impl Panel for SimulatorPanel {
    fn title(&self) -> &'static str {
        "Simulator"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        match &context.workbench.simulator.phase {
            SimulatorPhase::Closed => closed(ui, context),
            SimulatorPhase::Starting(since) => {
                starting(ui, context.workbench.now_secs - since);
            }
            SimulatorPhase::Failed(text) => failed(ui, context, &text.clone()),
            SimulatorPhase::Open(_) => self.open(ui, context),
        }
    }
}

impl SimulatorPanel {
    fn open(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let Some(scene) = context.workbench.simulator.scene() else {
            return;
        };
        ui.spacing_mut().scroll.floating_allocated_width = SPACE;
        ScrollArea::vertical()
            .id_salt("simulator")
            .auto_shrink(false)
            .show(ui, |ui| {
                self.setup.ui(ui, context);
                drive::ui(ui, context, scene);
                state::cameras(ui, context, scene);
                keep::ui(ui, context);
                state::ui(ui, context, scene);
            });
    }
}

fn closed(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let shortcut = context.shortcut(CommandId::OpenSimulator);
    let state = widgets::EmptyState {
        icon: icons::ROBOT,
        title: "No scene is set up",
        hint: "A tabletop with an arm and cameras, with nothing plugged in. Its cameras are ordinary sources.",
        action: (
            icons::PLAY,
            act::command_text(CommandId::OpenSimulator),
            &shortcut,
        ),
        ..widgets::EmptyState::default()
    };
    if widgets::empty_state(ui, &state).acted {
        context.plain(CommandId::OpenSimulator);
    }
}

fn starting(ui: &mut Ui, seconds: f64) {
    let work = widgets::Progress {
        label: "Set up the scene",
        fraction: None,
        detail: "",
        can_cancel: false,
    };
    let state = widgets::EmptyState {
        icon: icons::ROBOT,
        title: "Setting up",
        progress: (seconds > PATIENCE).then_some(work),
        ..widgets::EmptyState::default()
    };
    widgets::empty_state(ui, &state);
    ui.ctx().request_repaint_after_secs(PATIENCE as f32);
}

fn failed(ui: &mut Ui, context: &mut PanelContext<'_>, text: &str) {
    let parts = crate::workbench::Message::of(text);
    let state = widgets::EmptyState {
        icon: icons::WARNING,
        title: &parts.what,
        hint: &parts.advice,
        action: (icons::RETRY, "Try again", ""),
        tone: widgets::Tone::Danger,
        ..widgets::EmptyState::default()
    };
    if widgets::empty_state(ui, &state).acted {
        context.plain(CommandId::OpenSimulator);
    }
}
