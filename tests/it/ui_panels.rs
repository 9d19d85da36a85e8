//! The panels of the window, each in its states: what they say, what a click pushes, and that no document breaks them.
//!
//! `SPVLA_GALLERY=folder` also writes a picture of every state there, for a look by eye.

pub mod evaluation;
mod gallery;
mod hostile;
pub mod samples;
pub mod scene;
pub mod simulator;
pub mod training;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Theme, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use scene::Scene;
use spvla::engine::{DeviceChoice, Precision};
use spvla::grounding::prompt::Task;
use spvla::ui::actions::ActionsPanel;
use spvla::ui::ask::AskPanel;
use spvla::ui::groundings::GroundingsPanel;
use spvla::ui::log::LogPanel;
use spvla::ui::model::ModelPanel;
use spvla::ui::panel::Panel;
use spvla::ui::timing::TimingPanel;
use spvla::workbench::{Command, CommandId, Notice, NoticeLevel, Workbench};

const SIDE: Vec2 = vec2(307.0, 700.0);
const TALL: Vec2 = vec2(307.0, 1600.0);
const TILE: Vec2 = vec2(307.0, 310.0);
const BOTTOM: Vec2 = vec2(420.0, 220.0);

fn open(panel: impl Panel + 'static, workbench: Workbench, size: Vec2) -> Harness<'static, Scene> {
    let mut harness = Scene::new(panel, workbench).harness(size, Theme::Dark);
    harness.run_steps(4);
    harness
}

fn pushed(harness: &Harness<'_, Scene>) -> Vec<Command> {
    harness.state().pushed.clone()
}

fn click(harness: &mut Harness<'_, Scene>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(4);
}

// --- Ask -----------------------------------------------------------------------------------------------------------

#[test]
fn run_is_a_click_away_and_says_what_is_in_its_way() {
    let mut harness = open(AskPanel::default(), scene::empty(), SIDE);
    harness.get_by_label("Open a checkpoint first");
    click(&mut harness, "Run");
    assert_eq!(pushed(&harness), []);
    click(&mut harness, "Open demo");
    assert_eq!(pushed(&harness), [Command::Plain(CommandId::OpenDemo)]);

    let mut harness = open(AskPanel::default(), scene::ready(), SIDE);
    assert!(harness.query_by_label("Open a checkpoint first").is_none());
    click(&mut harness, "Run");
    assert_eq!(pushed(&harness), [Command::Plain(CommandId::Run)]);
    click(&mut harness, "Cancel");
    assert_eq!(
        pushed(&harness).last(),
        Some(&Command::Plain(CommandId::CancelQuery))
    );
}

#[test]
fn typing_changes_the_instruction_and_control_enter_runs() {
    let mut harness = open(AskPanel::default(), scene::ready(), SIDE);
    harness
        .state_mut()
        .panel
        .command(CommandId::FocusInstruction);
    harness.run_steps(2);
    harness.get_by_label("Instruction").type_text(" now");
    harness.run_steps(2);
    assert!(
        harness
            .state()
            .workbench
            .asking
            .instruction
            .contains(" now")
    );
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
    assert!(pushed(&harness).contains(&Command::Plain(CommandId::Run)));
    assert!(!harness.state().workbench.asking.instruction.contains('\n'));
}

#[test]
fn tasks_wordings_and_auto_run_are_chosen_by_name() {
    let mut harness = open(AskPanel::default(), scene::ready(), SIDE);
    click(&mut harness, "Trace");
    assert_eq!(pushed(&harness), [Command::SetTask(Task::Trace)]);
    click(&mut harness, "Wording");
    click(&mut harness, "RoboBrain");
    assert_eq!(pushed(&harness).last(), Some(&Command::SetPreset(2)));
    assert!(
        harness
            .state()
            .workbench
            .prompt()
            .starts_with("You are a robot using the joint control.")
    );
    assert!(!harness.state().workbench.asking.auto);
    click(&mut harness, "Auto-run");
    assert!(harness.state().workbench.asking.auto);
}

#[test]
fn settings_are_those_of_the_task() {
    let mut harness = open(AskPanel::default(), scene::ready(), TALL);
    click(&mut harness, "Settings");
    harness.get_by_label("Longest reply");
    assert!(harness.query_by_label("Guidance").is_none());
    click(&mut harness, "Action");
    harness.get_by_label("Guidance");
    harness
        .get_by_role_and_label(Role::ComboBox, "Statistics")
        .click();
    harness.run_steps(4);
    click(&mut harness, "bridge_orig");
    let options = &harness.state().workbench.asking.options;
    assert_eq!(options.statistics_key.as_deref(), Some("bridge_orig"));
    click(&mut harness, "Use defaults");
    assert_eq!(
        harness.state().workbench.asking.options.statistics_key,
        None
    );
}

#[test]
fn a_reply_shows_its_rule_and_the_older_one_stays_while_a_newer_is_written() {
    let harness = open(
        AskPanel::default(),
        scene::answered(Task::Box, scene::BOXES),
        TALL,
    );
    harness.get_by_label("Read from a fenced JSON block.");
    harness.get_by_label("8 s ago");

    // A quick query shows nothing of itself; a slow one says what it does.
    let harness = open(AskPanel::default(), scene::writing(0.2), TALL);
    assert!(harness.query_by_label("Writing the reply").is_none());
    harness.get_by_label("Read from a fenced JSON block.");
    let harness = open(AskPanel::default(), scene::writing(2.0), TALL);
    harness.get_by_label("Writing the reply");
    harness.get_by_label("Earlier reply · box");
    harness.get_by_label("Read from a fenced JSON block.");
}

#[test]
fn a_plan_shows_its_next_step_and_a_failure_can_be_tried_again() {
    let text = "<response>Sure.</response><think>The carrot is left.</think><action>pick up the carrot</action>";
    let harness = open(AskPanel::default(), scene::answered(Task::Plan, text), TALL);
    harness.get_by_label("pick up the carrot");
    harness.get_by_label("Sure.");

    let mut workbench = scene::ready();
    workbench.asking.failure =
        Some("the device is out of memory; choose a smaller precision".into());
    let mut harness = open(AskPanel::default(), workbench, SIDE);
    harness.get_by_label("The device is out of memory");
    harness.get_by_label("Choose a smaller precision.");
    click(&mut harness, "Try again");
    assert_eq!(pushed(&harness), [Command::Plain(CommandId::Run)]);
}

#[test]
fn the_counter_appears_near_the_limit() {
    let mut workbench = scene::ready();
    workbench.asking.instruction = "é".repeat(8000);
    let harness = open(AskPanel::default(), workbench, SIDE);
    assert!(
        harness
            .query_by_label_contains("of 10,000 characters")
            .is_none()
    );
    let mut workbench = scene::ready();
    workbench.asking.instruction = "word ".repeat(2000) + "!";
    let harness = open(AskPanel::default(), workbench, SIDE);
    harness.get_by_label("10,001 of 10,000 characters");
    harness.get_by_label_contains("10000 is the most");
}

// --- Groundings ----------------------------------------------------------------------------------------------------

#[test]
fn a_grounding_is_pointed_at_chosen_hidden_and_copied() {
    let mut harness = open(
        GroundingsPanel::default(),
        scene::answered(Task::Box, scene::BOXES),
        TILE,
    );
    harness.get_by_label("3 boxes, 1 point");
    let row = "point, spoon, 12, 40";
    harness.get_by_label(row).hover();
    harness.run_steps(3);
    assert_eq!(pushed(&harness), [Command::Highlight(Some(2))]);
    harness.hover_at(egui::pos2(150.0, 16.0));
    harness.run_steps(3);
    assert_eq!(pushed(&harness).last(), Some(&Command::Highlight(None)));
    harness.get_by_label(row).click();
    harness.run_steps(3);
    harness.hover_at(egui::pos2(150.0, 16.0));
    harness.run_steps(3);
    assert_eq!(harness.state().workbench.highlighted, Some(2));

    click(&mut harness, "Hide spoon");
    assert!(pushed(&harness).contains(&Command::ToggleGrounding(2)));
    harness.get_by_label("1 hidden");
    click(&mut harness, "Copy spoon");
    let copied = pushed(&harness).into_iter().find_map(|c| {
        if let Command::Copy(text) = c {
            Some(text)
        } else {
            None
        }
    });
    assert!(
        copied
            .expect("a copy")
            .starts_with("{\"kind\":\"point\",\"label\":\"spoon\"")
    );
    click(&mut harness, "Copy groundings");
    click(&mut harness, "Save annotated picture");
    assert_eq!(
        pushed(&harness).last(),
        Some(&Command::Plain(CommandId::SaveAnnotated))
    );
}

#[test]
fn an_empty_list_says_why() {
    let harness = open(GroundingsPanel::default(), scene::empty(), TILE);
    assert!(
        harness
            .query_all_by_label("No groundings yet")
            .next()
            .is_some()
    );
    let talk = scene::answered(Task::Box, "I cannot see it.");
    let harness = open(GroundingsPanel::default(), talk, TILE);
    assert!(
        harness
            .query_all_by_label("No coordinates found")
            .next()
            .is_some()
    );
    harness.get_by_label("Random weights: replies mean nothing. Open a trained checkpoint.");
    let harness = open(GroundingsPanel::default(), scene::acted(7, 1, true), TILE);
    assert!(
        harness
            .query_all_by_label("No groundings yet")
            .next()
            .is_some()
    );
}

// --- Model ---------------------------------------------------------------------------------------------------------

#[test]
fn a_checkpoint_is_opened_by_button_path_or_memory() {
    let mut workbench = scene::failed_load();
    workbench.model.failure = None;
    let mut harness = open(ModelPanel::default(), workbench, SIDE);
    harness.get_by_label("No checkpoint");
    click(&mut harness, "Open checkpoint");
    click(&mut harness, "Open demo");
    let opened = [CommandId::OpenCheckpoint, CommandId::OpenDemo].map(Command::Plain);
    assert_eq!(pushed(&harness), opened);

    let mut harness = open(ModelPanel::default(), scene::failed_load(), SIDE);
    harness.get_by_label("Path of a checkpoint").focus();
    harness.run_steps(2);
    harness
        .get_by_label("Path of a checkpoint")
        .type_text(" /data/new ");
    harness.run_steps(2);
    click(&mut harness, "Open");
    assert_eq!(
        pushed(&harness),
        [Command::LoadCheckpoint("/data/new".into())]
    );
}

#[test]
fn a_failed_load_offers_what_would_help() {
    let mut harness = open(ModelPanel::default(), scene::failed_load(), SIDE);
    let path = std::path::PathBuf::from("/data/run/checkpoints/steps_30000_pytorch_model.pt");
    click(&mut harness, "Choose tokenizer folder…");
    click(&mut harness, "Try again");
    let wanted = [
        Command::PickPlanner(path.clone()),
        Command::LoadCheckpoint(path),
    ];
    assert_eq!(pushed(&harness), wanted);
    let mut workbench = scene::failed_load();
    let failure = workbench.model.failure.as_mut().expect("failed");
    failure.wants_tokenizer = false;
    let harness = open(ModelPanel::default(), workbench, SIDE);
    assert!(harness.query_by_label("Choose tokenizer folder…").is_none());
}

#[test]
fn a_load_can_be_cancelled_and_a_report_read() {
    let mut harness = open(ModelPanel::default(), scene::loading(), SIDE);
    assert!(
        harness
            .query_all_by_label("Loading weights")
            .next()
            .is_some()
    );
    click(&mut harness, "Cancel");
    assert_eq!(pushed(&harness), [Command::Plain(CommandId::CancelLoad)]);

    let mut harness = open(ModelPanel::default(), scene::ready(), TALL);
    harness.get_by_label_contains("Random weights");
    harness.get_by_label("Parameters: 4.20 B");
    harness.get_by_label("bridge_orig");
    click(&mut harness, "Missing: 1,200");
    click(&mut harness, "Copy list");
    let copied = pushed(&harness).into_iter().find_map(|c| {
        if let Command::Copy(text) = c {
            Some(text)
        } else {
            None
        }
    });
    assert_eq!(copied.expect("a copy").lines().count(), 1200);
    click(&mut harness, "Training settings");
    harness.get_by_label("trainer.max_train_steps: 100000");
}

#[test]
fn device_and_precision_take_effect_at_a_reload() {
    let mut harness = open(ModelPanel::default(), scene::ready(), TALL);
    click(&mut harness, "GPU");
    click(&mut harness, "f16");
    click(&mut harness, "Reload");
    let path = scene::report().path;
    let wanted = [
        Command::SetDevice(DeviceChoice::Wgpu),
        Command::SetPrecision(Precision::F16),
        Command::LoadCheckpoint(path),
    ];
    assert_eq!(pushed(&harness), wanted);
}

// --- Actions, timing, log, notices ---------------------------------------------------------------------------------

#[test]
fn actions_show_as_curves_and_numbers_in_either_scale() {
    let mut harness = open(ActionsPanel::default(), scene::acted(7, 4, true), BOTTOM);
    harness.get_by_label("gripper");
    harness.get_by_label("Translation, m/step");
    click(&mut harness, "Normalised");
    assert_eq!(
        pushed(&harness),
        [Command::Plain(CommandId::ToggleNormalized)]
    );
    harness.get_by_label("Translation, normalised");
    click(&mut harness, "Table");
    harness.get_by_label("step");
    click(&mut harness, "Copy actions as JSON");
    click(&mut harness, "Copy actions as CSV");
    let csv = harness
        .state()
        .workbench
        .clipboard(CommandId::CopyActionsCsv)
        .expect("actions");
    assert_eq!(csv.lines().count(), 1 + 4 * 16);
    assert!(csv.starts_with("sample,step,dx_norm,"));
}

#[test]
fn missing_statistics_are_explained_and_no_actions_offer_the_task() {
    let harness = open(ActionsPanel::default(), scene::acted(7, 1, false), BOTTOM);
    assert!(
        harness
            .query_all_by_label_contains("this checkpoint holds no action statistics")
            .next()
            .is_some()
    );
    let mut harness = open(ActionsPanel::default(), scene::ready(), TILE);
    click(&mut harness, "Choose Action");
    assert_eq!(pushed(&harness), [Command::Plain(CommandId::TaskAction)]);
}

#[test]
fn timing_names_stages_speed_and_frames() {
    let harness = open(TimingPanel, scene::answered(Task::Box, scene::BOXES), SIDE);
    harness.get_by_label("Vision tower: 41.7 ms");
    harness.get_by_label("Speed: 53.1 tokens/s");
    harness.get_by_label("Total: 1337.5 ms");
    harness.get_by_label_contains("Frame, median");
    let harness = open(TimingPanel, scene::empty(), SIDE);
    harness.get_by_label("Run a query to see how long each stage takes.");
}

#[test]
fn the_log_filters_searches_and_copies() {
    let mut harness = open(LogPanel::default(), scene::logged(400), BOTTOM);
    click(&mut harness, "Errors");
    harness.get_by_label("Search the log").focus();
    harness.run_steps(2);
    harness.get_by_label("Search the log").type_text("LINE 39");
    harness.run_steps(2);
    click(&mut harness, "Copy shown lines");
    let Some(Command::Copy(text)) = pushed(&harness).pop() else {
        panic!("nothing was copied");
    };
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(
        lines[0].starts_with("00:14.4 error spvla::engine: line 39:"),
        "{text}"
    );
    harness.get_by_label("Search the log").focus();
    harness.run_steps(2);
    harness.get_by_label("Search the log").type_text("nowhere");
    harness.run_steps(2);
    click(&mut harness, "Show all");
    harness.get_by_label_contains("line 399:");
}

#[test]
fn notices_offer_their_action_and_leave_in_their_time() {
    let mut workbench = scene::empty();
    workbench.now_secs = 20.0;
    let notice = |level, text: &str, at_secs, action| Notice {
        level,
        text: text.into(),
        action,
        at_secs,
    };
    let retry = Some(("Try again".into(), Command::Plain(CommandId::OpenDemo)));
    workbench
        .notices
        .push(notice(NoticeLevel::Info, "Saved a.png", 1.0, None));
    workbench.notices.push(notice(
        NoticeLevel::Error,
        "The camera went away",
        1.0,
        retry,
    ));
    workbench.notices.push(notice(
        NoticeLevel::Warning,
        "Loaded with 2 remarks",
        19.0,
        None,
    ));
    let mut harness = Scene::new(TimingPanel, workbench)
        .with_notices()
        .harness(vec2(640.0, 480.0), Theme::Dark);
    harness.run_steps(4);
    assert_eq!(pushed(&harness), [Command::DismissNotice(0)]);
    assert!(
        harness
            .query_all_by_label("The camera went away")
            .next()
            .is_some()
    );
    click(&mut harness, "Try again");
    let commands = pushed(&harness);
    assert!(commands.contains(&Command::Plain(CommandId::OpenDemo)));
    assert_eq!(harness.state().workbench.notices.open.len(), 1);
    assert!(
        harness
            .query_all_by_label("Loaded with 2 remarks")
            .next()
            .is_some()
    );
}
