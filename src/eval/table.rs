//! Tables in Markdown.

use super::{MeanOf, Rate};

/// A table that is written at once.
pub(super) struct Table {
    text: String,
}

impl Table {
    pub(super) fn new(heads: &[&str]) -> Self {
        let mut text = row(heads);
        text += &row(&vec!["---"; heads.len()]);
        Self { text }
    }

    pub(super) fn row<S: AsRef<str>>(&mut self, cells: &[S]) {
        self.text += &row(cells);
    }

    pub(super) fn finish(self) -> String {
        self.text + "\n"
    }
}

fn row<S: AsRef<str>>(cells: &[S]) -> String {
    let cell = |cell: &S| cell.as_ref().replace('|', "\\|").replace('\n', " ");
    let cells: Vec<String> = cells.iter().map(cell).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// A share in percent, or a dash.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".into(), |share| format!("{:.1}", 100.0 * share))
}

/// A share in percent with its interval.
pub(super) fn rate(rate: &Rate) -> String {
    let [low, high] = rate.interval95.map(|end| 100.0 * end);
    match rate.rate {
        Some(share) => format!("{:.1} [{low:.1}, {high:.1}]", 100.0 * share),
        None => "–".into(),
    }
}

/// A mean with its interval.
pub(super) fn mean(mean: Option<&MeanOf>, digits: usize) -> String {
    mean.map_or_else(
        || "–".into(),
        |m| {
            let [low, high] = m.interval95;
            format!("{:.digits$} [{low:.digits$}, {high:.digits$}]", m.mean)
        },
    )
}
