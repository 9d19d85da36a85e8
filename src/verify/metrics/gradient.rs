//! Gradients of two losses: cosine and the spaces they span.

use serde_json::Value;

use super::fields::{Fields, vector};
use super::tally::Tally;
use crate::metrics::alignment::{SpaceSimilarity, cosine};

pub(super) fn check(tally: &mut Tally, file: &mut Fields) {
    file.take("convention");
    for row in file.rows("rows") {
        let Some((a, b)) = matrix(row.take("a")).zip(matrix(row.take("b"))) else {
            tally.unusable(&row, "a or b");
            continue;
        };
        tally.number(&row, "cosine", cosine(&a.concat(), &b.concat()));
        for key in row.starting("rank").collect::<Vec<_>>() {
            let rank = key.strip_prefix("rank").and_then(|rank| rank.parse().ok());
            let (Some(rank), Value::Object(of_rank)) = (rank, row.take(key)) else {
                tally.skip(key, "it names no rank");
                continue;
            };
            angles(tally, &Fields::new(&row.at, of_rank), key, [&a, &b], rank);
        }
        tally.rest(&row);
    }
}

fn angles(tally: &mut Tally, fields: &Fields, key: &str, [a, b]: [&[Vec<f64>]; 2], rank: usize) {
    let Some(found) = SpaceSimilarity::new(a, b, rank) else {
        tally.skip(
            key,
            "a matrix spans fewer directions, so the rest could be anything",
        );
        return;
    };
    for (name, got) in [
        ("mean_cos", found.mean_cosine()),
        ("mean_cos2", found.projection()),
        ("pss", found.projection()),
    ] {
        if fields.has(name) {
            tally.value(&format!("{key} {name}"), &fields.at, got, fields.take(name));
        }
    }
    tally.rest(fields);
}

/// Rows of equal length.
fn matrix(value: &Value) -> Option<Vec<Vec<f64>>> {
    let rows: Option<Vec<Vec<f64>>> = value.as_array()?.iter().map(vector).collect();
    let rows = rows?;
    let columns = rows.first()?.len();
    rows.iter().all(|row| row.len() == columns).then_some(rows)
}
