//! The house rules that one crate cannot enforce by itself: floors, what a room may not know, size and head of files.
//!
//! Rooms import from lower floors only. A new room is one row in [`ROOMS`]. Test code may look anywhere.

mod scan;

use std::path::{Path, PathBuf};

use scan::{Import, imports};

/// Longest file.
const MAX_LINES: usize = 400;

/// What a module may import, and what it may not know.
struct Room {
    name: &'static str,
    floor: u8,
    /// Rooms it may import.
    sees: &'static [&'static [&'static str]],
    /// Crates and modules it may not know: a path, or the start of a crate's name before `*`.
    blind: &'static [&'static [&'static str]],
}

const GROUND: &[&str] = &[
    "geometry",
    "vision",
    "grounding",
    "robot",
    "control",
    "metrics",
    "job",
    "shaders",
];
const ROOM: &[&str] = &["media", "camera", "data", "sim", "model"];
const JOBS: &[&str] = &["verify", "bench", "collect", "eval", "train"];
const UPPER: &[&str] = &["engine", "workbench", "ui"];

const WINDOW: &[&str] = &["egui*", "eframe", "rfd"];
const BURN: &[&str] = &["burn*", "cubecl*"];
const GPU: &[&str] = &["wgpu"];
const FILES: &[&str] = &["std::fs", "std::net", "std::process"];
const DIALOGS: &[&str] = &["rfd"];
/// `rayon` is fine, and so is asking how many cores there are.
const THREADS: &[&str] = &[
    "std::thread::spawn",
    "std::thread::scope",
    "std::thread::Builder",
];
const CHANNELS: &[&str] = &["std::sync::mpsc"];
const SLEEP: &[&str] = &["std::thread"];
const CLOCKS: &[&str] = &["std::time::Instant", "std::time::SystemTime"];
const CODECS: &[&str] = &["image", "std::io", "std::env"];

const PURE: &[&[&str]] = &[WINDOW, BURN, GPU, FILES, SLEEP, CHANNELS, CLOCKS, CODECS];
const JOB: &[&[&str]] = &[WINDOW, THREADS, CHANNELS];

/// The house from the ground up. Ground modules see only those above them in this table.
const ROOMS: &[Room] = &[
    room("geometry", 0, &[], PURE),
    room("vision", 0, &[&["geometry"]], PURE),
    room("grounding", 0, &[&["geometry", "vision"]], PURE),
    room("robot", 0, &[&["geometry", "vision", "grounding"]], PURE),
    room("control", 0, &[&["geometry", "robot"]], PURE),
    room("metrics", 0, &[&["geometry"]], PURE),
    room(
        "job",
        0,
        &[&["geometry", "vision", "grounding", "robot"]],
        PURE,
    ),
    room("shaders", 0, &[], PURE),
    room(
        "media",
        1,
        &[GROUND],
        &[WINDOW, BURN, GPU, THREADS, CHANNELS],
    ),
    room(
        "camera",
        2,
        &[GROUND, &["media"]],
        &[WINDOW, BURN, GPU, THREADS, CHANNELS],
    ),
    room(
        "data",
        2,
        &[GROUND, &["media"]],
        &[WINDOW, BURN, GPU, THREADS, CHANNELS],
    ),
    room(
        "sim",
        2,
        &[GROUND],
        &[WINDOW, BURN, FILES, THREADS, CHANNELS],
    ),
    room("model", 2, &[GROUND], JOB),
    room("verify", 3, &[GROUND, ROOM], JOB),
    room("bench", 3, &[GROUND, ROOM], JOB),
    room("collect", 3, &[GROUND, ROOM], JOB),
    room("eval", 3, &[GROUND, ROOM], JOB),
    room("train", 3, &[GROUND, ROOM], JOB),
    room(
        "engine",
        4,
        &[GROUND, ROOM, JOBS],
        &[&["egui*", "eframe"], BURN],
    ),
    room(
        "workbench",
        5,
        &[GROUND, &["engine"]],
        &[WINDOW, BURN, GPU, FILES, SLEEP, CHANNELS, CLOCKS, CODECS],
    ),
    room(
        "ui",
        6,
        &[GROUND, &["engine", "workbench"]],
        &[BURN, GPU, FILES, SLEEP, CHANNELS, DIALOGS],
    ),
    room("app", 7, &[GROUND, ROOM, JOBS, UPPER], &[BURN, DIALOGS]),
    room(
        "cli",
        7,
        &[GROUND, ROOM, JOBS, &["engine"]],
        &[BURN, DIALOGS, &["egui*", "eframe"]],
    ),
    room(
        "main",
        8,
        &[GROUND, ROOM, JOBS, UPPER, &["app", "cli"]],
        &[WINDOW, BURN, GPU],
    ),
];

/// Known exceptions: start of the file's path, the path it may name, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[(
    "src/ui/offscreen",
    "wgpu",
    "draws the window where there is none, so it opens its own device",
)];

