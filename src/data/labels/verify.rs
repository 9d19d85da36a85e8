//! Looks at the pictures after an import: are they as large as stated, and does one occur twice?

use std::collections::hash_map::{DefaultHasher, Entry};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::import::named;
use super::mask::MaskError;
use super::picture::{self, Stored};
use super::record::{LabelSet, Sample, Sizing};
use super::report::{Assumption, Defect, ImportReport, MAX_LISTED, Outcome, Place, Reason};

/// Compares stated sizes with the pictures, and turns coordinates upright where they count in stored pixels.
pub(super) fn sizes(set: &mut LabelSet) {
    let looked: Vec<Option<Result<Stored, String>>> = set
        .samples
        .par_iter()
        .map(|sample| {
            let image = sample
                .image()
                .filter(|image| image.sizing == Sizing::Stated)?;
            Some(picture::look(image.file.as_deref()?))
        })
        .collect();
    for (sample, looked) in set.samples.iter_mut().zip(looked) {
        match looked {
            None => {}
            Some(Ok(stored)) => compare(sample, stored, &mut set.report),
            Some(Err(reason)) => {
                let defect = defect(sample, Reason::Picture(reason), Outcome::Kept);
                set.report.defect(defect);
            }
        }
    }
}

fn defect(sample: &Sample, why: Reason, outcome: Outcome) -> Defect {
    let path = sample.image().map_or("", |image| image.path.as_str());
    Defect {
        what: "picture".into(),
        place: Place::file(Path::new(path)),
        why,
        outcome,
    }
}

fn compare(sample: &mut Sample, stored: Stored, report: &mut ImportReport) {
    let (Some(stated), found) = (sample.size(), stored.upright()) else {
        return;
    };
    if stated == found {
        return;
    }
    if !stored.is_turned() || stated != stored.raw {
        let why = Reason::SizeDiffers { stated, found };
        report.defect(defect(sample, why, Outcome::Kept));
        return;
    }
    report.assume(Assumption::TurnedUpright, 1);
    let place = Place::file(Path::new(&sample.source));
    sample.targets.retain_mut(|target| {
        let what = named(target);
        let turned = stored.turn_target(target);
        if !turned {
            report.defect(Defect {
                what,
                place: place.clone(),
                why: Reason::Mask(MaskError::Damaged("it cannot be turned upright".into())),
                outcome: Outcome::Skipped,
            });
        }
        turned
    });
    if let Some(image) = sample.images.first_mut() {
        image.size = Some(found);
    }
}

/// Reports samples whose picture and words occurred before. Pictures are hashed only where lengths agree.
pub(super) fn duplicates(set: &mut LabelSet) {
    let hashes = Hashes::of(set.samples.iter().filter_map(file_and_words));
    let mut seen: HashMap<(u64, Identity), usize> = HashMap::new();
    for (index, sample) in set.samples.iter().enumerate() {
        let Some(image) = sample.image() else {
            continue;
        };
        let identity = match &image.file {
            Some(file) => hashes.identity(file),
            None => Identity::Path(PathBuf::from(&image.path)),
        };
        match seen.entry((digest(&sample.text()), identity)) {
            Entry::Vacant(free) => {
                free.insert(index);
            }
            Entry::Occupied(first) => {
                let report = &mut set.report;
                report.duplicate_count += 1;
                if report.duplicates.len() < MAX_LISTED {
                    let earlier = set.samples[*first.get()].source.clone();
                    report.duplicates.push((earlier, sample.source.clone()));
                }
            }
        }
    }
}

/// What makes two pictures the same one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Identity {
    /// The same bytes.
    Bytes([u8; 32]),
    /// The same path.
    Path(PathBuf),
}

/// Hashes of the pictures that could be the same as another one.
pub(super) struct Hashes(HashMap<PathBuf, [u8; 32]>);

impl Hashes {
    /// Of files and the words said about them: only pictures of one length with the same words are hashed.
    pub fn of<'s>(samples: impl Iterator<Item = (&'s Path, u64)>) -> Self {
        let mut groups: BTreeMap<(u64, u64), BTreeSet<&Path>> = BTreeMap::new();
        let mut lengths: HashMap<&Path, Option<u64>> = HashMap::new();
        for (file, words) in samples {
            let length = lengths
                .entry(file)
                .or_insert_with(|| std::fs::metadata(file).ok().map(|m| m.len()));
            if let Some(length) = *length {
                groups.entry((length, words)).or_default().insert(file);
            }
        }
        let alike: BTreeSet<&Path> = groups
            .into_values()
            .filter(|files| files.len() > 1)
            .flatten()
            .collect();
        let alike: Vec<&Path> = alike.into_iter().collect();
        let hashed = alike
            .par_iter()
            .filter_map(|file| Some((file.to_path_buf(), picture::hash(file)?)));
        Self(hashed.collect())
    }

    /// What a picture is the same by.
    pub fn identity(&self, file: &Path) -> Identity {
        match self.0.get(file) {
            Some(hash) => Identity::Bytes(*hash),
            None => Identity::Path(file.to_owned()),
        }
    }
}

/// The picture of a sample and a digest of its words.
pub(super) fn file_and_words(sample: &Sample) -> Option<(&Path, u64)> {
    let file = sample.image()?.file.as_deref()?;
    Some((file, digest(&sample.text())))
}

pub(super) fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
