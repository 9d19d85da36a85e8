//! Rows of panels: section headers, key and value, listed objects, notices.

use egui::{
    Align, Color32, FontId, Galley, Label, Layout, Rect, Response, Role, Sense, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::{ActionButton, IconButton, Tone, line};
use crate::ui::icons;
use crate::ui::theme::{
    self, ICON, Palette, RADIUS, ROW, SPACE, SPACE_SMALL, SPACE_WIDE, TARGET_MIN, TEXT_BODY,
    TEXT_NUMBER, TEXT_SECONDARY,
};

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

/// Rows without space between them, for lists and read-outs.
pub fn dense<R>(ui: &mut Ui, rows: impl FnOnce(&mut Ui) -> R) -> R {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        rows(ui)
    })
    .inner
}

/// A name on the left and its value, monospaced, on the right. A long value is cut and shown whole on hover.
pub fn key_value(ui: &mut Ui, key: &str, value: &str) -> Response {
    let p = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Row, true, format!("{key}: {value}")));
    let name = line(
        ui,
        key,
        FontId::proportional(TEXT_SECONDARY),
        rect.width() * 0.5,
    );
    let room = rect.width() - name.size().x - SPACE_WIDE;
    let value_line = line(ui, value, FontId::monospace(TEXT_NUMBER), room.max(0.0));
    let at = |x: f32, galley: &Galley| pos2(x, rect.center().y - galley.size().y / 2.0);
    let elided = value_line.elided;
    ui.painter()
        .galley(at(rect.left(), &name), name.clone(), p.weak);
    ui.painter().galley(
        at(rect.right() - value_line.size().x, &value_line),
        value_line.clone(),
        p.text,
    );
    if elided {
        response.on_hover_text(value)
    } else {
        response
    }
}

/// One line of a list: an object, a source, a file.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ListRow<'a> {
    /// The object's hue, where it has one.
    pub color: Option<Color32>,
    /// Before the name: the icon of its kind; may be empty.
    pub icon: &'a str,
    /// Its name.
    pub label: &'a str,
    /// At the right, monospaced; may be empty.
    pub value: &'a str,
    /// Whether it shows on the picture; none where it cannot be hidden.
    pub shown: Option<bool>,
    /// Whether it is selected.
    pub selected: bool,
}

/// A row of a list. The first answer is the row, the second whether its eye was pressed.
pub fn list_row(ui: &mut Ui, row: &ListRow<'_>) -> (Response, bool) {
    let p = Palette::of(ui);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), TARGET_MIN), Sense::click());
    response.widget_info(|| {
        let name = format!("{} {}", row.label, row.value);
        WidgetInfo::selected(
            Role::ListItem,
            ui.is_enabled(),
            row.selected,
            name.trim_end(),
        )
    });
    let fill = match (row.selected, response.hovered()) {
        (true, _) => p.selection(),
        (false, true) => p.raised,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, f32::from(RADIUS), fill);
    super::button::focus_ring(ui, &response, p);
    let mut right = rect.right() - SPACE_SMALL;
    let pressed = row.shown.is_some_and(|shown| {
        right -= TARGET_MIN;
        let place = Rect::from_min_size(pos2(right, rect.top()), Vec2::splat(TARGET_MIN));
        eye(ui, place, row.label, shown)
    });
    let elided = row_text(ui, rect.with_max_x(right), row);
    let response = if elided {
        response.on_hover_text(row.label)
    } else {
        response
    };
    (response, pressed)
}

fn eye(ui: &mut Ui, place: Rect, label: &str, shown: bool) -> bool {
    let (icon, verb) = if shown {
        (icons::SHOWN, "Hide")
    } else {
        (icons::HIDDEN, "Show")
    };
    let name = format!("{verb} {label}");
    ui.place(place, IconButton::new(icon, &name).side(TARGET_MIN))
        .clicked()
}

/// Swatch, icon, name and value; whether the name was cut.
fn row_text(ui: &Ui, rect: Rect, row: &ListRow<'_>) -> bool {
    let p = Palette::of(ui);
    let (painter, middle) = (ui.painter(), rect.center().y);
    let faded = row.shown == Some(false);
    let mut left = rect.left() + SPACE;
    if let Some(color) = row.color {
        let swatch = Rect::from_center_size(pos2(left + 5.0, middle), Vec2::splat(10.0));
        painter.rect_filled(
            swatch,
            2.0,
            color.gamma_multiply(if faded { 0.35 } else { 1.0 }),
        );
        left += 10.0 + SPACE;
    }
    if !row.icon.is_empty() {
        let glyph = line(
            ui,
            row.icon,
            FontId::new(ICON, theme::icon_family()),
            ICON * 2.0,
        );
        painter.galley(
            pos2(left, middle - glyph.mesh_bounds.center().y),
            glyph,
            p.weak,
        );
        left += ICON + SPACE * 0.75;
    }
    let value = line(
        ui,
        row.value,
        FontId::monospace(TEXT_NUMBER),
        rect.width() * 0.6,
    );
    let right = rect.right() - SPACE_SMALL - value.size().x;
    painter.galley(pos2(right, middle - value.size().y / 2.0), value, p.weak);
    let name = line(
        ui,
        row.label,
        FontId::proportional(TEXT_BODY),
        (right - left - SPACE).max(0.0),
    );
    let elided = name.elided;
    painter.galley(
        pos2(left, middle - name.size().y / 2.0),
        name,
        if faded { p.weak } else { p.text },
    );
    elided
}

/// Something worth saying once, and what can be done about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Notice<'a> {
    /// How serious.
    pub tone: Tone,
    /// What happened, in one sentence.
    pub text: &'a str,
    /// What to do, smaller; may be empty.
    pub detail: &'a str,
    /// The file it is about; may be empty.
    pub place: &'a str,
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
    /// Wants its text on the clipboard.
    pub copied: bool,
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
            let buttons = 2.0 * TARGET_MIN + SPACE;
            ui.vertical(|ui| {
                ui.set_width((ui.available_width() - buttons).max(60.0));
                ui.spacing_mut().item_spacing.y = SPACE_SMALL;
                ui.add(Label::new(theme::body(shown.text)).wrap());
                if !shown.detail.is_empty() {
                    ui.add(Label::new(theme::secondary(shown.detail).color(p.weak)).wrap());
                }
                if !shown.place.is_empty() {
                    let place = Label::new(theme::number(shown.place).color(p.weak));
                    ui.add(place.truncate()).on_hover_text(shown.place);
                }
                if !shown.action.is_empty() {
                    answer.acted = ui.add(ActionButton::new("", shown.action)).clicked();
                }
            });
            ui.spacing_mut().item_spacing.x = 0.0;
            let copy = IconButton::new(icons::COPY, "Copy message").side(TARGET_MIN);
            answer.copied = ui.add(copy).clicked();
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
