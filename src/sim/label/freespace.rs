//! Places where something can be put down: visible support with room around.

use nalgebra::Vector2;

use crate::geometry::{ImagePoint, Pose};
use crate::sim::render::{Camera, View, object_of};
use crate::sim::solid::Mesh;

use super::trace::project;

/// Pixels between two places that are looked at.
const STEP: usize = 4;
/// Places around one that must be free, too.
const AROUND: usize = 8;

/// What a thing covers of the ground: the convex outline of its shape seen from above.
#[derive(Debug, Clone, PartialEq)]
pub struct Obstacle {
    outline: Vec<Vector2<f64>>,
}

impl Obstacle {
    /// Of a mesh at a pose.
    #[must_use]
    pub fn new(mesh: &Mesh, pose: &Pose) -> Self {
        let mut points: Vec<Vector2<f64>> = mesh
            .positions
            .iter()
            .map(|p| {
                let [x, y, _] = pose.apply(p.map(f64::from));
                Vector2::new(x, y)
            })
            .collect();
        points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
        let mut outline = half_hull(points.iter().copied());
        outline.extend(half_hull(points.iter().rev().copied()));
        Self { outline }
    }

    /// Distance from a place of the ground to the outline; zero inside.
    #[must_use]
    pub fn distance(&self, place: [f64; 2]) -> f64 {
        let place = Vector2::from(place);
        let count = self.outline.len();
        let (mut least, mut inside) = (f64::INFINITY, count > 2);
        for i in 0..count {
            let (a, b) = (self.outline[i], self.outline[(i + 1) % count]);
            let way = b - a;
            let part = if way.norm_squared() > 0.0 {
                ((place - a).dot(&way) / way.norm_squared()).clamp(0.0, 1.0)
            } else {
                0.0
            };
            least = least.min((place - a - way * part).norm());
            inside &= way.perp(&(place - a)) >= 0.0;
        }
        if inside { 0.0 } else { least }
    }
}

/// Andrew's monotone chain: the lower half, its last point left to the other half.
fn half_hull(points: impl Iterator<Item = Vector2<f64>>) -> Vec<Vector2<f64>> {
    let mut hull: Vec<Vector2<f64>> = Vec::new();
    for point in points {
        while let [.., a, b] = hull.as_slice()
            && (b - a).perp(&(point - b)) <= 0.0
        {
            hull.pop();
        }
        hull.push(point);
    }
    hull.pop();
    hull
}

/// A search for free places on a support.
#[derive(Debug, Clone, Copy)]
pub struct FreeSpace<'a> {
    /// The picture.
    pub view: &'a View,
    /// Its camera.
    pub camera: &'a Camera,
    /// Number of what things are put on.
    pub support: u32,
    /// All else that stands on it.
    pub obstacles: &'a [Obstacle],
    /// How much room is needed, in metres.
    pub radius: f64,
}

impl FreeSpace<'_> {
    /// Up to `count` free places, far from each other, each the middle of a pixel; another seed gives others.
    #[must_use]
    pub fn points(&self, count: usize, seed: u64) -> Vec<[f64; 2]> {
        let free = self.all();
        let mut chosen: Vec<[f64; 2]> = Vec::new();
        if free.is_empty() {
            return chosen;
        }
        let first = (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) as usize % free.len();
        chosen.push(free[first]);
        while chosen.len() < count.min(free.len()) {
            // The one farthest from those chosen.
            let far = |place: &[f64; 2]| {
                let to = |other: &[f64; 2]| (place[0] - other[0]).hypot(place[1] - other[1]);
                chosen.iter().map(to).fold(f64::INFINITY, f64::min)
            };
            let best = free.iter().max_by(|a, b| far(a).total_cmp(&far(b)));
            match best.filter(|place| far(place) > 0.0) {
                Some(place) => chosen.push(*place),
                None => break,
            }
        }
        chosen.truncate(count);
        chosen
    }

    fn all(&self) -> Vec<[f64; 2]> {
        let (width, height) = (
            self.view.size.width as usize,
            self.view.size.height as usize,
        );
        let columns = || (STEP / 2..width).step_by(STEP);
        (STEP / 2..height)
            .step_by(STEP)
            .flat_map(|y| columns().map(move |x| (x, y)))
            .filter(|(x, y)| self.is_free(*x, *y))
            .map(|(x, y)| [x as f64 + 0.5, y as f64 + 0.5])
            .collect()
    }

    fn is_free(&self, x: usize, y: usize) -> bool {
        let index = y * self.view.size.width as usize + x;
        let (Some(id), Some(depth)) = (self.view.ids.get(index), self.view.depths.get(index))
        else {
            return false;
        };
        if object_of(*id) != self.support {
            return false;
        }
        let pixel = ImagePoint::new(x as f32 + 0.5, y as f32 + 0.5);
        let place = self
            .camera
            .pose
            .apply(self.camera.lens.unproject(pixel, f64::from(*depth)));
        let clear = |obstacle: &Obstacle| obstacle.distance([place[0], place[1]]) >= self.radius;
        self.obstacles.iter().all(clear) && self.is_supported(place)
    }

    /// Whether the ground goes on all around, as far as it is seen.
    fn is_supported(&self, place: [f64; 3]) -> bool {
        (0..AROUND).all(|i| {
            let (sin, cos) = (std::f64::consts::TAU * i as f64 / AROUND as f64).sin_cos();
            let rim = [
                place[0] + self.radius * cos,
                place[1] + self.radius * sin,
                place[2],
            ];
            let Some(seen) = project(self.camera, rim).filter(|seen| seen.inside(self.view.size))
            else {
                return false;
            };
            let [x, y] = seen.pixel.map(|x| x as usize);
            let index = y * self.view.size.width as usize + x;
            // Something in front may hide the rim; something else at its own depth is not the support.
            let same = self
                .view
                .ids
                .get(index)
                .is_some_and(|id| object_of(*id) == self.support);
            let level = self
                .view
                .depths
                .get(index)
                .is_some_and(|depth| (f64::from(*depth) - seen.depth).abs() < 0.02);
            same && level
        })
    }
}
