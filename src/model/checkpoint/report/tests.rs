//! Reports count every tensor once and name them as the file does.

use burn::tensor::{DType, Device};

use super::*;
use crate::job::JobContext;
use crate::model::checkpoint::testing::golden;
use crate::model::checkpoint::{Filling, Loader};

fn loaded() -> LoadedOn {
    LoadedOn {
        device: "CPU".into(),
        precision: "f32".into(),
        seconds: 1.25,
    }
}

/// The report after asking for one tensor that fits, one of another shape and one that is not there.
fn report() -> LoadReport {
    let mut checkpoint = Checkpoint::open(&golden("run"), None).expect("opens");
    let tally = {
        let context = JobContext::silent();
        let filling = Filling::Tally(checkpoint.source());
        let loader = Loader::new(filling, &Device::flex(), DType::F32, &context);
        let root = loader.weights();
        root.pp("layer_qformer")
            .tensor("query_tokens", [64, 48])
            .expect("tallies");
        root.pp("dino_pro").tensor("bias", [65]).expect("tallies");
        root.pp("dino_pro").tensor("extra", [1]).expect("tallies");
        loader.finish()
    };
    LoadReport::new(&checkpoint, &tally, loaded())
}

#[test]
fn parts_count_every_tensor_once() {
    let report = report();
    let parts = &report.size.parts;
    assert_eq!(parts.len(), 6);
    let projection = &parts[3];
    assert_eq!(
        (projection.name, projection.parameters),
        ("DINO projection", 64 * 48 + 64)
    );
    assert_eq!(projection.file_bytes, 2 * projection.parameters);
    let all: u64 = parts.iter().map(|part| part.parameters).sum();
    let checkpoint = Checkpoint::open(&golden("run"), None).expect("opens");
    let numel: usize = checkpoint.entries().iter().map(TensorEntry::numel).sum();
    assert_eq!(all, numel as u64);
}

#[test]
fn a_tied_head_counts_once() {
    let path = golden("run/checkpoints/steps_100_pytorch_model.pt");
    let checkpoint = Checkpoint::open(&path, None).expect("opens");
    let both = parts(checkpoint.entries(), false);
    let tied = parts(checkpoint.entries(), true);
    assert_eq!(both[1].parameters - tied[1].parameters, 720 * 64);
}

#[test]
fn findings_use_the_names_of_the_file() {
    let report = report();
    let tensors = &report.tensors;
    assert_eq!(tensors.missing, ["dino_pro.extra"]);
    assert_eq!(tensors.misshapen[0].found, [64]);
    let norm = "qwen_vl_interface.model.model.language_model.norm.weight";
    assert!(tensors.unexpected.iter().any(|name| name == norm));
    let error = report.complete().expect_err("incomplete").to_string();
    assert!(
        error.contains("1 tensors are missing") && error.contains("dino_pro.extra"),
        "{error}"
    );
}

#[test]
fn the_table_lines_up_and_says_what_matters() {
    let text = report().to_string();
    for words in [
        "InternVLA-M1 policy: Qwen2.5-VL planner (4 blocks of width 64",
        "64 queries over hidden states 2 to 4",
        "for 16 actions of 7 axes",
        "Statistics    oxe_bridge",
        "Loaded in     1.25 s",
        "Missing       1\n  dino_pro.extra",
        "and ",
    ] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
    let rows: Vec<&str> = text
        .lines()
        .filter(|line| line.ends_with(" MB") && line.len() == 54)
        .collect();
    assert_eq!(rows.len(), 6, "{text}");
}

#[test]
fn counts_are_grouped_by_thousands() {
    for (count, text) in [
        (0, "0"),
        (999, "999"),
        (1000, "1,000"),
        (4_156_319_751, "4,156,319,751"),
    ] {
        assert_eq!(grouped(count), text);
    }
}

#[test]
fn the_report_is_plain_data() {
    let value = serde_json::to_value(report()).expect("serialises");
    assert_eq!(value["step"], 100);
    assert_eq!(value["training"]["seed"], serde_json::Value::Null);
    assert_eq!(value["loaded"]["device"], "CPU");
}
