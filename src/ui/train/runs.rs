//! Runs beside each other: which are drawn in which colour, what each came to, and in what their recipes differ.

use std::path::{Path, PathBuf};

use super::differences::differences;
use super::path_field;
use super::status::word;
use crate::engine::{Curve, RunCurves, RunRecord, Series};
use crate::ui::act::small_icon_act;
use crate::ui::actions::curves::color;
use crate::ui::message::message;
use crate::ui::panel::{Panel, PanelContext};
use crate::ui::theme::{self, Palette, SPACE, SPACE_SMALL, TARGET_MIN};
use crate::ui::widgets::{
    ActionButton, EmptyState, IconButton, ListRow, Progress, Tone, dense, empty_state, key_value,
    list_row, menu_item, progress, section, tail,
};
use crate::ui::{icons, units};
use crate::workbench::{Command, CommandId, RunStatus, TrainRun, TrainingCommand, Workbench};
use egui::{Label, ScrollArea, Ui, vec2};

/// Width of the menu of recent runs.
const RECENT_WIDTH: f32 = 320.0;

/// The panel.
#[derive(Default)]
pub struct RunsPanel {
    /// The run whose numbers are shown.
    chosen: Option<PathBuf>,
    /// The path being typed.
    typed: String,
}

impl Panel for RunsPanel {
    fn title(&self) -> &'static str {
        "Runs"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        ui.spacing_mut().item_spacing.y = SPACE_SMALL;
        ui.spacing_mut().scroll.floating_allocated_width = SPACE;
        self.toolbar(ui, context);
        let training = &context.workbench.training;
        if training.run.is_none() && training.compared.is_empty() {
            return nothing(ui, context);
        }
        ScrollArea::vertical()
            .id_salt("runs")
            .auto_shrink(false)
            .show(ui, |ui| {
                dense(ui, |ui| self.list(ui, context));
                self.details(ui, context);
            });
    }
}

impl RunsPanel {
    fn toolbar(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE_SMALL;
            small_icon_act(ui, context, icons::FOLDER, CommandId::OpenRun);
            let button = IconButton::new(icons::HISTORY, "Open recent run").side(TARGET_MIN);
            let button = ui.add(button);
            egui::Popup::menu(&button)
                .width(RECENT_WIDTH)
                .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
                .show(|ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    for path in &context.workbench.settings.recent_runs {
                        let text = path.display().to_string();
                        let item = menu_item(ui, icons::HISTORY, tail(&text), "");
                        if item.on_hover_text(&text).clicked() {
                            context.push(Command::Training(TrainingCommand::OpenRun(path.clone())));
                        }
                    }
                });
            if let Some(path) = path_field(ui, &mut self.typed, "Path of a run", false) {
                context.push(Command::Training(TrainingCommand::OpenRun(path)));
            }
        });
    }

    fn list(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let training = &context.workbench.training;
        if let Some(run) = &training.run {
            let (_, text, _) = word(&run.phase);
            let value = format!(
                "{} of {}",
                units::count(run.step()),
                units::count(run.config.steps)
            );
            let icon = if run.is_running() {
                icons::RECORD
            } else {
                icons::CHART
            };
            self.row(
                ui,
                context,
                (&run.config.folder, 0, !training.hides_run),
                [icon, &value, text],
            );
        }
        for run in &training.compared {
            let (icon, value) = match &run.status {
                RunStatus::Reading => (icons::WAIT, "reading".to_owned()),
                RunStatus::Failed(_) => (icons::ERROR, "failed".to_owned()),
                RunStatus::Read(record) => (icons::CHART, summary(&record.curves)),
            };
            self.row(
                ui,
                context,
                (&run.folder, run.hue, run.shown),
                [icon, &value, ""],
            );
        }
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        (folder, hue, shown): (&Path, usize, bool),
        [icon, value, tip]: [&str; 3],
    ) {
        let name = context.workbench.training.name(folder);
        let row = ListRow {
            color: Some(color(ui, hue)),
            icon,
            label: &name,
            value,
            shown: Some(shown),
            selected: self.chosen.as_deref() == Some(folder),
        };
        let (response, toggled) = list_row(ui, &row);
        if toggled {
            context.push(Command::Training(TrainingCommand::ToggleRun(
                folder.to_owned(),
            )));
        }
        if response
            .on_hover_text(format!("{}\n{tip}", folder.display()).trim_end())
            .clicked()
        {
            self.chosen = Some(folder.to_owned());
        }
    }

    /// The chosen run, or the first one there is.
    fn details(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let training = &context.workbench.training;
        let own = training.run.as_ref().map(|run| run.config.folder.as_path());
        let known = |folder: &&Path| own == Some(folder) || training.opened(folder).is_some();
        let first = own.or_else(|| training.compared.first().map(|run| run.folder.as_path()));
        let Some(folder) = self.chosen.as_deref().filter(known).or(first) else {
            return;
        };
        let folder = folder.to_owned();
        section(ui, &training.name(&folder), |_| {});
        let opened = training.opened(&folder);
        match (
            training
                .run
                .as_ref()
                .filter(|run| run.config.folder == folder),
            opened,
        ) {
            (Some(run), _) => own_run(ui, context, run),
            (None, Some(run)) => match &run.status {
                RunStatus::Reading => reading(ui),
                RunStatus::Failed(why) => message(ui, context, Tone::Danger, (why, "")),
                RunStatus::Read(record) => recorded(ui, record),
            },
            (None, None) => {}
        }
        buttons(ui, context, &folder);
        differences(ui, training, &folder);
    }
}

