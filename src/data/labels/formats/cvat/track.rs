//! An object over the frames of a video: keys, and what lies between them.

use crate::data::labels::geometry::{Rect, Shape, Spot};

/// Most frames that one track is spread over.
pub(super) const MAX_FRAMES: u64 = 1_000_000;

/// A shape at a frame.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    pub frame: u64,
    /// From here on there is nothing, until the next key.
    pub outside: bool,
    pub shape: Shape,
}

/// The shapes of all frames, and how many of them lie between keys. After the last key the shape stays until `stop`.
pub(super) fn spread(mut keys: Vec<Key>, stop: Option<u64>) -> (Vec<(u64, Shape)>, usize) {
    keys.sort_by_key(|key| key.frame);
    keys.dedup_by_key(|key| key.frame);
    let (mut frames, mut between) = (Vec::new(), 0);
    for (index, key) in keys.iter().enumerate().filter(|(_, key)| !key.outside) {
        frames.push((key.frame, key.shape.clone()));
        let next = keys.get(index + 1);
        let end = next.map_or_else(
            || stop.map_or(key.frame, |stop| stop.saturating_add(1)),
            |n| n.frame,
        );
        let end = end.min(key.frame.saturating_add(MAX_FRAMES));
        for frame in key.frame + 1..end {
            let part = next.filter(|next| !next.outside).map(|next| {
                let part = (frame - key.frame) as f64 / (next.frame - key.frame) as f64;
                mixed(&key.shape, &next.shape, part)
            });
            frames.push((frame, part.flatten().unwrap_or_else(|| key.shape.clone())));
            between += 1;
            if frames.len() as u64 >= MAX_FRAMES {
                return (frames, between);
            }
        }
    }
    (frames, between)
}

/// Between two shapes of one kind; none where they cannot be mixed.
fn mixed(a: &Shape, b: &Shape, part: f64) -> Option<Shape> {
    let mix = |a: f64, b: f64| a + part * (b - a);
    let spot = |a: &Spot, b: &Spot| [mix(a[0], b[0]), mix(a[1], b[1])];
    let spots = |a: &[Spot], b: &[Spot]| -> Option<Vec<Spot>> {
        (a.len() == b.len()).then(|| a.iter().zip(b).map(|(a, b)| spot(a, b)).collect())
    };
    Some(match (a, b) {
        (
            Shape::Box {
                rect: a,
                rotation: from,
            },
            Shape::Box {
                rect: b,
                rotation: to,
            },
        ) => {
            let rect = Rect {
                x1: mix(a.x1, b.x1),
                y1: mix(a.y1, b.y1),
                x2: mix(a.x2, b.x2),
                y2: mix(a.y2, b.y2),
            };
            // The shorter way round.
            let turn = (to - from + 180.0).rem_euclid(360.0) - 180.0;
            let rotation = from + part * turn;
            Shape::Box { rect, rotation }
        }
        (Shape::Point(a), Shape::Point(b)) => Shape::Point(spot(a, b)),
        (Shape::Trace(a), Shape::Trace(b)) => Shape::Trace(spots(a, b)?),
        (Shape::Polygon(a), Shape::Polygon(b)) => {
            Shape::Polygon(vec![spots(a.first()?, b.first()?)?])
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(frame: u64, x: f64, outside: bool) -> Key {
        let shape = Shape::upright(Rect::from_xywh([x, 0.0, 10.0, 10.0]));
        Key {
            frame,
            outside,
            shape,
        }
    }

    fn lefts(frames: &[(u64, Shape)]) -> Vec<(u64, f64)> {
        let left = |shape: &Shape| shape.bounds().unwrap().x1;
        frames
            .iter()
            .map(|(frame, shape)| (*frame, left(shape)))
            .collect()
    }

    #[test]
    fn frames_between_keys_are_interpolated_and_outside_ends_a_shape() {
        let keys = vec![
            key(5, 50.0, false),
            key(0, 0.0, false),
            key(2, 20.0, true),
            key(7, 70.0, false),
        ];
        let (frames, between) = spread(keys, Some(8));
        let expected = [
            (0, 0.0),
            (1, 0.0),
            (5, 50.0),
            (6, 60.0),
            (7, 70.0),
            (8, 70.0),
        ];
        assert_eq!(lefts(&frames), expected);
        assert_eq!(between, 3);
    }

    #[test]
    fn a_far_key_does_not_fill_memory() {
        let (frames, _) = spread(
            vec![key(0, 0.0, false), key(u64::MAX, 1.0, false)],
            Some(u64::MAX),
        );
        assert!(frames.len() as u64 <= MAX_FRAMES + 1);
    }
}
