//! Curves: one plot for each unit, on one clock. Samples are faint, their mean is bold, the gripper goes in steps.

use std::collections::BTreeSet;

use egui::{Color32, CornerRadius, FontId, Role, Sense, Stroke, Ui, Vec2b, WidgetInfo, vec2};
use egui_plot::{GridMark, HoverPosition, Line, Plot, PlotPoints};

use super::series::Series;
use crate::ui::theme::{
    self, HAIRLINE, HUES, Palette, RADIUS, SPACE, SPACE_SMALL, TARGET_MIN, TEXT_CAPTION, TEXT_SECONDARY,
};
use crate::workbench::AxisGroup;

/// Room for the numbers beside a plot.
const LABELS: f32 = 38.0;
/// Narrowest plot before plots stand below one another.
const NARROW: f32 = 110.0;
const BOLD: f32 = 2.0;
const FAINT: f32 = 1.0;

pub(super) fn ui(ui: &mut Ui, series: &Series, off: &mut BTreeSet<usize>) {
    legend(ui, series, off);
    let groups: Vec<AxisGroup> = AxisGroup::ALL
        .into_iter()
        .filter(|group| series.axes.iter().any(|axis| axis.group == *group))
        .collect();
    let count = groups.len().max(1) as f32;
    let room = ui.available_size();
    let width = (room.x - SPACE_SMALL * (count - 1.0)) / count;
    ui.spacing_mut().item_spacing = vec2(SPACE_SMALL, SPACE_SMALL);
    if width >= NARROW {
        ui.horizontal_top(|ui| {
            for group in groups {
                plot(ui, series, off, group, vec2(width, room.y));
            }
        });
    } else {
        let height = ((room.y - SPACE_SMALL * (count - 1.0)) / count).max(60.0);
        for group in groups {
            plot(ui, series, off, group, vec2(room.x, height));
        }
    }
}

/// One small switch for each axis, in its colour.
fn legend(ui: &mut Ui, series: &Series, off: &mut BTreeSet<usize>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(2.0, 0.0);
        for (at, axis) in series.axes.iter().enumerate() {
            let on = !off.contains(&at);
            if switch(ui, &axis.name, color(ui, at), on) && !off.remove(&at) {
                off.insert(at);
            }
        }
    });
}

fn switch(ui: &mut Ui, name: &str, color: Color32, on: bool) -> bool {
    let p = Palette::of(ui);
    let text = if on { p.text } else { p.disabled };
    let galley = ui.painter().layout_no_wrap(name.to_owned(), FontId::monospace(TEXT_SECONDARY), text);
    let size = vec2(galley.size().x + 10.0 + 3.0 * SPACE_SMALL, TARGET_MIN);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, name));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, CornerRadius::same(RADIUS), p.raised);
    }
    let left = rect.left_center() + vec2(SPACE_SMALL, 0.0);
    let stroke = Stroke::new(if on { 3.0 } else { HAIRLINE }, if on { color } else { p.disabled });
    ui.painter().line_segment([left, left + vec2(10.0, 0.0)], stroke);
    let at = left + vec2(10.0 + SPACE_SMALL, -galley.size().y / 2.0);
    ui.painter().galley(at, galley, text);
    let verb = if on { "Hide" } else { "Show" };
    response.on_hover_text(format!("{verb} {name}")).clicked()
}

/// Hues lie on pictures in both themes; on white they need more ink.
fn color(ui: &Ui, axis: usize) -> Color32 {
    let p = Palette::of(ui);
    let hue = HUES[axis % HUES.len()];
    if p.theme == egui::Theme::Light { hue.lerp_to_gamma(p.text, 0.25) } else { hue }
}

fn plot(ui: &mut Ui, series: &Series, off: &BTreeSet<usize>, group: AxisGroup, size: egui::Vec2) {
    let p = Palette::of(ui);
    ui.allocate_ui(size, |ui| {
        ui.set_min_size(size);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let caption = caption(group, series.normalized);
            ui.add(egui::Label::new(theme::secondary(&caption).color(p.weak)).truncate());
            let lines = lines(ui, series, off, group);
            let small = FontId::monospace(TEXT_CAPTION);
            ui.style_mut().text_styles.insert(egui::TextStyle::Body, small);
            frame(group, series)
                .height((size.y - theme::TEXT_SECONDARY - SPACE).max(40.0))
                .width(size.x)
                .link_axis(egui::Id::unique("actions clock"), [true, false])
                .link_cursor(egui::Id::unique("actions clock"), [true, false])
                .grid_color(p.line)
                .show(ui, |plot| {
                    for line in lines {
                        plot.line(line);
                    }
                });
        });
    });
}

fn frame(group: AxisGroup, series: &Series) -> Plot<'static> {
    let last = series.steps().saturating_sub(1) as f64;
    let plot = Plot::new(("actions", group.name(), series.normalized))
        .show_background(false)
        .show_axes(Vec2b::TRUE)
        .y_axis_min_width(LABELS)
        .set_margin_fraction(vec2(0.03, 0.08))
        .include_x(0.0)
        .include_x(last)
        .grid_spacing(18.0..=120.0)
        .x_axis_formatter(|mark, _| whole(mark))
        .y_axis_formatter(|mark, _| short(mark.value))
        .label_formatter(|at| match at {
            HoverPosition::NearDataPoint { plot_name, position, .. } if !plot_name.is_empty() => {
                Some(format!("{plot_name} {}\nstep {:.0}", short(position.y), position.x.floor()))
            }
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
                lines.push(Line::new(name, points).color(faint).width(FAINT).id((axis, number)));
            }
        }
    }
    for &axis in &axes {
        let name = series.axes[axis].name.clone();
        let points = points(&series.mean, axis, group);
        lines.push(Line::new(name, points).color(color(ui, axis)).width(BOLD).id((axis, "mean")));
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
        (AxisGroup::Gripper, _) => "Gripper, 0 closed to 1 open".into(),
        (AxisGroup::Unknown, true) => "Actions, normalised".into(),
        (AxisGroup::Unknown, false) => "Actions, in the data's units".into(),
        (AxisGroup::Translation, true) => "Translation, normalised".into(),
        (AxisGroup::Rotation, true) => "Rotation, normalised".into(),
        (AxisGroup::Translation, false) => "Translation, m per step".into(),
        (AxisGroup::Rotation, false) => "Rotation, rad per step".into(),
    }
}

fn whole(mark: GridMark) -> String {
    if mark.value.fract().abs() < 1e-6 && mark.value >= 0.0 { format!("{:.0}", mark.value) } else { String::new() }
}

/// A number in few characters.
fn short(value: f64) -> String {
    match value.abs() {
        v if v < 1e-9 => "0".into(),
        v if v < 0.001 => format!("{value:.0e}"),
        v if v < 0.1 => format!("{value:.3}"),
        v if v < 10.0 => format!("{value:.2}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gripper_goes_in_steps_and_gaps_stay_gaps() {
        let steps = vec![vec![0.0], vec![1.0], vec![f64::NAN], vec![0.5]];
        let at = |group| points(&steps, 0, group).points().iter().map(|p| (p.x, p.y)).collect::<Vec<_>>();
        assert_eq!(at(AxisGroup::Rotation), [(0.0, 0.0), (1.0, 1.0), (3.0, 0.5)]);
        assert_eq!(at(AxisGroup::Gripper), [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (2.0, 1.0), (3.0, 0.5)]);
        assert!(points(&steps, 9, AxisGroup::Gripper).points().is_empty());
    }
}
