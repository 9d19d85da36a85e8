//! The policy's weights files against each other: the same tensors whatever the container.

use std::collections::BTreeMap;

use super::compare::Comparison;
use super::golden::FileEntry;
use super::models::Which;
use super::numbers::Numbers;
use super::sheet::Sheet;
use super::{Fault, Workspace};
use crate::model::checkpoint::{Checkpoint, LoadError};

/// The head that only some files repeat: where it is tied it equals the embedding.
const HEAD: &str = "lm_head.weight";
const EMBEDDING: &str = "model.language_model.embed_tokens.weight";

/// Compares a weights file with the first one of the manifest.
pub(super) fn equality(
    sheet: &mut Sheet,
    space: &Workspace,
    first: &FileEntry,
) -> Result<(), Fault> {
    let mut ours = open(space, sheet.file)?;
    let mut theirs = open(space, first)?;
    let tied = ours.config.qwen.tie_word_embeddings;
    let index = |checkpoint: &Checkpoint| -> BTreeMap<String, usize> {
        let entries = checkpoint.entries().iter().enumerate();
        entries
            .map(|(at, entry)| (entry.name.clone(), at))
            .collect()
    };
    let (our_index, their_index) = (index(&ours), index(&theirs));
    let mut wrong = Vec::new();
    let (mut apart, mut magnitude) = (0.0_f64, 0.0_f64);
    let names: std::collections::BTreeSet<&String> =
        our_index.keys().chain(their_index.keys()).collect();
    for name in &names {
        let place = |index: &BTreeMap<String, usize>| {
            let other = (tied && *name == HEAD)
                .then(|| index.get(EMBEDDING))
                .flatten();
            index.get(*name).or(other).copied()
        };
        let (Some(left), Some(right)) = (place(&our_index), place(&their_index)) else {
            wrong.push(format!("{name} is only in one file"));
            continue;
        };
        let (left, right) = (read(&mut ours, left)?, read(&mut theirs, right)?);
        if left.shape != right.shape {
            wrong.push(format!("{name}: {:?} and {:?}", left.shape, right.shape));
            continue;
        }
        for (a, b) in left.values.iter().zip(&right.values) {
            apart = apart.max((a - b).abs());
            magnitude = magnitude.max(b.abs());
        }
    }
    let one = |value: f64| Numbers {
        shape: vec![1],
        values: vec![value],
    };
    let title = format!(
        "equals {}",
        first.path.rsplit('/').next().unwrap_or_default()
    );
    sheet.table(
        &title,
        Comparison::Exact,
        &one(magnitude + apart),
        &one(magnitude),
    );
    sheet.count("names and shapes", names.len(), &wrong);
    Ok(())
}

fn open(space: &Workspace, file: &FileEntry) -> Result<Checkpoint, Fault> {
    let (_, base) = space.models.paths(Which::Policy)?;
    Ok(Checkpoint::open(
        &space.golden.root.join(&file.path),
        base.as_deref(),
    )?)
}

fn read(checkpoint: &mut Checkpoint, at: usize) -> Result<Numbers, LoadError> {
    let source = checkpoint.source();
    let (stored, shape) = {
        let entry = &source.entries()[at];
        (entry.stored, entry.shape.clone())
    };
    Ok(Numbers::floats(&shape, &stored.to_f32(&source.read(at)?)))
}
