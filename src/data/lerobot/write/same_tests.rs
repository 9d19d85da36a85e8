//! What comes of interrupted writing is the same to the byte as if nothing had been.

use std::collections::BTreeMap;
use std::fs;

use super::tests::{check, frame, length, spec, step, task};
use super::*;
use crate::media::VideoCodec;

#[test]
fn neither_kills_nor_writes_that_fail_change_a_byte_of_what_comes_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, torn) = (folder.path().join("whole"), folder.path().join("torn"));
    let spec = spec(Version::V30, PictureStorage::Video(VideoCodec::H264));
    let mut writer = LeRobotWriter::create(&whole, &spec).unwrap();
    for episode in 0..30 {
        record(&mut writer, episode).unwrap();
    }
    writer.finalize(&JobContext::silent()).unwrap();
    let mut writer = LeRobotWriter::create(&torn, &spec).unwrap();
    // Nothing can be written under this name while a folder has it.
    let obstacle = torn.join("data/chunk-000/.file-000.parquet.part");
    for episode in 0..30 {
        if matches!(episode, 9 | 24) {
            fs::create_dir(&obstacle).unwrap();
        }
        let due = writer.due() == writer.staged.len() + 1;
        let obstructed = obstacle.exists() && (due || writer.staged.len() >= writer.due());
        let recorded = record(&mut writer, episode);
        assert_eq!(recorded.is_err(), obstructed, "{episode}: {recorded:?}");
        if matches!(episode, 12 | 17 | 27) {
            std::mem::forget(writer);
            if obstacle.exists() {
                fs::remove_dir(&obstacle).unwrap();
            }
            check(&torn, Episodes::open(&torn).unwrap().info().episodes);
            writer = LeRobotWriter::resume(&torn).unwrap();
            assert_eq!(writer.episodes(), episode + 1);
        }
    }
    writer.finalize(&JobContext::silent()).unwrap();
    let (whole, torn) = (contents(&whole), contents(&torn));
    assert_eq!(
        whole.keys().collect::<Vec<_>>(),
        torn.keys().collect::<Vec<_>>()
    );
    for (path, bytes) in &whole {
        assert!(torn[path] == *bytes, "{} differs", path.display());
    }
}

fn record(writer: &mut LeRobotWriter, episode: u64) -> Result<u64, DataError> {
    writer.begin()?;
    for row in 0..length(episode) {
        let frames = [frame(episode, row, 0), frame(episode, row, 1)];
        writer.push_frame(&step(episode, row), &frames)?;
    }
    writer.finish_episode(&task(episode))
}

/// Every file but the writer's own.
fn contents(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders: Vec<PathBuf> = ["data", "meta", "videos"]
        .map(|name| root.join(name))
        .to_vec();
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let inside = path.strip_prefix(root).unwrap().to_owned();
                found.insert(inside, fs::read(path).unwrap());
            }
        }
    }
    found
}
