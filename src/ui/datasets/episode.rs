//! The episode on show: what is done in it, and its states and actions over time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use egui::{Align, Label, Layout, ScrollArea, Ui, vec2};

use super::curve::{self, Chunk, Curve, Drawn, Place};
use super::words;
use crate::engine::{DatasetKind, EpisodeRows, FeatureRows};
use crate::grounding::GroundingKind;
use crate::ui::act::icon_mode;
use crate::ui::actions::curves::{color, short_switch};
use crate::ui::actions::predicted;
use crate::ui::panel::{Panel, PanelContext};
use crate::ui::theme::{self, CONTROL, Palette, SPACE, SPACE_SMALL, TARGET_MIN};
use crate::ui::widgets::{ActionButton, EmptyState, Tone, chip, empty_state};
use crate::ui::{icons, truth};
use crate::workbench::{Command, CommandId, DatasetCommand, DatasetState, Message};

/// Lowest plot; where they have no room they scroll.
const LOW: f32 = 64.0;
/// Room for the numbers of the clock below the last plot.
const CLOCK: f32 = 16.0;
/// Features that are shown when nobody has chosen.
const SHOWN: [&str; 2] = ["observation.state", "action"];
/// Switches of axes in one line; a feature with more has none.
const SWITCHES: usize = 16;
/// Their share of the line; the name of the feature has the rest.
const NAMES: f32 = 0.85;

/// The panel.
#[derive(Default)]
pub struct EpisodePanel {
    /// Features whose switch was changed from what is shown by itself.
    changed: BTreeSet<String>,
    /// Curves that are off: feature and axis.
    off: BTreeSet<(String, usize)>,
    /// The curves of the episode they were made of.
    curves: Option<(Arc<EpisodeRows>, BTreeMap<String, Curve>)>,
}

impl Panel for EpisodePanel {
    fn title(&self) -> &'static str {
        "Episode"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let workbench = context.workbench;
        let shown = workbench.dataset.as_ref();
        let Some(set) = shown.filter(|set| set.shown().is_some()) else {
            return nothing(ui, context);
        };
        ui.spacing_mut().item_spacing.y = SPACE_SMALL;
        header(ui, context, set);
        let samples = set
            .about()
            .is_some_and(|about| about.kind == DatasetKind::Samples);
        match (&set.rows, &set.rows_failure) {
            _ if samples => conversation(ui, set),
            (Some(rows), _) => self.plots(ui, context, set, rows),
            (None, Some(why)) => failure(ui, why),
            (None, None) => {
                ui.label(theme::secondary("Reading the episode").color(Palette::of(ui).weak));
            }
        }
    }
}

impl EpisodePanel {
    fn is_on(&self, name: &str) -> bool {
        SHOWN.contains(&name) != self.changed.contains(name)
    }

    fn plots(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        set: &DatasetState,
        rows: &Arc<EpisodeRows>,
    ) {
        if rows.features.is_empty() {
            let shown = EmptyState {
                icon: icons::CHART,
                title: "No curves",
                hint: "This dataset records no numbers beside its pictures.",
                ..EmptyState::default()
            };
            empty_state(ui, &shown);
            return;
        }
        self.features(ui, rows);
        let shown: Vec<&FeatureRows> = rows
            .features
            .iter()
            .filter(|feature| self.is_on(&feature.name))
            .collect();
        let at = rows.time(usize::try_from(set.at).unwrap_or(0));
        let room = ui.available_height() - CLOCK;
        let each = (room / shown.len().max(1) as f32 - TARGET_MIN - SPACE_SMALL).max(LOW);
        let predicted =
            predicted(context.workbench).map(|(mean, recorded)| Chunk::of(rows, &mean, &recorded));
        let mut wanted = None;
        ScrollArea::vertical()
            .id_salt("plots")
            .auto_shrink([false, false])
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for (nth, feature) in shown.iter().enumerate() {
                    let clock = nth + 1 == shown.len();
                    let place = Place {
                        width: ui.available_width(),
                        height: each + if clock { CLOCK } else { 0.0 },
                        clock,
                        at,
                    };
                    self.line(ui, feature, usize::try_from(set.at).unwrap_or(0));
                    let curve = curve_of(&mut self.curves, rows, feature);
                    if let Some(curve) = curve {
                        let of_action = |chunk: &&Chunk| chunk.feature == feature.name;
                        let chunk = predicted.as_ref().filter(of_action);
                        let drawn = Drawn {
                            rows,
                            feature,
                            curve,
                            chunk,
                        };
                        let asked = curve::ui(ui, &drawn, &self.off, &place);
                        wanted = asked.or(wanted);
                    }
                }
            });
        if let (Some(time), Some(source)) = (wanted, camera(context)) {
            let row = rows.row_at(time) as u64;
            if row != set.at {
                context.push(Command::Seek(source, row));
            }
        }
    }

    /// A switch for each feature.
    fn features(&mut self, ui: &mut Ui, rows: &EpisodeRows) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(SPACE_SMALL, SPACE_SMALL);
            for feature in &rows.features {
                let on = self.is_on(&feature.name);
                let name = feature_name(&feature.name);
                let button = ActionButton::new("", name).compact().height(TARGET_MIN);
                let pressed = ui.add(button.selected(on)).on_hover_text(&feature.name);
                if pressed.clicked() && !self.changed.remove(&feature.name) {
                    self.changed.insert(feature.name.clone());
                }
            }
        });
    }

    /// Name of a feature and a switch for each of its axes, with its value now in the tooltip.
    fn line(&mut self, ui: &mut Ui, feature: &FeatureRows, row: usize) {
        let p = Palette::of(ui);
        let size = vec2(ui.available_width(), TARGET_MIN);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            if (2..=SWITCHES).contains(&feature.width()) {
                let names = words::short(&feature.axes);
                let room = ui.available_width() * NAMES / names.len() as f32;
                for axis in (0..feature.width()).rev() {
                    let key = (feature.name.clone(), axis);
                    let on = !self.off.contains(&key);
                    let name = (feature.axes[axis].as_str(), names[axis]);
                    let pressed = short_switch(ui, name, room, (color(ui, axis), on));
                    if pressed && !self.off.remove(&key) {
                        self.off.insert(key);
                    }
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let name = theme::secondary(feature_name(&feature.name)).color(p.weak);
                let label = ui.add(Label::new(name).truncate());
                label.on_hover_text(values(feature, row));
            });
        });
    }
}

