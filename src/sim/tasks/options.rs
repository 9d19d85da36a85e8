//! How episodes of a task may differ.

use rand::Rng as _;
use serde::{Deserialize, Serialize};

use crate::sim::stream::{Stream, stream};

/// How a scene is drawn. The default is what training data is made with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// A layout of the benchmark instead of a random one.
    pub layout: Option<usize>,
    /// Looks and surroundings as the benchmark varies them.
    pub variant: Variant,
    /// Fewest and most distractors of templates.
    pub distractors: [usize; 2],
    /// Which things may be drawn.
    pub objects: Split,
    /// Which wordings may be drawn.
    pub words: Split,
    /// What is drawn at random beyond the layout.
    pub switches: Switches,
    /// Share of episodes in which something is moved or bumped midway.
    pub perturbed: f64,
    /// Standard deviation of the noise on the expert's steps, in metres; zero for none.
    pub noise: f64,
    /// Share of episodes in the benchmark's own room, light and cameras, whatever the switches say.
    pub plain: f64,
    /// Share of episodes that begin with the arm anywhere over the table, its hand open or closed.
    pub astray: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            layout: None,
            variant: Variant::Base,
            distractors: [0, 3],
            objects: Split::Seen,
            words: Split::Seen,
            switches: Switches::ON,
            perturbed: 0.0,
            noise: 0.0,
            plain: 0.0,
            astray: 0.0,
        }
    }
}

impl Options {
    /// A layout of the benchmark with nothing else drawn at random.
    #[must_use]
    pub fn benchmark(layout: usize, variant: Variant) -> Self {
        Self {
            layout: Some(layout),
            variant,
            switches: Switches::OFF,
            ..Self::default()
        }
    }

    /// The options of one episode: in some of them room, light and cameras are the benchmark's.
    pub(super) fn of_episode(&self, seed: u64) -> Self {
        let mut options = self.clone();
        let mut random = stream(seed, Stream::Plain);
        if random.random_bool(self.plain.clamp(0.0, 1.0)) {
            options.switches = Switches {
                lights: false,
                textures: false,
                cameras: false,
                ..options.switches
            };
        }
        options
    }
}

/// What was kept for training, or kept from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// For training.
    #[default]
    Seen,
    /// Kept from training.
    Unseen,
}

/// What is drawn at random; off, it has one fixed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Switches {
    /// Number, direction, colour and strength of lights; ambient light.
    pub lights: bool,
    /// Materials of table, walls and floor.
    pub textures: bool,
    /// Place and focal length of fixed cameras.
    pub cameras: bool,
    /// Where the arm starts.
    pub arm: bool,
    /// Friction and mass.
    pub physics: bool,
}

impl Switches {
    /// Everything varies.
    pub const ON: Self = Self {
        lights: true,
        textures: true,
        cameras: true,
        arm: true,
        physics: true,
    };
    /// Nothing varies.
    pub const OFF: Self = Self {
        lights: false,
        textures: false,
        cameras: false,
        arm: false,
        physics: false,
    };
}

/// A factor of `SimplerEnv`'s variant aggregation, or a recolouring of its visual matching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// As it is.
    #[default]
    Base,
    /// Another room: 0 or 1.
    Background(u8),
    /// A brighter light: 0; a darker one: 1.
    Light(u8),
    /// This many things that are of no use: 0 for none where there are some, else more.
    Distractors(u8),
    /// Another table top: 0 or 1.
    Table(u8),
    /// Another cabinet: 0 or 1.
    Cabinet(u8),
    /// Arm and table in other colours: 0 (none) to 3.
    Recolour(u8),
    /// Fixed cameras stand elsewhere: 0 or 1. Known to `SimplerEnv`, but not part of its averages.
    Camera(u8),
}
