//! Tests of the module above.

use super::*;
use crate::model::device::DeviceChoice;

#[test]
fn a_tiny_model_is_measured_stage_by_stage() {
    let config = Config {
        model: Model::Random(Shape::Tiny),
        views: 2,
        device: DeviceChoice::Cpu,
        precision: Precision::F32,
    };
    let report = run(&config, &JobContext::silent()).unwrap();
    let stages: Vec<&str> = report.rows.iter().map(|row| row.stage).collect();
    let expected = [
        "load",
        "vision",
        "prefill",
        "dino",
        "qformer",
        "dit",
        "action query",
        "decode",
    ];
    assert_eq!(stages, expected);
    assert!(report.rows.iter().all(|row| row.ms > 0.0));
    assert_eq!(report.prompt_tokens, PROMPT_WORDS + 2 * (64 + 1));
    assert!(report.weight_bytes >= report.parameters * 4);
}

#[test]
fn shapes_have_the_published_number_of_parameters() {
    let context = JobContext::silent();
    for (shape, least, most) in [
        (Shape::Large3b, 4.1e9, 4.3e9),
        (Shape::Large7b, 8.6e9, 8.9e9),
    ] {
        let parameters = count(&shape.config(), &ComputeDevice::cpu(), &context).unwrap();
        assert!(
            (least..most).contains(&(parameters as f64)),
            "{shape:?}: {parameters}"
        );
    }
}
