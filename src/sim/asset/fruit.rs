//! Fruit: mostly profiles turned around their stems.

use super::category::{Category, Group};
use super::colour::Colour::{self, Green, Orange, Red, Yellow};
use super::hold::{Grip, Rests};
use super::material::Finish;
use super::parts::{curved, rgb, ring, rod, sweep};
use crate::geometry::Pose;
use crate::sim::solid::{Ball, Knot, Shape, Solid};

const BASE: Category = Category {
    group: Group::Fruit,
    finishes: &[Finish::Skin],
    accents: &[(rgb::STEM, Finish::Crust), (rgb::LEAF, Finish::Skin)],
    density: 800.0,
    grip: Grip::Around,
    ..Category::BASE
};

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        name: "apple",
        synonyms: &[
            "ripe apple",
            "eating apple",
            "round fruit with a stem",
            "orchard fruit",
            "pome",
        ],
        size: [0.068, 0.082],
        colours: &[Red, Green, Yellow],
        build: apple,
        ..BASE
    },
    Category {
        name: "pear",
        synonyms: &[
            "ripe pear",
            "bell-shaped fruit",
            "green fruit with a neck",
            "conference pear",
            "dessert pear",
        ],
        size: [0.09, 0.11],
        colours: &[Green, Yellow, Red],
        rests: Rests::OrLies,
        build: pear,
        ..BASE
    },
    Category {
        name: "orange",
        synonyms: &[
            "orange fruit",
            "tangerine",
            "mandarin",
            "citrus fruit",
            "clementine",
        ],
        size: [0.066, 0.08],
        colours: &[Orange],
        build: orange,
        ..BASE
    },
    Category {
        name: "lemon",
        synonyms: &[
            "citrus",
            "sour fruit",
            "lime",
            "lemon fruit",
            "pointed citrus fruit",
        ],
        size: [0.074, 0.088],
        colours: &[Yellow, Green],
        grip: Grip::Across,
        build: lemon,
        ..BASE
    },
    Category {
        name: "peach",
        synonyms: &[
            "nectarine",
            "apricot",
            "stone fruit",
            "soft fruit",
            "fuzzy fruit",
        ],
        size: [0.064, 0.074],
        colours: &[Orange, Colour::Pink, Red],
        unseen: true,
        build: peach,
        ..BASE
    },
    Category {
        name: "banana",
        synonyms: &[
            "ripe banana",
            "curved fruit",
            "long yellow fruit",
            "plantain",
            "bent fruit",
        ],
        size: [0.15, 0.18],
        colours: &[Yellow, Green],
        grip: Grip::Across,
        build: banana,
        ..BASE
    },
    Category {
        name: "strawberry",
        synonyms: &[
            "berry",
            "red berry",
            "garden strawberry",
            "sweet berry",
            "berry with a green top",
        ],
        size: [0.04, 0.05],
        colours: &[Red, Colour::Pink],
        build: strawberry,
        ..BASE
    },
    Category {
        name: "grapes",
        synonyms: &[
            "bunch of grapes",
            "grape bunch",
            "vine fruit",
            "cluster of grapes",
            "table grapes",
        ],
        size: [0.09, 0.11],
        colours: &[Colour::Purple, Green, Red],
        grip: Grip::Across,
        unseen: true,
        build: grapes,
        ..BASE
    },
    Category {
        name: "pineapple",
        synonyms: &[
            "ananas",
            "spiky fruit",
            "tropical fruit",
            "fruit with a crown",
            "whole pineapple",
        ],
        size: [0.13, 0.16],
        colours: &[Orange, Yellow],
        finishes: &[Finish::Wicker],
        build: pineapple,
        ..BASE
    },
];

fn stem(height: f64, length: f64, radius: f64) -> Shape {
    sweep(
        &[
            Knot::round([0.0, 0.0, height], radius * 0.8),
            Knot::round([0.001, 0.0, height + length * 0.5], radius * 0.8),
            Knot::round([0.004, 0.0, height + length], radius * 1.3),
        ],
        2,
    )
}

fn leaf(at: [f64; 3], length: f64) -> Solid {
    let blade = sweep(
        &[
            Knot::new([0.0, 0.0, 0.0], [0.001, 0.0005]),
            Knot::new([length * 0.4, 0.0, length * 0.18], [length * 0.24, 0.0007]),
            Knot::new([length * 0.75, 0.0, length * 0.16], [length * 0.18, 0.0007]),
            Knot::new([length, 0.0, length * 0.05], [0.0006, 0.0004]),
        ],
        3,
    );
    Solid::default().trim(blade, Pose::at(at), 2)
}

fn apple() -> Solid {
    let body = curved(
        &[
            [0.0, 0.006],
            [0.007, 0.003],
            [0.014, 0.0],
            [0.027, 0.009],
            [0.0365, 0.032],
            [0.0355, 0.05],
            [0.025, 0.066],
            [0.013, 0.068],
            [0.005, 0.062],
            [0.0, 0.056],
        ],
        2,
    );
    Solid::of(body, 0)
        .trim(stem(0.056, 0.02, 0.0016), Pose::IDENTITY, 1)
        .joined(leaf([0.002, 0.0, 0.07], 0.024))
}

