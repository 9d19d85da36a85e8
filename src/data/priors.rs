//! What is true in the pictures of a collected dataset: `priors.jsonl` beside it, one line for each picture.
//!
//! The file is never read whole. Its lines stand in the order of episodes, so an episode is found by bisection over
//! bytes and only its own lines are indexed; the line of a picture is read when that picture is shown. Pixels of the
//! recorded picture, origin at the outer corner of the top-left pixel.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::DataError;
use super::labels::Mask;
use crate::geometry::{ImagePoint, ImageSize};
use crate::grounding::Grounding;

/// Name of the file beside `meta`.
const NAME: &str = "priors.jsonl";
/// Longest line that is read.
const MAX_LINE: u64 = 1 << 24;
/// Bisection ends where this many bytes are left; then lines are read in order.
const WINDOW: u64 = 1 << 16;
/// Most lines of one episode.
const MAX_LINES: usize = 1 << 20;

/// What is true in one picture.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FramePriors {
    /// What the arm is doing, in words.
    pub subtask: String,
    /// Boxes around what is seen, where things are gripped and put, and the way of the tool.
    pub groundings: Vec<Grounding>,
}

/// A thing in a picture, as the renderer knew it.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameObject {
    /// A pixel well inside its visible part.
    pub point: Option<[f64; 2]>,
    /// Its visible pixels.
    pub mask: Option<Mask>,
}

/// What an arm is about, in pixels of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Aims {
    /// Between its fingers.
    pub tool: Option<[f64; 2]>,
    /// Where it will grip.
    pub grasp: Option<[f64; 2]>,
    /// Where it will let go.
    pub place: Option<[f64; 2]>,
}

/// The file, open.
#[derive(Debug)]
pub struct PriorsFile {
    path: PathBuf,
    file: File,
    length: u64,
    /// The episode looked at last: where the lines of its pictures begin and how long they are.
    lines: Option<(u64, Lines)>,
}

type Lines = BTreeMap<(u64, String), (u64, u64)>;

#[derive(Deserialize)]
struct Head {
    episode: u64,
    frame: u64,
    camera: String,
}

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    subtask: String,
    #[serde(default)]
    objects: Vec<Object>,
    tool: Option<[f64; 2]>,
    grasp: Option<[f64; 2]>,
    place: Option<[f64; 2]>,
    #[serde(default)]
    trace: Vec<[f64; 2]>,
}

#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    label: String,
    visible: Option<[f64; 4]>,
    point: Option<[f64; 2]>,
    mask: Option<Runs>,
}

/// Run lengths as COCO has them uncompressed.
#[derive(Deserialize)]
struct Runs {
    size: ImageSize,
    counts: Vec<u32>,
}

impl PriorsFile {
    /// The file beside a dataset, if there is one.
    #[must_use]
    pub fn beside(root: &Path) -> Option<Self> {
        let path = root.join(NAME);
        let file = File::open(&path).ok()?;
        let length = file
            .metadata()
            .ok()
            .filter(std::fs::Metadata::is_file)?
            .len();
        Some(Self {
            path,
            file,
            length,
            lines: None,
        })
    }

    /// What is true in a picture; none where nothing is written about it. `camera` may be a feature's whole name.
    ///
    /// # Errors
    /// When the file cannot be read or the picture's line is damaged.
    pub fn at(
        &mut self,
        episode: u64,
        frame: u64,
        camera: &str,
    ) -> Result<Option<FramePriors>, DataError> {
        Ok(self.read(episode, frame, camera)?.map(Line::priors))
    }

    /// Every thing in a picture with its visible pixels; nothing where nothing is written about it.
    ///
    /// # Errors
    /// As [`Self::at`].
    pub fn objects(
        &mut self,
        episode: u64,
        frame: u64,
        camera: &str,
    ) -> Result<Vec<FrameObject>, DataError> {
        let line = self.read(episode, frame, camera)?;
        let objects = line.into_iter().flat_map(|line| line.objects);
        let object = |object: Object| FrameObject {
            point: object.point,
            mask: object
                .mask
                .and_then(|runs| Mask::new(runs.size, runs.counts).ok()),
        };
        Ok(objects.map(object).collect())
    }

