//! What is written is read back: every frame in its place, at its time, in its colours.

use std::time::Duration;

use super::*;
use crate::media::Video;

const CODECS: [VideoCodec; 2] = [VideoCodec::Av1, VideoCodec::H264];

fn format(codec: VideoCodec, size: ImageSize, fps: f64) -> VideoFormat {
    VideoFormat {
        codec,
        size,
        fps,
        group: GROUP,
    }
}

/// A soft gradient with the number of the frame in eight cells along its top edge.
fn numbered(size: ImageSize, number: u32) -> Frame {
    let mut pixels = Vec::with_capacity(size.pixels() * 4);
    for y in 0..size.height {
        for x in 0..size.width {
            let bit = (number >> (x * 8 / size.width)) & 1;
            let cell = if bit == 1 { 220 } else { 30 };
            let slope = |at: u32, side: u32| (40 + at * 150 / side) as u8;
            let pixel = if y < size.height / 4 {
                [cell; 3]
            } else {
                [slope(x, size.width), slope(y, size.height), 90]
            };
            pixels.extend(pixel);
            pixels.push(255);
        }
    }
    Frame::from_rgba("test", size, pixels).unwrap()
}

fn number(frame: &Frame) -> u32 {
    let size = frame.size();
    (0..8).fold(0, |number, bit| {
        let x = bit * size.width / 8 + size.width / 16;
        let [_, green, _] = frame.pixel(x, size.height / 8).unwrap();
        number | u32::from(green > 128) << bit
    })
}

fn write(path: &Path, format: VideoFormat, numbers: std::ops::Range<u32>) {
    drop(std::fs::remove_file(path));
    let mut writer = VideoWriter::create(path, format).unwrap();
    for at in numbers {
        writer.push(&numbered(format.size, at)).unwrap();
    }
    assert!(!path.exists(), "only a whole file has its name");
    writer.finish().unwrap();
}

#[test]
fn every_frame_comes_back_at_its_time() {
    let folder = tempfile::tempdir().unwrap();
    for codec in CODECS {
        for (fps, count) in [(10.0, 21), (30.0, 4), (5.0, 1)] {
            let path = folder.path().join("video.mp4");
            let size = ImageSize::new(96, 64);
            write(&path, format(codec, size, fps), 0..count);
            let mut video = Video::open(&path).unwrap();
            assert_eq!(video.info().size, size);
            assert_eq!(video.info().frames, u64::from(count));
            assert!((video.info().fps.unwrap() - fps).abs() < 1e-6);
            assert!(video.info().notes.is_empty());
            for at in (0..count).rev() {
                let frame = video.seek(u64::from(at)).unwrap();
                assert_eq!(number(&frame), at, "{codec:?}");
                let wanted = Duration::from_secs_f64(f64::from(at) / fps);
                assert!(frame.stamp.abs_diff(wanted) < Duration::from_micros(1));
            }
            let left = std::fs::read_dir(folder.path()).unwrap().count();
            assert_eq!(left, 1, "no temporary file is left");
        }
    }
}

#[test]
fn colours_survive() {
    let folder = tempfile::tempdir().unwrap();
    let size = ImageSize::new(64, 48);
    let source = numbered(size, 5);
    for codec in CODECS {
        let path = folder.path().join("colours.mp4");
        write(&path, format(codec, size, 10.0), 5..9);
        let frame = Video::open(&path).unwrap().seek(0).unwrap();
        let below = (size.height as usize / 4 + 4) * size.width as usize * 4;
        let pairs = frame.rgba()[below..].iter().zip(&source.rgba()[below..]);
        let sum: u32 = pairs.map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        let mean = f64::from(sum) / (frame.rgba().len() - below) as f64;
        assert!(mean < 3.0, "{codec:?}: {mean}");
    }
}

