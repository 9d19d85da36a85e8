//! Not run by default: what other libraries open, and how fast large sets are read.

use super::fixture;
use crate::data::labels::{FORMATS, read, write};

/// Writes every format into the folder named by `SPVLA_LABELS_OUT`, for `tests/bench/open_with_annotation_libraries.py`.
#[test]
#[ignore = "writes for other libraries to open; needs SPVLA_LABELS_OUT"]
fn for_other_libraries() {
    let out = std::path::PathBuf::from(std::env::var_os("SPVLA_LABELS_OUT").expect("a folder"));
    let of_coco = read(&fixture("coco/instances.json")).unwrap();
    let of_studio = read(&fixture("label_studio/export.json")).unwrap();
    for format in FORMATS.iter().filter(|format| format.is_written()) {
        let set = if format.name == "pixmo" {
            &of_studio
        } else {
            &of_coco
        };
        let report = write(set, &out.join(format.name), format.name).unwrap();
        println!("{}\n{report}", format.name);
    }
}

/// How fast large sets are read: one million boxes of COCO, and 200 000 conversations.
#[test]
#[ignore = "measures; run alone in release"]
fn large_sets_are_read() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("instances.json");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    write!(
        file,
        "{{\"categories\": [{{\"id\": 1, \"name\": \"cup\"}}], \"images\": ["
    )
    .unwrap();
    for i in 0..100_000 {
        let comma = if i > 0 { "," } else { "" };
        write!(
            file,
            "{comma}{{\"id\": {i}, \"file_name\": \"{i}.jpg\", \"width\": 640, \"height\": 480}}"
        )
        .unwrap();
    }
    write!(file, "], \"annotations\": [").unwrap();
    for i in 0..1_000_000 {
        let (comma, image) = (if i > 0 { "," } else { "" }, i % 100_000);
        write!(file, "{comma}{{\"id\": {i}, \"image_id\": {image}, \"category_id\": 1, \"bbox\": [{}.5, 2, 30, 40], \"area\": 1200, \"iscrowd\": 0}}", i % 500).unwrap();
    }
    write!(file, "]}}").unwrap();
    drop(file);
    let start = std::time::Instant::now();
    let set = read(&path).unwrap();
    let megabytes = std::fs::metadata(&path).unwrap().len() >> 20;
    println!(
        "COCO {megabytes} MB, {} boxes: {:.2?}",
        set.report.targets,
        start.elapsed()
    );
    drop(set);
    let path = folder.path().join("a.jsonl");
    let line = r#"{"image": "a.jpg", "width": 640, "height": 480, "conversations": [{"from": "human", "value": "<image>\nGive the bounding box for the cup."}, {"from": "gpt", "value": "```json\n[{\"bbox_2d\": [41, 62, 119, 158], \"label\": \"cup\"}]\n```"}]}"#;
    std::fs::write(&path, format!("{line}\n").repeat(200_000)).unwrap();
    let start = std::time::Instant::now();
    let set = read(&path).unwrap();
    println!(
        "200000 conversations, {} boxes: {:.2?}",
        set.report.targets,
        start.elapsed()
    );
}
