//! Boxes that make standing and bearing steady.
//!
//! The engine finds at most four points of a face, and of a face with many corners they lie side by side: a can standing
//! on a round foot would tremble, a block on a round plate would sink. A box inside the round face has four corners.

use crate::geometry::Pose;

use super::asset::Cavity;
use super::solid::{Collider, ColliderShape};

/// Side of the square in a circle, as a share of the radius, a little less.
const INSCRIBED: f64 = 0.69;
/// Half the thickness of a foot, and how far it stands out.
const FOOT: f64 = 0.001;
const OUT: f64 = 0.00005;
/// Points this near to the lowest belong to the foot.
const LEVEL: f64 = 0.0004;
/// Feet smaller than this are none.
const LEAST: f64 = 0.004;
/// Things less deep than this bear others on a slab, and half the slab's thickness.
const SHALLOW: f64 = 0.02;
const SLAB: f64 = 0.006;

/// A box at the bottom of what is round there. Not at the top, where it would close a basket.
pub(super) fn feet(pieces: &[Collider]) -> Vec<Collider> {
    let points: Vec<[f64; 3]> = pieces.iter().flat_map(round_points).collect();
    foot(&points).into_iter().collect()
}

fn foot(points: &[[f64; 3]]) -> Option<Collider> {
    let height = points
        .iter()
        .map(|point| -point[2])
        .fold(f64::NEG_INFINITY, f64::max);
    let level: Vec<&[f64; 3]> = points
        .iter()
        .filter(|point| -point[2] > height - LEVEL)
        .collect();
    if level.len() < 5 {
        return None;
    }
    let range = |axis: usize| {
        let low = level
            .iter()
            .map(|point| point[axis])
            .fold(f64::INFINITY, f64::min);
        let high = level
            .iter()
            .map(|point| point[axis])
            .fold(f64::NEG_INFINITY, f64::max);
        (f64::midpoint(low, high), (high - low) / 2.0)
    };
    let ((x, half_x), (y, half_y)) = (range(0), range(1));
    if half_x.min(half_y) < LEAST {
        return None;
    }
    let half = [half_x * INSCRIBED, half_y * INSCRIBED, FOOT];
    Some(Collider {
        shape: ColliderShape::Cuboid { half },
        pose: Pose::at([x, y, FOOT - height - OUT]),
    })
}

/// Corners of pieces that have round faces.
fn round_points(piece: &Collider) -> Vec<[f64; 3]> {
    let own = match &piece.shape {
        ColliderShape::Hull { points } if points.len() > 8 => points.clone(),
        ColliderShape::Cylinder {
            radius,
            half_height,
        } => super::bodies::prism(*radius, *half_height),
        _ => Vec::new(),
    };
    own.into_iter()
        .map(|point| piece.pose.apply(point))
        .collect()
}

/// Boxes under the floor of what bears other things.
pub(super) fn slab(cavity: &Cavity) -> Vec<Collider> {
    if cavity.depth >= SHALLOW {
        return Vec::new();
    }
    let [x, y] = cavity.half;
    let [fx, fy, fz] = cavity.floor;
    let (half, turns) = if cavity.round {
        ([x * INSCRIBED, y * INSCRIBED, SLAB], 2)
    } else {
        ([x, y, SLAB], 1)
    };
    let turned = |turn: u32| Collider {
        shape: ColliderShape::Cuboid { half },
        pose: Pose::from_rpy(
            [fx, fy, fz - SLAB],
            [0.0, 0.0, f64::from(turn) * std::f64::consts::FRAC_PI_4],
        ),
    };
    (0..turns).map(turned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::asset::{AssetSpec, CategoryId, instance};

    fn usual(name: &str) -> crate::sim::asset::Asset {
        instance(&AssetSpec::usual(
            CategoryId::named(name).expect("a category"),
        ))
    }

    #[test]
    fn a_can_has_a_foot_and_a_block_none() {
        let can = usual("coke can");
        let feet = feet(&can.colliders);
        assert_eq!(feet.len(), 1);
        for foot in feet {
            let above = foot.pose.position[2] + can.extents[2] / 2.0;
            assert!(above.abs() < 0.003, "{above} {:?}", can.extents);
        }
        assert!(super::feet(&usual("block").colliders).is_empty());
    }

    #[test]
    fn a_plate_bears_on_its_floor_and_a_bucket_needs_no_slab() {
        let plate = usual("plate").cavity.expect("a plate bears");
        let slab = slab(&plate);
        assert_eq!(slab.len(), 2);
        assert!((slab[0].pose.position[2] + SLAB - plate.floor[2]).abs() < 1e-9);
        assert!(super::slab(&usual("bucket").cavity.expect("a bucket holds")).is_empty());
    }
}
