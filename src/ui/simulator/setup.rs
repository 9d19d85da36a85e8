//! What is set up: task, seed, things kept from training, distractors. A choice takes effect at once.

use egui::{Align, ComboBox, DragValue, Label, Layout, Ui, vec2};

use crate::engine::{SimulatorSetup, SimulatorTask, simulator_tasks};
use crate::ui::icons;
use crate::ui::panel::PanelContext;
use crate::ui::theme::{self, CONTROL, Palette, SPACE, SPACE_SMALL};
use crate::ui::widgets::IconButton;
use crate::workbench::{Command, CommandId, SimulatorAct};

/// Height of the list of tasks.
const LIST: f32 = 460.0;
/// Most distractors that can be asked for.
const DISTRACTORS: usize = 6;
/// Width of the seed.
const SEED: f32 = 84.0;

/// A seed that is being typed or dragged: a scene is set up when that is over.
#[derive(Debug, Default)]
pub(super) struct SetupView {
    seed: Option<u64>,
}

impl SetupView {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let now = context.workbench.settings.simulator.clone();
        let mut wanted = now.clone();
        tasks(ui, &mut wanted);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE_SMALL;
            self.seed(ui, &mut wanted);
            let shortcut = context.shortcut(CommandId::SimulatorNewSeed);
            let dice = IconButton::new(icons::SEED, "New seed").shortcut(&shortcut);
            if ui.add(dice).clicked() {
                context.plain(CommandId::SimulatorNewSeed);
            }
        });
        let task = simulator_tasks().iter().find(|t| t.name == wanted.task);
        if task.is_some_and(|task| task.template) {
            variation(ui, &mut wanted);
        }
        if wanted != now {
            context.push(Command::Simulator(SimulatorAct::SetUp(wanted)));
        }
    }

    fn seed(&mut self, ui: &mut Ui, wanted: &mut SimulatorSetup) {
        let p = Palette::of(ui);
        let label = ui.add(Label::new(theme::secondary("Seed").color(p.weak)));
        ui.add_space(SPACE_SMALL);
        let mut seed = self.seed.unwrap_or(wanted.seed);
        let drag = DragValue::new(&mut seed).speed(0.1);
        let response = ui
            .add_sized([SEED, CONTROL], drag)
            .labelled_by(label.id)
            .on_hover_text("The same seed gives the same episode");
        if response.changed() {
            self.seed = Some(seed);
        }
        let over = !response.dragged() && !response.has_focus();
        if let (true, Some(seed)) = (over, self.seed) {
            wanted.seed = seed;
            self.seed = None;
        }
    }
}

fn tasks(ui: &mut Ui, wanted: &mut SimulatorSetup) {
    let all = simulator_tasks();
    let chosen = all.iter().find(|task| task.name == wanted.task);
    let text = chosen.map_or(wanted.task.as_str(), |task| task.text.as_str());
    let combo = ComboBox::from_id_salt("task")
        .width(ui.available_width())
        .height(LIST)
        .truncate()
        .selected_text(text);
    let shown = combo.show_ui(ui, |ui| {
        let p = Palette::of(ui);
        for group in groups(all) {
            ui.add_space(SPACE_SMALL);
            ui.label(theme::caption(group).color(p.weak));
            for task in all.iter().filter(|task| task.group == group) {
                let row = ui.selectable_label(task.name == wanted.task, &task.text);
                if row.on_hover_text(task.name).clicked() {
                    task.name.clone_into(&mut wanted.task);
                }
            }
        }
    });
    shown.response.accessible_name("Task");
}

/// The groups in the order of their first task.
fn groups(all: &[SimulatorTask]) -> Vec<&str> {
    let mut groups: Vec<&str> = Vec::new();
    for task in all {
        if !groups.contains(&task.group.as_str()) {
            groups.push(&task.group);
        }
    }
    groups
}

/// What only tasks that are drawn at random have.
fn variation(ui: &mut Ui, wanted: &mut SimulatorSetup) {
    ui.checkbox(&mut wanted.unseen, "Unseen things and wordings")
        .on_hover_text("Those kept from training");
    let p = Palette::of(ui);
    let size = vec2(ui.available_width(), CONTROL);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.add(Label::new(theme::secondary("Distractors").color(p.weak)));
        ui.add_space(SPACE);
        let words = |n: Option<usize>| n.map_or_else(|| "As drawn".into(), |n| n.to_string());
        let combo = ComboBox::from_id_salt("distractors")
            .width(ui.available_width())
            .selected_text(words(wanted.distractors));
        let shown = combo.show_ui(ui, |ui| {
            for n in std::iter::once(None).chain((0..=DISTRACTORS).map(Some)) {
                ui.selectable_value(&mut wanted.distractors, n, words(n));
            }
        });
        shown.response.accessible_name("Distractors");
    });
}
