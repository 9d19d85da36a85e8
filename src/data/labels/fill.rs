//! Fills outlines as pycocotools does, so that areas agree to the pixel (`rleFrPoly` of `maskApi.c`).

use super::geometry::Spot;
use super::mask::{Mask, MaskError, check, runs};
use crate::geometry::ImageSize;

/// Steps per pixel along an edge.
const SCALE: f64 = 5.0;

/// Longest edge that is walked, in pixels; farther corners are moved in.
const REACH: f64 = 32_768.0;

/// Longest outline that is walked, in steps.
const MAX_STEPS: i64 = 1 << 25;

/// The pixels inside any of the outlines.
///
/// # Errors
/// When the picture is too large.
pub fn fill(size: ImageSize, rings: &[Vec<Spot>]) -> Result<Mask, MaskError> {
    check(size)?;
    let mut masks = rings.iter().map(|ring| fill_one(size, ring));
    let first = match masks.next() {
        Some(first) => first?,
        None => return Mask::new(size, vec![size.pixels() as u32]),
    };
    let rest = masks.collect::<Result<Vec<_>, _>>()?;
    if rest.is_empty() {
        return Ok(first);
    }
    let mut inside = vec![false; size.pixels()];
    for mask in std::iter::once(&first).chain(&rest) {
        for (start, end) in mask.object_runs() {
            inside[start..end].fill(true);
        }
    }
    Mask::new(size, runs(inside))
}

fn fill_one(size: ImageSize, ring: &[Spot]) -> Result<Mask, MaskError> {
    let height = i64::from(size.height);
    let mut cuts: Vec<i64> = crossings(&walk(ring)?, size)
        .into_iter()
        .map(|(x, y)| x * height + y)
        .collect();
    cuts.push(size.pixels() as i64);
    cuts.sort_unstable();
    let mut before = 0;
    for cut in &mut cuts {
        (*cut, before) = (*cut - before, *cut);
    }
    Mask::new(size, joined(&cuts))
}

/// Points densely along the whole boundary, in steps of a fifth of a pixel.
fn walk(ring: &[Spot]) -> Result<Vec<(i64, i64)>, MaskError> {
    let step = |v: f64| (SCALE * v.clamp(-REACH, REACH) + 0.5) as i64;
    let corners: Vec<(i64, i64)> = ring.iter().map(|[x, y]| (step(*x), step(*y))).collect();
    let edges = || corners.iter().zip(corners.iter().cycle().skip(1));
    let length: i64 = edges()
        .map(|(a, b)| (a.0 - b.0).abs().max((a.1 - b.1).abs()))
        .sum();
    if length > MAX_STEPS {
        return Err(MaskError::Damaged("its outline is too long".into()));
    }
    Ok(edges().flat_map(|(a, b)| edge(*a, *b)).collect())
}

fn edge(from: (i64, i64), to: (i64, i64)) -> Vec<(i64, i64)> {
    let (dx, dy) = ((to.0 - from.0).abs(), (to.1 - from.1).abs());
    let flip = (dx >= dy && from.0 > to.0) || (dx < dy && from.1 > to.1);
    let ((xs, ys), (xe, ye)) = if flip { (to, from) } else { (from, to) };
    let long = dx.max(dy);
    let slope = |rise: i64| rise as f64 / long.max(1) as f64;
    let point = |t: i64| {
        let along = |start: i64, slope: f64| (start as f64 + slope * t as f64 + 0.5) as i64;
        if dx >= dy {
            (xs + t, along(ys, slope(ye - ys)))
        } else {
            (along(xs, slope(xe - xs)), ys + t)
        }
    };
    (0..=long)
        .map(|d| point(if flip { long - d } else { d }))
        .collect()
}

/// Where the boundary passes the middle of a column: column and row.
fn crossings(way: &[(i64, i64)], size: ImageSize) -> Vec<(i64, i64)> {
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    let crossing = |pair: &[(i64, i64)]| {
        let ((u0, v0), (u1, v1)) = (pair[0], pair[1]);
        let left = if u1 < u0 { u1 } else { u1 - 1 };
        let x = (left as f64 + 0.5) / SCALE - 0.5;
        if u0 == u1 || x.fract() != 0.0 || x < 0.0 || x > width - 1.0 {
            return None;
        }
        let y = (v1.min(v0) as f64 + 0.5) / SCALE - 0.5;
        Some((x as i64, y.clamp(0.0, height).ceil() as i64))
    };
    way.windows(2).filter_map(crossing).collect()
}

/// Runs without those of no length, except a first one.
fn joined(cuts: &[i64]) -> Vec<u32> {
    let mut counts = vec![cuts[0] as u32];
    let mut rest = cuts[1..].iter();
    while let Some(cut) = rest.next() {
        if *cut > 0 {
            counts.push(*cut as u32);
        } else if let (Some(more), Some(last)) = (rest.next(), counts.last_mut()) {
            *last += *more as u32;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::labels::Rect;

    fn ring(numbers: &[f64]) -> Vec<Spot> {
        numbers.chunks(2).map(|pair| [pair[0], pair[1]]).collect()
    }

    #[test]
    fn a_rectangle_fills_its_area() {
        let size = ImageSize::new(160, 120);
        let rect = ring(&[46.0, 69.0, 69.0, 69.0, 69.0, 105.0, 46.0, 105.0]);
        let mask = fill(size, &[rect]).expect("small");
        assert_eq!(mask.area(), 828);
        assert_eq!(
            mask.bounds(),
            Some(Rect::from_xywh([46.0, 69.0, 23.0, 36.0]))
        );
    }

    #[test]
    fn an_arrow_fills_as_pycocotools_fills_it() {
        // Area and bounds as pycocotools wrote them.
        let arrow = ring(&[159.0, 97.0, 172.0, 73.0, 185.0, 97.0, 172.0, 89.0]);
        let mask = fill(ImageSize::new(200, 150), &[arrow]).expect("small");
        assert_eq!(mask.area(), 208);
        assert_eq!(
            mask.bounds(),
            Some(Rect::from_xywh([159.0, 74.0, 26.0, 23.0]))
        );
    }

    #[test]
    fn overlapping_outlines_count_once() {
        let size = ImageSize::new(10, 10);
        let a = ring(&[0.0, 0.0, 4.0, 0.0, 4.0, 4.0, 0.0, 4.0]);
        let b = ring(&[2.0, 0.0, 6.0, 0.0, 6.0, 4.0, 2.0, 4.0]);
        assert_eq!(fill(size, &[a, b]).expect("small").area(), 24);
        assert_eq!(fill(size, &[]).expect("small").area(), 0);
    }

    #[test]
    fn far_corners_and_lone_points_do_no_harm() {
        let size = ImageSize::new(10, 10);
        let far = ring(&[-1e300, -5.0, 1e300, -5.0, f64::NAN, 1e300]);
        assert!(fill(size, &[far]).expect("small").area() <= 100);
        assert_eq!(fill(size, &[ring(&[3.0, 3.0])]).expect("small").area(), 0);
        assert_eq!(fill(size, &[vec![]]).expect("small").area(), 0);
    }
}
