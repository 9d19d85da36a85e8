//! Whether the rows of an episode are what the metadata say: columns, indices, times and numbers.

use super::Check;
use crate::data::lerobot::BOOKKEEPING;
use crate::data::lerobot::frames::TOLERANCE;
use crate::data::{Column, Defect, Episode, Rows, Stats, Values};

impl Check<'_> {
    pub(super) fn rows(&mut self, place: &str, episode: &Episode, rows: &Rows) {
        let features = self.set.info().features.clone();
        for feature in features.iter().filter(|feature| !feature.is_camera()) {
            match rows.column(&feature.name) {
                None => self.add(Defect::error(
                    place,
                    format!(
                        "column {:?} is missing or of a type that cannot be read",
                        feature.name
                    ),
                    "the feature is left out for this episode",
                )),
                Some(column) if feature.is_numeric() => {
                    self.column(place, column, feature.width());
                }
                Some(_) => {}
            }
        }
        let fps = self.set.info().fps;
        let tasks = self.set.tasks().len() as f64;
        let (number, first) = (episode.index as f64, episode.first_row as f64);
        let mut each = |name: &str, right: &dyn Fn(f64, f64) -> bool, rule: &str| {
            let Some(column) = rows.column(name) else {
                return;
            };
            let wrong = |row: &usize| {
                column
                    .values
                    .number(*row)
                    .is_none_or(|value| !right(*row as f64, value))
            };
            let mut wrong = (0..rows.length).filter(wrong);
            if let Some(row) = wrong.next() {
                let more = wrong.count();
                let found = column.values.number(row).unwrap_or(f64::NAN);
                self.defects.push(Defect::error(
                    format!("{place} row {row}"),
                    format!("{name} is {found}, {rule}; likewise in {more} more rows"),
                    "write the table again",
                ));
            }
        };
        each(
            "frame_index",
            &|row, value| same(value, row),
            "it should count the rows",
        );
        each(
            "episode_index",
            &|_, value| same(value, number),
            "it should be the episode",
        );
        each(
            "index",
            &|row, value| same(value, first + row),
            "it should count the rows of the whole set",
        );
        each(
            "task_index",
            &|_, value| value >= 0.0 && value < tasks,
            "there is no such task",
        );
        let late = |row: f64, value: f64| (value - row / fps).abs() <= TOLERANCE;
        each("timestamp", &late, "it should be the row divided by fps");
    }

    fn column(&mut self, place: &str, column: &Column, width: usize) {
        if column.width != width || matches!(column.values, Values::Json(_)) {
            return self.add(Defect::error(
                place,
                format!(
                    "column {:?} has {} values a row, not {width}",
                    column.name, column.width
                ),
                "write the table or the shape in info.json again",
            ));
        }
        let count = column.values.len();
        let values: Vec<f64> = (0..count)
            .filter_map(|at| column.values.number(at))
            .collect();
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let wrong = values.iter().filter(|value| !value.is_finite()).count();
            self.add(Defect::error(
                format!("{place} row {}", at / width),
                format!(
                    "column {:?} holds {} ({wrong} in all)",
                    column.name, values[at]
                ),
                "training on it gives no numbers; leave the episode out",
            ));
        } else if !BOOKKEEPING.contains(&column.name.as_str()) {
            let stats = Stats::of_rows(width, &values);
            self.parts
                .entry(column.name.clone())
                .or_default()
                .push(stats);
        }
    }
}

/// Whether two counts are the same.
fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.5
}
