//! Looks and cameras: everything about a scene that no motion depends on.

use std::f64::consts::PI;

use rand::Rng as _;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

use crate::geometry::{ImageSize, Pinhole, Pose};
use crate::robot::RobotSpec;
use crate::sim::scene::{Light, Look, Mount, Post, SceneCamera};
use crate::sim::texture::{PATTERNS, Place};

use super::options::{Options, Variant};

/// Usual textures: table, wall, floor.
const USUAL: [&str; 3] = ["oak", "plaster", "concrete floor"];
/// Other table tops and rooms of the benchmark's variants.
const TABLES: [&str; 2] = ["grey laminate", "green marble"];
const ROOMS: [[&str; 2]; 2] = [
    ["brick wall", "floor boards"],
    ["striped wallpaper", "carpet"],
];
/// Tables that go with the recolourings of the arm.
const RECOLOURS: [&str; 4] = ["oak", "white laminate", "walnut", "slate"];

/// Table top, wall and floor.
pub(super) struct Surfaces {
    pub table: String,
    pub wall: String,
    pub floor: String,
}

pub(super) fn surfaces(random: &mut ChaCha8Rng, options: &Options) -> Surfaces {
    let mut draw = |place: Place, usual: &str| {
        let names: Vec<&str> = PATTERNS
            .iter()
            .filter(|p| p.place == place)
            .map(|p| p.name)
            .collect();
        let drawn = names.choose(random).copied().unwrap_or(usual);
        if options.switches.textures {
            drawn
        } else {
            usual
        }
        .to_owned()
    };
    let mut surfaces = Surfaces {
        table: draw(Place::Table, USUAL[0]),
        wall: draw(Place::Wall, USUAL[1]),
        floor: draw(Place::Floor, USUAL[2]),
    };
    match options.variant {
        Variant::Table(which) => surfaces.table = TABLES[usize::from(which) % 2].into(),
        Variant::Background(which) => {
            let [wall, floor] = ROOMS[usize::from(which) % 2];
            (surfaces.wall, surfaces.floor) = (wall.into(), floor.into());
        }
        Variant::Recolour(which) => surfaces.table = RECOLOURS[usize::from(which) % 4].into(),
        _ => {}
    }
    surfaces
}

pub(super) fn look(random: &mut ChaCha8Rng, options: &Options, surfaces: &Surfaces) -> Look {
    let ambient = random.random_range(0.25..0.55);
    Look {
        seed: if options.switches.textures {
            random.random()
        } else {
            0
        },
        wall: surfaces.wall.clone(),
        floor: surfaces.floor.clone(),
        ambient: match options.variant {
            Variant::Light(0) => 0.6,
            Variant::Light(_) => 0.2,
            _ if options.switches.lights => ambient,
            _ => 0.4,
        },
        recolour: match options.variant {
            Variant::Recolour(which) => which,
            _ => 0,
        },
    }
}

pub(super) fn lights(random: &mut ChaCha8Rng, options: &Options) -> Vec<Light> {
    let count = random.random_range(1..=3);
    let drawn: Vec<Light> = (0..count).map(|index| light(random, index)).collect();
    let key = |intensity: f64| {
        vec![Light {
            direction: [-0.4, 0.3, -1.0],
            kelvin: 5500.0,
            intensity,
        }]
    };
    match options.variant {
        Variant::Light(0) => key(1.6),
        Variant::Light(_) => key(0.5),
        _ if options.switches.lights => drawn,
        _ => key(1.0),
    }
}

fn light(random: &mut ChaCha8Rng, index: usize) -> Light {
    let around = random.random_range(0.0..2.0 * PI);
    let slant = random.random_range(0.1..1.0_f64);
    Light {
        direction: [slant * around.cos(), slant * around.sin(), -1.0],
        kelvin: random.random_range(3000.0..7500.0),
        intensity: random.random_range(0.6..1.3) / (1.0 + index as f64),
    }
}

