//! Exactness: the frame that was asked for, at its time, in its colours.

use std::collections::BTreeMap;

use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};

use super::*;

pub(super) const CLIPS: [&str; 3] = ["wrist_h264.mp4", "wrist_av1.mp4", "bframes.mp4"];

pub(super) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/media")
        .join(name)
}

pub(super) fn clip(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

/// Opens bytes as a video file.
pub(super) fn open_bytes(bytes: &[u8]) -> Result<Video, MediaError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    Video::open(file.path())
}

/// Where the body of the first box of that name starts.
pub(super) fn body(bytes: &[u8], name: &[u8]) -> usize {
    4 + bytes
        .windows(4)
        .position(|window| window == name)
        .unwrap_or_else(|| panic!("no {name:?}"))
}

fn all(video: &mut Video) -> Vec<Frame> {
    std::iter::from_fn(|| video.frame().unwrap()).collect()
}

/// The number that `bframes.mp4` shows along its top edge.
fn barcode(frame: &Frame) -> u64 {
    (0..8).fold(0, |number, bit| {
        let [_, green, _] = frame.pixel(bit * 8 + 4, 5).unwrap();
        number | u64::from(green > 128) << bit
    })
}

#[test]
fn info_says_what_the_file_is() {
    for (name, codec, count) in [
        ("wrist_h264.mp4", "H.264", 40),
        ("wrist_av1.mp4", "AV1", 40),
        ("bframes.mp4", "H.264", 24),
    ] {
        let video = Video::open(&fixture(name)).unwrap();
        let info = video.info();
        assert_eq!((info.name.as_str(), info.frames), (name, count));
        assert!(info.codec == codec, "{info:?}");
        assert!((info.fps.unwrap() - 10.0).abs() < 1e-9, "{info:?}");
        assert_eq!(info.duration, Duration::from_millis(count * 100));
        assert!(info.notes.is_empty(), "{info:?}");
    }
}

#[test]
fn stamps_rise_with_the_frame_rate() {
    for name in CLIPS {
        let mut video = Video::open(&fixture(name)).unwrap();
        for (index, frame) in all(&mut video).iter().enumerate() {
            let index = index as u64;
            assert_eq!(frame.stamp, Duration::from_millis(index * 100), "{name}");
            assert_eq!(frame.seq, index);
            assert_eq!(video.stamp(index), Some(frame.stamp));
            assert_eq!(video.index_at(frame.stamp), Some(index));
        }
    }
}

#[test]
fn any_order_of_seeking_gives_the_frames_of_playing() {
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    for name in CLIPS {
        let mut video = Video::open(&fixture(name)).unwrap();
        let played = all(&mut video);
        assert_eq!(played.len() as u64, video.info().frames);
        let mut order: Vec<usize> = (0..played.len()).collect();
        order.shuffle(&mut random);
        order.extend((0..played.len()).rev());
        // A second reader starts cold, so that the cache of the first cannot hide a mistake.
        let mut cold = Video::open(&fixture(name)).unwrap();
        for index in order {
            assert_eq!(
                video.seek(index as u64).unwrap(),
                played[index],
                "{name} {index}"
            );
            if random.random_ratio(1, 4) {
                cold.cache = Cache::default();
            }
            assert_eq!(
                cold.seek(index as u64).unwrap(),
                played[index],
                "{name} {index}"
            );
        }
    }
}

#[test]
fn frames_that_were_coded_out_of_order_show_their_own_number() {
    let mut video = Video::open(&fixture("bframes.mp4")).unwrap();
    for index in [23, 1, 2, 13, 11, 12, 0, 22] {
        assert_eq!(barcode(&video.seek(index).unwrap()), index);
    }
    let mut video = Video::open(&fixture("bframes.mp4")).unwrap();
    let numbers: Vec<u64> = all(&mut video).iter().map(barcode).collect();
    assert_eq!(numbers, (0..24).collect::<Vec<_>>());
}

#[test]
fn colours_are_those_of_the_reference_decoder() {
    // The planes are equal to FFmpeg's; swscale's fast conversion rounds down, by one level and a half at most.
    let text = std::fs::read_to_string(fixture("means.json")).unwrap();
    let means: BTreeMap<String, Vec<[f64; 3]>> = serde_json::from_str(&text).unwrap();
    for name in CLIPS {
        let mut video = Video::open(&fixture(name)).unwrap();
        let frames = all(&mut video);
        assert_eq!(frames.len(), means[name].len());
        for (frame, expected) in frames.iter().zip(&means[name]) {
            let mut sums = [0_u64; 3];
            for pixel in frame.rgba().chunks_exact(4) {
                for (sum, &channel) in sums.iter_mut().zip(pixel) {
                    *sum += u64::from(channel);
                }
            }
            let pixels = frame.size().pixels() as f64;
            for (sum, expected) in sums.iter().zip(expected) {
                let mean = *sum as f64 / pixels;
                assert!(
                    (mean - expected).abs() < 2.0,
                    "{frame:?}: {mean}, not {expected}"
                );
            }
        }
    }
}

