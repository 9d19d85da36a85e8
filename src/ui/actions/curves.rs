//! Curves: one plot for each unit, on one clock. Samples are faint, their mean is bold, the gripper goes in steps.

use std::collections::BTreeSet;

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align, Color32, CornerRadius, FontId, Id, Label, Layout, Role, Sense, Stroke, Ui, Vec2, Vec2b,
    WidgetInfo, vec2,
};
use egui_plot::{
    AxisHints, GridMark, HoverPosition, Line, LineStyle, Plot, PlotPoints, uniform_grid_spacer,
};

use super::series::Series;
use crate::ui::theme::{
    self, HAIRLINE, HUES, Palette, RADIUS, SPACE_SMALL, TARGET_MIN, TEXT_CAPTION,
};
use crate::ui::units::{few, short};
use crate::workbench::AxisGroup;

/// Room for the numbers beside a plot.
const LABELS: f32 = 38.0;
/// Narrowest plot before plots stand below one another.
const NARROW: f32 = 120.0;
/// Height of the line above a plot.
const CAPTION: f32 = TARGET_MIN;
/// Height of the numbers below a plot.
const CLOCK: f32 = 16.0;
/// Least distance of the numbers below a plot.
const CLOCK_SPACING: f32 = 36.0;
/// Least height of a plot.
const LOW: f32 = 36.0;
/// A gripper says little: its plot is lower than the others by this.
const GRIPPER_SHARE: f32 = 0.5;
const BOLD: f32 = 2.0;
const FAINT: f32 = 1.0;
/// Width and distance of the dots of what was recorded.
const RECORDED: f32 = 1.5;
const DOTS: f32 = 4.0;

pub(super) fn ui(ui: &mut Ui, series: &Series, off: &mut BTreeSet<usize>) {
    let groups: Vec<AxisGroup> = AxisGroup::ALL
        .into_iter()
        .filter(|group| series.axes.iter().any(|axis| axis.group == *group))
        .collect();
    let count = groups.len().max(1) as f32;
    let width = (ui.available_width() - SPACE_SMALL * (count - 1.0)) / count;
    ui.spacing_mut().item_spacing = vec2(SPACE_SMALL, 0.0);
    if width >= NARROW {
        beside(ui, series, off, &groups, width);
    } else {
        below(ui, series, off, &groups);
    }
}

fn beside(
    ui: &mut Ui,
    series: &Series,
    off: &mut BTreeSet<usize>,
    groups: &[AxisGroup],
    width: f32,
) {
    ui.horizontal_wrapped(|ui| switches(ui, series, off, None));
    let height = ui.available_height() - CAPTION - SPACE_SMALL;
    ui.horizontal_top(|ui| {
        for group in groups {
            ui.vertical(|ui| {
                ui.set_width(width);
                caption_line(ui, *group, series, |_| {});
                let lines = lines(ui, series, off, *group);
                plot(
                    ui,
                    lines,
                    frame(*group, series, width),
                    vec2(width, height.max(LOW)),
                    true,
                );
            });
        }
    });
}

fn below(ui: &mut Ui, series: &Series, off: &mut BTreeSet<usize>, groups: &[AxisGroup]) {
    let share = |group: AxisGroup| {
        if group == AxisGroup::Gripper {
            GRIPPER_SHARE
        } else {
            1.0
        }
    };
    let shares: f32 = groups.iter().map(|group| share(*group)).sum();
    let room = ui.available_height() - CAPTION * groups.len() as f32 - CLOCK - SPACE_SMALL;
    for (at, group) in groups.iter().enumerate() {
        caption_line(ui, *group, series, |ui| {
            switches(ui, series, off, Some(*group));
        });
        let last = at + 1 == groups.len();
        let height = (room * share(*group) / shares).max(LOW) + if last { CLOCK } else { 0.0 };
        let width = ui.available_width();
        let lines = lines(ui, series, off, *group);
        plot(
            ui,
            lines,
            frame(*group, series, width),
            vec2(width, height),
            last,
        );
    }
}

/// Name and unit; `content` fills the line from its right end.
fn caption_line(ui: &mut Ui, group: AxisGroup, series: &Series, content: impl FnOnce(&mut Ui)) {
    let p = Palette::of(ui);
    let size = vec2(ui.available_width(), CAPTION);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        content(ui);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let caption = caption(group, series.normalized);
            ui.add(Label::new(theme::secondary(caption).color(p.weak)).truncate());
        });
    });
}

