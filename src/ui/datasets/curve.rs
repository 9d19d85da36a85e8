//! The curves of one feature over an episode, with the cursor that all of them share. Dragging moves the cursor, and
//! with it every camera.

use std::collections::BTreeSet;

use egui::{FontId, Id, Sense, TextStyle, Ui, Vec2b, vec2};
use egui_plot::{
    AxisHints, HoverPosition, Line, LineStyle, Plot, PlotPoint, PlotPoints, VLine,
    uniform_grid_spacer,
};

use crate::engine::{EpisodeRows, FeatureRows};
use crate::ui::actions::curves::color;
use crate::ui::theme::{Palette, TEXT_CAPTION};
use crate::ui::units::{few, short};
use crate::workbench::Recorded;

/// Points of a curve at most: more than pixels on a wide screen.
const MOST: usize = 4096;
/// Room for the numbers beside a plot.
const LABELS: f32 = 38.0;
/// Room for the numbers below a plot.
const CLOCK_SPACING: f32 = 64.0;
/// Share of the height that a gripper's strip has.
const GRIPPER_SHARE: f32 = 0.3;
const CURVE: f32 = 1.5;
const CURSOR: f32 = 1.5;
const PREDICTED: f32 = 1.0;

/// The points of a feature, one list for each axis, thinned.
pub(super) struct Curve {
    axes: Vec<Vec<PlotPoint>>,
}

impl Curve {
    pub(super) fn of(rows: &EpisodeRows, feature: &FeatureRows) -> Self {
        let width = feature.width();
        let axis = |axis: usize| {
            let values = feature.values.iter().skip(axis).step_by(width);
            let points = values.enumerate().filter(|(_, value)| value.is_finite());
            let points: Vec<PlotPoint> = points
                .map(|(row, value)| PlotPoint::new(rows.time(row), f64::from(*value)))
                .collect();
            thinned(points)
        };
        Self {
            axes: (0..width).map(axis).collect(),
        }
    }
}

/// Lowest and highest point of each stretch, in their order: what a screen can show of a long curve.
fn thinned(points: Vec<PlotPoint>) -> Vec<PlotPoint> {
    if points.len() <= MOST {
        return points;
    }
    let stretch = points.len().div_ceil(MOST / 2);
    let mut kept = Vec::with_capacity(MOST);
    for part in points.chunks(stretch) {
        let by_value = |a: &&PlotPoint, b: &&PlotPoint| a.y.total_cmp(&b.y);
        let (low, high) = (part.iter().min_by(by_value), part.iter().max_by(by_value));
        if let (Some(low), Some(high)) = (low, high) {
            let mut both = [*low, *high];
            both.sort_by(|a, b| a.x.total_cmp(&b.x));
            kept.extend(both);
        }
    }
    kept
}

/// A predicted chunk in the time of the episode.
pub(super) struct Chunk {
    /// The recorded feature it is about.
    pub(super) feature: String,
    axes: Vec<Vec<PlotPoint>>,
}

impl Chunk {
    pub(super) fn of(rows: &EpisodeRows, steps: &[Vec<f64>], recorded: &Recorded) -> Self {
        let pace = rows.time(1) - rows.time(0);
        let begin = rows.time(recorded.start);
        let axis = |axis: usize| {
            let values = steps.iter().enumerate();
            let points = values.filter_map(|(step, values)| {
                let value = values
                    .get(axis)
                    .copied()
                    .filter(|value| value.is_finite())?;
                Some(PlotPoint::new(begin + pace * step as f64, value))
            });
            points.collect()
        };
        let axes = steps.first().map_or(0, Vec::len);
        Self {
            feature: recorded.feature.clone(),
            axes: (0..axes).map(axis).collect(),
        }
    }
}

/// What is drawn.
pub(super) struct Drawn<'a> {
    pub(super) rows: &'a EpisodeRows,
    pub(super) feature: &'a FeatureRows,
    pub(super) curve: &'a Curve,
    /// What a model predicted of it.
    pub(super) chunk: Option<&'a Chunk>,
}

/// Where a feature is drawn.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) width: f32,
    pub(super) height: f32,
    /// Whether the numbers of the clock stand below it.
    pub(super) clock: bool,
    /// Where the cursor is, in seconds.
    pub(super) at: f64,
}

