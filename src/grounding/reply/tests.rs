//! Replies as models write them, and replies as nobody should.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::geometry::{ImagePoint, ImageSize};
use crate::grounding::{GroundingKind, KINDS};
use crate::vision::Fit;

/// No resize: coordinates come back as written.
fn plain() -> ReplyContext {
    let size = ImageSize::new(1000, 1000);
    ReplyContext::new(Fit::stretch(size, size))
}

fn read(text: &str) -> Reply {
    parse(text, &plain())
}

fn read_as(kind: GroundingKind, text: &str) -> Reply {
    parse(text, &plain().expecting(Some(kind)))
}

/// `box red cube 1 2 3 4`, one line each.
fn shown(reply: &Reply) -> Vec<String> {
    reply
        .groundings()
        .map(|g| {
            let numbers = g
                .points
                .iter()
                .flat_map(|p| [p.x.to_string(), p.y.to_string()]);
            let label = g.label.clone().unwrap_or_else(|| "-".to_owned());
            let words: Vec<String> = [g.kind.to_string(), label]
                .into_iter()
                .chain(numbers)
                .collect();
            words.join(" ")
        })
        .collect()
}

fn fixture() -> Value {
    serde_json::from_str(include_str!("../../../tests/fixtures/grounding/reply.json"))
        .expect("valid JSON")
}

mod forms;
mod hostile;
mod meaning;
