//! From the value a pickle ends with to the list of its tensors.

use std::collections::HashSet;

use super::super::file::shown;
use super::value::{Fault, Heap, TensorRecord, Value};

/// Where training programs put the state dictionary inside a larger one.
const WRAPPERS: [&str; 4] = ["state_dict", "model_state_dict", "model", "module"];
/// Wrappers inside wrappers; also ends cycles.
const MAX_WRAPPERS: usize = 4;
const MAX_NAME: usize = 512;

/// The tensors of a pickled state dictionary in its order, by name.
pub(in super::super) fn tensors(bytes: &[u8]) -> Result<Vec<(String, TensorRecord)>, Fault> {
    let (heap, mut value) = super::read(bytes)?;
    for _ in 0..MAX_WRAPPERS {
        let Some(pairs) = heap.pairs(value) else {
            return Err(Fault::Damaged(
                "the pickle does not end with a dictionary".into(),
            ));
        };
        if pairs
            .iter()
            .any(|[_, value]| matches!(value, Value::Tensor(_)))
        {
            return collect(&heap, pairs);
        }
        let wrapped = WRAPPERS.iter().find_map(|wrapper| {
            let found = pairs.iter().find(|[key, _]| *key == Value::Text(wrapper));
            found.map(|[_, value]| *value)
        });
        match wrapped {
            Some(inner) => value = inner,
            None => break,
        }
    }
    Err(Fault::Damaged(
        "the pickle holds no state dictionary".into(),
    ))
}

fn collect(heap: &Heap, pairs: &[[Value; 2]]) -> Result<Vec<(String, TensorRecord)>, Fault> {
    let mut names = HashSet::new();
    let mut out = Vec::new();
    for [key, value] in pairs {
        let Some(tensor) = heap.tensor_of(*value) else {
            continue;
        };
        let Value::Text(name) = *key else {
            return Err(Fault::Damaged("a tensor has no name".into()));
        };
        if name.len() > MAX_NAME || !names.insert(name) {
            return Err(Fault::Damaged(format!(
                "tensor name {} is too long or used twice",
                shown(name)
            )));
        }
        out.push((name.to_owned(), tensor.clone()));
    }
    Ok(out)
}
