//! The eleven basic colour names, as sRGB values that lie far apart for the eye.

use serde::{Deserialize, Serialize};

/// A colour with a name (Berlin and Kay's eleven).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Colour {
    Red,
    Orange,
    Yellow,
    Green,
    Blue,
    Purple,
    Pink,
    Brown,
    Black,
    White,
    Grey,
}

impl Colour {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Red,
        Self::Blue,
        Self::Green,
        Self::Yellow,
        Self::Orange,
        Self::Purple,
        Self::Pink,
        Self::White,
        Self::Grey,
        Self::Brown,
        Self::Black,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Purple => "purple",
            Self::Pink => "pink",
            Self::Brown => "brown",
            Self::Black => "black",
            Self::White => "white",
            Self::Grey => "grey",
        }
    }

    /// Its sRGB levels.
    #[must_use]
    pub const fn srgb(self) -> [u8; 3] {
        match self {
            Self::Red => [205, 28, 32],
            Self::Orange => [243, 120, 12],
            Self::Yellow => [246, 208, 36],
            Self::Green => [38, 142, 58],
            Self::Blue => [28, 86, 196],
            Self::Purple => [112, 48, 158],
            Self::Pink => [242, 138, 178],
            Self::Brown => [112, 66, 34],
            Self::Black => [26, 26, 29],
            Self::White => [236, 236, 232],
            Self::Grey => [126, 129, 134],
        }
    }

    /// Its share of light sent back: red, green, blue, linear.
    #[must_use]
    pub fn linear(self) -> [f32; 3] {
        linear(self.srgb())
    }
}

/// sRGB levels to linear light (IEC 61966-2-1).
#[must_use]
pub fn linear(srgb: [u8; 3]) -> [f32; 3] {
    srgb.map(|level| {
        let x = f32::from(level) / 255.0;
        if x <= 0.04045 {
            x / 12.92
        } else {
            ((x + 0.055) / 1.055).powf(2.4)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CIELAB under D65.
    fn lab(colour: Colour) -> [f32; 3] {
        let [r, g, b] = colour.linear();
        let x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505;
        let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        let z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089;
        let f = |t: f32| {
            if t > 0.008_856 {
                t.cbrt()
            } else {
                7.787 * t + 16.0 / 116.0
            }
        };
        [
            116.0 * f(y) - 16.0,
            500.0 * (f(x) - f(y)),
            200.0 * (f(y) - f(z)),
        ]
    }

    #[test]
    fn any_two_colours_are_at_least_twenty_apart_in_cielab() {
        for (i, a) in Colour::ALL.iter().enumerate() {
            for b in &Colour::ALL[i + 1..] {
                let square = |(p, q): (f32, f32)| (p - q) * (p - q);
                let apart = lab(*a)
                    .into_iter()
                    .zip(lab(*b))
                    .map(square)
                    .sum::<f32>()
                    .sqrt();
                assert!(apart >= 20.0, "{a:?} and {b:?}: {apart}");
            }
        }
    }
}
