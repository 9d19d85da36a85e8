//! Names of files inside a dataset, as its metadata give them, turned into paths that cannot leave its folder.
//!
//! Only names are judged: links inside the folder are followed, because hub caches consist of them.

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use super::DataError;

/// Digits that a number in a template may be padded to.
const MAX_PADDING: usize = 20;

/// Joins a name to the folder; `teller` is the file that gives the name.
pub(super) fn inside(root: &Path, name: &str, teller: &Path) -> Result<PathBuf, DataError> {
    let plain = !name.is_empty() && !name.contains(['\\', '\0', ':']);
    let mut parts = Path::new(name).components();
    if plain && parts.all(|part| matches!(part, Component::Normal(_))) {
        return Ok(root.join(name));
    }
    Err(DataError::Outside {
        name: name.to_owned(),
        path: teller.to_owned(),
    })
}

/// What a name in a template stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fill<'a> {
    /// A number.
    Number(u64),
    /// Text.
    Text(&'a str),
}

/// Fills a template such as `data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet`, with Python's format
/// notation as far as such templates use it; none when it uses anything else.
pub(super) fn expand(template: &str, fills: &[(&str, Fill<'_>)]) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (field, after) = after.split_once('}')?;
        let (name, format) = field.split_once(':').unwrap_or((field, ""));
        let (_, fill) = fills.iter().find(|(known, _)| *known == name)?;
        match fill {
            Fill::Text(text) if format.is_empty() => out.push_str(text),
            Fill::Number(number) => {
                let width = padding(format)?;
                // Writing to a string does not fail.
                write!(out, "{number:0width$}").ok()?;
            }
            Fill::Text(_) => return None,
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// The width in `03d`, `d` or nothing.
fn padding(format: &str) -> Option<usize> {
    let digits = format.strip_suffix('d').unwrap_or(format);
    let digits = digits.strip_prefix('0').unwrap_or(digits);
    if digits.is_empty() {
        return Some(0);
    }
    digits.parse().ok().filter(|width| *width <= MAX_PADDING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_of_both_versions_are_filled() {
        let fills = [
            ("chunk_index", Fill::Number(2)),
            ("file_index", Fill::Number(1234)),
            ("video_key", Fill::Text("observation.images.top")),
        ];
        let template = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4";
        assert_eq!(
            expand(template, &fills).unwrap(),
            "videos/observation.images.top/chunk-002/file-1234.mp4"
        );
        assert_eq!(
            expand("{chunk_index}-{chunk_index:d}", &fills).unwrap(),
            "2-2"
        );
        for wrong in [
            "{other}",
            "{chunk_index:x}",
            "{chunk_index",
            "{video_key:03d}",
            "{chunk_index:0999999999d}",
        ] {
            assert!(expand(wrong, &fills).is_none(), "{wrong}");
        }
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let (root, teller) = (Path::new("/data/set"), Path::new("info.json"));
        let good = inside(root, "videos/a/file.mp4", teller).unwrap();
        assert_eq!(good, Path::new("/data/set/videos/a/file.mp4"));
        for wrong in [
            "../secret",
            "a/../../secret",
            "/etc/passwd",
            "",
            "a\\..\\b",
            "C:/x",
            "a\0b",
        ] {
            let error = inside(root, wrong, teller).unwrap_err();
            assert!(matches!(error, DataError::Outside { .. }), "{wrong:?}");
        }
    }
}
