//! Which colour an object is painted in: the same as in the window for the same names in the same order.

/// The colours of Okabe and Ito that colour-blind eyes tell apart, in the window's order.
const HUES: [[u8; 3]; 7] = [
    [0xE6, 0x9F, 0x00],
    [0x56, 0xB4, 0xE9],
    [0x00, 0x9E, 0x73],
    [0xF0, 0xE4, 0x42],
    [0x00, 0x72, 0xB2],
    [0xD5, 0x5E, 0x00],
    [0xCC, 0x79, 0xA7],
];
/// Names remembered at most.
const MOST: usize = 512;

/// Gives every name a colour: a new one the first colour that the fewest names have.
#[derive(Default)]
pub(super) struct Palette {
    known: Vec<(String, usize)>,
}

impl Palette {
    pub(super) fn hue(&mut self, name: &str) -> [u8; 3] {
        let name = name.trim().to_lowercase();
        if let Some((_, hue)) = self.known.iter().find(|(known, _)| *known == name) {
            return HUES[*hue];
        }
        let uses = |hue: &usize| self.known.iter().filter(|(_, used)| used == hue).count();
        let hue = (0..HUES.len()).min_by_key(uses).unwrap_or(0);
        if self.known.len() < MOST {
            self.known.push((name, hue));
        }
        HUES[hue]
    }
}
