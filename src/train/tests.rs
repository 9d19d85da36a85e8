//! Runs of a few steps on pictures and episodes made here: resumed, paused, refused.

use std::fs;
use std::path::Path;

use super::*;
use crate::job::{CancelToken, JobContext};
use crate::model::checkpoint::Checkpoint;
use crate::model::device::DeviceChoice;
use crate::model::policy::{LoadOptions, inspect};

/// Pictures of 56 x 56 pixels with one square each, and a question about it.
fn labels(folder: &Path, count: usize) -> std::path::PathBuf {
    let mut lines = String::new();
    for number in 0..count {
        let [red, green] = [[220, 30, 30], [30, 200, 40]];
        let (name, colour) = [("red square", red), ("green square", green)][number % 2];
        let (x, y) = ((number * 7 % 30) as u32, (number * 11 % 28) as u32);
        let picture = image::RgbImage::from_fn(56, 56, |px, py| {
            let inside = (x..x + 20).contains(&px) && (y..y + 20).contains(&py);
            image::Rgb(if inside { colour } else { [90, 90, 90] })
        });
        picture.save(folder.join(format!("{number}.png"))).unwrap();
        let (right, lower) = (x + 20, y + 20);
        lines += &serde_json::json!({
            "image": format!("{number}.png"), "width": 56, "height": 56,
            "conversations": [
                { "from": "human", "value": format!("<image>\nGive the bounding box for the {name}.") },
                { "from": "gpt", "value": format!("[{{\"bbox_2d\": [{x}, {y}, {right}, {lower}], \"label\": \"{name}\"}}]") },
                { "from": "human", "value": "Which colour has it?" },
                { "from": "gpt", "value": name },
            ],
        }).to_string();
        lines.push('\n');
    }
    let path = folder.join("grounding.jsonl");
    fs::write(&path, lines).unwrap();
    path
}

/// A run of a model as small as can be.
fn config(folder: &Path, labels: &Path) -> RunConfig {
    let mut config = RunConfig {
        folder: folder.join("run"),
        device: DeviceChoice::Cpu,
        steps: 6,
        save_every: 3,
        ..RunConfig::default()
    };
    config.model.new = Some(NewModel {
        width: 32,
        layers: 2,
        heads: 2,
        shared_heads: 1,
        inner: 64,
        vision_width: 32,
        vision_layers: 2,
        vision_heads: 2,
        vision_inner: 64,
        ..NewModel::default()
    });
    config.picture.size = [56, 56];
    config.labels = vec![LabelSource {
        path: labels.to_owned(),
        ..LabelSource::default()
    }];
    config.batch = BatchConfig {
        pictures: 3,
        questions: 2,
        parallel: 2,
        ..BatchConfig::default()
    };
    config.optimizer.rates = [("base".to_owned(), 3e-3)].into();
    config.optimizer.warmup = 2;
    config.auxiliary = AuxiliaryConfig {
        dense: 0.5,
        heat: 0.5,
        align: 0.25,
        aim: 0.0,
    };
    config.loss.number_sigma = 1.0;
    config.loss.number_distance = 3.0;
    config
}

fn train(config: &RunConfig, resume: bool) -> Result<(Report, Vec<StepMetrics>), TrainError> {
    let mut all = Vec::new();
    let report = run(config, resume, &JobContext::silent(), &mut |metrics| {
        all.push(metrics.clone());
    })?;
    Ok((report, all))
}

#[test]
fn a_picture_that_cannot_be_read_is_passed_over() {
    let data = tempfile::tempdir().unwrap();
    let labels = labels(data.path(), 4);
    fs::write(data.path().join("2.png"), b"no picture").unwrap();
    let (report, metrics) = train(&config(data.path(), &labels), false).unwrap();
    assert_eq!((report.skipped, metrics.len()), (1, 6));
    assert!(metrics.iter().all(|step| step.samples == 3));
    for number in 0..4 {
        fs::write(data.path().join(format!("{number}.png")), b"no picture").unwrap();
    }
    let mut other = config(data.path(), &labels);
    other.folder = data.path().join("other");
    let error = train(&other, false).unwrap_err().to_string();
    assert!(error.contains(".png"), "{error}");
}

