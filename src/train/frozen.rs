//! What of a model is not trained, in short: a run that is resumed must find it as it was. It is read again from
//! `model.from`, which may be a run that has gone on meanwhile.

use std::collections::BTreeMap;
use std::path::Path;

use burn::tensor::Tensor;

use super::TrainError;
use super::learner::Learner;
use crate::model::training::{Parameters, fetch};

/// Its name beside the saved state.
pub(super) const FROZEN: &str = "frozen";
/// Values of each parameter that are looked at: a model that was trained on has others everywhere.
const LOOKED_AT: usize = 8;

/// How many parameters have no rate, and a number that stands for them; none where everything is trained.
pub(super) fn print(
    (learner, parameters): (&Learner, &Parameters),
    rates: &[Option<f64>],
) -> Result<Option<String>, TrainError> {
    let mut beginnings: Vec<Tensor<1>> = Vec::new();
    parameters.each(learner, &mut |at, value| {
        if rates[at].is_none() {
            let count = value.dims()[0].min(LOOKED_AT);
            beginnings.push(value.narrow(0, 0, count));
        }
    });
    if beginnings.is_empty() {
        return Ok(None);
    }
    // FNV-1a over their bytes.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for value in fetch(&beginnings)?.into_iter().flatten() {
        for byte in value.to_le_bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    Ok(Some(format!("{} {hash:016x}", beginnings.len())))
}

/// Refuses a run whose frozen weights are no longer those it began with. Where others are frozen by now, nothing is known.
pub(super) fn check(
    metadata: &BTreeMap<String, String>,
    now: Option<&String>,
    path: &Path,
) -> Result<(), TrainError> {
    let count = |print: &str| print.split(' ').next().map(str::to_owned);
    match (metadata.get(FROZEN), now) {
        (Some(then), Some(now)) if then != now && count(then) == count(now) => {
            Err(TrainError::State {
                what: "the weights that are not trained are others than those it began with, so `model.from` has changed; give it the checkpoint of then".into(),
                path: path.to_owned(),
            })
        }
        _ => Ok(()),
    }
}
