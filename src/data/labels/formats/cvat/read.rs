//! Reads CVAT XML.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::parser::{Attributes, Step, walk};
use super::shape::{self, SHAPES};
use super::track::{Key, MAX_FRAMES, spread};
use crate::data::labels::LabelError;
use crate::data::labels::import::{Import, task_of};
use crate::data::labels::record::{ImageRef, Sample, Target};
use crate::data::labels::report::{Assumption, Place, Reason};
use crate::data::labels::text;
use crate::geometry::ImageSize;

/// Attributes of shapes that are no properties of the object.
const OWN: &[&str] = &[
    "label", "points", "xtl", "ytl", "xbr", "ybr", "cx", "cy", "rx", "ry", "rotation", "rle",
    "left", "top", "width", "height", "frame", "keyframe", "outside", "group_id",
];
/// What shapes are unless they say otherwise.
const DEFAULTS: &[(&str, &str)] = &[("occluded", "0"), ("z_order", "0"), ("source", "manual")];

/// Reads a file.
pub(super) fn file(path: &Path, import: &mut Import) -> Result<(), LabelError> {
    let xml = text::whole(path, text::MAX_WHOLE)?;
    import.file();
    let mut reader = Reader {
        place: Place::file(path),
        import,
        meta: Meta::default(),
        inside: Vec::new(),
        image: None,
        track: None,
        shape: None,
        attribute: None,
        frames: BTreeMap::new(),
        images: 0,
    };
    let walked = walk(&xml, |step| reader.step(step));
    reader.finish();
    match walked {
        Ok(()) => Ok(()),
        Err(reason) if reader.images == 0 => Err(LabelError::damaged("CVAT", path)(reason)),
        Err(reason) => {
            import.skip("file", &Place::file(path), Reason::BreaksOff(reason));
            Ok(())
        }
    }
}

/// What is said about all frames.
#[derive(Default)]
struct Meta {
    width: Option<u32>,
    height: Option<u32>,
    stop: Option<u64>,
}

struct Track {
    label: String,
    group: Option<i64>,
    keys: Vec<Key>,
    attributes: Map<String, Value>,
}

/// A shape whose element is open.
struct Open {
    name: String,
    own: Attributes,
    attributes: Map<String, Value>,
}

struct Reader<'r, 'o> {
    place: Place,
    import: &'r mut Import<'o>,
    meta: Meta,
    inside: Vec<String>,
    image: Option<(Sample, Place)>,
    track: Option<Track>,
    shape: Option<Open>,
    attribute: Option<String>,
    frames: BTreeMap<u64, Vec<Target>>,
    images: u64,
}

impl Reader<'_, '_> {
    fn step(&mut self, step: Step) {
        match step {
            Step::Open(name, attributes) => {
                self.open(&name, attributes);
                self.inside.push(name);
            }
            Step::Close(name, text) => {
                self.inside.pop();
                self.close(&name, &text);
            }
        }
    }

    fn open(&mut self, name: &str, attributes: Attributes) {
        match name {
            "image" => self.image = Some(self.of_image(&attributes)),
            "track" => {
                self.track = Some(Track {
                    label: attributes.get("label").cloned().unwrap_or_default(),
                    group: attributes.get("id").and_then(|id| id.parse().ok()),
                    keys: Vec::new(),
                    attributes: Map::new(),
                });
            }
            "attribute" => self.attribute = attributes.get("name").cloned(),
            shape if SHAPES.contains(&shape) && self.shape.is_none() => {
                self.shape = Some(Open {
                    name: shape.to_owned(),
                    own: attributes,
                    attributes: Map::new(),
                });
            }
            _ => {}
        }
    }

    fn of_image(&mut self, attributes: &Attributes) -> (Sample, Place) {
        let place = self.place.entry(self.images);
        self.images += 1;
        let side = |key: &str| attributes.get(key)?.parse().ok();
        let stated = side("width")
            .zip(side("height"))
            .map(|(w, h)| ImageSize::new(w, h));
        let written = attributes.get("name").cloned().unwrap_or_default();
        let sample = Sample {
            id: attributes.get("id").cloned(),
            images: vec![self.import.image(&written, stated, &place)],
            split: attributes.get("subset").filter(|s| !s.is_empty()).cloned(),
            ..Sample::default()
        };
        (sample, place)
    }

