//! Writes YOLO datasets that ultralytics trains on.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{FORMAT, HOLDS};
use crate::data::labels::LabelError;
use crate::data::labels::export::{Export, NAMELESS, WriteReport, by_picture};
use crate::data::labels::finder::inside;
use crate::data::labels::geometry::{Shape, TargetKind};
use crate::data::labels::options::WriteOptions;
use crate::data::labels::record::{Category, LabelSet, Target};
use crate::geometry::ImageSize;

/// Writes `data.yaml`, `images/` and `labels/`.
pub(super) fn write(
    set: &LabelSet,
    out: &Path,
    options: WriteOptions,
) -> Result<WriteReport, LabelError> {
    let mut export = Export::open(set, out, (FORMAT.name, HOLDS), &[], options)?;
    // Readers of YOLO take every line of a set with outlines for one, so boxes become outlines beside them.
    let outlined = set.samples.iter().flat_map(|sample| &sample.targets);
    let outlined = outlined.into_iter().any(|target| {
        matches!(
            target.shape.kind(),
            TargetKind::Polygon | TargetKind::Ellipse
        ) || target.shape.rotation() != 0.0
    });
    let mut names = names_of(set);
    let mut folders = BTreeSet::new();
    for (image, samples) in by_picture(set) {
        let Some(size) = image.size else {
            export.note("pictures of unknown size were left out");
            continue;
        };
        let split = samples
            .iter()
            .find_map(|s| s.split.as_deref())
            .and_then(inside);
        let below = Path::new("images").join(split.unwrap_or_default());
        let below = below.to_string_lossy().trim_end_matches('/').to_owned();
        let name = export.picture(image, &below)?;
        let mut lines = String::new();
        for sample in samples {
            for (target, shape) in export.targets(sample) {
                if target.crowd {
                    export.note("crowds were left out");
                    continue;
                }
                line(
                    &mut lines,
                    (target, &shape),
                    &mut names,
                    (size, outlined),
                    &mut export,
                );
            }
            export.report.samples += 1;
        }
        export.side(&labels_name(&name), lines.as_bytes())?;
        folders.insert(below);
    }
    export.side("data.yaml", yaml(&names, &folders).as_bytes())?;
    export.finish()
}

/// Names of classes: those of the set in order of their numbers, then labels that are not among them.
fn names_of(set: &LabelSet) -> Vec<String> {
    let mut categories: Vec<&Category> = set.categories.iter().collect();
    categories.sort_by_key(|category| category.id);
    let mut names: Vec<String> = Vec::new();
    for category in categories {
        if !names.contains(&category.name) {
            names.push(category.name.clone());
        }
    }
    names
}

fn line(
    lines: &mut String,
    (target, shape): (&Target, &Shape),
    names: &mut Vec<String>,
    (size, outlined): (ImageSize, bool),
    export: &mut Export,
) {
    let label = target.label.as_deref().unwrap_or(NAMELESS);
    let class = names
        .iter()
        .position(|name| name == label)
        .unwrap_or_else(|| {
            names.push(label.to_owned());
            names.len() - 1
        });
    let (w, h) = (f64::from(size.width), f64::from(size.height));
    let mut numbers = vec![];
    match shape {
        Shape::Box { rect, .. } if !outlined => {
            let [x, y] = rect.centre();
            numbers.extend([
                x / w,
                y / h,
                (rect.x2 - rect.x1) / w,
                (rect.y2 - rect.y1) / h,
            ]);
            numbers.extend(target.score);
        }
        other => {
            if matches!(other, Shape::Box { .. }) {
                export.note("boxes became outlines, since YOLO does not mix both");
            }
            let outline = other.outline().unwrap_or_default();
            numbers.extend(outline.iter().flat_map(|[x, y]| [x / w, y / h]));
        }
    }
    let numbers: Vec<String> = numbers.iter().map(f64::to_string).collect();
    lines.push_str(&class.to_string());
    lines.push(' ');
    lines.push_str(&numbers.join(" "));
    lines.push('\n');
}

/// `labels/a.txt` for `images/a.jpg`.
fn labels_name(picture: &str) -> String {
    let plain = inside(&picture.replace('\\', "/"));
    let plain = plain.or_else(|| Path::new(picture).file_name().map(PathBuf::from));
    let plain = plain
        .unwrap_or_else(|| "picture".into())
        .with_extension("txt");
    let below = plain.strip_prefix("images").unwrap_or(&plain);
    format!("labels/{}", below.to_string_lossy().replace('\\', "/"))
}

fn yaml(names: &[String], folders: &BTreeSet<String>) -> String {
    let folder = |split: &str| {
        let own = format!("images/{split}");
        let known = folders.iter().find(|folder| folder.starts_with(&own));
        known
            .or_else(|| folders.first())
            .cloned()
            .unwrap_or_else(|| "images".into())
    };
    let mut yaml = format!(
        "path: .\ntrain: {}\nval: {}\n",
        folder("train"),
        folder("val")
    );
    if folders.contains("images/test") {
        yaml.push_str("test: images/test\n");
    }
    yaml.push_str("names:\n");
    for (index, name) in names.iter().enumerate() {
        // A JSON string is a YAML string, whatever is in it.
        yaml.extend([format!(
            "  {index}: {}\n",
            serde_json::Value::from(name.as_str())
        )]);
    }
    yaml
}
