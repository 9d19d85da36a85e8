//! Collecting a few short episodes for real: what is written, and that neither workers nor interruptions change it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::data::labels::LabelSet;
use crate::data::{Dataset, open};
use crate::geometry::ImageSize;
use crate::job::CancelToken;
use crate::sim::render::Renderer;
use crate::sim::tasks::{Options, Task};
use crate::sim::{Episode, Rollout};

fn config(out: &Path, episodes: usize) -> Config {
    Config {
        task: vec!["widowx_carrot_on_plate".into()],
        episodes,
        seed: 5,
        out: out.to_owned(),
        size: Some(ImageSize::new(64, 48)),
        pictures: Pictures::Png,
        workers: 1,
        ..Config::default()
    }
}

/// Whether anything can be drawn here.
fn can_draw() -> bool {
    let can = Renderer::open().is_ok();
    if !can {
        eprintln!("SKIPPED: no graphics adapter; nothing was collected");
    }
    can
}

/// Every file that must not depend on workers or interruptions.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let inside = path.strip_prefix(folder).unwrap().to_owned();
            // What was asked for differs, and the workshop is the writer's own.
            if inside == Path::new("collect.json") || inside.starts_with(".spvla") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(inside, fs::read(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn three_kinds_of_data_are_written_and_read_back() {
    if !can_draw() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("set");
    let preview = folder.path().join("sheet.png");
    let asked = Config {
        preview: Some(preview.clone()),
        ..config(&out, 1)
    };
    let report = run(&asked, &JobContext::silent(), &|_| {}).unwrap();
    assert_eq!((report.episodes(), report.gave_up), (1, 0));
    let Dataset::Episodes(set) = open(&out).unwrap() else {
        panic!("not a dataset of episodes")
    };
    assert_eq!(set.info().episodes, 1);
    let frames = set.info().frames as usize;
    let lines = |name: &str| fs::read_to_string(out.join(name)).unwrap().lines().count();
    assert_eq!(lines("priors.jsonl"), frames * set.info().cameras.len());
    assert_eq!(lines("scenes.jsonl"), 1);
    let questions = crate::data::labels::read(&out.join("grounding.jsonl")).unwrap();
    assert!(questions.samples.len() >= 15, "{}", questions.samples.len());
    assert_ids_are_unique(&questions);
    assert_eq!(questions.report.unresolved_count, 0, "{}", questions.report);
    assert!(fs::metadata(preview).unwrap().len() > 1000);
}

fn assert_alike(one: &Path, other: &Path) {
    let (one, other) = (contents(one), contents(other));
    assert_eq!(
        one.keys().collect::<Vec<_>>(),
        other.keys().collect::<Vec<_>>()
    );
    for (path, bytes) in &one {
        assert!(other[path] == *bytes, "{} differs", path.display());
    }
}

fn assert_ids_are_unique(questions: &LabelSet) {
    let ids = questions.samples.iter().map(|sample| sample.id.clone());
    let mut ids: Vec<String> = ids.map(Option::unwrap).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn questions_of_one_type_about_one_picture_have_ids_of_their_own() {
    if !can_draw() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // So many questions of one type that pictures are asked about several times.
    let asked = Config {
        mix: vec![("box".into(), 1.0)],
        questions: 60,
        stills: 3,
        views: vec!["shoulder".into()],
        size: Some(ImageSize::new(128, 96)),
        ..config(folder.path(), 2)
    };
    run(&asked, &JobContext::silent(), &|_| {}).unwrap();
    let questions = crate::data::labels::read(&folder.path().join("grounding.jsonl")).unwrap();
    let second = |id: &String| id.ends_with("_box_1");
    let ids = questions.samples.iter().filter_map(|s| s.id.as_ref());
    assert!(ids.filter(|id| second(id)).count() >= 2);
    assert_ids_are_unique(&questions);
    assert_eq!(questions.report.defects, []);
}

#[test]
fn episodes_of_a_policy_are_taken_over_and_recorded_from_there() {
    if !can_draw() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let carrot = Task::named("widowx_carrot_on_plate").unwrap();
    let played = Episode::run(carrot, 9, &Options::default()).unwrap();
    let line = serde_json::to_string(&Rollout::of(&played)).unwrap();
    fs::write(folder.path().join("rollouts.jsonl"), line + "\n").unwrap();
    let out = folder.path().join("set");
    let asked = Config {
        takeover: Some(folder.path().to_owned()),
        ..config(&out, 2)
    };
    let report = run(&asked, &JobContext::silent(), &|_| {}).unwrap();
    assert_eq!((report.episodes(), report.gave_up), (2, 0));
    let Dataset::Episodes(set) = open(&out).unwrap() else {
        panic!("not a dataset of episodes")
    };
    let scenes = fs::read_to_string(out.join("scenes.jsonl")).unwrap();
    let number = |line: &str, name: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let scene = &line["scene"];
        match &scene[name] {
            serde_json::Value::Array(all) => all.len() as u64,
            number => number.as_u64().unwrap(),
        }
    };
    let own = |line: &str| number(line, "actions") - number(line, "before");
    assert!(scenes.lines().all(|line| number(line, "before") >= 2));
    assert_eq!(scenes.lines().map(own).sum::<u64>(), set.info().frames);
}

#[test]
fn a_strangers_rollouts_are_believed_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let carrot = Task::named("widowx_carrot_on_plate").unwrap();
    let played = Episode::run(carrot, 9, &Options::default()).unwrap();
    let whole = serde_json::to_value(Rollout::of(&played)).unwrap();
    let refused = |at: &str, value: serde_json::Value| {
        let mut line = whole.clone();
        *line.pointer_mut(at).unwrap() = value;
        fs::write(folder.path().join("rollouts.jsonl"), line.to_string()).unwrap();
        let asked = Config {
            takeover: Some(folder.path().to_owned()),
            ..config(&folder.path().join("set"), 1)
        };
        run(&asked, &JobContext::silent(), &|_| {})
            .unwrap_err()
            .to_string()
    };
    assert!(refused("/hz", 0.into()).contains("line 1 is broken: 0 steps"));
    assert!(refused("/hz", 10.into()).contains("10 steps a second, the task has widowx and 5"));
    assert!(refused("/scene/goal/source", 99.into()).contains("speaks of more than"));
    assert!(refused("/scene/objects", serde_json::json!([])).contains("0 things"));
    assert!(refused("/scene/arm/robot", "google".into()).contains("google"));
    let far = serde_json::json!([{ "Shift": { "step": 3, "object": 70, "by": [0.0, 0.0], "turn": 0.0 } }]);
    let said = refused("/perturbations", far);
    assert!(said.contains("line 1 is broken"), "{said}");
}

#[test]
fn neither_workers_nor_a_stop_change_a_byte() {
    if !can_draw() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (whole, parts) = (folder.path().join("whole"), folder.path().join("parts"));
    let several = |workers, out: &Path| Config {
        workers,
        ..config(out, 3)
    };
    let heard = Mutex::new(Vec::new());
    let hear = |finished: &Finished| heard.lock().unwrap().push(finished.slot);
    run(&several(2, &whole), &JobContext::silent(), &hear).unwrap();
    // Whoever is done first, episodes are written and told of in their order.
    assert_eq!(heard.into_inner().unwrap(), [0, 1, 2]);
    let more = folder.path().join("more");
    run(&several(3, &more), &JobContext::silent(), &|_| {}).unwrap();
    assert_alike(&whole, &more);
    let cancel = CancelToken::default();
    let context = JobContext {
        cancel: cancel.clone(),
        progress: &|_| {},
    };
    // Stops as soon as the first episode is written.
    let small = config(&parts, 3);
    let stopped = run(&small, &context, &|_| cancel.cancel());
    assert!(
        matches!(stopped, Err(CollectError::Cancelled(_))),
        "{stopped:?}"
    );
    let resumed = Config {
        resume: true,
        ..small
    };
    let report = run(&resumed, &JobContext::silent(), &|_| {}).unwrap();
    assert_eq!(report.resumed, 1);
    assert_alike(&whole, &parts);
}

#[test]
fn stills_are_questions_without_a_dataset() {
    if !can_draw() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (whole, parts) = (folder.path().join("whole"), folder.path().join("parts"));
    let stills = |out: &Path, episodes| Config {
        stills: 3,
        views: vec!["shoulder".into()],
        ..config(out, episodes)
    };
    run(&stills(&whole, 2), &JobContext::silent(), &|_| {}).unwrap();
    let lines = |name: &str| {
        fs::read_to_string(whole.join(name))
            .unwrap()
            .lines()
            .count()
    };
    assert_eq!(lines("priors.jsonl"), 2 * 3);
    let questions = crate::data::labels::read(&whole.join("grounding.jsonl")).unwrap();
    assert!(questions.samples.len() >= 10, "{}", questions.samples.len());
    assert_ids_are_unique(&questions);
    assert_eq!(questions.report.unresolved_count, 0, "{}", questions.report);
    assert!(!whole.join("meta").exists());
    // One now and one later are the same two.
    let group = Plan::new(&stills(&parts, 2)).unwrap().groups[0].clone();
    assert_eq!(group.slots, 2);
    run(&stills(&parts, 1), &JobContext::silent(), &|_| {}).unwrap();
    let again = Config {
        resume: true,
        ..stills(&parts, 2)
    };
    run(&again, &JobContext::silent(), &|_| {}).unwrap();
    assert_eq!(contents(&whole), contents(&parts));
    // Neither kind goes over the other, and none is begun twice.
    for other in [stills(&whole, 2), config(&whole, 2)] {
        let refused = run(&other, &JobContext::silent(), &|_| {});
        assert!(matches!(refused, Err(CollectError::OtherPlan { .. })));
    }
}

#[test]
fn what_cannot_be_collected_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |change: &dyn Fn(&mut Config)| {
        let mut asked = config(&folder.path().join("set"), 1);
        change(&mut asked);
        run(&asked, &JobContext::silent(), &|_| {})
            .unwrap_err()
            .to_string()
    };
    assert!(refused(&|c| c.task = vec!["juggle".into()]).contains("juggle"));
    assert!(refused(&|c| c.views = vec!["moon".into()]).contains("moon"));
    assert!(refused(&|c| c.mix = vec![("smell".into(), 1.0)]).contains("smell"));
    assert!(refused(&|c| c.mix = vec![("box".into(), 0.0)]).contains("zero"));
    assert!(refused(&|c| c.episodes = 0).contains("episodes"));
    let rollouts = folder.path().join("rollouts.jsonl");
    let told = |text: &str| {
        fs::write(&rollouts, text).unwrap();
        refused(&|c| c.takeover = Some(folder.path().to_owned()))
    };
    assert!(told("").contains("none of widowx_carrot_on_plate"));
    assert!(told("\n{\"scene\":3}\n").contains("line 2"));
    fs::remove_file(&rollouts).unwrap();
    assert!(refused(&|c| c.takeover = Some(rollouts.clone())).contains("rollouts.jsonl"));
}
