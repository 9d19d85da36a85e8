//! Gathers what a format reads: finds pictures, checks every target, counts what is lost.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::check::{Verdict, check};
use super::finder::{Finder, Found};
use super::geometry::TargetKind;
use super::options::ReadOptions;
use super::picture;
use super::record::{Category, ImageRef, LabelSet, Sample, Sizing, Target};
use super::report::{Assumption, Defect, MAX_LISTED, Outcome, Place, Reason};
use crate::geometry::ImageSize;
use crate::grounding::prompt::Task;

/// Side of the picture that holds relative coordinates where the real one is not here.
pub(super) const MADE_UP: ImageSize = ImageSize::new(1000, 1000);

/// Most samples of one dataset.
const MAX_SAMPLES: usize = 20_000_000;

/// A dataset being read.
pub(super) struct Import<'a> {
    /// What was asked for.
    pub options: &'a ReadOptions,
    /// Where pictures are looked for.
    pub finder: Finder,
    /// Part of the dataset that the current file belongs to.
    pub split: Option<String>,
    set: LabelSet,
    sizes: HashMap<PathBuf, Option<ImageSize>>,
    unresolved: HashSet<String>,
    /// Categories that are listed, with the number they have in the files, if any.
    names: HashSet<(Option<i64>, String)>,
    /// Digests of the ids of the current file's samples.
    ids: HashSet<u64>,
}

impl<'a> Import<'a> {
    pub fn new(format: &str, path: &Path, folder: &Path, options: &'a ReadOptions) -> Self {
        Self {
            options,
            finder: Finder::new(folder, options.images.as_deref()),
            split: None,
            set: LabelSet {
                format: format.to_owned(),
                path: path.to_owned(),
                ..LabelSet::default()
            },
            sizes: HashMap::new(),
            unresolved: HashSet::new(),
            names: HashSet::new(),
            ids: HashSet::new(),
        }
    }

    /// Says that something was left out, mended or kept although it is not as it should be.
    pub fn defect(
        &mut self,
        what: impl Into<String>,
        place: &Place,
        why: Reason,
        outcome: Outcome,
    ) {
        self.set.report.defect(Defect {
            what: what.into(),
            place: place.clone(),
            why,
            outcome,
        });
    }

    /// Says that something was left out.
    pub fn skip(&mut self, what: impl Into<String>, place: &Place, why: Reason) {
        self.defect(what, place, why, Outcome::Skipped);
    }

    /// Says what had to be assumed.
    pub fn assume(&mut self, what: Assumption, count: usize) {
        self.set.report.assume(what, count as u64);
    }

    /// Counts a file of annotations.
    pub fn file(&mut self) {
        self.set.report.files += 1;
        self.ids.clear();
    }

    /// Says so when an earlier sample of the file has this id. Both are kept: nothing is found by it.
    pub fn id(&mut self, id: &str, place: &Place) {
        if !self.ids.insert(super::verify::digest(id)) {
            let why = Reason::DuplicateId(format!("the id {id:?}"));
            self.defect("sample", place, why, Outcome::Kept);
        }
    }

    /// Adds a name of objects, unless it is there already.
    pub fn category(&mut self, category: Category) {
        if self
            .names
            .insert((Some(category.id), category.name.clone()))
        {
            self.set.categories.push(category);
        }
    }

    /// Adds names of objects that have no numbers in the files.
    pub fn named_category(&mut self, name: &str) {
        if !name.is_empty() && self.names.insert((None, name.to_owned())) {
            let id = self.set.categories.len() as i64;
            self.set.categories.push(Category {
                id,
                name: name.to_owned(),
                ..Category::default()
            });
        }
    }

    /// Finds a picture. Its size is the one stated, else it is measured.
    pub fn image(&mut self, written: &str, stated: Option<ImageSize>, place: &Place) -> ImageRef {
        let image = self.find(written, stated, place);
        if image.file.is_none() && self.unresolved.insert(written.to_owned()) {
            self.set.report.unresolved_count += 1;
            if self.set.report.unresolved.len() < MAX_LISTED {
                self.set.report.unresolved.push(written.to_owned());
            }
        }
        image
    }

