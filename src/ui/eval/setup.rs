//! What to evaluate: the same settings as the command line's, those that matter most.

use std::path::{Path, PathBuf};

use egui::{Label, ScrollArea, Ui};

use crate::engine::{EvalColumn, EvalKind, EvalPath, EvalSetup};
use crate::ui::act::command_text;
use crate::ui::icons;
use crate::ui::panel::PanelContext;
use crate::ui::theme::{self, Palette, SPACE, SPACE_SMALL, TARGET_MIN};
use crate::ui::train::{drag, labelled, text_field};
use crate::ui::widgets::{ActionButton, IconButton, segmented};
use crate::workbench::{Command, CommandId, EvaluationCommand};

const KINDS: [(EvalKind, &str); 3] = [
    (EvalKind::Grounding, "Grounding"),
    (EvalKind::Simulator, "Simulator"),
    (EvalKind::Files, "From files"),
];
const SUITES: [(&str, &str); 3] = [
    ("widowx", "WidowX"),
    ("google", "Google Robot"),
    ("all", "Both"),
];
const COLUMNS: [(EvalColumn, &str); 6] = [
    (EvalColumn::Perturbed, "Perturbed"),
    (EvalColumn::Paraphrased, "Paraphrased"),
    (EvalColumn::Scattered, "Scattered"),
    (EvalColumn::Seen, "Seen things"),
    (EvalColumn::Unseen, "Unseen things"),
    (EvalColumn::Long, "Long tasks"),
];

pub(super) fn ui(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let mut setup = context.workbench.evaluation.setup.clone();
    ScrollArea::vertical().id_salt("evaluation setup").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = SPACE_SMALL;
        segmented(ui, "What to evaluate", &mut setup.kind, &KINDS);
        let text = match setup.kind {
            EvalKind::Grounding => "A checkpoint is asked every question of a dataset; boxes, points, traces and plans are scored.",
            EvalKind::Simulator => "A policy drives the simulated arm through the benchmark's tasks. Not SimplerEnv itself: numbers compare within this program.",
            EvalKind::Files => "Answers that were written down already, by any model, are scored.",
        };
        let text = theme::secondary(text).color(Palette::of(ui).weak);
        ui.add(Label::new(text).wrap());
        ui.add_space(SPACE_SMALL);
        match setup.kind {
            EvalKind::Grounding => grounding(ui, context, &mut setup),
            EvalKind::Simulator => simulator(ui, context, &mut setup),
            EvalKind::Files => {
                path(ui, context, ("Answers", EvalPath::Predictions), &mut setup.predictions, "JSON lines");
                path(ui, context, ("Truth", EvalPath::Truth), &mut setup.truth, "JSON lines or labels");
            }
        }
        path(ui, context, ("Run folder", EvalPath::Out), &mut setup.out, "choose");
        start(ui, context);
    });
    if setup != context.workbench.evaluation.setup {
        let set = EvaluationCommand::SetSetup(Box::new(setup));
        context.commands.insert(0, Command::Evaluation(set));
    }
}

fn grounding(ui: &mut Ui, context: &mut PanelContext<'_>, setup: &mut EvalSetup) {
    checkpoint(ui, context, setup, "choose");
    path(
        ui,
        context,
        ("Dataset", EvalPath::Dataset),
        &mut setup.dataset,
        "labelled pictures",
    );
    let mut limit = setup.limit as f64;
    labelled(ui, "Questions", "Most questions that are asked", |ui| {
        let width = ui.available_width();
        drag(ui, "Questions", &mut limit, (true, 1.0, 1e7), width);
    });
    setup.limit = limit as usize;
}

