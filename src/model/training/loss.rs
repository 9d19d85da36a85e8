//! The two losses: cross-entropy of the next token and mean square of the predicted noise.

use burn::tensor::{Int, Tensor, activation};

/// Weighted mean of `-log p(token)`.
///
/// # Shapes
/// - `scores`: `[n, vocabulary]`
/// - `tokens`: `[n]`
/// - `weights`: `[n]`, of which the sum is not zero
/// - returns `[1]`
#[must_use]
pub fn cross_entropy(scores: Tensor<2>, tokens: Tensor<1, Int>, weights: Tensor<1>) -> Tensor<1> {
    let chosen = activation::log_softmax(scores, 1)
        .gather(1, tokens.unsqueeze_dim(1)) // [n, 1]
        .squeeze_dim::<1>(1);
    let total = weights.clone().sum();
    -(chosen * weights).sum() / total
}

/// Mean of the squared difference over all elements.
///
/// # Shapes
/// - `prediction`, `truth`: the same
/// - returns `[1]`
#[must_use]
pub fn mean_square<const D: usize>(prediction: Tensor<D>, truth: Tensor<D>) -> Tensor<1> {
    (prediction - truth).powi_scalar(2).mean()
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    #[test]
    fn even_scores_cost_the_logarithm_of_the_vocabulary() {
        let device = Device::flex();
        let tokens = Tensor::from_ints([0, 3], &device);
        let loss = cross_entropy(
            Tensor::zeros([2, 5], &device),
            tokens,
            Tensor::ones([2], &device),
        );
        assert!((loss.into_scalar::<f32>() - 5.0_f32.ln()).abs() < 1e-6);
    }

    #[test]
    fn a_token_of_weight_zero_does_not_count() {
        let device = Device::flex();
        let scores = Tensor::from_floats([[9.0, 0.0], [0.0, 3.0]], &device);
        let loss = |weights: [f32; 2]| {
            let tokens = Tensor::from_ints([1, 1], &device);
            cross_entropy(
                scores.clone(),
                tokens,
                Tensor::from_floats(weights, &device),
            )
            .into_scalar::<f32>()
        };
        assert!(loss([0.0, 1.0]) < 0.05 && loss([1.0, 1.0]) > 4.0);
    }
}
