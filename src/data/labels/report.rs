//! What became of everything that was read: nothing is lost in silence.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::mask::MaskError;
use crate::geometry::ImageSize;

/// Most defects that are kept one by one; all are counted.
pub const MAX_LISTED: usize = 1000;

/// What became of everything that was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ImportReport {
    /// Files of annotations that were read.
    pub files: u64,
    /// Samples that were read.
    pub samples: u64,
    /// Targets that were read.
    pub targets: u64,
    /// The first [`MAX_LISTED`] defects.
    pub defects: Vec<Defect>,
    /// How many defects there are of each outcome and reason.
    pub defect_counts: BTreeMap<Outcome, BTreeMap<&'static str, u64>>,
    /// What had to be assumed, and how often.
    pub assumptions: BTreeMap<&'static str, u64>,
    /// The first [`MAX_LISTED`] pictures that are not there, as written.
    pub unresolved: Vec<String>,
    /// How many pictures are not there.
    pub unresolved_count: u64,
    /// The first [`MAX_LISTED`] samples whose picture and words occurred before: earlier, later.
    pub duplicates: Vec<(String, String)>,
    /// How many samples occurred before.
    pub duplicate_count: u64,
}

/// Something in a file that is not as it should be, and what was done.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Defect {
    /// What it is about: "annotation 107".
    pub what: String,
    /// Where it stands.
    pub place: Place,
    /// What is wrong.
    pub why: Reason,
    /// What was done.
    pub outcome: Outcome,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}: {}: {}",
            self.place, self.what, self.outcome, self.why
        )
    }
}

/// What was done about a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was left out.
    Skipped,
    /// It was cut to the picture.
    Clipped,
    /// It was mended.
    Mended,
    /// It was kept as it is.
    Kept,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Skipped => "skipped",
            Self::Clipped => "clipped",
            Self::Mended => "mended",
            Self::Kept => "kept",
        })
    }
}

/// A place in the files of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    file: Arc<str>,
    at: At,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Whole,
    Line(u64),
    Entry(u64),
}

impl Place {
    /// The file as a whole.
    #[must_use]
    pub fn file(path: &std::path::Path) -> Self {
        let name = path.file_name().unwrap_or(path.as_os_str());
        Self {
            file: name.to_string_lossy().into(),
            at: At::Whole,
        }
    }

    /// A line of it, from 1.
    #[must_use]
    pub fn line(&self, line: u64) -> Self {
        Self {
            file: Arc::clone(&self.file),
            at: At::Line(line),
        }
    }

    /// An entry of it, from 0.
    #[must_use]
    pub fn entry(&self, entry: u64) -> Self {
        Self {
            file: Arc::clone(&self.file),
            at: At::Entry(entry),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            At::Whole => f.write_str(&self.file),
            At::Line(line) => write!(f, "{} line {line}", self.file),
            At::Entry(entry) => write!(f, "{} entry {entry}", self.file),
        }
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// What is wrong with something in a file.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It is not what the format asks for.
    #[error("it is not as the format asks for: {0}")]
    Form(String),
    /// The text is not UTF-8.
    #[error("the text is not UTF-8")]
    NotUtf8,
    /// The file breaks off or cannot be read any further.
    #[error("the file cannot be read any further: {0}")]
    BreaksOff(String),
    /// More of something than is read.
    #[error("there are more than {0} of them")]
    TooMany(u64),
    /// A coordinate is infinite or not a number.
    #[error("a coordinate is not a finite number")]
    NotFinite,
    /// A box or outline that encloses nothing.
    #[error("it has no area")]
    NoArea,
    /// Nothing of it is in the picture.
    #[error("it lies outside the picture")]
    Outside,
    /// It reaches beyond the picture.
    #[error("it reaches beyond the picture")]
    PartlyOutside,
    /// It is about a picture that is not listed.
    #[error("picture {0} is not listed")]
    UnknownPicture(String),
    /// It is of a category that is not listed.
    #[error("category {0} is not listed")]
    UnknownCategory(String),
    /// Another one has the same name.
    #[error("{0} occurred before")]
    DuplicateId(String),
    /// Something that is not read here.
    #[error("{0} is not read")]
    Unsupported(String),
    /// The annotator cancelled it.
    #[error("its annotator cancelled it")]
    Cancelled,
    /// Markers of pictures and pictures do not agree.
    #[error("there are {tags} <image> markers for {images} pictures")]
    TagCount {
        /// Markers in the text.
        tags: usize,
        /// Pictures.
        images: usize,
    },
    /// A mask that cannot be read.
    #[error("{0}")]
    Mask(#[from] MaskError),
    /// A path that leads out of the dataset.
    #[error("its path leads out of the dataset: {0}")]
    Escapes(String),
    /// A picture that cannot be decoded.
    #[error("the picture is damaged: {0}")]
    Picture(String),
    /// The picture has another size than the annotations say.
    #[error("the annotations say {stated}, the picture is {found}")]
    SizeDiffers {
        /// As written.
        stated: ImageSize,
        /// As measured.
        found: ImageSize,
    },
    /// The number of points differs from the one that is stated.
    #[error("it says {stated} points and has {found}")]
    CountDiffers {
        /// As written.
        stated: i64,
        /// As counted.
        found: usize,
    },
    /// What an answer's text had to be mended in.
    #[error("{0}")]
    Answer(String),
}

impl Reason {
    /// A name for counting, the same whatever the details.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Form(_) => "not as the format asks for",
            Self::NotUtf8 => "not UTF-8",
            Self::BreaksOff(_) => "file breaks off",
            Self::TooMany(_) => "too many",
            Self::NotFinite => "coordinate not finite",
            Self::NoArea => "no area",
            Self::Outside => "outside the picture",
            Self::PartlyOutside => "reaches beyond the picture",
            Self::UnknownPicture(_) => "picture not listed",
            Self::UnknownCategory(_) => "category not listed",
            Self::DuplicateId(_) => "duplicate id",
            Self::Unsupported(_) => "not supported",
            Self::Cancelled => "cancelled by its annotator",
            Self::TagCount { .. } => "picture markers do not agree with pictures",
            Self::Mask(_) => "damaged mask",
            Self::Escapes(_) => "path leads out of the dataset",
            Self::Picture(_) => "damaged picture",
            Self::SizeDiffers { .. } => "size differs from the picture",
            Self::CountDiffers { .. } => "count differs",
            Self::Answer(_) => "answer mended",
        }
    }
}

