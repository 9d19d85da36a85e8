//! Recipe, curves and runs: found by name, pushed by a click, in each of their states.

use egui::accesskit::Role;
use egui::vec2;
use egui_kittest::kittest::Queryable as _;
use spvla::engine::{
    Event, RecipePath, RunCurves, RunRecord, SourceCount, StepMetrics, TrainEvent, TrainFailure,
    TrainNews, read_recipe,
};
use spvla::job::Progress;
use spvla::ui::train::{CurvesPanel, RunsPanel, TrainPanel};
use spvla::workbench::{Command, CommandId, RecipeState, TrainPhase, TrainingCommand, Workbench};

use super::{TALL, click, open, pushed, scene};

const MIDDLE: egui::Vec2 = vec2(590.0, 660.0);

pub const RECIPE: &str = "# small\nfolder = \"/runs/small\"\nsteps = 4000\nsave_every = 500\nrecipe = \"spatially-guided\"\n
[model.new]\nwidth = 64\n
[[labels]]\npath = \"/data/stills\"\nweight = 3.0\n
[[labels]]\npath = \"/data/corrected\"\nweight = 1.0\n
[[actions]]\npath = \"/data/episodes\"\n";

/// A recipe of three sources, all counted but one.
pub fn written() -> Workbench {
    let mut workbench = scene::empty();
    workbench.now_secs = 50.0;
    let read = TrainEvent::Recipe {
        path: "/recipes/small.toml".into(),
        text: RECIPE.into(),
    };
    drop(workbench.absorb(Event::Train(read)));
    let count = |samples, questions, episodes| {
        Ok(SourceCount {
            episodes,
            samples,
            questions,
        })
    };
    for (path, found) in [
        ("/data/stills", count(19_042, 19_042, None)),
        (
            "/data/corrected",
            Err("the dataset cannot be opened (not found); check the path: /data/corrected".into()),
        ),
        ("/data/episodes", count(48_120, 0, Some(1204))),
    ] {
        drop(workbench.absorb(Event::Train(TrainEvent::Counted(path.into(), found))));
    }
    workbench
}

/// What a run of this loss would tell.
fn metrics(step: u64, slow: f64) -> StepMetrics {
    let at = step as f64;
    let noise = (at * 12.9898).sin() * 0.12;
    let fall = |from: f64, to: f64| to + (from - to) * (-at / slow).exp() + noise;
    let losses = [
        ("answer", fall(4.2, 0.7)),
        ("dense", fall(2.5, 0.5)),
        ("action", fall(1.2, 0.15)),
    ];
    let rates = [("base", 1e-3), ("qwen_vl_interface", 1e-4)];
    StepMetrics {
        step,
        loss: fall(6.0, 1.1),
        losses: losses.map(|(name, loss)| (name.to_owned(), loss)).into(),
        gradient_norm: 1.0 + noise.abs() * 4.0,
        rates: rates
            .map(|(name, rate)| (name.to_owned(), rate * (at / 100.0).min(1.0)))
            .into(),
        samples: 24,
        samples_per_second: 41.0 + noise * 8.0,
        similarity: step.is_multiple_of(10).then_some(0.3 + noise),
        picture: None,
    }
}

/// A run under way, some hundred steps in.
pub fn running() -> Workbench {
    let mut workbench = written();
    drop(workbench.apply(Command::Plain(CommandId::StartTraining)));
    for part in 0..10_u64 {
        workbench.now_secs += 12.0;
        let steps = (part * 100 + 1..=part * 100 + 100).map(|step| metrics(step, 300.0));
        workbench.absorb_training(TrainNews {
            steps: steps.collect(),
            progress: None,
        });
    }
    workbench
}

fn record(folder: &str, steps: u64, slow: f64) -> RunRecord {
    let mut curves = RunCurves::default();
    for step in 1..=steps {
        curves.push(&metrics(step, slow));
    }
    let mut config = read_recipe(RECIPE).expect("a recipe");
    config.folder = folder.into();
    config.optimizer.warmup = slow as u64;
    RunRecord {
        folder: folder.into(),
        config: Ok(config),
        curves,
        checkpoints: vec![(
            steps,
            format!("{folder}/checkpoints/steps_{steps}_pytorch_model.safetensors").into(),
        )],
        bad_lines: 1,
        resumable: true,
    }
}

/// Beside it two runs that were opened, one that is being read and one that is none.
pub fn compared() -> Workbench {
    let mut workbench = running();
    for folder in [
        "/runs/vanilla",
        "/runs/co-training",
        "/runs/slow",
        "/runs/none",
    ] {
        let open = TrainingCommand::OpenRun(folder.into());
        drop(workbench.apply(Command::Training(open)));
    }
    for (folder, slow) in [("/runs/vanilla", 700.0), ("/runs/co-training", 450.0)] {
        let read = TrainEvent::Run(Box::new(record(folder, 1500, slow)));
        drop(workbench.absorb(Event::Train(read)));
    }
    let why = "the folder holds no training; choose one that `spvla train` wrote: /runs/none";
    let failed = TrainEvent::RunFailed("/runs/none".into(), why.into());
    drop(workbench.absorb(Event::Train(failed)));
    workbench
}

