//! Greedy generation with repetition penalty, one token at a time.
//!
//! The published settings sample at a temperature of 1e-6, which is greedy: the token with the highest score after the
//! penalty is taken.

use super::cache::KvCache;
use super::decoder::{Decoder, DecoderInput};
use crate::job::{CancelToken, Cancelled};
use crate::model::pass::{Pass, PassError, values};

/// How to generate.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerateOptions {
    /// Most tokens to generate.
    pub max_new_tokens: usize,
    /// Scores of tokens already in prompt or reply are divided by this where positive, multiplied where negative.
    pub repetition_penalty: f32,
    /// Tokens after which the reply ends.
    pub stop_ids: Vec<u32>,
    /// Alternatives reported per token.
    pub top_k: usize,
    /// Whether work is handed to the device block by block (see [`Pass::new`]).
    pub submit: bool,
}

impl Default for GenerateOptions {
    /// The settings published with Qwen2.5-VL, without stop tokens; 128 tokens as in the reference's chat.
    fn default() -> Self {
        Self {
            max_new_tokens: 128,
            repetition_penalty: 1.05,
            stop_ids: Vec::new(),
            top_k: 5,
            submit: false,
        }
    }
}

/// A token the model could have said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alternative {
    /// The token.
    pub id: u32,
    /// Its probability as the model puts it out, before the repetition penalty.
    pub probability: f32,
}

/// One generated token.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenEvent {
    /// Its number in the reply, from zero.
    pub index: usize,
    /// The token.
    pub id: u32,
    /// Its probability as the model puts it out, before the repetition penalty: with a penalty the most probable
    /// token is not always the one taken.
    pub probability: f32,
    /// The most probable tokens, the first one first; the one taken is among them if it is probable enough.
    pub alternatives: Vec<Alternative>,
}

/// Why a reply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The model said a stop token.
    Stop(u32),
    /// The most tokens asked for were generated.
    Length,
}

/// A finished reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Generation {
    /// Its tokens, without the stop token.
    pub tokens: Vec<TokenEvent>,
    /// Why it ended.
    pub ending: Ending,
}

impl Generation {
    /// The tokens alone.
    #[must_use]
    pub fn ids(&self) -> Vec<u32> {
        self.tokens.iter().map(|token| token.id).collect()
    }
}

/// Generates a reply to a prompt of one sequence. `prompt` are its token ids: they count for the penalty.
/// `on_token` is called for each token as soon as it is known, for the first one when the prompt has been read.
///
/// # Errors
/// When somebody cancelled, the device failed or a block put out a value that is not finite.
pub fn generate(
    decoder: &Decoder,
    input: &DecoderInput,
    prompt: &[u32],
    options: &GenerateOptions,
    (cancel, on_token): (&CancelToken, &mut dyn FnMut(&TokenEvent)),
) -> Result<Generation, PassError> {
    let room = input.positions.length() + options.max_new_tokens;
    let mut cache = KvCache::new(decoder.depth(), room);
    let mut pass = Pass::new(cancel.clone(), options.submit);
    let mut scores = decoder.prefill(input, &mut cache, &mut pass)?;
    pass.finish()?;
    let table = decoder.rope_table(input.rope);
    let delta = input.positions.rope_delta()[0];
    let mut chooser = Chooser::new(prompt, options);
    let mut tokens = Vec::new();
    while tokens.len() < options.max_new_tokens {
        if cancel.is_cancelled() {
            return Err(Cancelled.into());
        }
        let index = tokens.len();
        let token = chooser.choose(index, &values(scores)?)?;
        if options.stop_ids.contains(&token.id) {
            let ending = Ending::Stop(token.id);
            return Ok(Generation { tokens, ending });
        }
        on_token(&token);
        let id = token.id;
        tokens.push(token);
        if tokens.len() == options.max_new_tokens {
            break;
        }
        let position = (cache.length() as i64 + delta).max(0) as u32;
        scores = decoder.step(id, position, &table, &mut cache);
    }
    Ok(Generation {
        tokens,
        ending: Ending::Length,
    })
}

/// Takes the best token, remembering which were there before.
struct Chooser<'a> {
    options: &'a GenerateOptions,
    /// For each token, whether it was in the prompt or the reply so far.
    seen: Vec<bool>,
}

impl<'a> Chooser<'a> {
    fn new(prompt: &[u32], options: &'a GenerateOptions) -> Self {
        let mut chooser = Self {
            options,
            seen: Vec::new(),
        };
        for &id in prompt {
            chooser.see(id);
        }
        chooser
    }

    fn see(&mut self, id: u32) {
        let id = id as usize;
        if self.seen.len() <= id {
            self.seen.resize(id + 1, false);
        }
        self.seen[id] = true;
    }

    fn choose(&mut self, index: usize, scores: &[f32]) -> Result<TokenEvent, PassError> {
        if scores.is_empty() || scores.iter().any(|score| !score.is_finite()) {
            return Err(PassError::NonFinite {
                block: format!("lm.head (token {index} of the reply)"),
            });
        }
        let id = self.best(scores);
        self.see(id);
        let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let sum: f64 = scores.iter().map(|s| f64::from((s - highest).exp())).sum();
        let probability = |id: u32| {
            let share = f64::from(scores[id as usize] - highest).exp() / sum;
            share as f32
        };
        let alternatives = top(scores, self.options.top_k);
        Ok(TokenEvent {
            index,
            id,
            probability: probability(id),
            alternatives: alternatives
                .into_iter()
                .map(|id| Alternative {
                    id,
                    probability: probability(id),
                })
                .collect(),
        })
    }

    /// The first of the tokens with the highest score after the penalty.
    fn best(&self, scores: &[f32]) -> u32 {
        let mut best = (0, f32::NEG_INFINITY);
        for (id, &score) in scores.iter().enumerate() {
            let score = match self.seen.get(id) {
                Some(true) if score < 0.0 => score * self.options.repetition_penalty,
                Some(true) => score / self.options.repetition_penalty,
                _ => score,
            };
            if score > best.1 {
                best = (id as u32, score);
            }
        }
        best.0
    }
}

/// The `count` highest scores, the highest first.
fn top(scores: &[f32], count: usize) -> Vec<u32> {
    let mut best: Vec<u32> = Vec::with_capacity(count + 1);
    for (id, &score) in scores.iter().enumerate() {
        let lowest = best.last().map(|&id| scores[id as usize]);
        if best.len() == count && lowest.is_none_or(|lowest| score <= lowest) {
            continue;
        }
        let place = best.partition_point(|&id| scores[id as usize] >= score);
        best.insert(place, id as u32);
        best.truncate(count);
    }
    best
}

#[cfg(test)]
mod tests;
