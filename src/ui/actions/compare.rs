//! How far the prediction is from what was recorded: one number for each axis.

use egui::{Label, Role, Ui, WidgetInfo, vec2};

use super::series::Series;
use crate::ui::theme::{self, Palette, SPACE};
use crate::ui::units::short;
use crate::workbench::Recorded;

pub(super) fn ui(ui: &mut Ui, recorded: &Recorded, series: &Series) {
    let p = Palette::of(ui);
    let steps = recorded.steps.len();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE, 0.0);
        let words = format!(
            "Dotted: episode {} from frame {}. Mean error over {steps} steps",
            recorded.episode,
            recorded.start + 1
        );
        ui.add(Label::new(theme::secondary(words).color(p.weak)).wrap());
        for (axis, error) in series.axes.iter().zip(&recorded.errors) {
            let Some(error) = error else { continue };
            let text = format!("{} {}", axis.name, short(*error));
            let response = ui.add(Label::new(theme::number(&text)));
            response.widget_info(|| {
                let name = format!("Mean absolute error of {text} {}", axis.group.unit());
                WidgetInfo::labeled(Role::Label, true, name.trim_end())
            });
        }
    });
}
