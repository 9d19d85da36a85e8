//! What a stage of the pipeline found: coordinates as written, before scale and image are known.

use std::ops::Range;

use super::number::Number;
use super::{MAX_GROUNDINGS, ReplyWarning, Rule};
use crate::grounding::GroundingKind;

/// One grounding as written: `x, y, x, y, …`, all of them finite.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub kind: GroundingKind,
    pub label: Option<String>,
    pub numbers: Vec<Number>,
}

impl Found {
    /// Bytes from the first coordinate to the last, wherever `x` and `y` were written.
    pub fn span(&self) -> Range<usize> {
        let start = self.numbers.iter().map(|n| n.span.start).min();
        let end = self.numbers.iter().map(|n| n.span.end).max();
        start.unwrap_or(0)..end.unwrap_or(0)
    }
}

/// What a stage came to.
#[derive(Debug, Default)]
pub(super) struct Stage {
    pub found: Vec<Found>,
    pub warnings: Vec<ReplyWarning>,
    pub rule: Option<Rule>,
}

impl Stage {
    /// Takes `numbers` as one or several of `kind`; what does not fill a whole one is left out aloud.
    pub fn add(&mut self, kind: GroundingKind, label: Option<&str>, numbers: &[Number]) {
        // A single waypoint is a point: no motion was described.
        let kind = match kind {
            GroundingKind::Trace if numbers.len() == 2 => GroundingKind::Point,
            kind => kind,
        };
        let size = group_size(kind).unwrap_or(numbers.len()).max(1);
        for group in numbers.chunks(size) {
            if self.found.len() == MAX_GROUNDINGS {
                return self.warn_once(ReplyWarning::TooMany {
                    limit: MAX_GROUNDINGS,
                });
            }
            self.add_one(kind, label, group);
        }
    }

    fn add_one(&mut self, kind: GroundingKind, label: Option<&str>, numbers: &[Number]) {
        if !fits(kind, numbers.len()) {
            self.wrong_count(numbers);
        } else if numbers.iter().any(|n| !n.value.is_finite()) {
            let at = numbers[0].span.start;
            self.warn(ReplyWarning::NotFinite { what: kind, at });
        } else {
            self.found.push(Found {
                kind,
                label: label.map(str::to_owned),
                numbers: numbers.to_vec(),
            });
        }
    }

    /// Says that `numbers` make no grounding.
    pub fn wrong_count(&mut self, numbers: &[Number]) {
        if let Some(first) = numbers.first() {
            self.warn(ReplyWarning::WrongCount {
                numbers: numbers.len(),
                at: first.span.start,
            });
        }
    }

    /// Adds a warning, unless there are too many to be read by anybody.
    pub fn warn(&mut self, warning: ReplyWarning) {
        if self.warnings.len() < MAX_GROUNDINGS {
            self.warnings.push(warning);
        }
    }

    /// Adds a warning that is worth saying once.
    pub fn warn_once(&mut self, warning: ReplyWarning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

/// Numbers in one of `kind`; none where that varies.
fn group_size(kind: GroundingKind) -> Option<usize> {
    let (least, most) = kind.spec().points;
    (least == most).then_some(2 * least)
}

/// Whether `count` numbers are one or several of `kind`, with none left over.
pub(super) fn fits(kind: GroundingKind, count: usize) -> bool {
    match group_size(kind) {
        Some(size) => count >= size && count.is_multiple_of(size),
        None => count >= 2 * kind.spec().points.0 && count.is_multiple_of(2),
    }
}
