//! Preferences of the window: theme, text size, motion, and which key does what.

use egui::{
    Align, Context, Frame, Id, Label, Layout, Modal, Role, ScrollArea, TextEdit, Ui, WidgetInfo,
    vec2,
};

use super::act::{button_act, command_text, icon_act};
use super::panel::PanelContext;
use super::theme::{self, CONTROL, Palette, SPACE, SPACE_GROUP, SPACE_SMALL};
use super::widgets::{ActionButton, IconButton, Tone, section, segmented};
use super::{icons, keys};
use crate::workbench::{COMMANDS, Command, CommandId, CommandSpec, Shortcut, Theme};

/// Width of the window of preferences.
const WIDTH: f32 = 520.0;
/// Tallest list of keys.
const HEIGHT: f32 = 320.0;
/// Width of a command's keys.
const KEYS: f32 = 150.0;

/// The preferences, open or closed.
#[derive(Debug, Default)]
pub struct Preferences {
    open: bool,
    search: String,
    listening: Option<Listening>,
}

/// The command whose key is being chosen.
#[derive(Debug, Clone, Copy)]
struct Listening {
    id: CommandId,
    /// The key that was pressed, which another command has.
    taken: Option<(Shortcut, &'static CommandSpec)>,
}

impl Preferences {
    /// Opens them, or closes them.
    pub fn toggle(&mut self) {
        self.open = !self.open;
        self.listening = None;
        self.search.clear();
    }

    /// Whether the next key is to become that of a command.
    #[must_use]
    pub const fn is_listening(&self) -> bool {
        self.open && self.listening.is_some()
    }

    /// Draws them, if open.
    pub fn ui(&mut self, ctx: &Context, context: &mut PanelContext<'_>) {
        if !self.open {
            return;
        }
        self.listen(ctx, context);
        let room = ctx.content_rect().size();
        let frame = Frame::popup(&ctx.global_style()).inner_margin(SPACE_GROUP);
        let modal = Modal::new(Id::unique("preferences")).frame(frame);
        let modal = modal.show(ctx, |ui| {
            ui.set_width(WIDTH.min(room.x - 4.0 * SPACE_GROUP));
            ui.label(theme::title("Preferences"));
            window(ui, context);
            self.keys(ui, context, (room.y - 300.0).clamp(120.0, HEIGHT));
        });
        if modal.should_close() {
            self.open = false;
            self.listening = None;
        }
    }

    /// Takes the key that is pressed for the command that waits for one.
    fn listen(&mut self, ctx: &Context, context: &mut PanelContext<'_>) {
        let Some(listening) = &mut self.listening else {
            return;
        };
        if listening.taken.is_some() {
            return;
        }
        let Some(key) = keys::typed(ctx) else { return };
        let escape = key.key == "Escape" && !key.command && !key.shift;
        let owner = context.workbench.settings.keys.owner(&key);
        match owner.filter(|owner| owner.id != listening.id) {
            _ if escape => self.listening = None,
            Some(owner) => listening.taken = Some((key, owner)),
            None => {
                context.push(Command::GiveKey(listening.id, key));
                self.listening = None;
            }
        }
    }

