//! Bottles, cans, pots and other things that hold something.

use super::category::{Category, Group, Uses};
use super::colour::Colour;
use super::hold::{Grip, Hollow, Rests};
use super::material::Finish;
use super::parts::{cuboid, curved, cylinder, handle, hoop, lathe, open_box, rgb, rod, sweep};
use crate::geometry::Pose;
use crate::sim::solid::{Knot, Shape, Solid};

const BASE: Category = Category {
    group: Group::Container,
    density: 700.0,
    ..Category::BASE
};

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        name: "bottle",
        synonyms: &[
            "water bottle",
            "drink bottle",
            "flask",
            "plastic bottle",
            "bottle with a cap",
        ],
        size: [0.15, 0.2],
        finishes: &[Finish::Plastic, Finish::Glass],
        accents: &[(rgb::WHITE, Finish::Plastic), (rgb::PAPER, Finish::Paper)],
        density: 300.0,
        grip: Grip::Around,
        rests: Rests::OrLies,
        build: bottle,
        ..BASE
    },
    Category {
        name: "coke can",
        synonyms: &["can", "soda can", "drink can", "cola", "tin of cola"],
        size: [0.123, 0.123],
        colours: &[Colour::Red],
        finishes: &[Finish::Plastic],
        accents: &[(rgb::STEEL, Finish::Metal), (rgb::WHITE, Finish::Plastic)],
        density: 150.0,
        grip: Grip::Around,
        rests: Rests::OrLies,
        build: can,
        ..BASE
    },
    Category {
        name: "tin",
        synonyms: &[
            "food tin",
            "soup can",
            "tin can",
            "canned food",
            "preserved food",
        ],
        size: [0.08, 0.1],
        finishes: &[Finish::Paper],
        accents: &[(rgb::STEEL, Finish::Metal)],
        grip: Grip::Around,
        rests: Rests::OrLies,
        build: tin,
        ..BASE
    },
    Category {
        name: "vase",
        synonyms: &[
            "flower vase",
            "urn",
            "pot for flowers",
            "flower holder",
            "slender vase",
        ],
        size: [0.13, 0.19],
        finishes: &[Finish::Ceramic, Finish::Glass],
        grip: Grip::Around,
        build: vase,
        ..BASE
    },
    Category {
        name: "jar",
        synonyms: &[
            "jam jar",
            "pot with a lid",
            "storage jar",
            "preserving jar",
            "jar with a lid",
        ],
        size: [0.08, 0.11],
        finishes: &[Finish::Glass, Finish::Ceramic],
        accents: &[(rgb::BRASS, Finish::Metal), (rgb::PAPER, Finish::Paper)],
        grip: Grip::Around,
        rests: Rests::OrLies,
        build: jar,
        ..BASE
    },
    Category {
        name: "pot",
        synonyms: &[
            "cooking pot",
            "saucepan",
            "stew pot",
            "casserole",
            "pot with two handles",
        ],
        size: [0.2, 0.24],
        finishes: &[Finish::Metal, Finish::Ceramic],
        accents: &[(rgb::DARK, Finish::Plastic)],
        uses: Uses::HOLD,
        grip: Grip::None,
        cavity: Hollow::Round(0.068, 0.004),
        build: pot,
        ..BASE
    },
    Category {
        name: "pan",
        synonyms: &[
            "frying pan",
            "skillet",
            "pan with a handle",
            "sauté pan",
            "something to fry in",
        ],
        size: [0.26, 0.32],
        finishes: &[Finish::Metal],
        accents: &[(rgb::DARK, Finish::Plastic)],
        uses: Uses::HOLD,
        grip: Grip::None,
        cavity: Hollow::Round(0.066, 0.004),
        build: pan,
        ..BASE
    },
    Category {
        name: "bucket",
        synonyms: &[
            "pail",
            "toy bucket",
            "bin",
            "bucket with a handle",
            "sand bucket",
        ],
        size: [0.14, 0.17],
        accents: &[(rgb::STEEL, Finish::Metal)],
        uses: Uses::HOLD,
        grip: Grip::None,
        cavity: Hollow::Round(0.042, 0.004),
        build: bucket,
        ..BASE
    },
    Category {
        name: "flower pot",
        synonyms: &[
            "plant pot",
            "planter",
            "clay pot",
            "pot for a plant",
            "terracotta pot",
        ],
        size: [0.09, 0.12],
        colours: &[Colour::Orange, Colour::Brown, Colour::White, Colour::Grey],
        finishes: &[Finish::Crust, Finish::Ceramic],
        uses: Uses::HOLD,
        grip: Grip::None,
        cavity: Hollow::Round(0.034, 0.006),
        unseen: true,
        build: flower_pot,
        ..BASE
    },
    Category {
        name: "basket",
        synonyms: &[
            "bread basket",
            "storage basket",
            "dish rack",
            "crate",
            "something to collect things in",
        ],
        size: [0.17, 0.17],
        finishes: &[Finish::Wicker, Finish::Plastic],
        uses: Uses::HOLD,
        grip: Grip::None,
        cavity: Hollow::Square(0.07, 0.045, 0.005),
        build: basket,
        ..BASE
    },
    Category {
        name: "tray",
        synonyms: &[
            "serving tray",
            "flat tray",
            "salver",
            "rectangular tray",
            "tray with a rim",
        ],
        size: [0.2, 0.26],
        finishes: &[Finish::Wood, Finish::Plastic, Finish::Metal],
        uses: Uses {
            graspable: false,
            container: true,
            support: true,
        },
        grip: Grip::None,
        cavity: Hollow::Square(0.102, 0.07, 0.005),
        build: tray,
        ..BASE
    },
    Category {
        name: "sink",
        synonyms: &[
            "kitchen sink",
            "steel sink",
            "washing-up basin",
            "basin",
            "metal sink",
        ],
        size: [0.36, 0.36],
        colours: &[Colour::Grey],
        finishes: &[Finish::Metal],
        accents: &[(rgb::DARK, Finish::Metal)],
        uses: Uses::HOLD,
        grip: Grip::None,
        cavity: Hollow::Square(0.16, 0.11, 0.004),
        unseen: true,
        build: sink,
        ..BASE
    },
];

