//! Where it stands: cameras, what is held, the arm, what the governor did.

use egui::Ui;

use crate::engine::{SimulatorScene, SourceSpec};
use crate::ui::icons;
use crate::ui::panel::PanelContext;
use crate::ui::units;
use crate::ui::widgets::{ListRow, dense, key_value, list_row, section};
use crate::workbench::{Command, SimulatorAct};

pub(super) fn cameras(ui: &mut Ui, context: &mut PanelContext<'_>, scene: &SimulatorScene) {
    section(ui, "Cameras", |_| {});
    dense(ui, |ui| {
        for camera in &scene.cameras {
            let spec = SourceSpec::Simulator(camera.name.clone());
            let open = context.workbench.sources.iter().any(|s| s.spec == spec);
            let row = ListRow {
                icon: icons::VIDEO_CAMERA,
                label: &camera.name,
                value: &camera.size.to_string(),
                shown: Some(open),
                ..ListRow::default()
            };
            let (response, pressed) = list_row(ui, &row);
            if pressed || response.clicked() {
                let act = SimulatorAct::ToggleCamera(camera.name.clone());
                context.push(Command::Simulator(act));
            }
        }
    });
}

pub(super) fn ui(ui: &mut Ui, context: &mut PanelContext<'_>, scene: &SimulatorScene) {
    let status = &context.workbench.simulator.status;
    section(ui, scene.robot, |_| {});
    dense(ui, |ui| {
        let held = status.held.as_deref().unwrap_or("nothing");
        key_value(ui, "Held", held);
        key_value(
            ui,
            "Gripper",
            &format!("{:3.0} % open", status.gripper * 100.0),
        );
        for (name, angle) in scene.joints.iter().zip(&status.joints) {
            key_value(ui, name, &format!("{:+7.1}°", angle.to_degrees()));
        }
    });
    section(ui, "Governor", |_| {});
    dense(ui, |ui| {
        key_value(ui, "Steps refused", &units::count(status.refused));
        key_value(ui, "Steps slowed or limited", &units::count(status.changed));
        if let Some(why) = &status.refusal {
            key_value(ui, "Last refusal", why);
        }
        key_value(ui, "Rate", &format!("{:.0} Hz", scene.hz));
        key_value(ui, "Drawing", &format!("{:.0} ms", status.draw_ms));
    });
}