/// Draws it; the time that was asked for by pressing or dragging. A gripper has a strip of its own: its 0 and 1 would
/// flatten the metres beside them.
pub(super) fn ui(
    ui: &mut Ui,
    drawn: &Drawn<'_>,
    off: &BTreeSet<(String, usize)>,
    place: &Place,
) -> Option<f64> {
    let all = 0..drawn.curve.axes.len();
    let is_gripper = |axis: &usize| drawn.feature.axes[*axis].contains("gripper");
    let on = |axis: &usize| !off.contains(&(drawn.feature.name.clone(), *axis));
    let (gripper, others): (Vec<usize>, Vec<usize>) = all.filter(on).partition(is_gripper);
    if gripper.is_empty() || others.is_empty() {
        return strip(ui, drawn, &[others, gripper].concat(), place);
    }
    let low = GRIPPER_SHARE * place.height;
    let above = Place {
        height: place.height - low,
        clock: false,
        ..*place
    };
    let asked = strip(ui, drawn, &others, &above);
    let below = Place {
        height: low,
        ..*place
    };
    strip(ui, drawn, &gripper, &below).or(asked)
}

/// Draws some axes on one scale.
fn strip(ui: &mut Ui, drawn: &Drawn<'_>, shown: &[usize], place: &Place) -> Option<f64> {
    let p = Palette::of(ui);
    let Drawn {
        rows,
        feature,
        curve,
        chunk,
    } = *drawn;
    let last = rows.time(rows.length.saturating_sub(1));
    let plot = frame((&feature.name, shown.first()), place, last);
    let colors: Vec<_> = shown.iter().map(|axis| color(ui, *axis)).collect();
    let response = ui.scope(|ui| {
        let small = FontId::monospace(TEXT_CAPTION);
        ui.style_mut().text_styles.insert(TextStyle::Body, small);
        plot.grid_color(p.line).show(ui, |plot| {
            for (axis, color) in shown.iter().zip(colors) {
                let points = PlotPoints::Borrowed(&curve.axes[*axis]);
                let line = Line::new(feature.axes[*axis].clone(), points);
                plot.line(line.color(color).width(CURVE).allow_band(false).id(*axis));
            }
            for axis in shown {
                let Some(points) = chunk.and_then(|chunk| chunk.axes.get(*axis)) else {
                    continue;
                };
                let name = format!("{} predicted", feature.axes[*axis]);
                let line = Line::new(name, PlotPoints::Borrowed(points)).width(PREDICTED);
                let line = line.color(p.text).style(LineStyle::dashed_dense());
                plot.line(line.allow_band(false).id((*axis, "predicted")));
            }
            let cursor = VLine::new("", place.at).color(p.text).width(CURSOR);
            plot.vline(cursor.allow_hover(false));
        })
    });
    let (response, transform) = (response.inner.response, response.inner.transform);
    let held = response.dragged() || response.clicked();
    let pointer = response.interact_pointer_pos().filter(|_| held)?;
    Some(transform.value_from_position(pointer).x.clamp(0.0, last))
}

fn frame<'a>(id: (&'a str, Option<&'a usize>), place: &Place, last: f64) -> Plot<'a> {
    let marks = f64::from(place.width / CLOCK_SPACING).clamp(2.0, 12.0);
    let clock = AxisHints::new_x()
        .label_spacing(24.0..=48.0)
        .formatter(|mark, _| {
            if mark.value < -1e-9 {
                String::new()
            } else {
                format!("{} s", short(mark.value))
            }
        });
    let scale = AxisHints::new_y()
        .label_spacing(12.0..=18.0)
        .min_thickness(LABELS)
        .formatter(|mark, _| short(mark.value));
    Plot::new(("episode", id))
        .show_background(false)
        .set_margin_fraction(vec2(0.0, 0.1))
        .include_x(0.0)
        .include_x(last.max(1e-3))
        .grid_spacing(12.0..=60.0)
        .x_grid_spacer(uniform_grid_spacer(move |input| {
            few(input.bounds, marks, 0.0)
        }))
        .y_grid_spacer(uniform_grid_spacer(|input| few(input.bounds, 3.0, 0.0)))
        .custom_x_axes(vec![clock])
        .custom_y_axes(vec![scale])
        .show_axes(Vec2b::new(place.clock, true))
        .link_axis(Id::unique("episode clock"), [true, false])
        .link_cursor(Id::unique("episode clock"), [true, false])
        .sense(Sense::click_and_drag())
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .width(place.width)
        .height(place.height)
        .label_formatter(|at| match at {
            HoverPosition::NearDataPoint {
                plot_name,
                position,
                ..
            } if !plot_name.is_empty() => Some(format!(
                "{plot_name} {}\n{:.2} s",
                short(position.y),
                position.x
            )),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_curve_keeps_its_spikes() {
        let mut points: Vec<PlotPoint> = (0..100_000)
            .map(|row| PlotPoint::new(f64::from(row), 0.0))
            .collect();
        points[77_777].y = 9.0;
        points[12_345].y = -9.0;
        let kept = thinned(points);
        assert!(kept.len() <= MOST);
        assert!(kept.iter().any(|point| point.y > 8.0));
        assert!(kept.iter().any(|point| point.y < -8.0));
        assert!(kept.is_sorted_by(|a, b| a.x <= b.x));
    }
}
