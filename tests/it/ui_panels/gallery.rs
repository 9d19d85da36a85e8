//! Pictures of every state, for a look by eye: written where `SPVLA_GALLERY` says.

use egui::{Theme, Vec2, vec2};
use egui_kittest::Harness;
use spvla::engine::SimulatorEnd;
use spvla::grounding::prompt::Task;
use spvla::ui::actions::ActionsPanel;
use spvla::ui::ask::AskPanel;
use spvla::ui::eval::EvalPanel;
use spvla::ui::generate::GeneratePanel;
use spvla::ui::groundings::GroundingsPanel;
use spvla::ui::log::LogPanel;
use spvla::ui::model::ModelPanel;
use spvla::ui::offscreen::Offscreen;
use spvla::ui::simulator::SimulatorPanel;
use spvla::ui::timing::TimingPanel;
use spvla::ui::train::{CurvesPanel, RunsPanel, SamplesPanel, TrainPanel};
use spvla::ui::views::ViewsPanel;
use spvla::workbench::{Command, CommandId, Notice, NoticeLevel};

use super::scene::{self, Scene};
use super::{BOTTOM, SIDE, TALL, TILE, click, evaluation, open, samples, simulator, training};

const MIDDLE: Vec2 = vec2(590.0, 660.0);

#[test]
fn every_state_can_be_looked_at() {
    let Some(folder) = std::env::var_os("SPVLA_GALLERY").map(std::path::PathBuf::from) else {
        println!("skipped: set SPVLA_GALLERY to a folder to get pictures");
        return;
    };
    for (name, size, make) in gallery() {
        for theme in [Theme::Dark, Theme::Light] {
            let mut scene = make();
            let shot = Offscreen {
                width: (size.x * 1.5) as u32,
                height: (size.y * 1.5) as u32,
                pixels_per_point: 1.5,
                theme,
                ..Offscreen::default()
            };
            let image = shot.render(|ui| scene.draw(ui)).expect("an adapter");
            let file = folder.join(format!("panel_{name}_{theme:?}.png").to_lowercase());
            image.save(file).expect("the folder is there");
        }
    }
    let reply = scene::answered(Task::Box, scene::BOXES);
    let mut harness = open(AskPanel::default(), reply, SIDE);
    harness.hover_at(egui::pos2(118.0, 338.0));
    look(&mut harness, &folder, "ask_token");
    let mut harness = open(AskPanel::default(), scene::ready(), SIDE);
    click(&mut harness, "Exact text sent");
    click(&mut harness, "Settings");
    look(&mut harness, &folder, "ask_settings");
    click(&mut harness, "Action");
    look(&mut harness, &folder, "ask_settings_action");
    let mut harness = open(
        ActionsPanel::default(),
        scene::acted(7, 3, true),
        vec2(520.0, 260.0),
    );
    click(&mut harness, "Table");
    look(&mut harness, &folder, "actions_table");
    let mut harness = open(ModelPanel::default(), scene::ready(), vec2(307.0, 1100.0));
    click(&mut harness, "Missing: 1,200");
    click(&mut harness, "Training settings");
    look(&mut harness, &folder, "model_open");
}

fn look(harness: &mut Harness<'_, Scene>, folder: &std::path::Path, name: &str) {
    harness.run_steps(60);
    let image = harness.render().expect("an adapter");
    image
        .save(folder.join(format!("panel_{name}.png")))
        .expect("the folder is there");
}

