//! A run as the document sees it.

use super::*;
use crate::engine::{Event, Reject};
use crate::geometry::ImageSize;
use crate::vision::Frame;
use crate::workbench::Command;

fn episode(task: &'static str, rejected: usize) -> CollectEvent {
    let pixels = vec![255; 4 * 4 * 4];
    let reject = Reject {
        task: task.into(),
        slot: 0,
        seed: 1,
        reason: "the goal does not hold at the end".into(),
    };
    CollectEvent::Episode(Box::new(CollectedEpisode {
        episode: 0,
        slot: 0,
        task,
        instruction: "pick up the can".into(),
        frames: 40,
        thumbnail: Frame::from_rgba("c", ImageSize::new(4, 4), pixels).unwrap(),
        rejected: vec![reject; rejected],
    }))
}

fn running() -> Workbench {
    let mut workbench = Workbench::default();
    drop(workbench.set_collect_folder("/data/out".into()));
    let requests = workbench.apply(Command::Plain(CommandId::Generate));
    assert!(matches!(requests.as_slice(), [Request::Collect(_)]));
    workbench
}

#[test]
fn a_run_needs_a_folder_and_a_task() {
    let mut workbench = Workbench::default();
    assert!(
        workbench
            .apply(Command::Plain(CommandId::Generate))
            .is_empty()
    );
    assert!(workbench.generate.obstacle.is_some());
    let config = CollectConfig {
        task: vec!["juggle".into()],
        out: "/data/out".into(),
        ..CollectConfig::default()
    };
    drop(workbench.apply(Command::SetCollect(Box::new(config))));
    let text = workbench.generate.obstacle.clone().unwrap();
    assert!(text.contains("juggle"), "{text}");
}

#[test]
fn rate_and_time_left_come_from_what_was_written() {
    let mut workbench = running();
    workbench.now_secs = 60.0;
    drop(workbench.absorb(Event::Collect(episode("pick", 2))));
    workbench.absorb_collecting(Progress {
        stage: "Collecting".into(),
        done: 1,
        total: 10,
    });
    let run = workbench.generate.run.as_ref().unwrap();
    assert_eq!(run.rate(60.0), Some(60.0));
    assert_eq!(run.left(60.0), Some(9.0 * 60.0));
    assert_eq!(run.tallies["pick"].kept, 1);
    assert_eq!(run.tallies["pick"].rejected.values().sum::<u64>(), 2);
    for _ in 0..100 {
        drop(workbench.absorb(Event::Collect(episode("pick", 0))));
    }
    let newest = &workbench.generate.run.as_ref().unwrap().newest;
    assert_eq!((newest.len(), newest[0].0), (THUMBNAILS, 100));
}

#[test]
fn a_cancelled_run_is_resumed_as_it_was_begun() {
    let mut workbench = running();
    assert!(
        workbench
            .apply(Command::Plain(CommandId::Generate))
            .is_empty()
    );
    let stop = workbench.apply(Command::Plain(CommandId::CancelGenerate));
    assert!(matches!(stop.as_slice(), [Request::CancelCollect]));
    drop(workbench.absorb(Event::Collect(CollectEvent::Cancelled)));
    assert!(!workbench.generate.is_running());
    // What is in the form meanwhile is of no account.
    drop(workbench.set_collect_folder("/elsewhere".into()));
    let again = workbench.apply(Command::Plain(CommandId::ResumeGenerate));
    let [Request::Collect(config)] = again.as_slice() else {
        panic!("{again:?}");
    };
    assert!(config.resume && config.out.as_path() == std::path::Path::new("/data/out"));
}
