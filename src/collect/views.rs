//! Which cameras a dataset has, and how large their pictures are.

use super::{CollectError, Config, Group};
use crate::geometry::{ImageSize, Pinhole};
use crate::sim::scene::SceneCamera;

/// Longer side of a picture whose size nobody said.
const LONGER: u32 = 320;

/// The cameras of a group's scenes that are to be recorded, with the size of their pictures.
///
/// # Errors
/// When a camera is asked for that the scenes have not.
pub(super) fn views(
    config: &Config,
    group: &Group,
) -> Result<Vec<(String, ImageSize)>, CollectError> {
    let task = group.task(0);
    let cameras = task.draw(0, &config.options()).scene.cameras;
    for name in &config.views {
        if !cameras.iter().any(|camera| camera.name == *name) {
            return Err(CollectError::UnknownView {
                name: name.clone(),
                task: task.name.to_owned(),
                known: cameras
                    .iter()
                    .map(|camera| camera.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            });
        }
    }
    let wanted = cameras.iter().filter(|camera| wants(config, camera));
    Ok(wanted
        .map(|camera| (camera.name.clone(), picture(config, &camera.lens)))
        .collect())
}

fn wants(config: &Config, camera: &SceneCamera) -> bool {
    config.views.is_empty() || config.views.contains(&camera.name)
}

/// Size of a camera's pictures: even sides, as encoders want.
fn picture(config: &Config, lens: &Pinhole) -> ImageSize {
    let own = lens.size;
    let scale = f64::from(LONGER) / f64::from(own.width.max(own.height).max(1));
    let even = |side: u32| ((f64::from(side) * scale / 2.0).round() as u32).max(16) * 2;
    config
        .size
        .unwrap_or_else(|| ImageSize::new(even(own.width), even(own.height)))
}