fn bottle() -> Solid {
    let body = curved(
        &[
            [0.0, 0.002],
            [0.022, 0.002],
            [0.026, 0.0],
            [0.0305, 0.004],
            [0.032, 0.012],
            [0.032, 0.02],
            [0.0312, 0.045],
            [0.0312, 0.085],
            [0.032, 0.1],
            [0.0315, 0.112],
            [0.024, 0.136],
            [0.0125, 0.15],
            [0.0122, 0.166],
            [0.0, 0.166],
        ],
        2,
    );
    let label = lathe(&[
        [0.0, 0.05],
        [0.0316, 0.05],
        [0.0318, 0.051],
        [0.0318, 0.084],
        [0.0316, 0.085],
        [0.0, 0.085],
    ]);
    Solid::of(body, 0)
        .at(cylinder(0.0142, 0.014), [0.0, 0.0, 0.165], 1)
        .at(cylinder(0.0156, 0.003), [0.0, 0.0, 0.1535], 1)
        .trim(label, Pose::IDENTITY, 2)
}

fn can() -> Solid {
    let body = lathe(&[
        [0.0, 0.005],
        [0.0265, 0.005],
        [0.0328, 0.012],
        [0.0328, 0.108],
        [0.0275, 0.1195],
        [0.0, 0.1195],
    ]);
    let ends = lathe(&[
        [0.0, 0.003],
        [0.022, 0.003],
        [0.024, 0.0],
        [0.0255, 0.0],
        [0.0268, 0.0055],
        [0.0268, 0.118],
        [0.0274, 0.1222],
        [0.0262, 0.123],
        [0.0252, 0.1218],
        [0.0242, 0.119],
        [0.0, 0.1192],
    ]);
    let tab = cuboid([0.016, 0.011, 0.0016], 0.0007);
    let band = sweep(&wave(0.0326), 2);
    Solid::of(body, 0)
        .trim(ends, Pose::IDENTITY, 1)
        .trim(tab, Pose::at([0.004, 0.0, 0.1203]), 1)
        .trim(band, Pose::IDENTITY, 2)
}

/// The white wave around a cola can: a flat ribbon on its wall.
fn wave(radius: f64) -> Vec<Knot> {
    (0..=24)
        .map(|i| {
            let turn = std::f64::consts::TAU * f64::from(i) / 24.0;
            let (sin, cos) = turn.sin_cos();
            let height = 0.058 + 0.012 * (turn * 2.0).sin();
            Knot::new(
                [radius * cos, radius * sin, height],
                [0.0004, 0.0065 + 0.003 * turn.cos()],
            )
        })
        .collect()
}

