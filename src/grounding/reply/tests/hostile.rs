//! Text from a stranger, and the promise that every kind can read what it writes.

use std::time::{Duration, Instant};

use super::*;
use crate::grounding::Grounding;

/// Real replies, to be damaged.
const REPLIES: &[&str] = &[
    "```json\n[\n\t{\"bbox_2d\": [107, 109, 158, 140], \"label\": \"red cube\"},\n\t{\"bbox_2d\": [1, 2, 30, 40]}\n]\n```",
    "[(320, 280), (358, 280), (396, 290)]",
    "{'trace': [[0.25, 0.5], [0.75, 1.0]], 'label': 'cup'}",
    "<ref>women</ref><box>[[67, 8, 176, 106]]</box> and <|box_start|>(1,2),(3,4)<|box_end|>",
    "<points x1=\"12.5\" y1=\"30\" x2=\"40\" y2=\"50\" alt=\"cakes\">cakes</points>",
    "<response>Ok</response><think>[1, 2, 3, 4]</think><action>Pick<box>[[5, 6, 7, 8]]</box></action>",
    "{\"response\": \"Sure\", \"subtask\": \"Pick it<box>[[304, 275, 346, 356]]</box>\"}",
    "top-left (10, 20), bottom-right (30, 40)",
];

/// Whatever the text: groundings lie in the image, are whole, and are not too many.
fn assert_sane(text: &str, context: &ReplyContext) {
    let reply = parse(text, context);
    assert!(reply.groundings.len() <= MAX_GROUNDINGS);
    assert!(reply.warnings.len() <= 6 * MAX_GROUNDINGS);
    assert_ne!(reply.scale_used, ReplyScale::Auto);
    assert_eq!(reply.raw, text);
    for found in &reply.groundings {
        let grounding = &found.grounding;
        grounding.check().expect("a whole grounding");
        for point in &grounding.points {
            assert!(context.fit.source.contains(*point), "{point:?} {text}");
        }
        if grounding.kind == GroundingKind::Box {
            let [a, b] = grounding.points[..] else {
                panic!("a box has two corners")
            };
            assert!(a.x < b.x && a.y < b.y, "{grounding:?} {text}");
        }
        let written = text
            .get(found.span.clone())
            .expect("the span is one of the text");
        assert!(
            written.starts_with(|c: char| "+-.0123456789".contains(c)),
            "{written}"
        );
    }
}

fn contexts() -> impl Strategy<Value = ReplyContext> {
    let kinds = prop::option::of(prop::sample::select(vec![
        GroundingKind::Box,
        GroundingKind::Point,
        GroundingKind::Trace,
    ]));
    let scales = prop::sample::select(vec![
        ReplyScale::Auto,
        ReplyScale::Resized,
        ReplyScale::Unit,
        ReplyScale::Thousand,
    ]);
    let size = || (1_u32..5000, 1_u32..5000).prop_map(|(w, h)| ImageSize::new(w, h));
    (size(), size(), kinds, scales).prop_map(|(source, target, expected, scale)| ReplyContext {
        fit: Fit::stretch(source, target),
        scale,
        expected,
    })
}

/// Fragments that mean something to a reader, in any order.
fn soup() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(vec![
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        ",",
        ":",
        "\"",
        "'",
        "\\",
        " ",
        "\n",
        "```",
        "```json",
        "<box>",
        "</box>",
        "<ref>",
        "<point x=\"",
        "<points x1=",
        "y1=",
        "/>",
        ">",
        "<",
        "<|box_start|>",
        "<|box_end|>",
        "<think>",
        "</think>",
        "<answer>",
        "</answer>",
        "<action>",
        "</action>",
        "bbox_2d",
        "point_2d",
        "trace",
        "label",
        "subtask",
        "NaN",
        "1e999",
        "-",
        ".",
        "0.5",
        "12",
        "300",
        "4000",
        "é",
        "😀",
        "\\ud83d",
        "pick",
    ]);
    prop::collection::vec(fragment, 0..60).prop_map(|fragments| fragments.concat())
}

/// A real reply with some of its characters removed, repeated or replaced.
fn damaged() -> impl Strategy<Value = String> {
    let hits = prop::collection::vec((any::<prop::sample::Index>(), any::<char>(), 0..3_u8), 0..6);
    (prop::sample::select(REPLIES.to_vec()), hits).prop_map(|(reply, hits)| {
        let mut characters: Vec<char> = reply.chars().collect();
        for (index, character, how) in hits {
            let at = index.index(characters.len());
            match how {
                0 if characters.len() > 1 => drop(characters.remove(at)),
                1 => characters.insert(at, character),
                _ => characters[at] = character,
            }
        }
        characters.into_iter().collect()
    })
}

fn coordinate() -> impl Strategy<Value = ImagePoint> {
    (0.0_f32..900.0, 0.0_f32..900.0).prop_map(|(x, y)| ImagePoint::new(x, y))
}

