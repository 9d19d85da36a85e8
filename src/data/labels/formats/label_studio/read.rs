//! Reads tasks.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::value;
use crate::data::labels::LabelError;
use crate::data::labels::import::{Import, task_of};
use crate::data::labels::record::{Sample, Target};
use crate::data::labels::report::{Assumption, Place, Reason};
use crate::data::labels::text::{self, name_of};
use crate::geometry::ImageSize;

/// Keys under which tasks name their picture, before any text that ends like one.
const PICTURE: &[&str] = &[
    "image",
    "img",
    "image_url",
    "url",
    "path",
    "photo",
    "captioning",
];

/// Reads a file of tasks.
pub(super) fn file(path: &Path, import: &mut Import) -> Result<(), LabelError> {
    import.file();
    text::records(path, "Label Studio", |place, record| {
        let result = match record {
            Ok(Value::Object(map)) if map.contains_key("data") => task(map, place, import),
            Ok(Value::Object(map)) => flat(&map, place, import),
            Ok(_) => Err(Reason::Form("a task is an object".into())),
            Err(why) => Err(why),
        };
        if let Err(why) = result {
            import.skip("task", place, why);
        }
    })
}

/// A task as exported in full.
fn task(mut map: Map<String, Value>, place: &Place, import: &mut Import) -> Result<(), Reason> {
    let data = match map.get("data") {
        Some(Value::Object(data)) => data.clone(),
        _ => return Err(Reason::Form("\"data\" is an object".into())),
    };
    let written =
        picture(&data).ok_or_else(|| Reason::Form("no picture is named in \"data\"".into()))?;
    let annotations = map
        .shift_remove("annotations")
        .or_else(|| map.shift_remove("completions"));
    let mut results = chosen(list(annotations), place, import);
    if results.is_empty() && import.options.predictions {
        let predicted = list(map.shift_remove("predictions")).into_iter().next();
        results = predicted.map(result_of).unwrap_or_default();
    }
    let mut extra = Map::new();
    extra.extend(
        data.into_iter()
            .filter(|(_, value)| value.as_str() != Some(&written)),
    );
    let id = map.get("id").and_then(name_of);
    sample(id, &written, results, extra, (place, import));
    Ok(())
}

/// The regions of the annotation that counts: the ground truth, else the first that was not cancelled.
fn chosen(annotations: Vec<Value>, place: &Place, import: &mut Import) -> Vec<Value> {
    let is = |value: &Value, key: &str| value.get(key) == Some(&Value::Bool(true));
    let (cancelled, mut valid): (Vec<Value>, Vec<Value>) = annotations
        .into_iter()
        .partition(|annotation| is(annotation, "was_cancelled"));
    for annotation in &cancelled {
        let id = annotation.get("id").and_then(name_of).unwrap_or_default();
        import.skip(format!("annotation {id}"), place, Reason::Cancelled);
    }
    valid.sort_by_key(|annotation| !is(annotation, "ground_truth"));
    for annotation in valid.iter().skip(1) {
        let id = annotation.get("id").and_then(name_of).unwrap_or_default();
        let why = Reason::Unsupported("a second annotation of one task".into());
        import.skip(format!("annotation {id}"), place, why);
    }
    valid.into_iter().next().map(result_of).unwrap_or_default()
}

fn result_of(mut annotation: Value) -> Vec<Value> {
    list(annotation.get_mut("result").map(Value::take))
}

