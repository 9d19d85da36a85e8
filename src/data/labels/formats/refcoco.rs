//! `RefCOCO` and its kin: one box, many phrases; read only.
//!
//! Either references (`ref_id`, `ann_id`, `sentences`) beside the COCO file that holds their boxes, or rows with the box
//! themselves, as hubs publish them (`bbox` as corner and size). JSON, JSONL or Parquet. Every phrase is a sample.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::data::labels::geometry::{Rect, Shape};
use crate::data::labels::import::Import;
use crate::data::labels::record::{Sample, Target};
use crate::data::labels::report::{Place, Reason};
use crate::data::labels::sniff::Candidate;
use crate::data::labels::text::{self, Lenient, name_of};
use crate::data::labels::{Format, LabelError, table};
use crate::geometry::ImageSize;
use crate::grounding::prompt::Task;

/// The row of the table.
pub(super) const FORMAT: Format = Format {
    name: "refcoco",
    title: "RefCOCO references, JSON or Parquet",
    recognises: is_refcoco,
    read: |files, import| read_all(files, import),
    write: None,
};

/// Keys under which phrases are found, the most telling first.
const PHRASES: &[&str] = &[
    "sentences",
    "captions",
    "phrase",
    "expression",
    "sent",
    "caption",
    "answer",
    "question",
];

fn is_refcoco(candidate: &Candidate) -> bool {
    let name = candidate
        .path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let pickle = matches!(candidate.ending.as_str(), "p" | "pkl") && name.starts_with("refs");
    let references = candidate.has_key("sentences")
        && (candidate.has_key("ref_id") || candidate.has_key("ann_id"));
    let rows = candidate.has_key("bbox")
        && !candidate.has_key("images")
        && PHRASES.iter().any(|key| candidate.has_key(key));
    pickle || references || candidate.has_key("refs") || rows
}

#[derive(Deserialize)]
struct Instances {
    #[serde(default)]
    images: Vec<Lenient<Picture>>,
    #[serde(default)]
    annotations: Vec<Lenient<Boxed>>,
    #[serde(default)]
    categories: Vec<Lenient<Named>>,
}

#[derive(Deserialize)]
struct Picture {
    id: Value,
    file_name: String,
    width: Option<u32>,
    height: Option<u32>,
}

#[derive(Deserialize)]
struct Boxed {
    id: Value,
    image_id: Value,
    bbox: [f64; 4],
    #[serde(default)]
    category_id: Value,
}

#[derive(Deserialize)]
struct Named {
    id: Value,
    name: String,
}

/// What the COCO file beside the references says.
#[derive(Default)]
struct Known {
    pictures: HashMap<String, Picture>,
    boxes: HashMap<String, Boxed>,
    categories: HashMap<String, String>,
}

fn read_all(files: &[PathBuf], import: &mut Import) -> Result<(), LabelError> {
    let is_pickle = |path: &&PathBuf| path.extension().is_some_and(|e| e == "p" || e == "pkl");
    let readable: Vec<&PathBuf> = files.iter().filter(|path| !is_pickle(path)).collect();
    if let (true, Some(path)) = (readable.is_empty(), files.first()) {
        return Err(LabelError::Pickle { path: path.clone() });
    }
    for path in readable {
        read(path, import)?;
    }
    Ok(())
}

fn read(path: &Path, import: &mut Import) -> Result<(), LabelError> {
    import.file();
    let known = beside(path)?;
    let mut each = |place: &Place, record: Result<Value, Reason>| match record {
        Ok(Value::Object(mut map)) if map.contains_key("refs") => {
            if let Some(Value::Array(list)) = map.shift_remove("refs") {
                for (entry, value) in list.into_iter().enumerate() {
                    one(value, &known, &place.entry(entry as u64), import);
                }
            }
        }
        Ok(value) => one(value, &known, place, import),
        Err(why) => import.skip("reference", place, why),
    };
    if path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("parquet"))
    {
        table::rows(path, &mut each)
    } else {
        text::records(path, "RefCOCO", &mut each)
    }
}

/// The boxes of `instances.json` beside the references; nothing where there is none.
fn beside(path: &Path) -> Result<Known, LabelError> {
    let Some(file) = path
        .parent()
        .map(|folder| folder.join("instances.json"))
        .filter(|f| f.is_file())
    else {
        return Ok(Known::default());
    };
    let instances: Instances = text::json(&file, "COCO")?;
    let mut known = Known::default();
    for picture in instances.images.into_iter().filter_map(good) {
        known
            .pictures
            .extend(name_of(&picture.id).map(|id| (id, picture)));
    }
    for boxed in instances.annotations.into_iter().filter_map(good) {
        known.boxes.extend(name_of(&boxed.id).map(|id| (id, boxed)));
    }
    for named in instances.categories.into_iter().filter_map(good) {
        known
            .categories
            .extend(name_of(&named.id).map(|id| (id, named.name)));
    }
    Ok(known)
}

fn good<T>(entry: Lenient<T>) -> Option<T> {
    match entry {
        Lenient::Good(good) => Some(good),
        Lenient::Bad(_) => None,
    }
}

