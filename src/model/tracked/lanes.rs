//! Sums over a row in as many lanes as a vector register has: the order is fixed, and the compiler can keep it.

/// Numbers in a vector of the widest processors (AVX-512).
const LANES: usize = 16;

pub(super) fn sum(row: &[f32]) -> f32 {
    fold(row, [0.0; LANES], |sum, x| sum + x).iter().sum()
}

/// The sum of products.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0; LANES];
    let (a, rest_a) = a.as_chunks::<LANES>();
    let (b, rest_b) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    for ((lane, a), b) in lanes.iter_mut().zip(rest_a).zip(rest_b) {
        *lane += a * b;
    }
    lanes.iter().sum()
}

/// The largest number, among those that are numbers.
pub(super) fn largest(row: &[f32]) -> f32 {
    let keep = |most: f32, x: f32| if x > most { x } else { most };
    let lanes = fold(row, [f32::NEG_INFINITY; LANES], keep);
    lanes.iter().copied().fold(f32::NEG_INFINITY, keep)
}

fn fold(row: &[f32], start: [f32; LANES], of: impl Fn(f32, f32) -> f32) -> [f32; LANES] {
    let mut lanes = start;
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane = of(*lane, *x);
        }
    }
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane = of(*lane, *x);
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_agree_with_one_after_the_other() {
        let row: Vec<f32> = (0..37).map(|i| (i as f32 * 0.7).sin()).collect();
        let plain: f32 = row.iter().sum();
        assert!((sum(&row) - plain).abs() < 1e-5);
        let squares: f32 = row.iter().map(|x| x * x).sum();
        assert!((dot(&row, &row) - squares).abs() < 1e-5);
        let most = row.iter().copied().fold(f32::MIN, f32::max);
        assert!((largest(&row) - most).abs() < f32::EPSILON);
    }
}
