//! A cabinet with three drawers: a carcass that stands and drawers that slide along x.

use super::parts::{cuboid, cylinder, rod};
use crate::geometry::Pose;
use crate::sim::solid::Solid;

/// Sides of the whole, along x (depth), y (width) and z.
const SIDES: [f64; 3] = [0.26, 0.34, 0.36];
/// Thickness of its boards, and the gap around a drawer's front.
const BOARD: f64 = 0.012;
const GAP: f64 = 0.002;
/// How far a drawer comes out.
const TRAVEL: f64 = 0.2;

/// One drawer, in the frame of the cabinet when it is closed.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawer {
    /// Its solid; slot 1 is the front, slot 2 the handle.
    pub solid: Solid,
    /// Its frame in the cabinet's when closed; it slides along +x.
    pub closed: Pose,
    /// How far it comes out, in metres.
    pub travel: f64,
    /// Middle of the handle in the drawer's frame.
    pub handle: [f64; 3],
    /// Middle of the floor inside, in the drawer's frame, and half its sides.
    pub floor: ([f64; 3], [f64; 2]),
}

/// The cabinet, its foot at z = 0, its front towards +x.
#[derive(Debug, Clone, PartialEq)]
pub struct Cabinet {
    /// What does not move.
    pub carcass: Solid,
    /// Top, middle, bottom.
    pub drawers: [Drawer; 3],
}

/// The cabinet with drawers of their own.
#[must_use]
pub fn cabinet() -> Cabinet {
    Cabinet {
        carcass: carcass(),
        drawers: std::array::from_fn(|row| drawer(2 - row)),
    }
}

/// Everything in one, closed.
pub(super) fn closed() -> Solid {
    let Cabinet { carcass, drawers } = cabinet();
    drawers.into_iter().fold(carcass, |solid, drawer| {
        solid.joined(drawer.solid.moved(&drawer.closed))
    })
}

fn carcass() -> Solid {
    let [x, y, z] = SIDES;
    let board = |sides: [f64; 3]| cuboid(sides, 0.0015);
    let mut solid = Solid::default()
        .at(board([x, BOARD, z]), [0.0, (y - BOARD) / 2.0, z / 2.0], 0)
        .at(board([x, BOARD, z]), [0.0, (BOARD - y) / 2.0, z / 2.0], 0)
        .at(board([BOARD, y, z]), [(BOARD - x) / 2.0, 0.0, z / 2.0], 0)
        .at(
            board([x + 0.01, y + 0.01, BOARD]),
            [0.002, 0.0, z + BOARD / 2.0],
            0,
        );
    for row in 0..3 {
        solid = solid.at(
            board([x, y - 2.0 * BOARD, BOARD]),
            [0.0, 0.0, shelf(row) - BOARD / 2.0],
            0,
        );
    }
    solid
}

/// Height on which the drawer of this row (from below) lies.
fn shelf(row: usize) -> f64 {
    BOARD + row as f64 * (SIDES[2] - BOARD) / 3.0
}

fn drawer(row: usize) -> Drawer {
    let [x, y, z] = SIDES;
    let (width, height) = (
        y - 2.0 * BOARD - 2.0 * GAP,
        (z - BOARD) / 3.0 - BOARD - 2.0 * GAP,
    );
    let (depth, wall) = (x - BOARD - 0.012, 0.006);
    let low = height * 0.72;
    let side = |sides: [f64; 3], at: [f64; 3]| (cuboid(sides, 0.001), at);
    let sides = [
        side([depth, width, wall], [0.0, 0.0, wall / 2.0]),
        side([depth, wall, low], [0.0, (width - wall) / 2.0, low / 2.0]),
        side([depth, wall, low], [0.0, (wall - width) / 2.0, low / 2.0]),
        side([wall, width, low], [(wall - depth) / 2.0, 0.0, low / 2.0]),
    ];
    let front = depth / 2.0 + 0.006;
    let (bar, grip) = (front + 0.036, height / 2.0);
    let mut solid = sides
        .into_iter()
        .fold(Solid::default(), |solid, (shape, at)| {
            solid.at(shape, at, 0)
        })
        .at(
            cuboid([0.012, width, height], 0.002),
            [front, 0.0, height / 2.0],
            1,
        )
        .at(
            rod([bar, -0.06, grip], [bar, 0.06, grip], 0.0055),
            [0.0; 3],
            2,
        );
    for y in [-0.048, 0.048] {
        let stud = Pose::from_rpy(
            [front + 0.02, y, grip],
            [0.0, std::f64::consts::FRAC_PI_2, 0.0],
        );
        solid = solid.with(cylinder(0.0045, 0.034), stud, 2);
    }
    Drawer {
        solid,
        closed: Pose::at([(x - depth) / 2.0 - 0.008, 0.0, shelf(row) + GAP]),
        travel: TRAVEL,
        handle: [bar, 0.0, grip],
        floor: ([0.0, 0.0, wall], [depth / 2.0 - wall, width / 2.0 - wall]),
    }
}
