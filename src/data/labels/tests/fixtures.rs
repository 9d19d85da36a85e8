//! What third-party libraries wrote is read as they mean it.

use serde_json::Value;

use super::fixture;
use crate::data::labels::{
    LabelSet, Outcome, Rect, Shape, Target, TargetKind, fill, info_json, read, sniff,
};

fn expected() -> Value {
    let text = std::fs::read_to_string(fixture("expected.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn count(set: &LabelSet, kind: TargetKind) -> usize {
    let targets = set.samples.iter().flat_map(|sample| &sample.targets);
    targets.filter(|target| target.shape.kind() == kind).count()
}

/// Every picture is found and has the size that Pillow gave it.
fn assert_pictures(set: &LabelSet) {
    let expected = expected();
    assert_eq!(set.samples.len(), 6);
    for sample in &set.samples {
        let image = sample.image().unwrap();
        let name = image.path.rsplit('/').next().unwrap();
        let name = name.split_once('-').map_or(name, |(_, rest)| rest);
        let known = &expected["images"][name];
        let size = image.size.unwrap();
        assert_eq!(
            (known["width"].as_u64(), known["height"].as_u64()),
            (Some(size.width.into()), Some(size.height.into()))
        );
        assert!(image.file.is_some() || image.embedded.is_some(), "{name}");
    }
    assert_eq!(
        set.report.unresolved_count, 0,
        "{:?}",
        set.report.unresolved
    );
    assert_eq!(
        set.report.count(Outcome::Skipped),
        0,
        "{:?}",
        set.report.defects
    );
}

#[test]
fn formats_are_recognised() {
    for (path, name) in [
        ("coco/instances.json", "coco"),
        ("coco", "coco"),
        ("labelme", "labelme"),
        ("labelme/scene_001.json", "labelme"),
        ("label_studio/export.json", "label_studio"),
        ("label_studio", "label_studio"),
        ("cvat/annotations.xml", "cvat"),
        ("cvat", "cvat"),
        ("images", "captions"),
    ] {
        assert_eq!(
            sniff(&fixture(path)).map(|format| format.name),
            Some(name),
            "{path}"
        );
    }
    assert!(sniff(&fixture("README.md")).is_none());
    assert!(sniff(&fixture("images/scene_000.jpg")).is_none());
}

#[test]
fn coco_is_read_as_pycocotools_reads_it() {
    let set = read(&fixture("coco/instances.json")).unwrap();
    assert_pictures(&set);
    let expected = expected();
    let expected = &expected["coco"];
    let targets: Vec<_> = set
        .samples
        .iter()
        .flat_map(|s| s.targets.iter().map(move |t| (s, t)))
        .collect();
    assert_eq!(Some(targets.len() as u64), expected["annotations"].as_u64());
    let crowds = targets.iter().filter(|(_, target)| target.crowd).count();
    assert_eq!(Some(crowds as u64), expected["crowd"].as_u64());
    for category in &set.categories {
        assert_eq!(
            expected["categories"][category.id.to_string()],
            category.name
        );
        let of_category = targets
            .iter()
            .filter(|(_, t)| t.label.as_ref() == Some(&category.name))
            .count();
        assert_eq!(
            expected["annotations_per_category"][&category.name],
            of_category
        );
    }
    for (sample, target) in targets {
        let pixels = match &target.shape {
            Shape::Mask(mask) => mask.area(),
            Shape::Polygon(rings) => fill(sample.size().unwrap(), rings).unwrap().area(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            expected["mask_pixels"][target.id.as_ref().unwrap()],
            pixels,
            "{:?}",
            target.id
        );
        // The box that pycocotools stored is the one around the pixels.
        if let Shape::Mask(mask) = &target.shape {
            assert_eq!(mask.bounds(), target.bounds);
        }
    }
}

#[test]
fn labelme_is_read_shape_by_shape() {
    let set = read(&fixture("labelme")).unwrap();
    assert_pictures(&set);
    let expected = expected();
    let files = expected["labelme"]["files"].as_object().unwrap();
    for (name, file) in files {
        let sample = set.samples.iter().find(|s| s.source == *name).unwrap();
        let kinds: Vec<&str> = sample
            .targets
            .iter()
            .map(|t| t.shape.kind().name())
            .collect();
        let types =
            file["types"]
                .as_array()
                .unwrap()
                .iter()
                .map(|kind| match kind.as_str().unwrap() {
                    "rectangle" => "box",
                    "circle" => "ellipse",
                    "linestrip" => "trace",
                    other => other,
                });
        assert_eq!(kinds, types.collect::<Vec<_>>(), "{name}");
        let embedded = sample.image().unwrap().embedded.is_some();
        let beside = sample.image().unwrap().file.is_some();
        assert!(embedded || beside);
    }
    let reversed = set
        .samples
        .iter()
        .flat_map(|s| &s.targets)
        .filter_map(Target::boxed);
    assert!(
        reversed
            .into_iter()
            .all(|rect| rect.x2 >= rect.x1 && rect.y2 >= rect.y1)
    );
}

#[test]
fn label_studio_is_read_as_its_own_converter_reads_it() {
    let set = read(&fixture("label_studio/export.json")).unwrap();
    assert_pictures(&set);
    let expected = expected();
    let expected = &expected["label_studio"];
    let regions: usize = set.samples.iter().map(|sample| sample.targets.len()).sum();
    assert_eq!(Some(regions as u64), expected["regions"].as_u64());
    for known in expected["converter_boxes"].as_array().unwrap() {
        let sample = set.samples.iter().find(|sample| {
            sample
                .image()
                .unwrap()
                .path
                .ends_with(known["file"].as_str().unwrap())
        });
        let bbox: Vec<f64> = known["bbox"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_f64)
            .collect();
        let alike = sample
            .unwrap()
            .targets
            .iter()
            .filter_map(Target::boxed)
            .any(|rect| {
                rect.xywh()
                    .iter()
                    .zip(&bbox)
                    .all(|(a, b)| (a - b).abs() <= 0.51)
            });
        assert!(alike, "{known}");
    }
    assert_eq!(count(&set, TargetKind::Point), 5);
    assert_eq!(
        set.report
            .assumptions
            .get("upload prefix taken off a file name to find the picture"),
        Some(&6)
    );
}

#[test]
fn cvat_of_datumaro_is_read() {
    let set = read(&fixture("cvat/annotations.xml")).unwrap();
    assert_pictures(&set);
    let names: Vec<&str> = set
        .categories
        .iter()
        .map(|category| category.name.as_str())
        .collect();
    assert_eq!(names, ["cup", "plate", "block", "spoon"]);
    assert_eq!(
        (
            count(&set, TargetKind::Polygon),
            count(&set, TargetKind::Point)
        ),
        (5, 5)
    );
    let first = &set.samples[0].targets[0];
    assert_eq!(
        first.boxed(),
        Some(Rect::from_xywh([46.0, 69.0, 23.0, 36.0]))
    );
}

#[test]
fn the_same_boxes_are_in_every_format() {
    let boxes = |path: &str| {
        let set = read(&fixture(path)).unwrap();
        let sample = set
            .samples
            .iter()
            .find(|s| s.image().unwrap().path.ends_with("scene_003.png"))
            .unwrap();
        let rects = sample
            .targets
            .iter()
            .filter(|t| t.label.as_deref() == Some("cup"));
        let mut rects: Vec<[i64; 4]> = rects
            .filter_map(|t| Some(t.boxed()?.xywh().map(|v| v.round() as i64)))
            .collect();
        rects.sort_unstable();
        rects
    };
    let expected = vec![[22, 31, 39, 37]];
    for path in ["coco", "label_studio", "cvat"] {
        assert_eq!(boxes(path), expected, "{path}");
    }
}

#[test]
fn a_folder_of_pictures_is_a_set_without_targets() {
    let set = read(&fixture("images")).unwrap();
    assert_pictures(&set);
    let info = info_json(&set);
    assert_eq!(
        (info["pictures_found"].as_u64(), info["targets"].as_u64()),
        (Some(6), Some(0))
    );
}