fn pear() -> Solid {
    let body = curved(
        &[
            [0.0, 0.004],
            [0.012, 0.0],
            [0.025, 0.007],
            [0.0335, 0.028],
            [0.029, 0.05],
            [0.0185, 0.068],
            [0.0135, 0.082],
            [0.009, 0.091],
            [0.0, 0.093],
        ],
        3,
    );
    Solid::of(body, 0).trim(stem(0.091, 0.016, 0.0016), Pose::IDENTITY, 1)
}

fn orange() -> Solid {
    let body = curved(
        &[
            [0.0, 0.001],
            [0.01, 0.0],
            [0.028, 0.012],
            [0.0365, 0.035],
            [0.029, 0.058],
            [0.012, 0.0695],
            [0.005, 0.0698],
            [0.0, 0.0675],
        ],
        3,
    );
    let star = Shape::Prism {
        outline: ring(0.0045, 5),
        half_height: 0.001,
        bevel: 0.0004,
    };
    Solid::of(body, 0).trim(star, Pose::at([0.0, 0.0, 0.0685]), 2)
}

fn lemon() -> Solid {
    let body = curved(
        &[
            [0.0, 0.0],
            [0.0045, 0.001],
            [0.0068, 0.006],
            [0.0185, 0.017],
            [0.0275, 0.04],
            [0.0195, 0.063],
            [0.009, 0.0725],
            [0.0062, 0.078],
            [0.004, 0.0805],
            [0.0, 0.081],
        ],
        2,
    );
    Solid::default().with(body, super::parts::along_x(), 0)
}

fn peach() -> Solid {
    let half = |sign: f64| Ball::new([0.0, sign * 0.0045, 0.0], 0.0315);
    let body = Shape::Blob {
        balls: vec![half(1.0), half(-1.0)],
        blend: 0.0012,
    };
    Solid::of(body, 0)
        .trim(stem(0.027, 0.009, 0.0018), Pose::IDENTITY, 1)
        .joined(leaf([0.002, 0.0, 0.033], 0.03))
}

fn banana() -> Solid {
    let knot = |(turn, half): (f64, f64)| {
        let (sin, cos) = f64::sin_cos(turn);
        Knot::new([0.105 * sin, 0.105 * cos - 0.105, 0.0], [half, half * 0.96])
    };
    let body = [
        (-0.86, 0.0055),
        (-0.8, 0.0085),
        (-0.6, 0.0142),
        (-0.3, 0.0168),
        (0.0, 0.0174),
        (0.3, 0.0168),
        (0.58, 0.014),
        (0.76, 0.0078),
        (0.82, 0.005),
    ];
    let tip = [(0.81, 0.0053), (0.86, 0.0046), (0.88, 0.003)];
    let stalk = [
        (-0.84, 0.006),
        (-0.93, 0.0045),
        (-1.02, 0.005),
        (-1.03, 0.004),
    ];
    Solid::of(sweep(&body.map(knot), 3), 0)
        .at(sweep(&tip.map(knot), 2), [0.0; 3], 1)
        .at(sweep(&stalk.map(knot), 2), [0.0; 3], 2)
}

fn strawberry() -> Solid {
    let body = curved(
        &[
            [0.0, 0.0],
            [0.006, 0.003],
            [0.0155, 0.02],
            [0.0165, 0.031],
            [0.01, 0.038],
            [0.0, 0.037],
        ],
        3,
    );
    let crown = (0..6).map(|i| {
        let turn = std::f64::consts::TAU * f64::from(i) / 6.0;
        leaf([0.0; 3], 0.016).moved(&Pose::from_rpy([0.0, 0.0, 0.0375], [0.0, 0.1, turn]))
    });
    crown.fold(
        Solid::of(body, 0).at(
            rod([0.0, 0.0, 0.036], [0.002, 0.0, 0.045], 0.001),
            [0.0; 3],
            2,
        ),
        Solid::joined,
    )
}

fn grapes() -> Solid {
    let rows: [(f64, &[f64]); 5] = [
        (0.036, &[-0.018, 0.0, 0.018]),
        (0.018, &[-0.026, -0.009, 0.009, 0.026]),
        (0.0, &[-0.018, 0.0, 0.018]),
        (-0.017, &[-0.009, 0.009]),
        (-0.033, &[0.0]),
    ];
    let ball = Shape::Sphere { radius: 0.0108 };
    let mut solid = Solid::default();
    for (x, row) in rows {
        for y in row {
            solid = solid.at(ball.clone(), [x, *y, 0.0], 0);
            if y.abs() < 0.02 && x > -0.03 {
                solid = solid.at(ball.clone(), [x - 0.007, y * 0.8, 0.0145], 0);
            }
        }
    }
    solid.at(
        rod([0.04, 0.0, 0.008], [0.066, 0.003, 0.012], 0.0018),
        [0.0; 3],
        1,
    )
}

fn pineapple() -> Solid {
    let body = curved(
        &[
            [0.0, 0.0],
            [0.018, 0.001],
            [0.03, 0.014],
            [0.0345, 0.045],
            [0.029, 0.076],
            [0.014, 0.089],
            [0.0, 0.09],
        ],
        3,
    );
    let crown = (0..12).map(|i| {
        let turn = 2.4 * f64::from(i);
        let lean = -1.35 + 0.07 * f64::from(i);
        leaf([0.0; 3], 0.052 - 0.0012 * f64::from(i))
            .moved(&Pose::from_rpy([0.0, 0.0, 0.086], [0.0, lean, turn]))
    });
    crown.fold(Solid::of(body, 0), Solid::joined)
}
