//! Running it: instruction, goal, step, and the switches of who plays and what may be disturbed.

use egui::{Label, Ui, vec2};

use crate::engine::{Driver, SimulatorEnd, SimulatorScene};
use crate::ui::act::{command_text, icon_act, icon_mode};
use crate::ui::icons;
use crate::ui::panel::PanelContext;
use crate::ui::theme::{self, Palette, SPACE, SPACE_SMALL};
use crate::ui::widgets::{ActionButton, Progress, Tone, chip, progress, segmented};
use crate::workbench::{Command, CommandId, SimulatorAct, SimulatorState, SourceState};

/// Narrowest the button becomes that runs.
const RUN: f32 = 84.0;
/// Metres of one step of the tool by hand.
const STEP: f64 = 0.02;

/// Paces that can be chosen.
const SPEEDS: [(u8, &str); 4] = [(5, "0.5×"), (10, "1×"), (20, "2×"), (40, "4×")];

pub(super) fn ui(ui: &mut Ui, context: &mut PanelContext<'_>, scene: &SimulatorScene) {
    let simulator = &context.workbench.simulator;
    ui.add_space(SPACE_SMALL);
    let words = Label::new(theme::semibold(&scene.instruction)).wrap();
    ui.add(words.selectable(true));
    goal(ui, simulator);
    steps(ui, simulator, scene);
    buttons(ui, context);
    ui.add_space(SPACE_SMALL);
    switches(ui, context);
    match context.workbench.simulator.driver {
        Driver::Person => by_hand(ui, context),
        Driver::Policy => policy(ui, context),
        Driver::Expert => {}
    }
}

/// Whether the goal is reached, in words, shape and colour.
fn goal(ui: &mut Ui, simulator: &SimulatorState) {
    let status = &simulator.status;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE_SMALL;
        let (icon, text, tone) = match (&status.end, status.success) {
            (Some(SimulatorEnd::Reached), _) | (None, true) => {
                (icons::CHECK_CIRCLE, "Goal reached", Tone::Good)
            }
            (Some(SimulatorEnd::Failed(_)), _) => (icons::WARNING, "Goal not reached", Tone::Warn),
            (None, false) => (icons::TARGET, "Goal open", Tone::Neutral),
        };
        chip(ui, &format!("{icon} {text}"), tone);
        if status.disturbed {
            chip(ui, "Disturbed", Tone::Accent).on_hover_text(
                "Somebody reached in: the episode no longer goes as its seed has it",
            );
        }
    });
    if let Some(SimulatorEnd::Failed(why)) = &status.end {
        let p = Palette::of(ui);
        let why = crate::workbench::capitalised(why);
        ui.add(Label::new(theme::secondary(why).color(p.warn)).wrap());
    }
}

fn steps(ui: &mut Ui, simulator: &SimulatorState, scene: &SimulatorScene) {
    let status = &simulator.status;
    let doing = crate::workbench::capitalised(&status.doing);
    let label = match (simulator.driver, simulator.running) {
        _ if status.end.is_some() => "The episode is over",
        (Driver::Policy, true) if status.waits.is_some() => "The policy looks",
        (Driver::Policy, true) => "The policy moves the arm",
        _ if doing.is_empty() => "Ready",
        (Driver::Policy, false) => "The policy is paused",
        (Driver::Person, _) => "Moved by hand",
        (Driver::Expert, _) => &doing,
    };
    let width = scene.steps.max(1).ilog10() as usize + 1;
    progress(
        ui,
        &Progress {
            label,
            fraction: Some(status.step as f32 / scene.steps.max(1) as f32),
            detail: &format!("{:>width$} of {}", status.step, scene.steps),
            can_cancel: false,
        },
    );
}

