//! Baked and other food.

use super::category::{Category, Group};
use super::colour::Colour::{self, Brown, Orange, Pink, White, Yellow};
use super::hold::{Grip, Rests};
use super::material::Finish;
use super::parts::{cuboid, curved, cylinder, hoop, rgb, sweep};
use crate::geometry::Pose;
use crate::sim::solid::{Ball, Knot, Shape, Solid};

const BASE: Category = Category {
    group: Group::Food,
    finishes: &[Finish::Crust],
    density: 350.0,
    ..Category::BASE
};

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        name: "egg",
        synonyms: &[
            "hen's egg",
            "chicken egg",
            "boiled egg",
            "oval egg",
            "breakfast egg",
        ],
        size: [0.055, 0.063],
        colours: &[White, Brown, Orange],
        finishes: &[Finish::Wax],
        density: 1000.0,
        grip: Grip::Across,
        build: egg,
        ..BASE
    },
    Category {
        name: "bread",
        synonyms: &[
            "loaf",
            "loaf of bread",
            "bread roll",
            "baked loaf",
            "baguette",
        ],
        size: [0.12, 0.15],
        colours: &[Brown, Orange],
        accents: &[([226, 178, 112], Finish::Crust)],
        build: bread,
        ..BASE
    },
    Category {
        name: "croissant",
        synonyms: &[
            "crescent roll",
            "butter croissant",
            "french pastry",
            "curved pastry",
            "breakfast pastry",
        ],
        size: [0.11, 0.13],
        colours: &[Orange, Brown],
        unseen: true,
        build: croissant,
        ..BASE
    },
    Category {
        name: "sandwich",
        synonyms: &[
            "toast sandwich",
            "filled bread",
            "club sandwich",
            "sliced bread with filling",
            "lunch",
        ],
        size: [0.072, 0.082],
        colours: &[Yellow, Brown, White],
        accents: &[
            (rgb::LEAF, Finish::Skin),
            ([206, 58, 44], Finish::Skin),
            ([250, 214, 90], Finish::Wax),
        ],
        build: sandwich,
        ..BASE
    },
    Category {
        name: "donut",
        synonyms: &[
            "doughnut",
            "ring cake",
            "iced ring",
            "glazed donut",
            "pastry with a hole",
        ],
        size: [0.08, 0.095],
        colours: &[Pink, Brown, White, Colour::Purple],
        finishes: &[Finish::Wax],
        accents: &[([206, 146, 78], Finish::Crust)],
        grip: Grip::Rim(0.028, 0.03),
        build: donut,
        ..BASE
    },
    Category {
        name: "cupcake",
        synonyms: &[
            "muffin",
            "fairy cake",
            "small cake",
            "cake in a paper cup",
            "iced cake",
        ],
        size: [0.065, 0.08],
        colours: &[Pink, White, Yellow, Brown, Colour::Blue],
        finishes: &[Finish::Wax],
        accents: &[
            ([176, 116, 66], Finish::Wicker),
            ([200, 24, 36], Finish::Skin),
        ],
        grip: Grip::Around,
        build: cupcake,
        ..BASE
    },
    Category {
        name: "cheese",
        synonyms: &[
            "wedge of cheese",
            "piece of cheese",
            "cheese wedge",
            "dairy",
            "slice of cheese",
        ],
        size: [0.08, 0.1],
        colours: &[Yellow, Orange],
        finishes: &[Finish::Wax],
        accents: &[([206, 152, 20], Finish::Wax)],
        density: 1000.0,
        rests: Rests::Stands,
        build: cheese,
        ..BASE
    },
];

fn egg() -> Solid {
    let profile = curved(
        &[
            [0.0, 0.0],
            [0.0105, 0.003],
            [0.0195, 0.0135],
            [0.0225, 0.026],
            [0.0195, 0.041],
            [0.011, 0.0535],
            [0.0, 0.058],
        ],
        3,
    );
    Solid::default().with(profile, super::parts::along_x(), 0)
}

fn bread() -> Solid {
    let balls = [-0.042, -0.014, 0.014, 0.042]
        .map(|x| Ball::cone([x, -0.012, 0.0], [x, 0.012, 0.0], [0.0255; 2]));
    let body = Shape::Blob {
        balls: balls.to_vec(),
        blend: 0.01,
    };
    let cut = |x: f64| {
        let way = [
            Knot::new([x - 0.011, -0.02, 0.0225], [0.001, 0.0006]),
            Knot::new([x - 0.003, -0.007, 0.0266], [0.0042, 0.0016]),
            Knot::new([x + 0.003, 0.007, 0.0266], [0.0042, 0.0016]),
            Knot::new([x + 0.011, 0.02, 0.0225], [0.001, 0.0006]),
        ];
        sweep(&way, 3)
    };
    [-0.037, -0.012, 0.013, 0.038]
        .into_iter()
        .fold(Solid::of(body, 0), |solid, x| {
            solid.trim(cut(x), Pose::IDENTITY, 1)
        })
}

