//! What a run needs to go on as if it had never stopped: weights, the optimiser's memory, running means, the step.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use burn::tensor::{Device, Tensor, TensorData};
use safetensors::{Dtype, SafeTensors};
use serde_json::{Map, Value, json};

use super::TrainError;
use super::learner::Learner;
use super::optimizer::Optimizer;
use crate::media::ScratchFile;
use crate::model::pass::values;
use crate::model::training::{Moments, Parameters};

/// The file in the run folder.
pub(super) const STATE: &str = "state.safetensors";

/// Beginnings of names in it.
const WEIGHT: &str = "weight.";
const FIRST: &str = "first.";
const SECOND: &str = "second.";
const MEAN: &str = "mean.";
const UPDATES: &str = "updates.";

/// A tensor to be written: name, shape and values.
pub(super) type Entry = (String, Vec<usize>, Tensor<1>);

/// Writes f32 tensors one after the other, so that no more than one is held twice.
pub(super) fn write_tensors(
    path: &Path,
    entries: &[Entry],
    metadata: &BTreeMap<String, String>,
) -> Result<(), TrainError> {
    let mut header = Map::new();
    header.insert("__metadata__".into(), json!(metadata));
    let mut offset = 0;
    for (name, shape, _) in entries {
        let end = offset + 4 * shape.iter().product::<usize>();
        let entry = json!({ "dtype": "F32", "shape": shape, "data_offsets": [offset, end] });
        header.insert(name.clone(), entry);
        offset = end;
    }
    let mut header = Value::Object(header).to_string().into_bytes();
    // The data begins at a multiple of eight.
    header.resize(header.len().next_multiple_of(8), b' ');
    let io = |source| TrainError::io("saving", path, source);
    let mut file = ScratchFile::create(path)?;
    file.write_all(&(header.len() as u64).to_le_bytes())
        .and_then(|()| file.write_all(&header))
        .map_err(io)?;
    for (_, _, tensor) in entries {
        let values = values(tensor.clone())?;
        file.write_all(bytemuck::cast_slice(&values)).map_err(io)?;
    }
    Ok(file.commit()?)
}

/// Saves the state of a run after `step` steps.
pub(super) fn save(
    path: &Path,
    (learner, parameters): (&Learner, &Parameters),
    optimizer: &Optimizer,
    metadata: &BTreeMap<String, String>,
) -> Result<(), TrainError> {
    let mut entries: Vec<Entry> = Vec::new();
    parameters.each(learner, &mut |at, value| {
        if optimizer.rates[at].is_none() {
            return;
        }
        let named = &parameters.list()[at];
        let mut add = |kind: &str, tensor: Tensor<1>| {
            entries.push((format!("{kind}{}", named.name), named.shape.clone(), tensor));
        };
        add(WEIGHT, value);
        if let Some(mean) = &optimizer.mean[at] {
            add(MEAN, mean.clone());
        }
        if let Some(moments) = &optimizer.moments[at] {
            add(FIRST, moments.first.clone());
            add(SECOND, moments.second.clone());
            // Exact up to 16 million of them.
            let updates = Tensor::from_floats([moments.updates as f32], &moments.first.device());
            entries.push((format!("{UPDATES}{}", named.name), vec![1], updates));
        }
    });
    write_tensors(path, &entries, metadata)
}

/// Reads the state back: the learner with its weights, the optimiser with its memory, and what was noted beside them.
pub(super) fn load(
    path: &Path,
    (learner, parameters): (Learner, &Parameters),
    optimizer: &mut Optimizer,
    device: &Device,
) -> Result<(Learner, BTreeMap<String, String>), TrainError> {
    let bytes = std::fs::read(path)
        .map_err(|source| TrainError::io("reading the saved state", path, source))?;
    let wrong = |what: String| TrainError::State {
        what,
        path: path.to_owned(),
    };
    let (_, header) = SafeTensors::read_metadata(&bytes)
        .map_err(|error| wrong(format!("it is damaged ({error})")))?;
    let file = SafeTensors::deserialize(&bytes)
        .map_err(|error| wrong(format!("it is damaged ({error})")))?;
    let read = |kind: &str, at: usize| -> Result<Option<Tensor<1>>, TrainError> {
        let named = &parameters.list()[at];
        let name = format!("{kind}{}", named.name);
        let Ok(view) = file.tensor(&name) else {
            return Ok(None);
        };
        let shape = if kind == UPDATES {
            &[1][..]
        } else {
            &named.shape
        };
        if view.shape() != shape || view.dtype() != Dtype::F32 {
            let found = view.shape();
            return Err(wrong(format!(
                "{name} has shape {found:?}, the model {shape:?}"
            )));
        }
        let chunks = view.data().as_chunks::<4>().0.iter();
        let values: Vec<f32> = chunks.map(|bytes| f32::from_le_bytes(*bytes)).collect();
        let count = values.len();
        Ok(Some(Tensor::from_data(
            TensorData::new(values, [count]),
            device,
        )))
    };
    let metadata = header.metadata().clone().unwrap_or_default();
    let steps = metadata.get("step").and_then(|step| step.parse().ok());
    let steps: u64 = steps.unwrap_or(0);
    let mut weights = Vec::with_capacity(parameters.list().len());
    for at in 0..parameters.list().len() {
        let weight = read(WEIGHT, at)?;
        if optimizer.rates[at].is_some() && weight.is_none() {
            let name = &parameters.list()[at].name;
            return Err(wrong(format!("it has no {name}")));
        }
        weights.push(weight);
        if let (Some(first), Some(second)) = (read(FIRST, at)?, read(SECOND, at)?) {
            let updates = match read(UPDATES, at)? {
                Some(count) => values(count)?.first().copied().unwrap_or(0.0) as u64,
                // Kept since the second edition of this file: before, all parameters counted the steps.
                None => steps,
            };
            optimizer.moments[at] = Some(Moments {
                first,
                second,
                updates,
            });
        }
        if optimizer.keeps_mean() {
            optimizer.mean[at] = read(MEAN, at)?;
        }
    }
    let learner = parameters.updated(learner, &mut |at, _| weights[at].take());
    Ok((learner, metadata.into_iter().collect()))
}