    /// Where the arm is, grips and lets go in a picture; nothing where nothing is written about it.
    ///
    /// # Errors
    /// As [`Self::at`].
    pub fn aims(&mut self, episode: u64, frame: u64, camera: &str) -> Result<Aims, DataError> {
        let line = self.read(episode, frame, camera)?;
        Ok(line.map_or_else(Aims::default, |line| Aims {
            tool: line.tool,
            grasp: line.grasp,
            place: line.place,
        }))
    }

    /// The line of a picture.
    fn read(&mut self, episode: u64, frame: u64, camera: &str) -> Result<Option<Line>, DataError> {
        if self
            .lines
            .as_ref()
            .is_none_or(|(known, _)| *known != episode)
        {
            let lines = self.index(episode)?;
            self.lines = Some((episode, lines));
        }
        let short = camera.rsplit('.').next().unwrap_or(camera);
        let lines = self.lines.as_ref().map(|(_, lines)| lines);
        let place = lines.and_then(|lines| {
            let of = |name: &str| lines.get(&(frame, name.to_owned())).copied();
            of(camera).or_else(|| of(short))
        });
        let Some((start, length)) = place else {
            return Ok(None);
        };
        let mut bytes = Vec::with_capacity(length as usize);
        self.seek(start)?
            .take(length)
            .read_to_end(&mut bytes)
            .map_err(|source| self.failed(source))?;
        let line: Line = serde_json::from_slice(&bytes).map_err(|error| {
            let what =
                format!("what is true in frame {frame} of episode {episode} is damaged ({error})");
            DataError::malformed(&self.path, what)
        })?;
        Ok(Some(line))
    }

    /// Where the lines of an episode are.
    fn index(&self, episode: u64) -> Result<Lines, DataError> {
        let mut at = self.near(episode)?;
        let mut reader = self.seek(at)?;
        let (mut bytes, mut lines) = (Vec::new(), Lines::new());
        while let Some(length) = self.line(&mut reader, &mut bytes)? {
            match serde_json::from_slice::<Head>(&bytes) {
                Ok(head) if head.episode > episode => break,
                Ok(head) if head.episode == episode => {
                    lines.insert((head.frame, head.camera), (at, length));
                }
                _ => {}
            }
            at += length;
            if lines.len() >= MAX_LINES {
                break;
            }
        }
        Ok(lines)
    }

    /// The beginning of a line before which there is none of the episode, and not far from its first.
    fn near(&self, episode: u64) -> Result<u64, DataError> {
        let (mut low, mut high) = (0, self.length);
        let mut bytes = Vec::new();
        while high - low > WINDOW {
            let middle = low + (high - low) / 2;
            let mut reader = self.seek(middle)?;
            let Some(rest) = self.line(&mut reader, &mut bytes)? else {
                break;
            };
            let start = middle + rest;
            if start >= high || self.line(&mut reader, &mut bytes)?.is_none() {
                high = middle;
                continue;
            }
            match serde_json::from_slice::<Head>(&bytes) {
                Ok(head) if head.episode < episode => low = start,
                // A damaged line tells nothing: the part before it is searched, and what follows is read in order.
                _ => high = middle,
            }
        }
        Ok(low)
    }

    /// Reads a line; its length with the line's end, or none at the end of the file.
    fn line(
        &self,
        reader: &mut BufReader<&File>,
        bytes: &mut Vec<u8>,
    ) -> Result<Option<u64>, DataError> {
        bytes.clear();
        let read = reader
            .take(MAX_LINE)
            .read_until(b'\n', bytes)
            .map_err(|source| self.failed(source))? as u64;
        if read == MAX_LINE {
            return Err(DataError::TooMuch {
                what: "bytes in one line",
                found: read,
                limit: MAX_LINE,
                path: self.path.clone(),
            });
        }
        Ok((read > 0).then_some(read))
    }

