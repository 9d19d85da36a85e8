//! Finished runs and what failed in them, as the document sees them.

use super::*;
use crate::engine::{
    EvalColumn, EvalEvent, EvalKind, EvalOrder, EvalScores, Event, GroundingReport, Request,
    SourceInfo, SourceKind, SourceSpec,
};
use crate::geometry::ImageSize;
use crate::workbench::{Command, CommandId};

fn outcome(id: &str, won: bool, place: Option<&str>) -> Outcome {
    Outcome {
        id: id.into(),
        part: if id < "c" { "box" } else { "point" }.into(),
        won: Some(won),
        rank: f64::from(u8::from(won)),
        place: place.map(PathBuf::from),
        at_end: true,
        ..Outcome::default()
    }
}

fn report(folder: &str, won: [bool; 3]) -> EvalReport {
    let empty = GroundingReport::new(crate::engine::EvalSubject::default(), &[]);
    EvalReport {
        folder: folder.into(),
        scores: EvalScores::Grounding(Box::new(empty)),
        outcomes: vec![
            outcome("a", won[0], Some("/films/a.mp4")),
            outcome("b", won[1], Some("/films/b.mp4")),
            outcome("c", won[2], None),
        ],
    }
}

fn opened(workbench: &mut Workbench, folder: &str, won: [bool; 3]) -> Vec<Request> {
    drop(workbench.apply(Command::Evaluation(EvaluationCommand::Open(folder.into()))));
    workbench.absorb(Event::Eval(EvalEvent::Opened(Box::new(report(
        folder, won,
    )))))
}

fn filter(workbench: &mut Workbench, kind: OutcomeKind) -> Vec<String> {
    let filter = OutcomeFilter { kind, part: None };
    drop(workbench.apply(Command::Evaluation(EvaluationCommand::Filter(filter))));
    let state = &workbench.evaluation;
    let outcomes = &state.report().unwrap().outcomes;
    state
        .listed
        .iter()
        .map(|at| outcomes[*at as usize].id.clone())
        .collect()
}

#[test]
fn a_failure_opens_its_film_at_the_end() {
    let mut workbench = Workbench::default();
    drop(opened(&mut workbench, "/eval/one", [false, true, false]));
    assert_eq!(filter(&mut workbench, OutcomeKind::Failures), ["a", "c"]);
    let requests = workbench.apply(Command::Plain(CommandId::NextFailure));
    let [Request::Open(id, SourceSpec::Path(path))] = &requests[..] else {
        panic!("{requests:?}")
    };
    assert_eq!(path, Path::new("/films/a.mp4"));
    let info = SourceInfo {
        name: "a.mp4".into(),
        kind: SourceKind::Video,
        size: ImageSize::new(4, 4),
        frames: Some(60),
        fps: Some(5.0),
        duration: None,
        format: "AV1".into(),
    };
    let requests = workbench.absorb(Event::SourceOpened(*id, info));
    assert!(
        requests
            .iter()
            .any(|r| matches!(r, Request::Seek(at, 59) if at == id)),
        "{requests:?}"
    );
    assert!(workbench.evaluated(*id).is_some());
    // The next one has no picture, and says so; the one after is the first again, still open.
    assert!(
        workbench
            .apply(Command::Plain(CommandId::NextFailure))
            .is_empty()
    );
    assert_eq!(workbench.notices.open.len(), 1);
    let requests = workbench.apply(Command::Plain(CommandId::NextFailure));
    assert!(
        requests.iter().all(|r| !matches!(r, Request::Open(..))),
        "{requests:?}"
    );
    // Another film takes the place of the one before.
    filter(&mut workbench, OutcomeKind::All);
    let look = EvaluationCommand::Look(
        workbench
            .evaluation
            .listed
            .iter()
            .position(|at| *at == 1)
            .unwrap(),
    );
    let requests = workbench.apply(Command::Evaluation(look));
    assert!(
        matches!(requests[..], [Request::Close(_), Request::Open(..)]),
        "{requests:?}"
    );
    assert_eq!(workbench.sources.len(), 1);
}

#[test]
fn two_runs_are_paired_and_a_third_takes_the_first_ones_place() {
    let mut workbench = Workbench::default();
    assert!(opened(&mut workbench, "/eval/one", [true, true, false]).is_empty());
    let requests = opened(&mut workbench, "/eval/two", [false, true, true]);
    assert!(
        matches!(requests[..], [Request::Eval(EvalOrder::Compare(..))]),
        "{requests:?}"
    );
    assert_eq!(filter(&mut workbench, OutcomeKind::OnlyFirst), ["a"]);
    assert_eq!(filter(&mut workbench, OutcomeKind::OnlySecond), ["c"]);
    drop(opened(&mut workbench, "/eval/three", [true; 3]));
    let folders: Vec<&Path> = workbench
        .evaluation
        .reports
        .iter()
        .map(|r| r.folder.as_path())
        .collect();
    assert_eq!(folders, [Path::new("/eval/two"), Path::new("/eval/three")]);
    drop(workbench.apply(Command::Evaluation(EvaluationCommand::Close(0))));
    assert_eq!(workbench.evaluation.filter.kind, OutcomeKind::Failures);
    drop(workbench.apply(Command::Evaluation(EvaluationCommand::Close(0))));
    assert!(workbench.evaluation.listed.is_empty() && workbench.evaluation.report().is_none());
}

#[test]
fn a_run_needs_what_it_is_about() {
    let mut workbench = Workbench::default();
    assert!(
        workbench
            .apply(Command::Plain(CommandId::StartEvaluation))
            .is_empty()
    );
    assert_eq!(workbench.notices.open.len(), 1);
    let setup = EvalSetup {
        kind: EvalKind::Simulator,
        columns: vec![EvalColumn::Base],
        out: "/eval/out".into(),
        ..EvalSetup::default()
    };
    drop(
        workbench.apply(Command::Evaluation(EvaluationCommand::SetSetup(Box::new(
            setup,
        )))),
    );
    let requests = workbench.apply(Command::Plain(CommandId::StartEvaluation));
    assert!(matches!(requests[..], [Request::Eval(EvalOrder::Start(_))]));
    workbench.now_secs = 10.0;
    let progress = |done| Progress {
        stage: "Playing".into(),
        done,
        total: 20,
    };
    workbench.absorb_evaluating(progress(8));
    workbench.now_secs = 14.0;
    workbench.absorb_evaluating(progress(10));
    let run = workbench.evaluation.run.as_ref().unwrap();
    assert_eq!(run.left(workbench.now_secs), Some(20.0));
    drop(workbench.apply(Command::Plain(CommandId::StopEvaluation)));
    drop(workbench.absorb(Event::Eval(EvalEvent::Cancelled)));
    assert!(workbench.is_available(CommandId::StartEvaluation));
}
