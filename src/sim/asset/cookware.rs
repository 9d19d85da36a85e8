//! Pots, baskets and other things that are open above.

use super::category::{Category, Group, Uses};
use super::colour::Colour;
use super::hold::{Grip, Hollow};
use super::material::Finish;
use super::parts::{cuboid, cylinder, handle, hoop, lathe, open_box, rgb, rod, sweep};
use crate::geometry::Pose;
use crate::sim::solid::{Knot, Shape, Solid};

const BASE: Category = Category {
    group: Group::Container,
    density: 700.0,
    ..Category::BASE
};

pub(super) const CATEGORIES: &[Category] = &[
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
