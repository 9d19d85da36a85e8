//! More vegetables.

use super::category::{Category, Group};
use super::colour::Colour::{self, Brown, Green, Orange, Red, White, Yellow};
use super::hold::Grip;
use super::material::Finish;
use super::parts::{along_x, curved, rgb, rod, sweep};
use crate::geometry::Pose;
use crate::sim::solid::{Ball, Knot, Shape, Solid};

const BASE: Category = Category {
    group: Group::Vegetable,
    finishes: &[Finish::Skin],
    accents: &[(rgb::LEAF, Finish::Skin), (rgb::STEM, Finish::Crust)],
    density: 700.0,
    ..Category::BASE
};

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        name: "tomato",
        synonyms: &[
            "ripe tomato",
            "round tomato",
            "vine tomato",
            "salad tomato",
            "love apple",
        ],
        size: [0.06, 0.072],
        colours: &[Red, Orange, Yellow],
        grip: Grip::Around,
        build: tomato,
        ..BASE
    },
    Category {
        name: "potato",
        synonyms: &[
            "spud",
            "tuber",
            "baking potato",
            "lumpy brown vegetable",
            "raw potato",
        ],
        size: [0.08, 0.1],
        colours: &[Brown, Yellow],
        finishes: &[Finish::Crust],
        build: potato,
        ..BASE
    },
    Category {
        name: "corn",
        synonyms: &[
            "corn cob",
            "corn on the cob",
            "maize",
            "sweetcorn",
            "ear of corn",
        ],
        size: [0.14, 0.17],
        colours: &[Yellow],
        finishes: &[Finish::Wicker],
        build: corn,
        ..BASE
    },
    Category {
        name: "mushroom",
        synonyms: &[
            "button mushroom",
            "toadstool",
            "champignon",
            "fungus",
            "cap on a stalk",
        ],
        size: [0.05, 0.062],
        colours: &[White, Brown, Red],
        accents: &[(rgb::CREAM, Finish::Skin)],
        grip: Grip::Around,
        build: mushroom,
        ..BASE
    },
    Category {
        name: "pumpkin",
        synonyms: &[
            "squash",
            "gourd",
            "ribbed squash",
            "halloween pumpkin",
            "round squash",
        ],
        size: [0.065, 0.08],
        colours: &[Orange, Green],
        grip: Grip::Around,
        unseen: true,
        build: pumpkin,
        ..BASE
    },
    Category {
        name: "broccoli",
        synonyms: &[
            "broccoli floret",
            "green tree vegetable",
            "cauliflower",
            "floret",
            "head of broccoli",
        ],
        size: [0.075, 0.095],
        colours: &[Green, Colour::White],
        finishes: &[Finish::Fur],
        accents: &[([150, 186, 96], Finish::Skin)],
        build: broccoli,
        ..BASE
    },
];

fn tomato() -> Solid {
    let body = curved(
        &[
            [0.0, 0.002],
            [0.012, 0.0],
            [0.028, 0.011],
            [0.0335, 0.028],
            [0.028, 0.044],
            [0.014, 0.052],
            [0.005, 0.0505],
            [0.0, 0.0475],
        ],
        3,
    );
    let sepal = |i: u32| {
        let turn = std::f64::consts::TAU * f64::from(i) / 5.0;
        let leaf = sweep(
            &[
                Knot::new([0.0, 0.0, 0.0], [0.0025, 0.0007]),
                Knot::new([0.009, 0.0, 0.0028], [0.0028, 0.0007]),
                Knot::new([0.019, 0.0, 0.0012], [0.0005, 0.0004]),
            ],
            3,
        );
        Solid::of(leaf, 1)
            .untouched()
            .moved(&Pose::from_rpy([0.0, 0.0, 0.05], [0.0, 0.0, turn]))
    };
    let stalk = rod([0.0, 0.0, 0.048], [0.003, 0.0, 0.059], 0.0016);
    (0..5)
        .map(sepal)
        .fold(Solid::of(body, 0).at(stalk, [0.0; 3], 1), Solid::joined)
}

