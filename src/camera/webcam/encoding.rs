//! How live cameras pack pixels, and the way to RGBA.
//!
//! Pure functions. Packed YUV from cameras is BT.601 with limited range unless the driver says otherwise, which
//! V4L2 drivers of webcams do not; grey is full range.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::geometry::ImageSize;
use crate::media::{Colour, Plane, Planes, Range, Sampling};

/// A way to pack pixels that is understood here, cheapest to decode first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// Two pixels as Y U Y V.
    Yuyv,
    /// Two pixels as U Y V Y.
    Uyvy,
    /// A luma plane, then a plane of interleaved U and V at half resolution.
    Nv12,
    /// A luma plane, then U and V planes at half resolution.
    Yu12,
    /// Red, green, blue.
    Rgb24,
    /// Blue, green, red.
    Bgr24,
    /// A JPEG picture per frame.
    Mjpg,
    /// Luma only.
    Grey,
}

/// Encodings, their V4L2 codes and their names. A new encoding is a row here and an arm in [`PixelLayout::to_rgba`].
const ENCODINGS: &[(Encoding, &[u8; 4], &str)] = &[
    (Encoding::Yuyv, b"YUYV", "YUYV 4:2:2"),
    (Encoding::Uyvy, b"UYVY", "UYVY 4:2:2"),
    (Encoding::Nv12, b"NV12", "NV12 4:2:0"),
    (Encoding::Yu12, b"YU12", "planar YUV 4:2:0"),
    (Encoding::Rgb24, b"RGB3", "RGB 24-bit"),
    (Encoding::Bgr24, b"BGR3", "BGR 24-bit"),
    (Encoding::Mjpg, b"MJPG", "Motion JPEG"),
    (Encoding::Mjpg, b"JPEG", "Motion JPEG"),
    (Encoding::Grey, b"GREY", "grey 8-bit"),
];

impl Encoding {
    /// The encoding with this V4L2 code.
    #[must_use]
    pub fn from_fourcc(fourcc: [u8; 4]) -> Option<Self> {
        ENCODINGS
            .iter()
            .find(|(_, code, _)| **code == fourcc)
            .map(|row| row.0)
    }

    fn row(self) -> Option<&'static (Self, &'static [u8; 4], &'static str)> {
        ENCODINGS.iter().find(|row| row.0 == self)
    }

    /// Its V4L2 code.
    #[must_use]
    pub fn fourcc(self) -> [u8; 4] {
        self.row().map_or([0; 4], |row| *row.1)
    }

    /// Its name, for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().map_or("unknown", |row| row.2)
    }

    /// Bytes of a row without padding; zero for compressed frames.
    const fn row_bytes(self, width: usize) -> usize {
        match self {
            Self::Yuyv | Self::Uyvy => width.div_ceil(2) * 4,
            Self::Nv12 | Self::Yu12 | Self::Grey => width,
            Self::Rgb24 | Self::Bgr24 => width * 3,
            Self::Mjpg => 0,
        }
    }
}

/// Why a live frame's bytes are no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrokenPixels {
    /// Too few bytes for the size.
    #[error("{found} bytes where its size needs more")]
    Short {
        /// Bytes that came.
        found: usize,
    },
    /// The JPEG data is damaged.
    #[error("JPEG: {0}")]
    Jpeg(String),
    /// The JPEG picture has another size than agreed.
    #[error("JPEG of {found} instead of {expected}")]
    Size {
        /// Size that was agreed.
        expected: ImageSize,
        /// Size of the picture.
        found: ImageSize,
    },
}

/// Encoding, size and row length of a camera's frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PixelLayout {
    /// How pixels are packed.
    pub encoding: Encoding,
    /// Width and height.
    pub size: ImageSize,
    /// Bytes from one row to the next, or zero for rows without padding.
    pub stride: usize,
}

impl PixelLayout {
    /// Decodes one frame to opaque RGBA.
    ///
    /// # Errors
    /// When bytes are missing or compressed data is damaged.
    pub fn to_rgba(&self, bytes: &[u8]) -> Result<Vec<u8>, BrokenPixels> {
        let decoded = match self.encoding {
            Encoding::Yuyv => self.packed_yuv(bytes, [0, 1, 3]),
            Encoding::Uyvy => self.packed_yuv(bytes, [1, 0, 2]),
            Encoding::Nv12 => self.nv12(bytes),
            Encoding::Yu12 => self.planar(bytes),
            Encoding::Rgb24 => self.packed_rgb(bytes, [0, 1, 2]),
            Encoding::Bgr24 => self.packed_rgb(bytes, [2, 1, 0]),
            Encoding::Grey => self.grey(bytes),
            Encoding::Mjpg => return mjpg(bytes, self.size),
        };
        decoded.ok_or(BrokenPixels::Short { found: bytes.len() })
    }

    const fn stride(&self) -> usize {
        let tight = self.encoding.row_bytes(self.size.width as usize);
        if self.stride > tight {
            self.stride
        } else {
            tight
        }
    }

