//! Keeping episodes: where they go, whether good ones go there by themselves, and what was written last.

use egui::{Label, Ui, vec2};

use crate::ui::act::command_text;
use crate::ui::icons;
use crate::ui::panel::PanelContext;
use crate::ui::theme::{self, Palette, SPACE_SMALL, TARGET_MIN};
use crate::ui::units;
use crate::ui::widgets::{ActionButton, IconButton, section, tail};
use crate::workbench::CommandId;

pub(super) fn ui(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let folder = context.workbench.settings.record_folder.clone();
    section(ui, "Recording", |ui| {
        let choose = command_text(CommandId::PickRecordFolder);
        let button = IconButton::new(icons::FOLDER, choose).side(TARGET_MIN);
        if ui.add(button).clicked() {
            context.plain(CommandId::PickRecordFolder);
        }
    });
    let p = Palette::of(ui);
    let text = folder.as_ref().map(|folder| folder.display().to_string());
    if let Some(text) = &text {
        let label = Label::new(theme::number(tail(text)).color(p.weak)).truncate();
        ui.add(label).on_hover_text(text);
    } else {
        let text = "Choose a folder: a LeRobot dataset is made there, or continued.";
        ui.add(Label::new(theme::secondary(text).color(p.weak)).wrap());
    }
    let simulator = &context.workbench.simulator;
    let recording = simulator.recording && folder.is_some();
    let steps = simulator.status.step;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE_SMALL, SPACE_SMALL);
        let record = ActionButton::new(icons::RECORD, command_text(CommandId::ToggleRecord));
        let tip = "Keep every episode that reaches its goal, from its first step";
        let record = record.compact().selected(recording);
        if ui.add(record).on_hover_text(tip).clicked() {
            context.plain(CommandId::ToggleRecord);
        }
        let keep = ActionButton::new(icons::SAVE, command_text(CommandId::KeepEpisode)).compact();
        let tip = "Keep this episode as it is now, whoever played it";
        let keep = ui.add_enabled(steps > 0, keep).on_hover_text(tip);
        if keep.clicked() {
            context.plain(CommandId::KeepEpisode);
        }
    });
    // The line keeps its place, so that nothing jumps.
    let line = match (&simulator.kept, simulator.keeping) {
        (_, 1) => "Writing an episode".to_owned(),
        (_, n) if n > 1 => format!("Writing {n} episodes"),
        (Some((_, episode, steps)), _) => {
            let steps = units::many(*steps, "step", "steps");
            format!("Saved episode {episode}, {steps}")
        }
        _ => " ".into(),
    };
    ui.add(Label::new(theme::secondary(line).color(p.weak)));
}
