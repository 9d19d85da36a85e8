//! The action expert against the original: views, condition, raw actions and fans of samples.

use super::super::action::SamplerOptions;
use super::*;
use crate::model::testing::{self, Golden};
use crate::robot::ActionStats;

fn sampler(steps: usize, guidance: f64) -> Sampler {
    Sampler::new(SamplerOptions { steps, guidance }).expect("a valid count")
}

#[test]
fn views_become_one_sequence() {
    let expert = testing::expert();
    let features: Tensor<3> = Golden::open("stages/dino.safetensors").tensor("patch_features");
    let two = expert.image_tokens(features.clone(), 2);
    Golden::open("stages/predict_view2.safetensors").check("dino_projected", two);
    let one = expert.image_tokens(features.narrow(0, 0, 1), 1);
    Golden::open("stages/predict_view1.safetensors").check("dino_projected", one);
}

#[test]
fn the_condition_from_image_features_and_states_matches_the_original() {
    let golden = Golden::open("stages/predict_view1.safetensors");
    let features: Tensor<3> = Golden::open("stages/dino.safetensors").tensor("patch_features");
    let states: Vec<Tensor<3>> = (2..5)
        .map(|i| golden.tensor(&format!("hidden_state_{i}")))
        .collect();
    let mut pass = Pass::collecting();
    let condition = testing::expert().condition(&states, features.narrow(0, 0, 1), 1, &mut pass);
    golden.check("condition", condition.expect("runs"));
}

#[test]
fn raw_actions_match_the_original_for_every_statistics_key() {
    let expert = testing::expert();
    for file in [
        "stages/predict_view1.safetensors",
        "stages/predict_view2.safetensors",
    ] {
        let golden = Golden::open(file);
        for (key, stats) in testing::statistics() {
            for (guidance, steps) in [("1.0", 5), ("1.0", 10), ("1.5", 5), ("1.5", 10)] {
                let sampler = sampler(steps, guidance.parse().expect("a number"));
                let start = Start {
                    condition: golden.tensor("condition"),
                    noise: golden.tensor("initial_noise"),
                };
                let mut pass = Pass::collecting();
                let chunks = expert.actions(&sampler, start, &mut |_| (), &mut pass);
                let raw = raw(&stats, &chunks.expect("runs")[0]);
                golden.check_values(
                    &format!("actions_raw.{key}.cfg{guidance}.ddim{steps}"),
                    &raw,
                );
            }
        }
    }
}

fn raw(stats: &ActionStats, chunk: &NormActionChunk) -> Vec<f32> {
    let actions = stats.denormalize(chunk).expect("axes fit");
    actions
        .steps()
        .concat()
        .into_iter()
        .map(|x| x as f32)
        .collect()
}

#[test]
fn a_fan_has_one_chunk_per_noise() {
    let expert = testing::expert();
    let golden = Golden::open("stages/predict_view1.safetensors");
    let start = Start {
        condition: golden.tensor("condition"),
        noise: expert.noise(5, 3),
    };
    let mut pass = Pass::collecting();
    let chunks = expert
        .actions(&sampler(2, 1.5), start, &mut |_| (), &mut pass)
        .expect("runs");
    assert_eq!(chunks.len(), 3);
    assert!(chunks.iter().all(|chunk| chunk.steps().len() == 16));
    assert_ne!(chunks[0], chunks[1]);
}

#[test]
fn every_tensor_of_the_checkpoint_is_used() {
    let tally = testing::load().1;
    let ours = |name: &&String| !name.starts_with("qwen_vl_interface.");
    assert_eq!(tally.unexpected.iter().find(ours), None);
    assert!(tally.missing.is_empty() && tally.misshapen.is_empty());
}
