//! Bars with their 95 % intervals: one for each measure, two where two runs are side by side.

use egui::{Align2, Color32, FontId, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::measures::{Measure, Value};
use crate::ui::theme::{
    HAIRLINE, Palette, SPACE, TARGET_MIN, TEXT_CAPTION, TEXT_NUMBER, TEXT_SECONDARY,
};
use crate::ui::{units, widgets};

/// Widest a name becomes.
const NAME: f32 = 200.0;
/// Room for "93.1 %".
const NUMBER: f32 = 64.0;
/// Room for "+12.1 pt" and the number of the second run.
const SECOND: f32 = 136.0;
const BAR: f32 = 8.0;
const WHISKER: f32 = 3.0;

/// A row for each measure; `inks` are the colours of the runs.
pub(super) fn bar_row(ui: &mut Ui, measure: &Measure, inks: &[Color32]) {
    let p = Palette::of(ui);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), TARGET_MIN), Sense::hover());
    let spoken = spoken(measure);
    response.widget_info(|| WidgetInfo::labeled(Role::Row, true, &spoken));
    let painter = ui.painter_at(rect);
    let middle = rect.center().y;
    if response.hovered() {
        painter.rect_filled(rect, 2.0, p.raised);
    }
    let room = NAME.min(rect.width() * 0.34);
    let name = widgets::line(
        ui,
        &measure.name,
        FontId::proportional(TEXT_SECONDARY),
        room,
    );
    let at = pos2(rect.left(), middle - name.size().y / 2.0);
    painter.galley(at, name, p.weak);
    let two = inks.len() > 1;
    let numbers = if two { NUMBER + SECOND } else { NUMBER };
    let right = rect.right();
    for (at, value) in measure.values.iter().take(inks.len()).enumerate() {
        let text = value.map_or_else(|| "–".to_owned(), |value| measure.unit.text(value.at));
        let x = right
            - if two && at == 0 {
                SECOND
            } else if two {
                SECOND - NUMBER
            } else {
                0.0
            };
        let font = FontId::monospace(TEXT_NUMBER);
        painter.text(pos2(x, middle), Align2::RIGHT_CENTER, text, font, p.text);
    }
    if two {
        let (text, ink) = difference(measure, p);
        painter.text(
            pos2(right, middle),
            Align2::RIGHT_CENTER,
            text,
            FontId::monospace(TEXT_NUMBER),
            ink,
        );
    }
    let groove = Rect::from_x_y_ranges(
        rect.left() + room + SPACE
            ..=(right - numbers - SPACE).max(rect.left() + room + 2.0 * SPACE),
        middle - BAR / 2.0..=middle + BAR / 2.0,
    );
    if measure.is_bar() && groove.width() > 24.0 {
        bars(&painter, p, groove, measure, inks);
    } else if let [Some(value), _] | [None, Some(value)] = measure.values {
        let text = if value.has_interval() {
            let [low, high] = [value.low, value.high].map(|end| measure.unit.text(end));
            format!("{low} to {high}")
        } else {
            String::new()
        };
        painter.with_clip_rect(groove.expand2(vec2(0.0, 8.0))).text(
            pos2(groove.left(), middle),
            Align2::LEFT_CENTER,
            text,
            FontId::monospace(TEXT_CAPTION),
            p.weak,
        );
    }
    response.on_hover_text(spoken);
}

fn difference(measure: &Measure, p: &Palette) -> (String, Color32) {
    let text = measure
        .difference()
        .map_or_else(String::new, |value| measure.unit.difference(value));
    let ink = match measure.improves() {
        Some(true) => p.good,
        Some(false) => p.warn,
        None => p.weak,
    };
    (text, ink)
}

fn bars(painter: &egui::Painter, p: &Palette, groove: Rect, measure: &Measure, inks: &[Color32]) {
    painter.rect_filled(groove, 2.0, p.raised);
    let count = inks.len().max(1) as f32;
    let height = groove.height() / count;
    for (at, (value, ink)) in measure.values.iter().zip(inks).enumerate() {
        let Some(value) = value else { continue };
        let top = groove.top() + at as f32 * height;
        let place = Rect::from_x_y_ranges(groove.x_range(), top..=top + height);
        one(painter, p, place, value, *ink);
    }
}

/// A bar, and its interval as a line with ends.
fn one(painter: &egui::Painter, p: &Palette, place: Rect, value: &Value, ink: Color32) {
    let x = |value: f64| egui::lerp(place.x_range(), value.clamp(0.0, 1.0) as f32);
    let bar = Rect::from_x_y_ranges(
        place.left()..=x(value.at).max(place.left() + 1.0),
        place.y_range(),
    );
    painter.rect_filled(bar, 2.0, ink.gamma_multiply(0.8));
    if !value.has_interval() {
        return;
    }
    let middle = place.center().y;
    let line = Stroke::new(HAIRLINE, p.text);
    painter.line_segment(
        [pos2(x(value.low), middle), pos2(x(value.high), middle)],
        line,
    );
    for end in [value.low, value.high] {
        let at = x(end);
        let half = WHISKER.min(place.height() / 2.0 + 1.0);
        painter.line_segment([pos2(at, middle - half), pos2(at, middle + half)], line);
    }
}

/// "IoU@0.50: 91.0 %, 88.1 % to 93.2 %, of 400; then 93.0 %, …".
fn spoken(measure: &Measure) -> String {
    let one = |value: &Value| {
        let text = |value: f64| measure.unit.text(value);
        let of = if value.n > 0 {
            format!(", of {}", units::count(value.n))
        } else {
            String::new()
        };
        if !value.has_interval() {
            return format!("{}{of}", text(value.at));
        }
        format!(
            "{}, {} to {}{of}",
            text(value.at),
            text(value.low),
            text(value.high)
        )
    };
    let values: Vec<String> = measure.values.iter().flatten().map(one).collect();
    let difference = measure
        .difference()
        .map(|value| measure.unit.difference(value));
    let difference = difference.map_or_else(String::new, |text| format!("; {text}"));
    format!("{}: {}{difference}", measure.name, values.join("; then "))
}
