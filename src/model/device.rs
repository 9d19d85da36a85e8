//! Where the model runs. The only place that chooses a Burn backend; `tracked`, `product` and the planner's rotary
//! angles name the CPU one, whose numbers they read in place.
//!
//! A real adapter runs Burn on wgpu; a software adapter, or none, runs Burn on its `flex` CPU backend, which is an
//! order of magnitude faster than a software Vulkan driver. The model itself is written once for both.

mod error;
pub mod lent;
mod place;

use std::sync::{Mutex, OnceLock, PoisonError};

use burn::tensor::wgpu::{WgpuBackend, WgpuSetup};
use burn::tensor::{DType, Device, Tensor};
use cubecl::config::autotune::AutotuneLevel;
use cubecl::config::{CubeClRuntimeConfig, RuntimeConfig as _};
use serde::{Deserialize, Serialize};

pub use error::DeviceError;
pub use place::DevicePlace;

/// What the user asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum DeviceChoice {
    /// A real GPU where there is one, else the CPU.
    #[default]
    Auto,
    /// The best wgpu adapter, even a software one.
    Wgpu,
    /// The CPU.
    Cpu,
}

/// The precision linear weights rest in; everything else is f32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// f32 up to a gigabyte of weights, f16 above.
    #[default]
    Auto,
    /// 32-bit weights.
    F32,
    /// 16-bit weights, 32-bit residuals, norms, softmax and rotary angles.
    F16,
}

/// An adapter as the system describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdapterSummary {
    /// Its name.
    pub name: String,
    /// Vulkan, Metal, DX12 or GL.
    pub backend: String,
    /// Whether it is a program on the CPU, such as lavapipe or llvmpipe.
    pub software: bool,
    /// The driver, where it says.
    pub driver: String,
}

/// The handles of a wgpu device that the window opened and the model may share.
#[derive(Clone)]
pub struct SharedGpu {
    /// The instance.
    pub instance: wgpu::Instance,
    /// The adapter.
    pub adapter: wgpu::Adapter,
    /// The device.
    pub device: wgpu::Device,
    /// Its queue.
    pub queue: wgpu::Queue,
}

/// A device the model can run on.
#[derive(Clone)]
pub struct ComputeDevice {
    device: Device,
    name: String,
    shared: Option<SharedGpu>,
}

/// The devices of one program. Burn keeps a runtime for every wgpu device it is given, so one is opened once and serves
/// every load.
#[derive(Default)]
pub struct Devices {
    window: Option<SharedGpu>,
    gpu: OnceLock<ComputeDevice>,
}

/// Bytes of f32 weights from which [`Precision::Auto`] means f16.
const AUTO_F16_BYTES: u64 = 1 << 30;

/// Tasks Burn puts into one submission when the window shares its device: few, so that a frame never waits long.
const INTERACTIVE_TASKS: usize = 8;

impl Precision {
    /// The number format of linear weights, for a model of `parameters`.
    #[must_use]
    pub const fn resolve(self, parameters: u64) -> DType {
        match self {
            Self::Auto if parameters * 4 > AUTO_F16_BYTES => DType::F16,
            Self::F16 => DType::F16,
            Self::Auto | Self::F32 => DType::F32,
        }
    }
}

impl Devices {
    /// Shares the window's device where that is possible.
    #[must_use]
    pub fn new(window: Option<SharedGpu>) -> Self {
        Self {
            window,
            gpu: OnceLock::new(),
        }
    }

    /// Opens what is asked for, or gives it again.
    ///
    /// # Errors
    /// When a wgpu device was asked for and there is none.
    pub fn open(&self, choice: DeviceChoice) -> Result<ComputeDevice, DeviceError> {
        if !choice.wants_gpu(self.window.as_ref()) {
            return Ok(ComputeDevice::cpu());
        }
        if let Some(gpu) = self.gpu.get() {
            return Ok(gpu.clone());
        }
        let opened = ComputeDevice::wgpu(self.window.as_ref())?;
        Ok(self.gpu.get_or_init(|| opened).clone())
    }
}

impl DeviceChoice {
    fn wants_gpu(self, window: Option<&SharedGpu>) -> bool {
        match self {
            Self::Cpu => false,
            Self::Wgpu => true,
            Self::Auto => !window.map_or_else(
                || adapters().first().is_none_or(|a| a.software),
                |gpu| is_software(&gpu.adapter.get_info()),
            ),
        }
    }
}

