//! AV1 samples of an MP4 file through rav1d.
//!
//! A sample is one temporal unit and shows exactly one picture; with one thread the decoder returns it at once.

use re_rav1d::dav1d::pixel::{MatrixCoefficients, YUVRange};
use re_rav1d::dav1d::{self, PixelLayout, PlanarImageComponent, Settings};

use super::VideoFault;
use super::decoder::Decoder;
use super::track::{SampleEntry, check_size};
use crate::geometry::ImageSize;
use crate::media::yuv::{Colour, Matrix, Plane, Planes, Range, Sampling};

const CODEC: &str = "AV1";
/// Most pixels of a frame: 8192x8192.
const MAX_PIXELS: u32 = 1 << 26;

/// Decodes one AV1 track.
pub(super) struct Av1 {
    decoder: dav1d::Decoder,
    /// Units of the configuration record, given again with every sync sample.
    headers: Vec<u8>,
    colour: Option<Colour>,
}

/// Opens a decoder for a sample entry with an `av1C` record.
pub(super) fn open(entry: &SampleEntry) -> Result<Box<dyn Decoder>, VideoFault> {
    let headers = match entry.config.as_slice() {
        // Marker and version, profile and level, flags, delay, then units.
        [0x81, _, flags, _, headers @ ..] => {
            if flags & 0x40 != 0 {
                return Err(VideoFault::Codec {
                    codec: "10-bit or 12-bit AV1".into(),
                });
            }
            headers.to_vec()
        }
        [] => Vec::new(),
        _ => {
            return Err(VideoFault::Inconsistent(
                "its AV1 configuration is of an unknown version",
            ));
        }
    };
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_all_layers(false);
    settings.set_frame_size_limit(MAX_PIXELS);
    let decoder = dav1d::Decoder::with_settings(&settings).map_err(refused)?;
    Ok(Box::new(Av1 {
        decoder,
        headers,
        colour: entry.colour,
    }))
}

fn refused(error: dav1d::Error) -> VideoFault {
    VideoFault::Decoder {
        codec: CODEC,
        reason: error.to_string(),
    }
}

impl Decoder for Av1 {
    fn codec(&self) -> &'static str {
        CODEC
    }

    fn restart(&mut self) -> Result<(), VideoFault> {
        self.decoder.flush();
        Ok(())
    }

    fn can_start(&self, _sample: &[u8]) -> bool {
        true
    }

    fn decode(&mut self, mut sample: Vec<u8>, sync: bool) -> Result<Option<Planes>, VideoFault> {
        if sync && !self.headers.is_empty() {
            sample.splice(..0, self.headers.iter().copied());
        }
        let mut picture = None;
        let mut sent = self.decoder.send_data(sample, None, None, None);
        loop {
            while let Some(next) = self.picture()? {
                picture = Some(next);
            }
            match sent {
                Ok(()) => break,
                Err(error) if error.is_again() => sent = self.decoder.send_pending_data(),
                Err(error) => {
                    // Data that was refused half way must not be waiting when the next sample comes.
                    self.decoder.flush();
                    return Err(refused(error));
                }
            }
        }
        Ok(picture.and_then(|picture| planes(&picture, self.colour)))
    }
}

impl Av1 {
    fn picture(&mut self) -> Result<Option<dav1d::Picture>, VideoFault> {
        match self.decoder.get_picture() {
            Ok(picture) => Ok(Some(picture)),
            Err(error) if error.is_again() => Ok(None),
            Err(error) => {
                self.decoder.flush();
                Err(refused(error))
            }
        }
    }
}

fn planes(picture: &dav1d::Picture, container: Option<Colour>) -> Option<Planes> {
    let size = check_size(ImageSize::new(picture.width(), picture.height())).ok()?;
    let sampling = match picture.pixel_layout() {
        PixelLayout::I400 => Sampling::Grey,
        PixelLayout::I420 => Sampling::Half,
        PixelLayout::I422 => Sampling::HalfColumns,
        PixelLayout::I444 => Sampling::Full,
    };
    let luma = picture.plane(PlanarImageComponent::Y);
    let chroma = (sampling != Sampling::Grey).then(|| {
        [PlanarImageComponent::U, PlanarImageComponent::V].map(|plane| picture.plane(plane))
    });
    let stride = |component| picture.stride(component) as usize;
    let plane = |index: usize| Plane {
        bytes: chroma.as_ref().map_or(&[][..], |chroma| &chroma[index]),
        stride: stride(PlanarImageComponent::U),
    };
    let luma = Plane {
        bytes: &luma,
        stride: stride(PlanarImageComponent::Y),
    };
    let colour = colour(picture, container);
    Planes::gather(size, sampling, colour, [luma, plane(0), plane(1)])
}

fn colour(picture: &dav1d::Picture, container: Option<Colour>) -> Colour {
    let matrix = match picture.matrix_coefficients() {
        MatrixCoefficients::Unspecified => container.unwrap_or_default().matrix,
        MatrixCoefficients::Identity => Matrix::Identity,
        MatrixCoefficients::BT709 => Matrix::Bt709,
        MatrixCoefficients::BT470M => Matrix::Fcc,
        MatrixCoefficients::ST240M => Matrix::Smpte240,
        MatrixCoefficients::BT2020NonConstantLuminance
        | MatrixCoefficients::BT2020ConstantLuminance => Matrix::Bt2020,
        _ => Matrix::Bt601,
    };
    let range = match picture.color_range() {
        YUVRange::Full => Range::Full,
        YUVRange::Limited => Range::Limited,
    };
    Colour { matrix, range }
}
