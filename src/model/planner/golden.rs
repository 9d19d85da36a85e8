//! Test support: the tiny model, stored values of the original, and their tolerances.

use std::fs;
use std::path::PathBuf;

use burn::tensor::{DType, Device, Tensor, TensorData};
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

use super::{DecoderInput, Planner, PlannerTokenizer, Positions, RopeRounding, prompt};
use crate::job::JobContext;
use crate::model::checkpoint::{Filling, LoadError, Loader, StoredType, TensorEntry, TensorSource};
use crate::model::config::{QwenConfig, VisionConfig};

/// The stock planner.
pub(crate) const QWEN: &str = "qwen/model.safetensors";
/// The planner of the policy checkpoint.
pub(crate) const CHECKPOINT: &str = "run/checkpoints/steps_100_pytorch_model.safetensors";

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn json(path: &str) -> Value {
    serde_json::from_slice(&fs::read(folder().join(path)).unwrap()).unwrap()
}

pub(crate) fn cases() -> Value {
    json("cases.json")
}

pub(crate) fn tokenizer_cases() -> Value {
    json("adapter/tokenizer.json")
}

pub(crate) fn tokenizer() -> PlannerTokenizer {
    PlannerTokenizer::open(&folder().join("qwen")).unwrap()
}

/// The sizes of the tiny model.
pub(crate) fn config() -> QwenConfig {
    QwenConfig {
        hidden_size: 64,
        intermediate_size: 128,
        num_hidden_layers: 4,
        num_attention_heads: 4,
        num_key_value_heads: 2,
        head_dim: 16,
        vocab_size: 720,
        tie_word_embeddings: true,
        rms_norm_eps: 1e-6,
        rope_theta: 1e6,
        mrope_section: [2, 3, 3],
        image_token_id: 692,
        vision_start_token_id: 689,
        vision: VisionConfig {
            depth: 4,
            hidden_size: 32,
            intermediate_size: 64,
            num_heads: 4,
            in_channels: 3,
            out_hidden_size: 64,
            patch_size: 14,
            spatial_merge_size: 2,
            temporal_patch_size: 2,
            window_size: 112,
            fullatt_block_indexes: vec![3],
        },
    }
}

/// Tensors of a safetensors file under their current names.
struct Source {
    entries: Vec<TensorEntry>,
    names: Vec<String>,
    bytes: Vec<u8>,
}

impl Source {
    fn open(path: &str) -> Self {
        let bytes = fs::read(folder().join(path)).unwrap();
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let mut names: Vec<String> = file.names().into_iter().map(ToOwned::to_owned).collect();
        names.sort();
        let entry = |name: &String| TensorEntry {
            name: current_name(name),
            stored: match file.tensor(name).unwrap().dtype() {
                Dtype::BF16 => StoredType::Bf16,
                Dtype::F32 => StoredType::F32,
                other => panic!("{other:?}"),
            },
            shape: file.tensor(name).unwrap().shape().to_vec(),
        };
        Self {
            entries: names.iter().map(entry).collect(),
            names,
            bytes,
        }
    }
}

fn current_name(name: &str) -> String {
    if let Some(rest) = name.strip_prefix("qwen_vl_interface.model.") {
        return rest.to_owned();
    }
    match name.split_once('.') {
        Some(("visual", rest)) => format!("model.visual.{rest}"),
        Some(("model", rest)) => format!("model.language_model.{rest}"),
        _ => name.to_owned(),
    }
}

impl TensorSource for Source {
    fn entries(&self) -> &[TensorEntry] {
        &self.entries
    }

    fn read(&mut self, index: usize) -> Result<Vec<u8>, LoadError> {
        let file = SafeTensors::deserialize(&self.bytes).unwrap();
        Ok(file.tensor(&self.names[index]).unwrap().data().to_vec())
    }
}

pub(crate) fn planner(weights: &str) -> Planner {
    planner_at(weights, DType::F32)
}