/// One small switch for each axis, in its colour: all of them, or those of a group that has several.
fn switches(ui: &mut Ui, series: &Series, off: &mut BTreeSet<usize>, group: Option<AxisGroup>) {
    ui.spacing_mut().item_spacing = vec2(2.0, 0.0);
    let shown = |at: &usize| group.is_none_or(|group| series.axes[*at].group == group);
    let mut axes: Vec<usize> = (0..series.axes.len()).filter(shown).collect();
    if group.is_some() {
        if axes.len() < 2 {
            return;
        }
        // These stand at the right end of a line, the last one first.
        axes.reverse();
    }
    for at in axes {
        let on = !off.contains(&at);
        if switch(ui, &series.axes[at].name, color(ui, at), on) && !off.remove(&at) {
            off.insert(at);
        }
    }
}

/// A name with its line, to switch a curve on and off; whether it was pressed.
pub(in crate::ui) fn switch(ui: &mut Ui, name: &str, color: Color32, on: bool) -> bool {
    short_switch(ui, (name, name), f32::INFINITY, (color, on))
}

/// The same with a shorter name on it, cut where it would be wider than `room`.
pub(in crate::ui) fn short_switch(
    ui: &mut Ui,
    (name, short): (&str, &str),
    room: f32,
    (color, on): (Color32, bool),
) -> bool {
    let p = Palette::of(ui);
    let text = if on { p.text } else { p.disabled };
    let font = FontId::monospace(TEXT_CAPTION);
    let mut job = LayoutJob::simple_singleline(short.to_owned(), font, text);
    job.wrap = TextWrapping::truncate_at_width((room - 9.0 - 3.0 * SPACE_SMALL).max(0.0));
    let galley = ui.painter().layout_job(job);
    let size = vec2(galley.size().x + 9.0 + 3.0 * SPACE_SMALL, TARGET_MIN);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, name));
    if response.hovered() || response.has_focus() {
        ui.painter()
            .rect_filled(rect, CornerRadius::same(RADIUS), p.raised);
    }
    let left = rect.left_center() + vec2(SPACE_SMALL, 0.0);
    let stroke = Stroke::new(
        if on { 3.0 } else { HAIRLINE },
        if on { color } else { p.disabled },
    );
    ui.painter()
        .line_segment([left, left + vec2(10.0, 0.0)], stroke);
    let at = left + vec2(10.0 + SPACE_SMALL, -galley.size().y / 2.0);
    ui.painter().galley(at, galley, text);
    let verb = if on { "Hide" } else { "Show" };
    response.on_hover_text(format!("{verb} {name}")).clicked()
}

/// Hues lie on pictures in both themes; on white they need more ink.
pub(in crate::ui) fn color(ui: &Ui, axis: usize) -> Color32 {
    let p = Palette::of(ui);
    let hue = HUES[axis % HUES.len()];
    if p.theme == egui::Theme::Light {
        hue.lerp_to_gamma(p.text, 0.25)
    } else {
        hue
    }
}

/// `clock`: whether the numbers of the steps stand below it.
fn plot(ui: &mut Ui, lines: Vec<Line<'static>>, frame: Plot<'static>, size: Vec2, clock: bool) {
    let p = Palette::of(ui);
    ui.scope(|ui| {
        let small = FontId::monospace(TEXT_CAPTION);
        ui.style_mut()
            .text_styles
            .insert(egui::TextStyle::Body, small);
        frame
            .height(size.y)
            .width(size.x)
            .show_axes(Vec2b::new(clock, true))
            .link_axis(Id::unique("actions clock"), [true, false])
            .link_cursor(Id::unique("actions clock"), [true, false])
            .grid_color(p.line)
            .show(ui, |plot| {
                for line in lines {
                    plot.line(line);
                }
            });
    });
}

