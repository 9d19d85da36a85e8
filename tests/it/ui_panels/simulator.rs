//! The simulator's panel, the form of collecting and its run: found by name, pushed by a click.

use egui::accesskit::Role;
use egui::vec2;
use egui_kittest::kittest::Queryable as _;
use spvla::engine::{
    CollectConfig, CollectEvent, CollectedEpisode, Driver, Event, Reject, SimulatorCamera,
    SimulatorEnd, SimulatorEvent, SimulatorScene, SimulatorSetup, SimulatorStatus, SourceSpec,
};
use spvla::geometry::{ImagePoint, ImageSize};
use spvla::grounding::{Grounding, GroundingKind};
use spvla::job::Progress;
use spvla::ui::generate::GeneratePanel;
use spvla::ui::simulator::SimulatorPanel;
use spvla::ui::views::ViewsPanel;
use spvla::vision::Frame;
use spvla::workbench::{CollectPhase, Command, CommandId, SimulatorAct, Workbench};

use super::{TALL, click, open, pushed, scene};

/// A picture of a table with a gradient, as a camera of the simulator would give it.
fn picture(name: &str) -> Frame {
    let size = ImageSize::new(320, 240);
    let pixel = |at: usize| [(at % 320) as u8, (at / 320) as u8, 90, 255];
    let pixels: Vec<u8> = (0..size.pixels()).flat_map(pixel).collect();
    Frame::from_rgba(name, size, pixels).expect("a command of the table")
}

/// A scene that runs.
pub fn running() -> Workbench {
    let mut workbench = scene::empty();
    workbench.now_secs = 100.0;
    drop(workbench.apply(Command::Plain(CommandId::OpenSimulator)));
    let camera = |name: &str| SimulatorCamera {
        name: name.into(),
        size: ImageSize::new(640, 480),
    };
    let ready = SimulatorScene {
        setup: SimulatorSetup::default(),
        instruction: "put the orange carrot on the white plate".into(),
        robot: "WidowX 250s",
        joints: vec![
            "waist",
            "shoulder",
            "elbow",
            "forearm_roll",
            "wrist_angle",
            "wrist_rotate",
        ],
        hz: 5.0,
        steps: 60,
        cameras: ["shoulder", "overhead", "wrist"].map(camera).to_vec(),
    };
    let ready = SimulatorEvent::Ready(Box::new(ready));
    drop(workbench.absorb(Event::Simulator(ready)));
    for source in 0..2 {
        let id = workbench.sources[source].id;
        drop(workbench.absorb_frame(id, picture("shoulder")));
    }
    let of = workbench.sources[0].id;
    let corners = vec![ImagePoint::new(40.0, 50.0), ImagePoint::new(120.0, 110.0)];
    let truth = Grounding::new(GroundingKind::Box, corners).labelled("orange carrot");
    workbench.absorb_simulator_status(SimulatorStatus {
        running: true,
        step: 23,
        doing: "lift the carrot".into(),
        held: Some("orange carrot".into()),
        joints: vec![0.1, -1.2, 0.7, 0.0, 0.9, -0.1],
        gripper: 0.4,
        refused: 2,
        refusal: Some("no joint angles reach the target".into()),
        changed: 14,
        draw_ms: 48.0,
        truth: vec![(of, vec![truth])],
        ..SimulatorStatus::default()
    });
    workbench
}

#[test]
fn an_empty_window_offers_the_simulator_beside_the_demo() {
    let mut harness = open(ViewsPanel::default(), scene::empty(), vec2(800.0, 600.0));
    harness.get_by_label("Open demo");
    click(&mut harness, "Open the simulator");
    let wanted = Command::Plain(CommandId::OpenSimulator);
    assert_eq!(pushed(&harness), [wanted]);
}

#[test]
fn a_closed_simulator_is_opened_and_a_broken_one_says_why() {
    let mut harness = open(SimulatorPanel::default(), scene::empty(), TALL);
    click(&mut harness, "Open the simulator");
    assert!(harness.query_by_label("Open the simulator").is_none());
    let mut workbench = scene::empty();
    let text = "found no graphics adapter; install a Vulkan driver".to_owned();
    let failed = Event::Simulator(SimulatorEvent::Failed(text));
    drop(workbench.absorb(failed));
    let mut harness = open(SimulatorPanel::default(), workbench, TALL);
    harness.get_by_role_and_label(Role::Group, "Found no graphics adapter");
    click(&mut harness, "Try again");
    let wanted = Command::Plain(CommandId::OpenSimulator);
    assert_eq!(pushed(&harness), [wanted]);
}

