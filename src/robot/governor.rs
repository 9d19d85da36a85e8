//! The last word before a motor: every command, of a policy, an expert or a hand, simulated or real, passes here.
//!
//! Pure: no clock, no bus; a call is one tick of a fixed period. A [`SafeCommand`] can be made nowhere else. Joints, speed,
//! acceleration, work space and floor are bounded by changing the command, which is told; what is no number, has the
//! wrong axes or jumps to another branch of the arm's solutions is refused. Radians, seconds, metres; base frame.

use super::chain::Chain;
use super::spec::{JointState, RobotSpec};

/// What a motor may be told: made only by [`Governor::admit`].
#[derive(Debug, Clone, PartialEq)]
pub struct SafeCommand {
    joints: Vec<f64>,
    velocities: Vec<f64>,
    gripper: f64,
}

impl SafeCommand {
    /// Angles to reach by the end of the tick.
    #[must_use]
    pub fn joints(&self) -> &[f64] {
        &self.joints
    }

    /// Radians per second on the way.
    #[must_use]
    pub fn velocities(&self) -> &[f64] {
        &self.velocities
    }

    /// 0 closed, 1 open.
    #[must_use]
    pub fn gripper(&self) -> f64 {
        self.gripper
    }
}

/// What is asked of the arm for one tick.
#[derive(Debug, Clone, PartialEq)]
pub struct JointRequest {
    /// Angles, from the base outwards.
    pub joints: Vec<f64>,
    /// 0 closed, 1 open.
    pub gripper: f64,
}

/// Bounds that every command keeps.
#[derive(Debug, Clone, PartialEq)]
pub struct GovernorLimits {
    /// Seconds of one tick.
    pub period: f64,
    /// Kept from each end of a joint's range.
    pub margin: f64,
    /// Fastest turn of each joint.
    pub speed: Vec<f64>,
    /// Largest change of that speed per second.
    pub acceleration: f64,
    /// Fastest tool point, metres per second.
    pub tool_speed: f64,
    /// Box of the tool point, base frame: lowest and highest corner.
    pub workspace: [[f64; 3]; 2],
    /// Height below which neither a link's origin nor the tool may go, base frame.
    pub floor: f64,
    /// A joint asked to move farther than this in one tick is on another branch.
    pub jump: f64,
}

/// How a command was changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// A joint was kept inside its range.
    JointLimit {
        /// Which, from the base.
        joint: usize,
    },
    /// All joints were slowed by this factor, so that the path keeps its shape.
    Speed {
        /// Between 0 and 1.
        factor: f64,
    },
    /// The change of speed was cut to this share.
    Acceleration {
        /// Between 0 and 1.
        factor: f64,
    },
    /// The motion was cut to this share before it left the work space or went below the floor.
    Workspace {
        /// Between 0 and 1.
        factor: f64,
    },
    /// The gripper was kept between closed and open.
    Gripper,
}

/// Why a command was refused; the arm then keeps its last one.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The number of joints differs.
    #[error("the command has {asked} joints but the arm {arm}")]
    Axes {
        /// Joints of the command.
        asked: usize,
        /// Joints of the arm.
        arm: usize,
    },
    /// A value is not a number, or infinite.
    #[error("the command holds a value that is not a finite number")]
    NotFinite,
    /// A joint would jump.
    #[error(
        "joint {joint} would jump by {radians:.2} rad in one tick; the target lies on another branch of the arm"
    )]
    BranchJump {
        /// Which, from the base.
        joint: usize,
        /// How far.
        radians: f64,
    },
}

/// A command let through.
#[derive(Debug, Clone, PartialEq)]
pub struct Admitted {
    /// For the motors.
    pub command: SafeCommand,
    /// What was changed; empty if nothing.
    pub changes: Vec<Change>,
}

/// Bounds one arm. See the module.
#[derive(Debug, Clone)]
pub struct Governor {
    chain: Chain,
    limits: GovernorLimits,
    joints: Vec<f64>,
    velocities: Vec<f64>,
}

