//! The sources: what is open, how each one does, and what can be opened.

use egui::{Align, Layout, Rect, ScrollArea, Sense, StrokeKind, Ui, Vec2, vec2};

use super::panel::{Panel, PanelContext};
use super::theme::{self, HAIRLINE, Palette, RADIUS, SPACE, SPACE_SMALL};
use super::{icons, keys, widgets};
use crate::engine::{SourceKind, SourceSpec, WebcamChoice};
use crate::workbench::{Command, CommandId, SourceState, SourceStatus};

/// Height over width of a thumbnail.
const THUMBNAIL: f32 = 0.625;

/// The panel of sources. Its view state is the scroll position, which egui keeps.
#[derive(Default)]
pub struct SourcesPanel {
    /// The path being typed.
    typed: String,
}

impl Panel for SourcesPanel {
    fn title(&self) -> &'static str {
        "Sources"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        toolbar(ui, context);
        self.path(ui, context);
        ui.add_space(SPACE_SMALL);
        ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(ui, |ui| {
                webcams(ui, context);
                if context.workbench.sources.is_empty() {
                    empty(ui, context);
                }
                for source in &context.workbench.sources {
                    card(ui, context, source);
                    ui.add_space(SPACE);
                }
            });
    }
}

impl SourcesPanel {
    /// Opens what was typed: the way that needs no dialog of the desktop.
    fn path(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let field = egui::TextEdit::singleline(&mut self.typed)
            .hint_text("or type a path")
            .desired_width(f32::INFINITY);
        let response = ui.add(field);
        response.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::Role::TextInput,
                true,
                "Path of a picture, video or folder",
            )
        });
        let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        let path = self.typed.trim();
        if entered && !path.is_empty() {
            context.push(Command::OpenDropped(path.into()));
            self.typed.clear();
        }
    }
}

fn toolbar(ui: &mut Ui, context: &mut PanelContext<'_>) {
    ui.horizontal(|ui| {
        for (icon, id) in [
            (icons::OPEN, CommandId::OpenFiles),
            (icons::FOLDER, CommandId::OpenFolder),
            (icons::WEBCAM, CommandId::ListCameras),
        ] {
            let name = id.spec().map_or("", |spec| spec.text);
            let shortcut = keys::command_shortcut(id);
            let button = widgets::IconButton::new(icon, name).shortcut(&shortcut);
            if ui.add(button).clicked() {
                context.plain(id);
            }
        }
    });
}

fn empty(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let palette = Palette::of(ui);
    ui.add_space(SPACE);
    ui.label(
        theme::secondary("Nothing open. Drop a picture, video or folder here, or find a camera.")
            .color(palette.weak),
    );
    ui.add_space(SPACE);
    for path in context.workbench.settings.recent_sources.iter().take(6) {
        let name = path.file_name().map_or_else(
            || path.display().to_string(),
            |n| n.to_string_lossy().into(),
        );
        let response = ui
            .add(
                egui::Button::new(theme::secondary(name))
                    .frame(false)
                    .truncate(),
            )
            .on_hover_text(path.display().to_string());
        if response.clicked() {
            let spec = SourceSpec::Path(path.clone());
            context.commands.push(Command::OpenSource(spec));
        }
    }
}

fn webcams(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let palette = Palette::of(ui);
    match &context.workbench.webcams {
        None => {}
        Some(Err(error)) => {
            ui.label(theme::secondary(error).color(palette.warn));
        }
        Some(Ok(list)) if list.is_empty() => {
            ui.label(
                theme::secondary("No camera found. Plug one in and look again.")
                    .color(palette.weak),
            );
        }
        Some(Ok(list)) => {
            for choice in list {
                webcam(ui, context.commands, choice);
            }
        }
    }
}

fn webcam(ui: &mut Ui, commands: &mut Vec<Command>, choice: &WebcamChoice) {
    let mut open = |format: Option<String>| {
        commands.push(Command::OpenSource(SourceSpec::Webcam {
            device: choice.device.clone(),
            format,
        }));
    };
    ui.menu_button(format!("{} {}", icons::WEBCAM, choice.name), |ui| {
        if ui.button("Best format").clicked() {
            open(None);
            ui.close();
        }
        for format in &choice.formats {
            if ui.button(&format.text).clicked() {
                open(Some(format.id.clone()));
                ui.close();
            }
        }
    });
}

