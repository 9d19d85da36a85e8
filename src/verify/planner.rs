//! The planner: vision tower, and hidden states and scores of the language model, alone and in padded batches.

use burn::tensor::Tensor;

use super::golden::PREPROCESS;
use super::models::{Model, Which};
use super::numbers::Numbers;
use super::pictures;
use super::preprocess::grids;
use super::sheet::Sheet;
use super::{Fault, Workspace};
use crate::model::pass::Pass;
use crate::model::planner::rope::vision_angles;
use crate::model::planner::window::{Segment, WindowOrder, patch_coordinates};
use crate::model::planner::{DecoderInput, Positions, RopeRounding, prompt};
use crate::vision::Frame;
use crate::vision::normalize::Patches;

const VISION: &str = "stages/vision.safetensors";

pub(super) fn vision(sheet: &mut Sheet, space: &mut Workspace) -> Result<(), Fault> {
    let model = space.models.get(Which::Base)?;
    let patches = scene_patches(space, &model)?;
    let config = &model.config.qwen.vision;
    sheet.check("image_grid_thw", &grids(&patches.grids));
    let order = WindowOrder::new(&patches.grids, config);
    let cells = order.cells.iter().map(|cell| i64::from(*cell));
    sheet.check(
        "window_index",
        &Numbers::integers(&[order.cells.len()], cells),
    );
    sheet.check("cu_window_seqlens", &boundaries(&order.windows));
    sheet.check("cu_seqlens", &boundaries(&order.frames));
    let coordinates = patch_coordinates(&patches.grids, config.spatial_merge_size);
    let head_dim = config.hidden_size / config.num_heads;
    let angles = vision_angles(&coordinates, head_dim, RopeRounding::F32);
    let shape = [coordinates.len(), angles.len() / coordinates.len().max(1)];
    sheet.check("rotary_pos_emb", &Numbers::floats(&shape, &angles));
    let mut pass = Pass::collecting();
    let tensor = pictures::patch_tensor(&model, &patches)?;
    let embeds = model
        .planner
        .vision(tensor, &patches.grids, RopeRounding::F32, &mut pass)?;
    for stage in pass.finish()? {
        let name = stage.name.trim_start_matches("vision.");
        let name = if name == "merger" {
            "merger_out_windowed"
        } else {
            name
        };
        sheet.check(name, &Numbers::floats(&stage.shape, &stage.values));
    }
    sheet.check("image_embeds", &Numbers::of(embeds)?);
    Ok(())
}

/// Patches of every scene: as stored, else computed.
fn scene_patches(space: &Workspace, model: &Model) -> Result<Patches, Fault> {
    let golden = space.golden;
    let listed = |name: &str| {
        let file = golden.entry(PREPROCESS)?;
        file.tensor(name).map(|_| golden.tensor(PREPROCESS, name))
    };
    let patches =
        if let (Some(pixels), Some(stored)) = (listed("pixel_values"), listed("image_grid_thw")) {
            Patches {
                values: pixels?.values.iter().map(|v| *v as f32).collect(),
                grids: stored?.grids()?,
            }
        } else {
            let names = golden.scenes();
            let frames = names
                .iter()
                .map(|name| pictures::smart(golden, model, name));
            pictures::patches(model, &frames.collect::<Result<Vec<_>, _>>()?)?
        };
    let image = model.config.qwen.image_token_id;
    prompt::expand(
        &vec![image; patches.grids.len()],
        &patches.grids,
        &model.config.qwen,
    )?;
    Ok(patches)
}

fn boundaries(segments: &[Segment]) -> Numbers {
    let ends = segments.iter().map(|s| (s.start + s.length) as i64);
    let all: Vec<i64> = std::iter::once(0).chain(ends).collect();
    Numbers::integers(&[all.len()], all)
}

/// One sequence of a batch without its padding.
pub(super) struct Sequence {
    pub(super) ids: Vec<u32>,
    pub(super) frames: Vec<Frame>,
    pub(super) positions: Positions,
    pub(super) grids: Vec<[u32; 3]>,
}

