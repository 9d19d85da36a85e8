//! The command palette: find any command by typing a few of its letters.

use egui::{
    Align2, Context, FontId, Key, Modifiers, Response, Role, ScrollArea, Sense, TextEdit, Ui,
    WidgetInfo, pos2, vec2,
};

use super::keys;
use super::theme::{
    self, CONTROL, Palette as Colors, RADIUS, SPACE, SPACE_SECTION, SPACE_WIDE, TEXT_BODY,
    TEXT_NUMBER, TEXT_SECONDARY,
};
use super::widgets;
use crate::workbench::{COMMANDS, CommandId, CommandSpec, Keymap};

/// Width of the palette, in points.
const WIDTH: f32 = 560.0;
/// Height of its list, in points.
const HEIGHT: f32 = 360.0;

/// Narrowest room in which the beginning of a detail still says something.
const DETAIL_MIN: f32 = 60.0;

/// The palette, open or closed.
#[derive(Default)]
pub struct CommandPalette {
    open: bool,
    text: String,
    chosen: usize,
}

impl CommandPalette {
    /// Opens it, or closes it.
    pub fn toggle(&mut self) {
        self.open = !self.open;
        self.text.clear();
        self.chosen = 0;
    }

    /// Whether it is open.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Draws it, if open; gives back the command that was chosen.
    pub fn ui(&mut self, ctx: &Context, keys: &Keymap) -> Option<CommandId> {
        if !self.open {
            return None;
        }
        let found = matches(&self.text);
        let mut picked = self.keys(ctx, &found);
        let area = egui::Modal::new(egui::Id::unique("command palette"))
            .area(
                egui::Modal::default_area(egui::Id::unique("command palette"))
                    .anchor(Align2::CENTER_TOP, [0.0, 80.0]),
            )
            .show(ctx, |ui| {
                ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 2.0 * SPACE_SECTION));
                self.search(ui);
                ui.add_space(SPACE);
                if let Some(id) = self.list(ui, &found, keys) {
                    picked = Some(id);
                }
            });
        if picked.is_some() || area.should_close() {
            self.open = false;
        }
        picked
    }

    fn keys(&mut self, ctx: &Context, found: &[&CommandSpec]) -> Option<CommandId> {
        let pressed = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::ArrowDown) {
            self.chosen += 1;
        }
        if pressed(Key::ArrowUp) {
            self.chosen = self.chosen.saturating_sub(1);
        }
        self.chosen = self.chosen.min(found.len().saturating_sub(1));
        if pressed(Key::Enter) {
            return found.get(self.chosen).map(|spec| spec.id);
        }
        None
    }

    fn search(&mut self, ui: &mut Ui) {
        let edit = TextEdit::singleline(&mut self.text)
            .hint_text("Type a command")
            .desired_width(f32::INFINITY);
        let response = ui.add(edit).accessible_name("Search commands");
        if response.changed() {
            self.chosen = 0;
        }
        response.request_focus();
    }

    fn list(&self, ui: &mut Ui, found: &[&CommandSpec], keys: &Keymap) -> Option<CommandId> {
        if found.is_empty() {
            ui.label(theme::secondary("No command has these letters").color(Colors::of(ui).weak));
            return None;
        }
        let mut picked = None;
        ScrollArea::vertical().max_height(HEIGHT).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (at, spec) in found.iter().enumerate() {
                let shortcuts = keys::all_shortcuts(keys, spec.id);
                let response = row(ui, spec, &shortcuts, at == self.chosen);
                if at == self.chosen {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    picked = Some(spec.id);
                }
            }
        });
        picked
    }
}

fn row(ui: &mut Ui, spec: &CommandSpec, shortcuts: &str, chosen: bool) -> Response {
    let colors = Colors::of(ui);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), CONTROL), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, spec.text));
    if chosen || response.hovered() {
        let fill = if chosen {
            colors.selection()
        } else {
            colors.hover
        };
        ui.painter().rect_filled(rect, RADIUS, fill);
    }
    let painter = ui.painter_at(rect);
    let middle = |x: f32, height: f32| pos2(x, rect.center().y - height / 2.0);
    let line = |text: &str, font, width: f32| widgets::line(ui, text, font, width.max(0.0));
    let (mut left, mut right) = (rect.left() + SPACE, rect.right() - SPACE);
    let shortcuts = line(
        shortcuts,
        FontId::monospace(TEXT_NUMBER),
        rect.width() / 2.0,
    );
    right -= shortcuts.size().x;
    painter.galley(middle(right, shortcuts.size().y), shortcuts, colors.weak);
    right -= SPACE_WIDE;
    let name = line(spec.text, FontId::proportional(TEXT_BODY), right - left);
    let name_width = name.size().x;
    painter.galley(middle(left, name.size().y), name, colors.text);
    left += name_width + SPACE_WIDE;
    // What has no room between name and keys is cut.
    let detail = line(
        spec.detail,
        FontId::proportional(TEXT_SECONDARY),
        right - left,
    );
    if detail.elided && right - left < DETAIL_MIN {
        return response;
    }
    painter.galley(middle(left, detail.size().y), detail, colors.weak);
    response
}

/// The commands that hold the typed letters in order, best first: at the start of a word before inside one.
fn matches(text: &str) -> Vec<&'static CommandSpec> {
    let mut found: Vec<(u32, &CommandSpec)> = COMMANDS
        .iter()
        .filter_map(|spec| Some((score(text, spec.text)?, spec)))
        .collect();
    found.sort_by_key(|(score, _)| *score);
    found.into_iter().map(|(_, spec)| spec).collect()
}

/// Low is good; none if a letter is missing.
fn score(typed: &str, name: &str) -> Option<u32> {
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let mut at = 0;
    let mut score = 0;
    for letter in typed.to_lowercase().chars().filter(|c| !c.is_whitespace()) {
        let step = name[at..].iter().position(|c| *c == letter)?;
        let place = at + step;
        let starts_word = place == 0 || name[place - 1] == ' ';
        score += if starts_word { 0 } else { step as u32 + 1 };
        at = place + 1;
    }
    Some(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_find_a_command_first() {
        assert_eq!(matches("oc")[0].id, CommandId::OpenCheckpoint);
        assert_eq!(matches("reset lay")[0].id, CommandId::ResetLayout);
        assert!(matches("zzz").is_empty());
    }
}
