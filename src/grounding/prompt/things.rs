//! The things that an instruction names, in its own words, so that each can be asked about.

/// Words between one thing and the next.
const BETWEEN: &[&str] = &[
    "on", "onto", "in", "into", "inside", "to", "near", "beside", "next", "left", "right", "of",
    "under", "below", "over", "above", "behind", "from", "off", "and", "then", "by", "between",
    "at", "top", "where", "goes", "out",
];
/// Words that name no thing.
const ACTS: &[&str] = &[
    "put", "place", "pick", "up", "down", "move", "stack", "lay", "set", "drop", "lift", "take",
    "grab", "bring", "push", "pull", "open", "close", "sort", "get", "give", "fetch", "carry",
    "lower", "leave", "rest", "slide", "turn", "it", "them", "its", "is", "be", "please", "could",
    "can", "would", "you", "i", "want", "need", "there", "again",
];
/// Words before a thing.
const ARTICLES: &[&str] = &["the", "a", "an", "one", "that", "this", "my"];

/// The things that an instruction names, in order, each once: "put the carrot on the plate" names a carrot and a plate.
#[must_use]
pub fn named_things(instruction: &str) -> Vec<String> {
    let mut things: Vec<String> = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    let mut end = |words: &mut Vec<&str>| {
        let thing = words.join(" ");
        words.clear();
        if !thing.is_empty() && !things.contains(&thing) {
            things.push(thing);
        }
    };
    for raw in instruction.split_whitespace() {
        let word = raw.trim_matches(|c: char| !c.is_alphanumeric());
        let lower = word.to_lowercase();
        let is = |list: &[&str]| list.contains(&lower.as_str());
        let starts = words.is_empty() && (is(ACTS) || is(ARTICLES));
        if is(BETWEEN) || is(ACTS) {
            end(&mut words);
        } else if !starts && !word.is_empty() {
            words.push(word);
        }
        if raw.ends_with([',', '.', ';', ':', '?', '!']) {
            end(&mut words);
        }
    }
    end(&mut words);
    things
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_what_stands_between_the_small_words() {
        let cases: [(&str, &[&str]); 6] = [
            ("put the carrot on the plate", &["carrot", "plate"]),
            (
                "put eggplant into yellow basket",
                &["eggplant", "yellow basket"],
            ),
            (
                "stack the green block on the yellow block",
                &["green block", "yellow block"],
            ),
            (
                "Pick up the block, and put it in the round bowl.",
                &["block", "round bowl"],
            ),
            (
                "lift the berry and lower it to the left of the jar with a lid",
                &["berry", "jar with a lid"],
            ),
            ("go", &["go"]),
        ];
        for (instruction, things) in cases {
            assert_eq!(named_things(instruction), things, "{instruction}");
        }
        assert!(named_things("").is_empty() && named_things("put it there!").is_empty());
    }
}
