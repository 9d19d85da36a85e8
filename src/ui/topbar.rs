//! The bar on top: where we are, what is loaded, how fast it answers.

use egui::{Align, Layout, Ui};

use super::panel::PanelContext;
use super::theme::{self, Palette, SPACE};
use super::widgets::{self, Tone};
use super::{icons, keys};
use crate::workbench::{CommandId, Theme, Workbench};

/// Height of the bar, in points.
pub const HEIGHT: f32 = 36.0;

/// Draws the bar.
pub fn topbar(ui: &mut Ui, context: &mut PanelContext<'_>) {
    ui.horizontal_centered(|ui| {
        ui.label(theme::semibold("SP-VLA"));
        ui.add_space(SPACE);
        ui.label(theme::body("Inspect").color(Palette::of(ui).accent));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            window_buttons(ui, context);
            ui.add_space(SPACE);
            latency(ui, context.workbench);
            model(ui, context);
        });
    });
}

fn window_buttons(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let theme_icon = match context.workbench.settings.theme {
        Theme::Dark => icons::SUN,
        Theme::Light => icons::MOON,
    };
    for (icon, id) in [
        (icons::LAYOUT, CommandId::ResetLayout),
        (icons::KEYBOARD, CommandId::KeySheet),
        (icons::COMMAND, CommandId::CommandPalette),
        (theme_icon, CommandId::ToggleTheme),
    ] {
        let name = id.spec().map_or("", |spec| spec.text);
        let shortcut = keys::command_shortcut(id);
        if ui
            .add(widgets::IconButton::new(icon, name).shortcut(&shortcut))
            .clicked()
        {
            context.plain(id);
        }
    }
}

fn latency(ui: &mut Ui, workbench: &Workbench) {
    let Some(result) = &workbench.asking.result else {
        return;
    };
    let ms = result.answer.timing.total_ms;
    let text = if ms < 1e4 {
        format!("{ms:>5.0} ms")
    } else {
        format!("{:>5.1} s", ms / 1e3)
    };
    ui.label(theme::number(text))
        .on_hover_text("Time of the last answer");
}

fn model(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let workbench = context.workbench;
    let palette = Palette::of(ui);
    if let Some(loading) = &workbench.model.loading {
        let done = loading.progress.as_ref().filter(|p| p.total > 0);
        let text = done.map_or_else(
            || "Loading".to_owned(),
            |p| format!("Loading {:>3.0} %", 100.0 * p.done as f64 / p.total as f64),
        );
        widgets::chip(ui, &text, Tone::Accent);
        return;
    }
    let Some(report) = &workbench.model.report else {
        let text = theme::secondary("No checkpoint").color(palette.weak);
        if ui.add(egui::Button::new(text).frame(false)).clicked() {
            context.plain(CommandId::OpenCheckpoint);
        }
        return;
    };
    if report.random_weights {
        widgets::chip(ui, "Random weights", Tone::Warn)
            .on_hover_text("These weights were never trained: answers mean nothing");
    }
    ui.label(theme::secondary(&report.loaded.device).color(palette.weak));
    ui.label(theme::secondary(super::model::checkpoint_name(report)));
}
