//! What a reply is read with, and the name of the rule that read it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::grounding::GroundingKind;
use crate::vision::Fit;

/// What must be known to read a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplyContext {
    /// The model saw `fit.target`; groundings are wanted in pixels of `fit.source`.
    pub fit: Fit,
    /// What one unit of a coordinate is.
    pub scale: ReplyScale,
    /// What was asked for. Decides only where the text does not: a list of points is a trace to one who asked for it.
    pub expected: Option<GroundingKind>,
}

impl ReplyContext {
    /// Coordinates of an automatic scale, no particular kind expected.
    #[must_use]
    pub const fn new(fit: Fit) -> Self {
        Self {
            fit,
            scale: ReplyScale::Auto,
            expected: None,
        }
    }

    /// The same, `kind` having been asked for.
    #[must_use]
    pub const fn expecting(mut self, kind: Option<GroundingKind>) -> Self {
        self.expected = kind;
        self
    }
}

/// What one unit of a written coordinate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplyScale {
    /// Pixels of the resized image, unless every number is at most 1 and one has a decimal point: then a fraction of
    /// each side. Thousandths are never guessed, since they look like pixels.
    #[default]
    Auto,
    /// Pixels of the resized image: how Qwen2.5-VL is trained.
    Resized,
    /// A fraction of each side.
    Unit,
    /// Thousandths of each side.
    Thousand,
}

/// How the coordinates of a reply were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A fenced block.
    Fenced,
    /// The whole text.
    Whole,
    /// A value amid other text.
    Embedded,
    /// `<box>` tags.
    BoxTag,
    /// `<|box_start|>` tokens.
    BoxTokens,
    /// XML points or other coordinate tags.
    Xml,
    /// Numbers without any form.
    Numbers,
    /// A next step in words only.
    Planner,
    /// Nothing.
    Nothing,
}

impl Rule {
    /// One sentence for people.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Fenced => "Read from a fenced JSON block.",
            Self::Whole => "The whole reply is JSON.",
            Self::Embedded => "Read from JSON amid other text.",
            Self::BoxTag => "Read from <box> tags.",
            Self::BoxTokens => "Read from <|box_start|> tokens.",
            Self::Xml => "Read from XML tags.",
            Self::Numbers => "No known form: read from bare numbers. Check before use.",
            Self::Planner => "A next step in words, without coordinates.",
            Self::Nothing => "No coordinates found.",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}
