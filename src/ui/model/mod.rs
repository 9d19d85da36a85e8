//! The checkpoint: opening one, watching it load, and what it turned out to be.

mod open;
mod place;
mod report;
mod tensors;
mod training;

pub(super) use report::memory_row;

use egui::{Label, ScrollArea, Ui, vec2};

use super::act::button_act;
use super::message::message;
use super::panel::{Panel, PanelContext};
use super::theme::{self, ICON_LARGE, Palette, SPACE, SPACE_SMALL};
use super::widgets::{ActionButton, Progress, Tone, progress, section};
use super::{icons, units};
use crate::engine::{LoadReport, LoadTarget};
use crate::workbench::{CommandId, LoadFailure, Loading};

/// The panel.
#[derive(Debug, Default)]
pub struct ModelPanel {
    /// The path being typed.
    path: String,
}

impl Panel for ModelPanel {
    fn title(&self) -> &'static str {
        "Model"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let model = &context.workbench.model;
        // Numbers stand at the right edge, where the scroll bar would cover them.
        ui.spacing_mut().scroll.floating_allocated_width = SPACE;
        ScrollArea::vertical()
            .id_salt("model")
            .auto_shrink(false)
            .show(ui, |ui| {
                if let Some(loading) = &model.loading {
                    loading_ui(ui, context, loading);
                } else if let Some(failure) = &model.failure {
                    failure_ui(ui, context, failure);
                }
                if let Some(report) = &model.report {
                    ui.scope(|ui| {
                        if model.loading.is_some() {
                            ui.multiply_opacity(0.5);
                        }
                        report::ui(ui, context, report);
                    });
                    place::ui(ui, context);
                    open::ui(ui, context, &mut self.path);
                } else {
                    if model.loading.is_none() && model.failure.is_none() {
                        nothing_ui(ui, context);
                    }
                    open::ui(ui, context, &mut self.path);
                    place::ui(ui, context);
                }
            });
    }
}

/// What to call a loaded checkpoint: the run's folder, or the file.
#[must_use]
pub fn checkpoint_name(report: &LoadReport) -> String {
    if report.shipped {
        return "Shipped demo".into();
    }
    let folder = report.path.ancestors().skip(1).find_map(|folder| {
        let name = folder.file_name()?.to_string_lossy();
        (name != "checkpoints").then(|| name.into_owned())
    });
    let file = report
        .path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    folder
        .or(file)
        .unwrap_or_else(|| report.path.display().to_string())
}

fn nothing_ui(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let p = Palette::of(ui);
    ui.vertical_centered(|ui| {
        ui.add_space(SPACE);
        ui.add(Label::new(theme::icon(icons::PACKAGE).size(ICON_LARGE).color(p.disabled)));
        ui.add(Label::new(theme::semibold("No checkpoint")));
        let hint = "Open an InternVLA-M1 run folder, a weights file in one, or a Qwen2.5-VL folder. Or look around \
                    with the demo first.";
        ui.add(Label::new(theme::secondary(hint).color(p.weak)).wrap());
        ui.add_space(SPACE_SMALL);
        let demo = context.shortcut(CommandId::OpenDemo);
        let button = ActionButton::new(icons::DEMO, "Open demo").primary().shortcut(&demo);
        if ui.add(button).clicked() {
            context.plain(CommandId::OpenDemo);
        }
    });
}

fn loading_ui(ui: &mut Ui, context: &mut PanelContext<'_>, loading: &Loading) {
    let p = Palette::of(ui);
    let secs = context.workbench.now_secs - loading.since_secs;
    let (label, fraction) = match &loading.progress {
        Some(known) => {
            let fraction =
                (known.total > 0).then(|| (known.done as f64 / known.total as f64) as f32);
            (known.stage.as_str(), fraction)
        }
        None => ("Opening", None),
    };
    let elapsed = units::seconds(secs);
    let detail = match fraction {
        Some(fraction) => format!("{:.0} %  {elapsed}", 100.0 * fraction.clamp(0.0, 1.0)),
        None => elapsed,
    };
    let shown = Progress {
        label,
        fraction,
        detail: &detail,
        can_cancel: true,
    };
    if progress(ui, &shown) {
        context.plain(CommandId::CancelLoad);
    }
    let path = loading.target.to_string();
    ui.add(Label::new(theme::number(path).color(p.weak)).truncate());
    ui.add_space(SPACE);
    ui.ctx().request_repaint_after_secs(0.1);
}

fn failure_ui(ui: &mut Ui, context: &mut PanelContext<'_>, failure: &LoadFailure) {
    section(ui, "Not loaded", |_| {});
    let place = failure.target.to_string();
    message(ui, context, Tone::Danger, (&failure.error, &place));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE_SMALL, SPACE_SMALL);
        if let Some(choose) = failure.choose_tokenizer() {
            let button = ActionButton::new(icons::FOLDER, "Choose tokenizer folder…").primary();
            if ui.add(button).clicked() {
                context.push(choose);
            }
        }
        if ui
            .add(ActionButton::new(icons::RETRY, "Try again"))
            .clicked()
        {
            context.push(failure.again());
        }
        if failure.target != LoadTarget::Shipped {
            button_act(ui, context, icons::DEMO, CommandId::OpenDemo);
        }
    });
    ui.add_space(SPACE);
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_run_is_called_by_its_folder() {
        let mut report = crate::ui::model::report::tests::report();
        report.path = PathBuf::from("/data/bridge-run/checkpoints/steps_30000_pytorch_model.pt");
        assert_eq!(checkpoint_name(&report), "bridge-run");
        report.path = PathBuf::from("/data/Qwen2.5-VL-3B-Instruct/model.safetensors");
        assert_eq!(checkpoint_name(&report), "Qwen2.5-VL-3B-Instruct");
        report.path = PathBuf::from("model.pt");
        assert_eq!(checkpoint_name(&report), "model.pt");
        report.shipped = true;
        assert_eq!(checkpoint_name(&report), "Shipped demo");
    }
}
