//! Copies of the model on the other devices of a run: each computes the gradients of its share of every step, the first
//! device adds them up and takes the step.
//!
//! As Burn's own training on several devices does it with the optimiser on the main device
//! (`MultiDeviceOptim::OptimMainDevice` of burn-train): a thread for each device, a fork of the model on each,
//! gradients moved to the first one, and whatever goes wrong on a thread is an error of the step.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::draw::Part;
use super::learner::{Learner, Made};
use super::{Multiply, RunConfig, TrainError};
use crate::model::device::{ComputeDevice, Devices, is_cpu};
use crate::model::pass::PassError;
use crate::model::training::{fetch, put};

/// A copy of the model on a device, and the thread that works there.
pub(super) struct Replica {
    device: ComputeDevice,
    learner: Learner,
    thread: ThreadPool,
}

/// Opens the devices of a run, the first one being where the steps are taken.
pub(super) fn open_devices(config: &RunConfig) -> Result<Vec<ComputeDevice>, TrainError> {
    let devices = Devices::default();
    let open: Vec<ComputeDevice> = if config.devices.is_empty() {
        vec![devices.open(config.device)?]
    } else {
        let places = config.places()?;
        let open = places.iter().map(|place| place.open(&devices));
        open.collect::<Result<_, _>>()?
    };
    if config.batch.precision == Multiply::F16
        && let Some(wide) = open.iter().find(|device| !device.has_halves())
    {
        return Err(TrainError::Setting {
            name: "batch.precision".into(),
            why: format!(
                "is f16, which {} is not known to multiply in; choose f32, or a graphics adapter of this machine with 16-bit numbers",
                wide.name()
            ),
        });
    }
    Ok(open)
}

impl Replica {
    /// Copies the model to a device. `step` is that of the model.
    pub(super) fn new(device: ComputeDevice, made: &Made, step: u64) -> Result<Self, TrainError> {
        let thread = ThreadPoolBuilder::new()
            .num_threads(1)
            .thread_name(|_| "replica".into())
            .build()
            .map_err(|error| lost(device.name(), step, &error.to_string()))?;
        let learner = thread.install(|| guarded(&device, step, || moved(made, &device)))?;
        Ok(Self {
            device,
            learner,
            thread,
        })
    }

    /// Does `work` with the copy. On its thread, see [`run_errands`].
    pub(super) fn compute<R>(
        &self,
        step: u64,
        work: impl FnOnce(&Learner) -> Result<R, TrainError>,
    ) -> Result<R, TrainError> {
        guarded(&self.device, step, || work(&self.learner))
    }

    /// Takes over weights, by the numbers of their parameters.
    pub(super) fn take(
        &mut self,
        made: &Made,
        step: u64,
        weights: &[Option<Vec<f32>>],
    ) -> Result<(), TrainError> {
        let device = self.device.handle();
        let learner = self.learner.clone();
        let update = || {
            let mut update = |at: usize, _| Some(put(weights.get(at)?.clone()?, device));
            Ok(made.parameters.updated(learner, &mut update))
        };
        self.learner = self
            .thread
            .install(|| guarded(&self.device, step, update))?;
        Ok(())
    }
}

/// What a copy is to compute, and what came out.
pub(super) struct Errand<'a, T> {
    replica: &'a Replica,
    parts: &'a [Part],
    pub found: Option<T>,
}

impl<'a, T> Errand<'a, T> {
    pub(super) const fn new(replica: &'a Replica, parts: &'a [Part]) -> Self {
        Self {
            replica,
            parts,
            found: None,
        }
    }
}

/// Does `there` for every errand on the thread of its copy, and `here` on this one at the same time.
pub(super) fn run_errands<T: Send>(
    errands: &mut [Errand<'_, T>],
    there: &(dyn Fn(&Replica, &[Part]) -> T + Sync),
    here: &mut dyn FnMut(),
) {
    let Some((errand, others)) = errands.split_first_mut() else {
        return here();
    };
    let (replica, parts, found) = (errand.replica, errand.parts, &mut errand.found);
    replica.thread.in_place_scope(|scope| {
        scope.spawn(|_| *found = Some(there(replica, parts)));
        run_errands(others, there, here);
    });
}

/// A copy on another device, parameter by parameter: some are larger than a message may be.
fn moved(made: &Made, device: &ComputeDevice) -> Result<Learner, TrainError> {
    let mut failed = None;
    let mut update = |_: usize, value| match fetch(&[value]) {
        Ok(mut found) => found.pop().map(|found| put(found, device.handle())),
        Err(error) => {
            failed.get_or_insert(error);
            None
        }
    };
    let learner = made.parameters.updated(made.learner.clone(), &mut update);
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(learner.on(device.handle())),
    }
}

/// Does work on a device. What goes wrong on another device than the CPU, be it a panic of the backend, is the loss of
/// that device.
pub(super) fn guarded<R>(
    device: &ComputeDevice,
    step: u64,
    work: impl FnOnce() -> Result<R, TrainError>,
) -> Result<R, TrainError> {
    if is_cpu(device.handle()) {
        return work();
    }
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Err(TrainError::Pass(PassError::Device(reason)))) => {
            Err(lost(device.name(), step, &reason))
        }
        Ok(found) => found,
        Err(panic) => Err(lost(device.name(), step, &said(panic.as_ref()))),
    }
}

fn lost(device: &str, step: u64, reason: &str) -> TrainError {
    // What backends say has several lines.
    let words: Vec<&str> = reason.split_whitespace().collect();
    TrainError::Lost {
        device: device.to_owned(),
        step,
        reason: words.join(" "),
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "it did not say why".into())
}
