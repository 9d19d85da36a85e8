//! Projection-space similarity (paper, Fig. 5c): how far the directions in which answers and actions move a weight of
//! the planner lie in each other's span.
//!
//! `tr(P_s P_a) / min(r_s, r_a)` for the projectors onto the column spaces of both gradients; 1 where one contains the
//! other. The weight is that of the queries in the last block (ST4VLA). A gradient of full rank would make it 1
//! whatever it says, so singular values below a share of the largest do not count.

use nalgebra::DMatrix;

use super::TrainError;
use super::learner::Made;
use crate::model::pass::values;
use crate::model::training::Gradients;

/// The similarity of both gradients; none where one of them did not reach the weight.
pub(super) fn similarity(
    made: &Made,
    [spatial, action]: &[Gradients; 2],
    cutoff: f64,
) -> Result<Option<f64>, TrainError> {
    let name = measured(made);
    let list = made.parameters.list();
    let Some(at) = list.iter().position(|named| named.name == name) else {
        return Ok(None);
    };
    let [rows, columns] = list[at].shape[..] else {
        return Ok(None);
    };
    let mut spaces = Vec::with_capacity(2);
    for gradients in [spatial, action] {
        let Some(gradient) = gradients.of_place(at) else {
            return Ok(None);
        };
        let numbers = values(gradient.clone())?;
        if numbers.iter().any(|number| !number.is_finite()) {
            return Ok(None);
        }
        let numbers = numbers.into_iter().map(f64::from);
        let matrix = DMatrix::from_row_iterator(rows, columns, numbers);
        spaces.push(column_space(matrix, cutoff));
    }
    Ok(between(&spaces[0], &spaces[1]))
}

/// The weight whose gradients are compared.
pub(super) fn measured(made: &Made) -> String {
    let last = made.planner().decoder().depth().saturating_sub(1);
    format!("model.language_model.layers.{last}.self_attn.q_proj.weight")
}

/// An orthonormal basis of the columns of `matrix`, as far as its singular values reach `cutoff` of the largest.
fn column_space(matrix: DMatrix<f64>, cutoff: f64) -> DMatrix<f64> {
    let rows = matrix.nrows();
    let found = matrix.svd(true, false);
    let largest = found.singular_values.max();
    let kept = found.singular_values.iter();
    let kept: Vec<usize> = kept
        .enumerate()
        .filter(|(_, value)| **value > 0.0 && **value >= cutoff * largest)
        .map(|(at, _)| at)
        .collect();
    match found.u {
        Some(basis) => basis.select_columns(&kept),
        None => DMatrix::zeros(rows, 0),
    }
}

/// `tr(U Uᵀ V Vᵀ) = ‖Uᵀ V‖²`, over the smaller rank.
fn between(a: &DMatrix<f64>, b: &DMatrix<f64>) -> Option<f64> {
    let rank = a.ncols().min(b.ncols());
    (rank > 0).then(|| (a.transpose() * b).norm_squared() / rank as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(columns: &[[f64; 4]]) -> DMatrix<f64> {
        let numbers: Vec<f64> = columns.iter().flatten().copied().collect();
        column_space(DMatrix::from_vec(4, columns.len(), numbers), 1e-6)
    }

    #[test]
    fn contained_spaces_are_alike_and_orthogonal_ones_are_not() {
        let line = space(&[[1.0, 1.0, 0.0, 0.0]]);
        let plane = space(&[[1.0, 0.0, 0.0, 0.0], [0.0, 3.0, 0.0, 0.0]]);
        let other = space(&[[0.0, 0.0, 2.0, 0.0], [0.0, 0.0, 0.0, 1.0]]);
        assert!((between(&line, &plane).unwrap() - 1.0).abs() < 1e-9);
        assert!(between(&plane, &other).unwrap().abs() < 1e-9);
        let tilted = space(&[[1.0, 0.0, 1.0, 0.0]]);
        assert!((between(&tilted, &plane).unwrap() - 0.5).abs() < 1e-9);
    }

    #[test]
    fn weak_directions_do_not_count() {
        let matrix = DMatrix::from_diagonal(&nalgebra::DVector::from_vec(vec![1.0, 1e-5, 0.0]));
        assert_eq!(column_space(matrix.clone(), 1e-3).ncols(), 1);
        assert_eq!(column_space(matrix, 1e-6).ncols(), 2);
        assert_eq!(between(&DMatrix::zeros(4, 0), &DMatrix::zeros(4, 1)), None);
    }
}