#[test]
fn playing_goes_on_behind_a_seek_and_ends() {
    let mut video = Video::open(&fixture("bframes.mp4")).unwrap();
    assert_eq!(video.seek(21).unwrap().seq, 21);
    assert_eq!(video.frame().unwrap().unwrap().seq, 22);
    assert_eq!(video.frame().unwrap().unwrap().seq, 23);
    assert!(video.frame().unwrap().is_none());
    assert!(video.frame().unwrap().is_none());
    let error = video.seek(24).unwrap_err();
    assert!(matches!(
        error,
        MediaError::OutOfRange {
            index: 24,
            count: 24,
            ..
        }
    ));
    assert_eq!(video.seek(0).unwrap().seq, 0, "and is still usable");
}

#[test]
fn a_step_forward_decodes_one_frame_and_a_step_back_none() {
    let mut video = Video::open(&fixture("bframes.mp4")).unwrap();
    for index in 0..12 {
        video.seek(index).unwrap();
    }
    let position = video.position;
    for index in (0..12).rev() {
        video.seek(index).unwrap();
    }
    assert_eq!(video.position, position, "all were still in the cache");
}

#[test]
fn a_turned_recording_is_shown_upright() {
    let mut bytes = clip("bframes.mp4");
    let upright = open_bytes(&bytes).unwrap().seek(3).unwrap();
    let matrix = body(&bytes, b"tkhd") + 40;
    let right = [0, 0x10000, 0, -0x10000_i32, 0, 0]
        .map(i32::to_be_bytes)
        .concat();
    bytes[matrix..matrix + 24].copy_from_slice(&right);
    let mut video = open_bytes(&bytes).unwrap();
    assert_eq!(video.info().size, ImageSize::new(48, 64));
    let turned = video.seek(3).unwrap();
    assert_eq!(turned.size(), ImageSize::new(48, 64));
    assert_eq!(turned.pixel(47, 0), upright.pixel(0, 0));
    assert_eq!(turned.pixel(0, 0), upright.pixel(0, 47));
}

#[test]
fn frames_before_the_edit_are_not_shown() {
    let mut bytes = clip("bframes.mp4");
    // Version, flags, count, duration; then the media time.
    let time = body(&bytes, b"elst") + 12;
    let start = u32::from_be_bytes(bytes[time..time + 4].try_into().unwrap());
    bytes[time..time + 4].copy_from_slice(&(start + 3 * 1024).to_be_bytes());
    let mut video = open_bytes(&bytes).unwrap();
    assert_eq!(video.info().frames, 21);
    let frame = video.seek(0).unwrap();
    assert_eq!((barcode(&frame), frame.stamp), (3, Duration::ZERO));
}

#[test]
fn a_wide_range_in_the_container_is_used_when_the_stream_is_silent() {
    let entry = |colour| track::SampleEntry {
        format: *b"avc1",
        size: ImageSize::new(64, 48),
        config: Vec::new(),
        colour,
    };
    let full = crate::media::Colour {
        matrix: crate::media::Matrix::Bt709,
        range: crate::media::Range::Full,
    };
    let silent = sps::SequenceParameters {
        profile: 100,
        chroma: 1,
        depth: 8,
        interlaced: false,
        macroblocks: [4, 3],
        range: None,
        matrix: None,
    };
    assert_eq!(silent.colour(entry(Some(full)).colour), full);
    assert_eq!(silent.colour(None), crate::media::Colour::default());
    let said = sps::SequenceParameters {
        range: Some(crate::media::Range::Limited),
        ..silent
    };
    assert_eq!(said.colour(Some(full)).range, crate::media::Range::Limited);
    assert!(silent.check().is_ok());
    for (refused, name) in [
        (
            sps::SequenceParameters {
                depth: 10,
                ..silent
            },
            "10-bit",
        ),
        (
            sps::SequenceParameters {
                chroma: 2,
                ..silent
            },
            "4:2:2",
        ),
        (
            sps::SequenceParameters {
                chroma: 9,
                ..silent
            },
            "H.264",
        ),
        (
            sps::SequenceParameters {
                interlaced: true,
                ..silent
            },
            "interlaced",
        ),
    ] {
        assert!(refused.check().unwrap_err().to_string().contains(name));
    }
}
