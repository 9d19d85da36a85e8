//! `RoboPoint` and `Where2Place`; read only.
//!
//! `RoboPoint` is conversation JSON whose answers are tuples in fractions of the sides: two are a point, four a box.
//! `Where2Place` is `point_questions.jsonl` with pictures and a mask for every question, for evaluation only.

use std::path::{Path, PathBuf};

use image::{ImageReader, Limits};
use serde_json::Value;

use super::conversation;
use crate::data::labels::geometry::Shape;
use crate::data::labels::import::Import;
use crate::data::labels::mask::{MAX_PIXELS, Mask};
use crate::data::labels::record::{ImageRef, Role, Sample, Target, Turn};
use crate::data::labels::report::{Outcome, Place, Reason};
use crate::data::labels::sniff::Candidate;
use crate::data::labels::text::{self, name_of};
use crate::data::labels::{Format, LabelError};
use crate::geometry::ImageSize;
use crate::grounding::prompt::Task;

/// The row of the table.
pub(super) const FORMAT: Format = Format {
    name: "robopoint",
    title: "RoboPoint JSON or Where2Place JSONL",
    recognises: |candidate| is_questions(candidate) || is_robopoint(candidate),
    read: |files, import| files.iter().try_for_each(|path| read(path, import)),
    write: None,
};

fn is_questions(candidate: &Candidate) -> bool {
    ["question_id", "image", "text"]
        .iter()
        .all(|key| candidate.has_key(key))
}

/// Conversations whose first answer is a tuple of fractions.
fn is_robopoint(candidate: &Candidate) -> bool {
    conversation::is_conversation(candidate)
        && (candidate.head.contains("\"[(0.") || candidate.head.contains("\"[(1.0"))
}

fn read(path: &Path, import: &mut Import) -> Result<(), LabelError> {
    if is_robopoint(&Candidate::file(path)) {
        // Other sources mix pixels in, so every answer is asked on its own, and the report says what was assumed.
        let unit = import.options.unit;
        return conversation::file(path, unit, import);
    }
    import.file();
    let masks = path.parent().map(|folder| folder.join("masks"));
    text::records(path, "Where2Place", |place, record| {
        match record.and_then(question) {
            Ok(question) => push(question, masks.as_deref(), place, import),
            Err(why) => import.skip("question", place, why),
        }
    })
}

struct Question {
    id: Option<String>,
    image: String,
    text: String,
    extra: serde_json::Map<String, Value>,
}

fn question(value: Value) -> Result<Question, Reason> {
    let Value::Object(mut map) = value else {
        return Err(Reason::Form("a question is an object".into()));
    };
    let id = map.shift_remove("question_id").as_ref().and_then(name_of);
    match (map.shift_remove("image"), map.shift_remove("text")) {
        (Some(Value::String(image)), Some(Value::String(text))) => Ok(Question {
            id,
            image,
            text,
            extra: map,
        }),
        _ => Err(Reason::Form(
            "a question has an \"image\" and a \"text\"".into(),
        )),
    }
}

fn push(question: Question, masks: Option<&Path>, place: &Place, import: &mut Import) {
    let image = import.image(&question.image, None, place);
    let mask = masks
        .filter(|folder| folder.is_dir())
        .map(|folder| of_mask(folder, &image));
    let mask = match mask {
        Some(Ok(mask)) => Some(mask),
        Some(Err(why)) => {
            import.defect("mask", place, why, Outcome::Skipped);
            None
        }
        None => None,
    };
    let target = mask.map(|mask| Target::new(Shape::Mask(mask)).labelled(question.text.clone()));
    let sample = Sample {
        id: question.id,
        images: vec![image],
        task: Task::Point,
        phrase: Some(question.text.clone()),
        targets: target.into_iter().collect(),
        conversation: vec![Turn {
            role: Role::User,
            text: format!("<image>\n{}", question.text),
        }],
        split: Some("test".into()),
        extra: question.extra,
        ..Sample::default()
    };
    import.push(sample, place);
}

/// The mask of a picture's name: what is brighter than half is the place to point at.
fn of_mask(folder: &Path, image: &ImageRef) -> Result<Mask, Reason> {
    let name = image
        .file
        .as_deref()
        .and_then(Path::file_name)
        .map(PathBuf::from);
    let name = name.ok_or_else(|| Reason::UnknownPicture(image.path.clone()))?;
    let endings = ["png", "jpg", "jpeg"].map(|ending| name.with_extension(ending));
    let path = std::iter::once(name)
        .chain(endings)
        .map(|n| folder.join(n))
        .find(|p| p.is_file());
    let path = path.ok_or_else(|| Reason::Picture("there is no mask of its name".into()))?;
    let damaged = |error: &dyn std::fmt::Display| Reason::Picture(error.to_string());
    let mut reader = ImageReader::open(&path)
        .and_then(ImageReader::with_guessed_format)
        .map_err(|error| damaged(&error))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(4 * MAX_PIXELS as u64);
    reader.limits(limits);
    let pixels = reader
        .decode()
        .map_err(|error| damaged(&error))?
        .into_luma8();
    let rows: Vec<bool> = pixels.pixels().map(|pixel| pixel.0[0] > 127).collect();
    Ok(Mask::from_rows(
        ImageSize::new(pixels.width(), pixels.height()),
        &rows,
    )?)
}
