//! One block of each kind through Burn's wgpu backend, against the original's numbers.
//!
//! Continuous integration has no GPU, so this runs on a software adapter (Mesa's lavapipe). Whole parity there takes as
//! long as its kernels take to compile: `spvla verify tests/golden --device wgpu`.

use std::path::Path;

use spvla::job::JobContext;
use spvla::model::device::{DeviceChoice, Precision, adapters};
use spvla::verify::{Config, Verdict, run};

/// The shortest stage that runs each kind of block.
const BLOCKS: &[&str] = &[
    "vision/",
    "lm_text_only/",
    "dino/",
    "dit/",
    "predict_view1/qformer",
];

#[test]
fn one_block_of_each_kind_agrees_with_the_original_on_an_adapter() {
    if adapters().is_empty() {
        eprintln!("SKIPPED: no graphics adapter; the model was NOT compared on wgpu");
        return;
    }
    let config = Config {
        folder: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"),
        device: DeviceChoice::Wgpu,
        precision: Precision::F32,
        only: BLOCKS.iter().map(|&only| only.to_owned()).collect(),
    };
    let report = run(&config, &JobContext::silent()).unwrap();
    for only in BLOCKS {
        let rows = report.rows.iter();
        let of_kind = rows.filter(|row| format!("{}/{}", row.stage, row.tensor).contains(only));
        let passed = of_kind.filter(|row| row.verdict == Verdict::Passed).count();
        assert!(passed > 0, "{only}: nothing passed on {}", report.device);
    }
    let failed: Vec<_> = report
        .rows
        .iter()
        .filter(|row| row.verdict == Verdict::Failed)
        .collect();
    assert!(failed.is_empty(), "{}: {failed:#?}", report.device);
}
