//! What else the model might have written at one place of its reply.

use egui::{Align, Color32, FontId, Frame, Label, Layout, Margin, Sense, Ui, vec2};

use crate::engine::ReplyToken;
use crate::ui::theme::{self, Palette, ROW, SPACE_SMALL, TEXT_NUMBER};
use crate::ui::units;

const TEXT_WIDTH: f32 = 112.0;
const BAR_WIDTH: f32 = 64.0;
const NUMBER_WIDTH: f32 = 52.0;
const WIDTH: f32 = TEXT_WIDTH + BAR_WIDTH + NUMBER_WIDTH + 2.0 * SPACE_SMALL;

/// The token, how sure the model was, and the alternatives as a small table.
pub(super) fn ui(ui: &mut Ui, token: &ReplyToken) {
    Frame::new()
        .inner_margin(Margin::symmetric(4, 2))
        .show(ui, |ui| table(ui, token));
}

fn table(ui: &mut Ui, token: &ReplyToken) {
    ui.set_max_width(WIDTH);
    ui.spacing_mut().item_spacing = vec2(SPACE_SMALL, 0.0);
    let chosen = |text: &str, p: f32| text == token.text && (p - token.probability).abs() < 1e-3;
    let listed = token.alternatives.iter().any(|(text, p)| chosen(text, *p));
    if !listed {
        row(ui, &token.text, token.probability, true);
    }
    for (text, probability) in &token.alternatives {
        row(ui, text, *probability, listed && chosen(text, *probability));
    }
    if !listed && !token.alternatives.is_empty() {
        let p = Palette::of(ui);
        let note = "Written all the same: repetition is penalised.";
        ui.add(Label::new(theme::secondary(note).color(p.weak)));
    }
}

fn row(ui: &mut Ui, text: &str, probability: f32, chosen: bool) {
    let p = Palette::of(ui);
    let color = if chosen { p.text } else { p.weak };
    ui.allocate_ui_with_layout(
        vec2(WIDTH, ROW),
        Layout::left_to_right(Align::Center),
        |ui| {
            cell(ui, &visible(text), color, chosen);
            bar(ui, probability, if chosen { p.accent } else { p.weak });
            ui.allocate_ui_with_layout(
                vec2(NUMBER_WIDTH, ROW),
                Layout::right_to_left(Align::Center),
                |ui| {
                    ui.add(Label::new(
                        theme::number(units::percent(probability)).color(color),
                    ));
                },
            );
        },
    );
}

fn cell(ui: &mut Ui, text: &str, color: Color32, chosen: bool) {
    let (rect, _) = ui.allocate_exact_size(vec2(TEXT_WIDTH, ROW), Sense::hover());
    let p = Palette::of(ui);
    let font = FontId::monospace(TEXT_NUMBER);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, color);
    let left = rect.left_center() - vec2(0.0, galley.size().y / 2.0);
    if chosen {
        let behind = egui::Rect::from_min_size(left, galley.size()).expand2(vec2(3.0, 1.0));
        ui.painter().rect_filled(behind, 2.0, p.selection());
    }
    ui.painter()
        .with_clip_rect(rect.expand(3.0))
        .galley(left, galley, color);
}

fn bar(ui: &mut Ui, fraction: f32, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(BAR_WIDTH, 4.0), Sense::hover());
    let p = Palette::of(ui);
    ui.painter().rect_filled(rect, 2.0, p.line);
    let width = rect.width() * fraction.clamp(0.0, 1.0);
    ui.painter().rect_filled(
        egui::Rect::from_min_size(rect.min, vec2(width, rect.height())),
        2.0,
        color,
    );
}

/// A token with its white space made visible.
pub(super) fn visible(text: &str) -> String {
    if text.is_empty() {
        return "(part of a character)".into();
    }
    text.chars()
        .map(|c| match c {
            ' ' => '·',
            '\n' => '⏎',
            '\t' => '→',
            c if c.is_control() => '□',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn white_space_shows() {
        assert_eq!(visible(" the\n"), "·the⏎");
        assert_eq!(visible("\u{7}"), "□");
        assert_eq!(visible(""), "(part of a character)");
    }
}
