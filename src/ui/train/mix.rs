//! The data mix: each source with its weight, its share and how much it holds.

use std::path::Path;

use egui::{Align, Color32, Label, Layout, Rect, Role, Sense, Ui, WidgetInfo, vec2};
use serde_json::{Value, json};

use super::form::drag;
use crate::engine::{Recipe, RecipePath, RunConfig, SourceCount};
use crate::ui::actions::curves::color;
use crate::ui::panel::PanelContext;
use crate::ui::theme::{self, Palette, SPACE, SPACE_SMALL, TARGET_MIN};
use crate::ui::widgets::{ActionButton, IconButton, section, tail};
use crate::ui::{icons, units};
use crate::workbench::{Command, Message, TrainingCommand};

/// Width of a weight.
const WEIGHT: f32 = 52.0;
/// Height of the bar of shares.
const BAR: f32 = 8.0;

pub(super) fn ui(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    value: &mut Value,
    config: &RunConfig,
) -> bool {
    let resolved = context.workbench.training.recipe.resolved();
    let mut changed = false;
    if config.recipe != Recipe::Vanilla {
        let whole: Vec<_> = resolved
            .labels
            .iter()
            .map(|source| source.path.as_path())
            .collect();
        let list = (
            RecipePath::Labels,
            "labels",
            "Questions and answers",
            "Add pictures",
        );
        changed |= sources(ui, context, value, list, &whole);
    }
    if config.recipe != Recipe::Grounding {
        let whole: Vec<_> = resolved
            .actions
            .iter()
            .map(|source| source.path.as_path())
            .collect();
        let list = (
            RecipePath::Actions,
            "actions",
            "Recorded actions",
            "Add episodes",
        );
        changed |= sources(ui, context, value, list, &whole);
    }
    changed
}

type List = (RecipePath, &'static str, &'static str, &'static str);

fn sources(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    value: &mut Value,
    (path, key, title, verb): List,
    whole: &[&Path],
) -> bool {
    section(ui, title, |ui| {
        let count = IconButton::new(icons::RETRY, "Count again").side(TARGET_MIN);
        if !whole.is_empty() && ui.add(count).clicked() {
            context.push(Command::Training(TrainingCommand::CountSources));
        }
    });
    let Some(list) = value.get_mut(key).and_then(Value::as_array_mut) else {
        return false;
    };
    let weight = |source: &Value| source["weight"].as_f64().unwrap_or_default().max(0.0);
    let weights: Vec<f64> = list.iter().map(weight).collect();
    let sum: f64 = weights.iter().sum();
    let share = |at: usize| if sum > 0.0 { weights[at] / sum } else { 0.0 };
    let shares: Vec<f64> = (0..weights.len()).map(share).collect();
    if shares.len() > 1 {
        bar(ui, title, &shares);
    }
    let (mut changed, mut removed) = (false, None);
    for (at, source) in list.iter_mut().enumerate() {
        let path = whole.get(at).copied().unwrap_or(Path::new(""));
        let answer = source_row(ui, context, source, (at, path, shares[at]));
        changed |= answer.0;
        removed = removed.or(answer.1.then_some(at));
    }
    if let Some(at) = removed {
        list.remove(at);
        changed = true;
    }
    if list.is_empty() {
        let none = theme::secondary("No source yet").color(Palette::of(ui).weak);
        ui.label(none);
    }
    if ui.add(ActionButton::new(icons::PLUS, verb)).clicked() {
        context.push(Command::Training(TrainingCommand::Pick(path)));
    }
    changed
}

/// The end of the path, its weight, and below them its share and what it holds: changed, removed.
fn source_row(
    ui: &mut Ui,
    context: &PanelContext<'_>,
    source: &mut Value,
    (at, path, share): (usize, &Path, f64),
) -> (bool, bool) {
    let p = Palette::of(ui);
    let (mut changed, mut removed) = (false, false);
    let whole = path.display().to_string();
    let size = vec2(ui.available_width(), TARGET_MIN);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = SPACE_SMALL;
        let name = format!("Remove {}", tail(&whole));
        removed = ui
            .add(IconButton::new(icons::CLOSE, &name).side(TARGET_MIN))
            .clicked();
        let mut weight = source["weight"].as_f64().unwrap_or_default();
        let name = format!("Weight of {}", tail(&whole));
        let response = drag(ui, &name, &mut weight, (false, 0.0, 1e6), WEIGHT);
        if response
            .on_hover_text("How often it is drawn beside the others")
            .changed()
        {
            source["weight"] = json!(weight);
            changed = true;
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(BAR, BAR), Sense::hover());
            ui.painter().rect_filled(rect, 2.0, color(ui, at));
            let name = Label::new(theme::body(tail(&whole))).truncate();
            ui.add(name).on_hover_text(&whole);
        });
    });
    let counted = context.workbench.training.counts.get(path);
    let (text, tone) = match counted {
        None => (String::new(), p.weak),
        Some(None) => ("counting".into(), p.weak),
        Some(Some(Ok(count))) => (count_text(count), p.weak),
        Some(Some(Err(why))) => (Message::of(why).what, p.danger),
    };
    let percent = units::percent(share as f32);
    let text = if text.is_empty() {
        percent
    } else {
        format!("{percent} · {text}")
    };
    ui.horizontal(|ui| {
        ui.add_space(BAR + SPACE);
        let label = ui.add(Label::new(theme::secondary(text).color(tone)).truncate());
        if let Some(Some(Err(why))) = counted {
            label.on_hover_text(why);
        }
    });
    (changed, removed)
}

/// "24 episodes, 1,204 frames", "19,042 questions".
pub(super) fn count_text(count: &SourceCount) -> String {
    match (count.episodes, count.questions) {
        (Some(episodes), _) => format!(
            "{}, {} frames",
            units::many(episodes as usize, "episode", "episodes"),
            units::count(count.samples)
        ),
        (None, 0) => units::many(
            count.samples as usize,
            "labelled picture",
            "labelled pictures",
        ),
        (None, questions) => units::many(questions as usize, "question", "questions"),
    }
}

/// The shares of all sources beside each other.
fn bar(ui: &mut Ui, title: &str, shares: &[f64]) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), BAR), Sense::hover());
    let spoken = format!("{title}: shares of {} sources", shares.len());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    let mut left = rect.left();
    for (at, share) in shares.iter().enumerate() {
        let right = left + rect.width() * *share as f32;
        let part = Rect::from_x_y_ranges(left..=(right - 1.0).max(left), rect.y_range());
        let fill: Color32 = color(ui, at);
        ui.painter().rect_filled(part, 2.0, fill);
        left = right;
    }
}
