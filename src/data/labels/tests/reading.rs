//! Forms that only some programs write, and formats that are only read.

use super::{file, picture};
use crate::data::labels::{Outcome, ReadOptions, Rect, Shape, TargetKind, read, read_with};
use crate::grounding::prompt::Task;

#[test]
fn coco_masks_keypoints_captions_and_loose_forms() {
    let (_folder, path) = file(
        "instances_val2017.json",
        r#"{"images": [{"id": "a", "file_name": "x.jpg", "width": 4, "height": 3}],
            "categories": [{"id": 9, "name": "person", "keypoints": ["nose", "eye"]}],
            "annotations": [
              {"id": 1, "image_id": "a", "category_id": 9, "iscrowd": 1, "bbox": [0, 0, 2, 3],
               "segmentation": {"size": [3, 4], "counts": [0, 6, 6]}},
              {"id": 2, "image_id": "a", "category_id": 9, "bbox": [0, 0, 4, 3], "num_keypoints": 1,
               "keypoints": [1, 1, 2, 0, 0, 0], "area": 12, "score": 0.5},
              {"id": 3, "image_id": "a", "category_id": 9, "segmentation": [0, 0, 2, 0, 2, 2]},
              {"id": 4, "image_id": "a", "caption": "somebody"},
              {"id": 5, "image_id": "b", "category_id": 9, "bbox": [0, 0, 1, 1]},
              {"id": 2, "image_id": "a", "category_id": 3, "bbox": [1, 1, 1, 1]},
              {"id": 6, "image_id": "a", "bbox": "none"}, 7]}"#,
    );
    let set = read(&path).unwrap();
    assert_eq!(set.samples.len(), 2);
    assert_eq!(set.samples[0].split.as_deref(), Some("val2017"));
    let targets = &set.samples[0].targets;
    let kinds: Vec<&str> = targets
        .iter()
        .map(|target| target.shape.kind().name())
        .collect();
    assert_eq!(kinds, ["mask", "box", "point", "polygon", "box"]);
    assert!(targets[0].crowd && targets[0].to_grounding().is_none());
    assert_eq!(
        targets[0].shape.bounds(),
        Some(Rect::from_xywh([0.0, 0.0, 2.0, 3.0]))
    );
    assert_eq!(targets[1].score, Some(0.5));
    assert_eq!(
        (targets[2].label.as_deref(), targets[2].group),
        (Some("nose"), Some(2))
    );
    assert_eq!(set.samples[1].phrase.as_deref(), Some("somebody"));
    let skipped = &set.report.defect_counts[&Outcome::Skipped];
    assert_eq!(skipped["picture not listed"], 1);
    assert_eq!(skipped["not as the format asks for"], 2);
    let kept = &set.report.defect_counts[&Outcome::Kept];
    assert_eq!((kept["duplicate id"], kept["category not listed"]), (1, 1));
}

#[test]
fn references_of_refcoco_find_their_boxes() {
    let (folder, path) = file(
        "refs.json",
        r#"[{"ref_id": 3, "ann_id": 70, "image_id": 5, "split": "testA", "category_id": 1,
             "file_name": "COCO_train2014_000000000005_0.jpg",
             "sentences": [{"sent_id": 1, "sent": "left cup", "raw": "Left cup"}, {"sent": "the red one"}]},
            {"ref_id": 4, "ann_id": 71, "image_id": 5, "sentences": [{"sent": "lost"}]}]"#,
    );
    let instances = r#"{"images": [{"id": 5, "file_name": "COCO_train2014_000000000005.jpg", "width": 50, "height": 40}],
        "annotations": [{"id": 70, "image_id": 5, "category_id": 1, "bbox": [1, 2, 30, 20]}],
        "categories": [{"id": 1, "name": "cup"}]}"#;
    std::fs::write(folder.path().join("instances.json"), instances).unwrap();
    for path in [path.as_path(), folder.path()] {
        let set = read(path).unwrap();
        assert_eq!((set.format.as_str(), set.samples.len()), ("refcoco", 2));
        let second = &set.samples[1];
        assert_eq!(second.phrase.as_deref(), Some("the red one"));
        assert_eq!(second.split.as_deref(), Some("testA"));
        assert_eq!(
            second.targets[0].boxed(),
            Some(Rect::between([1.0, 2.0], [31.0, 22.0]))
        );
        assert_eq!(second.targets[0].attributes["category"], "cup");
        assert_eq!(
            second.image().unwrap().path,
            "COCO_train2014_000000000005.jpg"
        );
        assert_eq!(set.report.count(Outcome::Skipped), 1);
    }
}

