//! How the tiles of the inspect workspace lie: sources on the left, views in the middle, the question and its results on
//! the right.

use super::plan::Plan;
use super::{PanelId, Trees};

/// Shares of the window: the picture is the product, and has 60 % of 1280x800.
const SOURCES_SHARE: f32 = 0.099;
const VIEWS_SHARE: f32 = 0.679;
const SIDE_SHARE: f32 = 0.222;
const ASK_SHARE: f32 = 0.55;

const SOURCES: &[PanelId] = &[PanelId::Sources];
const VIEWS: &[PanelId] = &[PanelId::Views];

/// The panels from which something is begun.
const TASKS: &[PanelId] = &[PanelId::Ask, PanelId::Simulator, PanelId::Generate];

/// The panels that share a place at the side.
const RESULTS: &[PanelId] = &[
    PanelId::Groundings,
    PanelId::Actions,
    PanelId::Model,
    PanelId::Timing,
    PanelId::Log,
];

pub(super) fn trees() -> Trees {
    let tabs = |list| Plan::tabs(&[list]);
    let wide = Plan::Beside(vec![
        (SOURCES_SHARE, tabs(SOURCES)),
        (VIEWS_SHARE, tabs(VIEWS)),
        (
            SIDE_SHARE,
            Plan::stacked(ASK_SHARE, tabs(TASKS), tabs(RESULTS)),
        ),
    ]);
    let below = vec![(1.0, Plan::tabs(&[TASKS, SOURCES])), (1.0, tabs(RESULTS))];
    let rest = Plan::tabs(&[TASKS, SOURCES, RESULTS]);
    Trees {
        wide: wide.tree("tiles"),
        tall: Plan::stacked(0.5, tabs(VIEWS), Plan::Beside(below)).tree("tall tiles"),
        low: Plan::Beside(vec![(1.0, tabs(VIEWS)), (1.0, rest)]).tree("low tiles"),
    }
}