/// A million steps.
pub fn huge() -> Workbench {
    let mut workbench = running();
    let open = TrainingCommand::OpenRun("/runs/long".into());
    drop(workbench.apply(Command::Training(open)));
    let read = TrainEvent::Run(Box::new(record("/runs/long", 1_000_000, 90_000.0)));
    drop(workbench.absorb(Event::Train(read)));
    workbench
}

pub fn failed() -> Workbench {
    let mut workbench = running();
    let failure = TrainFailure {
        text: "the whole loss became NaN at step 1001; learnt there: stills 12, stills 40. Lower the learning rate, or look at those samples".into(),
        step: Some(1000),
        crashed: false,
    };
    drop(workbench.absorb(Event::Train(TrainEvent::Failed(failure))));
    workbench
}

#[test]
fn an_empty_recipe_says_what_is_missing() {
    let mut harness = open(TrainPanel::default(), scene::empty(), TALL);
    harness.get_by_label("Choose the folder of the run");
    click(&mut harness, "Start");
    assert_eq!(pushed(&harness), []);
    click(&mut harness, "Choose run folder");
    let pick = TrainingCommand::Pick(RecipePath::Folder);
    assert_eq!(pushed(&harness), [Command::Training(pick)]);
    click(&mut harness, "Add pictures");
    let pick = Command::Training(TrainingCommand::Pick(RecipePath::Labels));
    assert_eq!(pushed(&harness).last(), Some(&pick));
    let mut harness = open(CurvesPanel::default(), scene::empty(), MIDDLE);
    click(&mut harness, "Open run");
    assert_eq!(pushed(&harness), [Command::Plain(CommandId::OpenRun)]);
    let mut harness = open(RunsPanel::default(), scene::empty(), TALL);
    harness.get_by_role_and_label(Role::Group, "No runs to compare");
    let button = harness.get_all_by_label("Open run").last();
    button.expect("the next step").click();
    harness.run_steps(3);
    assert_eq!(pushed(&harness), [Command::Plain(CommandId::OpenRun)]);
}

#[test]
fn the_form_writes_the_recipe_and_the_text_shows_it() {
    let mut harness = open(TrainPanel::default(), written(), TALL);
    harness.get_by_label_contains("19,042 questions");
    harness.get_by_label_contains("1,204 episodes, 48,120 frames");
    harness.get_by_label_contains("75 %");
    harness.get_by_label_contains("The dataset cannot be opened");
    click(&mut harness, "Vanilla");
    let recipe = &harness.state().workbench.training.recipe;
    assert!(recipe.text.contains("recipe = \"vanilla\"") && recipe.text.starts_with("# small"));
    click(&mut harness, "Guided");
    click(&mut harness, "Remove /data/corrected");
    assert_eq!(
        harness
            .state()
            .workbench
            .training
            .recipe
            .config
            .labels
            .len(),
        1
    );
    let steps = harness.get_by_role_and_label(Role::SpinButton, "Steps");
    steps.focus();
    harness.run_steps(2);
    harness.key_press(egui::Key::ArrowUp);
    harness.run_steps(3);
    assert_ne!(harness.state().workbench.training.recipe.config.steps, 4000);
    click(&mut harness, "TOML");
    harness.get_by_label("Recipe text");
    harness.get_by_label_contains("no mistakes");
    let broken = Command::Training(TrainingCommand::SetText("steps = 5\nstepz = 3\n".into()));
    drop(harness.state_mut().workbench.apply(broken));
    harness.run_steps(3);
    harness.get_by_label_contains("Line 2:");
    harness.get_by_label_contains("The recipe cannot be read: line 2");
}

#[test]
fn a_run_is_started_held_and_stopped_by_its_buttons() {
    let mut harness = open(TrainPanel::default(), written(), TALL);
    click(&mut harness, "Start");
    assert_eq!(pushed(&harness), [Command::Plain(CommandId::StartTraining)]);
    let mut harness = open(TrainPanel::default(), running(), TALL);
    assert!(harness.query_by_label("Start").is_none());
    click(&mut harness, "Pause");
    assert_eq!(pushed(&harness), [Command::Plain(CommandId::PauseTraining)]);
    let paused = Event::Train(TrainEvent::Paused(1000));
    drop(harness.state_mut().workbench.absorb(paused));
    harness.run_steps(3);
    click(&mut harness, "Resume");
    let phase = |harness: &egui_kittest::Harness<'_, scene::Scene>| {
        harness
            .state()
            .workbench
            .training
            .run
            .as_ref()
            .map(|run| run.phase.clone())
    };
    assert_eq!(phase(&harness), Some(TrainPhase::Running));
    click(&mut harness, "Stop");
    assert_eq!(phase(&harness), Some(TrainPhase::Stopping));
    let mut harness = open(TrainPanel::default(), failed(), TALL);
    click(&mut harness, "Resume");
    assert_eq!(
        pushed(&harness),
        [Command::Plain(CommandId::ResumeTraining)]
    );
}

