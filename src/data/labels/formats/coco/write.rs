//! Writes a COCO file that pycocotools opens.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::{FORMAT, HOLDS, LOOSE, segment};
use crate::data::labels::LabelError;
use crate::data::labels::export::{Export, NAMELESS, WriteReport};
use crate::data::labels::geometry::Shape;
use crate::data::labels::options::WriteOptions;
use crate::data::labels::record::{Category, LabelSet, Sample, Sizing, Target};

/// Writes the set as `annotations.json` with `images/`, or as the one file asked for.
pub(super) fn write(
    set: &LabelSet,
    out: &Path,
    options: WriteOptions,
) -> Result<WriteReport, LabelError> {
    let mut export = Export::open(set, out, (FORMAT.name, HOLDS), &["json"], options)?;
    let mut writer = Writer {
        categories: set.categories.clone(),
        picture_ids: Ids::of(set.samples.iter().map(|sample| sample.id.as_deref())),
        annotation_ids: Ids::of(
            set.samples
                .iter()
                .flat_map(|s| s.targets.iter().map(|target| target.id.as_deref())),
        ),
        pictures: Vec::new(),
        by_path: HashMap::new(),
        annotations: Vec::new(),
    };
    for sample in set
        .samples
        .iter()
        .filter(|sample| !sample.images.is_empty())
    {
        writer.sample(sample, &mut export)?;
        export.report.samples += 1;
    }
    let file = json!({
        "info": {"description": "", "version": "1.0"},
        "licenses": [],
        "images": writer.pictures,
        "annotations": writer.annotations,
        "categories": writer.categories.iter().map(category).collect::<Vec<_>>(),
    });
    export.main("annotations.json", |to| {
        serde_json::to_writer(to, &file).map_err(Into::into)
    })?;
    export.finish()
}

fn category(category: &Category) -> Value {
    let mut value = json!({
        "id": category.id,
        "name": category.name,
        "supercategory": category.supercategory.as_deref().unwrap_or_default(),
    });
    if !category.keypoints.is_empty() {
        value["keypoints"] = json!(category.keypoints);
        value["skeleton"] = json!([]);
    }
    value
}

/// Numbers of entries: their own where they have one that is free, else the next.
struct Ids {
    wanted: HashSet<i64>,
    taken: HashSet<i64>,
    next: i64,
}

impl Ids {
    fn of<'s>(names: impl Iterator<Item = Option<&'s str>>) -> Self {
        Self {
            wanted: names
                .flatten()
                .filter_map(|name| name.parse().ok())
                .collect(),
            taken: HashSet::new(),
            next: 1,
        }
    }

    fn take(&mut self, name: Option<&str>) -> i64 {
        if let Some(own) = name.and_then(|name| name.parse().ok())
            && self.taken.insert(own)
        {
            return own;
        }
        while self.wanted.contains(&self.next) || !self.taken.insert(self.next) {
            self.next += 1;
        }
        self.next
    }
}

struct Writer {
    categories: Vec<Category>,
    picture_ids: Ids,
    annotation_ids: Ids,
    pictures: Vec<Value>,
    by_path: HashMap<String, i64>,
    annotations: Vec<Value>,
}

impl Writer {
    fn sample(&mut self, sample: &Sample, export: &mut Export) -> Result<(), LabelError> {
        let picture = self.picture(sample, export)?;
        let targets = export.targets(sample);
        if sample.phrase.is_some() && !sample.targets.is_empty() {
            export.note("phrases about targets were left out");
        }
        let is_keypoint =
            |target: &Target| target.attributes.contains_key("keypoint") && target.group.is_some();
        let is_part = |target: &Target, shape: &Shape| {
            matches!(shape, Shape::Point(_)) && is_keypoint(target)
        };
        let mut parts: HashMap<Option<i64>, Vec<&Target>> = HashMap::new();
        for (target, _) in targets
            .iter()
            .filter(|(target, shape)| is_part(target, shape))
        {
            parts.entry(target.group).or_default().push(target);
        }
        for (target, shape) in &targets {
            if is_part(target, shape) {
                continue;
            }
            let points = target
                .group
                .and_then(|group| parts.remove(&Some(group)))
                .unwrap_or_default();
            self.annotation(target, shape, &points, (picture, sample));
        }
        if !parts.is_empty() {
            export.note("keypoints whose object is not there were left out");
        }
        if let (Some(phrase), true) = (&sample.phrase, sample.targets.is_empty()) {
            let own = sample.extra.get("caption_id").and_then(Value::as_str);
            let id = self.annotation_ids.take(own);
            self.annotations
                .push(json!({"id": id, "image_id": picture, "caption": phrase}));
        }
        Ok(())
    }

