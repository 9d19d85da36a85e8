//! The document and a dataset, without an engine.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::engine::{
    Answer, DatasetCamera, DatasetEvent, DatasetKind, DatasetRequest, Event, FeatureRows, Found,
    Request, Shown, SourceSpec, Timing,
};
use crate::geometry::{ImagePoint, ImageSize};
use crate::workbench::{Command, CommandId, ResultSet};

fn about(episodes: u32) -> DatasetAbout {
    let camera = |name: &str| DatasetCamera {
        name: format!("observation.images.{name}"),
        size: ImageSize::new(160, 120),
    };
    DatasetAbout {
        path: "/data/set".into(),
        name: "set".into(),
        kind: DatasetKind::Episodes,
        format: "LeRobot v3.0".into(),
        robot: None,
        fps: Some(10.0),
        rows: u64::from(episodes) * 40,
        cameras: vec![camera("overhead"), camera("wrist")],
        entries: (0..episodes)
            .map(|number| DatasetEntry {
                number: u64::from(number),
                length: 40,
                text: number % 3,
            })
            .collect(),
        texts: vec![
            "put the carrot on the plate".into(),
            "Open the drawer".into(),
            "stack the green cube".into(),
        ],
        problems: Vec::new(),
        more_problems: 0,
        has_truth: true,
        opened_ms: 3,
    }
}

fn frame(index: u64) -> Frame {
    let size = ImageSize::new(4, 4);
    Frame::from_rgb("camera", size, &[80; 48])
        .expect("48 bytes")
        .stamped(index, Duration::from_millis(100 * index))
}

/// A document with an open dataset, and what was asked of the engine last.
fn opened(episodes: u32) -> (Workbench, Vec<Request>) {
    let mut workbench = Workbench::default();
    drop(workbench.apply(Command::OpenSource(SourceSpec::Sample(0))));
    let requests = workbench.apply(Command::Dataset(DatasetCommand::Open("/data/set".into())));
    let id = workbench.dataset.as_ref().expect("opening").id;
    let open = DatasetRequest::Open("/data/set".into());
    assert!(
        matches!(requests.last(), Some(Request::Dataset(of, asked)) if *of == id && *asked == open)
    );
    let event = DatasetEvent::Opened(Arc::new(about(episodes)));
    let requests = workbench.absorb(Event::Dataset(id, event));
    (workbench, requests)
}

fn set(workbench: &Workbench) -> &DatasetState {
    workbench.dataset.as_ref().expect("a dataset")
}

/// What the engine would show of the entry that was asked for.
fn show(workbench: &mut Workbench, episode: u64, index: u64) {
    let cameras: Vec<SourceId> = cameras(workbench);
    let truth = vec![Grounding::point(ImagePoint::new(1.0, 2.0)).labelled("mug")];
    let shown = Shown {
        episode,
        index,
        frames: cameras.iter().map(|id| (*id, frame(index))).collect(),
        truth: cameras.iter().map(|id| (*id, truth.clone())).collect(),
        note: "reach".into(),
        ..Shown::default()
    };
    let id = set(workbench).id;
    drop(workbench.absorb_shown(id, shown));
}

fn cameras(workbench: &Workbench) -> Vec<SourceId> {
    let cameras = workbench.sources.iter().filter(|s| s.is_of_dataset());
    cameras.map(|source| source.id).collect()
}

#[test]
fn an_opened_dataset_shows_its_first_episode_with_all_cameras_in_view() {
    let (workbench, requests) = opened(5);
    let Some(Request::Dataset(
        _,
        DatasetRequest::Show {
            episode,
            cameras: asked,
        },
    )) = requests.last()
    else {
        panic!("{requests:?}");
    };
    assert_eq!((*episode, asked.len()), (0, 2));
    let views: Vec<SourceId> = workbench.views().map(|source| source.id).collect();
    assert_eq!(
        views,
        cameras(&workbench),
        "the picture that was open gave way"
    );
    assert_eq!(workbench.selected, views.first().copied());
    assert_eq!(workbench.settings.workspace, Workspace::Data);
    assert_eq!(
        workbench.settings.recent_datasets,
        [PathBuf::from("/data/set")]
    );
}

