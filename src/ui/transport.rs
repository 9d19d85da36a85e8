//! The bar under the canvas: playback of the selected source.

use egui::{Align, Layout, Ui};

use super::act::{icon_act, icon_mode};
use super::panel::PanelContext;
use super::theme::{self, Palette, SPACE, SPACE_SMALL};
use super::widgets::scrub;
use super::{icons, units};
use crate::engine::SourceInfo;
use crate::workbench::{Command, CommandId, SourceState, Workbench};

/// Height of the bar, in points.
pub const HEIGHT: f32 = 32.0;

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
