//! The bar under the canvas: playback of the selected source.

use egui::{Align, Layout, Slider, Ui};

use super::panel::PanelContext;
use super::theme::{self, Palette, SPACE};
use super::{icons, keys, widgets};
use crate::engine::SourceInfo;
use crate::workbench::{Command, CommandId, SourceState};

/// Height of the bar, in points.
pub const HEIGHT: f32 = 36.0;

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
            _ => still(ui, info),
        }
    });
}

fn still(ui: &mut Ui, info: &SourceInfo) {
    let weak = Palette::of(ui).weak;
    ui.label(theme::secondary(&info.name));
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
    button(
        ui,
        context,
        icons::STEP_BACK,
        CommandId::PreviousFrame,
        false,
    );
    button(ui, context, play, CommandId::PlayPause, false);
    button(ui, context, icons::STEP, CommandId::NextFrame, false);
    button(
        ui,
        context,
        icons::LOOP,
        CommandId::ToggleLoop,
        source.play.looping,
    );

    let at = source.frame.as_ref().map_or(0, |frame| frame.seq);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let width = frames.to_string().len();
        let time = source.frame.as_ref().map_or(0.0, |f| f.stamp.as_secs_f64());
        let fps = info
            .fps
            .map_or_else(String::new, |f| format!("  {f:.1} fps"));
        let weak = Palette::of(ui).weak;
        ui.label(theme::number(format!("{}{fps}", clock(time))).color(weak));
        ui.label(theme::number(format!("{:>width$} / {frames}", at + 1)));
        ui.add_space(SPACE);
        let mut wanted = at;
        ui.spacing_mut().slider_width = (ui.available_width() - SPACE).max(40.0);
        let slider = Slider::new(&mut wanted, 0..=frames - 1).show_value(false);
        let response = ui.add(slider);
        response.widget_info(|| egui::WidgetInfo::slider(true, wanted as f64, "Frame"));
        if response.changed() && wanted != at {
            context.push(Command::Seek(source.id, wanted));
        }
    });
}

fn button(ui: &mut Ui, context: &mut PanelContext<'_>, icon: &str, id: CommandId, on: bool) {
    let name = id.spec().map_or("", |spec| spec.text);
    let shortcut = keys::command_shortcut(id);
    let button = widgets::IconButton::new(icon, name)
        .shortcut(&shortcut)
        .selected(on);
    if ui.add(button).clicked() {
        context.plain(id);
    }
}

/// "00:12.4".
fn clock(secs: f64) -> String {
    let tenths = (secs * 10.0).floor() as u64;
    format!(
        "{:02}:{:02}.{}",
        tenths / 600,
        tenths / 10 % 60,
        tenths % 10
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_clock_counts_minutes() {
        assert_eq!(super::clock(75.49), "01:15.4");
    }
}