#[test]
fn episodes_are_stepped_through_within_what_matches() {
    let (mut workbench, _) = opened(30);
    let shown = |workbench: &Workbench| set(workbench).shown().expect("one").number;
    drop(workbench.apply(Command::Plain(CommandId::NextEpisode)));
    assert_eq!(shown(&workbench), 1);
    let filter = |text: &str| Command::Dataset(DatasetCommand::Filter(text.into()));
    drop(workbench.apply(filter("GREEN stack")));
    assert_eq!(set(&workbench).matches.len(), 10);
    drop(workbench.apply(Command::Plain(CommandId::NextEpisode)));
    assert_eq!(shown(&workbench), 2, "the first that matches");
    drop(workbench.apply(Command::Plain(CommandId::NextEpisode)));
    assert_eq!(shown(&workbench), 5);
    for _ in 0..3 {
        drop(workbench.apply(Command::Plain(CommandId::PreviousEpisode)));
    }
    assert_eq!(shown(&workbench), 2, "there is none before");
    for (text, count) in [
        ("#12", 1),
        ("10-19", 10),
        ("drawer", 10),
        ("", 30),
        ("zebra", 0),
    ] {
        drop(workbench.apply(filter(text)));
        assert_eq!(set(&workbench).matches.len(), count, "{text:?}");
    }
    let ids = cameras(&workbench);
    assert_eq!(ids.len(), 2, "the same sources show every episode");
}

#[test]
fn a_search_over_a_million_entries_is_instant() {
    let (mut workbench, _) = opened(1_000_000);
    let begun = std::time::Instant::now();
    drop(workbench.apply(Command::Dataset(DatasetCommand::Filter("carrot".into()))));
    assert_eq!(set(&workbench).matches.len(), 333_334);
    let limit = if cfg!(debug_assertions) { 2000 } else { 200 };
    assert!(begun.elapsed().as_millis() < limit, "{:?}", begun.elapsed());
}

#[test]
fn cameras_share_one_clock() {
    let (mut workbench, _) = opened(2);
    show(&mut workbench, 0, 4);
    let wrist = cameras(&workbench)[1];
    workbench.selected = Some(wrist);
    let requests = workbench.apply(Command::Plain(CommandId::PlayPause));
    assert_eq!(requests.len(), 1);
    assert!(workbench.views().all(|source| source.play.playing));
    drop(workbench.apply(Command::SetSpeed(wrist, 2.0)));
    assert!(
        workbench
            .views()
            .all(|source| (source.play.speed - 2.0).abs() < 1e-6)
    );
    drop(workbench.absorb(Event::SourceOpened(wrist, info())));
    let requests = workbench.apply(Command::Plain(CommandId::NextFrame));
    assert!(matches!(requests.last(), Some(Request::Seek(id, 5)) if *id == wrist));
}

fn info() -> crate::engine::SourceInfo {
    crate::engine::SourceInfo {
        name: "wrist".into(),
        kind: crate::engine::SourceKind::Video,
        size: ImageSize::new(4, 4),
        frames: Some(40),
        fps: Some(10.0),
        duration: None,
        format: String::new(),
    }
}

