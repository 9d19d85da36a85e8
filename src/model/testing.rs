//! Golden values of the original, for the tests of this room. The folder's own manifest says how close is close.

use std::path::PathBuf;
use std::sync::OnceLock;

use burn::tensor::{DType, Device, Tensor, TensorData};
use safetensors::SafeTensors;
use serde_json::Value;

use super::checkpoint::{Filling, LoadError, Loader, StoredType, Tally, TensorEntry, TensorSource};
use super::config::ExpertConfig;
use super::expert::Expert;
use super::pass::{Stage, values};
use crate::job::JobContext;
use crate::robot::ActionStats;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

fn read(name: &str) -> Vec<u8> {
    let path = path(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{e}: {}", path.display()))
}

fn json(name: &str) -> Value {
    serde_json::from_slice(&read(name)).expect("JSON")
}

/// Tables of `cases.json`.
pub fn cases() -> &'static Value {
    static CASES: OnceLock<Value> = OnceLock::new();
    CASES.get_or_init(|| json("cases.json"))
}

/// The statistics of every key.
pub fn statistics() -> Vec<(String, ActionStats)> {
    let all = json("run/dataset_statistics.json");
    let all = all.as_object().expect("keys");
    let stats =
        |value: &Value| serde_json::from_value(value["action"].clone()).expect("statistics");
    all.iter().map(|(k, v)| (k.clone(), stats(v))).collect()
}

/// One file of golden tensors.
pub struct Golden {
    name: String,
    bytes: Vec<u8>,
}

impl Golden {
    /// Opens a file of the golden folder.
    pub fn open(name: &str) -> Self {
        Self {
            name: name.into(),
            bytes: read(name),
        }
    }

    /// The bytes of a tensor.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        self.view(name).1
    }

    /// An f32 tensor.
    pub fn tensor<const D: usize>(&self, name: &str) -> Tensor<D> {
        let (shape, bytes) = self.view(name);
        let data = TensorData::new(StoredType::F32.to_f32(&bytes), shape);
        Tensor::from_data(data, &Device::flex())
    }

    /// Compares a tensor, its shape included.
    pub fn check<const D: usize>(&self, name: &str, got: Tensor<D>) {
        assert_eq!(got.dims().to_vec(), self.view(name).0, "shape of {name}");
        self.check_values(name, &values(got).expect("read"));
    }

    /// Compares values with the tolerance of the manifest.
    pub fn check_values(&self, name: &str, got: &[f32]) {
        static MANIFEST: OnceLock<Value> = OnceLock::new();
        let manifest = MANIFEST.get_or_init(|| json("manifest.json"));
        let entry = &manifest["files"][&self.name]["tensors"][name];
        let limit = entry["atol"].as_f64().expect("a tolerance") as f32;
        let want = StoredType::F32.to_f32(&self.bytes(name));
        assert_eq!(got.len(), want.len(), "size of {name}");
        let errors = got.iter().zip(&want).map(|(g, w)| (g - w).abs());
        let worst = errors.fold(0.0_f32, |a, b| if b > a || b.is_nan() { b } else { a });
        println!("{} {name}: {worst:.1e} of {limit:.1e}", self.name);
        assert!(worst <= limit, "{name}: {worst} is over {limit}");
    }

    /// Compares collected stages, each under the second name of its pair.
    pub fn check_stages(&self, stages: &[Stage], names: &[(&str, &str)]) {
        for (ours, theirs) in names {
            let stage = stages.iter().find(|stage| stage.name == *ours);
            let stage = stage.unwrap_or_else(|| panic!("no stage {ours}"));
            assert_eq!(stage.shape, self.view(theirs).0, "shape of {ours}");
            self.check_values(theirs, &stage.values);
        }
    }

    fn view(&self, name: &str) -> (Vec<usize>, Vec<u8>) {
        let file = SafeTensors::deserialize(&self.bytes).expect("safetensors");
        let view = file.tensor(name).expect("is in the file");
        (view.shape().to_vec(), view.data().to_vec())
    }
}

/// The encoder's pixels from 8-bit RGB of `[height, width]`.
///
/// # Shapes
/// - returns `[1, 3, height, width]`
pub fn normalized(rgb: &[u8], [height, width]: [usize; 2]) -> Tensor<4> {
    const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
    const STD: [f32; 3] = [0.229, 0.224, 0.225];
    let channel = |c: usize| {
        let values = rgb.iter().skip(c).step_by(3);
        values.map(move |v| (f32::from(*v) / 255.0 - MEAN[c]) / STD[c])
    };
    let planes: Vec<f32> = (0..3).flat_map(channel).collect();
    let data = TensorData::new(planes, [1, 3, height, width]);
    Tensor::from_data(data, &Device::flex())
}

/// The action side of the golden checkpoint.
pub fn expert() -> Expert {
    load().0
}

/// As [`expert`], with what loading met.
pub fn load() -> (Expert, Tally) {
    let mut source = Checkpoint::open();
    let context = JobContext::silent();
    let filling = Filling::Source(&mut source);
    let loader = Loader::new(filling, &Device::flex(), DType::F32, &context);
    let expert = Expert::load(&loader.weights(), &ExpertConfig::TINY).expect("loads");
    (expert, loader.finish())
}

struct Checkpoint {
    entries: Vec<TensorEntry>,
    tensors: Vec<Vec<u8>>,
}

impl Checkpoint {
    fn open() -> Self {
        let bytes = read("run/checkpoints/steps_100_pytorch_model.safetensors");
        let file = SafeTensors::deserialize(&bytes).expect("safetensors");
        let (entries, tensors) = file
            .iter()
            .map(|(name, view)| {
                let entry = TensorEntry {
                    name: name.to_owned(),
                    stored: StoredType::Bf16,
                    shape: view.shape().to_vec(),
                };
                (entry, view.data().to_vec())
            })
            .unzip();
        Self { entries, tensors }
    }
}

impl TensorSource for Checkpoint {
    fn entries(&self) -> &[TensorEntry] {
        &self.entries
    }

    fn read(&mut self, index: usize) -> Result<Vec<u8>, LoadError> {
        Ok(self.tensors[index].clone())
    }
}
