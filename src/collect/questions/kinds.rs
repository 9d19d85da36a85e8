//! The types of questions: one row of [`KINDS`] and one function each.

use rand::Rng as _;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand_chacha::ChaCha8Rng;

use super::super::priors::{ObjectPrior, Priors};
use crate::geometry::ImagePoint;
use crate::grounding::prompt::Task;
use crate::grounding::{Grounding, GroundingKind};
use crate::sim::episode::EpisodeRecord;
use crate::sim::instruction::{self, Attribute, descriptions};

/// What a question is drawn from.
pub(super) struct Asked<'a> {
    pub record: &'a EpisodeRecord,
    pub priors: &'a Priors,
}

/// A question and its answer, or nothing if the picture does not allow one.
type Ask = fn(&Asked<'_>, &mut ChaCha8Rng) -> Option<(String, String)>;

/// A type of questions.
pub(super) struct Kind {
    pub name: &'static str,
    /// Its share: thousands of samples in the paper's composition table (box 879, trace 684, point 832, general 637),
    /// shared out over our types of points and general questions.
    pub weight: f64,
    pub ask: Ask,
}

/// Every type.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "box",
        weight: 879.0,
        ask: bounding_box,
    },
    Kind {
        name: "trace",
        weight: 684.0,
        ask: trace,
    },
    Kind {
        name: "point",
        weight: 632.0,
        ask: point,
    },
    Kind {
        name: "place",
        weight: 200.0,
        ask: place,
    },
    Kind {
        name: "plan",
        weight: 237.0,
        ask: plan,
    },
    Kind {
        name: "count",
        weight: 130.0,
        ask: count,
    },
    Kind {
        name: "relation",
        weight: 135.0,
        ask: relation,
    },
    Kind {
        name: "caption",
        weight: 135.0,
        ask: caption,
    },
];

/// Wordings that the planner knows a task by; those that ask for other units or answers are left out.
const WORDINGS: &[&str] = &[
    "Bounding box",
    "Qwen JSON",
    "Short",
    "Several spots",
    "Trace",
    "End effector",
];

fn wording(task: Task, what: &str, random: &mut ChaCha8Rng) -> Option<String> {
    let fit: Vec<_> = task
        .presets()
        .filter(|preset| WORDINGS.contains(&preset.name))
        .collect();
    fit.choose(random).map(|preset| preset.render(what))
}

fn answer(kind: GroundingKind, points: &[[f64; 2]], label: &str) -> String {
    let points = points
        .iter()
        .map(|[x, y]| ImagePoint::new(*x as f32, *y as f32))
        .collect();
    (kind.spec().answer)(&[Grounding::new(kind, points).labelled(label)])
}

impl Asked<'_> {
    /// A thing that is seen well enough, and an expression that fits it alone.
    fn thing(&self, random: &mut ChaCha8Rng) -> Option<(&ObjectPrior, String)> {
        let seen: Vec<&ObjectPrior> = self
            .priors
            .objects
            .iter()
            .filter(|object| object.askable)
            .collect();
        let object = *seen.choose(random)?;
        let names = descriptions(&self.record.scene, object.index);
        // Places change while the arm works; what a thing is does not.
        let lasting: Vec<_> = names
            .iter()
            .filter(|name| !matches!(name.by, Attribute::Relation | Attribute::Order))
            .collect();
        let name = lasting.choose(random)?;
        Some((object, name.text.trim_start_matches("the ").to_owned()))
    }
}

fn bounding_box(about: &Asked<'_>, random: &mut ChaCha8Rng) -> Option<(String, String)> {
    let (object, name) = about.thing(random)?;
    let [x1, y1, x2, y2] = object.visible?;
    let question = wording(Task::Box, &name, random)?;
    Some((
        question,
        answer(GroundingKind::Box, &[[x1, y1], [x2, y2]], &name),
    ))
}

fn point(about: &Asked<'_>, random: &mut ChaCha8Rng) -> Option<(String, String)> {
    let (object, name) = about.thing(random)?;
    let question = match random.random_range(0..3) {
        0 => wording(Task::Point, &format!("the {name}"), random)?,
        1 => format!("Point to the {name}."),
        _ => format!("Where is the {name}? Answer with a point."),
    };
    Some((
        question,
        answer(GroundingKind::Point, &[object.point?], &name),
    ))
}

/// Where the thing at hand is to be gripped, or put.
fn place(about: &Asked<'_>, random: &mut ChaCha8Rng) -> Option<(String, String)> {
    let told = about.record.scene.instruction.trim_end_matches('.');
    let grasp = about.priors.grasp.filter(|_| random.random_bool(0.5));
    let (question, spot, label) = match (grasp, about.priors.place) {
        (Some(spot), _) => ("Where should the gripper take hold", spot, "grasp"),
        (None, Some(spot)) => ("Where should the gripper let go", spot, "place"),
        (None, None) => return None,
    };
    let question = format!("{question} to do this: {told}? Answer with a point.");
    Some((question, answer(GroundingKind::Point, &[spot], label)))
}

