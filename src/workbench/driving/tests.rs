//! The order of questions, and what their answers make of the document.

use super::*;
use crate::engine::{Event, LoadTarget, SimulatorEvent, SimulatorStatus, SourceSpec, Timing};
use crate::geometry::ImageSize;
use crate::robot::{ActionStats, NormActionChunk};
use crate::workbench::absorb::tests::report;
use crate::workbench::simulator::tests::{orders, ready};
use crate::workbench::{Command, CommandId};

/// The demo with one camera, a picture and a checkpoint.
fn driving() -> Workbench {
    let mut workbench = Workbench::default();
    let requests = workbench.apply(Command::Plain(CommandId::OpenDemo));
    let drives = SimulatorOrder::Drive(Driver::Policy);
    assert!(orders(requests).contains(&drives));
    let requests = ready(&mut workbench, &["shoulder", "overhead"]);
    let open = |request: &&Request| matches!(request, Request::Open(_, SourceSpec::Simulator(_)));
    assert_eq!(requests.iter().filter(open).count(), 1, "one camera");
    let camera = workbench.sources[0].id;
    let size = ImageSize::new(4, 4);
    let frame = Frame::from_rgb("shoulder", size, &[80; 48]).expect("48 bytes");
    drop(workbench.absorb_frame(camera, frame));
    workbench
}

fn waits(workbench: &mut Workbench, wait: u64) -> Vec<Request> {
    let status = SimulatorStatus {
        running: true,
        waits: Some(wait),
        ..SimulatorStatus::default()
    };
    workbench.absorb_simulator_status(status)
}

/// The question among requests: its number, task and words.
fn asked(requests: &[Request]) -> (QueryId, Task, String) {
    match requests {
        [Request::Ask(id, query)] => (*id, query.task, query.instruction.clone()),
        other => panic!("one question, not {other:?}"),
    }
}

fn answer(action: Option<ActionAnswer>) -> Box<Answer> {
    Box::new(Answer {
        prompt: String::new(),
        text: None,
        action,
        timing: Timing::default(),
        warnings: Vec::new(),
    })
}

fn moves() -> ActionAnswer {
    let stats = ActionStats {
        q01: vec![-1.0; 7],
        q99: vec![1.0; 7],
        mask: vec![true; 7],
    };
    let chunk = NormActionChunk::from_rows(&[0.0; 14], 7);
    ActionAnswer {
        si: Some(vec![stats.denormalize(&chunk).expect("seven axes")]),
        normalized: vec![chunk],
        statistics: Ok("box".into()),
    }
}

#[test]
fn things_and_the_way_are_asked_for_before_the_first_step() {
    let mut workbench = driving();
    assert!(waits(&mut workbench, 1).is_empty(), "no checkpoint yet");
    let mut requests = workbench.absorb(Event::Loaded(report("run")));
    let mut order = Vec::new();
    for _ in 0..3 {
        let (id, task, words) = asked(&requests);
        order.push((task, words));
        assert!(waits(&mut workbench, 1).is_empty(), "one at a time");
        requests = workbench.absorb(Event::Answered(id, answer(None)));
    }
    let whole = "put the carrot on the plate".to_owned();
    let expected = [
        (Task::Box, "carrot".to_owned()),
        (Task::Box, "plate".to_owned()),
        (Task::Trace, whole.clone()),
    ];
    assert_eq!(order, expected);
    assert_eq!(workbench.driving.plan.len(), 3);
    let (id, task, words) = asked(&requests);
    assert_eq!((task, words), (Task::Action, whole));
    let requests = workbench.absorb(Event::Answered(id, answer(Some(moves()))));
    let steps = vec![vec![0.0; 7]; 2];
    assert_eq!(orders(requests), [SimulatorOrder::Chunk(1, steps)]);
    assert!(workbench.asking.acted().is_some(), "the curves show it");
    // The same wait again asks nothing; the next one asks for actions alone until the plan is old.
    assert!(waits(&mut workbench, 1).is_empty());
    assert_eq!(asked(&waits(&mut workbench, 2)).1, Task::Action);
}

