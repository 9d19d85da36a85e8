//! What the tensors of a checkpoint say about its sizes.

use std::collections::HashMap;

use crate::model::checkpoint::{LoadError, TensorEntry};

/// Shapes by name.
pub(crate) struct Shapes<'a>(HashMap<&'a str, &'a [usize]>);

impl<'a> Shapes<'a> {
    /// Of these tensors.
    pub(crate) fn new(entries: &'a [TensorEntry]) -> Self {
        let row = |entry: &'a TensorEntry| (entry.name.as_str(), entry.shape.as_slice());
        Self(entries.iter().map(row).collect())
    }

    /// Whether there is a tensor of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether any name begins like this.
    pub(crate) fn any(&self, prefix: &str) -> bool {
        self.0.keys().any(|name| name.starts_with(prefix))
    }

    /// The shape of a tensor of `D` axes; nothing when it is absent or has another number of axes.
    pub(crate) fn of<const D: usize>(&self, name: &str) -> Option<[usize; D]> {
        <[usize; D]>::try_from(*self.0.get(name)?).ok()
    }

    /// As [`Self::of`], for a tensor without which the sizes cannot be known.
    pub(crate) fn required<const D: usize>(&self, name: &str) -> Result<[usize; D], LoadError> {
        let absent = || LoadError::Tensors {
            missing: usize::from(!self.has(name)),
            misshapen: usize::from(self.has(name)),
            first: name.into(),
        };
        let shape = self.of(name).ok_or_else(absent)?;
        if shape.contains(&0) {
            return Err(absent());
        }
        Ok(shape)
    }

    /// One more than the highest number that follows `prefix` in a name: the blocks of a stack.
    pub(crate) fn blocks(&self, prefix: &str) -> usize {
        let number = |name: &&str| {
            let rest = name.strip_prefix(prefix)?;
            rest.split_once('.')?.0.parse::<u16>().ok()
        };
        let highest = self.0.keys().filter_map(number).max();
        highest.map_or(0, |highest| usize::from(highest) + 1)
    }
}
