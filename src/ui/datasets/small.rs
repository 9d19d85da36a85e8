//! Textures of the small pictures in sight.

use std::collections::HashMap;

use egui::{Context, Rect, TextureId, Vec2, vec2};

use crate::ui::picture::Picture;
use crate::workbench::DatasetState;

/// Textures that are kept beyond those in sight.
const KEPT: usize = 256;

/// The textures, by the number of the entry.
#[derive(Default)]
pub(super) struct SmallPictures {
    dataset: u64,
    pictures: HashMap<u64, Picture>,
}

impl SmallPictures {
    /// Forgets the pictures of another dataset, and all of them when there are too many.
    pub(super) fn prepare(&mut self, set: &DatasetState) {
        if self.dataset != set.id.0 || self.pictures.len() > KEPT {
            self.dataset = set.id.0;
            self.pictures.clear();
        }
    }

    /// The texture of an entry for a place of this size, and its own size on the screen.
    pub(super) fn fitted(
        &mut self,
        ctx: &Context,
        (set, number): (&DatasetState, u64),
        room: Rect,
    ) -> Option<(TextureId, Rect)> {
        let frame = set.thumbnails.get(&number)?.as_ref()?;
        let picture = self
            .pictures
            .entry(number)
            .or_insert_with(|| Picture::new(frame.clone()));
        let size = frame.size();
        let size: Vec2 = vec2(size.width as f32, size.height as f32);
        let scale = (room.width() / size.x).min(room.height() / size.y);
        let texture = picture
            .at_scale(ctx, scale * ctx.pixels_per_point())
            .texture?;
        Some((texture, Rect::from_center_size(room.center(), size * scale)))
    }
}
