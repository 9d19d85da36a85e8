//! Second pass: an episode is drawn from its snapshots, and everything true in the pictures is noted.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::effort::{Part, Stopwatch};
use super::journal::line;
use super::priors::{Priors, priors};
use super::questions::{Mix, Question, questions};
use super::{CollectError, rows};
use crate::data::{EpisodeRecorder, RecordedEpisode};
use crate::geometry::ImageSize;
use crate::job::JobContext;
use crate::media::picture::jpeg;
use crate::sim::drawing::{Stage, THINGS};
use crate::sim::episode::EpisodeRecord;
use crate::sim::label::Labeller;
use crate::sim::render::{Camera, Renderer};
use crate::sim::{Rollout, Snapshot};
use crate::vision::{Frame, Likeness};

/// Quality of the pictures beside the questions.
const JPEG_QUALITY: u8 = 92;
/// Pictures of one camera that differ at no more places than this are the same to a reader.
const ALIKE: u32 = 1;
/// Folder of the pictures beside the questions.
const PICTURES: &str = "images";

/// What is told of an episode beside its dataset.
pub(super) struct Told {
    /// Scene, seed and actions: enough to play and draw it again.
    pub scene: serde_json::Value,
    priors: Vec<Priors>,
    questions: Vec<Question>,
}

impl Told {
    /// Appends its questions, one line each.
    pub(super) fn write_questions(&self, episode: u64, to: &mut impl Write) -> std::io::Result<()> {
        let write = |question: &Question| line(to, &question.sample(episode));
        self.questions.iter().try_for_each(write)
    }

    /// Appends what is true in its pictures, one line each.
    pub(super) fn write_priors(&self, episode: u64, to: &mut impl Write) -> std::io::Result<()> {
        #[derive(Serialize)]
        struct Line<'a> {
            episode: u64,
            #[serde(flatten)]
            priors: &'a Priors,
        }
        let write = |priors: &Priors| line(to, &Line { episode, priors });
        self.priors.iter().try_for_each(write)
    }
}

/// An episode that is drawn.
pub(super) struct Film {
    /// Its rows; none where only stills are kept.
    pub recorded: Option<RecordedEpisode>,
    pub told: Told,
    pub instruction: String,
    /// Moments that were drawn.
    pub frames: usize,
    pub thumbnail: Frame,
}

/// Draws episodes. Every worker has a renderer of its own, opened when it first needs one.
pub(super) struct Studio<'a> {
    folder: &'a Path,
    views: &'a [(String, ImageSize)],
    mix: &'a Mix,
    /// Moments of an episode that is not recorded.
    stills: usize,
    watch: &'a Stopwatch,
    renderers: Mutex<Vec<Renderer>>,
}

impl<'a> Studio<'a> {
    pub(super) fn new(
        folder: &'a Path,
        views: &'a [(String, ImageSize)],
        mix: &'a Mix,
        stills: usize,
        watch: &'a Stopwatch,
    ) -> Self {
        Self {
            folder,
            views,
            mix,
            stills,
            watch,
            renderers: Mutex::new(Vec::new()),
        }
    }

    /// Draws an episode and records it; without a recorder only some moments of it.
    pub(super) fn shoot(
        &self,
        slot: usize,
        record: &EpisodeRecord,
        recorder: Option<EpisodeRecorder>,
        context: &JobContext<'_>,
    ) -> Result<Film, CollectError> {
        let mut renderer = self.renderer()?;
        let shot = self.draw(record, recorder, &mut renderer, context);
        self.renderers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(renderer);
        let Shot {
            recorder,
            priors,
            kept,
            frames,
            thumbnail,
        } = shot?;
        let stem = format!("{PICTURES}/slot_{slot:06}");
        let questions = self.watch.time(Part::Ask, || {
            let kept = distinct(kept);
            let asked: Vec<(&Priors, Likeness)> = priors
                .iter()
                .filter_map(|priors| {
                    let shows = |(frame, _): &&(Frame, Likeness)| {
                        shows(frame, priors.frame, &priors.camera)
                    };
                    let (_, likeness) = kept.iter().find(shows)?;
                    Some((priors, *likeness))
                })
                .collect();
            let questions = questions(record, &asked, self.views, self.mix, &stem);
            self.write_pictures(&questions, &kept)?;
            Ok::<_, CollectError>(questions)
        })?;
        let told = [record.scene.instruction.as_str()];
        let finish = |recorder: EpisodeRecorder| recorder.finish(&told);
        let recorded = self
            .watch
            .time(Part::Encode, || recorder.map(finish).transpose())?;
        self.watch.wrote(frames, self.views.len());
        let scene = replayable(record);
        Ok(Film {
            recorded,
            told: Told {
                scene,
                priors,
                questions,
            },
            instruction: record.scene.instruction.clone(),
            frames,
            thumbnail,
        })
    }

    fn renderer(&self) -> Result<Renderer, CollectError> {
        // One after the other: not every driver likes several devices opened at the same time.
        let mut idle = self
            .renderers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Ok(match idle.pop() {
            Some(renderer) => renderer,
            None => Renderer::open()?,
        })
    }

