//! Names for a thing that fit it alone: by kind, colour, material, size, group, and where it is.
//!
//! A description is a test on the things of a scene; it is only offered if exactly one passes.

use crate::sim::asset::Group;
use crate::sim::relation::{Relation, seen_from};
use crate::sim::scene::{Role, Scene, SceneObject};

/// What a description relies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attribute {
    /// The category's name.
    Name,
    /// Colour and name.
    Colour,
    /// Another name of the category.
    Synonym,
    /// Material and name.
    Material,
    /// The smallest or largest of its kind.
    Size,
    /// The only one of a group, such as fruit.
    Group,
    /// A place relative to another thing.
    Relation,
    /// The first from one side.
    Order,
}

/// An expression that fits one thing of its scene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// With its article.
    pub text: String,
    /// What it relies on.
    pub by: Attribute,
}

/// Things that count as clearly larger than others: ratio of longest sides.
const LARGER: f64 = 1.2;

/// Everything that can be called this thing and no other, the plainest first.
#[must_use]
pub fn descriptions(scene: &Scene, index: usize) -> Vec<Description> {
    let object = &scene.objects[index];
    let entry = object.spec.category.entry();
    let colour = object.spec.colour;
    let mut found = Vec::new();
    let mut offer = |by: Attribute, text: String, test: &dyn Fn(&SceneObject) -> bool| {
        if fitting(scene, test) == [index] {
            found.push(Description {
                text: with_article(&text),
                by,
            });
        }
    };
    offer(Attribute::Name, entry.name.into(), &|other| {
        is_called(other, entry.name)
    });
    offer(
        Attribute::Colour,
        format!("{} {}", colour.name(), entry.name),
        &|other| is_called(other, entry.name) && other.spec.colour == colour,
    );
    for synonym in entry.synonyms {
        offer(Attribute::Synonym, (*synonym).into(), &|other| {
            is_called(other, synonym)
        });
    }
    if let Some(material) = object.spec.material.adjective() {
        offer(
            Attribute::Material,
            format!("{material} {}", entry.name),
            &|other| {
                is_called(other, entry.name) && other.spec.material.adjective() == Some(material)
            },
        );
    }
    if let Group::Fruit | Group::Vegetable | Group::Tool | Group::Toy = entry.group {
        offer(Attribute::Group, entry.group.name().into(), &|other| {
            other.spec.category.entry().group == entry.group
        });
    }
    found.extend(by_size(scene, index));
    found.extend(by_order(scene, index));
    found.extend(by_rank(scene, index));
    found.extend(by_nearness(scene, index));
    found.extend(by_relation(scene, index));
    found
}

/// The things of a scene that pass a test.
pub fn fitting(scene: &Scene, test: &dyn Fn(&SceneObject) -> bool) -> Vec<usize> {
    (0..scene.objects.len())
        .filter(|index| test(&scene.objects[*index]))
        .collect()
}

/// Colour and name, whether that fits others or not.
pub(super) fn label(scene: &Scene, index: usize) -> String {
    let spec = scene.objects[index].spec;
    format!("the {} {}", spec.colour.name(), spec.category.entry().name)
}

fn is_called(object: &SceneObject, name: &str) -> bool {
    object
        .spec
        .category
        .entry()
        .names()
        .any(|other| other == name)
}

/// Things of the same name, itself included.
fn kin(scene: &Scene, index: usize) -> Vec<usize> {
    let name = scene.objects[index].spec.category.entry().name;
    fitting(scene, &|other| is_called(other, name))
}

/// "the large block" where the others are clearly smaller.
fn by_size(scene: &Scene, index: usize) -> Option<Description> {
    let kin = kin(scene, index);
    let own = scene.objects[index].spec.size;
    let others: Vec<f64> = kin
        .iter()
        .filter(|other| **other != index)
        .map(|other| scene.objects[*other].spec.size)
        .collect();
    let name = scene.objects[index].spec.category.entry().name;
    let word = match others.as_slice() {
        [] => return None,
        all if all.iter().all(|other| own > other * LARGER) => "large",
        all if all.iter().all(|other| own * LARGER < *other) => "small",
        _ => return None,
    };
    Some(Description {
        text: format!("the {word} {name}"),
        by: Attribute::Size,
    })
}

