//! A message on a panel: what happened as a headline, where and what to do below it, and the whole text to copy.

use egui::{Label, Ui};

use super::icons;
use super::panel::PanelContext;
use super::theme::{self, Palette, SPACE_SMALL, TARGET_MIN};
use super::widgets::{IconButton, Tone};
use crate::workbench::{Command, Message};

/// Draws `text` with the icon of `tone`. `place` is shown where the text names none.
pub fn message(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    tone: Tone,
    (text, place): (&str, &str),
) {
    let p = Palette::of(ui);
    let shown = Message::of(text);
    let place = if shown.place.is_empty() {
        place
    } else {
        shown.place.as_str()
    };
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE_SMALL + 2.0;
        ui.add(Label::new(theme::icon(icon(tone)).color(tone.color(p))));
        ui.vertical(|ui| {
            ui.set_width((ui.available_width() - TARGET_MIN - SPACE_SMALL).max(40.0));
            ui.spacing_mut().item_spacing.y = SPACE_SMALL;
            let what = theme::semibold(&shown.what);
            ui.add(Label::new(what).wrap().selectable(true));
            if !shown.advice.is_empty() {
                let advice = theme::secondary(&shown.advice);
                ui.add(Label::new(advice).wrap().selectable(true));
            }
            if !place.is_empty() {
                let place_text = theme::number(place).color(p.weak);
                ui.add(Label::new(place_text).wrap().selectable(true));
            }
            if !shown.detail.is_empty() {
                let detail = theme::secondary(&shown.detail).color(p.weak);
                ui.add(Label::new(detail).wrap().selectable(true));
            }
        });
        let copy = IconButton::new(icons::COPY, "Copy message").side(TARGET_MIN);
        if ui.add(copy).clicked() {
            context.push(Command::Copy(text.to_owned()));
        }
    });
}

const fn icon(tone: Tone) -> &'static str {
    match tone {
        Tone::Danger => icons::ERROR,
        Tone::Warn => icons::WARNING,
        _ => icons::INFO,
    }
}