#[test]
fn the_world_waits_for_the_first_plan_alone() {
    let mut workbench = driving();
    drop(workbench.absorb(Event::Loaded(report("run"))));
    let mut requests = waits(&mut workbench, 1);
    for action in [None, None, None, Some(moves())] {
        let (id, ..) = asked(&requests);
        requests = workbench.absorb(Event::Answered(id, answer(action)));
    }
    workbench.now_secs += 10.0;
    let (id, task, _) = asked(&waits(&mut workbench, 2));
    assert_eq!(task, Task::Action, "the world waits for it");
    let mut requests = workbench.absorb(Event::Answered(id, answer(Some(moves()))));
    let first = orders(vec![requests.remove(0)]);
    assert!(matches!(first[..], [SimulatorOrder::Chunk(2, _)]));
    let (id, task, thing) = asked(&requests);
    assert_eq!((task, thing.as_str()), (Task::Box, "carrot"));
    // It waits again before the plan is whole: actions are in turn, then the rest of the plan.
    assert!(waits(&mut workbench, 3).is_empty(), "one at a time");
    let requests = workbench.absorb(Event::Answered(id, answer(None)));
    let (id, task, _) = asked(&requests);
    assert_eq!(task, Task::Action);
    let mut requests = workbench.absorb(Event::Answered(id, answer(Some(moves()))));
    for expected in [Task::Box, Task::Trace] {
        let (id, task, _) = asked(&requests[requests.len() - 1..]);
        assert_eq!(task, expected);
        requests = workbench.absorb(Event::Answered(id, answer(None)));
    }
    assert!(requests.is_empty(), "the plan is whole, and young");
}

#[test]
fn a_policy_that_cannot_answer_stops_the_world() {
    let mut workbench = driving();
    drop(workbench.absorb(Event::Loaded(report("run"))));
    let (id, ..) = asked(&waits(&mut workbench, 1));
    let failed = Event::QueryFailed(id, "no action expert".into());
    let requests = workbench.absorb(failed);
    assert_eq!(orders(requests), [SimulatorOrder::Run(false)]);
    assert!(!workbench.simulator.running);
    assert!(workbench.notices.open[0].text.contains("no action expert"));
    // The world stands still and still waits: nothing is asked until somebody lets it go on.
    assert!(waits(&mut workbench, 1).is_empty());
    let requests = workbench.apply(Command::Plain(CommandId::SimulatorRun));
    assert_eq!(asked(&requests[1..]).1, Task::Box);
}

#[test]
fn one_step_of_a_standing_world_is_thought_of() {
    let mut workbench = driving();
    drop(workbench.absorb(Event::Loaded(report("run"))));
    drop(workbench.apply(Command::Plain(CommandId::SimulatorRun)));
    assert!(waits(&mut workbench, 1).is_empty(), "paused");
    let mut requests = workbench.apply(Command::Plain(CommandId::SimulatorStep));
    let question = requests.pop().into_iter().collect();
    assert!(orders(requests).contains(&SimulatorOrder::Step));
    let mut requests: Vec<Request> = question;
    for _ in 0..3 {
        let (id, ..) = asked(&requests);
        requests = workbench.absorb(Event::Answered(id, answer(None)));
    }
    let (id, ..) = asked(&requests);
    let requests = workbench.absorb(Event::Answered(id, answer(Some(moves()))));
    assert!(matches!(
        orders(requests)[..],
        [SimulatorOrder::Chunk(1, _)]
    ));
    assert!(waits(&mut workbench, 2).is_empty(), "one step alone");
}

#[test]
fn another_instruction_is_heard_at_once() {
    let mut workbench = driving();
    drop(workbench.absorb(Event::Loaded(report("run"))));
    let (id, ..) = asked(&waits(&mut workbench, 1));
    let other = "put the spoon on the plate".to_owned();
    drop(workbench.apply(Command::SetInstruction(other)));
    let requests = workbench.absorb(Event::Answered(id, answer(None)));
    let (_, task, words) = asked(&requests);
    assert_eq!((task, words), (Task::Box, "spoon".to_owned()));
    assert!(workbench.driving.plan.is_empty() && workbench.asking.acted().is_none());
}

#[test]
fn a_camera_without_a_picture_is_waited_for() {
    let mut workbench = driving();
    drop(workbench.absorb(Event::Loaded(report("run"))));
    let spec = SourceSpec::Simulator("overhead".into());
    drop(workbench.apply(Command::OpenSource(spec)));
    assert_eq!(workbench.seen().len(), 2);
    assert!(waits(&mut workbench, 1).is_empty(), "one picture of two");
    let camera = workbench.sources[1].id;
    let frame = Frame::from_rgb("overhead", ImageSize::new(4, 4), &[80; 48]).expect("48 bytes");
    drop(workbench.absorb_frame(camera, frame));
    assert_eq!(asked(&waits(&mut workbench, 1)).1, Task::Box);
}