    /// The number of the sample's picture, which is listed once.
    fn picture(&mut self, sample: &Sample, export: &mut Export) -> Result<i64, LabelError> {
        let image = &sample.images[0];
        let path = export.picture(image, "images")?;
        // Files name pictures by where they lie below the folder of pictures, as COCO does.
        let name = path.strip_prefix("images/").unwrap_or(&path).to_owned();
        if let Some(id) = self.by_path.get(&name) {
            return Ok(*id);
        }
        let id = self.picture_ids.take(sample.id.as_deref());
        let mut map = Map::new();
        map.insert("id".into(), id.into());
        map.insert("file_name".into(), name.as_str().into());
        if let Some(size) = image.size {
            map.insert("width".into(), size.width.into());
            map.insert("height".into(), size.height.into());
        }
        if image.sizing == Sizing::Assumed {
            export.note("pixels count in a made-up size of a picture that was not there");
        }
        for (key, value) in sample.extra.iter().filter(|(key, _)| *key != "caption_id") {
            map.entry(key.clone()).or_insert_with(|| value.clone());
        }
        self.pictures.push(Value::Object(map));
        self.by_path.insert(name, id);
        Ok(id)
    }

    fn annotation(
        &mut self,
        target: &Target,
        shape: &Shape,
        points: &[&Target],
        (picture, sample): (i64, &Sample),
    ) {
        let (segmentation, area) = segment::write(shape, sample.size());
        let rect = target.bounds.or_else(|| shape.bounds());
        let label = target.label.as_deref().unwrap_or(NAMELESS);
        let category = self.category(label, matches!(shape, Shape::Point(_)));
        let mut value = json!({
            "id": self.annotation_ids.take(target.id.as_deref()),
            "image_id": picture,
            "category_id": category.id,
            "bbox": rect.map(crate::data::labels::Rect::xywh),
            "area": area,
            "iscrowd": i32::from(target.crowd),
            "segmentation": segmentation,
        });
        let keypoints = match shape {
            Shape::Point([x, y]) => vec![json!(x), json!(y), json!(2)],
            _ => keypoints(points, category.keypoints.len()),
        };
        if !keypoints.is_empty() {
            let seen = keypoints
                .iter()
                .skip(2)
                .step_by(3)
                .filter(|v| **v != json!(0))
                .count();
            value["num_keypoints"] = json!(seen);
            value["keypoints"] = Value::Array(keypoints);
        }
        if let Some(score) = target.score {
            value["score"] = json!(score);
        }
        if !target.attributes.is_empty() {
            value["attributes"] = json!(target.attributes);
        }
        self.annotations.push(value);
    }

    /// The category of a label; one with a lone keypoint for points that belong to no object.
    fn category(&mut self, label: &str, is_point: bool) -> Category {
        let fits = |c: &Category| {
            c.name == label && (!is_point || c.keypoints.first().is_some_and(|name| name == LOOSE))
        };
        if let Some(known) = self.categories.iter().find(|c| fits(c)) {
            return known.clone();
        }
        let next = self
            .categories
            .iter()
            .map(|c| c.id)
            .max()
            .unwrap_or(0)
            .saturating_add(1);
        let category = Category {
            id: next,
            name: label.to_owned(),
            supercategory: None,
            keypoints: is_point.then(|| LOOSE.to_owned()).into_iter().collect(),
        };
        self.categories.push(category.clone());
        category
    }
}

/// Triples x, y, v of all keypoints; those that are not there are zeros.
fn keypoints(points: &[&Target], count: usize) -> Vec<Value> {
    let index = |point: &Target| {
        point
            .attributes
            .get("keypoint")?
            .as_u64()
            .map(|at| at as usize)
    };
    let most = points
        .iter()
        .filter_map(|p| index(p))
        .max()
        .map_or(0, |at| at + 1);
    if points.is_empty() || most > count.max(points.len()) {
        return Vec::new();
    }
    let mut triples = vec![json!(0); 3 * count.max(most)];
    for point in points {
        if let (Some(at), Shape::Point([x, y])) = (index(point), &point.shape) {
            let seen = point
                .attributes
                .get("visibility")
                .cloned()
                .unwrap_or(json!(2));
            triples[3 * at..3 * at + 3].clone_from_slice(&[json!(x), json!(y), seen]);
        }
    }
    triples
}