    fn draw(
        &self,
        record: &EpisodeRecord,
        mut recorder: Option<EpisodeRecorder>,
        renderer: &mut Renderer,
        context: &JobContext<'_>,
    ) -> Result<Shot, CollectError> {
        let stage = Stage::new(&record.scene);
        let mut labeller = Labeller::default();
        let things: Vec<u32> = (0..record.scene.objects.len() as u32)
            .map(|index| THINGS + index)
            .collect();
        let (mut all, mut kept, mut thumbnail) = (Vec::new(), Vec::new(), None);
        let moments = match recorder {
            Some(_) => (0..record.steps.len()).collect(),
            None => moments(record, self.stills),
        };
        for &index in &moments {
            context.check()?;
            let step = &record.steps[index];
            let cameras = cameras(&stage, &step.snapshot, self.views);
            let drawing = stage.drawing(&step.snapshot);
            let views = self
                .watch
                .time(Part::Render, || renderer.render(&drawing, &cameras))?;
            let stamp = Duration::from_secs_f64(index as f64 / record.hz);
            let mut frames = Vec::new();
            for ((camera, view), (name, _)) in cameras.iter().zip(views).zip(self.views) {
                all.push(self.watch.time(Part::Label, || {
                    let labels = labeller.objects(&drawing, camera, &view, &things);
                    priors(record, index, name, (camera, &view), &labels)
                }));
                let frame = Frame::from_rgba(&rows::camera(name), view.size, view.rgba)?;
                frames.push(frame.stamped(index as u64, stamp));
            }
            if let Some(recorder) = &mut recorder {
                self.watch.time(Part::Encode, || {
                    recorder.push(&rows::row(record, index), &frames)
                })?;
            }
            if index == record.steps.len() / 3 {
                thumbnail = frames.first().cloned();
            }
            if recorder.is_none() || self.mix.asks_about(index, record.steps.len()) {
                kept.extend(frames);
            }
        }
        let thumbnail = thumbnail.or_else(|| kept.first().cloned());
        Ok(Shot {
            recorder,
            priors: all,
            kept,
            frames: moments.len(),
            thumbnail: thumbnail.ok_or(CollectError::Nothing)?,
        })
    }

    /// Writes the pictures that are asked about.
    fn write_pictures(
        &self,
        questions: &[Question],
        frames: &[(Frame, Likeness)],
    ) -> Result<(), CollectError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| CollectError::File {
                doing: "writing a picture",
                source,
                path,
            }
        };
        let folder = self.folder.join(PICTURES);
        std::fs::create_dir_all(&folder).map_err(failed(&folder))?;
        let mut written = BTreeSet::new();
        for question in questions
            .iter()
            .filter(|question| written.insert(&question.image))
        {
            let of =
                |(frame, _): &&(Frame, Likeness)| shows(frame, question.frame, &question.camera);
            if let Some((frame, _)) = frames.iter().find(of) {
                let path: PathBuf = self.folder.join(&question.image);
                std::fs::write(&path, jpeg(frame, JPEG_QUALITY)?).map_err(failed(&path))?;
            }
        }
        Ok(())
    }
}

/// Whether a frame is that of a control step and camera.
fn shows(frame: &Frame, step: usize, camera: &str) -> bool {
    frame.seq == step as u64 && frame.camera() == rows::camera(camera)
}

/// Pictures that differ from every earlier one of their camera, with how they look.
fn distinct(frames: Vec<Frame>) -> Vec<(Frame, Likeness)> {
    let mut kept: Vec<(Frame, Likeness)> = Vec::new();
    for frame in frames {
        let likeness = Likeness::of(&frame);
        let alike = |(other, own): &(Frame, Likeness)| {
            other.camera() == frame.camera() && own.distance(likeness) <= ALIKE
        };
        if !kept.iter().any(alike) {
            kept.push((frame, likeness));
        }
    }
    kept
}

struct Shot {
    recorder: Option<EpisodeRecorder>,
    priors: Vec<Priors>,
    /// Frames that may be asked about.
    kept: Vec<Frame>,
    /// Moments that were drawn.
    frames: usize,
    thumbnail: Frame,
}

/// Moments of an episode, in order: as many as are wanted or there are, each once, drawn from its seed.
fn moments(record: &EpisodeRecord, count: usize) -> Vec<usize> {
    let mut random = ChaCha8Rng::seed_from_u64(record.scene.seed ^ 0x7374_696c_6c73);
    let of = record.steps.len();
    let mut moments = rand::seq::index::sample(&mut random, of, count.min(of)).into_vec();
    moments.sort_unstable();
    moments
}

/// The recorded cameras at a moment, with the size their pictures have.
pub(super) fn cameras(stage: &Stage, now: &Snapshot, views: &[(String, ImageSize)]) -> Vec<Camera> {
    let all: Vec<(&str, Camera)> = stage.cameras(now).collect();
    let wanted = views.iter().filter_map(|(name, size)| {
        let (_, camera) = all.iter().find(|(own, _)| own == name)?;
        Some(Camera {
            lens: camera.lens.resized(*size),
            ..*camera
        })
    });
    wanted.collect()
}

/// What plays and draws an episode again; the dataset begins after the steps that another took before.
fn replayable(record: &EpisodeRecord) -> serde_json::Value {
    serde_json::json!({
        "scene": record.scene,
        "hz": record.hz,
        "perturbations": record.perturbations,
        "actions": Rollout::of(record).actions,
        "before": record.before.len(),
        "fingerprint": record.fingerprint,
    })
}