fn list(value: Option<Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

fn picture(data: &Map<String, Value>) -> Option<String> {
    let known = PICTURE.iter().find_map(|key| data.get(*key)?.as_str());
    let is_picture =
        |text: &&str| crate::data::labels::picture::is_named_as_picture(Path::new(text));
    let other = || data.values().filter_map(Value::as_str).find(is_picture);
    known.or_else(other).map(str::to_owned)
}

/// A task of JSON-MIN: regions are values of the task itself.
fn flat(map: &Map<String, Value>, place: &Place, import: &mut Import) -> Result<(), Reason> {
    let written = picture(map).ok_or_else(|| Reason::Form("no picture is named".into()))?;
    let mut results = Vec::new();
    for value in map.values().filter_map(Value::as_array) {
        for region in value.iter().filter_map(Value::as_object) {
            if region.contains_key("original_width") {
                let mut item = Map::new();
                for key in ["original_width", "original_height", "image_rotation"] {
                    item.extend(region.get(key).map(|side| (key.to_owned(), side.clone())));
                }
                item.insert("value".into(), Value::Object(region.clone()));
                results.push(Value::Object(item));
            }
        }
    }
    let id = map.get("id").and_then(name_of);
    sample(id, &written, results, Map::new(), (place, import));
    Ok(())
}

fn sample(
    id: Option<String>,
    written: &str,
    results: Vec<Value>,
    extra: Map<String, Value>,
    (place, import): (&Place, &mut Import),
) {
    let side = |item: &Value, key: &str| u32::try_from(item.get(key)?.as_u64()?).ok();
    let size = |item: &Value| {
        Some(ImageSize::new(
            side(item, "original_width")?,
            side(item, "original_height")?,
        ))
    };
    let stated = results
        .iter()
        .find_map(size)
        .filter(|size| !size.is_empty());
    let mut image = import.image(written, stated, place);
    let labels = labels_by_region(&results);
    let (mut targets, mut seen) = (Vec::<Target>::new(), HashMap::<String, usize>::new());
    for item in results {
        let own = size(&item).filter(|size| !size.is_empty());
        let size = own.unwrap_or_else(|| import.relative_to(&mut image));
        match region(item, size, &labels) {
            Ok(Some(target)) => {
                if matches!(target.shape, crate::data::labels::Shape::Box { rotation, .. } if rotation != 0.0)
                {
                    import.assume(Assumption::CornerRotation, 1);
                }
                // A region of the shape alone and one of its labels share an id and a place.
                let before = target.id.as_ref().and_then(|id| seen.get(id)).copied();
                let same = |at: usize| {
                    targets
                        .get(at)
                        .is_some_and(|t: &Target| t.shape == target.shape)
                };
                if !before.is_some_and(same) {
                    seen.extend(target.id.clone().map(|id| (id, targets.len())));
                    targets.push(target);
                }
            }
            Ok(None) => {}
            Err(why) => import.skip("region", place, why),
        }
    }
    targets
        .iter()
        .filter_map(|t| t.label.as_deref())
        .for_each(|l| import.named_category(l));
    let sample = Sample {
        id,
        images: vec![image],
        task: task_of(&targets),
        targets,
        extra,
        ..Sample::default()
    };
    import.push(sample, place);
}

/// Labels are in the region itself, or in another one of the same id.
fn labels_by_region(results: &[Value]) -> HashMap<String, String> {
    let mut labels = HashMap::new();
    for item in results {
        let id = item.get("id").and_then(name_of);
        let label = item.get("value").and_then(Value::as_object).and_then(label);
        if let (Some(id), Some(label)) = (id, label) {
            labels.entry(id).or_insert(label);
        }
    }
    labels
}

/// The first of a list of labels, whatever it is called.
fn label(value: &Map<String, Value>) -> Option<String> {
    let lists = value.iter().filter(|(key, _)| key.ends_with("labels"));
    lists
        .filter_map(|(_, list)| list.get(0)?.as_str())
        .map(str::to_owned)
        .next()
}

fn region(
    mut item: Value,
    size: ImageSize,
    labels: &HashMap<String, String>,
) -> Result<Option<Target>, Reason> {
    if item
        .get("image_rotation")
        .and_then(Value::as_f64)
        .is_some_and(|turn| turn != 0.0)
    {
        return Err(Reason::Unsupported(
            "a region of a picture that was turned by hand".into(),
        ));
    }
    let id = item.get("id").and_then(name_of);
    let score = item.get("score").and_then(Value::as_f64);
    let Some(Value::Object(value)) = item.get_mut("value").map(Value::take) else {
        return Ok(None);
    };
    let Some(shape) = value::read(&value, size)? else {
        return Ok(None);
    };
    let own = label(&value);
    let label = own
        .or_else(|| labels.get(id.as_ref()?).cloned())
        .unwrap_or_default();
    let mut target = Target::new(shape).labelled(label);
    target.id = id;
    target.score = score;
    Ok(Some(target))
}
