//! Killed anywhere: what was finished is there, once, and the run goes on. And how large sets behave.

use std::fs;

use super::tests::{check, frame, length, record, spec, step, task};
use super::*;
use crate::data::Feature;
use crate::media::VideoCodec;

#[test]
fn an_interrupted_dataset_is_readable_and_goes_on() {
    for version in [Version::V30, Version::V21] {
        let folder = tempfile::tempdir().unwrap();
        let storage = PictureStorage::Video(VideoCodec::H264);
        let mut writer = LeRobotWriter::create(folder.path(), &spec(version, storage)).unwrap();
        for episode in 0..40 {
            record(&mut writer, episode);
            if episode % 7 == 3 {
                // Killed in the middle of the next one.
                writer.begin().unwrap();
                let frames = [frame(90, 0, 0), frame(90, 0, 1)];
                writer.push_frame(&step(90, 0), &frames).unwrap();
                std::mem::forget(writer);
                let readable = Episodes::open(folder.path()).unwrap();
                assert!(
                    readable.info().episodes * 9 >= episode * 8,
                    "most is published"
                );
                assert!(readable.defects().is_empty(), "{:?}", readable.defects());
                writer = LeRobotWriter::resume(folder.path()).unwrap();
                assert_eq!(writer.episodes(), episode + 1, "nothing is lost or doubled");
            }
        }
        writer.publish().unwrap();
        check(folder.path(), 40);
        writer.finalize(&JobContext::silent()).unwrap();
        let workshop: Vec<_> = fs::read_dir(folder.path().join(".spvla/episodes"))
            .unwrap()
            .collect();
        assert!(workshop.is_empty(), "{workshop:?}");
    }
}

#[test]
fn a_kill_between_any_two_files_of_a_lot_costs_nothing() {
    let storage = PictureStorage::Video(VideoCodec::H264);
    let source = tempfile::tempdir().unwrap();
    let mut writer = LeRobotWriter::create(source.path(), &spec(Version::V30, storage)).unwrap();
    for episode in 0..12 {
        record(&mut writer, episode);
    }
    let before = tempfile::tempdir().unwrap();
    writer.publish().unwrap();
    copy(source.path(), before.path());
    // The next lot, with a copy of what waits.
    record_waiting(&mut writer, 12);
    let waiting = tempfile::tempdir().unwrap();
    copy(&source.path().join(".spvla"), waiting.path());
    writer.publish().unwrap();
    drop(writer);
    let order = [
        "videos/observation.images.overhead/chunk-000/file-000.mp4",
        "videos/observation.images.wrist/chunk-000/file-000.mp4",
        "data/chunk-000/file-000.parquet",
        "meta/tasks.parquet",
        "meta/episodes/chunk-000/file-000.parquet",
        "meta/stats.json",
        "meta/info.json",
    ];
    for done in 0..=order.len() {
        let torn = tempfile::tempdir().unwrap();
        copy(before.path(), torn.path());
        copy(waiting.path(), &torn.path().join(".spvla"));
        for name in &order[..done] {
            fs::copy(source.path().join(name), torn.path().join(name)).unwrap();
        }
        let published = if done >= 5 { 13 } else { 12 };
        let set = Episodes::open(torn.path()).unwrap();
        assert_eq!(set.info().episodes, published, "after {done} files");
        let writer = LeRobotWriter::resume(torn.path()).unwrap();
        assert_eq!(writer.episodes(), 13);
        writer.finalize(&JobContext::silent()).unwrap();
        check(torn.path(), 13);
        let stats = |root: &Path| fs::read(root.join("meta/stats.json")).unwrap();
        let frames: u64 = (0..13).map(length).sum();
        assert_eq!(Episodes::open(torn.path()).unwrap().info().frames, frames);
        assert!(!stats(torn.path()).is_empty());
    }
}

/// Records an episode that stays waiting.
fn record_waiting(writer: &mut LeRobotWriter, episode: u64) {
    let mut recorder = writer.recorder().unwrap();
    for row in 0..length(episode) {
        let frames = [frame(episode, row, 0), frame(episode, row, 1)];
        recorder.push(&step(episode, row), &frames).unwrap();
    }
    let recorded = recorder.finish(&[&task(episode)]).unwrap();
    let published = writer.published.episodes;
    writer.published.episodes = 10_000 + published;
    let place = rows::Place {
        episode,
        first_row: writer.published.frames,
        task: episode % 2,
        fps: 10,
    };
    let staged = staged::stage(&writer.root, &writer.spec, recorded, &place, &[]).unwrap();
    writer.published.episodes = published;
    writer.staged.push(staged);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, target) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// Resident memory of this process in bytes.
