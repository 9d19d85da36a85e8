//! A font of the system for Chinese, Japanese and Korean, whose letters would add 20 MB to the program.

use std::path::{Path, PathBuf};

use skrifa::{FontRef, MetadataProvider as _};

/// A font file that was looked at and found sound.
#[derive(Clone, PartialEq, Eq)]
pub struct SystemFont {
    /// Its file.
    pub path: PathBuf,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Which face of a collection.
    pub index: u32,
}

impl std::fmt::Debug for SystemFont {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.path.display(), self.index)
    }
}

/// Starts of the names of fonts that hold those scripts, in lower case, best first.
const NAMES: &[&str] = &[
    "notosanscjk",
    "notosanssc",
    "notosansjp",
    "sourcehansans",
    "pingfang",
    "hiragino sans",
    "msyh",
    "wqy-microhei",
    "wqy-zenhei",
    "droidsansfallback",
    "malgun",
    "arial unicode",
    "unifont",
];

/// Letters that a usable font holds: at least Chinese.
const NEEDED: &[char] = &['\u{4E2D}', '\u{628A}'];
/// Largest font file that is read.
const MAX_BYTES: u64 = 64 << 20;
/// Folders inside folders that are looked into.
const DEPTH: usize = 5;
/// Files that are looked at in all.
const MAX_FILES: usize = 20_000;

/// The best font there is. Reads folders and one file; takes a moment.
pub(super) fn find() -> Option<SystemFont> {
    find_in(&folders())
}

fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/System/Library/Fonts",
        "/Library/Fonts",
        "C:\\Windows\\Fonts",
    ]
    .map(PathBuf::from)
    .into();
    if let Some(home) = directories::BaseDirs::new() {
        folders.push(home.data_dir().join("fonts"));
        folders.push(home.home_dir().join(".fonts"));
    }
    folders
}

fn find_in(folders: &[PathBuf]) -> Option<SystemFont> {
    let mut found = Vec::new();
    let mut left = MAX_FILES;
    for folder in folders {
        collect(folder, DEPTH, &mut left, &mut found);
    }
    found.sort();
    found.into_iter().find_map(|(_, path)| read(&path))
}

/// Files with a promising name, with their rank: the order of names, a regular face before a bold one.
fn collect(
    folder: &Path,
    depth: usize,
    left: &mut usize,
    found: &mut Vec<((usize, bool), PathBuf)>,
) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if *left == 0 {
            return;
        }
        *left -= 1;
        let path = entry.path();
        if path.is_dir() {
            if depth > 0 {
                collect(&path, depth - 1, left, found);
            }
        } else if let Some(rank) = rank(&path) {
            found.push((rank, path));
        }
    }
}

fn rank(path: &Path) -> Option<(usize, bool)> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    let font = [".ttc", ".otf", ".ttf", ".otc"];
    if !font.iter().any(|end| name.ends_with(end)) {
        return None;
    }
    let at = NAMES.iter().position(|start| name.starts_with(start))?;
    let regular = name.contains("regular") || !name.contains('-') || name.contains("fallback");
    Some((at, !regular))
}

fn read(path: &Path) -> Option<SystemFont> {
    if std::fs::metadata(path).ok()?.len() > MAX_BYTES {
        return None;
    }
    let bytes = std::fs::read(path).ok()?;
    let usable = FontRef::from_index(&bytes, 0).is_ok_and(|font| {
        let letters = font.charmap();
        NEEDED.iter().all(|letter| letters.map(*letter).is_some())
    });
    usable.then(|| SystemFont {
        path: path.to_path_buf(),
        bytes,
        index: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_faces_of_known_families_come_first() {
        let rank = |name: &str| rank(Path::new(name));
        assert!(rank("NotoSansCJK-Regular.ttc") < rank("NotoSansCJK-Bold.ttc"));
        assert!(rank("NotoSansCJK-Bold.ttc") < rank("wqy-microhei.ttc"));
        assert_eq!(rank("Inter-Regular.ttf"), None);
        assert_eq!(rank("NotoSansCJK-Regular.txt"), None);
    }

    #[test]
    fn a_font_that_is_none_or_lacks_the_letters_is_passed_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes);
        put("NotoSansCJK-Regular.ttc", b"no font").expect("writes");
        put(
            "wqy-zenhei.ttf",
            include_bytes!("../../assets/fonts/Inter-Regular.ttf"),
        )
        .expect("writes");
        assert_eq!(find_in(&[folder.path().into(), "/nowhere".into()]), None);
    }
}
