//! The golden folder, verified whole; and damaged copies of it, which must fail without ending the program.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use spvla::job::JobContext;
use spvla::model::device::{DeviceChoice, Precision};
use spvla::verify::{Config, Report, Verdict, VerifyError, run};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn verify(folder: &Path, only: Option<&str>) -> Result<Report, VerifyError> {
    let config = Config {
        folder: folder.to_owned(),
        device: DeviceChoice::Cpu,
        precision: Precision::F32,
        only: only.map(str::to_owned).into_iter().collect(),
    };
    run(&config, &JobContext::silent())
}

fn failures(report: &Report) -> Vec<String> {
    let failed = report
        .rows
        .iter()
        .filter(|row| row.verdict == Verdict::Failed);
    failed
        .map(|row| format!("{}/{}: {:?}", row.stage, row.tensor, row))
        .collect()
}

#[test]
fn every_stage_of_the_golden_folder_agrees_with_the_original() {
    let report = verify(&golden(), None).unwrap();
    assert_eq!(failures(&report), Vec::<String>::new());
    assert!(report.sound());
    let manifest = fs::read(golden().join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    for (path, entry) in manifest["files"].as_object().unwrap() {
        let stem = path.rsplit('/').next().unwrap().split('.').next().unwrap();
        for (tensor, _) in entry["tensors"].as_object().into_iter().flatten() {
            let listed = report
                .rows
                .iter()
                .any(|row| row.stage == stem && row.tensor == *tensor);
            assert!(listed, "{path}: {tensor} is in no row");
        }
    }
    let skipped = report
        .rows
        .iter()
        .filter(|row| row.verdict == Verdict::Skipped);
    let skipped: Vec<&str> = skipped.map(|row| row.tensor.as_str()).collect();
    assert_eq!(skipped, Vec::<&str>::new());
}

/// A copy of the folder in which files may be changed.
fn copy(into: &Path) {
    fn walk(from: &Path, to: &Path) {
        fs::create_dir_all(to).expect("files can be copied");
        for entry in fs::read_dir(from).expect("files can be copied") {
            let entry = entry.expect("files can be copied");
            let target = to.join(entry.file_name());
            if entry.file_type().expect("files can be copied").is_dir() {
                walk(&entry.path(), &target);
            } else {
                fs::copy(entry.path(), target).expect("files can be copied");
            }
        }
    }
    walk(&golden(), into);
}

#[test]
fn the_metric_vectors_are_verified_like_a_golden_folder() {
    let report = verify(&golden().join("metrics"), None).unwrap();
    assert_eq!(failures(&report), Vec::<String>::new());
    assert!(report.sound());
    assert_eq!(report.count(Verdict::Skipped), 0);
    let report = verify(&golden().join("metrics"), Some("trajectory/dfd")).unwrap();
    assert_eq!(report.rows.len(), 2, "dfd and dfd_raw");
}

#[test]
fn one_wrong_number_fails_and_says_where() {
    let folder = tempfile::tempdir().unwrap();
    copy(folder.path());
    let path = folder.path().join("stages/dit.safetensors");
    let mut bytes = fs::read(&path).unwrap();
    // The last tensor of the file is z_emb or x_emb: some float of the data is moved by far more than any tolerance.
    let last = bytes.len() - 4;
    bytes[last..].copy_from_slice(&1e3_f32.to_le_bytes());
    fs::write(&path, bytes).unwrap();
    let report = verify(folder.path(), Some("dit/")).unwrap();
    assert_eq!(report.count(Verdict::Failed), 1, "{:?}", failures(&report));
    assert!(!report.sound());
}

#[test]
fn missing_and_cut_files_fail_every_tensor_they_should_hold() {
    let folder = tempfile::tempdir().unwrap();
    copy(folder.path());
    fs::remove_file(folder.path().join("stages/ddim.safetensors")).unwrap();
    let path = folder.path().join("stages/lm_text_only.safetensors");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    for only in ["ddim/", "lm_text_only/"] {
        let report = verify(folder.path(), Some(only)).unwrap();
        assert_eq!(report.count(Verdict::Passed), 0, "{only}");
        assert!(report.count(Verdict::Failed) >= 3, "{only}");
        let named = report
            .rows
            .iter()
            .filter(|row| row.verdict == Verdict::Failed);
        assert!(named.clone().all(|row| row.note.is_some()));
    }
}

#[test]
fn another_question_than_the_stored_one_fails() {
    let folder = tempfile::tempdir().unwrap();
    copy(folder.path());
    let path = folder.path().join("cases.json");
    let mut cases: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    cases["predict"]["view1"]["instruction"] = "Pick up the blue plate.".into();
    cases["generate"]["base.one_image.greedy"]["ids"][3] = 1.into();
    fs::write(&path, serde_json::to_vec(&cases).unwrap()).unwrap();
    let report = verify(folder.path(), Some("predict_view1/")).unwrap();
    let failed = failures(&report).join("\n");
    assert!(failed.contains("hidden_state_4"), "{failed}");
    assert!(failed.contains("from pictures"), "{failed}");
    let report = verify(folder.path(), Some("generate/base.one_image.greedy ids")).unwrap();
    assert_eq!(report.count(Verdict::Failed), 1);
}

#[test]
fn a_folder_that_is_none_is_refused_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let error = verify(folder.path(), None).unwrap_err();
    assert!(error.to_string().contains("manifest.json"), "{error}");
    for text in [
        "",
        "[]",
        r#"{"files": {"../x": {}}}"#,
        r#"{"files": {"/etc/passwd": {}}}"#,
        r#"{"files": {"stages/a.safetensors": {"tensors": {"x": {"shape": [1], "compare": "guess"}}}}}"#,
        r#"{"files": {"stages/a.safetensors": {"tensors": {"x": {"shape": "big", "compare": "exact"}}}}}"#,
    ] {
        fs::write(folder.path().join("manifest.json"), text).unwrap();
        assert!(verify(folder.path(), None).is_err(), "{text}");
    }
    let unknown = r#"{"files": {"stages/new.safetensors": {"tensors": {"x": {"shape": [1], "compare": "exact"}}}}}"#;
    fs::write(folder.path().join("manifest.json"), unknown).unwrap();
    let report = verify(folder.path(), None).unwrap();
    assert_eq!(report.count(Verdict::Skipped), 1);
    assert!(!report.sound(), "nothing compared is nothing proven");
}
