//! Coordinates inside answers: moved to the pixels of the fitted picture, and read as the spots they speak of.

use super::placed::Placed;
use crate::geometry::ImageSize;
use crate::grounding::reply::{Reply, ReplyContext, ReplyScale, ReplyWarning, Rule, parse};
use crate::grounding::{Grounding, GroundingKind};
use crate::vision::Fit;

/// An answer in the pixels of the picture the model sees.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub text: String,
    /// What it speaks of, in those pixels.
    pub groundings: Vec<Grounding>,
}

/// The answer to `question`, written for the stored picture, for the placed one. Text without coordinates stays.
pub(super) fn fitted(question: &str, answer: &str, placed: &Placed) -> Answer {
    let text = if placed.is_plain() {
        answer.to_owned()
    } else {
        moved(
            answer,
            &read(question, answer, placed.stored(), placed.stored()),
            placed,
        )
    };
    let groundings = pointed(question, &text, placed.size());
    Answer { text, groundings }
}

/// What an answer points at, in pixels of a picture of `size`.
pub(super) fn pointed(question: &str, answer: &str, size: ImageSize) -> Vec<Grounding> {
    let found = read(question, answer, size, size).groundings;
    found.into_iter().map(|found| found.grounding).collect()
}

/// Whether an answer speaks of what lies outside a picture of `size`.
pub(super) fn outside(question: &str, answer: &str, size: ImageSize) -> bool {
    // Annotators' rounding is no error.
    let grown = |side: u32| side.saturating_add(1 + side / 100);
    let size = ImageSize::new(grown(size.width), grown(size.height));
    let reply = read(question, answer, size, size);
    let clipped = |warning: &ReplyWarning| matches!(warning, ReplyWarning::Clipped { .. });
    reply.warnings.iter().any(clipped)
}

fn read(question: &str, answer: &str, source: ImageSize, target: ImageSize) -> Reply {
    let context = ReplyContext {
        scale: ReplyScale::Resized,
        ..ReplyContext::new(Fit::stretch(source, target)).expecting(expected(question))
    };
    let mut reply = parse(answer, &context);
    // Free talk is full of numbers: without a form, and unasked or amid words, they are none.
    let letters = answer.chars().filter(|c| c.is_alphabetic()).count();
    if reply.rule == Rule::Numbers && (context.expected.is_none() || letters * 4 > answer.len()) {
        reply.groundings.clear();
        reply.warnings.clear();
    }
    reply
}

fn expected(question: &str) -> Option<GroundingKind> {
    let question = question.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| question.contains(word));
    if says(&["trajectory", "trace"]) {
        Some(GroundingKind::Trace)
    } else if says(&["box"]) {
        Some(GroundingKind::Box)
    } else if says(&["point", "spots"]) {
        Some(GroundingKind::Point)
    } else {
        None
    }
}

/// The text with the numbers of every grounding replaced. Numbers that do not stand plainly stay as they are.
fn moved(answer: &str, reply: &Reply, placed: &Placed) -> String {
    let mut spans: Vec<_> = reply.groundings.iter().map(|g| g.span.clone()).collect();
    spans.sort_by_key(|span| span.start);
    let (mut text, mut at) = (String::with_capacity(answer.len()), 0);
    for span in spans {
        if span.start < at || answer.get(span.clone()).is_none() {
            continue;
        }
        text.push_str(&answer[at..span.start]);
        text.push_str(&numbers(&answer[span.clone()], placed));
        at = span.end;
    }
    text.push_str(&answer[at..]);
    text
}

/// Numbers alternate between across and down.
fn numbers(part: &str, placed: &Placed) -> String {
    let mut text = String::with_capacity(part.len());
    let mut number = String::new();
    let mut axis = 0;
    for character in part.chars().chain(std::iter::once(' ')) {
        if character.is_ascii_digit() || (character == '.' && !number.is_empty()) {
            number.push(character);
            continue;
        }
        if let Ok(value) = number.parse::<f64>() {
            let place = placed.coordinate(axis, value).round().max(0.0);
            text.push_str(&(place as i64).to_string());
            axis = 1 - axis;
        } else {
            text.push_str(&number);
        }
        number.clear();
        text.push(character);
    }
    text.pop();
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: ImageSize = ImageSize::new(224, 448);
    const TO: ImageSize = ImageSize::new(112, 112);

    #[test]
    fn coordinates_move_and_words_stay() {
        for (question, answer, wanted) in [
            (
                "Give the bounding box for the cube.",
                r#"[{"bbox_2d": [20, 40, 60, 80], "label": "cube 4"}]"#,
                r#"[{"bbox_2d": [10, 10, 30, 20], "label": "cube 4"}]"#,
            ),
            (
                "Identify several spots within it.",
                "[(100, 100), (7, 8)]",
                "[(50, 25), (4, 2)]",
            ),
            (
                "Give the trace for it.",
                "[[2, 4], [8, 12]]",
                "[[1, 1], [4, 3]]",
            ),
            ("How many?", "3", "3"),
            (
                "List the steps.",
                "1. Take 2 cubes.\n2. Go.",
                "1. Take 2 cubes.\n2. Go.",
            ),
        ] {
            let fitted = |to| fitted(question, answer, &Placed::new(FROM, to)).text;
            assert_eq!((fitted(TO), fitted(FROM)), (wanted.into(), answer.into()));
        }
        let answer = r#"[{"bbox_2d": [20, 40, 60, 80], "label": "cube"}]"#;
        let found = fitted("box", answer, &Placed::new(FROM, TO)).groundings;
        assert_eq!(found[0].bounds(), Some([10.0, 10.0, 30.0, 20.0]));
    }

    #[test]
    fn answers_outside_the_picture_are_known() {
        let size = ImageSize::new(320, 240);
        let of = |answer: &str| outside("Give the bounding box for the cube.", answer, size);
        assert!(!of("[[10, 20, 320.5, 240]]"), "rounding");
        assert!(of("[[10, 20, 500, 240]]") && of("[[5000, -40, 9000, 800]]"));
        assert!(!outside("What is it?", "About 5000 of 7000 cubes.", size));
    }
}
