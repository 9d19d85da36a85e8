//! What is written is read back equal, in both versions, and survives being interrupted anywhere.

use std::fs;

use super::*;
use crate::data::Feature;
use crate::data::lerobot::fixture_tests::fixture;
use crate::geometry::ImageSize;
use crate::media::VideoCodec;

const SIZE: ImageSize = ImageSize::new(32, 16);

fn spec(version: Version, storage: PictureStorage) -> DatasetSpec {
    DatasetSpec {
        robot_type: Some("test".into()),
        features: vec![
            Feature::vector("observation.state", &["x", "y", "z"]),
            Feature::vector("action", &["dx", "dy"]),
            Feature::scalar("next.done", "bool"),
            Feature::scalar("phase", "int64"),
            Feature::scalar("subtask", "string"),
        ],
        cameras: ["overhead", "wrist"]
            .map(|name| CameraSpec {
                name: format!("observation.images.{name}"),
                width: SIZE.width,
                height: SIZE.height,
            })
            .to_vec(),
        storage,
        ..DatasetSpec::new(version, 10)
    }
}

/// All of one brightness, which names episode, row and camera.
fn frame(episode: u64, row: u64, camera: u64) -> Frame {
    let level = (20 + (episode * 37 + row * 11 + camera * 5) % 200) as u8;
    Frame::from_rgba("test", SIZE, [level, level, level, 255].repeat(SIZE.pixels())).unwrap()
}

fn step(episode: u64, row: u64) -> StepRow {
    let (e, r) = (episode as f64, row as f64);
    StepRow::new()
        .numbers("observation.state", [e, r, e * 0.1 + r * 0.01])
        .numbers("action", [r * 0.5, -e])
        .numbers("next.done", [f64::from(u8::from(row == 3))])
        .numbers("phase", [r % 2.0])
        .text("subtask", format!("phase {} ü", row % 2))
}

const fn length(episode: u64) -> u64 {
    4 + episode % 3
}

fn task(episode: u64) -> String {
    format!("task {}", episode % 2)
}

fn record(writer: &mut LeRobotWriter, episode: u64) {
    writer.begin().unwrap();
    for row in 0..length(episode) {
        let frames: Vec<Frame> = (0..writer.spec().cameras.len() as u64)
            .map(|camera| frame(episode, row, camera))
            .collect();
        writer.push_frame(&step(episode, row), &frames).unwrap();
    }
    assert_eq!(writer.finish_episode(&task(episode)).unwrap(), episode);
}

/// Everything that was recorded is there.
fn check(root: &Path, episodes: u64) {
    let mut set = Episodes::open(root).unwrap();
    assert!(set.defects().is_empty(), "{:?}", set.defects());
    assert_eq!(set.info().episodes, episodes);
    assert_eq!(set.info().frames, (0..episodes).map(length).sum::<u64>());
    let mut first = 0;
    for episode in 0..episodes {
        let about = set.episode(episode).unwrap();
        assert_eq!((about.length, about.first_row), (length(episode), first));
        assert_eq!(about.tasks, [task(episode)]);
        let rows = set.rows(episode, &[]).unwrap();
        assert_eq!(rows.columns.len(), 10);
        for row in 0..length(episode) {
            let at = row as usize;
            let number = |name: &str| rows.column(name).unwrap().row(at).unwrap();
            let (e, r) = (episode as f64, row as f64);
            let near = [e, r, f64::from((e * 0.1 + r * 0.01) as f32)];
            assert_eq!(number("observation.state"), near);
            assert_eq!(number("action"), [r * 0.5, -e]);
            assert_eq!(number("next.done"), [f64::from(u8::from(row == 3))]);
            assert_eq!(number("phase"), [r % 2.0]);
            assert_eq!(number("index"), [(first + row) as f64]);
            assert_eq!(number("timestamp"), [f64::from((r / 10.0) as f32)]);
            let wanted = format!("phase {} ü", row % 2);
            assert_eq!(rows.column("subtask").unwrap().text(at), Some(wanted.as_str()));
            let tasks = rows.column("task_index").unwrap().integer(at).unwrap();
            assert_eq!(set.tasks()[tasks as usize], task(episode));
        }
        for (camera, name) in ["overhead", "wrist"].into_iter().enumerate() {
            for row in (0..length(episode)).rev() {
                let found = set.frame(episode, row, name).unwrap();
                let wanted = frame(episode, row, camera as u64).pixel(0, 0).unwrap();
                let found = found.pixel(SIZE.width / 2, SIZE.height / 2).unwrap();
                let near = found.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= 3);
                assert!(near, "{name} {episode} {row}: {found:?} {wanted:?}");
            }
        }
        first += length(episode);
    }
}

#[test]
fn both_versions_and_all_storages_come_back_equal() {
    for version in [Version::V30, Version::V21] {
        for storage in [
            PictureStorage::Png,
            PictureStorage::Video(VideoCodec::H264),
            PictureStorage::Video(VideoCodec::Av1),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let mut writer = LeRobotWriter::create(folder.path(), &spec(version, storage)).unwrap();
            for episode in 0..5 {
                record(&mut writer, episode);
                assert_eq!(writer.episodes(), episode + 1);
            }
            writer.finalize(&JobContext::silent()).unwrap();
            check(folder.path(), 5);
        }
    }
}

