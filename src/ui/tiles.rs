//! The tiles: which panels there are and how they lie when nobody has moved them.

mod data;
mod inspect;
mod plan;
mod train;

use std::collections::BTreeMap;

use egui::{Color32, Frame, Stroke, Ui, Vec2, Visuals, WidgetText};
use egui_tiles::{
    Behavior, SimplificationOptions, TabState, Tabs, Tile, TileId, Tiles, Tree, UiResponse,
};
use serde::{Deserialize, Serialize};

use super::act::small_icon_act;
use super::actions::ActionsPanel;
use super::ask::AskPanel;
use super::datasets::{DatasetsPanel, EpisodePanel};
use super::eval::EvalPanel;
use super::generate::GeneratePanel;
use super::groundings::GroundingsPanel;
use super::icons;
use super::log::LogPanel;
use super::model::ModelPanel;
use super::panel::{Panel, PanelContext};
use super::simulator::SimulatorPanel;
use super::sources::SourcesPanel;
use super::theme::{self, Palette};
use super::timing::TimingPanel;
use super::train::{CurvesPanel, RunsPanel, SamplesPanel, TrainPanel};
use super::views::ViewsPanel;
use crate::workbench::{CommandId, Workspace};

/// Names a panel in a saved layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PanelId {
    /// What is open.
    Sources,
    /// What the model sees and says.
    Views,
    /// The question.
    Ask,
    /// The simulated table and arm.
    Simulator,
    /// Datasets by the scripted expert.
    Generate,
    /// The list of what it points at.
    Groundings,
    /// The checkpoint.
    Model,
    /// The action chunk.
    Actions,
    /// Where the time goes.
    Timing,
    /// Messages.
    Log,
    /// The open dataset.
    Datasets,
    /// Curves of its episode.
    Episode,
    /// What is to be trained.
    Recipe,
    /// Curves of runs.
    Curves,
    /// What is being learnt.
    Samples,
    /// Runs beside each other.
    Runs,
    /// Scores and failures.
    Evaluation,
}

/// Makes a panel.
type NewPanel = fn() -> Box<dyn Panel>;

/// One row for each panel. A new panel is one file and one row.
const PANELS: &[(PanelId, NewPanel)] = &[
    (PanelId::Sources, || Box::<SourcesPanel>::default()),
    (PanelId::Views, || Box::<ViewsPanel>::default()),
    (PanelId::Ask, || Box::<AskPanel>::default()),
    (PanelId::Simulator, || Box::<SimulatorPanel>::default()),
    (PanelId::Generate, || Box::<GeneratePanel>::default()),
    (PanelId::Groundings, || Box::<GroundingsPanel>::default()),
    (PanelId::Model, || Box::<ModelPanel>::default()),
    (PanelId::Actions, || Box::<ActionsPanel>::default()),
    (PanelId::Timing, || Box::<TimingPanel>::default()),
    (PanelId::Log, || Box::<LogPanel>::default()),
    (PanelId::Datasets, || Box::<DatasetsPanel>::default()),
    (PanelId::Episode, || Box::<EpisodePanel>::default()),
    (PanelId::Recipe, || Box::<TrainPanel>::default()),
    (PanelId::Curves, || Box::<CurvesPanel>::default()),
    (PanelId::Samples, || Box::<SamplesPanel>::default()),
    (PanelId::Runs, || Box::<RunsPanel>::default()),
    (PanelId::Evaluation, || Box::<EvalPanel>::default()),
];

/// Narrowest a tile becomes, so that its controls stay within reach.
const TILE_MIN: f32 = 140.0;

/// Space at either side of a tab's title.
const TAB_MARGIN: f32 = 7.0;

/// Width below which there is no room for panels on both sides of the canvas.
const NARROW: f32 = 960.0;
/// Width over height from which the panels of a narrow window stand beside the canvas, not below it.
const LOW: f32 = 1.1;

/// The panels and how they lie: for each workspace one arrangement for each form of window, each moved by itself.
pub struct Tilework {
    panels: BTreeMap<PanelId, Box<dyn Panel>>,
    spaces: Spaces,
}

/// The workspaces, as they are kept.
#[derive(Clone, Serialize, Deserialize)]
struct Spaces {
    inspect: Trees,
    #[serde(default = "data::trees")]
    data: Trees,
    #[serde(default = "train::trees")]
    train: Trees,
}

impl Spaces {
    fn new() -> Self {
        Self {
            inspect: inspect::trees(),
            data: data::trees(),
            train: train::trees(),
        }
    }

    const fn of(&mut self, workspace: Workspace) -> &mut Trees {
        match workspace {
            Workspace::Inspect => &mut self.inspect,
            Workspace::Data => &mut self.data,
            Workspace::Train => &mut self.train,
        }
    }

    fn all(&mut self) -> impl Iterator<Item = &mut Tree<PanelId>> {
        let [inspect, data, train] = [&mut self.inspect, &mut self.data, &mut self.train];
        [inspect.all(), data.all(), train.all()]
            .into_iter()
            .flatten()
    }
}

/// The arrangements of a workspace.
#[derive(Clone, Serialize, Deserialize)]
struct Trees {
    /// Sources, canvas and side beside each other.
    wide: Tree<PanelId>,
    /// The canvas above, everything else below it.
    tall: Tree<PanelId>,
    /// The canvas beside everything else: a small window, or a large text size.
    low: Tree<PanelId>,
}

