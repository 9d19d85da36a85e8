//! Stones and tiles.

use super::Texel;
use super::noise::{cells, fractal, hash, inside, piece, step};

/// Veins where folded noise is near its middle.
fn vein(uv: [f32; 2], n: i32, seed: u32) -> f32 {
    let bent = fractal(uv, [n, n], 5, seed);
    let fold = (fractal(
        [(uv[0] + bent * 0.35).fract(), (uv[1] + bent * 0.2).fract()],
        [n, n],
        5,
        seed + 19,
    ) - 0.5)
        .abs();
    1.0 - step(0.0, 0.09, fold)
}

fn marble(uv: [f32; 2], [body, cloud, line]: [[f32; 3]; 3], seed: u32) -> Texel {
    let clouds = fractal(uv, [3, 3], 5, seed);
    let base = Texel::new(body, 0.6).mix(Texel::new(cloud, 0.6), step(0.35, 0.7, clouds));
    let strong = vein(uv, 2, seed + 3) * step(0.35, 0.62, fractal(uv, [3, 3], 2, seed + 5));
    let faint = vein(uv, 5, seed + 9) * 0.3;
    base.mix(Texel::new(line, 0.7), (strong * 0.75).max(faint))
}

pub(super) fn white_marble(uv: [f32; 2]) -> Texel {
    marble(
        uv,
        [[0.94, 0.94, 0.93], [0.85, 0.86, 0.87], [0.45, 0.47, 0.5]],
        11,
    )
}

pub(super) fn green_marble(uv: [f32; 2]) -> Texel {
    marble(
        uv,
        [[0.12, 0.3, 0.23], [0.07, 0.2, 0.16], [0.68, 0.8, 0.73]],
        29,
    )
}

pub(super) fn granite(uv: [f32; 2]) -> Texel {
    let (_, _, number) = cells(uv, 96, 41);
    let (near, _, other) = cells(uv, 40, 47);
    let base = Texel::new([0.11, 0.11, 0.12], 0.5).times(0.7 + 0.7 * number);
    let fleck = if other > 0.72 {
        1.0 - step(0.2, 0.34, near)
    } else {
        0.0
    };
    base.mix(Texel::new([0.6, 0.58, 0.56], 0.6), fleck * 0.8)
}

pub(super) fn terrazzo(uv: [f32; 2]) -> Texel {
    const CHIPS: [[f32; 3]; 5] = [
        [0.78, 0.44, 0.36],
        [0.36, 0.46, 0.5],
        [0.93, 0.78, 0.5],
        [0.3, 0.3, 0.32],
        [0.6, 0.66, 0.58],
    ];
    let ground =
        Texel::new([0.9, 0.88, 0.84], 0.6).times(0.97 + 0.06 * fractal(uv, [24, 24], 3, 3));
    let chip = |n: i32, seed: u32, size: f32| {
        let (near, next, number) = cells(uv, n, seed);
        let within = step(0.02, 0.07, next - near) * (1.0 - step(size, size + 0.05, near));
        (CHIPS[(number * 97.0) as usize % CHIPS.len()], within)
    };
    let (large, covered) = chip(9, 71, 0.34);
    let (small, dots) = chip(26, 79, 0.26);
    ground
        .mix(Texel::new(small, 0.6), dots * 0.9)
        .mix(Texel::new(large, 0.6), covered)
}

pub(super) fn slate(uv: [f32; 2]) -> Texel {
    let layers = fractal(uv, [3, 14], 5, 83);
    let rough = fractal(uv, [30, 30], 3, 89);
    Texel::new([0.27, 0.29, 0.32], 1.2).times(0.7 + 0.45 * layers + 0.15 * rough)
}

/// Squares of tile with grout; colour by tile.
fn tiled(uv: [f32; 2], count: f32, grout: f32, colour: impl Fn(i32, i32) -> Texel) -> Texel {
    let ((i, s), (j, t)) = (piece(uv[0], count), piece(uv[1], count));
    let face = inside(s, grout) * inside(t, grout);
    let joint =
        Texel::new([0.62, 0.61, 0.59], 1.6).times(0.92 + 0.16 * fractal(uv, [64, 64], 2, 5));
    joint.mix(colour(i, j), step(0.5, 0.9, face))
}

pub(super) fn checker(uv: [f32; 2]) -> Texel {
    let worn = 0.95 + 0.1 * fractal(uv, [10, 10], 4, 91);
    tiled(uv, 4.0, 0.02, |i, j| {
        let light = (i + j).rem_euclid(2) == 0;
        Texel::new(
            if light {
                [0.9, 0.88, 0.83]
            } else {
                [0.2, 0.22, 0.25]
            },
            0.6,
        )
        .times(worn)
    })
}

pub(super) fn tiles(uv: [f32; 2]) -> Texel {
    tiled(uv, 6.0, 0.035, |i, j| {
        Texel::new([0.82, 0.88, 0.9], 0.35).times(0.95 + 0.07 * hash(i, j, 17))
    })
}

pub(super) fn flags(uv: [f32; 2]) -> Texel {
    let rough = 0.8 + 0.4 * fractal(uv, [9, 9], 5, 97);
    tiled(uv, 3.0, 0.02, |i, j| {
        Texel::new([0.6, 0.57, 0.52], 1.1).times(rough * (0.88 + 0.2 * hash(i, j, 23)))
    })
}
