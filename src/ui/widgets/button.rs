//! Buttons: an icon alone, or a verb that may be the next step.

use egui::{
    Color32, CornerRadius, FontId, Response, Role, Sense, Stroke, StrokeKind, Ui, Widget,
    WidgetInfo, vec2,
};

use super::named_tip;
use crate::ui::theme::{
    CONTROL, HAIRLINE, ICON, Palette, RADIUS, SPACE, SPACE_WIDE, TEXT_BODY, TEXT_NUMBER,
    icon_family, semibold_family,
};

/// A square button with an icon. Frameless at rest, so that rows of them stay quiet.
#[must_use = "add it to a ui"]
pub struct IconButton<'a> {
    icon: &'a str,
    name: &'a str,
    shortcut: &'a str,
    selected: bool,
    side: f32,
}

impl<'a> IconButton<'a> {
    /// A button that does what `name` says, a verb in sentence case.
    pub fn new(icon: &'a str, name: &'a str) -> Self {
        Self {
            icon,
            name,
            shortcut: "",
            selected: false,
            side: CONTROL,
        }
    }

    /// The key that does the same, shown in the tooltip.
    pub fn shortcut(mut self, shortcut: &'a str) -> Self {
        self.shortcut = shortcut;
        self
    }

    /// Whether the mode it switches is on.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// Another side length than [`CONTROL`].
    pub fn side(mut self, side: f32) -> Self {
        self.side = side;
        self
    }
}

impl Widget for IconButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let (rect, response) = ui.allocate_exact_size(vec2(self.side, self.side), Sense::click());
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Button, ui.is_enabled(), self.name);
            info.selected = self.selected.then_some(true);
            info
        });
        if ui.is_rect_visible(rect) {
            let p = Palette::of(ui);
            let (fill, color) = match (self.selected, response.hovered()) {
                (true, _) => (p.selection(), p.accent),
                (false, true) => (p.hover, p.text),
                (false, false) => (Color32::TRANSPARENT, p.weak),
            };
            let frame = CornerRadius::same(RADIUS);
            ui.painter().rect_filled(rect, frame, fill);
            focus_ring(ui, &response, p);
            let size = if self.side > CONTROL {
                self.side * 0.5
            } else {
                ICON
            };
            let glyph = ui.painter().layout_no_wrap(
                self.icon.to_owned(),
                FontId::new(size, icon_family()),
                color,
            );
            let at = rect.center() - glyph.mesh_bounds.center().to_vec2();
            ui.painter().galley(at, glyph, color);
        }
        named_tip(response, self.name, self.shortcut)
    }
}

/// How much a button asks to be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    Plain,
    Primary,
    Danger,
    /// The mode it switches is on.
    On,
}

/// A button with a verb, and an icon before it.
#[must_use = "add it to a ui"]
pub struct ActionButton<'a> {
    icon: &'a str,
    name: &'a str,
    shortcut: &'a str,
    weight: Weight,
    height: f32,
    width_min: f32,
    margin: f32,
}

impl<'a> ActionButton<'a> {
    /// A plain button that does what `name` says; `icon` may be empty.
    pub fn new(icon: &'a str, name: &'a str) -> Self {
        Self {
            icon,
            name,
            shortcut: "",
            weight: Weight::Plain,
            height: CONTROL,
            width_min: 0.0,
            margin: SPACE_WIDE,
        }
    }

    /// The one next step of its panel: filled with the accent.
    pub fn primary(mut self) -> Self {
        self.weight = Weight::Primary;
        self
    }

    /// Whether the mode it switches is on.
    pub fn selected(mut self, selected: bool) -> Self {
        if selected {
            self.weight = Weight::On;
        }
        self
    }

    /// Stops a robot or destroys something: filled with red.
    pub fn danger(mut self) -> Self {
        self.weight = Weight::Danger;
        self
    }

    /// The key that does the same, shown in the tooltip.
    pub fn shortcut(mut self, shortcut: &'a str) -> Self {
        self.shortcut = shortcut;
        self
    }

    /// Another height than [`CONTROL`].
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// At least this wide, so that a changing verb does not move its neighbours.
    pub fn width_min(mut self, width: f32) -> Self {
        self.width_min = width;
        self
    }

    /// With narrower margins, where several stand in a narrow row.
    pub fn compact(mut self) -> Self {
        self.margin = SPACE;
        self
    }