fn simulator(ui: &mut Ui, context: &mut PanelContext<'_>, setup: &mut EvalSetup) {
    checkpoint(ui, context, setup, "none: the scripted expert");
    labelled(ui, "Suite", "Which arm's tasks", |ui| {
        let mut at = SUITES
            .iter()
            .position(|(name, _)| *name == setup.suite)
            .unwrap_or(0);
        let choices: Vec<(usize, &str)> =
            SUITES.iter().map(|(_, words)| *words).enumerate().collect();
        if segmented(ui, "Suite", &mut at, &choices) {
            SUITES[at].0.clone_into(&mut setup.suite);
        }
    });
    labelled(
        ui,
        "Episodes",
        "Of each row; every layout of the benchmark once if 0",
        |ui| {
            let mut episodes = setup.episodes as f64;
            let width = ui.available_width();
            drag(ui, "Episodes", &mut episodes, (true, 0.0, 1e5), width);
            setup.episodes = episodes as usize;
        },
    );
    labelled(ui, "Seed", "What everything random is drawn from", |ui| {
        let mut seed = setup.seed as f64;
        let width = ui.available_width();
        drag(ui, "Seed", &mut seed, (true, 0.0, 1e15), width);
        setup.seed = seed as u64;
    });
    labelled(
        ui,
        "Also play",
        "What goes beyond the benchmark's own episodes, which are always played",
        |ui| {
            ui.horizontal_wrapped(|ui| {
                for (column, name) in COLUMNS {
                    let mut on = setup.columns.contains(&column);
                    if ui.checkbox(&mut on, name).changed() {
                        setup.columns.retain(|own| *own != column);
                        if on {
                            setup.columns.push(column);
                        }
                        setup.columns.sort_unstable();
                    }
                }
            });
        },
    );
    labelled(
        ui,
        "Film",
        "Every episode as a video, to look at failures",
        |ui| {
            ui.checkbox(&mut setup.video, "every episode");
        },
    );
}

/// The checkpoint, and the loaded one by a press.
fn checkpoint(ui: &mut Ui, context: &mut PanelContext<'_>, setup: &mut EvalSetup, hint: &str) {
    path(
        ui,
        context,
        ("Checkpoint", EvalPath::Checkpoint),
        &mut setup.checkpoint,
        hint,
    );
    let loaded = context.workbench.model.report.as_ref();
    let loaded = loaded
        .map(|report| report.path.clone())
        .filter(|path| *path != setup.checkpoint);
    if let Some(loaded) = loaded {
        labelled(ui, "", "", |ui| {
            let text = "Use the loaded one";
            let button = ActionButton::new(icons::MODEL, text)
                .compact()
                .height(TARGET_MIN);
            if ui
                .add(button)
                .on_hover_text(loaded.display().to_string())
                .clicked()
            {
                setup.checkpoint = loaded;
            }
        });
    }
}

fn path(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    (name, which): (&str, EvalPath),
    value: &mut PathBuf,
    hint: &str,
) {
    labelled(ui, name, "", |ui| {
        let mut text = value.display().to_string();
        if text_field(ui, name, hint, &mut text, 1).changed() {
            Path::new(&text).clone_into(value);
        }
        let verb = format!("Choose {}", name.to_lowercase());
        if ui
            .add(IconButton::new(icons::FOLDER, &verb).side(TARGET_MIN))
            .clicked()
        {
            context.push(Command::Evaluation(EvaluationCommand::Pick(which)));
        }
    });
}

fn start(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let p = Palette::of(ui);
    let state = &context.workbench.evaluation;
    let obstacle = state.obstacle();
    ui.add_space(SPACE);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE;
        let ready = obstacle.is_none() && !state.is_running();
        let button = ActionButton::new(icons::PLAY, "Evaluate");
        let button = if ready { button.primary() } else { button };
        if ui
            .add_enabled(ready, button)
            .on_hover_text(command_text(CommandId::StartEvaluation))
            .clicked()
        {
            context.plain(CommandId::StartEvaluation);
        }
        if let Some(obstacle) = &obstacle {
            ui.add(Label::new(theme::secondary(obstacle).color(p.warn)).wrap());
        }
    });
}