    /// The same for a picture that need not be there.
    pub fn find(&mut self, written: &str, stated: Option<ImageSize>, place: &Place) -> ImageRef {
        let file = match self.finder.find(written) {
            Found::File(file) => Some(file),
            Found::Unprefixed(file) => {
                self.assume(Assumption::UploadPrefix, 1);
                Some(file)
            }
            Found::Missing => None,
            Found::Escapes => {
                let why = Reason::Escapes(written.to_owned());
                self.skip("path of a picture", place, why);
                None
            }
        };
        let stated = stated.filter(|size| !size.is_empty());
        let (size, sizing) = match (stated, &file) {
            (Some(size), _) => (Some(size), Sizing::Stated),
            (None, Some(file)) => self.measured(&file.clone(), place),
            (None, None) => (None, Sizing::Unknown),
        };
        ImageRef {
            path: written.to_owned(),
            file,
            embedded: None,
            size,
            sizing,
        }
    }

    /// The size that relative coordinates of this picture are brought to.
    pub fn relative_to(&mut self, image: &mut ImageRef) -> ImageSize {
        if let Some(size) = image.size {
            return size;
        }
        self.assume(Assumption::MadeUpSize, 1);
        image.sizing = Sizing::Assumed;
        *image.size.insert(MADE_UP)
    }

    fn measured(&mut self, file: &Path, place: &Place) -> (Option<ImageSize>, Sizing) {
        let size = match self.sizes.get(file) {
            Some(size) => *size,
            None => self.measure(file, place),
        };
        let sizing = size.map_or(Sizing::Unknown, |_| Sizing::Measured);
        (size, sizing)
    }

    fn measure(&mut self, file: &Path, place: &Place) -> Option<ImageSize> {
        let looked = picture::look(file);
        let size = looked.as_ref().ok().map(|stored| stored.upright());
        if let Err(reason) = looked {
            let what = format!("picture {}", file.file_name().unwrap_or_default().display());
            self.defect(what, place, Reason::Picture(reason), Outcome::Kept);
        }
        self.sizes.insert(file.to_owned(), size);
        size
    }

    /// Adds a sample, its targets checked one by one. False once there are too many.
    pub fn push(&mut self, mut sample: Sample, place: &Place) -> bool {
        if self.set.samples.len() >= MAX_SAMPLES {
            let why = Reason::TooMany(MAX_SAMPLES as u64);
            self.skip("samples", place, why);
            return false;
        }
        let size = sample.size();
        sample
            .targets
            .retain_mut(|target| self.keep(target, size, place));
        sample.targets.shrink_to_fit();
        sample.split = sample.split.or_else(|| self.split.clone());
        if sample.source.is_empty() {
            sample.source = place.to_string();
        }
        self.set.samples.push(sample);
        true
    }

    fn keep(&mut self, target: &mut Target, size: Option<ImageSize>, place: &Place) -> bool {
        let (why, outcome) = match check(target, size) {
            Verdict::Good => return true,
            Verdict::Clipped(why) => (why, Outcome::Clipped),
            Verdict::Kept(why) => (why, Outcome::Kept),
            Verdict::Bad(why) => (why, Outcome::Skipped),
        };
        self.defect(named(target), place, why, outcome);
        outcome != Outcome::Skipped
    }

    /// The dataset, with its report.
    pub fn finish(mut self) -> LabelSet {
        if self.options.check_pictures {
            super::verify::sizes(&mut self.set);
        }
        super::verify::duplicates(&mut self.set);
        let report = &mut self.set.report;
        report.samples = self.set.samples.len() as u64;
        report.targets = self
            .set
            .samples
            .iter()
            .map(|s| s.targets.len() as u64)
            .sum();
        self.set
    }
}

/// What a target is called in a report.
pub(super) fn named(target: &Target) -> String {
    let kind = target.shape.kind().name();
    match (&target.id, &target.label) {
        (Some(id), _) => format!("{kind} {id}"),
        (None, Some(label)) => format!("{kind} of {label:?}"),
        (None, None) => kind.to_owned(),
    }
}

/// What a sample with these targets teaches.
pub(super) fn task_of(targets: &[Target]) -> Task {
    match targets.first().map(|target| target.shape.kind()) {
        Some(TargetKind::Point) => Task::Point,
        Some(TargetKind::Trace) => Task::Trace,
        _ => Task::Box,
    }
}
