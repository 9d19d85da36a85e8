//! Curves of the run under way and of those beside it: loss and its parts, gradients, similarity, rates, throughput.

use std::collections::BTreeSet;

use egui::{Color32, ScrollArea, Ui};

use super::plot::{CLOCK, Chart, PlotLine, chart};
use super::smooth::drawn;
use super::status;
use crate::engine::Series;
use crate::ui::actions::curves::{color, switch};
use crate::ui::icons;
use crate::ui::panel::{Panel, PanelContext};
use crate::ui::theme::{Palette, SPACE, SPACE_SMALL, TARGET_MIN};
use crate::ui::widgets::{ActionButton, EmptyState, empty_state};
use crate::workbench::{CommandId, ShownRun};

/// Width below which plots stand below one another.
const NARROW: f32 = 480.0;
/// Lowest plot; where they have no room they scroll.
const LOW: f32 = 120.0;
/// Share of the height that the loss has.
const LOSS_SHARE: f32 = 0.42;

/// The panel.
pub struct CurvesPanel {
    /// Curves whose switch was pressed.
    changed: BTreeSet<Series>,
    /// Whether curves are smoothed.
    smooth: bool,
    /// Whether the loss is drawn by its logarithm.
    log: bool,
}

impl Default for CurvesPanel {
    fn default() -> Self {
        Self {
            changed: BTreeSet::new(),
            smooth: true,
            log: false,
        }
    }
}

impl Panel for CurvesPanel {
    fn title(&self) -> &'static str {
        "Curves"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        ui.spacing_mut().item_spacing.y = SPACE_SMALL;
        let training = &context.workbench.training;
        if let Some(run) = &training.run {
            status::status(ui, context, run);
        }
        let shown = training.shown();
        let steps = shown.iter().any(|run| !run.curves.is_empty());
        if steps {
            self.plots(ui, &shown);
        } else if training.run.is_none() {
            nothing(ui, context);
        } else {
            let waits = EmptyState {
                icon: icons::CHART,
                title: "No step yet",
                hint: "The first step draws the first point.",
                ..EmptyState::default()
            };
            empty_state(ui, &waits);
        }
    }
}

fn nothing(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let ready = context.workbench.training.recipe.refusal().is_none();
    let start = context.shortcut(CommandId::StartTraining);
    let shown = EmptyState {
        icon: icons::CHART,
        title: "No run yet",
        hint: "Write a recipe and start, or open the folder of a run to look at its curves.",
        action: if ready {
            (icons::PLAY, "Start training", &start)
        } else {
            (icons::OPEN, "Open recipe", "")
        },
        second: (icons::FOLDER, "Open run", ""),
        ..EmptyState::default()
    };
    let answer = empty_state(ui, &shown);
    if answer.acted {
        context.plain(if ready {
            CommandId::StartTraining
        } else {
            CommandId::OpenRecipe
        });
    }
    if answer.acted_second {
        context.plain(CommandId::OpenRun);
    }
}

/// What a plot is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Loss,
    Norm,
    Similarity,
    Rates,
    Throughput,
}

impl Kind {
    const fn holds(self, series: &Series) -> bool {
        matches!(
            (self, series),
            (Self::Loss, Series::Loss | Series::Part(_))
                | (Self::Norm, Series::GradientNorm)
                | (Self::Similarity, Series::Similarity)
                | (Self::Rates, Series::Rate(_))
                | (Self::Throughput, Series::Throughput)
        )
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Loss => "Loss",
            Self::Norm => "Gradient norm",
            Self::Similarity => "Gradient similarity",
            Self::Rates => "Learning rates",
            Self::Throughput => "Samples/s",
        }
    }

    const fn empty(self) -> &'static str {
        match self {
            Self::Similarity => {
                "Not measured. Set \"Similarity every\" in a recipe with actions and answers."
            }
            _ => "Nothing recorded",
        }
    }
}

