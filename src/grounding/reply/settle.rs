//! Brings coordinates into the original image: scale, clip, map back, put in order.

use super::number::Number;
use super::stage::Found;
use super::{ReplyContext, ReplyGrounding, ReplyScale, ReplyWarning};
use crate::geometry::ImagePoint;
use crate::grounding::{Grounding, GroundingKind, Settled};
use crate::vision::Fit;

/// What the coordinates of a reply came to.
pub(super) struct Placed {
    pub groundings: Vec<ReplyGrounding>,
    pub scale: ReplyScale,
    pub warnings: Vec<ReplyWarning>,
}

/// Maps everything found to pixels of the original image.
pub(super) fn settle(found: Vec<Found>, context: &ReplyContext) -> Placed {
    let found = join_trace(found, context.expected);
    let mut placed = Placed {
        groundings: Vec::with_capacity(found.len()),
        scale: scale(&found, context.scale),
        warnings: Vec::new(),
    };
    if context.fit.source.is_empty() || context.fit.target.is_empty() {
        if !found.is_empty() {
            placed.warnings.push(ReplyWarning::EmptyImage);
        }
        return placed;
    }
    for one in found {
        placed.place(one, &context.fit);
    }
    placed
}

/// Points written one by one are the waypoints of a trace to one who asked for a trace, unless they name objects.
fn join_trace(found: Vec<Found>, expected: Option<GroundingKind>) -> Vec<Found> {
    let alike = |a: &Found, b: &Found| b.kind == GroundingKind::Point && a.label == b.label;
    let one_motion = expected == Some(GroundingKind::Trace)
        && found.len() > 1
        && found.iter().all(|each| alike(&found[0], each));
    if !one_motion {
        return found;
    }
    vec![Found {
        kind: GroundingKind::Trace,
        label: found[0].label.clone(),
        numbers: found.into_iter().flat_map(|each| each.numbers).collect(),
    }]
}

/// The scale to read with: the one asked for, or what the numbers say of themselves.
fn scale(found: &[Found], wanted: ReplyScale) -> ReplyScale {
    if wanted != ReplyScale::Auto {
        return wanted;
    }
    let mut decimal = false;
    for number in found.iter().flat_map(|each| &each.numbers) {
        if number.value.abs() > 1.0 {
            return ReplyScale::Resized;
        }
        decimal |= number.decimal;
    }
    if decimal {
        ReplyScale::Unit
    } else {
        ReplyScale::Resized
    }
}

impl Placed {
    fn place(&mut self, found: Found, fit: &Fit) {
        let span = found.span();
        let at = span.start;
        let most = 2 * found.kind.spec().points.1;
        if found.numbers.len() > most {
            let points = found.numbers.len() / 2;
            self.warnings.push(ReplyWarning::TraceCut { points, at });
        }
        let numbers = &found.numbers[..found.numbers.len().min(most)];
        let (points, clipped) = self.points(numbers, fit);
        if clipped {
            self.warnings.push(ReplyWarning::Clipped { at });
        }
        let mut grounding = Grounding::new(found.kind, points);
        grounding.label = found.label;
        match grounding.settle() {
            Settled::Empty => {
                self.warnings.push(ReplyWarning::ZeroArea { at });
                return;
            }
            Settled::Reordered => self.warnings.push(ReplyWarning::CornersSwapped { at }),
            Settled::Kept => {}
        }
        self.groundings.push(ReplyGrounding { grounding, span });
    }

    /// The points in original pixels, and whether any lay outside.
    fn points(&self, numbers: &[Number], fit: &Fit) -> (Vec<ImagePoint>, bool) {
        let mut clipped = false;
        let mut inside = |number: &Number, side: u32| {
            let side = f64::from(side);
            let pixels = match self.scale {
                ReplyScale::Auto | ReplyScale::Resized => number.value,
                ReplyScale::Unit => number.value * side,
                ReplyScale::Thousand => number.value * side / 1000.0,
            };
            clipped |= !(0.0..=side).contains(&pixels);
            pixels.clamp(0.0, side) as f32
        };
        let points = numbers
            .as_chunks::<2>()
            .0
            .iter()
            .map(|[x, y]| {
                ImagePoint::new(inside(x, fit.target.width), inside(y, fit.target.height))
            })
            .map(|point| fit.source.clamp(fit.to_source(point)))
            .collect();
        (points, clipped)
    }
}
