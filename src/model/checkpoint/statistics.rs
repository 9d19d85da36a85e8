//! `dataset_statistics.json`: the ranges that turn normalised actions into metres and radians, by embodiment.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::LoadError;
use super::file::{damaged, read_json, shown};
use crate::robot::ActionStats;

/// Statistics of many embodiments have about 5 kB for each.
const MAX_FILE: u64 = 16 << 20;
/// More axes than any robot has.
const MAX_AXES: usize = 1024;
/// Keys that newer InternVLA-M1 clients ask for, and the tags that released statistics hold in their place.
const ALIASES: [(&str, &str); 2] = [
    ("bridge_dataset", "oxe_bridge"),
    ("fractal20220817_data", "oxe_rt1"),
];

/// The distribution of each axis of an action or a state, over all transitions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AxisStatistics {
    /// Mean.
    pub mean: Vec<f64>,
    /// Standard deviation.
    pub std: Vec<f64>,
    /// Smallest value.
    pub min: Vec<f64>,
    /// Largest value.
    pub max: Vec<f64>,
    /// 1 % quantile.
    pub q01: Vec<f64>,
    /// 99 % quantile.
    pub q99: Vec<f64>,
    /// Which axes are scaled; all, where the file does not say.
    #[serde(default)]
    pub mask: Vec<bool>,
}

/// What is known of one embodiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Embodiment {
    /// Its actions.
    pub action: AxisStatistics,
    /// Its proprioceptive state, where it was recorded.
    #[serde(default)]
    pub state: Option<AxisStatistics>,
    /// Recorded steps.
    #[serde(default)]
    pub num_transitions: u64,
    /// Recorded episodes.
    #[serde(default)]
    pub num_trajectories: u64,
}

/// Embodiments by tag, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    tags: Vec<(String, Embodiment)>,
}

impl Embodiment {
    /// What un-normalising an action needs.
    #[must_use]
    pub fn action_stats(&self) -> ActionStats {
        ActionStats {
            q01: self.action.q01.clone(),
            q99: self.action.q99.clone(),
            mask: self.action.mask.clone(),
        }
    }
}

impl Statistics {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read, is not of this format, or holds lists that do not fit each other.
    pub fn read(path: &Path) -> Result<Self, LoadError> {
        Self::from_json(read_json(path, MAX_FILE)?, path)
    }

    fn from_json(value: Value, path: &Path) -> Result<Self, LoadError> {
        let Value::Object(table) = value else {
            return Err(damaged(
                path,
                "the statistics are not a table of embodiments",
            ));
        };
        let mut tags = Vec::with_capacity(table.len());
        for (tag, value) in table {
            let what = |problem: String| damaged(path, format!("{}: {problem}", shown(&tag)));
            let mut embodiment: Embodiment =
                serde_json::from_value(value).map_err(|error| what(error.to_string()))?;
            embodiment
                .action
                .check()
                .map_err(|problem| what(format!("action {problem}")))?;
            if let Some(state) = &mut embodiment.state {
                state
                    .check()
                    .map_err(|problem| what(format!("state {problem}")))?;
            }
            tags.push((tag, embodiment));
        }
        if tags.is_empty() {
            return Err(damaged(path, "the statistics hold no embodiment"));
        }
        Ok(Self { tags })
    }

    /// As the file holds them.
    ///
    /// # Errors
    /// When a number has no place in JSON.
    pub fn to_json(&self) -> Result<Value, serde_json::Error> {
        let tags = self.tags.iter();
        let table: Result<serde_json::Map<String, Value>, _> = tags
            .map(|(tag, known)| Ok((tag.clone(), serde_json::to_value(known)?)))
            .collect();
        table.map(Value::Object)
    }

