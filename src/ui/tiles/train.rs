//! How the tiles of the workspace for training lie: the recipe on the left, curves and scores in the middle, runs over
//! the canvas on the right, so that a failure is seen beside its numbers.

use egui_tiles::{Tiles, Tree};

use super::{PanelId, Trees, share, tabs};

/// Shares of the window.
const RECIPE_SHARE: f32 = 0.25;
const MIDDLE_SHARE: f32 = 0.465;
const SIDE_SHARE: f32 = 0.285;
const RUNS_SHARE: f32 = 0.55;

const MIDDLE: [PanelId; 3] = [PanelId::Curves, PanelId::Samples, PanelId::Evaluation];
const RECIPES: [PanelId; 2] = [PanelId::Recipe, PanelId::Sources];
const RUNS: [PanelId; 3] = [PanelId::Runs, PanelId::Model, PanelId::Log];

pub(super) fn trees() -> Trees {
    Trees {
        wide: wide(),
        tall: tall(),
        low: low(),
    }
}

fn wide() -> Tree<PanelId> {
    let mut tiles = Tiles::default();
    let recipe = tabs(&mut tiles, &RECIPES);
    let middle = tabs(&mut tiles, &MIDDLE);
    let runs = tabs(&mut tiles, &RUNS);
    let views = tabs(&mut tiles, &[PanelId::Views]);
    let side = tiles.insert_vertical_tile(vec![runs, views]);
    share(
        &mut tiles,
        side,
        &[(runs, RUNS_SHARE), (views, 1.0 - RUNS_SHARE)],
    );
    let root = tiles.insert_horizontal_tile(vec![recipe, middle, side]);
    let shares = [
        (recipe, RECIPE_SHARE),
        (middle, MIDDLE_SHARE),
        (side, SIDE_SHARE),
    ];
    share(&mut tiles, root, &shares);
    Tree::new(egui::Id::unique("train tiles"), root, tiles)
}

fn tall() -> Tree<PanelId> {
    let mut tiles = Tiles::default();
    let middle = tabs(&mut tiles, &MIDDLE);
    let recipe = tabs(&mut tiles, &RECIPES);
    let rest: Vec<PanelId> = RUNS.into_iter().chain([PanelId::Views]).collect();
    let rest = tabs(&mut tiles, &rest);
    let below = tiles.insert_horizontal_tile(vec![recipe, rest]);
    let root = tiles.insert_vertical_tile(vec![middle, below]);
    Tree::new(egui::Id::unique("tall train tiles"), root, tiles)
}

fn low() -> Tree<PanelId> {
    let mut tiles = Tiles::default();
    let middle = tabs(&mut tiles, &MIDDLE);
    let rest = RECIPES.into_iter().chain(RUNS).chain([PanelId::Views]);
    let rest: Vec<PanelId> = rest.collect();
    let rest = tabs(&mut tiles, &rest);
    let root = tiles.insert_horizontal_tile(vec![middle, rest]);
    Tree::new(egui::Id::unique("low train tiles"), root, tiles)
}
