//! The upper half: task, instruction, wording, run.

use egui::{
    Align, ComboBox, Key, Label, Layout, Margin, Modifiers, Response, ScrollArea, TextEdit, Ui,
    vec2,
};

use crate::grounding::prompt::{MAX_CHARACTERS, Preset, Task, check_instruction};
use crate::ui::act::{button_act, command_text};
use crate::ui::icons;
use crate::ui::panel::PanelContext;
use crate::ui::theme::{self, Palette, SPACE_SMALL};
use crate::ui::units;
use crate::ui::widgets::{ActionButton, Tone, segmented};
use crate::workbench::{Command, CommandId, capitalised};

/// Narrowest the button becomes that asks.
const RUN_WIDTH: f32 = 72.0;
/// Tallest instruction box before it scrolls.
const BOX_HEIGHT: f32 = 84.0;
/// Characters from which the counter shows.
const COUNT_FROM: usize = MAX_CHARACTERS * 9 / 10;
/// Warnings about the instruction that are shown.
const WARNINGS: usize = 3;

pub(super) fn ui(ui: &mut Ui, context: &mut PanelContext<'_>, focus: &mut bool) {
    tasks(ui, context);
    instruction(ui, context, focus);
    ui.scope(|ui| wording(ui, context));
    buttons(ui, context);
    obstacle(ui, context);
}

fn tasks(ui: &mut Ui, context: &mut PanelContext<'_>) {
    const CHOICES: [(Task, &str); 6] = [
        (Task::Box, "Box"),
        (Task::Point, "Point"),
        (Task::Trace, "Trace"),
        (Task::Plan, "Plan"),
        (Task::Chat, "Chat"),
        (Task::Action, "Action"),
    ];
    let mut task = context.workbench.asking.task;
    if segmented(ui, "Task", &mut task, &CHOICES) {
        context.push(Command::SetTask(task));
    }
}

fn instruction(ui: &mut Ui, context: &mut PanelContext<'_>, focus: &mut bool) {
    let asking = &context.workbench.asking;
    let mut text = asking.instruction.clone();
    let field = ScrollArea::vertical()
        .id_salt("instruction")
        .max_height(BOX_HEIGHT)
        .show(ui, |ui| field(ui, &mut text, asking.task))
        .inner;
    if std::mem::take(focus) {
        field.request_focus();
    }
    let run = field.has_focus() && ui.input_mut(|i| i.consume_key(Modifiers::COMMAND, Key::Enter));
    counter(ui, &text);
    if field.changed() {
        context.push(Command::SetInstruction(text));
    }
    if run {
        context.plain(CommandId::Run);
    }
}

fn field(ui: &mut Ui, text: &mut String, task: Task) -> Response {
    let field = TextEdit::multiline(text)
        .id_salt("instruction text")
        .desired_rows(3)
        .desired_width(f32::INFINITY)
        .margin(Margin::symmetric(8, 6))
        .hint_text(hint(task));
    ui.add(field).accessible_name("Instruction")
}

const fn hint(task: Task) -> &'static str {
    match task {
        Task::Box => "What to find: the carrot",
        Task::Point => "Where to point: the free space on the plate",
        Task::Trace => "What to move: the carrot onto the plate",
        Task::Plan => "What to do: clear the table",
        Task::Chat => "Ask about the picture",
        Task::Action => "What the robot should do: put the carrot on the plate",
    }
}

fn counter(ui: &mut Ui, text: &str) {
    // Characters are never more than bytes, so short texts need no counting.
    if text.len() < COUNT_FROM {
        return;
    }
    let characters = text.chars().count();
    if characters < COUNT_FROM {
        return;
    }
    let p = Palette::of(ui);
    let count = |n: usize| units::count(n as u64);
    let text = format!(
        "{} of {} characters",
        count(characters),
        count(MAX_CHARACTERS)
    );
    let color = if characters > MAX_CHARACTERS {
        p.warn
    } else {
        p.weak
    };
    ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
        ui.add(Label::new(theme::number(text).color(color)));
    });
}

