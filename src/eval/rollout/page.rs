//! The report as a page of Markdown.

use super::paper::PAPER;
use super::report::RolloutReport;
use crate::eval::table::{self, Table};

impl RolloutReport {
    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "# Closed loop\n\n{}, {} ({}): {} episodes, {:.0} s in all, {:.0} s of it the policy. Seed {}.\n\n\
             Success in percent, averaged over settings as SimplerEnv does; then episodes and Wilson's 95 % interval of \
             all of them together, and how many worlds they were: in one world only the policy's own chance differs, so that\n\
             with fewer worlds than episodes the interval is too narrow. This is the built-in simulator, not SimplerEnv: published numbers are another world's.\n\n",
            self.policy,
            self.world,
            self.device.as_deref().unwrap_or("no network"),
            self.n,
            self.seconds[0],
            self.seconds[1],
            self.config.seed,
        );
        let mut rows = Table::new(&[
            "column",
            "suite",
            "row",
            "success",
            "k / n",
            "worlds",
            "pooled [95 %]",
            "grasped",
            "parts",
        ]);
        for row in &self.rows {
            let count = format!("{} / {}", row.pooled.k, row.pooled.n);
            let parts: Vec<String> = row
                .parts
                .iter()
                .map(|part| table::percent(part.rate))
                .collect();
            let (success, pooled) = (table::percent(row.success), table::rate(&row.pooled));
            rows.row(&[
                row.column.name(),
                &row.suite,
                &row.row,
                &success,
                &count,
                &row.worlds.to_string(),
                &pooled,
                &table::percent(row.grasped.rate),
                &parts.join(", "),
            ]);
        }
        text += &rows.finish();
        text += "## Averages\n\n";
        let mut means = Table::new(&["suite", "mean of its rows"]);
        for (suite, success) in &self.averages {
            means.row(&[suite.as_str(), &table::percent(*success)]);
        }
        text += &means.finish();
        text + &self.beyond() + &self.settings() + &published(&self.config.suite)
    }

    fn beyond(&self) -> String {
        let mut text = String::new();
        if !self.wordings.is_empty() {
            text += "## Other wordings\n\n";
            let heads = [
                "row",
                "n",
                "own wording",
                "held-out wordings",
                "lost",
                "worst",
                "all right",
                "consistency",
            ];
            let mut table = Table::new(&heads);
            for (row, w) in &self.wordings {
                let shares = [
                    w.original,
                    w.mean,
                    w.drop,
                    w.worst,
                    w.all_correct,
                    w.consistency,
                ];
                let mut cells = vec![row.clone(), w.n.to_string()];
                cells.extend(shares.map(table::percent));
                table.row(&cells);
            }
            text += &table.finish();
        }
        if let Some(drop) = self.unseen_drop {
            let points = table::percent(Some(drop));
            text.push_str("Success with unseen things less success with seen ones: ");
            text.push_str(&(points + " points.\n\n"));
        }
        text
    }

    fn settings(&self) -> String {
        let mut table = Table::new(&[
            "column",
            "suite",
            "row",
            "setting",
            "success [95 %]",
            "ended",
        ]);
        for row in &self.rows {
            let ended: Vec<String> = row
                .ended
                .iter()
                .map(|(end, n)| format!("{n} {end:?}"))
                .collect();
            for (setting, rate) in &row.settings {
                let rate = format!("{} of {}", table::rate(rate), rate.n);
                table.row(&[
                    row.column.name(),
                    &row.suite,
                    &row.row,
                    setting,
                    &rate,
                    &ended.join(", "),
                ]);
            }
        }
        format!("## Settings\n\n{}", table.finish())
    }
}

/// Published numbers of the suites that were played.
fn published(suite: &str) -> String {
    let mut table = Table::new(&["published (another world)", "suite", "rows", "average"]);
    for row in PAPER.iter().filter(|row| row.belongs(suite)) {
        let rows: Vec<String> = row.rows.iter().map(|v| format!("{v:.1}")).collect();
        table.row(&[
            row.policy,
            row.suite,
            &rows.join(" / "),
            &format!("{:.1}", row.average),
        ]);
    }
    format!("## Published\n\n{}", table.finish())
}
