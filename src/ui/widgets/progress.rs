//! How far something is, and a way to stop it.

use egui::{Response, Role, Sense, Ui, WidgetInfo, vec2};

use super::IconButton;
use crate::ui::icons;
use crate::ui::theme::{self, Palette, SPACE, TARGET_MIN};

const BAR: f32 = 4.0;

/// Something under way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress<'a> {
    /// What is being done, as a verb: "Load weights".
    pub label: &'a str,
    /// 0 to 1, where known.
    pub fraction: Option<f32>,
    /// What is known beside: "412 of 1,204 tensors, 3.1 s left".
    pub detail: &'a str,
    /// Whether it can be stopped.
    pub can_cancel: bool,
}

/// Label and detail over a thin bar, with a stop button at its end. True when it was pressed.
pub fn progress(ui: &mut Ui, shown: &Progress<'_>) -> bool {
    let p = Palette::of(ui);
    let mut cancelled = false;
    ui.horizontal(|ui| {
        let button = if shown.can_cancel {
            TARGET_MIN + SPACE
        } else {
            0.0
        };
        let width = (ui.available_width() - button).max(40.0);
        ui.vertical(|ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = 4.0;
            ui.horizontal(|ui| {
                ui.add(egui::Label::new(theme::secondary(shown.label)).truncate());
                let right = egui::Layout::right_to_left(egui::Align::Center);
                ui.with_layout(right, |ui| {
                    ui.add(egui::Label::new(theme::number(shown.detail).color(p.weak)).truncate())
                });
            });
            bar(ui, shown);
        });
        if shown.can_cancel {
            let stop = IconButton::new(icons::CLOSE, "Cancel").side(TARGET_MIN);
            cancelled = ui.add(stop).clicked();
        }
    });
    cancelled
}

fn bar(ui: &mut Ui, shown: &Progress<'_>) -> Response {
    let p = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), BAR), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, ui.is_enabled(), shown.label);
        info.value = shown
            .fraction
            .map(|fraction| f64::from(fraction.clamp(0.0, 1.0)) * 100.0);
        info
    });
    ui.painter().rect_filled(rect, BAR / 2.0, p.line);
    let (from, to) = if let Some(fraction) = shown.fraction {
        (0.0, fraction.clamp(0.0, 1.0))
    } else {
        // Nothing is known: a piece travels, slowly enough to be ignored.
        ui.ctx().request_repaint_after_secs(1.0 / 30.0);
        let at = (ui.input(|input| input.time) * 0.5).fract() as f32;
        ((1.3 * at - 0.3).max(0.0), (1.3 * at).min(1.0))
    };
    let x = |t: f32| egui::lerp(rect.left()..=rect.right(), t);
    let done = egui::Rect::from_x_y_ranges(x(from)..=x(to), rect.y_range());
    ui.painter().rect_filled(done, BAR / 2.0, p.accent);
    response
}
