//! Evaluations: scores, intervals, two runs side by side and the list of failures, by name and by click.

use egui::accesskit::Role;
use egui::vec2;
use egui_kittest::kittest::Queryable as _;
use spvla::engine::{
    AnswerKind, EvalColumn, EvalEvent, EvalKind, EvalReport, EvalScores, EvalSubject, Event,
    GroundingReport, KindScores, MeanOf, Outcome, Rate, SourceSpec,
};
use spvla::geometry::ImagePoint;
use spvla::grounding::{Grounding, GroundingKind};
use spvla::job::Progress;
use spvla::ui::eval::EvalPanel;
use spvla::workbench::{Command, CommandId, EvaluationCommand, Workbench};

use super::{click, open, pushed, scene};

const MIDDLE: egui::Vec2 = vec2(590.0, 660.0);

fn outcome(at: usize, won: bool) -> Outcome {
    let corner = |x: f32, y: f32| ImagePoint::new(x, y);
    let mark = |x| {
        Grounding::new(
            GroundingKind::Box,
            vec![corner(x, 8.0), corner(x + 20.0, 30.0)],
        )
    };
    Outcome {
        id: format!("{at:06}_shoulder_box"),
        part: if at.is_multiple_of(3) { "point" } else { "box" }.into(),
        text: format!(
            "Locate the {} spoon, output its bbox coordinates using JSON format.",
            ["red", "blue"][at % 2]
        ),
        won: Some(won),
        note: format!("IoU 0.{:02}", if won { 50 + at % 50 } else { at % 50 }),
        rank: at as f64,
        place: Some(format!("/data/stills/images/{at}.jpg").into()),
        at_end: false,
        truth: vec![mark(4.0)],
        answer: vec![mark(12.0)],
    }
}

/// A report of `n` questions, `k` of them right.
pub fn report(folder: &str, n: usize, k: usize) -> EvalReport {
    let outcomes: Vec<Outcome> = (0..n).map(|at| outcome(at, at * 7 % n < k)).collect();
    let hits = Rate::of(outcomes.iter().filter_map(|one| one.won));
    let mean = |values: &[f64]| MeanOf::of(values);
    let kind = |kind| {
        (
            kind,
            KindScores {
                n,
                unparsed: 3,
                hits: Some(hits),
                boxes: None,
                inside: std::collections::BTreeMap::new(),
                distance: mean(&[0.03, 0.04, 0.02 * k as f64 / n as f64]),
                trace: [(
                    "ADE, px".to_owned(),
                    mean(&[11.0, 14.0, n as f64 / k as f64]).expect("some"),
                )]
                .into(),
                calibration: None,
            },
        )
    };
    let of = EvalSubject {
        policy: "/runs/guided/checkpoints/steps_4000_pytorch_model.safetensors".into(),
        set: "/data/stills/grounding.jsonl".into(),
        device: None,
    };
    let mut scores = GroundingReport::new(of, &[]);
    scores.n = n;
    scores.kinds = [kind(AnswerKind::Point), kind(AnswerKind::Trace)].into();
    EvalReport {
        folder: folder.into(),
        scores: EvalScores::Grounding(Box::new(scores)),
        outcomes,
    }
}

/// Reports that were opened, in this order.
pub fn opened(reports: Vec<EvalReport>) -> Workbench {
    let mut workbench = scene::empty();
    for report in reports {
        drop(workbench.absorb(Event::Eval(EvalEvent::Opened(Box::new(report)))));
    }
    workbench
}

#[test]
fn an_empty_panel_offers_both_ways_on() {
    let mut harness = open(EvalPanel::default(), scene::empty(), MIDDLE);
    harness.get_by_role_and_label(Role::Group, "No report open");
    harness
        .get_all_by_label("Open report")
        .last()
        .expect("a button")
        .click();
    harness.run_steps(3);
    assert_eq!(
        pushed(&harness),
        [Command::Plain(CommandId::OpenEvaluation)]
    );
    click(&mut harness, "Evaluate a checkpoint");
    harness.get_by_label("Choose the checkpoint to ask");
    click(&mut harness, "Simulator");
    harness.get_by_label("Choose the folder of the run");
    click(&mut harness, "Perturbed");
    let setup = &harness.state().workbench.evaluation.setup;
    assert_eq!(setup.kind, EvalKind::Simulator);
    assert_eq!(setup.columns, [EvalColumn::Base, EvalColumn::Perturbed]);
    let out = harness.get_by_role_and_label(Role::TextInput, "Run folder");
    out.focus();
    out.type_text("/eval/a");
    harness.run_steps(3);
    click(&mut harness, "Evaluate");
    assert!(harness.state().workbench.evaluation.is_running());
}

