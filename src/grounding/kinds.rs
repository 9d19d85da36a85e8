//! The table of grounding kinds. A new kind is one file beside this one and one row here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Grounding, GroundingError, box2d, mark::Mark, point, trace};
use crate::geometry::ImagePoint;

/// What the points of a [`Grounding`] mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroundingKind {
    /// An axis-aligned box: two opposite corners.
    Box,
    /// A single position.
    Point,
    /// A path in order of time.
    Trace,
}

/// What putting points in order came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// They were in order.
    Kept,
    /// They are now.
    Reordered,
    /// They enclose nothing: the kind needs an area and there is none.
    Empty,
}

/// What a kind must say of itself.
pub struct KindSpec {
    /// The kind this row speaks for.
    pub kind: GroundingKind,
    /// Its name as written in files and on the command line.
    pub name: &'static str,
    /// Fewest and most points.
    pub points: (usize, usize),
    /// Keys of a JSON reply whose value is of this kind, in lower case.
    pub keys: &'static [&'static str],
    /// Tags of a reply whose body or attributes are of this kind, in lower case.
    pub tags: &'static [&'static str],
    /// Puts points in the order the kind asks for.
    pub settle: fn(&mut [ImagePoint]) -> Settled,
    /// The marks that draw it.
    pub marks: fn(&Grounding) -> Vec<Mark>,
    /// The text a planner is trained to answer with, coordinates rounded to whole pixels.
    pub answer: fn(&[Grounding]) -> String,
}

/// Every kind, in the order they are offered.
pub const KINDS: &[KindSpec] = &[box2d::SPEC, point::SPEC, trace::SPEC];

impl GroundingKind {
    /// The row of [`KINDS`] that speaks for this kind.
    #[must_use]
    pub fn spec(self) -> &'static KindSpec {
        match self {
            Self::Box => &box2d::SPEC,
            Self::Point => &point::SPEC,
            Self::Trace => &trace::SPEC,
        }
    }

    /// Its name as written in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.spec().name
    }
}

impl fmt::Display for GroundingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for GroundingKind {
    type Err = GroundingError;

    fn from_str(name: &str) -> Result<Self, GroundingError> {
        KINDS
            .iter()
            .find(|spec| spec.name == name)
            .map(|spec| spec.kind)
            .ok_or_else(|| GroundingError::UnknownKind(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_in_the_table_under_its_own_name() {
        for kind in [
            GroundingKind::Box,
            GroundingKind::Point,
            GroundingKind::Trace,
        ] {
            assert_eq!(kind.name().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).expect("plain data"), kind.name());
            assert!(KINDS.iter().any(|spec| spec.kind == kind));
        }
        assert!("polygon".parse::<GroundingKind>().is_err());
    }

    #[test]
    fn no_key_or_tag_means_two_kinds() {
        let mut keys: Vec<&str> = KINDS.iter().flat_map(|spec| spec.keys).copied().collect();
        let mut tags: Vec<&str> = KINDS.iter().flat_map(|spec| spec.tags).copied().collect();
        for words in [&mut keys, &mut tags] {
            let all = words.len();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), all);
        }
    }
}
