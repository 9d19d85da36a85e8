//! What is published, to print beside the built-in suite: other pictures and physics, so never to be compared as equal.

use serde::Serialize;

/// One published line, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PaperRow {
    /// Whose.
    pub policy: &'static str,
    /// Which table: arm, and visual matching (VM) or variant aggregation (VA).
    pub suite: &'static str,
    /// The four columns in the order of this suite's rows.
    pub rows: [f64; 4],
    /// The average as printed.
    pub average: f64,
}

impl PaperRow {
    /// Whether it is of an arm that a suite plays: `widowx`, `google` or `all`.
    #[must_use]
    pub fn belongs(&self, suite: &str) -> bool {
        let arm = if self.suite.starts_with("WidowX") {
            "widowx"
        } else {
            "google"
        };
        suite == "all" || suite == arm
    }
}

/// InternVLA-M1 and its vanilla baseline (arXiv 2510.13778, tables 1 and 2).
pub const PAPER: &[PaperRow] = &[
    row("InternVLA-M1", "WidowX VM", [87.5, 67.9, 31.3, 100.0], 71.7),
    row("Vanilla VLA", "WidowX VM", [56.6, 63.3, 27.0, 71.8], 54.7),
    row(
        "InternVLA-M1",
        "Google Robot VM",
        [95.3, 90.0, 75.5, 62.0],
        80.7,
    ),
    row(
        "Vanilla VLA",
        "Google Robot VM",
        [90.0, 69.8, 52.5, 52.2],
        66.1,
    ),
    row(
        "InternVLA-M1",
        "Google Robot VA",
        [86.1, 82.0, 72.0, 64.0],
        76.0,
    ),
    row(
        "Vanilla VLA",
        "Google Robot VA",
        [92.3, 80.3, 50.1, 31.4],
        63.5,
    ),
];

const fn row(policy: &'static str, suite: &'static str, rows: [f64; 4], average: f64) -> PaperRow {
    PaperRow {
        policy,
        suite,
        rows,
        average,
    }
}
