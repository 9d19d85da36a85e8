//! Fenced blocks: what stands between two rows of three backticks.

use std::ops::Range;

const FENCE: &str = "```";

/// The bodies of all fenced blocks, the language after the opening fence left out. The last may end with the text.
pub(super) fn blocks(text: &str) -> Vec<Range<usize>> {
    let fences: Vec<usize> = text.match_indices(FENCE).map(|(at, _)| at).collect();
    fences
        .chunks(2)
        .map(|pair| {
            let start = pair[0] + FENCE.len();
            let end = pair.get(1).copied().unwrap_or(text.len());
            let language = text[start..end]
                .bytes()
                .take_while(u8::is_ascii_alphanumeric)
                .count();
            start + language..end
        })
        .collect()
}
