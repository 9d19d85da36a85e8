//! Every form that known models write.

use super::*;
use GroundingKind::{Box, Point, Trace};

#[test]
fn json_is_extracted_exactly_as_the_reference_does() {
    for case in fixture()["extract_json"]["cases"]
        .as_array()
        .expect("cases")
    {
        let input = case["input"].as_str().expect("text");
        let mut expected = case["result"].clone();
        // The vectors have no way to write what Python makes of `NaN`.
        if expected["a"] == "NaN (python json accepts it)" {
            expected["a"] = "NaN".into();
        }
        let found = extract_json(input).unwrap_or(Value::Null);
        assert_eq!(found, expected, "{input}");
    }
}

#[test]
fn the_known_shapes_of_qwen_are_read() {
    for case in fixture()["boxes_authored"]["cases"]
        .as_array()
        .expect("cases")
    {
        let answer = case["answer"].as_str().expect("text");
        let boxes = case["boxes"].as_array().expect("boxes").iter().map(|b| {
            let numbers = b["bbox"]
                .as_array()
                .expect("numbers")
                .iter()
                .map(|n| n.as_f64().expect("number"));
            let words: Vec<String> = numbers.map(|n| n.to_string()).collect();
            format!(
                "box {} {}",
                b["label"].as_str().unwrap_or("-"),
                words.join(" ")
            )
        });
        for reply in [read(answer), read_as(Box, answer)] {
            assert_eq!(shown(&reply), boxes.clone().collect::<Vec<_>>(), "{answer}");
        }
    }
}

#[test]
fn the_rule_that_fired_is_named() {
    for (text, rule) in [
        ("```json\n[{\"bbox_2d\": [1, 2, 3, 4]}]\n```", Rule::Fenced),
        ("Sure:\n```\n[1, 2, 3, 4]", Rule::Fenced),
        (" [1, 2, 3, 4]\n", Rule::Whole),
        ("The box is [1, 2, 3, 4].", Rule::Embedded),
        ("<box>[[1, 2, 3, 4]]</box>", Rule::BoxTag),
        ("<|box_start|>(1,2),(3,4)<|box_end|>", Rule::BoxTokens),
        ("<point x=\"1\" y=\"2\">cup</point>", Rule::Xml),
        ("(1,2),(3,4)", Rule::Numbers),
        ("<action>Wait</action>", Rule::Planner),
        ("I cannot see it.", Rule::Nothing),
    ] {
        assert_eq!(read(text).rule, rule, "{text}");
    }
}

#[test]
fn reasoning_is_not_the_answer() {
    for text in [
        "<think>maybe [9, 9, 99, 99]</think>[1, 2, 3, 4]",
        "maybe [9, 9, 99, 99]</think>[1, 2, 3, 4]",
        "<Think>a</Think> [9,9,99,99] <answer>[1, 2, 3, 4]</answer> or [5, 6, 7, 8]",
        "<think>never closed [9, 9, 99, 99] <answer>[1, 2, 3, 4]",
    ] {
        let reply = read(text);
        assert_eq!(shown(&reply), ["box - 1 2 3 4"], "{text}");
        assert_eq!(&text[reply.groundings[0].span.clone()], "1, 2, 3, 4");
    }
    let unfinished = read("<think>maybe [9, 9, 99, 99]");
    assert_eq!(unfinished.rule, Rule::Nothing);
    assert_eq!(
        unfinished.warnings,
        [ReplyWarning::UnfinishedReasoning { at: 0 }]
    );
}

#[test]
fn slips_are_mended_and_said() {
    for (text, repair) in [
        ("[{'bbox_2d': [1, 2, 3, 4]}]", Repair::Quotes),
        ("[{\"bbox_2d\": [1, 2, 3, 4,],},]", Repair::TrailingComma),
        ("[{\"bbox_2d\": [1, 2, 3, 4}]", Repair::Brackets),
    ] {
        let reply = read(text);
        assert_eq!(shown(&reply), ["box - 1 2 3 4"], "{text}");
        assert_eq!(
            reply.warnings,
            [ReplyWarning::Repaired { repair }],
            "{text}"
        );
    }
}