#[test]
fn a_label_outside_its_picture_is_passed_over_and_named() {
    let data = tempfile::tempdir().unwrap();
    let labels = labels(data.path(), 4);
    let text = fs::read_to_string(&labels).unwrap();
    let far = text.replacen("[{\\\"bbox_2d\\\": [", "[{\\\"bbox_2d\\\": [9", 1);
    assert_ne!(far, text);
    fs::write(&labels, &far).unwrap();
    let (report, metrics) = train(&config(data.path(), &labels), false).unwrap();
    assert_eq!((report.skipped, metrics.len()), (1, 6));
    let mut other = config(data.path(), &labels);
    other.folder = data.path().join("other");
    let none = far.lines().next().unwrap();
    fs::write(&labels, none).unwrap();
    let error = train(&other, false).unwrap_err().to_string();
    assert!(
        error.contains("outside its picture of 56x56") && error.contains("0.png"),
        "{error}"
    );
}

#[test]
fn what_learns_nothing_is_refused_by_name() {
    let data = tempfile::tempdir().unwrap();
    let labels = labels(data.path(), 4);
    let refused = |change: &dyn Fn(&mut RunConfig)| {
        let mut config = config(data.path(), &labels);
        change(&mut config);
        train(&config, false).unwrap_err().to_string()
    };
    let everything = refused(&|c| c.optimizer.rates = [("base".into(), 0.0)].into());
    assert!(everything.contains("nothing learns"), "{everything}");
    let slip = refused(&|c| c.optimizer.freeze = vec!["model.vizual".into()]);
    assert!(slip.contains("model.vizual"), "{slip}");
    let slip = refused(&|c| {
        c.optimizer.rates.insert("qwen_vl_interfase".into(), 1e-3);
    });
    assert!(slip.contains("qwen_vl_interfase"), "{slip}");
    let head = refused(&|c| c.optimizer.freeze = vec!["auxiliary.heat".into()]);
    assert!(head.contains("auxiliary.heat"), "{head}");
    let number = refused(&|c| c.loss.vlm = f64::NAN);
    assert!(number.contains("loss.vlm: is NaN"), "{number}");
}

#[test]
fn a_run_from_nothing_learns_and_opens_as_a_checkpoint() {
    let data = tempfile::tempdir().unwrap();
    let labels = labels(data.path(), 8);
    let mut config = config(data.path(), &labels);
    config.steps = 40;
    let (report, metrics) = train(&config, false).unwrap();
    assert_eq!(
        (report.steps, report.stopped, metrics.len()),
        (40, false, 40)
    );
    let mean = |part: &[StepMetrics]| {
        part.iter().map(|m| m.losses["answer"]).sum::<f64>() / part.len() as f64
    };
    assert!(
        mean(&metrics[35..]) < 0.7 * mean(&metrics[..5]),
        "{metrics:?}"
    );
    for name in ["distance", "heat", "dense", "align"] {
        assert!(metrics[0].losses[name].is_finite(), "{name}");
    }
    let shown: Vec<_> = metrics.iter().filter_map(|m| m.picture.as_ref()).collect();
    assert_eq!(shown.len(), 2, "one picture in twenty steps");
    let [first, second] = [shown[0], shown[1]].map(|picture| &picture.answers[..]);
    assert!(first.iter().any(|answer| answer.right.len() == 1));
    assert!(first.iter().all(|answer| !answer.said.is_empty()));
    // After twenty steps it has the form of answers.
    assert!(
        second.iter().any(|answer| answer.said.contains("bbox_2d")),
        "{second:?}"
    );
    let found = inspect(&config.folder, &LoadOptions::default()).unwrap();
    found.complete().unwrap();
    let checkpoint = Checkpoint::open(&config.folder, None).unwrap();
    assert_eq!(checkpoint.step, Some(40));
    assert!(
        checkpoint
            .entries()
            .iter()
            .all(|e| !e.name.contains("auxiliary"))
    );
    assert_eq!(checkpoint.steps.len(), 2, "older checkpoints go");
}

