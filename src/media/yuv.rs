//! Luma and chroma planes and how they become RGBA.
//!
//! Pure functions on bytes. Chroma is spread by repetition, as the fast path of `FFmpeg`'s swscale does that the
//! reference's training data went through; coefficients are ITU-T H.273's.

use crate::geometry::ImageSize;

/// How luma and chroma mix to RGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Matrix {
    /// ITU-R BT.601, and what is meant when a file says nothing: `FFmpeg` assumes it for any size.
    #[default]
    Bt601,
    /// ITU-R BT.709, high definition.
    Bt709,
    /// ITU-R BT.2020, ultra high definition.
    Bt2020,
    /// US FCC.
    Fcc,
    /// SMPTE 240M.
    Smpte240,
    /// The planes are green, blue and red.
    Identity,
}

impl Matrix {
    /// The matrix with this code point of ITU-T H.273.
    #[must_use]
    pub const fn from_code(code: u16) -> Self {
        match code {
            0 => Self::Identity,
            1 => Self::Bt709,
            4 => Self::Fcc,
            7 => Self::Smpte240,
            9 | 10 => Self::Bt2020,
            _ => Self::Bt601,
        }
    }

    /// The code point of ITU-T H.273.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Identity => 0,
            Self::Bt709 => 1,
            Self::Fcc => 4,
            Self::Bt601 => 6,
            Self::Smpte240 => 7,
            Self::Bt2020 => 9,
        }
    }

    /// Weights of red and blue in luma.
    const fn weights(self) -> (f64, f64) {
        match self {
            Self::Bt601 | Self::Identity => (0.299, 0.114),
            Self::Bt709 => (0.2126, 0.0722),
            Self::Bt2020 => (0.2627, 0.0593),
            Self::Fcc => (0.30, 0.11),
            Self::Smpte240 => (0.212, 0.087),
        }
    }
}

/// Which byte values are black and white.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Range {
    /// Luma 16 to 235, chroma 16 to 240: what is meant when a file says nothing.
    #[default]
    Limited,
    /// 0 to 255.
    Full,
}

/// How the bytes of planes are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Colour {
    /// How they mix.
    pub matrix: Matrix,
    /// Where black and white are.
    pub range: Range,
}

/// How often chroma is sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sampling {
    /// Luma only.
    Grey,
    /// Half the columns and half the rows, 4:2:0.
    Half,
    /// Half the columns, 4:2:2.
    HalfColumns,
    /// Every pixel, 4:4:4.
    Full,
}

impl Sampling {
    /// Columns and rows of one chroma plane of a picture of this size.
    #[must_use]
    pub const fn chroma(self, size: ImageSize) -> (usize, usize) {
        let (width, height) = (size.width as usize, size.height as usize);
        match self {
            Self::Grey => (0, 0),
            Self::Half => (width.div_ceil(2), height.div_ceil(2)),
            Self::HalfColumns => (width.div_ceil(2), height),
            Self::Full => (width, height),
        }
    }
}

/// A picture as tightly packed luma and chroma planes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planes {
    size: ImageSize,
    sampling: Sampling,
    colour: Colour,
    luma: Vec<u8>,
    chroma: [Vec<u8>; 2],
}

/// One plane inside somebody's buffer.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a> {
    /// Its bytes, which may be longer than needed.
    pub bytes: &'a [u8],
    /// Bytes from one row to the next.
    pub stride: usize,
}

