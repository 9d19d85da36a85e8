//! Writes tasks that Label Studio imports, and the labelling interface they belong to.

use std::collections::BTreeSet;
use std::path::Path;

use quick_xml::escape::escape;
use serde_json::{Map, Value, json};

use super::{FORMAT, HOLDS, value};
use crate::data::labels::LabelError;
use crate::data::labels::export::{Export, NAMELESS, WriteReport, by_picture};
use crate::data::labels::options::WriteOptions;
use crate::data::labels::record::{LabelSet, Target};
use crate::geometry::ImageSize;

/// Kinds of regions: as in a task, the control's name and its tag.
const CONTROLS: &[(&str, &str, &str)] = &[
    ("rectanglelabels", "box", "RectangleLabels"),
    ("keypointlabels", "point", "KeyPointLabels"),
    ("polygonlabels", "polygon", "PolygonLabels"),
    ("ellipselabels", "ellipse", "EllipseLabels"),
    ("brushlabels", "brush", "BrushLabels"),
];

/// Writes `tasks.json` with `config.xml` and `images/`, or the one file asked for.
pub(super) fn write(
    set: &LabelSet,
    out: &Path,
    options: WriteOptions,
) -> Result<WriteReport, LabelError> {
    let mut export = Export::open(set, out, (FORMAT.name, HOLDS), &["json"], options)?;
    let (mut tasks, mut used) = (Vec::new(), BTreeSet::new());
    for (image, samples) in by_picture(set) {
        let Some(size) = image.size else {
            export.note("pictures of unknown size were left out");
            continue;
        };
        let path = export.picture(image, "images")?;
        // Where Label Studio serves local files from.
        let path = if path == image.path {
            path
        } else {
            format!("/data/local-files/?d={path}")
        };
        let (mut results, mut data) = (Vec::new(), Map::new());
        data.insert("image".into(), path.into());
        for sample in &samples {
            for (target, shape) in export.targets(sample) {
                let (kind, value) = value::write(&shape, size);
                let label = target.label.as_deref().unwrap_or(NAMELESS);
                used.insert((kind, label.to_owned()));
                results.push(region(target, kind, value, (size, results.len())));
            }
            for (key, value) in &sample.extra {
                data.entry(key.clone()).or_insert_with(|| value.clone());
            }
            export.report.samples += 1;
        }
        let number = tasks.len() + 1;
        let id = samples
            .iter()
            .find_map(|sample| sample.id.as_ref()?.parse::<u64>().ok());
        tasks.push(json!({
            "id": id.unwrap_or(number as u64),
            "data": data,
            "annotations": [{"id": number, "was_cancelled": false, "ground_truth": false, "result": results}],
            "predictions": [],
        }));
    }
    export.main("tasks.json", |to| {
        serde_json::to_writer(to, &tasks).map_err(Into::into)
    })?;
    if out
        .extension()
        .is_none_or(|ending| !ending.eq_ignore_ascii_case("json"))
    {
        export.side("config.xml", config(&used).as_bytes())?;
    }
    export.finish()
}

fn region(
    target: &Target,
    kind: &'static str,
    mut value: Map<String, Value>,
    (size, index): (ImageSize, usize),
) -> Value {
    if let Some(label) = &target.label {
        value.insert(kind.into(), json!([label]));
    }
    let control = CONTROLS
        .iter()
        .find(|row| row.0 == kind)
        .map_or("box", |row| row.1);
    let mut region = json!({
        "id": target.id.clone().unwrap_or_else(|| format!("region{index}")),
        "from_name": control,
        "to_name": "image",
        "type": kind,
        "original_width": size.width,
        "original_height": size.height,
        "image_rotation": 0,
        "value": value,
    });
    if let Some(score) = target.score {
        region["score"] = json!(score);
    }
    region
}

/// The labelling interface that shows all regions.
fn config(used: &BTreeSet<(&str, String)>) -> String {
    let mut xml = String::from("<View>\n  <Image name=\"image\" value=\"$image\"/>\n");
    for (kind, name, tag) in CONTROLS {
        let labels: Vec<&String> = used
            .iter()
            .filter(|(k, _)| k == kind)
            .map(|(_, l)| l)
            .collect();
        if labels.is_empty() {
            continue;
        }
        xml.extend([format!("  <{tag} name=\"{name}\" toName=\"image\">\n")]);
        for label in labels {
            xml.extend([format!(
                "    <Label value=\"{}\"/>\n",
                escape(label.as_str())
            )]);
        }
        xml.extend([format!("  </{tag}>\n")]);
    }
    xml.push_str("</View>\n");
    xml
}
