//! How a grounding is written as JSON: points as `[x, y]` pairs, so that files stay short and other tools read them.

use serde::{Deserialize, Serializer};

use super::{Grounding, GroundingError, GroundingKind};
use crate::geometry::ImagePoint;

/// A grounding as a stranger wrote it, not yet checked.
#[derive(Deserialize)]
pub(super) struct Stored {
    kind: GroundingKind,
    #[serde(default)]
    label: Option<String>,
    points: Vec<[f32; 2]>,
    #[serde(default)]
    score: Option<f32>,
}

impl TryFrom<Stored> for Grounding {
    type Error = GroundingError;

    fn try_from(stored: Stored) -> Result<Self, GroundingError> {
        let points = stored.points.iter().map(|[x, y]| ImagePoint::new(*x, *y));
        let mut grounding = Self {
            kind: stored.kind,
            label: stored.label,
            points: points.collect(),
            score: stored.score.filter(|s| (0.0..=1.0).contains(s)),
        };
        grounding.check()?;
        grounding.settle();
        Ok(grounding)
    }
}

/// Writes points as `[[x, y], …]`.
pub(super) fn pairs<S: Serializer>(points: &[ImagePoint], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(points.iter().map(|p| [p.x, p.y]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_written_form_is_fixed() {
        let mut b = Grounding::from_box(ImagePoint::new(1.5, 2.0), ImagePoint::new(30.0, 40.0));
        b.score = Some(0.5);
        assert_eq!(
            serde_json::to_string(&b.labelled("red cube")).expect("plain data"),
            r#"{"kind":"box","label":"red cube","points":[[1.5,2.0],[30.0,40.0]],"score":0.5}"#
        );
        assert_eq!(
            serde_json::to_string(&Grounding::point(ImagePoint::new(3.0, 4.0)))
                .expect("plain data"),
            r#"{"kind":"point","label":null,"points":[[3.0,4.0]],"score":null}"#
        );
    }

    #[test]
    fn a_short_form_is_read_and_its_corners_are_ordered() {
        let read: Grounding =
            serde_json::from_str(r#"{"kind":"box","points":[[9,8],[1,2]]}"#).expect("reads");
        assert_eq!(
            read,
            Grounding::from_box(ImagePoint::new(1.0, 2.0), ImagePoint::new(9.0, 8.0))
        );
    }

    #[test]
    fn a_hostile_form_is_refused() {
        for text in [
            r#"{"kind":"box","points":[[1,2]]}"#,
            r#"{"kind":"point","points":[[1e39,2]]}"#,
            r#"{"kind":"star","points":[[1,2]]}"#,
            r#"{"kind":"trace","points":[]}"#,
        ] {
            assert!(serde_json::from_str::<Grounding>(text).is_err(), "{text}");
        }
    }
}
