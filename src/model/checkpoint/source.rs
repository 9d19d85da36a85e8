//! Where tensors come from: a container that lists its tensors and reads one at a time.

use super::{LoadError, StoredType};

/// One tensor in a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorEntry {
    /// Its name, in the current naming (see [`super`]).
    pub name: String,
    /// How its numbers are stored.
    pub stored: StoredType,
    /// Its shape.
    pub shape: Vec<usize>,
}

impl TensorEntry {
    /// Numbers in the tensor.
    #[must_use]
    pub fn numel(&self) -> usize {
        self.shape.iter().product()
    }
}

/// A container of named tensors, read one at a time so that a checkpoint is never in memory twice.
pub trait TensorSource: Send {
    /// Every tensor, in the order of the file.
    fn entries(&self) -> &[TensorEntry];

    /// The raw little-endian, row-major bytes of the tensor at `index` of [`Self::entries`].
    ///
    /// # Errors
    /// When the file is cut short or cannot be read.
    fn read(&mut self, index: usize) -> Result<Vec<u8>, LoadError>;
}
