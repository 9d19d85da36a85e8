//! Hidden states, logits and padding, against the original.

use super::*;
use crate::model::planner::golden::{self, Golden};

#[test]
fn every_hidden_state_and_logit_equals_the_reference() {
    let golden = Golden::open("lm");
    let planner = golden::planner(golden::QWEN);
    let grids = Golden::open("vision").grids();
    let ids = golden.ids("input_ids");
    let (patches, _) = golden::patches(&["smart.scene_a", "smart.scene_b"]);
    let mut pass = Pass::new(crate::job::CancelToken::default(), false);
    let images = planner
        .vision(patches, &grids, RopeRounding::F32, &mut pass)
        .unwrap();
    let input = DecoderInput {
        embeds: planner.embed(&ids, Some(images)),
        positions: Positions::new(&ids, &grids, planner.config()).unwrap(),
        rope: RopeRounding::F32,
    };
    golden.close_tensor("inputs_embeds", input.embeds.clone());
    let layers = planner.config().num_hidden_layers;
    let states = planner
        .hidden_states(&input, 0..layers + 1, &mut pass)
        .unwrap();
    pass.finish().unwrap();
    assert_eq!(states.len(), layers + 1);
    for (i, state) in states.iter().enumerate() {
        golden.close_tensor(&format!("hidden_state_{i}"), state.clone());
    }
    let last: Tensor<2> = states[layers].clone().squeeze_dim(0);
    golden.close_tensor("logits", planner.logits(last));
}

#[test]
fn text_alone_equals_the_reference() {
    let golden = Golden::open("lm_text_only");
    let planner = golden::planner(golden::QWEN);
    let ids = golden.ids("input_ids");
    let input = DecoderInput {
        embeds: planner.embed(&ids, None),
        positions: Positions::new(&ids, &[], planner.config()).unwrap(),
        rope: RopeRounding::F32,
    };
    let layers = planner.config().num_hidden_layers;
    let mut pass = Pass::collecting();
    let states = planner
        .hidden_states(&input, layers..layers + 1, &mut pass)
        .unwrap();
    golden.close_tensor("hidden_state_last", states[0].clone());
    let last: Tensor<2> = states[0].clone().squeeze_dim(0);
    golden.close_tensor("logits", planner.logits(last));
    let names: Vec<String> = pass.finish().unwrap().into_iter().map(|s| s.name).collect();
    assert_eq!(names.last().map(String::as_str), Some("lm.norm"));
}

#[test]
fn blocks_after_the_last_state_are_not_computed() {
    let planner = golden::planner(golden::QWEN);
    let input = golden::text_input(&planner, &[1, 2, 3, 4]);
    let mut pass = Pass::collecting();
    let states = planner.hidden_states(&input, 1..3, &mut pass).unwrap();
    assert_eq!(states.len(), 2);
    let names: Vec<String> = pass.finish().unwrap().into_iter().map(|s| s.name).collect();
    assert_eq!(names, ["lm.block_0", "lm.block_1"]);
}

#[test]
fn left_padded_batches_equal_the_reference() {
    let golden = Golden::open("lm_batch_leftpad");
    let planner = golden::planner(golden::QWEN);
    let input = golden.padded_input(&planner);
    let layers = planner.config().num_hidden_layers;
    let mut pass = Pass::new(crate::job::CancelToken::default(), false);
    let states = planner
        .hidden_states(&input, layers..layers + 1, &mut pass)
        .unwrap();
    pass.finish().unwrap();
    let [batch, length, width] = states[0].dims();
    let last = states[0]
        .clone()
        .narrow(1, length - 1, 1)
        .reshape([batch, width]);
    golden.close_tensor("logits_last", planner.logits(last));
}

#[test]
fn padding_does_not_leak() {
    let planner = golden::planner(golden::QWEN);
    let alone = golden::text_input(&planner, &[5, 6, 7, 8, 9]);
    let longer = golden::text_input(&planner, &[11, 12, 13, 14, 15, 16, 17, 18]);
    let noise = |value: f64| Tensor::<3>::zeros([1, 3, 64], planner.device()) + value;
    let layers = planner.config().num_hidden_layers;
    let state = |input: &DecoderInput| {
        let mut pass = Pass::new(crate::job::CancelToken::default(), false);
        planner
            .hidden_states(input, layers..layers + 1, &mut pass)
            .unwrap()
            .remove(0)
    };
    let expected = state(&alone).try_into_vec_as::<f32>().unwrap();
    for value in [0.0, 50.0] {
        let padded = Tensor::cat(vec![noise(value), alone.embeds.clone()], 1);
        let input = DecoderInput {
            embeds: Tensor::cat(vec![padded, longer.embeds.clone()], 0),
            positions: Positions::left_padded(&[alone.positions.clone(), longer.positions.clone()]),
            rope: RopeRounding::F32,
        };
        let found = state(&input).narrow(0, 0, 1).narrow(1, 3, 5);
        let found = found.try_into_vec_as::<f32>().unwrap();
        let difference = expected.iter().zip(&found).map(|(a, b)| (a - b).abs());
        assert!(difference.fold(0.0, f32::max) < 2e-5);
    }
}

#[test]
fn rounded_frequencies_equal_the_reference() {
    let golden = Golden::open("predict_rope_bf16");
    let planner = golden::planner(golden::CHECKPOINT);
    for (view, names) in [
        ("view1", &["square.scene_a"][..]),
        ("view2", &["square.scene_a", "square.scene_b"]),
    ] {
        let (patches, grids) = golden::patches(names);
        let ids = golden::predict_prompt(view, &grids);
        let mut pass = Pass::new(crate::job::CancelToken::default(), false);
        let images = planner
            .vision(patches, &grids, RopeRounding::Bf16, &mut pass)
            .unwrap();
        let input = DecoderInput {
            embeds: planner.embed(&ids, Some(images)),
            positions: Positions::new(&ids, &grids, planner.config()).unwrap(),
            rope: RopeRounding::Bf16,
        };
        let states = planner.hidden_states(&input, 4..5, &mut pass).unwrap();
        golden.close_tensor(&format!("{view}.hidden_state_4"), states[0].clone());
        let exact = DecoderInput {
            rope: RopeRounding::F32,
            ..input
        };
        let states = planner.hidden_states(&exact, 4..5, &mut pass).unwrap();
        assert!(golden.difference_of(&format!("{view}.hidden_state_4"), states[0].clone()) > 1e-3);
    }
}
