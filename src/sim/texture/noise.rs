//! Noise that repeats: random numbers on a lattice, smooth in between.

/// A random number from 0 to 1 for two whole numbers and a seed (an integer hash after Wang).
pub(super) fn hash(x: i32, y: i32, seed: u32) -> f32 {
    let mut h = seed
        .wrapping_mul(0x9e37_79b9)
        .wrapping_add((x as u32).wrapping_mul(0x85eb_ca6b))
        .wrapping_add((y as u32).wrapping_mul(0xc2b2_ae35));
    h = (h ^ (h >> 16)).wrapping_mul(0x7feb_352d);
    h = (h ^ (h >> 15)).wrapping_mul(0x846c_a68b);
    h ^= h >> 16;
    (h >> 8) as f32 / 16_777_216.0
}

fn fade(t: f32) -> f32 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

/// Smooth noise from 0 to 1 with this many lattice cells along the tile's sides.
pub(super) fn value([u, v]: [f32; 2], [nx, ny]: [i32; 2], seed: u32) -> f32 {
    let (x, y) = (u * nx as f32, v * ny as f32);
    let (i, j) = (x.floor(), y.floor());
    let (s, t) = (fade(x - i), fade(y - j));
    let at = |di: i32, dj: i32| {
        hash(
            (i as i32 + di).rem_euclid(nx),
            (j as i32 + dj).rem_euclid(ny),
            seed,
        )
    };
    let low = at(0, 0) + (at(1, 0) - at(0, 0)) * s;
    let high = at(0, 1) + (at(1, 1) - at(0, 1)) * s;
    low + (high - low) * t
}

/// Octaves of noise, each twice as fine and half as strong; about 0 to 1, mostly near 0.5.
pub(super) fn fractal(uv: [f32; 2], [nx, ny]: [i32; 2], octaves: u32, seed: u32) -> f32 {
    let mut sum = 0.0;
    let mut weight = 0.5;
    let mut total = 0.0;
    for octave in 0..octaves {
        sum += weight * value(uv, [nx << octave, ny << octave], seed + octave);
        total += weight;
        weight *= 0.5;
    }
    sum / total
}

/// The nearest and second nearest of scattered points, one per lattice cell: distances in cells, and the nearest's number.
pub(super) fn cells([u, v]: [f32; 2], n: i32, seed: u32) -> (f32, f32, f32) {
    let (x, y) = (u * n as f32, v * n as f32);
    let (i, j) = (x.floor() as i32, y.floor() as i32);
    let (mut first, mut second, mut number) = (9.0_f32, 9.0_f32, 0.0);
    for dj in -1..=1 {
        for di in -1..=1 {
            let (a, b) = ((i + di).rem_euclid(n), (j + dj).rem_euclid(n));
            let px = (i + di) as f32 + hash(a, b, seed);
            let py = (j + dj) as f32 + hash(a, b, seed + 1);
            let far = (px - x).hypot(py - y);
            if far < first {
                (second, first, number) = (first, far, hash(a, b, seed + 2));
            } else if far < second {
                second = far;
            }
        }
    }
    (first, second, number)
}

/// 0 below `low`, 1 above `high`, smooth between.
pub(super) fn step(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Which of `n` equal pieces, and how far into it (0 to 1).
pub(super) fn piece(x: f32, n: f32) -> (i32, f32) {
    let scaled = x * n;
    (scaled.floor() as i32, scaled - scaled.floor())
}

/// 1 in the middle of a piece, 0 at its edges: the edge is `width` of the piece wide.
pub(super) fn inside(t: f32, width: f32) -> f32 {
    step(0.0, width, t.min(1.0 - t))
}
