//! Episodes in numbers: rows with intervals, averages of suites, and columns against the benchmark's own.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::config::{PolicyChoice, RolloutConfig};
use super::play::{Ended, EpisodeResult};
use crate::eval::{MeanOf, Rate};
use crate::metrics::mean;
use crate::metrics::robustness::ParaphraseScores;
use crate::metrics::success::{Count, Settings};

/// A comparison beyond the benchmark.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Column {
    /// The benchmark's own episodes.
    Base,
    /// The same with something moved or bumped midway.
    Perturbed,
    /// The same with wordings kept from training.
    Paraphrased,
    /// The benchmark's tasks in its room, with things anywhere on the table, or in its basin beside the basket.
    Scattered,
    /// Tasks with things seen in training: what unseen things are compared with.
    Seen,
    /// The same tasks with things kept from training.
    Unseen,
    /// Tasks of several parts; a part counts only with all before it.
    Long,
}

impl Column {
    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Perturbed => "perturbed",
            Self::Paraphrased => "paraphrased",
            Self::Scattered => "scattered",
            Self::Seen => "seen",
            Self::Unseen => "unseen",
            Self::Long => "long",
        }
    }
}

/// One row of one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowScores {
    /// Which comparison.
    pub column: Column,
    /// As `SimplerEnv` prints it, or the task's name.
    pub row: String,
    /// The suite: arm, and VM or VA.
    pub suite: String,
    /// Success as the benchmark averages it: plain means of settings, level by level.
    pub success: Option<f64>,
    /// All episodes together, with Wilson's interval.
    pub pooled: Rate,
    /// How many of them differ by more than the policy's own chance: a layout played again is the same world.
    #[serde(default)]
    pub worlds: usize,
    /// Episodes in which the thing was held at any time, with Wilson's interval.
    #[serde(default)]
    pub grasped: Rate,
    /// Each setting.
    pub settings: BTreeMap<String, Rate>,
    /// Tasks of parts: how many episodes did each part with all before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Rate>,
    /// How episodes ended.
    pub ended: BTreeMap<Ended, usize>,
    /// Control steps of successful episodes.
    pub steps: Option<MeanOf>,
    /// Seeds, in order.
    pub seeds: Vec<u64>,
}

/// How a policy keeps up under other wordings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Wordings {
    /// Episodes that were played in every wording.
    pub n: usize,
    /// Success under the task's own wording.
    pub original: Option<f64>,
    /// Mean success over the held-out wordings.
    pub mean: Option<f64>,
    /// How much is lost.
    pub drop: Option<f64>,
    /// Success under the wording that does worst.
    pub worst: Option<f64>,
    /// Share of episodes that succeed in every wording.
    pub all_correct: Option<f64>,
    /// Mean share of the majority outcome.
    pub consistency: Option<f64>,
}

/// Everything about one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RolloutReport {
    /// Who drove.
    pub policy: String,
    /// Which world: never `SimplerEnv` itself.
    pub world: String,
    /// Where the network ran, if it ran now.
    pub device: Option<String>,
    /// How it was played.
    pub config: RolloutConfig,
    /// Episodes in all.
    pub n: usize,
    /// By column and row.
    pub rows: Vec<RowScores>,
    /// Plain mean of a suite's rows, by column and suite.
    pub averages: BTreeMap<String, Option<f64>>,
    /// Under other wordings, over all rows and by row.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub wordings: BTreeMap<String, Wordings>,
    /// Success with unseen things minus success with seen ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen_drop: Option<f64>,
    /// Seconds of wall time of all episodes, and those the policy took.
    pub seconds: [f64; 2],
    /// Every episode.
    pub episodes: Vec<EpisodeResult>,
}

impl RolloutReport {
    /// Of finished episodes, in order.
    #[must_use]
    pub fn new(
        config: &RolloutConfig,
        device: Option<String>,
        episodes: Vec<EpisodeResult>,
    ) -> Self {
        let mut order: Vec<(Column, String, String)> = Vec::new();
        let mut of_row: BTreeMap<(Column, String, String), Vec<&EpisodeResult>> = BTreeMap::new();
        for episode in &episodes {
            let key = (episode.column, suite(episode), episode.row.clone());
            if !order.contains(&key) {
                order.push(key.clone());
            }
            of_row.entry(key).or_default().push(episode);
        }
        let rows = order.into_iter().filter_map(|key| {
            let own = of_row.get(&key)?;
            Some(RowScores::new(key, own))
        });
        let rows: Vec<RowScores> = rows.collect();
        let column = |column: Column| {
            let own = rows.iter().filter(|row| row.column == column);
            mean(&own.filter_map(|row| row.success).collect::<Vec<_>>())
        };
        Self {
            policy: match &config.policy {
                PolicyChoice::Expert => "scripted expert".into(),
                PolicyChoice::Replay => "the expert's actions played again".into(),
                PolicyChoice::Checkpoint(path) => path.display().to_string(),
            },
            world: "built-in suite".into(),
            device,
            config: config.clone(),
            n: episodes.len(),
            averages: averages(&rows),
            wordings: wordings(&episodes),
            unseen_drop: column(Column::Unseen)
                .zip(column(Column::Seen))
                .map(|(unseen, seen)| unseen - seen),
            seconds: [0, 1].map(|at| episodes.iter().map(|episode| episode.seconds[at]).sum()),
            rows,
            episodes,
        }
    }
}