impl GovernorLimits {
    /// What the arm can do: for a simulated arm, which hurts nobody.
    #[must_use]
    pub fn mechanical(spec: &RobotSpec, period: f64) -> Self {
        Self {
            period,
            margin: 0.0,
            speed: spec.joints.iter().map(|joint| joint.speed).collect(),
            acceleration: 25.0,
            tool_speed: 0.6,
            workspace: spec.workspace,
            floor: spec.workspace[0][2],
            jump: 0.35,
        }
    }

    /// For a real arm beside people: 60 degrees and 100 mm per second, 3 degrees from the ends of each joint.
    #[must_use]
    pub fn gentle(spec: &RobotSpec, period: f64) -> Self {
        let slow = 60_f64.to_radians();
        Self {
            margin: 3_f64.to_radians(),
            speed: spec
                .joints
                .iter()
                .map(|joint| joint.speed.min(slow))
                .collect(),
            acceleration: 300_f64.to_radians(),
            tool_speed: 0.1,
            ..Self::mechanical(spec, period)
        }
    }
}

impl Governor {
    /// Begins where the arm is.
    #[must_use]
    pub fn new(spec: &RobotSpec, limits: GovernorLimits, state: &JointState) -> Self {
        Self {
            chain: spec.chain(),
            limits,
            joints: state.positions.clone(),
            velocities: vec![0.0; state.positions.len()],
        }
    }

    /// The bounds.
    #[must_use]
    pub fn limits(&self) -> &GovernorLimits {
        &self.limits
    }

    /// The angles last commanded.
    #[must_use]
    pub fn joints(&self) -> &[f64] {
        &self.joints
    }

    /// Forgets what was commanded: the arm is here now and stands still.
    pub fn reset(&mut self, state: &JointState) {
        self.joints.clone_from(&state.positions);
        self.velocities.fill(0.0);
    }

    /// One tick towards `request`, as far as the bounds let.
    ///
    /// # Errors
    /// When the request must not be followed at all; nothing changes then.
    pub fn admit(&mut self, request: &JointRequest) -> Result<Admitted, Refusal> {
        self.check(request)?;
        let mut changes = Vec::new();
        let goal = self.inside_limits(&request.joints, &mut changes);
        let wanted = self.bounded_speed(&goal, &mut changes);
        let velocities = self.bounded_acceleration(&wanted, &mut changes);
        let (joints, velocities) = self.inside_workspace(&velocities, &mut changes);
        let gripper = request.gripper.clamp(0.0, 1.0);
        if (gripper - request.gripper).abs() > 0.0 {
            changes.push(Change::Gripper);
        }
        self.joints.clone_from(&joints);
        self.velocities.clone_from(&velocities);
        let command = SafeCommand {
            joints,
            velocities,
            gripper,
        };
        Ok(Admitted { command, changes })
    }

    fn check(&self, request: &JointRequest) -> Result<(), Refusal> {
        if request.joints.len() != self.joints.len() {
            return Err(Refusal::Axes {
                asked: request.joints.len(),
                arm: self.joints.len(),
            });
        }
        if !request.gripper.is_finite() || request.joints.iter().any(|angle| !angle.is_finite()) {
            return Err(Refusal::NotFinite);
        }
        for (joint, (asked, now)) in request.joints.iter().zip(&self.joints).enumerate() {
            let radians = (asked - now).abs();
            if radians > self.limits.jump {
                return Err(Refusal::BranchJump { joint, radians });
            }
        }
        Ok(())
    }

    fn inside_limits(&self, asked: &[f64], changes: &mut Vec<Change>) -> Vec<f64> {
        let bounded = |(joint, angle): (usize, &f64)| {
            let [low, high] = self.chain.limit(joint);
            let inside = angle.clamp(low + self.limits.margin, high - self.limits.margin);
            if (inside - angle).abs() > 0.0 {
                changes.push(Change::JointLimit { joint });
            }
            inside
        };
        asked.iter().enumerate().map(bounded).collect()
    }

