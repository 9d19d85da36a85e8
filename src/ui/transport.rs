//! The bar under the canvas: playback of the selected source.

use egui::{Align, Label, Layout, Popup, Ui, vec2};

use super::act::{icon_act, icon_mode};
use super::panel::PanelContext;
use super::theme::{self, Palette, SPACE, SPACE_SMALL};
use super::widgets::{ActionButton, menu_item, scrub};
use super::{icons, units};
use crate::engine::{SourceInfo, SourceKind};
use crate::workbench::{Command, CommandId, SourceState, Workbench};

/// Height of the bar, in points.
pub const HEIGHT: f32 = 32.0;

/// Times real time that can be chosen.
const SPEEDS: [f32; 6] = [0.1, 0.25, 0.5, 1.0, 2.0, 4.0];
/// Width of the button that says the speed, so that it does not move its neighbours.
const SPEED: f32 = 48.0;

/// Whether anything is open that plays: still pictures alone need no bar, and the canvas gets its room.
#[must_use]
pub fn is_needed(workbench: &Workbench) -> bool {
    let plays = |info: &SourceInfo| info.frames.is_none_or(|frames| frames > 1);
    workbench
        .sources
        .iter()
        .any(|s| s.info().is_some_and(plays))
}

/// Draws the bar.
pub fn transport(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let selected = context.workbench.selected;
    let source = context
        .workbench
        .sources
        .iter()
        .find(|s| Some(s.id) == selected);
    ui.horizontal_centered(|ui| {
        let Some((source, info)) = source.and_then(|s| Some((s, s.info()?))) else {
            let text = theme::secondary("Nothing to play");
            ui.label(text.color(Palette::of(ui).disabled));
            return;
        };
        match info.frames {
            Some(frames) if frames > 1 => playback(ui, context, source, (info, frames)),
            _ if info.kind == SourceKind::Simulator => simulated(ui, context, source),
            _ => still(ui, &context.workbench.source_name(source.id), info),
        }
    });
}

fn still(ui: &mut Ui, name: &str, info: &SourceInfo) {
    let weak = Palette::of(ui).weak;
    ui.label(theme::secondary(name));
    ui.label(theme::number(info.size.to_string()).color(weak));
    ui.label(theme::secondary(&info.format).color(weak));
}

/// The simulator's episode: the keys of playback run, step and reset it.
fn simulated(ui: &mut Ui, context: &mut PanelContext<'_>, source: &SourceState) {
    let simulator = &context.workbench.simulator;
    let play = if simulator.running {
        icons::PAUSE
    } else {
        icons::PLAY
    };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE_SMALL;
        icon_act(ui, context, icons::RESET, CommandId::SimulatorReset);
        icon_act(ui, context, play, CommandId::PlayPause);
        icon_act(ui, context, icons::STEP, CommandId::SimulatorStep);
    });
    let weak = Palette::of(ui).weak;
    let Some(scene) = simulator.scene() else {
        return;
    };
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let time = source.frame.as_ref().map_or(0.0, |f| f.stamp.as_secs_f64());
        let text = format!("{}  {:.0} Hz", units::clock(time), scene.hz);
        ui.label(theme::number(text).color(weak));
        ui.add_space(SPACE);
        let width = scene.steps.max(1).ilog10() as usize + 1;
        let step = simulator.status.step;
        ui.label(theme::number(format!("{step:>width$} / {}", scene.steps)));
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add_space(SPACE);
            ui.add(Label::new(theme::secondary(&scene.instruction)).truncate());
        });
    });
}

fn playback(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    source: &SourceState,
    (info, frames): (&SourceInfo, u64),
) {
    let playing = source.play.playing;
    let play = if playing { icons::PAUSE } else { icons::PLAY };
    let looping = source.play.looping;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE_SMALL;
        icon_act(ui, context, icons::STEP_BACK, CommandId::PreviousFrame);
        icon_act(ui, context, play, CommandId::PlayPause);
        icon_act(ui, context, icons::STEP, CommandId::NextFrame);
        icon_mode(ui, context, icons::LOOP, CommandId::ToggleLoop, looping);
        if info.fps.is_some() {
            speed(ui, context, source);
        }
    });

    let at = source.frame.as_ref().map_or(0, |frame| frame.seq);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let width = frames.to_string().len();
        let time = source.frame.as_ref().map_or(0.0, |f| f.stamp.as_secs_f64());
        let fps = info
            .fps
            .map_or_else(String::new, |f| format!("  {f:.1} fps"));
        let weak = Palette::of(ui).weak;
        ui.label(theme::number(format!("{}{fps}", units::clock(time))).color(weak));
        ui.add_space(SPACE);
        ui.label(theme::number(format!("{:>width$} / {frames}", at + 1)));
        let mut wanted = at as f64;
        let room = ui.available_width() - SPACE;
        let last = (frames - 1) as f64;
        if scrub(ui, "Frame", &mut wanted, last, room).changed() {
            context.push(Command::Seek(source.id, wanted as u64));
        }
    });
}

/// How fast it plays, and a menu of other speeds.
fn speed(ui: &mut Ui, context: &mut PanelContext<'_>, source: &SourceState) {
    let now = words(source.play.speed);
    let button = ActionButton::new("", &now).compact().width_min(SPEED);
    let button = ui.add(button).on_hover_text("Speed");
    Popup::menu(&button).width(2.0 * SPEED).show(|ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        for speed in SPEEDS {
            let chosen = (speed - source.play.speed).abs() < 1e-3;
            let icon = if chosen { icons::CHECK } else { "" };
            if menu_item(ui, icon, &words(speed), "").clicked() {
                context.push(Command::SetSpeed(source.id, speed));
            }
        }
    });
}

fn words(speed: f32) -> String {
    format!("{speed}×")
}
