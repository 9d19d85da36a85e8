//! AV1 through rav1e at its fastest, at a constant quantiser, without reordering.

use rav1e::color::{
    ColorDescription, ColorPrimaries, MatrixCoefficients, PixelRange, TransferCharacteristics,
};
use rav1e::prelude::{
    ChromaSampling, Config, Context, EncoderConfig, EncoderStatus, FrameType, Rational, Tune,
};

use super::mux::Timing;
use super::{Encoder, Packet, VideoFormat, check_size, refused};
use crate::media::{MediaError, Planes};

const CODEC: &str = "AV1";
/// The fastest of rav1e's presets.
const SPEED: u8 = 10;
/// Quantiser of 255, near what LeRobot's default (SVT-AV1 at CRF 30) gives.
const QUANTIZER: usize = 90;

/// Kinds of units (AV1 specification, section 6.2.2).
const UNIT_SEQUENCE: u8 = 1;
const UNIT_DELIMITER: u8 = 2;

pub(super) struct Av1 {
    context: Context<u8>,
    /// The configuration record; the sequence header is appended when the first frame comes out.
    record: Vec<u8>,
    complete: bool,
}

impl Av1 {
    pub(super) fn new(format: &VideoFormat) -> Result<Self, MediaError> {
        check_size(CODEC, format.size, 16)?;
        let timing = Timing::of(format.fps);
        let mut config = EncoderConfig::with_speed_preset(SPEED);
        config.width = format.size.width as usize;
        config.height = format.size.height as usize;
        config.time_base = Rational::new(u64::from(timing.frame_time), u64::from(timing.timescale));
        config.chroma_sampling = ChromaSampling::Cs420;
        config.pixel_range = PixelRange::Limited;
        config.color_description = Some(ColorDescription {
            color_primaries: ColorPrimaries::BT601,
            transfer_characteristics: TransferCharacteristics::BT601,
            matrix_coefficients: MatrixCoefficients::BT601,
        });
        config.set_key_frame_interval(u64::from(format.group), u64::from(format.group));
        config.low_latency = true;
        config.quantizer = QUANTIZER;
        config.tune = Tune::Psnr;
        // Looking ahead serves long groups of pictures only.
        config.speed_settings.rdo_lookahead_frames = 1;
        let context: Context<u8> = Config::new()
            .with_encoder_config(config)
            .with_threads(1)
            .new_context()
            .map_err(|error| refused(CODEC, error.to_string()))?;
        Ok(Self {
            record: context.container_sequence_header(),
            context,
            complete: false,
        })
    }

    /// All frames that are ready.
    fn drain(&mut self) -> Result<Vec<Packet>, MediaError> {
        let mut packets = Vec::new();
        loop {
            match self.context.receive_packet() {
                Ok(packet) => {
                    let sync = packet.frame_type == FrameType::KEY;
                    let bytes = self.without_delimiter(&packet.data);
                    packets.push(Packet { bytes, sync });
                }
                Err(EncoderStatus::Encoded) => {}
                Err(EncoderStatus::NeedMoreData | EncoderStatus::LimitReached) => {
                    return Ok(packets);
                }
                Err(error) => return Err(refused(CODEC, error.to_string())),
            }
        }
    }

    /// A sample without temporal delimiters, which containers leave out; the first sequence header is kept for the
    /// configuration record.
    fn without_delimiter(&mut self, data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(data.len());
        let mut rest = data;
        while let Some((kind, length)) = unit(rest) {
            let (unit, after) = rest.split_at(length.min(rest.len()));
            if kind == UNIT_SEQUENCE && !self.complete {
                self.record.extend_from_slice(unit);
                self.complete = true;
            }
            if kind != UNIT_DELIMITER {
                bytes.extend_from_slice(unit);
            }
            rest = after;
        }
        bytes
    }
}

impl Encoder for Av1 {
    fn push(&mut self, planes: &Planes) -> Result<Vec<Packet>, MediaError> {
        let mut frame = self.context.new_frame();
        let size = planes.size();
        let widths = [size.width, size.width / 2, size.width / 2].map(|width| width as usize);
        for ((plane, bytes), width) in frame.planes.iter_mut().zip(planes.channels()).zip(widths) {
            plane.copy_from_raw_u8(bytes, width, 1);
        }
        self.context
            .send_frame(frame)
            .map_err(|error| refused(CODEC, error.to_string()))?;
        self.drain()
    }

    fn finish(&mut self) -> Result<Vec<Packet>, MediaError> {
        self.context.flush();
        self.drain()
    }

    fn config(&self) -> ([u8; 4], [u8; 4], Vec<u8>) {
        (*b"av01", *b"av1C", self.record.clone())
    }
}

/// Kind and whole length of the unit that starts here; units without a length reach to the end.
fn unit(bytes: &[u8]) -> Option<(u8, usize)> {
    let (&head, rest) = bytes.split_first()?;
    let kind = head >> 3 & 0xf;
    let extension = usize::from(head >> 2 & 1);
    if head & 2 == 0 {
        return Some((kind, bytes.len()));
    }
    let (mut length, mut used) = (0_usize, 0);
    for &byte in rest.iter().skip(extension).take(8) {
        length |= usize::from(byte & 0x7f) << (used * 7);
        used += 1;
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some((kind, 1 + extension + used + length))
}
