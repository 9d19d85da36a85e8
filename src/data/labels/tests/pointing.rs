//! Formats of questions, points and captions, read in their units.

use super::{file, picture};
use crate::data::labels::{Outcome, ReadOptions, Rect, Role, Shape, Sizing, Unit, read, read_with};
use crate::geometry::ImageSize;
use crate::grounding::prompt::Task;

#[test]
fn robopoint_counts_in_fractions() {
    let (folder, path) = file(
        "robopoint.json",
        r#"[{"id": 1, "image": "a.png", "conversations": [{"from": "human", "value": "<image>\nFind a list of tuples."},
            {"from": "gpt", "value": "[(0.25, 0.5), (1.0, 1.0)]"}]},
            {"id": 2, "image": "a.png", "conversations": [{"from": "human", "value": "<image>\nBoxes? Bounding box"},
            {"from": "gpt", "value": "[(0.1, 0.2, 0.3, 0.4)]"}]}]"#,
    );
    picture(&folder.path().join("a.png"), 200, 100, 1);
    let set = read(&path).unwrap();
    assert_eq!(set.format, "robopoint");
    assert_eq!(set.samples[0].targets[0].shape, Shape::Point([50.0, 50.0]));
    let rect = set.samples[1].targets[0].boxed().unwrap();
    assert!(
        (rect.x1 - 20.0).abs() < 1e-4 && (rect.y2 - 40.0).abs() < 1e-4,
        "{rect:?}"
    );
}

#[test]
fn where2place_has_a_mask_for_every_question() {
    let (folder, _) = file(
        "set/point_questions.jsonl",
        "{\"question_id\": 0, \"image\": \"00.png\", \"text\": \"In front of the cup.\", \"category\": \"a\"}\n\
         {\"question_id\": 1, \"image\": \"01.png\", \"text\": \"None.\"}\n",
    );
    let root = folder.path().join("set");
    picture(&root.join("images/00.png"), 20, 10, 50);
    picture(&root.join("images/01.png"), 20, 10, 60);
    picture(&root.join("masks/00.png"), 20, 10, 255);
    let set = read(&root).unwrap();
    assert_eq!((set.format.as_str(), set.samples.len()), ("robopoint", 2));
    let sample = &set.samples[0];
    assert_eq!(
        (sample.task, sample.conversation[0].role),
        (Task::Point, Role::User)
    );
    assert_eq!(
        sample.targets[0].boxed(),
        Some(Rect::between([0.0, 0.0], [20.0, 10.0]))
    );
    assert!(set.samples[1].targets.is_empty() && set.report.count(Outcome::Skipped) == 1);
}

#[test]
fn pixmo_without_its_pictures_is_kept_relative() {
    let (_folder, path) = file(
        "p.json",
        r#"[{"image_url": "https://example.org/a.jpg", "image_sha256": "ab", "points": [{"x": 12.5, "y": 50}], "count": 2,
             "label": "cups", "collection_method": "pointing"},
            {"image_url": "https://example.org/b.jpg", "points": [], "count": 0, "label": "spoons"}]"#,
    );
    let set = read(&path).unwrap();
    let image = set.samples[0].image().unwrap();
    assert_eq!(
        (image.sizing, image.size),
        (Sizing::Assumed, Some(ImageSize::new(1000, 1000)))
    );
    assert_eq!(
        set.samples[0].targets[0].shape,
        Shape::Point([125.0, 500.0])
    );
    assert_eq!(set.report.defect_counts[&Outcome::Kept]["count differs"], 1);
    assert_eq!(
        (set.report.unresolved_count, set.samples[1].task),
        (2, Task::Point)
    );
}

#[test]
fn units_of_answers_may_be_given() {
    let line = r#"{"image": "a.png", "width": 200, "height": 100, "conversations": [{"from": "human", "value": "<image>\nbbox?"},
        {"from": "gpt", "value": "<ref>cup</ref><box>[[100, 100, 500, 500]]</box>"}]}"#;
    let (_folder, path) = file("a.jsonl", line.replace('\n', " "));
    let boxed = |unit, resized| {
        let options = ReadOptions {
            unit,
            resized,
            ..ReadOptions::default()
        };
        let set = read_with(&path, &options).unwrap();
        let answer = set.samples[0].conversation[1].text.clone();
        (set.samples[0].targets[0].boxed().unwrap(), answer)
    };
    let (rect, answer) = boxed(Unit::Thousandths, None);
    assert_eq!(rect, Rect::between([20.0, 10.0], [100.0, 50.0]));
    assert_eq!(answer, "<ref>cup</ref><box>[[20, 10, 100, 50]]</box>");
    let (rect, _) = boxed(Unit::Pixels, Some(ImageSize::new(1000, 1000)));
    assert_eq!(rect, Rect::between([20.0, 10.0], [100.0, 50.0]));
    // Read as pixels nothing of it is in the picture, and that is said.
    let set = read(&path).unwrap();
    assert!(set.samples[0].targets.is_empty());
    assert_eq!(set.report.defect_counts[&Outcome::Skipped]["no area"], 1);
}

#[test]
fn captions_are_beside_pictures_or_listed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (index, name) in ["a.png", "b.png", "deep/c.png", "d.png"].iter().enumerate() {
        picture(&at(name), 8, 8, index as u8);
    }
    std::fs::write(at("a.txt"), "a cup\n").unwrap();
    std::fs::write(at("d.txt"), b"\xff").unwrap();
    std::fs::write(at("broken.jpg"), b"no picture").unwrap();
    let listed = "{\"file_name\": \"deep/c.png\", \"text\": \"a plate\", \"stars\": 5}\n{\"file_name\": \"../x.png\", \"text\": \"y\"}\n";
    std::fs::write(at("captions.jsonl"), listed).unwrap();
    let set = read(folder.path()).unwrap();
    let phrases: Vec<Option<&str>> = set
        .samples
        .iter()
        .map(|sample| sample.phrase.as_deref())
        .collect();
    assert_eq!(phrases, [Some("a cup"), None, None, None, Some("a plate")]);
    assert_eq!(set.samples[4].extra["stars"], 5);
    let skipped = &set.report.defect_counts[&Outcome::Skipped];
    assert_eq!(
        (
            skipped["not UTF-8"],
            skipped["path leads out of the dataset"]
        ),
        (1, 1)
    );
    assert_eq!(
        set.report.defect_counts[&Outcome::Kept]["damaged picture"],
        1
    );
}
