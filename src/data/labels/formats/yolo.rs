//! YOLO: a text file for every picture, a line for every object, numbers as fractions of the sides.
//!
//! `class x y width height` about the centre of a box, a sixth number being a score; more numbers are the corners of
//! an outline, or keypoints where `data.yaml` gives their shape. Names of classes are in `data.yaml` or `classes.txt`.
//! Pictures lie in `images/`, their lines in `labels/`, or side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_yaml_ng::Value as Yaml;

use crate::data::labels::export::{Export, NAMELESS, WriteReport, by_picture};
use crate::data::labels::finder::inside;
use crate::data::labels::geometry::{Rect, Shape, Spot, TargetKind};
use crate::data::labels::import::{Import, task_of};
use crate::data::labels::loss::Feature;
use crate::data::labels::options::WriteOptions;
use crate::data::labels::record::{Category, LabelSet, Sample, Target};
use crate::data::labels::report::{Outcome, Place, Reason};
use crate::data::labels::sniff::Candidate;
use crate::data::labels::{Format, LabelError, text};
use crate::geometry::ImageSize;

/// The row of the table.
pub(super) const FORMAT: Format = Format {
    name: "yolo",
    title: "YOLO text files (detection and segmentation)",
    recognises: is_yolo,
    read,
    write: Some(write),
};

const HOLDS: &[Feature] = &[
    Feature::Boxes,
    Feature::Polygons,
    Feature::Scores,
    Feature::Splits,
    Feature::Empty,
    Feature::Decimals,
];

/// Files that name the classes, one a line.
const CLASS_FILES: &[&str] = &["classes.txt", "obj.names", "labels.txt"];
/// Parts of a dataset, as folders are called.
const SPLITS: &[&str] = &["train", "val", "valid", "test"];
/// Longest file of classes.
const MAX_YAML: u64 = 4 << 20;
/// Most numbers in a line.
const MAX_NUMBERS: usize = 1 << 17;

fn is_yolo(candidate: &Candidate) -> bool {
    if !candidate.is_folder() {
        let yaml = matches!(candidate.ending.as_str(), "yaml" | "yml");
        return yaml
            && candidate
                .head
                .lines()
                .any(|line| line.trim_start().starts_with("names:"));
    }
    let is_labels =
        |path: &&PathBuf| path.extension().is_some_and(|e| e == "txt") && !is_class_file(path);
    let has_names = candidate.files.iter().any(|path| is_class_file(path));
    let texts: Vec<&PathBuf> = candidate.files.iter().filter(is_labels).take(16).collect();
    let numeric = |path: &&PathBuf| {
        let head = text::head(path, 4096).unwrap_or_default();
        head.lines()
            .next()
            .is_some_and(|line| numbers(line).is_some_and(|n| n.len() > 4))
    };
    texts.iter().any(numeric) || (has_names && !texts.is_empty())
}

fn is_class_file(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| CLASS_FILES.iter().any(|known| name == *known))
}

fn numbers(line: &str) -> Option<Vec<f64>> {
    let words = line.split_ascii_whitespace().take(MAX_NUMBERS);
    words.map(|word| word.parse().ok()).collect()
}

/// What is known before any line is read.
#[derive(Default)]
struct Classes {
    names: BTreeMap<i64, String>,
    /// Keypoints of an object and numbers of each.
    keypoints: Option<(usize, usize)>,
}

