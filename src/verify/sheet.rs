//! The rows of one file while its stages are recomputed: no tensor of the manifest is lost between them.

use std::collections::BTreeSet;

use super::Fault;
use super::compare::{Comparison, Row, Verdict};
use super::golden::{FileEntry, Golden};
use super::numbers::Numbers;

/// Collects rows.
pub(super) struct Sheet<'a> {
    golden: &'a Golden,
    pub(super) file: &'a FileEntry,
    rows: Vec<Row>,
    done: BTreeSet<String>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(golden: &'a Golden, file: &'a FileEntry) -> Self {
        Self {
            golden,
            file,
            rows: Vec::new(),
            done: BTreeSet::new(),
        }
    }

    /// Whether the manifest lists a tensor of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.file.tensor(name).is_some()
    }

    /// The names the manifest lists.
    pub(super) fn names(&self) -> Vec<String> {
        self.file
            .tensors
            .iter()
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// A stored tensor, as the input of a later stage.
    pub(super) fn stored(&self, name: &str) -> Result<Numbers, Fault> {
        self.golden.tensor(&self.file.path, name)
    }

    /// As [`Self::stored`], where the manifest lists it.
    pub(super) fn optional(&self, name: &str) -> Result<Option<Numbers>, Fault> {
        self.has(name).then(|| self.stored(name)).transpose()
    }

    /// A stored tensor that nothing computes: an input of the reference run.
    pub(super) fn given(&mut self, name: &str) -> Result<Numbers, Fault> {
        let numbers = self.stored(name)?;
        if self.done.insert(name.to_owned()) {
            let row = Row::plain(self.file.stem(), name, Verdict::Given, None);
            self.rows.push(row);
        }
        Ok(numbers)
    }

    /// Notes that a file without tensors is there: an input.
    pub(super) fn present(&mut self) {
        let name = self.file.path.rsplit('/').next().unwrap_or_default();
        self.rows
            .push(Row::plain(self.file.stem(), name, Verdict::Given, None));
    }

    /// Compares what was computed with the stored tensor of this name, if the manifest lists one.
    pub(super) fn check(&mut self, name: &str, got: &Numbers) {
        let Some(entry) = self.file.tensor(name) else {
            return;
        };
        self.done.insert(name.to_owned());
        let stem = self.file.stem();
        self.rows.push(match self.stored(name) {
            Ok(want) => Row::compared([stem, name], entry.comparison, got, &want),
            Err(fault) => Row::plain(stem, name, Verdict::Failed, Some(fault.to_string())),
        });
    }

    /// As [`Self::check`], where computing may have failed.
    pub(super) fn check_result(&mut self, name: &str, got: Result<Numbers, Fault>) {
        match got {
            Ok(got) => self.check(name, &got),
            Err(fault) if self.has(name) => self.fail(name, &fault),
            Err(_) => {}
        }
    }

    /// Compares something that is no tensor of the manifest.
    pub(super) fn table(&mut self, name: &str, how: Comparison, got: &Numbers, want: &Numbers) {
        let row = Row::compared([self.file.stem(), name], how, got, want);
        self.rows.push(row);
    }

    /// The line of a table of cases, of which those in `wrong` did not agree.
    pub(super) fn count(&mut self, name: &str, cases: usize, wrong: &[String]) {
        let mut row = Row::plain(self.file.stem(), name, Verdict::Passed, None);
        row.tolerance = Some(Comparison::Exact);
        row.note = Some(format!("{cases} cases"));
        if cases == 0 || !wrong.is_empty() {
            row.verdict = Verdict::Failed;
            let first = wrong.first().map_or("the table is empty", String::as_str);
            let first: String = first.chars().take(200).collect();
            row.note = Some(format!("{} of {cases} differ; first: {first}", wrong.len()));
        }
        self.rows.push(row);
    }

    /// A failed line.
    pub(super) fn fail(&mut self, name: &str, fault: &Fault) {
        self.done.insert(name.to_owned());
        let note = Some(fault.to_string());
        self.rows
            .push(Row::plain(self.file.stem(), name, Verdict::Failed, note));
    }

    /// A line for what nothing here computes.
    pub(super) fn skip(&mut self, name: &str, why: &str) {
        self.done.insert(name.to_owned());
        let row = Row::plain(self.file.stem(), name, Verdict::Skipped, Some(why.into()));
        self.rows.push(row);
    }

    /// Ends the file: what has no row yet failed with the fault, or is of no known name.
    pub(super) fn finish(mut self, outcome: Result<(), Fault>) -> Vec<Row> {
        let left: Vec<String> = self.names();
        let left = left.iter().filter(|name| !self.done.contains(*name));
        let left: Vec<String> = left.cloned().collect();
        match outcome {
            Ok(()) => {
                for name in &left {
                    self.skip(name, "no stage here has this name");
                }
            }
            Err(fault) => {
                if left.is_empty() {
                    self.fail("(file)", &fault);
                }
                for name in &left {
                    self.fail(name, &fault);
                }
            }
        }
        self.rows
    }
}
