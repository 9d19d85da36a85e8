//! What a person does to the simulator, and what its facts make of the document.

use super::*;
use crate::engine::{Event, SimulatorCamera, SimulatorEnd};
use crate::geometry::ImageSize;

fn scene(cameras: &[&str]) -> Box<SimulatorScene> {
    Box::new(SimulatorScene {
        setup: SimulatorSetup::default(),
        instruction: "put the carrot on the plate".into(),
        robot: "WidowX 250s",
        joints: vec!["waist"],
        hz: 5.0,
        steps: 60,
        cameras: cameras
            .iter()
            .map(|name| SimulatorCamera {
                name: (*name).into(),
                size: ImageSize::new(64, 48),
            })
            .collect(),
    })
}

pub(in crate::workbench) fn ready(workbench: &mut Workbench, cameras: &[&str]) -> Vec<Request> {
    let event = SimulatorEvent::Ready(scene(cameras));
    workbench.absorb(Event::Simulator(event))
}

fn opened(requests: &[Request]) -> Vec<&str> {
    let camera = |request| match request {
        &Request::Open(_, SourceSpec::Simulator(ref camera)) => Some(camera.as_str()),
        _ => None,
    };
    requests.iter().filter_map(camera).collect()
}

pub(in crate::workbench) fn orders(requests: Vec<Request>) -> Vec<SimulatorOrder> {
    let order = |request| match request {
        Request::Simulator(order) => Some(order),
        _ => None,
    };
    requests.into_iter().filter_map(order).collect()
}

#[test]
fn a_scene_that_comes_after_all_was_put_away_opens_nothing() {
    let mut workbench = Workbench::default();
    drop(workbench.apply(Command::Plain(CommandId::OpenSimulator)));
    drop(workbench.apply(Command::Plain(CommandId::CloseSimulator)));
    assert!(ready(&mut workbench, &["overhead"]).is_empty());
    assert_eq!(workbench.simulator.phase, SimulatorPhase::Closed);
}

#[test]
fn a_thread_that_was_started_anew_is_told_everything() {
    let mut workbench = Workbench::default();
    drop(workbench.apply(Command::Plain(CommandId::OpenSimulator)));
    drop(ready(&mut workbench, &["overhead"]));
    drop(workbench.apply(Command::Plain(CommandId::ToggleRepeat)));
    let failed = SimulatorEvent::Failed("it panicked".into());
    drop(workbench.absorb(Event::Simulator(failed)));
    drop(workbench.apply(Command::Plain(CommandId::OpenSimulator)));
    let requests = ready(&mut workbench, &["overhead"]);
    assert_eq!(opened(&requests), ["overhead"]);
    assert!(workbench.sources[0].frame.is_none());
    assert!(orders(requests).contains(&SimulatorOrder::Repeat(true)));
}

#[test]
fn its_cameras_become_sources_and_go_with_it() {
    let mut workbench = Workbench::default();
    let requests = workbench.apply(Command::Plain(CommandId::OpenSimulator));
    assert!(matches!(
        orders(requests).as_slice(),
        [SimulatorOrder::Begin(_)]
    ));
    let requests = ready(&mut workbench, &["shoulder", "overhead", "wrist"]);
    assert_eq!(opened(&requests), ["shoulder", "overhead"]);
    assert_eq!(workbench.asking.instruction, "put the carrot on the plate");
    // The same cameras stay; a camera that was closed by hand stays closed.
    let first = workbench.sources[0].id;
    drop(workbench.apply(Command::CloseSource(first)));
    assert!(opened(&ready(&mut workbench, &["shoulder", "overhead", "wrist"])).is_empty());
    // Another arm has others.
    let requests = ready(&mut workbench, &["head", "wrist"]);
    assert_eq!(opened(&requests), ["head", "wrist"]);
    assert_eq!(workbench.sources.len(), 2);
    let requests = workbench.apply(Command::Plain(CommandId::CloseSimulator));
    assert!(workbench.sources.is_empty());
    assert_eq!(orders(requests), [SimulatorOrder::Close]);
}

#[test]
fn space_and_the_frame_keys_work_the_selected_camera() {
    let mut workbench = Workbench::default();
    drop(workbench.apply(Command::Plain(CommandId::OpenSimulator)));
    drop(ready(&mut workbench, &["shoulder"]));
    let run = workbench.apply(Command::Plain(CommandId::PlayPause));
    assert_eq!(orders(run), [SimulatorOrder::Run(true)]);
    assert!(workbench.sources[0].play.playing);
    let step = workbench.apply(Command::Plain(CommandId::NextFrame));
    assert_eq!(
        orders(step),
        [SimulatorOrder::Run(false), SimulatorOrder::Step]
    );
    let reset = workbench.apply(Command::Plain(CommandId::FirstFrame));
    assert!(matches!(
        orders(reset).as_slice(),
        [SimulatorOrder::Begin(_)]
    ));
}

#[test]
fn an_episode_that_is_over_is_played_again() {
    let mut workbench = Workbench::default();
    drop(workbench.apply(Command::Plain(CommandId::OpenSimulator)));
    drop(ready(&mut workbench, &["shoulder"]));
    drop(workbench.apply(Command::Plain(CommandId::SimulatorRun)));
    workbench.absorb_simulator_status(SimulatorStatus {
        end: Some(SimulatorEnd::Reached),
        ..SimulatorStatus::default()
    });
    assert!(!workbench.simulator.running, "it stopped by itself");
    let again = workbench.apply(Command::Plain(CommandId::SimulatorRun));
    assert!(matches!(
        orders(again).as_slice(),
        [SimulatorOrder::Begin(_), SimulatorOrder::Run(true)]
    ));
}

#[test]
fn recording_asks_for_a_folder_once() {
    let mut workbench = Workbench::default();
    drop(workbench.apply(Command::Plain(CommandId::OpenSimulator)));
    drop(ready(&mut workbench, &["shoulder"]));
    let asked = workbench.apply(Command::Plain(CommandId::ToggleRecord));
    assert!(matches!(asked.as_slice(), [Request::Pick(_)]));
    let folder = PathBuf::from("/data/played");
    let act = Command::Simulator(SimulatorAct::Folder(folder.clone()));
    let told = orders(workbench.apply(act));
    assert_eq!(told, [SimulatorOrder::Record(Some(folder.clone()))]);
    let off = orders(workbench.apply(Command::Plain(CommandId::ToggleRecord)));
    assert_eq!(off, [SimulatorOrder::Record(None)]);
    let keep = orders(workbench.apply(Command::Plain(CommandId::KeepEpisode)));
    assert_eq!(keep, [SimulatorOrder::Keep(folder)]);
}
