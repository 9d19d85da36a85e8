//! One block of each kind through Burn's wgpu backend, against the original's numbers; gradients in 16 bits against 32.
//!
//! Continuous integration has no GPU, so this runs on a software adapter (Mesa's lavapipe). Whole parity there takes as
//! long as its kernels take to compile: `spvla verify tests/golden --device wgpu`.

use std::path::Path;

use burn::tensor::{DType, Device, Tensor, TensorData};
use spvla::job::JobContext;
use spvla::model::checkpoint::{Filling, Loader};
use spvla::model::device::{DeviceChoice, Devices, Precision, adapters};
use spvla::model::layers::Linear;
use spvla::model::training::{Gradients, Parameters, fetch};
use spvla::verify::{Config, Verdict, run};

/// Rows of one stage that runs each kind of block: vision and language, DINOv2, querying transformer and `DiT`.
const BLOCKS: &[&str] = &[
    "predict_view1/hidden_state",
    "predict_view1/dino_projected",
    "predict_view1/qformer",
    "predict_view1/actions_norm",
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

/// Gradients of weight and bias of a layer, whose loss is so small that they vanish in 16 bits.
fn gradients(device: &Device, halves: Option<f64>) -> Vec<Vec<f32>> {
    const ROWS: [usize; 2] = [24, 48];
    let context = JobContext::silent();
    let loader = Loader::new(Filling::Fresh(5), device, DType::F32, &context);
    let layer = Linear::load(&loader.weights(), ROWS[1], 32, true).expect("fresh weights");
    let parameters = Parameters::new(loader.named());
    let armed = parameters.trainable(layer, &|_| true, false);
    let layer = match halves {
        Some(_) => parameters.halved(armed.clone()),
        None => armed.clone(),
    };
    let rows = (0..ROWS[0] * ROWS[1]).map(|at| (at as f32 * 0.7).sin());
    let rows = TensorData::new(rows.collect::<Vec<f32>>(), ROWS);
    let y = layer.forward(Tensor::<2>::from_data(rows, device));
    let loss = (y.clone() * y).mean() * 1e-5;
    let found = Gradients::scaled(&loss, &armed, &parameters, halves.unwrap_or(1.0));
    let places = 0..parameters.list().len();
    let found: Vec<Tensor<1>> = places
        .map(|place| found.of_place(place).expect("both learn").clone())
        .collect();
    let wide = |gradient: &Tensor<1>| gradient.dtype() == DType::F32;
    assert!(
        found.iter().all(wide),
        "those of weights that rest in 32 bits"
    );
    fetch(&found).expect("the device answers")
}

#[test]
fn mixed_precision_finds_the_gradients_of_32_bits() {
    let device = match Devices::default().open(DeviceChoice::Wgpu) {
        Ok(device) if device.has_halves() => device,
        _ => {
            eprintln!(
                "SKIPPED: no graphics adapter with 16-bit numbers; mixed precision was NOT tested"
            );
            return;
        }
    };
    let exact = gradients(&Device::flex(), None);
    let off = |found: &[Vec<f32>], at: usize| {
        let pairs = found[at].iter().zip(&exact[at]);
        let square = |x: f32| f64::from(x) * f64::from(x);
        let (wrong, whole) = pairs.fold((0.0, 0.0), |(wrong, whole), (a, b)| {
            (wrong + square(a - b), whole + square(*b))
        });
        (wrong / whole).sqrt()
    };
    let mixed = gradients(device.handle(), Some(65536.0));
    for at in 0..exact.len() {
        assert!(off(&mixed, at) < 5e-3, "{}", off(&mixed, at));
    }
    // Without being made larger on the way back they are lost, which is why they are.
    let lost = gradients(device.handle(), Some(1.0));
    assert!(off(&lost, 0) > 0.05, "{}", off(&lost, 0));
}
