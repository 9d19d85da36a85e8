//! A dataset of either kind, as the player and the list of thumbnails need it.

use std::path::Path;
use std::sync::Arc;

use super::about::{about_episodes, about_samples, text_of};
use super::facts::{DatasetAbout, EpisodeRows, FeatureRows};
use crate::data::labels::{LabelSet, Role, Sample, Target};
use crate::data::{DataError, Dataset, Episodes, Feature, FramePriors, PriorsFile};
use crate::geometry::ImageSize;
use crate::grounding::Grounding;
use crate::media::Picture;
use crate::vision::Frame;

/// Columns that tell the place of a row and not what was recorded.
const BOOKKEEPING: [&str; 5] = [
    "timestamp",
    "frame_index",
    "episode_index",
    "index",
    "task_index",
];
/// Widest feature that is drawn as curves.
const MAX_WIDTH: usize = 64;
/// Most values of one feature of one episode that are handed out.
const MAX_VALUES: u64 = 1 << 23;
/// Size of the blank picture where none is known.
const BLANK: ImageSize = ImageSize::new(640, 480);
/// Longest side of a blank picture.
const BLANK_SIDE: u32 = 4096;
/// Grey of a picture that cannot be read.
const BLANK_GREY: u8 = 48;

/// A dataset that is open.
pub(super) enum Material {
    Episodes {
        set: Box<Episodes>,
        priors: Option<PriorsFile>,
    },
    Samples(Arc<LabelSet>),
}

/// What is true at one moment: what the arm does, and where things are for each camera.
pub(super) type Truth = (String, Vec<Grounding>);

impl Material {
    pub(super) fn open(path: &Path) -> Result<Self, DataError> {
        Ok(match crate::data::open(path)? {
            Dataset::Episodes(set) => Self::Episodes {
                priors: PriorsFile::beside(set.root()),
                set,
            },
            Dataset::Labels(set) => Self::Samples(Arc::from(set)),
        })
    }

    /// The same for another thread: with files and decoders of its own.
    pub(super) fn again(&self) -> Again {
        match self {
            Self::Episodes { set, .. } => Again::Folder(set.root().to_owned()),
            Self::Samples(set) => Again::Samples(Arc::clone(set)),
        }
    }

    pub(super) fn about(&self, path: &Path, opened_ms: u64) -> DatasetAbout {
        let name = path.file_name().map_or_else(
            || path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        );
        let mut about = match self {
            Self::Episodes { set, priors } => about_episodes(set, priors.is_some()),
            Self::Samples(set) => about_samples(set),
        };
        path.clone_into(&mut about.path);
        about.name = name;
        about.opened_ms = opened_ms;
        about
    }

    /// Rows of an episode, or how many samples there are.
    pub(super) fn length(&self, episode: u64) -> Result<u64, DataError> {
        match self {
            Self::Episodes { set, .. } => Ok(set.episode(episode)?.length),
            Self::Samples(set) => Ok(set.samples.len() as u64),
        }
    }

    /// A picture; where it cannot be read a blank one, and why.
    pub(super) fn frame(
        &mut self,
        episode: u64,
        index: u64,
        camera: &str,
    ) -> (Frame, Option<String>) {
        let (found, size) = match self {
            Self::Episodes { set, .. } => {
                let size = set.camera(camera).map(|camera| camera.size).ok();
                let found = set.frame(episode, index, camera);
                (found.map_err(|error| error.to_string()), size)
            }
            Self::Samples(set) => match set.samples.get(index as usize) {
                Some(sample) => (picture(sample), sample.size()),
                None => (Err(format!("sample {index} does not exist")), None),
            },
        };
        let frame = found.map(|frame| {
            let stamp = frame.stamp;
            frame.stamped(index, stamp)
        });
        match frame {
            Ok(frame) => (frame, None),
            Err(why) => (
                blank(size).stamped(index, std::time::Duration::ZERO),
                Some(why),
            ),
        }
    }

    /// What is true in a picture.
    pub(super) fn truth(
        &mut self,
        episode: u64,
        index: u64,
        camera: &str,
    ) -> Result<Truth, DataError> {
        match self {
            Self::Episodes { priors, .. } => {
                let found = match priors {
                    Some(file) => file.at(episode, index, camera)?,
                    None => None,
                };
                let FramePriors {
                    subtask,
                    groundings,
                } = found.unwrap_or_default();
                Ok((subtask, groundings))
            }
            Self::Samples(set) => {
                let sample = set.samples.get(index as usize);
                let targets = sample.into_iter().flat_map(|sample| &sample.targets);
                let groundings = targets.filter_map(Target::to_grounding).collect();
                Ok((sample.map(text_of).unwrap_or_default(), groundings))
            }
        }
    }

