//! Simulation against real robots.

use super::fields::{Fields, vector};
use super::tally::Tally;
use crate::metrics::reality::{mean_max_rank_violation, pearson};

pub(super) fn check(tally: &mut Tally, file: &mut Fields) {
    file.take("convention");
    for row in file.rows("rows") {
        match (vector(row.take("sim")), vector(row.take("real"))) {
            (Some(sim), Some(real)) if sim.len() == real.len() => {
                tally.number(&row, "mmrv", mean_max_rank_violation(&sim, &real));
                tally.number(&row, "pearson", pearson(&sim, &real));
            }
            _ => tally.unusable(&row, "sim or real"),
        }
        tally.rest(&row);
    }
}
