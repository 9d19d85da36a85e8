//! The groundings of an answer: read in any unit, written as Qwen2.5-VL writes them.

use serde_json::{Value, json};

use crate::data::labels::geometry::{Shape, Spot, TargetKind};
use crate::data::labels::options::{ReadOptions, Unit};
use crate::data::labels::record::Target;
use crate::geometry::ImageSize;
use crate::grounding::reply::{Reply, ReplyContext, ReplyGrounding, ReplyScale, Rule, parse};
use crate::grounding::{GroundingKind, resample};
use crate::vision::Fit;

/// A picture that nothing lies outside of, for pixels of a picture whose size nobody knows.
const OPEN: ImageSize = ImageSize::new(65_535, 65_535);

/// Reads an answer. `size` is that of the picture; pixels alone are read without it.
pub(super) fn read(
    text: &str,
    question: &str,
    size: Option<ImageSize>,
    (unit, options): (Unit, &ReadOptions),
) -> Reply {
    let source = size.unwrap_or(OPEN);
    let (target, scale) = match unit {
        Unit::Auto => (options.resized.unwrap_or(source), ReplyScale::Auto),
        Unit::Pixels => (options.resized.unwrap_or(source), ReplyScale::Resized),
        Unit::Fractions => (source, ReplyScale::Unit),
        Unit::Percent => (ImageSize::new(100, 100), ReplyScale::Resized),
        Unit::Thousandths => (source, ReplyScale::Thousand),
    };
    let expected = expected(question);
    let mut context = ReplyContext::new(Fit::stretch(source, target)).expecting(expected);
    context.scale = scale;
    let mut reply = parse(text, &context);
    // Free talk is full of numbers: without a form, and unasked or amid words, they are none.
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if reply.rule == Rule::Numbers && (expected.is_none() || letters * 4 > text.len()) {
        reply.groundings.clear();
        reply.warnings.clear();
        reply.rule = Rule::Nothing;
    }
    reply
}

/// What a question asks for, as the published wordings say it.
pub(super) fn expected(question: &str) -> Option<GroundingKind> {
    let question = question.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| question.contains(word));
    if says(&["trajectory", "waypoint", "trace"]) {
        Some(GroundingKind::Trace)
    } else if says(&[
        "bounding box",
        "bbox",
        "box coordinates",
        "bounding-box",
        "boxes",
    ]) {
        Some(GroundingKind::Box)
    } else if says(&["point", "spots", "list of tuples", "pinpoint"]) {
        Some(GroundingKind::Point)
    } else {
        None
    }
}

/// The same text with its coordinates in whole pixels, so that it says what the targets say. Texts whose coordinates
/// do not stand as plain numbers stay as they are.
pub(super) fn in_pixels(text: &str, groundings: &[ReplyGrounding]) -> String {
    let mut spans: Vec<&ReplyGrounding> = groundings.iter().collect();
    spans.sort_by_key(|found| found.span.start);
    let (mut pixels, mut at) = (String::with_capacity(text.len()), 0);
    for found in spans {
        let span = found.span.clone();
        let numbers = plain_numbers(&text[span.clone()]);
        let values: Vec<f32> = found
            .grounding
            .points
            .iter()
            .flat_map(|p| [p.x, p.y])
            .collect();
        if numbers.len() != values.len() || span.start < at {
            return text.to_owned();
        }
        for (number, value) in numbers.iter().zip(values) {
            pixels.push_str(&text[at..span.start + number.start]);
            pixels.push_str(&value.round().to_string());
            at = span.start + number.end;
        }
    }
    pixels.push_str(&text[at..]);
    pixels
}

/// Numbers that are not part of a word such as `x1`.
fn plain_numbers(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let part = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+');
    let (mut numbers, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let end = at + bytes[at..].iter().take_while(|b| part(**b)).count();
        let in_word = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        if end > at && !in_word && bytes[at..end].iter().any(u8::is_ascii_digit) {
            numbers.push(at..end);
        }
        at = end.max(at + 1);
    }
    numbers
}

/// Qwen2.5-VL's form: a fenced JSON list, whole pixels.
pub(super) fn write<'t>(targets: impl IntoIterator<Item = (&'t Target, &'t Shape)>) -> String {
    let entries: Vec<String> = targets
        .into_iter()
        .filter_map(|(target, shape)| entry(shape, target.label.as_deref()))
        .map(|value| spaced(&value))
        .collect();
    format!("```json\n[{}]\n```", entries.join(", "))
}