    fn colors(&self, hovered: bool, p: &Palette) -> (Color32, Color32) {
        match (self.weight, hovered) {
            (Weight::Plain, false) => (p.raised, p.text),
            (Weight::Plain, true) => (p.hover, p.text),
            (Weight::Primary, false) => (p.accent, p.on_accent),
            (Weight::Primary, true) => (p.accent_hover, p.on_accent),
            (Weight::On, _) => (p.selection(), p.accent),
            (Weight::Danger, false) => (p.danger, p.on_danger),
            (Weight::Danger, true) => (p.danger.lerp_to_gamma(p.on_danger, 0.12), p.on_danger),
        }
    }
}

impl Widget for ActionButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let p = Palette::of(ui);
        let scale = if self.height > CONTROL {
            self.height / CONTROL * 0.8
        } else {
            1.0
        };
        let family = match self.weight {
            Weight::Plain | Weight::On => egui::FontFamily::Proportional,
            Weight::Primary | Weight::Danger => semibold_family(),
        };
        let lay = |text: &str, font| {
            ui.painter()
                .layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER)
        };
        let icon = lay(self.icon, FontId::new(ICON * scale, icon_family()));
        let verb = lay(self.name, FontId::new(TEXT_BODY * scale, family));
        let gap = if self.icon.is_empty() { 0.0 } else { 6.0 };
        let content = icon.size().x + gap + verb.size().x;
        let width = (content + 2.0 * self.margin).max(self.width_min);
        let (rect, response) = ui.allocate_exact_size(vec2(width, self.height), Sense::click());
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Button, ui.is_enabled(), self.name);
            info.selected = (self.weight == Weight::On).then_some(true);
            info
        });
        if ui.is_rect_visible(rect) {
            let (fill, color) = self.colors(response.hovered(), p);
            ui.painter()
                .rect_filled(rect, CornerRadius::same(RADIUS), fill);
            focus_ring(ui, &response, p);
            let left = rect.center().x - content / 2.0;
            let middle = rect.center().y;
            if !self.icon.is_empty() {
                let at = egui::pos2(left, middle - icon.mesh_bounds.center().y);
                ui.painter().galley(at, icon.clone(), color);
            }
            let at = egui::pos2(left + icon.size().x + gap, middle - verb.size().y / 2.0);
            ui.painter().galley(at, verb, color);
        }
        if self.shortcut.is_empty() {
            response
        } else {
            named_tip(response, self.name, self.shortcut)
        }
    }
}

/// A line of a menu: icon, words, key.
pub fn menu_item(ui: &mut Ui, icon: &str, name: &str, shortcut: &str) -> Response {
    let p = Palette::of(ui);
    let size = vec2(ui.available_width(), CONTROL);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    if response.hovered() {
        let corners = CornerRadius::same(RADIUS);
        ui.painter().rect_filled(rect, corners, p.hover);
    }
    focus_ring(ui, &response, p);
    let painter = ui.painter_at(rect);
    let (left, right) = (rect.left() + SPACE, rect.right() - SPACE);
    let middle = |x: f32| egui::pos2(x, rect.center().y);
    let keys = painter.text(
        middle(right),
        egui::Align2::RIGHT_CENTER,
        shortcut,
        FontId::monospace(TEXT_NUMBER),
        p.weak,
    );
    painter.text(
        middle(left),
        egui::Align2::LEFT_CENTER,
        icon,
        FontId::new(ICON, icon_family()),
        p.weak,
    );
    let left = left + ICON + SPACE;
    let room = keys.left() - left - SPACE;
    let words = super::line(ui, name, FontId::proportional(TEXT_BODY), room.max(0.0));
    painter.galley(
        middle(left) - vec2(0.0, words.size().y / 2.0),
        words,
        p.text,
    );
    if response.clicked() {
        ui.close();
    }
    response
}

/// Shows where the keyboard is.
pub(super) fn focus_ring(ui: &Ui, response: &Response, p: &Palette) {
    if response.has_focus() {
        let rect = response.rect.expand(2.0);
        let ring = Stroke::new(2.0 * HAIRLINE, p.accent);
        ui.painter()
            .rect_stroke(rect, SPACE * 0.75, ring, StrokeKind::Inside);
    }
}
