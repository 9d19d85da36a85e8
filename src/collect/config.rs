//! What is to be collected. One struct is the command line, the form in the window and the file beside the dataset.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use crate::data::{PictureStorage, Version};
use crate::geometry::ImageSize;
use crate::media::VideoCodec;
use crate::sim::tasks::{Options, Split};

/// What is to be collected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
#[serde(default)]
pub struct Config {
    /// Tasks by name or suite, several with commas: `all`, `widowx`, `google`, `so101`, `simpler`, `templates`; a
    /// wrong name lists them
    #[arg(
        long,
        value_name = "TASK",
        value_delimiter = ',',
        default_value = "widowx"
    )]
    pub task: Vec<String>,
    /// Episodes in all, shared out evenly over the tasks
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub episodes: usize,
    /// What everything random is drawn from
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
    /// The folder to write; one dataset for each robot and rate if the tasks need several
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Cameras to record, such as overhead, shoulder or wrist, with commas; every camera of the scene if none is named
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub views: Vec<String>,
    /// Size of the recorded pictures; each camera's own shape with its longer side at 320 if not said
    #[arg(long, value_name = "WxH", value_parser = picture_size)]
    #[serde(with = "size_text")]
    pub size: Option<ImageSize>,
    /// Episodes worked on at the same time; as many as there are cores if 0
    #[arg(long, value_name = "K", default_value_t = 0)]
    pub workers: usize,
    /// Go on with what is in the folder
    #[arg(long)]
    pub resume: bool,
    /// How pictures are stored
    #[arg(long, value_enum, default_value_t)]
    pub pictures: Pictures,
    /// Write `LeRobot` v2.1 instead of v3.0
    #[arg(long)]
    pub v21: bool,
    /// Things and wordings kept from training instead of those meant for it
    #[arg(long)]
    pub unseen: bool,
    /// Share of episodes in which a thing is moved or the gripper bumped midway: 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = fraction)]
    pub perturbed: f64,
    /// Standard deviation in metres of noise on the expert's steps, so that data show recoveries; 0.004 is much
    #[arg(long, value_name = "METRES", default_value_t = 0.0)]
    pub noise: f64,
    /// Share of episodes in the benchmark's own room, light and cameras instead of drawn ones: 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = fraction)]
    pub plain: f64,
    /// Share of episodes that begin with the arm anywhere over the table, its hand open or closed, so that data show the
    /// way back: 0 to 1. Beside a cabinet the arm begins at home
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = fraction)]
    pub astray: f64,
    /// The expert takes over in the middle of these episodes of a policy: what `spvla eval simulator --rollouts` wrote, a
    /// file or its folder. Only the expert's steps are recorded
    #[arg(long, value_name = "PATH", conflicts_with_all = ["perturbed", "plain", "astray", "unseen"])]
    pub takeover: Option<PathBuf>,
    /// Only pictures of this many moments of each episode, for questions, instead of a dataset; 0 for a dataset
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub stills: usize,
    /// Questions and answers from each episode, over all types
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub questions: usize,
    /// Shares of question types, as TYPE=WEIGHT with commas: box, point, trace, place, plan, count, relation, caption; the
    /// paper's composition if none is named
    #[arg(long, value_name = "TYPE=WEIGHT", value_delimiter = ',', value_parser = share)]
    pub mix: Vec<(String, f64)>,
    /// Also write a contact sheet of the first episodes into this picture
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub preview: Option<PathBuf>,
}

/// How pictures are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Pictures {
    /// H.264 video: the fastest to write.
    #[default]
    H264,
    /// AV1 video, as `LeRobot` writes by itself: smaller and much slower.
    Av1,
    /// PNG pictures inside the tables: exact and large.
    Png,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            task: vec!["widowx".into()],
            episodes: 10,
            seed: 0,
            out: PathBuf::new(),
            views: Vec::new(),
            size: None,
            workers: 0,
            resume: false,
            pictures: Pictures::H264,
            v21: false,
            unseen: false,
            perturbed: 0.0,
            noise: 0.0,
            plain: 0.0,
            astray: 0.0,
            takeover: None,
            stills: 0,
            questions: 20,
            mix: Vec::new(),
            preview: None,
        }
    }
}

impl Config {
    /// How many episodes are worked on at the same time.
    #[must_use]
    pub fn workers(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            some => some,
        }
    }

    /// How scenes are drawn.
    #[must_use]
    pub fn options(&self) -> Options {
        let split = if self.unseen {
            Split::Unseen
        } else {
            Split::Seen
        };
        Options {
            objects: split,
            words: split,
            perturbed: self.perturbed,
            noise: self.noise,
            plain: self.plain,
            astray: self.astray,
            ..Options::default()
        }
    }

    pub(super) const fn version(&self) -> Version {
        if self.v21 { Version::V21 } else { Version::V30 }
    }

    pub(super) const fn storage(&self) -> PictureStorage {
        match self.pictures {
            Pictures::H264 => PictureStorage::Video(VideoCodec::H264),
            Pictures::Av1 => PictureStorage::Video(VideoCodec::Av1),
            Pictures::Png => PictureStorage::Png,
        }
    }
}

/// A share from text.
///
/// # Errors
/// When it is no number from 0 to 1.
pub fn fraction(text: &str) -> Result<f64, String> {
    let found = text
        .parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share));
    found.ok_or_else(|| "give a number from 0 to 1".to_owned())
}

/// Least and greatest side of a recorded picture; encoders want even sides.
const SIDES: std::ops::RangeInclusive<u32> = 32..=4096;

/// A picture's size from text such as `320x240`.
///
/// # Errors
/// When it is none, or encoders would not take it.
pub fn picture_size(text: &str) -> Result<ImageSize, String> {
    let sides = text.split_once(['x', 'X', '×']);
    let sides = sides.and_then(|(w, h)| Some((w.trim().parse().ok()?, h.trim().parse().ok()?)));
    match sides {
        Some((width, height))
            if [width, height]
                .iter()
                .all(|side| SIDES.contains(side) && side % 2 == 0) =>
        {
            Ok(ImageSize::new(width, height))
        }
        Some(_) => Err("sides must be even and from 32 to 4096".into()),
        None => Err("write it as WIDTHxHEIGHT, such as 320x240".into()),
    }
}

fn share(text: &str) -> Result<(String, f64), String> {
    let (name, weight) = text
        .split_once('=')
        .ok_or("write it as TYPE=WEIGHT, such as box=2")?;
    let weight: f64 = weight
        .trim()
        .parse()
        .map_err(|_| format!("{weight:?} is not a number"))?;
    if !(weight.is_finite() && weight >= 0.0) {
        return Err("a weight is zero or more".into());
    }
    Ok((name.trim().to_owned(), weight))
}

mod size_text {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de};

    use crate::geometry::ImageSize;

    #[expect(clippy::ref_option, reason = "serde gives it so")]
    pub(super) fn serialize<S: Serializer>(
        size: &Option<ImageSize>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let text = size.map(|size| format!("{}x{}", size.width, size.height));
        text.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<ImageSize>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        let read = |text: String| super::picture_size(&text).map_err(de::Error::custom);
        text.map(read).transpose()
    }
}