pub(crate) fn planner_at(weights: &str, precision: DType) -> Planner {
    let mut source = Source::open(weights);
    let context = JobContext::silent();
    let loader = Loader::new(
        Filling::Source(&mut source),
        &Device::flex(),
        precision,
        &context,
    );
    let planner = Planner::load(&loader.weights(), &config()).unwrap();
    let tally = loader.finish();
    assert!(
        tally.missing.is_empty() && tally.misshapen.is_empty(),
        "{tally:?}"
    );
    let mut unexpected = tally.unexpected.iter();
    assert!(
        unexpected.all(|name| !name.starts_with("model.")),
        "{tally:?}"
    );
    planner
}

/// Input of a prompt without images.
pub(crate) fn text_input(planner: &Planner, ids: &[u32]) -> DecoderInput {
    DecoderInput {
        embeds: planner.embed(ids, None),
        positions: Positions::new(ids, &[], planner.config()).unwrap(),
        rope: RopeRounding::F32,
    }
}

/// The token ids of `predict_action` for one of the stored cases.
pub(crate) fn predict_prompt(view: &str, grids: &[[u32; 3]]) -> Vec<u32> {
    let case = &cases()["predict"][view];
    let instruction = case["instruction"].as_str().unwrap().to_lowercase();
    let text = format!(
        "Your task is {instruction}. To identify the key objects for your task. \
         Locate their bounding boxes in [x1,y1,x2,y2] format."
    );
    let ids = tokenizer().encode(&prompt::chat(grids.len(), &text));
    prompt::expand(&ids, grids, &config()).unwrap()
}

/// Patches and grids of resized images.
pub(crate) fn patches(names: &[&str]) -> (Tensor<2>, Vec<[u32; 3]>) {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/planner/images.safetensors"
    );
    let bytes = fs::read(path).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut values = Vec::new();
    let mut grids = Vec::new();
    for name in names {
        let image = file.tensor(name).unwrap();
        let [height, width] = [image.shape()[0], image.shape()[1]];
        patchify(image.data(), height, width, &mut values);
        grids.push([1, (height / 14) as u32, (width / 14) as u32]);
    }
    let shape = [values.len() / 1176, 1176];
    let patches = Tensor::from_data(TensorData::new(values, shape), &Device::flex());
    (patches, grids)
}

fn patchify(pixels: &[u8], height: usize, width: usize, values: &mut Vec<f32>) {
    const MEAN: [f32; 3] = [0.481_454_66, 0.457_827_5, 0.408_210_73];
    const STD: [f32; 3] = [0.268_629_54, 0.261_302_6, 0.275_777_1];
    for [row, column] in
        super::window::patch_coordinates(&[[1, (height / 14) as u32, (width / 14) as u32]], 2)
    {
        for channel in 0..3 {
            for _frame in 0..2 {
                for i in 0..196 {
                    let y = row as usize * 14 + i / 14;
                    let x = column as usize * 14 + i % 14;
                    let value = f32::from(pixels[(y * width + x) * 3 + channel]) / 255.0;
                    values.push((value - MEAN[channel]) / STD[channel]);
                }
            }
        }
    }
}

/// One unpadded sequence of a stored batch.
pub(crate) struct Sequence {
    pub(crate) ids: Vec<u32>,
    pub(crate) positions: Positions,
    grid: [u32; 3],
}

/// The stored values of one stage file.
pub(crate) struct Golden {
    file: String,
    bytes: Vec<u8>,
    manifest: Value,
}

impl Golden {
    pub(crate) fn open(stage: &str) -> Self {
        let file = format!("stages/{stage}.safetensors");
        Self {
            bytes: fs::read(folder().join(&file)).unwrap(),
            manifest: json("manifest.json")["files"][&file].clone(),
            file,
        }
    }

    fn raw(&self, name: &str) -> (Dtype, Vec<u8>) {
        let file = SafeTensors::deserialize(&self.bytes).unwrap();
        let view = file.tensor(name).unwrap();
        (view.dtype(), view.data().to_vec())
    }

    pub(crate) fn floats(&self, name: &str) -> Vec<f32> {
        let (dtype, bytes) = self.raw(name);
        assert_eq!(dtype, Dtype::F32);
        StoredType::F32.to_f32(&bytes)
    }

