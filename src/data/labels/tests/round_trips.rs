//! Read, write, read: the same within what the format can hold.

use std::path::Path;

use super::{assert_alike, fixture, picture, shapes};
use crate::data::labels::{
    FORMATS, Feature, LabelError, LabelSet, Mask, Rect, Sample, Shape, Target, Turn, read, write,
};
use crate::data::labels::{ImageRef, Role, Sizing};
use crate::geometry::ImageSize;
use crate::grounding::prompt::Task;

const SIZE: ImageSize = ImageSize::new(64, 48);

/// Every kind of shape, with numbers that are no whole ones.
fn everything(folder: &Path) -> LabelSet {
    let mut rows = vec![false; SIZE.pixels()];
    rows[10 * 64 + 5..10 * 64 + 25].fill(true);
    rows[11 * 64 + 7..11 * 64 + 19].fill(true);
    let ring = |x: f64| vec![[x, 5.25], [x + 9.5, 6.0], [x + 4.0, 15.125]];
    let all = [
        Shape::upright(Rect::from_xywh([3.3, 4.7, 20.1, 10.9])),
        Shape::Box {
            rect: Rect::from_xywh([20.0, 20.0, 20.0, 8.0]),
            rotation: 30.0,
        },
        Shape::Point([12.345, 40.5]),
        Shape::Trace(vec![[1.5, 2.5], [30.25, 20.125], [60.0, 40.0]]),
        Shape::Polygon(vec![ring(30.0)]),
        Shape::Polygon(vec![ring(10.0), ring(40.0)]),
        Shape::Ellipse {
            centre: [40.5, 30.5],
            radii: [8.0, 5.0],
            rotation: 20.0,
        },
        Shape::Ellipse {
            centre: [20.5, 30.5],
            radii: [7.0, 7.0],
            rotation: 0.0,
        },
        Shape::Mask(Mask::from_rows(SIZE, &rows).unwrap()),
    ];
    let targets = all.into_iter().enumerate();
    let targets = targets.map(|(i, shape)| Target::new(shape).labelled(format!("thing {i} <&\">")));
    set(folder, targets.collect())
}

/// A set of one picture with targets, and one without.
fn set(folder: &Path, targets: Vec<Target>) -> LabelSet {
    let sample = |name: &str, luma: u8, targets: Vec<Target>| {
        let file = folder.join(name);
        picture(&file, SIZE.width, SIZE.height, luma);
        Sample {
            images: vec![ImageRef {
                path: name.to_owned(),
                file: Some(file),
                size: Some(SIZE),
                sizing: Sizing::Measured,
                embedded: None,
            }],
            targets,
            ..Sample::default()
        }
    };
    LabelSet {
        samples: vec![
            sample("a.png", 10, targets),
            sample("b.png", 20, Vec::new()),
        ],
        ..LabelSet::default()
    }
}

/// Writes, reads, writes and reads: both readings must be alike.
fn there_and_back(first: &LabelSet, format: &str, tolerance: f64) -> LabelSet {
    let out = tempfile::tempdir().unwrap();
    let (one, two) = (out.path().join("one"), out.path().join("two"));
    write(first, &one, format).unwrap();
    let read_once = read(&one).unwrap();
    assert_eq!(read_once.format, format);
    assert_eq!(
        read_once.report.unresolved_count, 0,
        "{:?}",
        read_once.report.unresolved
    );
    write(&read_once, &two, format).unwrap();
    let read_twice = read(&two).unwrap();
    assert_alike(&read_once, &read_twice, tolerance);
    read_once
}

#[test]
fn every_kind_of_shape_survives_where_the_format_can_hold_it() {
    for (format, kept, tolerance) in [
        (
            "coco",
            [true, false, true, false, true, true, false, false, true],
            1e-9,
        ),
        (
            "labelme",
            [true, false, true, true, true, false, false, true, true],
            1e-9,
        ),
        (
            "label_studio",
            [true, true, true, true, true, false, true, true, true],
            1e-6,
        ),
        (
            "cvat",
            [true, true, true, true, true, false, true, true, true],
            1e-9,
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let set = everything(folder.path());
        let back = there_and_back(&set, format, tolerance);
        assert_eq!(back.samples.len(), 2, "{format}");
        let original = &set.samples[0].targets;
        for (target, kept) in original.iter().zip(kept) {
            let same = shapes(&back.samples[0]).into_iter().any(|(label, shape)| {
                Some(&label) == target.label.as_ref()
                    && super::close(&shape, &target.shape, tolerance)
                    && shape.kind() == target.shape.kind()
            });
            assert_eq!(same, kept, "{format} {target:?}");
        }
    }
}

#[test]
fn the_fixtures_survive_their_own_format() {
    for (path, format, tolerance) in [
        ("coco/instances.json", "coco", 1e-9),
        ("labelme", "labelme", 1e-9),
        ("label_studio/export.json", "label_studio", 1e-6),
        ("cvat/annotations.xml", "cvat", 1e-9),
    ] {
        let set = read(&fixture(path)).unwrap();
        let back = there_and_back(&set, format, tolerance);
        if format != "label_studio" {
            assert_alike(&set, &back, tolerance);
        }
        let labels = |set: &LabelSet| {
            set.samples
                .iter()
                .map(|s| s.targets.len())
                .collect::<Vec<_>>()
        };
        assert_eq!(labels(&set), labels(&back), "{format}");
    }
}

#[test]
fn ids_crowds_and_categories_of_coco_survive() {
    let set = read(&fixture("coco/instances.json")).unwrap();
    let back = there_and_back(&set, "coco", 1e-9);
    let facts = |set: &LabelSet| -> Vec<(Option<String>, bool, Option<Rect>)> {
        let targets = set.samples.iter().flat_map(|sample| &sample.targets);
        targets.map(|t| (t.id.clone(), t.crowd, t.bounds)).collect()
    };
    assert_eq!(facts(&set), facts(&back));
    assert_eq!(set.categories, back.categories);
    let ids = |set: &LabelSet| set.samples.iter().map(|s| s.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&set), ids(&back));
}

