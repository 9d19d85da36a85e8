//! The whole window: that its parts have room, that keys and panels do what they say, that it can be used at any width.

use egui::accesskit::Role;
use egui::{Key, Modifiers, Theme, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use spvla::engine::SourceSpec;
use spvla::ui::shell::Shell;
use spvla::ui::theme;
use spvla::workbench::{Command, CommandId, Workbench};

use crate::ui_panels::{scene, simulator};

/// The window with its document, and what was done to it.
struct Window {
    workbench: Workbench,
    shell: Shell,
    pushed: Vec<Command>,
}

impl Window {
    fn draw(&mut self, ui: &mut egui::Ui) {
        Shell::prefer(ui.ctx(), &self.workbench);
        for command in self.shell.ui(ui, &self.workbench) {
            // Requests go to an engine, of which there is none here.
            drop(self.workbench.apply(command.clone()));
            self.pushed.push(command);
        }
    }

    fn pushed(&self, id: CommandId) -> bool {
        self.pushed.contains(&Command::Plain(id))
    }
}

fn open(workbench: Workbench, size: Vec2) -> Harness<'static, Window> {
    let window = Window {
        workbench,
        shell: Shell::default(),
        pushed: Vec::new(),
    };
    let mut harness = Harness::builder()
        .with_size(size)
        .with_theme(Theme::Dark)
        .with_step_dt(1.0 / 60.0)
        .allow_missing_glyphs()
        .with_context_setup(theme::install)
        .build_ui_state(|ui, window: &mut Window| window.draw(ui), window);
    harness.run_steps(6);
    harness
}

fn press(harness: &mut Harness<'_, Window>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

fn click(harness: &mut Harness<'_, Window>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(4);
}

#[test]
fn space_plays_whoever_looks_at_a_picture() {
    let mut harness = open(simulator::running(), vec2(1280.0, 800.0));
    let canvas = harness.get_all_by_role(Role::Canvas).next();
    let middle = canvas.expect("a camera's picture").rect().center();
    harness.drag_at(middle);
    harness.drop_at(middle);
    harness.run_steps(3);
    press(&mut harness, Modifiers::NONE, Key::Space);
    assert!(harness.state().pushed(CommandId::PlayPause));
}

#[test]
fn the_canvas_has_most_of_the_window() {
    for size in [vec2(1280.0, 800.0), vec2(1920.0, 1080.0)] {
        let harness = open(scene::ready(), size);
        let canvas = harness.get_by_role(Role::Canvas).rect();
        let share = canvas.area() / (size.x * size.y);
        assert!(share >= 0.6, "{size}: {share}");
    }
}

#[test]
fn everything_stays_within_a_narrow_window() {
    for scale in [1.0, 1.5, 2.0] {
        let mut workbench = scene::ready();
        workbench.settings.scale = scale;
        let size = vec2(640.0, 800.0);
        let harness = open(workbench, size);
        let names = [
            "Box",
            "Action",
            "Run",
            "Cancel",
            "Auto-run",
            "Menu",
            "Groundings",
        ];
        for name in names {
            let rect = harness.get_by_label(name).rect() * scale;
            assert!(
                rect.left() >= 0.0 && rect.right() <= size.x,
                "{scale} {name} {rect}"
            );
            assert!(rect.width() > 16.0, "{scale} {name} {rect}");
        }
    }
}

#[test]
fn every_panel_has_a_title_and_is_shown_by_a_command() {
    let mut harness = open(scene::ready(), vec2(1280.0, 800.0));
    for title in ["Sources", "Canvas", "Ask", "Groundings", "Log"] {
        assert!(
            harness.query_all_by_label(title).next().is_some(),
            "{title}"
        );
    }
    assert!(harness.query_by_label("Search the log").is_none());
    press(&mut harness, Modifiers::COMMAND, Key::K);
    harness
        .get_by_label("Search commands")
        .type_text("show log");
    harness.run_steps(3);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.run_steps(4);
    harness.get_by_label("Search the log");
}

#[test]
fn escape_cancels_a_load_and_only_that() {
    let mut harness = open(scene::loading(), vec2(1280.0, 800.0));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.state().pushed(CommandId::CancelLoad));

    let mut harness = open(scene::ready(), vec2(1280.0, 800.0));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.state().pushed.is_empty());

    let mut harness = open(scene::loading(), vec2(1280.0, 800.0));
    press(&mut harness, Modifiers::NONE, Key::F1);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(
        !harness.state().pushed(CommandId::CancelLoad),
        "it closed the sheet"
    );
}

#[test]
fn a_key_is_given_away_with_its_owner_named() {
    let mut harness = open(scene::ready(), vec2(1280.0, 800.0));
    press(&mut harness, Modifiers::COMMAND, Key::Comma);
    click(&mut harness, "Change key of Open checkpoint");
    press(&mut harness, Modifiers::COMMAND, Key::K);
    harness.get_by_label("Ctrl+K is the key of “Commands”.");
    assert!(!harness.state().pushed(CommandId::CommandPalette));
    click(&mut harness, "Give it to “Open checkpoint”");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press(&mut harness, Modifiers::COMMAND, Key::K);
    assert!(harness.state().pushed(CommandId::OpenCheckpoint));
    assert!(!harness.state().pushed(CommandId::CommandPalette));
    // The sheet tells the new key, and the way back.
    press(&mut harness, Modifiers::NONE, Key::F1);
    click(&mut harness, "Change keys");
    click(&mut harness, "Reset all keys");
    assert!(harness.state().workbench.settings.keys.is_default());
}

#[test]
fn motion_can_be_reduced_and_marks_fade_in_otherwise() {
    let mut harness = open(scene::ready(), vec2(1280.0, 800.0));
    press(&mut harness, Modifiers::COMMAND, Key::Comma);
    click(&mut harness, "None");
    assert!(harness.state().workbench.settings.reduce_motion);
}

#[test]
fn recent_sources_stay_within_reach() {
    let mut workbench = scene::ready();
    workbench.settings.recent_sources = vec!["/data/run/front.mp4".into()];
    let mut harness = open(workbench, vec2(1280.0, 800.0));
    click(&mut harness, "Open recent");
    click(&mut harness, "data/run/front.mp4");
    let spec = SourceSpec::Path("/data/run/front.mp4".into());
    assert!(harness.state().pushed.contains(&Command::OpenSource(spec)));
}
