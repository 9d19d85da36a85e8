//! Files of somebody who means harm, or whose disk was full.

use proptest::prelude::*;

use super::{file, fixture, picture};
use crate::data::labels::{LabelError, Outcome, read, write};

/// Whatever is read must be usable: finite, and inside the picture where it is a box.
fn read_is_sane(path: &std::path::Path) {
    let Ok(set) = read(path) else {
        return;
    };
    for target in set.samples.iter().flat_map(|sample| &sample.targets) {
        assert!(target.shape.is_finite());
        if let Some(rect) = target.boxed() {
            assert!(rect.x1 <= rect.x2 && rect.y1 <= rect.y2, "{rect:?}");
        }
    }
    assert!(!set.report.to_string().is_empty());
}

/// Every fixture, cut off anywhere or with a byte changed.
const FIXTURES: &[&str] = &[
    "coco/instances.json",
    "labelme/scene_002.json",
    "label_studio/export.json",
    "cvat/annotations.xml",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn damaged_files_never_panic(which in 0..FIXTURES.len(), part in 0.0_f64..1.0, byte: u8, cut: bool) {
        let mut bytes = std::fs::read(fixture(FIXTURES[which])).unwrap();
        let at = (bytes.len() as f64 * part) as usize;
        if cut {
            bytes.truncate(at);
        } else if let Some(own) = bytes.get_mut(at) {
            *own = byte;
        }
        let name = FIXTURES[which].rsplit('/').next().unwrap();
        let (_folder, path) = file(name, bytes);
        read_is_sane(&path);
    }

    #[test]
    fn hostile_numbers_never_panic(numbers in prop::collection::vec(prop_oneof![
        Just("1e308".to_owned()), Just("-1".to_owned()), Just("0".to_owned()), Just("null".to_owned()),
        Just("4294967295".to_owned()), Just("\"x\"".to_owned()), (-50.0_f64..500.0).prop_map(|v| v.to_string()),
    ], 9)) {
        let [a, b, c, d, w, h, id, k, v] = numbers.as_slice() else { unreachable!() };
        let coco = format!(
            "{{\"images\": [{{\"id\": {id}, \"file_name\": \"a.jpg\", \"width\": {w}, \"height\": {h}}}],
              \"categories\": [{{\"id\": 1, \"name\": \"x\"}}],
              \"annotations\": [{{\"id\": {k}, \"image_id\": {id}, \"category_id\": 1, \"bbox\": [{a}, {b}, {c}, {d}],
              \"segmentation\": {{\"size\": [{h}, {w}], \"counts\": [{a}, {b}, {c}]}}}},
              {{\"image_id\": {id}, \"bbox\": [{a}, {b}, {c}, {d}], \"keypoints\": [{a}, {b}, {v}]}}]}}"
        );
        let (_folder, path) = file("a.json", coco);
        read_is_sane(&path);
        let pixmo = format!("[{{\"image_url\": \"a\", \"points\": [{{\"x\": {a}, \"y\": {b}}}], \"label\": \"l\", \"count\": {c}}}]");
        let (_folder, path) = file("b.json", pixmo);
        read_is_sane(&path);
        let (_folder, path) = file("c.xml", format!(
            "<annotations><image id='0' name='a' width='{w}' height='{h}'><box label='x' xtl='{a}' ytl='{b}' xbr='{c}' \
             ybr='{d}'/><mask rle='{a},{b}' left='{c}' top='{d}' width='{w}' height='{h}'/></image></annotations>"));
        read_is_sane(&path);
    }
}

#[test]
fn a_file_that_breaks_off_keeps_its_beginning() {
    let text = std::fs::read_to_string(fixture("label_studio/export.json")).unwrap();
    let (_folder, path) = file("export.json", &text[..text.len() / 2]);
    let set = read(&path).unwrap();
    assert!((1..6).contains(&set.samples.len()));
    assert_eq!(
        set.report.defect_counts[&Outcome::Skipped]["file breaks off"],
        1
    );
    let text = std::fs::read_to_string(fixture("cvat/annotations.xml")).unwrap();
    let (_folder, path) = file("a.xml", &text[..text.len() / 2]);
    let set = read(&path).unwrap();
    assert!(!set.samples.is_empty());
    assert_eq!(
        set.report.defect_counts[&Outcome::Skipped]["file breaks off"],
        1
    );
}

#[test]
fn text_that_is_not_utf8_is_named_by_its_line() {
    let (_folder, path) = file(
        "a.xml",
        b"<annotations>\n<version>1.1</version>\n<a b='\xff'/></annotations>",
    );
    let error = read(&path).unwrap_err();
    assert!(
        matches!(error, LabelError::NotUtf8 { line: 3, .. }),
        "{error}"
    );
}

#[test]
fn one_broken_labelme_file_does_not_spoil_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let good = r#"{"version": "5", "shapes": [], "imagePath": "a.png", "imageWidth": 4, "imageHeight": 4}"#;
    std::fs::write(folder.path().join("a.json"), good).unwrap();
    std::fs::write(folder.path().join("b.json"), &good[..60]).unwrap();
    let set = read(folder.path()).unwrap();
    assert_eq!(
        (set.samples.len(), set.report.count(Outcome::Skipped)),
        (1, 1)
    );
}

#[test]
fn paths_do_not_lead_out_when_reading_or_writing() {
    let (folder, path) = file(
        "in/a.json",
        r#"{"version": "5", "shapes": [], "imagePath": "../../secret.png", "imageWidth": 4, "imageHeight": 4}"#,
    );
    picture(&folder.path().join("secret.png"), 4, 4, 1);
    let set = read(&path).unwrap();
    assert!(set.samples[0].image().unwrap().file.is_none());
    assert_eq!(
        set.report.defect_counts[&Outcome::Skipped]["path leads out of the dataset"],
        1
    );
    for format in ["labelme", "coco", "cvat", "label_studio", "yolo"] {
        let out = folder.path().join(format!("deep/out_{format}"));
        write(&set, &out, format).unwrap();
        let mut outside = std::fs::read_dir(folder.path().join("deep")).unwrap();
        assert!(
            outside.all(|entry| entry.unwrap().path().is_dir()),
            "{format}"
        );
    }
    let top: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(top.len(), 3, "{top:?}");
}

#[test]
fn sizes_that_differ_are_said() {
    let (folder, path) = file(
        "a.json",
        r#"{"images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 30}], "annotations": [], "categories": []}"#,
    );
    picture(&folder.path().join("a.png"), 20, 15, 1);
    let set = read(&path).unwrap();
    assert_eq!(
        set.report.defect_counts[&Outcome::Kept]["size differs from the picture"],
        1
    );
}

#[test]
fn a_picture_that_occurs_twice_is_said() {
    let line = |name: &str| {
        format!(
            r#"{{"image": "{name}", "conversations": [{{"from": "human", "value": "<image>\nHi"}}, {{"from": "gpt", "value": "Yo"}}]}}"#
        )
    };
    let (folder, path) = file(
        "a.jsonl",
        [line("a.png"), line("b.png"), line("c.png")].join("\n"),
    );
    for (name, luma) in [("a.png", 1), ("b.png", 1), ("c.png", 2)] {
        picture(&folder.path().join(name), 9, 9, luma);
    }
    let set = read(&path).unwrap();
    assert_eq!(
        set.report.duplicates,
        [("a.jsonl line 1".to_owned(), "a.jsonl line 2".to_owned())]
    );
}

#[test]
fn ids_that_occur_twice_in_a_file_are_said() {
    let line = |id: &str, asked: &str| {
        format!(
            r#"{{"id": {id}, "conversations": [{{"from": "human", "value": "{asked}"}}, {{"from": "gpt", "value": "yes"}}]}}"#
        )
    };
    let ids = ["7", "\"a\"", "7", "8", "\"a\"", "null", "null"];
    let lines: Vec<String> = ids
        .iter()
        .enumerate()
        .map(|(at, id)| line(id, &format!("question {at}?")))
        .collect();
    let (_folder, path) = file("train.jsonl", lines.join("\n"));
    let set = read(&path).unwrap();
    assert_eq!(set.samples.len(), 7, "all are kept");
    let said: Vec<String> = set.report.defects.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said[0].contains("line 3") && said[0].contains("\"7\" occurred before"),
        "{}",
        said[0]
    );
    assert!(
        said[1].contains("line 5") && said[1].contains("\"a\" occurred before"),
        "{}",
        said[1]
    );
}
