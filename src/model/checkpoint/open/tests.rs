//! Whole checkpoint folders: the golden one, incomplete ones and those of other models.

use burn::tensor::{DType, Device};
use proptest::prelude::*;

use super::*;
use crate::geometry::ImageSize;
use crate::job::JobContext;
use crate::model::checkpoint::testing::{GoldenCopy, golden, safetensors};
use crate::model::checkpoint::{Filling, Loader};
use crate::model::config::ExpertConfig;

const WEIGHTS: &str = "run/checkpoints/steps_100_pytorch_model.safetensors";

fn refused(copy: &GoldenCopy, path: &str, words: &[&str]) {
    let text = match Checkpoint::open(&copy.path(path), None) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("{words:?} expected"),
    };
    for word in words {
        assert!(text.contains(word), "{text} for {word}");
    }
}

fn open(copy: &GoldenCopy, path: &str) -> Checkpoint {
    Checkpoint::open(&copy.path(path), None).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_golden_run_has_the_sizes_its_readme_states() {
    for path in ["run", "run/checkpoints/steps_100_pytorch_model.pt"] {
        let checkpoint = Checkpoint::open(&golden(path), None).expect("opens");
        assert_eq!(checkpoint.kind, CheckpointKind::Policy);
        assert_eq!(checkpoint.step, Some(100));
        assert_eq!(checkpoint.warnings, Vec::<String>::new());
        assert_eq!(checkpoint.config.expert, Some(ExpertConfig::TINY));
        assert_eq!(checkpoint.config.qwen.vocab_size, 720);
        let run = checkpoint.run.as_ref().expect("a run");
        assert_eq!(run.image_size, Some(ImageSize::new(224, 224)));
        assert_eq!(
            run.prompt_wrapper.as_deref(),
            Some(
                "Your task is {instruction}. To identify the key objects for your task. \
                 Locate their bounding boxes in [x1,y1,x2,y2] format."
            )
        );
        assert_eq!(run.training["max_train_steps"], 100_000);
        let statistics = checkpoint.statistics.as_ref().expect("statistics");
        assert_eq!(statistics.choose(None).expect("one").0, "oxe_bridge");
        assert_eq!(checkpoint.planner.generation.eos_token_ids, [682, 680]);
        assert_eq!(checkpoint.planner.processor.max_pixels, 12_845_056);
        assert!(checkpoint.planner.folder.join("tokenizer.json").is_file());
        let norm = checkpoint.original_name("model.language_model.norm.weight");
        assert_eq!(
            norm,
            "qwen_vl_interface.model.model.language_model.norm.weight"
        );
    }
}

#[test]
fn a_hub_folder_is_a_planner() {
    let checkpoint = Checkpoint::open(&golden("qwen"), None).expect("opens");
    assert_eq!(checkpoint.kind, CheckpointKind::Planner);
    assert!(checkpoint.config.expert.is_none() && checkpoint.run.is_none());
    assert!(
        checkpoint
            .entries()
            .iter()
            .all(|entry| entry.name.starts_with("model."))
    );
    assert_eq!(
        checkpoint.original_name("model.visual.merger.ln_q.weight"),
        "visual.merger.ln_q.weight"
    );
}

#[test]
fn sizes_come_from_the_tensors_when_keys_are_absent_or_wrong() {
    let copy = GoldenCopy::new();
    copy.replace(
        "run/config.yaml",
        "    embed_dim: 48\n    depth: 3\n",
        "    depth: 7\n",
    );
    copy.replace("run/config.yaml", "    ouptput_dim: 48\n", "");
    copy.replace(
        "run/config.yaml",
        "future_action_window_size: 15",
        "future_action_window_size: 7",
    );
    let checkpoint = open(&copy, "run");
    let expert = checkpoint.config.expert.as_ref().expect("a policy");
    assert_eq!(
        (expert.dino.embed_dim, expert.dino.depth, expert.dit.horizon),
        (48, 3, 16)
    );
    let all = checkpoint.warnings.join("\n");
    for word in [
        "embed_dim is 384 by its name",
        "depth is 7",
        "future_action_window_size is 7",
    ] {
        assert!(all.contains(word), "{all}");
    }
}

/// File, text in it, what it becomes, and a word of the message.
const SPOILED: [(&str, &str, &str, &str); 15] = [
    (
        "qwen/config.json",
        "\"num_hidden_layers\": 4",
        "\"num_hidden_layers\": 36",
        "num_hidden_layers",
    ),
    (
        "qwen/config.json",
        "\"num_key_value_heads\": 2",
        "\"num_key_value_heads\": 4",
        "num_key_value_heads",
    ),
    (
        "qwen/config.json",
        "\"depth\": 4",
        "\"depth\": 32",
        "vision_config.depth",
    ),
    (
        "qwen/config.json",
        "\"intermediate_size\": 128",
        "\"intermediate_size\": 99",
        "intermediate_size",
    ),
    (
        "qwen/config.json",
        "\"model_type\": \"qwen2_5_vl\"",
        "\"model_type\": \"llama\"",
        "llama",
    ),
    (
        "qwen/config.json",
        "\"hidden_size\": 64",
        "\"hidden_size\": 1e99",
        "hidden_size",
    ),
    (
        "qwen/config.json",
        "\"hidden_size\": 64",
        "\"hidden_size\": 0",
        "hidden_size",
    ),
    (
        "run/config.yaml",
        "qformer_end_layer: 5",
        "qformer_end_layer: 37",
        "qformer_end_layer",
    ),
    (
        "run/config.yaml",
        "num_heads: 6",
        "num_heads: 7",
        "num_heads",
    ),
    (
        "run/config.yaml",
        "num_heads: 4",
        "num_heads: many",
        "action_model.num_heads",
    ),
    ("run/config.yaml", "framework:", "frame:", "framework"),
    (
        "run/config.yaml",
        "run_id: tiny_public",
        "run_id: [",
        "not valid YAML",
    ),
    ("run/dataset_statistics.json", "\"q01\"", "\"q1\"", "q01"),
    (
        "qwen/generation_config.json",
        "1.05",
        "-1",
        "repetition_penalty",
    ),
    (
        "qwen/preprocessor_config.json",
        "3136",
        "99999999999",
        "min_pixels",
    ),
];

#[test]
fn configurations_of_another_model_are_refused_by_key() {
    for (file, from, to, word) in SPOILED {
        let copy = GoldenCopy::new();
        copy.replace(file, from, to);
        let file = Path::new(file)
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name");
        refused(&copy, "run", &[word, file]);
    }
}

#[test]
fn weights_of_another_architecture_are_refused() {
    let copy = GoldenCopy::new();
    let header = r#"{"layer1.0.conv1.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    copy.write(WEIGHTS, &safetensors(header, &[0; 4]));
    refused(
        &copy,
        "run",
        &["another architecture", "layer1.0.conv1.weight"],
    );
    copy.write(WEIGHTS, &safetensors("{}", &[]));
    refused(&copy, "run", &["another architecture"]);
}

#[test]
fn weights_named_twice_are_refused() {
    let copy = GoldenCopy::new();
    let row = |name: &str, at: usize| {
        format!(
            r#""{name}":{{"dtype":"F32","shape":[1],"data_offsets":[{at},{}]}}"#,
            at + 4
        )
    };
    let header = format!("{{{},{}}}", row("visual.a", 0), row("model.visual.a", 4));
    copy.write(WEIGHTS, &safetensors(&header, &[0; 8]));
    refused(&copy, "run", &["visual.a and model.visual.a", "twice"]);
}

#[test]
fn absent_helpers_are_warnings_and_absent_essentials_errors() {
    let copy = GoldenCopy::new();
    copy.remove("run/dataset_statistics.json");
    copy.remove("qwen/preprocessor_config.json");
    copy.remove("qwen/generation_config.json");
    let checkpoint = open(&copy, "run");
    assert_eq!(checkpoint.warnings.len(), 3, "{:?}", checkpoint.warnings);
    assert_eq!(checkpoint.planner.generation.eos_token_ids, [682]);
    copy.remove("qwen/tokenizer.json");
    refused(&copy, "qwen", &["tokenizer.json is missing"]);
    refused(&copy, "run", &["tokenizer.json", "--base-vlm"]);
}

#[test]
fn random_weights_are_marked() {
    let copy = GoldenCopy::new();
    assert!(!open(&copy, "run").random_weights);
    copy.write("run/RANDOM_WEIGHTS", b"");
    assert!(open(&copy, "run").random_weights);
    copy.remove("run/RANDOM_WEIGHTS");
    copy.replace(
        "run/config.yaml",
        "seed: 42",
        "spvla: {random_weights: true}",
    );
    assert!(open(&copy, "run").random_weights);
}

#[test]
fn an_embedding_with_more_rows_is_adopted_with_a_warning() {
    let copy = GoldenCopy::new();
    copy.replace(
        "qwen/config.json",
        "\"vocab_size\": 720",
        "\"vocab_size\": 700",
    );
    copy.replace(
        "qwen/config.json",
        "\"tie_word_embeddings\": true",
        "\"tie_word_embeddings\": false",
    );
    let checkpoint = open(&copy, "qwen");
    assert_eq!(checkpoint.config.qwen.vocab_size, 720);
    assert!(checkpoint.config.qwen.tie_word_embeddings);
    assert_eq!(checkpoint.warnings.len(), 2, "{:?}", checkpoint.warnings);
}

/// Loads one vector of the checkpoint.
fn load_norm(checkpoint: &mut Checkpoint) -> Result<Vec<f32>, LoadError> {
    let context = JobContext::silent();
    let filling = Filling::Source(checkpoint.source());
    let loader = Loader::new(filling, &Device::flex(), DType::F32, &context);
    let root = loader.weights().pp("model").pp("language_model");
    let norm = root.pp("norm").tensor("weight", [64])?;
    Ok(norm.val().into_data().try_to_vec().expect("f32"))
}

#[test]
fn a_weight_that_is_not_a_number_is_named() {
    let copy = GoldenCopy::new();
    let good = load_norm(&mut open(&copy, "run")).expect("loads");
    assert_eq!(good.len(), 64);
    let name = "qwen_vl_interface.model.model.language_model.norm.weight";
    for bits in [0x7FC0_u16, 0x7F80, 0xFF80] {
        overwrite_first(&copy, name, bits);
        match load_norm(&mut open(&copy, "run")) {
            Err(LoadError::NonFinite { key }) => {
                assert_eq!(key, "model.language_model.norm.weight");
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Writes a bf16 number over the first of a tensor.
fn overwrite_first(copy: &GoldenCopy, name: &str, bits: u16) {
    let mut bytes = std::fs::read(copy.path(WEIGHTS)).expect("reads");
    let length = u64::from_le_bytes(*bytes.first_chunk().expect("a length")) as usize;
    let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + length]).expect("JSON");
    let begin = header[name]["data_offsets"][0].as_u64().expect("an offset") as usize;
    let at = 8 + length + begin;
    bytes[at..at + 2].copy_from_slice(&bits.to_le_bytes());
    copy.write(WEIGHTS, &bytes);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn spoiled_configurations_never_panic(
        file in prop::sample::select(vec!["run/config.yaml", "run/dataset_statistics.json", "qwen/config.json"]),
        flips in prop::collection::vec(any::<(u16, u8)>(), 1..5),
    ) {
        let copy = GoldenCopy::new();
        let mut bytes = std::fs::read(copy.path(file)).expect("reads");
        for (at, bit) in flips {
            let at = usize::from(at) % bytes.len();
            bytes[at] ^= 1 << (bit % 8);
        }
        copy.write(file, &bytes);
        if let Err(error) = Checkpoint::open(&copy.path("run"), None) {
            prop_assert!(error.to_string().len() < 1000);
        }
    }
}
