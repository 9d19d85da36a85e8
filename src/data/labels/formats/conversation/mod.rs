//! Conversations about pictures, as `LLaVA` and Qwen-VL are trained on: a JSON array, or one record a line.
//!
//! `{"image": "a.jpg", "conversations": [{"from": "human", "value": "<image>\nWhere ...?"}, {"from": "gpt", "value":
//! "..."}]}`, with `messages`, `role` and `content` as other spellings. Answers hold groundings in one of the forms that
//! [`crate::grounding::reply`] reads; they are written as Qwen2.5-VL JSON in whole pixels of the original picture.

mod answer;
mod read;
mod record;
mod write;

use crate::data::labels::Format;
use crate::data::labels::loss::Feature;
use crate::data::labels::sniff::Candidate;

pub(super) use read::file;

/// The row of the table.
pub(super) const FORMAT: Format = Format {
    name: "conversation",
    title: "conversation JSON or JSONL (LLaVA, Qwen2.5-VL)",
    recognises: is_conversation,
    read: |files, import| {
        let unit = import.options.unit;
        files.iter().try_for_each(|path| file(path, unit, import))
    },
    write: Some(write::write),
};

const HOLDS: &[Feature] = &[
    Feature::Boxes,
    Feature::Points,
    Feature::Traces,
    Feature::Conversations,
    Feature::Phrases,
    Feature::SeveralPictures,
    Feature::NoPicture,
    Feature::Empty,
    Feature::Unlabelled,
];

/// Whether records hold turns of a conversation.
pub(super) fn is_conversation(candidate: &Candidate) -> bool {
    candidate.has_key("conversations") || candidate.has_key("messages")
}
