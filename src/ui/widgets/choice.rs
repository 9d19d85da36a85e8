//! A chip that says a state, and a choice of one among a few.

use egui::{
    Color32, CornerRadius, FontFamily, FontId, Response, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use super::Tone;
use super::button::focus_ring;
use crate::ui::theme::{
    CHIP, CONTROL, HAIRLINE, Palette, RADIUS, SPACE, TEXT_BODY, TEXT_SECONDARY, semibold_family,
};

/// A small rounded word with a tone. An icon may stand at the front of `text`.
pub fn chip(ui: &mut Ui, text: &str, tone: Tone) -> Response {
    let p = Palette::of(ui);
    let color = if tone == Tone::Neutral {
        p.text
    } else {
        tone.color(p)
    };
    let galley =
        ui.painter()
            .layout_no_wrap(text.to_owned(), FontId::proportional(TEXT_SECONDARY), color);
    let size = vec2(galley.size().x + 2.0 * SPACE, CHIP);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), text));
    if ui.is_rect_visible(rect) {
        ui.painter().rect_filled(rect, CHIP / 2.0, tone.fill(p));
        let at = rect.center() - galley.size() / 2.0;
        ui.painter().galley(at, galley, color);
    }
    response
}

/// A row of joined buttons of which one is chosen. `name` is what is chosen, for screen readers. True on change.
pub fn segmented<T: PartialEq + Copy>(
    ui: &mut Ui,
    name: &str,
    chosen: &mut T,
    choices: &[(T, &str)],
) -> bool {
    let p = Palette::of(ui);
    let mut changed = false;
    let count = choices.len().max(1) as f32;
    let widest = choices
        .iter()
        .map(|(_, label)| text_width(ui, label))
        .fold(0.0, f32::max)
        + 2.0 * SPACE;
    let width = widest
        .min((ui.available_width() - 4.0) / count)
        .max(CONTROL);
    let size = vec2(width * count + 4.0, CONTROL);
    let (rect, group) = ui.allocate_exact_size(size, Sense::hover());
    group.widget_info(|| WidgetInfo::labeled(Role::RadioGroup, ui.is_enabled(), name));
    ui.painter()
        .rect_filled(rect, CornerRadius::same(RADIUS), p.background);
    let hairline = Stroke::new(HAIRLINE, p.line);
    ui.painter().rect_stroke(
        rect,
        CornerRadius::same(RADIUS),
        hairline,
        StrokeKind::Inside,
    );
    for (at, (value, label)) in choices.iter().enumerate() {
        let left = rect.left() + 2.0 + at as f32 * width;
        let part =
            egui::Rect::from_min_size(pos2(left, rect.top() + 2.0), vec2(width, CONTROL - 4.0));
        let response = ui.interact(part, group.id.with(at), Sense::click());
        if response.clicked() && *chosen != *value {
            *chosen = *value;
            changed = true;
        }
        let selected = *chosen == *value;
        response.widget_info(|| {
            WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), selected, label)
        });
        segment(ui, &response, label, selected);
    }
    changed
}

fn segment(ui: &Ui, response: &Response, label: &str, selected: bool) {
    let p = Palette::of(ui);
    let (fill, color, family) = match (selected, response.hovered()) {
        (true, _) => (p.selection(), p.text, semibold_family()),
        (false, true) => (p.raised, p.text, FontFamily::Proportional),
        (false, false) => (Color32::TRANSPARENT, p.weak, FontFamily::Proportional),
    };
    ui.painter()
        .rect_filled(response.rect, CornerRadius::same(RADIUS - 1), fill);
    focus_ring(ui, response, p);
    let mut job = egui::text::LayoutJob::simple_singleline(
        label.to_owned(),
        FontId::new(TEXT_BODY, family),
        color,
    );
    job.wrap.max_width = response.rect.width() - 4.0;
    job.wrap.max_rows = 1;
    job.wrap.break_anywhere = true;
    let galley = ui.painter().layout_job(job);
    let at = response.rect.center() - galley.size() / 2.0;
    ui.painter().galley(at, galley, color);
}

/// Width of a label when chosen, which is when it is widest.
fn text_width(ui: &Ui, label: &str) -> f32 {
    let font = FontId::new(TEXT_BODY, semibold_family());
    let galley = ui
        .painter()
        .layout_no_wrap(label.to_owned(), font, Color32::PLACEHOLDER);
    galley.size().x.ceil() + SPACE
}
