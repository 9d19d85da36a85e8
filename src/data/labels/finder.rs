//! Finds the pictures that annotations name, and never outside the folders of the dataset.
//!
//! A path is a stranger's: it may climb, be absolute, of another operating system, or an address.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

/// Longest path that is followed, in bytes.
const MAX_PATH: usize = 4096;

/// Names of folders in which pictures usually lie.
const USUAL: &[&str] = &["images", "img", "JPEGImages", "data"];

/// Looks for pictures in the folders of a dataset.
pub(super) struct Finder {
    /// Folders to look in, without links in their paths.
    folders: Vec<PathBuf>,
    known: HashMap<String, Found>,
}

/// Where a picture is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// The file.
    File(PathBuf),
    /// The file, once the prefix that Label Studio puts before uploads is taken off.
    Unprefixed(PathBuf),
    /// Nowhere.
    Missing,
    /// Its path leads out of the dataset.
    Escapes,
}

impl Finder {
    /// Looks in `given` first, then beside the annotations in `folder` and where pictures usually lie.
    pub fn new(folder: &Path, given: Option<&Path>) -> Self {
        let mut folders: Vec<PathBuf> = given.map(Path::to_owned).into_iter().collect();
        folders.push(folder.to_owned());
        folders.extend(USUAL.iter().map(|name| folder.join(name)));
        // COCO and many others keep annotations and pictures in folders side by side.
        if let Some(parent) = folder.canonicalize().ok().as_deref().and_then(Path::parent) {
            folders.extend(USUAL.iter().map(|name| parent.join(name)));
        }
        let mut finder = Self {
            folders: Vec::new(),
            known: HashMap::new(),
        };
        for folder in &folders {
            finder.add(folder);
        }
        finder
    }

    /// Looks in this folder as well.
    pub fn add(&mut self, folder: &Path) {
        if let Ok(folder) = folder.canonicalize()
            && folder.is_dir()
            && !self.folders.contains(&folder)
        {
            self.folders.push(folder);
            self.known.clear();
        }
    }

    /// Where the picture is that a file calls `written`.
    pub fn find(&mut self, written: &str) -> Found {
        if let Some(known) = self.known.get(written) {
            return known.clone();
        }
        let found = self.search(written);
        self.known.insert(written.to_owned(), found.clone());
        found
    }

    fn search(&self, written: &str) -> Found {
        if written.len() > MAX_PATH || written.contains('\0') {
            return Found::Missing;
        }
        let path = plain(written);
        if let Some(file) = inside(&path).and_then(|path| self.exists(&path)) {
            return Found::File(file);
        }
        let Some(name) = Path::new(&path).file_name().map(PathBuf::from) else {
            return Found::Missing;
        };
        if let Some(file) = self.exists(&name) {
            return Found::File(file);
        }
        if let Some(file) = unprefixed(&name).and_then(|name| self.exists(&name)) {
            return Found::Unprefixed(file);
        }
        if inside(&path).is_none() && !written.contains("://") {
            return Found::Escapes;
        }
        Found::Missing
    }

    /// The file at a path below one of the folders, links followed but not out of it.
    fn exists(&self, path: &Path) -> Option<PathBuf> {
        self.folders.iter().find_map(|folder| {
            let file = folder.join(path);
            if !file.is_file() {
                return None;
            }
            let real = file.canonicalize().ok()?;
            real.starts_with(folder).then_some(file)
        })
    }
}

/// Without address, query and separators of another operating system.
fn plain(written: &str) -> String {
    let path = match written.split_once("://") {
        Some(("file", path)) => path,
        Some((_, rest)) => rest.split_once('/').map_or("", |(_host, path)| path),
        None => written,
    };
    // Label Studio serves local files at `/data/local-files/?d=folder/name`.
    let path = match path.split_once("?d=") {
        Some((_, path)) => path,
        None if written.contains("://") => path.split('?').next().unwrap_or(path),
        None => path,
    };
    path.replace('\\', "/")
}

/// A path that stays below where it starts; a lone leading slash is taken off, as addresses on a server have it.
pub(super) fn inside(path: &str) -> Option<PathBuf> {
    let path = path.strip_prefix("/data/upload/").unwrap_or(path);
    let mut inside = PathBuf::new();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(part) if !part.to_string_lossy().contains(':') => inside.push(part),
            Component::CurDir => {}
            Component::ParentDir if inside.pop() => {}
            _ => return None,
        }
    }
    (!inside.as_os_str().is_empty()).then_some(inside)
}

/// A name without the eight hexadecimal digits that Label Studio puts before uploads.
fn unprefixed(name: &Path) -> Option<PathBuf> {
    let (prefix, rest) = name.to_str()?.split_once('-')?;
    let is_hash = prefix.len() == 8 && prefix.bytes().all(|b| b.is_ascii_hexdigit());
    (is_hash && !rest.is_empty()).then(|| PathBuf::from(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dataset() -> (tempfile::TempDir, Finder) {
        let folder = tempfile::tempdir().unwrap();
        let set = folder.path().join("set");
        std::fs::create_dir_all(set.join("images/deep")).unwrap();
        for name in [
            "set/a.jpg",
            "set/images/b.jpg",
            "set/images/deep/c.jpg",
            "secret.jpg",
        ] {
            std::fs::write(folder.path().join(name), b"x").unwrap();
        }
        let finder = Finder::new(&set, None);
        (folder, finder)
    }

    #[test]
    fn pictures_are_found_however_they_are_written() {
        let (_folder, mut finder) = dataset();
        for written in [
            "a.jpg",
            "./a.jpg",
            "images/b.jpg",
            "b.jpg",
            "images\\deep\\c.jpg",
            "..\\images\\b.jpg",
            "C:\\pictures\\a.jpg",
            "/home/somebody/b.jpg",
            "file:///somewhere/a.jpg",
            "https://example.org/pictures/b.jpg?size=1",
            "/data/local-files/?d=images/deep/c.jpg",
            "images/../a.jpg",
        ] {
            assert!(matches!(finder.find(written), Found::File(_)), "{written}");
        }
        let upload = "/data/upload/3/0004f447-b.jpg";
        assert!(matches!(finder.find(upload), Found::Unprefixed(_)));
    }

    #[test]
    fn nothing_is_found_outside() {
        let (folder, mut finder) = dataset();
        let absolute = folder.path().join("secret.jpg");
        for written in [
            "../secret.jpg",
            "images/../../secret.jpg",
            "..",
            "/",
            "a\0.jpg",
            "",
        ] {
            assert!(
                !matches!(finder.find(written), Found::File(_)),
                "{written:?}"
            );
        }
        assert_eq!(finder.find("../secret.jpg"), Found::Escapes);
        assert_eq!(finder.find(&absolute.to_string_lossy()), Found::Escapes);
        assert_eq!(finder.find("https://example.org/none.jpg"), Found::Missing);
        assert_eq!(finder.find(&"x/".repeat(10_000)), Found::Missing);
    }

    #[cfg(unix)]
    #[test]
    fn links_do_not_lead_outside() {
        let (folder, mut finder) = dataset();
        let link = folder.path().join("set/link.jpg");
        std::os::unix::fs::symlink(folder.path().join("secret.jpg"), link).unwrap();
        assert_eq!(finder.find("link.jpg"), Found::Missing);
    }
}