fn frame(group: AxisGroup, series: &Series, width: f32) -> Plot<'static> {
    let marks = f64::from(width / CLOCK_SPACING).clamp(2.0, 6.0);
    let last = series.steps().saturating_sub(1) as f64;
    let clock = AxisHints::new_x()
        .label_spacing(18.0..=30.0)
        .formatter(|mark, _| whole(mark));
    let scale = AxisHints::new_y()
        .label_spacing(12.0..=18.0)
        .min_thickness(LABELS)
        .formatter(|mark, _| short(mark.value));
    let plot = Plot::new(("actions", group.name(), series.normalized))
        .show_background(false)
        .set_margin_fraction(vec2(0.03, 0.08))
        .include_x(0.0)
        .include_x(last)
        .grid_spacing(12.0..=60.0)
        .x_grid_spacer(uniform_grid_spacer(move |input| {
            few(input.bounds, marks, 1.0)
        }))
        .y_grid_spacer(uniform_grid_spacer(|input| few(input.bounds, 3.5, 0.0)))
        .custom_x_axes(vec![clock])
        .custom_y_axes(vec![scale])
        .label_formatter(|at| match at {
            HoverPosition::NearDataPoint {
                plot_name,
                position,
                ..
            } if !plot_name.is_empty() => Some(format!(
                "{plot_name} {}\nstep {:.0}",
                short(position.y),
                position.x.floor()
            )),
            _ => None,
        });
    match group {
        AxisGroup::Gripper => plot.include_y(0.0).include_y(1.0),
        _ if series.normalized => plot.include_y(-1.0).include_y(1.0),
        _ => plot.include_y(0.0),
    }
}

fn lines(ui: &Ui, series: &Series, off: &BTreeSet<usize>, group: AxisGroup) -> Vec<Line<'static>> {
    let shown = |at: &usize| series.axes[*at].group == group && !off.contains(at);
    let axes: Vec<usize> = (0..series.axes.len()).filter(shown).collect();
    let mut lines = Vec::new();
    if series.samples.len() > 1 {
        for (number, sample) in series.samples.iter().enumerate() {
            for &axis in &axes {
                let faint = color(ui, axis).gamma_multiply(0.35);
                let name = format!("{} of sample {}", series.axes[axis].name, number + 1);
                let points = points(sample, axis, group);
                lines.push(
                    Line::new(name, points)
                        .color(faint)
                        .width(FAINT)
                        .allow_band(false)
                        .id((axis, number)),
                );
            }
        }
    }
    if let Some(recorded) = &series.recorded {
        for &axis in &axes {
            let name = format!("{} recorded", series.axes[axis].name);
            let points = points(&recorded.steps, axis, group);
            lines.push(
                Line::new(name, points)
                    .color(color(ui, axis))
                    .width(RECORDED)
                    .style(LineStyle::Dotted { spacing: DOTS })
                    .allow_band(false)
                    .id((axis, "recorded")),
            );
        }
    }
    for &axis in &axes {
        let name = series.axes[axis].name.clone();
        let points = points(&series.mean, axis, group);
        lines.push(
            Line::new(name, points)
                .color(color(ui, axis))
                .width(BOLD)
                .allow_band(false)
                .id((axis, "mean")),
        );
    }
    lines
}

/// Numbers that are not finite are left out: a plot cannot place them.
fn points(steps: &[Vec<f64>], axis: usize, group: AxisGroup) -> PlotPoints<'static> {
    let mut points = Vec::with_capacity(2 * steps.len());
    for (step, values) in steps.iter().enumerate() {
        let Some(value) = values.get(axis).copied().filter(|value| value.is_finite()) else {
            continue;
        };
        points.push([step as f64, value]);
        if group == AxisGroup::Gripper && step + 1 < steps.len() {
            points.push([step as f64 + 1.0, value]);
        }
    }
    PlotPoints::from(points)
}

fn caption(group: AxisGroup, normalized: bool) -> String {
    match (group, normalized) {
        (AxisGroup::Gripper, _) => "Gripper, 1 is open".into(),
        (AxisGroup::Unknown, true) => "Actions, normalised".into(),
        (AxisGroup::Unknown, false) => "Actions, in the data's units".into(),
        (AxisGroup::Translation, true) => "Translation, normalised".into(),
        (AxisGroup::Rotation, true) => "Rotation, normalised".into(),
        (AxisGroup::Translation, false) => "Translation, m/step".into(),
        (AxisGroup::Rotation, false) => "Rotation, rad/step".into(),
    }
}

fn whole(mark: GridMark) -> String {
    if mark.value.fract().abs() < 1e-6 && mark.value >= 0.0 {
        format!("{:.0}", mark.value)
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gripper_goes_in_steps_and_gaps_stay_gaps() {
        let steps = vec![vec![0.0], vec![1.0], vec![f64::NAN], vec![0.5]];
        let at = |group| {
            points(&steps, 0, group)
                .points()
                .iter()
                .map(|p| (p.x, p.y))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            at(AxisGroup::Rotation),
            [(0.0, 0.0), (1.0, 1.0), (3.0, 0.5)]
        );
        assert_eq!(
            at(AxisGroup::Gripper),
            [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (2.0, 1.0), (3.0, 0.5)]
        );
        assert!(points(&steps, 9, AxisGroup::Gripper).points().is_empty());
    }
}
