//! What a run leaves: checkpoints in the original's layout, what they were made with, and the state to go on from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use burn::tensor::{Device, Tensor};
use serde_json::{Value, json};

use super::action::Actions;
use super::folder::{RunFolder, write_atomically};
use super::frozen::FROZEN;
use super::learner::Made;
use super::lora::FACTORS;
use super::session::Session;
use super::state::{self, Entry, write_tensors};
use super::{RunConfig, TrainError};
use crate::model::config::ModelConfig;
use crate::model::training::published_name;

/// The configuration of the run, and where checkpoints lie.
pub(super) const RUN: &str = "run.toml";
pub(super) const CHECKPOINTS: &str = "checkpoints";
/// The end of their names.
const SUFFIX: &str = "_pytorch_model.safetensors";
/// Heads that are not saved with the model.
const HEADS: &str = "auxiliary.";

/// Writes the files that say what the run is.
pub(super) fn describe(
    folder: &RunFolder,
    config: &RunConfig,
    made: &Made,
    actions: &Actions,
) -> Result<(), TrainError> {
    let run = toml::to_string_pretty(&config.whole()).unwrap_or_default();
    write_atomically(&folder.join(RUN), run.as_bytes())?;
    let described = description(config, made, actions);
    let yaml = serde_yaml_ng::to_string(&described).unwrap_or_default();
    write_atomically(&folder.join("config.yaml"), yaml.as_bytes())?;
    let own = actions.statistics();
    let kept = || {
        made.statistics
            .as_ref()
            .and_then(|known| known.to_json().ok())
    };
    if let Some(statistics) = own.or_else(kept) {
        let text = serde_json::to_string_pretty(&statistics).unwrap_or_default();
        write_atomically(&folder.join("dataset_statistics.json"), text.as_bytes())?;
    }
    Ok(())
}

/// The configuration by the original's keys.
fn description(config: &RunConfig, made: &Made, actions: &Actions) -> Value {
    let [width, height] = config.picture.size;
    let mut data = json!({
        "dataset_py": "lerobot_datasets",
        "image_size": [width, height],
        "default_image_resolution": [3, height, width],
        "per_device_batch_size": config.batch.actions,
    });
    let prompt = actions.prompt().or(if config.recipe.acts() {
        None
    } else {
        made.prompt.as_deref()
    });
    if let (Some(prompt), Some(data)) = (prompt, data.as_object_mut()) {
        data.insert("CoT_prompt".into(), prompt.into());
        data.insert("CoT_answer".into(), "bbox".into());
    }
    let own = [actions.cameras(), &made.cameras];
    let cameras = own.into_iter().find(|cameras| !cameras.is_empty());
    if let (Some(cameras), Some(data)) = (cameras, data.as_object_mut()) {
        data.insert("cameras".into(), json!(cameras));
    }
    let optimizer = &config.optimizer;
    json!({
        "run_id": config.folder.file_name().map(|name| name.to_string_lossy().into_owned()),
        "seed": config.seed,
        "framework": framework(&made.config),
        "datasets": {
            "vlm_data": {
                "dataformat": "llava_json",
                "per_device_batch_size": config.batch.pictures,
                "model_max_length": config.batch.tokens,
            },
            "vla_data": data,
        },
        "trainer": {
            "recipe": config.recipe,
            "max_train_steps": config.steps,
            "num_warmup_steps": optimizer.warmup,
            "learning_rate": optimizer.rates,
            "lr_scheduler_type": "cosine_with_min_lr",
            "freeze_modules": optimizer.freeze.join(","),
            "loss_scale": { "vla": 1.0, "vlm": config.loss.vlm },
            "repeated_diffusion_steps": config.batch.repeats,
            "max_grad_norm": optimizer.clip,
            "gradient_accumulation_steps": config.batch.accumulate,
            "optimizer": {
                "name": "AdamW",
                "betas": optimizer.adamw.betas,
                "eps": optimizer.adamw.eps,
                "weight_decay": optimizer.adamw.weight_decay,
            },
        },
    })
}

fn framework(sizes: &ModelConfig) -> Value {
    let mut framework = json!({
        "framework_py": "InternVLA-M1",
        "qwenvl": { "base_vlm": "./qwen", "vl_hidden_dim": sizes.qwen.hidden_size },
    });
    if let (Some(expert), Some(table)) = (&sizes.expert, framework.as_object_mut()) {
        let (dino, qformer, dit) = (&expert.dino, &expert.qformer, &expert.dit);
        table.insert(
            "dino".into(),
            json!({
                "dino_backbone": dino_name(dino.embed_dim),
                "embed_dim": dino.embed_dim,
                "depth": dino.depth,
                "num_heads": dino.num_heads,
            }),
        );
        table.insert(
            "layer_qformer".into(),
            json!({
                "qformer_start_layer": qformer.start_layer,
                "qformer_end_layer": qformer.end_layer,
                "num_query_tokens": qformer.num_query_tokens,
                "input_dim": qformer.input_dim,
                "ouptput_dim": qformer.output_dim,
            }),
        );
        table.insert(
            "action_model".into(),
            json!({
                "action_model_type": dit_name(dit.width),
                "action_hidden_dim": dit.width,
                "depth": dit.depth,
                "num_heads": dit.num_heads,
                "action_dim": dit.axes,
                "future_action_window_size": dit.horizon - 1,
                "past_action_window_size": 0,
            }),
        );
    }
    framework
}

