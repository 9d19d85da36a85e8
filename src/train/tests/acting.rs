//! Stage 2 on recorded episodes.

use burn::tensor::Tensor;

use super::*;
use crate::train::folder::RunFolder;
use crate::train::session::Session;
use crate::train::step::Computed;

/// Recorded episodes that lerobot wrote: one camera of 80 x 60 pixels, seven axes.
fn episodes() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/datasets/lerobot_v30_images")
}

/// A short run of the first stage, for the second one to begin with.
pub(super) fn grounded(data: &Path, steps: u64) -> RunConfig {
    let labels = labels(data, 4);
    let mut first = config(data, &labels);
    first.steps = steps;
    train(&first, false).unwrap();
    first
}

/// Stage 2 after the run of `first`.
pub(super) fn acting(first: &RunConfig, recipe: Recipe) -> RunConfig {
    let mut config = first.clone();
    config.folder = first.folder.with_file_name(format!("acting {recipe:?}"));
    config.recipe = recipe;
    config.steps = 4;
    config.save_every = 2;
    config.model = ModelSource {
        from: Some(first.folder.clone()),
        expert: Some(NewExpert {
            dino_width: 24,
            dino_layers: 1,
            dino_heads: 2,
            states: 2,
            queries: 4,
            width: 16,
            layers: 1,
            heads: 2,
            horizon: 4,
            axes: 7,
        }),
        ..ModelSource::default()
    };
    config.actions = vec![ActionSource {
        path: episodes(),
        ..ActionSource::default()
    }];
    config.batch.actions = 3;
    config.batch.repeats = 2;
    config.auxiliary = AuxiliaryConfig::default();
    config.loss = LossConfig {
        gradient_decay: 0.5,
        similarity_every: 2,
        ..LossConfig::default()
    };
    config.optimizer.rates = OptimizerConfig::default().rates;
    config.optimizer.freeze = vec!["dino_encoder".into()];
    config
}

#[test]
fn each_recipe_learns_what_it_says_and_leaves_a_policy() {
    let data = tempfile::tempdir().unwrap();
    let first = grounded(data.path(), 2);
    for recipe in [Recipe::Vanilla, Recipe::CoTraining, Recipe::SpatiallyGuided] {
        let config = acting(&first, recipe);
        let (report, metrics) = train(&config, false).unwrap();
        assert_eq!(report.steps, 4);
        let losses = &metrics[1].losses;
        assert_eq!(
            losses.contains_key("answer"),
            recipe.answers(),
            "{recipe:?}"
        );
        assert!(
            losses["action"] > 0.1 && losses["action"] < 5.0,
            "{losses:?}"
        );
        assert_eq!(metrics[0].similarity, None);
        let similarity = metrics[1].similarity;
        assert_eq!(similarity.is_some(), recipe.answers());
        assert!(
            similarity.is_none_or(|s| (0.0..=1.0 + 1e-6).contains(&s)),
            "{similarity:?}"
        );
        inspect(&config.folder, &LoadOptions::default())
            .unwrap()
            .complete()
            .unwrap();
        let checkpoint = Checkpoint::open(&config.folder, None).unwrap();
        let run = checkpoint.run.as_ref().unwrap();
        assert_eq!(run.prompt_wrapper.is_some(), recipe.wraps(), "{recipe:?}");
        let statistics = checkpoint.statistics.as_ref().unwrap();
        let (_, known) = statistics.choose(None).unwrap();
        assert_eq!(
            known.action.mask,
            [true, true, true, true, true, true, false]
        );
        assert_eq!(checkpoint.warnings, Vec::<String>::new());
    }
}

