//! Wordings of every family. The last of each list are kept from training.
//!
//! `{s}` is what is moved, `{t}` the target, `{r}` a relation with its anchors, `{w}` a way, `{d}` a drawer; `{s2}` and
//! `{t2}` are the second pair of a sorting task.

use crate::sim::tasks::{Family, Split};

/// How many of each list are kept from training.
const KEPT: usize = 3;

/// The wordings of a family in a split; the first is the plainest.
#[must_use]
pub fn wordings(family: Family, split: Split) -> &'static [&'static str] {
    let all = all(family);
    let (seen, unseen) = all.split_at(all.len() - KEPT);
    match split {
        Split::Seen => seen,
        Split::Unseen => unseen,
    }
}

fn all(family: Family) -> &'static [&'static str] {
    match family {
        Family::PutOn => PUT_ON,
        Family::PutIn => PUT_IN,
        Family::Stack => STACK,
        Family::Pick => PICK,
        Family::Near => NEAR,
        Family::Open => OPEN,
        Family::Close => CLOSE,
        Family::DrawerPlace => DRAWER_PLACE,
        Family::Relation => RELATION,
        Family::Sort => SORT,
        Family::Push => PUSH,
    }
}

const PUT_ON: &[&str] = &[
    "put {s} on {t}",
    "place {s} on {t}",
    "move {s} onto {t}",
    "pick up {s} and put it on {t}",
    "set {s} down on {t}",
    "lay {s} on top of {t}",
    "take {s} and place it on {t}",
    "Could you put {s} on {t}?",
    "I want {s} to be on {t}.",
    "{s} goes on {t}",
    "please put {s} on {t}",
    "lift {s}, bring it over and lower it onto {t}",
    "transfer {s} to the top of {t}",
    "grab {s}, then leave it lying on {t}",
    "Make sure that {s} ends up on {t}.",
];

const PUT_IN: &[&str] = &[
    "put {s} into {t}",
    "place {s} in {t}",
    "move {s} into {t}",
    "pick up {s} and put it in {t}",
    "drop {s} into {t}",
    "set {s} inside {t}",
    "take {s} and place it in {t}",
    "Could you put {s} in {t}?",
    "I want {s} to be inside {t}.",
    "{s} belongs in {t}",
    "please put {s} into {t}",
    "lift {s} over {t} and let go",
    "stow {s} in {t}",
    "grab {s}, then release it inside {t}",
    "Make sure that {t} holds {s}.",
];

const STACK: &[&str] = &[
    "stack {s} on {t}",
    "put {s} on top of {t}",
    "place {s} on {t}",
    "build a tower with {s} on {t}",
    "set {s} on {t}",
    "pick up {s} and stack it on {t}",
    "take {s} and balance it on {t}",
    "Could you stack {s} on {t}?",
    "{s} goes on top of {t}",
    "I want {s} on top of {t}.",
    "please stack {s} on top of {t}",
    "lift {s} and lower it onto {t}",
    "pile {s} onto {t}",
    "make {t} the base and {s} the top of a stack",
    "Let {s} stand upon {t}.",
];

const PICK: &[&str] = &[
    "pick up {s}",
    "pick {s}",
    "lift {s}",
    "grasp {s} and lift it",
    "take {s}",
    "grab {s}",
    "raise {s} from the table",
    "Could you pick up {s}?",
    "hold {s} up",
    "I need {s}, please pick it up.",
    "please lift {s}",
    "get hold of {s} and raise it",
    "fetch {s} from the table top",
    "close your gripper on {s} and go up",
    "Let me see {s} in your hand.",
];

const NEAR: &[&str] = &[
    "move {s} near {t}",
    "put {s} near {t}",
    "place {s} next to {t}",
    "bring {s} close to {t}",
    "pick up {s} and put it down near {t}",
    "set {s} beside {t}",
    "take {s} over to {t}",
    "Could you move {s} near {t}?",
    "I want {s} to stand near {t}.",
    "move {s} to {t}",
    "please bring {s} near {t}",
    "shift {s} until it is close to {t}",
    "park {s} in the neighbourhood of {t}",
    "reduce the distance between {s} and {t} by moving {s}",
    "Let {s} keep {t} company.",
];

