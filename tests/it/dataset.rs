//! `spvla dataset` as somebody runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/datasets")
        .join(name)
}

fn dataset(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spvla"))
        .arg("dataset")
        .args(arguments)
        .output()
        .expect("the program runs")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn path(path: &Path) -> &str {
    path.to_str().expect("paths of tests are UTF-8")
}

#[test]
fn info_says_what_the_fixtures_expect() {
    for name in ["lerobot_v30_av1", "lerobot_v21_h264", "lerobot_v30_images"] {
        let output = dataset(&["info", path(&fixture(name)), "--json"]);
        assert_eq!(output.status.code(), Some(0));
        let found = json(&output);
        let text = std::fs::read_to_string(fixture(&format!("{name}.expected.json"))).unwrap();
        let expected: Value = serde_json::from_str(&text).unwrap();
        for key in ["format", "episodes", "frames", "lengths"] {
            assert_eq!(found[key], expected[key], "{name} {key}");
        }
        assert_eq!(found["fps"].as_f64(), expected["fps"].as_f64());
        let cameras = found["cameras"].as_array().unwrap();
        assert_eq!(cameras.len(), expected["cameras"].as_array().unwrap().len());
        for (camera, wanted) in cameras.iter().zip(expected["cameras"].as_array().unwrap()) {
            assert_eq!(&camera["name"], wanted);
            assert_eq!(camera["width"], expected["width"]);
            assert_eq!(camera["height"], expected["height"]);
            let codec = if name.ends_with("av1") {
                "av1"
            } else if name.ends_with("h264") {
                "h264"
            } else {
                "png"
            };
            assert_eq!(camera["codec"], codec);
        }
        assert_eq!(found["features"]["action"]["shape"], serde_json::json!([7]));
        assert_eq!(found["tasks"].as_array().unwrap().len(), 2);
        let means = |value: &Value| -> Vec<f64> {
            value["mean"]
                .as_array()
                .unwrap()
                .iter()
                .map(|mean| mean.as_f64().unwrap())
                .collect()
        };
        let pairs = [
            means(&found["statistics"]["action"]),
            means(&expected["global_action_stats"]),
        ];
        assert!(
            pairs[0]
                .iter()
                .zip(&pairs[1])
                .all(|(a, b)| (a - b).abs() < 1e-6)
        );
        assert!(found["statistics"]["observation.state"]["std"].is_array());
    }
}

#[test]
fn frames_checks_and_conversions_work_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let (png, copy) = (folder.path().join("f.png"), folder.path().join("copy"));
    let source = fixture("lerobot_v21_h264");
    let shown = dataset(&[
        "frame",
        path(&source),
        "--episode",
        "1",
        "--index",
        "7",
        "--camera",
        "wrist",
        "--out",
        path(&png),
    ]);
    assert_eq!(shown.status.code(), Some(0), "{shown:?}");
    assert!(std::fs::read(&png).unwrap().starts_with(b"\x89PNG"));
    let converted = dataset(&[
        "convert",
        path(&source),
        path(&copy),
        "--to",
        "lerobot-v3.0",
    ]);
    assert_eq!(converted.status.code(), Some(0), "{converted:?}");
    let checked = json(&dataset(&["check", path(&copy), "--every-frame", "--json"]));
    assert_eq!(
        (&checked["usable"], &checked["errors"]),
        (&true.into(), &0.into()),
        "{checked}"
    );
    let again = folder.path().join("again.png");
    let shown = dataset(&[
        "frame",
        path(&copy),
        "--episode",
        "1",
        "--index",
        "7",
        "--camera",
        "wrist",
        "--out",
        path(&again),
    ]);
    assert_eq!(shown.status.code(), Some(0));
    assert_eq!(
        std::fs::read(&png).unwrap(),
        std::fs::read(&again).unwrap(),
        "the same picture"
    );
    let speed = json(&dataset(&[
        "bench",
        path(&copy),
        "--camera",
        "wrist",
        "--seeks",
        "5",
        "--json",
    ]));
    assert!(speed["seek_p50_ms"].as_f64().unwrap() > 0.0);
}

#[test]
fn what_cannot_be_done_is_said() {
    let nowhere = dataset(&["info", "/nowhere", "--json"]);
    assert_eq!(nowhere.status.code(), Some(1));
    let folder = tempfile::tempdir().unwrap();
    let unknown = dataset(&["info", path(folder.path())]);
    let text = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(
        text.contains("no dataset") && text.contains("LeRobot"),
        "{text}"
    );
    let format = dataset(&[
        "convert",
        path(&fixture("lerobot_v30_av1")),
        "x",
        "--to",
        "rlds",
    ]);
    let text = String::from_utf8_lossy(&format.stderr).into_owned();
    assert!(
        text.contains("rlds") && text.contains("lerobot-v3.0"),
        "{text}"
    );
    std::fs::create_dir(folder.path().join("meta")).unwrap();
    std::fs::write(folder.path().join("meta/info.json"), "{}").unwrap();
    let checked = dataset(&["check", path(folder.path()), "--json"]);
    assert_eq!(checked.status.code(), Some(1));
    assert_eq!(json(&checked)["usable"], false);
}
