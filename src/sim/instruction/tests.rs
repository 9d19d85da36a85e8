//! Wordings and names: enough of them, without gaps, fitting one thing each.

use std::collections::BTreeSet;

use super::*;
use crate::sim::tasks::{Options, TASKS};

const FAMILIES: [Family; 11] = [
    Family::PutOn,
    Family::PutIn,
    Family::Stack,
    Family::Pick,
    Family::Near,
    Family::Open,
    Family::Close,
    Family::DrawerPlace,
    Family::Relation,
    Family::Sort,
    Family::Push,
];

#[test]
fn every_family_has_twelve_wordings_and_three_kept_ones_all_different() {
    for family in FAMILIES {
        let (seen, unseen) = (
            wordings(family, Split::Seen),
            wordings(family, Split::Unseen),
        );
        assert!(seen.len() >= 12 && unseen.len() >= 2, "{family:?}");
        let all: BTreeSet<&str> = seen.iter().chain(unseen).copied().collect();
        assert_eq!(all.len(), seen.len() + unseen.len(), "{family:?}");
    }
}

#[test]
fn every_task_is_worded_without_gaps_and_names_fit_one_thing() {
    let mut by = BTreeSet::new();
    for task in TASKS {
        let mut said = BTreeSet::new();
        for seed in 0..12 {
            let scene = task.draw(seed, &Options::default()).scene;
            assert!(
                !scene.instruction.contains(['{', '}']),
                "{}: {}",
                task.name,
                scene.instruction
            );
            assert!(
                !plain(&scene, task.family).contains(['{', '}']),
                "{}",
                task.name
            );
            said.insert(scene.instruction.clone());
            for index in 0..scene.objects.len() {
                let descriptions = descriptions(&scene, index);
                by.extend(
                    descriptions
                        .iter()
                        .map(|description| format!("{:?}", description.by)),
                );
                for other in (0..scene.objects.len()).filter(|other| *other != index) {
                    let theirs = super::descriptions(&scene, other);
                    assert!(
                        descriptions
                            .iter()
                            .all(|d| theirs.iter().all(|t| t.text != d.text)),
                        "{scene:?}"
                    );
                }
            }
        }
        assert!(said.len() >= 6, "{}: {said:?}", task.name);
    }
    assert!(by.len() >= 6, "{by:?}");
}

#[test]
fn the_benchmarks_words_are_the_originals() {
    let said = |name: &str| {
        let task = crate::sim::tasks::Task::named(name).expect("a task");
        plain(&task.draw(3, &Options::default()).scene, task.family)
    };
    assert_eq!(said("widowx_spoon_on_towel"), "put the spoon on the towel");
    assert_eq!(said("widowx_carrot_on_plate"), "put carrot on plate");
    assert_eq!(
        said("widowx_stack_cube"),
        "stack the green block on the yellow block"
    );
    assert_eq!(said("google_open_middle_drawer"), "open middle drawer");
    assert_eq!(said("google_pick_standing_coke_can"), "pick coke can");
}

#[test]
fn two_blocks_are_told_apart_by_colour() {
    let task = crate::sim::tasks::Task::named("widowx_stack_cube").expect("a task");
    let scene = task.draw(1, &Options::default()).scene;
    for index in 0..2 {
        let descriptions = descriptions(&scene, index);
        assert!(
            descriptions
                .iter()
                .all(|description| description.text != "the block")
        );
        assert!(
            descriptions
                .iter()
                .any(|description| description.by == Attribute::Colour)
        );
    }
}

#[test]
fn things_that_are_alike_are_told_by_order_and_nearness() {
    let task = crate::sim::tasks::Task::named("pick_which").expect("a task");
    let mut said = Vec::new();
    for seed in 0..24 {
        let scene = task.draw(seed, &Options::default()).scene;
        let alike = scene.objects.len() - 1;
        for index in 0..alike {
            let all = descriptions(&scene, index);
            assert!(
                all.iter()
                    .all(|d| matches!(d.by, Attribute::Order | Attribute::Relation)),
                "{all:?}"
            );
            assert!(!all.is_empty(), "{scene:?}");
            said.extend(all.into_iter().map(|description| description.text));
        }
    }
    for words in [
        "the second",
        "from the left",
        "from the right",
        "the middle",
        "the leftmost",
        "the rightmost",
        "nearest to the",
    ] {
        assert!(said.iter().any(|text| text.contains(words)), "{words}");
    }
}

#[test]
fn the_second_from_the_left_is_so_for_the_robot() {
    let task = crate::sim::tasks::Task::named("pick_which").expect("a task");
    let scene = task.draw(1, &Options::default()).scene;
    let side = |index: &usize| {
        let at = scene.objects[*index].pose.position;
        crate::sim::relation::seen_from(&scene.arm.base, at)[1]
    };
    let mut alike: Vec<usize> = (0..scene.objects.len() - 1).collect();
    alike.sort_by(|a, b| side(b).total_cmp(&side(a)));
    let texts = descriptions(&scene, alike[1]);
    let second = |d: &Description| d.text.starts_with("the second") && d.text.ends_with("left");
    assert!(texts.iter().any(second), "{texts:?}");
}
