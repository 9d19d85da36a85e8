//! What is true in a picture, exactly: boxes, masks, points and traces from ids, depths and known shapes.
//!
//! Pixels of the original image as real numbers, origin at the outer corner of the top-left pixel; boxes are
//! x1, y1, x2, y2 with pixels' outer edges. Knows nothing of words or files.

mod freespace;
mod mask;
mod object;
mod silhouette;
mod trace;

pub use freespace::{FreeSpace, Obstacle};
pub use mask::{Mask, Rle};
pub use object::{Drop, Labeller, ObjectLabel};
pub use silhouette::Silhouette;
pub use trace::{Projected, TRACE_POINTS, Trace, project, trace};

#[cfg(test)]
mod tests;