#[test]
fn rows_of_refcoco_hold_their_boxes() {
    let (_folder, path) = file(
        "val.jsonl",
        "{\"question_id\": 1, \"question\": \"Where?\", \"answer\": [\"a cup\", \"cup\"], \"bbox\": [1.5, 2, 3, 4], \
         \"file_name\": \"COCO_train2014_000000000005_0.jpg\"}\n{\"question\": \"?\", \"bbox\": [1, 2]}\n",
    );
    let set = read(&path).unwrap();
    assert_eq!((set.format.as_str(), set.samples.len()), ("refcoco", 2));
    assert_eq!(
        set.samples[0].targets[0].boxed(),
        Some(Rect::from_xywh([1.5, 2.0, 3.0, 4.0]))
    );
    assert_eq!(set.report.count(Outcome::Skipped), 1);
}

#[test]
fn yolo_layouts_of_all_ages() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    picture(&at("images/train/a.png"), 100, 50, 1);
    picture(&at("images/val/b.png"), 100, 50, 2);
    std::fs::create_dir_all(at("labels/train")).unwrap();
    let lines = "0 0.5 0.5 0.2 0.4\n1 0.1 0.1 0.5 0.1 0.5 0.5\nx 1 2 3 4\n7 0.5 0.5 0.1 0.1 0.9\n0 1.0 0.5 0.2 0.2\n";
    std::fs::write(at("labels/train/a.txt"), lines).unwrap();
    std::fs::write(
        at("data.yaml"),
        "names: [cup, plate]\ntrain: images/train\n",
    )
    .unwrap();
    for path in [folder.path().to_owned(), at("data.yaml")] {
        let set = read(&path).unwrap();
        assert_eq!((set.format.as_str(), set.samples.len()), ("yolo", 2));
        let sample = &set.samples[0];
        assert_eq!(sample.split.as_deref(), Some("train"));
        assert_eq!(
            sample.targets[0].boxed(),
            Some(Rect::between([40.0, 15.0], [60.0, 35.0]))
        );
        assert_eq!(sample.targets[1].shape.kind(), TargetKind::Polygon);
        assert_eq!(sample.targets[2].score, Some(0.9));
        assert_eq!(
            sample.targets[3].boxed(),
            Some(Rect::between([90.0, 20.0], [100.0, 30.0]))
        );
        assert!(set.samples[1].targets.is_empty());
        assert_eq!(set.report.count(Outcome::Skipped), 1);
        assert_eq!(set.report.count(Outcome::Clipped), 1);
        assert_eq!(
            set.report.defect_counts[&Outcome::Kept]["category not listed"],
            1
        );
    }
}

