//! `SimplerEnv`'s Google Robot task of moving one of three things near another.

use rand::Rng as _;

use crate::sim::asset::Colour;
use crate::sim::goal::Goal;
use crate::sim::scene::Role;

use super::draft::{Draft, usual};
use super::options::Variant;
use super::{Family, Task};

/// Move one thing near another, a third standing by.
pub const MOVE_NEAR: Task = Task {
    name: "google_move_near",
    family: Family::Near,
    robot: "google",
    hz: 3.0,
    steps: 80,
    layouts: 60,
    build: near,
};

/// Things that stand together, in the library's words.
const TRIPLETS: [[(&str, Colour); 3]; 5] = [
    [
        ("bottle", Colour::Blue),
        ("tin", Colour::Blue),
        ("orange", Colour::Orange),
    ],
    [
        ("tin", Colour::Green),
        ("apple", Colour::Red),
        ("sponge", Colour::Yellow),
    ],
    [
        ("coke can", Colour::Red),
        ("tin", Colour::Blue),
        ("apple", Colour::Green),
    ],
    [
        ("sponge", Colour::Yellow),
        ("bottle", Colour::Blue),
        ("coke can", Colour::Red),
    ],
    [
        ("orange", Colour::Orange),
        ("coke can", Colour::Red),
        ("tin", Colour::Purple),
    ],
];
/// Which is moved near which.
const PAIRS: [[usize; 2]; 6] = [[0, 1], [0, 2], [1, 0], [1, 2], [2, 0], [2, 1]];
/// Where they stand: a triangle, and the same turned over.
const PLACES: [[[f64; 2]; 3]; 2] = [
    [[-0.33, 0.04], [-0.33, 0.34], [-0.13, 0.19]],
    [[-0.13, 0.04], [-0.13, 0.34], [-0.33, 0.19]],
];

fn near(draft: &mut Draft) {
    let drawn = draft.random.random_range(0..60);
    let layout = draft.layout().unwrap_or(drawn);
    let jitter = if draft.layout().is_some() { 0.0 } else { 0.03 };
    let (triplet, [source, target]) = (TRIPLETS[layout % 5], PAIRS[layout / 5 % 6]);
    for (index, (name, colour)) in triplet.into_iter().enumerate() {
        let role = match index {
            _ if index == source => Role::Source,
            _ if index == target => Role::Target,
            _ => Role::Distractor,
        };
        if role == Role::Distractor && draft.options.variant == Variant::Distractors(0) {
            continue;
        }
        let mut spec = usual(name, Some(colour));
        // The smallest of its kind: a tall bottle reaches the hand where it starts.
        spec.size = spec.category.entry().size[0];
        let [x, y] = PLACES[layout / 30 % 2][index];
        let at = [
            x + draft.between(-jitter, jitter),
            y + draft.between(-jitter, jitter),
        ];
        draft.add(spec, (at, 0.0), 0, role);
    }
    let with_role =
        |draft: &Draft, role: Role| draft.objects.iter().position(|object| object.role == role);
    if let (Some(source), Some(target)) = (
        with_role(draft, Role::Source),
        with_role(draft, Role::Target),
    ) {
        draft.goal = Goal::Near { source, target };
    }
}
