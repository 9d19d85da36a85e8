//! What arms look like: a solid per link, from capsules, rounded boxes, plates and lathes.
//!
//! Links are drawn where they are at angle zero and moved into their joints' frames, so each file reads like a drawing
//! of the arm stretched out. Knows nothing of motion. Metres; the base frame has x forward and z up.

mod draft;
mod google;
mod so101;
mod widowx;

use std::sync::Arc;

use super::asset::{Finish, Material, linear};
use super::solid::Solid;
use crate::robot::RobotSpec;
use draft::Draft;

/// An arm's solids.
#[derive(Debug, Clone)]
pub struct ArmSolids {
    /// What stands still, in the base frame.
    pub base: Arc<Solid>,
    /// One per joint, in the frame after the joint's rotation.
    pub links: Vec<Arc<Solid>>,
    /// The finger on the side of positive y and the other, in the frame of the finger's middle: x along the approach, y
    /// along the closing.
    pub fingers: [Arc<Solid>; 2],
    /// Materials by slot, of every part.
    pub materials: Arc<[Material]>,
}

/// Colours (sRGB) of the four slots: body, motors, metal, pads.
type Paint = [([u8; 3], Finish); 4];

/// Recolourings of each arm, the first being the plain one.
pub const RECOLOURS: u8 = 4;

/// The solids of an arm in one of its [`RECOLOURS`]; a robot without a drawing of its own looks like a `WidowX`.
#[must_use]
pub fn arm_solids(spec: &RobotSpec, recolour: u8) -> ArmSolids {
    let mut draft = Draft::new(spec);
    let fingers = match spec.name {
        "so101" => so101::draw(&mut draft),
        "google" => google::draw(&mut draft),
        _ => widowx::draw(&mut draft),
    };
    let paints = match spec.name {
        "so101" => so101::PAINTS,
        "google" => google::PAINTS,
        _ => widowx::PAINTS,
    };
    let paint = &paints[usize::from(recolour % RECOLOURS)];
    let material = |(rgb, finish): &([u8; 3], Finish)| finish.coloured(linear(*rgb));
    let (base, links) = draft.finish();
    ArmSolids {
        base: Arc::new(base),
        links: links.into_iter().map(Arc::new).collect(),
        fingers: fingers.map(Arc::new),
        materials: paint.iter().map(material).collect(),
    }
}

/// Slots.
const BODY: u8 = 0;
const MOTOR: u8 = 1;
const METAL: u8 = 2;
const PAD: u8 = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::robot::ROBOTS;

    #[test]
    fn every_arm_has_a_solid_per_link_and_few_triangles() {
        for spec in ROBOTS {
            let arm = arm_solids(spec, 0);
            assert_eq!(arm.links.len(), spec.joints.len(), "{}", spec.name);
            let all = std::iter::once(&arm.base)
                .chain(&arm.links)
                .chain(&arm.fingers);
            let triangles: usize = all.map(|solid| solid.mesh().triangles()).sum();
            assert!(
                (1000..=6000).contains(&triangles),
                "{}: {triangles}",
                spec.name
            );
            assert!(
                arm.links.iter().all(|link| !link.colliders().is_empty()),
                "{}",
                spec.name
            );
        }
    }

    #[test]
    fn fingers_cover_their_pads_and_leave_the_gap_free() {
        for spec in ROBOTS {
            let [along, thick, across] = spec.gripper.finger;
            for (side, sign) in [(0, 1.0), (1, -1.0)] {
                let bounds = arm_solids(spec, 0).fingers[side].bounds();
                // The pad's face towards the other finger.
                let face = if sign > 0.0 {
                    bounds.min[1]
                } else {
                    -bounds.max[1]
                };
                assert!(
                    (face + thick).abs() < 1.5e-3,
                    "{} {side}: {bounds:?}",
                    spec.name
                );
                assert!(
                    (bounds.max[0] - along).abs() < 2e-3,
                    "{} {side}: {bounds:?}",
                    spec.name
                );
                assert!(
                    bounds.max[2] <= across + 2e-2,
                    "{} {side}: {bounds:?}",
                    spec.name
                );
            }
        }
    }

    #[test]
    fn recolourings_differ_and_shapes_do_not() {
        for spec in ROBOTS {
            let (plain, other) = (arm_solids(spec, 0), arm_solids(spec, 1));
            assert_ne!(plain.materials, other.materials);
            assert_eq!(plain.links[2], other.links[2]);
        }
    }
}
