//! A scene in the making: what the builders of tasks draw with.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rand::Rng as _;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::geometry::Pose;
use crate::robot::{RobotSpec, WIDOWX};
use crate::sim::asset::{Asset, AssetSpec, CategoryId, Colour, held_out, instance};
use crate::sim::goal::Goal;
use crate::sim::instruction;
use crate::sim::perturb::Perturbation;
use crate::sim::scene::{ArmPlacement, Cabinet, Role, Scene, SceneObject, Table};
use crate::sim::stream::{Stream, stream};

use super::look;
use super::options::{Options, Split};
use super::region::Region;
use super::{Family, Task, start};

/// A scene and what will happen in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The world at the start.
    pub scene: Scene,
    /// What is let happen.
    pub perturbations: Vec<Perturbation>,
}

pub(super) struct Draft<'a> {
    pub task: &'a Task,
    pub options: &'a Options,
    pub spec: &'static RobotSpec,
    pub random: ChaCha8Rng,
    pub region: Region,
    pub base: Pose,
    pub table: Table,
    pub objects: Vec<SceneObject>,
    pub cabinet: Option<Cabinet>,
    pub goal: Goal,
    /// Joint angles at the start, if not the arm's home.
    pub home: Vec<f64>,
    /// Opening of the hand at the start: 0 closed, 1 open.
    gripper: f64,
    seed: u64,
}

/// Height of tables, as in `SimplerEnv`.
pub(super) const TABLE: f64 = 0.87;
/// Friction of things and table, as in `SimplerEnv`.
const FRICTION: f64 = 0.5;
/// Where `SimplerEnv` puts the bases: x, y, z; they face negative x.
const WIDOWX_BASE: [f64; 3] = [0.147, 0.028, TABLE];
const GOOGLE_BASE: [f64; 3] = [0.35, 0.20, 0.0];
const SO101_BASE: [f64; 3] = [0.10, 0.0, TABLE];

/// Every category's usual thing, made once: some take milliseconds to shape.
fn made(category: CategoryId) -> &'static Asset {
    static USUAL: OnceLock<BTreeMap<CategoryId, Asset>> = OnceLock::new();
    let all = USUAL.get_or_init(|| {
        CategoryId::all()
            .map(|id| (id, instance(&AssetSpec::usual(id))))
            .collect()
    });
    &all[&category]
}

/// A thing by name at its usual size, in one of its colours.
pub(super) fn usual(name: &str, colour: Option<Colour>) -> AssetSpec {
    let category = CategoryId::named(name).or_else(|| CategoryId::all().next());
    let mut spec =
        AssetSpec::usual(category.unwrap_or_else(|| unreachable!("the library is not empty")));
    spec.colour = colour.unwrap_or(spec.colour);
    spec
}

impl<'a> Draft<'a> {
    pub fn new(task: &'a Task, seed: u64, options: &'a Options) -> Self {
        let spec = RobotSpec::named(task.robot).unwrap_or(&WIDOWX);
        let (at, low, high) = match spec.name {
            "google" => (GOOGLE_BASE, [-0.35, -0.02], [-0.12, 0.42]),
            "so101" => (SO101_BASE, [-0.18, -0.12], [-0.07, 0.12]),
            _ => (WIDOWX_BASE, [-0.27, -0.16], [-0.06, 0.17]),
        };
        Self {
            task,
            options,
            spec,
            random: stream(seed, Stream::Layout),
            region: Region::new(low, high),
            base: Pose::from_rpy(at, [0.0, 0.0, std::f64::consts::PI]),
            table: Table {
                centre: [-0.2, 0.1],
                size: [0.9, 1.2],
                height: TABLE,
                material: String::new(),
                friction: FRICTION,
            },
            objects: Vec::new(),
            cabinet: None,
            goal: Goal::All { goals: Vec::new() },
            home: spec.home.to_vec(),
            gripper: 1.0,
            seed,
        }
    }