#[test]
fn a_cut_tail_loses_only_what_is_incomplete() {
    for (text, kept) in [
        (
            "[{\"bbox_2d\": [1, 2, 3, 4], \"label\": \"cu",
            vec!["box - 1 2 3 4"],
        ),
        ("[{\"bbox_2d\": [1, 2, 3, 4", vec![]),
        ("[[1, 2], [3, 4], [5, 6", vec!["point - 1 2", "point - 3 4"]),
        ("<box>[[1, 2, 3, 4], [5, 6, 7, 8", vec!["box - 1 2 3 4"]),
        ("The box is [1, 2, 3, 4", vec![]),
    ] {
        let reply = read(text);
        assert_eq!(shown(&reply), kept, "{text}");
        let cut = |w: &ReplyWarning| matches!(w, ReplyWarning::TailCut { .. });
        assert!(
            reply.warnings.iter().any(cut),
            "{text} {:?}",
            reply.warnings
        );
    }
}

#[test]
fn numbers_that_are_none_are_refused() {
    for text in [
        "[{\"bbox_2d\": [NaN, 2, 3, 4]}]",
        "<box>[[1, 2, Infinity, 4]]</box>",
        "[1e999, 2, 3, 4]",
    ] {
        let reply = read(text);
        assert_eq!(
            (reply.groundings.len(), reply.rule),
            (0, Rule::Nothing),
            "{text}"
        );
        let said = |w: &ReplyWarning| matches!(w, ReplyWarning::NotFinite { what: Box, .. });
        assert!(
            reply.warnings.iter().any(said),
            "{text} {:?}",
            reply.warnings
        );
    }
}