#[test]
fn aims_are_learnt_where_they_are_written_down() {
    let data = tempfile::tempdir().unwrap();
    let first = grounded(data.path(), 2);
    let mut config = acting(&first, Recipe::Vanilla);
    config.auxiliary.aim = 0.5;
    config.loss.similarity_every = 0;
    let refused = train(&config, false).unwrap_err().to_string();
    assert!(refused.contains("priors.jsonl"), "{refused}");

    let copy = data.path().join("episodes");
    copied(&episodes(), &copy);
    let mut lines = String::new();
    let set = crate::data::Episodes::open(&copy).unwrap();
    let camera = set.info().cameras[0].name.clone();
    let summaries: Vec<[u64; 2]> = set.summaries().map(|(n, length, _)| [n, length]).collect();
    for [episode, frame] in summaries
        .into_iter()
        .flat_map(|[n, length]| (0..length).map(move |frame| [n, frame]))
    {
        lines += &serde_json::json!({
            "episode": episode, "frame": frame, "camera": camera,
            "tool": [40, 30], "grasp": [10, 50], "place": null,
        })
        .to_string();
        lines.push('\n');
    }
    fs::write(copy.join("priors.jsonl"), lines).unwrap();
    config.folder = data.path().join("aiming");
    config.actions[0].path = copy;
    config.steps = 12;
    config.save_every = 12;
    config.optimizer.rates = [("base".to_owned(), 3e-3)].into();
    let (_, metrics) = train(&config, false).unwrap();
    let shown = metrics[0]
        .picture
        .as_ref()
        .expect("the first step shows a sample");
    assert!(shown.name.contains("episode"), "{}", shown.name);
    let first = &shown.answers[0];
    assert_eq!((first.right.len(), first.found.len()), (1, 1), "{first:?}");
    let [before, after] = [&metrics[0], &metrics[11]].map(|step| step.losses["aim"]);
    assert!(after < 0.8 * before, "{before} {after}");
    let checkpoint = Checkpoint::open(&config.folder, None).unwrap();
    assert!(
        checkpoint
            .entries()
            .iter()
            .all(|e| !e.name.contains("auxiliary"))
    );
}

