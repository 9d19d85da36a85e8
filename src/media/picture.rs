//! Picture files, decoded to one frame and encoded from one.
//!
//! Colours follow the reference's loader: what has transparency is laid on white, everything else becomes RGB with 8
//! bits a channel. The EXIF orientation is applied, so that a frame is upright. Colour profiles are not applied.

use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};

use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{
    AnimationDecoder as _, DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageError,
    ImageFormat, ImageReader, Limits,
};

use super::{MediaError, file_name};
use crate::geometry::ImageSize;
use crate::vision::Frame;

/// Longest side that is decoded, in pixels. Textures of GPUs end there too.
pub const MAX_SIDE: u32 = 16_384;
/// Most bytes one decoded picture may take: 256 megapixels of RGBA.
const MAX_BYTES: u64 = 1 << 30;
/// Longest picture file that is read.
const MAX_FILE: u64 = 1 << 30;

/// A decoded picture and what was done to it.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The pixels, upright and opaque.
    pub frame: Frame,
    /// Format and colour type of the file, for people.
    pub format: String,
    /// What was done to the pixels, for people: one sentence each.
    pub notes: Vec<String>,
}

/// Whether these first bytes belong to a picture format that is decoded here.
pub(super) fn recognises(head: &[u8]) -> bool {
    image::guess_format(head).is_ok_and(|format| format.reading_enabled())
}

impl Picture {
    /// Reads and decodes a picture file with all limits in force.
    ///
    /// # Errors
    /// When it cannot be read, is too large, or is damaged.
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        Self::decode(&read(path)?, path)
    }

    /// Decodes the bytes of a picture file with all limits in force; `path` names it in messages.
    ///
    /// # Errors
    /// When it is too large or damaged.
    pub fn decode(bytes: &[u8], path: &Path) -> Result<Self, MediaError> {
        let reader = ImageReader::new(Cursor::new(bytes))
            .with_guessed_format()
            .map_err(|source| MediaError::io("reading the picture", path, source))?;
        let Some(format) = reader.format() else {
            return Err(MediaError::UnknownContent {
                what: "has no known picture header".into(),
                path: path.to_owned(),
            });
        };
        PictureFile { bytes, path }.decode(reader, format)
    }
}

/// Encodes a frame as PNG without alpha, fast rather than small.
///
/// # Errors
/// When the encoder refuses it.
pub fn png(frame: &Frame) -> Result<Vec<u8>, MediaError> {
    let mut bytes = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive);
    encoded(frame, "PNG", encoder)?;
    Ok(bytes)
}

/// Encodes a frame as JPEG; quality is 1 to 100.
///
/// # Errors
/// When the encoder refuses it.
pub fn jpeg(frame: &Frame, quality: u8) -> Result<Vec<u8>, MediaError> {
    let mut bytes = Vec::new();
    let quality = quality.clamp(1, 100);
    encoded(
        frame,
        "JPEG",
        JpegEncoder::new_with_quality(&mut bytes, quality),
    )?;
    Ok(bytes)
}

fn encoded(
    frame: &Frame,
    codec: &'static str,
    encoder: impl ImageEncoder,
) -> Result<(), MediaError> {
    let size = frame.size();
    encoder
        .write_image(
            &frame.to_rgb(),
            size.width,
            size.height,
            ExtendedColorType::Rgb8,
        )
        .map_err(|error| MediaError::Encode {
            codec,
            reason: error.to_string(),
        })
}

struct PictureFile<'a> {
    bytes: &'a [u8],
    path: &'a Path,
}