impl Trees {
    fn for_size(&mut self, size: Vec2) -> &mut Tree<PanelId> {
        if size.x >= NARROW {
            &mut self.wide
        } else if size.x < size.y * LOW {
            &mut self.tall
        } else {
            &mut self.low
        }
    }

    fn all(&mut self) -> [&mut Tree<PanelId>; 3] {
        [&mut self.wide, &mut self.tall, &mut self.low]
    }
}

impl Default for Tilework {
    fn default() -> Self {
        Self {
            panels: PANELS.iter().map(|(id, new)| (*id, new())).collect(),
            spaces: Spaces::new(),
        }
    }
}

impl Tilework {
    /// Draws every visible panel.
    pub fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let workspace = context.workbench.settings.workspace;
        let mut behavior = Tiling {
            panels: &mut self.panels,
            context,
        };
        let tree = self.spaces.of(workspace).for_size(ui.available_size());
        tree.ui(&mut behavior, ui);
    }

    /// Tells every panel a command that only concerns views.
    pub fn command(&mut self, command: CommandId) {
        for panel in self.panels.values_mut() {
            panel.command(command);
        }
    }

    /// Brings a panel to the front of its tabs.
    pub fn reveal(&mut self, id: PanelId) {
        for tree in self.spaces.all() {
            tree.make_active(|_, tile| matches!(tile, Tile::Pane(pane) if *pane == id));
        }
    }

    /// Puts every tile back where it came.
    pub fn reset(&mut self) {
        self.spaces = Spaces::new();
    }

    /// The layout, to be kept.
    #[must_use]
    pub fn save(&self) -> Option<serde_json::Value> {
        serde_json::to_value(&self.spaces).ok()
    }

    /// Takes a layout that was kept, unless it lacks a panel or does not fit this version.
    pub fn restore(&mut self, saved: serde_json::Value) {
        let Ok(mut kept) = serde_json::from_value::<Spaces>(saved) else {
            return;
        };
        let holds = |tree: &Tree<PanelId>, id| tree.tiles.find_pane(id).is_some();
        for (tree, kept) in self.spaces.all().zip(kept.all()) {
            let whole = PANELS
                .iter()
                .all(|(id, _)| holds(kept, id) || !holds(tree, id));
            if whole {
                std::mem::swap(tree, kept);
            }
        }
    }
}

/// Panels behind each other, the first in front. One alone has tabs too: its title, and the handle to drag it by.
struct Tiling<'a, 'b> {
    panels: &'a mut BTreeMap<PanelId, Box<dyn Panel>>,
    context: &'a mut PanelContext<'b>,
}

impl Behavior<PanelId> for Tiling<'_, '_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile: TileId, pane: &mut PanelId) -> UiResponse {
        let palette = Palette::of(ui);
        let frame = match pane {
            // It covers its place itself.
            PanelId::Views => Frame::NONE,
            _ => Frame::NONE.fill(palette.panel).inner_margin(theme::SPACE),
        };
        frame.show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            if let Some(panel) = self.panels.get_mut(pane) {
                panel.ui(ui, self.context);
            }
        });
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &PanelId) -> WidgetText {
        let title = self.panels.get(pane).map_or("", |panel| panel.title());
        theme::secondary(title).into()
    }

    /// The canvas has its tools in its bar, where they cover no picture.
    fn top_bar_right_ui(
        &mut self,
        tiles: &Tiles<PanelId>,
        ui: &mut Ui,
        _tile: TileId,
        tabs: &Tabs,
        _scroll: &mut f32,
    ) {
        if tabs.active.and_then(|tile| tiles.get_pane(&tile)) != Some(&PanelId::Views) {
            return;
        }
        ui.spacing_mut().item_spacing.x = 0.0;
        for (icon, id) in [
            (icons::FIT, CommandId::FitView),
            (icons::ZOOM_IN, CommandId::ZoomIn),
            (icons::ZOOM_OUT, CommandId::ZoomOut),
        ] {
            small_icon_act(ui, self.context, icon, id);
        }
    }

    fn tab_bar_color(&self, visuals: &Visuals) -> Color32 {
        visuals.extreme_bg_color
    }

    fn tab_outline_stroke(
        &self,
        _visuals: &Visuals,
        _tiles: &Tiles<PanelId>,
        _tile: TileId,
        _state: &TabState,
    ) -> Stroke {
        Stroke::NONE
    }

    fn tab_text_color(
        &self,
        visuals: &Visuals,
        _tiles: &Tiles<PanelId>,
        _tile: TileId,
        state: &TabState,
    ) -> Color32 {
        let weak = visuals.weak_text_color.unwrap_or(visuals.text_color());
        if state.active {
            visuals.text_color()
        } else {
            weak
        }
    }

    fn tab_title_spacing(&self, _visuals: &Visuals) -> f32 {
        TAB_MARGIN
    }

    fn drag_preview_color(&self, visuals: &Visuals) -> Color32 {
        visuals.selection.bg_fill.gamma_multiply(0.6)
    }

    fn gap_width(&self, _style: &egui::Style) -> f32 {
        theme::HAIRLINE
    }

    fn min_size(&self) -> f32 {
        TILE_MIN
    }

    fn tab_bar_height(&self, _style: &egui::Style) -> f32 {
        theme::TARGET_MIN
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions {
            all_panes_must_have_tabs: true,
            ..SimplificationOptions::default()
        }
    }
}
