//! Labels of things: where each one is seen, where it would be seen, and how much of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::freespace::Obstacle;
use super::mask::{Mask, Rle};
use super::silhouette::Silhouette;
use crate::sim::render::{Camera, Drawing, View, object_of};
use crate::sim::solid::{Mesh, Solid};

/// Solids whose triangles are kept.
const KEPT: usize = 512;
/// A thing hidden by more than this share has no label.
const OCCLUSION_MAX: f64 = 0.7;
/// A thing of fewer pixels has no label.
const AREA_MIN: usize = 64;

/// What is known of one thing in one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectLabel {
    /// Its number in the drawing.
    pub object: u32,
    /// The tight box around its visible pixels; none if it is not seen.
    pub visible: Option<[f64; 4]>,
    /// The box around all of it, as if nothing were in front, not cut at the image's edges.
    pub amodal: [f64; 4],
    /// Its visible pixels; none if it is not seen.
    pub mask: Option<Mask>,
    /// Number of its visible pixels.
    pub area: usize,
    /// Share of its pixels within the image that something hides.
    pub occlusion: f64,
    /// Share of its pixels that lie beyond the image.
    pub truncation: f64,
    /// The visible pixel farthest from its border.
    pub point: Option<[f64; 2]>,
}

/// Why a thing has no label in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drop {
    /// Hardly anything of it is seen.
    Occluded,
    /// It is too small.
    Small,
}

impl ObjectLabel {
    /// Why it should not be asked for, if so.
    #[must_use]
    pub fn dropped(&self) -> Option<Drop> {
        if self.occlusion > OCCLUSION_MAX || self.area == 0 {
            Some(Drop::Occluded)
        } else if self.area < AREA_MIN {
            Some(Drop::Small)
        } else {
            None
        }
    }

    /// Its visible pixels as run lengths.
    #[must_use]
    pub fn rle(&self) -> Option<Rle> {
        self.mask.as_ref().map(Mask::rle)
    }
}

/// Makes labels; keeps the triangles of solids between pictures.
#[derive(Debug, Default)]
pub struct Labeller {
    meshes: BTreeMap<u64, Arc<Mesh>>,
}

impl Labeller {
    /// The triangles of a solid.
    fn mesh(&mut self, solid: &Solid) -> Arc<Mesh> {
        if self.meshes.len() > KEPT {
            self.meshes.clear();
        }
        let mesh = self.meshes.entry(solid.fingerprint());
        mesh.or_insert_with(|| Arc::new(solid.mesh())).clone()
    }

    /// What these objects cover of the ground, for [`FreeSpace`](super::FreeSpace).
    pub fn obstacles(&mut self, drawing: &Drawing, objects: &[u32]) -> Vec<Obstacle> {
        let items = drawing.items.iter();
        items
            .filter(|item| objects.contains(&object_of(item.id)))
            .map(|item| Obstacle::new(&self.mesh(&item.solid), &item.pose))
            .collect()
    }

    /// Labels of these objects, in their order; objects behind the camera or not drawn have none.
    pub fn objects(
        &mut self,
        drawing: &Drawing,
        camera: &Camera,
        view: &View,
        objects: &[u32],
    ) -> Vec<ObjectLabel> {
        objects
            .iter()
            .filter_map(|object| self.object(drawing, camera, view, *object))
            .collect()
    }

    fn object(
        &mut self,
        drawing: &Drawing,
        camera: &Camera,
        view: &View,
        object: u32,
    ) -> Option<ObjectLabel> {
        let items = drawing
            .items
            .iter()
            .filter(|item| object_of(item.id) == object);
        let parts: Vec<_> = items
            .map(|item| (self.mesh(&item.solid), item.pose))
            .collect();
        let parts: Vec<_> = parts
            .iter()
            .map(|(mesh, pose)| (mesh.as_ref(), *pose))
            .collect();
        let alone = Silhouette::of(&parts, &camera.pose, &camera.lens)?;
        let mask = Mask::of(view.size, &view.ids, |id| object_of(*id) == object);
        let area = mask.as_ref().map_or(0, Mask::area);
        // Rounding in the device may colour a border pixel more than the projection has.
        let within = alone.image_area.max(area);
        let canvas = alone.canvas_area + within - alone.image_area;
        let share = |part: usize, whole: usize| {
            if whole == 0 {
                1.0
            } else {
                part as f64 / whole as f64
            }
        };
        Some(ObjectLabel {
            object,
            visible: mask.as_ref().map(Mask::bounds),
            amodal: alone.bounds,
            point: mask.as_ref().map(Mask::centre),
            mask,
            area,
            occlusion: 1.0 - share(area, within).min(1.0),
            truncation: if canvas == 0 {
                1.0
            } else {
                1.0 - share(within, canvas)
            },
        })
    }
}