fn croissant() -> Solid {
    let knot = |i: i32| {
        let turn = f64::from(i) * 0.115;
        let (sin, cos) = turn.sin_cos();
        let rib = if i % 3 == 0 { 0.86 } else { 1.0 };
        let fat = (1.0 - (turn / 1.12).powi(2)).max(0.02).powf(0.75);
        Knot::new(
            [0.052 * sin * 1.15, 0.052 * cos, 0.0],
            [0.0205 * fat * rib + 0.002, 0.0185 * fat * rib + 0.002],
        )
    };
    Solid::of(sweep(&(-9..=9).map(knot).collect::<Vec<_>>(), 2), 0)
}

fn sandwich() -> Solid {
    let slice = |z: f64, height: f64, side: f64, round: f64| {
        (cuboid([side, side, height], round), [0.0, 0.0, z])
    };
    let layers = [
        (slice(0.0075, 0.015, 0.095, 0.005), 0),
        (slice(0.017, 0.0045, 0.101, 0.002), 1),
        (slice(0.021, 0.004, 0.09, 0.0018), 2),
        (slice(0.0245, 0.0035, 0.097, 0.001), 3),
        (slice(0.0335, 0.015, 0.095, 0.005), 0),
    ];
    layers
        .into_iter()
        .fold(Solid::default(), |solid, ((shape, at), slot)| {
            solid.at(shape, at, slot)
        })
}

fn donut() -> Solid {
    let icing = Shape::Lathe {
        profile: (0..=14)
            .map(|i| {
                let turn = -0.25 + (std::f64::consts::PI + 0.5) * f64::from(i) / 14.0;
                [0.028 + 0.0158 * turn.cos(), 0.0145 * turn.sin()]
            })
            .collect(),
    };
    Solid::of(hoop(0.028, -0.001, 0.0152), 1).at(icing, [0.0; 3], 0)
}

fn cupcake() -> Solid {
    let cup = curved(
        &[
            [0.0, 0.0],
            [0.022, 0.0],
            [0.022, 0.0],
            [0.0305, 0.034],
            [0.0305, 0.034],
            [0.0, 0.036],
        ],
        1,
    );
    let cream = curved(
        &[
            [0.0, 0.03],
            [0.03, 0.033],
            [0.034, 0.039],
            [0.03, 0.045],
            [0.0245, 0.0455],
            [0.027, 0.05],
            [0.022, 0.056],
            [0.0165, 0.0565],
            [0.018, 0.06],
            [0.012, 0.067],
            [0.0, 0.07],
        ],
        2,
    );
    Solid::of(cream, 0).at(cup, [0.0; 3], 1).at(
        Shape::Sphere { radius: 0.0075 },
        [0.0, 0.0, 0.073],
        2,
    )
}

fn cheese() -> Solid {
    let wedge = Shape::Prism {
        outline: vec![
            [-0.045, -0.002],
            [0.042, -0.032],
            [0.045, -0.03],
            [0.045, 0.03],
            [0.042, 0.032],
            [-0.045, 0.002],
        ],
        half_height: 0.019,
        bevel: 0.0012,
    };
    let hole = |at: [f64; 3], radius: f64, pose: [f64; 3]| {
        (cylinder(radius, 0.0008), Pose::from_rpy(at, pose))
    };
    let quarter = std::f64::consts::FRAC_PI_2;
    let tilt = 0.335;
    let holes = [
        hole([0.018, -0.0242, 0.005], 0.006, [quarter, 0.0, -tilt]),
        hole([-0.006, -0.0158, -0.006], 0.0045, [quarter, 0.0, -tilt]),
        hole([0.032, -0.029, -0.008], 0.004, [quarter, 0.0, -tilt]),
        hole([0.0452, 0.012, 0.004], 0.0065, [0.0, quarter, 0.0]),
        hole([0.0452, -0.014, -0.005], 0.005, [0.0, quarter, 0.0]),
        hole([0.02, 0.004, 0.019], 0.0065, [0.0; 3]),
        hole([0.032, -0.014, 0.019], 0.004, [0.0; 3]),
        hole([-0.008, -0.002, 0.019], 0.004, [0.0; 3]),
    ];
    holes
        .into_iter()
        .fold(Solid::of(wedge, 0), |solid, (shape, pose)| {
            solid.trim(shape, pose, 1)
        })
}
