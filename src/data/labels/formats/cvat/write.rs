//! Writes CVAT for images 1.1.

use std::collections::BTreeSet;
use std::path::Path;

use quick_xml::escape::escape;
use serde_json::Value;

use super::{FORMAT, HOLDS, shape};
use crate::data::labels::LabelError;
use crate::data::labels::export::{Export, NAMELESS, WriteReport, by_picture};
use crate::data::labels::geometry::Shape;
use crate::data::labels::options::WriteOptions;
use crate::data::labels::record::{LabelSet, Target};

/// Properties that CVAT writes as attributes of the element itself.
const OF_ELEMENT: &[&str] = &["occluded", "z_order", "source"];

/// Writes `annotations.xml` with `images/`, or the one file asked for.
pub(super) fn write(
    set: &LabelSet,
    out: &Path,
    options: WriteOptions,
) -> Result<WriteReport, LabelError> {
    let mut export = Export::open(set, out, (FORMAT.name, HOLDS), &["xml"], options)?;
    let (mut body, mut labels) = (String::new(), BTreeSet::new());
    for (index, (image, samples)) in by_picture(set).into_iter().enumerate() {
        let Some(size) = image.size else {
            export.note("pictures of unknown size were left out");
            continue;
        };
        let path = export.picture(image, "images")?;
        // CVAT names pictures by where they lie below the folder of pictures.
        let path = path.strip_prefix("images/").unwrap_or(&path).to_owned();
        let id = samples
            .iter()
            .find_map(|s| s.id.clone())
            .unwrap_or_else(|| index.to_string());
        let split = samples.iter().find_map(|sample| sample.split.as_deref());
        let mut attributes = vec![("id", id), ("name", path)];
        attributes.extend(split.map(|split| ("subset", split.to_owned())));
        attributes.extend([
            ("width", size.width.to_string()),
            ("height", size.height.to_string()),
        ]);
        body.extend([format!("  <image{}>\n", written(&attributes))]);
        for sample in samples {
            for (target, shape) in export.targets(sample) {
                let label = target.label.as_deref().unwrap_or(NAMELESS);
                labels.insert(label.to_owned());
                element(&mut body, label, target, &shape);
            }
            export.report.samples += 1;
        }
        body.push_str("  </image>\n");
    }
    labels.extend(set.categories.iter().map(|category| category.name.clone()));
    let pictures = export.report.samples;
    export.main("annotations.xml", |to| {
        to.write_all(head(&labels, pictures).as_bytes())?;
        to.write_all(body.as_bytes())?;
        to.write_all(b"</annotations>\n")
    })?;
    export.finish()
}

fn written(attributes: &[(&str, String)]) -> String {
    let pairs = attributes
        .iter()
        .map(|(key, value)| format!(" {key}=\"{}\"", escape(value.as_str())));
    pairs.collect()
}

fn head(labels: &BTreeSet<String>, pictures: u64) -> String {
    let label = |name: &String| {
        format!(
            "        <label><name>{}</name><attributes></attributes></label>\n",
            escape(name.as_str())
        )
    };
    let labels: String = labels.iter().map(label).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n  <meta>\n    <task>\n      \
         <size>{pictures}</size>\n      <mode>annotation</mode>\n      <labels>\n{labels}      </labels>\n    </task>\n  \
         </meta>\n"
    )
}

fn element(body: &mut String, label: &str, target: &Target, shape: &Shape) {
    let (name, own) = shape::write(shape);
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let mut attributes = vec![("label", label.to_owned())];
    for (key, default) in [("source", "manual"), ("occluded", "0"), ("z_order", "0")] {
        let value = target
            .attributes
            .get(key)
            .map_or_else(|| default.to_owned(), text);
        attributes.push((key, value));
    }
    attributes.extend(own);
    attributes.extend(target.group.map(|group| ("group_id", group.to_string())));
    body.extend([format!("    <{name}{}>\n", written(&attributes))]);
    for (key, value) in target
        .attributes
        .iter()
        .filter(|(key, _)| !OF_ELEMENT.contains(&key.as_str()))
    {
        let (key, value) = (escape(key.as_str()), text(value));
        body.extend([format!(
            "      <attribute name=\"{key}\">{}</attribute>\n",
            escape(value.as_str())
        )]);
    }
    body.extend([format!("    </{name}>\n")]);
}