    pub(crate) fn integers(&self, name: &str) -> Vec<i64> {
        let (dtype, bytes) = self.raw(name);
        assert_eq!(dtype, Dtype::I64);
        bytes
            .as_chunks()
            .0
            .iter()
            .map(|b| i64::from_le_bytes(*b))
            .collect()
    }

    pub(crate) fn ids(&self, name: &str) -> Vec<u32> {
        self.integers(name)
            .into_iter()
            .map(|id| id as u32)
            .collect()
    }

    pub(crate) fn grids(&self) -> Vec<[u32; 3]> {
        self.ids("image_grid_thw").as_chunks().0.to_vec()
    }

    /// The largest difference to the stored values.
    pub(crate) fn difference(&self, name: &str, found: &[f32]) -> f32 {
        let expected = self.floats(name);
        assert_eq!(expected.len(), found.len(), "{name}");
        assert!(found.iter().all(|value| value.is_finite()), "{name}");
        let differences = expected.iter().zip(found).map(|(a, b)| (a - b).abs());
        differences.fold(0.0, f32::max)
    }

    pub(crate) fn difference_of<const D: usize>(&self, name: &str, found: Tensor<D>) -> f32 {
        self.difference(name, &found.try_into_vec_as::<f32>().unwrap())
    }

    /// Fails unless every value is within the tolerance of the manifest.
    pub(crate) fn close(&self, name: &str, found: &[f32]) {
        let tolerance = self.manifest["tensors"][name]["atol"].as_f64().unwrap() as f32;
        let difference = self.difference(name, found);
        println!("{} {name}: {difference:e} of {tolerance:e}", self.file);
        assert!(
            difference <= tolerance,
            "{} {name}: {difference} > {tolerance}",
            self.file
        );
    }

    pub(crate) fn close_tensor<const D: usize>(&self, name: &str, found: Tensor<D>) {
        self.close(name, &found.try_into_vec_as::<f32>().unwrap());
    }

    /// The sequences of a left-padded batch without their padding. Each holds as many images as its tokens say.
    pub(crate) fn padded_sequences(&self) -> Vec<Sequence> {
        let mask = self.integers("attention_mask");
        let ids = self.ids("input_ids");
        let grids = self.grids();
        let length = ids.len() / grids.len();
        let rows = ids.chunks(length).zip(mask.chunks(length)).zip(grids);
        rows.map(|((ids, mask), grid)| {
            let kept = ids.iter().zip(mask).filter(|(_, m)| **m == 1);
            let ids: Vec<u32> = kept.map(|(id, _)| *id).collect();
            Sequence {
                positions: Positions::new(&ids, &[grid], &config()).unwrap(),
                ids,
                grid,
            }
        })
        .collect()
    }

    /// The left-padded batch, its images being the two scenes.
    pub(crate) fn padded_input(&self, planner: &Planner) -> DecoderInput {
        let sequences = self.padded_sequences();
        let length = sequences.iter().map(|s| s.ids.len()).max().unwrap();
        let mut pass = crate::model::pass::Pass::new(crate::job::CancelToken::default(), false);
        let scenes = ["smart.scene_a", "smart.scene_b"];
        let embeds = sequences.iter().zip(scenes).map(|(sequence, scene)| {
            let (patches, grids) = patches(&[scene]);
            assert_eq!(grids, [sequence.grid]);
            let images = planner
                .vision(patches, &grids, RopeRounding::F32, &mut pass)
                .unwrap();
            let embeds = planner.embed(&sequence.ids, Some(images));
            let padding = vec![0; length - sequence.ids.len()];
            if padding.is_empty() {
                return embeds;
            }
            Tensor::cat(vec![planner.embed(&padding, None), embeds], 1)
        });
        let positions: Vec<_> = sequences.iter().map(|s| s.positions.clone()).collect();
        DecoderInput {
            embeds: Tensor::cat(embeds.collect(), 0),
            positions: Positions::left_padded(&positions),
            rope: RopeRounding::F32,
        }
    }
}