const OPEN: &[&str] = &[
    "open the {d} drawer",
    "open {d} drawer",
    "pull the {d} drawer open",
    "slide the {d} drawer out",
    "pull out the {d} drawer",
    "grab the handle of the {d} drawer and pull",
    "draw the {d} drawer open",
    "Could you open the {d} drawer?",
    "I need something from the {d} drawer, open it.",
    "please open the {d} drawer",
    "the {d} drawer should be open",
    "pull the {d} handle towards you",
    "extend the {d} drawer of the cabinet",
    "get the {d} drawer open by its handle",
    "Let me look into the {d} drawer.",
];

const CLOSE: &[&str] = &[
    "close the {d} drawer",
    "close {d} drawer",
    "push the {d} drawer shut",
    "slide the {d} drawer in",
    "push in the {d} drawer",
    "shut the {d} drawer",
    "move the {d} drawer back into the cabinet",
    "Could you close the {d} drawer?",
    "The {d} drawer is open, close it.",
    "please close the {d} drawer",
    "the {d} drawer should be shut",
    "press the {d} handle away from you",
    "retract the {d} drawer of the cabinet",
    "get the {d} drawer back in place",
    "Do not leave the {d} drawer open.",
];

const DRAWER_PLACE: &[&str] = &[
    "open the {d} drawer, then place {s} into it",
    "open {d} drawer and place {s} into {d} drawer",
    "put {s} into the {d} drawer after opening it",
    "pull out the {d} drawer and drop {s} in",
    "store {s} in the {d} drawer, which is closed",
    "first open the {d} drawer, then put {s} inside",
    "open the {d} drawer and put {s} away in it",
    "Could you open the {d} drawer and put {s} in?",
    "{s} belongs in the {d} drawer; open it first",
    "please open the {d} drawer and place {s} inside",
    "slide the {d} drawer open and lay {s} in it",
    "make room by opening the {d} drawer, then move {s} there",
    "stash {s} in the {d} drawer once you have opened it",
    "the {d} drawer is where {s} should be; open it and put it there",
    "Let {s} disappear into the {d} drawer.",
];

const RELATION: &[&str] = &[
    "put {s} {r}",
    "place {s} {r}",
    "move {s} {r}",
    "pick up {s} and put it {r}",
    "set {s} down {r}",
    "take {s} and place it {r}",
    "bring {s} over and leave it {r}",
    "Could you put {s} {r}?",
    "I want {s} {r}.",
    "{s} should be {r}",
    "please put {s} {r}",
    "lift {s} and lower it {r}",
    "relocate {s} so that it is {r}",
    "find a free spot {r} and put {s} there",
    "Let {s} stand {r}.",
];

const SORT: &[&str] = &[
    "put {s} on {t} and {s2} on {t2}",
    "sort by colour: {s} on {t}, {s2} on {t2}",
    "sort the blocks by colour",
    "match the blocks with the colours they belong to",
    "place {s} on {t}, then place {s2} on {t2}",
    "move {s} to {t} and {s2} to {t2}",
    "each block goes where its colour is",
    "Could you sort the blocks by colour?",
    "first put {s} on {t}, then {s2} on {t2}",
    "please sort {s} and {s2} by their colours",
    "put every block on the thing of its own colour",
    "tidy up: {s} on {t} and {s2} on {t2}",
    "group what has the same colour",
    "bring each block home to its colour",
    "Colours should match: arrange {s} and {s2} accordingly.",
];

const PUSH: &[&str] = &[
    "push {s} {w}",
    "slide {s} {w}",
    "move {s} {w} by pushing it",
    "shove {s} {w}",
    "push {s} a bit {w}",
    "close the gripper and push {s} {w}",
    "nudge {s} {w}",
    "Could you push {s} {w}?",
    "without lifting it, move {s} {w}",
    "please push {s} {w}",
    "shift {s} {w} along the table",
    "give {s} a push {w}",
    "make {s} slide {w}",
    "drive {s} {w} without grasping it",
    "Let {s} travel {w} across the table.",
];