fn entry(shape: &Shape, label: Option<&str>) -> Option<Value> {
    let mut value = match shape {
        Shape::Point(spot) => json!({"point_2d": whole(*spot)}),
        Shape::Trace(spots) => {
            let spots = at_most(spots);
            json!({"trajectory_2d": spots.into_iter().map(whole).collect::<Vec<_>>()})
        }
        _ => {
            let rect = shape.bounds()?;
            let ([x1, y1], [mut x2, mut y2]) =
                (whole([rect.x1, rect.y1]), whole([rect.x2, rect.y2]));
            // Rounding must not take all of a small box away.
            x2 += i64::from(x1 == x2);
            y2 += i64::from(y1 == y2);
            json!({"bbox_2d": [x1, y1, x2, y2]})
        }
    };
    if let (Some(label), Some(map)) = (label, value.as_object_mut()) {
        map.insert("label".into(), label.into());
    }
    Some(value)
}

/// A trace of no more waypoints than an answer is read with.
fn at_most(spots: &[Spot]) -> Vec<Spot> {
    let most = GroundingKind::Trace.spec().points.1;
    if spots.len() <= most {
        return spots.to_vec();
    }
    let grounding = Target::new(Shape::Trace(spots.to_vec())).to_grounding();
    let points = grounding.map_or_else(Vec::new, |g| resample(&g.points, most));
    points
        .into_iter()
        .map(|p| [f64::from(p.x), f64::from(p.y)])
        .collect()
}

fn whole(spot: Spot) -> [i64; 2] {
    spot.map(|v| v.round() as i64)
}

/// JSON with a space after commas and colons, as the model's own answers have it.
fn spaced(value: &Value) -> String {
    match value {
        Value::Array(list) => format!(
            "[{}]",
            list.iter().map(spaced).collect::<Vec<_>>().join(", ")
        ),
        Value::Object(map) => {
            let pairs = map
                .iter()
                .map(|(key, value)| format!("{}: {}", json!(key), spaced(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
        plain => plain.to_string(),
    }
}

/// The grounding kind in which an answer writes a shape.
pub(super) const fn written_as(kind: TargetKind) -> GroundingKind {
    match kind {
        TargetKind::Point => GroundingKind::Point,
        TargetKind::Trace => GroundingKind::Trace,
        _ => GroundingKind::Box,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::labels::geometry::Rect;

    #[test]
    fn the_written_form_is_qwens() {
        let rect = Shape::upright(Rect::between([41.2, 62.0], [119.4, 158.0]));
        let cup = Target::new(rect.clone()).labelled("red \"cup\"");
        assert_eq!(
            write([(&cup, &rect)]),
            "```json\n[{\"bbox_2d\": [41, 62, 119, 158], \"label\": \"red \\\"cup\\\"\"}]\n```"
        );
        assert_eq!(write([]), "```json\n[]\n```");
    }

    #[test]
    fn fractions_become_pixels_in_place() {
        let size = Some(ImageSize::new(200, 100));
        let options = ReadOptions::default();
        let text = "They are at [(0.1, 0.25), (0.5, 0.75)].";
        let reply = read(text, "Point to the cups.", size, (Unit::Auto, &options));
        let pixels = in_pixels(text, &reply.groundings);
        assert_eq!(pixels, "They are at [(20, 25), (100, 75)].");
    }

    #[test]
    fn percent_of_molmo_is_read() {
        let size = Some(ImageSize::new(200, 100));
        let text = r#"<points x1="10.0" y1="50.0" x2="20" y2="60" alt="cups">cups</points>"#;
        let reply = read(
            text,
            "Point to it.",
            size,
            (Unit::Percent, &ReadOptions::default()),
        );
        let found: Vec<[f32; 2]> = reply
            .groundings()
            .map(|g| [g.points[0].x, g.points[0].y])
            .collect();
        assert_eq!(found, [[20.0, 50.0], [40.0, 60.0]]);
        let pixels = in_pixels(text, &reply.groundings);
        assert!(
            pixels.contains(r#"x1="20" y1="50" x2="40" y2="60""#),
            "{pixels}"
        );
    }

    #[test]
    fn numbers_of_free_talk_are_no_places() {
        let size = Some(ImageSize::new(200, 100));
        for (question, text) in [
            ("How many are there?", "12, 14, 15, 18"),
            (
                "What is the point of this?",
                "It was 1999, 2000, when they met in the old town.",
            ),
        ] {
            let reply = read(text, question, size, (Unit::Auto, &ReadOptions::default()));
            assert!(reply.groundings.is_empty(), "{text}");
        }
    }
}