impl Sequence {
    /// A prompt whose pictures are found among the scenes.
    pub(super) fn new(space: &Workspace, model: &Model, ids: Vec<u32>) -> Result<Self, Fault> {
        let rows = model.config.qwen.vocab_size;
        if ids.is_empty() || ids.iter().any(|id| *id as usize >= rows) {
            return Err(Fault::stored("its tokens are not in the vocabulary"));
        }
        let frames = pictures::shown(space.golden, model, &ids)?;
        let grids = frames.iter().map(|frame| model.layout().grid(frame.size()));
        let grids: Vec<[u32; 3]> = grids.collect::<Result<_, _>>()?;
        Ok(Self {
            positions: Positions::new(&ids, &grids, &model.config.qwen)?,
            ids,
            frames,
            grids,
        })
    }

    /// Its embeddings `[1, N, H]`.
    pub(super) fn embed(
        &self,
        model: &Model,
        rope: RopeRounding,
        pass: &mut Pass,
    ) -> Result<Tensor<3>, Fault> {
        if self.frames.is_empty() {
            return Ok(model.planner.embed(&self.ids, None));
        }
        let patches = pictures::patches(model, &self.frames)?;
        let tensor = pictures::patch_tensor(model, &patches)?;
        let images = model.planner.vision(tensor, &patches.grids, rope, pass)?;
        Ok(model.planner.embed(&self.ids, Some(images)))
    }
}

pub(super) fn language(sheet: &mut Sheet, space: &mut Workspace) -> Result<(), Fault> {
    let model = space.models.get(Which::Base)?;
    let sequences = sequences(sheet, space, &model)?;
    prompt_ids(sheet, space, &model, &sequences)?;
    let positions: Vec<Positions> = sequences.iter().map(|s| s.positions.clone()).collect();
    let positions = Positions::left_padded(&positions);
    let (batch, length) = (positions.batch(), positions.length());
    let axes = positions.axes().concat();
    let axes = axes.iter().map(|position| i64::from(*position));
    sheet.check(
        "position_ids",
        &Numbers::integers(&[3, batch, length], axes),
    );
    let delta = positions.rope_delta().iter().copied();
    sheet.check("rope_deltas", &Numbers::integers(&[batch, 1], delta));
    let mut pass = Pass::collecting();
    let computed = embeds(sheet, space, &model, &sequences, &mut pass)?;
    sheet.check("inputs_embeds", &Numbers::of(computed.clone())?);
    let embeds = match sheet.optional("inputs_embeds")? {
        Some(stored) if stored.shape == computed.dims() => stored.tensor(model.planner.device())?,
        _ => computed,
    };
    let input = DecoderInput {
        embeds,
        positions,
        rope: RopeRounding::F32,
    };
    states(sheet, &model, &input, &mut pass)
}

/// The sequences of `input_ids`, cut by the mask where there is one.
fn sequences(sheet: &mut Sheet, space: &Workspace, model: &Model) -> Result<Vec<Sequence>, Fault> {
    let stored = sheet.stored("input_ids")?;
    let [rows, length] = stored.shape[..] else {
        return Err(Fault::stored("input_ids is not [batch, length]"));
    };
    let ids = stored.counts()?;
    let mask = if sheet.has("attention_mask") {
        sheet.given("attention_mask")?.values
    } else {
        vec![1.0; ids.len()]
    };
    if rows == 0 || length == 0 || mask.len() != ids.len() {
        return Err(Fault::stored("attention_mask and input_ids do not fit"));
    }
    if sheet.has("image_grid_thw") {
        sheet.given("image_grid_thw")?;
    }
    let rows = ids.chunks(length).zip(mask.chunks(length));
    rows.map(|(ids, mask)| {
        let kept = ids.iter().zip(mask).filter(|(_, m)| **m != 0.0);
        Sequence::new(space, model, kept.map(|(id, _)| *id).collect())
    })
    .collect()
}

