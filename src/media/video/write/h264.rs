//! H.264 through `OpenH264`: constrained baseline at a constant quantiser, every group of pictures closed.

use openh264::OpenH264API;
use openh264::encoder::{
    Complexity, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, RateControlMode, VuiConfig,
};
use openh264::formats::YUVSlices;

use super::{Encoder, Packet, VideoFormat, check_size, refused};
use crate::media::{MediaError, Planes};

const CODEC: &str = "H.264";
const NAL_SEQUENCE: u8 = 7;
const NAL_PICTURE: u8 = 8;

pub(super) struct H264 {
    encoder: openh264::encoder::Encoder,
    /// Sequence and picture parameter sets.
    parameters: [Vec<u8>; 2],
}

impl H264 {
    pub(super) fn new(format: &VideoFormat) -> Result<Self, MediaError> {
        check_size(CODEC, format.size, 16)?;
        // Without rate control every frame is quantised alike (26 of 51), and none is ever skipped.
        let config = EncoderConfig::new()
            .rate_control_mode(RateControlMode::Off)
            .skip_frames(false)
            .scene_change_detect(false)
            .background_detection(false)
            .adaptive_quantization(false)
            .complexity(Complexity::Low)
            .intra_frame_period(IntraFramePeriod::from_num_frames(format.group))
            .max_frame_rate(FrameRate::from_hz(format.fps as f32))
            .num_threads(1)
            .vui(VuiConfig::bt601());
        let encoder =
            openh264::encoder::Encoder::with_api_config(OpenH264API::from_source(), config)
                .map_err(|error| refused(CODEC, error.to_string()))?;
        Ok(Self {
            encoder,
            parameters: [Vec::new(), Vec::new()],
        })
    }
}

impl Encoder for H264 {
    fn push(&mut self, planes: &Planes) -> Result<Vec<Packet>, MediaError> {
        let size = planes.size();
        let (width, height) = (size.width as usize, size.height as usize);
        let slices = YUVSlices::new(
            planes.channels().into(),
            (width, height),
            (width, width / 2, width / 2),
        );
        let stream = self
            .encoder
            .encode(&slices)
            .map_err(|error| refused(CODEC, error.to_string()))?;
        let sync = stream.frame_type() == FrameType::IDR;
        let mut bytes = Vec::new();
        for layer in (0..stream.num_layers()).filter_map(|at| stream.layer(at)) {
            for unit in (0..layer.nal_count()).filter_map(|at| layer.nal_unit(at)) {
                sort(without_start_code(unit), &mut self.parameters, &mut bytes);
            }
        }
        if bytes.is_empty() {
            return Err(refused(CODEC, "the encoder left a frame out"));
        }
        Ok(vec![Packet { bytes, sync }])
    }

    fn finish(&mut self) -> Result<Vec<Packet>, MediaError> {
        Ok(Vec::new())
    }

    /// ISO/IEC 14496-15 section 5.3.3.
    fn config(&self) -> ([u8; 4], [u8; 4], Vec<u8>) {
        let [sequence, picture] = &self.parameters;
        let mut record = vec![1];
        record.extend(sequence.iter().skip(1).take(3));
        // Lengths of four bytes, one sequence set.
        record.extend([0xff, 0xe1]);
        record.extend((sequence.len() as u16).to_be_bytes());
        record.extend(sequence);
        record.push(1);
        record.extend((picture.len() as u16).to_be_bytes());
        record.extend(picture);
        (*b"avc1", *b"avcC", record)
    }
}

/// Puts a unit where it belongs: parameter sets into the record, all else into the sample behind its length.
fn sort(unit: &[u8], parameters: &mut [Vec<u8>; 2], sample: &mut Vec<u8>) {
    match unit.first().map(|head| head & 0x1f) {
        Some(NAL_SEQUENCE) => unit.clone_into(&mut parameters[0]),
        Some(NAL_PICTURE) => unit.clone_into(&mut parameters[1]),
        Some(_) => {
            sample.extend((unit.len() as u32).to_be_bytes());
            sample.extend_from_slice(unit);
        }
        None => {}
    }
}

/// A unit behind its start code of three or four bytes.
fn without_start_code(unit: &[u8]) -> &[u8] {
    let zeros = unit.iter().take_while(|byte| **byte == 0).count();
    match unit.get(zeros) {
        Some(1) if zeros >= 2 => &unit[zeros + 1..],
        _ => unit,
    }
}
