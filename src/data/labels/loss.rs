//! What a format cannot hold, and what is written instead.

use serde::Serialize;

use super::geometry::{Shape, TargetKind};
use super::record::{LabelSet, Target};

/// Something that a dataset may have and a format may be unable to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// Boxes.
    Boxes,
    /// Points.
    Points,
    /// Traces.
    Traces,
    /// Outlines.
    Polygons,
    /// Several outlines of one object.
    Parts,
    /// Ellipses.
    Ellipses,
    /// Masks.
    Masks,
    /// Boxes and ellipses that are turned.
    Rotation,
    /// A box beside a finer shape.
    Bounds,
    /// Scores.
    Scores,
    /// Attributes of targets.
    Attributes,
    /// Marks of crowds.
    Crowds,
    /// Groups of targets.
    Groups,
    /// Names of targets in their files.
    TargetIds,
    /// Questions and answers.
    Conversations,
    /// What is referred to, apart from labels.
    Phrases,
    /// Parts of the dataset.
    Splits,
    /// Several pictures in one sample.
    SeveralPictures,
    /// Samples without a picture.
    NoPicture,
    /// Samples without targets.
    Empty,
    /// Coordinates that are no whole pixels.
    Decimals,
    /// Targets without a label.
    Unlabelled,
}

impl Feature {
    /// What becomes of it where it cannot be held.
    #[must_use]
    pub const fn fate(self) -> &'static str {
        match self {
            Self::Boxes => "boxes were left out",
            Self::Points => "points were left out",
            Self::Traces => "traces were left out",
            Self::Polygons => "outlines became the boxes around them",
            Self::Parts => "objects of several outlines became the boxes around them",
            Self::Ellipses => "ellipses became outlines or boxes",
            Self::Masks => "masks became the boxes around them",
            Self::Rotation => "turned shapes became outlines or upright boxes",
            Self::Bounds => "boxes stated beside a finer shape were left out",
            Self::Scores => "scores were left out",
            Self::Attributes => "attributes were left out",
            Self::Crowds => "marks of crowds were left out",
            Self::Groups => "groups were left out",
            Self::TargetIds => "ids of targets were left out",
            Self::Conversations => "questions and answers were left out",
            Self::Phrases => "phrases were left out",
            Self::Splits => "splits were left out",
            Self::SeveralPictures => "samples of several pictures kept the first one only",
            Self::NoPicture => "samples without a picture were left out",
            Self::Empty => "samples without targets were left out",
            Self::Decimals => "coordinates were rounded to whole pixels",
            Self::Unlabelled => "targets without a label were called \"object\"",
        }
    }

    const fn of_kind(kind: TargetKind) -> Self {
        match kind {
            TargetKind::Box => Self::Boxes,
            TargetKind::Point => Self::Points,
            TargetKind::Trace => Self::Traces,
            TargetKind::Polygon => Self::Polygons,
            TargetKind::Ellipse => Self::Ellipses,
            TargetKind::Mask => Self::Masks,
        }
    }
}

/// The shape as a format with these features holds it; none where it cannot.
pub(super) fn fitted(target: &Target, holds: &[Feature]) -> Option<Shape> {
    let has = |feature| holds.contains(&feature);
    let shape = &target.shape;
    let turned = shape.rotation() != 0.0 && !has(Feature::Rotation);
    let parts = matches!(shape, Shape::Polygon(rings) if rings.len() > 1) && !has(Feature::Parts);
    if has(Feature::of_kind(shape.kind())) && !turned && !parts {
        return Some(shape.clone());
    }
    if matches!(shape, Shape::Point(_) | Shape::Trace(_)) {
        return None;
    }
    match shape.outline() {
        Some(outline) if has(Feature::Polygons) => Some(Shape::Polygon(vec![outline])),
        _ if has(Feature::Boxes) => target.boxed().map(Shape::upright),
        _ => None,
    }
}

/// What of `set` a format with these features cannot hold, and how often.
pub(super) fn losses(set: &LabelSet, holds: &[Feature]) -> Vec<(Feature, u64)> {
    let mut counts = std::collections::BTreeMap::<Feature, u64>::new();
    let mut lose = |feature: Feature, count: usize| {
        if count > 0 && !holds.contains(&feature) {
            *counts.entry(feature).or_default() += count as u64;
        }
    };
    for sample in &set.samples {
        lose(
            Feature::Conversations,
            usize::from(!sample.conversation.is_empty()),
        );
        lose(Feature::Phrases, usize::from(sample.phrase.is_some()));
        lose(Feature::Splits, usize::from(sample.split.is_some()));
        lose(
            Feature::SeveralPictures,
            usize::from(sample.images.len() > 1),
        );
        lose(Feature::NoPicture, usize::from(sample.images.is_empty()));
        lose(Feature::Empty, usize::from(sample.targets.is_empty()));
        for target in &sample.targets {
            for feature in features(target) {
                lose(feature, 1);
            }
        }
    }
    counts.into_iter().collect()
}

fn features(target: &Target) -> impl Iterator<Item = Feature> {
    let shape = &target.shape;
    let parts = matches!(shape, Shape::Polygon(rings) if rings.len() > 1);
    let decimal = shape.kind() != TargetKind::Mask
        && shape.spots().iter().flatten().any(|v| v.fract() != 0.0);
    [
        (Feature::of_kind(shape.kind()), true),
        (Feature::Parts, parts),
        (Feature::Rotation, shape.rotation() != 0.0),
        (Feature::Bounds, target.bounds.is_some()),
        (Feature::Scores, target.score.is_some()),
        (Feature::Attributes, !target.attributes.is_empty()),
        (Feature::Crowds, target.crowd),
        (Feature::Groups, target.group.is_some()),
        (Feature::TargetIds, target.id.is_some()),
        (Feature::Decimals, decimal),
        (Feature::Unlabelled, target.label.is_none()),
    ]
    .into_iter()
    .filter_map(|(feature, present)| present.then_some(feature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::labels::geometry::Rect;

    #[test]
    fn a_shape_becomes_the_next_best_one() {
        let rect = Rect::from_xywh([10.0, 10.0, 20.0, 10.0]);
        let turned = Target::new(Shape::Box {
            rect,
            rotation: 45.0,
        });
        let polygon = fitted(&turned, &[Feature::Boxes, Feature::Polygons]).expect("held");
        assert_eq!(polygon.kind(), TargetKind::Polygon);
        let upright = fitted(&turned, &[Feature::Boxes]).expect("held");
        assert!(upright.rotation() == 0.0 && upright.bounds().expect("box").area() > rect.area());
        let trace = Target::new(Shape::Trace(vec![[0.0, 0.0], [1.0, 1.0]]));
        assert_eq!(fitted(&trace, &[Feature::Boxes, Feature::Polygons]), None);
    }
}