impl Planes {
    /// Copies planes out of a decoder's buffers; none when a buffer is too short for the size or a side is zero.
    #[must_use]
    pub fn gather(
        size: ImageSize,
        sampling: Sampling,
        colour: Colour,
        planes: [Plane<'_>; 3],
    ) -> Option<Self> {
        let (columns, rows) = sampling.chroma(size);
        let [y, u, v] = planes;
        Self::new(
            size,
            sampling,
            colour,
            [
                y.packed(size.width as usize, size.height as usize)?,
                u.packed(columns, rows)?,
                v.packed(columns, rows)?,
            ],
        )
    }

    /// Takes packed planes; none when a length does not fit the size or a side is zero.
    #[must_use]
    pub fn new(
        size: ImageSize,
        sampling: Sampling,
        colour: Colour,
        planes: [Vec<u8>; 3],
    ) -> Option<Self> {
        let (columns, rows) = sampling.chroma(size);
        let [luma, u, v] = planes;
        let chroma = columns * rows;
        let fits = luma.len() == size.pixels() && u.len() == chroma && v.len() == chroma;
        (fits && !size.is_empty()).then_some(Self {
            size,
            sampling,
            colour,
            luma,
            chroma: [u, v],
        })
    }

    /// Mixes RGBA bytes to BT.601 of limited range with a quarter of the chroma: what datasets are coded in. Chroma is
    /// the mean of the pixels it stands for. None when the length does not fit the size or a side is zero.
    #[must_use]
    pub fn from_rgba(size: ImageSize, rgba: &[u8]) -> Option<Self> {
        if rgba.len() != size.pixels() * 4 {
            return None;
        }
        let (columns, rows) = Sampling::Half.chroma(size);
        let width = size.width as usize;
        let luma = rgba.chunks_exact(4).map(luma_of).collect();
        let mut chroma =
            [Vec::new(), Vec::new()].map(|_: Vec<u8>| Vec::with_capacity(columns * rows));
        for pair in rgba.chunks(width.max(1) * 8) {
            let (top, below) = pair.split_at(width * 4);
            // The last row of an odd height stands for itself alone.
            let below = if below.is_empty() { top } else { below };
            for (top, below) in top.chunks(8).zip(below.chunks(8)) {
                let [u, v] = chroma_of(top, below);
                chroma[0].push(u);
                chroma[1].push(v);
            }
        }
        let [u, v] = chroma;
        Self::new(size, Sampling::Half, Colour::default(), [luma, u, v])
    }

    /// Luma and the two chroma planes, tightly packed.
    pub(super) fn channels(&self) -> [&[u8]; 3] {
        [&self.luma, &self.chroma[0], &self.chroma[1]]
    }

    /// Width and height.
    #[must_use]
    pub const fn size(&self) -> ImageSize {
        self.size
    }

    /// Memory held, in bytes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.luma.len() + self.chroma[0].len() * 2
    }

    /// RGBA bytes, opaque, rows from the top.
    #[must_use]
    pub fn to_rgba(&self) -> Vec<u8> {
        let width = self.size.width as usize;
        let mixer = Mixer::new(self.colour);
        let mut pixels = vec![255; self.size.pixels() * 4];
        let rows = pixels
            .chunks_exact_mut(width * 4)
            .zip(self.luma.chunks_exact(width));
        for (row, (out, luma)) in rows.enumerate() {
            self.row(row, luma, out, &mixer);
        }
        pixels
    }

    fn row(&self, row: usize, luma: &[u8], out: &mut [u8], mixer: &Mixer) {
        let (columns, _) = self.sampling.chroma(self.size);
        let row = if self.sampling == Sampling::Half {
            row / 2
        } else {
            row
        };
        let [u, v] = self
            .chroma
            .each_ref()
            .map(|plane| &plane[row * columns..][..columns]);
        match self.sampling {
            Sampling::Grey => grey_row(luma, out, mixer),
            Sampling::Half | Sampling::HalfColumns => half_row(luma, u, v, out, mixer),
            Sampling::Full if self.colour.matrix == Matrix::Identity => {
                identity_row(luma, u, v, out);
            }
            Sampling::Full => full_row(luma, u, v, out, mixer),
        }
    }
}

/// Luma of BT.601 in limited range: 16 + 219 (0.299 R + 0.587 G + 0.114 B) / 255, rounded.
fn luma_of(pixel: &[u8]) -> u8 {
    let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(u32::from);
    // Weights with 16 bits after the point.
    ((16_829 * red + 33_039 * green + 6_416 * blue + (16 << POINT) + (1 << (POINT - 1))) >> POINT)
        as u8
}

/// Both chroma values of the mean of one or two pixels of each of two rows.
fn chroma_of(top: &[u8], below: &[u8]) -> [u8; 2] {
    let mut sums = [0_i32; 3];
    for pixel in top.chunks_exact(4).chain(below.chunks_exact(4)) {
        for (sum, value) in sums.iter_mut().zip(pixel) {
            *sum += i32::from(*value);
        }
    }
    let count = (top.len() + below.len()) as i32 / 4;
    let [red, green, blue] = sums;
    // 224 (B - Y) / (2 (1 - 0.114)) / 255 and 224 (R - Y) / (2 (1 - 0.299)) / 255, 16 bits after the point.
    let mix = |weights: [i32; 3]| {
        let mixed = weights[0] * red + weights[1] * green + weights[2] * blue;
        let rounded = mixed / count + (128 << POINT) + (1 << (POINT - 1));
        (rounded >> POINT).clamp(0, 255) as u8
    };
    [
        mix([-9_714, -19_070, 28_784]),
        mix([28_784, -24_103, -4_681]),
    ]
}

