//! The two models of a golden folder: the stock planner and the policy. One is held at a time.

use std::path::PathBuf;
use std::rc::Rc;

use burn::tensor::Device;

use super::Fault;
use super::golden::Golden;
use crate::job::JobContext;
use crate::model::checkpoint::{Checkpoint, Filling, LoadError, Loader, Statistics};
use crate::model::config::{GenerationConfig, ModelConfig, ProcessorConfig, RunSettings};
use crate::model::device::{ComputeDevice, Precision};
use crate::model::expert::Expert;
use crate::model::planner::{Planner, PlannerTokenizer};
use crate::model::policy::modules;
use crate::model::training::{Network, Parameters};
use crate::vision::PixelLimits;
use crate::vision::normalize::PatchLayout;

/// Which weights a file was computed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// The stock planner.
    Base,
    /// The policy checkpoint.
    Policy,
}

/// A model with everything around it.
pub(super) struct Model {
    pub(super) planner: Planner,
    pub(super) expert: Option<Expert>,
    pub(super) tokenizer: PlannerTokenizer,
    pub(super) config: ModelConfig,
    pub(super) run: Option<RunSettings>,
    pub(super) statistics: Option<Statistics>,
    pub(super) generation: GenerationConfig,
    processor: ProcessorConfig,
    /// Names and sizes of the tensors of its file.
    pub(super) entries: Vec<(String, usize)>,
    parameters: Parameters,
}

impl Model {
    /// The same model with gradients asked for everywhere.
    pub(super) fn trainable(&self) -> (Network, &Parameters) {
        let network = Network {
            planner: self.planner.clone(),
            expert: self.expert.clone(),
        };
        let network = self.parameters.trainable(network, &|_| true, false);
        (network, &self.parameters)
    }

    /// The planner states its querying transformer reads.
    pub(super) fn states(&self) -> Option<std::ops::Range<usize>> {
        let sizes = &self.config.expert.as_ref()?.qformer;
        Some(sizes.start_layer..sizes.end_layer)
    }

    pub(super) fn layout(&self) -> PatchLayout {
        PatchLayout {
            patch: self.processor.patch_size as u32,
            merge: self.processor.merge_size as u32,
            temporal: self.processor.temporal_patch_size as u32,
        }
    }

    pub(super) fn limits(&self) -> PixelLimits {
        PixelLimits {
            min: self.processor.min_pixels,
            max: self.processor.max_pixels,
        }
    }

    pub(super) fn expert(&self) -> Result<&Expert, Fault> {
        self.expert.as_ref().ok_or(Fault::NoModel("action expert"))
    }
}

/// Loads models when they are asked for.
pub(super) struct Models<'a> {
    golden: &'a Golden,
    device: ComputeDevice,
    precision: Precision,
    context: &'a JobContext<'a>,
    held: Option<(Which, Rc<Model>)>,
}

impl<'a> Models<'a> {
    pub(super) fn new(
        golden: &'a Golden,
        device: ComputeDevice,
        precision: Precision,
        context: &'a JobContext<'a>,
    ) -> Self {
        Self {
            golden,
            device,
            precision,
            context,
            held: None,
        }
    }

    pub(super) fn device(&self) -> &Device {
        self.device.handle()
    }

    pub(super) fn get(&mut self, which: Which) -> Result<Rc<Model>, Fault> {
        if let Some((held, model)) = &self.held
            && *held == which
        {
            return Ok(Rc::clone(model));
        }
        self.held = None;
        let (path, base) = self.paths(which)?;
        let model = Rc::new(self.load(&path, base.as_deref())?);
        self.held = Some((which, Rc::clone(&model)));
        Ok(model)
    }

    /// Where a model lies, and the folder with its tokenizer.
    pub(super) fn paths(&self, which: Which) -> Result<(PathBuf, Option<PathBuf>), Fault> {
        let base = self.golden.base_folder();
        match which {
            Which::Base => base
                .map(|path| (path, None))
                .ok_or(Fault::NoModel("stock planner")),
            Which::Policy => {
                let run = self.golden.run_folder();
                run.map(|path| (path, base))
                    .ok_or(Fault::NoModel("policy checkpoint"))
            }
        }
    }

    fn load(
        &self,
        path: &std::path::Path,
        base: Option<&std::path::Path>,
    ) -> Result<Model, LoadError> {
        let mut checkpoint = Checkpoint::open(path, base)?;
        let folder = checkpoint.planner.folder.clone();
        let tokenizer = PlannerTokenizer::open(&folder)?;
        tokenizer.check(&checkpoint.config.qwen, &folder)?;
        let parameters = checkpoint.entries().iter().map(|e| e.numel() as u64).sum();
        let dtype = self.precision.resolve(parameters);
        let entries = checkpoint.entries().iter();
        let entries = entries.map(|e| (e.name.clone(), e.numel())).collect();
        let config = checkpoint.config.clone();
        let filling = Filling::Source(checkpoint.source());
        let loader = Loader::new(filling, self.device(), dtype, self.context);
        let (planner, expert) = modules(&loader, &config)?;
        let parameters = Parameters::new(loader.named());
        let tally = loader.finish();
        if let Some(first) = tally.missing.first() {
            return Err(LoadError::Tensors {
                missing: tally.missing.len(),
                misshapen: tally.misshapen.len(),
                first: first.clone(),
            });
        }
        if let Some(first) = tally.misshapen.first() {
            return Err(LoadError::Tensors {
                missing: 0,
                misshapen: tally.misshapen.len(),
                first: first.key.clone(),
            });
        }
        Ok(Model {
            planner,
            expert,
            tokenizer,
            config,
            run: checkpoint.run,
            statistics: checkpoint.statistics,
            generation: checkpoint.planner.generation,
            processor: checkpoint.planner.processor,
            entries,
            parameters,
        })
    }
}