fn potato() -> Solid {
    let balls = vec![
        Ball::cone([-0.02, 0.001, 0.0], [0.018, -0.003, 0.001], [0.024, 0.027]),
        Ball::new([0.005, 0.009, 0.003], 0.021),
        Ball::new([-0.026, -0.005, 0.003], 0.018),
    ];
    Solid::of(Shape::Blob { balls, blend: 0.02 }, 0)
}

fn corn() -> Solid {
    let cob = curved(
        &[
            [0.0, 0.0],
            [0.015, 0.003],
            [0.0215, 0.02],
            [0.0215, 0.05],
            [0.018, 0.085],
            [0.009, 0.11],
            [0.0, 0.115],
        ],
        3,
    );
    let husk = |i: u32| {
        let turn = std::f64::consts::TAU * f64::from(i) / 4.0;
        let leaf = sweep(
            &[
                Knot::new([-0.03, 0.0, 0.003], [0.005, 0.0012]),
                Knot::new([-0.006, 0.0, 0.018], [0.013, 0.0012]),
                Knot::new([0.03, 0.0, 0.0245], [0.0165, 0.0012]),
                Knot::new([0.062, 0.0, 0.028], [0.01, 0.001]),
                Knot::new([0.08, 0.0, 0.034], [0.001, 0.0006]),
            ],
            3,
        );
        Solid::of(leaf, 1)
            .untouched()
            .moved(&Pose::from_rpy([0.0; 3], [turn, 0.0, 0.0]))
    };
    let start = Solid::default().with(cob, along_x(), 0).at(
        rod([-0.04, 0.0, 0.0], [0.002, 0.0, 0.0], 0.005),
        [0.0; 3],
        1,
    );
    (0..4).map(husk).fold(start, Solid::joined)
}

fn mushroom() -> Solid {
    let stalk = curved(
        &[
            [0.0, 0.0],
            [0.009, 0.0],
            [0.0105, 0.002],
            [0.0088, 0.014],
            [0.0095, 0.028],
            [0.0, 0.03],
        ],
        3,
    );
    let cap = curved(
        &[
            [0.0, 0.025],
            [0.016, 0.0245],
            [0.026, 0.023],
            [0.026, 0.023],
            [0.0285, 0.028],
            [0.023, 0.042],
            [0.011, 0.0505],
            [0.0, 0.052],
        ],
        3,
    );
    Solid::of(cap, 0).at(stalk, [0.0; 3], 1)
}

fn pumpkin() -> Solid {
    let rib = |i: u32| {
        let (sin, cos) = (std::f64::consts::TAU * f64::from(i) / 9.0).sin_cos();
        let part = Shape::Ellipsoid {
            half: [0.023, 0.0165, 0.034],
        };
        let pose = Pose::from_rpy(
            [0.023 * cos, 0.023 * sin, 0.034],
            [0.0, 0.0, sin.atan2(cos)],
        );
        Solid::default().with(part, pose, 0)
    };
    let stalk = sweep(
        &[
            Knot::round([0.0, 0.0, 0.058], 0.009),
            Knot::round([0.001, 0.0, 0.07], 0.0055),
            Knot::round([0.007, 0.0, 0.083], 0.0058),
        ],
        4,
    );
    (0..9).map(rib).fold(Solid::of(stalk, 1), Solid::joined)
}

fn broccoli() -> Solid {
    let puffs = (0..9).map(|i| {
        let turn = 2.4 * f64::from(i);
        let r = 0.009 * f64::from(i).sqrt();
        Ball::new(
            [r * turn.cos(), r * turn.sin(), 0.062 - 14.0 * r * r],
            0.0155,
        )
    });
    let head = Shape::Blob {
        balls: puffs.collect(),
        blend: 0.004,
    };
    let stalk = sweep(
        &[
            Knot::round([0.0, 0.0, 0.0], 0.01),
            Knot::round([0.0, 0.0, 0.025], 0.0105),
            Knot::round([0.0, 0.0, 0.05], 0.02),
        ],
        3,
    );
    Solid::of(head, 0).at(stalk, [0.0; 3], 1)
}
