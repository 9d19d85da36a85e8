//! Replies, step scores, stopping and cancelling, against the original.

use super::*;
use crate::model::planner::golden::{self, Golden};
use crate::model::planner::{Planner, Positions, RopeRounding};

fn input(planner: &Planner, ids: &[u32], images: &[&str]) -> DecoderInput {
    let (patches, grids) = golden::patches(images);
    let mut pass = Pass::new(CancelToken::default(), false);
    let embeds = planner
        .vision(patches, &grids, RopeRounding::F32, &mut pass)
        .unwrap();
    DecoderInput {
        embeds: planner.embed(ids, Some(embeds)),
        positions: Positions::new(ids, &grids, planner.config()).unwrap(),
        rope: RopeRounding::F32,
    }
}

fn options(penalty: f32, tokens: usize) -> GenerateOptions {
    GenerateOptions {
        max_new_tokens: tokens,
        repetition_penalty: penalty,
        ..GenerateOptions::default()
    }
}

fn run(
    planner: &Planner,
    input: &DecoderInput,
    ids: &[u32],
    options: &GenerateOptions,
) -> Generation {
    let mut streamed = Vec::new();
    let generation = planner
        .generate(
            input,
            ids,
            options,
            (&CancelToken::default(), &mut |t| streamed.push(t.clone())),
        )
        .unwrap();
    assert_eq!(streamed, generation.tokens);
    generation
}

#[test]
fn replies_equal_the_reference() {
    let golden = Golden::open("generate");
    let cases = golden::cases();
    for (weights, case, images, penalty) in [
        (
            golden::QWEN,
            "base.two_images.greedy",
            &["smart.scene_a", "smart.scene_b"][..],
            1.0,
        ),
        (
            golden::QWEN,
            "base.one_image.greedy",
            &["smart.scene_a"],
            1.0,
        ),
        (
            golden::QWEN,
            "base.one_image.greedy_reppen1.05",
            &["smart.scene_a"],
            1.05,
        ),
        (
            golden::CHECKPOINT,
            "checkpoint.one_image.greedy",
            &["smart.scene_a"],
            1.0,
        ),
        (
            golden::CHECKPOINT,
            "checkpoint.one_image.greedy_reppen1.05",
            &["smart.scene_a"],
            1.05,
        ),
    ] {
        let planner = golden::planner(weights);
        let prompt = if images.len() == 2 {
            "two_images"
        } else {
            "one_image"
        };
        let ids = golden.ids(&format!("base.{prompt}.input_ids"));
        let found = run(
            &planner,
            &input(&planner, &ids, images),
            &ids,
            &options(penalty, 24),
        );
        let expected: Vec<u32> =
            serde_json::from_value(cases["generate"][case]["ids"].clone()).unwrap();
        assert_eq!(found.ids(), expected, "{case}");
        assert_eq!(found.ending, Ending::Length);
    }
}

#[test]
fn step_scores_equal_the_reference_and_cached_decoding_equals_full_decoding() {
    let golden = Golden::open("generate");
    let planner = golden::planner(golden::QWEN);
    let ids = golden.ids("base.one_image.input_ids");
    let input = input(&planner, &ids, &["smart.scene_a"]);
    let reply: Vec<u32> =
        serde_json::from_value(golden::cases()["generate"]["base.one_image.greedy"]["ids"].clone())
            .unwrap();

    let decoder = planner.decoder();
    let mut cache = KvCache::new(decoder.depth(), 4); // too small, so that it has to grow
    let mut pass = Pass::new(CancelToken::default(), false);
    let mut scores = vec![decoder.prefill(&input, &mut cache, &mut pass).unwrap()];
    let table = decoder.rope_table(RopeRounding::F32);
    for &id in &reply[..23] {
        let position = cache.length() as i64 + input.positions.rope_delta()[0];
        scores.push(decoder.step(id, position as u32, &table, &mut cache));
    }
    let cached = burn::tensor::Tensor::cat(scores, 0);
    golden.close_tensor("base.one_image.greedy.logits", cached.clone());

    let all: Vec<u32> = ids.iter().chain(&reply).copied().collect();
    let (patches, grids) = golden::patches(&["smart.scene_a"]);
    let images = planner
        .vision(patches, &grids, RopeRounding::F32, &mut pass)
        .unwrap();
    let full = DecoderInput {
        embeds: planner.embed(&all, Some(images)),
        positions: Positions::new(&all, &grids, planner.config()).unwrap(),
        rope: RopeRounding::F32,
    };
    let layers = planner.config().num_hidden_layers;
    let states = planner
        .hidden_states(&full, layers..layers + 1, &mut pass)
        .unwrap();
    let hidden = states[0]
        .clone()
        .narrow(1, ids.len() - 1, 24)
        .squeeze_dim::<2>(0);
    let difference = (planner.logits(hidden) - cached)
        .abs()
        .max()
        .into_scalar::<f32>();
    assert!(difference < 5e-5, "{difference}");
}

#[test]
fn a_stop_token_ends_the_reply_and_is_not_part_of_it() {
    let planner = golden::planner(golden::QWEN);
    let ids = [1, 2, 3];
    let input = golden::text_input(&planner, &ids);
    let free = run(&planner, &input, &ids, &options(1.0, 6));
    let stop = free.tokens[3].id;
    let first = free.ids().iter().position(|&id| id == stop).unwrap();
    let mut stopping = options(1.0, 6);
    stopping.stop_ids = vec![stop];
    let stopped = run(&planner, &input, &ids, &stopping);
    assert_eq!(stopped.ids(), free.ids()[..first]);
    assert_eq!(stopped.ending, Ending::Stop(stop));
}

#[test]
fn cancelling_between_tokens_stops() {
    let planner = golden::planner(golden::QWEN);
    let ids = [1, 2, 3];
    let input = golden::text_input(&planner, &ids);
    let cancel = CancelToken::default();
    let mut tokens = 0;
    let result = planner.generate(
        &input,
        &ids,
        &options(1.0, 50),
        (&cancel, &mut |_| {
            tokens += 1;
            if tokens == 2 {
                cancel.cancel();
            }
        }),
    );
    assert_eq!(result, Err(PassError::Cancelled(Cancelled)));
    assert_eq!(tokens, 2);
}

#[test]
fn probabilities_are_those_before_the_penalty() {
    let options = options(2.0, 1);
    let mut chooser = Chooser::new(&[1], &options);
    let token = chooser.choose(0, &[0.0, 1.0, 0.9]).unwrap();
    assert_eq!(token.id, 2);
    let sum = 1.0 + 1.0_f32.exp() + 0.9_f32.exp();
    assert!((token.probability - 0.9_f32.exp() / sum).abs() < 1e-6);
    let order: Vec<u32> = token.alternatives.iter().map(|a| a.id).collect();
    assert_eq!(order, [1, 2, 0]);
    let total: f32 = token.alternatives.iter().map(|a| a.probability).sum();
    assert!((total - 1.0).abs() < 1e-6);
}

#[test]
fn scores_that_are_not_finite_are_named() {
    let options = options(1.0, 1);
    let error = Chooser::new(&[], &options)
        .choose(7, &[0.0, f32::NAN])
        .unwrap_err();
    assert!(error.to_string().contains("lm.head (token 7"), "{error}");
}
