//! First values of parameters that no checkpoint holds, told by their names: each drawn from a generator of its own,
//! so that one more layer does not change the others.
//!
//! Linear layers and embeddings begin as `PyTorch` begins them; norms at one, biases at zero, the language head at
//! zero, and the action expert as the original initialises it.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, StandardNormal};

/// How the values of one parameter are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Rule {
    Constant(f32),
    /// Evenly within ± this.
    Uniform(f32),
    /// Around zero with this deviation.
    Normal(f32),
}

/// First values of the parameter `name` of `shape`, row-major.
pub(super) fn values(seed: u64, name: &str, shape: &[usize]) -> Vec<f32> {
    let count = shape.iter().product();
    let mut random = ChaCha8Rng::seed_from_u64(seed ^ hash(name));
    match rule(name, shape) {
        Rule::Constant(value) => vec![value; count],
        Rule::Uniform(limit) => (0..count)
            .map(|_| random.random_range(-limit..=limit))
            .collect(),
        Rule::Normal(deviation) => StandardNormal
            .sample_iter(random)
            .take(count)
            .map(|value: f32| value * deviation)
            .collect(),
    }
}

fn rule(name: &str, shape: &[usize]) -> Rule {
    let inputs: usize = shape.iter().skip(1).product::<usize>().max(1);
    let ends = |suffix: &str| name.ends_with(suffix);
    if ends("bias") || ends("in_proj_bias") || ends("lm_head.weight") || ends("_zero") {
        return Rule::Constant(0.0);
    }
    if ends("gamma") || (shape.len() == 1 && ends("weight")) {
        return Rule::Constant(1.0);
    }
    if let Some(rest) = name.strip_prefix("action_model.net.") {
        return expert(rest, shape, inputs);
    }
    if ends("embed_tokens.weight") || ends("query_tokens") {
        return Rule::Normal(1.0);
    }
    if ends("pos_embed") || ends("cls_token") {
        return Rule::Normal(0.02);
    }
    Rule::Uniform((inputs as f32).sqrt().recip())
}

/// The diffusion transformer (`initialize_weights` of the original).
fn expert(name: &str, shape: &[usize], inputs: usize) -> Rule {
    if name.starts_with("final_layer") {
        return Rule::Constant(0.0);
    }
    if name == "positional_embedding" {
        return Rule::Normal((inputs as f32).sqrt().recip());
    }
    let small = ["x_embedder", "t_embedder", "z_embedder", "history_embedder"];
    if small.iter().any(|prefix| name.starts_with(prefix)) {
        return Rule::Normal(0.02);
    }
    // Xavier: 6 over the sum of both widths.
    Rule::Uniform((6.0 / (shape[0] + inputs) as f32).sqrt())
}

/// FNV-1a: the same on every platform.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_how_a_parameter_begins() {
        let first = |name: &str, shape: &[usize]| values(7, name, shape)[0];
        assert!((first("model.language_model.norm.weight", &[8]) - 1.0).abs() < f32::EPSILON);
        assert!(first("lm_head.weight", &[9, 8]).abs() < f32::EPSILON);
        assert!(first("action_model.net.final_layer.linear.weight", &[7, 8]).abs() < f32::EPSILON);
        let drawn = values(7, "a.proj.weight", &[50, 16]);
        assert!(drawn.iter().all(|v| v.abs() <= 0.25) && drawn.iter().any(|v| v.abs() > 0.2));
        assert_eq!(drawn, values(7, "a.proj.weight", &[50, 16]));
        assert_ne!(drawn, values(7, "b.proj.weight", &[50, 16]));
        assert_ne!(drawn, values(8, "a.proj.weight", &[50, 16]));
    }
}