impl ComputeDevice {
    /// The CPU backend.
    #[must_use]
    pub fn cpu() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            device: Device::flex(),
            name: format!("CPU, {cores} cores"),
            shared: None,
        }
    }

    fn wgpu(window: Option<&SharedGpu>) -> Result<Self, DeviceError> {
        match window {
            // The SPIR-V path takes for granted what only a device opened by Burn itself has.
            Some(gpu) if !cfg!(feature = "spirv") => Self::adopt(gpu),
            _ => Self::own(),
        }
    }

    /// Burn on a device of its own: the program has one, since Burn opens none twice.
    fn own() -> Result<Self, DeviceError> {
        static OWN: Mutex<Option<ComputeDevice>> = Mutex::new(None);
        let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(device) = &*own {
            return Ok(device.clone());
        }
        Ok(own.insert(Self::first()?).clone())
    }

    /// Burn on the device the window opened.
    fn adopt(gpu: &SharedGpu) -> Result<Self, DeviceError> {
        let info = gpu.adapter.get_info();
        if is_software(&info) {
            tune_little();
        }
        let setup = WgpuSetup {
            instance: gpu.instance.clone(),
            adapter: gpu.adapter.clone(),
            device: gpu.device.clone(),
            queue: gpu.queue.clone(),
            backend: info.backend,
        };
        let device = Device::wgpu_options()
            .tasks_max(INTERACTIVE_TASKS)
            .setup(setup)
            .init()
            .map_err(|e| unusable(&info, &e))?;
        Ok(Self {
            device,
            name: describe(&info),
            shared: Some(gpu.clone()),
        })
    }

    /// Opens it.
    fn first() -> Result<Self, DeviceError> {
        match adapters().first() {
            None => return Err(DeviceError::NoAdapter),
            Some(best) if best.software => tune_little(),
            Some(_) => {}
        }
        let (device, setup) = Device::wgpu_options()
            .graphics_api(WgpuBackend::Auto)
            .init_with_setup()
            .map_err(|e| DeviceError::Unusable {
                name: "wgpu".into(),
                reason: e.to_string(),
            })?;
        let shared = SharedGpu {
            instance: setup.instance,
            adapter: setup.adapter,
            device: setup.device,
            queue: setup.queue,
        };
        Ok(Self {
            device,
            name: describe(&shared.adapter.get_info()),
            shared: Some(shared),
        })
    }

    /// Burn's handle.
    #[must_use]
    pub const fn handle(&self) -> &Device {
        &self.device
    }

    /// For people: "NVIDIA H200, Vulkan" or "CPU, 2 cores".
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether its numbers lie in the system's own memory: the CPU, or an adapter that is a program on it.
    #[must_use]
    pub fn is_in_main_memory(&self) -> bool {
        let kind = self.shared.as_ref().map(|gpu| gpu.adapter.get_info());
        kind.is_none_or(|info| info.device_type == wgpu::DeviceType::Cpu)
    }

    /// Whether it is an adapter of this machine that multiplies in 16 bits. The CPU widens what rests in them, and of
    /// a device of another process it is not known which it is.
    #[must_use]
    pub fn has_halves(&self) -> bool {
        self.shared.is_some() && self.device.supports_dtype(DType::F16)
    }

    /// The wgpu handles behind it, if it is a GPU.
    #[must_use]
    pub const fn gpu(&self) -> Option<&SharedGpu> {
        self.shared.as_ref()
    }

    /// Bytes the model's allocator holds on the device, where it tells.
    #[must_use]
    pub fn memory_reserved(&self) -> Option<u64> {
        self.shared.as_ref()?;
        self.device.memory_pool_usage().map(|u| u.bytes_reserved)
    }
}

/// Whether a device is the CPU backend.
#[must_use]
pub fn is_cpu(device: &Device) -> bool {
    device.clone().without_autodiff() == Device::flex()
}

/// Whether a tensor's numbers lie in this process's memory and nobody will ask for gradients, so that they may be
/// worked on directly.
#[must_use]
pub fn computes_here<const D: usize>(tensor: &Tensor<D>) -> bool {
    is_cpu(&tensor.device()) && !tensor.is_autodiff()
}

/// Every adapter that a model could run on, real ones first. Not those of OpenGL: Burn takes none by itself, and
/// Mesa's driver of them tears itself down at exit in a way that can end the program with a damaged heap.
#[must_use]
pub fn adapters() -> Vec<AdapterSummary> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: wgpu::Backends::PRIMARY,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let found = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
    let mut summaries: Vec<AdapterSummary> = found
        .iter()
        .map(|adapter| {
            let info = adapter.get_info();
            AdapterSummary {
                software: is_software(&info),
                name: info.name,
                backend: info.backend.to_string(),
                driver: format!("{} {}", info.driver, info.driver_info)
                    .trim()
                    .to_owned(),
            }
        })
        .collect();
    summaries.sort_by_key(|a| a.software);
    summaries
}

/// Asks Burn to try as few kernels as it can before the first use of each shape. A software adapter compiles every
/// candidate for seconds, and none of them is fast. Variables of the environment named `CUBECL_*` still win.
fn tune_little() {
    let mut config = CubeClRuntimeConfig::default();
    config.autotune.level = AutotuneLevel::Minimal;
    config.autotune.bench.adaptive = false;
    config.autotune.bench.max_samples = 1;
    if !CubeClRuntimeConfig::try_set(config.override_from_env()) {
        log::debug!("Burn was configured before; its kernels are tuned as it likes");
    }
}

fn is_software(info: &wgpu::AdapterInfo) -> bool {
    info.device_type == wgpu::DeviceType::Cpu
}

fn describe_place(number: usize) -> String {
    format!("graphics card {number}")
}

fn describe(info: &wgpu::AdapterInfo) -> String {
    let kind = if is_software(info) { ", software" } else { "" };
    format!("{}, {}{kind}", info.name, info.backend)
}

fn unusable(info: &wgpu::AdapterInfo, reason: &impl std::fmt::Display) -> DeviceError {
    DeviceError::Unusable {
        name: describe(info),
        reason: reason.to_string(),
    }
}