#[test]
fn curves_say_how_far_how_fast_and_why_it_ended() {
    let harness = open(CurvesPanel::default(), running(), MIDDLE);
    harness.get_by_label_contains("Training");
    harness.get_by_label_contains("1,000 of 4,000");
    harness.get_by_label_contains("6 min left");
    for title in [
        "Loss",
        "Gradient norm",
        "Gradient similarity",
        "Learning rates",
        "Samples/s",
    ] {
        harness.get_by_label(title);
    }
    for part in ["whole", "answer", "dense", "action", "planner"] {
        harness.get_by_role_and_label(Role::CheckBox, part);
    }
    let harness = open(CurvesPanel::default(), failed(), MIDDLE);
    harness.get_by_label_contains("Failed");
    harness.get_by_label_contains("The whole loss became NaN at step 1001");
    harness.get_by_label_contains("After step 1,000");
    let mut workbench = written();
    drop(workbench.apply(Command::Plain(CommandId::StartTraining)));
    workbench.absorb_training(TrainNews {
        steps: Vec::new(),
        progress: Some(Progress {
            stage: "Reading labels".into(),
            done: 3,
            total: 12,
        }),
    });
    let harness = open(CurvesPanel::default(), workbench, MIDDLE);
    let mut bar = harness.get_all_by_label("Reading labels");
    assert!(bar.next().is_some());
    harness.get_by_label("3 of 12");
    harness.get_by_role_and_label(Role::Group, "No step yet");
}

#[test]
fn runs_are_shown_hidden_loaded_and_closed() {
    let mut harness = open(RunsPanel::default(), compared(), TALL);
    harness.get_by_label_contains("small 1,000 of 4,000");
    harness.get_by_label_contains("slow reading");
    click(&mut harness, "Hide vanilla");
    let toggle = Command::Training(TrainingCommand::ToggleRun("/runs/vanilla".into()));
    assert_eq!(pushed(&harness), [toggle]);
    harness.get_by_label_contains("none failed").click();
    harness.run_steps(4);
    harness.get_by_label("The folder holds no training");
    harness.get_by_label_contains("co-training 1,500").click();
    harness.run_steps(4);
    harness.get_by_label("Lines not readable: 1");
    harness.get_by_label("optimizer.warmup: 450 | 700");
    click(&mut harness, "Load newest checkpoint");
    let load = Command::Training(TrainingCommand::LoadRun("/runs/co-training".into()));
    assert_eq!(pushed(&harness).last(), Some(&load));
    assert!(harness.state().workbench.model.loading.is_some());
    click(&mut harness, "Use its recipe");
    assert_eq!(
        harness
            .state()
            .workbench
            .training
            .recipe
            .config
            .optimizer
            .warmup,
        450
    );
    click(&mut harness, "Close run");
    assert_eq!(harness.state().workbench.training.compared.len(), 3);
}

#[test]
fn a_million_steps_are_drawn_like_a_thousand() {
    let mut harness = open(CurvesPanel::default(), huge(), MIDDLE);
    click(&mut harness, "Log");
    click(&mut harness, "Smooth");
    let began = std::time::Instant::now();
    harness.run_steps(10);
    // Twice the time of a debug build on a busy machine; unbounded curves would take minutes.
    assert!(
        began.elapsed().as_secs_f64() < 20.0,
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn numbers_that_are_none_break_nothing() {
    let mut workbench = written();
    drop(workbench.apply(Command::Plain(CommandId::StartTraining)));
    let odd = |step, value| StepMetrics {
        step,
        loss: value,
        gradient_norm: value,
        samples_per_second: value,
        losses: [(String::new(), value), ("ü".repeat(500), value)].into(),
        rates: [("base".to_owned(), value)].into(),
        similarity: Some(value),
        ..StepMetrics::default()
    };
    let values = [f64::NAN, f64::INFINITY, -1e300, 1e300, 0.0, 1e-320];
    let steps = values
        .iter()
        .enumerate()
        .map(|(at, value)| odd(at as u64 * 7, *value));
    workbench.absorb_training(TrainNews {
        steps: steps.chain([odd(u64::MAX, 1.0)]).collect(),
        progress: None,
    });
    for log in [false, true] {
        let mut harness = open(CurvesPanel::default(), clone(&workbench), MIDDLE);
        if log {
            click(&mut harness, "Log");
        }
        harness.run_steps(3);
    }
}

fn clone(workbench: &Workbench) -> Workbench {
    let mut copy = scene::empty();
    copy.training = workbench.training.clone();
    copy
}

#[test]
fn a_changed_recipe_says_so_until_it_is_saved() {
    let mut workbench = written();
    let recipe = RecipeState::opened("/recipes/b.toml".into(), RECIPE.into());
    workbench.training.recipe = recipe;
    let mut harness = open(TrainPanel::default(), workbench, TALL);
    harness.get_by_label("/recipes/b.toml");
    click(&mut harness, "Co-training");
    harness.get_by_label_contains("changed");
    click(&mut harness, "Save recipe");
    assert_eq!(
        pushed(&harness).last(),
        Some(&Command::Plain(CommandId::SaveRecipe))
    );
}
