//! What is written is read back equal, in both versions, and survives being interrupted anywhere.

use super::*;
use crate::data::Feature;
use crate::data::lerobot::fixture_tests::fixture;
use crate::geometry::ImageSize;
use crate::media::VideoCodec;

const SIZE: ImageSize = ImageSize::new(32, 16);

pub(super) fn spec(version: Version, storage: PictureStorage) -> DatasetSpec {
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
pub(super) fn frame(episode: u64, row: u64, camera: u64) -> Frame {
    let level = (20 + (episode * 37 + row * 11 + camera * 5) % 200) as u8;
    Frame::from_rgba(
        "test",
        SIZE,
        [level, level, level, 255].repeat(SIZE.pixels()),
    )
    .unwrap()
}

pub(super) fn step(episode: u64, row: u64) -> StepRow {
    let (e, r) = (episode as f64, row as f64);
    StepRow::new()
        .numbers("observation.state", [e, r, e * 0.1 + r * 0.01])
        .numbers("action", [r * 0.5, -e])
        .numbers("next.done", [f64::from(u8::from(row == 3))])
        .numbers("phase", [r % 2.0])
        .text("subtask", format!("phase {} ü", row % 2))
}

pub(super) const fn length(episode: u64) -> u64 {
    4 + episode % 3
}

pub(super) fn task(episode: u64) -> String {
    format!("task {}", episode % 2)
}

pub(super) fn record(writer: &mut LeRobotWriter, episode: u64) {
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
pub(super) fn check(root: &Path, episodes: u64) {
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
            assert_eq!(
                rows.column("subtask").unwrap().text(at),
                Some(wanted.as_str())
            );
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
        assert!(
            near(&stored.mean, &exact.mean) && near(&stored.std, &exact.std),
            "{name}"
        );
        let pairs = stored.quantiles.iter().zip(&exact.quantiles);
        assert!(pairs.into_iter().all(|(a, b)| near(a, b)) && stored.count == exact.count);
    }
    let picture = &stored["observation.images.wrist"];
    assert_eq!((picture.mean.len(), picture.count), (3, set.info().frames));
    assert!(picture.min[0] >= 20.0 / 255.0 && picture.max[0] < 0.9 && picture.std[0] > 0.05);
    assert!(!stored.contains_key("subtask"), "texts have none");
    let merged = set.episode_statistics().unwrap();
    let (_, state) = merged
        .iter()
        .find(|(name, _)| name == "observation.state")
        .unwrap();
    assert!((state.std[1] - stored["observation.state"].std[1]).abs() < 1e-9);
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
fn what_does_not_fit_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let good = spec(Version::V30, PictureStorage::Png);
    let wrong = |change: &dyn Fn(&mut DatasetSpec)| {
        let mut spec = good.clone();
        change(&mut spec);
        LeRobotWriter::create(&folder.path().join("x"), &spec)
            .err()
            .unwrap()
            .to_string()
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
    assert!(
        writer.push_frame(&step(0, 0), &frames[..1]).is_err(),
        "a camera is missing"
    );
    assert!(
        writer.push_frame(&StepRow::new(), &frames).is_err(),
        "cells are missing"
    );
    let more = step(0, 0).numbers("other", [0.0]);
    assert!(
        writer.push_frame(&more, &frames).is_err(),
        "a cell too many"
    );
    let wide = step(0, 0).numbers("action", [0.0; 3]);
    assert!(
        writer
            .push_frame(&wide, &frames)
            .unwrap_err()
            .to_string()
            .contains("action")
    );
    let half = step(0, 0).numbers("phase", [0.5]);
    assert!(
        writer.push_frame(&half, &frames).is_err(),
        "no whole number"
    );
    assert!(writer.finish_episode("x").is_err(), "no row");
    assert_eq!(writer.episodes(), 0);
    drop(writer);
    assert!(matches!(
        LeRobotWriter::create(&folder.path().join("set"), &good),
        Err(DataError::Occupied { .. })
    ));
    assert!(
        LeRobotWriter::resume(&fixture("lerobot_v30_av1")).is_err(),
        "not ours"
    );
    let rows = LeRobotWriter::resume(&folder.path().join("set")).unwrap();
    assert_eq!(rows.episodes(), 0);
}