/// A reference: a sample for every phrase.
fn one(value: Value, known: &Known, place: &Place, import: &mut Import) {
    match reference(value, known) {
        Ok(reference) => {
            let image = import.image(&reference.file, reference.size, place);
            for (index, phrase) in reference.phrases.iter().enumerate() {
                let mut target =
                    Target::new(Shape::upright(reference.rect)).labelled(phrase.clone());
                target.id.clone_from(&reference.ann_id);
                if let Some(category) = &reference.category {
                    target
                        .attributes
                        .insert("category".into(), category.as_str().into());
                }
                let id = reference.id.as_ref().map(|id| format!("{id}_{index}"));
                let sample = Sample {
                    id,
                    images: vec![image.clone()],
                    task: Task::Box,
                    phrase: Some(phrase.clone()),
                    targets: vec![target],
                    split: reference.split.clone(),
                    ..Sample::default()
                };
                import.push(sample, place);
            }
        }
        Err(why) => import.skip("reference", place, why),
    }
}

struct Reference {
    id: Option<String>,
    ann_id: Option<String>,
    file: String,
    size: Option<ImageSize>,
    rect: Rect,
    phrases: Vec<String>,
    split: Option<String>,
    category: Option<String>,
}

fn reference(value: Value, known: &Known) -> Result<Reference, Reason> {
    let form = |text: &str| Reason::Form(text.to_owned());
    let Value::Object(map) = value else {
        return Err(form("a reference is an object"));
    };
    let name = |key: &str| map.get(key).and_then(name_of);
    let boxed = name("ann_id").and_then(|id| known.boxes.get(&id));
    let image_id = name("image_id").or_else(|| boxed.and_then(|b| name_of(&b.image_id)));
    let picture = image_id.as_ref().and_then(|id| known.pictures.get(id));
    let own = ["file_name", "image", "image_path", "image_url"]
        .iter()
        .find_map(|key| map.get(*key).and_then(Value::as_str).map(str::to_owned));
    // The COCO file knows the real name; a reference's own carries the number of its annotation.
    let file = picture
        .map(|p| p.file_name.clone())
        .or_else(|| own.map(|own| unsuffixed(&own)));
    let file = file
        .or(image_id)
        .ok_or_else(|| form("it names no picture"))?;
    let bbox = numbers(map.get("bbox"))
        .or_else(|| stated(map.get("raw_anns")))
        .or(boxed.map(|b| b.bbox));
    let bbox =
        bbox.ok_or_else(|| form("it has no box, and no instances.json beside it has one"))?;
    let phrases = PHRASES.iter().find_map(|key| phrases(map.get(*key)?));
    let side = |key: &str| map.get(key)?.as_u64().and_then(|v| u32::try_from(v).ok());
    let sides = side("width").zip(side("height"));
    let sides = sides.or_else(|| picture.and_then(|p| p.width.zip(p.height)));
    let category_id = name("category_id").or_else(|| boxed.and_then(|b| name_of(&b.category_id)));
    Ok(Reference {
        id: name("ref_id").or_else(|| name("question_id")),
        ann_id: name("ann_id"),
        file,
        size: sides.map(|(w, h)| ImageSize::new(w, h)),
        rect: Rect::from_xywh(bbox),
        phrases: phrases.ok_or_else(|| form("it has no phrase"))?,
        split: name("split"),
        category: category_id.and_then(|id| known.categories.get(&id).cloned()),
    })
}

fn numbers(value: Option<&Value>) -> Option<[f64; 4]> {
    let list: Vec<f64> = value?
        .as_array()?
        .iter()
        .filter_map(Value::as_f64)
        .collect();
    list.try_into().ok()
}

/// The box of an annotation that a row carries as text.
fn stated(value: Option<&Value>) -> Option<[f64; 4]> {
    let map: Map<String, Value> = serde_json::from_str(value?.as_str()?).ok()?;
    numbers(map.get("bbox"))
}

/// A phrase, or a list of phrases or of sentences.
fn phrases(value: &Value) -> Option<Vec<String>> {
    let sentence = |value: &Value| match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Object(map) => {
            let text = ["sent", "raw", "text"]
                .iter()
                .find_map(|key| map.get(*key)?.as_str());
            text.map(|text| text.trim().to_owned())
        }
        _ => None,
    };
    let found: Vec<String> = match value {
        Value::Array(list) => list.iter().filter_map(sentence).collect(),
        one => sentence(one).into_iter().collect(),
    };
    let found: Vec<String> = found
        .into_iter()
        .filter(|phrase| !phrase.is_empty())
        .collect();
    (!found.is_empty()).then_some(found)
}

/// `COCO_train2014_000000581857_16.jpg` is the picture `COCO_train2014_000000581857.jpg`.
fn unsuffixed(name: &str) -> String {
    let parts = name.rsplit_once('.').and_then(|(stem, ending)| {
        let (rest, last) = stem.rsplit_once('_')?;
        let (_, number) = rest.rsplit_once('_')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        (name.contains("COCO_") && digits(last) && number.len() == 12 && digits(number))
            .then(|| format!("{rest}.{ending}"))
    });
    parts.unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_the_annotation_is_no_part_of_the_name() {
        for (written, real) in [
            (
                "COCO_train2014_000000581857_16.jpg",
                "COCO_train2014_000000581857.jpg",
            ),
            (
                "COCO_train2014_000000581857.jpg",
                "COCO_train2014_000000581857.jpg",
            ),
            ("a_000000581857_16.jpg", "a_000000581857_16.jpg"),
            ("plain", "plain"),
        ] {
            assert_eq!(unsuffixed(written), real);
        }
    }
}
