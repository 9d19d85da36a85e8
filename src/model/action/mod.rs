//! The action expert: a diffusion transformer, its noise schedule, and the sampler that denoises actions.

mod dit;
mod sampler;
mod schedule;

pub use dit::{Conditioning, Dit, timestep_frequencies};
pub use sampler::{Denoised, Sampler, SamplerOptions, Start, noise};
pub use schedule::{DdimStep, Schedule, ScheduleError, TRAIN_STEPS, ddim_steps};
