//! Pairs: what is compared with what, and what chance says of it.

use super::super::grounding::{from_files, write};
use super::*;

fn run(folder: &Path, name: &str, predictions: &str) -> std::path::PathBuf {
    let truth = folder.join("truth.jsonl");
    let lines = [0, 1, 2, 3].map(|i| format!("{{\"id\": {i}, \"box\": [0, 0, 10, 10]}}\n"));
    std::fs::write(&truth, lines.concat()).expect("writes");
    let path = folder.join(format!("{name}.jsonl"));
    std::fs::write(&path, predictions).expect("writes");
    let (report, scores) = from_files(&path, &truth).expect("scores");
    let out = folder.join(name);
    write(&out, &report, &scores).expect("writes");
    out
}

fn answers(right: &[usize]) -> String {
    let line = |i: usize| {
        let side = if right.contains(&i) { 10 } else { 3 };
        format!("{{\"id\": {i}, \"box\": [0, 0, {side}, {side}]}}\n")
    };
    (0..4).map(line).collect()
}

#[test]
fn questions_of_one_name_and_two_truths_are_no_pair() {
    let folder = tempfile::tempdir().expect("a folder");
    let one = run(folder.path(), "one", &answers(&[0, 1]));
    let truth = "{\"id\": 0, \"box\": [0, 0, 10, 10]}\n{\"id\": 1, \"box\": [5, 5, 9, 9]}\n";
    let path = folder.path().join("others.jsonl");
    std::fs::write(&path, truth).expect("writes");
    let (report, scores) = from_files(&folder.path().join("one.jsonl"), &path).expect("scores");
    let other = folder.path().join("other");
    write(&other, &report, &scores).expect("writes");
    let found = compare(&one, &other).expect("compares");
    assert_eq!(found.pairs[0].first.n, 1);
    assert_eq!(found.alone, [3, 1]);
}

#[test]
fn what_is_kept_counts_shared_questions_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = run(folder.path(), "before", &answers(&[0, 1, 2, 3]));
    let after = run(folder.path(), "after", &answers(&[0, 1]));
    let path = after.join("scores.jsonl");
    let scores = std::fs::read_to_string(&path).expect("reads");
    let shorter: String = scores.split_inclusive('\n').take(2).collect();
    std::fs::write(&path, shorter).expect("writes");
    let found = compare(&before, &after).expect("compares");
    assert_eq!(found.alone, [2, 0]);
    assert!(found.kept.iter().all(|kept| kept.ratio == Some(1.0)));
}

#[test]
fn questions_are_paired_and_loss_is_an_alarm() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = run(folder.path(), "before", &answers(&[0, 1, 2]));
    let after = run(folder.path(), "after", &answers(&[0, 3]));
    let found = compare(&before, &after).expect("compares");
    let all = found
        .pairs
        .iter()
        .find(|pair| pair.of == "all")
        .expect("all");
    assert_eq!(
        (
            all.counts.both,
            all.counts.first_only,
            all.counts.second_only
        ),
        (1, 2, 1)
    );
    assert!((all.p - 1.0).abs() < 1e-12 && all.only_second == ["3"]);
    let hit = found
        .kept
        .iter()
        .find(|kept| kept.measure == "box IoU@0.5")
        .expect("boxes");
    assert!((hit.ratio.expect("a ratio") - 2.0 / 3.0).abs() < 1e-12 && hit.alarm);
    assert!(found.markdown().contains("less than 0.9 is kept"));
    assert!(compare(&before, folder.path()).is_err());
}
