//! Which hue an object is drawn in: the same one as long as it is named the same.

use egui::Color32;
use serde::{Deserialize, Serialize};

use crate::ui::theme::HUES;

/// One of the seven hues that colour-blind eyes tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Hue(u8);

impl Hue {
    /// Its colour, the same in both themes since it lies on a picture.
    #[must_use]
    pub fn color(self) -> Color32 {
        HUES[usize::from(self.0) % HUES.len()]
    }
}

/// Remembers the hue of every object name, so that it never changes while others come and go.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HueBook {
    known: Vec<(String, Hue)>,
}

/// Names remembered at most; a model that babbles must not fill the memory.
const KNOWN_MAX: usize = 512;

impl HueBook {
    /// The hue of `label`. A new name gets the first hue that the fewest names have.
    pub fn hue(&mut self, label: &str) -> Hue {
        let name = label.trim().to_lowercase();
        if let Some((_, hue)) = self.known.iter().find(|(known, _)| *known == name) {
            return *hue;
        }
        let uses = |hue: u8| self.known.iter().filter(|(_, used)| used.0 == hue).count();
        let hue = Hue((0..HUES.len() as u8)
            .min_by_key(|hue| uses(*hue))
            .unwrap_or(0));
        if self.known.len() < KNOWN_MAX {
            self.known.push((name, hue));
        }
        hue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_objects_get_seven_hues_and_keep_them() {
        let mut book = HueBook::default();
        let names = ["mug", "spoon", "plate", "carrot", "bowl", "knife", "towel"];
        let first: Vec<Hue> = names.iter().map(|name| book.hue(name)).collect();
        for (at, hue) in first.iter().enumerate() {
            assert!(!first[..at].contains(hue));
        }
        book.hue("an eighth");
        let again: Vec<Hue> = names.iter().rev().map(|name| book.hue(name)).collect();
        assert_eq!(again.into_iter().rev().collect::<Vec<_>>(), first);
        assert_eq!(book.hue(" Mug"), first[0]);
    }
}
