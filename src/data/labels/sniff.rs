//! Looks at a file or folder: what could it be? Nothing is read whole.

use std::path::{Path, PathBuf};

use super::formats::FORMATS;
use super::picture::is_named_as_picture;
use super::{Format, table, text};

/// Bytes of a file that are looked at.
const HEAD: u64 = 1 << 18;
/// Most entries of a folder that are looked at, its folders included.
const MAX_ENTRIES: usize = 2_000_000;
/// Deepest folder below the one opened.
const MAX_DEPTH: usize = 6;
/// Most files of a folder that are looked into before it is given up.
const MAX_TRIED: usize = 64;

/// Endings of the files that may hold annotations.
const ENDINGS: &[&str] = &[
    "json", "jsonl", "ndjson", "xml", "parquet", "p", "pkl", "yaml", "yml",
];

/// A file or folder that may be a set of annotations.
#[derive(Debug)]
pub(super) struct Candidate {
    /// Where it is.
    pub path: PathBuf,
    /// Its ending in lower case, without the dot.
    pub ending: String,
    /// All files of a folder in order, empty for a file.
    pub files: Vec<PathBuf>,
    /// Its first bytes.
    pub head: String,
    /// Keys of its records, or names of its columns.
    keys: Vec<String>,
}

impl Candidate {
    /// Looks at a file.
    pub fn file(path: &Path) -> Self {
        let ending = ending(path);
        let (mut head, mut keys) = (String::new(), Vec::new());
        match ending.as_str() {
            "parquet" => keys = table::columns(path).unwrap_or_default(),
            "p" | "pkl" => {}
            _ => {
                head = text::head(path, HEAD).unwrap_or_default();
                keys = record_keys(&head);
            }
        }
        Self {
            path: path.to_owned(),
            ending,
            files: Vec::new(),
            head,
            keys,
        }
    }

    /// Looks at a folder.
    pub fn folder(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            ending: String::new(),
            files: files(path),
            head: String::new(),
            keys: Vec::new(),
        }
    }

    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        !self.files.is_empty()
    }

    /// Whether its records have this key, or its table this column.
    pub fn has_key(&self, key: &str) -> bool {
        self.keys.iter().any(|own| own == key)
    }

    /// The files of a folder that are pictures.
    pub fn pictures(&self) -> impl Iterator<Item = &PathBuf> {
        self.files.iter().filter(|path| is_named_as_picture(path))
    }
}

/// The format of a file or folder, and the files of it that are read.
pub(super) fn locate(path: &Path) -> Option<(&'static Format, Vec<PathBuf>)> {
    if path.is_file() {
        let candidate = Candidate::file(path);
        let format = FORMATS
            .iter()
            .find(|format| (format.recognises)(&candidate))?;
        return Some((format, vec![path.to_owned()]));
    }
    let folder = Candidate::folder(path);
    if !folder.is_folder() {
        return None;
    }
    in_folder(&folder).or_else(|| {
        let whole = FORMATS.iter().find(|format| (format.recognises)(&folder))?;
        Some((whole, vec![path.to_owned()]))
    })
}

/// The first format of which the folder has files, and all of them.
fn in_folder(folder: &Candidate) -> Option<(&'static Format, Vec<PathBuf>)> {
    let could: Vec<&PathBuf> = folder
        .files
        .iter()
        .filter(|path| ENDINGS.contains(&ending(path).as_str()))
        .collect();
    let tried: Vec<(&PathBuf, &Format)> = could
        .iter()
        .take(MAX_TRIED)
        .filter_map(|path| {
            let candidate = Candidate::file(path);
            let format = FORMATS
                .iter()
                .find(|format| (format.recognises)(&candidate))?;
            Some((*path, format))
        })
        .collect();
    // The table is in order of how telling its formats are.
    let format = FORMATS
        .iter()
        .find(|format| tried.iter().any(|(_, found)| found.name == format.name))?;
    let known = |path: &PathBuf| {
        tried
            .iter()
            .any(|(p, f)| *p == path && f.name == format.name)
    };
    let files = could.iter().enumerate().filter(|(i, path)| {
        known(path) || (*i >= MAX_TRIED && (format.recognises)(&Candidate::file(path)))
    });
    Some((format, files.map(|(_, path)| (*path).clone()).collect()))
}

/// All files below a folder in order of their paths; hidden ones and links to folders are passed over.
fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut folders, mut files) = (vec![(folder.to_owned(), 0)], Vec::new());
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            if files.len() + folders.len() >= MAX_ENTRIES {
                break;
            }
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            match entry.file_type() {
                _ if hidden => {}
                Ok(kind) if kind.is_dir() && depth < MAX_DEPTH => {
                    folders.push((entry.path(), depth + 1));
                }
                Ok(kind) if kind.is_dir() => {}
                _ => files.push(entry.path()),
            }
        }
    }
    files.sort_unstable();
    files
}

fn ending(path: &Path) -> String {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.unwrap_or_default().to_ascii_lowercase()
}

/// Keys of the records at the start of a JSON text: of the object itself, or of the objects in a list. The text may
/// break off anywhere.
fn record_keys(text: &str) -> Vec<String> {
    let start = text.trim_start();
    let wanted = match start.bytes().next() {
        Some(b'{') => 1,
        Some(b'[') => 2,
        _ => return Vec::new(),
    };
    let (mut keys, mut depth, mut at) = (Vec::new(), 0_usize, 0);
    let bytes = start.as_bytes();
    while at < bytes.len() {
        match bytes[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let end = string_end(bytes, at + 1);
                let rest = start.get(end + 1..).unwrap_or_default().trim_start();
                if depth == wanted && rest.starts_with(':') {
                    let key = start.get(at + 1..end).unwrap_or_default().to_owned();
                    if keys.len() < 1000 && !keys.contains(&key) {
                        keys.push(key);
                    }
                }
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
    keys
}

/// Where a string ends whose text begins at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_records_are_seen_in_broken_text() {
        let list = r#"[{"id": 1, "data": {"image": "a\"b"}, "annotations": [{"x": "#;
        assert_eq!(record_keys(list), ["id", "data", "annotations"]);
        let object = r#"{"images": [{"file_name": 3}], "ann"#;
        assert_eq!(record_keys(object), ["images"]);
        assert!(record_keys("plain text").is_empty() && record_keys("[\"\\").is_empty());
    }
}
