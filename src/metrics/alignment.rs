//! Whether two losses pull the same parameters the same way: cosine, and angles between the spaces their gradients
//! span.
//!
//! A row is the gradient of one micro-batch, a column one parameter.

use super::{mean, ratio};

/// A singular value below this share of the largest is rounding: its direction means nothing.
const RANK: f64 = 1e-12;
/// Sweeps of rotations; a dozen suffice for any matrix.
const SWEEPS: usize = 60;

/// Cosine of the two flattened gradients; none where one is zero.
#[must_use]
pub fn cosine(a: &[f64], b: &[f64]) -> Option<f64> {
    ratio(dot(a, b), dot(a, a).sqrt() * dot(b, b).sqrt())
}

/// How far the spaces of two sets of gradients agree.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceSimilarity {
    /// Directions compared: the asked number, or fewer where a matrix has fewer.
    pub rank: usize,
    /// Cosines of the principal angles, largest first.
    pub cosines: Vec<f64>,
}

impl SpaceSimilarity {
    /// Of the `rank` strongest right singular vectors of each matrix. None where a matrix has no direction at all, or
    /// has `rank` rows and columns but spans fewer, so that the rest could be anything.
    #[must_use]
    pub fn new(a: &[Vec<f64>], b: &[Vec<f64>], rank: usize) -> Option<Self> {
        let (a, b) = (directions(a, rank)?, directions(b, rank)?);
        let product: Vec<Vec<f64>> = a
            .iter()
            .map(|from| b.iter().map(|to| dot(from, to)).collect())
            .collect();
        // Rows of the shorter side, so that no value of zero is added.
        let product = if a.len() <= b.len() {
            product
        } else {
            transposed(&product)
        };
        let cosines = singular(product)
            .into_iter()
            .map(|(value, _)| value.min(1.0))
            .collect();
        Some(Self {
            rank: a.len().min(b.len()),
            cosines,
        })
    }

    /// Mean cosine (the SVCCA flavour).
    #[must_use]
    pub fn mean_cosine(&self) -> Option<f64> {
        mean(&self.cosines)
    }

    /// Projection-space similarity: mean squared cosine, which is the squared Frobenius norm of `V1ᵀ V2` over its rank.
    #[must_use]
    pub fn projection(&self) -> Option<f64> {
        mean(&self.cosines.iter().map(|c| c * c).collect::<Vec<_>>())
    }
}

/// The strongest right singular vectors.
fn directions(matrix: &[Vec<f64>], rank: usize) -> Option<Vec<Vec<f64>>> {
    let columns = matrix.first()?.len();
    let rank = rank.min(matrix.len()).min(columns);
    // One-sided rotations turn rows: with more rows than columns, those of rank only are left with length.
    let found = singular(matrix.to_vec());
    let largest = found.first()?.0;
    let spans = found
        .iter()
        .filter(|(value, _)| *value > RANK * largest)
        .count();
    (rank > 0 && spans >= rank).then(|| found.into_iter().take(rank).map(|(_, row)| row).collect())
}

fn transposed(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let columns = matrix.first().map_or(0, Vec::len);
    (0..columns)
        .map(|column| matrix.iter().map(|row| row[column]).collect())
        .collect()
}

/// Singular values, largest first, each with its right singular vector: rows are rotated pairwise until all are
/// orthogonal (Hestenes' one-sided Jacobi method); their lengths are the values.
fn singular(mut rows: Vec<Vec<f64>>) -> Vec<(f64, Vec<f64>)> {
    for _ in 0..SWEEPS {
        let mut turned = false;
        for i in 0..rows.len() {
            for j in i + 1..rows.len() {
                turned |= rotate(&mut rows, i, j);
            }
        }
        if !turned {
            break;
        }
    }
    let unit = |row: Vec<f64>| {
        let length = dot(&row, &row).sqrt();
        let by = if length > 0.0 { length } else { 1.0 };
        (length, row.into_iter().map(|v| v / by).collect())
    };
    let mut found: Vec<(f64, Vec<f64>)> = rows.into_iter().map(unit).collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found
}

/// Makes two rows orthogonal; whether they were not.
fn rotate(rows: &mut [Vec<f64>], i: usize, j: usize) -> bool {
    let (alpha, beta, gamma) = (
        dot(&rows[i], &rows[i]),
        dot(&rows[j], &rows[j]),
        dot(&rows[i], &rows[j]),
    );
    if gamma.abs() <= f64::EPSILON * (alpha * beta).sqrt() || !gamma.is_finite() {
        return false;
    }
    let zeta = (beta - alpha) / (2.0 * gamma);
    let tangent = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
    let c = 1.0 / tangent.hypot(1.0);
    let s = c * tangent;
    for at in 0..rows[i].len().min(rows[j].len()) {
        let (a, b) = (rows[i][at], rows[j][at]);
        rows[i][at] = c * a - s * b;
        rows[j][at] = s * a + c * b;
    }
    true
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_space_in_other_words_is_the_same() {
        let a = vec![vec![1.0, 0.0, 0.0], vec![0.0, 1.0, 0.0]];
        let b = vec![vec![1.0, 1.0, 0.0], vec![1.0, -2.0, 0.0]];
        let same = SpaceSimilarity::new(&a, &b, 2).expect("two directions each");
        assert!((same.projection().expect("angles") - 1.0).abs() < 1e-12);
        let other = SpaceSimilarity::new(&a, &[vec![0.0, 0.0, 3.0]], 1).expect("a direction");
        assert!(other.mean_cosine().expect("an angle") < 1e-12);
    }

    #[test]
    fn a_matrix_of_too_few_directions_has_no_similarity() {
        let twice = vec![vec![1.0, 2.0, 3.0], vec![2.0, 4.0, 6.0]];
        let full = vec![vec![1.0, 0.0, 0.0], vec![0.0, 1.0, 0.0]];
        assert_eq!(SpaceSimilarity::new(&twice, &full, 2), None);
        assert!(SpaceSimilarity::new(&twice, &full, 1).is_some());
        assert_eq!(SpaceSimilarity::new(&[], &full, 1), None);
        assert_eq!(SpaceSimilarity::new(&[vec![0.0; 3]], &full, 1), None);
        assert_eq!(cosine(&[0.0, 0.0], &[1.0, 2.0]), None);
    }

    #[test]
    fn more_rows_than_columns_still_have_their_strongest_directions() {
        let tall = vec![vec![3.0, 0.0], vec![0.0, 1.0], vec![3.0, 0.1]];
        let along = SpaceSimilarity::new(&tall, &[vec![1.0, 0.0]], 1).expect("a direction");
        assert!(along.cosines[0] > 0.999);
        assert_eq!(SpaceSimilarity::new(&tall, &tall, 5).expect("two").rank, 2);
    }
}