impl PictureFile<'_> {
    fn decode(
        &self,
        mut reader: ImageReader<Cursor<&[u8]>>,
        format: ImageFormat,
    ) -> Result<Picture, MediaError> {
        let damaged = |error| self.damaged(format, error);
        // The size is checked by hand below, so that the message can name it.
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(2 * MAX_BYTES);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(damaged)?;
        self.check_size(&decoder)?;
        let colour = decoder.original_color_type();
        // Damaged EXIF is no reason to refuse the pixels.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
        picture.apply_orientation(orientation);
        let size = ImageSize::new(picture.width(), picture.height());
        let (pixels, transparent) = opaque(picture);
        let frame = Frame::from_rgba(&file_name(self.path), size, pixels)?;
        Ok(Picture {
            frame,
            format: format!("{} {}", name_of(format), colour_name(colour)),
            notes: self.notes(format, colour, orientation, transparent),
        })
    }

    fn check_size(&self, decoder: &impl ImageDecoder) -> Result<(), MediaError> {
        let (width, height) = decoder.dimensions();
        let size = ImageSize::new(width, height);
        let limit = if width > MAX_SIDE || height > MAX_SIDE {
            format!("{MAX_SIDE} pixels a side")
        } else if decoder.total_bytes() > MAX_BYTES {
            format!("{} MB decoded", MAX_BYTES >> 20)
        } else {
            return Ok(());
        };
        Err(MediaError::TooLarge {
            size,
            limit,
            path: self.path.to_owned(),
        })
    }

    fn notes(
        &self,
        format: ImageFormat,
        colour: ExtendedColorType,
        orientation: Orientation,
        transparent: bool,
    ) -> Vec<String> {
        let deep = u32::from(colour.bits_per_pixel()) / u32::from(colour.channel_count()).max(1);
        [
            (deep > 8).then(|| format!("{deep} bits a channel, reduced to 8")),
            (self.is_animated(format) == Some(true))
                .then(|| "animated, only the first frame is used".into()),
            (orientation != Orientation::NoTransforms)
                .then(|| "turned upright as its EXIF data says".into()),
            transparent.then(|| "transparency laid on white".into()),
            (is_cmyk(format, self.bytes)).then(|| "CMYK, converted without its profile".into()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Whether more than one frame is inside, as far as the format can tell.
    fn is_animated(&self, format: ImageFormat) -> Option<bool> {
        let bytes = Cursor::new(self.bytes);
        match format {
            ImageFormat::Gif => {
                let frames = GifDecoder::new(bytes).ok()?.into_frames();
                Some(frames.take(2).flatten().count() > 1)
            }
            ImageFormat::WebP => Some(WebPDecoder::new(bytes).ok()?.has_animation()),
            ImageFormat::Png => PngDecoder::new(bytes).ok()?.is_apng().ok(),
            _ => None,
        }
    }

    fn damaged(&self, format: ImageFormat, error: ImageError) -> MediaError {
        MediaError::Picture {
            format: name_of(format).into(),
            reason: match error {
                ImageError::IoError(source)
                    if source.kind() == std::io::ErrorKind::UnexpectedEof =>
                {
                    "it ends too early".into()
                }
                other => other.to_string(),
            },
            path: self.path.to_owned(),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, MediaError> {
    use std::io::Read as _;
    let failed = |source| MediaError::io("reading the picture", path, source);
    let file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    if length > MAX_FILE {
        return Err(MediaError::Picture {
            format: "oversized".into(),
            reason: format!("{} MB, the limit is {} MB", length >> 20, MAX_FILE >> 20),
            path: PathBuf::from(path),
        });
    }
    let mut bytes = Vec::new();
    BufReader::new(file)
        .take(MAX_FILE)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(bytes)
}

/// RGBA bytes with transparency laid on white, as the reference's image loader does, and whether there was any.
fn opaque(picture: DynamicImage) -> (Vec<u8>, bool) {
    let mut transparent = false;
    let mut pixels = picture.into_rgba8().into_raw();
    for pixel in pixels.chunks_exact_mut(4) {
        if pixel[3] < 255 {
            transparent = true;
            lay_on_white(pixel);
        }
    }
    (pixels, transparent)
}

fn lay_on_white(pixel: &mut [u8]) {
    let alpha = u32::from(pixel[3]);
    for channel in &mut pixel[..3] {
        let mixed = u32::from(*channel) * alpha + 255 * (255 - alpha);
        *channel = ((mixed + 127) / 255) as u8;
    }
    pixel[3] = 255;
}

/// Whether a JPEG's frame header announces four components; the decoder has made RGB of them.
fn is_cmyk(format: ImageFormat, bytes: &[u8]) -> bool {
    if format != ImageFormat::Jpeg {
        return false;
    }
    let mut at = 2;
    while let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4) {
        // Start-of-frame markers, all but the tables C4, C8 and CC that sit among them.
        if (0xc0..=0xcf).contains(&marker) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            return bytes.get(at + 9) == Some(&4);
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low])).max(2);
    }
    false
}

fn name_of(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "PNG",
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Gif => "GIF",
        ImageFormat::WebP => "WebP",
        ImageFormat::Tiff => "TIFF",
        ImageFormat::Bmp => "BMP",
        ImageFormat::Pnm => "PNM",
        _ => "unknown",
    }
}

fn colour_name(colour: ExtendedColorType) -> String {
    format!("{colour:?}")
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
