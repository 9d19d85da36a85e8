//! Damaged, truncated and lying video files: an error that helps, or fewer frames, never a panic.

use proptest::prelude::*;

use super::tests::{CLIPS, body, clip, open_bytes};
use super::*;

fn fault(bytes: &[u8]) -> VideoFault {
    match open_bytes(bytes).err() {
        Some(MediaError::Video { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

fn patched(name: &str, place: &[u8], offset: usize, with: &[u8]) -> Vec<u8> {
    let mut bytes = clip(name);
    let at = body(&bytes, place) + offset;
    bytes[at..at + with.len()].copy_from_slice(with);
    bytes
}

/// Frames and errors until the end.
fn play(video: &mut Video) -> (usize, Vec<MediaError>) {
    let (mut frames, mut errors) = (0, Vec::new());
    loop {
        match video.frame() {
            Ok(Some(_)) => frames += 1,
            Ok(None) => return (frames, errors),
            Err(error) => errors.push(error),
        }
    }
}

#[test]
fn a_recording_that_was_cut_off_plays_as_far_as_it_goes() {
    let whole = clip("bframes.mp4");
    let cut = &whole[..whole.len() - 300];
    let mut video = open_bytes(cut).unwrap();
    let note = video.info().notes.join(" ");
    assert!(note.contains("cut off") && note.contains("of 24"), "{note}");
    let (frames, errors) = play(&mut video);
    assert!(
        errors.is_empty() && frames > 10 && frames < 24,
        "{frames} {errors:?}"
    );
}

#[test]
fn a_recording_without_its_index_says_so() {
    let whole = clip("wrist_h264.mp4");
    let moov = body(&whole, b"moov") - 8;
    assert_eq!(fault(&whole[..moov]), VideoFault::NoIndex);
    assert!(matches!(
        fault(&whole[..moov + 200]),
        VideoFault::Short { .. }
    ));
}

#[test]
fn every_truncation_is_survived() {
    for name in CLIPS {
        let whole = clip(name);
        for end in (0..whole.len()).step_by(whole.len() / 60) {
            if let Ok(mut video) = open_bytes(&whole[..end]) {
                play(&mut video);
            }
        }
    }
}

#[test]
fn other_codecs_are_named_with_advice() {
    for (code, name) in [
        (b"hvc1", "H.265 (HEVC)"),
        (b"vp09", "VP9"),
        (b"mp4v", "MPEG-4 part 2"),
        (b"encv", "encrypted"),
        (b"what", "\"what\""),
    ] {
        let bytes = patched("bframes.mp4", b"stsd", 12, code);
        let text = open_bytes(&bytes).err().unwrap().to_string();
        assert!(text.contains(name) && text.contains("ffmpeg"), "{text}");
    }
    let deep = patched("wrist_av1.mp4", b"av1C", 2, &[0x4c]);
    assert!(fault(&deep).to_string().contains("10-bit"));
    let sound = patched("bframes.mp4", b"hdlr", 8, b"soun");
    assert!(fault(&sound).to_string().contains("no video track"));
}

#[test]
fn absurd_sizes_are_refused() {
    for size in [[0, 0, 0, 48], [0xff, 0xff, 0xff, 0xff], [0x20, 0x01, 0, 48]] {
        // The size stands 24 bytes into the sample entry, which follows a header of 16.
        let bytes = patched("bframes.mp4", b"stsd", 16 + 24, &size);
        assert!(matches!(fault(&bytes), VideoFault::Size { .. }));
    }
}

#[test]
fn lying_tables_are_refused() {
    let many = u32::MAX.to_be_bytes();
    let clip = "bframes.mp4";
    let cases: [(&[u8], usize, &[u8]); 7] = [
        (b"stsz", 8, &many),
        (b"stsc", 4, &many),
        (b"stco", 4, &many),
        (b"stts", 4, &many),
        (b"ctts", 4, &many),
        (b"stss", 4, &many),
        (b"mdhd", 12, &[0; 4]),
    ];
    for (place, offset, with) in cases {
        let fault = fault(&patched(clip, place, offset, with));
        let expected = matches!(
            fault,
            VideoFault::Short { .. } | VideoFault::Inconsistent(_)
        );
        assert!(expected, "{place:?}: {fault}");
    }
    // One size for four thousand million samples takes no room in the file.
    let mut bomb = patched(clip, b"stsz", 4, &1_u32.to_be_bytes());
    let at = body(&bomb, b"stsz") + 8;
    bomb[at..at + 4].copy_from_slice(&many);
    assert!(matches!(fault(&bomb), VideoFault::TooMany { .. }));
    let outside = patched(clip, b"stco", 8, &0xffff_ff00_u32.to_be_bytes());
    assert!(matches!(fault(&outside), VideoFault::Inconsistent(_)));
    let empty = patched(clip, b"stsz", 8, &[0; 4]);
    assert_eq!(fault(&empty), VideoFault::Empty);
    let backwards = patched(clip, b"stsc", 8, &[0; 4]);
    assert!(matches!(fault(&backwards), VideoFault::Inconsistent(_)));
}

#[test]
fn a_damaged_frame_leaves_later_groups_whole() {
    let name = "bframes.mp4";
    let whole = clip(name);
    let sample = *open_bytes(&whole).unwrap().timeline.sample(1).unwrap();
    let mut bytes = whole.clone();
    let start = sample.offset as usize;
    bytes[start..start + sample.size as usize].fill(0xff);
    let mut video = open_bytes(&bytes).unwrap();
    let frame = video.timeline.frame_of(1).unwrap();
    let error = video.seek(frame).unwrap_err();
    assert!(matches!(&error, MediaError::DamagedFrame { index, .. } if *index == frame));
    assert!(error.is_retryable());
    let mut good = open_bytes(&whole).unwrap();
    for index in 12..24 {
        let (found, expected) = (video.seek(index).unwrap(), good.seek(index).unwrap());
        assert_eq!(
            found.rgba(),
            expected.rgba(),
            "frame {index} of the next group"
        );
    }
}

#[test]
fn rubbish_is_no_video() {
    for rubbish in [&b""[..], b"ftyp", b"\0\0\0\x08moov", &[0xff; 4096]] {
        assert!(open_bytes(rubbish).is_err());
    }
    // Boxes that contain themselves for ever do not exist, but one can claim to fill everything.
    let mut nested = Vec::new();
    for _ in 0..1000 {
        nested.extend(b"\0\0\0\0moov");
    }
    assert!(open_bytes(&nested).is_err());
}

/// The index of a clip, which holds every number that could lie.
fn index_range(bytes: &[u8]) -> std::ops::Range<usize> {
    let start = body(bytes, b"moov") - 8;
    let size = u32::from_be_bytes(bytes[start..start + 4].try_into().unwrap());
    start..start + size as usize
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn flipped_indexes_never_panic(
        which in 0..3_usize,
        flips in prop::collection::vec((0.0..1.0_f64, any::<u8>()), 1..8),
    ) {
        let mut bytes = clip(CLIPS[which]);
        let range = index_range(&bytes);
        for (place, value) in flips {
            let at = range.start + (place * range.len() as f64) as usize;
            bytes[at] = value;
        }
        // Only the index is asked here; the decoders are other people's and slow in tests.
        if let Ok(video) = open_bytes(&bytes) {
            let count = video.info().frames;
            prop_assert!(count > 0);
            prop_assert!(video.stamp(count - 1).is_some());
        }
    }
}