/// Overhead, the arm's usual outside camera, and one on the hand.
pub(super) fn cameras(
    random: &mut ChaCha8Rng,
    options: &Options,
    spec: &RobotSpec,
    base: &Pose,
    middle: [f64; 3],
) -> Vec<SceneCamera> {
    let above = [middle[0] + 0.01, middle[1], middle[2] + 0.75];
    let overhead = Pose::looking_at(above, middle, base.rotate([1.0, 0.0, 0.0]));
    let (name, outside, lens) = outside(spec, base);
    let jitter = options.switches.cameras;
    let mut fixed = |name: &str, pose: Pose, lens: Pinhole| {
        let moved = pose.then(&shake(random));
        let zoom = random.random_range(0.97..1.03);
        let (pose, zoom) = match options.variant {
            Variant::Camera(which) => (pose.then(&elsewhere(which)), 1.0),
            _ if jitter => (moved, zoom),
            _ => (pose, 1.0),
        };
        SceneCamera {
            name: name.into(),
            mount: Mount::World(pose),
            lens: Pinhole {
                fx: lens.fx * zoom,
                fy: lens.fy * zoom,
                ..lens
            },
            post: Post::default(),
        }
    };
    let square = ImageSize::new(640, 480);
    vec![
        fixed("overhead", overhead, Pinhole::from_fov(square, PI / 3.0)),
        fixed(name, outside, lens),
        wrist(spec),
    ]
}

/// Six centimetres to the left and turned back to where it looked; or as much up, and rolled. Camera axes.
fn elsewhere(which: u8) -> Pose {
    if which.is_multiple_of(2) {
        Pose::from_rpy([-0.06, 0.0, 0.0], [0.0, 4_f64.to_radians(), 0.0])
    } else {
        Pose::from_rpy(
            [0.0, -0.06, 0.0],
            [-4_f64.to_radians(), 0.0, 5_f64.to_radians()],
        )
    }
}

/// Two centimetres, two degrees.
fn shake(random: &mut ChaCha8Rng) -> Pose {
    let mut part = |most: f64| std::array::from_fn(|_| random.random_range(-most..most));
    Pose::from_rpy(part(0.02), part(2_f64.to_radians()))
}

/// The view that policies of this arm are trained on (`SimplerEnv`'s cameras), or one like it.
fn outside(spec: &RobotSpec, base: &Pose) -> (&'static str, Pose, Pinhole) {
    let up = [0.0, 0.0, 1.0];
    let at = |eye: [f64; 3], along: [f64; 3]| {
        let target = std::array::from_fn(|axis| eye[axis] + along[axis]);
        base.then(&Pose::looking_at(eye, target, up))
    };
    if spec.name == "google" {
        let lens = Pinhole {
            fx: 425.0,
            fy: 425.0,
            cx: 320.0,
            cy: 256.0,
            size: ImageSize::new(640, 512),
        };
        // On the head, looking down at the table.
        return ("head", at([0.10, 0.0, 1.38], [0.55, 0.0, -0.50]), lens);
    }
    let lens = Pinhole {
        fx: 623.588,
        fy: 623.588,
        cx: 319.501,
        cy: 239.545,
        size: ImageSize::new(640, 480),
    };
    (
        "shoulder",
        at([0.0, -0.16, 0.36], [1.0, 0.553, -1.085]),
        lens,
    )
}

/// On the palm, seeing the finger tips.
fn wrist(spec: &RobotSpec) -> SceneCamera {
    let grasp = spec.tool_pose().then(&spec.grasp_pose());
    let back = 2.0 * spec.gripper.finger[0] + 0.05;
    let eye = [-back, 0.0, 0.06];
    let offset = grasp.then(&Pose::looking_at(eye, [0.02, 0.0, 0.0], [0.0, 0.0, 1.0]));
    SceneCamera {
        name: "wrist".into(),
        mount: Mount::Link {
            link: spec.joints.len() - 1,
            offset,
        },
        lens: Pinhole::from_fov(ImageSize::new(640, 480), 70_f64.to_radians()),
        post: Post::default(),
    }
}