/// `input_ids` against the prompts of cases.json, where one has as many pictures; else they are an input.
fn prompt_ids(
    sheet: &mut Sheet,
    space: &Workspace,
    model: &Model,
    sequences: &[Sequence],
) -> Result<(), Fault> {
    let cases = &space.golden.cases;
    let texts = cases["generate_prompts"].as_object().into_iter().flatten();
    let texts = texts
        .map(|(_, text)| text)
        .chain([&cases["preprocess"]["prompt_text"]]);
    let [only] = sequences else {
        return sheet.given("input_ids").map(drop);
    };
    let mut candidates = Vec::new();
    for text in texts.filter_map(serde_json::Value::as_str) {
        let ids = model.tokenizer.encode(text);
        if let Ok(ids) = prompt::expand(&ids, &only.grids, &model.config.qwen) {
            candidates.push(ids);
        }
    }
    let same = candidates.iter().find(|ids| **ids == only.ids);
    match same.or(candidates.first()) {
        Some(ids) => {
            let shape = [1, ids.len()];
            let ids = ids.iter().map(|id| i64::from(*id));
            sheet.check("input_ids", &Numbers::integers(&shape, ids));
            Ok(())
        }
        None => sheet.given("input_ids").map(drop),
    }
}

/// The batch's embeddings, from stored image embeddings where they fit, else through the vision tower.
fn embeds(
    sheet: &Sheet,
    space: &Workspace,
    model: &Model,
    sequences: &[Sequence],
    pass: &mut Pass,
) -> Result<Tensor<3>, Fault> {
    if let [only] = sequences
        && sheet.has("inputs_embeds")
        && let Ok(images) = space.golden.tensor(VISION, "image_embeds")
    {
        let image = model.config.qwen.image_token_id;
        let wanted = only.ids.iter().filter(|id| **id == image).count();
        if images.shape == [wanted, model.config.qwen.hidden_size] {
            let images = images.tensor(model.planner.device())?;
            return Ok(model.planner.embed(&only.ids, Some(images)));
        }
    }
    let length = sequences.iter().map(|s| s.ids.len()).max().unwrap_or(0);
    let mut rows = Vec::with_capacity(sequences.len());
    for sequence in sequences {
        let row = sequence.embed(model, RopeRounding::F32, pass)?;
        let padding = vec![0; length - sequence.ids.len()];
        rows.push(if padding.is_empty() {
            row
        } else {
            Tensor::cat(vec![model.planner.embed(&padding, None), row], 1)
        });
    }
    Ok(Tensor::cat(rows, 0))
}

fn states(
    sheet: &mut Sheet,
    model: &Model,
    input: &DecoderInput,
    pass: &mut Pass,
) -> Result<(), Fault> {
    let layers = model.config.qwen.num_hidden_layers;
    let states = model.planner.hidden_states(input, 0..layers + 1, pass)?;
    for (i, state) in states.iter().enumerate() {
        let name = format!("hidden_state_{i}");
        if sheet.has(&name) {
            sheet.check(&name, &Numbers::of(state.clone())?);
        }
    }
    let Some(last) = states.last() else {
        return Ok(());
    };
    if sheet.has("hidden_state_last") {
        sheet.check("hidden_state_last", &Numbers::of(last.clone())?);
    }
    let [batch, length, width] = last.dims();
    if sheet.has("logits") {
        let scores = model
            .planner
            .logits(last.clone().reshape([batch * length, width]));
        let mut scores = Numbers::of(scores)?;
        scores.shape = vec![batch, length, scores.shape[1]];
        sheet.check("logits", &scores);
    }
    if sheet.has("logits_last") {
        let last = last
            .clone()
            .narrow(1, length - 1, 1)
            .reshape([batch, width]);
        sheet.check("logits_last", &Numbers::of(model.planner.logits(last))?);
    }
    Ok(())
}
