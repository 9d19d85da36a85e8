//! The expert must score as it does alone: a loop that loses what the expert can do would lose a policy's, too.

use super::*;
use crate::sim::Episode;

fn config(out: &Path) -> RolloutConfig {
    RolloutConfig {
        episodes: 2,
        video: false,
        out: out.to_owned(),
        ..RolloutConfig::default()
    }
}

#[test]
fn the_expert_and_its_replay_score_as_the_expert_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(&folder.path().join("expert"));
    let expert = run(&config, &JobContext::silent(), &|_| {}).expect("plays");
    assert_eq!(expert.n, 8);
    for (trial, played) in trials(&config)
        .expect("trials")
        .iter()
        .zip(&expert.episodes)
    {
        let drawn = trial.draw();
        let alone = Episode::new(drawn.scene, trial.task.hz, drawn.perturbations).expect("a scene");
        let alone = alone.play(trial.task.steps);
        assert!(played.success || !alone.success, "{}", trial.key);
        assert_eq!(played.key, trial.key);
        assert!(played.grasped >= Some(played.success), "{}", trial.key);
    }
    let again = RolloutConfig {
        policy: PolicyChoice::Replay,
        out: folder.path().join("replay"),
        ..config.clone()
    };
    let replay = run(&again, &JobContext::silent(), &|_| {}).expect("plays");
    let outcomes = |report: &RolloutReport| {
        report
            .episodes
            .iter()
            .map(|e| e.success)
            .collect::<Vec<_>>()
    };
    assert_eq!(outcomes(&replay), outcomes(&expert));
    assert!(
        expert.averages["base WidowX VM"].expect("four rows") >= 0.75,
        "{:?}",
        expert.averages
    );
}

#[test]
fn an_interrupted_run_goes_on_and_other_settings_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = RolloutConfig {
        episodes: 1,
        ..config(folder.path())
    };
    let first = run(&config, &JobContext::silent(), &|_| {}).expect("plays");
    let path = folder.path().join("episodes.jsonl");
    let lines = std::fs::read_to_string(&path).expect("lines");
    let kept: String = lines.split_inclusive('\n').take(2).collect();
    std::fs::write(&path, kept + "{\"key\": \"cut").expect("cut");
    let played = Mutex::new(Vec::new());
    let hear = |result: &EpisodeResult| played.lock().expect("open").push(result.key.clone());
    let second = run(&config, &JobContext::silent(), &hear).expect("goes on");
    assert_eq!(
        played.lock().expect("open").len(),
        2,
        "two of four were there"
    );
    let outcomes = |report: &RolloutReport| {
        let each = report
            .episodes
            .iter()
            .map(|e| (e.key.clone(), e.success, e.steps));
        each.collect::<Vec<_>>()
    };
    assert_eq!(outcomes(&first), outcomes(&second));
    let other = RolloutConfig { seed: 1, ..config };
    let refused = run(&other, &JobContext::silent(), &|_| {});
    assert!(matches!(refused, Err(EvalError::OtherRun { .. })));
}

#[test]
fn parts_of_a_long_task_count_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = RolloutConfig {
        columns: vec![Column::Long],
        episodes: 1,
        ..config(folder.path())
    };
    let report = run(&config, &JobContext::silent(), &|_| {}).expect("plays");
    let long = report
        .rows
        .iter()
        .find(|row| row.column == Column::Long)
        .expect("a long task");
    assert_eq!(long.parts.len(), 2);
    assert!(long.parts[0].k >= long.parts[1].k);
    assert!(
        report
            .markdown()
            .contains("| long | WidowX templates | sort |")
    );
}

/// Never moves; keeps what it was told.
#[derive(Default)]
struct Still {
    heard: Vec<String>,
}

impl Policy for Still {
    fn sees(&self) -> bool {
        false
    }

    fn chunk(&mut self, moment: &Moment<'_>) -> Result<Option<Vec<Vec<f64>>>, EvalError> {
        if self
            .heard
            .last()
            .is_none_or(|last| last != moment.instruction)
        {
            self.heard.push(moment.instruction.to_owned());
        }
        Ok(Some(vec![vec![0.0; 7]; 3]))
    }
}

#[test]
fn a_policy_that_does_nothing_succeeds_nowhere() {
    let config = config(Path::new(""));
    let mut eye = Eye::default();
    for trial in trials(&config).expect("trials").iter().take(3) {
        let (played, rollout) =
            play::play(trial, &mut Still::default(), &mut eye, &config).expect("plays");
        assert_eq!((played.success, played.ended), (false, Ended::OutOfTime));
        assert_eq!(played.grasped, Some(false));
        assert_eq!(
            (played.steps, played.queries),
            (trial.task.steps, trial.task.steps)
        );
        assert_eq!(rollout.actions.len(), trial.task.steps);
    }
}

#[test]
fn what_is_learned_from_is_never_a_layout_of_the_benchmark() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = RolloutConfig {
        policy: PolicyChoice::Expert,
        columns: vec![Column::Scattered],
        episodes: 1,
        rollouts: true,
        ..config(folder.path())
    };
    let report = run(&config, &JobContext::silent(), &|_| {}).expect("plays");
    assert_eq!(report.episodes.len(), 4);
    let none = RolloutConfig {
        columns: Vec::new(),
        out: folder.path().join("base"),
        ..config.clone()
    };
    let refused = run(&none, &JobContext::silent(), &|_| {});
    assert!(matches!(refused, Err(EvalError::NoRollouts)), "{refused:?}");
    let rollouts: Vec<Rollout> = journal::read(&folder.path().join(ROLLOUTS)).expect("lines");
    assert_eq!(rollouts.len(), 4);
    let both = RolloutConfig {
        columns: vec![Column::Base, Column::Scattered],
        ..config
    };
    for trial in trials(&both).expect("trials") {
        let scene = trial.draw().scene;
        let written = rollouts.iter().any(|rollout| rollout.scene == scene);
        assert_eq!(written, trial.column == Column::Scattered, "{}", trial.key);
    }
}

#[test]
fn the_second_half_of_a_drawer_task_is_told_late() {
    let config = RolloutConfig {
        suite: "google".into(),
        ..config(Path::new(""))
    };
    let trials = trials(&config).expect("trials");
    let name = "google_place_apple_in_closed_top_drawer";
    let trial = trials.iter().find(|trial| trial.task.name == name);
    let trial = trial.expect("such a task");
    let mut policy = Still::default();
    play::play(trial, &mut policy, &mut Eye::default(), &config).expect("plays");
    assert_eq!(policy.heard.len(), 2, "{:?}", policy.heard);
    assert!(policy.heard[0].starts_with("open"), "{:?}", policy.heard);
    assert!(policy.heard[1].contains("drawer"), "{:?}", policy.heard);
}
