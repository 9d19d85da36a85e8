//! How the tiles of the inspect workspace lie: sources on the left, views in the middle, the question and its results on
//! the right.

use egui_tiles::{Tiles, Tree};

use super::{PanelId, Trees, share, tabs};

/// Shares of the window: the picture is the product, and has 60 % of 1280x800.
const SOURCES_SHARE: f32 = 0.099;
const VIEWS_SHARE: f32 = 0.679;
const SIDE_SHARE: f32 = 0.222;
const ASK_SHARE: f32 = 0.55;

/// The panels that share a place at the side.
const RESULTS: [PanelId; 5] = [
    PanelId::Groundings,
    PanelId::Actions,
    PanelId::Model,
    PanelId::Timing,
    PanelId::Log,
];

/// The panels from which something is begun.
const TASKS: [PanelId; 3] = [PanelId::Ask, PanelId::Simulator, PanelId::Generate];

pub(super) fn trees() -> Trees {
    Trees {
        wide: wide(),
        tall: tall(),
        low: low(),
    }
}

fn wide() -> Tree<PanelId> {
    let mut tiles = Tiles::default();
    let sources = tabs(&mut tiles, &[PanelId::Sources]);
    let views = tabs(&mut tiles, &[PanelId::Views]);
    let ask = tabs(&mut tiles, &TASKS);
    let results = tabs(&mut tiles, &RESULTS);
    let side = tiles.insert_vertical_tile(vec![ask, results]);
    share(
        &mut tiles,
        side,
        &[(ask, ASK_SHARE), (results, 1.0 - ASK_SHARE)],
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

fn tall() -> Tree<PanelId> {
    let mut tiles = Tiles::default();
    let views = tabs(&mut tiles, &[PanelId::Views]);
    let ask: Vec<PanelId> = TASKS.into_iter().chain([PanelId::Sources]).collect();
    let ask = tabs(&mut tiles, &ask);
    let results = tabs(&mut tiles, &RESULTS);
    let below = tiles.insert_horizontal_tile(vec![ask, results]);
    let root = tiles.insert_vertical_tile(vec![views, below]);
    Tree::new(egui::Id::unique("tall tiles"), root, tiles)
}

fn low() -> Tree<PanelId> {
    let mut tiles = Tiles::default();
    let views = tabs(&mut tiles, &[PanelId::Views]);
    let front = TASKS.into_iter().chain([PanelId::Sources]);
    let rest: Vec<PanelId> = front.chain(RESULTS).collect();
    let rest = tabs(&mut tiles, &rest);
    let root = tiles.insert_horizontal_tile(vec![views, rest]);
    Tree::new(egui::Id::unique("low tiles"), root, tiles)
}
