//! What a path to a folder, weights or configuration stands for.

use super::*;
use crate::model::checkpoint::testing::{GoldenCopy, golden, safetensors};

const WEIGHTS: &str = "run/checkpoints/steps_100_pytorch_model.safetensors";

fn chosen(path: &Path) -> PathBuf {
    match locate(path).expect("found") {
        Located::Run { chosen, .. } => chosen.path,
        Located::Hub { weights, .. } => weights,
    }
}

#[test]
fn a_run_may_be_named_by_folder_weights_or_configuration() {
    let copy = GoldenCopy::new();
    let weights = copy.path(WEIGHTS);
    for path in ["run", "run/checkpoints", "run/config.yaml", WEIGHTS] {
        assert_eq!(chosen(&copy.path(path)), weights, "{path}");
    }
    for path in ["qwen", "qwen/config.json", "qwen/model.safetensors"] {
        assert_eq!(
            chosen(&copy.path(path)),
            copy.path("qwen/model.safetensors"),
            "{path}"
        );
    }
}

#[test]
fn the_highest_step_is_taken_and_all_are_listed() {
    let copy = GoldenCopy::new();
    let bytes = safetensors("{}", &[]);
    copy.write("run/checkpoints/steps_90_pytorch_model.pt", b"PK\x03\x04");
    copy.write("run/checkpoints/steps_100_pytorch_model.pt", b"PK\x03\x04");
    copy.write("run/final_model/pytorch_model.pt", &bytes);
    copy.write("run/checkpoints/notes.txt", b"steps_900_pytorch_model.pt");
    let Located::Run { chosen, steps, .. } = locate(&copy.path("run")).expect("found") else {
        panic!("a run");
    };
    assert_eq!(chosen.path, copy.path(WEIGHTS));
    let listed: Vec<Option<u64>> = steps.iter().map(|file| file.step).collect();
    assert_eq!(listed, [None, Some(90), Some(100), Some(100)]);
    copy.write("run/checkpoints/steps_1000_pytorch_model.pt", &bytes);
    let Located::Run { chosen, .. } = locate(&copy.path("run")).expect("found") else {
        panic!("a run");
    };
    assert_eq!(chosen.step, Some(1000));
    let last = copy.path("run/final_model/pytorch_model.pt");
    assert_eq!(super::tests::chosen(&copy.path("run/final_model")), last);
}

#[test]
fn an_older_run_has_its_configuration_as_json() {
    let copy = GoldenCopy::new();
    copy.remove("run/config.yaml");
    copy.write("run/config.json", br#"{"framework": {}}"#);
    let Located::Run { config, .. } = locate(&copy.path("run")).expect("found") else {
        panic!("a run");
    };
    assert_eq!(config, copy.path("run/config.json"));
}

#[test]
fn one_part_stands_for_the_whole_model() {
    let copy = GoldenCopy::new();
    let map = br#"{"weight_map": {"a": "model.safetensors"}}"#;
    copy.write("qwen/model.safetensors.index.json", map);
    let index = copy.path("qwen/model.safetensors.index.json");
    assert_eq!(chosen(&copy.path("qwen/model.safetensors")), index);
}

#[test]
fn what_is_missing_is_named_with_what_to_do() {
    let copy = GoldenCopy::new();
    let refused = |path: &str, word: &str| {
        let text = locate(&copy.path(path)).expect_err(word).to_string();
        assert!(text.contains(word), "{text}");
    };
    refused("nowhere", "cannot read");
    refused("", "config.yaml or config.json is missing");
    copy.remove("run/config.yaml");
    refused("run", "config.yaml or config.json is missing");
    refused(WEIGHTS, "config.yaml or config.json is missing");
    copy.write("run/config.yaml", b"framework: {}");
    copy.remove(WEIGHTS);
    refused("run", "the weights of this run is missing");
    copy.remove("qwen/model.safetensors");
    refused("qwen", "model.safetensors is missing");
}

#[test]
fn the_planner_is_found_near_the_run_or_asked_for() {
    let copy = GoldenCopy::new();
    let (run, qwen) = (copy.path("run"), copy.path("qwen"));
    let found = |base: Option<&str>, explicit: Option<&Path>| planner_folder(&run, base, explicit);
    assert_eq!(
        found(Some("./qwen"), None).expect("beside").file_name(),
        qwen.file_name()
    );
    assert_eq!(found(Some("/dead/path/qwen"), None).expect("by name"), qwen);
    assert_eq!(
        found(Some("Qwen/Qwen2.5-VL-3B-Instruct"), None).expect("sibling"),
        qwen
    );
    assert_eq!(found(None, None).expect("sibling"), qwen);
    assert_eq!(found(None, Some(&qwen)).expect("as asked"), qwen);
    let text = found(None, Some(&run))
        .expect_err("no tokenizer")
        .to_string();
    assert!(text.contains("--base-vlm"), "{text}");
    copy.remove("qwen/tokenizer.json");
    let text = found(Some("./qwen"), None)
        .expect_err("no tokenizer")
        .to_string();
    assert!(
        text.contains("tokenizer.json") && text.contains("--base-vlm"),
        "{text}"
    );
}

#[test]
fn golden_steps_prefer_the_container_without_a_pickle() {
    let path = chosen(&golden("run"));
    assert!(
        path.ends_with("steps_100_pytorch_model.safetensors"),
        "{}",
        path.display()
    );
}
