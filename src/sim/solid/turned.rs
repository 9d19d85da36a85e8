//! Convex pieces of things turned around z: slices from bottom to top, hollow ones as rings of wedges.

use std::f64::consts::{PI, TAU};

use super::collide::{Collider, ColliderShape};
use crate::geometry::Pose;

/// Wedges around a hollow profile, and corners around a full one.
const WEDGES: usize = 12;
const CORNERS: usize = 16;
/// Slices of a hollow profile from bottom to top, at most.
const SLICES: usize = 7;

/// A slice between two heights: where its material begins and ends at the bottom and at the top.
#[derive(Debug, Clone, Copy)]
struct Slice {
    heights: [f64; 2],
    inner: [f64; 2],
    outer: [f64; 2],
}

pub(super) fn pieces(profile: &[[f64; 2]]) -> Vec<Collider> {
    let slices = slices(profile);
    let (full, hollow): (Vec<Slice>, Vec<Slice>) =
        slices.into_iter().partition(|s| s.inner == [0.0, 0.0]);
    let mut pieces: Vec<Collider> = stacks(full)
        .iter()
        .map(|stack| full_piece(stack, profile))
        .collect();
    pieces.extend(hollow.iter().flat_map(wedges));
    pieces
}

/// Where a level just beside `z` is inside the closed profile: pairs of radii.
fn spans(profile: &[[f64; 2]], z: f64) -> Vec<[f64; 2]> {
    let mut radii: Vec<f64> = profile
        .windows(2)
        .filter(|w| (w[0][1] <= z) != (w[1][1] <= z))
        .map(|w| w[0][0] + (w[1][0] - w[0][0]) * (z - w[0][1]) / (w[1][1] - w[0][1]))
        .collect();
    radii.sort_by(f64::total_cmp);
    if radii.len() % 2 == 1 {
        radii.insert(0, 0.0);
    }
    radii
        .chunks_exact(2)
        .map(|pair| [pair[0], pair[1]])
        .collect()
}

/// Heights at which the profile is cut: its corners, thinned.
fn levels(profile: &[[f64; 2]]) -> Vec<f64> {
    let mut all: Vec<f64> = profile.iter().map(|p| p[1]).collect();
    all.sort_by(f64::total_cmp);
    let (Some(&low), Some(&high)) = (all.first(), all.last()) else {
        return Vec::new();
    };
    // The floor of a hollow thing is a level of its own.
    let floor = profile.last().map_or(low, |p| p[1]);
    let mut levels = vec![low, high];
    if floor - low > 1e-6 && high - floor > 1e-6 {
        levels.push(floor);
    }
    let apart = (high - low) / SLICES as f64;
    for z in all {
        if levels.iter().all(|l| (l - z).abs() > apart) {
            levels.push(z);
        }
    }
    levels.sort_by(f64::total_cmp);
    levels
}

fn slices(profile: &[[f64; 2]]) -> Vec<Slice> {
    let mut slices = Vec::new();
    for pair in levels(profile).windows(2) {
        let nudge = (pair[1] - pair[0]) * 1e-3;
        let low = spans(profile, pair[0] + nudge);
        let high = spans(profile, pair[1] - nudge);
        // Where the material splits or ends in between, the slice takes what its middle has.
        let middle = spans(profile, f64::midpoint(pair[0], pair[1]));
        for (i, span) in middle.iter().enumerate() {
            let [a, b] = [low.get(i).unwrap_or(span), high.get(i).unwrap_or(span)];
            let full = span[0] == 0.0;
            slices.push(Slice {
                heights: [pair[0], pair[1]],
                inner: if full { [0.0; 2] } else { [a[0], b[0]] },
                outer: [a[1], b[1]],
            });
        }
    }
    slices
}

/// Full slices in piles that are nearly convex, bottom up.
fn stacks(full: Vec<Slice>) -> Vec<Vec<Slice>> {
    let mut stacks: Vec<Vec<Slice>> = Vec::new();
    for slice in full {
        if let Some(stack) = stacks.last_mut()
            && let Some(below) = stack.last()
            && (below.heights[1] - slice.heights[0]).abs() < 1e-9
            && bulges(below, &slice)
        {
            stack.push(slice);
        } else {
            stacks.push(vec![slice]);
        }
    }
    stacks
}

/// Whether two slices, one upon the other, fill their hull but for a twentieth of their width.
fn bulges(below: &Slice, above: &Slice) -> bool {
    let [low, high] = [below.heights[0], above.heights[1]];
    let part = (below.heights[1] - low) / (high - low);
    let straight = below.outer[0] + (above.outer[1] - below.outer[0]) * part;
    let waist = below.outer[1].min(above.outer[0]);
    let ledge = (below.outer[1] - above.outer[0]).abs();
    let tolerance = 0.05 * waist;
    waist > straight - tolerance && ledge < 4.0 * tolerance
}

/// A pile as one convex piece. Corners of the profile that no slice begins at count too: a can is widest between its
/// shoulders.
fn full_piece(stack: &[Slice], profile: &[[f64; 2]]) -> Collider {
    let (low, high) = (stack[0].heights[0], stack[stack.len() - 1].heights[1]);
    let mut rims: Vec<[f64; 2]> = stack
        .iter()
        .flat_map(|s| [0, 1].map(|end| [s.outer[end], s.heights[end]]))
        .collect();
    let within = |p: &&[f64; 2]| p[0] > 0.0 && p[1] > low && p[1] < high;
    rims.extend(profile.iter().filter(within).copied());
    let radii = rims.iter().map(|rim| rim[0]);
    let (least, most) = radii.fold((f64::INFINITY, 0.0_f64), |(a, b), r| (a.min(r), b.max(r)));
    if most - least < 0.1 * most {
        let shape = ColliderShape::Cylinder {
            radius: most,
            half_height: (high - low) / 2.0,
        };
        return Collider {
            shape,
            pose: Pose::at([0.0, 0.0, f64::midpoint(low, high)]),
        };
    }
    let ring = |r: f64, z: f64| {
        let count = if r < 1e-4 { 1 } else { CORNERS };
        (0..count).map(move |k| {
            let (sin, cos) = (TAU * k as f64 / CORNERS as f64).sin_cos();
            [r * cos, r * sin, z]
        })
    };
    Collider::hull(rims.iter().flat_map(|rim| ring(rim[0], rim[1])).collect())
}

fn wedges(slice: &Slice) -> Vec<Collider> {
    let wedge = |k: usize| {
        let mut points = Vec::new();
        for level in 0..2 {
            for edge in [k, k + 1] {
                let (sin, cos) = (TAU * edge as f64 / WEDGES as f64).sin_cos();
                // Corners lie further out than the sides between them: the inside stays free.
                let wide = 1.0 / (PI / WEDGES as f64).cos();
                for r in [
                    slice.inner[level] * wide,
                    slice.outer[level].max(slice.inner[level] * wide + 1e-3),
                ] {
                    points.push([r * cos, r * sin, slice.heights[level]]);
                }
            }
        }
        Collider::hull(points)
    };
    (0..WEDGES).map(wedge).collect()
}
