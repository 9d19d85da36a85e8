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
