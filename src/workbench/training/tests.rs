//! Recipe and runs as the document sees them.

use super::*;
use crate::engine::{
    Event, Found, Pick, Request, StepMetrics, TrainEvent, TrainFailure, TrainNews, TrainOrder,
    TrainReport, read_recipe,
};
use crate::workbench::{Command, CommandId, Workbench, Workspace};

const TEXT: &str = "# small\nfolder = \"run\"\nsteps = 40\nsave_every = 10\n[[labels]]\npath = \"stills\"\n[model.new]\nwidth = 64\n";

fn ready() -> Workbench {
    let mut workbench = Workbench::default();
    let read = TrainEvent::Recipe {
        path: "/data/small.toml".into(),
        text: TEXT.into(),
    };
    let requests = workbench.absorb(Event::Train(read));
    let [Request::Train(TrainOrder::Count(path))] = &requests[..] else {
        panic!("{requests:?}")
    };
    assert_eq!(path, Path::new("/data/stills"));
    workbench
}

fn plain(workbench: &mut Workbench, id: CommandId) -> Vec<Request> {
    workbench.apply(Command::Plain(id))
}

fn steps(range: std::ops::RangeInclusive<u64>) -> TrainNews {
    let step = |step| StepMetrics {
        step,
        loss: 1.0 / step as f64,
        ..StepMetrics::default()
    };
    TrainNews {
        steps: range.map(step).collect(),
        progress: None,
    }
}

fn report(stopped: bool) -> Box<TrainReport> {
    Box::new(TrainReport {
        folder: "/data/run".into(),
        steps: 12,
        skipped: 0,
        stopped,
        parameters: 1000,
        last: None,
        seconds: 3.0,
        checkpoint: Some("/data/run/checkpoints/steps_12_pytorch_model.safetensors".into()),
    })
}

#[test]
fn an_empty_recipe_is_refused_with_a_reason() {
    let mut workbench = Workbench::default();
    assert!(plain(&mut workbench, CommandId::StartTraining).is_empty());
    assert!(workbench.training.run.is_none() && workbench.notices.open.len() == 1);
    assert_eq!(workbench.settings.workspace, Workspace::Train);
}

#[test]
fn a_run_starts_holds_goes_on_and_stops() {
    let mut workbench = ready();
    let requests = plain(&mut workbench, CommandId::StartTraining);
    let [Request::Train(TrainOrder::Start(config))] = &requests[..] else {
        panic!("{requests:?}")
    };
    assert_eq!(config.folder, Path::new("/data/run"));
    assert!(!workbench.is_available(CommandId::PauseTraining));
    workbench.now_secs = 10.0;
    workbench.absorb_training(steps(1..=2));
    workbench.now_secs = 12.0;
    workbench.absorb_training(steps(3..=6));
    let run = workbench.training.run.as_ref().unwrap();
    assert_eq!(
        (run.step(), run.steps_per_second(), run.left()),
        (6, Some(2.0), Some(17.0))
    );
    let requests = plain(&mut workbench, CommandId::PauseTraining);
    assert!(matches!(requests[..], [Request::Train(TrainOrder::Pause)]));
    drop(workbench.absorb(Event::Train(TrainEvent::Paused(6))));
    assert_eq!(
        workbench.training.run.as_ref().unwrap().phase,
        TrainPhase::Paused
    );
    // A second run cannot begin meanwhile.
    assert!(plain(&mut workbench, CommandId::StartTraining).is_empty());
    let requests = plain(&mut workbench, CommandId::ResumeTraining);
    assert!(matches!(
        requests[..],
        [Request::Train(TrainOrder::Continue)]
    ));
    let requests = plain(&mut workbench, CommandId::StopTraining);
    assert!(matches!(requests[..], [Request::Train(TrainOrder::Stop)]));
    drop(workbench.absorb(Event::Train(TrainEvent::Done(report(true)))));
    assert!(!workbench.training.is_running());
    let requests = plain(&mut workbench, CommandId::LoadNewest);
    let [Request::Load(load)] = &requests[..] else {
        panic!("{requests:?}")
    };
    assert_eq!(load.path, Path::new("/data/run"));
    let requests = plain(&mut workbench, CommandId::ResumeTraining);
    assert!(matches!(
        requests[..],
        [Request::Train(TrainOrder::Resume(_))]
    ));
    // What was told before stays drawn, steps that are taken again are drawn once.
    workbench.absorb_training(steps(5..=8));
    let curves = &workbench.training.run.as_ref().unwrap().curves;
    let loss = curves.of(&crate::engine::Series::Loss).unwrap();
    assert_eq!(loss.buckets().len(), 8);
}

