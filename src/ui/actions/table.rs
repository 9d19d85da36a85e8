//! The numbers, one row for each step.

use egui::{Align, ComboBox, Label, Layout, ScrollArea, Ui};
use egui_extras::{Column, TableBuilder};

use super::series::Series;
use crate::ui::theme::{self, Palette, ROW, SPACE_SMALL, TARGET_MIN};

const STEP_WIDTH: f32 = 36.0;
const NUMBER_WIDTH: f32 = 68.0;

pub(super) fn ui(ui: &mut Ui, series: &Series, sample: &mut Option<usize>) {
    if series.samples.len() > 1 {
        chooser(ui, series.samples.len(), sample);
    }
    let steps = match *sample {
        Some(at) if series.samples.len() > 1 => series.samples.get(at).unwrap_or(&series.mean),
        _ => &series.mean,
    };
    ScrollArea::horizontal()
        .id_salt("numbers")
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            TableBuilder::new(ui)
                .id_salt("numbers")
                .striped(true)
                .auto_shrink(false)
                .cell_layout(Layout::right_to_left(Align::Center))
                .column(Column::exact(STEP_WIDTH))
                .columns(Column::exact(NUMBER_WIDTH), series.axes.len())
                .header(TARGET_MIN, |mut header| {
                    header.col(|ui| head(ui, "step"));
                    for axis in &series.axes {
                        let unit = if series.normalized {
                            ""
                        } else {
                            axis.group.unit()
                        };
                        let name = if unit.is_empty() {
                            axis.name.clone()
                        } else {
                            format!("{} {unit}", axis.name)
                        };
                        header.col(|ui| head(ui, &name));
                    }
                })
                .body(|body| {
                    body.rows(ROW, steps.len(), |mut row| {
                        let at = row.index();
                        row.col(|ui| number(ui, &at.to_string(), true));
                        for axis in 0..series.axes.len() {
                            let value = steps[at].get(axis).copied();
                            row.col(|ui| number(ui, &value.map_or_else(String::new, fixed), false));
                        }
                    });
                });
        });
}

fn chooser(ui: &mut Ui, count: usize, sample: &mut Option<usize>) {
    let words = |sample: Option<usize>| {
        sample.map_or_else(|| "Mean".to_owned(), |at| format!("Sample {}", at + 1))
    };
    let combo = ComboBox::from_id_salt("sample")
        .width(120.0)
        .selected_text(words(*sample));
    let shown = combo.show_ui(ui, |ui| {
        for choice in std::iter::once(None).chain((0..count).map(Some)) {
            ui.selectable_value(sample, choice, words(choice));
        }
    });
    shown
        .response
        .accessible_name("Sample")
        .on_hover_text("Which sample the table shows");
}

fn head(ui: &mut Ui, text: &str) {
    let p = Palette::of(ui);
    ui.add_space(SPACE_SMALL);
    ui.add(Label::new(theme::secondary(text).color(p.weak)));
}

fn number(ui: &mut Ui, text: &str, weak: bool) {
    let p = Palette::of(ui);
    ui.add_space(SPACE_SMALL);
    ui.add(
        Label::new(theme::number(text).color(if weak { p.weak } else { p.text })).selectable(true),
    );
}

/// Always four decimals, so that the points stand below one another.
fn fixed(value: f64) -> String {
    if value.is_finite() {
        format!("{value:.4}")
    } else {
        "not finite".into()
    }
}
