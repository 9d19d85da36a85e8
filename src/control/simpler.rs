//! What `SimplerEnv`'s clients make of an action: translation, an axis times an angle, and a gripper in the words of
//! the robot, sticky for the Google robot.

use nalgebra::UnitQuaternion;

use super::AdaptiveEnsemble;

/// An imaginary part shorter than this is no rotation (transforms3d's threshold, three rounding steps).
const NO_TURN: f64 = 3.0 * f64::EPSILON;

/// How a gripper is told to move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum GripperRule {
    /// Open (1) above one half, else closed (-1).
    Absolute,
    /// The change since it last mattered; a change over one half is repeated for this many steps.
    Sticky {
        /// Steps of a repeat; 10 in InternVLA-M1's client.
        repeat: usize,
    },
}

/// One step of the environment.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// Metres along the base's axes.
    pub translation: [f64; 3],
    /// Axis times angle; the angle may exceed π.
    pub rotation: [f64; 3],
    /// As the rule says.
    pub gripper: f64,
}

/// The state a client keeps from step to step.
#[derive(Debug, Clone)]
pub struct SimplerClient {
    rule: GripperRule,
    scale: f64,
    ensemble: Option<AdaptiveEnsemble>,
    task: Option<String>,
    previous: Option<f64>,
    stuck: Option<f64>,
    repeats: usize,
}

impl SimplerClient {
    /// With no task yet. Without an ensemble the first row of each chunk is carried out.
    #[must_use]
    pub const fn new(rule: GripperRule, scale: f64, ensemble: Option<AdaptiveEnsemble>) -> Self {
        Self {
            rule,
            scale,
            ensemble,
            task: None,
            previous: None,
            stuck: None,
            repeats: 0,
        }
    }

    /// Takes a chunk in SI for a task and gives the action for now and the environment's command. Another task than
    /// the last one resets everything. Nothing where the chunk holds no row of seven numbers.
    pub fn step(&mut self, task: &str, chunk: Vec<Vec<f64>>) -> Option<([f64; 7], Command)> {
        if self.task.as_deref() != Some(task) {
            self.reset();
            self.task = Some(task.to_owned());
        }
        let row = match &mut self.ensemble {
            Some(ensemble) => ensemble.step(chunk)?,
            None => chunk.into_iter().next()?,
        };
        let action = <[f64; 7]>::try_from(row).ok()?;
        let [x, y, z, roll, pitch, yaw, gripper] = action;
        let command = Command {
            translation: [x, y, z].map(|v| v * self.scale),
            rotation: axis_angle([roll, pitch, yaw]).map(|v| v * self.scale),
            gripper: self.gripper(gripper),
        };
        Some((action, command))
    }

    /// Forgets the task, the chunks and the gripper.
    pub fn reset(&mut self) {
        if let Some(ensemble) = &mut self.ensemble {
            ensemble.reset();
        }
        (self.task, self.previous, self.stuck, self.repeats) = (None, None, None, 0);
    }

    fn gripper(&mut self, value: f64) -> f64 {
        let GripperRule::Sticky { repeat } = self.rule else {
            return if value > 0.5 { 1.0 } else { -1.0 };
        };
        let Some(previous) = self.previous else {
            self.previous = Some(value);
            return 0.0;
        };
        let mut change = previous - value;
        if change.abs() > 0.5 && self.stuck.is_none() {
            self.stuck = Some(change);
            self.previous = Some(value);
        }
        if let Some(stuck) = self.stuck {
            self.repeats += 1;
            change = stuck;
        }
        if self.repeats == repeat {
            (self.stuck, self.repeats) = (None, 0);
        }
        change
    }
}

/// Roll, pitch and yaw about fixed axes (x, then y, then z) as an axis times an angle of 0 to 2π.
#[must_use]
pub fn axis_angle([roll, pitch, yaw]: [f64; 3]) -> [f64; 3] {
    let q = UnitQuaternion::from_euler_angles(roll, pitch, yaw);
    let length = q.imag().norm();
    if length < NO_TURN {
        return [0.0; 3];
    }
    let angle = 2.0 * q.w.clamp(-1.0, 1.0).acos();
    (q.imag() * (angle / length)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vector_of_transforms3d() {
        let got = axis_angle([0.1, -0.2, 0.3]);
        let want = [0.128_923_36, -0.183_425_8, 0.308_748_16];
        assert!(
            got.iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-7),
            "{got:?}"
        );
        assert!(axis_angle([0.0; 3]).iter().all(|v| v.abs() < 1e-15));
    }

    #[test]
    fn a_sticky_gripper_repeats_and_lets_go() {
        let mut client = SimplerClient::new(GripperRule::Sticky { repeat: 3 }, 1.0, None);
        let mut told = |value: f64| {
            let row = vec![0.0, 0.0, 0.0, 0.0, 0.0, 0.0, value];
            client
                .step("close", vec![row])
                .expect("seven numbers")
                .1
                .gripper
        };
        let changes = [1.0, 1.0, 0.0, 0.0, 1.0, 1.0].map(&mut told);
        let want = [0.0, 0.0, 1.0, 1.0, 1.0, -1.0];
        assert!(
            changes.iter().zip(want).all(|(c, w)| (c - w).abs() < 1e-12),
            "{changes:?}"
        );
    }

    #[test]
    fn a_chunk_without_seven_numbers_is_no_step() {
        let mut client = SimplerClient::new(GripperRule::Absolute, 1.0, None);
        assert_eq!(client.step("x", vec![vec![0.0; 6]]), None);
        assert_eq!(client.step("x", Vec::new()), None);
    }
}
