//! Training: the recipe as a form and as text, curves as they grow, and runs beside each other.

mod curves;
mod differences;
mod form;
mod mix;
mod plot;
mod rows;
mod runs;
mod samples;
mod smooth;
mod status;

use egui::{Align, Label, Layout, ScrollArea, TextEdit, Ui, vec2};

pub use curves::CurvesPanel;
pub(super) use form::{drag, labelled, text_field};
pub use runs::RunsPanel;
pub use samples::SamplesPanel;
pub(super) use status::remaining;

use super::act::{command_text, small_icon_act};
use super::message::message;
use super::panel::{Panel, PanelContext};
use super::theme::{self, Palette, SPACE, SPACE_SMALL, TARGET_MIN};
use super::widgets::{ActionButton, IconButton, Tone, menu_item, segmented, tail};
use super::{icons, units};
use crate::workbench::{Command, CommandId, RecipeState, TrainPhase, TrainingCommand, capitalised};

/// Width of the menu of recent recipes.
const RECENT_WIDTH: f32 = 320.0;
/// Lines of text below the field that say what is wrong.
const PROBLEM: f32 = 76.0;

/// How the recipe is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Face {
    #[default]
    Form,
    Text,
}

/// The panel of the recipe.
#[derive(Default)]
pub struct TrainPanel {
    face: Face,
    /// The path being typed.
    typed: String,
}

impl Panel for TrainPanel {
    fn title(&self) -> &'static str {
        "Recipe"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        ui.spacing_mut().item_spacing.y = SPACE_SMALL;
        ui.spacing_mut().scroll.floating_allocated_width = SPACE;
        act(ui, context);
        let recipe = &context.workbench.training.recipe;
        refusal(ui, context);
        ui.separator();
        self.file(ui, context, recipe);
        if let Some(why) = &recipe.failure {
            message(ui, context, Tone::Danger, (why, ""));
        }
        match self.face {
            Face::Form => {
                ScrollArea::vertical()
                    .id_salt("recipe")
                    .auto_shrink(false)
                    .show(ui, |ui| form::ui(ui, context, recipe));
            }
            Face::Text => text(ui, context, recipe),
        }
    }
}

impl TrainPanel {
    /// Form or text, and the file behind it.
    fn file(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, recipe: &RecipeState) {
        let p = Palette::of(ui);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let faces = [(Face::Form, "Form"), (Face::Text, "TOML")];
            segmented(ui, "Recipe as", &mut self.face, &faces);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                small_icon_act(ui, context, icons::PLUS, CommandId::NewRecipe);
                small_icon_act(ui, context, icons::SAVE, CommandId::SaveRecipe);
                self.recent(ui, context);
                small_icon_act(ui, context, icons::OPEN, CommandId::OpenRecipe);
            });
        });
        let name = recipe.file.as_ref().map(|file| file.display().to_string());
        let shown = name.as_deref().map_or("Not saved to a file", tail);
        let changed = if recipe.changed { "  changed" } else { "" };
        let text = theme::secondary(format!("{shown}{changed}")).color(p.weak);
        let label = ui.add(Label::new(text).truncate());
        if let Some(name) = &name {
            label.on_hover_text(name);
        }
    }

    /// Recipes opened before, and a path to type where the desktop has no dialog.
    fn recent(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let button = IconButton::new(icons::HISTORY, "Open recent recipe").side(TARGET_MIN);
        let button = ui.add(button);
        let opened = button.clicked();
        egui::Popup::menu(&button)
            .width(RECENT_WIDTH)
            .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for path in &context.workbench.settings.recent_recipes {
                    let text = path.display().to_string();
                    let item = menu_item(ui, icons::HISTORY, tail(&text), "");
                    if item.on_hover_text(&text).clicked() {
                        let open = TrainingCommand::OpenRecipe(path.clone());
                        context.push(Command::Training(open));
                    }
                }
                if let Some(path) = path_field(ui, &mut self.typed, "Path of a recipe", opened) {
                    context.push(Command::Training(TrainingCommand::OpenRecipe(path)));
                    ui.close();
                }
            });
    }
}