#[test]
fn a_running_scene_says_where_it_stands() {
    let harness = open(SimulatorPanel::default(), running(), TALL);
    harness.get_by_label("put the orange carrot on the white plate");
    harness.get_by_label("23 of 60");
    harness.get_by_label("Held: orange carrot");
    harness.get_by_label("Steps refused: 2");
    harness.get_by_label_contains("Goal open");
    let mut workbench = running();
    workbench.simulator.status.end = Some(SimulatorEnd::Reached);
    let harness = open(SimulatorPanel::default(), workbench, TALL);
    harness.get_by_label_contains("Goal reached");
    let mut workbench = running();
    let why = "the episode's steps ran out".to_owned();
    workbench.simulator.status.end = Some(SimulatorEnd::Failed(why));
    let harness = open(SimulatorPanel::default(), workbench, TALL);
    harness.get_by_label_contains("Goal not reached");
    harness.get_by_label("The episode's steps ran out");
}

#[test]
fn every_control_pushes_its_command() {
    let mut harness = open(SimulatorPanel::default(), running(), TALL);
    for (name, id) in [
        ("Run", CommandId::SimulatorRun),
        ("Step the simulator", CommandId::SimulatorStep),
        ("Reset the episode", CommandId::SimulatorReset),
        ("Expert", CommandId::ToggleExpert),
        ("Next seed", CommandId::ToggleRepeat),
        ("Drag things", CommandId::TogglePerturb),
        ("Truth", CommandId::SimulatorTruth),
        ("Bump the gripper", CommandId::SimulatorBump),
        ("Record", CommandId::ToggleRecord),
        ("Save episode", CommandId::KeepEpisode),
    ] {
        click(&mut harness, name);
        let last = pushed(&harness).last().cloned();
        assert_eq!(last, Some(Command::Plain(id)), "{name}");
    }
    // The expert is off now: the tool moves by hand.
    click(&mut harness, "Up");
    let act = SimulatorAct::Move([0.0, 0.0, 0.02, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(pushed(&harness).last(), Some(&Command::Simulator(act)));
    click(&mut harness, "Show wrist");
    let act = SimulatorAct::ToggleCamera("wrist".into());
    assert_eq!(pushed(&harness).last(), Some(&Command::Simulator(act)));
    let wrist = SourceSpec::Simulator("wrist".into());
    let sources = &harness.state().workbench.sources;
    assert!(sources.iter().any(|source| source.spec == wrist));
}

#[test]
fn a_policy_says_what_it_looks_through_or_why_it_cannot_drive() {
    let mut workbench = running();
    workbench.model.report = None;
    let mut harness = open(SimulatorPanel::default(), workbench, TALL);
    click(&mut harness, "Policy");
    let toggle = Command::Plain(CommandId::TogglePolicy);
    assert_eq!(pushed(&harness).last(), Some(&toggle));
    harness.get_by_label("Open a checkpoint to drive with");
    let mut workbench = running();
    workbench.model.report = Some(Box::new(scene::report()));
    workbench.simulator.driver = Driver::Policy;
    workbench.simulator.running = true;
    workbench.simulator.status.waits = Some(1);
    let harness = open(SimulatorPanel::default(), workbench, TALL);
    harness.get_by_label_contains("The policy looks through");
    let doing = harness.query_all_by_label("The policy looks");
    assert!(doing.count() > 0);
}

#[test]
fn what_the_expert_would_do_is_not_said_of_a_policy_or_of_an_end() {
    let shown = |driver, running, end| {
        let mut workbench = self::running();
        let simulator = &mut workbench.simulator;
        (simulator.driver, simulator.running) = (driver, running);
        (simulator.status.doing, simulator.status.end) = ("grasp the carrot".into(), end);
        let harness = open(SimulatorPanel::default(), workbench, TALL);
        [
            "Grasp the carrot",
            "The policy is paused",
            "Moved by hand",
            "The episode is over",
        ]
        .into_iter()
        .find(|text| harness.query_all_by_label(text).count() > 0)
    };
    assert_eq!(shown(Driver::Expert, true, None), Some("Grasp the carrot"));
    assert_eq!(
        shown(Driver::Policy, false, None),
        Some("The policy is paused")
    );
    assert_eq!(shown(Driver::Person, true, None), Some("Moved by hand"));
    let end = Some(SimulatorEnd::Reached);
    assert_eq!(
        shown(Driver::Policy, false, end),
        Some("The episode is over")
    );
}

#[test]
fn a_task_is_chosen_by_name_and_templates_vary() {
    let mut harness = open(SimulatorPanel::default(), running(), TALL);
    assert!(harness.query_by_label("Distractors").is_none());
    click(&mut harness, "Task");
    click(&mut harness, "Spoon on towel");
    let setup = &harness.state().workbench.settings.simulator;
    assert_eq!(setup.task, "widowx_spoon_on_towel");
    click(&mut harness, "Task");
    harness.get_by_label("Place between").scroll_to_me();
    harness.run_steps(4);
    click(&mut harness, "Place between");
    harness.get_by_role_and_label(Role::ComboBox, "Distractors");
    click(&mut harness, "Unseen things and wordings");
    assert!(harness.state().workbench.settings.simulator.unseen);
}

#[test]
fn a_thing_is_dragged_only_while_that_is_wanted() {
    let grabs = |harness: &egui_kittest::Harness<'_, scene::Scene>| {
        let acts = pushed(harness).into_iter();
        acts.filter(|c| matches!(c, Command::Simulator(SimulatorAct::Grab(..))))
            .count()
    };
    for (wanted, count) in [(false, 0), (true, 1)] {
        let mut workbench = running();
        workbench.simulator.perturb = wanted;
        let size = vec2(800.0, 600.0);
        let mut harness = open(ViewsPanel::default(), workbench, size);
        let mut canvases = harness.get_all_by_role(Role::Canvas);
        let from = canvases.next().expect("a camera's picture").rect().center();
        drop(canvases);
        harness.drag_at(from);
        harness.run_steps(2);
        harness.hover_at(from + vec2(60.0, 10.0));
        harness.run_steps(2);
        harness.drop_at(from + vec2(80.0, 10.0));
        harness.run_steps(2);
        assert_eq!(grabs(&harness), count);
        if wanted {
            let pushed = pushed(&harness);
            assert!(pushed.contains(&Command::Simulator(SimulatorAct::Drop)));
            let carried = |c: &Command| matches!(c, Command::Simulator(SimulatorAct::Carry(..)));
            assert!(pushed.iter().any(carried));
        }
    }
}

#[test]
fn the_form_is_the_command_lines() {
    let mut harness = open(GeneratePanel::default(), scene::empty(), TALL);
    click(&mut harness, "Choose output folder");
    let choose = Command::Plain(CommandId::PickGenerateFolder);
    assert_eq!(pushed(&harness), [choose]);
    harness.get_by_role_and_label(Role::SpinButton, "Episodes");
    let size = harness.get_by_role_and_label(Role::TextInput, "Size");
    size.focus();
    size.type_text("31x20");
    harness.run_steps(3);
    harness.get_by_label("Sides must be even and from 32 to 4096");
    click(&mut harness, "Choose task");
    click(&mut harness, "so101");
    click(&mut harness, "V21");
    // What cannot be read yet changes nothing.
    assert_eq!(
        harness.state().workbench.generate.config,
        CollectConfig::default()
    );
}

/// A run of which two episodes are written.
pub fn generating() -> Workbench {
    let mut workbench = scene::empty();
    let config = CollectConfig {
        out: "/data/generated/widowx".into(),
        episodes: 40,
        ..CollectConfig::default()
    };
    drop(workbench.apply(Command::SetCollect(Box::new(config))));
    drop(workbench.apply(Command::Plain(CommandId::Generate)));
    workbench.now_secs = 30.0;
    for episode in 0..3 {
        let task = "widowx_carrot_on_plate";
        let reject = Reject {
            task: task.into(),
            slot: 1,
            seed: 9,
            reason: "the expert gave up: the thing was missed or lost too often".into(),
        };
        let episode = CollectedEpisode {
            episode,
            slot: episode as usize,
            task,
            instruction: "put the carrot on the plate".into(),
            frames: 41,
            thumbnail: picture("shoulder"),
            rejected: vec![reject; usize::from(episode == 1)],
        };
        let event = CollectEvent::Episode(Box::new(episode));
        drop(workbench.absorb(Event::Collect(event)));
    }
    workbench.absorb_collecting(Progress {
        stage: "Collecting".into(),
        done: 3,
        total: 40,
    });
    workbench
}

#[test]
fn a_run_shows_how_far_it_is_and_can_be_stopped_and_resumed() {
    let mut harness = open(GeneratePanel::default(), generating(), TALL);
    harness.get_by_label_contains("Generating");
    harness.get_by_label_contains("3 of 40");
    harness.get_by_label("Rate: 360 episodes/h");
    harness.get_by_label("widowx_carrot_on_plate: 3 kept  1 rejected");
    harness.get_by_label("Episode 2: put the carrot on the plate");
    click(&mut harness, "Cancel generating");
    let cancel = Command::Plain(CommandId::CancelGenerate);
    assert_eq!(pushed(&harness), [cancel]);
    let state = harness.state_mut();
    drop(
        state
            .workbench
            .absorb(Event::Collect(CollectEvent::Cancelled)),
    );
    harness.run_steps(3);
    click(&mut harness, "Resume");
    let resume = Command::Plain(CommandId::ResumeGenerate);
    assert_eq!(pushed(&harness).last(), Some(&resume));
    let run = harness.state().workbench.generate.run.as_ref();
    let run = run.unwrap();
    assert!(run.config.resume && matches!(run.phase, CollectPhase::Running));
}
