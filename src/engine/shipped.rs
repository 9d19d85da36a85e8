//! What is shipped inside the program: a small trained checkpoint and sample pictures, unpacked into the cache when first asked
//! for, so that they are opened like any other.

use std::path::{Path, PathBuf};

/// A file inside the program.
type Packed = (&'static str, &'static [u8]);

macro_rules! packed {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../assets/", $name)) as &[u8])),*]
    };
}

/// The small policy that `assets/CHECKPOINT.md` tells of: trained by this program on what its simulator generated.
const CHECKPOINT: &[Packed] = packed![
    "checkpoint/run/config.yaml",
    "checkpoint/run/dataset_statistics.json",
    "checkpoint/run/checkpoints/steps_3300_pytorch_model.safetensors",
    "checkpoint/run/qwen/config.json",
    "checkpoint/run/qwen/generation_config.json",
    "checkpoint/run/qwen/preprocessor_config.json",
    "checkpoint/run/qwen/tokenizer.json",
    "checkpoint/run/qwen/tokenizer_config.json",
    "checkpoint/run/qwen/chat_template.json",
];

/// Sample pictures: a tabletop from the front, and from the wrist.
const SAMPLES: &[Packed] = packed!["samples/tabletop.png", "samples/wrist.png"];

/// The folder of the shipped checkpoint, unpacked.
///
/// # Errors
/// When the cache cannot be written.
pub fn checkpoint() -> std::io::Result<PathBuf> {
    for file in CHECKPOINT {
        unpack(file)?;
    }
    Ok(cache().join("checkpoint/run"))
}

/// The path of a sample picture, unpacked; numbers wrap around.
///
/// # Errors
/// When the cache cannot be written.
pub fn sample(number: usize) -> std::io::Result<PathBuf> {
    unpack(&SAMPLES[number % SAMPLES.len()])
}

fn cache() -> PathBuf {
    let folder = format!("shipped-{}", env!("CARGO_PKG_VERSION"));
    directories::ProjectDirs::from("", "", "spvla").map_or_else(
        || std::env::temp_dir().join("spvla").join(&folder),
        |dirs| dirs.cache_dir().join(&folder),
    )
}

/// Writes a packed file unless it is there, whole and unchanged.
fn unpack((name, bytes): &Packed) -> std::io::Result<PathBuf> {
    let path = cache().join(name);
    if std::fs::read(&path).is_ok_and(|found| found == *bytes) {
        return Ok(path);
    }
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
    super::desk::replace(&path, bytes)?;
    Ok(path)
}
