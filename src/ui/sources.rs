//! The sources: what is open, how each one does, and what can be opened.

use std::path::Path;

use egui::{Align, Layout, Popup, Rect, ScrollArea, Sense, StrokeKind, Ui, UiBuilder, Vec2, vec2};

use super::act::small_icon_act;
use super::panel::{Panel, PanelContext};
use super::theme::{self, HAIRLINE, ON_PICTURE, Palette, RADIUS, SPACE_SMALL, TARGET_MIN};
use super::widgets::IconButton;
use super::{icons, widgets};
use crate::engine::{SourceKind, SourceSpec, WebcamChoice};
use crate::workbench::{Command, CommandId, Message, SourceState, SourceStatus};

/// Height over width of a thumbnail.
const THUMBNAIL: f32 = 0.625;
/// Widest a thumbnail becomes.
const CARD_MAX: f32 = 240.0;
/// Recent sources in the empty list; the menu has all of them.
const RECENT: usize = 6;
/// Width of the menu of recent sources.
const RECENT_WIDTH: f32 = 300.0;

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
                    widgets::dense(ui, |ui| card(ui, context, source));
                    ui.add_space(SPACE_SMALL);
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
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE_SMALL, SPACE_SMALL);
        for (icon, id) in [
            (icons::OPEN, CommandId::OpenFiles),
            (icons::FOLDER, CommandId::OpenFolder),
            (icons::WEBCAM, CommandId::ListCameras),
        ] {
            small_icon_act(ui, context, icon, id);
        }
        recent(ui, context);
    });
}

/// What was opened before, behind one icon.
fn recent(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let paths = &context.workbench.settings.recent_sources;
    let button = IconButton::new(icons::HISTORY, "Open recent").side(TARGET_MIN);
    let button = ui.add_enabled(!paths.is_empty(), button);
    Popup::menu(&button).width(RECENT_WIDTH).show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for path in paths {
            recent_item(ui, context, path);
        }
    });
}

fn recent_item(ui: &mut Ui, context: &mut PanelContext<'_>, path: &Path) {
    let text = path.display().to_string();
    let item = widgets::menu_item(ui, icons::HISTORY, widgets::tail(&text), "");
    if item.on_hover_text(&text).clicked() {
        context.push(Command::OpenSource(SourceSpec::Path(path.to_path_buf())));
    }
}

fn empty(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let palette = Palette::of(ui);
    ui.label(
        theme::secondary("Nothing open. Drop a picture, video or folder here, or find a camera.")
            .color(palette.weak),
    );
    if context.workbench.settings.recent_sources.is_empty() {
        return;
    }
    widgets::section(ui, "Recent", |_| {});
    widgets::dense(ui, |ui| {
        for path in context
            .workbench
            .settings
            .recent_sources
            .iter()
            .take(RECENT)
        {
            recent_item(ui, context, path);
        }
    });
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
    let width = ui.available_width().min(CARD_MAX);
    let (rect, response) = ui.allocate_exact_size(vec2(width, width * THUMBNAIL), Sense::click());
    let selected = context.workbench.selected == Some(source.id);
    let name = context.workbench.source_name(source.id);
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
    over(ui, rect, |ui| card_buttons(ui, context, source, &name));
    let shade = if source.in_view {
        palette.text
    } else {
        palette.weak
    };
    ui.add_space(SPACE_SMALL);
    let label = egui::Label::new(theme::secondary(&name).color(shade)).truncate();
    ui.add(label)
        .on_hover_text(format!("{name}\n{}", describe(source)));
    match (&source.status, &source.warning) {
        // The view of the source tells all of it.
        (SourceStatus::Failed(error), _) => trouble(ui, error, palette.danger),
        (_, Some(warning)) => trouble(ui, warning, palette.warn),
        _ => {}
    }
}

/// What happened, in few words, under a picture of the list.
fn trouble(ui: &mut Ui, text: &str, color: egui::Color32) {
    let what = Message::of(text).what;
    ui.add(egui::Label::new(theme::secondary(what).color(color)).wrap())
        .on_hover_text(text);
}

/// Controls in the upper right corner of a picture, readable on any picture.
fn over(ui: &mut Ui, rect: Rect, controls: impl FnOnce(&mut Ui)) {
    let bar = Rect::from_min_max(rect.min, egui::pos2(rect.right(), rect.top() + TARGET_MIN));
    let bar = bar
        .shrink2(vec2(SPACE_SMALL, 0.0))
        .translate(vec2(0.0, SPACE_SMALL));
    let builder = UiBuilder::new()
        .max_rect(bar)
        .layout(Layout::right_to_left(Align::Center));
    // A child that takes no room of its own: what follows stands below the picture.
    let mut ui = ui.new_child(builder);
    ui.spacing_mut().item_spacing.x = 0.0;
    ui.visuals_mut().dark_mode = true;
    let behind = ui.painter().add(egui::Shape::Noop);
    controls(&mut ui);
    let chip = egui::Shape::rect_filled(ui.min_rect(), RADIUS, ON_PICTURE);
    ui.painter().set(behind, chip);
}

fn card_buttons(ui: &mut Ui, context: &mut PanelContext<'_>, source: &SourceState, name: &str) {
    let close = format!("Close {name}");
    if ui
        .add(IconButton::new(icons::CLOSE, &close).side(TARGET_MIN))
        .clicked()
    {
        context.push(Command::CloseSource(source.id));
    }
    let (icon, verb) = if source.in_view {
        (icons::SHOWN, "Hide from the views and the model")
    } else {
        (icons::HIDDEN, "Show to the model")
    };
    if ui
        .add(IconButton::new(icon, verb).side(TARGET_MIN))
        .clicked()
    {
        context.push(Command::ToggleView(source.id));
    }
    if context.workbench.sources.first().map(|s| s.id) != Some(source.id) {
        let up = IconButton::new(icons::CARET_UP, "Earlier in the model's order").side(TARGET_MIN);
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
