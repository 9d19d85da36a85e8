//! A place for the newest value: written without waiting, read without waiting, old values are dropped.

use std::sync::{Arc, Mutex, PoisonError};

/// The newest value of something, and how many there have been.
pub struct Latest<T>(Arc<Mutex<(u64, Option<T>)>>);

impl<T> Clone for Latest<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new((0, None))))
    }
}

impl<T: Clone> Latest<T> {
    /// Puts a newer value.
    pub fn put(&self, value: T) {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = (slot.0 + 1, Some(value));
    }

    /// The value, if it is newer than the one counted `seen`, with its count.
    #[must_use]
    pub fn newer(&self, seen: u64) -> Option<(u64, T)> {
        let slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.0 == seen {
            return None;
        }
        slot.1.clone().map(|value| (slot.0, value))
    }

    /// The value, whatever its age.
    #[must_use]
    pub fn peek(&self) -> Option<T> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .1
            .clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_value_is_seen_and_only_once() {
        let latest = Latest::default();
        latest.put(1);
        latest.put(2);
        let (seen, value) = latest.newer(0).expect("a value");
        assert_eq!(value, 2);
        assert!(latest.newer(seen).is_none());
    }
}
