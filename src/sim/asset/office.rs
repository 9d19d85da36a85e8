//! Things from a desk.

use super::category::{Category, Group, Uses};
use super::colour::Colour;
use super::hold::{Hollow, Rests};
use super::material::Finish;
use super::parts::{cuboid, cylinder, hoop, rgb, sweep};
use crate::geometry::Pose;
use crate::sim::solid::{Knot, Shape, Solid};
use std::f64::consts::FRAC_PI_2;

const BASE: Category = Category {
    group: Group::Office,
    density: 700.0,
    ..Category::BASE
};

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        name: "book",
        synonyms: &[
            "hardback",
            "novel",
            "notebook",
            "textbook",
            "something to read",
        ],
        size: [0.1, 0.116],
        finishes: &[Finish::Paper, Finish::Leather],
        accents: &[(rgb::PAPER, Finish::Paper)],
        uses: Uses::TAKE_AND_BEAR,
        rests: Rests::OrLies,
        cavity: Hollow::Top(0.8),
        build: book,
        ..BASE
    },
    Category {
        name: "phone",
        synonyms: &[
            "smartphone",
            "mobile phone",
            "cell phone",
            "telephone",
            "something to call with",
        ],
        size: [0.13, 0.15],
        accents: &[(rgb::SCREEN, Finish::Glass), (rgb::DARK, Finish::Glass)],
        uses: Uses::TAKE,
        build: phone,
        ..BASE
    },
    Category {
        name: "remote",
        synonyms: &[
            "remote control",
            "tv remote",
            "controller",
            "television remote",
            "clicker",
        ],
        size: [0.13, 0.17],
        colours: &[Colour::Black, Colour::Grey, Colour::White, Colour::Blue],
        accents: &[
            (rgb::WHITE, Finish::Rubber),
            ([206, 32, 40], Finish::Rubber),
            ([96, 98, 104], Finish::Rubber),
        ],
        build: remote,
        ..BASE
    },
    Category {
        name: "calculator",
        synonyms: &[
            "pocket calculator",
            "adding machine",
            "desk calculator",
            "something to add with",
            "number pad",
        ],
        size: [0.1, 0.13],
        accents: &[
            ([148, 170, 140], Finish::Glass),
            (rgb::WHITE, Finish::Rubber),
            ([236, 126, 32], Finish::Rubber),
        ],
        unseen: true,
        build: calculator,
        ..BASE
    },
    Category {
        name: "stapler",
        synonyms: &[
            "desk stapler",
            "paper stapler",
            "office stapler",
            "something to join paper with",
            "stapling machine",
        ],
        size: [0.11, 0.13],
        accents: &[(rgb::STEEL, Finish::Metal), (rgb::DARK, Finish::Plastic)],
        build: stapler,
        ..BASE
    },
    Category {
        name: "eraser",
        synonyms: &[
            "rubber",
            "pencil eraser",
            "block eraser",
            "school eraser",
            "something to rub out with",
        ],
        size: [0.05, 0.065],
        finishes: &[Finish::Paper],
        accents: &[(rgb::WHITE, Finish::Rubber)],
        friction: 0.8,
        build: eraser,
        ..BASE
    },
];

fn book() -> Solid {
    let [x, y, z] = [0.14, 0.1, 0.026];
    let board = cuboid([x, y, 0.0028], 0.0008);
    let spine = Shape::Prism {
        outline: vec![
            [-0.0028, -z / 2.0],
            [0.0, -z / 2.0],
            [0.0, z / 2.0],
            [-0.0028, z / 2.0],
            [-0.0048, 0.0],
        ],
        half_height: x / 2.0,
        bevel: 0.0,
    };
    let along = Pose::from_rpy([0.0, -y / 2.0 + 0.001, 0.0], [FRAC_PI_2, 0.0, FRAC_PI_2]);
    Solid::default()
        .at(board.clone(), [0.0, 0.0, z / 2.0 - 0.0014], 0)
        .at(board, [0.0, 0.0, 0.0014 - z / 2.0], 0)
        .with(spine, along, 0)
        .at(
            cuboid([x - 0.008, y - 0.006, z - 0.0054], 0.0005),
            [0.0, -0.0015, 0.0],
            1,
        )
        .trim(
            cuboid([x * 0.5, y * 0.16, 0.0008], 0.0002),
            Pose::at([0.0, 0.012, z / 2.0]),
            1,
        )
}

