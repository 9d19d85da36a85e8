//! The best one-to-one assignment of rows to columns: Kuhn's Hungarian method with potentials, cubic in the shorter
//! side.

/// For each row the column it is given, so that the sum of `gain[row][column]` is largest. Every row has as many
/// columns as the first; rows without a partner get none.
pub(super) fn assign(gain: &[Vec<f64>]) -> Vec<Option<usize>> {
    let (rows, columns) = (gain.len(), gain.first().map_or(0, Vec::len));
    if rows <= columns {
        return cheapest(rows, columns, |row, column| -gain[row][column]);
    }
    let of_columns = cheapest(columns, rows, |column, row| -gain[row][column]);
    let mut found = vec![None; rows];
    for (column, row) in of_columns.into_iter().enumerate() {
        if let Some(row) = row {
            found[row] = Some(column);
        }
    }
    found
}

/// As [`assign`], for the smallest sum of costs and no more rows than columns. Index 0 of every array is a place
/// outside the matrix from which a new row starts.
fn cheapest(rows: usize, columns: usize, cost: impl Fn(usize, usize) -> f64) -> Vec<Option<usize>> {
    let mut of_row = vec![0.0; rows + 1];
    let mut of_column = vec![0.0; columns + 1];
    let mut taken_by = vec![0_usize; columns + 1];
    for row in 1..=rows {
        let mut least = vec![f64::INFINITY; columns + 1];
        let mut came_from = vec![0_usize; columns + 1];
        let mut seen = vec![false; columns + 1];
        taken_by[0] = row;
        let mut at = 0;
        while taken_by[at] != 0 {
            seen[at] = true;
            let (holder, mut step, mut next) = (taken_by[at], f64::INFINITY, 0);
            for column in 1..=columns {
                if seen[column] {
                    continue;
                }
                let slack = cost(holder - 1, column - 1) - of_row[holder] - of_column[column];
                if slack < least[column] {
                    (least[column], came_from[column]) = (slack, at);
                }
                if next == 0 || least[column] < step {
                    (step, next) = (least[column], column);
                }
            }
            for column in 0..=columns {
                if seen[column] {
                    of_row[taken_by[column]] += step;
                    of_column[column] -= step;
                } else {
                    least[column] -= step;
                }
            }
            at = next;
        }
        while at != 0 {
            taken_by[at] = taken_by[came_from[at]];
            at = came_from[at];
        }
    }
    let mut found = vec![None; rows];
    for (column, row) in taken_by.iter().enumerate().skip(1) {
        if *row > 0 {
            found[row - 1] = Some(column - 1);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(gain: &[Vec<f64>], found: &[Option<usize>]) -> f64 {
        let pairs = found.iter().enumerate();
        pairs.filter_map(|(r, c)| Some(gain[r][(*c)?])).sum()
    }

    /// Every way to give columns to rows, tried out.
    fn best(gain: &[Vec<f64>], row: usize, free: &mut Vec<usize>) -> f64 {
        if row == gain.len() {
            return 0.0;
        }
        let mut most = if free.len() < gain.len() - row {
            best(gain, row + 1, free)
        } else {
            f64::NEG_INFINITY
        };
        for at in 0..free.len() {
            let column = free.remove(at);
            most = most.max(gain[row][column] + best(gain, row + 1, free));
            free.insert(at, column);
        }
        most
    }

    #[test]
    fn no_other_assignment_gains_more() {
        let mut state = 7_u64;
        let mut random = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 40) as f64 / f64::from(1_u32 << 24)
        };
        for (rows, columns) in [(1, 1), (2, 3), (3, 2), (4, 4), (5, 3), (3, 5)] {
            let gain: Vec<Vec<f64>> = (0..rows)
                .map(|_| (0..columns).map(|_| random()).collect())
                .collect();
            let found = assign(&gain);
            let most = best(&gain, 0, &mut (0..columns).collect());
            assert!((total(&gain, &found) - most).abs() < 1e-12, "{gain:?}");
            assert_eq!(found.iter().flatten().count(), rows.min(columns));
        }
    }

    #[test]
    fn nothing_is_assigned_to_nothing() {
        assert!(assign(&[]).is_empty());
        assert_eq!(assign(&[vec![], vec![]]), [None, None]);
    }
}
