//! Kinematics against vectors of mujoco and pinocchio; the governor and the pursuit against their promises.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;
use crate::geometry::Pose;

#[derive(Deserialize)]
struct Vectors {
    arms: BTreeMap<String, ArmCase>,
    delta_about_measured_position: Vec<LagCase>,
}

#[derive(Deserialize)]
struct ArmCase {
    chain: ChainCase,
    fk: Vec<ForwardCase>,
    ik: Vec<InverseCase>,
    delta: Vec<DeltaCase>,
}

#[derive(Deserialize)]
struct ChainCase {
    base_rpy: [f64; 3],
    joints: Vec<JointCase>,
    tool: Placed,
}

#[derive(Deserialize)]
struct JointCase {
    xyz: [f64; 3],
    rpy: [f64; 3],
    axis: [f64; 3],
    limit: [f64; 2],
}

#[derive(Deserialize)]
struct Placed {
    xyz: [f64; 3],
    rpy: [f64; 3],
}

#[derive(Deserialize)]
struct ForwardCase {
    q: Vec<f64>,
    #[serde(flatten)]
    pose: PoseCase,
    jacobian: Option<Vec<f64>>,
}

#[derive(Deserialize, Clone, Copy)]
struct PoseCase {
    pos: [f64; 3],
    quat_wxyz: [f64; 4],
}

impl PoseCase {
    fn pose(self) -> Pose {
        Pose {
            position: self.pos,
            rotation: self.quat_wxyz,
        }
    }
}

