//! Damaged and lying datasets: a report that says what and where, the rest usable, never a panic, never a write.

use std::fs;

use serde_json::{Value, json};

use super::fixture_tests::{SETS, fixture};
use super::*;
use crate::job::JobContext;

/// A copy that may be damaged.
fn broken(name: &str, damage: impl Fn(&Path)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&fixture(name), folder.path());
    damage(folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::write(target, fs::read(path).unwrap()).unwrap();
        }
    }
}

fn edit(root: &Path, change: impl Fn(&mut Value)) {
    let path = root.join("meta/info.json");
    let mut info: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut info);
    fs::write(&path, info.to_string()).unwrap();
}

fn cut(path: PathBuf, keep: f64) {
    let bytes = fs::read(&path).unwrap();
    fs::write(path, &bytes[..(bytes.len() as f64 * keep) as usize]).unwrap();
}

/// What a check says, one line each.
fn said(root: &Path) -> String {
    let mut set = Episodes::open(root).unwrap();
    let defects = set
        .check(Thoroughness::EveryFrame, &JobContext::silent())
        .unwrap();
    let lines: Vec<String> = defects.iter().map(Defect::to_string).collect();
    lines.join(
        "
",
    )
}

#[test]
fn sets_of_lerobot_are_whole_but_for_a_known_fault() {
    for name in SETS {
        let said = said(&fixture(name));
        for line in said.lines() {
            assert!(
                line.starts_with("note:") && line.contains("deviation of pixels"),
                "{name}: {line}"
            );
        }
    }
}

#[test]
fn a_broken_footer_costs_its_rows_and_not_the_videos() {
    let set = broken("lerobot_v30_av1", |root| {
        cut(root.join("data/chunk-000/file-000.parquet"), 0.9);
    });
    let said = said(set.path());
    assert!(
        said.contains("episode 0") && said.contains("Parquet table is damaged"),
        "{said}"
    );
    let mut set = Episodes::open(set.path()).unwrap();
    assert!(set.rows(0, &[]).is_err());
    assert!(
        set.frame(1, 39, "wrist").is_ok(),
        "frames are found by the rate"
    );
}

#[test]
fn a_broken_list_of_episodes_is_an_error_and_broken_tasks_are_not() {
    let set = broken("lerobot_v30_av1", |root| {
        cut(root.join("meta/episodes/chunk-000/file-000.parquet"), 0.5);
    });
    let error = Episodes::open(set.path()).err().unwrap().to_string();
    assert!(
        error.contains("damaged") && error.ends_with("file-000.parquet"),
        "{error}"
    );
    let set = broken("lerobot_v30_av1", |root| {
        cut(root.join("meta/tasks.parquet"), 0.5);
    });
    let set = Episodes::open(set.path()).unwrap();
    assert_eq!(set.tasks()[0], "put the red cube on the blue plate");
    assert!(set.defects()[0].where_.contains("tasks.parquet"));
}

#[test]
fn a_truncated_or_missing_video_is_named_with_its_rows() {
    let name = "videos/observation.images.wrist/chunk-000/file-000.mp4";
    let set = broken("lerobot_v30_h264", |root| cut(root.join(name), 0.6));
    let found = said(set.path());
    assert!(
        found.contains("rows from") && found.contains(name) && found.contains("cut off"),
        "{found}"
    );
    let mut set = Episodes::open(set.path()).unwrap();
    assert!(set.frame(0, 0, "wrist").is_ok() && set.frame(1, 39, "wrist").is_err());
    let set = broken("lerobot_v30_h264", |root| {
        fs::remove_file(root.join(name)).unwrap();
    });
    let found = said(set.path());
    assert!(found.contains("the video is missing"), "{found}");
    let mut set = Episodes::open(set.path()).unwrap();
    assert!(set.frame(0, 0, "overhead").is_ok() && set.rows(0, &[]).is_ok());
}

