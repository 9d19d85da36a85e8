//! A real run, small as can be, from the window's side: held, stopped, resumed, and ended by a fault.

use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use super::*;
use crate::model::device::DeviceChoice;
use crate::train::{BatchConfig, LabelSource, NewModel};

/// Pictures of 56 x 56 pixels with one square each, and a question about it.
fn labels(folder: &Path) -> PathBuf {
    let mut lines = String::new();
    for number in 0..6_u32 {
        let (x, y) = (number * 7 % 30, number * 11 % 28);
        let picture = image::RgbImage::from_fn(56, 56, |px, py| {
            let inside = (x..x + 20).contains(&px) && (y..y + 20).contains(&py);
            image::Rgb(if inside { [220, 30, 30] } else { [90, 90, 90] })
        });
        picture.save(folder.join(format!("{number}.png"))).unwrap();
        let (right, lower) = (x + 20, y + 20);
        lines += &serde_json::json!({
            "image": format!("{number}.png"), "width": 56, "height": 56,
            "conversations": [
                { "from": "human", "value": "<image>\nGive the bounding box for the red square." },
                { "from": "gpt", "value": format!("[{{\"bbox_2d\": [{x}, {y}, {right}, {lower}], \"label\": \"red square\"}}]") },
            ],
        }).to_string();
        lines.push('\n');
    }
    let path = folder.join("grounding.jsonl");
    std::fs::write(&path, lines).unwrap();
    path
}

fn config(folder: &Path, labels: PathBuf) -> RunConfig {
    let mut config = RunConfig {
        folder: folder.join("run"),
        device: DeviceChoice::Cpu,
        steps: 1000,
        save_every: 500,
        ..RunConfig::default()
    };
    config.model.new = Some(NewModel {
        width: 32,
        layers: 1,
        heads: 2,
        shared_heads: 1,
        inner: 32,
        vision_width: 32,
        vision_layers: 1,
        vision_heads: 2,
        vision_inner: 32,
        ..NewModel::default()
    });
    config.picture.size = [56, 56];
    config.labels = vec![LabelSource {
        path: labels,
        ..LabelSource::default()
    }];
    config.batch = BatchConfig {
        pictures: 1,
        questions: 1,
        ..BatchConfig::default()
    };
    config
}

struct Bench {
    training: Training,
    sink: Sink,
    events: Receiver<Event>,
}

impl Bench {
    fn new() -> Self {
        let (sender, events) = sync_channel(64);
        let sink = Sink {
            events: sender,
            wake: Arc::new(|_| {}),
        };
        Self {
            training: Training::default(),
            sink,
            events,
        }
    }

    fn order(&mut self, order: TrainOrder) {
        self.training.order(order, &self.sink);
    }

    fn event(&self) -> TrainEvent {
        match self.events.recv_timeout(Duration::from_mins(2)) {
            Ok(Event::Train(event)) => event,
            other => panic!("{other:?}"),
        }
    }

    /// Steps that came since the last time.
    fn told(&mut self) -> Vec<u64> {
        let news = self.training.news().unwrap_or_default();
        news.steps.iter().map(|step| step.step).collect()
    }

    /// Steps until at least one more came.
    fn steps(&mut self) -> Vec<u64> {
        let end = Instant::now() + Duration::from_mins(2);
        loop {
            assert!(Instant::now() < end, "no step came");
            let told = self.told();
            if !told.is_empty() {
                return told;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn a_run_is_held_stopped_and_resumed_with_no_step_lost() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path(), labels(folder.path()));
    let mut bench = Bench::new();
    bench.order(TrainOrder::Start(Box::new(config.clone())));
    let mut seen = bench.steps();
    bench.order(TrainOrder::Pause);
    let TrainEvent::Paused(held) = bench.event() else {
        panic!("it was not held")
    };
    seen.extend(bench.told());
    assert_eq!(seen.last(), Some(&held));
    std::thread::sleep(Duration::from_millis(100));
    assert!(
        bench.training.news().is_none(),
        "it went on while it was held"
    );
    bench.order(TrainOrder::Continue);
    seen.extend(bench.steps());
    bench.order(TrainOrder::Stop);
    let TrainEvent::Done(report) = bench.event() else {
        panic!("it did not save")
    };
    seen.extend(bench.told());
    assert!(report.stopped && report.checkpoint.is_some());
    assert_eq!(seen, (1..=report.steps).collect::<Vec<u64>>());

    bench.order(TrainOrder::ReadRun(config.folder.clone()));
    let TrainEvent::Run(record) = bench.event() else {
        panic!("the folder is a run")
    };
    assert!(record.resumable && record.bad_lines == 0);
    assert_eq!(
        record.curves.last().map(|last| last.step),
        Some(report.steps)
    );
    assert_eq!(
        record.checkpoints.last().map(|(step, _)| *step),
        Some(report.steps)
    );
    assert_eq!(record.config.as_ref().map(|read| read.steps), Ok(1000));

    bench.order(TrainOrder::Resume(Box::new(config)));
    assert_eq!(bench.steps().first(), Some(&(report.steps + 1)));
    // A window that closes lets the run save.
    let path = record.folder.join("checkpoints");
    drop(bench.training);
    assert!(std::fs::read_dir(path).unwrap().count() >= 1);
    assert!(matches!(
        bench.events.recv_timeout(Duration::from_mins(1)),
        Ok(Event::Train(TrainEvent::Done(_)))
    ));
}

#[test]
fn a_run_that_cannot_begin_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::new();
    let missing = config(folder.path(), folder.path().join("nothing.jsonl"));
    bench.order(TrainOrder::Start(Box::new(missing)));
    let TrainEvent::Failed(failure) = bench.event() else {
        panic!("there is nothing to learn from")
    };
    assert!(
        failure.text.contains("nothing.jsonl") && !failure.crashed,
        "{failure:?}"
    );
    assert_eq!(failure.step, None);
}

#[test]
fn datasets_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = labels(folder.path());
    let mut bench = Bench::new();
    bench.order(TrainOrder::Count(path.clone()));
    let TrainEvent::Counted(of, found) = bench.event() else {
        panic!()
    };
    assert_eq!(
        (of, found.map(|count| (count.samples, count.questions))),
        (path, Ok((6, 6)))
    );
    bench.order(TrainOrder::Count("/nowhere".into()));
    let TrainEvent::Counted(_, found) = bench.event() else {
        panic!()
    };
    assert!(found.unwrap_err().contains("/nowhere"));
}
