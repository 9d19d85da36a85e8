//! Where the time went: one bar for each stage, on one scale.

use egui::{Align2, FontId, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::theme::{Palette, SPACE, TARGET_MIN, TEXT_NUMBER, TEXT_SECONDARY};

const BAR: f32 = 8.0;
/// Room for "12,345.6 ms".
const NUMBER: f32 = 84.0;
const NAME_MAX: f32 = 120.0;

/// How long one stage took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StageTime<'a> {
    /// The stage.
    pub name: &'a str,
    /// Milliseconds; none while it has not run.
    pub ms: Option<f32>,
}

/// A row for each stage: name, bar as a share of the sum, milliseconds.
pub fn stage_bars(ui: &mut Ui, stages: &[StageTime<'_>]) -> Response {
    let total: f32 = stages.iter().filter_map(|stage| stage.ms).sum();
    let longest = stages
        .iter()
        .filter_map(|stage| stage.ms)
        .fold(0.0, f32::max);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for stage in stages {
            row(ui, stage, total, longest);
        }
    })
    .response
}

fn row(ui: &mut Ui, stage: &StageTime<'_>, total: f32, longest: f32) {
    let p = Palette::of(ui);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), TARGET_MIN), Sense::hover());
    let number = stage.ms.map_or_else(|| "–".to_owned(), milliseconds);
    response
        .widget_info(|| WidgetInfo::labeled(Role::Row, true, format!("{}: {number}", stage.name)));
    let middle = rect.center().y;
    let painter = ui.painter_at(rect);
    let color = if response.hovered() { p.text } else { p.weak };
    let name = FontId::proportional(TEXT_SECONDARY);
    painter.text(
        pos2(rect.left(), middle),
        Align2::LEFT_CENTER,
        stage.name,
        name,
        color,
    );
    let font = FontId::monospace(TEXT_NUMBER);
    painter.text(
        pos2(rect.right(), middle),
        Align2::RIGHT_CENTER,
        &number,
        font,
        p.text,
    );

    let left = rect.left() + NAME_MAX.min(rect.width() * 0.35);
    let right = (rect.right() - NUMBER).max(left);
    let groove = egui::Rect::from_x_y_ranges(
        left + SPACE..=right.max(left + SPACE),
        middle - BAR / 2.0..=middle + BAR / 2.0,
    );
    painter.rect_filled(groove, 2.0, p.raised);
    if let Some(ms) = stage.ms.filter(|_| longest > 0.0) {
        let width = (groove.width() * ms / longest).max(1.0);
        let bar = egui::Rect::from_min_size(groove.min, vec2(width, BAR));
        painter.rect_filled(
            bar,
            2.0,
            p.accent
                .gamma_multiply(if response.hovered() { 1.0 } else { 0.75 }),
        );
        let share = 100.0 * ms / total.max(1e-6);
        response.on_hover_text(format!(
            "{}: {number}, {share:.0} % of {}",
            stage.name,
            milliseconds(total)
        ));
    }
}

/// One decimal up to ten seconds, none beyond: the width stays.
fn milliseconds(ms: f32) -> String {
    if ms < 10_000.0 {
        format!("{ms:.1} ms")
    } else {
        format!("{:.1} s", ms / 1000.0)
    }
}