/// Several groundings of one kind. No label holds a tag: tags are not part of a label.
fn groundings(kind: GroundingKind) -> BoxedStrategy<Vec<Grounding>> {
    let label = prop::option::of("[a-zA-Z\"'\\\\{}é😀\\[\\]]([a-zA-Z \"'\\\\{}é😀]{0,20}[a-z])?");
    match kind {
        GroundingKind::Box => {
            let one =
                (coordinate(), 1.0_f32..90.0, 1.0_f32..90.0, label).prop_map(|(a, w, h, label)| {
                    let mut b = Grounding::from_box(a, ImagePoint::new(a.x + w, a.y + h));
                    b.label = label;
                    b
                });
            prop::collection::vec(one, 1..6).boxed()
        }
        GroundingKind::Point => {
            prop::collection::vec(coordinate().prop_map(Grounding::point), 1..6).boxed()
        }
        GroundingKind::Trace => prop::collection::vec(coordinate(), 2..64)
            .prop_map(|points| vec![Grounding::trace(points)])
            .boxed(),
    }
}

proptest! {
    // A failure is kept as a case of its own, not as a file.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_it(text in "\\PC{0,200}", context in contexts()) {
        assert_sane(&text, &context);
    }

    #[test]
    fn no_soup_breaks_it(text in soup(), context in contexts()) {
        assert_sane(&text, &context);
    }

    #[test]
    fn no_damage_breaks_it(text in damaged(), context in contexts()) {
        assert_sane(&text, &context);
    }

    #[test]
    fn a_reply_can_be_read_while_it_is_written(index in 0..REPLIES.len(), end in any::<prop::sample::Index>()) {
        let reply = REPLIES[index];
        assert_sane(&reply[..end.index(reply.len())], &plain());
    }

    #[test]
    fn every_kind_reads_what_it_writes(
        written in prop::sample::select(KINDS.iter().map(|spec| spec.kind).collect::<Vec<_>>())
            .prop_flat_map(groundings)
    ) {
        let kind = written[0].kind;
        let answer = (kind.spec().answer)(&written);
        let reply = read_as(kind, &answer);
        prop_assert_eq!(reply.groundings.len(), written.len(), "{}", answer);
        for (read, written) in reply.groundings().zip(&written) {
            prop_assert_eq!(read.kind, kind);
            prop_assert_eq!(&read.label, &written.label);
            for (a, b) in read.points.iter().zip(&written.points) {
                prop_assert!((a.x - b.x).abs() <= 0.5 && (a.y - b.y).abs() <= 0.5, "{a:?} {b:?}");
            }
        }
    }
}

#[test]
fn a_megabyte_of_anything_is_read_in_linear_time() {
    for unit in [
        "[",
        "]",
        "{",
        "(",
        "[{",
        "[[1,2],",
        "[1,",
        "{\"a\":",
        "<",
        "<box>",
        "<think>",
        "</think>",
        "<point x=",
        "<ref>",
        "```",
        "'",
        "\"",
        "[\"",
        "\\",
        "' ",
        "[1,2,3,4],",
        "1,2,3,4,",
        "<box>1,2,3,4</box>",
        "[nan,1,1,1]",
        "[1,2,3] ",
        "{\"label\":\"<box>\",\"x\":1,\"y\":2}",
        "1",
        "-",
        "é",
        "<answer>[",
        "<points x1=\"1\" y1=\"2\"",
    ] {
        let text = unit.repeat(MAX_BYTES / unit.len() + 2);
        let start = Instant::now();
        assert_sane(&text, &plain());
        // Two debug builds at once take about a second; quadratic time takes minutes.
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{unit} took {:?}",
            start.elapsed()
        );
    }
}

#[test]
fn too_many_groundings_are_cut_and_said() {
    let reply = read(&"[1, 2, 3, 4] ".repeat(2 * MAX_GROUNDINGS));
    assert_eq!(reply.groundings.len(), MAX_GROUNDINGS);
    assert_eq!(
        reply.warnings,
        [ReplyWarning::TooMany {
            limit: MAX_GROUNDINGS
        }]
    );
    let long = read(&" ".repeat(MAX_BYTES + 1));
    assert_eq!(long.warnings, [ReplyWarning::TooLong { limit: MAX_BYTES }]);
}

#[test]
fn a_trace_has_an_end() {
    let points: Vec<String> = (0..100).map(|i| format!("[{i}, {i}]")).collect();
    let reply = read_as(GroundingKind::Trace, &format!("[{}]", points.join(", ")));
    assert_eq!(reply.groundings[0].grounding.points.len(), 64);
    assert_eq!(
        reply.warnings,
        [ReplyWarning::TraceCut { points: 100, at: 2 }]
    );
}

#[test]
fn an_image_without_pixels_holds_nothing() {
    let empty = ReplyContext::new(Fit::stretch(ImageSize::new(0, 5), ImageSize::new(28, 28)));
    let reply = parse("[1, 2, 3, 4]", &empty);
    assert!(reply.groundings.is_empty());
    assert_eq!(reply.warnings, [ReplyWarning::EmptyImage]);
}