impl CurvesPanel {
    fn plots(&mut self, ui: &mut Ui, shown: &[ShownRun<'_>]) {
        let width = ui.available_width();
        let room = ui.available_height();
        let beside = width >= NARROW;
        let rows = if beside { 2.0 } else { 4.0 };
        let loss = (room * LOSS_SHARE).max(LOW);
        let each = ((room - loss - 2.0 * CLOCK - (rows + 1.0) * SPACE_SMALL) / rows).max(LOW);
        ScrollArea::vertical()
            .id_salt("curves")
            .auto_shrink(false)
            .show(ui, |ui| {
                self.one(ui, shown, Kind::Loss, (width, loss + CLOCK, true));
                if beside {
                    let half = (width - SPACE) / 2.0;
                    ui.horizontal_top(|ui| {
                        ui.spacing_mut().item_spacing.x = SPACE;
                        self.one(ui, shown, Kind::Norm, (half, each, false));
                        self.one(ui, shown, Kind::Similarity, (half, each, false));
                    });
                    ui.horizontal_top(|ui| {
                        ui.spacing_mut().item_spacing.x = SPACE;
                        self.one(ui, shown, Kind::Rates, (half, each + CLOCK, true));
                        self.one(ui, shown, Kind::Throughput, (half, each + CLOCK, true));
                    });
                    return;
                }
                for kind in [Kind::Norm, Kind::Similarity, Kind::Rates, Kind::Throughput] {
                    let last = kind == Kind::Throughput;
                    let height = each + if last { CLOCK } else { 0.0 };
                    self.one(ui, shown, kind, (width, height, last));
                }
            });
    }

    fn one(&mut self, ui: &mut Ui, shown: &[ShownRun<'_>], kind: Kind, place: (f32, f32, bool)) {
        let (width, height, clock) = place;
        let names = names(shown, kind);
        let several = shown.len() > 1;
        let log = kind == Kind::Rates || (kind == Kind::Loss && self.log);
        let mut lines = Vec::new();
        for run in shown {
            for (at, series) in names.iter().enumerate() {
                let Some(curve) = run
                    .curves
                    .of(series)
                    .filter(|_| names.len() < 2 || self.is_on(series, several))
                else {
                    continue;
                };
                let part = series_name(series);
                let name = if several {
                    format!("{} {part}", run.name)
                } else {
                    part.to_owned()
                };
                lines.push(PlotLine {
                    name,
                    color: if several {
                        color(ui, run.hue)
                    } else {
                        series_color(ui, kind, at)
                    },
                    drawn: drawn(curve, self.smooth && kind != Kind::Rates, log),
                    // Of several runs the colour says which run it is, so that a part is told by its dashes.
                    dashed: several && matches!(series, Series::Part(_)),
                });
            }
        }
        let includes: &[f64] = match kind {
            Kind::Throughput => &[0.0],
            Kind::Similarity => &[-0.2, 1.0],
            _ => &[],
        };
        let frame = Chart {
            title: kind.title(),
            log,
            includes,
            width,
            height,
            clock,
            empty: kind.empty(),
        };
        chart(ui, &frame, &lines, |ui| {
            self.controls(ui, kind, &names, several);
        });
    }

    /// Of several runs the whole loss alone is drawn, until somebody asks for its parts.
    fn is_on(&self, series: &Series, several: bool) -> bool {
        let usual = !(several && matches!(series, Series::Part(_)));
        usual != self.changed.contains(series)
    }

    fn controls(&mut self, ui: &mut Ui, kind: Kind, names: &[Series], several: bool) {
        if kind == Kind::Loss {
            for (name, on) in [("Log", &mut self.log), ("Smooth", &mut self.smooth)] {
                let button = ActionButton::new("", name)
                    .compact()
                    .height(TARGET_MIN - 4.0);
                if ui.add(button.selected(*on)).clicked() {
                    *on = !*on;
                }
            }
            ui.add_space(SPACE_SMALL);
        }
        if names.len() < 2 {
            return;
        }
        // These stand at the right end of a line, the last one first.
        for (at, series) in names.iter().enumerate().rev() {
            let on = self.is_on(series, several);
            let ink = if several {
                Palette::of(ui).weak
            } else {
                series_color(ui, kind, at)
            };
            if switch(ui, short_name(series), ink, on) && !self.changed.remove(series) {
                self.changed.insert(series.clone());
            }
        }
    }
}

/// The curves of a kind that any of the runs has, the whole before its parts.
fn names(shown: &[ShownRun<'_>], kind: Kind) -> Vec<Series> {
    let all = shown
        .iter()
        .flat_map(|run| run.curves.series().map(|(series, _)| series));
    let found: BTreeSet<&Series> = all.filter(|series| kind.holds(series)).collect();
    found.into_iter().cloned().collect()
}

fn series_color(ui: &Ui, kind: Kind, at: usize) -> Color32 {
    match (kind, at) {
        (Kind::Loss, 0) => Palette::of(ui).text,
        (Kind::Loss, at) => color(ui, at - 1),
        (Kind::Rates, at) => color(ui, at),
        _ => Palette::of(ui).accent,
    }
}

fn series_name(series: &Series) -> &str {
    match series {
        Series::Loss => "loss",
        Series::Part(name) | Series::Rate(name) => name,
        Series::GradientNorm => "gradient norm",
        Series::Similarity => "similarity",
        Series::Throughput => "samples/s",
    }
}

/// Names of groups of parameters as people say them.
fn short_name(series: &Series) -> &str {
    match series_name(series) {
        "qwen_vl_interface" => "planner",
        "action_model" => "expert",
        "base" => "other",
        "loss" => "whole",
        other => other,
    }
}
