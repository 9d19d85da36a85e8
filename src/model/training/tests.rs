//! Packing changes nothing: neither for a question beside others nor for a sequence beside longer ones.

use burn::tensor::Device;

use super::*;
use crate::job::CancelToken;
use crate::model::pass::Pass;
use crate::model::planner::RopeRounding;
use crate::model::planner::golden;
use crate::model::planner::prompt::Role;

fn sample(question: &str, answer: &str, grid: [u32; 3]) -> Sample {
    let turns = [(Role::User, question), (Role::Assistant, answer)];
    let turns = turns.map(|(role, text)| SampleTurn {
        role,
        text: text.to_owned(),
    });
    Sample::new(&turns, &[grid], &golden::tokenizer(), &golden::config()).expect("a sample")
}

fn loss(network: &Network, packed: &[Packed], patches: &[f32], grids: &[[u32; 3]]) -> (f64, usize) {
    let batch = LanguageBatch::new(packed, patches.to_vec(), grids.to_vec()).expect("a batch");
    let mut pass = Pass::unwatched(CancelToken::default());
    let loss = network
        .language_loss(&batch, RopeRounding::F32, &mut pass)
        .expect("runs");
    (f64::from(loss.into_scalar::<f32>()), batch.targets.len())
}

#[test]
fn packed_questions_are_single_ones_side_by_side() {
    let config = golden::config();
    let network = Network {
        planner: golden::planner(golden::QWEN),
        expert: None,
    };
    let grid = [1, 4, 8];
    let width = 32 * crate::model::planner::patch_width(&config.vision);
    let patches: Vec<f32> = (0..width)
        .map(|i| ((i * 31 % 97) as f32 / 50.0) - 1.0)
        .collect();
    let samples = [
        sample("<image>Where is the cup?", "[(3, 4)]", grid),
        sample(
            "<image>\nGive the bounding box for the red cube.",
            "[1, 2, 3, 4]",
            grid,
        ),
        sample("<image>What?", "A plate.", grid),
    ];
    let singles = samples.iter().map(|one| {
        let packed = Packed::new(std::slice::from_ref(one), &config);
        loss(&network, &[packed], &patches, &[grid])
    });
    let (sum, count) = singles.fold((0.0, 0), |(sum, all), (loss, count)| {
        (sum + loss * count as f64, all + count)
    });
    let packed = Packed::new(&samples, &config);
    let length: usize = samples.iter().map(|s| s.ids.len()).sum();
    assert!(packed.length() < length, "pictures are shared");
    let (together, targets) = loss(&network, &[packed.clone()], &patches, &[grid]);
    assert_eq!(targets, count);
    assert!(
        (together - sum / count as f64).abs() < 1e-5,
        "{together} {sum} {count}"
    );
    // The same beside a shorter sequence, with padding.
    let short = Packed::new(&samples[2..], &config);
    let two = [patches.clone(), patches.clone()].concat();
    let (short_loss, short_count) = loss(&network, &[short.clone()], &patches, &[grid]);
    let (both, _) = loss(&network, &[short, packed], &two, &[grid, grid]);
    let expected = (sum + short_loss * short_count as f64) / (count + short_count) as f64;
    assert!((both - expected).abs() < 1e-5, "{both} {expected}");
    assert_eq!(network.device(), Device::flex());
}
