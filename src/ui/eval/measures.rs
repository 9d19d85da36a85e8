//! The numbers of one or two reports as rows: the same measure of both beside each other, with its difference.

use crate::engine::{EvalReport, EvalScores, KindScores, MeanOf, Rate, RowScores};

/// A number with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Value {
    pub at: f64,
    pub low: f64,
    pub high: f64,
    /// How many it is of.
    pub n: u64,
}

impl Value {
    pub(super) fn has_interval(&self) -> bool {
        self.high - self.low > 1e-12
    }
}

/// What a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// A share from 0 to 1, written in percent.
    Share,
    /// A share of the picture's diagonal: less is better.
    Diagonal,
    /// Pixels: less is better.
    Pixels,
    /// From 0 to 1, written as it is.
    Plain,
}

/// A measure of a part of the set, in the first and the second report.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measure {
    pub part: String,
    pub name: String,
    pub unit: Unit,
    pub values: [Option<Value>; 2],
}

impl Measure {
    /// The second minus the first.
    pub(super) fn difference(&self) -> Option<f64> {
        let [Some(first), Some(second)] = self.values else {
            return None;
        };
        Some(second.at - first.at)
    }

    /// Whether the second is better than the first; none where they are equal.
    pub(super) fn improves(&self) -> Option<bool> {
        let difference = self
            .difference()
            .filter(|difference| difference.abs() > 1e-9)?;
        let less = matches!(self.unit, Unit::Diagonal | Unit::Pixels);
        Some((difference > 0.0) != less)
    }

    /// Whether a bar from 0 to 1 shows it.
    pub(super) const fn is_bar(&self) -> bool {
        matches!(self.unit, Unit::Share | Unit::Plain)
    }
}

/// Every measure of the reports, in the order of the first one that has it.
pub(super) fn measures(reports: &[&EvalReport]) -> Vec<Measure> {
    let mut all: Vec<Measure> = Vec::new();
    for (at, report) in reports.iter().take(2).enumerate() {
        for (part, name, unit, value) in of(report) {
            let known = all.iter_mut().find(|m| m.part == part && m.name == name);
            if let Some(known) = known {
                known.values[at] = Some(value);
                continue;
            }
            let mut values = [None, None];
            values[at] = Some(value);
            all.push(Measure {
                part,
                name,
                unit,
                values,
            });
        }
    }
    // What only the second has stands with its part.
    let mut parts: Vec<String> = Vec::new();
    for measure in &all {
        if !parts.contains(&measure.part) {
            parts.push(measure.part.clone());
        }
    }
    all.sort_by_key(|measure| parts.iter().position(|part| *part == measure.part));
    all
}

type Found = (String, String, Unit, Value);

fn of(report: &EvalReport) -> Vec<Found> {
    match &report.scores {
        EvalScores::Grounding(report) => {
            let kinds = report.kinds.iter();
            kinds
                .flat_map(|(kind, scores)| kind_measures(kind.name(), scores))
                .collect()
        }
        EvalScores::Simulator(report) => {
            let mut found: Vec<Found> = report.rows.iter().flat_map(row_measures).collect();
            // A mean of rows is no share of episodes, so that it has no interval of its own.
            let mut add = |part: &str, name: &str, value: Option<f64>, n: usize| {
                let value = value.map(|value| Value {
                    at: value,
                    low: value,
                    high: value,
                    n: n as u64,
                });
                found.extend(value.map(|v| (part.to_owned(), name.to_owned(), Unit::Share, v)));
            };
            for (suite, mean) in &report.averages {
                add("averages", suite, *mean, 0);
            }
            for (row, wordings) in &report.wordings {
                add("own wording", row, wordings.original, wordings.n);
                add("held-out wordings", row, wordings.mean, wordings.n);
            }
            found
        }
    }
}

fn kind_measures(kind: &str, scores: &KindScores) -> Vec<Found> {
    let mut found = Vec::new();
    let mut add = |name: String, unit: Unit, value: Option<Value>| {
        found.extend(value.map(|value| (kind.to_owned(), name, unit, value)));
    };
    if let Some(boxes) = &scores.boxes {
        for (threshold, accuracy) in &boxes.accuracy {
            add(format!("IoU@{threshold}"), Unit::Share, rate(accuracy));
        }
        add(
            "mean IoU".into(),
            Unit::Plain,
            boxes.mean_iou.as_ref().map(mean),
        );
    } else if let Some(hits) = &scores.hits {
        add("all right".into(), Unit::Share, rate(hits));
    }
    for (region, inside) in &scores.inside {
        let region = format!("{region:?}").to_lowercase();
        add(
            format!("points in {region}"),
            Unit::Share,
            Some(mean(inside)),
        );
    }
    add(
        "distance".into(),
        Unit::Diagonal,
        scores.distance.as_ref().map(mean),
    );
    for (name, error) in &scores.trace {
        let unit = if name.contains("diagonal") {
            Unit::Diagonal
        } else {
            Unit::Pixels
        };
        add(name.clone(), unit, Some(mean(error)));
    }
    let parsed = scores.n.saturating_sub(scores.unparsed);
    let share = parsed as f64 / scores.n.max(1) as f64;
    add(
        "readable answers".into(),
        Unit::Share,
        Some(Value {
            at: share,
            low: share,
            high: share,
            n: scores.n as u64,
        }),
    );
    found
}

fn row_measures(row: &RowScores) -> Vec<Found> {
    let part = format!("{}, {}", row.suite, row.column.name());
    let held = format!("{part}: thing held");
    let shares = [(part, &row.pooled), (held, &row.grasped)];
    let found = shares
        .into_iter()
        .filter_map(|(part, share)| Some((part, row.row.clone(), Unit::Share, rate(share)?)));
    found.collect()
}

fn rate(rate: &Rate) -> Option<Value> {
    Some(Value {
        at: rate.rate?,
        low: rate.interval95[0],
        high: rate.interval95[1],
        n: rate.n,
    })
}

fn mean(mean: &MeanOf) -> Value {
    Value {
        at: mean.mean,
        low: mean.interval95[0],
        high: mean.interval95[1],
        n: mean.n as u64,
    }
}

impl Unit {
    /// "93.1 %", "0.812", "14.2 px".
    pub(super) fn text(self, value: f64) -> String {
        match self {
            Self::Share | Self::Diagonal => format!("{:.1} %", 100.0 * value),
            Self::Pixels => format!("{value:.1} px"),
            Self::Plain => format!("{value:.3}"),
        }
    }

    /// "+2.1 pt", "-3.0 px": what the second has more than the first.
    pub(super) fn difference(self, value: f64) -> String {
        match self {
            Self::Share | Self::Diagonal => format!("{:+.1} pt", 100.0 * value),
            Self::Pixels => format!("{value:+.1} px"),
            Self::Plain => format!("{value:+.3}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(value: f64) -> Value {
        Value {
            at: value,
            low: value,
            high: value,
            n: 3,
        }
    }

    #[test]
    fn less_pixels_and_more_hits_are_better() {
        let measure = |unit, values: [f64; 2]| Measure {
            part: String::new(),
            name: String::new(),
            unit,
            values: values.map(|v| Some(value(v))),
        };
        assert_eq!(measure(Unit::Share, [0.5, 0.6]).improves(), Some(true));
        assert_eq!(measure(Unit::Pixels, [5.0, 6.0]).improves(), Some(false));
        assert_eq!(measure(Unit::Plain, [0.5, 0.5]).improves(), None);
        assert_eq!(Unit::Share.difference(-0.03), "-3.0 pt");
        assert_eq!(Unit::Diagonal.text(0.034), "3.4 %");
    }
}
