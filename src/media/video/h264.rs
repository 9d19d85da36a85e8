//! H.264 samples of an MP4 file through `OpenH264`.
//!
//! `OpenH264` is made to return the picture of each sample at once; the container's presentation times order them.

use openh264::decoder::{DecodeOptions, Decoder as OpenH264, Flush};
use openh264::formats::YUVSource as _;

use super::VideoFault;
use super::decoder::Decoder;
use super::order::in_decoding_order;
use super::sps::SequenceParameters;
use super::track::{SampleEntry, check_size};
use crate::geometry::ImageSize;
use crate::media::yuv::{Colour, Plane, Planes, Sampling};

const CODEC: &str = "H.264";
const START_CODE: [u8; 4] = [0, 0, 0, 1];
/// Macroblocks of a frame at level 5.2, the highest that `OpenH264` knows.
const MAX_MACROBLOCKS: u64 = 36_864;

const NAL_IDR: u8 = 5;
const NAL_SEQUENCE: u8 = 7;

/// Decodes one H.264 track.
pub(super) struct H264 {
    decoder: OpenH264,
    /// Parameter sets as a byte stream, given again with every sync sample.
    parameters: Vec<u8>,
    length_bytes: usize,
    colour: Colour,
}

/// Opens a decoder for a sample entry with an `avcC` record.
pub(super) fn open(entry: &SampleEntry) -> Result<Box<dyn Decoder>, VideoFault> {
    let record = Record::read(&entry.config)?;
    let mut colour = entry.colour.unwrap_or_default();
    if let Some(sequence) = record.sequence {
        sequence.check()?;
        let [columns, rows] = sequence.macroblocks.map(u64::from);
        if columns * rows > MAX_MACROBLOCKS {
            let pixels = |count: u64| u32::try_from(count * 16).unwrap_or(u32::MAX);
            let size = ImageSize::new(pixels(columns), pixels(rows));
            return Err(VideoFault::Size { size });
        }
        colour = sequence.colour(entry.colour);
    }
    Ok(Box::new(H264 {
        decoder: new_decoder()?,
        parameters: record.parameters,
        length_bytes: record.length_bytes,
        colour,
    }))
}

fn new_decoder() -> Result<OpenH264, VideoFault> {
    OpenH264::new().map_err(|error| refused(&error))
}

fn refused(error: &openh264::Error) -> VideoFault {
    VideoFault::Decoder {
        codec: CODEC,
        reason: format!("code {}", error.native_code()),
    }
}

impl Decoder for H264 {
    fn codec(&self) -> &'static str {
        CODEC
    }

    fn restart(&mut self) -> Result<(), VideoFault> {
        self.decoder = new_decoder()?;
        Ok(())
    }

    fn can_start(&self, sample: &[u8]) -> bool {
        units(sample, self.length_bytes)
            .map_while(Result::ok)
            .any(|unit| kind(unit) == Some(NAL_IDR))
    }

    fn decode(&mut self, sample: Vec<u8>, sync: bool) -> Result<Option<Planes>, VideoFault> {
        let mut stream = Vec::with_capacity(self.parameters.len() + sample.len() + 16);
        if sync {
            stream.extend_from_slice(&self.parameters);
        }
        for unit in units(&sample, self.length_bytes) {
            append(unit?, &mut stream);
        }
        // Flushing between samples leaks OpenH264's picture buffers until it runs out of them.
        let options = DecodeOptions::new().flush_after_decode(Flush::NoFlush);
        match self.decoder.decode_with_options(&stream, options) {
            Ok(Some(picture)) => Ok(planes(&picture, self.colour)),
            Ok(None) => Ok(None),
            Err(error) => Err(refused(&error)),
        }
    }
}

/// Appends a unit to a byte stream.
fn append(unit: &[u8], stream: &mut Vec<u8>) {
    stream.extend_from_slice(&START_CODE);
    if kind(unit) == Some(NAL_SEQUENCE) {
        stream.extend_from_slice(&in_decoding_order(unit));
    } else {
        stream.extend_from_slice(unit);
    }
}

fn kind(unit: &[u8]) -> Option<u8> {
    unit.first().map(|head| head & 0x1f)
}

fn planes(picture: &openh264::decoder::DecodedYUV<'_>, colour: Colour) -> Option<Planes> {
    let (width, height) = picture.dimensions();
    let (luma, u, v) = picture.strides();
    let size = ImageSize::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    let size = check_size(size).ok()?;
    let plane = |bytes, stride| Plane { bytes, stride };
    Planes::gather(
        size,
        Sampling::Half,
        colour,
        [
            plane(picture.y(), luma),
            plane(picture.u(), u),
            plane(picture.v(), v),
        ],
    )
}

/// The units of a sample, each behind its length.
fn units(
    mut sample: &[u8],
    length_bytes: usize,
) -> impl Iterator<Item = Result<&[u8], VideoFault>> {
    std::iter::from_fn(move || {
        if sample.is_empty() {
            return None;
        }
        let unit = sample
            .split_at_checked(length_bytes)
            .and_then(|(head, rest)| {
                let length = head
                    .iter()
                    .fold(0, |length, &byte| length << 8 | usize::from(byte));
                rest.split_at_checked(length)
            });
        let Some((unit, rest)) = unit else {
            sample = &[];
            return Some(Err(VideoFault::Inconsistent(
                "a unit is longer than its frame",
            )));
        };
        sample = rest;
        Some(Ok(unit))
    })
}

/// What an `avcC` record holds (ISO/IEC 14496-15 section 5.3.3).
struct Record {
    length_bytes: usize,
    parameters: Vec<u8>,
    sequence: Option<SequenceParameters>,
}

impl Record {
    fn read(config: &[u8]) -> Result<Self, VideoFault> {
        const CUT: VideoFault = VideoFault::Inconsistent("its H.264 configuration is cut off");
        let mut record = Self {
            length_bytes: usize::from(config.get(4).ok_or(CUT)? & 3) + 1,
            parameters: Vec::new(),
            sequence: None,
        };
        let mut rest = config.get(5..).ok_or(CUT)?;
        // Five bits count the sequence sets, the next list's count takes the whole byte.
        for mask in [0x1f, 0xff] {
            let (&count, mut list) = rest.split_first().ok_or(CUT)?;
            for _ in 0..count & mask {
                let (length, unit) = list.split_at_checked(2).ok_or(CUT)?;
                let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
                let (unit, next) = unit.split_at_checked(length).ok_or(CUT)?;
                record.add(unit);
                list = next;
            }
            rest = list;
        }
        Ok(record)
    }

    fn add(&mut self, unit: &[u8]) {
        append(unit, &mut self.parameters);
        if kind(unit) == Some(NAL_SEQUENCE) && self.sequence.is_none() {
            self.sequence = SequenceParameters::read(unit);
        }
    }
}