#[test]
fn scores_have_intervals_and_failures_a_picture() {
    let mut harness = open(
        EvalPanel::default(),
        opened(vec![report("/eval/one", 400, 300)]),
        MIDDLE,
    );
    harness.get_by_label("one");
    let mut rows = harness.get_all_by_label_contains("all right: 75.0 %, 70.5 % to 79.0 %, of 400");
    assert!(rows.next().is_some());
    drop(rows);
    let failure = harness
        .get_all_by_role(Role::ListItem)
        .next()
        .expect("a failure");
    failure.click();
    harness.run_steps(3);
    assert_eq!(
        pushed(&harness),
        [Command::Evaluation(EvaluationCommand::Look(0))]
    );
    let workbench = &harness.state().workbench;
    let [source] = &workbench.sources[..] else {
        panic!("one picture")
    };
    assert!(matches!(source.spec, SourceSpec::Path(_)));
    let (truth, answer) = workbench.evaluated(source.id).expect("it is looked at");
    assert_eq!((truth.len(), answer.len()), (1, 1));
    click(&mut harness, "Next outcome");
    click(&mut harness, "Outcomes");
    click(&mut harness, "All outcomes");
    assert_eq!(harness.state().workbench.evaluation.listed.len(), 400);
    click(&mut harness, "Close one");
    harness.get_by_role_and_label(Role::Group, "No report open");
}

#[test]
fn two_runs_stand_side_by_side_with_what_differs() {
    let both = vec![
        report("/eval/before", 400, 300),
        report("/eval/after", 400, 340),
    ];
    let mut harness = open(EvalPanel::default(), opened(both), MIDDLE);
    let mut rows = harness.get_all_by_label_contains("; +10.0 pt");
    assert!(rows.next().is_some());
    drop(rows);
    click(&mut harness, "Outcomes");
    click(&mut harness, "Won since first");
    assert_eq!(harness.state().workbench.evaluation.listed.len(), 40);
    let why = "the runs share no question; evaluate both on one set".to_owned();
    let failed = Event::Eval(EvalEvent::CompareFailed(why));
    drop(harness.state_mut().workbench.absorb(failed));
    harness.run_steps(3);
    harness.get_by_label("The runs share no question");
}

#[test]
fn a_run_says_how_far_it_is_and_a_failed_one_why() {
    let mut workbench = scene::empty();
    workbench.evaluation.setup.kind = EvalKind::Simulator;
    workbench.evaluation.setup.out = "/eval/a".into();
    drop(workbench.apply(Command::Plain(CommandId::StartEvaluation)));
    workbench.absorb_evaluating(Progress {
        stage: "Playing".into(),
        done: 3,
        total: 48,
    });
    let mut harness = open(EvalPanel::default(), workbench, MIDDLE);
    harness.get_by_label_contains("Evaluating");
    harness.get_by_label_contains("3 of 48");
    click(&mut harness, "Stop");
    assert_eq!(
        pushed(&harness),
        [Command::Plain(CommandId::StopEvaluation)]
    );
    let why =
        "the folder holds a run with other settings; choose an empty folder: /eval/a".to_owned();
    drop(
        harness
            .state_mut()
            .workbench
            .absorb(Event::Eval(EvalEvent::Failed(why))),
    );
    harness.run_steps(3);
    harness.get_by_label("The folder holds a run with other settings");
    click(&mut harness, "Go on");
    assert!(harness.state().workbench.evaluation.is_running());
    let bad =
        "this is no report of an evaluation (no such file); choose the folder: /eval/b".to_owned();
    let failed = Event::Eval(EvalEvent::OpenFailed("/eval/b".into(), bad));
    drop(harness.state_mut().workbench.absorb(failed));
    harness.run_steps(3);
    harness.get_by_label("This is no report of an evaluation");
}

#[test]
fn a_hundred_thousand_outcomes_are_listed_by_those_in_sight() {
    let mut harness = open(
        EvalPanel::default(),
        opened(vec![report("/eval/all", 100_000, 400)]),
        MIDDLE,
    );
    assert!(harness.get_all_by_role(Role::ListItem).count() < 40);
    harness.get_by_label("99,600");
    click(&mut harness, "Previous outcome");
    assert_eq!(harness.state().workbench.evaluation.looked, Some(99_999));
}