#[test]
fn what_was_shown_of_another_episode_is_not_mixed_in() {
    let (mut workbench, _) = opened(3);
    show(&mut workbench, 0, 9);
    assert_eq!(set(&workbench).at, 9);
    let camera = cameras(&workbench)[0];
    assert_eq!(workbench.truth(camera).count(), 1);
    drop(workbench.apply(Command::Plain(CommandId::NextEpisode)));
    show(&mut workbench, 0, 10);
    assert_eq!(set(&workbench).at, 0);
    show(&mut workbench, 1, 2);
    assert_eq!(set(&workbench).at, 2);
    let kind = GroundingKind::Point;
    drop(workbench.apply(Command::Dataset(DatasetCommand::ToggleTruth(kind))));
    assert_eq!(workbench.truth(camera).count(), 0);
    drop(workbench.apply(Command::Dataset(DatasetCommand::ToggleTruth(kind))));
    drop(workbench.apply(Command::Plain(CommandId::ToggleTruth)));
    assert_eq!(workbench.truth(camera).count(), 0);
}

#[test]
fn closing_takes_the_cameras_along_and_late_news_do_no_harm() {
    let (mut workbench, _) = opened(2);
    let id = set(&workbench).id;
    drop(workbench.apply(Command::Plain(CommandId::CloseDataset)));
    assert!(workbench.dataset.is_none() && cameras(&workbench).is_empty());
    assert_eq!(workbench.sources.len(), 1, "the picture stays");
    assert_eq!(workbench.selected, workbench.sources.first().map(|s| s.id));
    let late = DatasetEvent::Opened(Arc::new(about(2)));
    assert!(workbench.absorb(Event::Dataset(id, late)).is_empty());
    assert!(workbench.absorb_shown(id, Shown::default()).is_empty());
}

#[test]
fn a_dropped_dataset_is_opened_as_one() {
    let mut workbench = Workbench::default();
    let requests = workbench.absorb(Event::Sniffed {
        path: "/data/set".into(),
        found: Found::Dataset,
    });
    assert_eq!(requests.len(), 1);
    assert_eq!(set(&workbench).status, DatasetStatus::Opening);
    let id = set(&workbench).id;
    let failed = DatasetEvent::Failed("no; choose another: /data/set".into());
    drop(workbench.absorb(Event::Dataset(id, failed)));
    assert!(matches!(set(&workbench).status, DatasetStatus::Failed(_)));
    assert_eq!(workbench.notices.open.len(), 1);
}

#[test]
fn a_prediction_is_compared_with_what_was_recorded_from_its_frame_on() {
    let (mut workbench, _) = opened(2);
    show(&mut workbench, 0, 38);
    let values = (0..40_u8).flat_map(|row| [f32::from(row), 1.0]).collect();
    let action = FeatureRows {
        name: "action".into(),
        axes: vec!["x".into(), "gripper".into()],
        values,
    };
    let rows = EpisodeRows {
        episode: 0,
        length: 40,
        features: vec![action],
        ..EpisodeRows::default()
    };
    let id = set(&workbench).id;
    drop(workbench.absorb(Event::Dataset(id, DatasetEvent::Rows(Arc::new(rows)))));
    let camera = cameras(&workbench)[0];
    let query = QueryId(99);
    workbench.note_asked(query, &[camera]);
    let result = ResultSet {
        run: crate::workbench::QueryRun {
            id: query,
            task: crate::grounding::prompt::Task::Action,
            instruction: String::new(),
            views: vec![(camera, frame(38))],
            sent_secs: 0.0,
        },
        answer: Answer {
            prompt: String::new(),
            text: None,
            action: None,
            timing: Timing::default(),
            warnings: Vec::new(),
        },
        at_secs: 0.0,
        hidden: Vec::new(),
    };
    let predicted = vec![vec![38.5, 0.0]; 16];
    let recorded = workbench
        .recorded(&result, &predicted)
        .expect("the same episode");
    assert_eq!(
        (recorded.start, recorded.steps.len()),
        (38, 2),
        "the episode ends there"
    );
    assert_eq!(recorded.errors, [Some(0.5), Some(1.0)]);
    assert!(
        workbench.recorded(&result, &[vec![0.0; 7]]).is_none(),
        "another number of axes"
    );
    drop(workbench.apply(Command::Plain(CommandId::NextEpisode)));
    assert!(
        workbench.recorded(&result, &predicted).is_none(),
        "another episode"
    );
}
