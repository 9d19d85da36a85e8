//! Annotations of pictures: boxes, points, traces, outlines and masks, and conversations about them.
//!
//! Every format is read into one record, [`Sample`], and written from it. Coordinates are `f64` pixels of the original
//! picture after its EXIF orientation, continuous, origin at the outer corner of the top-left pixel; every other
//! convention is converted at the border. Nothing is lost in silence: an import ends with [`ImportReport`], an export
//! with [`WriteReport`]. Files are a stranger's: sizes are bounded, paths stay inside the dataset, a broken entry is
//! named and the rest is read. Knows nothing of models and windows, and starts no threads of its own.

mod check;
mod error;
mod export;
mod fill;
mod finder;
mod formats;
mod geometry;
mod import;
mod info;
mod loss;
mod mask;
pub mod mix;
mod options;
mod picture;
mod record;
mod report;
mod sniff;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod verify;

use std::path::{Path, PathBuf};

pub use error::LabelError;
pub use export::WriteReport;
pub use fill::fill;
pub use formats::FORMATS;
pub use geometry::{Rect, Shape, Spot, TargetKind, turned};
pub use info::info_json;
pub use loss::Feature;
pub use mask::{MAX_PIXELS, Mask, MaskError};
pub use options::{Pictures, ReadOptions, Unit, WriteOptions};
pub use record::{Category, ImageRef, LabelSet, Role, Sample, Sizing, Target, Turn};
pub use report::{Assumption, Defect, ImportReport, MAX_LISTED, Outcome, Place, Reason};

use import::Import;
use sniff::Candidate;

/// A format of annotations: one row of [`FORMATS`].
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    recognises: fn(&Candidate) -> bool,
    read: fn(&[PathBuf], &mut Import) -> Result<(), LabelError>,
    write: Option<WriteFn>,
}

type WriteFn = fn(&LabelSet, &Path, WriteOptions) -> Result<WriteReport, LabelError>;

impl Format {
    /// Whether it is what any folder of pictures looks like.
    #[must_use]
    pub fn is_pictures(&self) -> bool {
        self.name == "captions"
    }

    /// Whether datasets can be written in it.
    #[must_use]
    pub const fn is_written(&self) -> bool {
        self.write.is_some()
    }
}

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Format")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The format of a file or folder, by what is in it; none where it is no set of annotations.
#[must_use]
pub fn sniff(path: &Path) -> Option<&'static Format> {
    sniff::locate(path).map(|(format, _)| format)
}

/// Reads a file or folder of annotations.
///
/// # Errors
/// When it is none, or cannot be read at all. Smaller trouble is in [`LabelSet::report`].
pub fn read(path: &Path) -> Result<LabelSet, LabelError> {
    read_with(path, &ReadOptions::default())
}

/// Reads a file or folder of annotations, as the options say.
///
/// # Errors
/// When it is none, or cannot be read at all. Smaller trouble is in [`LabelSet::report`].
pub fn read_with(path: &Path, options: &ReadOptions) -> Result<LabelSet, LabelError> {
    std::fs::metadata(path).map_err(LabelError::io("opening the dataset", path))?;
    let Some((format, files)) = sniff::locate(path) else {
        return Err(LabelError::UnknownFormat {
            known: names(|_| true),
            path: path.to_owned(),
        });
    };
    let folder = if path.is_dir() {
        Some(path)
    } else {
        path.parent()
    };
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    let mut import = Import::new(format.name, path, folder.unwrap_or(Path::new(".")), options);
    (format.read)(&files, &mut import)?;
    Ok(import.finish())
}

/// Writes a dataset with its pictures: into the file `out` where its ending is the format's, else into the folder.
///
/// # Errors
/// When there is no such format, `out` exists or lies inside what was read, or a file cannot be written.
pub fn write(set: &LabelSet, out: &Path, format_name: &str) -> Result<WriteReport, LabelError> {
    write_with(set, out, format_name, WriteOptions::default())
}

/// Writes a dataset, as the options say.
///
/// # Errors
/// When there is no such format, `out` exists or lies inside what was read, or a file cannot be written.
pub fn write_with(
    set: &LabelSet,
    out: &Path,
    format_name: &str,
    options: WriteOptions,
) -> Result<WriteReport, LabelError> {
    let Some(format) = FORMATS.iter().find(|format| format.name == format_name) else {
        return Err(LabelError::UnknownName {
            name: format_name.to_owned(),
            known: names(Format::is_written),
        });
    };
    let Some(write) = format.write else {
        return Err(LabelError::ReadOnly {
            name: format.name,
            known: names(Format::is_written),
        });
    };
    write(set, out, options)
}

fn names(which: impl Fn(&Format) -> bool) -> String {
    let names = FORMATS
        .iter()
        .filter(|format| which(format))
        .map(|format| format.name);
    names.collect::<Vec<_>>().join(", ")
}