#[test]
fn a_resumed_run_takes_the_same_steps() {
    let data = tempfile::tempdir().unwrap();
    let labels = labels(data.path(), 6);
    let mut whole = config(data.path(), &labels);
    whole.optimizer.ema = Some(0.9);
    let (_, uninterrupted) = train(&whole, false).unwrap();
    let part = RunConfig {
        folder: data.path().join("other"),
        ..whole.clone()
    };
    // Stopped in the fourth step, the state being of the third.
    let context = JobContext {
        cancel: CancelToken::default(),
        progress: &|_| {},
    };
    let stop = context.cancel.clone();
    let mut seen = 0;
    let report = run(&part, false, &context, &mut |_| {
        seen += 1;
        if seen == 4 {
            stop.cancel();
        }
    })
    .unwrap();
    assert!(report.stopped && report.steps == 4);
    let (_, rest) = train(&part, true).unwrap();
    for (whole, part) in uninterrupted[4..].iter().zip(&rest) {
        assert_eq!(whole.step, part.step);
        assert_eq!(
            whole.loss.to_bits(),
            part.loss.to_bits(),
            "step {}",
            part.step
        );
    }
    let weights = |config: &RunConfig| {
        fs::read(
            config
                .folder
                .join("checkpoints/steps_6_pytorch_model.safetensors"),
        )
        .unwrap()
    };
    assert!(weights(&whole) == weights(&part));
    let lines = fs::read_to_string(part.folder.join("metrics.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 6);
}

#[test]
fn a_vision_phase_leaves_the_language_model_alone() {
    let data = tempfile::tempdir().unwrap();
    let labels = labels(data.path(), 4);
    let mut config = config(data.path(), &labels);
    config.curriculum.vision_steps = 2;
    config.steps = 3;
    let (_, metrics) = train(&config, false).unwrap();
    let names = |at: usize| metrics[at].losses.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(1), ["dense"]);
    assert!(names(2).contains(&"answer".to_owned()));
}

#[test]
fn what_cannot_be_is_said_before_anything_is_written() {
    let data = tempfile::tempdir().unwrap();
    let labels = labels(data.path(), 1);
    let good = config(data.path(), &labels);
    let refused = |change: &dyn Fn(&mut RunConfig)| {
        let mut config = good.clone();
        change(&mut config);
        train(&config, false).unwrap_err()
    };
    let weightless = refused(&|c| c.labels[0].weight = 0.0);
    assert!(
        weightless.to_string().contains("weight above zero"),
        "{weightless}"
    );
    let nothing = data.path().join("empty.jsonl");
    fs::write(&nothing, "").unwrap();
    let empty = refused(&|c| c.labels[0].path.clone_from(&nothing));
    assert!(empty.to_string().contains("empty.jsonl"), "{empty}");
    let both = refused(&|c| c.model.from = Some("x".into()));
    assert!(matches!(both, TrainError::Setting { .. }), "{both}");
    let mut halves = config(data.path(), &labels);
    halves.batch.precision = Multiply::F16;
    let why = train(&halves, false).unwrap_err().to_string();
    assert!(why.contains("batch.precision: is f16, which CPU"), "{why}");
    // One sample is enough.
    let (report, _) = train(&good, false).unwrap();
    assert_eq!(report.steps, 6);
    let again = train(&good, false).unwrap_err();
    assert!(matches!(again, TrainError::Occupied { .. }), "{again}");
    let other = RunConfig {
        seed: 7,
        ..good.clone()
    };
    let other = train(&other, true).unwrap_err();
    assert!(matches!(other, TrainError::State { .. }), "{other}");
}

#[test]
fn a_loss_that_is_no_number_names_what_was_learnt() {
    let data = tempfile::tempdir().unwrap();
    let labels = labels(data.path(), 2);
    let mut config = config(data.path(), &labels);
    config.optimizer.rates = [("base".to_owned(), 1e30)].into();
    config.optimizer.clip = 1e30;
    config.steps = 20;
    let error = train(&config, false).unwrap_err().to_string();
    assert!(
        error.contains("step") && (error.contains(".png") || error.contains("gradient")),
        "{error}"
    );
    assert!(config.folder.join("metrics.jsonl").is_file());
}

#[test]
fn the_configuration_goes_through_toml() {
    let data = tempfile::tempdir().unwrap();
    let config = config(Path::new(""), Path::new("labels.jsonl"));
    let path = data.path().join("run.toml");
    fs::write(&path, toml::to_string(&config).unwrap()).unwrap();
    let read = RunConfig::read(&path).unwrap();
    assert_eq!(read.folder, data.path().join("run"));
    assert_eq!(read.batch, config.batch);
    fs::write(&path, "stepz = 3").unwrap();
    let error = RunConfig::read(&path).unwrap_err().to_string();
    assert!(
        error.contains("stepz") && error.contains("run.toml"),
        "{error}"
    );
}

mod acting;
mod devices;