fn card(ui: &mut Ui, context: &mut PanelContext<'_>, source: &SourceState) {
    let palette = Palette::of(ui);
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(vec2(width, width * THUMBNAIL), Sense::click());
    let selected = context.workbench.selected == Some(source.id);
    let name = source.name();
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, selected, &name));
    thumbnail(ui, context, source, rect);
    let stroke = if selected {
        egui::Stroke::new(2.0 * HAIRLINE, palette.accent)
    } else {
        egui::Stroke::new(HAIRLINE, palette.line)
    };
    ui.painter()
        .rect_stroke(rect, RADIUS, stroke, StrokeKind::Inside);
    if response.clicked() {
        context.push(Command::SelectSource(source.id));
    }
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            card_buttons(ui, context, source);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let label = egui::Label::new(theme::secondary(&name)).truncate();
                ui.add(label).on_hover_text(describe(source));
            });
        });
    });
    if let SourceStatus::Failed(error) = &source.status {
        ui.label(theme::secondary(error).color(palette.danger));
    } else if let Some(warning) = &source.warning {
        ui.label(theme::secondary(warning).color(palette.warn));
    }
}

fn card_buttons(ui: &mut Ui, context: &mut PanelContext<'_>, source: &SourceState) {
    let close = widgets::IconButton::new(icons::CLOSE, "Close source").side(theme::TARGET_MIN);
    if ui.add(close).clicked() {
        context.push(Command::CloseSource(source.id));
    }
    let (icon, name) = if source.in_view {
        (icons::SHOWN, "Hide from the views and the model")
    } else {
        (icons::HIDDEN, "Show to the model")
    };
    let eye = widgets::IconButton::new(icon, name).side(theme::TARGET_MIN);
    if ui.add(eye).clicked() {
        context.push(Command::ToggleView(source.id));
    }
    if context.workbench.sources.len() > 1 {
        let up = widgets::IconButton::new(icons::CARET_UP, "Earlier in the model's order")
            .side(theme::TARGET_MIN);
        if ui.add(up).clicked() {
            context.push(Command::RaiseView(source.id));
        }
    }
}

fn thumbnail(ui: &Ui, context: &mut PanelContext<'_>, source: &SourceState, rect: Rect) {
    let palette = Palette::of(ui);
    ui.painter().rect_filled(rect, RADIUS, palette.canvas);
    let Some(picture) = context.feeds.thumbnail(source.id) else {
        let icon = match source.status {
            SourceStatus::Failed(_) => icons::WARNING,
            _ => icons::IMAGE,
        };
        let font = egui::FontId::proportional(theme::ICON_LARGE);
        ui.painter().text(
            rect.center(),
            egui::Align2::CENTER_CENTER,
            icon,
            font,
            palette.disabled,
        );
        return;
    };
    let size = picture.frame().size();
    let size = vec2(size.width as f32, size.height as f32);
    let scale = (rect.width() / size.x).min(rect.height() / size.y);
    let shown = picture.at_scale(ui.ctx(), scale * ui.pixels_per_point());
    let Some(texture) = shown.texture else { return };
    let place = Rect::from_center_size(rect.center(), size * scale);
    let whole = Rect::from_min_max(egui::Pos2::ZERO, Vec2::splat(1.0).to_pos2());
    ui.painter().image(texture, place, whole, theme::UNTINTED);
}

/// What it is, for a tooltip: "video, 640x480, 30.0 fps, H.264".
fn describe(source: &SourceState) -> String {
    let Some(info) = source.info() else {
        return "opening".into();
    };
    let kind = match info.kind {
        SourceKind::Picture => "picture",
        SourceKind::Folder => "folder",
        SourceKind::Video => "video",
        SourceKind::Camera => "live camera",
    };
    let frames = info
        .frames
        .filter(|n| *n > 1)
        .map_or_else(String::new, |n| format!(", {n} frames"));
    let fps = info
        .fps
        .map_or_else(String::new, |f| format!(", {f:.1} fps"));
    format!("{kind}, {}{frames}{fps}, {}", info.size, info.format)
}
