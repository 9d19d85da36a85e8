//! Datasets that LeRobot itself wrote, read exactly: every frame carries its own number.

use serde_json::Value;

use super::*;
use crate::job::JobContext;
use crate::vision::Frame;

pub(super) const SETS: [&str; 5] = [
    "lerobot_v21_av1",
    "lerobot_v21_h264",
    "lerobot_v30_av1",
    "lerobot_v30_h264",
    "lerobot_v30_images",
];

pub(super) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/datasets")
        .join(name)
}

fn expected(name: &str) -> Value {
    let text = std::fs::read_to_string(fixture(&format!("{name}.expected.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Camera, episode and row that the cells along the top edge of a frame say: sync 1 0, then 2, 3 and 7 bits.
pub(super) fn barcode(frame: &Frame) -> Option<[u64; 3]> {
    let size = frame.size();
    let (width, height) = (size.width / 14, (size.height / 12).max(8));
    let cell = |at: u32| {
        let (left, right) = (at * width + width / 4, at * width + width * 3 / 4);
        let (top, bottom) = (height / 4, height * 3 / 4);
        let pixels = (left..right.max(left + 1)).flat_map(|x| (top..bottom).map(move |y| (x, y)));
        let (sum, count) = pixels.fold((0_u64, 0), |(sum, count), (x, y)| {
            let pixel = frame.pixel(x, y).unwrap();
            (sum + pixel.map(u64::from).iter().sum::<u64>(), count + 3)
        });
        u64::from(sum / count > 127)
    };
    let number = |cells: std::ops::Range<u32>| cells.fold(0, |number, at| number << 1 | cell(at));
    (number(0..2) == 0b10).then(|| [number(2..4), number(4..7), number(7..14)])
}

fn means(frame: &Frame) -> [f64; 3] {
    let mut sums = [0_u64; 3];
    for pixel in frame.rgba().chunks_exact(4) {
        for (sum, value) in sums.iter_mut().zip(pixel) {
            *sum += u64::from(*value);
        }
    }
    sums.map(|sum| sum as f64 / frame.size().pixels() as f64)
}

fn numbers(value: &Value) -> Vec<f64> {
    crate::data::stats::flat(value).unwrap()
}

fn near(found: &[f64], expected: &[f64], tolerance: f64) -> bool {
    found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(a, b)| (a - b).abs() <= tolerance)
}

#[test]
fn counts_lengths_tasks_and_cameras_are_right() {
    for name in SETS {
        let (set, expected) = (Episodes::open(&fixture(name)).unwrap(), expected(name));
        let info = set.info();
        assert!(set.defects().is_empty(), "{name}: {:?}", set.defects());
        assert_eq!(
            format!("{} {}", info.format, info.version),
            expected["format"]
        );
        assert_eq!(info.episodes, expected["episodes"]);
        assert_eq!(info.frames, expected["frames"]);
        assert!((info.fps - expected["fps"].as_f64().unwrap()).abs() < 1e-12);
        let cameras: Vec<&str> = info
            .cameras
            .iter()
            .map(|camera| camera.name.as_str())
            .collect();
        assert_eq!(Value::from(cameras), expected["cameras"]);
        for camera in &info.cameras {
            assert_eq!(camera.size.width, expected["width"]);
            assert_eq!(camera.size.height, expected["height"]);
        }
        for (place, number) in set.numbers().enumerate() {
            let episode = set.episode(number).unwrap();
            assert_eq!(episode.length, expected["lengths"][place]);
            assert_eq!(episode.tasks[0], expected["tasks_per_episode"][place]);
            assert!(set.tasks().contains(&episode.tasks[0]));
        }
        assert_eq!(set.tasks().len(), 2);
    }
}

#[test]
fn every_frame_of_every_camera_is_the_one_that_was_asked_for() {
    for name in SETS {
        let mut set = Episodes::open(&fixture(name)).unwrap();
        let cameras = set.info().cameras.clone();
        for (at, camera) in cameras.iter().enumerate() {
            // Backwards, so that playing on cannot hide a wrong seek.
            for episode in [1, 0] {
                for row in (0..set.episode(episode).unwrap().length).rev() {
                    let frame = set.frame(episode, row, &camera.name).unwrap();
                    assert_eq!(frame.size(), camera.size);
                    assert_eq!(frame.seq, row);
                    assert_eq!(barcode(&frame), Some([at as u64, episode, row]), "{name}");
                }
            }
        }
    }
}

#[test]
fn colours_are_those_of_pyav() {
    for name in SETS {
        let (mut set, expected) = (Episodes::open(&fixture(name)).unwrap(), expected(name));
        let means_key = if expected["decoded_means"].is_null() {
            "source_means"
        } else {
            "decoded_means"
        };
        for (camera, episodes) in expected[means_key].as_object().unwrap() {
            for (episode, ends) in episodes.as_object().unwrap() {
                let episode = episode.parse().unwrap();
                let last = set.episode(episode).unwrap().length - 1;
                for (row, end) in [(0, "first"), (last, "last")] {
                    let found = means(&set.frame(episode, row, camera).unwrap());
                    let wanted = numbers(&ends[end]);
                    assert!(
                        near(&found, &wanted, 2.0),
                        "{name} {camera} {row}: {found:?} {wanted:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn statistics_of_rows_are_those_of_numpy() {
    for name in SETS {
        let (mut set, expected) = (Episodes::open(&fixture(name)).unwrap(), expected(name));
        for (feature, key) in [
            ("action", "action_stats"),
            ("observation.state", "state_stats"),
        ] {
            for (episode, stats) in expected[key].as_object().unwrap() {
                let rows = set.rows(episode.parse().unwrap(), &[feature]).unwrap();
                let column = &rows.columns[0];
                let values: Vec<f64> = (0..column.values.len())
                    .map(|at| column.values.number(at).unwrap())
                    .collect();
                let found = Stats::of_rows(column.width, &values);
                assert!(
                    near(&found.mean, &numbers(&stats["mean"]), 1e-6),
                    "{name} {feature}"
                );
                assert!(
                    near(&found.std, &numbers(&stats["std"]), 1e-6),
                    "{name} {feature}"
                );
                assert!(
                    near(&found.min, &numbers(&stats["min"]), 1e-9),
                    "{name} {feature}"
                );
                assert!(
                    near(&found.max, &numbers(&stats["max"]), 1e-9),
                    "{name} {feature}"
                );
            }
        }
        let computed = set.recompute("action", &JobContext::silent()).unwrap();
        let whole = &expected["global_action_stats"];
        assert!(near(&computed.mean, &numbers(&whole["mean"]), 1e-6));
        assert!(near(&computed.std, &numbers(&whole["std"]), 1e-6));
        let stored = set.statistics().unwrap()["action"].clone();
        assert!(
            near(&stored.mean, &computed.mean, 1e-6),
            "{name}: {stored:?}"
        );
        assert!(near(&stored.std, &computed.std, 1e-6), "{name}: {stored:?}");
        assert_eq!(stored.count, computed.count);
    }
}

#[test]
fn rows_hold_what_was_asked_and_know_their_episode() {
    for name in SETS {
        let (mut set, expected) = (Episodes::open(&fixture(name)).unwrap(), expected(name));
        for episode in [1, 0] {
            let all = set.rows(episode, &[]).unwrap();
            let length = set.episode(episode).unwrap().length;
            assert_eq!(all.length as u64, length);
            let pictures = usize::from(name == "lerobot_v30_images");
            assert_eq!(
                all.columns.len(),
                set.info()
                    .features
                    .iter()
                    .filter(|feature| !feature.is_camera())
                    .count(),
                "{name}: pictures stay on the disk, {pictures}"
            );
            let first = set.episode(episode).unwrap().first_row as i64;
            for row in 0..length as usize {
                assert_eq!(
                    all.column("index").unwrap().integer(row),
                    Some(first + row as i64)
                );
                assert_eq!(
                    all.column("frame_index").unwrap().integer(row),
                    Some(row as i64)
                );
                let time = all.column("timestamp").unwrap().row(row).unwrap()[0];
                assert!((time - row as f64 / set.info().fps).abs() < 1e-6);
            }
            let target = all
                .column("annotation.target_box_xyxy")
                .unwrap()
                .row(0)
                .unwrap();
            let wanted = numbers(&expected["box_first"][episode.to_string()]);
            assert!(near(&target, &wanted, 1e-3), "{name}: {target:?}");
            let one = set.rows(episode, &["action"]).unwrap();
            assert_eq!(one.columns.len(), 1);
            assert_eq!(one.columns[0].width, 7);
        }
    }
}

#[test]
fn what_is_not_there_is_said() {
    let mut set = Episodes::open(&fixture("lerobot_v30_av1")).unwrap();
    let text = set
        .frame(0, 40, "observation.images.wrist")
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("frame 40 does not exist, there are 40"),
        "{text}"
    );
    let text = set
        .frame(2, 0, "observation.images.wrist")
        .unwrap_err()
        .to_string();
    assert!(text.contains("episode 2 does not exist"), "{text}");
    let text = set.frame(0, 0, "nose").unwrap_err().to_string();
    assert!(
        text.contains("\"nose\"") && text.contains("observation.images.wrist"),
        "{text}"
    );
    assert!(
        set.frame(0, 0, "wrist").is_ok(),
        "the last part of a name is enough"
    );
    assert!(matches!(
        set.recompute("observation.images.wrist", &JobContext::silent()),
        Err(DataError::NoSuch { .. })
    ));
}

#[test]
fn parts_of_vectors_are_named_by_modality() {
    let set = Episodes::open(&fixture("lerobot_v21_h264")).unwrap();
    let modality = set.modality().unwrap().unwrap();
    let gripper = modality
        .action
        .iter()
        .find(|part| part.name == "gripper")
        .unwrap();
    assert_eq!(
        (gripper.column.as_str(), gripper.start, gripper.end),
        ("action", 6, 7)
    );
    assert!(
        modality
            .video
            .iter()
            .all(|(_, column)| set.camera(column).is_ok())
    );
    let language = (
        "human.action.task_description".to_owned(),
        "task_index".to_owned(),
    );
    assert!(
        modality.annotation.contains(&language),
        "{:?}",
        modality.annotation
    );
    let other = Episodes::open(&fixture("lerobot_v30_av1")).unwrap();
    assert_eq!(other.modality().unwrap(), None);
}
