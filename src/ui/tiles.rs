//! The tiles: which panels there are and how they lie when nobody has moved them.

use std::collections::BTreeMap;

use egui::{Frame, Margin, Ui, WidgetText};
use egui_tiles::{Behavior, SimplificationOptions, TileId, Tiles, Tree, UiResponse};
use serde::{Deserialize, Serialize};

use super::actions::ActionsPanel;
use super::ask::AskPanel;
use super::groundings::GroundingsPanel;
use super::log::LogPanel;
use super::model::ModelPanel;
use super::panel::{Panel, PanelContext};
use super::sources::SourcesPanel;
use super::theme::{self, Palette};
use super::timing::TimingPanel;
use super::views::ViewsPanel;

/// Names a panel in a saved layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PanelId {
    /// What is open.
    Sources,
    /// What the model sees and says.
    Views,
    /// The question.
    Ask,
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
}

/// Makes a panel.
type NewPanel = fn() -> Box<dyn Panel>;

/// One row for each panel. A new panel is one file and one row.
const PANELS: &[(PanelId, NewPanel)] = &[
    (PanelId::Sources, || Box::<SourcesPanel>::default()),
    (PanelId::Views, || Box::<ViewsPanel>::default()),
    (PanelId::Ask, || Box::<AskPanel>::default()),
    (PanelId::Groundings, || Box::<GroundingsPanel>::default()),
    (PanelId::Model, || Box::<ModelPanel>::default()),
    (PanelId::Actions, || Box::<ActionsPanel>::default()),
    (PanelId::Timing, || Box::<TimingPanel>::default()),
    (PanelId::Log, || Box::<LogPanel>::default()),
];

/// Narrowest a tile becomes, so that its controls stay within reach.
const TILE_MIN: f32 = 140.0;

/// Shares of the window: the picture is the product.
const SOURCES_SHARE: f32 = 0.125;
const VIEWS_SHARE: f32 = 0.635;
const SIDE_SHARE: f32 = 0.24;
const ASK_SHARE: f32 = 0.55;

/// The panels and how they lie.
pub struct Tilework {
    panels: BTreeMap<PanelId, Box<dyn Panel>>,
    tree: Tree<PanelId>,
}

impl Default for Tilework {
    fn default() -> Self {
        Self {
            panels: PANELS.iter().map(|(id, new)| (*id, new())).collect(),
            tree: layout(),
        }
    }
}

impl Tilework {
    /// Draws every visible panel.
    pub fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let mut behavior = Tiling {
            panels: &mut self.panels,
            context,
        };
        self.tree.ui(&mut behavior, ui);
    }

    /// Tells every panel a command that only concerns views.
    pub fn command(&mut self, command: crate::workbench::CommandId) {
        for panel in self.panels.values_mut() {
            panel.command(command);
        }
    }

    /// Brings a panel to the front of its tabs.
    pub fn reveal(&mut self, id: PanelId) {
        self.tree
            .make_active(|_, tile| matches!(tile, egui_tiles::Tile::Pane(pane) if *pane == id));
    }

    /// Puts every tile back where it came.
    pub fn reset(&mut self) {
        self.tree = layout();
    }

    /// The layout, to be kept.
    #[must_use]
    pub fn save(&self) -> Option<serde_json::Value> {
        serde_json::to_value(&self.tree).ok()
    }

    /// Takes a layout that was kept, unless it lacks a panel or does not fit this version.
    pub fn restore(&mut self, saved: serde_json::Value) {
        let Ok(tree) = serde_json::from_value::<Tree<PanelId>>(saved) else {
            return;
        };
        if PANELS
            .iter()
            .all(|(id, _)| tree.tiles.find_pane(id).is_some())
        {
            self.tree = tree;
        }
    }
}

fn layout() -> Tree<PanelId> {
    let mut tiles = Tiles::default();
    let mut pane = |id| tiles.insert_pane(id);
    let sources = pane(PanelId::Sources);
    let views = pane(PanelId::Views);
    let ask = pane(PanelId::Ask);
    let tabs = [
        PanelId::Groundings,
        PanelId::Actions,
        PanelId::Model,
        PanelId::Timing,
        PanelId::Log,
    ]
    .map(&mut pane);
    let tabs = tiles.insert_tab_tile(tabs.to_vec());
    let side = tiles.insert_vertical_tile(vec![ask, tabs]);
    share(
        &mut tiles,
        side,
        &[(ask, ASK_SHARE), (tabs, 1.0 - ASK_SHARE)],
    );
    let root = tiles.insert_horizontal_tile(vec![sources, views, side]);
    let shares = [
        (sources, SOURCES_SHARE),
        (views, VIEWS_SHARE),
        (side, SIDE_SHARE),
    ];
    share(&mut tiles, root, &shares);
    Tree::new(egui::Id::unique("tiles"), root, tiles)
}

fn share(tiles: &mut Tiles<PanelId>, parent: TileId, shares: &[(TileId, f32)]) {
    let parent = tiles.get_mut(parent);
    if let Some(egui_tiles::Tile::Container(egui_tiles::Container::Linear(linear))) = parent {
        for (child, share) in shares {
            linear.shares.set_share(*child, *share);
        }
    }
}

struct Tiling<'a, 'b> {
    panels: &'a mut BTreeMap<PanelId, Box<dyn Panel>>,
    context: &'a mut PanelContext<'b>,
}

impl Behavior<PanelId> for Tiling<'_, '_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile: TileId, pane: &mut PanelId) -> UiResponse {
        let palette = Palette::of(ui);
        let margin = match pane {
            PanelId::Views => Margin::ZERO,
            _ => Margin::same(theme::SPACE as i8),
        };
        let frame = Frame::NONE.fill(palette.panel).inner_margin(margin);
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

    fn gap_width(&self, _style: &egui::Style) -> f32 {
        theme::HAIRLINE
    }

    fn min_size(&self) -> f32 {
        TILE_MIN
    }

    fn tab_bar_height(&self, _style: &egui::Style) -> f32 {
        theme::CONTROL
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions {
            all_panes_must_have_tabs: false,
            ..SimplificationOptions::default()
        }
    }
}