fn trace(about: &Asked<'_>, random: &mut ChaCha8Rng) -> Option<(String, String)> {
    let way = &about.priors.trace;
    let ([first, ..], [.., last]) = (way.as_slice(), way.as_slice()) else {
        return None;
    };
    // A way that goes nowhere teaches nothing.
    let long = (first[0] - last[0]).hypot(first[1] - last[1]);
    if way.len() < 2 || long < 4.0 {
        return None;
    }
    let told = about.record.scene.instruction.trim_end_matches('.');
    let question = wording(Task::Trace, told, random)?;
    Some((question, answer(GroundingKind::Trace, way, "gripper")))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every type is asked in the same way"
)]
fn plan(about: &Asked<'_>, random: &mut ChaCha8Rng) -> Option<(String, String)> {
    let scene = &about.record.scene;
    let told = scene.instruction.trim_end_matches('.');
    if random.random_bool(0.5) {
        let question = format!("The task is: {told}. What is the arm doing now?");
        return Some((question, capitalised(&about.priors.subtask)));
    }
    let parts: Vec<String> = (0..scene.goal.parts().len())
        .map(|part| {
            format!(
                "{}. {}.",
                part + 1,
                capitalised(&instruction::part(scene, part)).trim_end_matches('.')
            )
        })
        .collect();
    Some((
        format!("The task is: {told}. List the steps."),
        parts.join("\n"),
    ))
}

fn count(about: &Asked<'_>, random: &mut ChaCha8Rng) -> Option<(String, String)> {
    let objects = &about.priors.objects;
    // Only where every thing is either seen well or not at all, so that the number is beyond doubt.
    if objects
        .iter()
        .any(|object| object.visible.is_some() != object.askable)
    {
        return None;
    }
    let spec = |object: &ObjectPrior| about.record.scene.objects[object.index].spec;
    let seen: Vec<&ObjectPrior> = objects.iter().filter(|object| object.askable).collect();
    if random.random_bool(0.3) {
        return Some((
            "How many things lie on the table?".into(),
            seen.len().to_string(),
        ));
    }
    let colour = spec(seen.choose(random)?).colour;
    let number = seen
        .iter()
        .filter(|object| spec(object).colour == colour)
        .count();
    Some((
        format!("How many {} things are there?", colour.name()),
        number.to_string(),
    ))
}

/// Left or right of each other, as the picture shows it.
fn relation(about: &Asked<'_>, random: &mut ChaCha8Rng) -> Option<(String, String)> {
    let (a, a_name) = about.thing(random)?;
    let (b, b_name) = about.thing(random)?;
    let ([ax, ay], [bx, by]) = (a.point?, b.point?);
    let (dx, dy) = (bx - ax, by - ay);
    if a.index == b.index || dx.abs().max(dy.abs()) < 12.0 {
        return None;
    }
    let (side, other, holds) = match (dx.abs() > dy.abs(), random.random_bool(0.5)) {
        (true, true) => ("to the left of", "to the right of", dx > 0.0),
        (true, false) => ("to the right of", "to the left of", dx < 0.0),
        (false, true) => ("above", "below", dy > 0.0),
        (false, false) => ("below", "above", dy < 0.0),
    };
    let question = format!("In the picture, is the {a_name} {side} the {b_name}?");
    let answer = if holds {
        format!("Yes, the {a_name} is {side} the {b_name}.")
    } else {
        format!("No, the {a_name} is {other} the {b_name}.")
    };
    Some((question, answer))
}

fn caption(about: &Asked<'_>, random: &mut ChaCha8Rng) -> Option<(String, String)> {
    let mut names: Vec<&str> = about
        .priors
        .objects
        .iter()
        .filter(|object| object.askable)
        .map(|object| object.label.as_str())
        .collect();
    names.shuffle(random);
    let listed = match names.as_slice() {
        [] => return None,
        [one] => format!("{} {one}", article(one)),
        [all @ .., last] => {
            let all: Vec<String> = all
                .iter()
                .map(|name| format!("{} {name}", article(name)))
                .collect();
            format!("{} and {} {last}", all.join(", "), article(last))
        }
    };
    Some((
        "Describe the scene in one sentence.".into(),
        format!("A robot arm works at a table with {listed}."),
    ))
}

fn article(name: &str) -> &'static str {
    if name.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first
        .into_iter()
        .flatten()
        .chain(letters)
        .chain(['.'])
        .collect()
}