#[test]
fn parts_are_joined_and_cut_without_decoding() {
    let folder = tempfile::tempdir().unwrap();
    let size = ImageSize::new(64, 48);
    for codec in CODECS {
        let parts: Vec<PathBuf> = [0..5_u32, 5..12, 12..13]
            .into_iter()
            .map(|numbers| {
                let path = folder.path().join(format!("part{}.mp4", numbers.start));
                write(&path, format(codec, size, 10.0), numbers);
                path
            })
            .collect();
        let joined = folder.path().join("joined.mp4");
        let mut splice = VideoSplice::create(&joined).unwrap();
        let mut starts = Vec::new();
        for part in &parts {
            let mut video = Video::open(part).unwrap();
            starts.push(splice.seconds());
            let count = video.info().frames;
            splice.append(&mut video, 0..count).unwrap();
        }
        assert_eq!((splice.frames(), starts), (13, vec![0.0, 0.5, 1.2]));
        splice.finish().unwrap();
        let mut video = Video::open(&joined).unwrap();
        assert_eq!(video.info().frames, 13);
        for at in (0..13).rev() {
            let frame = video.seek(at).unwrap();
            assert_eq!(
                (u64::from(number(&frame)), frame.stamp),
                (at, Duration::from_millis(at * 100))
            );
        }
        let cut = folder.path().join("cut.mp4");
        let mut splice = VideoSplice::create(&cut).unwrap();
        splice.append(&mut video, 5..12).unwrap();
        splice.finish().unwrap();
        let mut video = Video::open(&cut).unwrap();
        let numbers: Vec<u32> = (0..7).map(|at| number(&video.seek(at).unwrap())).collect();
        assert_eq!(numbers, (5..12).collect::<Vec<_>>());
        let mut inside = VideoSplice::create(&cut).unwrap();
        let error = inside.append(&mut video, 1..3).unwrap_err().to_string();
        assert!(error.contains("depends on frames outside"), "{error}");
    }
}

#[test]
fn reordered_frames_keep_their_times_when_they_are_joined() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/media/bframes.mp4");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("twice.mp4");
    let mut original = Video::open(&source).unwrap();
    let mut splice = VideoSplice::create(&path).unwrap();
    for _ in 0..2 {
        splice.append(&mut original, 0..24).unwrap();
    }
    splice.finish().unwrap();
    let mut video = Video::open(&path).unwrap();
    assert_eq!(video.info().frames, 48);
    for at in (0..48).rev() {
        let (found, wanted) = (video.seek(at).unwrap(), original.seek(at % 24).unwrap());
        assert_eq!(found.rgba(), wanted.rgba(), "frame {at}");
        assert_eq!(found.stamp, Duration::from_millis(at * 100));
    }
}

#[test]
fn what_cannot_be_coded_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("video.mp4");
    for codec in CODECS {
        for (size, part) in [
            (ImageSize::new(97, 64), "odd"),
            (ImageSize::new(8, 8), "smaller"),
            (ImageSize::new(0, 0), "smaller"),
        ] {
            let error = VideoWriter::create(&path, format(codec, size, 10.0))
                .err()
                .unwrap();
            assert!(error.to_string().contains(part), "{error}");
        }
        let mut writer =
            VideoWriter::create(&path, format(codec, ImageSize::new(64, 64), 10.0)).unwrap();
        let error = writer
            .push(&numbered(ImageSize::new(64, 48), 0))
            .unwrap_err();
        assert!(error.to_string().contains("64x48"), "{error}");
        assert!(writer.finish().is_err(), "without a frame");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
    let other = folder.path().join("other.mp4");
    write(
        &path,
        format(VideoCodec::H264, ImageSize::new(64, 48), 10.0),
        0..2,
    );
    write(
        &other,
        format(VideoCodec::H264, ImageSize::new(48, 64), 10.0),
        0..2,
    );
    let mut splice = VideoSplice::create(&folder.path().join("both.mp4")).unwrap();
    splice
        .append(&mut Video::open(&path).unwrap(), 0..2)
        .unwrap();
    let mut turned = Video::open(&other).unwrap();
    assert!(!splice.fits(&turned));
    assert!(splice.append(&mut turned, 0..2).is_err());
}