impl Plane<'_> {
    fn packed(&self, columns: usize, rows: usize) -> Option<Vec<u8>> {
        if columns == 0 || rows == 0 {
            return Some(Vec::new());
        }
        let needed = (rows - 1).checked_mul(self.stride)?.checked_add(columns)?;
        if self.stride < columns || self.bytes.len() < needed {
            return None;
        }
        let mut packed = Vec::with_capacity(columns * rows);
        for row in self.bytes[..].chunks(self.stride).take(rows) {
            packed.extend_from_slice(&row[..columns]);
        }
        Some(packed)
    }
}

fn grey_row(luma: &[u8], out: &mut [u8], mixer: &Mixer) {
    for (pixel, &y) in out.chunks_exact_mut(4).zip(luma) {
        pixel[..3].copy_from_slice(&mixer.mix(y, [0; 3]));
    }
}

fn half_row(luma: &[u8], u: &[u8], v: &[u8], out: &mut [u8], mixer: &Mixer) {
    let pairs = out.chunks_mut(8).zip(luma.chunks(2));
    for ((pixels, pair), (&u, &v)) in pairs.zip(u.iter().zip(v)) {
        let tint = mixer.tint(u, v);
        for (pixel, &y) in pixels.chunks_exact_mut(4).zip(pair) {
            pixel[..3].copy_from_slice(&mixer.mix(y, tint));
        }
    }
}

fn full_row(luma: &[u8], u: &[u8], v: &[u8], out: &mut [u8], mixer: &Mixer) {
    let pixels = out.chunks_exact_mut(4).zip(luma);
    for ((pixel, &y), (&u, &v)) in pixels.zip(u.iter().zip(v)) {
        pixel[..3].copy_from_slice(&mixer.mix(y, mixer.tint(u, v)));
    }
}

fn identity_row(green: &[u8], blue: &[u8], red: &[u8], out: &mut [u8]) {
    let pixels = out.chunks_exact_mut(4).zip(green);
    for ((pixel, &g), (&b, &r)) in pixels.zip(blue.iter().zip(red)) {
        pixel[..3].copy_from_slice(&[r, g, b]);
    }
}

/// Fixed-point coefficients, 16 bits after the point.
struct Mixer {
    black: i32,
    luma: i32,
    red_from_v: i32,
    green_from_u: i32,
    green_from_v: i32,
    blue_from_u: i32,
}

const POINT: u32 = 16;

impl Mixer {
    fn new(colour: Colour) -> Self {
        let (red, blue) = colour.matrix.weights();
        let green = 1.0 - red - blue;
        let (black, luma, chroma) = match colour.range {
            Range::Limited => (16, 255.0 / 219.0, 255.0 / 224.0),
            Range::Full => (0, 1.0, 1.0),
        };
        let fixed = |value: f64| (value * f64::from(1 << POINT)).round() as i32;
        Self {
            black,
            luma: fixed(luma),
            red_from_v: fixed(chroma * 2.0 * (1.0 - red)),
            green_from_u: fixed(chroma * 2.0 * (1.0 - blue) * blue / green),
            green_from_v: fixed(chroma * 2.0 * (1.0 - red) * red / green),
            blue_from_u: fixed(chroma * 2.0 * (1.0 - blue)),
        }
    }

    /// What a chroma pair adds to red, green and blue.
    fn tint(&self, u: u8, v: u8) -> [i32; 3] {
        let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
        [
            self.red_from_v * v,
            -self.green_from_u * u - self.green_from_v * v,
            self.blue_from_u * u,
        ]
    }

    fn mix(&self, y: u8, tint: [i32; 3]) -> [u8; 3] {
        let luma = (i32::from(y) - self.black) * self.luma + (1 << (POINT - 1));
        tint.map(|add| ((luma + add) >> POINT).clamp(0, 255) as u8)
    }
}

#[cfg(test)]
#[path = "yuv_tests.rs"]
mod tests;
