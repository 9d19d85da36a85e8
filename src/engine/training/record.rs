//! Files of a run: recipes, run folders and how much a dataset holds, read off the window's thread.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use super::curves::RunCurves;
use super::plain::{RunRecord, SourceCount};
use super::recipe::{MAX_BYTES, RecipeProblem, read_recipe};
use crate::data::{self, Dataset};
use crate::train::{RunConfig, StepMetrics};

/// Longest line of `metrics.jsonl` that is read, and most lines.
const MAX_LINE: u64 = 1 << 20;
const MAX_LINES: u64 = 100_000_000;
/// Checkpoints that are listed.
const MAX_CHECKPOINTS: usize = 10_000;

/// The text of a recipe.
pub(super) fn recipe(path: &Path) -> Result<String, String> {
    let read = || {
        let mut text = String::new();
        let mut file = File::open(path)?.take(MAX_BYTES + 1);
        file.read_to_string(&mut text)?;
        Ok::<_, std::io::Error>(text)
    };
    let place = path.display();
    match read() {
        Ok(text) if text.len() as u64 <= MAX_BYTES => Ok(text),
        Ok(_) => Err(format!(
            "the file is too long for a recipe; choose a TOML file: {place}"
        )),
        Err(error) => Err(format!(
            "the recipe cannot be read ({error}); choose a TOML file: {place}"
        )),
    }
}

/// What a run folder says.
pub(super) fn run(folder: &Path) -> Result<RunRecord, String> {
    let metrics = folder.join("metrics.jsonl");
    let recipe_path = folder.join("run.toml");
    if !metrics.is_file() && !recipe_path.is_file() {
        let place = folder.display();
        return Err(format!(
            "the folder holds no training; choose one that `spvla train` wrote: {place}"
        ));
    }
    let mut record = RunRecord {
        folder: folder.to_owned(),
        // Wherever the run was moved to: it is of the folder it lies in.
        config: match recipe(&recipe_path) {
            Ok(text) => read_recipe(&text).map(|config| RunConfig {
                folder: folder.to_owned(),
                ..config
            }),
            Err(text) => Err(RecipeProblem { line: None, text }),
        },
        curves: RunCurves::default(),
        checkpoints: checkpoints(folder),
        bad_lines: 0,
        resumable: folder.join("state.safetensors").is_file(),
    };
    if metrics.is_file() {
        steps(&metrics, &mut record).map_err(|error| {
            format!(
                "the steps of the run cannot be read ({error}): {}",
                metrics.display()
            )
        })?;
    }
    Ok(record)
}

fn steps(path: &Path, record: &mut RunRecord) -> std::io::Result<()> {
    let mut reader = BufReader::new(File::open(path)?);
    let mut line = Vec::new();
    for _ in 0..MAX_LINES {
        line.clear();
        let length = reader
            .by_ref()
            .take(MAX_LINE)
            .read_until(b'\n', &mut line)?;
        if length == 0 {
            break;
        }
        match serde_json::from_slice::<StepMetrics>(&line) {
            Ok(metrics) => record.curves.push(&metrics),
            Err(_) if line.iter().all(u8::is_ascii_whitespace) => {}
            Err(_) => record.bad_lines += 1,
        }
    }
    Ok(())
}

/// Weights files named by their step, oldest first.
pub(super) fn checkpoints(folder: &Path) -> Vec<(u64, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(folder.join("checkpoints")) else {
        return Vec::new();
    };
    let step = |path: &Path| {
        let name = path.file_name()?.to_str()?;
        let (step, rest) = name.strip_prefix("steps_")?.split_once('_')?;
        let whole = rest == "pytorch_model.safetensors" || rest == "pytorch_model.pt";
        step.parse::<u64>().ok().filter(|_| whole)
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut found: Vec<(u64, PathBuf)> = paths
        .filter_map(|path| Some((step(&path)?, path)))
        .take(MAX_CHECKPOINTS)
        .collect();
    found.sort();
    found
}

/// Counts what a dataset has to learn from.
pub(super) fn count(path: &Path) -> Result<SourceCount, String> {
    // A collected dataset has its questions beside its episodes.
    let beside = path.join("grounding.jsonl");
    let whole = if beside.is_file() && !path.join("meta").is_dir() {
        &beside
    } else {
        path
    };
    match data::open(whole).map_err(|error| error.to_string())? {
        Dataset::Episodes(set) => Ok(SourceCount {
            episodes: Some(set.info().episodes),
            samples: set.info().frames,
            questions: 0,
        }),
        Dataset::Labels(set) => Ok(SourceCount {
            episodes: None,
            samples: set.samples.len() as u64,
            questions: set
                .samples
                .iter()
                .map(|sample| sample.conversation.len() as u64 / 2)
                .sum(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Series;

    #[test]
    fn a_run_that_was_killed_is_read_to_its_last_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        assert!(run(at).unwrap_err().contains("holds no training"));
        let line = |step: u64| {
            format!(
                "{{\"step\":{step},\"loss\":2.5,\"losses\":{{\"answer\":2.0}},\"gradient_norm\":1,\"rates\":{{\"base\":1e-4}},\"samples\":8,\"samples_per_second\":4}}\n"
            )
        };
        let text = line(1) + &line(2) + "\n{\"step\":3,\"los";
        std::fs::write(at.join("metrics.jsonl"), text).unwrap();
        std::fs::write(at.join("run.toml"), "folder = \"\"\nsteps = 9\n").unwrap();
        std::fs::create_dir(at.join("checkpoints")).unwrap();
        for name in [
            "steps_1000_pytorch_model.safetensors",
            "steps_200_pytorch_model.safetensors",
            "steps_3_pytorch_model.safetensors.part",
        ] {
            std::fs::write(at.join("checkpoints").join(name), "").unwrap();
        }
        let found = run(at).unwrap();
        assert_eq!((found.bad_lines, found.resumable), (1, false));
        assert_eq!(found.curves.last().map(|last| last.step), Some(2));
        assert_eq!(
            found
                .curves
                .of(&Series::Part("answer".into()))
                .unwrap()
                .last(),
            Some(2.0)
        );
        let config = found.config.unwrap();
        assert_eq!((config.steps, config.folder.as_path()), (9, at));
        let steps: Vec<u64> = found.checkpoints.iter().map(|(step, _)| *step).collect();
        assert_eq!(steps, [200, 1000]);
    }

    #[test]
    fn a_recipe_that_is_no_text_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        assert!(recipe(&path).unwrap_err().contains("choose a TOML file"));
        std::fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
        assert!(recipe(&path).unwrap_err().contains("cannot be read"));
    }
}
