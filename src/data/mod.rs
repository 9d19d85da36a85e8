//! Datasets on disk. Pure file formats: knows nothing of models, windows or threads.

pub mod labels;