fn read(files: &[PathBuf], import: &mut Import) -> Result<(), LabelError> {
    let Some(path) = files.first() else {
        return Ok(());
    };
    let root = if path.is_dir() {
        path
    } else {
        path.parent().unwrap_or(path)
    };
    let root = if root.as_os_str().is_empty() {
        Path::new(".")
    } else {
        root
    };
    let folder = Candidate::folder(root);
    let classes = classes(path, &folder)?;
    for (id, name) in &classes.names {
        import.category(Category {
            id: *id,
            name: name.clone(),
            ..Category::default()
        });
    }
    let mut left: BTreeSet<PathBuf> = folder
        .files
        .iter()
        .filter(|file| file.extension().is_some_and(|e| e == "txt") && !is_class_file(file))
        .cloned()
        .collect();
    for picture in folder.pictures() {
        let lines = labels_of(picture, root)
            .into_iter()
            .find(|lines| left.remove(lines));
        one((picture, lines.as_deref()), root, &classes, import)?;
    }
    for lines in left {
        let numeric = text::head(&lines, 4096).is_some_and(|head| {
            head.lines()
                .next()
                .is_some_and(|line| numbers(line).is_some_and(|n| n.len() > 4))
        });
        if numeric {
            one(
                (&lines.with_extension("jpg"), Some(&lines)),
                root,
                &classes,
                import,
            )?;
        }
    }
    Ok(())
}

fn classes(path: &Path, folder: &Candidate) -> Result<Classes, LabelError> {
    if path.is_file() {
        let yaml = text::whole(path, MAX_YAML)?;
        let yaml: Yaml =
            serde_yaml_ng::from_str(&yaml).map_err(LabelError::damaged("YOLO data.yaml", path))?;
        return Ok(of_yaml(&yaml));
    }
    let mut classes = Classes::default();
    if let Some(file) = folder.files.iter().find(|file| is_class_file(file)) {
        let names = text::whole(file, MAX_YAML)?;
        let names = names.lines().map(str::trim).filter(|name| !name.is_empty());
        classes.names = names
            .enumerate()
            .map(|(i, name)| (i as i64, name.to_owned()))
            .collect();
    }
    Ok(classes)
}

fn of_yaml(yaml: &Yaml) -> Classes {
    let name = |value: &Yaml| match value {
        Yaml::String(name) => Some(name.clone()),
        Yaml::Number(number) => Some(number.to_string()),
        Yaml::Bool(value) => Some(value.to_string()),
        _ => None,
    };
    let names = match yaml.get("names") {
        Some(Yaml::Sequence(list)) => {
            let named = list.iter().enumerate();
            named
                .filter_map(|(i, value)| Some((i as i64, name(value)?)))
                .collect()
        }
        Some(Yaml::Mapping(map)) => map
            .iter()
            .filter_map(|(id, value)| Some((id.as_i64()?, name(value)?)))
            .collect(),
        _ => BTreeMap::new(),
    };
    let side = |at: usize| yaml.get("kpt_shape")?.get(at)?.as_u64().map(|v| v as usize);
    Classes {
        names,
        keypoints: side(0)
            .zip(side(1))
            .filter(|(_, each)| matches!(each, 2 | 3)),
    }
}

/// Where the lines of a picture may be: `labels/` in the place of `images/`, beside it, or in `labels/` at the top.
fn labels_of(picture: &Path, root: &Path) -> Vec<PathBuf> {
    let beside = picture.with_extension("txt");
    let mut places = Vec::new();
    if let Ok(below) = beside.strip_prefix(root) {
        let parts: Vec<_> = below.iter().collect();
        if let Some(at) = parts.iter().rposition(|part| *part == "images") {
            let swapped = parts.iter().enumerate();
            let swapped = swapped.map(|(i, part)| if i == at { "labels".as_ref() } else { *part });
            places.push(root.join(swapped.collect::<PathBuf>()));
        }
        places.push(root.join("labels").join(below));
    }
    places.push(beside.clone());
    places.push(
        root.join("labels")
            .join(beside.file_name().unwrap_or_default()),
    );
    places
}

