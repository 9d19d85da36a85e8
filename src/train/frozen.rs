//! What of a model is not trained, in short: a run that is resumed must find it as it was. It is read again from
//! `model.from`, which may be a run that has gone on meanwhile; and what learns must stay the same, for only that is saved.

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

/// Refuses a run whose frozen weights are no longer those it began with: others of the model, or other values.
pub(super) fn check(
    metadata: &BTreeMap<String, String>,
    now: Option<&String>,
    path: &Path,
) -> Result<(), TrainError> {
    let then = metadata.get(FROZEN);
    if then == now {
        return Ok(());
    }
    let count = |print: Option<&String>| {
        let first = print.and_then(|print| print.split(' ').next());
        first.unwrap_or("0").to_owned()
    };
    let (before, after) = (count(then), count(now));
    let what = if before == after {
        "the weights that are not trained are others than those it began with, so `model.from` has changed; give it the checkpoint of then".into()
    } else {
        format!(
            "it left {before} parameters untrained, this run {after}: set `freeze`, `rates` and `lora` as they were, or begin a new run from its checkpoint"
        )
    };
    Err(TrainError::State {
        what,
        path: path.to_owned(),
    })
}
