//! A number for a solid, from the bits of all its numbers (FNV-1a).

use super::{Shape, Solid};

struct Hash(u64);

impl Hash {
    fn word(&mut self, word: u64) {
        for byte in word.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn reals<'a>(&mut self, reals: impl IntoIterator<Item = &'a f64>) {
        let mut count = 0;
        for real in reals {
            self.word(real.to_bits());
            count += 1;
        }
        self.word(count);
    }
}

pub(super) fn of(solid: &Solid) -> u64 {
    let mut hash = Hash(0xcbf2_9ce4_8422_2325);
    for part in &solid.parts {
        hash.word(u64::from(part.slot) << 1 | u64::from(part.contact));
        hash.reals(part.pose.position.iter().chain(&part.pose.rotation));
        shape(&mut hash, &part.shape);
    }
    hash.0
}

fn shape(hash: &mut Hash, shape: &Shape) {
    match shape {
        Shape::Cuboid { half, round } => numbered(hash, 0, half.iter().chain([round])),
        Shape::Cylinder {
            radius,
            half_height,
        } => numbered(hash, 1, [radius, half_height]),
        Shape::Sphere { radius } => numbered(hash, 2, [radius]),
        Shape::Ellipsoid { half } => numbered(hash, 3, half),
        Shape::Capsule {
            radius,
            half_height,
        } => numbered(hash, 4, [radius, half_height]),
        Shape::Cone {
            radius,
            half_height,
        } => numbered(hash, 5, [radius, half_height]),
        Shape::Lathe { profile } => numbered(hash, 6, profile.as_flattened()),
        Shape::Hull { points } => numbered(hash, 7, points.as_flattened()),
        Shape::Prism {
            outline,
            half_height,
            bevel,
        } => {
            numbered(
                hash,
                8,
                outline.as_flattened().iter().chain([half_height, bevel]),
            );
        }
        Shape::Sweep { knots } => {
            let knot = |k: &super::Knot| [k.at[0], k.at[1], k.at[2], k.half[0], k.half[1], k.dish];
            let knots: Vec<_> = knots.iter().map(knot).collect();
            numbered(hash, 9, knots.as_flattened());
        }
        Shape::Blob { balls, blend } => {
            let ball = |b: &super::Ball| {
                let ([a, b0, c], [d, e, f]) = (b.from, b.to);
                [a, b0, c, d, e, f, b.radii[0], b.radii[1]]
            };
            let balls: Vec<_> = balls.iter().map(ball).collect();
            numbered(hash, 10, balls.as_flattened().iter().chain([blend]));
        }
    }
}

fn numbered<'a>(hash: &mut Hash, kind: u64, reals: impl IntoIterator<Item = &'a f64>) {
    hash.word(kind);
    hash.reals(reals);
}
