//! What is drawn for a grounding: plain polylines in image pixels. Colour, width and age are the overlay's business.

use crate::geometry::ImagePoint;

/// One thing to draw, in pixels of the original image.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A closed outline.
    Outline(Vec<ImagePoint>),
    /// A ring with a cross at a position.
    Spot(ImagePoint),
    /// A directed path, from its first point to its last.
    Path(Vec<ImagePoint>),
}

impl Mark {
    /// Distance from `point` to the drawn line or spot, in pixels; infinite for a mark without points.
    #[must_use]
    pub fn distance_to(&self, point: ImagePoint) -> f32 {
        match self {
            Self::Spot(spot) => spot.distance(point),
            Self::Path(path) => to_path(path, point),
            Self::Outline(corners) => {
                let closing = corners.last().zip(corners.first());
                let closing = closing.map_or(f32::INFINITY, |(a, b)| to_segment(*a, *b, point));
                to_path(corners, point).min(closing)
            }
        }
    }
}

fn to_path(path: &[ImagePoint], point: ImagePoint) -> f32 {
    let lone = path.first().map_or(f32::INFINITY, |p| p.distance(point));
    path.windows(2)
        .map(|ends| to_segment(ends[0], ends[1], point))
        .fold(lone, f32::min)
}

fn to_segment(a: ImagePoint, b: ImagePoint, point: ImagePoint) -> f32 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let squared = dx * dx + dy * dy;
    if squared <= 0.0 {
        return a.distance(point);
    }
    let along = ((point.x - a.x) * dx + (point.y - a.y) * dy) / squared;
    let along = along.clamp(0.0, 1.0);
    ImagePoint::new(a.x + along * dx, a.y + along * dy).distance(point)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_side_of_an_outline_counts() {
        let corners = vec![
            ImagePoint::new(0.0, 0.0),
            ImagePoint::new(8.0, 0.0),
            ImagePoint::new(8.0, 6.0),
        ];
        let middle_of_closing_side = ImagePoint::new(4.0, 3.0);
        assert!(Mark::Outline(corners.clone()).distance_to(middle_of_closing_side) < 1e-6);
        assert!(Mark::Path(corners).distance_to(middle_of_closing_side) > 2.9);
    }

    #[test]
    fn beyond_the_end_of_a_path_the_end_is_nearest() {
        let path = Mark::Path(vec![ImagePoint::new(0.0, 0.0), ImagePoint::new(10.0, 0.0)]);
        assert!((path.distance_to(ImagePoint::new(13.0, 4.0)) - 5.0).abs() < 1e-6);
    }
}
