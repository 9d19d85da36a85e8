//! Patterns made by procedure: woods, stones, cloths, tiles and walls for tables and rooms, fine grains for things.
//!
//! A pattern is a square tile that repeats. Red, green and blue are sRGB levels; alpha scales the roughness (128 leaves
//! it as it is). Knows nothing of what wears it.

mod grain;
mod noise;
mod stone;
mod wall;
mod weave;
mod wood;

/// Pixels along a tile's side.
pub const SIDE: usize = 512;

/// One kind of pattern.
#[derive(Debug)]
pub struct Pattern {
    /// Its name.
    pub name: &'static str,
    /// Where it belongs.
    pub place: Place,
    /// Metres that one tile covers where it belongs.
    pub tile: f32,
    /// Colour and roughness at a place of the tile, both coordinates from 0 to 1.
    paint: fn([f32; 2]) -> Texel,
}

/// Where a pattern belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On things, in their colour.
    Thing,
    /// On tables.
    Table,
    /// On walls.
    Wall,
    /// On floors.
    Floor,
}

/// Colour (linear from 0 to 1 in sRGB's scale) and factor of roughness.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Texel {
    rgb: [f32; 3],
    rough: f32,
}

impl Texel {
    const fn new(rgb: [f32; 3], rough: f32) -> Self {
        Self { rgb, rough }
    }

    /// A level of grey that multiplies a thing's colour.
    const fn grey(level: f32) -> Self {
        Self::new([level; 3], 1.0)
    }

    /// Between two: `part` of the way to `other`.
    fn mix(self, other: Self, part: f32) -> Self {
        let part = part.clamp(0.0, 1.0);
        Self {
            rgb: std::array::from_fn(|k| self.rgb[k] + (other.rgb[k] - self.rgb[k]) * part),
            rough: self.rough + (other.rough - self.rough) * part,
        }
    }

    /// Darker or lighter.
    fn times(self, factor: f32) -> Self {
        Self {
            rgb: self.rgb.map(|x| x * factor),
            rough: self.rough,
        }
    }
}

const fn pattern(
    name: &'static str,
    place: Place,
    tile: f32,
    paint: fn([f32; 2]) -> Texel,
) -> Pattern {
    Pattern {
        name,
        place,
        tile,
        paint,
    }
}

/// Every pattern; the first is none.
pub const PATTERNS: &[Pattern] = &[
    pattern("plain", Place::Thing, 1.0, |_| Texel::grey(1.0)),
    pattern("grain", Place::Thing, 0.12, wood::grain),
    pattern("brushed", Place::Thing, 0.08, grain::brushed),
    pattern("speckle", Place::Thing, 0.06, grain::speckle),
    pattern("weave", Place::Thing, 0.04, weave::plain),
    pattern("fibre", Place::Thing, 0.1, grain::fibre),
    pattern("pores", Place::Thing, 0.05, grain::pores),
    pattern("fur", Place::Thing, 0.04, grain::fur),
    pattern("wicker", Place::Thing, 0.04, weave::wicker),
    pattern("crust", Place::Thing, 0.08, grain::crust),
    pattern("pebble", Place::Thing, 0.05, grain::pebble),
    pattern("oak", Place::Table, 0.6, wood::oak),
    pattern("walnut", Place::Table, 0.6, wood::walnut),
    pattern("pine", Place::Table, 0.7, wood::pine),
    pattern("bamboo", Place::Table, 0.4, wood::bamboo),
    pattern("parquet", Place::Table, 0.5, wood::parquet),
    pattern("white marble", Place::Table, 0.8, stone::white_marble),
    pattern("green marble", Place::Table, 0.8, stone::green_marble),
    pattern("black granite", Place::Table, 0.4, stone::granite),
    pattern("terrazzo", Place::Table, 0.5, stone::terrazzo),
    pattern("slate", Place::Table, 0.6, stone::slate),
    pattern("steel top", Place::Table, 0.5, grain::steel),
    pattern("grey laminate", Place::Table, 0.3, grain::laminate),
    pattern("white laminate", Place::Table, 0.3, grain::white),
    pattern("cork", Place::Table, 0.3, grain::cork),
    pattern("linen", Place::Table, 0.12, weave::linen),
    pattern("denim", Place::Table, 0.08, weave::denim),
    pattern("gingham", Place::Table, 0.16, weave::gingham),
    pattern("striped cloth", Place::Table, 0.3, weave::striped),
    pattern("green felt", Place::Table, 0.2, weave::felt),
    pattern("checkered tiles", Place::Table, 0.3, stone::checker),
    pattern("plaster", Place::Wall, 1.6, wall::plaster),
    pattern("painted wall", Place::Wall, 1.6, wall::painted),
    pattern("brick wall", Place::Wall, 1.0, wall::bricks),
    pattern("concrete wall", Place::Wall, 2.0, wall::concrete),
    pattern("striped wallpaper", Place::Wall, 0.6, wall::stripes),
    pattern("dotted wallpaper", Place::Wall, 0.5, wall::dots),
    pattern("wood panels", Place::Wall, 1.2, wood::panels),
    pattern("bathroom tiles", Place::Wall, 0.6, stone::tiles),
    pattern("floor boards", Place::Floor, 1.6, wood::boards),
    pattern("carpet", Place::Floor, 0.5, weave::carpet),
    pattern("stone floor", Place::Floor, 1.2, stone::flags),
    pattern("concrete floor", Place::Floor, 2.0, wall::screed),
];