    /// The scene that a builder makes of this.
    pub fn drawn(mut self, build: fn(&mut Draft)) -> Drawn {
        build(&mut self);
        self.vary_arm();
        self.lead_astray();
        self.vary_physics();
        let perturbations = self.perturbations();
        let mut looks = stream(self.seed, Stream::Look);
        let surfaces = look::surfaces(&mut looks, self.options);
        let mut views = stream(self.seed, Stream::Camera);
        let middle = self.middle();
        let mut scene = Scene {
            task: self.task.name.into(),
            instruction: String::new(),
            seed: self.seed,
            look: look::look(&mut looks, self.options, &surfaces),
            lights: look::lights(&mut looks, self.options),
            table: Table {
                material: surfaces.table,
                ..self.table
            },
            objects: self.objects,
            cabinet: self.cabinet,
            cameras: look::cameras(&mut views, self.options, self.spec, &self.base, middle),
            arm: ArmPlacement {
                robot: self.spec.name.into(),
                base: self.base,
                joints: self.home,
                gripper: self.gripper,
            },
            goal: self.goal,
        };
        let mut words = stream(self.seed, Stream::Language);
        scene.instruction = if self.options.layout.is_some() {
            instruction::plain(&scene, self.task.family)
        } else {
            instruction::instruction(&scene, self.task.family, self.options.words, &mut words)
        };
        Drawn {
            scene: exact(scene),
            perturbations: exact(perturbations),
        }
    }

    /// Where things are about, for cameras.
    fn middle(&self) -> [f64; 3] {
        if let Some(cabinet) = &self.cabinet {
            return cabinet.pose.apply([0.1, 0.0, 0.25]);
        }
        let [x, y] =
            [0, 1].map(|axis| f64::midpoint(self.region.low[axis], self.region.high[axis]));
        [x, y, self.table.height]
    }

    /// The layout of the benchmark that is asked for; none where places are to be drawn.
    pub fn layout(&self) -> Option<usize> {
        self.options
            .layout
            .map(|layout| layout % self.task.layouts.max(1))
    }

    /// Sets up until it succeeds: a table may turn out too full.
    pub fn until(&mut self, build: impl Fn(&mut Self) -> Option<Goal>) {
        for _ in 0..64 {
            if let Some(goal) = build(self) {
                self.goal = goal;
                return;
            }
            self.objects.clear();
            self.region.clear();
        }
    }

