//! The window with its engine and real datasets: opened, searched, stepped, scrubbed and closed by what a person sees.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers, Theme, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use spvla::engine::{
    DatasetAbout, DatasetEntry, DatasetEvent, DatasetKind, Engine, Event, Problem, ProblemLevel,
};
use spvla::ui::shell::Shell;
use spvla::ui::theme;
use spvla::workbench::{Command, CommandId, DatasetCommand, DatasetState, Workbench};

/// The program without a screen.
struct Program {
    workbench: Workbench,
    engine: Engine,
    shell: Shell,
}

impl Program {
    fn new() -> Self {
        Self {
            workbench: Workbench::default(),
            engine: Engine::start(Arc::new(|_| {}), None),
            shell: Shell::default(),
        }
    }

    fn command(&mut self, command: Command) {
        for request in self.workbench.apply(command) {
            self.engine.send(request);
        }
    }

    fn poll(&mut self) {
        let mut requests = Vec::new();
        while let Some(event) = self.engine.poll() {
            requests.extend(self.workbench.absorb(event));
        }
        if let Some((id, shown)) = self.engine.poll_shown() {
            requests.extend(self.workbench.absorb_shown(id, shown));
        }
        for request in requests {
            self.engine.send(request);
        }
    }

    fn draw(&mut self, ui: &mut egui::Ui) {
        self.poll();
        Shell::prefer(ui.ctx(), &self.workbench);
        for command in self.shell.ui(ui, &self.workbench) {
            self.command(command);
        }
    }

    fn set(&self) -> &DatasetState {
        self.workbench.dataset.as_ref().expect("a dataset is open")
    }
}

type Window = Harness<'static, Program>;

fn window(program: Program, size: Vec2) -> Window {
    let mut harness = Harness::builder()
        .with_size(size)
        .with_theme(Theme::Dark)
        .with_step_dt(1.0 / 60.0)
        .allow_missing_glyphs()
        .with_context_setup(theme::install)
        .build_ui_state(|ui, program: &mut Program| program.draw(ui), program);
    harness.run_steps(4);
    harness
}

fn opened(path: &Path) -> Window {
    let mut program = Program::new();
    program.command(Command::Dataset(DatasetCommand::Open(path.to_owned())));
    let mut harness = window(program, vec2(1280.0, 800.0));
    until(&mut harness, |program| {
        !program.workbench.is_reading_dataset()
    });
    harness
}