    fn keys(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, height: f32) {
        section(ui, "Keys", |ui| {
            let changed = !context.workbench.settings.keys.is_default();
            ui.add_enabled_ui(changed, |ui| {
                if ui
                    .add(ActionButton::new(icons::RESET, "Reset all keys"))
                    .clicked()
                {
                    context.push(Command::ResetKeys(None));
                }
            });
        });
        ui.add_space(SPACE_SMALL);
        let field = TextEdit::singleline(&mut self.search)
            .hint_text("Search a command or key")
            .desired_width(f32::INFINITY);
        ui.add(field).accessible_name("Search keys");
        self.conflict(ui, context);
        let wanted = self.search.to_lowercase();
        ScrollArea::vertical()
            .id_salt("keys")
            .max_height(height)
            .min_scrolled_height(height)
            .auto_shrink(false)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for spec in COMMANDS {
                    let keys = keys::all_shortcuts(&context.workbench.settings.keys, spec.id);
                    let text = format!("{} {} {keys}", spec.group, spec.text).to_lowercase();
                    if text.contains(wanted.trim()) {
                        ui.push_id(spec.id, |ui| self.row(ui, context, spec, &keys));
                    }
                }
            });
    }

    /// Whose key was pressed, and what to do about it.
    fn conflict(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let Some(Listening {
            id,
            taken: Some((key, owner)),
        }) = self.listening
        else {
            return;
        };
        let p = Palette::of(ui);
        let frame = Frame::new().fill(Tone::Warn.fill(p)).corner_radius(4.0);
        frame.inner_margin(SPACE).show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                let key_text = keys::shortcut_text(&key);
                let text = format!("{key_text} is the key of “{}”.", owner.text);
                ui.add(Label::new(theme::icon(icons::WARNING).color(p.warn)));
                ui.add(Label::new(theme::body(text)));
                let give = format!("Give it to “{}”", command_text(id));
                if ui.add(ActionButton::new("", &give)).clicked() {
                    context.push(Command::GiveKey(id, key));
                    self.listening = None;
                }
                if ui.add(ActionButton::new("", "Leave it")).clicked() {
                    self.listening = None;
                }
            });
        });
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        spec: &'static CommandSpec,
        keys: &str,
    ) {
        let p = Palette::of(ui);
        let listens = |known: &Listening| known.id == spec.id && known.taken.is_none();
        let listening = self.listening.as_ref().is_some_and(listens);
        let size = vec2(ui.available_width() - SPACE, CONTROL + 2.0);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            let changed = context.workbench.settings.keys.is_changed(spec.id);
            ui.add_enabled_ui(changed, |ui| {
                let name = format!("Reset key of {}", spec.text);
                if ui.add(IconButton::new(icons::RESET, &name)).clicked() {
                    context.push(Command::ResetKeys(Some(spec.id)));
                }
            });
            let words = match (listening, keys) {
                (true, _) => theme::secondary("Press a key, or Esc").color(p.accent),
                (false, "") => theme::secondary("None").color(p.disabled),
                (false, keys) => theme::number(keys),
            };
            let button = egui::Button::new(words).truncate();
            let button = ui.add_sized([KEYS, CONTROL - 2.0], button);
            let name = format!("Change key of {}", spec.text);
            button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            if button
                .on_hover_text("Click, then press the new key")
                .clicked()
            {
                let taken = None;
                self.listening = Some(Listening { id: spec.id, taken });
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(theme::body(spec.text)).truncate())
                    .on_hover_text(spec.detail);
            });
        });
    }
}

/// Theme, text size and motion.
fn window(ui: &mut Ui, context: &mut PanelContext<'_>) {
    section(ui, "Window", |_| {});
    let settings = &context.workbench.settings;
    let (mut theme, scale, mut still) = (settings.theme, settings.scale, settings.reduce_motion);
    line(ui, "Theme", |ui| {
        let themes = [(Theme::Dark, "Dark"), (Theme::Light, "Light")];
        if segmented(ui, "Theme", &mut theme, &themes) {
            context.plain(CommandId::ToggleTheme);
        }
    });
    line(ui, "Text size", |ui| {
        button_act(ui, context, "", CommandId::ScaleReset);
        icon_act(ui, context, icons::PLUS, CommandId::ScaleUp);
        ui.label(theme::number(format!("{:>3.0} %", 100.0 * scale)));
        icon_act(ui, context, icons::MINUS, CommandId::ScaleDown);
    });
    line(ui, "Motion", |ui| {
        let choices = [(false, "Fades"), (true, "None")];
        if segmented(ui, "Motion", &mut still, &choices) {
            context.plain(CommandId::ToggleMotion);
        }
    });
}

fn line(ui: &mut Ui, name: &str, control: impl FnOnce(&mut Ui)) {
    let size = vec2(ui.available_width(), CONTROL);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        control(ui);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(Label::new(theme::body(name)).truncate());
        });
    });
}
