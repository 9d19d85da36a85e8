//! Files in, scores out; a checkpoint asked, interrupted and asked again.

use std::path::PathBuf;

use super::*;
use crate::job::JobContext;
use crate::model::device::{DeviceChoice, Precision};

const TRUTH: &str = r#"
{"id": "a", "kind": "box", "width": 100, "height": 100, "box": [0, 0, 10, 10], "group": "seen"}
{"id": "b", "kind": "box", "width": 100, "height": 100, "box": [0, 0, 10, 10], "group": "unseen"}
{"id": "c", "kind": "box", "width": 100, "height": 100, "box": [0, 0, 10, 10], "group": "unseen"}
{"id": 4, "kind": "point", "polygon": [[0, 0], [9, 0], [0, 9]]}
{"id": "t", "kind": "trace", "width": 300, "height": 400, "trace": [[0, 0], [70, 0]]}
"#;

const PREDICTIONS: &str = r#"
{"id": "a", "text": "```json\n[{\"bbox_2d\": [0, 0, 10, 10], \"label\": \"cup\"}]\n```", "confidence": 0.9}
{"id": "b", "text": "There is no cup.", "confidence": 0.2}
{"id": 4, "points": [[1, 1], [8, 8]]}
{"id": "t", "text": "[[0, 5], [70, 5]]"}
{"id": "stranger", "box": [0, 0, 1, 1]}
"#;

fn scored() -> (GroundingReport, Vec<Score>) {
    let folder = tempfile::tempdir().expect("a folder");
    let [predictions, truth] = ["p.jsonl", "t.jsonl"].map(|name| folder.path().join(name));
    std::fs::write(&predictions, PREDICTIONS).expect("writes");
    std::fs::write(&truth, TRUTH).expect("writes");
    from_files(&predictions, &truth).expect("scores")
}

#[test]
fn unread_and_missing_answers_stay_in_the_denominator() {
    let (report, scores) = scored();
    assert_eq!(
        (report.n, report.unparsed, report.missing, report.unknown),
        (5, 2, 1, 1)
    );
    let boxes = &report.kinds[&AnswerKind::Box];
    assert_eq!((boxes.n, boxes.unparsed), (3, 2));
    let overlaps = boxes.boxes.as_ref().expect("boxes");
    let rate = overlaps.accuracy["0.50"];
    assert_eq!((rate.k, rate.n), (1, 3));
    assert!((overlaps.mean_iou.expect("a mean").mean - 1.0 / 3.0).abs() < 1e-6);
    assert_eq!(boxes.calibration.expect("two state it").n, 2);
    assert!((report.kinds[&AnswerKind::Point].inside[&Region::Polygon].mean - 0.5).abs() < 1e-12);
    let ade = report.kinds[&AnswerKind::Trace].trace["ADE, px"].mean;
    assert!((ade - 5.0).abs() < 1e-4, "{ade}");
    assert_eq!(report.groups["unseen"][&AnswerKind::Box].n, 2);
    assert_eq!(scores.len(), 5);
}

#[test]
fn a_report_is_written_and_read_back() {
    let (report, scores) = scored();
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), &report, &scores).expect("writes");
    let text = std::fs::read_to_string(folder.path().join("report.json")).expect("a report");
    let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(value["schema"], SCHEMA);
    let back: GroundingReport =
        serde_json::from_value(value["grounding"].clone()).expect("a report");
    // The last digit of a number may be lost in text.
    assert_eq!(back.markdown(), report.markdown());
    let scores_: Vec<Score> = journal::read(&folder.path().join("scores.jsonl")).expect("scores");
    let brief = |scores: &[Score]| {
        scores
            .iter()
            .map(|s| (s.id.clone(), s.parsed, s.hit))
            .collect::<Vec<_>>()
    };
    assert_eq!(brief(&scores_), brief(&scores));
    let page = std::fs::read_to_string(folder.path().join("report.md")).expect("a page");
    assert!(
        page.contains("| unseen | box | 2 | 2 | IoU@0.50 | 0.0 [0.0, 65.8] |"),
        "{page}"
    );
}