fn wording(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let asking = &context.workbench.asking;
    let presets: Vec<&Preset> = asking.task.presets().collect();
    let chosen = match asking.task {
        Task::Action => "As the checkpoint was trained",
        _ => presets.get(asking.preset).map_or("Wording", |p| p.name),
    };
    // The row keeps its place where there is nothing to choose, so that nothing jumps.
    if presets.len() < 2 || asking.task == Task::Action {
        ui.disable();
    }
    let width = ui.available_width();
    let combo = ComboBox::from_id_salt("wording")
        .width(width)
        .truncate()
        .selected_text(chosen);
    let shown = combo.show_ui(ui, |ui| {
        for (at, preset) in presets.iter().enumerate() {
            if wording_choice(ui, preset, at == asking.preset) {
                context.commands.push(Command::SetPreset(at));
            }
        }
    });
    shown
        .response
        .accessible_name("Wording")
        .on_hover_text("The wording that is sent");
}

fn wording_choice(ui: &mut Ui, preset: &Preset, chosen: bool) -> bool {
    let origin = if preset.compatible {
        "A related model's wording"
    } else {
        "The model's own wording"
    };
    ui.selectable_label(chosen, preset.name)
        .on_hover_ui(|ui| {
            let p = Palette::of(ui);
            ui.add(Label::new(theme::number(preset.template)).wrap());
            let source = format!("{origin}: {}", preset.source);
            ui.add(Label::new(theme::secondary(source).color(p.weak)).wrap());
        })
        .clicked()
}

fn buttons(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let asking = &context.workbench.asking;
    let busy = asking.running.is_some() || !asking.sent.is_empty();
    let (possible, auto) = (context.workbench.run_obstacle().is_none(), asking.auto);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE_SMALL, SPACE_SMALL);
        let shortcut = context.shortcut(CommandId::Run);
        let run = ActionButton::new(icons::RUN, command_text(CommandId::Run))
            .primary()
            .width_min(RUN_WIDTH)
            .shortcut(&shortcut);
        if ui.add_enabled(possible, run).clicked() {
            context.plain(CommandId::Run);
        }
        // Its place is kept while nothing runs, so that nothing jumps.
        let shortcut = context.shortcut(CommandId::CancelQuery);
        let cancel = ActionButton::new(icons::STOP, command_text(CommandId::CancelQuery));
        let cancel = cancel.compact().shortcut(&shortcut);
        if ui.add_enabled(busy, cancel).clicked() {
            context.plain(CommandId::CancelQuery);
        }
        let shortcut = context.shortcut(CommandId::ToggleAuto);
        let toggle = ActionButton::new(icons::AUTO, command_text(CommandId::ToggleAuto));
        let toggle = toggle.compact().selected(auto);
        let tip = format!("Ask again for each new frame; the newest wins   {shortcut}");
        if ui.add(toggle).on_hover_text(tip).clicked() {
            context.plain(CommandId::ToggleAuto);
        }
    });
}

/// Why Run is not possible, beside the button that would help.
fn obstacle(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let workbench = context.workbench;
    if let Some(obstacle) = workbench.run_obstacle() {
        remark(ui, icons::INFO, Tone::Neutral, &capitalised(&obstacle));
        if workbench.model.report.is_none() && workbench.model.loading.is_none() {
            link(ui, context, CommandId::OpenDemo);
        } else if !workbench.sources.iter().any(|source| source.in_view) {
            link(ui, context, CommandId::OpenFiles);
        }
        return;
    }
    for warning in check_instruction(&workbench.asking.instruction)
        .into_iter()
        .flatten()
        .take(WARNINGS)
    {
        remark(
            ui,
            icons::WARNING,
            Tone::Warn,
            &capitalised(&warning.to_string()),
        );
    }
}

fn link(ui: &mut Ui, context: &mut PanelContext<'_>, id: CommandId) {
    ui.horizontal(|ui| {
        ui.add_space(theme::ICON + SPACE_SMALL + 2.0);
        button_act(ui, context, "", id);
    });
}

/// An icon and a sentence that wraps beside it.
pub(in crate::ui) fn remark(ui: &mut Ui, icon: &str, tone: Tone, text: &str) {
    let p = Palette::of(ui);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE_SMALL + 2.0;
        ui.add(Label::new(theme::icon(icon).color(tone.color(p))));
        let color = if tone == Tone::Neutral {
            p.weak
        } else {
            p.text
        };
        ui.add(Label::new(theme::secondary(text).color(color)).wrap());
    });
}
