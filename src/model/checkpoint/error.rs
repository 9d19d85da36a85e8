//! Everything that can be wrong with a checkpoint.

use std::path::PathBuf;

use crate::job::Cancelled;

/// Why a checkpoint cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file could not be opened or read.
    #[error("cannot read the file ({source}); check that it exists and is readable: {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is not what it claims to be.
    #[error("the file is damaged or not a checkpoint ({what}); copy it again: {path}")]
    Damaged {
        /// What is wrong, with the place.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// The file is sound but of a kind that cannot be used here.
    #[error("{what}: {path}")]
    Unsupported {
        /// What it is and what to do.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// A file that holds a program and not only weights. It was not run.
    #[error(
        "contains code ({name}), refused and not run; ask for the weights as .safetensors, or save only \
         `model.state_dict()`: {path}"
    )]
    Code {
        /// The function, class or construct it wanted.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// A file that must be there is not.
    #[error("{what} is missing; {hint}: {path}")]
    Missing {
        /// The file's role.
        what: String,
        /// What to do.
        hint: String,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The tokenizer, or the planner's folder that holds it, is absent or belongs to another model.
    #[error("{what}; {hint}: {path}")]
    Tokenizer {
        /// What is wrong with it.
        what: String,
        /// What to do.
        hint: String,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A configuration key is absent or of the wrong kind.
    #[error("key `{key}` {problem}: {path}")]
    Config {
        /// The key, dotted.
        key: String,
        /// What is wrong with it and what was expected.
        problem: String,
        /// The file.
        path: PathBuf,
    },
    /// The statistics cannot be chosen with this key.
    #[error("{problem}; choose one of: {choices}")]
    StatisticsKey {
        /// What is wrong with the key.
        problem: String,
        /// The keys there are.
        choices: String,
    },
    /// Tensors are missing or have another shape than the configuration says.
    #[error(
        "{missing} tensors are missing and {misshapen} have another shape; first: {first}. \
         The configuration belongs to another model, or the file is incomplete"
    )]
    Tensors {
        /// How many are missing.
        missing: usize,
        /// How many have another shape.
        misshapen: usize,
        /// The first of them.
        first: String,
    },
    /// A weight is not a number.
    #[error(
        "tensor {key} holds NaN or infinite values; the checkpoint is broken, use an earlier one"
    )]
    NonFinite {
        /// The tensor.
        key: String,
    },
    /// The device cannot prepare pictures for the model.
    #[error("{0}")]
    Device(String),
    /// Somebody asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl LoadError {
    /// Whether naming another folder for the tokenizer would help.
    #[must_use]
    pub const fn wants_tokenizer(&self) -> bool {
        matches!(self, Self::Tokenizer { .. })
    }
}