fn nothing(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let shown = EmptyState {
        icon: icons::COMPARE,
        title: "No runs to compare",
        hint: "Open run folders to draw their curves over each other.",
        action: (icons::FOLDER, "Open run", ""),
        ..EmptyState::default()
    };
    if empty_state(ui, &shown).acted {
        context.plain(CommandId::OpenRun);
    }
}

fn reading(ui: &mut Ui) {
    let shown = Progress {
        label: "Reading the steps of the run",
        fraction: None,
        detail: "",
        can_cancel: false,
    };
    progress(ui, &shown);
}

/// "4,000  0.83": the last step and its loss.
fn summary(curves: &RunCurves) -> String {
    curves.last().map_or_else(
        || "no steps".to_owned(),
        |last| format!("{}  {}", units::count(last.step), units::short(last.loss)),
    )
}

fn own_run(ui: &mut Ui, context: &PanelContext<'_>, run: &TrainRun) {
    dense(ui, |ui| {
        key_value(ui, "State", word(&run.phase).1);
        key_value(
            ui,
            "Time",
            &units::seconds(run.seconds(context.workbench.now_secs)),
        );
        numbers(ui, &run.curves);
    });
}

fn recorded(ui: &mut Ui, record: &RunRecord) {
    dense(ui, |ui| {
        numbers(ui, &record.curves);
        let newest = record.checkpoints.last();
        let newest = newest.map_or_else(
            || "none".into(),
            |(step, _)| format!("step {}", units::count(*step)),
        );
        let count = record.checkpoints.len();
        key_value(
            ui,
            "Checkpoints",
            &if count > 1 {
                format!("{count}, newest {newest}")
            } else {
                newest
            },
        );
        key_value(
            ui,
            "Can be resumed",
            if record.resumable { "yes" } else { "no" },
        );
        if record.bad_lines > 0 {
            let row = key_value(ui, "Lines not readable", &units::count(record.bad_lines));
            row.on_hover_text("The last line of a run that was killed is cut");
        }
    });
    if let Err(problem) = &record.config {
        let text = format!("Its recipe cannot be read: {}", problem.text);
        let text = theme::secondary(text).color(Palette::of(ui).warn);
        ui.add(Label::new(text).wrap());
    }
}

fn numbers(ui: &mut Ui, curves: &RunCurves) {
    let Some(last) = curves.last() else {
        return;
    };
    key_value(ui, "Step", &units::count(last.step));
    let smooth = |series: &Series| curves.of(series).and_then(Curve::last);
    key_value(ui, "Loss", &units::short(last.loss));
    for (name, loss) in &last.losses {
        key_value(ui, &format!("  {name}"), &units::short(*loss));
    }
    key_value(ui, "Gradient norm", &units::short(last.gradient_norm));
    if let Some(similarity) = smooth(&Series::Similarity) {
        key_value(ui, "Similarity", &units::short(similarity));
    }
    key_value(
        ui,
        "Throughput",
        &format!("{} samples/s", units::short(last.samples_per_second)),
    );
}

fn buttons(ui: &mut Ui, context: &mut PanelContext<'_>, folder: &Path) {
    ui.add_space(SPACE_SMALL);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE_SMALL, SPACE_SMALL);
        let saved = has_checkpoint(context.workbench, folder);
        let load = ActionButton::new(icons::UPLOAD, "Load newest checkpoint").compact();
        if ui
            .add_enabled(saved, load)
            .on_disabled_hover_text("The run has saved none yet")
            .clicked()
        {
            context.push(Command::Training(TrainingCommand::LoadRun(
                folder.to_owned(),
            )));
        }
        let recipe = ActionButton::new(icons::COPY, "Use its recipe").compact();
        if ui.add(recipe).clicked() {
            context.push(Command::Training(TrainingCommand::UseRecipe(
                folder.to_owned(),
            )));
        }
        if context.workbench.training.opened(folder).is_some() {
            let again = IconButton::new(icons::RETRY, "Read again");
            if ui.add(again).clicked() {
                context.push(Command::Training(TrainingCommand::OpenRun(
                    folder.to_owned(),
                )));
            }
            if ui.add(IconButton::new(icons::CLOSE, "Close run")).clicked() {
                context.push(Command::Training(TrainingCommand::CloseRun(
                    folder.to_owned(),
                )));
            }
        }
    });
}

fn has_checkpoint(workbench: &Workbench, folder: &Path) -> bool {
    let training = &workbench.training;
    let own = training
        .run
        .as_ref()
        .filter(|run| run.config.folder == folder);
    let opened = training.opened(folder).and_then(|run| run.record());
    own.is_some_and(TrainRun::has_checkpoint)
        || opened.is_some_and(|run| !run.checkpoints.is_empty())
}