    /// What is asked and answered about a sample.
    pub(super) fn turns(&self, index: u64) -> Vec<(String, String)> {
        let Self::Samples(set) = self else {
            return Vec::new();
        };
        let turns = set.samples.get(index as usize);
        let turns = turns.into_iter().flat_map(|sample| &sample.conversation);
        turns
            .map(|turn| {
                let role = match turn.role {
                    Role::System => "System",
                    Role::User => "Question",
                    Role::Assistant => "Answer",
                };
                (role.to_owned(), turn.text.clone())
            })
            .collect()
    }

    /// The numbers of an episode.
    pub(super) fn rows(&mut self, episode: u64) -> Result<EpisodeRows, DataError> {
        let Self::Episodes { set, .. } = self else {
            return Ok(EpisodeRows::default());
        };
        let place = set.episode(episode)?;
        let features: Vec<Feature> = set.info().features.clone();
        let wanted: Vec<&Feature> = features
            .iter()
            .filter(|feature| is_curve(feature, place.length))
            .collect();
        let mut columns: Vec<&str> = wanted.iter().map(|feature| feature.name.as_str()).collect();
        columns.push("timestamp");
        let rows = set.rows(episode, &columns)?;
        let fps = set.info().fps;
        let stamps = rows.column("timestamp");
        let times = (0..rows.length).map(|row| {
            let stamp = stamps.and_then(|column| column.values.number(row));
            let stamp = stamp.filter(|stamp| stamp.is_finite());
            stamp.unwrap_or(row as f64 / fps)
        });
        let features = wanted.iter().filter_map(|feature| {
            let column = rows.column(&feature.name)?;
            let numbers = (0..rows.length * column.width).map(|at| {
                let number = column.values.number(at);
                number.map_or(f32::NAN, |number| number as f32)
            });
            Some(FeatureRows {
                name: feature.name.clone(),
                axes: axes(feature, column.width),
                values: numbers.collect(),
            })
        });
        Ok(EpisodeRows {
            episode,
            length: rows.length,
            tasks: place.tasks,
            features: features.collect(),
            times: times.collect(),
        })
    }
}

/// What opens a dataset a second time.
pub(super) enum Again {
    Folder(std::path::PathBuf),
    Samples(Arc<LabelSet>),
}

impl Again {
    pub(super) fn open(self) -> Result<Material, DataError> {
        Ok(match self {
            Self::Folder(root) => Material::Episodes {
                set: Box::new(Episodes::open(&root)?),
                priors: None,
            },
            Self::Samples(set) => Material::Samples(set),
        })
    }
}

fn is_curve(feature: &Feature, length: u64) -> bool {
    feature.is_numeric()
        && !feature.is_camera()
        && !BOOKKEEPING.contains(&feature.name.as_str())
        && feature.width() <= MAX_WIDTH
        && length.saturating_mul(feature.width() as u64) <= MAX_VALUES
}

/// Names of the axes; numbers where the dataset has none, or not as many as values.
fn axes(feature: &Feature, width: usize) -> Vec<String> {
    if feature.names.len() == width {
        return feature.names.clone();
    }
    if width == 1 {
        return vec![super::short_name(&feature.name).to_owned()];
    }
    (0..width).map(|axis| axis.to_string()).collect()
}

fn picture(sample: &Sample) -> Result<Frame, String> {
    let Some(image) = sample.image() else {
        return Err("this sample has no picture".into());
    };
    let Some(file) = &image.file else {
        return Err(format!(
            "the picture is not there; put it beside the annotations: {}",
            image.path
        ));
    };
    let picture = Picture::open(file).map_err(|error| error.to_string())?;
    Ok(picture.frame)
}

/// A grey picture of the right size, so that what is known of the place of things can still be seen.
#[expect(clippy::expect_used, reason = "as many bytes as the size says")]
fn blank(size: Option<ImageSize>) -> Frame {
    let size = size.filter(|size| !size.is_empty()).unwrap_or(BLANK);
    let size = ImageSize::new(size.width.min(BLANK_SIDE), size.height.min(BLANK_SIDE));
    let grey = [BLANK_GREY, BLANK_GREY, BLANK_GREY, 255];
    let pixels: Vec<u8> = grey.repeat(size.pixels());
    Frame::from_rgba("blank", size, pixels).expect("width x height x 4 bytes")
}
