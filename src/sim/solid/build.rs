//! Smooth curves through a few points, for profiles and sweeps.

use super::{Knot, Shape};

/// Centripetal Catmull-Rom through `points`, `steps` pieces between two; ends included. A point given twice is a corner.
/// Distances are those of the first three coordinates.
#[must_use]
pub fn smooth<const N: usize>(points: &[[f64; N]], steps: usize) -> Vec<[f64; N]> {
    let mut curve: Vec<[f64; N]> = points.first().copied().into_iter().collect();
    let last = points.len().saturating_sub(1);
    for i in 0..last {
        let [b, c] = [points[i], points[i + 1]];
        let here = spacing(b, c);
        if here <= 0.0 {
            continue;
        }
        let a = if i > 0 { points[i - 1] } else { b };
        let d = points[(i + 2).min(last)];
        let knots = [spacing(a, b), here, spacing(c, d)];
        for step in 1..=steps {
            let t = step as f64 / steps as f64;
            curve.push(std::array::from_fn(|k| {
                between([a[k], b[k], c[k], d[k]], knots, t)
            }));
        }
    }
    curve
}

/// Square root of the distance, as the centripetal curve has it.
fn spacing<const N: usize>(a: [f64; N], b: [f64; N]) -> f64 {
    let square = a.iter().zip(b).take(3).map(|(a, b)| (a - b) * (a - b));
    square.sum::<f64>().sqrt().sqrt()
}

/// A cubic from b to c whose slopes are those of its neighbours; a doubled end has the slope towards the other.
fn between([a, b, c, d]: [f64; 4], [before, here, after]: [f64; 3], t: f64) -> f64 {
    // The slope of the parabola through three places, over the spacing from b to c.
    let slope = |low: f64, first: f64, high: f64, second: f64| {
        (low * second / first + high * first / second) / (first + second) * here
    };
    let straight = c - b;
    let from = if before > 0.0 {
        slope(b - a, before, straight, here)
    } else {
        straight
    };
    let to = if after > 0.0 {
        slope(straight, here, d - c, after)
    } else {
        straight
    };
    let (t2, t3) = (t * t, t * t * t);
    b * (2.0 * t3 - 3.0 * t2 + 1.0)
        + from * (t3 - 2.0 * t2 + t)
        + c * (3.0 * t2 - 2.0 * t3)
        + to * (t3 - t2)
}

/// A smooth sweep through a few knots.
#[must_use]
pub fn smooth_knots(knots: &[Knot], steps: usize) -> Vec<Knot> {
    let flat: Vec<[f64; 6]> = knots
        .iter()
        .map(|k| [k.at[0], k.at[1], k.at[2], k.half[0], k.half[1], k.dish])
        .collect();
    smooth(&flat, steps)
        .into_iter()
        .map(|[x, y, z, width, height, dish]| {
            Knot::new([x, y, z], [width.max(1e-5), height.max(1e-5)]).dished(dish)
        })
        .collect()
}

impl Shape {
    /// Makes every length `factor` times as long.
    pub(super) fn scale(&mut self, factor: f64) {
        let each = |list: &mut [f64]| list.iter_mut().for_each(|x| *x *= factor);
        match self {
            Self::Cuboid { half, round } => {
                each(half);
                *round *= factor;
            }
            Self::Cylinder {
                radius,
                half_height,
            }
            | Self::Capsule {
                radius,
                half_height,
            }
            | Self::Cone {
                radius,
                half_height,
            } => {
                *radius *= factor;
                *half_height *= factor;
            }
            Self::Sphere { radius } => *radius *= factor,
            Self::Ellipsoid { half } => each(half),
            Self::Lathe { profile } => each(profile.as_flattened_mut()),
            Self::Hull { points } => each(points.as_flattened_mut()),
            Self::Prism {
                outline,
                half_height,
                bevel,
            } => {
                each(outline.as_flattened_mut());
                *half_height *= factor;
                *bevel *= factor;
            }
            Self::Sweep { knots } => {
                for knot in knots {
                    each(&mut knot.at);
                    each(&mut knot.half);
                }
            }
            Self::Blob { balls, blend } => {
                for ball in balls {
                    each(&mut ball.from);
                    each(&mut ball.to);
                    each(&mut ball.radii);
                }
                *blend *= factor;
            }
        }
    }
}
