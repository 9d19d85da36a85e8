//! No document breaks a panel, at any size.

use egui::{Theme, vec2};
use spvla::ui::actions::ActionsPanel;
use spvla::ui::ask::AskPanel;
use spvla::ui::datasets::{DatasetsPanel, EpisodePanel};
use spvla::ui::generate::GeneratePanel;
use spvla::ui::groundings::GroundingsPanel;
use spvla::ui::log::LogPanel;
use spvla::ui::model::ModelPanel;
use spvla::ui::panel::Panel;
use spvla::ui::simulator::SimulatorPanel;
use spvla::ui::timing::TimingPanel;
use spvla::workbench::Workbench;

use super::scene::{self, Scene};
use super::{TILE, simulator};

fn endless() -> Workbench {
    let mut workbench = scene::crowded();
    workbench.asking.instruction = "ein sehr langer Auftrag \u{202e}😀 ".repeat(400);
    workbench.asking.failure = Some("because ".repeat(500));
    let result = workbench.asking.result.as_mut().expect("answered");
    result.answer.warnings = vec!["warning ".repeat(200); 50];
    let text = result.answer.text.as_mut().expect("text");
    text.tokens = scene::tokens(&"word, \"and\" \u{0} another\n".repeat(1000));
    text.reply.subtask = Some("step ".repeat(500));
    let report = workbench.model.report.as_mut().expect("loaded");
    report.statistics = (0..300)
        .map(|n| format!("statistics key {n} ").repeat(20))
        .collect();
    report.warnings = vec!["remark ".repeat(100); 100];
    report.loaded.device = "GPU ".repeat(100);
    workbench.notices = scene::logged(10_000).notices;
    workbench
}

#[test]
fn no_document_breaks_a_panel_at_any_size() {
    let panels: [fn() -> Box<dyn Panel>; 10] = [
        || Box::<AskPanel>::default(),
        || Box::<GroundingsPanel>::default(),
        || Box::<ModelPanel>::default(),
        || Box::<ActionsPanel>::default(),
        || Box::<TimingPanel>::default(),
        || Box::<LogPanel>::default(),
        || Box::<DatasetsPanel>::default(),
        || Box::<EpisodePanel>::default(),
        || Box::<SimulatorPanel>::default(),
        || Box::<GeneratePanel>::default(),
    ];
    let documents: [fn() -> Workbench; 9] = [
        scene::empty,
        endless,
        || scene::acted(1, 1, false),
        || scene::acted(31, 64, false),
        scene::loading,
        scene::failed_load,
        || scene::writing(5.0),
        simulator::running,
        simulator::generating,
    ];
    for panel in panels {
        for document in documents {
            for size in [
                vec2(40.0, 30.0),
                vec2(160.0, 90.0),
                TILE,
                vec2(1200.0, 800.0),
            ] {
                let mut scene = Scene::new(Boxed(panel()), document());
                scene.workbench.now_secs += 1.0;
                let mut harness = scene.harness(size, Theme::Light);
                harness.run_steps(3);
                assert!(!harness.output().shapes.is_empty());
            }
        }
    }
}

/// A panel behind a pointer.
struct Boxed(Box<dyn Panel>);

impl Panel for Boxed {
    fn title(&self) -> &'static str {
        self.0.title()
    }

    fn ui(&mut self, ui: &mut egui::Ui, context: &mut spvla::ui::panel::PanelContext<'_>) {
        self.0.ui(ui, context);
    }
}