#[test]
fn a_failure_says_why_and_leaves_the_curves() {
    let mut workbench = ready();
    drop(plain(&mut workbench, CommandId::StartTraining));
    workbench.absorb_training(steps(1..=3));
    let failure = TrainFailure {
        text: "training stopped unexpectedly (out of memory); resume it: /data/run".into(),
        step: Some(3),
        crashed: true,
    };
    drop(workbench.absorb(Event::Train(TrainEvent::Failed(failure.clone()))));
    let run = workbench.training.run.as_ref().unwrap();
    assert_eq!((run.step(), &run.phase), (3, &TrainPhase::Failed(failure)));
    assert!(workbench.is_available(CommandId::ResumeTraining));
}

#[test]
fn form_and_text_follow_each_other() {
    let mut workbench = ready();
    let mut config = workbench.training.recipe.config.clone();
    config.steps = 99;
    let command = TrainingCommand::SetRecipe(Box::new(config.clone()));
    drop(workbench.apply(Command::Training(command)));
    let recipe = &workbench.training.recipe;
    assert!(recipe.text.starts_with("# small") && recipe.text.contains("steps = 99"));
    assert!(recipe.changed);
    let broken = format!("{}stepz = 3\n", "seed = 1\n");
    drop(workbench.apply(Command::Training(TrainingCommand::SetText(broken))));
    let recipe = &workbench.training.recipe;
    assert_eq!(recipe.config, config);
    assert_eq!(
        recipe.problem.as_ref().and_then(|problem| problem.line),
        Some(2)
    );
    assert!(recipe.refusal().unwrap().contains("line 2"));
    // One that is dropped onto the window, or typed among the sources, is opened as one.
    let dropped = Event::Sniffed {
        path: "/data/other.toml".into(),
        found: Found::Recipe,
    };
    let [Request::Train(TrainOrder::ReadRecipe(path))] = &workbench.absorb(dropped)[..] else {
        panic!("it is read")
    };
    assert_eq!(path, Path::new("/data/other.toml"));
    // Saved elsewhere, paths stay what they are.
    drop(workbench.apply(Command::Training(TrainingCommand::SetText(TEXT.into()))));
    let requests = plain(&mut workbench, CommandId::SaveRecipe);
    let [Request::Pick(Pick::Save { name, bytes })] = &requests[..] else {
        panic!("{requests:?}")
    };
    assert_eq!(name, "small.toml");
    let saved = read_recipe(std::str::from_utf8(bytes).unwrap()).unwrap();
    assert_eq!(saved.labels[0].path, Path::new("/data/stills"));
    let pick = Pick::Save {
        name: name.clone(),
        bytes: bytes.clone(),
    };
    drop(workbench.absorb(Event::Picked(pick, vec!["/other/b.toml".into()])));
    let recipe = &workbench.training.recipe;
    assert!(!recipe.changed && recipe.file.as_deref() == Some(Path::new("/other/b.toml")));
    assert_eq!(recipe.resolved().folder, Path::new("/data/run"));
}

#[test]
fn runs_are_opened_coloured_and_closed() {
    let mut workbench = Workbench::default();
    for at in 0..=COMPARED {
        let open = TrainingCommand::OpenRun(format!("/runs/{at}").into());
        drop(workbench.apply(Command::Training(open)));
    }
    let runs = &workbench.training.compared;
    assert_eq!(runs.len(), COMPARED);
    let mut hues: Vec<usize> = runs.iter().map(|run| run.hue).collect();
    hues.sort_unstable();
    hues.dedup();
    assert_eq!(hues.len(), COMPARED);
    let record = RunRecord {
        folder: "/runs/1".into(),
        config: read_recipe(TEXT),
        curves: crate::engine::RunCurves::default(),
        checkpoints: vec![(
            5,
            "/runs/1/checkpoints/steps_5_pytorch_model.safetensors".into(),
        )],
        bad_lines: 0,
        resumable: true,
    };
    drop(workbench.absorb(Event::Train(TrainEvent::Run(Box::new(record)))));
    let failed = TrainEvent::RunFailed(
        "/runs/2".into(),
        "no training; choose another: /runs/2".into(),
    );
    drop(workbench.absorb(Event::Train(failed)));
    assert_eq!(workbench.training.shown().len(), 1);
    assert!(workbench.is_available(CommandId::LoadNewest));
    drop(
        workbench.apply(Command::Training(TrainingCommand::UseRecipe(
            "/runs/1".into(),
        ))),
    );
    assert_eq!(workbench.training.recipe.config.steps, 40);
    drop(
        workbench.apply(Command::Training(TrainingCommand::ToggleRun(
            "/runs/1".into(),
        ))),
    );
    assert!(workbench.training.shown().is_empty());
    drop(workbench.apply(Command::Training(TrainingCommand::CloseRun(
        "/runs/1".into(),
    ))));
    assert!(workbench.training.opened(Path::new("/runs/1")).is_none());
}
