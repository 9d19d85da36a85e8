//! Draws that depend on the seed of a run, the number of a step and what is drawn, and on nothing before them.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// What is drawn; each has a stream of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    Labels,
    Actions,
    Noise,
}

/// The generator of one draw.
pub(super) fn generator(seed: u64, stream: Stream, step: u64, slot: usize) -> ChaCha8Rng {
    let kind = match stream {
        Stream::Labels => 0x6c61_6265_6c73,
        Stream::Actions => 0x6163_7469_6f6e,
        Stream::Noise => 0x6e6f_6973_65,
    };
    let mut random = ChaCha8Rng::seed_from_u64(seed ^ kind);
    // A stream of 2^68 bytes for every step and slot.
    random.set_stream(step.wrapping_mul(0x1_0000_0000).wrapping_add(slot as u64));
    random
}

/// A number below the length of `weights`, drawn by them.
pub(super) fn weighted(weights: &[f64], random: &mut ChaCha8Rng) -> usize {
    let total: f64 = weights.iter().sum();
    let mut at = random.random::<f64>() * total;
    for (number, weight) in weights.iter().enumerate() {
        at -= weight;
        if at < 0.0 {
            return number;
        }
    }
    weights
        .iter()
        .rposition(|weight| *weight > 0.0)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_draws_the_same_whenever_it_is_taken() {
        let draw = |seed, step, slot| generator(seed, Stream::Labels, step, slot).random::<u64>();
        assert_eq!(draw(1, 5, 2), draw(1, 5, 2));
        for other in [draw(2, 5, 2), draw(1, 6, 2), draw(1, 5, 3)] {
            assert_ne!(draw(1, 5, 2), other);
        }
    }

    #[test]
    fn what_weighs_nothing_is_never_drawn() {
        let mut random = generator(3, Stream::Actions, 0, 0);
        let mut counts = [0; 3];
        for _ in 0..2000 {
            counts[weighted(&[1.0, 0.0, 3.0], &mut random)] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((400..600).contains(&counts[0]), "{counts:?}");
    }
}
