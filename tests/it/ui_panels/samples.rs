//! What is being learnt: pictures follow the run until one is held, and answers are told apart.

use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use spvla::engine::{LearntAnswer, LearntPicture, StepMetrics, TrainNews};
use spvla::grounding::{Grounding, GroundingKind};
use spvla::ui::train::SamplesPanel;
use spvla::workbench::{Command, CommandId, Workbench};

use super::{click, open, pushed, scene, training};

const SIZE: egui::Vec2 = egui::vec2(590.0, 660.0);

fn boxed(corners: [f32; 4]) -> Vec<Grounding> {
    let [x1, y1, x2, y2] = corners;
    let ends = [[x1, y1], [x2, y2]];
    let points = ends.map(|[x, y]| spvla::geometry::ImagePoint::new(x, y));
    vec![Grounding::new(GroundingKind::Box, points.to_vec())]
}

fn picture(step: u64) -> LearntPicture {
    let off = step as f32 / 100.0;
    let answer = |question: &str, [truth, said]: [[f32; 4]; 2]| LearntAnswer {
        question: format!("<image>{question}"),
        truth: format!("[{{\"bbox_2d\": {truth:?}, \"label\": \"carrot\"}}]"),
        said: format!("[{{\"bbox_2d\": {said:?}, \"label\": \"carrot\"}}]"),
        right: boxed(truth),
        found: boxed(said),
    };
    LearntPicture {
        name: format!("/data/stills/images/slot_{step:06}.jpg"),
        frame: scene::picture(),
        answers: vec![
            answer(
                "Give the bounding box for the carrot.",
                [[8.0, 8.0, 24.0, 20.0], [8.0 + off, 9.0, 26.0 + off, 20.0]],
            ),
            answer(
                "Locate the plate, output its bbox coordinates using JSON format.",
                [[34.0, 20.0, 58.0, 40.0]; 2],
            ),
        ],
    }
}

/// A run under way that shows a picture every hundred steps.
pub fn learning() -> Workbench {
    let mut workbench = training::running();
    for step in [1100, 1200, 1300] {
        workbench.absorb_training(TrainNews {
            steps: vec![StepMetrics {
                step,
                loss: 1.0,
                picture: Some(Arc::new(picture(step))),
                ..StepMetrics::default()
            }],
            progress: None,
        });
    }
    workbench
}

#[test]
fn samples_follow_the_run_until_one_is_held() {
    let mut harness = open(SamplesPanel::default(), learning(), SIZE);
    harness.get_by_label_contains("Step 1,300");
    click(&mut harness, "Sample before");
    harness.get_by_label_contains("Step 1,200");
    let more = StepMetrics {
        step: 1400,
        picture: Some(Arc::new(picture(1400))),
        ..StepMetrics::default()
    };
    harness.state_mut().workbench.absorb_training(TrainNews {
        steps: vec![more],
        progress: None,
    });
    harness.run_steps(3);
    harness.get_by_label_contains("Step 1,200");
    click(&mut harness, "Newest");
    harness.get_by_label_contains("Step 1,400");
}

#[test]
fn the_picture_of_a_run_is_kept_for_the_newest_steps_only() {
    let mut workbench = learning();
    for step in 2000..2100 {
        workbench.absorb_training(TrainNews {
            steps: vec![StepMetrics {
                step,
                picture: Some(Arc::new(picture(step))),
                ..StepMetrics::default()
            }],
            progress: None,
        });
    }
    let samples = &workbench.training.run.as_ref().unwrap().samples;
    assert_eq!(samples.len(), 32);
    assert_eq!(samples.back().unwrap().0, 2099);
}

#[test]
fn without_a_run_the_way_on_is_a_recipe() {
    let mut harness = open(SamplesPanel::default(), scene::empty(), SIZE);
    harness.get_by_role_and_label(Role::Group, "No sample yet");
    click(&mut harness, "Open recipe");
    assert_eq!(pushed(&harness), [Command::Plain(CommandId::OpenRecipe)]);
    let harness = open(SamplesPanel::default(), training::running(), SIZE);
    harness.get_by_label_contains("The first picture comes with the first steps.");
}