#[test]
fn statistics_are_those_of_the_rows() {
    let folder = tempfile::tempdir().unwrap();
    let spec = spec(Version::V30, PictureStorage::Png);
    let mut writer = LeRobotWriter::create(folder.path(), &spec).unwrap();
    for episode in 0..7 {
        record(&mut writer, episode);
    }
    writer.finalize(&JobContext::silent()).unwrap();
    let mut set = Episodes::open(folder.path()).unwrap();
    let stored = set.statistics().unwrap().clone();
    for name in ["observation.state", "action", "next.done", "phase"] {
        let exact = set.recompute(name, &JobContext::silent()).unwrap();
        // JSON numbers come back within a unit in the last place.
        let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
        let stored = &stored[name];
        assert!(near(&stored.mean, &exact.mean) && near(&stored.std, &exact.std), "{name}");
        let pairs = stored.quantiles.iter().zip(&exact.quantiles);
        assert!(pairs.into_iter().all(|(a, b)| near(a, b)) && stored.count == exact.count);
    }
    let picture = &stored["observation.images.wrist"];
    assert_eq!((picture.mean.len(), picture.count), (3, set.info().frames));
    assert!(picture.min[0] >= 20.0 / 255.0 && picture.max[0] < 0.9 && picture.std[0] > 0.05);
    assert!(!stored.contains_key("subtask"), "texts have none");
    let merged = set.episode_statistics().unwrap();
    let (_, state) = merged.iter().find(|(name, _)| name == "observation.state").unwrap();
    assert!((state.std[1] - stored["observation.state"].std[1]).abs() < 1e-9);
}

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
                assert!(readable.info().episodes * 9 >= episode * 8, "most is published");
                assert!(readable.defects().is_empty(), "{:?}", readable.defects());
                writer = LeRobotWriter::resume(folder.path()).unwrap();
                assert_eq!(writer.episodes(), episode + 1, "nothing is lost or doubled");
            }
        }
        writer.publish().unwrap();
        check(folder.path(), 40);
        writer.finalize(&JobContext::silent()).unwrap();
        let workshop: Vec<_> = fs::read_dir(folder.path().join(".spvla/episodes")).unwrap().collect();
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
    let staged = staged::stage(&writer.root, &writer.spec, recorded, &place).unwrap();
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

#[test]
fn files_are_followed_by_the_next_when_they_grow() {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = spec(Version::V30, PictureStorage::Video(VideoCodec::H264));
    // Less than a megabyte holds one episode only.
    (spec.table_megabytes, spec.video_megabytes) = (0, 0);
    let mut writer = LeRobotWriter::create(folder.path(), &spec).unwrap();
    for episode in 0..20 {
        record(&mut writer, episode);
    }
    writer.finalize(&JobContext::silent()).unwrap();
    check(folder.path(), 20);
    let last = folder.path().join("data/chunk-000/file-019.parquet");
    assert!(last.is_file());
    let mut writer = LeRobotWriter::resume(folder.path()).unwrap();
    record(&mut writer, 20);
    writer.finalize(&JobContext::silent()).unwrap();
    check(folder.path(), 21);
}

#[test]
fn episodes_recorded_side_by_side_are_appended_in_the_order_that_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let spec = spec(Version::V30, PictureStorage::Video(VideoCodec::H264));
    let mut writer = LeRobotWriter::create(folder.path(), &spec).unwrap();
    let mut recorders: Vec<_> = (0..3).map(|_| writer.recorder().unwrap()).collect();
    for row in 0..6 {
        for (episode, recorder) in recorders.iter_mut().enumerate() {
            let episode = episode as u64;
            if row < length(episode) {
                let frames = [frame(episode, row, 0), frame(episode, row, 1)];
                recorder.push(&step(episode, row), &frames).unwrap();
            }
        }
    }
    for (episode, recorder) in recorders.into_iter().enumerate() {
        let recorded = recorder.finish(&[&task(episode as u64)]).unwrap();
        writer.append(recorded).unwrap();
    }
    writer.finalize(&JobContext::silent()).unwrap();
    check(folder.path(), 3);
}

