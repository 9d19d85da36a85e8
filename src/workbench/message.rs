//! A message taken apart, so that it can be read at a glance: what happened, what to do, where, and the fine print.
//!
//! Every error of the program is written to one pattern: `what happened (fine print); what to do: /path`. Each part but
//! the first may be missing. A text of another pattern comes back whole, as what happened. Knows no error types.

/// The parts of a message. Only `what` is never empty, unless the message was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// What happened: "The file is damaged".
    pub what: String,
    /// What to do about it, as sentences.
    pub advice: String,
    /// The file or folder it is about.
    pub place: String,
    /// What only a technician wants to know: offsets, codes of the system.
    pub detail: String,
}

impl Message {
    /// Takes a message apart.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let (body, place) = cut_place(text.trim());
        let (what, advice) = cut_advice(body);
        let (what, detail) = cut_detail(what);
        Self {
            what: capitalised(what.trim().trim_end_matches('.')),
            advice: sentences(advice),
            place: place.to_owned(),
            detail,
        }
    }
}

/// The path at the end, if there is one.
fn cut_place(text: &str) -> (&str, &str) {
    let mut cuts = text.match_indices(": ");
    let cut = cuts.find(|(at, _)| is_path(&text[at + 2..]));
    cut.map_or((text, ""), |(at, _)| (&text[..at], &text[at + 2..]))
}

fn is_path(text: &str) -> bool {
    let drive = text.as_bytes().get(1..3);
    text.starts_with(['/', '~']) || text.starts_with("\\\\") || drive == Some(b":\\")
}

/// What to do begins behind the first semicolon that stands outside brackets.
fn cut_advice(text: &str) -> (&str, &str) {
    let mut depth = 0_i32;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ';' if depth <= 0 => return (&text[..at], text[at + 1..].trim()),
            _ => {}
        }
    }
    (text, "")
}

/// Bracketed fine print behind other words.
fn cut_detail(what: &str) -> (String, String) {
    let opened = what.find(" (");
    let closed = what.rfind(')');
    match (opened, closed) {
        (Some(opened), Some(closed)) if opened + 2 < closed => (
            format!("{}{}", &what[..opened], &what[closed + 1..]),
            what[opened + 2..closed].to_owned(),
        ),
        _ => (what.to_owned(), String::new()),
    }
}

fn sentences(advice: &str) -> String {
    let parts = advice.split("; ").map(|part| part.trim_end_matches('.'));
    let parts: Vec<String> = parts
        .filter(|part| !part.is_empty())
        .map(|part| capitalised(part) + ".")
        .collect();
    parts.join(" ")
}

/// Messages of lower floors begin in lower case; a file name keeps its own.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let first_word = text.split_whitespace().next().unwrap_or_default();
    let bare = first_word.trim_end_matches(['.', ',', ':', ';']);
    if bare.contains(['.', '_', '/', '\\', '=']) {
        return text.to_owned();
    }
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> [String; 4] {
        let Message {
            what,
            advice,
            place,
            detail,
        } = Message::of(text);
        [what, advice, place, detail]
    }

    #[test]
    fn the_pattern_of_errors_comes_apart() {
        let text = "the file is damaged (tensor a lies at 12..40; it may be cut short); copy it again: /data/a b: c.pt";
        let wanted = [
            "The file is damaged",
            "Copy it again.",
            "/data/a b: c.pt",
            "tensor a lies at 12..40; it may be cut short",
        ];
        assert_eq!(parts(text), wanted);
        let text = "config.yaml is missing; choose a run folder (config.yaml and checkpoints/): C:\\runs\\x";
        let advice = "Choose a run folder (config.yaml and checkpoints/).";
        assert_eq!(
            parts(text),
            ["config.yaml is missing", advice, "C:\\runs\\x", ""]
        );
    }

    #[test]
    fn other_texts_stay_whole() {
        assert_eq!(parts(""), ["", "", "", ""]);
        assert_eq!(
            parts("The camera went away."),
            ["The camera went away", "", "", ""]
        );
        assert_eq!(parts("odd (un;closed"), ["Odd (un;closed", "", "", ""]);
        assert_eq!(parts(") ("), [") (", "", "", ""]);
        let long = "because ".repeat(500);
        assert_eq!(Message::of(&long).what.len(), long.trim().len());
    }
}
