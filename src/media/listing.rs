//! The pictures of a folder, in the order people count.

use std::cmp::Ordering;
use std::fs::DirEntry;
use std::path::{Path, PathBuf};

use super::kind::{file_name, head};
use super::{MediaError, picture};

/// More files than this are not listed.
pub const MAX_FILES: usize = 200_000;

/// Extensions of files that are kept in the list even when their content is not a picture, so that a damaged one is
/// reported instead of silently missing.
const EXTENSIONS: &[&str] = &[
    "png", "apng", "jpg", "jpeg", "jpe", "bmp", "gif", "webp", "tif", "tiff", "pbm", "pgm", "ppm",
    "pnm", "pam",
];

/// The picture files of a folder in natural order, without its subfolders and hidden files.
///
/// # Errors
/// When the folder cannot be read, holds no picture, or holds more files than [`MAX_FILES`].
pub fn pictures(path: &Path) -> Result<Vec<PathBuf>, MediaError> {
    let failed = |source| MediaError::io("listing the folder", path, source);
    let mut files = Vec::new();
    for (count, entry) in std::fs::read_dir(path).map_err(failed)?.enumerate() {
        if count >= MAX_FILES {
            return Err(MediaError::CrowdedFolder {
                limit: MAX_FILES,
                path: path.to_owned(),
            });
        }
        let entry = entry.map_err(failed)?;
        if is_picture(&entry) {
            files.push(entry.path());
        }
    }
    if files.is_empty() {
        return Err(MediaError::EmptyFolder {
            path: path.to_owned(),
        });
    }
    files.sort_by(|a, b| natural_order(&file_name(a), &file_name(b)));
    Ok(files)
}

fn is_picture(entry: &DirEntry) -> bool {
    let path = entry.path();
    // Follows links; whatever cannot be looked up or is no plain file (a pipe would block) is left out.
    if file_name(&path).starts_with('.') || !path.is_file() {
        return false;
    }
    let named = path.extension().is_some_and(|found| {
        EXTENSIONS
            .iter()
            .any(|known| found.eq_ignore_ascii_case(known))
    });
    named || head(&path).is_ok_and(|head| picture::recognises(&head))
}

/// Compares names as people count: runs of digits by their value, so that `img2` comes before `img10`.
#[must_use]
pub fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (Some(x), Some(y)) = (left.chars().next(), right.chars().next()) else {
            return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
        };
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (number_a, number_b) = (take_number(&mut left), take_number(&mut right));
            (number_a.len(), number_a).cmp(&(number_b.len(), number_b))
        } else {
            left = &left[x.len_utf8()..];
            right = &right[y.len_utf8()..];
            x.to_lowercase().cmp(y.to_lowercase())
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Cuts the leading digits off and returns them without leading zeros.
fn take_number<'a>(text: &mut &'a str) -> &'a str {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    *text = rest;
    number.trim_start_matches('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count() {
        let mut names = [
            "img10.png",
            "img2.png",
            "IMG1.png",
            "img02b.png",
            "a",
            "img2",
            "7",
            "img",
            "10",
            "07",
            "ä2",
            "img99999999999999999999999.png",
        ];
        names.sort_by(|a, b| natural_order(a, b));
        assert_eq!(
            names,
            [
                "07",
                "7",
                "10",
                "a",
                "img",
                "IMG1.png",
                "img2",
                "img2.png",
                "img02b.png",
                "img10.png",
                "img99999999999999999999999.png",
                "ä2",
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn the_order_is_total(a in "[a-cA0-9.]{0,6}", b in "[a-cA0-9.]{0,6}", c in "[a-cA0-9.]{0,6}") {
            assert_eq!(natural_order(&a, &b), natural_order(&b, &a).reverse());
            assert_eq!(natural_order(&a, &b).is_eq(), a == b);
            if natural_order(&a, &b).is_le() && natural_order(&b, &c).is_le() {
                assert!(natural_order(&a, &c).is_le());
            }
        }
    }
}
