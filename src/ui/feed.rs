//! Textures of the newest frames: uploaded once for each new frame, never copied back.

use std::collections::HashMap;

use egui::{ColorImage, Context, TextureHandle, TextureOptions};

use crate::engine::SourceId;
use crate::vision::Frame;
use crate::workbench::Workbench;

/// Nearest when magnified, so that pixels can be seen; linear when minified.
const SAMPLING: TextureOptions = TextureOptions {
    magnification: egui::TextureFilter::Nearest,
    minification: egui::TextureFilter::Linear,
    wrap_mode: egui::TextureWrapMode::ClampToEdge,
    mipmap_mode: None,
};

struct Feed {
    texture: TextureHandle,
    shown: Frame,
}

/// One texture for each source that has a frame.
#[derive(Default)]
pub struct Feeds {
    feeds: HashMap<SourceId, Feed>,
}

impl Feeds {
    /// Uploads the frames that are new, drops the textures of closed sources.
    pub fn update(&mut self, context: &Context, workbench: &Workbench) {
        self.feeds
            .retain(|id, _| workbench.sources.iter().any(|s| s.id == *id));
        for source in &workbench.sources {
            if let Some(frame) = &source.frame {
                self.upload(context, source.id, frame);
            }
        }
    }

    fn upload(&mut self, context: &Context, id: SourceId, frame: &Frame) {
        if self.feeds.get(&id).is_some_and(|f| f.shown.same_pixels(frame)) {
            return;
        }
        let size = [frame.size().width as usize, frame.size().height as usize];
        let image = ColorImage::from_rgba_unmultiplied(size, frame.rgba());
        match self.feeds.get_mut(&id) {
            Some(feed) => {
                feed.texture.set(image, SAMPLING);
                feed.shown = frame.clone();
            }
            None => {
                let name = format!("source {}", id.0);
                let texture = context.load_texture(name, image, SAMPLING);
                let shown = frame.clone();
                self.feeds.insert(id, Feed { texture, shown });
            }
        }
    }

    /// The texture of a source's newest frame.
    #[must_use]
    pub fn texture(&self, id: SourceId) -> Option<&TextureHandle> {
        self.feeds.get(&id).map(|feed| &feed.texture)
    }
}