#[test]
fn keys_are_read_in_any_case() {
    for (text, expected) in [
        (
            r#"{"BBox": [1, 2, 3, 4], "Name": "cup"}"#,
            "box cup 1 2 3 4",
        ),
        (
            r#"{"bounding box": [[1, 2], [3, 4]], "object": "cup"}"#,
            "box cup 1 2 3 4",
        ),
        (
            r#"{"Box": [[1, 2, 3, 4]], "description": "cup"}"#,
            "box cup 1 2 3 4",
        ),
        (r#"{"Point_2D": [1, 2], "label": "cup"}"#, "point cup 1 2"),
        (r#"{"coordinates": [1, 2]}"#, "point - 1 2"),
        (
            r#"{"trajectory": [[1, 2], [3, 4]], "label": "cup"}"#,
            "trace cup 1 2 3 4",
        ),
        (r#"{"points_2d": [(1, 2), (3, 4)]}"#, "trace - 1 2 3 4"),
        (r#"{"trace": [1, 2, 3, 4]}"#, "trace - 1 2 3 4"),
        (
            r#"{"x1": 1, "y1": 2, "x2": 3, "y2": 4, "label": "cup"}"#,
            "box cup 1 2 3 4",
        ),
        (r#"{"points": [{"x": 1, "y": "2"}]}"#, "point - 1 2"),
        (r#"{"Red cube": [1, 2, 3, 4]}"#, "box Red cube 1 2 3 4"),
        (r#"{"result": [1, 2, 3, 4]}"#, "box - 1 2 3 4"),
    ] {
        assert_eq!(shown(&read(text)), [expected], "{text}");
    }
}

#[test]
fn pick_and_place_name_their_boxes() {
    let reply = read(
        r#"{"pick": {"bbox_2d": [1, 2, 3, 4]}, "place": {"bbox_2d": [5, 6, 7, 8], "label": "bowl"}}"#,
    );
    assert_eq!(shown(&reply), ["box pick 1 2 3 4", "box bowl 5 6 7 8"]);
}

#[test]
fn a_tag_inside_a_label_disturbs_nobody() {
    let text =
        r#"[{"bbox_2d": [1, 2, 3, 4], "label": "<ref>a</ref> <box>"}, {"bbox_2d": [5, 6, 7, 8]}]"#;
    let both = ["box a 1 2 3 4", "box - 5 6 7 8"];
    assert_eq!(shown(&read(text)), both);
    assert_eq!(shown(&read(&format!("```json\n{text}\n```"))), both);
}

#[test]
fn several_values_and_blocks_are_all_read() {
    let lines = "{\"bbox_2d\": [1, 2, 3, 4]}\n{\"bbox_2d\": [5, 6, 7, 8]}";
    let both = ["box - 1 2 3 4", "box - 5 6 7 8"];
    assert_eq!(shown(&read(lines)), both);
    assert_eq!(shown(&read("cup [1, 2, 3, 4], bowl [5, 6, 7, 8]")), both);
    assert_eq!(
        shown(&read(
            "```json\n[1, 2, 3, 4]\n``` and\n```json\n[5, 6, 7, 8]\n```"
        )),
        both
    );
    assert_eq!(shown(&read("[[1, 2, 3, 4], [5, 6, 7, 8]]")), both);
}

#[test]
fn tags_hold_numbers_whatever_their_brackets() {
    for (text, expected) in [
        (
            "<box> [8, 176, 106, 294]] </box>",
            vec!["box - 8 176 106 294"],
        ),
        (
            "<ref>women</ref><box>[[1, 2, 3, 4], [5, 6, 7, 8]]</box>",
            vec!["box women 1 2 3 4", "box women 5 6 7 8"],
        ),
        (
            "Place the grapes <box> [[257, 246, 320, 303]] </box> in it.",
            vec!["box - 257 246 320 303"],
        ),
        (
            "<|object_ref_start|>a<|object_ref_end|><|box_start|>(1,2),(3,4)<|box_end|>",
            vec!["box a 1 2 3 4"],
        ),
        (
            "<ref>a</ref><box>[[1,2,3,4]]</box><box>[[5,6,7,8]]</box>",
            vec!["box a 1 2 3 4", "box - 5 6 7 8"],
        ),
        (
            "<point>[[1, 2], [3, 4]]</point>",
            vec!["point - 1 2", "point - 3 4"],
        ),
        ("<trace>[[1, 2], [3, 4]]</trace>", vec!["trace - 1 2 3 4"]),
    ] {
        assert_eq!(shown(&read(text)), expected, "{text}");
    }
}

#[test]
fn xml_points_are_read_by_the_numbers_of_their_attributes() {
    for (text, expected) in [
        (
            "<point x=\"12.5\" y=\"30\" alt=\"rolling pin\">the pin</point>",
            vec!["point rolling pin 12.5 30"],
        ),
        ("<POINT x='12' y='30'/>", vec!["point - 12 30"]),
        (
            "<points x2=\"3\" y2=\"4\" x1=\"1\" y1=\"2\">cakes</points>",
            vec!["point cakes 1 2", "point cakes 3 4"],
        ),
        (
            "<points x10=\"5\" y10=\"6\" x9=\"3\" y9=\"4\" x1=\"1\">a</points>",
            vec!["point a 3 4", "point a 5 6"],
        ),
        (
            "<box x1=1 y1=2 x2=3 y2=4 label=\"cup\"/>",
            vec!["box cup 1 2 3 4"],
        ),
    ] {
        assert_eq!(shown(&read(text)), expected, "{text}");
    }
    let trace = read_as(
        Trace,
        "<points x1=\"1\" y1=\"2\" x2=\"3\" y2=\"4\" alt=\"cup\">cup</points>",
    );
    assert_eq!(shown(&trace), ["trace cup 1 2 3 4"]);
}

#[test]
fn bare_numbers_count_only_where_they_stand_together() {
    for (text, expected) in [
        (
            "top-left (10, 20), bottom-right (30, 40)",
            vec!["box - 10 20 30 40"],
        ),
        ("x1=10, y1=20, x2=30, y2=40", vec!["box - 10 20 30 40"]),
        ("坐标：107，109，158，140。", vec!["box - 107 109 158 140"]),
        ("The spot is (320, 280).", vec!["point - 320 280"]),
        (
            "(1, 2), (3, 4), (5, 6)",
            vec!["point - 1 2", "point - 3 4", "point - 5 6"],
        ),
        ("I see 2 cups and 3 plates on 4 of 5 tables.", vec![]),
        ("1. a cup 2. a plate 3. a bowl 4. a fork", vec![]),
        ("In 2024, 30 robots.", vec![]),
    ] {
        assert_eq!(shown(&read(text)), expected, "{text}");
    }
    assert_eq!(shown(&read_as(Point, "320, 280")), ["point - 320 280"]);
    assert_eq!(
        shown(&read_as(Trace, "(1, 2) (3, 4) (5, 6)")),
        ["trace - 1 2 3 4 5 6"]
    );
}
