//! How the tiles of the workspace for training lie: the recipe on the left, curves and scores in the middle, runs over
//! the canvas on the right, so that a failure is seen beside its numbers.

use super::plan::Plan;
use super::{PanelId, Trees};

/// Shares of the window.
const RECIPE_SHARE: f32 = 0.25;
const MIDDLE_SHARE: f32 = 0.465;
const SIDE_SHARE: f32 = 0.285;
const RUNS_SHARE: f32 = 0.55;

const RECIPES: &[PanelId] = &[PanelId::Recipe, PanelId::Sources];
const MIDDLE: &[PanelId] = &[PanelId::Curves, PanelId::Samples, PanelId::Evaluation];
const RUNS: &[PanelId] = &[PanelId::Runs, PanelId::Model, PanelId::Log];
const VIEWS: &[PanelId] = &[PanelId::Views];

pub(super) fn trees() -> Trees {
    let tabs = |list| Plan::tabs(&[list]);
    let wide = Plan::Beside(vec![
        (RECIPE_SHARE, tabs(RECIPES)),
        (MIDDLE_SHARE, tabs(MIDDLE)),
        (
            SIDE_SHARE,
            Plan::stacked(RUNS_SHARE, tabs(RUNS), tabs(VIEWS)),
        ),
    ]);
    let below = vec![(1.0, tabs(RECIPES)), (1.0, Plan::tabs(&[RUNS, VIEWS]))];
    let rest = Plan::tabs(&[RECIPES, RUNS, VIEWS]);
    Trees {
        wide: wide.tree("train tiles"),
        tall: Plan::stacked(0.5, tabs(MIDDLE), Plan::Beside(below)).tree("tall train tiles"),
        low: Plan::Beside(vec![(1.0, tabs(MIDDLE)), (1.0, rest)]).tree("low train tiles"),
    }
}
