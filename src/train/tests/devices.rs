//! Steps on several devices against the same steps on one.

use super::*;

/// Runs `config` in a folder of its own.
fn steps(config: &RunConfig, folder: &str) -> Vec<StepMetrics> {
    let config = RunConfig {
        folder: config.folder.with_file_name(folder),
        ..config.clone()
    };
    train(&config, false).unwrap().1
}

/// Fails where two runs do not take the same steps, but for rounding.
fn same(one: &[StepMetrics], other: &[StepMetrics]) {
    assert_eq!(one.len(), other.len());
    let close = |a: f64, b: f64, what: &str| {
        assert!((a - b).abs() <= 1e-3 * a.abs().max(1e-3), "{what}: {a} {b}");
    };
    // The first step has the same weights, so that nothing but the order of sums differs.
    let norms = [&one[0], &other[0]].map(|metrics| metrics.gradient_norm);
    assert!((norms[0] - norms[1]).abs() < 1e-5 * norms[0], "{norms:?}");
    for (one, other) in one.iter().zip(other) {
        assert_eq!((one.step, one.samples), (other.step, other.samples));
        close(one.loss, other.loss, "loss");
        close(one.gradient_norm, other.gradient_norm, "gradient");
        for (name, loss) in &one.losses {
            close(*loss, other.losses[name], name);
        }
    }
}

fn divided(config: &RunConfig) -> [RunConfig; 2] {
    let [mut parts, mut devices] = [config.clone(), config.clone()];
    parts.batch.accumulate = 2;
    parts.batch.parallel = 2;
    devices.device = DeviceChoice::Auto;
    devices.devices = vec!["cpu".into(); 2];
    [parts, devices]
}

#[test]
fn parts_and_devices_together_take_the_steps_of_one() {
    let data = tempfile::tempdir().unwrap();
    let labels = labels(data.path(), 6);
    let mut one = config(data.path(), &labels);
    one.batch.pictures = 5;
    one.batch.parallel = 1;
    one.steps = 4;
    let whole = steps(&one, "whole");
    for (number, other) in divided(&one).iter().enumerate() {
        same(&whole, &steps(other, &format!("other {number}")));
    }
}

#[test]
fn devices_together_learn_the_same_actions() {
    let data = tempfile::tempdir().unwrap();
    let first = acting::grounded(data.path(), 1);
    let mut one = acting::acting(&first, Recipe::CoTraining);
    one.loss.similarity_every = 0;
    one.batch.parallel = 1;
    one.lora = Some(LoraConfig::default());
    one.steps = 3;
    let whole = steps(&one, "whole");
    for (number, other) in divided(&one).iter().enumerate() {
        same(&whole, &steps(other, &format!("other {number}")));
    }
}

#[test]
fn a_list_of_devices_is_checked() {
    let good = config(Path::new("a"), Path::new("labels.jsonl"));
    let refused = |change: &dyn Fn(&mut RunConfig)| {
        let mut config = good.clone();
        config.device = DeviceChoice::Auto;
        config.devices = vec!["cpu".into(), "wgpu:0".into()];
        assert!(config.check().is_ok());
        change(&mut config);
        config.check().unwrap_err().to_string()
    };
    let both = refused(&|c| c.device = DeviceChoice::Cpu);
    assert!(both.contains("leave `device` out"), "{both}");
    let twice = refused(&|c| c.devices = vec!["wgpu:0".into(); 2]);
    assert!(twice.contains("wgpu:0 is named twice"), "{twice}");
    let few = refused(&|c| c.batch.pictures = 1);
    assert!(
        few.contains("batch.pictures") && few.contains("2 devices"),
        "{few}"
    );
    let wrong = refused(&|c| c.devices = vec!["gpu".into()]);
    assert!(wrong.contains("spvla lend"), "{wrong}");
}