    /// The tags.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.tags.iter().map(|(tag, _)| tag.as_str())
    }

    /// The embodiment of a tag; without a key, the only one there is.
    ///
    /// # Errors
    /// [`LoadError::StatisticsKey`], with the choices, when the key is unknown or absent with several tags.
    pub fn choose(&self, key: Option<&str>) -> Result<(&str, &Embodiment), LoadError> {
        let choices = || self.keys().collect::<Vec<_>>().join(", ");
        let Some(key) = key else {
            return match self.tags.as_slice() {
                [(tag, only)] => Ok((tag, only)),
                several => Err(LoadError::StatisticsKey {
                    problem: format!("there are {} statistics and no key", several.len()),
                    choices: choices(),
                }),
            };
        };
        let find = |wanted: &str| self.tags.iter().find(|(tag, _)| tag == wanted);
        let alias = ALIASES.iter().find(|(asked, _)| *asked == key);
        match find(key).or_else(|| find(alias?.1)) {
            Some((tag, embodiment)) => Ok((tag, embodiment)),
            None => Err(LoadError::StatisticsKey {
                problem: format!("there are no statistics `{}`", shown(key)),
                choices: choices(),
            }),
        }
    }
}

impl AxisStatistics {
    /// Fills the mask and compares the lists.
    fn check(&mut self) -> Result<(), String> {
        let axes = self.q01.len();
        if self.mask.is_empty() {
            self.mask = vec![true; axes];
        }
        if axes == 0 || axes > MAX_AXES {
            return Err(format!("has {axes} axes"));
        }
        let named = [
            ("mean", &self.mean),
            ("std", &self.std),
            ("min", &self.min),
            ("max", &self.max),
            ("q99", &self.q99),
        ];
        for (name, list) in named {
            if list.len() != axes {
                return Err(format!("{name} has {} values, q01 has {axes}", list.len()));
            }
        }
        if self.mask.len() != axes {
            return Err(format!(
                "mask has {} values, q01 has {axes}",
                self.mask.len()
            ));
        }
        match (0..axes).find(|&axis| self.q01[axis] > self.q99[axis]) {
            None => Ok(()),
            Some(axis) => Err(format!("axis {axis} has q01 above q99")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(axes: usize) -> Value {
        let zeros = vec![0.0; axes];
        serde_json::json!({"mean": zeros, "std": zeros, "min": zeros, "max": zeros, "q01": zeros, "q99": zeros})
    }

    fn parse(value: Value) -> Result<Statistics, LoadError> {
        Statistics::from_json(value, Path::new("dataset_statistics.json"))
    }

    #[test]
    fn a_key_may_be_left_out_only_when_there_is_one() {
        let one = parse(serde_json::json!({"franka": {"action": axis(7)}})).expect("reads");
        assert_eq!(one.choose(None).expect("only one").0, "franka");
        let two =
            serde_json::json!({"oxe_rt1": {"action": axis(7)}, "oxe_bridge": {"action": axis(7)}});
        let two = parse(two).expect("reads");
        let error = two.choose(None).expect_err("ambiguous").to_string();
        assert!(error.contains("oxe_rt1, oxe_bridge"), "{error}");
        let error = two.choose(Some("franka")).expect_err("unknown").to_string();
        assert!(
            error.contains("`franka`") && error.contains("oxe_rt1, oxe_bridge"),
            "{error}"
        );
    }

    #[test]
    fn newer_names_reach_released_tags() {
        let value =
            serde_json::json!({"oxe_rt1": {"action": axis(7)}, "oxe_bridge": {"action": axis(7)}});
        let statistics = parse(value).expect("reads");
        for (asked, tag) in ALIASES {
            assert_eq!(statistics.choose(Some(asked)).expect("alias").0, tag);
        }
    }

    #[test]
    fn an_absent_mask_scales_every_axis() {
        let one = parse(serde_json::json!({"a": {"action": axis(3)}})).expect("reads");
        assert_eq!(
            one.choose(None).expect("one").1.action_stats().mask,
            [true; 3]
        );
    }

    #[test]
    fn lists_that_do_not_fit_are_named() {
        let mut short = axis(7);
        short["std"] = serde_json::json!([1.0]);
        let mut mask = axis(7);
        mask["mask"] = serde_json::json!([true]);
        let mut crossed = axis(2);
        crossed["q01"] = serde_json::json!([0.0, 1.0]);
        for (action, word) in [
            (short, "std"),
            (mask, "mask"),
            (crossed, "axis 1"),
            (axis(0), "0 axes"),
        ] {
            let error = parse(serde_json::json!({"arm": {"action": action}})).expect_err("refused");
            let text = error.to_string();
            assert!(text.contains("arm") && text.contains(word), "{text}");
        }
        parse(serde_json::json!([])).expect_err("not a table");
        parse(serde_json::json!({})).expect_err("empty");
    }
}
