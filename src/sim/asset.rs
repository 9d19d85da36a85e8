//! The library of things: categories ([`CATEGORIES`]), and one thing of a category ([`instance`]).
//!
//! A category is one entry in the list of its generator: a function that builds the solid at its usual size, what it
//! is called, what it is made of and how it is held. Knows nothing of scenes. Metres, kilograms; things stand with z up
//! and have the middle of their bounds at the origin.

mod blobs;
mod boxes;
mod cabinet;
mod category;
mod colour;
mod cookware;
mod cutlery;
mod food;
mod fruit;
mod garments;
mod gear;
mod greens;
mod hold;
mod household;
mod material;
mod models;
mod office;
mod parts;
mod stationery;
mod tableware;
mod tools;
mod toys;
mod vegetables;
mod vessels;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::solid::{Collider, Solid};
use crate::geometry::Pose;

pub use cabinet::{Cabinet, Drawer, cabinet};
pub use category::{CATEGORIES, Category, CategoryId, Group, Uses};
pub use colour::{Colour, linear};
pub use hold::{Cavity, Grasp};
pub use material::{Finish, Material};

/// Which thing: all that two equal things share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AssetSpec {
    /// Its category.
    pub category: CategoryId,
    /// Its longest side as it stands, in metres.
    pub size: f64,
    /// Its main colour.
    pub colour: Colour,
    /// What it is made of.
    pub material: Finish,
}

impl AssetSpec {
    /// The thing of a category at its usual size, colour and material.
    #[must_use]
    pub fn usual(category: CategoryId) -> Self {
        let entry = category.entry();
        Self {
            category,
            size: entry.usual(),
            colour: entry.colours[0],
            material: entry.finishes[0],
        }
    }
}

/// One thing, ready to be drawn and to be put into a world.
#[derive(Debug, Clone, PartialEq)]
pub struct Asset {
    /// Which thing it is.
    pub spec: AssetSpec,
    /// Its shape.
    pub solid: Arc<Solid>,
    /// Its materials, by colour slot.
    pub materials: Arc<[Material]>,
    /// Convex pieces for contact.
    pub colliders: Vec<Collider>,
    /// Its sides as it stands.
    pub extents: [f64; 3],
    /// Kilograms per cubic metre of its pieces.
    pub density: f64,
    /// Coulomb's coefficient.
    pub friction: f64,
    /// What it is good for.
    pub uses: Uses,
    /// Ways it lies on level ground at z = 0; the first is how it stands.
    pub rests: Vec<Pose>,
    /// Ways a gripper can take it as it stands.
    pub grasps: Vec<Grasp>,
    /// Where things go that are put into or onto it.
    pub cavity: Option<Cavity>,
}

impl Asset {
    /// Its category's entry.
    #[must_use]
    pub fn category(&self) -> &'static Category {
        self.spec.category.entry()
    }

    /// "red cup".
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} {}", self.spec.colour.name(), self.category().name)
    }
}

/// Makes the thing. Sizes are cut to a tenth and ten times the category's usual one.
#[must_use]
pub fn instance(spec: &AssetSpec) -> Asset {
    let entry = spec.category.entry();
    let built = (entry.build)();
    let usual = entry.usual();
    let size = if spec.size.is_finite() {
        spec.size
    } else {
        usual
    };
    let size = size.clamp(usual / 10.0, usual * 10.0);
    let longest = longest(&built);
    let solid = built.scaled(size / longest).centred();
    let extents = solid.bounds().extents();
    let mut materials = vec![spec.material.coloured(spec.colour.linear())];
    materials.extend(
        entry
            .accents
            .iter()
            .map(|(rgb, finish)| finish.coloured(colour::linear(*rgb))),
    );
    Asset {
        spec: *spec,
        colliders: solid.colliders(),
        extents,
        density: entry.density,
        friction: entry.friction,
        uses: entry.uses,
        rests: hold::rests(&solid, entry.rests),
        grasps: hold::grasps(extents, entry.grip, size / longest),
        cavity: hold::cavity(extents, entry.cavity, size / longest),
        solid: Arc::new(solid),
        materials: materials.into(),
    }
}

fn longest(solid: &Solid) -> f64 {
    solid.bounds().extents().into_iter().fold(1e-6, f64::max)
}

/// Whether a category in a colour is kept out of training, to test new pairs of known words: about one pair in ten.
#[must_use]
pub fn held_out(category: CategoryId, colour: Colour) -> bool {
    let name = category.entry().name.bytes().chain(colour.name().bytes());
    let mix = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    (name.fold(0x811c_9dc5, mix) >> 8).is_multiple_of(10)
}

#[cfg(test)]
mod tests;
