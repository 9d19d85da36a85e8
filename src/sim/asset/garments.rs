//! Things to wear, and a stone: pieces that melt into each other.

use super::category::{Category, Group};
use super::colour::Colour;
use super::hold::Grip;
use super::material::Finish;
use super::parts::{cuboid, rgb, sweep};
use crate::geometry::Pose;
use crate::sim::solid::{Ball, Knot, Shape, Solid};

const BASE: Category = Category {
    group: Group::Toy,
    density: 250.0,
    friction: 0.7,
    ..Category::BASE
};

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        name: "glove",
        synonyms: &[
            "work glove",
            "mitten",
            "rubber glove",
            "garden glove",
            "something to wear on a hand",
        ],
        group: Group::Household,
        size: [0.15, 0.18],
        finishes: &[Finish::Cloth, Finish::Rubber],
        accents: &[(rgb::WHITE, Finish::Cloth)],
        grip: Grip::At(-0.3, 0.05),
        build: glove,
        ..BASE
    },
    Category {
        name: "shoe",
        synonyms: &[
            "sneaker",
            "trainer",
            "toy shoe",
            "running shoe",
            "something to wear on a foot",
        ],
        group: Group::Household,
        size: [0.12, 0.15],
        finishes: &[Finish::Cloth, Finish::Leather],
        accents: &[(rgb::WHITE, Finish::Rubber), (rgb::DARK, Finish::Cloth)],
        build: shoe,
        ..BASE
    },
    Category {
        name: "rock",
        synonyms: &["stone", "pebble", "piece of rock", "cobble", "boulder"],
        group: Group::Household,
        size: [0.055, 0.075],
        colours: &[Colour::Grey, Colour::Brown, Colour::White, Colour::Black],
        finishes: &[Finish::Crust],
        density: 2000.0,
        build: rock,
        ..BASE
    },
];

fn glove() -> Solid {
    let finger = |y: f64, length: f64, spread: f64| {
        Ball::cone(
            [0.02, y, 0.0],
            [0.02 + length, y + spread * length, 0.002],
            [0.0098, 0.008],
        )
    };
    let balls = vec![
        Ball::cone([-0.022, -0.016, 0.0], [0.012, -0.024, 0.0], [0.013, 0.0115]),
        Ball::cone([-0.022, 0.016, 0.0], [0.012, 0.024, 0.0], [0.013, 0.0115]),
        Ball::cone([-0.024, 0.0, 0.0], [0.014, 0.0, 0.0], [0.0145, 0.013]),
        finger(-0.029, 0.036, -0.18),
        finger(-0.0105, 0.049, -0.05),
        finger(0.0095, 0.052, 0.05),
        finger(0.029, 0.044, 0.17),
        Ball::cone([-0.02, 0.022, 0.0], [0.012, 0.053, 0.001], [0.0115, 0.009]),
    ];
    let cuff = cuboid([0.026, 0.064, 0.031], 0.013);
    Solid::of(
        Shape::Blob {
            balls,
            blend: 0.006,
        },
        0,
    )
    .at(cuff, [-0.044, 0.0, 0.0], 0)
    .trim(
        cuboid([0.007, 0.066, 0.033], 0.0034),
        Pose::at([-0.056, 0.0, 0.0]),
        1,
    )
}

fn shoe() -> Solid {
    let upper = Shape::Blob {
        balls: vec![
            Ball::cone([0.042, -0.005, 0.018], [0.042, 0.005, 0.018], [0.0195; 2]),
            Ball::cone([0.01, 0.0, 0.024], [-0.03, 0.0, 0.03], [0.0215, 0.0215]),
            Ball::cone([-0.042, 0.0, 0.022], [-0.042, 0.0, 0.046], [0.0195, 0.0155]),
            Ball::cone([-0.018, 0.0, 0.032], [-0.026, 0.0, 0.049], [0.019, 0.0145]),
        ],
        blend: 0.014,
    };
    let sole = sweep(
        &[
            Knot::new([-0.066, 0.0, 0.006], [0.003, 0.004]),
            Knot::new([-0.06, 0.0, 0.006], [0.0165, 0.006]),
            Knot::new([-0.035, 0.0, 0.006], [0.021, 0.006]),
            Knot::new([0.0, 0.0, 0.006], [0.0185, 0.006]),
            Knot::new([0.035, 0.0, 0.006], [0.0245, 0.006]),
            Knot::new([0.058, 0.0, 0.0065], [0.0175, 0.006]),
            Knot::new([0.067, 0.0, 0.007], [0.003, 0.004]),
        ],
        4,
    );
    let lace = |x: f64, z: f64| {
        let way = [
            Knot::round([x, -0.014, z - 0.007], 0.0017),
            Knot::round([x + 0.001, 0.0, z], 0.0017),
            Knot::round([x, 0.014, z - 0.007], 0.0017),
        ];
        sweep(&way, 4)
    };
    let base = Solid::of(upper, 0).at(sole, [0.0; 3], 1).trim(
        Shape::Ellipsoid {
            half: [0.0165, 0.0115, 0.004],
        },
        Pose::from_rpy([-0.034, 0.0, 0.0605], [0.0, 0.18, 0.0]),
        2,
    );
    [(0.0, 0.0495), (0.012, 0.0465), (0.024, 0.0425)]
        .into_iter()
        .fold(base, |solid, (x, z)| {
            solid.trim(lace(x, z), Pose::IDENTITY, 1)
        })
}

fn rock() -> Solid {
    let points = (0..26).map(|i| {
        let z = 1.0 - 2.0 * (f64::from(i) + 0.5) / 26.0;
        let r = (1.0 - z * z).sqrt();
        let (sin, cos) = (2.399_963 * f64::from(i)).sin_cos();
        // Two sines that no period of the lattice follows make it uneven.
        let far = 1.0 + 0.16 * (f64::from(i) * 5.17).sin() + 0.1 * (f64::from(i) * 2.31).cos();
        [0.034 * r * cos * far, 0.027 * r * sin * far, 0.02 * z * far]
    });
    Solid::of(
        Shape::Hull {
            points: points.collect(),
        },
        0,
    )
}