fn resident() -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        << 10
}

#[test]
#[ignore = "writes a million rows; some minutes"]
fn a_million_rows_open_at_once() {
    const EPISODES: u64 = 5000;
    const ROWS: u64 = 200;
    let keep = std::env::var_os("SPVLA_MILLION").map(PathBuf::from);
    let folder = tempfile::tempdir().unwrap();
    let root = keep.unwrap_or_else(|| folder.path().join("million"));
    let spec = DatasetSpec {
        features: vec![
            Feature::vector("observation.state", &["1", "2", "3", "4", "5", "6", "7"]),
            Feature::vector("action", &["1", "2", "3", "4", "5", "6", "7"]),
        ],
        ..DatasetSpec::new(Version::V30, 30)
    };
    let started = std::time::Instant::now();
    let mut writer = LeRobotWriter::create(&root, &spec).unwrap();
    for episode in 0..EPISODES {
        writer.begin().unwrap();
        for row in 0..ROWS {
            let value = |at: u64| ((episode * 31 + row * 7 + at) % 1000) as f64 / 1000.0;
            let values: Vec<f64> = (0..7).map(value).collect();
            let step = StepRow::new()
                .numbers("observation.state", values.clone())
                .numbers("action", values);
            writer.push_frame(&step, &[]).unwrap();
        }
        writer
            .finish_episode(&format!("task {}", episode % 50))
            .unwrap();
    }
    writer.finalize(&JobContext::silent()).unwrap();
    println!("written in {:.1} s", started.elapsed().as_secs_f64());
    let before = resident();
    let started = std::time::Instant::now();
    let mut set = Episodes::open(&root).unwrap();
    let opened = started.elapsed().as_secs_f64();
    assert_eq!(set.info().frames, EPISODES * ROWS);
    let started = std::time::Instant::now();
    for episode in (0..EPISODES).step_by(251) {
        assert_eq!(set.rows(episode, &["action"]).unwrap().length as u64, ROWS);
    }
    let rows = started.elapsed().as_secs_f64() * 1e3 / 20.0;
    let grown = resident().saturating_sub(before) >> 20;
    println!(
        "opened in {:.0} ms, {rows:.1} ms an episode, {grown} MB more",
        opened * 1e3
    );
    assert!(opened < 1.0 && grown < 200);
}

#[test]
#[ignore = "measures encoding; SPVLA_BENCH_SET keeps the sets for benchmarks of reading"]
fn frames_are_encoded_at_this_rate() {
    let keep = std::env::var_os("SPVLA_BENCH_SET").map(PathBuf::from);
    let folder = tempfile::tempdir().unwrap();
    let root = keep.unwrap_or_else(|| folder.path().to_owned());
    for codec in [VideoCodec::H264, VideoCodec::Av1] {
        let size = crate::geometry::ImageSize::new(640, 480);
        let spec = DatasetSpec {
            cameras: vec![CameraSpec {
                name: "observation.images.overhead".into(),
                width: size.width,
                height: size.height,
            }],
            storage: PictureStorage::Video(codec),
            ..DatasetSpec::new(Version::V30, 30)
        };
        let path = root.join(codec.key());
        let mut writer = LeRobotWriter::create(&path, &spec).unwrap();
        let (mut seconds, mut frames) = (0.0, 0);
        for episode in 0..3 {
            writer.begin().unwrap();
            for row in 0..200 {
                let picture = scene(size, episode * 200 + row);
                let start = std::time::Instant::now();
                writer.push_frame(&StepRow::new(), &[picture]).unwrap();
                seconds += start.elapsed().as_secs_f64();
                frames += 1;
            }
            writer.finish_episode("move").unwrap();
        }
        writer.finalize(&JobContext::silent()).unwrap();
        let video = path.join("videos/observation.images.overhead/chunk-000/file-000.mp4");
        let bytes = fs::metadata(video).unwrap().len();
        let rate = f64::from(frames) / seconds;
        println!(
            "{}: {rate:.0} frames/s, {} bytes a frame",
            codec.key(),
            bytes / 600
        );
    }
}