/// Copies a folder with everything in it.
fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copied(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn frozen_parts_and_low_ranks_leave_the_rest_as_it_was() {
    let data = tempfile::tempdir().unwrap();
    let first = grounded(data.path(), 2);
    let mut config = acting(&first, Recipe::CoTraining);
    config.lora = Some(LoraConfig::default());
    config.optimizer.rates.insert("lora.".into(), 1e-2);
    train(&config, false).unwrap();
    let linear = "model.language_model.layers.1.self_attn.q_proj.weight";
    let norm = "model.language_model.layers.1.input_layernorm.weight";
    assert_ne!(tensor(&first, linear), tensor(&config, linear), "adapted");
    assert_eq!(tensor(&first, norm), tensor(&config, norm), "not adapted");
    let names: Vec<String> = Checkpoint::open(&config.folder, None)
        .unwrap()
        .entries()
        .iter()
        .map(|e| e.name.clone())
        .collect();
    assert!(names.iter().all(|name| !name.contains("lora")));
}

/// The bytes of a weight of the newest checkpoint.
fn tensor(run: &RunConfig, name: &str) -> Vec<u8> {
    let mut checkpoint = Checkpoint::open(&run.folder, None).unwrap();
    let entries = checkpoint.entries();
    let at = entries.iter().position(|e| e.name == name).unwrap();
    checkpoint.source().read(at).unwrap()
}

#[test]
fn answers_that_reach_nothing_that_learns_are_no_obstacle() {
    let data = tempfile::tempdir().unwrap();
    let first = grounded(data.path(), 2);
    let mut config = acting(&first, Recipe::CoTraining);
    config.optimizer.freeze = vec!["qwen_vl_interface".into()];
    config.batch.actions = 1;
    config.batch.parallel = 3;
    let (_, metrics) = train(&config, false).unwrap();
    assert!(metrics[3].losses["answer"] > 0.0);
    assert_eq!(metrics[3].similarity, None);
}

#[test]
fn guided_actions_can_be_learnt_alone_with_the_planner_frozen() {
    let data = tempfile::tempdir().unwrap();
    let first = grounded(data.path(), 2);
    let mut config = acting(&first, Recipe::SpatiallyGuided);
    config.labels.clear();
    config.loss.vlm = 0.0;
    config.optimizer.freeze = vec!["qwen_vl_interface".into()];
    let (_, metrics) = train(&config, false).unwrap();
    assert_eq!(metrics[0].losses.keys().collect::<Vec<_>>(), ["action"]);
    assert_eq!(metrics[1].similarity, None);
    let planner = "model.language_model.layers.0.self_attn.q_proj.weight";
    assert_eq!(tensor(&first, planner), tensor(&config, planner));
}

#[test]
fn a_run_is_not_resumed_upon_other_frozen_weights() {
    let data = tempfile::tempdir().unwrap();
    let labels = labels(data.path(), 4);
    let mut first = config(data.path(), &labels);
    first.steps = 2;
    first.save_every = 2;
    train(&first, false).unwrap();
    let mut config = acting(&first, Recipe::Vanilla);
    config.optimizer.freeze = vec!["qwen_vl_interface".into()];
    config.steps = 2;
    train(&config, false).unwrap();
    config.steps = 4;
    train(&config, true).unwrap();
    // What learnt so far and is frozen from now on would be lost with the next save.
    let mut other = config.clone();
    other.optimizer.freeze.push("layer_qformer".into());
    let error = train(&other, true).unwrap_err().to_string();
    assert!(error.contains("untrained"), "{error}");
    // The run it came from goes on.
    first.steps = 4;
    train(&first, true).unwrap();
    config.steps = 6;
    let error = train(&config, true).unwrap_err().to_string();
    assert!(error.contains("model.from"), "{error}");
}

#[test]
fn recomputing_activations_gives_the_same_step() {
    let data = tempfile::tempdir().unwrap();
    let labels = labels(data.path(), 3);
    let mut first = config(data.path(), &labels);
    first.steps = 1;
    let mut other = first.clone();
    other.folder = data.path().join("other");
    other.batch.checkpointing = true;
    let norm = |config: &RunConfig| train(config, false).unwrap().1[0].gradient_norm;
    let (kept, again) = (norm(&first), norm(&other));
    assert!((kept - again).abs() < 1e-3 * kept, "{kept} {again}");
}

/// On the CPU 16-bit weights are multiplied in 32 bits: what differs is how the weights were rounded.
#[test]
fn sixteen_bits_reach_all_that_learns() {
    let data = tempfile::tempdir().unwrap();
    let first = grounded(data.path(), 2);
    let guided = acting(&first, Recipe::SpatiallyGuided);
    let mut adapted = acting(&first, Recipe::CoTraining);
    adapted.lora = Some(LoraConfig::default());
    let context = JobContext::silent();
    for wide in [guided, adapted] {
        let mut mixed = wide.clone();
        mixed.batch.precision = Multiply::F16;
        let folder = RunFolder::take(&wide.folder).unwrap();
        let mut session = Session::open(&wide, folder, false, &context).unwrap();
        let drawn = session.draw(0).unwrap();
        let exact = Computed::of(&session, &drawn, &context).unwrap();
        session.config = &mixed;
        let rounded = Computed::of(&session, &drawn, &context).unwrap();
        assert!((exact.total - rounded.total).abs() < 1e-2 * exact.total);
        assert_ne!(exact.total.to_bits(), rounded.total.to_bits());
        let (mut wrong, mut whole) = (0.0, 0.0);
        for (place, named) in session.made.parameters.list().iter().enumerate() {
            let found = [&exact, &rounded].map(|c| c.gradients.of_place(place).cloned());
            let [a, b] = match found {
                [Some(a), Some(b)] => [a.clone(), a - b],
                [None, None] => continue,
                _ => panic!("{} learns in one of them", named.name),
            };
            let square = |x: Tensor<1>| f64::from((x.clone() * x).sum().into_scalar::<f32>());
            (whole, wrong) = (whole + square(a), wrong + square(b));
        }
        let off = (wrong / whole).sqrt();
        assert!(off < 2e-2, "{off}");
    }
}