#[test]
fn yolo_keeps_boxes_and_outlines() {
    let folder = tempfile::tempdir().unwrap();
    let rects = [
        [3.3, 4.7, 20.1, 10.9],
        [0.0, 0.0, 64.0, 48.0],
        [50.5, 40.25, 3.5, 2.125],
    ];
    let boxes =
        rects.map(|r| Target::new(Shape::upright(Rect::from_xywh(r))).labelled("yes: \"no\""));
    let mut boxed = set(folder.path(), boxes.to_vec());
    boxed.samples[0].targets[1].score = Some(0.25);
    boxed.samples[1].split = Some("val".into());
    let back = there_and_back(&boxed, "yolo", 1e-9);
    assert_alike(&boxed, &back, 1e-9);
    let scores: Vec<Option<f64>> = back.samples[0].targets.iter().map(|t| t.score).collect();
    assert_eq!(scores, [None, Some(0.25), None]);
    assert!(
        back.samples
            .iter()
            .any(|sample| sample.split.as_deref() == Some("val"))
    );

    let folder = tempfile::tempdir().unwrap();
    let ring = vec![[30.0, 5.25], [39.5, 6.0], [34.0, 15.125]];
    let outlined = set(
        folder.path(),
        vec![Target::new(Shape::Polygon(vec![ring])).labelled("leaf")],
    );
    assert_alike(&outlined, &there_and_back(&outlined, "yolo", 1e-9), 1e-9);
}

#[test]
fn what_yolo_cannot_hold_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let report = write(&everything(&folder.path().join("in")), &out, "yolo").unwrap();
    for (feature, count) in [
        (Feature::Traces, 1),
        (Feature::Points, 1),
        (Feature::Masks, 1),
        (Feature::Parts, 1),
    ] {
        assert_eq!(report.lost.get(&feature), Some(&count), "{feature:?}");
    }
    assert!(
        report.to_string().contains("traces were left out"),
        "{report}"
    );
}

#[test]
fn pixmo_keeps_points_and_negatives() {
    for file in ["points.parquet", "points.json"] {
        let folder = tempfile::tempdir().unwrap();
        let points =
            [[12.345, 40.5], [0.0, 48.0]].map(|p| Target::new(Shape::Point(p)).labelled("cups"));
        let mut set = set(folder.path(), points.to_vec());
        for (sample, phrase) in set.samples.iter_mut().zip(["cups", "spoons"]) {
            sample.task = Task::Point;
            sample.phrase = Some(phrase.into());
        }
        let out = folder.path().join(file);
        write(&set, &out, "pixmo").unwrap();
        let back = read(&out).unwrap();
        assert_alike(&set, &back, 1e-9);
        let phrases: Vec<_> = back
            .samples
            .iter()
            .map(|sample| sample.phrase.clone())
            .collect();
        assert_eq!(phrases, [Some("cups".into()), Some("spoons".into())]);
        assert_eq!(
            back.samples[0].extra["image_sha256"].as_str().map(str::len),
            Some(64)
        );
    }
}

