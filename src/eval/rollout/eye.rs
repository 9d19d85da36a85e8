//! The pictures of an episode: what a policy sees, and the film of it.

use std::path::Path;
use std::time::Duration;

use crate::eval::EvalError;
use crate::geometry::ImageSize;
use crate::media::{VideoCodec, VideoFormat, VideoWriter};
use crate::sim::drawing::Stage;
use crate::sim::render::{Camera, Renderer};
use crate::sim::scene::Scene;
use crate::sim::{Episode, Snapshot};
use crate::vision::Frame;

/// Longer side of a picture, as collecting records it.
const LONGER: u32 = 320;
/// Frames from one of a film that can be decoded alone to the next.
const GROUP: u32 = 10;

/// A renderer, opened when first needed.
#[derive(Default)]
pub(super) struct Eye {
    renderer: Option<Renderer>,
}

/// The cameras of one episode.
pub(super) struct Views {
    stage: Stage,
    names: Vec<(String, ImageSize)>,
}

impl Views {
    /// The named cameras; the arm's own outside camera if none is named.
    ///
    /// # Errors
    /// When a scene has no such camera.
    pub(super) fn new(scene: &Scene, wanted: &[String]) -> Result<Self, EvalError> {
        let known = |name: &str| scene.cameras.iter().find(|camera| camera.name == name);
        let usual = ["shoulder", "head", "overhead"]
            .into_iter()
            .filter(|name| known(name).is_some());
        let usual: Vec<String> = usual.take(1).map(str::to_owned).collect();
        let wanted = if wanted.is_empty() { &usual } else { wanted };
        let view = |name: &String| {
            let camera = known(name).ok_or_else(|| EvalError::Unknown {
                kind: "camera",
                name: name.clone(),
                known: scene
                    .cameras
                    .iter()
                    .map(|c| c.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            })?;
            Ok((name.clone(), recorded(camera.lens.size)))
        };
        Ok(Self {
            stage: Stage::new(scene),
            names: wanted.iter().map(view).collect::<Result<_, EvalError>>()?,
        })
    }

    fn cameras(&self, now: &Snapshot) -> Vec<Camera> {
        let all: Vec<(&str, Camera)> = self.stage.cameras(now).collect();
        let wanted = self.names.iter().filter_map(|(name, size)| {
            let (_, camera) = all.iter().find(|(own, _)| own == name)?;
            Some(Camera {
                lens: camera.lens.resized(*size),
                labels: false,
                ..*camera
            })
        });
        wanted.collect()
    }
}

/// The size of a recorded picture: even sides, the longer one as collecting has it.
fn recorded(own: ImageSize) -> ImageSize {
    let scale = f64::from(LONGER) / f64::from(own.width.max(own.height).max(1));
    let even = |side: u32| ((f64::from(side) * scale / 2.0).round() as u32).max(16) * 2;
    ImageSize::new(even(own.width), even(own.height))
}

impl Eye {
    /// What every view shows now.
    pub(super) fn look(
        &mut self,
        views: &Views,
        episode: &Episode,
    ) -> Result<Vec<Frame>, EvalError> {
        let renderer = match &mut self.renderer {
            Some(renderer) => renderer,
            empty => empty.insert(Renderer::open()?),
        };
        let now = episode.rig().snapshot();
        let step = episode.steps().len() as u64;
        let seen = renderer.render(&views.stage.drawing(&now), &views.cameras(&now))?;
        let frames = seen.into_iter().zip(&views.names).map(|(view, (name, _))| {
            let frame = Frame::from_rgba(name, view.size, view.rgba)?;
            Ok(frame.stamped(step, Duration::from_secs_f64(now.time.max(0.0))))
        });
        frames.collect()
    }
}

/// The film of an episode, begun with its first frame.
pub(super) struct Film<'a> {
    path: &'a Path,
    fps: f64,
    writer: Option<VideoWriter>,
}

impl<'a> Film<'a> {
    pub(super) fn new(path: &'a Path, fps: f64) -> Self {
        Self {
            path,
            fps,
            writer: None,
        }
    }

    pub(super) fn push(&mut self, frame: &Frame) -> Result<(), EvalError> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            empty => empty.insert(VideoWriter::create(
                self.path,
                VideoFormat {
                    codec: VideoCodec::H264,
                    size: frame.size(),
                    fps: self.fps,
                    group: GROUP,
                },
            )?),
        };
        Ok(writer.push(frame)?)
    }

    /// Frames so far.
    pub(super) fn frames(&self) -> u64 {
        self.writer.as_ref().map_or(0, VideoWriter::frames)
    }

    pub(super) fn finish(self) -> Result<(), EvalError> {
        Ok(self.writer.map_or(Ok(()), VideoWriter::finish)?)
    }
}
