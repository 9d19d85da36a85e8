//! Where and how the model runs, from the next load on.

use egui::{Align, Label, Layout, Ui, vec2};

use crate::engine::{DeviceChoice, Precision};
use crate::ui::icons;
use crate::ui::panel::PanelContext;
use crate::ui::theme::{self, CONTROL, Palette, SPACE_SMALL};
use crate::ui::widgets::{ActionButton, section, segmented};
use crate::workbench::{Command, CommandId};

const DEVICES: [(DeviceChoice, &str); 3] = [
    (DeviceChoice::Auto, "Auto"),
    (DeviceChoice::Wgpu, "GPU"),
    (DeviceChoice::Cpu, "CPU"),
];
const PRECISIONS: [(Precision, &str); 3] = [
    (Precision::Auto, "Auto"),
    (Precision::F32, "f32"),
    (Precision::F16, "f16"),
];

pub(super) fn ui(ui: &mut Ui, context: &mut PanelContext<'_>) {
    section(ui, "Run on", |_| {});
    ui.spacing_mut().item_spacing.y = SPACE_SMALL;
    let settings = &context.workbench.settings;
    let (mut device, mut precision) = (settings.device, settings.precision);
    let changed = row(ui, "Device", |ui| {
        segmented(ui, "Device", &mut device, &DEVICES)
    });
    if changed {
        context.push(Command::SetDevice(device));
    }
    let changed = row(ui, "Precision", |ui| {
        segmented(ui, "Precision", &mut precision, &PRECISIONS)
    });
    if changed {
        context.push(Command::SetPrecision(precision));
    }
    let model = &context.workbench.model;
    let Some(report) = model.report.as_ref().filter(|_| model.loading.is_none()) else {
        return;
    };
    let p = Palette::of(ui);
    ui.horizontal(|ui| {
        let button = ActionButton::new(icons::RETRY, "Reload");
        if ui.add(button).clicked() {
            context.push(if report.shipped {
                Command::Plain(CommandId::OpenDemo)
            } else {
                Command::LoadCheckpoint(report.path.clone())
            });
        }
        let note = "Changes take effect at a reload.";
        ui.add(Label::new(theme::secondary(note).color(p.weak)).wrap());
    });
}

fn row(ui: &mut Ui, name: &str, choice: impl FnOnce(&mut Ui) -> bool) -> bool {
    let p = Palette::of(ui);
    let size = vec2(ui.available_width(), CONTROL);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.add(Label::new(theme::secondary(name).color(p.weak)));
        ui.with_layout(Layout::right_to_left(Align::Center), choice)
            .inner
    })
    .inner
}