const fn room(
    name: &'static str,
    floor: u8,
    sees: &'static [&'static [&'static str]],
    blind: &'static [&'static [&'static str]],
) -> Room {
    Room {
        name,
        floor,
        sees,
        blind,
    }
}

#[test]
fn rooms_know_only_what_they_may() {
    let mut faults = Vec::new();
    for file in sources() {
        if is_test(&file) || file.shown == "src/lib.rs" {
            continue;
        }
        let Some(room) = ROOMS.iter().find(|room| room.name == file.room()) else {
            faults.push(format!("{}:1: no row in ROOMS for this room", file.shown));
            continue;
        };
        for import in imports(&file.text, file.depth()) {
            if let Some(why) = fault(room, &file.shown, &import.path) {
                faults.push(format!(
                    "{}:{}: {}: {why}",
                    file.shown, import.line, import.path
                ));
            }
        }
    }
    none(&faults);
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut faults = Vec::new();
    for file in sources() {
        let lines = file.text.lines().count();
        if lines > MAX_LINES {
            faults.push(format!(
                "{}:{lines}: longer than {MAX_LINES} lines; cut it in two",
                file.shown
            ));
        }
        if !file.text.starts_with("//!") {
            faults.push(format!(
                "{}:1: does not open with `//!`: say what it is",
                file.shown
            ));
        }
    }
    none(&faults);
}

#[test]
fn lib_lists_rooms_from_the_ground_up() {
    let lib = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let mut highest = 0;
    for line in lib.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        let name = line.trim_end_matches(';');
        let room = ROOMS.iter().find(|room| room.name == name);
        let floor = room
            .unwrap_or_else(|| panic!("no row in ROOMS for {name}"))
            .floor;
        assert!(
            floor >= highest,
            "src/lib.rs: {name} (floor {floor}) stands after floor {highest}"
        );
        highest = floor;
    }
}

#[test]
fn exceptions_are_still_needed() {
    for (start, path, _) in EXCEPTIONS {
        let used = sources()
            .iter()
            .filter(|file| file.shown.starts_with(start))
            .any(|file| {
                imports(&file.text, file.depth())
                    .iter()
                    .any(|import| covers(path, &import.path))
            });
        assert!(used, "{start} no longer names {path}: strike the exception");
    }
}

fn none(faults: &[String]) {
    assert!(
        faults.is_empty(),
        "the house is out of order:\n{}",
        faults.join("\n")
    );
}

/// Why this room may not name this path.
fn fault(room: &Room, file: &str, path: &str) -> Option<String> {
    let path = path
        .strip_prefix("spvla::")
        .filter(|_| room.name == "main")
        .map_or_else(|| path.to_owned(), |rest| format!("crate::{rest}"));
    if path == "super" {
        return Some("climbs out of its room; write `crate::`".into());
    }
    if let Some(inside) = path.strip_prefix("crate::") {
        let other = inside.split("::").next().unwrap_or_default();
        let known = ROOMS.iter().find(|row| row.name == other)?;
        let seen = other == room.name || room.sees.iter().any(|list| list.contains(&other));
        return (!seen).then(|| {
            format!(
                "{} (floor {}) may not know {other} (floor {})",
                room.name, room.floor, known.floor
            )
        });
    }
    let blind = room
        .blind
        .iter()
        .copied()
        .flatten()
        .find(|blind| covers(blind, &path))?;
    let excused = EXCEPTIONS
        .iter()
        .any(|(start, what, _)| file.starts_with(start) && covers(what, &path));
    (!excused).then(|| format!("{} may not know {blind}", room.name))
}

/// Whether a path lies in a forbidden one, or brings it in whole.
fn covers(blind: &str, path: &str) -> bool {
    if let Some(start) = blind.strip_suffix('*') {
        return path.starts_with(start);
    }
    let within = |long: &str, short: &str| {
        long.strip_prefix(short)
            .is_some_and(|r| r.is_empty() || r.starts_with("::"))
    };
    within(path, blind) || (path.contains("::") && within(blind, path))
}

struct Source {
    /// Path below the repository, with `/`.
    shown: String,
    text: String,
}

impl Source {
    fn parts(&self) -> Vec<&str> {
        self.shown
            .trim_end_matches(".rs")
            .split('/')
            .skip(1)
            .filter(|part| *part != "mod")
            .collect()
    }

    fn room(&self) -> &str {
        self.parts()[0]
    }

    /// Modules between this file's own and the crate's root.
    fn depth(&self) -> usize {
        self.parts().len()
    }
}

/// Files that exist for tests alone, by their names.
fn is_test(file: &Source) -> bool {
    let test =
        |part: &&str| ["tests", "testing", "golden"].contains(part) || part.ends_with("_tests");
    file.parts().iter().any(test)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let mut folders = vec![root().join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path: PathBuf = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let inside = path
                    .strip_prefix(root())
                    .expect("below the root")
                    .to_string_lossy();
                let shown = inside.replace('\\', "/");
                let text = std::fs::read_to_string(&path).expect("UTF-8 text");
                found.push(Source { shown, text });
            }
        }
    }
    found.sort_by(|a, b| a.shown.cmp(&b.shown));
    assert!(found.len() > 100, "src is not where it should be");
    found
}

