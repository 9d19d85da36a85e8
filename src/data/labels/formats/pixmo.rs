//! `PixMo` points: a row for every picture and label, points in hundredths of the sides. Parquet or JSON.
//!
//! Pictures are addresses; they are looked for by the hash of their bytes or the last part of the address. Rows without
//! points say that there is no such thing in the picture.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Float64Builder, Int64Array, ListBuilder, RecordBatch, StringArray, StructBuilder,
};
use arrow::datatypes::{DataType, Field, Fields};
use parquet::arrow::ArrowWriter;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::data::labels::export::{Export, WriteReport};
use crate::data::labels::geometry::{Shape, Spot};
use crate::data::labels::import::Import;
use crate::data::labels::loss::Feature;
use crate::data::labels::options::WriteOptions;
use crate::data::labels::record::{ImageRef, LabelSet, Sample, Target};
use crate::data::labels::report::{Outcome, Place, Reason};
use crate::data::labels::{Format, LabelError, picture, table, text};
use crate::grounding::prompt::Task;

/// The row of the table.
pub(super) const FORMAT: Format = Format {
    name: "pixmo",
    title: "PixMo points, Parquet or JSON",
    recognises: |candidate| {
        candidate.has_key("points")
            && (candidate.has_key("image_url") || candidate.has_key("image_sha256"))
    },
    read: |files, import| files.iter().try_for_each(|path| read(path, import)),
    write: Some(write),
};

const HOLDS: &[Feature] = &[Feature::Points, Feature::Phrases, Feature::Decimals];

#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    image_url: Option<String>,
    #[serde(default)]
    image_sha256: Option<String>,
    points: Vec<Point>,
    #[serde(default)]
    count: Option<i64>,
    label: String,
    #[serde(flatten)]
    other: Map<String, Value>,
}

#[derive(Deserialize)]
struct Point {
    x: f64,
    y: f64,
}

fn read(path: &Path, import: &mut Import) -> Result<(), LabelError> {
    import.file();
    let mut each = |place: &Place, record: Result<Value, Reason>| {
        let row = record.and_then(|value| {
            serde_json::from_value(value).map_err(|error| Reason::Form(error.to_string()))
        });
        match row {
            Ok(row) => sample(row, place, import),
            Err(why) => import.skip("row", place, why),
        }
    };
    if path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("parquet"))
    {
        table::rows(path, &mut each)
    } else {
        text::records(path, "PixMo JSON", &mut each)
    }
}

fn sample(row: Row, place: &Place, import: &mut Import) {
    let mut image = find(&row, place, import);
    if let Some(stated) = row.count
        && usize::try_from(stated) != Ok(row.points.len())
    {
        let found = row.points.len();
        import.defect(
            "row",
            place,
            Reason::CountDiffers { stated, found },
            Outcome::Kept,
        );
    }
    let targets = if row.points.is_empty() {
        Vec::new()
    } else {
        let size = import.relative_to(&mut image);
        let (w, h) = (f64::from(size.width), f64::from(size.height));
        let spots = row
            .points
            .iter()
            .map(|p| [p.x * w / 100.0, p.y * h / 100.0]);
        spots
            .map(|spot| Target::new(Shape::Point(spot)).labelled(row.label.clone()))
            .collect()
    };
    let mut extra = row.other;
    extra.extend(
        row.image_sha256
            .map(|hash| ("image_sha256".to_owned(), hash.into())),
    );
    let sample = Sample {
        images: vec![image],
        task: Task::Point,
        phrase: Some(row.label),
        targets,
        extra,
        ..Sample::default()
    };
    import.push(sample, place);
}

/// The picture of a row, by its hash or its address.
fn find(row: &Row, place: &Place, import: &mut Import) -> ImageRef {
    let url = row
        .image_url
        .clone()
        .or_else(|| row.image_sha256.clone())
        .unwrap_or_default();
    let is_hash = |hash: &&String| hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some(hash) = row.image_sha256.as_ref().filter(is_hash) {
        for ending in ["", ".jpg", ".jpeg", ".png", ".webp"] {
            let mut image = import.find(&format!("{hash}{ending}"), None, place);
            if image.file.is_some() {
                image.path = url;
                return image;
            }
        }
    }
    import.image(&url, None, place)
}

/// What is written of one picture and label.
struct Entry {
    url: String,
    hash: Option<String>,
    points: Vec<Spot>,
    label: String,
    method: Option<String>,
}