#[test]
fn the_schema_is_that_of_lerobot() {
    let folder = tempfile::tempdir().unwrap();
    let mut like = Episodes::open(&fixture("lerobot_v30_images")).unwrap();
    let features = like.info().features.iter().filter(|feature| {
        !feature.is_camera() && !crate::data::lerobot::BOOKKEEPING.contains(&feature.name.as_str())
    });
    let spec = DatasetSpec {
        features: features.cloned().collect(),
        robot_type: like.info().robot_type.clone(),
        cameras: vec![CameraSpec {
            name: "observation.images.overhead".into(),
            width: 80,
            height: 60,
        }],
        storage: PictureStorage::Png,
        ..DatasetSpec::new(Version::V30, 10)
    };
    let mut writer = LeRobotWriter::create(folder.path(), &spec).unwrap();
    for episode in 0..2 {
        writer.begin().unwrap();
        let rows = like.rows(episode, &[]).unwrap();
        for row in 0..rows.length {
            let mut step = StepRow::new();
            for feature in &spec.features {
                let values = rows.column(&feature.name).unwrap().row(row).unwrap();
                step = step.numbers(&feature.name, values);
            }
            let picture = like.frame(episode, row as u64, "overhead").unwrap();
            writer.push_frame(&step, &[picture]).unwrap();
        }
        let task = like.episode(episode).unwrap().tasks[0].clone();
        writer.finish_episode(&task).unwrap();
    }
    writer.finalize(&JobContext::silent()).unwrap();
    let ours = |name: &str| folder.path().join(name);
    let theirs = |name: &str| fixture("lerobot_v30_images").join(name);
    for name in ["data/chunk-000/file-000.parquet", "meta/episodes/chunk-000/file-000.parquet"] {
        let described = |path: &Path| {
            let table = crate::data::table::Table::open(path).unwrap();
            table.described()
        };
        assert_eq!(described(&ours(name)), described(&theirs(name)), "{name}");
    }
    let info = |path: PathBuf| json::read(&path.join("meta/info.json")).unwrap();
    let (mut found, wanted) = (info(ours("")), info(theirs("")));
    found["video_path"] = wanted["video_path"].clone();
    assert_eq!(found, wanted);
    let mut set = Episodes::open(folder.path()).unwrap();
    for episode in 0..2 {
        let (found, wanted) = (set.rows(episode, &[]).unwrap(), like.rows(episode, &[]).unwrap());
        assert_eq!(found, wanted);
        for row in 0..10 {
            let (found, wanted) =
                (set.frame(episode, row, "overhead"), like.frame(episode, row, "overhead"));
            assert_eq!(found.unwrap().rgba(), wanted.unwrap().rgba());
        }
    }
    let (found, wanted) = (set.statistics().unwrap().clone(), like.statistics().unwrap());
    for name in ["action", "observation.state"] {
        let pairs = found[name].mean.iter().zip(&wanted[name].mean);
        assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-6));
    }
}

#[test]
fn what_does_not_fit_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let good = spec(Version::V30, PictureStorage::Png);
    let wrong = |change: &dyn Fn(&mut DatasetSpec)| {
        let mut spec = good.clone();
        change(&mut spec);
        LeRobotWriter::create(&folder.path().join("x"), &spec).err().unwrap().to_string()
    };
    assert!(wrong(&|spec| spec.fps = 0).contains("rows per second"));
    assert!(wrong(&|spec| spec.version = Version::V20).contains("2.0"));
    assert!(wrong(&|spec| spec.features[0].name = "../x".into()).contains("../x"));
    assert!(wrong(&|spec| spec.features[0].name = "action".into()).contains("twice"));
    assert!(wrong(&|spec| spec.features[0].name = "timestamp".into()).contains("twice"));
    assert!(wrong(&|spec| spec.features[0].dtype = "complex64".into()).contains("complex64"));
    assert!(wrong(&|spec| spec.features[0].shape = vec![2, 2]).contains("shape"));
    assert!(wrong(&|spec| spec.cameras[0].width = 0).contains("0x16"));
    let mut writer = LeRobotWriter::create(&folder.path().join("set"), &good).unwrap();
    assert!(writer.push_frame(&step(0, 0), &[]).is_err(), "not begun");
    writer.begin().unwrap();
    let frames = [frame(0, 0, 0), frame(0, 0, 1)];
    assert!(writer.push_frame(&step(0, 0), &frames[..1]).is_err(), "a camera is missing");
    assert!(writer.push_frame(&StepRow::new(), &frames).is_err(), "cells are missing");
    let more = step(0, 0).numbers("other", [0.0]);
    assert!(writer.push_frame(&more, &frames).is_err(), "a cell too many");
    let wide = step(0, 0).numbers("action", [0.0; 3]);
    assert!(writer.push_frame(&wide, &frames).unwrap_err().to_string().contains("action"));
    let half = step(0, 0).numbers("phase", [0.5]);
    assert!(writer.push_frame(&half, &frames).is_err(), "no whole number");
    assert!(writer.finish_episode("x").is_err(), "no row");
    assert_eq!(writer.episodes(), 0);
    drop(writer);
    assert!(matches!(
        LeRobotWriter::create(&folder.path().join("set"), &good),
        Err(DataError::Occupied { .. })
    ));
    assert!(LeRobotWriter::resume(&fixture("lerobot_v30_av1")).is_err(), "not ours");
    let rows = LeRobotWriter::resume(&folder.path().join("set")).unwrap();
    assert_eq!(rows.episodes(), 0);
}

/// Resident memory of this process in bytes.
fn resident() -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
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
        writer.finish_episode(&format!("task {}", episode % 50)).unwrap();
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
    println!("opened in {:.0} ms, {rows:.1} ms an episode, {grown} MB more", opened * 1e3);
    assert!(opened < 1.0 && grown < 200);
}