    /// The rows of a packed picture; none when one is missing.
    fn rows<'a>(&self, bytes: &'a [u8]) -> Option<impl Iterator<Item = &'a [u8]>> {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let (tight, stride) = (self.encoding.row_bytes(width), self.stride());
        let needed = height.checked_sub(1)?.checked_mul(stride)? + tight;
        if tight == 0 || bytes.len() < needed {
            return None;
        }
        Some(
            bytes
                .chunks(stride)
                .take(height)
                .map(move |row| &row[..tight]),
        )
    }

    /// Four bytes hold two luma samples, `first` and two behind it, and one U and V.
    fn packed_yuv(&self, bytes: &[u8], [first, u_at, v_at]: [usize; 3]) -> Option<Vec<u8>> {
        let width = self.size.width as usize;
        let mut luma = Vec::with_capacity(self.size.pixels());
        let (mut u, mut v) = (Vec::new(), Vec::new());
        for row in self.rows(bytes)? {
            let end = luma.len() + width;
            for pair in row.chunks_exact(4) {
                luma.extend([pair[first], pair[first + 2]]);
                u.push(pair[u_at]);
                v.push(pair[v_at]);
            }
            luma.truncate(end);
        }
        self.mix(Sampling::HalfColumns, Range::Limited, [luma, u, v])
    }

    fn nv12(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let stride = self.stride();
        let (columns, rows) = Sampling::Half.chroma(self.size);
        let (luma, chroma) = bytes.split_at_checked(stride * self.size.height as usize)?;
        let needed = rows.checked_sub(1)?.checked_mul(stride)? + columns * 2;
        if chroma.len() < needed || stride < columns * 2 {
            return None;
        }
        let pairs = || {
            chroma
                .chunks(stride)
                .take(rows)
                .flat_map(|row| row[..columns * 2].chunks_exact(2))
        };
        let u = pairs().map(|pair| pair[0]).collect();
        let v = pairs().map(|pair| pair[1]).collect();
        let luma = self.rows(luma)?.flatten().copied().collect();
        self.mix(Sampling::Half, Range::Limited, [luma, u, v])
    }

    fn planar(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let stride = self.stride();
        let (_, rows) = Sampling::Half.chroma(self.size);
        let (luma, chroma) = bytes.split_at_checked(stride * self.size.height as usize)?;
        let half = stride / 2;
        let (u, v) = chroma.split_at_checked(half * rows)?;
        let plane = |bytes, stride| Plane { bytes, stride };
        let planes = [plane(luma, stride), plane(u, half), plane(v, half)];
        Some(Planes::gather(self.size, Sampling::Half, Colour::default(), planes)?.to_rgba())
    }

    fn packed_rgb(&self, bytes: &[u8], order: [usize; 3]) -> Option<Vec<u8>> {
        let mut pixels = Vec::with_capacity(self.size.pixels() * 4);
        for row in self.rows(bytes)? {
            for pixel in row.chunks_exact(3) {
                pixels.extend(order.map(|at| pixel[at]));
                pixels.push(255);
            }
        }
        Some(pixels)
    }

    fn grey(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let luma = self.rows(bytes)?.flatten().copied().collect();
        self.mix(Sampling::Grey, Range::Full, [luma, Vec::new(), Vec::new()])
    }

    fn mix(&self, sampling: Sampling, range: Range, planes: [Vec<u8>; 3]) -> Option<Vec<u8>> {
        let colour = Colour {
            range,
            ..Colour::default()
        };
        Some(Planes::new(self.size, sampling, colour, planes)?.to_rgba())
    }
}

/// Marks Motion JPEG for the decoder, which then fills in the Huffman tables that cameras leave out.
const MOTION_JPEG_MARKER: [u8; 10] = [0xff, 0xe0, 0, 8, b'A', b'V', b'I', b'1', 0, 0];

fn mjpg(bytes: &[u8], expected: ImageSize) -> Result<Vec<u8>, BrokenPixels> {
    let damaged = |error: zune_jpeg::errors::DecodeErrors| BrokenPixels::Jpeg(error.to_string());
    let Some((start, rest)) = bytes.split_at_checked(2) else {
        return Err(BrokenPixels::Short { found: bytes.len() });
    };
    let marked = [start, &MOTION_JPEG_MARKER, rest].concat();
    let options = DecoderOptions::default()
        .set_max_width(expected.width as usize)
        .set_max_height(expected.height as usize)
        .jpeg_set_out_colorspace(ColorSpace::RGBA);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(marked.as_slice()), options);
    decoder.decode_headers().map_err(damaged)?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    let found = ImageSize::new(width as u32, height as u32);
    if found != expected {
        return Err(BrokenPixels::Size { expected, found });
    }
    decoder.decode().map_err(damaged)
}

#[cfg(test)]
#[path = "encoding_tests.rs"]
mod tests;