fn phone() -> Solid {
    let lens = |y: f64| (cylinder(0.0052, 0.0016), Pose::at([0.058, y, -0.0046]));
    let body = Solid::of(cuboid([0.142, 0.07, 0.0084], 0.004), 0)
        .trim(
            cuboid([0.134, 0.0635, 0.001], 0.0004),
            Pose::at([0.0, 0.0, 0.0039]),
            1,
        )
        .trim(
            cuboid([0.002, 0.012, 0.0011], 0.0003),
            Pose::at([0.0645, 0.0, 0.004]),
            2,
        )
        .trim(
            cuboid([0.012, 0.0012, 0.003], 0.0004),
            Pose::at([0.03, 0.035, 0.0]),
            2,
        );
    [lens(0.022), lens(0.008)]
        .into_iter()
        .fold(body, |solid, (shape, pose)| solid.trim(shape, pose, 2))
}

fn remote() -> Solid {
    let mut solid = Solid::of(cuboid([0.15, 0.044, 0.018], 0.007), 0)
        .trim(
            cylinder(0.0042, 0.003),
            Pose::at([0.062, -0.0115, 0.0086]),
            2,
        )
        .trim(hoop(0.0105, 0.0092, 0.0026), Pose::at([0.026, 0.0, 0.0]), 1)
        .trim(cylinder(0.0055, 0.003), Pose::at([0.026, 0.0, 0.0086]), 1);
    for i in 0..4 {
        for j in -1..=1 {
            let at = [
                -0.004 - 0.0155 * f64::from(i),
                0.0125 * f64::from(j),
                0.0086,
            ];
            solid = solid.trim(
                cuboid([0.0085, 0.0078, 0.003], 0.0013),
                Pose::at(at),
                if i == 3 { 3 } else { 1 },
            );
        }
    }
    solid
}

fn calculator() -> Solid {
    let mut solid = Solid::of(cuboid([0.115, 0.072, 0.013], 0.004), 0).trim(
        cuboid([0.022, 0.058, 0.0016], 0.0005),
        Pose::at([0.04, 0.0, 0.0064]),
        1,
    );
    for i in 0..5 {
        for j in 0..4 {
            let at = [
                0.016 - 0.016 * f64::from(i),
                -0.0225 + 0.015 * f64::from(j),
                0.0062,
            ];
            let slot = if j == 3 { 3 } else { 2 };
            solid = solid.trim(cuboid([0.0108, 0.0108, 0.0034], 0.0014), Pose::at(at), slot);
        }
    }
    solid
}

fn stapler() -> Solid {
    let arm = sweep(
        &[
            Knot::new([-0.058, 0.0, 0.028], [0.008, 0.009]),
            Knot::new([-0.045, 0.0, 0.034], [0.0115, 0.0115]),
            Knot::new([0.0, 0.0, 0.041], [0.0125, 0.0095]),
            Knot::new([0.045, 0.0, 0.042], [0.0115, 0.0085]),
            Knot::new([0.061, 0.0, 0.039], [0.0085, 0.0055]),
        ],
        4,
    );
    Solid::default()
        .at(cuboid([0.126, 0.03, 0.01], 0.004), [0.0, 0.0, 0.005], 0)
        .at(cuboid([0.022, 0.024, 0.026], 0.004), [-0.05, 0.0, 0.018], 2)
        .with(
            cuboid([0.108, 0.0115, 0.008], 0.001),
            Pose::from_rpy([0.006, 0.0, 0.029], [0.0, -0.06, 0.0]),
            1,
        )
        .at(arm, [0.0; 3], 0)
        .trim(
            cuboid([0.016, 0.016, 0.001], 0.0004),
            Pose::at([0.05, 0.0, 0.0104]),
            1,
        )
}

fn eraser() -> Solid {
    Solid::default()
        .at(cuboid([0.056, 0.0225, 0.0115], 0.0025), [0.0; 3], 1)
        .at(
            cuboid([0.038, 0.0232, 0.0122], 0.0008),
            [-0.0075, 0.0, 0.0],
            0,
        )
}
