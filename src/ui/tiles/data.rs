//! How the tiles of the data workspace lie: the list on the left, cameras over curves in the middle, the model on the
//! right.

use egui_tiles::{Tiles, Tree};

use super::{PanelId, Trees, share, tabs};

/// Shares of the window.
const LIST_SHARE: f32 = 0.2;
const MIDDLE_SHARE: f32 = 0.578;
const SIDE_SHARE: f32 = 0.222;
const VIEWS_SHARE: f32 = 0.62;
const ASK_SHARE: f32 = 0.5;

/// The panels that share a place at the side.
const RESULTS: [PanelId; 5] = [
    PanelId::Actions,
    PanelId::Groundings,
    PanelId::Model,
    PanelId::Timing,
    PanelId::Log,
];
const LISTS: [PanelId; 2] = [PanelId::Datasets, PanelId::Sources];

pub(super) fn trees() -> Trees {
    Trees {
        wide: wide(),
        tall: tall(),
        low: low(),
    }
}

fn wide() -> Tree<PanelId> {
    let mut tiles = Tiles::default();
    let lists = tabs(&mut tiles, &LISTS);
    let views = tabs(&mut tiles, &[PanelId::Views]);
    let episode = tabs(&mut tiles, &[PanelId::Episode]);
    let middle = tiles.insert_vertical_tile(vec![views, episode]);
    let shares = [(views, VIEWS_SHARE), (episode, 1.0 - VIEWS_SHARE)];
    share(&mut tiles, middle, &shares);
    let ask = tabs(&mut tiles, &[PanelId::Ask]);
    let results = tabs(&mut tiles, &RESULTS);
    let side = tiles.insert_vertical_tile(vec![ask, results]);
    let shares = [(ask, ASK_SHARE), (results, 1.0 - ASK_SHARE)];
    share(&mut tiles, side, &shares);
    let root = tiles.insert_horizontal_tile(vec![lists, middle, side]);
    let shares = [
        (lists, LIST_SHARE),
        (middle, MIDDLE_SHARE),
        (side, SIDE_SHARE),
    ];
    share(&mut tiles, root, &shares);
    Tree::new(egui::Id::unique("data tiles"), root, tiles)
}

fn tall() -> Tree<PanelId> {
    let mut tiles = Tiles::default();
    let views = tabs(&mut tiles, &[PanelId::Views]);
    let lists = tabs(&mut tiles, &LISTS);
    let front = [PanelId::Episode, PanelId::Ask];
    let rest: Vec<PanelId> = front.into_iter().chain(RESULTS).collect();
    let rest = tabs(&mut tiles, &rest);
    let below = tiles.insert_horizontal_tile(vec![lists, rest]);
    let root = tiles.insert_vertical_tile(vec![views, below]);
    Tree::new(egui::Id::unique("tall data tiles"), root, tiles)
}

fn low() -> Tree<PanelId> {
    let mut tiles = Tiles::default();
    let views = tabs(&mut tiles, &[PanelId::Views]);
    let front = [
        PanelId::Datasets,
        PanelId::Episode,
        PanelId::Ask,
        PanelId::Sources,
    ];
    let rest: Vec<PanelId> = front.into_iter().chain(RESULTS).collect();
    let rest = tabs(&mut tiles, &rest);
    let root = tiles.insert_horizontal_tile(vec![views, rest]);
    Tree::new(egui::Id::unique("low data tiles"), root, tiles)
}
