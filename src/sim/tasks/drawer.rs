//! Drawers: `SimplerEnv`'s opening and closing by name, its apple into the top drawer, and templates.

use std::f64::consts::FRAC_PI_2;

use rand::Rng as _;

use crate::geometry::Pose;
use crate::robot::RobotSpec;
use crate::sim::asset::{Colour, Finish};
use crate::sim::goal::Goal;
use crate::sim::scene::{Cabinet, Role};

use super::draft::{Draft, usual};
use super::options::Variant;
use super::{Family, Task};

const OPEN: Task = Task {
    name: "",
    family: Family::Open,
    robot: "google",
    hz: 3.0,
    steps: 113,
    layouts: 9,
    build: |draft| open(draft, 0),
};
const CLOSE: Task = Task {
    family: Family::Close,
    build: |draft| close(draft, 0),
    ..OPEN
};

/// Open top drawer.
pub const OPEN_TOP: Task = Task {
    name: "google_open_top_drawer",
    ..OPEN
};
/// Open middle drawer.
pub const OPEN_MIDDLE: Task = Task {
    name: "google_open_middle_drawer",
    build: |draft| open(draft, 1),
    ..OPEN
};
/// Open bottom drawer.
pub const OPEN_BOTTOM: Task = Task {
    name: "google_open_bottom_drawer",
    build: |draft| open(draft, 2),
    ..OPEN
};
/// Close top drawer.
pub const CLOSE_TOP: Task = Task {
    name: "google_close_top_drawer",
    ..CLOSE
};
/// Close middle drawer.
pub const CLOSE_MIDDLE: Task = Task {
    name: "google_close_middle_drawer",
    build: |draft| close(draft, 1),
    ..CLOSE
};
/// Close bottom drawer.
pub const CLOSE_BOTTOM: Task = Task {
    name: "google_close_bottom_drawer",
    build: |draft| close(draft, 2),
    ..CLOSE
};
/// Open top drawer, then place apple into it.
pub const PLACE_APPLE: Task = Task {
    name: "google_place_apple_in_closed_top_drawer",
    family: Family::DrawerPlace,
    steps: 200,
    layouts: 27,
    build: apple,
    ..OPEN
};
/// Open a drawer, any.
pub const OPEN_ANY: Task = Task {
    name: "open",
    layouts: 0,
    build: |draft| {
        let drawer = draft.random.random_range(0..3);
        open(draft, drawer);
    },
    ..OPEN
};
/// Close a drawer, any.
pub const CLOSE_ANY: Task = Task {
    name: "close",
    layouts: 0,
    build: |draft| {
        let drawer = draft.random.random_range(0..3);
        close(draft, drawer);
    },
    ..CLOSE
};

/// Height of the stand under the cabinet, and where the robot stands before it.
const STAND: f64 = 0.50;
const BEFORE: [f64; 2] = [0.88, -0.17];
/// `SimplerEnv`'s criteria, metres.
const OPENED: f64 = 0.15;
const SHUT: f64 = 0.05;
const AJAR: f64 = 0.05;
/// Where the hand waits before the cabinet: the grasp frame in the robot's base, pointing ahead.
const HAND: [f64; 3] = [0.50, -0.17, 0.78];

fn open(draft: &mut Draft, drawer: usize) {
    stand(draft, [0.0; 3]);
    draft.goal = Goal::Opened {
        drawer,
        at_least: OPENED,
    };
}

fn close(draft: &mut Draft, drawer: usize) {
    let mut open = [0.0; 3];
    open[drawer] = draft.between(0.17, 0.19);
    stand(draft, open);
    draft.goal = Goal::Closed {
        drawer,
        at_most: SHUT,
    };
}

fn apple(draft: &mut Draft) {
    stand(draft, [0.0; 3]);
    let top = instance_height();
    let place = draft
        .layout()
        .map_or_else(|| draft.random.random_range(0..3), |layout| layout % 3);
    let y = -0.08 + 0.08 * place as f64;
    let spec = usual("apple", Some(Colour::Red));
    let table = draft.table.height;
    draft.table.height = STAND + top;
    let source = draft.add(spec, ([0.07, y], 0.0), 0, Role::Source);
    draft.table.height = table;
    draft.goal = Goal::All {
        goals: vec![
            Goal::Opened {
                drawer: 0,
                at_least: AJAR,
            },
            Goal::InDrawer {
                source,
                drawer: 0,
                at_least: AJAR,
            },
        ],
    };
}

fn instance_height() -> f64 {
    crate::sim::asset::cabinet().carcass.bounds().max[2]
}

/// Angles at which the gripper points ahead, its fingers one above the other.
fn facing_ahead(spec: &RobotSpec) -> Vec<f64> {
    let hand = Pose::from_rpy(HAND, [FRAC_PI_2, 0.0, 0.0]);
    let options = spec.inverse_options();
    spec.grasp_chain()
        .inverse_anywhere(&hand, spec.home, &options, 60)
        .joints
}

/// The cabinet on its stand at the origin, the robot at one of nine places before it.
fn stand(draft: &mut Draft, open: [f64; 3]) {
    let nine = draft.layout().map(|layout| layout % 9);
    let [dx, dy] = match nine {
        Some(nine) => [
            (nine % 3) as f64 * 0.04 - 0.04,
            (nine / 3) as f64 * 0.06 - 0.06,
        ],
        None => [draft.between(-0.04, 0.04), draft.between(-0.06, 0.06)],
    };
    let at = [BEFORE[0] + dx, BEFORE[1] + dy, 0.0];
    draft.base = Pose::from_rpy(at, [0.0, 0.0, std::f64::consts::PI]);
    draft.table.height = STAND;
    draft.table.centre = [0.0, 0.0];
    draft.table.size = [0.27, 0.44];
    draft.home = facing_ahead(draft.spec);
    let looks = [
        (Colour::Brown, Finish::Wood),
        (Colour::White, Finish::Plastic),
        (Colour::Grey, Finish::Metal),
    ];
    let which = match draft.options.variant {
        Variant::Cabinet(which) => usize::from(which) + 1,
        _ if draft.options.switches.textures => draft.random.random_range(0..3),
        _ => 0,
    };
    let (colour, material) = looks[which % 3];
    draft.cabinet = Some(Cabinet {
        pose: Pose::at([0.0, 0.0, STAND]),
        open,
        colour,
        material,
    });
}