type Shot = (&'static str, Vec2, fn() -> Scene);

#[expect(clippy::too_many_lines, reason = "a list of states, one row each")]
fn gallery() -> Vec<Shot> {
    vec![
        ("recipe_empty", SIDE, || {
            Scene::new(TrainPanel::default(), scene::empty())
        }),
        ("recipe", TALL, || {
            Scene::new(TrainPanel::default(), training::written())
        }),
        ("curves_empty", MIDDLE, || {
            Scene::new(CurvesPanel::default(), scene::empty())
        }),
        ("curves", MIDDLE, || {
            Scene::new(CurvesPanel::default(), training::running())
        }),
        ("curves_compared", MIDDLE, || {
            Scene::new(CurvesPanel::default(), training::compared())
        }),
        ("curves_failed", MIDDLE, || {
            Scene::new(CurvesPanel::default(), training::failed())
        }),
        ("curves_huge", MIDDLE, || {
            Scene::new(CurvesPanel::default(), training::huge())
        }),
        ("samples", MIDDLE, || {
            Scene::new(SamplesPanel::default(), samples::learning())
        }),
        ("runs", SIDE, || {
            Scene::new(RunsPanel::default(), training::compared())
        }),
        ("evaluation_empty", MIDDLE, || {
            Scene::new(EvalPanel::default(), scene::empty())
        }),
        ("evaluation", MIDDLE, || {
            let one = evaluation::report("/eval/guided", 400, 300);
            Scene::new(EvalPanel::default(), evaluation::opened(vec![one]))
        }),
        ("evaluation_two", MIDDLE, || {
            let before = evaluation::report("/eval/before", 400, 300);
            let after = evaluation::report("/eval/after", 400, 340);
            let both = evaluation::opened(vec![before, after]);
            Scene::new(EvalPanel::default(), both)
        }),
        ("simulator_closed", SIDE, || {
            Scene::new(SimulatorPanel::default(), scene::empty())
        }),
        ("simulator_running", vec2(284.0, 900.0), || {
            Scene::new(SimulatorPanel::default(), simulator::running())
        }),
        ("simulator_by_hand", vec2(284.0, 900.0), || {
            let mut workbench = simulator::running();
            workbench.simulator.driver = spvla::engine::Driver::Person;
            workbench.simulator.status.end = Some(SimulatorEnd::Failed("out of time".into()));
            Scene::new(SimulatorPanel::default(), workbench)
        }),
        ("simulator_truth", vec2(870.0, 700.0), || {
            let mut workbench = simulator::running();
            (workbench.simulator.truth, workbench.simulator.perturb) = (true, true);
            Scene::new(ViewsPanel::default(), workbench)
        }),
        ("generate_form", vec2(284.0, 1100.0), || {
            Scene::new(GeneratePanel::default(), scene::empty())
        }),
        ("generate_run", vec2(284.0, 700.0), || {
            Scene::new(GeneratePanel::default(), simulator::generating())
        }),
        ("ask_empty", vec2(307.0, 380.0), || {
            Scene::new(AskPanel::default(), scene::empty())
        }),
        ("ask_reply", SIDE, || {
            Scene::new(
                AskPanel::default(),
                scene::answered(Task::Box, scene::BOXES),
            )
        }),
        ("ask_writing", SIDE, || {
            let mut workbench = scene::writing(2.0);
            workbench.asking.auto = true;
            Scene::new(AskPanel::default(), workbench)
        }),
        ("ask_failed", vec2(307.0, 380.0), || {
            let mut workbench = scene::ready();
            workbench.asking.failure =
                Some("the device is out of memory; choose f16 or the CPU and reload".into());
            Scene::new(AskPanel::default(), workbench)
        }),
        ("groundings", TILE, || {
            let mut workbench = scene::answered(Task::Box, scene::BOXES);
            workbench.highlighted = Some(0);
            workbench.asking.result.as_mut().expect("answered").hidden[2] = true;
            Scene::new(GroundingsPanel::default(), workbench)
        }),
        ("groundings_none", TILE, || {
            Scene::new(
                GroundingsPanel::default(),
                scene::answered(Task::Box, "I cannot see a carrot here."),
            )
        }),
        ("model_empty", vec2(307.0, 420.0), || {
            let mut workbench = scene::failed_load();
            workbench.model.failure = None;
            Scene::new(ModelPanel::default(), workbench)
        }),
        ("model_loading", TILE, || {
            Scene::new(ModelPanel::default(), scene::loading())
        }),
        ("model_failed", vec2(307.0, 420.0), || {
            Scene::new(ModelPanel::default(), scene::failed_load())
        }),
        ("model", vec2(307.0, 820.0), || {
            Scene::new(ModelPanel::default(), scene::ready())
        }),
        ("actions", TILE, || {
            Scene::new(ActionsPanel::default(), scene::acted(7, 6, true))
        }),
        ("actions_bottom", BOTTOM, || {
            Scene::new(ActionsPanel::default(), scene::acted(7, 1, true))
        }),
        ("actions_no_si", BOTTOM, || {
            Scene::new(ActionsPanel::default(), scene::acted(14, 1, false))
        }),
        ("timing", vec2(307.0, 420.0), || {
            Scene::new(TimingPanel, scene::answered(Task::Box, scene::BOXES))
        }),
        ("log", BOTTOM, || {
            Scene::new(LogPanel::default(), scene::logged(60))
        }),
        ("notices", vec2(640.0, 360.0), || {
            let mut workbench = scene::logged(0);
            let retry = Some(("Open again".into(), Command::Plain(CommandId::OpenFiles)));
            let text = "The camera /dev/video0 was unplugged; plug it in again";
            for (level, text, action) in [
                (NoticeLevel::Info, "Saved picture-12.png", None),
                (
                    NoticeLevel::Warning,
                    "Loaded with 2 remarks: config.yaml says ViT-S",
                    None,
                ),
                (NoticeLevel::Error, text, retry),
            ] {
                workbench.notices.push(Notice {
                    level,
                    text: text.into(),
                    action,
                    at_secs: 0.0,
                });
            }
            Scene::new(TimingPanel, workbench).with_notices()
        }),
    ]
}
