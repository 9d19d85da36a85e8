//! How tiles lie, said as a plan: panels that share a place, and places beside or below each other by their shares.

use egui_tiles::{Container, Tile, TileId, Tiles, Tree};

use super::PanelId;

/// A place in the window.
pub(super) enum Plan {
    /// Panels that share it.
    Tabs(Vec<PanelId>),
    /// Places beside each other, by shares.
    Beside(Vec<(f32, Plan)>),
    /// Places below each other, by shares.
    Below(Vec<(f32, Plan)>),
}

impl Plan {
    /// Panels that share a place, those of several lists one after the other.
    pub(super) fn tabs(lists: &[&[PanelId]]) -> Self {
        Self::Tabs(lists.concat())
    }

    /// Two places below each other.
    pub(super) fn stacked(share: f32, upper: Self, lower: Self) -> Self {
        Self::Below(vec![(share, upper), (1.0 - share, lower)])
    }

    /// The tree of this plan, under a name of its own.
    pub(super) fn tree(self, name: &str) -> Tree<PanelId> {
        let mut tiles = Tiles::default();
        let root = self.lay(&mut tiles);
        Tree::new(egui::Id::unique(name), root, tiles)
    }

    fn lay(self, tiles: &mut Tiles<PanelId>) -> TileId {
        let beside = matches!(self, Self::Beside(_));
        let parts = match self {
            Self::Tabs(panels) => {
                let panes = panels.into_iter().map(|id| tiles.insert_pane(id)).collect();
                return tiles.insert_tab_tile(panes);
            }
            Self::Beside(parts) | Self::Below(parts) => parts,
        };
        let (shares, plans): (Vec<f32>, Vec<Self>) = parts.into_iter().unzip();
        let children: Vec<TileId> = plans.into_iter().map(|plan| plan.lay(tiles)).collect();
        let parent = if beside {
            tiles.insert_horizontal_tile(children.clone())
        } else {
            tiles.insert_vertical_tile(children.clone())
        };
        if let Some(Tile::Container(Container::Linear(linear))) = tiles.get_mut(parent) {
            for (child, share) in children.into_iter().zip(shares) {
                linear.shares.set_share(child, share);
            }
        }
        parent
    }
}
