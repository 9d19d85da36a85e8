//! What is loaded: the model in a sentence, its parts, what was odd.

use egui::{Align, FontId, Label, Layout, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{checkpoint_name, tensors, training};
use crate::engine::{LoadReport, Memory};
use crate::ui::panel::PanelContext;
use crate::ui::theme::{self, Palette, ROW, SPACE_SMALL, TARGET_MIN, TEXT_NUMBER, TEXT_SECONDARY};
use crate::ui::widgets::{IconButton, Tone, chip, key_value, section};
use crate::ui::{icons, units};
use crate::workbench::Command;

/// Remarks that are shown in full; more are counted.
const REMARKS: usize = 8;
/// Room for the file size of a part.
const SIZE_WIDTH: f32 = 84.0;

pub(super) fn ui(ui: &mut Ui, context: &mut PanelContext<'_>, report: &LoadReport) {
    ui.spacing_mut().item_spacing.y = SPACE_SMALL;
    head(ui, context, report);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        facts(ui, report, context.workbench.memory);
        parts(ui, report);
        statistics(ui, report);
    });
    remarks(ui, report);
    tensors::ui(ui, context, &report.tensors);
    training::ui(ui, &report.training);
}

fn head(ui: &mut Ui, context: &mut PanelContext<'_>, report: &LoadReport) {
    let p = Palette::of(ui);
    let size = vec2(ui.available_width(), TARGET_MIN);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        if report.random_weights {
            let text = format!("{} Random weights", icons::WARNING);
            chip(ui, &text, Tone::Warn)
                .on_hover_text("These weights were never trained: answers mean nothing");
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(Label::new(theme::semibold(checkpoint_name(report))).truncate());
        });
    });
    ui.add(Label::new(theme::secondary(&report.architecture).color(p.weak)).wrap());
    let path = report.path.display().to_string();
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        if ui
            .add(IconButton::new(icons::COPY, "Copy path").side(TARGET_MIN))
            .clicked()
        {
            context.push(Command::Copy(path.clone()));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(Label::new(theme::number(&path).color(p.weak)).truncate());
        });
    });
}

fn facts(ui: &mut Ui, report: &LoadReport, memory: Option<Memory>) {
    key_value(ui, "Parameters", &units::parameters(report.size.parameters))
        .on_hover_text(units::count(report.size.parameters));
    key_value(ui, "Weights in memory", &units::bytes(report.size.bytes));
    if let Some(memory) = memory {
        memory_row(ui, memory);
    }
    key_value(ui, "Precision", &report.loaded.precision);
    key_value(ui, "Device", &report.loaded.device);
    if let Some(step) = report.step {
        key_value(ui, "Training step", &units::count(step));
    }
    key_value(ui, "Loaded in", &units::seconds(report.loaded.seconds));
}

/// What the model takes, as far as it is known.
pub(in crate::ui) fn memory_row(ui: &mut Ui, memory: Memory) {
    let (name, bytes, tip) = match memory {
        Memory::Device(bytes) => (
            "Device memory",
            bytes,
            "Held by the model on the graphics device",
        ),
        Memory::Process(bytes) => (
            "Program, resident",
            bytes,
            "Resident memory of the whole program; the model runs on the CPU",
        ),
    };
    key_value(ui, name, &units::bytes(bytes)).on_hover_text(tip);
}

fn parts(ui: &mut Ui, report: &LoadReport) {
    if report.size.parts.is_empty() {
        return;
    }
    section(ui, "Parts", |_| {});
    columns(ui, ["", "parameters", "in the file"], true);
    for part in &report.size.parts {
        let (count, bytes) = (
            units::parameters(part.parameters),
            units::bytes(part.file_bytes),
        );
        columns(ui, [part.name, &count, &bytes], false);
    }
}

/// A name and two numbers, right-aligned.
fn columns(ui: &mut Ui, cells: [&str; 3], head: bool) {
    let p = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Row, true, cells.join(" ").trim_start()));
    let middle = rect.center().y;
    let painter = ui.painter_at(rect);
    let name = FontId::proportional(TEXT_SECONDARY);
    let number = if head {
        name.clone()
    } else {
        FontId::monospace(TEXT_NUMBER)
    };
    let color = if head { p.weak } else { p.text };
    painter.text(
        pos2(rect.left(), middle),
        egui::Align2::LEFT_CENTER,
        cells[0],
        name,
        p.weak,
    );
    for (text, right) in [
        (cells[1], rect.right() - SIZE_WIDTH),
        (cells[2], rect.right()),
    ] {
        painter.text(
            pos2(right, middle),
            egui::Align2::RIGHT_CENTER,
            text,
            number.clone(),
            color,
        );
    }
}

fn statistics(ui: &mut Ui, report: &LoadReport) {
    if report.statistics.is_empty() {
        return;
    }
    section(ui, "Action statistics", |_| {});
    for key in &report.statistics {
        ui.add(Label::new(theme::number(key)).truncate());
    }
}

fn remarks(ui: &mut Ui, report: &LoadReport) {
    if report.warnings.is_empty() {
        return;
    }
    section(ui, "Remarks", |_| {});
    for warning in report.warnings.iter().take(REMARKS) {
        crate::ui::ask::remark(
            ui,
            icons::WARNING,
            Tone::Warn,
            &crate::workbench::capitalised(warning),
        );
    }
    if let Some(more) = report
        .warnings
        .len()
        .checked_sub(REMARKS)
        .filter(|more| *more > 0)
    {
        let p = Palette::of(ui);
        ui.add(Label::new(
            theme::secondary(format!("{more} more in the log.")).color(p.weak),
        ));
    }
}

#[cfg(test)]
pub(super) mod tests {
    use crate::engine::{LoadReport, LoadedOn, ModelSize, TensorFindings};

    /// A report of nothing in particular.
    pub(in crate::ui::model) fn report() -> LoadReport {
        LoadReport {
            path: std::path::PathBuf::new(),
            shipped: false,
            architecture: String::new(),
            step: None,
            random_weights: false,
            size: ModelSize {
                parts: Vec::new(),
                parameters: 0,
                bytes: 0,
            },
            loaded: LoadedOn {
                device: String::new(),
                precision: String::new(),
                seconds: 0.0,
            },
            prompt_wrapper: None,
            cameras: Vec::new(),
            statistics: Vec::new(),
            training: serde_json::Value::Null,
            tensors: TensorFindings::default(),
            warnings: Vec::new(),
        }
    }
}
