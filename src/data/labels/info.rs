//! A dataset in numbers, for people and programs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::record::LabelSet;

/// Most names that are listed.
const MAX_NAMES: usize = 1000;

/// A dataset in numbers: format, samples, pictures, targets by kind and label, splits, tasks, sizes and the report.
#[must_use]
pub fn info_json(set: &LabelSet) -> Value {
    let mut kinds = BTreeMap::<&str, u64>::new();
    let mut labels = BTreeMap::<&str, u64>::new();
    let mut tasks = BTreeMap::<&str, u64>::new();
    let mut splits = BTreeMap::<&str, u64>::new();
    let mut sizes = BTreeMap::<String, u64>::new();
    let mut pictures = BTreeMap::<&str, bool>::new();
    let (mut crowd, mut empty, mut turns, mut boxes) = (0_u64, 0_u64, 0_u64, 0_u64);
    for sample in &set.samples {
        *tasks.entry(sample.task.name()).or_default() += 1;
        empty += u64::from(sample.targets.is_empty());
        turns += sample.conversation.len() as u64;
        if let Some(split) = &sample.split {
            *splits.entry(split).or_default() += 1;
        }
        for image in &sample.images {
            if pictures.insert(&image.path, image.file.is_some()).is_none()
                && let Some(size) = image.size
            {
                *sizes.entry(size.to_string()).or_default() += 1;
            }
        }
        for target in &sample.targets {
            *kinds.entry(target.shape.kind().name()).or_default() += 1;
            *labels
                .entry(target.label.as_deref().unwrap_or_default())
                .or_default() += 1;
            crowd += u64::from(target.crowd);
            boxes += u64::from(target.boxed().is_some_and(|rect| rect.area() > 0.0));
        }
    }
    let found = pictures.values().filter(|found| **found).count();
    json!({
        "format": set.format,
        "samples": set.samples.len(),
        "pictures": pictures.len(),
        "pictures_found": found,
        "targets": kinds.values().sum::<u64>(),
        "kinds": kinds,
        "boxed": boxes,
        "crowd": crowd,
        "empty_samples": empty,
        "turns": turns,
        "tasks": tasks,
        "labels": labels.into_iter().take(MAX_NAMES).collect::<BTreeMap<_, _>>(),
        "categories": set.categories.iter().take(MAX_NAMES).collect::<Vec<_>>(),
        "splits": splits,
        "sizes": sizes.into_iter().take(MAX_NAMES).collect::<BTreeMap<_, _>>(),
        "report": set.report,
    })
}
