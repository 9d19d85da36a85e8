//! Which entries a search finds: by number ("12", "10-19"), and by words that all occur in the text.

use crate::engine::DatasetAbout;

/// Places of the entries that match, in order.
#[must_use]
pub(super) fn matches(about: &DatasetAbout, filter: &str) -> Vec<u32> {
    let words: Vec<String> = filter.split_whitespace().map(str::to_lowercase).collect();
    let count = u32::try_from(about.entries.len()).unwrap_or(u32::MAX);
    if words.is_empty() {
        return (0..count).collect();
    }
    let numbers = match words.as_slice() {
        [word] => range(word),
        _ => None,
    };
    // Every text is looked at once, however many entries have it.
    let fits: Vec<bool> = about
        .texts
        .iter()
        .map(|text| {
            let text = text.to_lowercase();
            words.iter().all(|word| text.contains(word.as_str()))
        })
        .collect();
    let entries = about.entries.iter().zip(0..count);
    entries
        .filter(|(entry, _)| {
            let numbered =
                numbers.is_some_and(|(first, last)| (first..=last).contains(&entry.number));
            numbered || fits.get(entry.text as usize).copied().unwrap_or_default()
        })
        .map(|(_, place)| place)
        .collect()
}

/// "12", "#12" or "10-19".
fn range(word: &str) -> Option<(u64, u64)> {
    let word = word.trim_start_matches('#');
    let (first, last) = word.split_once('-').unwrap_or((word, word));
    Some((first.parse().ok()?, last.parse().ok()?))
}
