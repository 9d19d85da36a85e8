//! Cloths: threads over and under each other.

use super::Texel;
use super::noise::{fractal, hash, inside, piece, step, value};

/// Height of the upper thread (0 to 1), whether it runs along u, and its number.
fn threads([u, v]: [f32; 2], count: f32, over: impl Fn(i32, i32) -> bool) -> (f32, bool, i32) {
    let ((i, s), (j, t)) = (piece(u, count), piece(v, count));
    let along = over(i, j);
    let across = if along { t } else { s };
    let length = if along { s } else { t };
    let round = (std::f32::consts::PI * across).sin();
    let arch = 0.55 + 0.45 * (std::f32::consts::PI * length).sin();
    (round * arch, along, if along { j } else { i })
}

fn plain_over(i: i32, j: i32) -> bool {
    (i + j).rem_euclid(2) == 0
}

/// Grey, for things of any colour.
pub(super) fn plain(uv: [f32; 2]) -> Texel {
    let (height, _, _) = threads(uv, 40.0, plain_over);
    Texel::grey(0.66 + 0.4 * height)
}

pub(super) fn wicker(uv: [f32; 2]) -> Texel {
    let (height, along, number) = threads(uv, 8.0, plain_over);
    let tone = 0.85 + 0.2 * hash(number, i32::from(along), 6);
    Texel::grey((0.35 + 0.72 * height) * tone)
}

pub(super) fn linen(uv: [f32; 2]) -> Texel {
    let (height, along, number) = threads(uv, 60.0, plain_over);
    let slub = 0.88 + 0.2 * hash(number, i32::from(along), 31) * value(uv, [6, 6], 9);
    Texel::new([0.86, 0.82, 0.73], 1.1).times((0.72 + 0.32 * height) * slub)
}

pub(super) fn denim(uv: [f32; 2]) -> Texel {
    let (height, along, _) = threads(uv, 48.0, |i, j| (i + j).rem_euclid(3) == 0);
    let thread = if along {
        [0.62, 0.68, 0.78]
    } else {
        [0.16, 0.24, 0.42]
    };
    let worn = 0.85 + 0.3 * fractal(uv, [5, 5], 4, 12);
    Texel::new(thread, 1.1).times((0.65 + 0.4 * height) * worn)
}

pub(super) fn gingham(uv: [f32; 2]) -> Texel {
    let (height, _, _) = threads(uv, 64.0, plain_over);
    let band = |x: f32| f32::from(piece(x, 4.0).0.rem_euclid(2) == 0);
    let share = f32::midpoint(band(uv[0]), band(uv[1]));
    Texel::new([0.94, 0.93, 0.9], 1.1)
        .mix(Texel::new([0.74, 0.12, 0.14], 1.1), share)
        .times(0.82 + 0.2 * height)
}

pub(super) fn striped(uv: [f32; 2]) -> Texel {
    let (height, _, _) = threads(uv, 96.0, plain_over);
    let (stripe, t) = piece(uv[1], 6.0);
    let colours = [
        [0.92, 0.9, 0.84],
        [0.2, 0.36, 0.5],
        [0.92, 0.9, 0.84],
        [0.8, 0.6, 0.3],
    ];
    let colour =
        colours[stripe.rem_euclid(2) as usize + 2 * usize::from(stripe.rem_euclid(3) == 2)];
    let edge = 0.93 + 0.07 * inside(t, 0.05);
    Texel::new(colour, 1.1).times((0.82 + 0.2 * height) * edge)
}

pub(super) fn felt(uv: [f32; 2]) -> Texel {
    let fuzz = fractal(uv, [90, 90], 3, 21);
    let cloud = fractal(uv, [4, 4], 3, 22);
    Texel::new([0.1, 0.36, 0.22], 1.2).times(0.72 + 0.4 * fuzz + 0.15 * cloud)
}

pub(super) fn carpet(uv: [f32; 2]) -> Texel {
    let tuft = super::noise::cells(uv, 110, 33);
    let patch = step(0.45, 0.58, fractal(uv, [5, 5], 3, 35));
    Texel::new([0.5, 0.46, 0.43], 1.2)
        .mix(Texel::new([0.42, 0.38, 0.37], 1.2), patch)
        .times(1.1 - 0.55 * tuft.0)
}
