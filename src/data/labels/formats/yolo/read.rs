//! Reads YOLO datasets of all layouts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_yaml_ng::Value as Yaml;

use super::{MAX_YAML, SPLITS, is_class_file, is_objects, numbers};
use crate::data::labels::geometry::{Rect, Shape, Spot};
use crate::data::labels::import::{Import, task_of};
use crate::data::labels::record::{Category, Sample, Target};
use crate::data::labels::report::{Outcome, Place, Reason};
use crate::data::labels::sniff::Candidate;
use crate::data::labels::{LabelError, text};
use crate::geometry::ImageSize;

/// What is known before any line is read.
#[derive(Default)]
struct Classes {
    names: BTreeMap<i64, String>,
    /// Keypoints of an object and numbers of each.
    keypoints: Option<(usize, usize)>,
}

impl Classes {
    /// The class of a line that is not among those named.
    fn unknown(&self, line: &str) -> Option<i64> {
        let class: f64 = line.split_ascii_whitespace().next()?.parse().ok()?;
        let id = class as i64;
        (!self.names.is_empty() && !self.names.contains_key(&id)).then_some(id)
    }
}

/// Reads a folder, or the folder of a `data.yaml`.
pub(super) fn read(files: &[PathBuf], import: &mut Import) -> Result<(), LabelError> {
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
        if is_objects(&lines) {
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
            match line.clone().and_then(|line| target(line, classes, size)) {
                Ok(found) => {
                    if let Some(id) = line.ok().and_then(|line| classes.unknown(line)) {
                        let why = Reason::UnknownCategory(id.to_string());
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
