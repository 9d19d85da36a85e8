//! Checkpoints: files in, named tensors out, and a report of what fitted.

mod error;
mod loader;
mod source;
mod stored;

pub use error::LoadError;
pub use loader::{Filling, Loader, Misshapen, Tally, Weights};
pub use source::{TensorEntry, TensorSource};
pub use stored::StoredType;