fn tin() -> Solid {
    let label = cylinder(0.0365, 0.078);
    let body = lathe(&[
        [0.0, 0.002],
        [0.034, 0.002],
        [0.036, 0.0],
        [0.0372, 0.0008],
        [0.0372, 0.004],
        [0.036, 0.005],
        [0.036, 0.085],
        [0.0372, 0.086],
        [0.0372, 0.0892],
        [0.036, 0.09],
        [0.0345, 0.0875],
        [0.0, 0.0875],
    ]);
    Solid::of(label, 0).at(body, [0.0, 0.0, -0.045], 1)
}

fn vase() -> Solid {
    Solid::of(
        curved(
            &[
                [0.0, 0.0],
                [0.024, 0.0],
                [0.024, 0.0],
                [0.027, 0.006],
                [0.04, 0.045],
                [0.037, 0.085],
                [0.019, 0.122],
                [0.0175, 0.138],
                [0.025, 0.16],
                [0.0235, 0.161],
                [0.0145, 0.139],
                [0.015, 0.122],
                [0.012, 0.11],
                [0.0, 0.108],
            ],
            2,
        ),
        0,
    )
}

fn jar() -> Solid {
    let body = curved(
        &[
            [0.0, 0.0],
            [0.03, 0.0],
            [0.034, 0.003],
            [0.035, 0.01],
            [0.035, 0.06],
            [0.033, 0.07],
            [0.029, 0.076],
            [0.029, 0.08],
            [0.0, 0.08],
        ],
        2,
    );
    let lid = lathe(&[
        [0.0, 0.076],
        [0.0315, 0.076],
        [0.032, 0.077],
        [0.032, 0.09],
        [0.0305, 0.092],
        [0.0, 0.092],
    ]);
    let label = lathe(&[
        [0.0, 0.018],
        [0.0362, 0.018],
        [0.0364, 0.0185],
        [0.0364, 0.0515],
        [0.0362, 0.052],
        [0.0, 0.052],
    ]);
    Solid::of(body, 0)
        .at(lid, [0.0; 3], 1)
        .trim(label, Pose::IDENTITY, 2)
}

fn pot() -> Solid {
    let body = lathe(&[
        [0.0, 0.0],
        [0.07, 0.0],
        [0.0765, 0.003],
        [0.078, 0.01],
        [0.078, 0.086],
        [0.0805, 0.0885],
        [0.0795, 0.0905],
        [0.076, 0.09],
        [0.0745, 0.087],
        [0.0745, 0.01],
        [0.07, 0.004],
        [0.0, 0.004],
    ]);
    let lug = |sign: f64| {
        sweep(
            &[
                Knot::new([sign * 0.076, -0.03, 0.072], [0.005, 0.004]),
                Knot::new([sign * 0.1, -0.026, 0.074], [0.0055, 0.0042]),
                Knot::new([sign * 0.107, 0.0, 0.075], [0.006, 0.0045]),
                Knot::new([sign * 0.1, 0.026, 0.074], [0.0055, 0.0042]),
                Knot::new([sign * 0.076, 0.03, 0.072], [0.005, 0.004]),
            ],
            4,
        )
    };
    Solid::of(body, 0)
        .at(lug(1.0), [0.0; 3], 1)
        .at(lug(-1.0), [0.0; 3], 1)
}

fn pan() -> Solid {
    let body = lathe(&[
        [0.0, 0.0],
        [0.064, 0.0],
        [0.07, 0.003],
        [0.084, 0.034],
        [0.0855, 0.036],
        [0.084, 0.0372],
        [0.0815, 0.035],
        [0.068, 0.0055],
        [0.064, 0.004],
        [0.0, 0.004],
    ]);
    let grip = sweep(
        &[
            Knot::new([0.078, 0.0, 0.026], [0.009, 0.0035]),
            Knot::new([0.105, 0.0, 0.033], [0.0075, 0.0055]),
            Knot::new([0.15, 0.0, 0.041], [0.0105, 0.007]),
            Knot::new([0.196, 0.0, 0.045], [0.0105, 0.0065]),
            Knot::new([0.203, 0.0, 0.045], [0.006, 0.004]),
        ],
        4,
    );
    Solid::of(body, 0).at(grip, [0.0; 3], 1)
}

