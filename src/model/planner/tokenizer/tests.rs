//! Text to tokens and back, against the original tokenizer.

use super::*;
use crate::model::planner::golden;

fn ids(value: &serde_json::Value) -> Vec<u32> {
    serde_json::from_value(value.clone()).unwrap()
}

#[test]
fn strings_are_cut_and_joined_as_by_the_reference() {
    let tokenizer = golden::tokenizer();
    let cases = golden::tokenizer_cases();
    let strings = cases["strings"].as_array().unwrap();
    assert_eq!(strings.len(), 200);
    for case in strings {
        let text = case["text"].as_str().unwrap();
        let ids = ids(&case["ids"]);
        assert_eq!(tokenizer.encode(text), ids, "{text:?}");
        assert_eq!(
            tokenizer.decode(&ids, false),
            case["decoded"].as_str().unwrap()
        );
        let without_special = case["decoded_skip_special"].as_str().unwrap();
        assert_eq!(tokenizer.decode(&ids, true), without_special);
    }
    for case in cases["chat_template"].as_array().unwrap() {
        let expected = ids(&case["ids_before_image_expansion"]);
        assert_eq!(tokenizer.encode(case["text"].as_str().unwrap()), expected);
    }
}

#[test]
fn replies_are_decoded_as_by_the_reference() {
    let tokenizer = golden::tokenizer();
    let cases = golden::cases();
    for (name, case) in cases["generate"].as_object().unwrap() {
        let Some(found) = case.get("ids").map(ids) else {
            continue;
        };
        assert_eq!(
            tokenizer.decode(&found, true),
            case["text"].as_str().unwrap(),
            "{name}"
        );
    }
}

#[test]
fn pieces_of_a_stream_make_up_the_text_and_never_cut_a_character() {
    let tokenizer = golden::tokenizer();
    for text in ["红色的 cube 🦀!", "a é 漢字 \u{1F600}\u{200D}", "plain"] {
        let ids = tokenizer.encode(text);
        let mut stream = tokenizer.stream(true);
        let mut end = 0;
        for &id in &ids {
            let range = stream.push(id);
            assert_eq!(range.start, end);
            end = range.end;
            assert!(stream.text().get(range).is_some());
            assert!(text.starts_with(stream.text()), "{:?}", stream.text());
        }
        assert!(stream.finish().is_empty());
        assert_eq!(stream.text(), text);
    }
}

#[test]
fn half_a_character_at_the_end_becomes_a_replacement() {
    let tokenizer = golden::tokenizer();
    let crab = tokenizer.encode("🦀");
    assert!(
        crab.len() > 1,
        "the crab must be several tokens for this test to mean anything"
    );
    let mut stream = tokenizer.stream(true);
    assert!(stream.push(crab[0]).is_empty());
    assert_eq!(stream.finish(), 0..3);
    assert_eq!(stream.text(), "\u{FFFD}");
}

#[test]
fn a_tokenizer_of_another_model_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        PlannerTokenizer::open(folder.path())
            .err()
            .map(|e| e.to_string())
    };
    assert!(open().unwrap().contains("is missing"));
    let path = folder.path().join("tokenizer.json");
    fs::write(&path, b"{\"version\"").unwrap();
    assert!(open().unwrap().contains("damaged"));
    let text = fs::read_to_string(golden::folder().join("qwen/tokenizer.json")).unwrap();
    fs::write(&path, text.replace("<|image_pad|>", "<|other_pad|>")).unwrap();
    assert!(open().unwrap().contains("no token <|image_pad|>"));
}

#[test]
fn tokenizer_and_model_must_agree_on_the_image_token() {
    let tokenizer = golden::tokenizer();
    let mut config = golden::config();
    assert!(tokenizer.check(&config, Path::new("qwen")).is_ok());
    config.image_token_id += 1;
    assert!(tokenizer.check(&config, Path::new("qwen")).is_err());
}
