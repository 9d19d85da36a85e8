//! Independent streams of random numbers from one seed, so that looks can change while motion stays the same.

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

/// What a stream is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Which things, where, how heavy, how slippery.
    Layout,
    /// Lights and textures.
    Look,
    /// Where cameras stand.
    Camera,
    /// Wording.
    Language,
    /// The expert's choices and its noise.
    Expert,
    /// Where an arm that is astray starts.
    Start,
    /// Whether looks are drawn at all.
    Plain,
}

/// The stream of a seed.
#[must_use]
pub fn stream(seed: u64, stream: Stream) -> ChaCha8Rng {
    let name: u64 = match stream {
        Stream::Layout => 0x6c61_796f_7574,
        Stream::Look => 0x6c6f_6f6b,
        Stream::Camera => 0x6361_6d65_7261,
        Stream::Language => 0x6c61_6e67,
        Stream::Expert => 0x6578_7065_7274,
        Stream::Start => 0x0073_7461_7274,
        Stream::Plain => 0x0070_6c61_696e,
    };
    ChaCha8Rng::seed_from_u64(mixed(seed ^ mixed(name)))
}

/// `SplitMix64`'s finaliser: near seeds give far streams.
fn mixed(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use rand::RngCore as _;

    use super::*;

    #[test]
    fn streams_of_one_seed_and_seeds_of_one_stream_differ() {
        let first = |seed, which| stream(seed, which).next_u64();
        let all = [
            first(1, Stream::Layout),
            first(2, Stream::Layout),
            first(1, Stream::Look),
            first(1, Stream::Camera),
            first(1, Stream::Language),
            first(1, Stream::Expert),
            first(1, Stream::Start),
            first(1, Stream::Plain),
        ];
        for (i, a) in all.iter().enumerate() {
            assert!(all.iter().skip(i + 1).all(|b| a != b));
        }
        assert_eq!(first(1, Stream::Look), first(1, Stream::Look));
    }
}