/// A pattern, by its place in [`PATTERNS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextureId(u8);

impl TextureId {
    /// No pattern.
    pub const PLAIN: Self = Self(0);

    /// The pattern with this name; plain if there is none.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let place = PATTERNS.iter().position(|pattern| pattern.name == name);
        Self(place.unwrap_or(0) as u8)
    }

    /// All patterns that belong somewhere.
    pub fn of(place: Place) -> impl Iterator<Item = Self> {
        let all = (0..PATTERNS.len() as u8).map(Self);
        all.filter(move |id| id.pattern().place == place)
    }

    /// Its place in [`PATTERNS`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// Its entry.
    #[must_use]
    pub fn pattern(self) -> &'static Pattern {
        &PATTERNS[self.index()]
    }

    /// Its tile: [`SIDE`] rows of RGBA.
    #[must_use]
    pub fn pixels(self) -> Vec<u8> {
        let paint = self.pattern().paint;
        let level = |x: f32| (x.clamp(0.0, 1.0) * 255.0).round() as u8;
        let at = |i: usize| (i as f32 + 0.5) / SIDE as f32;
        let mut pixels = Vec::with_capacity(SIDE * SIDE * 4);
        for row in 0..SIDE {
            for column in 0..SIDE {
                let Texel {
                    rgb: [r, g, b],
                    rough,
                } = paint([at(column), at(row)]);
                pixels.extend([level(r), level(g), level(b), level(rough * 0.5)]);
            }
        }
        pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_twenty_for_tables_and_ten_around() {
        assert!(TextureId::of(Place::Table).count() >= 20);
        let around = TextureId::of(Place::Wall).count() + TextureId::of(Place::Floor).count();
        assert!(around >= 10, "{around}");
        for (i, pattern) in PATTERNS.iter().enumerate() {
            assert_eq!(
                TextureId::named(pattern.name).index(),
                i,
                "{} twice",
                pattern.name
            );
        }
    }

    #[test]
    fn every_pattern_but_the_plain_one_varies_and_repeats_without_a_seam() {
        for pattern in &PATTERNS[1..] {
            let at = |u: f32, v: f32| (pattern.paint)([u, v]).rgb[1];
            let values: Vec<f32> = (0..4096)
                .map(|i| {
                    at(
                        (i % 64) as f32 / 64.0 + 0.003,
                        (i / 64) as f32 / 64.0 + 0.003,
                    )
                })
                .collect();
            let mean = values.iter().sum::<f32>() / 4096.0;
            let spread = values.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / 4096.0;
            assert!(spread > 1e-6, "{} is plain", pattern.name);
            assert!(values.iter().all(|x| x.is_finite()), "{}", pattern.name);
            // Across the tile's edge it changes no more than across a line inside it.
            let across = |line: f32, turned: bool| {
                let (a, b) = ((line + 1e-4) % 1.0, (line + 1.0 - 1e-4) % 1.0);
                let place = |x: f32, t: f32| if turned { at(t, x) } else { at(x, t) };
                let off = |i: u8| {
                    let t = (f32::from(i) + 0.37) / 200.0;
                    (place(a, t) - place(b, t)).abs()
                };
                (0..200).map(off).sum::<f32>() / 200.0
            };
            for turned in [false, true] {
                let usual = [0.25, 0.5, 0.75, 1.0 / 3.0, 0.4, 0.6].map(|line| across(line, turned));
                let most = usual.into_iter().fold(0.03, f32::max);
                assert!(
                    across(0.0, turned) <= 1.3 * most,
                    "{} has a seam",
                    pattern.name
                );
            }
        }
    }
}
