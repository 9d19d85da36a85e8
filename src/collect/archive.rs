//! Episodes that were played elsewhere, appended to a dataset one by one: same rows and cameras as collected ones.

use std::path::Path;
use std::time::Duration;

use super::{CollectError, Config, Plan, film, rows, views};
use crate::data::LeRobotWriter;
use crate::job::JobContext;
use crate::sim::drawing::Stage;
use crate::sim::episode::EpisodeRecord;
use crate::sim::render::Renderer;
use crate::vision::Frame;

/// Appends episodes; keeps its renderer between them.
#[derive(Debug, Default)]
pub struct Archive {
    renderer: Option<Renderer>,
}

impl Archive {
    /// Draws an episode and appends it to the dataset in `folder`, which is made if there is none; its number there.
    /// The dataset on the disk is complete afterwards.
    ///
    /// # Errors
    /// When the folder holds a dataset of another arm or rate, or something else, when nothing can be drawn or the
    /// disk is full. The dataset is then as it was.
    pub fn append(
        &mut self,
        record: &EpisodeRecord,
        folder: &Path,
        context: &JobContext<'_>,
    ) -> Result<u64, CollectError> {
        let config = Config {
            task: vec![record.scene.task.clone()],
            episodes: 1,
            out: folder.to_owned(),
            ..Config::default()
        };
        let plan = Plan::new(&config)?;
        let group = plan.groups.first().ok_or(CollectError::Nothing)?;
        let views = views::views(&config, group)?;
        let spec = rows::spec(&config, group, &views);
        let mut writer = if folder.join("meta/info.json").exists() {
            LeRobotWriter::resume(folder)?
        } else {
            LeRobotWriter::create(folder, &spec)?
        };
        if *writer.spec() != spec {
            return Err(CollectError::OtherPlan {
                path: folder.to_owned(),
            });
        }
        let mut recorder = writer.recorder()?;
        let stage = Stage::new(&record.scene);
        for (index, step) in record.steps.iter().enumerate() {
            context.check()?;
            context.report("Recording", index as u64, record.steps.len() as u64);
            let mut cameras = film::cameras(&stage, &step.snapshot, &views);
            // Labels are not stored, and cost a pass.
            for camera in &mut cameras {
                camera.labels = false;
            }
            let drawn = self
                .renderer()?
                .render(&stage.drawing(&step.snapshot), &cameras)?;
            let stamp = Duration::from_secs_f64(index as f64 / record.hz);
            let frames = drawn.into_iter().zip(&views).map(|(view, (name, _))| {
                let frame = Frame::from_rgba(&rows::camera(name), view.size, view.rgba)?;
                Ok(frame.stamped(index as u64, stamp))
            });
            let frames = frames.collect::<Result<Vec<_>, CollectError>>()?;
            recorder.push(&rows::row(record, index), &frames)?;
        }
        let recorded = recorder.finish(&[&record.scene.instruction])?;
        let episode = writer.append(recorded)?;
        writer.publish()?;
        Ok(episode)
    }

    fn renderer(&mut self) -> Result<&mut Renderer, CollectError> {
        match &mut self.renderer {
            Some(renderer) => Ok(renderer),
            empty => Ok(empty.insert(Renderer::open()?)),
        }
    }
}