    fn close(&mut self, name: &str, text: &str) {
        let text = text.trim();
        match name {
            "image" => self.close_image(),
            "track" => self.close_track(),
            "attribute" => {
                if let (Some(key), Some(shape)) = (self.attribute.take(), &mut self.shape) {
                    shape.attributes.insert(key, text.into());
                }
            }
            "name" if self.inside.last().is_some_and(|last| last == "label") => {
                self.import.named_category(text);
            }
            "width" if self.in_size() => self.meta.width = text.parse().ok(),
            "height" if self.in_size() => self.meta.height = text.parse().ok(),
            "stop_frame" => self.meta.stop = self.meta.stop.or(text.parse().ok()),
            shape if self.shape.as_ref().is_some_and(|open| open.name == shape) => {
                self.close_shape();
            }
            _ => {}
        }
    }

    fn in_size(&self) -> bool {
        self.inside
            .last()
            .is_some_and(|last| last == "original_size")
    }

    fn close_image(&mut self) {
        if let Some((mut sample, place)) = self.image.take() {
            sample.task = task_of(&sample.targets);
            self.import.push(sample, &place);
        }
    }

    fn close_shape(&mut self) {
        let Some(open) = self.shape.take() else {
            return;
        };
        let place = self
            .image
            .as_ref()
            .map_or(&self.place, |(_, place)| place)
            .clone();
        let own = self.image.as_ref().and_then(|(sample, _)| sample.size());
        let size = own.or(self
            .meta
            .width
            .zip(self.meta.height)
            .map(|(w, h)| ImageSize::new(w, h)));
        let shapes = match shape::read(&open.name, &open.own, size) {
            Ok(shapes) => shapes,
            Err(why) => return self.import.skip(open.name, &place, why),
        };
        let attributes = properties(&open);
        match (&mut self.image, &mut self.track) {
            (Some((sample, _)), _) => {
                let label = open.own.get("label").cloned().unwrap_or_default();
                sample.targets.extend(shapes.into_iter().map(|shape| {
                    let mut target = Target::new(shape).labelled(label.clone());
                    target.group = open.own.get("group_id").and_then(|id| id.parse().ok());
                    target.attributes.clone_from(&attributes);
                    target
                }));
            }
            (None, Some(track)) => {
                let Some(frame) = open.own.get("frame").and_then(|frame| frame.parse().ok()) else {
                    let why = Reason::Form("a shape of a track has no frame".into());
                    return self.import.skip(open.name, &place, why);
                };
                let outside = open
                    .own
                    .get("outside")
                    .is_some_and(|outside| outside == "1");
                track.attributes.extend(attributes);
                let keys = shapes.into_iter().take(1);
                track.keys.extend(keys.map(|shape| Key {
                    frame,
                    outside,
                    shape,
                }));
            }
            (None, None) => {}
        }
    }

    fn close_track(&mut self) {
        let Some(track) = self.track.take() else {
            return;
        };
        let (frames, between) = spread(track.keys, self.meta.stop);
        self.import.assume(Assumption::Interpolated, between);
        for (frame, shape) in frames {
            if self.frames.len() as u64 >= MAX_FRAMES && !self.frames.contains_key(&frame) {
                let why = Reason::TooMany(MAX_FRAMES);
                return self.import.skip("frames", &self.place.clone(), why);
            }
            let mut target = Target::new(shape).labelled(track.label.clone());
            target.group = track.group;
            target.attributes.clone_from(&track.attributes);
            self.frames.entry(frame).or_default().push(target);
        }
    }

    /// The frames of a video become samples once all tracks are known.
    fn finish(&mut self) {
        self.close_image();
        for (frame, targets) in std::mem::take(&mut self.frames) {
            self.images += 1;
            let place = self.place.entry(frame);
            let size = self
                .meta
                .width
                .zip(self.meta.height)
                .map(|(w, h)| ImageSize::new(w, h));
            let sample = Sample {
                id: Some(frame.to_string()),
                images: vec![self.of_frame(frame, size, &place)],
                task: task_of(&targets),
                targets,
                ..Sample::default()
            };
            self.import.push(sample, &place);
        }
    }

    /// The picture of a frame, as CVAT names it when it exports pictures too.
    fn of_frame(&mut self, frame: u64, size: Option<ImageSize>, place: &Place) -> ImageRef {
        let name = |ending: &str| format!("frame_{frame:06}.{ending}");
        for ending in ["PNG", "png", "jpg"] {
            let image = self.import.find(&name(ending), size, place);
            if image.file.is_some() {
                return image;
            }
        }
        self.import.image(&name("PNG"), size, place)
    }
}

/// What a shape says of its object, but for what every object is.
fn properties(open: &Open) -> Map<String, Value> {
    let of_element = open.own.iter().filter(|(key, value)| {
        !OWN.contains(&key.as_str()) && !DEFAULTS.contains(&(key.as_str(), value.as_str()))
    });
    let mut properties: Map<String, Value> = of_element
        .map(|(key, value)| (key.clone(), value.as_str().into()))
        .collect();
    properties.extend(open.attributes.clone());
    properties
}