#[test]
fn conversations_survive_and_answers_become_json() {
    let folder = tempfile::tempdir().unwrap();
    picture(&folder.path().join("a.png"), 200, 100, 7);
    let lines = [
        r#"{"id":"s0","image":"a.png","conversations":[{"from":"human","value":"<image>\nGive the bounding box for the red cup."},{"from":"gpt","value":"<box>[[41, 62, 119, 90]]</box>"}],"num_tokens":12}"#,
        r#"{"id":"s1","image":"a.png","conversations":[{"from":"human","value":"<image>\nPoint to the cups. List of tuples."},{"from":"gpt","value":"[(0.1, 0.5), (0.75, 0.25)]"}]}"#,
        r#"{"id":"s2","image":["a.png"],"messages":[{"role":"system","content":"You see."},{"role":"user","content":[{"type":"image"},{"type":"text","text":"What is the colour?"}]},{"role":"assistant","content":"Red, 1, 2, 3, 4."}]}"#,
        r#"{"id":"s3","conversations":[{"from":"human","value":"Hello"},{"from":"gpt","value":"Hello!"}]}"#,
        r#"{"id":"s4","image":"a.png","conversations":[{"from":"human","value":"<image>\nThe trajectory to the cup?"},{"from":"gpt","value":"{\"trajectory_2d\": [[1, 2], [30, 40], [50, 60]], \"label\": \"cup\"}"}]}"#,
        r#"{"id":"s5","image":"a.png","conversations":[{"from":"human","value":"<image>\nPut it on the table."},{"from":"gpt","value":"{\"response\": \"Sure\", \"subtask\": \"Place the cup<box>[[36, 27, 48, 38]]</box> on the table.\"}"}]}"#,
    ];
    let path = folder.path().join("data.jsonl");
    std::fs::write(&path, lines.join("\n")).unwrap();
    let set = read(&path).unwrap();
    let tasks: Vec<Task> = set.samples.iter().map(|sample| sample.task).collect();
    assert_eq!(
        tasks,
        [
            Task::Box,
            Task::Point,
            Task::Chat,
            Task::Chat,
            Task::Trace,
            Task::Plan
        ]
    );
    assert_eq!(set.samples[1].targets[1].shape, Shape::Point([150.0, 25.0]));
    assert_eq!(set.samples[0].extra["num_tokens"], 12);

    let back = there_and_back(&set, "conversation", 0.5);
    assert_eq!(back.samples.len(), lines.len());
    for (ours, theirs) in set.samples.iter().zip(&back.samples) {
        assert_eq!((&ours.id, ours.task), (&theirs.id, theirs.task));
        let shapes = |sample: &Sample| {
            sample
                .targets
                .iter()
                .map(|t| t.shape.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(shapes(ours), shapes(theirs));
    }
    let answer = |index: usize| {
        back.samples[index]
            .conversation
            .last()
            .map(|turn: &Turn| turn.text.clone())
    };
    assert_eq!(
        answer(0).as_deref(),
        Some("```json\n[{\"bbox_2d\": [41, 62, 119, 90]}]\n```")
    );
    assert!(answer(1).unwrap().contains("{\"point_2d\": [20, 50]}"));
    assert!(
        answer(5)
            .unwrap()
            .contains("Place the cup<box>[[36, 27, 48, 38]]</box>")
    );
    assert_eq!(back.samples[2].conversation[0].role, Role::System);
}

#[test]
fn other_formats_become_questions() {
    let set = read(&fixture("coco/instances.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let report = write(&set, &folder.path().join("out"), "conversation").unwrap();
    assert!(
        report
            .notes
            .contains_key("questions were made up from a template")
    );
    let back = read(&folder.path().join("out")).unwrap();
    let groundings: usize = back.samples.iter().map(|sample| sample.targets.len()).sum();
    // Crowds are no groundings.
    assert_eq!(groundings, 18 - 3);
    assert!(back.samples.iter().all(|sample| sample.task == Task::Box));
    assert_eq!(report.pictures, 6);
}

#[test]
fn nothing_is_written_into_the_source_or_over_something() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("in");
    let mut set = everything(&source);
    set.path.clone_from(&source);
    for out in ["in", "in/out", "other/../in/out"] {
        for format in FORMATS.iter().filter(|format| format.is_written()) {
            let error = write(&set, &folder.path().join(out), format.name).unwrap_err();
            assert!(
                matches!(error, LabelError::InsideSource { .. }),
                "{out}: {error}"
            );
        }
    }
    let taken = folder.path().join("taken");
    picture(&taken.join("mine.png"), 2, 2, 1);
    assert!(matches!(
        write(&set, &taken, "coco"),
        Err(LabelError::Exists { .. })
    ));
    let file = folder.path().join("mine.json");
    std::fs::write(&file, "{}").unwrap();
    assert!(matches!(
        write(&set, &file, "coco"),
        Err(LabelError::Exists { .. })
    ));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "{}");
    assert!(matches!(
        write(&set, &file, "refcoco"),
        Err(LabelError::ReadOnly { .. })
    ));
    assert!(matches!(
        write(&set, &file, "nonsense"),
        Err(LabelError::UnknownName { .. })
    ));
}

#[test]
fn embedded_pictures_come_out() {
    let set = read(&fixture("labelme/scene_001.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let report = write(&set, &folder.path().join("out"), "labelme").unwrap();
    assert_eq!((report.pictures, report.pictures_missing), (1, 0));
    let back = read(&folder.path().join("out")).unwrap();
    assert!(back.samples[0].image().unwrap().file.is_some());
}