    /// A number between two, drawn.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        self.random.random_range(low..=high)
    }

    /// Puts a thing on the table, lying as its `rest` says and turned by `yaw`.
    pub fn add(
        &mut self,
        spec: AssetSpec,
        (at, yaw): ([f64; 2], f64),
        rest: usize,
        role: Role,
    ) -> usize {
        let asset = instance(&spec);
        let pose = self.resting(&asset, at, rest, yaw);
        self.objects.push(SceneObject {
            spec,
            pose,
            friction: FRICTION,
            mass_scale: 1.0,
            fixed: false,
            role,
        });
        self.objects.len() - 1
    }

    fn resting(&self, asset: &Asset, at: [f64; 2], rest: usize, yaw: f64) -> Pose {
        let rest = asset.rests[rest % asset.rests.len()];
        // A hair above the table, so that nothing begins inside it.
        let up = self.table.height + rest.position[2] + 0.0008;
        let turn = Pose::from_rpy([at[0], at[1], up], [0.0, 0.0, yaw]);
        turn.then(&Pose {
            position: [0.0; 3],
            ..rest
        })
    }

    /// Puts a thing at a free place of the region; none if there is no room.
    pub fn scatter(&mut self, spec: AssetSpec, role: Role) -> Option<usize> {
        let asset = instance(&spec);
        let radius = asset.extents[0].hypot(asset.extents[1]) / 2.0;
        let at = self.region.place(&mut self.random, radius.min(0.11))?;
        let yaw = self.random.random_range(-3.1..3.1);
        Some(self.add(spec, (at, yaw), 0, role))
    }

    /// A thing of the right split that `fits`, in a random colour and size, none of which are in the scene yet.
    pub fn draw(&mut self, fits: impl Fn(&Asset) -> bool) -> Option<AssetSpec> {
        let unseen = self.options.objects == Split::Unseen;
        let of = |split: bool| -> Vec<CategoryId> {
            let kept = |id: &CategoryId| id.entry().unseen == split;
            let fitting = |id: &CategoryId| fits(made(*id)) && !self.present(*id);
            CategoryId::all().filter(kept).filter(fitting).collect()
        };
        let mut categories = of(unseen);
        if categories.is_empty() && unseen {
            // Few containers are kept from training: an unseen thing goes into a seen one then.
            categories = of(false);
        }
        for _ in 0..24 {
            let category = *categories.choose(&mut self.random)?;
            let entry = category.entry();
            let spec = AssetSpec {
                category,
                size: self.random.random_range(entry.size[0]..=entry.size[1]),
                colour: *entry.colours.choose(&mut self.random)?,
                material: *entry.finishes.choose(&mut self.random)?,
            };
            // Some pairs of colour and category are kept from training.
            let pair = unseen || !held_out(category, spec.colour);
            if pair && fits(&instance(&spec)) {
                return Some(spec);
            }
        }
        None
    }

    fn present(&self, category: CategoryId) -> bool {
        self.objects
            .iter()
            .any(|object| object.spec.category == category)
    }

    /// As many distractors as the options say.
    pub fn distract(&mut self) {
        let [least, most] = self.options.distractors;
        let count = self.random.random_range(least..=most.max(least));
        for _ in 0..count {
            let small = |asset: &Asset| {
                asset.extents[0].max(asset.extents[1]) < 0.12 && asset.extents[2] < 0.11
            };
            if let Some(spec) = self.draw(small) {
                let _crowded_tables_get_fewer = self.scatter(spec, Role::Distractor);
            }
        }
    }

    fn vary_arm(&mut self) {
        let drawn: Vec<f64> = self
            .home
            .iter()
            .map(|_| self.random.random_range(-0.06..0.06))
            .collect();
        if self.options.switches.arm {
            for (angle, by) in self.home.iter_mut().zip(drawn) {
                *angle += by;
            }
        }
    }

    /// Lets the arm start anywhere over the table in as many episodes as the options say.
    fn lead_astray(&mut self) {
        let mut random = stream(self.seed, Stream::Start);
        if random.random_bool(self.options.astray.clamp(0.0, 1.0))
            && let Some(start) = start::astray(self, &mut random)
        {
            (self.home, self.gripper) = (start.joints, start.gripper);
        }
    }

    fn vary_physics(&mut self) {
        for object in &mut self.objects {
            let friction = self.random.random_range(0.4..1.0);
            let mass = self.random.random_range(0.6..1.7);
            if self.options.switches.physics {
                (object.friction, object.mass_scale) = (friction, mass);
            }
        }
    }

    fn perturbations(&mut self) -> Vec<Perturbation> {
        let happens = self
            .random
            .random_bool(self.options.perturbed.clamp(0.0, 1.0));
        let step = self
            .random
            .random_range(2..=(2.0 * self.task.hz) as usize + 2);
        let shift = self.random.random_bool(0.6);
        let mut part = |most: f64| self.random.random_range(-most..most);
        let (by, turn, force) = (
            [part(0.04), part(0.04)],
            part(0.5),
            [part(40.0), part(40.0), part(20.0).abs()],
        );
        let drawers = matches!(self.task.family, Family::Open | Family::Close);
        if !happens {
            return Vec::new();
        }
        vec![match self.goal.source() {
            Some(object) if shift && !drawers => Perturbation::Shift {
                step,
                object,
                by,
                turn,
            },
            _ => Perturbation::Bump {
                step,
                force,
                seconds: 0.15,
            },
        }]
    }
}

/// The same with every number cut to nine decimals, which text holds exactly: a stored scene plays as it did.
fn exact<T: Serialize + DeserializeOwned>(drawn: T) -> T {
    let cut = serde_json::to_value(&drawn).map(|mut value| {
        cut(&mut value);
        serde_json::from_value(value)
    });
    cut.ok().and_then(Result::ok).unwrap_or(drawn)
}

fn cut(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(cut),
        Value::Object(entries) => entries.values_mut().for_each(cut),
        Value::Number(number) if number.is_f64() => {
            let rounded = number.as_f64().map(|x| (x * 1e9).round() / 1e9);
            if let Some(rounded) = rounded.and_then(serde_json::Number::from_f64) {
                *number = rounded;
            }
        }
        _ => {}
    }
}