#[test]
fn labelme_rectangles_circles_and_masks() {
    let mask = {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let part = image::GrayImage::from_fn(2, 2, |x, y| image::Luma([u8::from(x == y) * 255]));
        part.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            bytes.into_inner(),
        )
    };
    let shape = |kind: &str, points: &str, more: &str| {
        format!(r#"{{"label": "x", "shape_type": "{kind}", "points": {points}{more}}}"#)
    };
    let shapes = [
        shape("rectangle", "[[30, 20], [10, 5]]", r#", "group_id": 4"#),
        shape("rectangle", "[[1, 1], [5, 1], [5, 4], [1, 4]]", ""),
        shape("rectangle", "[[5, 1], [9, 5], [5, 9], [1, 5]]", ""),
        shape("circle", "[[20, 20], [23, 24]]", ""),
        shape("line", "[[1, 1], [2, 2]]", ""),
        shape("points", "[[1, 1], [2, 2]]", ""),
        shape(
            "mask",
            "[[3, 4], [4, 5]]",
            &format!(r#", "mask": "{mask}""#),
        ),
        shape("star", "[[1, 1]]", ""),
        shape("circle", "[[1, 1]]", ""),
        shape("mask", "[[3, 4], [4, 5]]", r#", "mask": "AAAA""#),
    ];
    let (folder, path) = file(
        "json/a.json",
        format!(
            r#"{{"version": "5.0", "shapes": [{}], "imagePath": "..\\images\\a.png", "imageData": null,
                 "imageHeight": 40, "imageWidth": 50}}"#,
            shapes.join(",")
        ),
    );
    picture(&folder.path().join("images/a.png"), 50, 40, 1);
    let set = read(&path).unwrap();
    let sample = &set.samples[0];
    assert!(sample.image().unwrap().file.is_some());
    let targets = &sample.targets;
    assert_eq!(
        targets[0].boxed(),
        Some(Rect::between([10.0, 5.0], [30.0, 20.0]))
    );
    assert_eq!(targets[0].group, Some(4));
    assert_eq!(
        targets[1].shape,
        Shape::upright(Rect::between([1.0, 1.0], [5.0, 4.0]))
    );
    assert_eq!(targets[2].shape.kind(), TargetKind::Polygon);
    assert_eq!(
        targets[3].boxed(),
        Some(Rect::between([15.0, 15.0], [25.0, 25.0]))
    );
    assert_eq!(targets[4].shape.kind(), TargetKind::Trace);
    assert_eq!(targets[5].shape, Shape::Point([1.0, 1.0]));
    let Shape::Mask(mask) = &targets[7].shape else {
        panic!("{:?}", targets[7]);
    };
    assert_eq!(
        (mask.area(), mask.bounds()),
        (2, Some(Rect::between([3.0, 4.0], [5.0, 6.0])))
    );
    assert_eq!(
        set.report.count(Outcome::Skipped),
        3,
        "{:?}",
        set.report.defects
    );
}

#[test]
fn label_studio_cancelled_predicted_and_flat() {
    let region = r#"{"id": "r", "type": "rectanglelabels", "original_width": 200, "original_height": 100, "image_rotation": 0,
        "value": {"x": 10, "y": 10, "width": 20, "height": 20, "rotation": 0, "rectanglelabels": ["cup"]}}"#;
    let (_folder, path) = file(
        "export.json",
        format!(
            r#"[{{"id": 1, "data": {{"image": "a.png"}}, "annotations": [
                  {{"id": 5, "was_cancelled": true, "result": [{region}]}}, {{"id": 6, "result": [{region}]}},
                  {{"id": 7, "result": [{region}]}}]}},
                {{"id": 2, "data": {{"image": "b.png"}}, "annotations": [], "predictions": [{{"result": [{region}]}}]}}]"#
        ),
    );
    let set = read(&path).unwrap();
    assert_eq!(
        set.samples
            .iter()
            .map(|s| s.targets.len())
            .collect::<Vec<_>>(),
        [1, 0]
    );
    assert_eq!(
        set.samples[0].targets[0].boxed(),
        Some(Rect::from_xywh([20.0, 10.0, 40.0, 20.0]))
    );
    assert_eq!(
        set.report.defect_counts[&Outcome::Skipped]["cancelled by its annotator"],
        1
    );
    let options = ReadOptions {
        predictions: true,
        ..ReadOptions::default()
    };
    let predicted = read_with(&path, &options).unwrap();
    assert_eq!(predicted.samples[1].targets.len(), 1);

    let (_folder, path) = file(
        "min.json",
        r#"[{"image": "/data/upload/a.png", "id": 3, "annotation_id": 8, "label": [{"x": 50, "y": 50, "width": 10,
            "height": 20, "rotation": 0, "rectanglelabels": ["cup"], "original_width": 200, "original_height": 100}]}]"#,
    );
    let flat = read(&path).unwrap();
    assert_eq!(flat.format, "label_studio");
    assert_eq!(
        flat.samples[0].targets[0].boxed(),
        Some(Rect::from_xywh([100.0, 50.0, 20.0, 20.0]))
    );
}

#[test]
fn tracks_of_cvat_become_frames() {
    let (_folder, path) = file(
        "video.xml",
        r#"<?xml version="1.0"?><annotations><version>1.1</version><meta><task><stop_frame>5</stop_frame>
        <original_size><width>100</width><height>80</height></original_size></task></meta>
        <track id="0" label="cup"><box frame="0" outside="0" keyframe="1" xtl="0" ytl="0" xbr="10" ybr="10" occluded="1">
        <attribute name="colour">red &amp; blue</attribute></box>
        <box frame="2" outside="0" keyframe="1" xtl="20" ytl="0" xbr="30" ybr="10"/>
        <box frame="4" outside="1" keyframe="1" xtl="20" ytl="0" xbr="30" ybr="10"/></track>
        <track id="1" label="way"><polyline frame="5" outside="0" points="1,1;2,2;3,5"/></track></annotations>"#,
    );
    let set = read(&path).unwrap();
    let frames: Vec<&str> = set
        .samples
        .iter()
        .filter_map(|sample| sample.id.as_deref())
        .collect();
    assert_eq!(frames, ["0", "1", "2", "3", "5"]);
    let target = &set.samples[1].targets[0];
    assert_eq!(
        target.boxed(),
        Some(Rect::between([10.0, 0.0], [20.0, 10.0]))
    );
    assert_eq!(
        (target.group, target.attributes["colour"].as_str()),
        (Some(0), Some("red & blue"))
    );
    assert_eq!(set.samples[4].task, Task::Trace);
    assert_eq!(
        set.report.assumptions["shapes between key frames interpolated"],
        2
    );
    assert_eq!(set.report.unresolved_count, 5);
}
