//! A folder of pictures in natural order, decoded one at a time.
//!
//! A folder has no clock: every stamp is zero, and whoever plays it chooses the pace. A picture that cannot be read
//! is an error for that index only.

use std::cmp::Ordering;
use std::fs::DirEntry;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Camera, CameraError, CameraInfo, CameraKind, picture, sniff};
use crate::geometry::ImageSize;
use crate::vision::Frame;

/// More files than this are not listed.
const MAX_FILES: usize = 200_000;

/// Extensions of files that are kept in the list even when their content is not a picture, so that a damaged one is
/// reported instead of silently missing.
const EXTENSIONS: &[&str] = &[
    "png", "apng", "jpg", "jpeg", "jpe", "bmp", "gif", "webp", "tif", "tiff", "pbm", "pgm", "ppm",
    "pnm", "pam",
];

/// A folder of pictures.
pub struct Folder {
    info: CameraInfo,
    files: Vec<PathBuf>,
    next: u64,
}

impl Folder {
    /// Lists the pictures of a folder, without its subfolders and hidden files, and decodes none but the first
    /// readable one to learn its size.
    ///
    /// # Errors
    /// When the folder cannot be read or holds no picture.
    pub fn open(path: &Path) -> Result<Self, CameraError> {
        let files = pictures(path)?;
        let mut info = CameraInfo {
            name: sniff::name(path),
            size: ImageSize::default(),
            kind: CameraKind::Folder,
            fps: None,
            frames: Some(files.len() as u64),
            duration: None,
            format: format!("{} pictures", files.len()),
            notes: Vec::new(),
        };
        // A few broken files in front must not hide a good folder, nor cost the time to try thousands.
        for file in files.iter().take(16) {
            if let Ok(decoded) = picture::decode(file) {
                info.size = decoded.frame.size();
                info.format = format!("{} pictures, the first {}", files.len(), decoded.format);
                break;
            }
        }
        Ok(Self {
            info,
            files,
            next: 0,
        })
    }

    /// The picture files in the order they are played.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }
}

impl Camera for Folder {
    fn info(&self) -> &CameraInfo {
        &self.info
    }

    fn frame(&mut self) -> Result<Option<Frame>, CameraError> {
        if self.next >= self.files.len() as u64 {
            return Ok(None);
        }
        self.seek(self.next).map(Some)
    }

    fn seek(&mut self, index: u64) -> Result<Frame, CameraError> {
        let file = self
            .files
            .get(index as usize)
            .ok_or_else(|| CameraError::OutOfRange {
                index,
                count: self.files.len() as u64,
                name: self.info.name.clone(),
            })?;
        self.next = index + 1;
        Ok(picture::decode(file)?.frame.stamped(index, Duration::ZERO))
    }
}

fn pictures(path: &Path) -> Result<Vec<PathBuf>, CameraError> {
    let failed = |source| CameraError::io("listing the folder", path, source);
    let mut files = Vec::new();
    for (count, entry) in std::fs::read_dir(path).map_err(failed)?.enumerate() {
        if count >= MAX_FILES {
            return Err(CameraError::CrowdedFolder {
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
        return Err(CameraError::EmptyFolder {
            path: path.to_owned(),
        });
    }
    files.sort_by(|a, b| natural_order(&sniff::name(a), &sniff::name(b)));
    Ok(files)
}

fn is_picture(entry: &DirEntry) -> bool {
    let path = entry.path();
    // Follows links; whatever cannot be looked up or is no plain file (a pipe would block) is left out.
    if sniff::name(&path).starts_with('.') || !path.is_file() {
        return false;
    }
    let named = path.extension().is_some_and(|found| {
        EXTENSIONS
            .iter()
            .any(|known| found.eq_ignore_ascii_case(known))
    });
    named || sniff::head(&path).is_ok_and(|head| picture::recognises(&head))
}

/// Compares names as people count: runs of digits by their value, so that `img2` comes before `img10`.
pub(super) fn natural_order(a: &str, b: &str) -> Ordering {
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
#[path = "folder_tests.rs"]
mod tests;