#[test]
fn a_model_that_crashes_stops_the_world_and_can_be_loaded_again() {
    let mut workbench = driving();
    drop(workbench.absorb(Event::Loaded(report("run"))));
    drop(waits(&mut workbench, 1));
    let requests = workbench.absorb(Event::Crashed {
        thread: "model".into(),
        message: "device lost".into(),
    });
    assert_eq!(orders(requests), [SimulatorOrder::Run(false)]);
    drop(workbench.absorb(Event::Loaded(report("run"))));
    let requests = workbench.apply(Command::Plain(CommandId::SimulatorRun));
    assert_eq!(asked(&requests[1..]).1, Task::Box);
}

#[test]
fn what_was_in_the_way_is_waited_for_no_longer_than_it_lasts() {
    let mut workbench = driving();
    drop(workbench.absorb(Event::Loaded(report("run"))));
    let camera = workbench.sources[0].id;
    drop(workbench.apply(Command::ToggleView(camera)));
    assert!(waits(&mut workbench, 1).is_empty(), "nothing is seen");
    let (id, task, _) = asked(&workbench.apply(Command::ToggleView(camera)));
    assert_eq!(task, Task::Box);
    // Nothing to be done, then something.
    drop(workbench.apply(Command::SetInstruction(String::new())));
    assert!(
        workbench
            .absorb(Event::Answered(id, answer(None)))
            .is_empty()
    );
    let text = "put the spoon on the plate".to_owned();
    let (id, ..) = asked(&workbench.apply(Command::SetInstruction(text)));
    // Another checkpoint, which cannot be opened: the old one goes on.
    drop(workbench.apply(Command::LoadCheckpoint("/no".into())));
    assert!(
        workbench
            .absorb(Event::Answered(id, answer(None)))
            .is_empty()
    );
    let failed = Event::LoadFailed {
        target: LoadTarget::Path("/no".into()),
        error: "nothing there".into(),
        wants_tokenizer: false,
        cancelled: false,
    };
    assert_eq!(asked(&workbench.absorb(failed)).1, Task::Box);
}

#[test]
fn it_acts_on_what_the_standing_world_shows_now() {
    let mut workbench = driving();
    drop(workbench.absorb(Event::Loaded(report("run"))));
    let mut requests = waits(&mut workbench, 1);
    // Somebody drags a thing while the planner is asked.
    let moved = Frame::from_rgb("shoulder", ImageSize::new(4, 4), &[90; 48]).expect("48 bytes");
    let camera = workbench.sources[0].id;
    drop(workbench.absorb_frame(camera, moved.clone()));
    for _ in 0..3 {
        let (id, ..) = asked(&requests);
        requests = workbench.absorb(Event::Answered(id, answer(None)));
    }
    let [Request::Ask(_, query)] = &requests[..] else {
        panic!("actions are asked for")
    };
    assert_eq!(query.task, Task::Action);
    assert!(query.frames[0].same_pixels(&moved));
}

#[test]
fn no_actions_are_asked_for_while_it_is_paused() {
    let mut workbench = driving();
    drop(workbench.absorb(Event::Loaded(report("run"))));
    let mut requests = waits(&mut workbench, 1);
    drop(workbench.apply(Command::Plain(CommandId::SimulatorRun)));
    let mut tasks = Vec::new();
    while let [Request::Ask(id, query)] = &requests[..] {
        tasks.push(query.task);
        let id = *id;
        requests = workbench.absorb(Event::Answered(id, answer(None)));
    }
    assert_eq!(tasks, [Task::Box, Task::Box, Task::Trace], "the plan alone");
}

#[test]
fn another_driver_takes_no_chunk_of_the_one_before() {
    let mut workbench = driving();
    drop(workbench.absorb(Event::Loaded(report("run"))));
    let (id, ..) = asked(&waits(&mut workbench, 1));
    let requests = workbench.apply(Command::Plain(CommandId::ToggleExpert));
    let order = SimulatorOrder::Drive(Driver::Expert);
    assert_eq!(orders(requests), [order]);
    let requests = workbench.absorb(Event::Answered(id, answer(Some(moves()))));
    assert!(requests.is_empty());
    let failed = Event::Simulator(SimulatorEvent::Failed("no adapter".into()));
    drop(workbench.absorb(failed));
    assert!(waits(&mut workbench, 2).is_empty());
}
