//! What the coordinates of a reply mean: kind, scale, image, score.

use super::*;
use GroundingKind::{Box, Point, Trace};

#[test]
fn what_was_asked_for_decides_where_the_text_does_not() {
    let points = "[(320, 280), (358, 280), (396, 290)]";
    assert_eq!(shown(&read(points)).len(), 3);
    assert_eq!(shown(&read_as(Point, points)).len(), 3);
    let trace = ["trace - 320 280 358 280 396 290"];
    assert_eq!(shown(&read_as(Trace, points)), trace);
    let one_by_one =
        r#"[{"point_2d": [320, 280]}, {"point_2d": [358, 280]}, {"point_2d": [396, 290]}]"#;
    assert_eq!(shown(&read_as(Trace, one_by_one)), trace);
    let objects =
        r#"[{"point_2d": [1, 2], "label": "cup"}, {"point_2d": [3, 4], "label": "bowl"}]"#;
    assert_eq!(
        shown(&read_as(Trace, objects)),
        ["point cup 1 2", "point bowl 3 4"]
    );
    assert_eq!(shown(&read_as(Box, "[(1, 2), (3, 4)]")), ["box - 1 2 3 4"]);
    assert_eq!(shown(&read_as(Trace, "[[7, 8]]")), ["point - 7 8"]);
    // But never against it.
    assert_eq!(
        shown(&read_as(Point, "{\"bbox_2d\": [1, 2, 3, 4]}")),
        ["box - 1 2 3 4"]
    );
    assert_eq!(
        shown(&read_as(Box, "{\"point_2d\": [1, 2]}")),
        ["point - 1 2"]
    );
}

#[test]
fn a_planners_reply_has_a_next_step() {
    let text = "<response>On it!</response>\n<think>The lion is left, at [9, 9, 99, 99].</think>\n\
                <action> Pick up the lion<box>[[304, 275, 346, 356]]</box> </action>";
    let reply = read(text);
    assert_eq!(
        reply.subtask.as_deref(),
        Some("Pick up the lion<box>[[304, 275, 346, 356]]</box>")
    );
    assert_eq!(reply.response.as_deref(), Some("On it!"));
    assert_eq!(shown(&reply), ["box - 304 275 346 356"]);
    let words = read("  Just pick it up. ");
    assert_eq!(
        (words.subtask.as_deref(), words.next_step()),
        (None, "Just pick it up.")
    );
}

#[test]
fn a_planners_json_names_its_boxes_by_the_subtask() {
    let text = "{\"response\": \"Sure\", \"subtask\": \"Pick up the light brown lion<box>[[304, 275, 346, 356]]</box> \
                in the table.\"}";
    let reply = read(text);
    assert_eq!(
        shown(&reply),
        ["box Pick up the light brown lion in the table. 304 275 346 356"]
    );
    assert_eq!(reply.response.as_deref(), Some("Sure"));
    assert!(
        reply
            .next_step()
            .starts_with("Pick up the light brown lion<box>")
    );
    assert_eq!(reply.rule, Rule::BoxTag);
    assert!(reply.warnings.is_empty(), "{:?}", reply.warnings);
}

#[test]
fn coordinates_are_mapped_to_the_original_image() {
    let fit = Fit::stretch(ImageSize::new(640, 480), ImageSize::new(644, 476));
    let context = ReplyContext::new(fit);
    let scaled = |scale| ReplyContext { scale, ..context };
    let corner = ImagePoint::new(320.0, 240.0);
    for (text, context, scale) in [
        ("[322, 238, 644, 476]", context, ReplyScale::Resized),
        ("[0.5, 0.5, 1, 1]", context, ReplyScale::Unit),
        (
            "[500, 500, 1000, 1000]",
            scaled(ReplyScale::Thousand),
            ReplyScale::Thousand,
        ),
        (
            "[0.5, 0.5, 1.0, 1.0]",
            scaled(ReplyScale::Unit),
            ReplyScale::Unit,
        ),
    ] {
        let reply = parse(text, &context);
        let points = &reply.groundings[0].grounding.points;
        assert!(points[0].distance(corner) < 1e-3, "{text} {points:?}");
        assert!(
            points[1].distance(ImagePoint::new(640.0, 480.0)) < 1e-3,
            "{text} {points:?}"
        );
        assert_eq!(
            (reply.scale_used, reply.warnings.len()),
            (scale, 0),
            "{text}"
        );
    }
    // Thousandths are never guessed, and whole numbers are never fractions.
    assert_eq!(
        parse("[500, 400, 999, 999]", &context).scale_used,
        ReplyScale::Resized
    );
    assert_eq!(
        parse("[0, 0, 1, 1]", &context).scale_used,
        ReplyScale::Resized
    );
    assert_eq!(
        parse("[0.5, 0.5, 1.5, 1]", &context).scale_used,
        ReplyScale::Resized
    );
}

#[test]
fn what_lies_outside_is_clipped_and_what_is_flat_is_dropped() {
    for (text, expected, warning) in [
        (
            "[-5, 2, 3, 2000]",
            vec!["box - 0 2 3 1000"],
            ReplyWarning::Clipped { at: 1 },
        ),
        (
            "[30, 40, 10, 20]",
            vec!["box - 10 20 30 40"],
            ReplyWarning::CornersSwapped { at: 1 },
        ),
        ("[10, 20, 10, 40]", vec![], ReplyWarning::ZeroArea { at: 1 }),
        (
            "[2000, 20, 3000, 40]",
            vec![],
            ReplyWarning::ZeroArea { at: 1 },
        ),
        (
            "[(5, 1e30)]",
            vec!["point - 5 1000"],
            ReplyWarning::Clipped { at: 2 },
        ),
    ] {
        let reply = read(text);
        assert_eq!(shown(&reply), expected, "{text}");
        assert!(
            reply.warnings.contains(&warning),
            "{text} {:?}",
            reply.warnings
        );
    }
}

#[test]
fn a_score_is_the_mean_over_the_tokens_that_write_digits() {
    let mut reply = read("[12, 3, 45, 6]");
    let tokens = [
        (0..1, 0.1),   // [
        (1..2, 0.8),   // 1
        (2..3, 0.6),   // 2
        (3..5, 0.1),   // ", "
        (5..6, 1.0),   // 3
        (8..10, 0.5),  // 45
        (12..13, 0.6), // 6
        (13..14, 0.1), // ]
        (14..99, 0.1), // beyond
    ];
    reply.score(&tokens);
    let score = reply.groundings[0].grounding.score.expect("scored");
    assert!((score - 0.7).abs() < 1e-6, "{score}");
    reply.score(&[]);
    assert_eq!(reply.groundings[0].grounding.score, None);
}

#[test]
fn a_reply_has_a_stable_json_form() {
    let json = serde_json::to_value(read("[{'bbox_2d': [1, 2, 3, 4]}]")).expect("plain data");
    assert_eq!(
        json,
        serde_json::json!({
            "groundings": [{
                "grounding": {"kind": "box", "label": null, "points": [[1.0, 2.0], [3.0, 4.0]], "score": null},
                "span": {"start": 14, "end": 24}
            }],
            "rule": "whole",
            "scale_used": "resized",
            "warnings": [{"kind": "repaired", "repair": "quotes"}],
            "subtask": null,
            "response": null,
            "raw": "[{'bbox_2d': [1, 2, 3, 4]}]"
        })
    );
}
