//! Rows of panels: section headers, key and value, listed objects, notices.

use egui::{Align, Color32, Label, Layout, Response, Role, Sense, Ui, WidgetInfo, vec2};

use super::{ActionButton, IconButton, Tone};
use crate::ui::icons;
use crate::ui::theme::{self, Palette, RADIUS, ROW, SPACE, SPACE_SMALL, SPACE_WIDE, TARGET_MIN};

/// A caption, with `actions` at the right end of its line.
pub fn section(ui: &mut Ui, name: &str, actions: impl FnOnce(&mut Ui)) {
    let p = Palette::of(ui);
    ui.add_space(SPACE_SMALL);
    let size = vec2(ui.available_width(), TARGET_MIN);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        let caption = ui.add(Label::new(theme::caption(name).color(p.weak)));
        caption.widget_info(|| WidgetInfo::labeled(Role::Heading, true, name));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            actions(ui);
        });
    });
}

/// A name on the left and its value, monospaced, on the right. A long value is cut and shown whole on hover.
pub fn key_value(ui: &mut Ui, key: &str, value: &str) -> Response {
    let p = Palette::of(ui);
    let size = vec2(ui.available_width(), ROW);
    let row = ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.add(Label::new(theme::secondary(key).color(p.weak)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add(
                Label::new(theme::number(value))
                    .truncate()
                    .show_tooltip_when_elided(true),
            );
        });
    });
    row.response
        .widget_info(|| WidgetInfo::labeled(Role::Row, true, format!("{key}: {value}")));
    row.response
}

/// One listed object: its hue, its name, a number, whether it shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SwatchRow<'a> {
    /// The object's hue.
    pub color: Color32,
    /// Before the name: the icon of its kind.
    pub icon: &'a str,
    /// The object's name.
    pub label: &'a str,
    /// At the right, monospaced.
    pub value: &'a str,
    /// Whether it shows on the picture.
    pub shown: bool,
    /// Whether it is selected.
    pub selected: bool,
}

/// A row of a list of objects. The first answer is the row, the second whether its eye was pressed.
pub fn swatch_row(ui: &mut Ui, row: &SwatchRow<'_>) -> (Response, bool) {
    let p = Palette::of(ui);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), TARGET_MIN), Sense::click());
    response.widget_info(|| {
        let name = format!("{} {}", row.label, row.value);
        WidgetInfo::selected(Role::ListItem, ui.is_enabled(), row.selected, name)
    });
    let fill = match (row.selected, response.hovered()) {
        (true, _) => p.selection(),
        (false, true) => p.raised,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, f32::from(RADIUS), fill);
    super::button::focus_ring(ui, &response, p);
    let inside = rect.shrink2(vec2(SPACE, 0.0));
    let (icon, verb) = if row.shown {
        (icons::SHOWN, "Hide")
    } else {
        (icons::HIDDEN, "Show")
    };
    let name = format!("{verb} {}", row.label);
    let mut pressed = false;
    let builder = egui::UiBuilder::new()
        .max_rect(inside)
        .layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        let (swatch, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
        let opacity = if row.shown { 1.0 } else { 0.35 };
        ui.painter()
            .rect_filled(swatch, 2.0, row.color.gamma_multiply(opacity));
        let text = if row.shown { p.text } else { p.weak };
        ui.add(Label::new(theme::icon(row.icon).color(p.weak)).selectable(false));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            pressed = ui
                .add(IconButton::new(icon, &name).side(TARGET_MIN))
                .clicked();
            ui.add(Label::new(theme::number(row.value).color(p.weak)).selectable(false));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(
                    Label::new(theme::body(row.label).color(text))
                        .truncate()
                        .selectable(false),
                );
            });
        });
    });
    (response, pressed)
}

/// Something worth saying once, and what can be done about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Notice<'a> {
    /// How serious.
    pub tone: Tone,
    /// One sentence.
    pub text: &'a str,
    /// More, smaller; may be empty.
    pub detail: &'a str,
    /// The one thing to do, as a verb; may be empty.
    pub action: &'a str,
}

/// What a person did with a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoticeAnswer {
    /// Pressed its action.
    pub acted: bool,
    /// Dismissed it.
    pub dismissed: bool,
}

/// A notice as a card: icon, sentence, detail, action, close.
pub fn notice(ui: &mut Ui, shown: &Notice<'_>) -> NoticeAnswer {
    let p = Palette::of(ui);
    let mut answer = NoticeAnswer::default();
    let frame = egui::Frame::new()
        .fill(shown.tone.fill(p))
        .corner_radius(f32::from(RADIUS))
        .inner_margin(egui::Margin::symmetric(SPACE_WIDE as i8, SPACE as i8));
    let card = frame.show(ui, |ui| {
        ui.horizontal_top(|ui| {
            ui.add_space(0.0);
            ui.add(Label::new(
                theme::icon(glyph(shown.tone)).color(shown.tone.color(p)),
            ));
            let buttons = TARGET_MIN + SPACE;
            ui.vertical(|ui| {
                ui.set_width((ui.available_width() - buttons).max(60.0));
                ui.spacing_mut().item_spacing.y = SPACE_SMALL;
                ui.add(Label::new(theme::body(shown.text)).wrap());
                if !shown.detail.is_empty() {
                    ui.add(Label::new(theme::secondary(shown.detail).color(p.weak)).wrap());
                }
                if !shown.action.is_empty() {
                    answer.acted = ui.add(ActionButton::new("", shown.action)).clicked();
                }
            });
            answer.dismissed = ui
                .add(IconButton::new(icons::CLOSE, "Dismiss").side(TARGET_MIN))
                .clicked();
        });
    });
    card.response
        .widget_info(|| WidgetInfo::labeled(Role::Alert, true, shown.text));
    answer
}

fn glyph(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral | Tone::Accent => icons::INFO,
        Tone::Good => icons::CHECK_CIRCLE,
        Tone::Warn => icons::WARNING,
        Tone::Danger => icons::ERROR,
    }
}