    fn seek(&self, at: u64) -> Result<BufReader<&File>, DataError> {
        let mut reader = BufReader::new(&self.file);
        reader
            .seek(SeekFrom::Start(at))
            .map_err(|source| self.failed(source))?;
        Ok(reader)
    }

    fn failed(&self, source: std::io::Error) -> DataError {
        DataError::io("reading what is true in the pictures", &self.path, source)
    }
}

impl Line {
    fn priors(self) -> FramePriors {
        let point = |[x, y]: [f64; 2]| ImagePoint::new(x as f32, y as f32);
        let mut groundings = Vec::new();
        for object in self.objects {
            let boxed = object.visible.map(|[x1, y1, x2, y2]| {
                Grounding::from_box(point([x1, y1]), point([x2, y2])).labelled(&*object.label)
            });
            groundings.extend(boxed);
            groundings.extend(object.point.map(|at| Grounding::point(point(at))));
        }
        let spot = |at, label: &str| Grounding::point(point(at)).labelled(label);
        groundings.extend(self.grasp.map(|at| spot(at, "grasp")));
        groundings.extend(self.place.map(|at| spot(at, "place")));
        if self.trace.len() > 1 {
            let way = self.trace.into_iter().map(point).collect();
            groundings.push(Grounding::trace(way).labelled("tool"));
        }
        groundings.retain(|grounding| grounding.check().is_ok());
        FramePriors {
            subtask: self.subtask,
            groundings,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// 300 episodes of 4 frames and 2 cameras, with lines of uneven length and some that are damaged.
    fn written(folder: &Path) -> PriorsFile {
        let mut file = File::create(folder.join(NAME)).unwrap();
        for episode in 0..300_u64 {
            for frame in 0..4_u64 {
                for camera in ["overhead", "wrist"] {
                    let padding = "x".repeat((episode * 7 % 900) as usize);
                    writeln!(
                        file,
                        r#"{{"episode":{episode},"frame":{frame},"camera":"{camera}","subtask":"{padding}","objects":[{{"label":"red cube","visible":[{frame}.5,2,30,40],"point":[9,9]}},{{"label":"hidden","visible":null,"point":null}}],"grasp":[1,2],"place":null,"trace":[[0,0],[{episode},5]]}}"#
                    )
                    .unwrap();
                }
            }
            if episode % 50 == 7 {
                writeln!(file, "{{\"episode\": broken").unwrap();
            }
        }
        PriorsFile::beside(folder).unwrap()
    }

    #[test]
    fn any_picture_is_found_by_bisection() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = written(folder.path());
        for episode in [0, 1, 7, 8, 150, 257, 298, 299] {
            let camera = "observation.images.wrist";
            let found = file.at(episode, 3, camera).unwrap().expect("it is there");
            let trace = found.groundings.last().expect("a trace");
            assert_eq!(trace.points[1], ImagePoint::new(episode as f32, 5.0));
            assert_eq!(found.groundings[0].label.as_deref(), Some("red cube"));
            assert_eq!(found.groundings[0].points[0], ImagePoint::new(3.5, 2.0));
            // Box, its point, grasp, trace; what is hidden has none.
            assert_eq!(found.groundings.len(), 4);
            let lines = &file.lines.as_ref().expect("indexed").1;
            assert_eq!(lines.len(), 8, "only the lines of its episode are kept");
        }
        assert_eq!(file.at(5, 9, "wrist").unwrap(), None);
        assert_eq!(file.at(300, 0, "wrist").unwrap(), None);
        assert_eq!(file.at(5, 0, "nowhere").unwrap(), None);
    }

    #[test]
    fn a_damaged_line_is_named_and_no_file_is_no_priors() {
        let folder = tempfile::tempdir().unwrap();
        assert!(PriorsFile::beside(folder.path()).is_none());
        let line = r#"{"episode":0,"frame":0,"camera":"a","trace":"none"}"#;
        std::fs::write(folder.path().join(NAME), line).unwrap();
        let error = PriorsFile::beside(folder.path())
            .unwrap()
            .at(0, 0, "a")
            .unwrap_err();
        assert!(
            error.to_string().contains("frame 0 of episode 0"),
            "{error}"
        );
    }
}
