//! Training as somebody runs it: killed at any moment, started twice, refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Steps of the run, and steps between two saves.
const STEPS: u64 = 40;
const SAVE_EVERY: u64 = 5;

/// Pictures with one square each, a question about it, and a recipe of a model as small as can be.
fn recipe(folder: &Path, steps: u64) -> PathBuf {
    let mut lines = String::new();
    for number in 0..6_u32 {
        let (x, y) = (number * 7 % 30, number * 11 % 28);
        let picture = image::RgbImage::from_fn(56, 56, |px, py| {
            let inside = (x..x + 20).contains(&px) && (y..y + 20).contains(&py);
            image::Rgb(if inside { [220, 30, 30] } else { [90, 90, 90] })
        });
        picture
            .save(folder.join(format!("{number}.png")))
            .expect("a picture");
        let answer = format!(
            "[{{\"bbox_2d\": [{x}, {y}, {}, {}], \"label\": \"red square\"}}]",
            x + 20,
            y + 20
        );
        let question = "<image>\nGive the bounding box for the red square.";
        lines += &serde_json::json!({
            "image": format!("{number}.png"), "width": 56, "height": 56,
            "conversations": [
                { "from": "human", "value": question }, { "from": "gpt", "value": answer },
            ],
        })
        .to_string();
        lines.push('\n');
    }
    fs::write(folder.join("grounding.jsonl"), lines).expect("a file");
    let text = format!(
        r#"
folder = "run"
device = "cpu"
steps = {steps}
save_every = {SAVE_EVERY}
[model.new]
width = 32
layers = 2
heads = 2
shared_heads = 1
inner = 64
vision_width = 32
vision_layers = 2
vision_heads = 2
vision_inner = 64
[picture]
size = [56, 56]
[[labels]]
path = "grounding.jsonl"
[batch]
pictures = 2
questions = 1
[optimizer]
rates = {{ base = 3e-3 }}
warmup = 2
"#
    );
    let path = folder.join("run.toml");
    fs::write(&path, text).expect("a file");
    path
}

fn command(recipe: &Path, resume: bool) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spvla"));
    command.arg("train").arg(recipe);
    if resume {
        command.arg("--resume");
    }
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn train(recipe: &Path, resume: bool) -> Output {
    command(recipe, resume).output().expect("the program runs")
}

/// The loss of every step.
fn losses(run: &Path) -> BTreeMap<u64, f64> {
    let text = fs::read_to_string(run.join("metrics.jsonl")).unwrap_or_default();
    let lines = text.lines().filter_map(|line| {
        let value: Value = serde_json::from_str(line).ok()?;
        Some((value["step"].as_u64()?, value["loss"].as_f64()?))
    });
    lines.collect()
}

/// Waits until a run has taken so many steps.
fn wait(child: &mut Child, run: &Path, steps: u64) {
    let begun = Instant::now();
    while losses(run).len() < steps as usize {
        assert!(
            child.try_wait().expect("a child").is_none(),
            "it ended by itself"
        );
        assert!(begun.elapsed() < Duration::from_mins(5), "too slow");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_killed_run_goes_on_with_the_numbers_of_one_that_was_not() {
    let [whole, killed] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let once = train(&recipe(whole.path(), STEPS), false);
    assert!(
        once.status.success(),
        "{}",
        String::from_utf8_lossy(&once.stderr)
    );
    let recipe = recipe(killed.path(), STEPS);
    let run = killed.path().join("run");
    // The first time before anything was saved: going on then means beginning.
    for (resume, steps) in [(false, 3), (true, 8), (true, 23)] {
        let mut child = command(&recipe, resume).spawn().unwrap();
        wait(&mut child, &run, steps);
        child.kill().unwrap();
        child.wait().unwrap();
        if run.join("state.safetensors").is_file() {
            let found = Command::new(env!("CARGO_BIN_EXE_spvla"))
                .args(["inspect", run.to_str().unwrap()])
                .output()
                .unwrap();
            assert!(
                found.status.success(),
                "{}",
                String::from_utf8_lossy(&found.stdout)
            );
        }
    }
    let last = command(&recipe, true)
        .arg("--json")
        .stdout(Stdio::piped())
        .output()
        .expect("the program runs");
    assert!(
        last.status.success(),
        "{}",
        String::from_utf8_lossy(&last.stderr)
    );
    let lines = String::from_utf8(last.stdout).expect("text");
    let report: Value = serde_json::from_str(lines.lines().last().expect("a report"))
        .expect("each line is whole JSON");
    assert_eq!(report["steps"], STEPS);
    let [wanted, found] = [&whole, &killed].map(|folder| losses(&folder.path().join("run")));
    assert_eq!(wanted.len(), STEPS as usize);
    assert_eq!(found, wanted);
}

#[test]
fn two_trainings_in_one_folder_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = recipe(folder.path(), 100_000);
    let run = folder.path().join("run");
    let mut first = command(&recipe, false).spawn().unwrap();
    wait(&mut first, &run, SAVE_EVERY + 1);
    let second = train(&recipe, true);
    first.kill().unwrap();
    first.wait().unwrap();
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(!second.status.success());
    assert!(said.contains("another training"), "{said}");
    assert!(said.contains(&first.id().to_string()), "{said}");
}

#[test]
#[cfg(unix)]
fn an_interrupt_saves_the_steps_it_came_after() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = recipe(folder.path(), 100_000);
    let run = folder.path().join("run");
    let mut child = command(&recipe, false).spawn().unwrap();
    wait(&mut child, &run, 3);
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupted.expect("kill runs").success());
    assert_eq!(child.wait().unwrap().code(), Some(1), "it did not finish");
    assert!(run.join("state.safetensors").is_file());
    let taken = losses(&run).len() as u64;
    let named = run.join(format!(
        "checkpoints/steps_{taken}_pytorch_model.safetensors"
    ));
    assert!(named.is_file(), "every step that was recorded is saved");
}

#[test]
fn checkpoints_of_another_run_are_not_taken_for_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = recipe(folder.path(), 5);
    let checkpoints = folder.path().join("run/checkpoints");
    fs::create_dir_all(&checkpoints).unwrap();
    fs::write(
        checkpoints.join("steps_900_pytorch_model.safetensors"),
        b"x",
    )
    .unwrap();
    let refused = train(&recipe, false);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success());
    assert!(said.contains("checkpoints without the state"), "{said}");
}
