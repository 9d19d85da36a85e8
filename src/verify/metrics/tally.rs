//! The rows of one vector file: one for each measure, over every case that gives it.

use serde_json::Value;

use super::fields::Fields;
use crate::verify::compare::{Comparison, Row, Verdict};

/// Absolute or relative agreement that is asked for.
const TOLERANCE: f64 = 1e-6;

/// Collects what was compared.
pub(super) struct Tally {
    stage: String,
    lines: Vec<Line>,
}

struct Line {
    name: String,
    exact: bool,
    cases: usize,
    wrong: usize,
    first: String,
    largest: f64,
    relative: f64,
    skipped: Option<String>,
}

impl Tally {
    pub(super) fn new(stage: &str) -> Self {
        Self {
            stage: stage.to_owned(),
            lines: Vec::new(),
        }
    }

    /// Compares a field, if the object has it.
    pub(super) fn number(&mut self, fields: &Fields, key: &str, got: Option<f64>) {
        if fields.has(key) {
            let want = fields.take(key);
            self.value(key, &fields.at, got, want);
        }
    }

    /// Compares every number of a field, however nested, if the object has it.
    pub(super) fn numbers(&mut self, fields: &Fields, key: &str, got: &[f64]) {
        if !fields.has(key) {
            return;
        }
        let mut want = Vec::new();
        flatten(fields.take(key), &mut want);
        if want.len() != got.len() {
            let why = format!("{} numbers, stored {}", got.len(), want.len());
            self.mismatch(key, &fields.at, &why);
        }
        for (got, want) in got.iter().zip(want) {
            self.value(key, &fields.at, Some(*got), want);
        }
        if got.is_empty() {
            self.line(key, false).cases += 1;
        }
    }

    /// Compares a truth value or whole numbers, if the object has the field.
    pub(super) fn exactly(&mut self, fields: &Fields, key: &str, got: &Value) {
        if !fields.has(key) {
            return;
        }
        let want = fields.take(key);
        self.line(key, true).cases += 1;
        if !same(got, want) {
            self.mismatch(key, &fields.at, &format!("{got}, stored {want}"));
        }
    }

    /// Compares one number with a stored one; no value agrees with `null`.
    pub(super) fn value(&mut self, name: &str, at: &str, got: Option<f64>, want: &Value) {
        let got = got.filter(|got| got.is_finite());
        let line = self.line(name, false);
        line.cases += 1;
        let apart = match (got, want.as_f64()) {
            (Some(got), Some(want)) => Some(((got - want).abs(), want.abs())),
            (None, None) if want.is_null() => Some((0.0, 0.0)),
            _ => None,
        };
        if let Some((apart, magnitude)) = apart {
            let relative = if apart == 0.0 {
                0.0
            } else {
                apart / magnitude.max(f64::MIN_POSITIVE)
            };
            line.largest = line.largest.max(apart);
            // Relative to a value that is nearly nothing says nothing.
            line.relative = line.relative.max(relative.min(apart / TOLERANCE));
            if apart <= TOLERANCE || relative <= TOLERANCE {
                return;
            }
        }
        let got = got.map_or_else(|| "no value".into(), |got| got.to_string());
        self.mismatch(name, at, &format!("{got}, stored {want}"));
    }

    /// A case that cannot be computed or does not agree.
    pub(super) fn mismatch(&mut self, name: &str, at: &str, why: &str) {
        let line = self.line(name, false);
        line.wrong += 1;
        if line.first.is_empty() {
            line.first = format!("{at}: {why}").chars().take(200).collect();
        }
    }

    /// A row whose inputs are not what they should be.
    pub(super) fn unusable(&mut self, fields: &Fields, inputs: &str) {
        self.line("(inputs)", true).cases += 1;
        self.mismatch(
            "(inputs)",
            &fields.at,
            &format!("{inputs} is missing or malformed"),
        );
    }

    /// A key that nothing here computes.
    pub(super) fn skip(&mut self, name: &str, why: &str) {
        let line = self.line(name, true);
        line.cases += 1;
        line.skipped = Some(why.to_owned());
    }

    /// Skips the fields that nobody looked at.
    pub(super) fn rest(&mut self, fields: &Fields) {
        for key in fields.unseen() {
            self.skip(key, "no measure here has this name");
        }
    }

    fn line(&mut self, name: &str, exact: bool) -> &mut Line {
        let at = self.lines.iter().position(|line| line.name == name);
        let at = at.unwrap_or_else(|| {
            self.lines.push(Line {
                name: name.to_owned(),
                exact,
                cases: 0,
                wrong: 0,
                first: String::new(),
                largest: 0.0,
                relative: 0.0,
                skipped: None,
            });
            self.lines.len() - 1
        });
        &mut self.lines[at]
    }

    pub(super) fn finish(self) -> Vec<Row> {
        if self.lines.is_empty() {
            let note = Some("it holds no values to compare".to_owned());
            return vec![Row::plain(&self.stage, "(file)", Verdict::Failed, note)];
        }
        let stage = self.stage;
        self.lines
            .into_iter()
            .map(|line| line.row(&stage))
            .collect()
    }
}

impl Line {
    fn row(self, stage: &str) -> Row {
        let note = match (&self.skipped, self.wrong) {
            (_, wrong) if wrong > 0 => format!("{wrong} of {} differ; {}", self.cases, self.first),
            (Some(why), _) => why.clone(),
            _ => format!("{} cases", self.cases),
        };
        let verdict = match (&self.skipped, self.wrong) {
            (None, 0) => Verdict::Passed,
            (Some(_), 0) => Verdict::Skipped,
            _ => Verdict::Failed,
        };
        let mut row = Row::plain(stage, &self.name, verdict, Some(note));
        if self.skipped.is_none() {
            row.tolerance = Some(if self.exact {
                Comparison::Exact
            } else {
                Comparison::Either(TOLERANCE)
            });
            if !self.exact {
                (row.max_abs, row.relative) = (Some(self.largest), Some(self.relative));
            }
        }
        row
    }
}

fn flatten<'a>(value: &'a Value, into: &mut Vec<&'a Value>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| flatten(value, into)),
        Value::Null => {}
        other => into.push(other),
    }
}

/// Equal values; numbers by value, so that 1 is 1.0, and truth values by what they stand for.
fn same(got: &Value, want: &Value) -> bool {
    match (got, want) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Bool(a), Value::Number(b)) => b.as_f64() == Some(f64::from(u8::from(*a))),
        _ => got == want,
    }
}
