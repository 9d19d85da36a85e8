//! Walls and cast floors.

use super::Texel;
use super::noise::{cells, fractal, hash, inside, piece, step};

pub(super) fn plaster(uv: [f32; 2]) -> Texel {
    let trowel = fractal(uv, [14, 9], 5, 3);
    let cloud = fractal(uv, [3, 3], 3, 5);
    Texel::new([0.9, 0.87, 0.81], 1.2).times(0.88 + 0.14 * trowel + 0.08 * cloud)
}

pub(super) fn painted(uv: [f32; 2]) -> Texel {
    let roller = fractal(uv, [120, 120], 2, 7);
    let cloud = fractal(uv, [2, 2], 3, 9);
    Texel::new([0.62, 0.71, 0.74], 1.0).times(0.92 + 0.06 * roller + 0.08 * cloud)
}

pub(super) fn bricks(uv: [f32; 2]) -> Texel {
    let (row, t) = piece(uv[1], 14.0);
    let (brick, s) = piece(uv[0] + if row % 2 == 0 { 0.0 } else { 0.1 }, 5.0);
    let number = hash(brick.rem_euclid(5), row, 11);
    let face = inside(s, 0.03) * inside(t, 0.09);
    let rough = 0.75 + 0.5 * fractal(uv, [40, 40], 4, 13);
    let clay = Texel::new([0.62, 0.3, 0.22], 1.2).mix(Texel::new([0.46, 0.22, 0.18], 1.2), number);
    let mortar = Texel::new([0.72, 0.69, 0.64], 1.3).times(0.8 + 0.3 * rough * 0.6);
    mortar.mix(
        clay.times(rough * (0.85 + 0.25 * number)),
        step(0.55, 0.95, face),
    )
}

fn cast(uv: [f32; 2], seed: u32) -> f32 {
    let cloud = fractal(uv, [4, 4], 6, seed);
    let (near, _, size) = cells(uv, 22, seed + 3);
    let hole = if size > 0.8 {
        1.0 - step(0.05, 0.11, near)
    } else {
        0.0
    };
    (0.72 + 0.5 * cloud) * (1.0 - 0.4 * hole)
}

pub(super) fn concrete(uv: [f32; 2]) -> Texel {
    let seam = inside(piece(uv[0], 2.0).1, 0.006) * inside(piece(uv[1], 2.0).1, 0.006);
    Texel::new([0.63, 0.62, 0.6], 1.2).times(cast(uv, 17) * (0.7 + 0.3 * seam))
}

pub(super) fn screed(uv: [f32; 2]) -> Texel {
    Texel::new([0.5, 0.5, 0.49], 0.9).times(cast(uv, 57))
}

pub(super) fn stripes(uv: [f32; 2]) -> Texel {
    let (stripe, t) = piece(uv[0], 8.0);
    let wide = stripe.rem_euclid(2) == 0;
    let paper = 0.96 + 0.05 * fractal(uv, [80, 80], 2, 19);
    let line = 1.0 - 0.12 * (1.0 - inside(t, 0.08));
    Texel::new(
        if wide {
            [0.88, 0.85, 0.76]
        } else {
            [0.55, 0.64, 0.6]
        },
        1.1,
    )
    .times(paper * line)
}

pub(super) fn dots(uv: [f32; 2]) -> Texel {
    let (row, t) = piece(uv[1], 6.0);
    let (_, s) = piece(
        uv[0]
            + if row.rem_euclid(2) == 0 {
                0.0
            } else {
                1.0 / 12.0
            },
        6.0,
    );
    let dot = 1.0 - step(0.16, 0.19, (s - 0.5).hypot(t - 0.5));
    let paper = 0.96 + 0.05 * fractal(uv, [80, 80], 2, 23);
    Texel::new([0.9, 0.84, 0.78], 1.1)
        .mix(Texel::new([0.76, 0.46, 0.42], 1.1), dot)
        .times(paper)
}
