//! The settings that the form shows: which part of a recipe, its name, its help and how it is set. One row each.

use crate::engine::{Recipe, RecipePath, RunConfig};

/// How a setting is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Control {
    /// A whole number.
    Whole(u64, u64),
    /// A number between two others.
    Real(f64, f64),
    /// A number that may be left out; what it is when it is switched on.
    Optional(f64),
    /// On or off.
    Switch,
    /// Words with commas.
    Names,
    /// A path, typed or chosen.
    Path(RecipePath),
    /// One of a few words.
    Choice(&'static [(&'static str, &'static str)]),
    /// A pair of whole numbers.
    Pair,
}

/// A setting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Where it stands, as a JSON pointer.
    pub at: &'static str,
    pub name: &'static str,
    pub help: &'static str,
    pub control: Control,
}

/// A group of settings.
pub(super) struct Section {
    pub title: &'static str,
    pub rows: &'static [Row],
    /// Whether it is unfolded when nobody has folded it.
    pub open: bool,
}

const fn row(at: &'static str, name: &'static str, control: Control, help: &'static str) -> Row {
    Row {
        at,
        name,
        help,
        control,
    }
}

const MANY: u64 = 1 << 40;
const BIG: f64 = 1e9;

#[rustfmt::skip]
pub(super) const RUN: &[Row] = &[
    row("/folder", "Run folder", Control::Path(RecipePath::Folder), "Where checkpoints, curves and the state to resume from are kept"),
    row("/steps", "Steps", Control::Whole(1, MANY), "Steps of the optimiser"),
    row("/save_every", "Save every", Control::Whole(1, MANY), "Steps between two saves: a kill loses no more than these"),
    row("/keep", "Keep", Control::Whole(0, 10_000), "Checkpoints kept; older ones are deleted, 0 keeps all"),
    row("/seed", "Seed", Control::Whole(0, u64::MAX >> 1), "Decides every draw"),
    row("/device", "Device", Control::Choice(&[("auto", "Automatic"), ("wgpu", "GPU"), ("cpu", "CPU")]), "Where to train"),
    row("/devices", "Devices", Control::Names, "Several devices in its place, with commas: cpu, wgpu, wgpu:1, or what `spvla lend` prints. The first one keeps the model"),
];

#[rustfmt::skip]
const FROM: &[Row] = &[
    row("/model/from", "Checkpoint", Control::Path(RecipePath::Checkpoint), "A run folder, a weights file in one, or a Qwen2.5-VL folder"),
    row("/model/base_vlm", "Tokenizer", Control::Path(RecipePath::Tokenizer), "The tokenizer's folder, where the checkpoint does not name it"),
];

#[rustfmt::skip]
const NEW: &[Row] = &[
    row("/model/new/width", "Width", Control::Whole(16, 16_384), "Width of the language model"),
    row("/model/new/layers", "Blocks", Control::Whole(1, 256), "Blocks of the language model"),
    row("/model/new/heads", "Heads", Control::Whole(1, 256), "Query heads"),
    row("/model/new/shared_heads", "Shared heads", Control::Whole(1, 256), "Key and value heads"),
    row("/model/new/inner", "Inner width", Control::Whole(1, 65_536), "Width of the gated MLP"),
    row("/model/new/vision_width", "Vision width", Control::Whole(16, 16_384), "Width of the vision tower"),
    row("/model/new/vision_layers", "Vision blocks", Control::Whole(1, 256), "Blocks of the vision tower"),
    row("/model/new/words", "Words", Control::Whole(16, 1_000_000), "Most words in the vocabulary, beside numbers and bytes"),
];

#[rustfmt::skip]
const LORA: &[Row] = &[
    row("/lora/rank", "Rank", Control::Whole(1, 4096), "Rank of the additions"),
    row("/lora/alpha", "Alpha", Control::Real(0.0, 4096.0), "The addition is scaled by this over the rank"),
];

#[rustfmt::skip]
const ANSWER_BATCH: &[Row] = &[
    row("/batch/pictures", "Pictures", Control::Whole(1, 65_536), "Pictures with questions in a step"),
    row("/batch/questions", "Questions", Control::Whole(1, 1024), "Questions packed behind each picture"),
];

#[rustfmt::skip]
const ACTION_BATCH: &[Row] = &[
    row("/batch/actions", "Actions", Control::Whole(1, 65_536), "Action samples in a step"),
    row("/batch/repeats", "Repeats", Control::Whole(1, 1024), "Times each action sample is learnt with other noise"),
    row("/auxiliary/aim", "Aim", Control::Real(0.0, BIG), "Where the arm is, grips and lets go, told by the condition of the actions; for a model from nothing and generated episodes"),
];

