//! Datasets in and out.

mod error;

pub use error::{DataError, Defect, Severity};
