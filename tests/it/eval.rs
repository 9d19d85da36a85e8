//! Evaluation as somebody runs it: files in, reports out, and what a stranger's file may do.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn spvla(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spvla"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program runs")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

#[test]
fn answers_from_files_are_scored_with_the_unread_in_the_denominator() {
    let folder = tempfile::tempdir().unwrap();
    let [predictions, truth, out] =
        ["p.jsonl", "t.jsonl", "out"].map(|name| folder.path().join(name));
    fs::write(
        &truth,
        "{\"id\": \"a\", \"box\": [0, 0, 10, 10], \"width\": 20, \"height\": 20}\n\
         {\"id\": \"b\", \"box\": [0, 0, 10, 10], \"width\": 20, \"height\": 20}\n",
    )
    .unwrap();
    fs::write(
        &predictions,
        "{\"id\": \"a\", \"text\": \"[{\\\"bbox_2d\\\": [0, 0, 10, 10]}]\"}\n{\"id\": \"b\", \"text\": \"No.\"}\n",
    )
    .unwrap();
    let files = [
        "eval",
        "grounding",
        "--predictions",
        text(&predictions),
        "--truth",
        text(&truth),
    ];
    let output = spvla(&[&files[..], &["--out", text(&out), "--json"]].concat());
    assert_eq!(output.status.code(), Some(0));
    let found = json(&output);
    assert_eq!(found["schema"], 1);
    let boxes = &found["grounding"]["kinds"]["box"];
    assert_eq!(boxes["unparsed"], 1);
    assert_eq!(boxes["boxes"]["accuracy"]["0.50"]["rate"], 0.5);
    let page = spvla(&files);
    assert!(
        String::from_utf8(page.stdout)
            .unwrap()
            .contains("| all | box | 2 | 1 | IoU@0.50 | 50.0 [9.5, 90.5] |")
    );
    let same = spvla(&["eval", "compare", text(&out), text(&out), "--json"]);
    assert_eq!(same.status.code(), Some(0));
    assert_eq!(json(&same)["comparison"]["pairs"][0]["p"], 1.0);
    fs::write(&truth, "{\"id\": \"a\"}\n").unwrap();
    let refused = spvla(&files);
    assert_eq!(refused.status.code(), Some(1));
    let why = String::from_utf8(refused.stderr).unwrap();
    assert!(
        why.contains("line 1") && why.contains("has no plan"),
        "{why}"
    );
}

#[test]
fn the_expert_passes_the_loop_and_the_report_is_of_the_documented_shape() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let arguments = [
        "eval",
        "simulator",
        "--policy",
        "expert",
        "--episodes",
        "1",
        "--no-video",
        "--out",
        text(&out),
    ];
    let output = spvla(&[&arguments[..], &["--json"]].concat());
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let found = json(&output);
    let report = &found["simulator"];
    assert_eq!(
        (&found["schema"], &report["n"], &report["world"]),
        (&1.into(), &4.into(), &"built-in suite".into())
    );
    assert_eq!(report["rows"].as_array().unwrap().len(), 4);
    assert!(report["averages"]["base WidowX VM"].as_f64().unwrap() >= 0.5);
    for name in [
        "settings.json",
        "episodes.jsonl",
        "report.json",
        "report.md",
    ] {
        assert!(out.join(name).exists(), "{name}");
    }
    let again = spvla(&[&arguments[..], &["--seed", "9"]].concat());
    assert_eq!(
        again.status.code(),
        Some(1),
        "another seed does not go into the same folder"
    );
    let odd = spvla(&[
        "eval",
        "simulator",
        "--policy",
        "expert",
        "--suite",
        "moon",
        "--out",
        text(&out),
    ]);
    assert!(
        String::from_utf8(odd.stderr)
            .unwrap()
            .contains("widowx, google and all")
    );
}

#[test]
fn a_checkpoint_drives_and_is_filmed() {
    if spvla::sim::render::Renderer::open().is_err() {
        eprintln!("SKIPPED: no graphics adapter");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let output = spvla(&[
        "eval",
        "simulator",
        "--checkpoint",
        "tests/golden/run",
        "--statistics-key",
        "oxe_bridge",
        "--episodes",
        "1",
        "--execute",
        "16",
        "--steps",
        "2",
        "--device",
        "cpu",
        "--out",
        text(&out),
        "--json",
    ]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let found = json(&output);
    let episode = &found["simulator"]["episodes"][0];
    assert_eq!(
        episode["queries"],
        episode["steps"].as_u64().unwrap().div_ceil(16)
    );
    let film = out.join(episode["video"].as_str().unwrap());
    let video = spvla::media::Video::open(&film).unwrap();
    assert_eq!(video.info().frames, episode["steps"].as_u64().unwrap() + 1);
}