fn write(set: &LabelSet, out: &Path, options: WriteOptions) -> Result<WriteReport, LabelError> {
    let mut export = Export::open(
        set,
        out,
        (FORMAT.name, HOLDS),
        &["parquet", "json", "jsonl"],
        options,
    )?;
    let mut entries = Vec::new();
    for sample in &set.samples {
        entries.extend(of_sample(sample, &mut export)?);
    }
    export.report.samples = entries.len() as u64;
    if out.extension().is_some_and(|e| e == "json" || e == "jsonl") {
        let rows: Vec<Value> = entries.iter().map(as_json).collect();
        export.main("pixmo.json", |to| {
            serde_json::to_writer(to, &rows).map_err(Into::into)
        })?;
    } else {
        let bytes = as_parquet(&entries).map_err(LabelError::damaged("Parquet", out))?;
        export.main("pixmo.parquet", |to| to.write_all(&bytes))?;
    }
    export.finish()
}

/// The rows of a sample: one for every label of points, or one without points.
fn of_sample(sample: &Sample, export: &mut Export) -> Result<Vec<Entry>, LabelError> {
    let (Some(image), targets) = (sample.image(), export.targets(sample)) else {
        return Ok(Vec::new());
    };
    let mut labels: Vec<(&str, Vec<Spot>)> = Vec::new();
    for (target, shape) in &targets {
        let Shape::Point([x, y]) = shape else {
            continue;
        };
        let Some(size) = image.size else {
            export.note("points of pictures of unknown size were left out");
            continue;
        };
        let spot = [
            100.0 * x / f64::from(size.width),
            100.0 * y / f64::from(size.height),
        ];
        let label = sample
            .phrase
            .as_deref()
            .or(target.label.as_deref())
            .unwrap_or_default();
        match labels.iter_mut().find(|(known, _)| *known == label) {
            Some((_, spots)) => spots.push(spot),
            None => labels.push((label, vec![spot])),
        }
    }
    if let (true, Task::Point, Some(phrase)) =
        (sample.targets.is_empty(), sample.task, &sample.phrase)
    {
        labels.push((phrase, Vec::new()));
    }
    if labels.is_empty() {
        return Ok(Vec::new());
    }
    let path = export.picture(image, "images")?;
    // An address stays one: that is how others find the picture.
    let url = if image.path.contains("://") {
        image.path.clone()
    } else {
        path
    };
    let text = |key: &str| {
        sample
            .extra
            .get(key)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let hash = text("image_sha256").or_else(|| {
        let hash = picture::hash(image.file.as_deref()?)?;
        let digits: Vec<String> = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Some(digits.concat())
    });
    let entry = |(label, points): (&str, Vec<Spot>)| Entry {
        url: url.clone(),
        hash: hash.clone(),
        points,
        label: label.to_owned(),
        method: text("collection_method"),
    };
    Ok(labels.into_iter().map(entry).collect())
}

fn as_json(entry: &Entry) -> Value {
    json!({
        "image_url": entry.url,
        "image_sha256": entry.hash,
        "points": entry.points.iter().map(|[x, y]| json!({"x": x, "y": y})).collect::<Vec<_>>(),
        "count": entry.points.len(),
        "label": entry.label,
        "collection_method": entry.method,
    })
}

fn as_parquet(entries: &[Entry]) -> Result<Vec<u8>, parquet::errors::ParquetError> {
    let side = |name: &str| Field::new(name, DataType::Float64, false);
    let fields = Fields::from(vec![side("x"), side("y")]);
    let mut points = ListBuilder::new(StructBuilder::from_fields(fields, entries.len()));
    for entry in entries {
        for spot in &entry.points {
            let point = points.values();
            for (index, value) in spot.iter().enumerate() {
                if let Some(builder) = point.field_builder::<Float64Builder>(index) {
                    builder.append_value(*value);
                }
            }
            point.append(true);
        }
        points.append(true);
    }
    let texts = |text: fn(&Entry) -> Option<&str>| -> ArrayRef {
        Arc::new(entries.iter().map(text).collect::<StringArray>())
    };
    let counts = Int64Array::from_iter_values(entries.iter().map(|e| e.points.len() as i64));
    let batch = RecordBatch::try_from_iter([
        ("image_url", texts(|e| Some(&e.url))),
        ("image_sha256", texts(|e| e.hash.as_deref())),
        ("points", Arc::new(points.finish()) as ArrayRef),
        ("count", Arc::new(counts)),
        ("label", texts(|e| Some(&e.label))),
        ("collection_method", texts(|e| e.method.as_deref())),
    ])?;
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None)?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(bytes)
}
