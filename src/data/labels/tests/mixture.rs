//! Mixtures keep their promises: quotas, seeds, nothing of an evaluation set.

use std::path::Path;

use super::picture;
use crate::data::labels::mix::{MixConfig, MixError, MixType, PAPER_SHARES, mix};
use crate::data::labels::{ImageRef, LabelSet, Sample};
use crate::grounding::prompt::Task;

fn set(name: &str, tasks: &[(Task, usize)]) -> LabelSet {
    let samples = tasks
        .iter()
        .flat_map(|(task, count)| (0..*count).map(move |i| (*task, i)));
    let samples = samples.map(|(task, i)| Sample {
        images: vec![ImageRef {
            path: format!("{name}/{task}/{i}.jpg"),
            ..ImageRef::default()
        }],
        task,
        phrase: Some(format!("{i}")),
        ..Sample::default()
    });
    LabelSet {
        samples: samples.collect(),
        ..LabelSet::default()
    }
}

fn config(total: Option<usize>, weights: &[f64]) -> MixConfig {
    let sets: Vec<_> = weights
        .iter()
        .enumerate()
        .map(|(i, weight)| serde_json::json!({"name": format!("set{i}"), "path": "x", "weight": weight}))
        .collect();
    serde_json::from_value(serde_json::json!({"seed": 7, "total": total, "sets": sets})).unwrap()
}

#[test]
fn shares_are_kept_to_the_sample() {
    let sets = [
        set(
            "a",
            &[(Task::Box, 400), (Task::Chat, 300), (Task::Plan, 300)],
        ),
        set(
            "b",
            &[(Task::Box, 600), (Task::Point, 900), (Task::Trace, 100)],
        ),
    ];
    let mut config = config(Some(1000), &[1.0, 0.5]);
    config.shares = PAPER_SHARES.into();
    let drawn = mix(&config, &sets, &[]).unwrap();
    assert_eq!(drawn.draws.len(), 1000);
    let of = |kind| {
        drawn
            .counts
            .values()
            .filter_map(|counts| counts.get(&kind))
            .sum::<u64>()
    };
    // 637 : 879 : 684 : 832 of 3032.
    let parts = [
        MixType::General,
        MixType::Box,
        MixType::Trace,
        MixType::Point,
    ]
    .map(of);
    assert_eq!(parts, [210, 290, 226, 274]);
    // Only 100 traces are there.
    assert_eq!(drawn.repeats, 126);
    // 400 x 1.0 against 600 x 0.5.
    assert_eq!(drawn.counts["set0"][&MixType::Box], 166);
}

#[test]
fn the_seed_decides() {
    let sets = [set("a", &[(Task::Box, 500)])];
    let drawn = |seed| {
        let mut config = config(Some(100), &[1.0]);
        config.seed = seed;
        mix(&config, &sets, &[]).unwrap().draws
    };
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
    let mut unique = drawn(1);
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), 100);
}

#[test]
fn a_weight_alone_draws_a_part() {
    let sets = [set("a", &[(Task::Chat, 50)]), set("b", &[(Task::Box, 10)])];
    let drawn = mix(&config(None, &[0.5, 2.0]), &sets, &[]).unwrap();
    assert_eq!(
        (
            drawn.counts["set0"][&MixType::General],
            drawn.counts["set1"][&MixType::Box]
        ),
        (25, 20)
    );
}

#[test]
fn nothing_held_out_and_nothing_twice_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let of_files = |names: &[(&str, u8)]| {
        let samples = names.iter().map(|(name, luma)| {
            let path = folder.path().join(name);
            picture(&path, 8, 8, *luma);
            Sample {
                images: vec![ImageRef {
                    path: (*name).to_owned(),
                    file: Some(path),
                    ..ImageRef::default()
                }],
                phrase: Some("cup".into()),
                ..Sample::default()
            }
        });
        LabelSet {
            samples: samples.collect(),
            ..LabelSet::default()
        }
    };
    let train = of_files(&[
        ("a.png", 1),
        ("copy_of_a.png", 1),
        ("b.png", 2),
        ("c.png", 3),
    ]);
    let mut test = of_files(&[("other_name_of_b.png", 2)]);
    test.samples[0].phrase = Some("other words".into());
    let drawn = mix(&config(None, &[1.0]), &[train], &[test]).unwrap();
    let mut samples: Vec<usize> = drawn.draws.iter().map(|draw| draw.sample).collect();
    samples.sort_unstable();
    assert_eq!(samples, [0, 3]);
    assert_eq!((drawn.duplicates, drawn.held_out), (1, 1));
}

#[test]
fn nonsense_is_refused_and_missing_types_are_said() {
    let sets = [set("a", &[(Task::Box, 5)])];
    assert!(matches!(
        mix(&config(None, &[-1.0]), &sets, &[]),
        Err(MixError::Weight(..))
    ));
    assert!(matches!(
        mix(&config(None, &[0.0]), &sets, &[]),
        Err(MixError::Empty)
    ));
    assert!(matches!(
        mix(&config(None, &[1.0, 1.0]), &sets, &[]),
        Err(MixError::Sets { .. })
    ));
    let mut config = config(Some(10), &[1.0]);
    config.shares = [(MixType::Trace, 1.0), (MixType::Box, 1.0)].into();
    let drawn = mix(&config, &sets, &[]).unwrap();
    assert_eq!((drawn.draws.len(), drawn.missing[&MixType::Trace]), (5, 5));
    assert!(!Path::new("x").exists());
}
