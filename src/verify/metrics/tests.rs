//! The public vectors, degenerate cases by the same conventions, and files that are no such thing.

use super::*;

/// The rows of one file of this name and content.
fn rows_of(name: &str, content: &str) -> Vec<Row> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(format!("{name}.json"));
    std::fs::write(&path, content).expect("a file");
    rows(&[path], &JobContext::silent()).expect("not cancelled")
}

fn named(rows: &[Row], verdict: Verdict) -> Vec<String> {
    let of = rows.iter().filter(|row| row.verdict == verdict);
    of.map(|row| row.tensor.clone()).collect()
}

#[test]
fn every_public_vector_agrees_and_none_is_skipped() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/metrics");
    let files = files(&folder).expect("vectors");
    assert_eq!(files.len(), FAMILIES.len());
    let rows = rows(&files, &JobContext::silent()).expect("not cancelled");
    let bad: Vec<&Row> = rows
        .iter()
        .filter(|row| row.verdict != Verdict::Passed)
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
    assert!(rows.len() > 60, "{} rows", rows.len());
}

#[test]
fn one_wrong_number_fails_its_measure_alone() {
    let vector = r#"{"convention": "", "rows": [{"sim": [0.1, 0.2], "real": [0.8, 0.5], "mmrv": 0.300002,
        "pearson": -1.0}]}"#;
    let rows = rows_of("real_sim", vector);
    assert_eq!(named(&rows, Verdict::Failed), ["mmrv"]);
    assert_eq!(named(&rows, Verdict::Passed), ["pearson"]);
}

#[test]
fn degenerate_cases_follow_the_conventions() {
    let cases = [
        (
            "box",
            r#"{"convention": "hit when IoU >= 0.75", "rows": [
              {"pred": null, "gt": [0, 0, 4, 4], "iou": 0.0, "hit": false},
              {"pred": [0, 0, 4, 3], "gt": [0, 0, 4, 4], "iou": 0.75, "hit": true},
              {"pred": [4, 4, 0, 0], "gt": [0, 0, 4, 4], "iou": 0.0, "hit": false}],
              "mean_iou": 0.25, "acc": {"0.75": 0.333333333}, "with_unparsed": {"unparsed": 1, "acc75": 0.25}}"#,
        ),
        ("box", r#"{"convention": "", "rows": [], "mean_iou": null}"#),
        (
            "trajectory",
            r#"{"convention": "resample both polylines to 3 points", "rows": [
              {"pred": [], "gt": [[0, 0], [1, 1]], "image": [30, 40], "dfd": 50.0, "dtw": null, "pred_resampled3": []},
              {"pred": [[1, 1]], "gt": [[1, 1], [1, 1]], "image": [30, 40], "dfd": 0.0,
               "pred_resampled3": [[1, 1], [1, 1], [1, 1]]}]}"#,
        ),
        (
            "real_sim",
            r#"{"convention": "", "rows": [{"sim": [], "real": [], "mmrv": null, "pearson": NaN},
              {"sim": [0.5], "real": [0.1], "mmrv": 0.0, "pearson": null}]}"#,
        ),
        (
            "success",
            r#"{"convention": "", "wilson": [{"successes": 0, "n": 0, "rate": null, "wilson95": [0, 1]}],
              "widowx": {"spoon": [{"k": 1, "n": 2}, {"k": 3, "n": 4}], "carrot": {"k": 0, "n": 3},
              "columns": {"spoon": 0.625, "carrot": 0.0}, "average": 0.3125}}"#,
        ),
        (
            "agreement",
            r#"{"convention": "ECE: 5 equal bins (lo,hi]", "confidence": [0.1, 0.9], "correct": [0, 1], "ece": 0.1,
              "mce": 0.1, "labels": [["a", null], ["a", "b"]], "cohen_kappa_12": null, "krippendorff_alpha": null}"#,
        ),
        (
            "point_box_polygon",
            r#"{"convention": "", "polygon": [[0, 0], [4, 0], [0, 4]],
              "polygon_rows": [{"point": [2, 2], "inside": true}, {"point": [2.1, 2], "inside": false}]}"#,
        ),
    ];
    for (name, content) in cases {
        let rows = rows_of(name, content);
        assert_eq!(
            named(&rows, Verdict::Failed),
            Vec::<String>::new(),
            "{name}: {rows:#?}"
        );
        assert!(!named(&rows, Verdict::Passed).is_empty(), "{name}");
    }
}

#[test]
fn what_nothing_here_computes_is_skipped_and_what_is_damaged_fails() {
    let rows = rows_of(
        "robustness",
        r#"{"convention": "", "surprise": 3, "retention": [{"base": 2, "after": 1, "ratio": 0.5, "log": 1}]}"#,
    );
    assert_eq!(named(&rows, Verdict::Skipped), ["log", "surprise"]);
    assert_eq!(named(&rows, Verdict::Passed), ["ratio"]);
    assert_eq!(
        named(
            &rows_of("weather", r#"{"convention": ""}"#),
            Verdict::Skipped
        ),
        ["(file)"]
    );
    for damaged in ["{", "[]", "[[[[", ""] {
        assert_eq!(
            named(&rows_of("box", damaged), Verdict::Failed),
            ["(file)"],
            "{damaged}"
        );
    }
    let rows = rows_of(
        "box",
        r#"{"convention": "", "rows": [{"pred": [0, 0, 1, 1], "gt": "here", "iou": 1}]}"#,
    );
    assert!(named(&rows, Verdict::Passed).is_empty() && !named(&rows, Verdict::Failed).is_empty());
}

#[test]
fn python_words_become_null_but_not_in_text() {
    let text = r#"{"a": NaN, "b\" NaN": "NaN", "c": [-Infinity, Infinity]}"#;
    let value: Value = serde_json::from_str(&without_nan(text)).expect("JSON");
    assert!(value["a"].is_null() && value["c"][1].is_null());
    assert_eq!(value["b\" NaN"], "NaN");
}

#[test]
fn conventions_state_numbers() {
    assert_eq!(
        number_after("hit when IoU >= 0.75; x", "IoU >="),
        Some(0.75)
    );
    assert_eq!(number_after("min 3136 pixels", "min"), Some(3136.0));
    assert_eq!(number_after("ends with IoU >= 0.5.", "IoU >="), Some(0.5));
    assert_eq!(
        count_before("ECE: 10 equal bins (lo,hi]", " equal bins"),
        Some(10)
    );
    assert_eq!(count_before("no number equal bins", " equal bins"), None);
}