#[rustfmt::skip]
const BATCH: &[Row] = &[
    row("/batch/accumulate", "Accumulate", Control::Whole(1, 65_536), "Parts a step is divided into, to fit memory"),
    row("/batch/checkpointing", "Recompute activations", Control::Switch, "Slower, with less memory"),
    row("/batch/precision", "Products", Control::Choice(&[("f32", "32 bits"), ("f16", "16 bits")]), "What linear layers multiply in; 16 bits on a graphics adapter that has them. Weights stay in 32"),
    row("/picture/size", "Picture", Control::Pair, "Width and height every picture is resized to: multiples of 28; for actions 140x112, 168x112, 224x224 or 280x224"),
    row("/picture/shift", "Shift", Control::Whole(0, 256), "Labelled pictures are moved by up to so many pixels each way, boxes and points with them"),
    row("/picture/action_shift", "Shift, actions", Control::Whole(0, 256), "Pictures of action samples are moved by up to so many pixels each way, and where the arm aims with them"),
];

#[rustfmt::skip]
const OPTIMIZER: &[Row] = &[
    row("/optimizer/warmup", "Warm-up", Control::Whole(0, MANY), "Steps until the full rates; a tenth of the run at most"),
    row("/optimizer/floor", "Floor", Control::Real(0.0, 1.0), "Where the cosine ends, as a share of the full rate"),
    row("/optimizer/clip", "Clip", Control::Real(0.0, BIG), "Largest norm of all gradients together"),
    row("/optimizer/adamw/weight_decay", "Weight decay", Control::Real(0.0, 1.0), "Share of a weight taken away per step and unit of rate"),
    row("/optimizer/ema", "Running mean", Control::Optional(0.999), "Decay of a running mean of the weights, saved in their place"),
    row("/optimizer/freeze", "Freeze", Control::Names, "Beginnings of the names of parameters that are not trained, with commas"),
];

#[rustfmt::skip]
const LOSS: &[Row] = &[
    row("/loss/vlm", "Answers", Control::Real(0.0, BIG), "What the answers count beside the actions; 0 to learn actions alone"),
    row("/loss/gradient_decay", "Gradient decay", Control::Real(0.0, 1.0), "What the gradient from the expert into the planner is multiplied with: 0.5 in the paper, 1 in its code"),
    row("/loss/similarity_every", "Similarity every", Control::Whole(0, MANY), "Measure the similarity of both gradients every so many steps; 0 never"),
];

#[rustfmt::skip]
const SCRATCH: &[Row] = &[
    row("/auxiliary/dense", "Dense", Control::Real(0.0, BIG), "What is where, patch by patch"),
    row("/auxiliary/heat", "Heat", Control::Real(0.0, BIG), "Which cells the answer speaks of"),
    row("/auxiliary/align", "Align", Control::Real(0.0, BIG), "Which cells the words of the question name"),
    row("/loss/number_sigma", "Number spread", Control::Real(0.0, 1000.0), "Pixels that a number's probability is spread over"),
    row("/curriculum/vision_steps", "Vision first", Control::Whole(0, MANY), "Steps that train the vision tower alone"),
    row("/curriculum/easy", "Easy share", Control::Real(0.0, 1.0), "Share of the run that sees easy pictures only"),
];

/// What the form shows of a recipe, from the top.
pub(super) fn sections(config: &RunConfig) -> Vec<Section> {
    let section = |title, rows, open| Section { title, rows, open };
    let answers = config.recipe != Recipe::Vanilla;
    let acts = config.recipe != Recipe::Grounding;
    let both = answers && acts;
    let model = if config.model.new.is_some() {
        NEW
    } else {
        FROM
    };
    let all = [
        Some(section("Sizes and weights", model, true)),
        config
            .lora
            .is_some()
            .then(|| section("Low-rank additions", LORA, true)),
        answers.then(|| section("Answers in a step", ANSWER_BATCH, true)),
        acts.then(|| section("Actions in a step", ACTION_BATCH, true)),
        Some(section("Optimiser", OPTIMIZER, true)),
        both.then(|| section("Losses together", LOSS, true)),
        answers.then(|| section("From nothing", SCRATCH, config.model.new.is_some())),
        Some(section("Memory", BATCH, false)),
    ];
    all.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::read_recipe;

    #[test]
    fn every_row_is_a_setting() {
        let text = "recipe = \"spatially-guided\"\n[model.new]\n[lora]\n[optimizer]\nema = 0.5\n";
        let new = read_recipe(text).unwrap();
        let old = read_recipe("[model]\nfrom = \"a\"\nbase_vlm = \"b\"\n").unwrap();
        for config in [new, old] {
            let value = serde_json::to_value(&config).unwrap();
            let rows = sections(&config)
                .into_iter()
                .flat_map(|section| section.rows.iter());
            for row in RUN.iter().chain(rows) {
                assert!(value.pointer(row.at).is_some(), "{}", row.at);
                assert!(!row.help.is_empty() && !row.name.is_empty());
            }
        }
    }
}