fn bucket() -> Solid {
    let body = lathe(&[
        [0.0, 0.003],
        [0.04, 0.003],
        [0.042, 0.0],
        [0.0445, 0.0],
        [0.0605, 0.1],
        [0.065, 0.1005],
        [0.0655, 0.106],
        [0.0615, 0.107],
        [0.0585, 0.104],
        [0.0425, 0.007],
        [0.0, 0.007],
    ]);
    let bail = sweep(
        &[
            Knot::round([0.0, -0.065, 0.096], 0.0018),
            Knot::round([0.018, -0.056, 0.13], 0.0018),
            Knot::round([0.028, 0.0, 0.152], 0.0018),
            Knot::round([0.018, 0.056, 0.13], 0.0018),
            Knot::round([0.0, 0.065, 0.096], 0.0018),
        ],
        5,
    );
    let grip = sweep(
        &[
            Knot::round([0.0272, -0.018, 0.1507], 0.0042),
            Knot::round([0.028, 0.0, 0.152], 0.0045),
            Knot::round([0.0272, 0.018, 0.1507], 0.0042),
        ],
        3,
    );
    Solid::of(body, 0)
        .at(bail, [0.0; 3], 1)
        .at(grip, [0.0; 3], 0)
}

fn flower_pot() -> Solid {
    Solid::of(
        lathe(&[
            [0.0, 0.0],
            [0.034, 0.0],
            [0.0355, 0.0015],
            [0.045, 0.066],
            [0.0505, 0.067],
            [0.0525, 0.088],
            [0.0515, 0.0895],
            [0.0475, 0.0895],
            [0.046, 0.088],
            [0.036, 0.008],
            [0.0, 0.006],
        ]),
        0,
    )
}

fn basket() -> Solid {
    let [x, y, z] = [0.16, 0.11, 0.07];
    let bar = 0.0042;
    let rim = |half_x: f64, half_y: f64, height: f64| {
        let corners = [
            [half_x, half_y],
            [-half_x, half_y],
            [-half_x, -half_y],
            [half_x, -half_y],
        ];
        (0..4).fold(Solid::default(), |solid, i| {
            let (a, b) = (corners[i], corners[(i + 1) % 4]);
            let ends = [[a[0], a[1], height], [b[0], b[1], height]];
            solid.at(rod(ends[0], ends[1], bar), [0.0; 3], 0).at(
                Shape::Sphere { radius: bar },
                ends[0],
                0,
            )
        })
    };
    let quarter = std::f64::consts::FRAC_PI_2;
    let up = Pose::from_rpy([0.0; 3], [0.0, -quarter, 0.0]);
    let arch = |x: f64| {
        let across = Pose::from_rpy([x, 0.0, z], [0.0, 0.0, quarter]);
        let shape = handle(0.0, [-0.03, 0.03], 0.022, [0.004, 0.004]);
        Solid::default().with(shape, across.then(&up), 0)
    };
    open_box([x, y, z], 0.005, 0.001, 0)
        .joined(rim(x / 2.0, y / 2.0, z))
        .joined(arch(x / 2.0))
        .joined(arch(-x / 2.0))
}

fn tray() -> Solid {
    let wall = |solid: Solid, sign: f64| {
        solid
            .with(
                cuboid([0.226, 0.006, 0.026], 0.0025),
                Pose::from_rpy([0.0, sign * 0.078, 0.0145], [-sign * 0.25, 0.0, 0.0]),
                0,
            )
            .with(
                cuboid([0.006, 0.158, 0.026], 0.0025),
                Pose::from_rpy([sign * 0.111, 0.0, 0.0145], [0.0, sign * 0.25, 0.0]),
                0,
            )
    };
    let floor = Solid::default().at(cuboid([0.222, 0.156, 0.005], 0.002), [0.0, 0.0, 0.0025], 0);
    wall(wall(floor, 1.0), -1.0)
}

fn sink() -> Solid {
    let lip = |solid: Solid, sign: f64| {
        solid
            .at(
                cuboid([0.36, 0.02, 0.004], 0.0018),
                [0.0, sign * 0.124, 0.058],
                0,
            )
            .at(
                cuboid([0.02, 0.268, 0.004], 0.0018),
                [sign * 0.17, 0.0, 0.058],
                0,
            )
    };
    let basin = open_box([0.33, 0.234, 0.058], 0.004, 0.0015, 0);
    let drain = Solid::default()
        .at(cylinder(0.02, 0.0012), [0.0, 0.0, 0.0046], 1)
        .at(hoop(0.021, 0.0048, 0.0016), [0.0; 3], 0);
    lip(lip(basin, 1.0), -1.0).joined(drain)
}