/// Draws until something is the case.
fn until(harness: &mut Window, mut wanted: impl FnMut(&Program) -> bool) {
    let end = Instant::now() + Duration::from_mins(1);
    while !wanted(harness.state()) {
        assert!(Instant::now() < end, "it never came");
        std::thread::sleep(Duration::from_millis(5));
        harness.run_steps(1);
    }
    harness.run_steps(3);
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

fn press(harness: &mut Window, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

fn click(harness: &mut Window, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(4);
}

fn frames(program: &Program) -> Vec<u64> {
    let frames = program.workbench.views().filter_map(|s| s.frame.as_ref());
    frames.map(|frame| frame.seq).collect()
}

#[test]
fn an_episode_is_chosen_stepped_scrubbed_and_left() {
    let mut harness = opened(&fixture("datasets/lerobot_v30_av1"));
    harness.get_by_label("2 episodes · 80 frames · 10 fps · 3 cameras");
    harness.get_by_label("LeRobot v3.0");
    assert_eq!(frames(harness.state()), [0, 0, 0]);
    let small = &harness.state().set().thumbnails;
    assert!(small.len() == 2 && small.values().all(Option::is_some));

    harness.get_by_label_contains("Episode 1, 4.0 s").click();
    until(&mut harness, |p| {
        p.set().rows.as_ref().is_some_and(|rows| rows.episode == 1)
    });
    harness.get_by_role_and_label(Role::Button, "state");
    harness.get_by_label("gripper.pos");

    press(&mut harness, Modifiers::NONE, Key::D);
    until(&mut harness, |program| frames(program) == [1, 1, 1]);
    press(&mut harness, Modifiers::SHIFT, Key::D);
    until(&mut harness, |program| frames(program) == [11, 11, 11]);
    harness.get_by_label("Frame").focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    until(&mut harness, |program| frames(program) == [12, 12, 12]);
    press(&mut harness, Modifiers::NONE, Key::End);
    until(&mut harness, |program| frames(program) == [39, 39, 39]);

    press(&mut harness, Modifiers::NONE, Key::W);
    until(&mut harness, |p| {
        p.set().rows.as_ref().is_some_and(|rows| rows.episode == 0)
    });
    assert_eq!(frames(harness.state()), [0, 0, 0]);
    click(&mut harness, "Close dataset");
    assert!(harness.state().workbench.sources.is_empty());
    assert!(
        harness
            .query_all_by_label("No dataset open")
            .next()
            .is_some()
    );
}

#[test]
fn playing_moves_all_cameras_and_the_speed_can_be_chosen() {
    let mut harness = opened(&fixture("datasets/lerobot_v21_h264"));
    click(&mut harness, "1×");
    click(&mut harness, "4×");
    press(&mut harness, Modifiers::NONE, Key::Space);
    until(&mut harness, |program| {
        let frames = frames(program);
        assert!(frames.iter().all(|frame| *frame == frames[0]), "{frames:?}");
        frames[0] > 10
    });
    press(&mut harness, Modifiers::NONE, Key::Space);
    assert!(harness.state().workbench.views().all(|s| !s.play.playing));
}

#[test]
fn the_list_is_searched_from_the_keyboard() {
    let mut harness = opened(&fixture("datasets/lerobot_v30_h264"));
    press(&mut harness, Modifiers::COMMAND, Key::F);
    harness.get_by_label("Search episodes").type_text("#1");
    harness.run_steps(3);
    harness.get_by_label("1 of 2");
    harness.get_by_label("Search episodes").type_text("zebra");
    harness.run_steps(3);
    click(&mut harness, "Show all");
    assert_eq!(harness.state().set().matches.len(), 2);
}

#[test]
fn annotated_pictures_are_browsed_with_their_targets() {
    let mut harness = opened(&fixture("labels/coco"));
    let count = harness.state().set().matches.len();
    assert!(count > 0);
    let mut seen = 0;
    for place in 0..count as u64 {
        until(&mut harness, |program| program.set().at == place);
        let program = harness.state();
        let source = program.workbench.views().next().expect("a picture").id;
        seen += program.workbench.truth(source).count();
        press(&mut harness, Modifiers::NONE, Key::S);
    }
    assert!(seen > 0, "there are targets");
    press(&mut harness, Modifiers::NONE, Key::G);
    let program = harness.state();
    let source = program.workbench.views().next().expect("a picture").id;
    assert_eq!(program.workbench.truth(source).count(), 0);
}

#[test]
fn a_path_is_typed_where_there_is_no_dialog_and_failure_says_what_to_do() {
    let mut harness = window(Program::new(), vec2(1280.0, 800.0));
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    harness.get_by_label("Path of a dataset").focus();
    harness.run_steps(2);
    harness
        .get_by_label("Path of a dataset")
        .type_text("/nowhere/at/all");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, |program| {
        matches!(
            program.set().status,
            spvla::workbench::DatasetStatus::Failed(_)
        )
    });
    assert!(harness.query_all_by_label("Try again").next().is_some());
}

#[test]
fn a_huge_list_draws_only_what_is_in_sight_and_problems_are_read_in_place() {
    let mut program = Program::new();
    // It is on no disk, so the engine hears nothing of it.
    let open = DatasetCommand::Open("/data/huge".into());
    drop(program.workbench.apply(Command::Dataset(open)));
    let id = program.set().id;
    let problem = |level, at: usize| Problem {
        level,
        what: "the video is missing".into(),
        place: format!("videos/wrist/file-{at:03}.mp4"),
        advice: "copy it again".into(),
    };
    let about = DatasetAbout {
        path: "/data/huge".into(),
        name: "huge".into(),
        kind: DatasetKind::Episodes,
        format: "LeRobot v3.0".into(),
        robot: Some("widowx".into()),
        fps: Some(5.0),
        rows: 40_000_000,
        cameras: Vec::new(),
        entries: (0..1_000_000)
            .map(|number| DatasetEntry {
                number,
                length: 40,
                text: (number % 2) as u32,
            })
            .collect(),
        texts: vec![
            "stack the green cube on the yellow cube".into(),
            String::new(),
        ],
        problems: (0..500)
            .map(|at| problem(ProblemLevel::Error, at))
            .chain([problem(ProblemLevel::Warning, 500)])
            .collect(),
        more_problems: 1000,
        has_truth: false,
        opened_ms: 12,
    };
    let opened = Event::Dataset(id, DatasetEvent::Opened(Arc::new(about)));
    drop(program.workbench.absorb(opened));
    let mut harness = window(program, vec2(1280.0, 800.0));
    harness.get_by_label("1,000,000 episodes · 40,000,000 frames · 5 fps · 0 cameras");
    let begun = Instant::now();
    harness.run_steps(10);
    let each = begun.elapsed() / 10;
    println!("a frame with a million episodes: {each:?}");
    assert!(each.as_millis() < 250, "{each:?}");
    assert!(
        harness.state().set().wanted.len() < 30,
        "only what is in sight"
    );
    for _ in 0..3 {
        press(&mut harness, Modifiers::NONE, Key::S);
    }
    assert_eq!(harness.state().set().entry, Some(3));
    click(&mut harness, "1,501 problems");
    assert!(
        harness
            .query_all_by_label("The video is missing")
            .next()
            .is_some()
    );
    click(&mut harness, "Back to the list");
    harness.get_by_label_contains("Episode 3, 8.0 s");
}

#[test]
fn workspaces_are_a_word_or_a_key_away_and_no_size_breaks_them() {
    let mut harness = opened(&fixture("datasets/lerobot_v30_images"));
    click(&mut harness, "Inspect");
    assert!(harness.query_by_label("Search episodes").is_none());
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    harness.get_by_label("Search episodes");
    for size in [
        vec2(40.0, 30.0),
        vec2(640.0, 480.0),
        vec2(640.0, 900.0),
        vec2(3000.0, 200.0),
    ] {
        harness.set_size(size);
        harness.run_steps(3);
    }
    let plain = [CommandId::ShowDatasets, CommandId::ShowEpisode];
    assert!(plain.iter().all(|id| id.spec().is_some()));
}
