//! Scores of a reply that is already known, step by step through the cache: how generation is compared with a
//! reference without depending on which token was best.

use burn::tensor::Tensor;

use super::cache::KvCache;
use super::{DecoderInput, Planner};
use crate::model::pass::{Pass, PassError};

impl Planner {
    /// The scores after the prompt and after each token of `reply`, before any penalty.
    ///
    /// # Shapes
    /// - returns `[1 + reply, vocabulary]`
    ///
    /// # Errors
    /// When somebody cancelled or the device failed.
    pub fn forced_scores(
        &self,
        input: &DecoderInput,
        reply: &[u32],
        pass: &mut Pass,
    ) -> Result<Tensor<2>, PassError> {
        let decoder = self.decoder();
        let room = input.positions.length() + reply.len();
        let mut cache = KvCache::new(decoder.depth(), room);
        let mut scores = vec![decoder.prefill(input, &mut cache, pass)?];
        let table = decoder.rope_table(input.rope);
        let delta = input.positions.rope_delta()[0];
        for &id in reply {
            let position = (cache.length() as i64 + delta).max(0) as u32;
            scores.push(decoder.step(id, position, &table, &mut cache));
        }
        Ok(Tensor::cat(scores, 0))
    }
}
