//! The bar on top: where we are, what is loaded, how fast it answers. What has no room goes into a menu.

use egui::{
    Align, FontId, Label, Layout, Popup, Rect, Response, Role, Sense, Ui, WidgetInfo, vec2,
};

use super::act::{command_text, icon_act};
use super::icons;
use super::panel::PanelContext;
use super::theme::{self, Palette, SPACE, SPACE_SMALL};
use super::widgets::{IconButton, Tone, chip, menu_item};
use crate::workbench::{CommandId, Theme, Workbench, Workspace};

/// Height of the bar, in points.
pub const HEIGHT: f32 = 32.0;

/// Thickness of the line under the chosen workspace.
const UNDERLINE: f32 = 2.0;

/// Width from which every icon of the window has its place.
const WIDE: f32 = 720.0;
/// Width of the menu that holds them below that.
const MENU: f32 = 240.0;

/// Draws the bar.
pub fn topbar(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let wide = ui.available_width() >= WIDE;
    ui.horizontal_centered(|ui| {
        ui.label(theme::semibold("SP-VLA"));
        ui.add_space(SPACE_SMALL);
        ui.scope(|ui| workspaces(ui, context));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if wide {
                window_buttons(ui, context);
            } else {
                window_menu(ui, context);
            }
            ui.add_space(SPACE_SMALL);
            latency(ui, context.workbench);
            model(ui, context);
        });
    });
}

/// One word for each workspace; the one on show is marked.
fn workspaces(ui: &mut Ui, context: &mut PanelContext<'_>) {
    ui.spacing_mut().item_spacing.x = 0.0;
    let now = context.workbench.settings.workspace;
    for (workspace, id) in [
        (Workspace::Inspect, CommandId::WorkspaceInspect),
        (Workspace::Data, CommandId::WorkspaceData),
        (Workspace::Train, CommandId::WorkspaceTrain),
    ] {
        let shortcut = context.shortcut(id);
        let name = command_text(id);
        if tab(ui, name, now == workspace)
            .on_hover_text(format!("{name}   {shortcut}"))
            .clicked()
        {
            context.plain(id);
        }
    }
}

/// A word with a line under it where it is chosen.
fn tab(ui: &mut Ui, name: &str, on: bool) -> Response {
    let p = Palette::of(ui);
    let font = FontId::proportional(theme::TEXT_BODY);
    let color = if on { p.text } else { p.weak };
    let galley = ui.painter().layout_no_wrap(name.to_owned(), font, color);
    let size = vec2(galley.size().x + 2.0 * SPACE, HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, on, name));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 0.0, p.raised);
    }
    ui.painter()
        .galley(rect.center() - galley.size() / 2.0, galley, color);
    if on {
        let line = Rect::from_min_max(rect.left_bottom() - vec2(0.0, UNDERLINE), rect.max);
        ui.painter().rect_filled(line, 0.0, p.accent);
    }
    response
}

fn commands(workbench: &Workbench) -> [(&'static str, CommandId); 5] {
    let theme_icon = match workbench.settings.theme {
        Theme::Dark => icons::SUN,
        Theme::Light => icons::MOON,
    };
    [
        (icons::GEAR, CommandId::Preferences),
        (icons::LAYOUT, CommandId::ResetLayout),
        (icons::KEYBOARD, CommandId::KeySheet),
        (icons::COMMAND, CommandId::CommandPalette),
        (theme_icon, CommandId::ToggleTheme),
    ]
}

fn window_buttons(ui: &mut Ui, context: &mut PanelContext<'_>) {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        for (icon, id) in commands(context.workbench) {
            icon_act(ui, context, icon, id);
        }
    });
}

fn window_menu(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let button = ui.add(IconButton::new(icons::LIST, "Menu"));
    Popup::menu(&button).width(MENU).show(|ui| {
        for (icon, id) in commands(context.workbench).into_iter().rev() {
            if menu_item(ui, icon, command_text(id), &context.shortcut(id)).clicked() {
                context.plain(id);
            }
        }
    });
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

/// The checkpoint, from the right: what is odd about it, where it runs, its name. The name gives way first.
fn model(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let workbench = context.workbench;
    let palette = Palette::of(ui);
    if let Some(loading) = &workbench.model.loading {
        let done = loading.progress.as_ref().filter(|p| p.total > 0);
        let text = done.map_or_else(
            || "Loading".to_owned(),
            |p| format!("Loading {:>3.0} %", 100.0 * p.done as f64 / p.total as f64),
        );
        icon_act(ui, context, icons::CLOSE, CommandId::CancelLoad);
        chip(ui, &text, Tone::Accent);
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
        chip(ui, "Random weights", Tone::Warn)
            .on_hover_text("These weights were never trained: answers mean nothing");
    }
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let device = theme::secondary(&report.loaded.device).color(palette.weak);
        ui.add(Label::new(device).truncate());
        let name = theme::secondary(super::model::checkpoint_name(report));
        ui.add(Label::new(name).truncate());
    });
}