/// The curves of a feature, made once for each episode.
fn curve_of<'a>(
    curves: &'a mut Option<(Arc<EpisodeRows>, BTreeMap<String, Curve>)>,
    rows: &Arc<EpisodeRows>,
    feature: &FeatureRows,
) -> Option<&'a Curve> {
    if curves.as_ref().is_none_or(|(of, _)| !Arc::ptr_eq(of, rows)) {
        *curves = Some((Arc::clone(rows), BTreeMap::new()));
    }
    let (_, made) = curves.as_mut()?;
    Some(
        made.entry(feature.name.clone())
            .or_insert_with(|| Curve::of(rows, feature)),
    )
}

/// A camera of the episode: moving it moves all.
fn camera(context: &PanelContext<'_>) -> Option<crate::engine::SourceId> {
    let sources = context.workbench.sources.iter();
    let mut cameras = sources.filter(|source| source.is_of_dataset());
    cameras.next().map(|source| source.id)
}

/// "state" of "observation.state"; what is unclear alone keeps more of its name.
fn feature_name(name: &str) -> &str {
    let name = name.strip_prefix("observation.").unwrap_or(name);
    name.strip_prefix("annotation.").unwrap_or(name)
}

fn values(feature: &FeatureRows, row: usize) -> String {
    let values = feature.row(row).unwrap_or_default();
    let lines: Vec<String> = feature
        .axes
        .iter()
        .zip(values)
        .map(|(axis, value)| format!("{axis}  {value:.4}"))
        .collect();
    format!("{}\n{}", feature.name, lines.join("\n"))
}

/// Which episode, what is to be done, what is being done, and which ground truth is drawn.
fn header(ui: &mut Ui, context: &mut PanelContext<'_>, set: &DatasetState) {
    let p = Palette::of(ui);
    let (Some(about), Some(entry)) = (set.about(), set.shown()) else {
        return;
    };
    let size = vec2(ui.available_width(), CONTROL);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = SPACE_SMALL;
        if about.has_truth {
            truth_switches(ui, context);
        }
        let activity = &set.note;
        if about.kind == DatasetKind::Episodes && !activity.is_empty() {
            chip(ui, activity, Tone::Accent).on_hover_text("What the arm does now");
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = SPACE;
            ui.add(Label::new(theme::semibold(words::name(about, entry))));
            let text = set.text(entry);
            let task = ui.add(Label::new(theme::body(text).color(p.weak)).truncate());
            task.on_hover_text(text);
        });
    });
}

fn truth_switches(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let layers = context.workbench.settings.truth;
    let kinds = [
        (GroundingKind::Trace, icons::TRACE),
        (GroundingKind::Point, icons::POINT),
        (GroundingKind::Box, icons::BOX),
    ];
    ui.spacing_mut().item_spacing.x = 0.0;
    for (kind, icon) in kinds {
        let name = format!("{} that are true", truth::kind_name(kind));
        let button = crate::ui::widgets::IconButton::new(icon, &name).side(TARGET_MIN);
        if ui.add(button.selected(layers.shows(kind))).clicked() {
            context.push(Command::Dataset(DatasetCommand::ToggleTruth(kind)));
        }
    }
    icon_mode(
        ui,
        context,
        icons::TARGET,
        CommandId::ToggleTruth,
        layers.on,
    );
}

/// Questions and answers about a sample.
fn conversation(ui: &mut Ui, set: &DatasetState) {
    let p = Palette::of(ui);
    ScrollArea::vertical()
        .id_salt("turns")
        .auto_shrink([false, false])
        .show(ui, |ui| {
            if set.turns.is_empty() {
                ui.add(Label::new(theme::body(&set.note)).wrap().selectable(true));
            }
            for (role, text) in &set.turns {
                ui.label(theme::caption(role).color(p.weak));
                ui.add(Label::new(theme::body(text)).wrap().selectable(true));
                ui.add_space(SPACE);
            }
        });
}

fn failure(ui: &mut Ui, why: &str) {
    let parts = Message::of(why);
    let shown = EmptyState {
        icon: icons::WARNING,
        title: &parts.what,
        hint: &format!("{}\n{}", parts.advice, parts.place),
        tone: Tone::Danger,
        ..EmptyState::default()
    };
    empty_state(ui, &shown);
}

fn nothing(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let shortcut = context.shortcut(CommandId::OpenDataset);
    let shown = EmptyState {
        icon: icons::CHART,
        title: "No episode on show",
        hint: "Its states and actions are drawn here over time.",
        action: (icons::FOLDER, "Open dataset", &shortcut),
        ..EmptyState::default()
    };
    if empty_state(ui, &shown).acted {
        context.plain(CommandId::OpenDataset);
    }
}