    /// Velocities that reach `goal` in one tick, slowed alike until no joint and not the tool is too fast and every
    /// joint can still stop there.
    fn bounded_speed(&self, goal: &[f64], changes: &mut Vec<Change>) -> Vec<f64> {
        let period = self.limits.period;
        let wanted: Vec<f64> = goal
            .iter()
            .zip(&self.joints)
            .map(|(to, from)| (to - from) / period)
            .collect();
        let mut factor = 1.0_f64;
        for ((velocity, speed), (to, from)) in wanted
            .iter()
            .zip(&self.limits.speed)
            .zip(goal.iter().zip(&self.joints))
        {
            let braking = (2.0 * self.limits.acceleration * (to - from).abs()).sqrt();
            let most = speed.min(braking.max(self.limits.acceleration * period));
            factor = factor.min(most / velocity.abs().max(1e-12));
        }
        let tool = distance(&self.chain, goal, &self.joints) / period;
        factor = factor.min(self.limits.tool_speed / tool.max(1e-12));
        if factor < 1.0 {
            changes.push(Change::Speed { factor });
            return wanted.iter().map(|velocity| velocity * factor).collect();
        }
        wanted
    }

    fn bounded_acceleration(&self, wanted: &[f64], changes: &mut Vec<Change>) -> Vec<f64> {
        let most = self.limits.acceleration * self.limits.period;
        let largest = wanted
            .iter()
            .zip(&self.velocities)
            .map(|(to, from)| (to - from).abs())
            .fold(0.0, f64::max);
        if largest <= most {
            return wanted.to_vec();
        }
        let factor = most / largest;
        changes.push(Change::Acceleration { factor });
        let blend = |(to, from): (&f64, &f64)| from + factor * (to - from);
        wanted.iter().zip(&self.velocities).map(blend).collect()
    }

    fn inside_workspace(
        &self,
        velocities: &[f64],
        changes: &mut Vec<Change>,
    ) -> (Vec<f64>, Vec<f64>) {
        let before = self.outside(&self.joints);
        for factor in [1.0, 0.5, 0.25, 0.0] {
            let scaled: Vec<f64> = velocities
                .iter()
                .map(|velocity| velocity * factor)
                .collect();
            let moved = self.moved(&scaled);
            let outside = self.outside(&moved);
            // An arm that is outside already may come back.
            if outside <= 0.0 || outside < before || factor == 0.0 {
                if factor < 1.0 {
                    changes.push(Change::Workspace { factor });
                }
                return (moved, scaled);
            }
        }
        unreachable!("the last factor always returns")
    }

    /// The angles one tick later, inside the joints' ranges whatever the speed.
    fn moved(&self, velocities: &[f64]) -> Vec<f64> {
        let there: Vec<f64> = self
            .joints
            .iter()
            .zip(velocities)
            .map(|(angle, velocity)| angle + velocity * self.limits.period)
            .collect();
        self.chain.clamp(&there)
    }

    /// Metres by which the tool leaves the box or a link or the tool goes below the floor; zero inside.
    fn outside(&self, joints: &[f64]) -> f64 {
        let frames = self.chain.frames(joints);
        let tool = frames.tool.translation.vector;
        let [low, high] = self.limits.workspace;
        let mut outside = 0.0_f64;
        for axis in 0..3 {
            outside = outside
                .max(low[axis] - tool[axis])
                .max(tool[axis] - high[axis]);
        }
        for link in &frames.links {
            outside = outside.max(self.limits.floor - link.translation.vector.z);
        }
        outside
    }
}

fn distance(chain: &Chain, a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (chain.frames(a).tool, chain.frames(b).tool);
    (a.translation.vector - b.translation.vector).norm()
}
