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

/// A row of joined buttons of which one is chosen; where they have no room beside each other they stand in several rows.
/// `name` is what is chosen, for screen readers. True on change.
pub fn segmented<T: PartialEq + Copy>(
    ui: &mut Ui,
    name: &str,
    chosen: &mut T,
    choices: &[(T, &str)],
) -> bool {
    let p = Palette::of(ui);
    let mut changed = false;
    let labels = choices.iter().map(|(_, label)| text_width(ui, label));
    let widths = Widths::fitted(
        &labels.collect::<Vec<f32>>(),
        ui.available_width() - 2.0 * RIM,
    );
    let height = CONTROL + (widths.rows - 1) as f32 * (CONTROL - RIM);
    let size = vec2(widths.row + 2.0 * RIM, height);
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
        let part = widths.part(at).translate(rect.min.to_vec2());
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

/// Between the frame of a choice and its parts.
const RIM: f32 = 2.0;

/// Where the parts of a choice lie.
struct Widths {
    parts: Vec<f32>,
    columns: usize,
    rows: usize,
    row: f32,
}

impl Widths {
    /// As few rows as `room` allows. In one row each part gets its own width and an even share of what is left of equal
    /// parts; in several rows all are equal, so that they align.
    fn fitted(labels: &[f32], room: f32) -> Self {
        let count = labels.len().max(1);
        let widest = labels.iter().copied().fold(CONTROL, f32::max);
        let own: f32 = labels.iter().sum();
        if own <= room {
            let equal = widest * count as f32;
            let share = (equal.min(room) - own) / count as f32;
            let parts: Vec<f32> = if equal <= room {
                vec![widest; count]
            } else {
                labels.iter().map(|label| label + share).collect()
            };
            let row = parts.iter().sum();
            return Self {
                parts,
                columns: count,
                rows: 1,
                row,
            };
        }
        let fit = ((room / widest) as usize).clamp(1, count);
        let rows = count.div_ceil(fit);
        let columns = count.div_ceil(rows);
        let part = (room / columns as f32).max(CONTROL);
        Self {
            parts: vec![part; count],
            columns,
            rows,
            row: part * columns as f32,
        }
    }

    /// A part, from the corner of the whole.
    fn part(&self, at: usize) -> egui::Rect {
        let (row, column) = (at / self.columns, at % self.columns);
        let first = row * self.columns;
        let left: f32 = self.parts[first..first + column].iter().sum();
        let top = RIM + row as f32 * (CONTROL - RIM);
        egui::Rect::from_min_size(
            pos2(RIM + left, top),
            vec2(self.parts[at], CONTROL - 2.0 * RIM),
        )
    }
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

/// Width a part needs for its label when it is chosen, which is when it is widest.
fn text_width(ui: &Ui, label: &str) -> f32 {
    let font = FontId::new(TEXT_BODY, semibold_family());
    let galley = ui
        .painter()
        .layout_no_wrap(label.to_owned(), font, Color32::PLACEHOLDER);
    galley.size().x.ceil() + 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_equal_then_as_wide_as_their_words_then_in_rows() {
        let labels = [30.0, 40.0, 50.0, 40.0, 40.0, 60.0];
        let equal = Widths::fitted(&labels, 400.0);
        assert_eq!((equal.rows, equal.parts[0], equal.row), (1, 60.0, 360.0));
        let tight = Widths::fitted(&labels, 270.0);
        assert_eq!(tight.rows, 1);
        assert!(tight.row <= 270.1 && tight.parts.iter().zip(labels).all(|(p, l)| *p >= l));
        let rows = Widths::fitted(&labels, 200.0);
        assert_eq!((rows.rows, rows.columns), (2, 3));
        assert!(rows.part(3).top() > rows.part(2).top());
        let none = Widths::fitted(&labels, 10.0);
        assert_eq!((none.rows, none.columns), (6, 1));
    }
}
