//! The shared controls, found and pressed by name.

use egui::{Theme, vec2};
use egui_kittest::kittest::Queryable as _;
use spvla::ui::widgets::{self, EmptyState, IconButton, Notice, Progress, Tone};

use super::harness;

/// What was pressed.
#[derive(Default)]
struct Pressed {
    task: usize,
    named: Vec<&'static str>,
}

fn controls(ui: &mut egui::Ui, pressed: &mut Pressed) {
    egui::CentralPanel::default().show(ui, |ui| {
        let fit = IconButton::new(spvla::ui::icons::FIT, "Fit picture").shortcut("F");
        let mut note = |name, on: bool| {
            if on {
                pressed.named.push(name);
            }
        };
        note("fit", ui.add(fit).clicked());
        let running = Progress {
            label: "Load weights",
            fraction: Some(0.4),
            detail: "41 %",
            can_cancel: true,
        };
        note("cancel", widgets::progress(ui, &running));
        let full = Notice {
            tone: Tone::Warn,
            text: "Camera 2 is gone.",
            detail: "",
            place: "",
            action: "Reconnect",
        };
        let answer = widgets::notice(ui, &full);
        note("reconnect", answer.acted);
        note("dismiss", answer.dismissed);
        widgets::key_value(ui, "Parameters", "3.8 B");
        widgets::segmented(
            ui,
            "Task",
            &mut pressed.task,
            &[(0, "Box"), (1, "Point"), (2, "Trace")],
        );
        let empty = EmptyState {
            icon: spvla::ui::icons::IMAGE,
            title: "No picture yet",
            hint: "Open a file or a camera.",
            action: ("", "Open picture", "Ctrl+O"),
            ..EmptyState::default()
        };
        note("open", widgets::empty_state(ui, &empty).acted);
    });
}

#[test]
fn every_control_is_found_and_pressed_by_its_name() {
    let builder = harness(vec2(400.0, 600.0), Theme::Dark);
    let mut harness = builder.build_ui_state(controls, Pressed::default());
    let names = [
        ("Fit picture", "fit"),
        ("Cancel", "cancel"),
        ("Reconnect", "reconnect"),
        ("Dismiss", "dismiss"),
        ("Open picture", "open"),
    ];
    for (name, answer) in names {
        harness.get_by_label(name).click();
        harness.run_steps(3);
        assert_eq!(harness.state().named.last(), Some(&answer), "{name}");
    }
    harness.get_by_label("Trace").click();
    harness.run_steps(3);
    assert_eq!(harness.state().task, 2);
    harness.get_by_label("Parameters: 3.8 B");
    harness.get_by_role_and_label(egui::Role::Group, "No picture yet");
    harness.check_accessibility();
}
