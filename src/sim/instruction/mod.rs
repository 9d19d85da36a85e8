//! What the arm is told: a wording of the task with names that fit one thing each.
//!
//! English. Every family has at least twelve wordings for training and three kept from it.

mod describe;
mod phrases;

use rand::Rng as _;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

use super::cabinet::DRAWERS;
use super::expert::Phase;
use super::goal::Goal;
use super::relation::Relation;
use super::scene::Scene;
use super::tasks::{Family, Split};

pub use describe::{Attribute, Description, descriptions, fitting};
pub use phrases::wordings;

/// Gives a thing of a scene its name.
type Name<'a> = dyn FnMut(&Scene, usize) -> String + 'a;

/// The instruction of a scene: a random wording of its split, with random names.
#[must_use]
pub fn instruction(scene: &Scene, family: Family, words: Split, random: &mut ChaCha8Rng) -> String {
    let wording = wordings(family, words)
        .choose(random)
        .copied()
        .unwrap_or("do the task");
    let text = filled(scene, wording, &scene.goal, &mut |scene, index| {
        name(scene, index, random)
    });
    sentence(&text)
}

/// The instruction as `SimplerEnv` words it, or the plainest wording where it has none.
#[must_use]
pub fn plain(scene: &Scene, family: Family) -> String {
    let wording = match scene.task.as_str() {
        "widowx_carrot_on_plate" => "put carrot on plate",
        "widowx_put_eggplant_in_basket" => "put eggplant into yellow basket",
        "google_place_apple_in_closed_top_drawer" => "open top drawer",
        task if task.starts_with("google_pick") => "pick coke can",
        task if task.starts_with("google_open") => "open {d} drawer",
        task if task.starts_with("google_close") => "close {d} drawer",
        "google_move_near" => "move {s} near {t}",
        _ => wordings(family, Split::Seen)[0],
    };
    let bare = scene.task.starts_with("google");
    filled(scene, wording, &scene.goal, &mut |scene, index| {
        let plainest = plainest(scene, index);
        if bare {
            plainest.trim_start_matches("the ").to_owned()
        } else {
            plainest
        }
    })
}

/// What one part of the goal is called, for goals of several parts.
#[must_use]
pub fn part(scene: &Scene, part: usize) -> String {
    let goals = scene.goal.parts();
    let goal = &goals[part.min(goals.len().saturating_sub(1))];
    let wording = match goal {
        Goal::On { .. } => "put {s} on {t}",
        Goal::Inside { .. } => "put {s} into {t}",
        Goal::Lifted { .. } => "pick up {s}",
        Goal::Near { .. } => "move {s} near {t}",
        Goal::Placed { .. } => "put {s} {r}",
        Goal::Pushed { .. } => "push {s} {w}",
        Goal::Opened { .. } => "open the {d} drawer",
        Goal::Closed { .. } => "close the {d} drawer",
        Goal::InDrawer { .. } => "place {s} into the {d} drawer",
        Goal::All { .. } => "do the task",
    };
    filled(scene, wording, goal, &mut |scene, index| {
        plainest(scene, index)
    })
}

/// What the arm is doing in a phase of a part.
#[must_use]
pub fn subtask(scene: &Scene, index: usize, phase: Phase) -> String {
    let goals = scene.goal.parts();
    let goal = &goals[index.min(goals.len().saturating_sub(1))];
    let what = match (goal.source(), goal) {
        (Some(source), _) => plainest(scene, source),
        (None, Goal::Opened { drawer, .. } | Goal::Closed { drawer, .. }) => {
            format!("the {} drawer's handle", drawer_name(*drawer))
        }
        _ => "the thing".into(),
    };
    match phase {
        Phase::PreGrasp => format!("move over to {what}"),
        Phase::Grasp => format!("grasp {what}"),
        Phase::PostGrasp => format!("lift {what}"),
        Phase::PrePlace => format!("carry {what} to its place"),
        Phase::Place => format!("put {what} down and let go"),
        Phase::PostPlace => "move away".into(),
        Phase::Pull => "pull the drawer open".into(),
        Phase::Push => format!("push {what}"),
        Phase::Settle => "wait".into(),
    }
}

/// A random expression that fits this thing alone.
fn name(scene: &Scene, index: usize, random: &mut ChaCha8Rng) -> String {
    let all = descriptions(scene, index);
    // Plain names most of the time, as people speak.
    let plain = all.first().filter(|_| random.random_bool(0.4));
    let chosen = plain.or_else(|| all.choose(random));
    chosen.map_or_else(
        || describe::label(scene, index),
        |description| description.text.clone(),
    )
}

fn plainest(scene: &Scene, index: usize) -> String {
    descriptions(scene, index)
        .first()
        .map_or_else(|| describe::label(scene, index), |first| first.text.clone())
}

fn drawer_name(drawer: usize) -> &'static str {
    DRAWERS.get(drawer).copied().unwrap_or("top")
}

/// The wording with its places filled: source, target, relation, way, drawer, and second pair of a sorting task.
fn filled(scene: &Scene, wording: &str, goal: &Goal, name: &mut Name<'_>) -> String {
    let mut text = wording.to_owned();
    let parts = goal.parts();
    for (part, suffix) in parts.iter().zip(["", "2"]) {
        let mut fill = |key: &str, value: &dyn Fn(&mut Name<'_>) -> String| {
            let key = format!("{{{key}{suffix}}}");
            if text.contains(&key) {
                text = text.replace(&key, &value(name));
            }
        };
        if let Some(source) = part.source() {
            fill("s", &|name| name(scene, source));
        }
        match part {
            Goal::On { target, .. } | Goal::Inside { target, .. } | Goal::Near { target, .. } => {
                fill("t", &|name| name(scene, *target));
            }
            Goal::Placed {
                relation, anchors, ..
            } => {
                fill("r", &|name| related(scene, *relation, anchors, name));
            }
            Goal::Pushed { relation, .. } => fill("w", &|_| way(*relation).into()),
            Goal::Opened { drawer, .. }
            | Goal::Closed { drawer, .. }
            | Goal::InDrawer { drawer, .. } => {
                fill("d", &|_| drawer_name(*drawer).into());
            }
            Goal::Lifted { .. } | Goal::All { .. } => {}
        }
    }
    // The thing for the drawer belongs to the second part.
    if let Some(source) = parts.iter().find_map(Goal::source) {
        text = text.replace("{s}", &name(scene, source));
    }
    text
}

fn related(scene: &Scene, relation: Relation, anchors: &[usize], name: &mut Name<'_>) -> String {
    let names: Vec<String> = anchors.iter().map(|anchor| name(scene, *anchor)).collect();
    match (relation, names.as_slice()) {
        (Relation::LeftOf, [a, ..]) => format!("to the left of {a}"),
        (Relation::RightOf, [a, ..]) => format!("to the right of {a}"),
        (Relation::InFrontOf, [a, ..]) => format!("in front of {a}"),
        (Relation::Behind, [a, ..]) => format!("behind {a}"),
        (Relation::Between, [a, b, ..]) => format!("between {a} and {b}"),
        _ => "there".into(),
    }
}

fn way(relation: Relation) -> &'static str {
    match relation {
        Relation::LeftOf => "to the left",
        Relation::RightOf => "to the right",
        Relation::InFrontOf => "towards yourself",
        Relation::Behind => "away from yourself",
        Relation::Between => "to the middle",
    }
}

/// With a capital at the start where it ends like a sentence.
fn sentence(text: &str) -> String {
    let ends = text.ends_with(['.', '?', '!']);
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if ends => first.to_uppercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
