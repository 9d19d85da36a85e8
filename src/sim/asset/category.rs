//! Kinds of things, and the table of all of them.

use serde::{Deserialize, Serialize};

use super::colour::Colour;
use super::hold::{Grip, Hollow, Rests};
use super::material::Finish;
use super::{
    blobs, boxes, cookware, cutlery, food, fruit, garments, gear, greens, household, models,
    office, stationery, tableware, tools, toys, vegetables, vessels,
};
use crate::sim::solid::Solid;

/// What kind of thing, for sentences about kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Group {
    Fruit,
    Vegetable,
    Food,
    Tableware,
    Container,
    Tool,
    Office,
    Toy,
    Household,
    Furniture,
}

impl Group {
    /// Its name: "fruit".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fruit => "fruit",
            Self::Vegetable => "vegetable",
            Self::Food => "food",
            Self::Tableware => "tableware",
            Self::Container => "container",
            Self::Tool => "tool",
            Self::Office => "office thing",
            Self::Toy => "toy",
            Self::Household => "household thing",
            Self::Furniture => "furniture",
        }
    }
}

/// What something is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uses {
    /// A gripper of 7 cm can take it.
    pub graspable: bool,
    /// Things can be put into it.
    pub container: bool,
    /// Things can be put onto it.
    pub support: bool,
}

impl Uses {
    pub(super) const TAKE: Self = Self {
        graspable: true,
        container: false,
        support: false,
    };
    pub(super) const HOLD: Self = Self {
        graspable: false,
        container: true,
        support: false,
    };
    pub(super) const BEAR: Self = Self {
        graspable: false,
        container: false,
        support: true,
    };
    pub(super) const TAKE_AND_HOLD: Self = Self {
        graspable: true,
        container: true,
        support: false,
    };
    pub(super) const TAKE_AND_BEAR: Self = Self {
        graspable: true,
        container: false,
        support: true,
    };
}

/// One entry of the library.
#[derive(Debug)]
pub struct Category {
    /// What it is called.
    pub name: &'static str,
    /// What else it is called; plain descriptions are among them.
    pub synonyms: &'static [&'static str],
    /// Its kind.
    pub group: Group,
    /// Least and greatest length of its longest side, in metres.
    pub size: [f64; 2],
    /// Colours it comes in, the usual one first.
    pub colours: &'static [Colour],
    /// What it is made of, the usual first.
    pub finishes: &'static [Finish],
    /// Colours (sRGB) and finishes of its further slots.
    pub accents: &'static [([u8; 3], Finish)],
    /// Kilograms per cubic metre.
    pub density: f64,
    /// Coulomb's coefficient.
    pub friction: f64,
    /// What it is good for.
    pub uses: Uses,
    /// How it is gripped.
    pub grip: Grip,
    /// How it can lie.
    pub rests: Rests,
    /// The space that takes other things.
    pub cavity: Hollow,
    /// Kept out of training, to test new things.
    pub unseen: bool,
    /// Builds it at about its usual size.
    pub build: fn() -> Solid,
}

impl Category {
    /// What most entries have.
    pub(super) const BASE: Self = Self {
        name: "",
        synonyms: &[],
        group: Group::Household,
        size: [0.05, 0.1],
        colours: Colour::ALL,
        finishes: &[Finish::Plastic],
        accents: &[],
        density: 500.0,
        friction: 0.5,
        uses: Uses::TAKE,
        grip: Grip::Across,
        rests: Rests::Stands,
        cavity: Hollow::None,
        unseen: false,
        build: Solid::default,
    };

    /// Its usual size: the middle of its range.
    #[must_use]
    pub const fn usual(&self) -> f64 {
        f64::midpoint(self.size[0], self.size[1])
    }

    /// Every name it goes by.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.synonyms.iter().copied())
    }
}

const LISTS: &[&[Category]] = &[
    tableware::CATEGORIES,
    cutlery::CATEGORIES,
    vessels::CATEGORIES,
    cookware::CATEGORIES,
    fruit::CATEGORIES,
    vegetables::CATEGORIES,
    greens::CATEGORIES,
    food::CATEGORIES,
    boxes::CATEGORIES,
    household::CATEGORIES,
    office::CATEGORIES,
    stationery::CATEGORIES,
    tools::CATEGORIES,
    gear::CATEGORIES,
    toys::CATEGORIES,
    models::CATEGORIES,
    blobs::CATEGORIES,
    garments::CATEGORIES,
];

const COUNT: usize = {
    let (mut count, mut list) = (0, 0);
    while list < LISTS.len() {
        count += LISTS[list].len();
        list += 1;
    }
    count
};

const TABLE: [&Category; COUNT] = {
    let mut table = [&Category::BASE; COUNT];
    let (mut at, mut list) = (0, 0);
    while list < LISTS.len() {
        let mut i = 0;
        while i < LISTS[list].len() {
            table[at] = &LISTS[list][i];
            at += 1;
            i += 1;
        }
        list += 1;
    }
    table
};

/// Every category.
pub static CATEGORIES: &[&Category] = &TABLE;

/// A category, by its place in [`CATEGORIES`]; saved by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CategoryId(u16);

impl CategoryId {
    /// The category with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let place = CATEGORIES.iter().position(|entry| entry.name == name)?;
        Some(Self(place as u16))
    }

    /// Its entry.
    #[must_use]
    pub fn entry(self) -> &'static Category {
        CATEGORIES[usize::from(self.0)]
    }

    /// All categories in the table's order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..CATEGORIES.len() as u16).map(Self)
    }
}

impl From<CategoryId> for String {
    fn from(id: CategoryId) -> Self {
        id.entry().name.into()
    }
}

impl TryFrom<String> for CategoryId {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::named(&name).ok_or_else(|| format!("no category of things is called {name}"))
    }
}
