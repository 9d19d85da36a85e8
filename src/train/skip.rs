//! Samples that cannot be read are passed over: another one is drawn in the place of each, and each is spoken of once.
//! A run of a week does not end at one damaged picture; where nothing can be read, the error stands.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::TrainError;

/// Draws in a row that may fail.
const TRIES: usize = 16;
/// Most errors that are remembered.
const MOST: usize = 10_000;

/// What was passed over.
#[derive(Debug, Default)]
pub(super) struct Skipped(Mutex<BTreeSet<String>>);

impl Skipped {
    /// The first sample that can be read.
    pub(super) fn draw<T>(
        &self,
        mut draw: impl FnMut() -> Result<T, TrainError>,
    ) -> Result<T, TrainError> {
        for _ in 1..TRIES {
            match draw() {
                Err(error) if error.is_of_a_sample() => self.note(&error),
                other => return other,
            }
        }
        draw()
    }

    /// Samples that were passed over, each counted once.
    pub(super) fn count(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len() as u64
    }

    fn note(&self, error: &TrainError) {
        let error = error.to_string();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST && known.insert(error.clone()) {
            log::warn!("a sample is passed over, another one is learnt instead: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(number: usize) -> TrainError {
        let what = "it is cut off".into();
        let path = format!("{number}.png").into();
        crate::data::DataError::Malformed { what, path }.into()
    }

    #[test]
    fn one_that_cannot_be_read_is_passed_over_and_counted_once() {
        let skipped = Skipped::default();
        for _ in 0..3 {
            let mut numbers = 0..;
            let drawn = skipped.draw(|| match numbers.next() {
                Some(number @ 0..2) => Err(bad(number)),
                other => Ok(other),
            });
            assert_eq!(drawn.unwrap(), Some(2));
        }
        assert_eq!(skipped.count(), 2);
    }

    #[test]
    fn where_nothing_can_be_read_the_error_stands() {
        let skipped = Skipped::default();
        let found: Result<(), TrainError> = skipped.draw(|| Err(bad(7)));
        assert!(found.unwrap_err().to_string().contains("7.png"));
        let wrong = || TrainError::Setting {
            name: "batch".into(),
            why: "is wrong".into(),
        };
        let found: Result<(), TrainError> = skipped.draw(|| Err(wrong()));
        assert!(found.is_err() && skipped.count() == 1);
    }
}