const fn dino_name(width: usize) -> &'static str {
    match width {
        768 => "dinov2_vitb14",
        1024 => "dinov2_vitl14",
        _ => "dinov2_vits14",
    }
}

const fn dit_name(width: usize) -> &'static str {
    match width {
        768 => "DiT-B",
        1024 => "DiT-L",
        _ => "DiT-S",
    }
}

/// Saves model and state; older checkpoints beyond those that are kept go.
pub(super) fn checkpoint(session: &Session<'_>) -> Result<PathBuf, TrainError> {
    let name = format!("{CHECKPOINTS}/steps_{}{SUFFIX}", session.step);
    let path = session.folder.join(&name);
    let metadata = BTreeMap::from([("format".to_owned(), "pt".to_owned())]);
    write_tensors(&path, &model(session), &metadata)?;
    let mut metadata = BTreeMap::from([
        ("step".to_owned(), session.step.to_string()),
        ("seed".to_owned(), session.config.seed.to_string()),
    ]);
    if let Some(frozen) = &session.frozen {
        metadata.insert(FROZEN.to_owned(), frozen.clone());
    }
    state::save(
        &session.folder.join(state::STATE),
        (&session.made.learner, &session.made.parameters),
        &session.optimizer,
        &metadata,
    )?;
    let folder = session.folder.join(CHECKPOINTS);
    prune(&folder, session.config.keep, session.step)?;
    Ok(path)
}

/// The tensors of the model by their published names, running means in their place where they are kept.
fn model(session: &Session<'_>) -> Vec<Entry> {
    let parameters = &session.made.parameters;
    let mut entries = Vec::new();
    let means = &session.optimizer.mean;
    // Low-rank factors are merged as they are kept: their means, where there are any.
    let learner = session.made.learner.clone();
    let learner = parameters.updated(learner, &mut |at, _| means[at].clone());
    parameters.each(&learner.computing(), &mut |at, value| {
        let named = &parameters.list()[at];
        if !named.name.starts_with(HEADS) && !named.name.starts_with(FACTORS) {
            entries.push((published_name(&named.name), named.shape.clone(), value));
        }
    });
    if let Some(expert) = &session.made.config.expert {
        entries.extend(unused(expert, &session.made.learner.network.device()));
    }
    entries
}

/// Tensors that nothing uses, without which the original refuses a checkpoint.
fn unused(expert: &crate::model::config::ExpertConfig, device: &Device) -> Vec<Entry> {
    let (width, axes) = (expert.dit.width, expert.dit.axes);
    let shapes = [
        (
            "action_model.net.history_embedder.linear.weight",
            vec![width, axes],
        ),
        ("action_model.net.history_embedder.linear.bias", vec![width]),
        (
            "dino_encoder.body.mask_token",
            vec![1, expert.dino.embed_dim],
        ),
    ];
    let zeros = |(name, shape): (&str, Vec<usize>)| {
        let count: usize = shape.iter().product();
        (name.to_owned(), shape, Tensor::zeros([count], device))
    };
    shapes.into_iter().map(zeros).collect()
}

/// Deletes all but the newest `keep` checkpoints up to a step; 0 keeps all.
fn prune(folder: &Path, keep: usize, now: u64) -> Result<(), TrainError> {
    let io = |source| TrainError::io("looking through the checkpoints", folder, source);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let step = name
            .strip_prefix("steps_")
            .and_then(|rest| rest.strip_suffix(SUFFIX));
        let step = step.and_then(|step| step.parse::<u64>().ok());
        if let Some(step) = step.filter(|step| *step <= now) {
            found.push((step, path));
        }
    }
    found.sort();
    let old = if keep == 0 {
        0
    } else {
        found.len().saturating_sub(keep)
    };
    for (_, path) in &found[..old] {
        std::fs::remove_file(path)
            .map_err(|source| TrainError::io("deleting an old checkpoint", path, source))?;
    }
    Ok(())
}

/// The step a saved state was taken at, if it is of this run.
pub(super) fn step_of(
    metadata: &BTreeMap<String, String>,
    config: &RunConfig,
    path: &Path,
) -> Result<u64, TrainError> {
    let wrong = |what: String| TrainError::State {
        what,
        path: path.to_owned(),
    };
    let number = |key: &str| {
        metadata
            .get(key)
            .and_then(|value| value.parse::<u64>().ok())
    };
    if number("seed") != Some(config.seed) {
        let seed = number("seed").map_or("none".into(), |seed| seed.to_string());
        return Err(wrong(format!(
            "its seed is {seed}, the run's {}",
            config.seed
        )));
    }
    number("step").ok_or_else(|| wrong("it does not say its step".into()))
}