/// A field to type a path into, at once if `focus`; the path once it is entered.
pub(super) fn path_field(
    ui: &mut Ui,
    typed: &mut String,
    name: &str,
    focus: bool,
) -> Option<std::path::PathBuf> {
    let response = text_field(ui, name, "or type a path", typed, 0);
    if focus {
        response.request_focus();
    }
    let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
    let path = typed.trim().to_owned();
    if !entered || path.is_empty() {
        return None;
    }
    typed.clear();
    Some(path.into())
}

/// What can be done now: start and resume, or pause and stop.
fn act(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let training = &context.workbench.training;
    let phase = training.run.as_ref().map(|run| &run.phase);
    let held = matches!(phase, Some(TrainPhase::Paused | TrainPhase::Pausing));
    let (running, ready) = (training.is_running(), training.recipe.refusal().is_none());
    let pausable = matches!(phase, Some(TrainPhase::Running));
    let stopping = matches!(phase, Some(TrainPhase::Stopping));
    let resumable = matches!(phase, Some(TrainPhase::Stopped(_) | TrainPhase::Failed(_)));
    let width = ((ui.available_width() - SPACE) / 2.0).max(80.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE;
        let mut one = |icon, verb, id: CommandId, enabled: bool, primary: bool| {
            let shortcut = context.shortcut(id);
            let button = ActionButton::new(icon, verb).width_min(width);
            let button = if primary && enabled {
                button.primary()
            } else {
                button
            };
            let response = ui.add_enabled(enabled, button);
            let tip = format!("{}   {shortcut}", command_text(id));
            if response
                .on_hover_text(&tip)
                .on_disabled_hover_text(&tip)
                .clicked()
            {
                context.plain(id);
            }
        };
        if running {
            if held {
                one(icons::PLAY, "Resume", CommandId::ResumeTraining, true, true);
            } else {
                one(
                    icons::PAUSE,
                    "Pause",
                    CommandId::PauseTraining,
                    pausable,
                    false,
                );
            }
            one(
                icons::STOP,
                "Stop",
                CommandId::StopTraining,
                !stopping,
                false,
            );
        } else {
            one(
                icons::PLAY,
                "Start",
                CommandId::StartTraining,
                ready,
                !resumable,
            );
            one(
                icons::LOOP,
                "Resume",
                CommandId::ResumeTraining,
                ready,
                resumable,
            );
        }
    });
}

/// What is in the way of starting.
fn refusal(ui: &mut Ui, context: &PanelContext<'_>) {
    let p = Palette::of(ui);
    let training = &context.workbench.training;
    if training.is_running() {
        return;
    }
    if let Some(refusal) = training.recipe.refusal() {
        let text = theme::secondary(capitalised(&refusal)).color(p.warn);
        ui.add(Label::new(text).wrap());
    }
}

/// The whole recipe as text, and what is wrong with it below.
fn text(ui: &mut Ui, context: &mut PanelContext<'_>, recipe: &RecipeState) {
    let p = Palette::of(ui);
    let mut text = recipe.text.clone();
    let below = if recipe.problem.is_some() {
        PROBLEM
    } else {
        TARGET_MIN
    };
    let height = (ui.available_height() - below).max(80.0);
    let size = vec2(ui.available_width(), height);
    ScrollArea::both()
        .id_salt("recipe text")
        .max_height(height)
        .auto_shrink(false)
        .show(ui, |ui| {
            let field = TextEdit::multiline(&mut text)
                .code_editor()
                .desired_width(f32::INFINITY)
                .min_size(size);
            if ui.add(field).accessible_name("Recipe text").changed() {
                context.push(Command::Training(TrainingCommand::SetText(text.clone())));
            }
        });
    if let Some(problem) = &recipe.problem {
        let line = problem
            .line
            .map_or_else(String::new, |line| format!("Line {line}: "));
        ScrollArea::vertical()
            .id_salt("recipe problem")
            .show(ui, |ui| {
                let text = format!("{} {line}{}", icons::ERROR, problem.text);
                ui.add(Label::new(theme::secondary(text).color(p.danger)).wrap());
            });
    } else {
        let lines = units::many(recipe.text.lines().count(), "line", "lines");
        ui.label(theme::secondary(format!("{} {lines}, no mistakes", icons::CHECK)).color(p.weak));
    }
}
