//! Text that a model wrote, shaded by how sure it was of each token.

use egui::text::{LayoutJob, TextFormat};
use egui::{FontId, Galley, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};

use crate::ui::theme::{HAIRLINE, Palette, TEXT_NUMBER};

/// Below this a token is also underlined, so that doubt is not told by colour alone.
const UNDERLINE_BELOW: f32 = 0.5;

/// One token as text, with the probability the model gave it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TokenText<'a> {
    /// Its text; may be empty, part of a word, or a line break.
    pub text: &'a str,
    /// 0 to 1.
    pub probability: f32,
}

/// The tokens as running text in the width there is; the index of the token under the pointer comes back.
pub fn token_text(ui: &mut Ui, tokens: &[TokenText<'_>]) -> (Response, Option<usize>) {
    let p = Palette::of(ui);
    let galley = ui
        .painter()
        .layout_job(job(tokens, p, ui.available_width()));
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), &galley.job.text));
    let hovered = response.hover_pos().and_then(|pos| {
        let at = char_at(&galley, pos - rect.min)?;
        token_at(tokens, at)
    });
    ui.painter().galley(rect.min, galley.clone(), p.text);
    if let Some(at) = hovered {
        let ring = Stroke::new(HAIRLINE, p.accent);
        for part in token_rects(&galley, tokens, at) {
            let part = part.translate(rect.min.to_vec2()).expand(1.0);
            ui.painter()
                .rect_stroke(part, 2.0, ring, StrokeKind::Middle);
        }
    }
    (response, hovered)
}

fn job(tokens: &[TokenText<'_>], p: &Palette, width: f32) -> LayoutJob {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    for token in tokens {
        let sure = if token.probability.is_finite() {
            token.probability
        } else {
            0.0
        };
        let mut format = TextFormat::simple(FontId::monospace(TEXT_NUMBER), p.text);
        format.background = p.doubt(sure);
        format.line_height = Some(18.0);
        if sure < UNDERLINE_BELOW {
            format.underline = Stroke::new(HAIRLINE, p.warn);
        }
        job.append(token.text, 0.0, format);
    }
    job
}

/// The character under `at`, counting line breaks, relative to the galley's corner.
fn char_at(galley: &Galley, at: Vec2) -> Option<usize> {
    let mut before = 0;
    for row in &galley.rows {
        let rect = row.rect();
        if rect.contains(at.to_pos2()) {
            let x = at.x - row.pos.x;
            let glyph = row
                .glyphs
                .iter()
                .position(|glyph| x < glyph.pos.x + glyph.advance_width)?;
            return Some(before + glyph);
        }
        before += row.glyphs.len() + usize::from(row.ends_with_newline);
    }
    None
}

fn token_at(tokens: &[TokenText<'_>], char_index: usize) -> Option<usize> {
    let mut end = 0;
    tokens.iter().position(|token| {
        end += token.text.chars().count();
        char_index < end
    })
}

/// Where a token stands, one rectangle for each row it runs over.
fn token_rects(galley: &Galley, tokens: &[TokenText<'_>], index: usize) -> Vec<egui::Rect> {
    let start: usize = tokens[..index]
        .iter()
        .map(|token| token.text.chars().count())
        .sum();
    let end = start + tokens[index].text.chars().count();
    let mut before = 0;
    let mut rects = Vec::new();
    for row in &galley.rows {
        let mine = row
            .glyphs
            .iter()
            .enumerate()
            .filter(|(at, _)| (start..end).contains(&(before + at)));
        let spans = mine.map(|(_, glyph)| (glyph.pos.x, glyph.pos.x + glyph.advance_width));
        if let Some((left, right)) = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) {
            let rect = row.rect();
            rects.push(egui::Rect::from_x_y_ranges(
                row.pos.x + left..=row.pos.x + right,
                rect.y_range(),
            ));
        }
        before += row.glyphs.len() + usize::from(row.ends_with_newline);
    }
    rects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_belongs_to_its_token_across_empty_and_wide_ones() {
        let token = |text| TokenText {
            text,
            probability: 1.0,
        };
        let tokens = [token("ab"), token(""), token("é\n"), token("漢字")];
        let found: Vec<_> = (0..7).map(|at| token_at(&tokens, at)).collect();
        let wanted = [Some(0), Some(0), Some(2), Some(2), Some(3), Some(3), None];
        assert_eq!(found, wanted);
    }

    #[test]
    fn only_doubtful_tokens_are_marked() {
        let sure = TokenText {
            text: "sure",
            probability: 1.0,
        };
        let unsure = TokenText {
            text: "unsure",
            probability: 0.2,
        };
        let broken = TokenText {
            text: "broken",
            probability: f32::NAN,
        };
        let job = job(&[sure, unsure, broken], &crate::ui::theme::DARK, 200.0);
        assert_eq!(
            job.sections[0].format.background,
            egui::Color32::TRANSPARENT
        );
        assert_ne!(
            job.sections[1].format.background,
            egui::Color32::TRANSPARENT
        );
        assert!(job.sections[1].format.underline.width > 0.0);
        assert!(job.sections[2].format.underline.width > 0.0);
    }
}