#[derive(Deserialize)]
struct InverseCase {
    kind: String,
    q_start: Vec<f64>,
    target: PoseCase,
    reference: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct DeltaCase {
    q_start: Vec<f64>,
    steps: Vec<DeltaStep>,
}

#[derive(Deserialize)]
struct DeltaStep {
    action: Vec<f64>,
    target: PoseCase,
}

#[derive(Deserialize)]
struct LagCase {
    measured_pos: [f64; 3],
    prev_target: PoseCase,
    action: Vec<f64>,
    target: PoseCase,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../tests/fixtures/arm/kinematics.json")).expect("vectors")
}

fn chain(case: &ChainCase) -> Chain {
    let joint = |joint: &JointCase| ChainJoint {
        origin: Pose::from_rpy(joint.xyz, joint.rpy),
        axis: joint.axis,
        limit: joint.limit,
    };
    let tool = Pose::from_rpy(case.tool.xyz, case.tool.rpy);
    Chain::new(
        Pose::from_rpy([0.0; 3], case.base_rpy),
        case.joints.iter().map(joint),
        tool,
    )
}

fn apart(a: &Pose, b: &Pose) -> (f64, f64) {
    let (a, b) = (a.isometry(), b.isometry());
    (
        (a.translation.vector - b.translation.vector).norm(),
        a.rotation.angle_to(&b.rotation),
    )
}

#[test]
fn forward_kinematics_and_jacobians_of_four_arms() {
    let (mut poses, mut jacobians) = (0, 0);
    for (name, arm) in vectors().arms {
        let chain = chain(&arm.chain);
        for case in arm.fk {
            let (metres, radians) = apart(&chain.tool(&case.q), &case.pose.pose());
            assert!(
                metres < 1e-7 && radians < 1e-6,
                "{name} {:?}: {metres} {radians}",
                case.q
            );
            poses += 1;
            if let Some(expected) = case.jacobian {
                let got = chain.jacobian(&case.q);
                for (index, want) in expected.iter().enumerate() {
                    let (row, column) = (index / case.q.len(), index % case.q.len());
                    assert!((got[(row, column)] - want).abs() < 1e-6, "{name} {index}");
                }
                jacobians += 1;
            }
        }
    }
    assert!(poses >= 40 && jacobians >= 8, "{poses} {jacobians}");
}

#[test]
fn the_table_holds_the_published_chains() {
    let arms = vectors().arms;
    for (name, spec) in [("wx250s", &WIDOWX), ("so101", &SO101)] {
        let published = chain(&arms[name].chain);
        let ours = spec.chain();
        for case in &arms[name].fk {
            let (metres, radians) = apart(&ours.tool(&case.q), &published.tool(&case.q));
            assert!(
                metres < 1e-6 && radians < 1e-5,
                "{name}: {metres} {radians}"
            );
        }
        for (joint, case) in arms[name].chain.joints.iter().enumerate() {
            let apart = (0..2).map(|end| (ours.limit(joint)[end] - case.limit[end]).abs());
            assert!(apart.sum::<f64>() < 1e-5, "{name} {joint}");
        }
    }
}

#[test]
fn inverse_kinematics_of_four_arms() {
    let mut seen = BTreeMap::new();
    for (name, arm) in vectors().arms {
        let chain = chain(&arm.chain);
        for (index, case) in arm.ik.iter().enumerate() {
            let soft = case.kind == "soft_orientation";
            let options = if soft || arm.chain.joints.len() < 6 && case.kind == "unreachable" {
                InverseOptions {
                    iterations: 200,
                    ..InverseOptions::POSITION_FIRST
                }
            } else {
                InverseOptions::POSE
            };
            let restarts = if case.kind == "reachable_near" { 0 } else { 24 };
            let got =
                chain.inverse_anywhere(&case.target.pose(), &case.q_start, &options, restarts);
            assert!(chain.within_limits(&got.joints, 0.0), "{name} {index}");
            let (metres, radians) = apart(&chain.tool(&got.joints), &case.target.pose());
            assert!(
                (metres - got.position_error).abs() < 1e-9
                    && (radians - got.rotation_error).abs() < 1e-6
            );
            let what = format!("{name} {index} {}: {metres} m {radians} rad", case.kind);
            match case.kind.as_str() {
                "unreachable" => assert!(!got.converged && metres.is_finite(), "{what}"),
                "soft_orientation" => {
                    let reference = case.reference.as_ref().expect("a reference")["cost"]
                        .as_f64()
                        .expect("a cost");
                    assert!(
                        metres.hypot(0.02 * radians) <= 1.1 * reference + 2e-4,
                        "{what}"
                    );
                }
                _ => assert!(got.converged && metres < 5e-4 && radians < 5e-3, "{what}"),
            }
            *seen.entry(case.kind.clone()).or_insert(0) += 1;
        }
    }
    assert!(
        seen.len() == 4 && seen.values().sum::<i32>() == 36,
        "{seen:?}"
    );
}

#[test]
fn deltas_compose_as_published() {
    let vectors = vectors();
    for (name, arm) in &vectors.arms {
        for case in &arm.delta {
            let mut target = chain(&arm.chain).tool(&case.q_start);
            for step in &case.steps {
                let mut axes = step.action.clone();
                axes.resize(7, 0.0);
                let action = DeltaAction::from_axes(&axes).expect("seven numbers");
                target = action.compose(&target, target.position);
                let (metres, radians) = apart(&target, &step.target.pose());
                assert!(
                    metres < 1e-6 && radians < 1e-6,
                    "{name}: {metres} {radians}"
                );
            }
        }
    }
    for case in &vectors.delta_about_measured_position {
        let mut axes = case.action.clone();
        axes.resize(7, 0.0);
        let action = DeltaAction::from_axes(&axes).expect("seven numbers");
        let got = action.compose(&case.prev_target.pose(), case.measured_pos);
        let (metres, radians) = apart(&got, &case.target.pose());
        assert!(metres < 1e-7 && radians < 1e-6, "{metres} {radians}");
        let back = DeltaAction::between(&case.prev_target.pose(), case.measured_pos, &got, 0.0);
        let (metres, radians) = apart(
            &back.compose(&case.prev_target.pose(), case.measured_pos),
            &got,
        );
        assert!(metres < 1e-7 && radians < 1e-6, "{metres} {radians}");
    }
}

#[test]
fn every_robot_stands_gripper_down_at_home() {
    for spec in ROBOTS {
        let chain = spec.grasp_chain();
        assert!(chain.within_limits(spec.home, 0.0), "{}", spec.name);
        let grasp = chain.tool(spec.home);
        let down = grasp.rotate([1.0, 0.0, 0.0]);
        assert!(
            down[2] < -0.9,
            "{}: {down:?} at {:?}",
            spec.name,
            grasp.position
        );
        let tool = spec.chain().tool(spec.home).position;
        for axis in 0..3 {
            let [low, high] = spec.workspace;
            assert!(
                tool[axis] > low[axis] && tool[axis] < high[axis],
                "{}: {tool:?}",
                spec.name
            );
        }
    }
}

fn governor(spec: &RobotSpec) -> Governor {
    Governor::new(spec, GovernorLimits::gentle(spec, 0.01), &spec.home_state())
}

#[test]
fn every_command_keeps_the_bounds_whatever_is_asked() {
    use rand::{Rng as _, SeedableRng as _};
    for spec in ROBOTS {
        let mut governor = governor(spec);
        let limits = governor.limits().clone();
        let chain = spec.chain();
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let (mut before, mut speed) = (spec.home.to_vec(), vec![0.0; spec.home.len()]);
        for _ in 0..5000 {
            let joints = before
                .iter()
                .map(|q| q + random.random_range(-0.3..0.3))
                .collect();
            let asked = JointRequest {
                joints,
                gripper: random.random_range(-1.0..2.0),
            };
            let admitted = governor.admit(&asked).expect("finite and near");
            let command = admitted.command;
            assert!(chain.within_limits(command.joints(), 0.0));
            assert!((0.0..=1.0).contains(&command.gripper()));
            for joint in 0..before.len() {
                let velocity = (command.joints()[joint] - before[joint]) / limits.period;
                assert!(velocity.abs() <= limits.speed[joint] + 1e-9, "{velocity}");
                // Only the work space may stop the arm faster than its acceleration.
                let change = (command.velocities()[joint] - speed[joint]).abs();
                let stopped = admitted
                    .changes
                    .iter()
                    .any(|c| matches!(c, Change::Workspace { .. }));
                assert!(
                    stopped || change <= limits.acceleration * limits.period + 1e-9,
                    "{change}"
                );
            }
            let tool = chain.tool(command.joints()).position;
            for axis in 0..3 {
                assert!(tool[axis] >= limits.workspace[0][axis] - 1e-9, "{tool:?}");
                assert!(tool[axis] <= limits.workspace[1][axis] + 1e-9, "{tool:?}");
            }
            before = command.joints().to_vec();
            speed = command.velocities().to_vec();
        }
    }
}

#[test]
fn what_is_no_command_is_refused_and_changes_nothing() {
    let mut governor = governor(&WIDOWX);
    let home = WIDOWX.home.to_vec();
    let mut ask = |joint: usize, angle: f64| {
        let mut joints = home.clone();
        joints[joint] = angle;
        governor.admit(&JointRequest {
            joints,
            gripper: 1.0,
        })
    };
    assert_eq!(ask(2, f64::NAN), Err(Refusal::NotFinite));
    assert_eq!(ask(0, f64::INFINITY), Err(Refusal::NotFinite));
    assert!(matches!(
        ask(3, 3.0),
        Err(Refusal::BranchJump { joint: 3, .. })
    ));
    assert!(ask(0, home[0]).expect("stays").changes.is_empty());
    let few = JointRequest {
        joints: vec![0.0; 5],
        gripper: 1.0,
    };
    assert_eq!(
        governor.admit(&few),
        Err(Refusal::Axes { asked: 5, arm: 6 })
    );
    assert_eq!(governor.joints(), WIDOWX.home);
}

#[test]
fn a_pursuit_follows_steps_and_refuses_what_cannot_be() {
    let state = WIDOWX.home_state();
    let mut pursuit = Pursuit::new(&WIDOWX, &state);
    let start = pursuit.target().position;
    let step = DeltaAction {
        translation: [0.02, -0.01, 0.01],
        rotation: [0.0, 0.0, 0.1],
        gripper: 0.0,
    };
    pursuit.aim(&step, &state).expect("near");
    let reached = WIDOWX.chain().tool(&pursuit.at(1.0).joints).position;
    for (axis, moved) in [0.02, -0.01, 0.01].into_iter().enumerate() {
        assert!(
            (reached[axis] - start[axis] - moved).abs() < 1e-3,
            "{reached:?}"
        );
    }
    let far = DeltaAction {
        translation: [0.5, 0.0, 0.0],
        ..step
    };
    assert!(matches!(
        pursuit.aim(&far, &state),
        Err(AimError::TooLarge { .. })
    ));
    let broken = DeltaAction {
        rotation: [f32::NAN, 0.0, 0.0],
        ..step
    };
    assert_eq!(pursuit.aim(&broken, &state), Err(AimError::NotFinite));
    assert_eq!(
        pursuit.at(0.3).joints,
        pursuit.at(1.0).joints,
        "holds after a refusal"
    );
}
