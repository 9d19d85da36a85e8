//! Published configurations in both forms, and contradictions in them.

use serde_json::json;

use super::*;

/// The published `config.json` of Qwen2.5-VL-3B-Instruct, less keys that no size depends on.
fn published() -> Value {
    json!({
        "model_type": "qwen2_5_vl", "hidden_act": "silu", "hidden_size": 2048, "intermediate_size": 11008,
        "num_attention_heads": 16, "num_hidden_layers": 36, "num_key_value_heads": 2, "rms_norm_eps": 1e-6,
        "rope_theta": 1_000_000.0, "use_sliding_window": false, "tie_word_embeddings": true,
        "vision_config": {
            "hidden_size": 1280, "in_chans": 3, "model_type": "qwen2_5_vl", "out_hidden_size": 2048,
            "spatial_patch_size": 14, "tokens_per_second": 2
        },
        "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]}, "vocab_size": 151_936
    })
}

fn parse(value: &Value) -> Result<QwenConfig, LoadError> {
    QwenConfig::from_json(value, Path::new("config.json"))
}

fn golden(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    serde_json::from_str(&std::fs::read_to_string(path).expect("golden file")).expect("JSON")
}

#[test]
fn the_published_file_leaves_the_tower_to_defaults() {
    let config = parse(&published()).expect("reads");
    assert_eq!((config.head_dim, config.mrope_section), (128, [16, 24, 24]));
    assert_eq!(
        (config.image_token_id, config.vision_start_token_id),
        (151_655, 151_652)
    );
    let vision = config.vision;
    assert_eq!(
        (vision.depth, vision.num_heads, vision.intermediate_size),
        (32, 16, 3420)
    );
    assert_eq!((vision.patch_size, vision.window_size), (14, 112));
    assert_eq!(vision.fullatt_block_indexes, [7, 15, 23, 31]);
}

#[test]
fn flat_and_nested_forms_mean_the_same() {
    let flat = parse(&golden("qwen/config.json")).expect("reads");
    let nested = parse(&golden("adapter/qwen_config_nested.json")).expect("reads");
    assert_eq!(flat, nested);
    assert!(flat.tie_word_embeddings);
    assert_eq!(flat.vision.fullatt_block_indexes, [3]);
}

#[test]
fn nested_keys_win_and_may_stand_alone() {
    let mut value = published();
    let table = value.as_object_mut().expect("a table");
    let text: Value = [
        "hidden_size",
        "num_hidden_layers",
        "rope_theta",
        "vocab_size",
    ]
    .iter()
    .map(|key| ((*key).to_owned(), table.remove(*key).expect("there")))
    .collect::<serde_json::Map<_, _>>()
    .into();
    value["text_config"] = text;
    value["rope_theta"] = json!(5.0);
    value["rope_parameters"] = value["rope_scaling"].take();
    let config = parse(&value).expect("reads");
    assert_eq!(config.num_hidden_layers, 36);
    assert!((config.rope_theta - 1e6).abs() < 1.0);
    assert_eq!(config.mrope_section, [16, 24, 24]);
}

#[test]
fn every_contradiction_is_named_by_its_key() {
    let table = [
        ("/model_type", json!("qwen2_vl"), "model_type"),
        ("/hidden_act", json!("gelu"), "hidden_act"),
        ("/use_sliding_window", json!(true), "use_sliding_window"),
        ("/num_attention_heads", json!(15), "hidden_size"),
        ("/num_key_value_heads", json!(3), "num_key_value_heads"),
        ("/num_hidden_layers", json!(100_000), "num_hidden_layers"),
        ("/vocab_size", json!(-1), "vocab_size"),
        ("/vocab_size", json!(1_u64 << 60), "vocab_size"),
        ("/rms_norm_eps", json!("small"), "rms_norm_eps"),
        ("/rope_scaling/type", json!("yarn"), "rope_scaling.type"),
        (
            "/rope_scaling/mrope_section",
            json!([16, 24]),
            "mrope_section",
        ),
        (
            "/rope_scaling/mrope_section",
            json!([16, 24, 23]),
            "mrope_section",
        ),
        ("/vision_config", json!(null), "vision_config"),
        (
            "/vision_config/out_hidden_size",
            json!(3584),
            "vision_config.out_hidden_size",
        ),
        (
            "/vision_config/in_chans",
            json!(4),
            "vision_config.in_channels",
        ),
        (
            "/vision_config/hidden_size",
            json!(1281),
            "vision_config.hidden_size",
        ),
        (
            "/vision_config/spatial_patch_size",
            json!(15),
            "vision_config.window_size",
        ),
    ];
    for (pointer, wrong, key) in table {
        let mut value = published();
        *value.pointer_mut(pointer).expect("a key") = wrong;
        let text = parse(&value).expect_err(key).to_string();
        assert!(
            text.contains(&format!("`{key}`")) || text.contains(key),
            "{text}"
        );
    }
    let mut value = published();
    value["vision_config"]["fullatt_block_indexes"] = json!([32]);
    let text = parse(&value).expect_err("beyond").to_string();
    assert!(text.contains("names block 32 of 32"), "{text}");
}