#[test]
fn a_bad_line_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.jsonl");
    for (line, what) in [
        ("{", "line 1"),
        (r#"{"id": "a", "kind": "box"}"#, "no box to compare"),
        (r#"{"id": [], "text": "x"}"#, "neither text nor a number"),
        (
            r#"{"id": 1, "mask": {"size": [2, 2], "counts": [9]}}"#,
            "9 pixels",
        ),
        (
            r#"{"id": 1, "mask": {"size": [4000000000, 4000000000], "counts": [9]}}"#,
            "scale it down",
        ),
    ] {
        std::fs::write(&path, line).expect("writes");
        let error = from_files(&path, &path).expect_err(line).to_string();
        assert!(error.contains(what), "{line}: {error}");
    }
}

#[test]
fn malformed_answers_are_misses_and_sizes_come_from_masks() {
    let folder = tempfile::tempdir().expect("a folder");
    let [predictions, truth] = ["p.jsonl", "t.jsonl"].map(|name| folder.path().join(name));
    let write = |path: &Path, text: &str| std::fs::write(path, text).expect("writes");
    let inside = r#"{"id": 1, "mask": {"size": [100, 100], "counts": [0, 10000]}}"#;
    let boxed = r#"{"id": 2, "box": [0, 0, 10, 10]}"#;
    let plan = r#"{"id": 3, "kind": "plan", "text": "grasp the cup"}"#;
    write(&truth, &format!("{inside}\n{boxed}\n{plan}\n"));
    let lines = [
        r#"{"id": 1, "text": "[(37, 5)]", "resized": [50, 50]}"#,
        r#"{"id": 2, "box": [1, 2, "x"]}"#,
        r#"{"id": 3, "text": "grasp the cup", "resized": [50, 50]}"#,
    ];
    write(&predictions, &lines.join("\n"));
    let (report, scores) = from_files(&predictions, &truth).expect("scores");
    assert_eq!((report.n, report.unparsed), (3, 1));
    assert_eq!((scores[0].hit, scores[1].hit), (Some(true), Some(false)));
    write(
        &predictions,
        r#"{"id": 2, "text": "[1, 2, 3, 4]", "resized": [50, 50]}"#,
    );
    let error = from_files(&predictions, &truth)
        .expect_err("no size")
        .to_string();
    assert!(error.contains("no width and height"), "{error}");
    write(&truth, "\n");
    let error = from_files(&predictions, &truth)
        .expect_err("empty")
        .to_string();
    assert!(error.contains("no lines"), "{error}");
}

#[test]
fn names_of_other_tools_and_conversations_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let [predictions, truth] = ["p.jsonl", "t.jsonl"].map(|name| folder.path().join(name));
    let write = |path: &Path, text: &str| std::fs::write(path, text).expect("writes");
    write(
        &truth,
        r#"{"question_id": 1, "type": "box", "gt": [0, 0, 10, 10]}
{"question_id": 2, "type": "trace", "gt": [[0, 0], [9, 0]], "width": 10, "height": 10}
{"question_id": 3, "type": "plan", "gt": "grasp the cup"}"#,
    );
    write(
        &predictions,
        r#"{"question_id": 1, "answer": "<box>[[0, 0, 10, 10]]</box>"}
{"question_id": 2, "pred": [[0, 0], [9, 0]]}
{"question_id": 3, "prediction": "Grasp the cup."}"#,
    );
    let (report, scores) = from_files(&predictions, &truth).expect("scores");
    assert_eq!(report.unparsed, 0, "{scores:#?}");
    assert!(scores[0].hit == Some(true) && scores[2].hit == Some(true));
    assert!(scores[1].trace.expect("a trace").ade < 1e-6);
    write(
        &truth,
        r#"{"id": "a", "image": "gone.png", "width": 640, "height": 480, "type": "box", "conversations":
            [{"from": "human", "value": "<image>\nGive the bounding box for the cup."},
             {"from": "gpt", "value": "[{\"bbox_2d\": [10, 20, 30, 40]}]"}]}"#
            .replace('\n', " ")
            .as_str(),
    );
    write(&predictions, r#"{"id": "a", "text": "[10, 20, 30, 40]"}"#);
    let (report, _) = from_files(&predictions, &truth).expect("scores");
    assert_eq!(
        report.groups["box"][&AnswerKind::Box]
            .hits
            .expect("a box")
            .k,
        1
    );
}

fn golden(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(path)
}

#[test]
fn a_checkpoint_is_asked_and_an_interrupted_run_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = AskConfig {
        checkpoint: golden("golden/run"),
        base_vlm: None,
        dataset: golden("fixtures/labels/coco/instances.json"),
        out: folder.path().join("run"),
        limit: 3,
        max_new_tokens: 4,
        device: DeviceChoice::Cpu,
        precision: Precision::F32,
    };
    let (first, scores) = ask(&config, &JobContext::silent()).expect("asks");
    assert_eq!((first.n, first.missing, scores.len()), (3, 0, 3));
    assert!(first.seconds.expect("it took time") > 0.0);
    let path = config.out.join("predictions.jsonl");
    let lines = std::fs::read_to_string(&path).expect("lines");
    let kept = lines.lines().next().expect("one").to_owned() + "\n{\"id\": \"cut o";
    std::fs::write(&path, &kept).expect("cut");
    let (second, again) = ask(&config, &JobContext::silent()).expect("goes on");
    assert_eq!((second.n, again), (3, scores), "the answers are the same");
    let lines_again = std::fs::read_to_string(&path).expect("lines");
    assert_eq!(
        lines_again.lines().next(),
        lines.lines().next(),
        "the first was not asked again"
    );
    let other = AskConfig {
        max_new_tokens: 5,
        ..config
    };
    assert!(matches!(
        ask(&other, &JobContext::silent()),
        Err(EvalError::OtherRun { .. })
    ));
}