#[test]
fn subtasks_are_numbered_once_whatever_interrupts_and_conversion_keeps_them() {
    let folder = tempfile::tempdir().unwrap();
    let (root, copy) = (folder.path().join("set"), folder.path().join("copy"));
    let spec = DatasetSpec {
        subtasks: true,
        ..spec(Version::V30, PictureStorage::Png)
    };
    let told = |episode: u64, row: u64| format!("part {} of {}", row / 2, episode % 4);
    let mut writer = LeRobotWriter::create(&root, &spec).unwrap();
    for episode in 0..12 {
        writer.begin().unwrap();
        let frames = [frame(episode, 0, 0), frame(episode, 0, 1)];
        let pushed = writer.push_frame(&step(episode, 0), &frames);
        assert!(pushed.is_err(), "a row without its subtask");
        writer.begin().unwrap();
        for row in 0..length(episode) {
            let frames = [frame(episode, row, 0), frame(episode, row, 1)];
            let step = step(episode, row).subtask(told(episode, row));
            writer.push_frame(&step, &frames).unwrap();
        }
        writer.finish_episode(&task(episode)).unwrap();
        if episode % 5 == 4 {
            std::mem::forget(writer);
            writer = LeRobotWriter::resume(&root).unwrap();
        }
    }
    writer.finalize(&JobContext::silent()).unwrap();
    let mut set = Episodes::open(&root).unwrap();
    set.convert(&copy, Version::V30, &JobContext::silent())
        .unwrap();
    for root in [&root, &copy] {
        let mut set = Episodes::open(root).unwrap();
        assert!(set.defects().is_empty(), "{:?}", set.defects());
        let path = root.join(SUBTASKS);
        let texts = super::super::tasks::texts(&path, "subtask_index").unwrap();
        assert_eq!(texts.len(), 4 * 3, "{texts:?}");
        for episode in 0..12 {
            let rows = set.rows(episode, &["subtask_index"]).unwrap();
            for row in 0..length(episode) {
                let numbers = rows.column("subtask_index").unwrap();
                let number = numbers.integer(row as usize).unwrap();
                assert_eq!(texts[number as usize], told(episode, row));
            }
        }
    }
    let refused = DatasetSpec {
        version: Version::V21,
        ..spec
    };
    assert!(LeRobotWriter::create(&folder.path().join("old"), &refused).is_err());
}

#[test]
fn a_dataset_killed_while_it_was_begun_can_be_begun_again_and_strangers_stay() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("set");
    let spec = DatasetSpec::new(Version::V30, 5);
    LeRobotWriter::create(&root, &spec).unwrap();
    // Killed while the metadata were written.
    let info = root.join("meta/info.json");
    fs::rename(&info, root.join("meta/.info.json.part")).unwrap();
    assert!(LeRobotWriter::create(&root, &spec).is_err());
    LeRobotWriter::clear_stillborn(&root).unwrap();
    LeRobotWriter::create(&root, &spec).unwrap();
    // Whole ones and other people's files are left alone.
    LeRobotWriter::clear_stillborn(&root).unwrap();
    assert!(info.exists());
    fs::remove_file(&info).unwrap();
    fs::write(root.join("thesis.txt"), "precious").unwrap();
    LeRobotWriter::clear_stillborn(&root).unwrap();
    assert!(root.join("thesis.txt").exists() && root.join(".spvla").exists());
    LeRobotWriter::clear_stillborn(&folder.path().join("nowhere")).unwrap();
}

/// Textured ground with three things moving over it, as a tabletop looks to an encoder.
fn scene(size: crate::geometry::ImageSize, at: u64) -> Frame {
    let mut pixels = Vec::with_capacity(size.pixels() * 4);
    let phase = at as f64 / 30.0;
    let things = [0.0, 2.1, 4.2].map(|shift| {
        let (sin, cos) = (phase + shift).sin_cos();
        (320.0 + 180.0 * cos, 240.0 + 130.0 * sin)
    });
    for y in 0..size.height {
        for x in 0..size.width {
            let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 13 & 15;
            let mut pixel = [120 + (x / 8) as u8 / 2 + grain as u8, 110 + grain as u8, 90];
            for (thing, (left, top)) in things.iter().enumerate() {
                let near = (f64::from(x) - left).hypot(f64::from(y) - top) < 42.0;
                if near {
                    pixel = [[200, 40, 40], [40, 160, 60], [50, 70, 200]][thing];
                }
            }
            pixels.extend(pixel);
            pixels.push(255);
        }
    }
    Frame::from_rgba("scene", size, pixels).unwrap()
}