#[test]
fn the_table_can_say_no() {
    let no = |room: &str, path: &str| {
        let row = ROOMS.iter().find(|row| row.name == room).unwrap();
        fault(row, "src/ui/canvas.rs", path).is_some()
    };
    assert!(no("geometry", "crate::vision::Fit") && !no("vision", "crate::geometry::ImageSize"));
    assert!(no("model", "crate::camera::Camera") && no("ui", "crate::model::policy::Vla"));
    assert!(no("grounding", "std::time") && !no("grounding", "std::time::Duration"));
    assert!(
        no("ui", "wgpu::Device") && !no("ui", "egui_wgpu::Renderer") && no("ui", "burn_wgpu::init")
    );
    assert!(
        no("main", "burn::tensor::Tensor")
            && !no("main", "spvla::app::run")
            && no("camera", "super")
    );
}

#[test]
fn the_scan_reads_groups_and_skips_comments_strings_and_tests() {
    let code = r##"
use std::{fs, time::{Duration, Instant}};
// crate::comment::Line
/* crate::block /* crate::nested */ */
const TEXT: &str = "crate::text \" crate::more";
const RAW: &str = r#"crate::raw " "#;
fn quote<'a>(_: &'a str) -> char { '"' }
fn call() { crate::engine::start(); Vec::<burn::Tensor>::new(); super::super::up(); super::near(); }
#[cfg(test)]
mod tests { use crate::ui::Shell; fn f() { if true { crate::app::run() } } }
use crate::late::Thing as _;
"##;
    let found: Vec<(usize, String)> = imports(code, 2)
        .into_iter()
        .map(|Import { line, path }| (line, path))
        .collect();
    let expected = [
        (2, "std::fs"),
        (2, "std::time::Duration"),
        (2, "std::time::Instant"),
        (8, "crate::engine::start"),
        (8, "burn::Tensor"),
        (8, "super"),
        (11, "crate::late::Thing"),
    ];
    for (line, path) in expected {
        assert!(
            found.contains(&(line, path.to_owned())),
            "{path} in line {line}: {found:?}"
        );
    }
    let hidden = [
        "comment", "block", "nested", "text", "more", "raw", "ui", "app",
    ];
    let leaked = |(_, path): &(usize, String)| {
        hidden
            .iter()
            .any(|h| path.starts_with(&format!("crate::{h}")))
    };
    assert!(!found.iter().any(leaked), "{found:?}");
    assert_eq!(found.iter().filter(|(_, path)| path == "super").count(), 1);
}
