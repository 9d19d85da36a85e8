//! The engine with real datasets: what it tells, and that cameras stay in step.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::*;
use crate::data::{Dataset, Episodes};
use crate::engine::{Engine, PlayState, Request};

const ID: DatasetId = DatasetId(7);

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// An engine with a dataset being opened, and what it told.
struct Desk {
    engine: Engine,
    events: Vec<Event>,
}

impl Desk {
    fn open(path: &Path) -> Self {
        let mut engine = Engine::start(Arc::new(|_| {}), None);
        engine.send(Request::Dataset(ID, DatasetRequest::Open(path.to_owned())));
        Self {
            engine,
            events: Vec::new(),
        }
    }

    /// Waits for something, and takes in what is told meanwhile.
    fn until<T>(&mut self, mut found: impl FnMut(&mut Engine, &[Event]) -> Option<T>) -> T {
        let end = Instant::now() + Duration::from_mins(1);
        loop {
            while let Some(event) = self.engine.poll() {
                self.events.push(event);
            }
            if let Some(found) = found(&mut self.engine, &self.events) {
                return found;
            }
            assert!(Instant::now() < end, "it never came: {:?}", self.events);
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn about(&mut self) -> Arc<DatasetAbout> {
        self.until(|_, events| {
            events.iter().find_map(|event| match event {
                Event::Dataset(_, DatasetEvent::Opened(about)) => Some(Arc::clone(about)),
                _ => None,
            })
        })
    }

    fn show(&mut self, episode: u64, cameras: &[&str]) -> Shown {
        let ids = (1..).map(SourceId);
        let cameras = ids.zip(cameras.iter().map(ToString::to_string)).collect();
        self.send(DatasetRequest::Show { episode, cameras });
        self.shown(|shown| shown.episode == episode)
    }

    fn shown(&mut self, wanted: impl Fn(&Shown) -> bool) -> Shown {
        self.until(|engine, _| Some(engine.poll_shown()?.1).filter(|shown| wanted(shown)))
    }

    fn send(&mut self, request: DatasetRequest) {
        self.engine.send(Request::Dataset(ID, request));
    }
}

#[test]
fn all_cameras_of_an_episode_come_together_and_are_the_right_ones() {
    let path = fixture("datasets/lerobot_v30_av1");
    let mut desk = Desk::open(&path);
    let about = desk.about();
    assert_eq!(about.kind, DatasetKind::Episodes);
    assert_eq!((about.entries.len(), about.rows), (2, 80));
    assert!(!about.texts[about.entries[1].text as usize].is_empty());
    let cameras: Vec<&str> = about.cameras.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(cameras.len(), 3);

    let first = desk.show(1, &cameras);
    assert_eq!((first.index, first.frames.len()), (0, 3));
    // Scrubbing: of many wishes the last one is what is shown in the end.
    for index in [3, 30, 8, 21] {
        desk.engine.send(Request::Seek(SourceId(2), index));
    }
    let shown = desk.shown(|shown| shown.index == 21);
    let Dataset::Episodes(mut set) = crate::data::open(&path).unwrap() else {
        panic!("episodes");
    };
    for ((_, frame), camera) in shown.frames.iter().zip(cameras) {
        let wanted = set.frame(1, 21, camera).unwrap();
        assert_eq!(frame.seq, 21);
        assert_eq!(frame.rgba(), wanted.rgba(), "{camera}");
    }
    assert!(shown.troubles.is_empty());

    let rows = desk.until(|_, events| {
        events.iter().find_map(|event| match event {
            Event::Dataset(_, DatasetEvent::Rows(rows)) => Some(Arc::clone(rows)),
            _ => None,
        })
    });
    assert_eq!((rows.episode, rows.length), (1, 40));
    let state = rows.feature("observation.state").expect("a state");
    assert_eq!(state.axes.last().map(String::as_str), Some("gripper.pos"));
    let stored = set.rows(1, &["observation.state"]).unwrap();
    let stored = stored.column("observation.state").unwrap().row(39).unwrap();
    let drawn: Vec<f64> = state
        .row(39)
        .unwrap()
        .iter()
        .map(|v| f64::from(*v))
        .collect();
    assert_eq!(drawn, stored);
    assert!(rows.feature("timestamp").is_none() && (rows.time(10) - 1.0).abs() < 1e-5);
}

#[test]
fn cameras_stay_in_step_while_they_play_to_the_end() {
    let mut desk = Desk::open(&fixture("datasets/lerobot_v30_h264"));
    let about = desk.about();
    let cameras: Vec<&str> = about.cameras.iter().map(|c| c.name.as_str()).collect();
    desk.show(0, &cameras);
    let state = PlayState {
        playing: true,
        looping: false,
        speed: 8.0,
    };
    desk.engine.send(Request::Play(SourceId(1), state));
    let mut seen = Vec::new();
    desk.until(|engine, events| {
        if let Some((_, shown)) = engine.poll_shown() {
            assert!(
                shown
                    .frames
                    .iter()
                    .all(|(_, frame)| frame.seq == shown.index)
            );
            assert_eq!(shown.frames.len(), 3);
            seen.push(shown.index);
        }
        let ended = |event: &Event| matches!(event, Event::SourceEnded(SourceId(3)));
        (seen.last() == Some(&39) && events.iter().any(ended)).then_some(())
    });
    assert!(seen.is_sorted(), "{seen:?}");
}

#[test]
fn small_pictures_come_for_what_is_in_sight() {
    let mut desk = Desk::open(&fixture("datasets/lerobot_v21_h264"));
    desk.about();
    desk.send(DatasetRequest::Thumbnails(vec![1, 0]));
    let order = desk.until(|_, events| {
        let small = events.iter().filter_map(|event| match event {
            Event::Dataset(_, DatasetEvent::Thumbnail(number, small)) => {
                let size = small.as_ref().expect("a picture").size();
                assert!(size.width <= 128 && size.height <= 128, "{size}");
                Some(*number)
            }
            _ => None,
        });
        let small: Vec<u64> = small.collect();
        (small.len() == 2).then_some(small)
    });
    assert_eq!(order, [1, 0]);
}

#[test]
fn what_is_no_dataset_says_why() {
    let mut desk = Desk::open(&fixture("media"));
    desk.until(|_, events| {
        let told = |event: &Event| matches!(event, Event::Dataset(ID, _));
        events.iter().any(told).then_some(())
    });
    let mut desk = Desk::open(Path::new("/nowhere/at/all"));
    let why = desk.until(|_, events| {
        events.iter().find_map(|event| match event {
            Event::Dataset(_, DatasetEvent::Failed(why)) => Some(why.clone()),
            _ => None,
        })
    });
    assert!(why.contains("/nowhere/at/all"), "{why}");
}

#[test]
fn samples_are_one_timeline_with_their_targets() {
    let mut desk = Desk::open(&fixture("labels/coco"));
    let about = desk.about();
    assert_eq!(about.kind, DatasetKind::Samples);
    assert!(about.has_truth && !about.entries.is_empty());
    let shown = desk.show(0, &["samples"]);
    assert_eq!(shown.frames.len(), 1);
    let targets: Vec<u32> = about.entries.iter().map(|entry| entry.length).collect();
    let with = targets
        .iter()
        .position(|count| *count > 0)
        .expect("a target") as u64;
    desk.engine.send(Request::Seek(SourceId(1), with));
    let shown = desk.shown(|shown| shown.index == with);
    assert!(!shown.truth[0].1.is_empty());
}

#[test]
fn what_is_true_comes_with_its_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("set");
    copy(&fixture("datasets/lerobot_v30_images"), &root);
    let set = Episodes::open(&root).unwrap();
    let camera = set.info().cameras[0].name.clone();
    let line = |episode: u64, frame: u64| {
        let short = short_name(&camera);
        format!(
            r#"{{"episode":{episode},"frame":{frame},"camera":"{short}","subtask":"reach","objects":[{{"label":"mug","visible":[1,2,{frame},20],"point":null}}],"grasp":[5,6],"place":null,"trace":[]}}"#
        )
    };
    let lines: Vec<String> = (0..2)
        .flat_map(|episode| (3..10).map(move |frame| (episode, frame)))
        .map(|(episode, frame)| line(episode, frame))
        .collect();
    std::fs::write(root.join("priors.jsonl"), lines.join("\n")).unwrap();
    let mut desk = Desk::open(&root);
    assert!(desk.about().has_truth);
    let first = desk.show(1, &[&camera]);
    assert!(first.truth[0].1.is_empty() && first.note.is_empty());
    desk.engine.send(Request::Seek(SourceId(1), 7));
    let shown = desk.shown(|shown| shown.index == 7);
    let (_, truth) = &shown.truth[0];
    assert_eq!(shown.note, "reach");
    assert_eq!(truth.len(), 2);
    assert!((truth[0].points[1].x - 7.0).abs() < 1e-6);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
