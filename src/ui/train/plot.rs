//! One plot over the steps of runs, with the cursor that all of them share.

use egui::{Align, Color32, FontId, Id, Label, Layout, TextStyle, Ui, Vec2b, vec2};
use egui_plot::{
    AxisHints, GridMark, HoverPosition, Line, LineStyle, Plot, PlotPoints, uniform_grid_spacer,
};

use super::smooth::Drawn;
use crate::ui::theme::{self, Palette, TARGET_MIN, TEXT_CAPTION};
use crate::ui::units::{few, short};

/// Room for the numbers beside a plot.
const LABELS: f32 = 42.0;
/// Height of the numbers below a plot.
pub(super) const CLOCK: f32 = 16.0;
/// Height of the line above a plot.
pub(super) const CAPTION: f32 = TARGET_MIN;
/// Least distance of the numbers below a plot.
const SPACING: f32 = 72.0;
const BOLD: f32 = 1.75;
const FAINT: f32 = 1.0;

/// One line.
pub(super) struct PlotLine {
    pub name: String,
    pub color: Color32,
    pub drawn: Drawn,
    pub dashed: bool,
}

/// A plot.
pub(super) struct Chart<'a> {
    pub title: &'a str,
    /// Whether values are drawn by their logarithm.
    pub log: bool,
    /// Values that are in sight whatever there is.
    pub includes: &'a [f64],
    pub width: f32,
    pub height: f32,
    /// Whether the steps stand below it.
    pub clock: bool,
    /// What stands there where there is nothing to draw.
    pub empty: &'a str,
}

/// Title, `controls` at the right end of its line, and the plot.
pub(super) fn chart(
    ui: &mut Ui,
    chart: &Chart<'_>,
    lines: &[PlotLine],
    controls: impl FnOnce(&mut Ui),
) {
    let p = Palette::of(ui);
    ui.vertical(|ui| {
        ui.set_width(chart.width);
        ui.spacing_mut().item_spacing.y = 0.0;
        let size = vec2(chart.width, CAPTION);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            controls(ui);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(theme::secondary(chart.title).color(p.weak)).truncate());
            });
        });
        let height = (chart.height - CAPTION).max(24.0);
        if lines.iter().all(|line| line.drawn.raw.is_empty()) {
            let (rect, _) = ui.allocate_exact_size(vec2(chart.width, height), egui::Sense::hover());
            let text = theme::secondary(chart.empty).color(p.disabled);
            let area = rect.shrink2(vec2(12.0, 0.0));
            let middle = area.with_min_y(area.center().y - TARGET_MIN);
            let layout = Layout::top_down(Align::Center);
            let builder = egui::UiBuilder::new().max_rect(middle).layout(layout);
            ui.scope_builder(builder, |ui| ui.add(Label::new(text).wrap()));
            return;
        }
        plot(ui, chart, lines, height);
    });
}

fn plot(ui: &mut Ui, chart: &Chart<'_>, lines: &[PlotLine], height: f32) {
    let p = Palette::of(ui);
    let log = chart.log;
    let marks = f64::from(chart.width / SPACING).clamp(2.0, 10.0);
    let rungs = f64::from(height / 28.0).clamp(2.0, 6.0);
    let value = move |value: f64| short(if log { 10_f64.powf(value) } else { value });
    let clock = AxisHints::new_x()
        .label_spacing(24.0..=60.0)
        .formatter(|mark, _| step_text(mark));
    let scale = AxisHints::new_y()
        .label_spacing(10.0..=16.0)
        .min_thickness(LABELS)
        .formatter(move |mark, _| value(mark.value));
    let mut frame = Plot::new(("training", chart.title))
        .show_background(false)
        .set_margin_fraction(vec2(0.0, 0.06))
        .include_x(0.0)
        .grid_spacing(10.0..=60.0)
        .x_grid_spacer(uniform_grid_spacer(move |input| {
            few(input.bounds, marks, 1.0)
        }))
        .y_grid_spacer(uniform_grid_spacer(move |input| {
            few(input.bounds, rungs, 0.0)
        }))
        .custom_x_axes(vec![clock])
        .custom_y_axes(vec![scale])
        .show_axes(Vec2b::new(chart.clock, true))
        .link_axis(Id::unique("training steps"), [true, false])
        .link_cursor(Id::unique("training steps"), [true, false])
        .allow_scroll(false)
        .width(chart.width)
        .height(height)
        .grid_color(p.line)
        .label_formatter(move |at| match at {
            HoverPosition::NearDataPoint {
                plot_name,
                position,
                ..
            } if !plot_name.is_empty() => {
                let step = crate::ui::units::count(position.x.max(0.0) as u64);
                Some(format!("{plot_name} {}\nstep {step}", value(position.y)))
            }
            _ => None,
        });
    for include in chart.includes {
        frame = frame.include_y(*include);
    }
    ui.scope(|ui| {
        let small = FontId::monospace(TEXT_CAPTION);
        ui.style_mut().text_styles.insert(TextStyle::Body, small);
        frame.show(ui, |plot| {
            for line in lines {
                let smoothed = !line.drawn.mean.is_empty();
                let color = if smoothed {
                    line.color.gamma_multiply(0.22)
                } else {
                    line.color
                };
                let name = if smoothed {
                    String::new()
                } else {
                    line.name.clone()
                };
                let raw = Line::new(name, PlotPoints::from(line.drawn.raw.clone()));
                let width = if smoothed { FAINT } else { BOLD };
                let raw = raw.color(color).width(width).allow_hover(!smoothed);
                plot.line(styled(raw, line).id((&line.name, "raw")));
            }
            for line in lines.iter().filter(|line| !line.drawn.mean.is_empty()) {
                let mean = Line::new(line.name.clone(), PlotPoints::from(line.drawn.mean.clone()));
                let mean = mean.color(line.color).width(BOLD);
                plot.line(styled(mean, line).id((&line.name, "mean")));
            }
        });
    });
}

fn styled<'a>(line: Line<'a>, of: &PlotLine) -> Line<'a> {
    let line = line.allow_band(false);
    if of.dashed {
        line.style(LineStyle::dashed_dense())
    } else {
        line
    }
}

/// "500", "20 k", "1.5 M".
fn step_text(mark: GridMark) -> String {
    let step = mark.value;
    if step < -1e-9 || step.fract().abs() > 1e-6 {
        return String::new();
    }
    match step {
        s if s >= 1e6 => format!("{} M", short(s / 1e6)),
        s if s >= 1e4 => format!("{} k", short(s / 1e3)),
        s => format!("{s:.0}"),
    }
}
