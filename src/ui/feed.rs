//! The pictures of the sources' newest frames: uploaded once for each new frame, never copied back.

use std::collections::HashMap;

use super::picture::Picture;
use crate::engine::SourceId;
use crate::workbench::Workbench;

/// A picture for the canvas and a small one for the list, for each source that has a frame. They are apart because
/// each is uploaded at the size it is shown.
#[derive(Default)]
pub struct Feeds {
    pictures: HashMap<SourceId, [Picture; 2]>,
}

impl Feeds {
    /// Takes the frames that are new, drops the pictures of closed sources.
    pub fn update(&mut self, workbench: &Workbench) {
        self.pictures
            .retain(|id, _| workbench.sources.iter().any(|s| s.id == *id));
        for source in &workbench.sources {
            let Some(frame) = &source.frame else { continue };
            match self.pictures.get_mut(&source.id) {
                Some([picture, _]) if picture.frame().same_pixels(frame) => {}
                Some(pictures) => {
                    for picture in pictures {
                        picture.replace(frame.clone());
                    }
                }
                None => {
                    let pictures = [Picture::new(frame.clone()), Picture::new(frame.clone())];
                    self.pictures.insert(source.id, pictures);
                }
            }
        }
    }

    /// The picture of a source's newest frame, for the canvas.
    pub fn picture(&mut self, id: SourceId) -> Option<&mut Picture> {
        self.pictures.get_mut(&id).map(|[large, _]| large)
    }

    /// The same, for a list.
    pub fn thumbnail(&mut self, id: SourceId) -> Option<&mut Picture> {
        self.pictures.get_mut(&id).map(|[_, small]| small)
    }
}
