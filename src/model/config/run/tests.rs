//! Settings of training runs, in both file formats.

use serde_json::json;

use super::*;

fn yaml(text: &str) -> Result<RunConfig, LoadError> {
    RunConfig::parse(text, Path::new("config.yaml"))
}

#[test]
fn yaml_and_json_give_the_same_settings() {
    let json = json!({
        "framework": {"qwenvl": {"base_vlm": "./qwen"}},
        "datasets": {"vla_data": {"CoT_prompt": "Do {instruction}.", "image_size": [320, 224]}},
        "trainer": {"learning_rate": {"base": 5e-5}}
    });
    let text = "framework: {qwenvl: {base_vlm: ./qwen}}\n\
                datasets:\n  vla_data:\n    CoT_prompt: Do {instruction}.\n    image_size: [320, 224]\n\
                trainer:\n  learning_rate:\n    base: 5.0e-05\n";
    let older = RunConfig::parse(&json.to_string(), Path::new("config.json")).expect("reads");
    let newer = yaml(text).expect("reads");
    let settings = newer.settings().expect("reads");
    assert_eq!(settings, older.settings().expect("reads"));
    assert_eq!(settings.image_size, Some(ImageSize::new(320, 224)));
    assert_eq!(
        settings.prompt_wrapper.as_deref(),
        Some("Do {instruction}.")
    );
    assert_eq!(newer.base_vlm().expect("reads"), Some("./qwen"));
}

#[test]
fn absent_settings_stay_absent() {
    let settings = yaml("framework: {}")
        .expect("reads")
        .settings()
        .expect("reads");
    assert_eq!((settings.prompt_wrapper, settings.image_size), (None, None));
    assert_eq!(settings.training, Value::Null);
}

#[test]
fn wrong_settings_are_named() {
    for (text, word) in [
        ("datasets: {}", "`framework` is missing"),
        ("- a", "not a table"),
        ("", "not a table"),
    ] {
        let error = yaml(text).expect_err(word).to_string();
        assert!(error.contains(word), "{error}");
    }
    let long = format!(
        "framework: {{}}\ndatasets: {{vla_data: {{CoT_prompt: '{}'}}}}",
        "x".repeat(20_000)
    );
    for text in [
        long.as_str(),
        "framework: {}\ndatasets: {vla_data: {image_size: [224]}}",
        "framework: {}\ndatasets: {vla_data: {image_size: [224, 0]}}",
        "framework: {}\ndatasets: {vla_data: {image_size: [224, 999999]}}",
        "framework: {}\ndatasets: {vla_data: {image_size: big}}",
    ] {
        let error = yaml(text)
            .expect("parses")
            .settings()
            .expect_err("refused")
            .to_string();
        assert!(error.contains("datasets.vla_data."), "{error}");
        assert!(error.len() < 300, "{error}");
    }
}