#[test]
fn wrong_counts_are_corrected_and_told() {
    for name in SETS {
        let set = broken(name, |root| {
            edit(root, |info| {
                info["total_episodes"] = json!(7);
                info["total_frames"] = json!(-1);
                info["total_tasks"] = json!(1_000_000_000_u64);
            });
        });
        let set = Episodes::open(set.path()).unwrap();
        assert_eq!(set.info().episodes, 2);
        assert_eq!(set.defects().len(), 3, "{:?}", set.defects());
        assert!(set.defects()[0].what.contains("total_episodes is 7 but 2"));
    }
    let set = broken("lerobot_v21_h264", |root| {
        let lines = "{\"episode_index\": 0, \"tasks\": [\"a\"], \"length\": 41}\nrubbish\n\
                     {\"episode_index\": 1, \"tasks\": [\"b\"], \"length\": 39}\n\
                     {\"episode_index\": 1, \"tasks\": [\"b\"], \"length\": 40}\n\
                     {\"episode_index\": 5, \"tasks\": [], \"length\": 18446744073709551615}\n";
        fs::write(root.join("meta/episodes.jsonl"), lines).unwrap();
    });
    assert!(Episodes::open(set.path()).is_err(), "an absurd length");
    let set = broken("lerobot_v21_h264", |root| {
        let lines = "{\"episode_index\": 0, \"tasks\": [\"a\"], \"length\": 41}\nrubbish\n\
                     {\"episode_index\": 1, \"tasks\": [\"b\"], \"length\": 40}\n\
                     {\"episode_index\": 1, \"tasks\": [\"b\"], \"length\": 40}\n\
                     {\"episode_index\": 3, \"tasks\": [], \"length\": 4}\n";
        fs::write(root.join("meta/episodes.jsonl"), lines).unwrap();
    });
    let said = said(set.path());
    for part in [
        "line 2",
        "listed twice",
        "numbers are left out",
        "rows 0 to 41 are asked of a table of 40 rows",
        "names no task",
        "episode_000003",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn rows_are_found_where_the_metadata_count_wrongly() {
    // The list of another set with shorter episodes.
    let set = broken("lerobot_v21_h264", |root| {
        fs::copy(
            root.join("data/chunk-000/episode_000001.parquet"),
            root.join("data/chunk-000/episode_000000.parquet"),
        )
        .unwrap();
    });
    let mut opened = Episodes::open(set.path()).unwrap();
    let error = opened.rows(0, &["action"]).unwrap_err().to_string();
    assert!(error.contains("episode 0 should have 40 rows"), "{error}");
    assert!(opened.rows(1, &["action"]).is_ok());
}

#[test]
fn templates_and_names_cannot_leave_the_folder() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    for name in SETS {
        for template in [
            "../../etc/passwd".to_owned(),
            secret.path().display().to_string(),
            "{video_key}/../../../x".to_owned(),
        ] {
            let set = broken(name, |root| {
                edit(root, |info| {
                    info["data_path"] = template.clone().into();
                    info["video_path"] = template.clone().into();
                });
            });
            let mut set = Episodes::open(set.path()).unwrap();
            let error = set.rows(0, &[]).unwrap_err();
            let expected = matches!(
                error,
                DataError::Outside { .. } | DataError::Malformed { .. }
            );
            assert!(expected, "{name} {template}: {error}");
            assert!(
                set.check(Thoroughness::Usual, &JobContext::silent())
                    .is_ok()
            );
        }
    }
    let set = broken("lerobot_v30_av1", |root| {
        edit(root, |info| {
            let wrist = info["features"]["observation.images.wrist"].clone();
            info["features"]["../../x"] = wrist;
        });
    });
    let error = Episodes::open(set.path()).map(|mut set| set.frame(0, 0, "../../x").err());
    assert!(!matches!(error, Ok(None)));
}

#[test]
fn absurd_sizes_and_unknown_versions_are_refused() {
    for (key, value, part) in [
        (
            "codebase_version",
            json!("v4.0"),
            "\"v4.0\" is not supported",
        ),
        ("codebase_version", json!("v1.6"), "v2.0, v2.1 and v3.0"),
        ("fps", json!(1e300), "fps"),
        ("features", json!("all"), "features"),
    ] {
        let set = broken("lerobot_v30_av1", |root| {
            edit(root, |info| info[key] = value.clone());
        });
        let error = Episodes::open(set.path()).err().unwrap().to_string();
        assert!(error.contains(part), "{error}");
    }
    let set = broken("lerobot_v30_av1", |root| {
        edit(root, |info| {
            info["features"]["observation.images.wrist"]["shape"] =
                json!([4_000_000_000_u64, 1, 3]);
            info["features"]["observation.state"]["shape"] = json!([9]);
        });
    });
    let said = said(set.path());
    assert!(said.contains("its frames are 160x120"), "{said}");
    assert!(
        said.contains("\"observation.state\" has 7 values a row, not 9"),
        "{said}"
    );
}

#[test]
fn other_encodings_and_rubbish_are_refused() {
    for rubbish in [
        &b"\xff\xfe{\0}\0"[..],
        b"",
        b"[]",
        b"{\"fps\": \"\xe9\"}",
        &b"[".repeat(100_000),
    ] {
        let set = broken("lerobot_v21_h264", |root| {
            fs::write(root.join("meta/info.json"), rubbish).unwrap();
        });
        assert!(Episodes::open(set.path()).is_err());
    }
    let set = broken("lerobot_v21_h264", |root| {
        fs::write(
            root.join("meta/tasks.jsonl"),
            b"{\"task_index\": 0, \"task\": \"\xff\"}",
        )
        .unwrap();
        fs::write(root.join("meta/episodes_stats.jsonl"), b"\xff").unwrap();
        fs::write(
            root.join("meta/modality.json"),
            b"{\"state\": {\"arm\": {\"start\": 0, \"end\": 99}}}",
        )
        .unwrap();
    });
    let said = said(set.path());
    for part in [
        "tasks.jsonl",
        "the statistics",
        "modality.json",
        "does not lie inside",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn numbers_that_are_none_are_found() {
    let set = broken("lerobot_v21_h264", |root| {
        let path = root.join("data/chunk-000/episode_000000.parquet");
        let mut bytes = fs::read(&path).unwrap();
        // The tables of this set are not compressed: write NaN over a value of the first row.
        let mut original = Episodes::open(&fixture("lerobot_v21_h264")).unwrap();
        let rows = original.rows(0, &["observation.state"]).unwrap();
        let first = rows.columns[0].row(1).unwrap()[0] as f32;
        let at = bytes
            .windows(4)
            .position(|window| window == first.to_le_bytes())
            .unwrap();
        bytes[at..at + 4].copy_from_slice(&f32::NAN.to_le_bytes());
        fs::write(&path, bytes).unwrap();
    });
    let said = said(set.path());
    assert!(
        said.contains("row 1") && said.contains("holds NaN (1 in all)"),
        "{said}"
    );
}

#[test]
fn no_flipped_byte_makes_it_panic_or_write() {
    use rand::{Rng as _, SeedableRng as _};
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(11);
    let files = [
        "meta/info.json",
        "meta/tasks.parquet",
        "meta/stats.json",
        "meta/episodes/chunk-000/file-000.parquet",
        "data/chunk-000/file-000.parquet",
    ];
    for round in 0..60 {
        let name = files[round % files.len()];
        let set = broken("lerobot_v30_images", |_| {});
        let path = set.path().join(name);
        let mut bytes = fs::read(&path).unwrap();
        for _ in 0..3 {
            let at = random.random_range(0..bytes.len());
            bytes[at] = random.random();
        }
        fs::write(&path, &bytes).unwrap();
        if let Ok(mut opened) = Episodes::open(set.path()) {
            drop(opened.check(Thoroughness::Usual, &JobContext::silent()));
            drop(opened.statistics());
        }
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn conversions_go_there_and_back() {
    for (name, there, back) in [
        ("lerobot_v21_h264", Version::V30, Version::V21),
        ("lerobot_v21_av1", Version::V30, Version::V21),
        ("lerobot_v30_av1", Version::V21, Version::V30),
        ("lerobot_v30_h264", Version::V30, Version::V30),
        ("lerobot_v30_images", Version::V21, Version::V30),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("there"), folder.path().join("back"));
        let mut source = Episodes::open(&fixture(name)).unwrap();
        for (from, to, version) in [(&fixture(name), &first, there), (&first, &second, back)] {
            let mut set = Episodes::open(from).unwrap();
            let done = set.convert(to, version, &JobContext::silent()).unwrap();
            assert!(done.defects.is_empty(), "{:?}", done.defects);
            assert_eq!((done.episodes, done.frames), (2, source.info().frames));
        }
        let mut round = Episodes::open(&second).unwrap();
        assert_eq!(round.version(), back);
        assert_eq!(round.tasks(), source.tasks());
        assert_eq!(round.info().features, source.info().features, "{name}");
        let defects = round
            .check(Thoroughness::Usual, &JobContext::silent())
            .unwrap();
        assert!(defects.is_empty(), "{name}: {defects:?}");
        for episode in 0..2 {
            assert_eq!(
                round.rows(episode, &[]).unwrap(),
                source.rows(episode, &[]).unwrap()
            );
            for camera in source.info().cameras.clone() {
                for row in [0, 1, source.episode(episode).unwrap().length - 1] {
                    let found = round.frame(episode, row, &camera.name).unwrap();
                    let wanted = source.frame(episode, row, &camera.name).unwrap();
                    assert_eq!(found.rgba(), wanted.rgba(), "{name}: copied without loss");
                }
            }
        }
        let mut again = Episodes::open(&fixture(name)).unwrap();
        let occupied = again.convert(&first, there, &JobContext::silent());
        assert!(matches!(occupied, Err(DataError::Occupied { .. })));
    }
}