/// A picture and its lines.
fn one(
    (picture, lines): (&Path, Option<&Path>),
    root: &Path,
    classes: &Classes,
    import: &mut Import,
) -> Result<(), LabelError> {
    let below = picture.strip_prefix(root).unwrap_or(picture);
    let written = below.to_string_lossy().replace('\\', "/");
    let place = Place::file(lines.unwrap_or(picture));
    let mut image = import.image(&written, None, &place);
    let mut targets = Vec::new();
    if let Some(lines) = lines {
        import.file();
        let size = import.relative_to(&mut image);
        text::lines(lines, |place, line| {
            match line.and_then(|line| target(line, classes, size)) {
                Ok(found) => {
                    let unknown = found.first().and_then(|t| t.label.as_deref());
                    if let Some(id) = unknown.filter(|l| {
                        !classes.names.is_empty()
                            && l.parse::<i64>()
                                .is_ok_and(|id| !classes.names.contains_key(&id))
                            && !classes.names.values().any(|n| n == l)
                    }) {
                        let why = Reason::UnknownCategory(id.to_owned());
                        import.defect("object", place, why, Outcome::Kept);
                    }
                    targets.extend(found);
                }
                Err(why) => import.skip("line", place, why),
            }
        })?;
    }
    let split = below
        .iter()
        .find_map(|part| SPLITS.iter().find(|split| part == **split));
    let sample = Sample {
        images: vec![image],
        task: task_of(&targets),
        targets,
        split: split.map(|split| (*split).to_owned()),
        ..Sample::default()
    };
    import.push(sample, &place);
    Ok(())
}

/// A line: an object, and its keypoints where it has any.
fn target(line: &str, classes: &Classes, size: ImageSize) -> Result<Vec<Target>, Reason> {
    let form = |text: &str| Reason::Form(text.to_owned());
    let numbers = numbers(line).ok_or_else(|| form("a line holds numbers only"))?;
    let (w, h) = (f64::from(size.width), f64::from(size.height));
    let [class, rest @ ..] = numbers.as_slice() else {
        return Err(form("the line is empty"));
    };
    if class.fract() != 0.0 || *class < 0.0 || *class > 1e9 {
        return Err(form("a line begins with the number of a class"));
    }
    let id = *class as i64;
    let label = classes
        .names
        .get(&id)
        .cloned()
        .unwrap_or_else(|| id.to_string());
    let boxed = |x: f64, y: f64, bw: f64, bh: f64| {
        let rect = Rect::from_xywh([(x - bw / 2.0) * w, (y - bh / 2.0) * h, bw * w, bh * h]);
        Target::new(Shape::upright(rect)).labelled(label.clone())
    };
    let pose = classes
        .keypoints
        .map_or(usize::MAX, |(count, each)| 4 + count * each);
    match rest {
        [x, y, bw, bh] => Ok(vec![boxed(*x, *y, *bw, *bh)]),
        [x, y, bw, bh, score] => {
            let mut target = boxed(*x, *y, *bw, *bh);
            target.score = Some(*score);
            Ok(vec![target])
        }
        [x, y, bw, bh, points @ ..] if rest.len() == pose => {
            let each = classes.keypoints.map_or(2, |(_, each)| each);
            let seen = points
                .chunks(each)
                .filter(|p| p.get(2).is_none_or(|v| *v > 0.0));
            let spot = |p: &[f64]| Shape::Point([p[0] * w, p[1] * h]);
            let points = seen.map(|p| Target::new(spot(p)).labelled(label.clone()));
            Ok(std::iter::once(boxed(*x, *y, *bw, *bh))
                .chain(points)
                .collect())
        }
        corners if corners.len() >= 6 && corners.len().is_multiple_of(2) => {
            let ring: Vec<Spot> = corners.chunks(2).map(|p| [p[0] * w, p[1] * h]).collect();
            Ok(vec![
                Target::new(Shape::Polygon(vec![ring])).labelled(label),
            ])
        }
        _ => Err(form("a line is a class and a box, or a class and corners")),
    }
}

fn write(set: &LabelSet, out: &Path, options: WriteOptions) -> Result<WriteReport, LabelError> {
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
                    size,
                    outlined,
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
    size: ImageSize,
    outlined: bool,
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
    lines.push_str(&format!("{class} {}\n", numbers.join(" ")));
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
        yaml.push_str(&format!(
            "  {index}: {}\n",
            serde_json::Value::from(name.as_str())
        ));
    }
    yaml
}
