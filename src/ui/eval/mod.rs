//! Evaluation: a form to run one, scores with their intervals, two runs side by side, and what failed.

mod bars;
mod list;
mod marks;
mod measures;
mod report;
mod setup;

use std::path::Path;

use egui::{Align, Label, Layout, Ui};

pub(super) use marks::{answers, truths};

use super::act::{command_text, small_icon_act};
use super::message::message;
use super::panel::{Panel, PanelContext};
use super::theme::{self, Palette, SPACE, SPACE_SMALL, TARGET_MIN};
use super::train::{path_field, remaining};
use super::widgets::{
    ActionButton, EmptyState, IconButton, Progress, Tone, chip, empty_state, menu_item, progress,
    segmented, tail,
};
use super::{icons, units};
use crate::workbench::{Command, CommandId, EvalPhase, EvalRun, EvaluationCommand};

/// Width of the menu of recent reports.
const RECENT_WIDTH: f32 = 320.0;

/// What the panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Face {
    #[default]
    Report,
    Setup,
}

/// The panel.
#[derive(Default)]
pub struct EvalPanel {
    face: Face,
    typed: String,
    report: report::ReportView,
}

impl Panel for EvalPanel {
    fn title(&self) -> &'static str {
        "Evaluation"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        ui.spacing_mut().item_spacing.y = SPACE_SMALL;
        ui.spacing_mut().scroll.floating_allocated_width = SPACE;
        self.toolbar(ui, context);
        let state = &context.workbench.evaluation;
        if let Some(run) = &state.run
            && run.phase != EvalPhase::Done
        {
            run_state(ui, context, run);
        }
        if let Some(why) = &state.failure {
            message(ui, context, Tone::Danger, (why, ""));
        }
        match self.face {
            Face::Setup => setup::ui(ui, context),
            Face::Report if state.reports.is_empty() => self.nothing(ui, context),
            Face::Report => self.report.ui(ui, context),
        }
    }

    fn command(&mut self, command: CommandId) {
        if command == CommandId::StartEvaluation {
            self.face = Face::Report;
        }
    }
}

impl EvalPanel {
    fn toolbar(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        ui.horizontal(|ui| {
            let faces = [(Face::Report, "Report"), (Face::Setup, "New run")];
            segmented(ui, "Evaluation", &mut self.face, &faces);
            ui.spacing_mut().item_spacing.x = SPACE_SMALL;
            small_icon_act(ui, context, icons::FOLDER, CommandId::OpenEvaluation);
            self.recent(ui, context);
            if let Some(path) = path_field(ui, &mut self.typed, "Path of a report", false) {
                context.push(Command::Evaluation(EvaluationCommand::Open(path)));
            }
        });
    }

    fn recent(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let paths = &context.workbench.settings.recent_reports;
        let button = IconButton::new(icons::HISTORY, "Open recent report").side(TARGET_MIN);
        let button = ui.add_enabled(!paths.is_empty(), button);
        egui::Popup::menu(&button).width(RECENT_WIDTH).show(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for path in paths {
                if recent_item(ui, path) {
                    self.face = Face::Report;
                    context.push(Command::Evaluation(EvaluationCommand::Open(path.clone())));
                }
            }
        });
    }

    fn nothing(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let state = &context.workbench.evaluation;
        if state.is_running() || !state.reading.is_empty() {
            let reading = !state.reading.is_empty();
            let shown = EmptyState {
                icon: icons::TARGET,
                title: if reading {
                    "Reading the report"
                } else {
                    "No report yet"
                },
                hint: if reading {
                    ""
                } else {
                    "It is written when the run is complete."
                },
                ..EmptyState::default()
            };
            empty_state(ui, &shown);
            return;
        }
        let shown = EmptyState {
            icon: icons::TARGET,
            title: "No report open",
            hint: "How well a checkpoint grounds and acts, with intervals, and every failure a click away.",
            action: (icons::FOLDER, "Open report", ""),
            second: (icons::PLAY, "Evaluate a checkpoint", ""),
            ..EmptyState::default()
        };
        let answer = empty_state(ui, &shown);
        if answer.acted {
            context.plain(CommandId::OpenEvaluation);
        }
        if answer.acted_second {
            self.face = Face::Setup;
        }
    }
}

fn recent_item(ui: &mut Ui, path: &Path) -> bool {
    let text = path.display().to_string();
    let item = menu_item(ui, icons::HISTORY, tail(&text), "");
    item.on_hover_text(&text).clicked()
}

/// The run under way: how far, how long still, and what it came to so far.
fn run_state(ui: &mut Ui, context: &mut PanelContext<'_>, run: &EvalRun) {
    let p = Palette::of(ui);
    let (icon, text, tone) = match &run.phase {
        EvalPhase::Running => (icons::RECORD, "Evaluating", Tone::Accent),
        EvalPhase::Stopping => (icons::WAIT, "Stopping", Tone::Neutral),
        EvalPhase::Cancelled => (icons::PAUSE, "Stopped", Tone::Neutral),
        EvalPhase::Done => (icons::CHECK_CIRCLE, "Done", Tone::Good),
        EvalPhase::Failed(_) => (icons::ERROR, "Failed", Tone::Danger),
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE;
        chip(ui, &format!("{icon} {text}"), tone);
        let out = run.setup.out.display().to_string();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if run.is_running() {
                let stop = ActionButton::new(icons::STOP, "Stop")
                    .compact()
                    .height(TARGET_MIN);
                let tip = command_text(CommandId::StopEvaluation);
                let enabled = run.phase == EvalPhase::Running;
                if ui.add_enabled(enabled, stop).on_hover_text(tip).clicked() {
                    context.plain(CommandId::StopEvaluation);
                }
            } else {
                let again = ActionButton::new(icons::PLAY, "Go on")
                    .compact()
                    .height(TARGET_MIN);
                let tip = "The run goes on where it ended";
                if ui.add(again).on_hover_text(tip).clicked() {
                    context.push(Command::Evaluation(EvaluationCommand::SetSetup(Box::new(
                        run.setup.clone(),
                    ))));
                    context.plain(CommandId::StartEvaluation);
                }
            }
            let [episodes, won] = run.episodes;
            if episodes > 0 {
                let text = format!("{won} of {episodes} reached");
                ui.label(theme::number(text).color(p.weak));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let name = theme::number(tail(&out)).color(p.weak);
                ui.add(Label::new(name).truncate()).on_hover_text(&out);
            });
        });
    });
    if let EvalPhase::Failed(why) = &run.phase {
        message(ui, context, Tone::Danger, (why, ""));
    }
    if run.is_running() {
        bar(ui, run, context.workbench.now_secs);
    }
}

fn bar(ui: &mut Ui, run: &EvalRun, now: f64) {
    let known = run.progress.as_ref().filter(|progress| progress.total > 0);
    let left = run
        .left(now)
        .map_or_else(String::new, |left| format!(", {} left", remaining(left)));
    let detail = known.map_or_else(String::new, |progress| {
        format!(
            "{} of {}{left}",
            units::count(progress.done),
            units::count(progress.total)
        )
    });
    let label = run
        .progress
        .as_ref()
        .map_or("Beginning", |progress| progress.stage.as_str());
    let shown = Progress {
        label,
        fraction: known.map(|progress| progress.done as f32 / progress.total as f32),
        detail: &detail,
        can_cancel: false,
    };
    progress(ui, &shown);
}