fn suite(episode: &EpisodeResult) -> String {
    let arm = match episode.robot.as_str() {
        "google" => "Google Robot",
        "widowx" => "WidowX",
        other => other,
    };
    let kind = match (episode.column, episode.varied) {
        (Column::Seen | Column::Unseen | Column::Long, _) => "templates",
        (_, true) => "VA",
        (_, false) => "VM",
    };
    format!("{arm} {kind}")
}

impl RowScores {
    fn new((column, suite, row): (Column, String, String), episodes: &[&EpisodeResult]) -> Self {
        let mut settings: BTreeMap<String, Vec<bool>> = BTreeMap::new();
        let mut ended: BTreeMap<Ended, usize> = BTreeMap::new();
        for episode in episodes {
            settings
                .entry(episode.setting.join(" "))
                .or_default()
                .push(episode.success);
            *ended.entry(episode.ended).or_default() += 1;
        }
        let most = episodes
            .iter()
            .map(|episode| episode.parts[1])
            .max()
            .unwrap_or(0);
        let parts = (1..=most).filter(|_| most > 1);
        let part = |part: usize| Rate::of(episodes.iter().map(|episode| episode.parts[0] >= part));
        let won = episodes.iter().filter(|episode| episode.success);
        Self {
            column,
            row,
            suite,
            success: tree(episodes, 0).rate(),
            pooled: Rate::of(episodes.iter().map(|episode| episode.success)),
            worlds: worlds(episodes),
            grasped: Rate::of(episodes.iter().filter_map(|episode| episode.grasped)),
            settings: settings
                .into_iter()
                .map(|(name, all)| (name, Rate::of(all)))
                .collect(),
            parts: parts.map(part).collect(),
            ended,
            steps: MeanOf::of(&won.map(|episode| episode.steps as f64).collect::<Vec<_>>()),
            seeds: episodes.iter().map(|episode| episode.seed).collect(),
        }
    }
}

/// How many episodes begin or go on in a way of their own.
fn worlds(episodes: &[&EpisodeResult]) -> usize {
    let own = episodes.iter().map(|episode| {
        let drawn = episode.layout.is_none() || !episode.perturbations.is_empty();
        let seed = drawn.then_some(episode.seed);
        (&episode.setting, episode.layout, episode.wording, seed)
    });
    own.collect::<BTreeSet<_>>().len()
}

/// Episodes as a tree of their settings from a level on.
fn tree(episodes: &[&EpisodeResult], level: usize) -> Settings {
    if episodes
        .iter()
        .all(|episode| episode.setting.len() <= level)
    {
        return Settings::Leaf(Count::of(episodes.iter().map(|episode| episode.success)));
    }
    let mut groups: BTreeMap<Option<&String>, Vec<&EpisodeResult>> = BTreeMap::new();
    for episode in episodes {
        groups
            .entry(episode.setting.get(level))
            .or_default()
            .push(episode);
    }
    Settings::Group(
        groups
            .values()
            .map(|group| tree(group, level + 1))
            .collect(),
    )
}

/// The plain mean of a suite's rows; none where a row has no episodes.
fn averages(rows: &[RowScores]) -> BTreeMap<String, Option<f64>> {
    let mut of_suite: BTreeMap<String, Vec<Option<f64>>> = BTreeMap::new();
    for row in rows {
        let key = format!("{} {}", row.column.name(), row.suite);
        of_suite.entry(key).or_default().push(row.success);
    }
    let mean_of = |rates: Vec<Option<f64>>| mean(&rates.into_iter().collect::<Option<Vec<f64>>>()?);
    of_suite
        .into_iter()
        .map(|(suite, rates)| (suite, mean_of(rates)))
        .collect()
}

/// Pairs the benchmark's own episodes with those in other wordings.
fn wordings(episodes: &[EpisodeResult]) -> BTreeMap<String, Wordings> {
    type Name<'a> = (String, &'a [String], u64, Option<usize>);
    fn name(episode: &EpisodeResult) -> Name<'_> {
        (
            suite(episode),
            &episode.setting,
            episode.seed,
            episode.layout,
        )
    }
    let mut outcomes: BTreeMap<Name<'_>, (String, Vec<bool>)> = BTreeMap::new();
    for episode in episodes
        .iter()
        .filter(|episode| episode.column == Column::Base)
    {
        let row = format!("{} {}", suite(episode), episode.row);
        outcomes.insert(name(episode), (row, vec![episode.success]));
    }
    for episode in episodes
        .iter()
        .filter(|episode| episode.column == Column::Paraphrased)
    {
        if let Some((_, all)) = outcomes.get_mut(&name(episode)) {
            all.push(episode.success);
        }
    }
    let mut of_row: BTreeMap<String, Vec<Vec<bool>>> = BTreeMap::new();
    for (row, all) in outcomes.into_values().filter(|(_, all)| all.len() > 1) {
        of_row.entry(row).or_default().push(all.clone());
        of_row.entry("all rows".into()).or_default().push(all);
    }
    of_row
        .into_iter()
        .map(|(row, all)| (row, Wordings::new(&all)))
        .collect()
}

impl Wordings {
    fn new(outcomes: &[Vec<bool>]) -> Self {
        let scores = ParaphraseScores::new(outcomes);
        Self {
            n: outcomes.len(),
            original: scores.original,
            mean: scores.paraphrase_mean,
            drop: scores.drop,
            worst: scores.worst,
            all_correct: scores.all_correct,
            consistency: scores.consistency,
        }
    }
}
