//! Columns of text, wide enough for their content.

use std::fmt::Write as _;

/// On which side a column is flush.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flush {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// A table that is written at once.
pub(super) struct Table {
    columns: Vec<(Flush, &'static str)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(columns: &[(Flush, &'static str)]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as text, a line for each row.
    pub(super) fn render(&self) -> String {
        let width = |at: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            let longest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
            longest.max(self.columns[at].1.chars().count())
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let heads: Vec<String> = self
            .columns
            .iter()
            .map(|(_, head)| (*head).to_owned())
            .collect();
        let mut out = String::new();
        for row in std::iter::once(&heads).chain(&self.rows) {
            let mut line = String::new();
            for (cell, ((flush, _), width)) in row.iter().zip(self.columns.iter().zip(&widths)) {
                let gap = if line.is_empty() { "" } else { "  " };
                // Writing to a string does not fail.
                let written = match flush {
                    Flush::Left => write!(line, "{gap}{cell:<width$}"),
                    Flush::Right => write!(line, "{gap}{cell:>width$}"),
                };
                debug_assert!(written.is_ok());
            }
            out += line.trim_end();
            out.push('\n');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(&[(Flush::Left, "name"), (Flush::Right, "ms")]);
        table.row(["a".to_owned(), "12.5".to_owned()]);
        table.row(["longer".to_owned(), "3".to_owned()]);
        assert_eq!(table.render(), "name      ms\na       12.5\nlonger     3\n");
    }
}