/// What had to be assumed to bring a file into pixels of the original picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assumption {
    /// Answers count in pixels of the original picture.
    Pixels,
    /// Answers whose numbers are all at most 1 count in fractions of the sides.
    Fractions,
    /// The unit was given by whoever opened the file.
    UnitGiven,
    /// Relative coordinates of a picture that is not here.
    MadeUpSize,
    /// A turn about the top-left corner became one about the centre.
    CornerRotation,
    /// Coordinates of the stored pixels were turned upright.
    TurnedUpright,
    /// Frames between key frames were interpolated.
    Interpolated,
    /// All targets of several pictures are in the first one.
    FirstPicture,
    /// The upload prefix of a file name was taken off.
    UploadPrefix,
    /// A rectangle of four corners became the box around them, or an outline.
    FourCorners,
}

impl Assumption {
    /// What was assumed, for people.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Pixels => "coordinates read as pixels of the original picture",
            Self::Fractions => "coordinates read as fractions of the sides (0 to 1)",
            Self::UnitGiven => "coordinates read in the unit that was given",
            Self::MadeUpSize => {
                "relative coordinates kept in a picture of 1000x1000, since the real one is not here"
            }
            Self::CornerRotation => {
                "rotation about the top-left corner turned into one about the centre"
            }
            Self::TurnedUpright => {
                "coordinates turned upright as the picture's EXIF orientation says"
            }
            Self::Interpolated => "shapes between key frames interpolated",
            Self::FirstPicture => "targets of several pictures placed in the first one",
            Self::UploadPrefix => "upload prefix taken off a file name to find the picture",
            Self::FourCorners => "rectangle of four corners read as an outline",
        }
    }
}

impl ImportReport {
    pub(super) fn defect(&mut self, defect: Defect) {
        let reasons = self.defect_counts.entry(defect.outcome).or_default();
        *reasons.entry(defect.why.name()).or_default() += 1;
        if self.defects.len() < MAX_LISTED {
            self.defects.push(defect);
        }
    }

    pub(super) fn assume(&mut self, what: Assumption, count: u64) {
        if count > 0 {
            *self.assumptions.entry(what.sentence()).or_default() += count;
        }
    }

    /// How many defects had this outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.defect_counts
            .get(&outcome)
            .map_or(0, |reasons| reasons.values().sum())
    }
}

/// The table that ends an import.
impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row =
            |name: &str, count: u64, what: &str| writeln!(f, "{name:<12}{count:>9}  {what}");
        row("read", self.samples, "samples")?;
        row("", self.targets, "targets")?;
        row("", self.files, "files")?;
        for (outcome, reasons) in &self.defect_counts {
            for (reason, count) in reasons {
                row(&outcome.to_string(), *count, reason)?;
            }
        }
        for (sentence, count) in &self.assumptions {
            row("assumed", *count, sentence)?;
        }
        row("unresolved", self.unresolved_count, "pictures not found")?;
        row(
            "duplicates",
            self.duplicate_count,
            "same picture and words as an earlier sample",
        )
    }
}
