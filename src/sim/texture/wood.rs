//! Woods: boards with rings stretched along them.

use super::Texel;
use super::noise::{fractal, hash, inside, piece, step, value};

/// Rings and pores of one board; `along` runs with the grain.
fn rings(uv: [f32; 2], seed: u32) -> (f32, f32) {
    let bend = fractal(uv, [2, 4], 3, seed);
    let fine = fractal(uv, [3, 90], 2, seed + 7);
    let phase = (uv[1] * 9.0 + bend * 5.0) * std::f32::consts::TAU;
    let ring = 0.5 + 0.5 * phase.sin();
    let pores = fractal(uv, [12, 220], 2, seed + 13);
    (0.6 * ring.powf(1.6) + 0.4 * fine, step(0.6, 0.75, pores))
}

fn timber(uv: [f32; 2], [light, dark]: [[f32; 3]; 2], seed: u32) -> Texel {
    let (ring, pores) = rings(uv, seed);
    let body = Texel::new(light, 1.0).mix(Texel::new(dark, 1.1), ring * 0.75);
    let wide = 0.94 + 0.12 * fractal(uv, [2, 3], 3, seed + 31);
    body.times(wide * (1.0 - 0.13 * pores))
}

/// Boards side by side along v, each cut from another place.
fn planks(uv: [f32; 2], count: f32, colours: [[f32; 3]; 2], gap: f32, seed: u32) -> Texel {
    let (board, t) = piece(uv[1], count);
    let tone = 0.86 + 0.22 * hash(board, 3, seed);
    let seam = inside(t, gap);
    let dark = Texel::new([0.12, 0.08, 0.05], 1.4);
    dark.mix(
        timber(uv, colours, seed + board as u32 * 17).times(tone),
        0.25 + 0.75 * seam,
    )
}

const OAK: [[f32; 3]; 2] = [[0.8, 0.64, 0.44], [0.62, 0.45, 0.27]];
const WALNUT: [[f32; 3]; 2] = [[0.47, 0.31, 0.2], [0.28, 0.17, 0.1]];
const PINE: [[f32; 3]; 2] = [[0.9, 0.76, 0.53], [0.78, 0.58, 0.34]];

/// Grey, for things of any colour.
pub(super) fn grain(uv: [f32; 2]) -> Texel {
    let (ring, pores) = rings(uv, 5);
    Texel::new([1.02 - 0.28 * ring - 0.1 * pores; 3], 1.0 + 0.2 * ring)
}

pub(super) fn oak(uv: [f32; 2]) -> Texel {
    planks(uv, 4.0, OAK, 0.012, 101)
}

pub(super) fn walnut(uv: [f32; 2]) -> Texel {
    planks(uv, 3.0, WALNUT, 0.008, 211)
}

pub(super) fn pine(uv: [f32; 2]) -> Texel {
    let knots = super::noise::cells(uv, 3, 83);
    let knot = if knots.2 > 0.55 {
        1.0 - step(0.04, 0.085, knots.0)
    } else {
        0.0
    };
    let eye = Texel::new([0.42, 0.26, 0.13], 1.0);
    planks(uv, 5.0, PINE, 0.014, 307).mix(eye, knot * 0.8)
}

pub(super) fn bamboo(uv: [f32; 2]) -> Texel {
    let (strip, t) = piece(uv[1], 16.0);
    let (node, s) = piece(uv[0] + hash(strip, 0, 9), 2.0);
    let tone = 0.88 + 0.18 * hash(strip, node.rem_euclid(2), 4);
    let ridge = 1.0 - 0.25 * (1.0 - inside(s, 0.02));
    let fine = 0.93 + 0.14 * value(uv, [4, 256], 77);
    let body = Texel::new([0.86, 0.74, 0.46], 0.9).times(tone * ridge * fine);
    Texel::new([0.4, 0.3, 0.16], 1.2).mix(body, 0.35 + 0.65 * inside(t, 0.05))
}

/// Square blocks of four strips, turned by turns.
pub(super) fn parquet([u, v]: [f32; 2]) -> Texel {
    let ((i, s), (j, t)) = (piece(u, 4.0), piece(v, 4.0));
    let turned = (i + j).rem_euclid(2) == 1;
    let (along, across) = if turned { (t, s) } else { (s, t) };
    let (strip, p) = piece(across, 4.0);
    let place = [
        (along + hash(i, j, 2) * 3.0).fract(),
        (p * 0.25 + hash(i * 9 + strip, j, 3)).fract(),
    ];
    let tone = 0.8 + 0.3 * hash(i * 5 + strip, j * 3, 8);
    let body = timber(place, [[0.72, 0.52, 0.31], [0.54, 0.36, 0.19]], 401).times(tone);
    let edges = inside(p, 0.04) * inside(along, 0.01);
    Texel::new([0.16, 0.1, 0.06], 1.4).mix(body, 0.3 + 0.7 * edges)
}

pub(super) fn panels(uv: [f32; 2]) -> Texel {
    // Upright on walls: the grain runs along v.
    planks(
        [uv[1], uv[0]],
        6.0,
        [[0.7, 0.52, 0.34], [0.56, 0.39, 0.23]],
        0.03,
        503,
    )
}

/// Staggered floor boards.
pub(super) fn boards([u, v]: [f32; 2]) -> Texel {
    let (row, t) = piece(v, 8.0);
    let shift = hash(row, 1, 61);
    let (board, s) = piece((u + shift).fract(), 2.0);
    let tone = 0.82 + 0.28 * hash(row, board, 62);
    let place = [
        (u + shift).fract(),
        (t * 0.3 + hash(row, board, 63)).fract(),
    ];
    let body = timber(place, [[0.66, 0.48, 0.31], [0.5, 0.34, 0.2]], 601).times(tone);
    let edges = inside(t, 0.03) * inside(s, 0.006);
    Texel::new([0.13, 0.09, 0.06], 1.4).mix(body, 0.25 + 0.75 * edges)
}
