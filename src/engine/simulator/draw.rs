//! Drawing: the cameras that are shown, and what a pixel of one shows.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Published;
use super::play::{Live, Play};
use crate::engine::SourceId;
use crate::engine::worker::NOW;
use crate::geometry::ImagePoint;
use crate::sim::drawing::THINGS;
use crate::sim::render::{Camera, RenderError, Renderer, object_of};
use crate::vision::Frame;

impl Play {
    /// A shown camera as it is now.
    pub(super) fn camera(&mut self, source: SourceId) -> Option<(Camera, &mut Live)> {
        let (_, name) = self.attached.iter().find(|(id, _)| *id == source)?;
        let live = self.live.as_mut()?;
        let now = live.session.episode().rig().snapshot();
        let camera = live.stage.cameras(&now).find(|(own, _)| own == name)?.1;
        Some((camera, live))
    }

    /// Looks what a pixel shows, and takes it into the hand if it is a thing.
    pub(super) fn grab(&mut self, source: SourceId, at: ImagePoint) -> Result<(), RenderError> {
        let mut renderer = match self.renderer.take() {
            Some(renderer) => renderer,
            None => Renderer::open()?,
        };
        if let Some((camera, live)) = self.camera(source) {
            let now = live.session.episode().rig().snapshot();
            let views = renderer.render(&live.stage.drawing(&now), &[camera])?;
            let size = camera.lens.size;
            let pixel = at.y.max(0.0) as usize * size.width as usize + at.x.max(0.0) as usize;
            let seen = views.first().filter(|_| size.contains(at));
            let object = seen
                .and_then(|view| view.ids.get(pixel))
                .and_then(|id| object_of(*id).checked_sub(THINGS));
            if let Some(object) = object {
                live.session.grab(object as usize, &camera, at);
            }
        }
        self.renderer = Some(renderer);
        Ok(())
    }

    /// Draws every shown camera and publishes the moment.
    pub(super) fn publish(&mut self) -> Result<(), RenderError> {
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        let now = live.session.episode().rig().snapshot();
        let all: Vec<(&str, Camera)> = live.stage.cameras(&now).collect();
        let (mut ids, mut cameras) = (Vec::new(), Vec::new());
        for (id, name) in &self.attached {
            if let Some((_, camera)) = all.iter().find(|(own, _)| own == name) {
                ids.push((*id, name.as_str()));
                cameras.push(Camera {
                    labels: self.wants_truth,
                    ..*camera
                });
            }
        }
        let (mut frames, mut truths) = (Vec::new(), Vec::new());
        if !cameras.is_empty() {
            let renderer = match &mut self.renderer {
                Some(renderer) => renderer,
                empty => empty.insert(Renderer::open()?),
            };
            let begun = Instant::now();
            let drawing = live.stage.drawing(&now);
            let views = renderer.render(&drawing, &cameras)?;
            self.draw_ms = begun.elapsed().as_secs_f32() * 1e3;
            let (step, stamp) = (
                live.session.episode().steps().len() as u64,
                Duration::from_secs_f64(now.time.max(0.0)),
            );
            for ((view, camera), (id, name)) in views.into_iter().zip(&cameras).zip(ids) {
                if self.wants_truth {
                    let marks = live.truth.marks(&live.session, (&drawing, camera), &view);
                    truths.push((id, marks));
                }
                if let Ok(frame) = Frame::from_rgba(name, view.size, view.rgba) {
                    frames.push((id, frame.stamped(step, stamp)));
                }
            }
        }
        let mut status = live.status(&now);
        status.running = self.running;
        status.draw_ms = self.draw_ms;
        status.truth = truths;
        self.published.put(Arc::new(Published { status, frames }));
        (self.sink.wake)(NOW);
        Ok(())
    }
}
