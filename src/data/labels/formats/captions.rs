//! A folder of pictures, with captions where there are any; read only.
//!
//! Captions are in `captions.jsonl` or `metadata.jsonl` (`{"file_name": ..., "text": ...}`), or in a text file of the
//! picture's name.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::data::labels::import::Import;
use crate::data::labels::record::Sample;
use crate::data::labels::report::{Outcome, Place, Reason};
use crate::data::labels::sniff::Candidate;
use crate::data::labels::{Format, LabelError, text};
use crate::grounding::prompt::Task;

/// The row of the table.
pub(super) const FORMAT: Format = Format {
    name: "captions",
    title: "folder of pictures with captions",
    recognises: |candidate| candidate.is_folder() && candidate.pictures().next().is_some(),
    read,
    write: None,
};

/// Files that hold captions.
const FILES: &[&str] = &["captions.jsonl", "metadata.jsonl", "captions.json"];
/// Keys of the picture, and of its caption.
const PICTURE: &[&str] = &["file_name", "image", "file", "path"];
const CAPTION: &[&str] = &["text", "caption", "description", "prompt"];
/// Longest text beside a picture.
const MAX_TEXT: u64 = 1 << 20;

fn read(files: &[PathBuf], import: &mut Import) -> Result<(), LabelError> {
    let Some(root) = files.first() else {
        return Ok(());
    };
    let folder = Candidate::folder(root);
    let mut captions = HashMap::new();
    let is_captions = |path: &&PathBuf| {
        path.file_name()
            .is_some_and(|name| FILES.iter().any(|known| name == *known))
    };
    for path in folder.files.iter().filter(is_captions) {
        import.file();
        listed(path, &mut captions, import)?;
    }
    for picture in folder.pictures() {
        let below = picture.strip_prefix(root).unwrap_or(picture);
        let written = below.to_string_lossy().replace('\\', "/");
        let place = Place::file(picture);
        let (phrase, extra) = match captions.remove(picture) {
            Some((caption, extra)) => (Some(caption), extra),
            None => (beside(picture, import), Map::new()),
        };
        let sample = Sample {
            images: vec![import.image(&written, None, &place)],
            task: Task::Chat,
            phrase,
            extra,
            ..Sample::default()
        };
        import.push(sample, &place);
    }
    let mut unused: Vec<PathBuf> = captions.into_keys().collect();
    unused.sort_unstable();
    for path in unused {
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        import.skip("caption", &Place::file(root), Reason::UnknownPicture(name));
    }
    Ok(())
}

/// Captions of a file, by where their pictures should be.
fn listed(
    path: &Path,
    captions: &mut HashMap<PathBuf, (String, Map<String, Value>)>,
    import: &mut Import,
) -> Result<(), LabelError> {
    let folder = path.parent().unwrap_or(path).to_owned();
    text::records(path, "captions", |place, record| {
        let mut map = match record {
            Ok(Value::Object(map)) => map,
            Ok(_) => return import.skip("caption", place, Reason::Form("it is no object".into())),
            Err(why) => return import.skip("caption", place, why),
        };
        let mut take = |keys: &[&str]| {
            let value = keys.iter().find_map(|key| map.shift_remove(*key))?;
            value.as_str().map(str::to_owned)
        };
        let (picture, caption) = (take(PICTURE), take(CAPTION));
        let (Some(picture), Some(caption)) = (picture, caption) else {
            let why = Reason::Form("a caption has a \"file_name\" and a \"text\"".into());
            return import.skip("caption", place, why);
        };
        let Some(below) = crate::data::labels::finder::inside(&picture.replace('\\', "/")) else {
            return import.skip("caption", place, Reason::Escapes(picture));
        };
        if captions
            .insert(folder.join(below), (caption, map))
            .is_some()
        {
            let why = Reason::DuplicateId(format!("a caption of {picture}"));
            import.defect("caption", place, why, Outcome::Kept);
        }
    })
}

/// The text file of a picture's name.
fn beside(picture: &Path, import: &mut Import) -> Option<String> {
    let path = picture.with_extension("txt");
    if !path.is_file() {
        return None;
    }
    import.file();
    match text::whole(&path, MAX_TEXT) {
        Ok(caption) => Some(caption.trim().to_owned()).filter(|caption| !caption.is_empty()),
        Err(error) => {
            let why = match error {
                LabelError::NotUtf8 { .. } => Reason::NotUtf8,
                error => Reason::Form(error.to_string()),
            };
            import.skip("caption", &Place::file(&path), why);
            None
        }
    }
}