fn buttons(ui: &mut Ui, context: &mut PanelContext<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE_SMALL;
        let (icon, verb) = if context.workbench.simulator.running {
            (icons::PAUSE, "Pause")
        } else {
            (icons::PLAY, "Run")
        };
        let shortcut = context.shortcut(CommandId::SimulatorRun);
        let run = ActionButton::new(icon, verb).primary().width_min(RUN);
        if ui.add(run.shortcut(&shortcut)).clicked() {
            context.plain(CommandId::SimulatorRun);
        }
        for (icon, id) in [
            (icons::STEP, CommandId::SimulatorStep),
            (icons::RESET, CommandId::SimulatorReset),
        ] {
            icon_act(ui, context, icon, id);
        }
        icon_act(ui, context, icons::CLOSE, CommandId::CloseSimulator);
    });
}

fn switches(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let simulator = &context.workbench.simulator;
    let on = [
        (
            icons::STAR,
            CommandId::ToggleExpert,
            simulator.driver == Driver::Expert,
        ),
        (
            icons::ROBOT,
            CommandId::TogglePolicy,
            simulator.driver == Driver::Policy,
        ),
        (icons::LOOP, CommandId::ToggleRepeat, simulator.repeat),
        (icons::PAN, CommandId::TogglePerturb, simulator.perturb),
        (icons::TAG, CommandId::SimulatorTruth, simulator.truth),
    ];
    let speed = (simulator.speed * 10.0).round() as u8;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE_SMALL, SPACE_SMALL);
        for (icon, id, on) in on {
            let shortcut = context.shortcut(id);
            let button = ActionButton::new(icon, short(id)).compact().selected(on);
            let tip = id.spec().map_or("", |spec| spec.detail);
            let response = ui.add(button);
            if response
                .on_hover_text(format!("{tip}   {shortcut}"))
                .clicked()
            {
                context.plain(id);
            }
        }
        icon_mode(ui, context, icons::GRIPPER, CommandId::SimulatorBump, false);
    });
    ui.add_space(SPACE_SMALL);
    let mut chosen = speed;
    if segmented(ui, "Pace", &mut chosen, &SPEEDS) {
        let speed = f32::from(chosen) / 10.0;
        context.push(Command::Simulator(SimulatorAct::Speed(speed)));
    }
}

/// The words of a switch where room is scarce.
fn short(id: CommandId) -> &'static str {
    match id {
        CommandId::ToggleRepeat => "Next seed",
        CommandId::SimulatorTruth => "Truth",
        _ => command_text(id),
    }
}

/// What the policy sees, or why it cannot drive.
fn policy(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let p = Palette::of(ui);
    ui.add_space(SPACE_SMALL);
    let workbench = context.workbench;
    let (text, ink) = if let Some(obstacle) = workbench.driving_obstacle() {
        (obstacle, p.warn)
    } else {
        let names: Vec<String> = workbench
            .seen()
            .into_iter()
            .map(SourceState::name)
            .collect();
        let text = format!("The policy looks through {}", names.join(", "));
        (text, p.weak)
    };
    ui.add(Label::new(theme::secondary(text).color(ink)).wrap());
}

/// Steps of the tool by hand, along the axes of the robot's base.
fn by_hand(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let p = Palette::of(ui);
    ui.add_space(SPACE_SMALL);
    let text = "Move the tool 2 cm a click";
    ui.label(theme::secondary(text).color(p.weak));
    let gripper = context.workbench.simulator.status.told;
    let moves = [
        ("Forward", [STEP, 0.0, 0.0], gripper),
        ("Back", [-STEP, 0.0, 0.0], gripper),
        ("Left", [0.0, STEP, 0.0], gripper),
        ("Right", [0.0, -STEP, 0.0], gripper),
        ("Up", [0.0, 0.0, STEP], gripper),
        ("Down", [0.0, 0.0, -STEP], gripper),
        ("Open", [0.0; 3], 1.0),
        ("Close", [0.0; 3], 0.0),
    ];
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE_SMALL, SPACE_SMALL);
        for (name, [x, y, z], gripper) in moves {
            let width = (ui.max_rect().width() - 3.0 * SPACE) / 4.0;
            let button = ActionButton::new("", name)
                .compact()
                .width_min(width.max(48.0));
            if ui.add(button).clicked() {
                let axes = [x, y, z, 0.0, 0.0, 0.0, gripper];
                context.push(Command::Simulator(SimulatorAct::Move(axes)));
            }
        }
    });
}
