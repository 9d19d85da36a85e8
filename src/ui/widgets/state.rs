//! What a panel shows when it has nothing to show: why, and the one next step.

use egui::{Align, Label, Layout, Role, Ui, UiBuilder, WidgetInfo, vec2};

use super::{ActionButton, Progress, Tone, progress};
use crate::ui::theme::{self, ICON_LARGE, Palette, SPACE, SPACE_SMALL};

/// Widest line of an explanation; longer ones are hard to read.
const WIDTH_MAX: f32 = 320.0;

/// An empty, failed or waiting panel.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct EmptyState<'a> {
    /// What belongs here.
    pub icon: &'a str,
    /// What is the case: "No picture yet".
    pub title: &'a str,
    /// What to do about it; may be empty.
    pub hint: &'a str,
    /// The one next step as icon, verb and key; an empty verb leaves it out.
    pub action: (&'a str, &'a str, &'a str),
    /// Another way on, told more quietly: icon, verb and key; an empty verb leaves it out.
    pub second: (&'a str, &'a str, &'a str),
    /// [`Tone::Danger`] for errors.
    pub tone: Tone,
    /// Work that will fill the panel, where it is under way.
    pub progress: Option<Progress<'a>>,
}

/// What a person did with an empty panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EmptyAnswer {
    /// Pressed the next step.
    pub acted: bool,
    /// Pressed the other way on.
    pub acted_second: bool,
    /// Stopped the work under way.
    pub cancelled: bool,
}

/// Fills the rest of `ui` with `shown`, in its middle.
pub fn empty_state(ui: &mut Ui, shown: &EmptyState<'_>) -> EmptyAnswer {
    let p = Palette::of(ui);
    let area = ui.available_rect_before_wrap();
    let width = (area.width() - 2.0 * SPACE).clamp(40.0, WIDTH_MAX);
    let height = height(shown);
    let top = (area.height() - height).max(0.0) * 0.45;
    let place = egui::Rect::from_min_size(
        egui::pos2(area.center().x - width / 2.0, area.top() + top),
        vec2(width, (area.height() - top).max(height)),
    );
    let mut answer = EmptyAnswer::default();
    let builder = UiBuilder::new()
        .max_rect(place)
        .layout(Layout::top_down(Align::Center));
    let inner = ui.scope_builder(builder, |ui| {
        let color = if shown.tone == Tone::Neutral {
            p.disabled
        } else {
            shown.tone.color(p)
        };
        ui.add(Label::new(
            theme::icon(shown.icon).size(ICON_LARGE).color(color),
        ));
        ui.add_space(SPACE_SMALL);
        ui.add(Label::new(theme::semibold(shown.title)).wrap());
        if !shown.hint.is_empty() {
            ui.add(Label::new(theme::secondary(shown.hint).color(p.weak)).wrap());
        }
        if let Some(work) = &shown.progress {
            answer.cancelled = progress(ui, work);
        }
        let (icon, verb, shortcut) = shown.action;
        if !verb.is_empty() {
            ui.add_space(SPACE);
            let button = ActionButton::new(icon, verb).shortcut(shortcut);
            let button = if shown.tone == Tone::Danger {
                button
            } else {
                button.primary()
            };
            answer.acted = ui.add(button).clicked();
        }
        let (icon, verb, shortcut) = shown.second;
        if !verb.is_empty() {
            let button = ActionButton::new(icon, verb).shortcut(shortcut);
            answer.acted_second = ui.add(button).clicked();
        }
    });
    inner
        .response
        .widget_info(|| WidgetInfo::labeled(Role::Group, true, shown.title));
    ui.allocate_rect(area, egui::Sense::hover());
    answer
}

/// About how tall it will be, to put it in the middle.
fn height(shown: &EmptyState<'_>) -> f32 {
    let part = |present: bool, height: f32| if present { height } else { 0.0 };
    76.0 + part(!shown.hint.is_empty(), 36.0)
        + part(shown.progress.is_some(), 40.0)
        + part(!shown.action.1.is_empty(), 44.0)
        + part(!shown.second.1.is_empty(), 36.0)
}