/// "the leftmost block" among several of a name, clearly so.
fn by_order(scene: &Scene, index: usize) -> Option<Description> {
    let kin = kin(scene, index);
    if kin.len() < 2 {
        return None;
    }
    let place = |index: usize| seen_from(&scene.arm.base, scene.objects[index].pose.position);
    let own = place(index);
    let name = scene.objects[index].spec.category.entry().name;
    let words = [
        ("leftmost", Relation::LeftOf),
        ("rightmost", Relation::RightOf),
        ("nearest", Relation::InFrontOf),
        ("farthest", Relation::Behind),
    ];
    let first = |relation: Relation| {
        let [dx, dy] = relation.direction().unwrap_or_default();
        let along = |at: [f64; 2]| at[0] * dx + at[1] * dy;
        kin.iter()
            .filter(|other| **other != index)
            .all(|other| along(own) > along(place(*other)) + APART)
    };
    let (word, _) = words.into_iter().find(|(_, relation)| first(*relation))?;
    Some(Description {
        text: format!("the {word} {name}"),
        by: Attribute::Order,
    })
}

/// Clearly farther along, metres.
const APART: f64 = 0.03;

/// "the second block from the left" among at least three of a name, all clearly beside each other.
fn by_rank(scene: &Scene, index: usize) -> Vec<Description> {
    const WORDS: [&str; 4] = ["second", "third", "fourth", "fifth"];
    let place = |index: usize| seen_from(&scene.arm.base, scene.objects[index].pose.position);
    let mut kin = kin(scene, index);
    kin.sort_by(|a, b| place(*b)[1].total_cmp(&place(*a)[1]));
    let clear = |pair: &[usize]| place(pair[0])[1] > place(pair[1])[1] + APART;
    let rank = kin.iter().position(|other| *other == index);
    let (Some(left), true) = (rank, kin.len() > 2 && kin.windows(2).all(clear)) else {
        return Vec::new();
    };
    let right = kin.len() - 1 - left;
    if left == 0 || right == 0 {
        // That is the leftmost or rightmost.
        return Vec::new();
    }
    let name = scene.objects[index].spec.category.entry().name;
    let told = |rank: usize, side: &str| {
        let word = WORDS.get(rank - 1)?;
        Some(format!("the {word} {name} from the {side}"))
    };
    let middle = (left == right).then(|| format!("the middle {name}"));
    let ranks = [told(left, "left"), told(right, "right"), middle];
    let described = |text| Description {
        text,
        by: Attribute::Order,
    };
    ranks.into_iter().flatten().map(described).collect()
}

/// "the block nearest to the plate" among several of a name, clearly so, the anchor having a name of its own.
fn by_nearness(scene: &Scene, index: usize) -> Vec<Description> {
    let kin = kin(scene, index);
    if kin.len() < 2 {
        return Vec::new();
    }
    let name = scene.objects[index].spec.category.entry().name;
    let described = |anchor: usize| {
        let entry = scene.objects[anchor].spec.category.entry();
        let called = |other: &SceneObject| is_called(other, entry.name);
        let apart = |index: usize| {
            let [a, b] = [index, anchor].map(|index| scene.objects[index].pose.position);
            (a[0] - b[0]).hypot(a[1] - b[1])
        };
        let others = || kin.iter().filter(|other| **other != index);
        let nearest = others().all(|other| apart(index) + APART < apart(*other));
        (fitting(scene, &called) == [anchor] && nearest).then(|| Description {
            text: format!("the {name} nearest to the {}", entry.name),
            by: Attribute::Relation,
        })
    };
    let anchors = (0..scene.objects.len()).filter(|anchor| !kin.contains(anchor));
    anchors.filter_map(described).collect()
}

/// "the block to the left of the plate", the anchor having a name of its own.
fn by_relation(scene: &Scene, index: usize) -> Option<Description> {
    let name = scene.objects[index].spec.category.entry().name;
    let place = |index: usize| seen_from(&scene.arm.base, scene.objects[index].pose.position);
    let kin = kin(scene, index);
    for anchor in (0..scene.objects.len()).filter(|anchor| !kin.contains(anchor)) {
        let entry = scene.objects[anchor].spec.category.entry();
        // "Left of what it is to be put behind" would only confuse.
        if kin.len() < 2 && scene.objects[anchor].role != Role::Distractor {
            continue;
        }
        if fitting(scene, &|other| is_called(other, entry.name)).len() != 1 {
            continue;
        }
        for relation in Relation::DIRECTIONS {
            let stands = |index: usize| relation.holds(place(index), &[place(anchor)]);
            if kin.iter().filter(|other| stands(**other)).eq([&index]) {
                let words = match relation {
                    Relation::LeftOf => "to the left of",
                    Relation::RightOf => "to the right of",
                    Relation::InFrontOf => "in front of",
                    _ => "behind",
                };
                let text = format!("the {name} {words} the {}", entry.name);
                return Some(Description {
                    text,
                    by: Attribute::Relation,
                });
            }
        }
    }
    None
}

/// "the spoon", but "something to eat with".
fn with_article(text: &str) -> String {
    if text.starts_with("something") {
        text.to_owned()
    } else {
        format!("the {text}")
    }
}
