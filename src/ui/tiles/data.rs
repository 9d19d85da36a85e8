//! How the tiles of the data workspace lie: the list on the left, cameras over curves in the middle, the model on the
//! right.

use super::plan::Plan;
use super::{PanelId, Trees};

/// Shares of the window.
const LIST_SHARE: f32 = 0.2;
const MIDDLE_SHARE: f32 = 0.578;
const SIDE_SHARE: f32 = 0.222;
const VIEWS_SHARE: f32 = 0.62;
const ASK_SHARE: f32 = 0.5;

const LISTS: &[PanelId] = &[PanelId::Datasets, PanelId::Sources];
const VIEWS: &[PanelId] = &[PanelId::Views];
const EPISODE: &[PanelId] = &[PanelId::Episode];
const ASK: &[PanelId] = &[PanelId::Ask];

/// The panels that share a place at the side.
const RESULTS: &[PanelId] = &[
    PanelId::Actions,
    PanelId::Groundings,
    PanelId::Model,
    PanelId::Timing,
    PanelId::Log,
];

pub(super) fn trees() -> Trees {
    let tabs = |list| Plan::tabs(&[list]);
    let wide = Plan::Beside(vec![
        (LIST_SHARE, tabs(LISTS)),
        (
            MIDDLE_SHARE,
            Plan::stacked(VIEWS_SHARE, tabs(VIEWS), tabs(EPISODE)),
        ),
        (
            SIDE_SHARE,
            Plan::stacked(ASK_SHARE, tabs(ASK), tabs(RESULTS)),
        ),
    ]);
    let results = Plan::tabs(&[EPISODE, ASK, RESULTS]);
    let below = vec![(1.0, tabs(LISTS)), (1.0, results)];
    let rest = Plan::tabs(&[&LISTS[..1], EPISODE, ASK, &LISTS[1..], RESULTS]);
    Trees {
        wide: wide.tree("data tiles"),
        tall: Plan::stacked(0.5, tabs(VIEWS), Plan::Beside(below)).tree("tall data tiles"),
        low: Plan::Beside(vec![(1.0, tabs(VIEWS)), (1.0, rest)]).tree("low data tiles"),
    }
}
