//! Generating as somebody runs it who pulls the plug: kills, and a disk that takes no more.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use spvla::sim::render::Renderer;

const EPISODES: &str = "4";

/// The same small dataset every time.
fn asked(out: &Path, more: &[&str]) -> Vec<String> {
    let words = "generate --task widowx_stack_cube --seed 4 --size 48x32 --views overhead";
    let words = words.split(' ').chain(["--episodes", EPISODES, "--out"]);
    let words = words.chain([out.to_str().expect("a plain path")]);
    words
        .chain(more.iter().copied())
        .map(str::to_owned)
        .collect()
}

fn spvla() -> Command {
    Command::new(env!("CARGO_BIN_EXE_spvla"))
}

fn generate(out: &Path, more: &[&str]) -> Output {
    let run = spvla().args(asked(out, more)).output();
    run.expect("the program runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Whether anything can be drawn here.
fn can_draw() -> bool {
    let can = Renderer::open().is_ok();
    if !can {
        eprintln!("SKIPPED: no graphics adapter; nothing was generated");
    }
    can
}

/// Published episodes of a dataset that has to be whole as far as it goes.
fn published(folder: &Path) -> u64 {
    let check = spvla().args(["dataset", "check"]).arg(folder).output();
    let check = check.expect("the program runs");
    let text = String::from_utf8_lossy(&check.stdout);
    assert!(check.status.success(), "{text}");
    let info = fs::read(folder.join("meta/info.json")).expect("its metadata are there");
    let info: serde_json::Value = serde_json::from_slice(&info).expect("its metadata are JSON");
    info["total_episodes"].as_u64().expect("it counts")
}

/// Every file but the report and the writer's workshop.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder that is there") {
            let path = entry.expect("a file that is there").path();
            let inside = path.strip_prefix(folder).expect("it is inside").to_owned();
            if inside == Path::new("collect.json") || inside.starts_with(".spvla") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(inside, fs::read(path).expect("a readable file"));
            }
        }
    }
    found
}

fn assert_alike(one: &Path, other: &Path) {
    let (one, other) = (contents(one), contents(other));
    assert_eq!(
        one.keys().collect::<Vec<_>>(),
        other.keys().collect::<Vec<_>>()
    );
    for (path, bytes) in &one {
        assert!(other[path] == *bytes, "{} differs", path.display());
    }
}

#[test]
fn whatever_kills_it_the_dataset_is_readable_and_the_rest_comes_as_if_nothing_had_been() {
    if !can_draw() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    let start = Instant::now();
    let done = generate(&whole, &["--workers", "1"]);
    assert!(done.status.success(), "{}", said(&done));
    let took = start.elapsed();
    assert_eq!(published(&whole).to_string(), EPISODES);
    // Killed at moments all over the time that it takes.
    for part in [1, 4, 2, 5, 3] {
        let run = spvla()
            .args(asked(&killed, &["--workers", "2", "--resume"]))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut run = run.expect("the program runs");
        std::thread::sleep(took.min(Duration::from_mins(1)) * part / 8);
        run.kill().unwrap();
        run.wait().unwrap();
        if killed.join("meta/info.json").exists() {
            published(&killed);
        }
    }
    let done = generate(&killed, &["--workers", "2", "--resume"]);
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!(published(&killed).to_string(), EPISODES);
    assert_alike(&whole, &killed);
}

/// A limit on the length of files fails writes in the middle, as a full disk does, and needs nobody's permission.
#[cfg(unix)]
#[test]
fn where_nothing_more_can_be_written_it_says_so_and_what_is_there_stays_readable() {
    if !can_draw() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (whole, full) = (folder.path().join("whole"), folder.path().join("full"));
    let done = generate(&whole, &["--workers", "1"]);
    assert!(done.status.success(), "{}", said(&done));
    let longest = contents(&whole)
        .into_values()
        .map(|bytes| bytes.len())
        .max();
    // Counted in blocks of 512 bytes; the longest file comes half through.
    let blocks = longest.unwrap() / 2 / 512;
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let run = Command::new("sh")
        .args(["-c", &limited, env!("CARGO_BIN_EXE_spvla")])
        .args(asked(&full, &["--workers", "2"]))
        .output();
    let run = run.expect("the program runs");
    assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    let message = said(&run);
    assert!(message.contains("File too large"), "{message}");
    assert!(message.contains("free space"), "{message}");
    let finished = published(&full);
    assert!((1..4).contains(&finished), "{finished} episodes");
    let done = generate(&full, &["--workers", "2", "--resume"]);
    assert!(done.status.success(), "{}", said(&done));
    assert_alike(&whole, &full);
}
