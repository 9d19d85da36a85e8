//! The simulated arm under control: a policy's steps in, governed commands out, at the servo's rate.
//!
//! The path of a step is the real arm's: compose, solve, interpolate, govern. Base frame for actions, world for snapshots.

use crate::geometry::Pose;
use crate::robot::{
    AimError, Arm as _, Change, DeltaAction, Governor, GovernorLimits, JointState, Pursuit,
    Refusal, RobotSpec,
};

use super::scene::Scene;
use super::snapshot::Snapshot;
use super::world::{TICK, World, WorldError};

/// A world whose arm is driven step by step.
pub struct SimRig {
    /// The world; its arm is commanded through here only.
    pub world: World,
    governor: Governor,
    pursuit: Pursuit,
    base: Pose,
    ticks: usize,
}

/// What became of one step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StepReport {
    /// Why the step was not followed; the arm stayed.
    pub aim: Option<AimError>,
    /// The last refusal of the governor.
    pub refusal: Option<Refusal>,
    /// What the governor changed, each kind of tick after tick.
    pub changes: Vec<Change>,
}

impl SimRig {
    /// Builds the world, lets things settle, and is ready for steps at `hz`.
    ///
    /// # Errors
    /// When the scene cannot be built.
    pub fn new(scene: &Scene, hz: f64) -> Result<Self, WorldError> {
        let mut world = World::new(scene)?;
        world.pass(SETTLE_TICKS);
        let state = measured(&world);
        let spec = world.spec();
        // The arm holds its start; commands go on from there, not from where gravity let it sag.
        let start = JointState {
            positions: scene.arm.joints.clone(),
            gripper: scene.arm.gripper,
            ..state
        };
        Ok(Self {
            governor: Governor::new(spec, GovernorLimits::mechanical(spec, TICK), &start),
            pursuit: Pursuit::new(spec, &start),
            world,
            base: scene.arm.base,
            ticks: ((1.0 / hz / TICK).round() as usize).max(1),
        })
    }

    /// The arm.
    #[must_use]
    pub fn spec(&self) -> &'static RobotSpec {
        self.world.spec()
    }

    /// Where the base stands.
    #[must_use]
    pub fn base(&self) -> &Pose {
        &self.base
    }

    /// Where the tool is to be at the end of the last step, base frame.
    #[must_use]
    pub fn target(&self) -> &Pose {
        self.pursuit.target()
    }

    /// The angles last commanded.
    #[must_use]
    pub fn commanded(&self) -> &[f64] {
        self.governor.joints()
    }

    /// Where everything is.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.world.snapshot()
    }

    /// The step that takes the target to `next` (base frame) from where the tool is now.
    #[must_use]
    pub fn action_to(&self, next: &Pose, gripper: f32) -> DeltaAction {
        let here = self.spec().chain().tool(&measured(&self.world).positions);
        DeltaAction::between(self.pursuit.target(), here.position, next, gripper)
    }

    /// Lets one period pass without a step: the arm holds.
    pub fn wait(&mut self) {
        self.world.pass(self.ticks);
    }

    /// Follows one step of a policy for one period.
    pub fn step(&mut self, action: &DeltaAction) -> StepReport {
        let here = measured(&self.world);
        let mut report = StepReport {
            aim: self.pursuit.aim(action, &here).err(),
            ..StepReport::default()
        };
        if let Some(AimError::Lag { .. }) = report.aim {
            // The way begins anew where the arm is; so must what it was commanded, or every way from there is refused.
            self.governor.reset(&here);
        }
        for tick in 1..=self.ticks {
            let request = self.pursuit.at(tick as f64 / self.ticks as f64);
            match self.governor.admit(&request) {
                Ok(admitted) => {
                    report.changes.extend(admitted.changes);
                    let Ok(()) = crate::robot::Arm::command(&mut self.world, &admitted.command);
                }
                Err(refusal) => {
                    report.refusal = Some(refusal);
                    self.world.pass(1);
                }
            }
        }
        report
    }
}

/// Things fall onto the table and come to rest.
const SETTLE_TICKS: usize = 30;

fn measured(world: &World) -> JointState {
    let now = world.arm.measure(&world.physics);
    JointState {
        positions: now.0,
        velocities: now.1,
        gripper: now.2,
    }
}
