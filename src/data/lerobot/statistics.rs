//! Statistics as the dataset stores them, and as its rows have them.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::Episodes;
use super::info::Version;
use crate::data::table::Table;
use crate::data::{DataError, Stats, Values, json};
use crate::job::JobContext;

/// Most values of one feature that statistics are computed of.
const MAX_VALUES: u64 = 1 << 29;

impl Episodes {
    /// Statistics that the dataset stores, by feature. Version 2.1 stores those of episodes, which are merged here.
    ///
    /// # Errors
    /// When the file is missing or damaged.
    pub fn statistics(&mut self) -> Result<&BTreeMap<String, Stats>, DataError> {
        if self.statistics.is_none() {
            let meta = self.root.join("meta");
            self.statistics = Some(match self.info.version {
                Version::V21 => of_episodes(&meta.join("episodes_stats.jsonl"))?,
                Version::V20 | Version::V30 => of_features(&json::read(&meta.join("stats.json"))?),
            });
        }
        Ok(self.statistics.get_or_insert_default())
    }

    /// Statistics of the whole set, merged from those of its episodes: right even where `stats.json` is behind.
    ///
    /// # Errors
    /// When a file is missing or damaged.
    pub(super) fn episode_statistics(&self) -> Result<Vec<(String, Stats)>, DataError> {
        let mut parts: BTreeMap<String, Vec<Stats>> = BTreeMap::new();
        match self.info.version {
            Version::V30 => {
                for file in self.index.files() {
                    of_table(file, &mut parts)?;
                }
            }
            _ if self.index.len() > 0 => {
                parts = of_lines(&self.root.join("meta/episodes_stats.jsonl"))?;
            }
            _ => {}
        }
        let merged = parts.into_iter();
        Ok(merged
            .filter_map(|(name, parts)| Some((name, Stats::merged(&parts)?)))
            .collect())
    }

    /// Statistics of a numeric feature, computed from its rows. Rows that cannot be read are left out.
    ///
    /// # Errors
    /// When there is no such numeric feature, no row can be read, or somebody asked to stop.
    pub fn recompute(
        &mut self,
        feature: &str,
        context: &JobContext<'_>,
    ) -> Result<Stats, DataError> {
        let about = self.feature(feature).filter(|about| about.is_numeric());
        let Some(width) = about.map(super::Feature::width) else {
            let features = self.info.about.features.iter();
            let numeric = features.filter(|feature| feature.is_numeric());
            return Err(DataError::NoSuch {
                what: "numeric feature",
                name: feature.to_owned(),
                known: super::listing(numeric.map(|feature| feature.name.as_str())),
            });
        };
        let found = self.info.about.frames.saturating_mul(width as u64);
        if found > MAX_VALUES {
            return Err(DataError::TooMuch {
                what: "values",
                found,
                limit: MAX_VALUES,
                path: self.root.clone(),
            });
        }
        let (mut values, mut last) = (Vec::new(), None);
        let numbers: Vec<u64> = self.numbers().collect();
        for (done, number) in numbers.iter().enumerate() {
            context.check()?;
            context.report("Computing statistics", done as u64, numbers.len() as u64);
            match self.rows(*number, &[feature]) {
                Ok(rows) => {
                    let column = rows.columns.first().filter(|column| column.width == width);
                    let count = column.map_or(0, |column| column.values.len());
                    values.extend((0..count).filter_map(|at| column?.values.number(at)));
                }
                Err(error) => last = Some(error),
            }
        }
        match last {
            Some(error) if values.is_empty() => Err(error),
            _ => Ok(Stats::of_rows(width, &values)),
        }
    }
}

fn of_features(value: &Value) -> BTreeMap<String, Stats> {
    let features = value.as_object().into_iter().flatten();
    features
        .filter_map(|(name, value)| Some((name.clone(), Stats::from_json(value)?)))
        .collect()
}

fn of_episodes(path: &Path) -> Result<BTreeMap<String, Stats>, DataError> {
    let merged = of_lines(path)?.into_iter();
    Ok(merged
        .filter_map(|(name, parts)| Some((name, Stats::merged(&parts)?)))
        .collect())
}

fn of_lines(path: &Path) -> Result<BTreeMap<String, Vec<Stats>>, DataError> {
    let mut parts: BTreeMap<String, Vec<Stats>> = BTreeMap::new();
    json::lines(path, |_, _, line| {
        let value = json::parse(line, path)?;
        for (name, stats) in of_features(&value["stats"]) {
            parts.entry(name).or_default().push(stats);
        }
        Ok(())
    })?;
    Ok(parts)
}

/// Appends the statistics of every episode of a metadata table.
fn of_table(path: &Path, parts: &mut BTreeMap<String, Vec<Stats>>) -> Result<(), DataError> {
    let table = Table::open(path)?;
    let columns = table.read(0..table.rows(), |name| name.starts_with("stats/"))?;
    for row in 0..table.rows() as usize {
        let mut found: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
        for column in &columns {
            let name = column.name.trim_start_matches("stats/").rsplit_once('/');
            if let Some((feature, statistic)) = name {
                let value = match &column.values {
                    Values::Json(values) => values.get(row).cloned().unwrap_or_default(),
                    _ => column.row(row).into(),
                };
                found
                    .entry(feature)
                    .or_default()
                    .insert(statistic.to_owned(), value);
            }
        }
        for (feature, object) in found {
            if let Some(stats) = Stats::from_json(&Value::Object(object)) {
                parts.entry(feature.to_owned()).or_default().push(stats);
            }
        }
    }
    Ok(())
}
