//! Where things are to each other, as a person beside the robot's base says it: left, right, in front, behind, between.
//!
//! The viewer looks along the base's x axis with z up: left is the base's y, in front is towards the base. Metres.

use serde::{Deserialize, Serialize};

use crate::geometry::Pose;

/// A relation of a thing to one or two others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Relation {
    /// On the viewer's left of it.
    LeftOf,
    /// On the viewer's right of it.
    RightOf,
    /// Nearer to the viewer than it.
    InFrontOf,
    /// Farther from the viewer than it.
    Behind,
    /// Between two.
    Between,
}

/// Least distance along a direction before it counts.
pub const MARGIN: f64 = 0.02;
/// Farthest that "left of" still means the thing next to it.
pub const REACH: f64 = 0.20;

impl Relation {
    /// The four directions.
    pub const DIRECTIONS: [Self; 4] = [Self::LeftOf, Self::RightOf, Self::InFrontOf, Self::Behind];

    /// The direction in the viewer's frame, x away from the viewer, y to the left; none for [`Self::Between`].
    #[must_use]
    pub fn direction(self) -> Option<[f64; 2]> {
        match self {
            Self::LeftOf => Some([0.0, 1.0]),
            Self::RightOf => Some([0.0, -1.0]),
            Self::InFrontOf => Some([-1.0, 0.0]),
            Self::Behind => Some([1.0, 0.0]),
            Self::Between => None,
        }
    }

    /// Whether `point` stands so to `anchors`: one for a direction, two for between. Points in the viewer's frame.
    ///
    /// A direction holds within 45 degrees of it, beyond a margin and within reach.
    #[must_use]
    pub fn holds(self, point: [f64; 2], anchors: &[[f64; 2]]) -> bool {
        match (self.direction(), anchors) {
            (Some(direction), [anchor]) => {
                let offset = [point[0] - anchor[0], point[1] - anchor[1]];
                let along = offset[0] * direction[0] + offset[1] * direction[1];
                let across = (offset[0] * direction[1] - offset[1] * direction[0]).abs();
                along > MARGIN && across <= along && along < REACH
            }
            (None, [a, b]) => between(point, *a, *b),
            _ => false,
        }
    }
}

/// Within the middle of the way from `a` to `b`, not far off the line.
fn between(point: [f64; 2], a: [f64; 2], b: [f64; 2]) -> bool {
    let way = [b[0] - a[0], b[1] - a[1]];
    let length = way[0].hypot(way[1]);
    if length < 2.0 * MARGIN {
        return false;
    }
    let offset = [point[0] - a[0], point[1] - a[1]];
    let share = (offset[0] * way[0] + offset[1] * way[1]) / (length * length);
    let aside = (offset[0] * way[1] - offset[1] * way[0]).abs() / length;
    (0.2..=0.8).contains(&share) && aside <= (length / 4.0).max(MARGIN)
}

/// A world point as the viewer at `base` has it: x away, y to the left.
#[must_use]
pub fn seen_from(base: &Pose, point: [f64; 3]) -> [f64; 2] {
    let local = base.inverse().apply(point);
    [local[0], local[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_are_the_viewers() {
        let cup = [0.3, 0.0];
        let holds = |relation: Relation, x: f64, y: f64| relation.holds([x, y], &[cup]);
        assert!(holds(Relation::LeftOf, 0.3, 0.1) && !holds(Relation::RightOf, 0.3, 0.1));
        assert!(holds(Relation::InFrontOf, 0.2, 0.02) && holds(Relation::Behind, 0.4, -0.02));
        assert!(!holds(Relation::LeftOf, 0.3, 0.01), "within the margin");
        assert!(
            !holds(Relation::LeftOf, 0.45, 0.1),
            "behind rather than left"
        );
        assert!(!holds(Relation::LeftOf, 0.3, 0.5), "out of reach");
    }

    #[test]
    fn a_turned_base_turns_left() {
        let base = Pose::from_rpy([0.1, 0.0, 0.8], [0.0, 0.0, std::f64::consts::PI]);
        let seen = seen_from(&base, [-0.2, -0.1, 0.9]);
        assert!((seen[0] - 0.3).abs() < 1e-9 && (seen[1] - 0.1).abs() < 1e-9);
    }

    #[test]
    fn between_is_near_the_middle_of_the_way() {
        let anchors = [[0.2, -0.1], [0.2, 0.1]];
        assert!(Relation::Between.holds([0.21, 0.0], &anchors));
        assert!(!Relation::Between.holds([0.2, 0.09], &anchors));
        assert!(!Relation::Between.holds([0.3, 0.0], &anchors));
        assert!(!Relation::Between.holds([0.2, 0.0], &anchors[..1]));
    }
}
