//! The reply as it grows.

use std::ops::Range;

use super::super::answer::ReplyToken;
use super::super::planner::{PlannerTokenizer, StreamDecoder, TokenEvent};

/// Where a token stands in the text, in bytes, and its probability.
pub(super) type Span = (Range<usize>, f32);

/// Turns tokens into text as they come.
pub(super) struct Writer<'a> {
    tokenizer: &'a PlannerTokenizer,
    decoder: StreamDecoder<'a>,
    tokens: Vec<ReplyToken>,
    spans: Vec<Span>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(tokenizer: &'a PlannerTokenizer) -> Self {
        Self {
            tokenizer,
            decoder: tokenizer.stream(true),
            tokens: Vec::new(),
            spans: Vec::new(),
        }
    }

    pub(super) fn write(&mut self, event: &TokenEvent) -> ReplyToken {
        let span = self.decoder.push(event.id);
        let token = ReplyToken {
            text: self.decoder.text()[span.clone()].to_owned(),
            probability: event.probability,
            alternatives: event
                .alternatives
                .iter()
                .map(|a| (self.tokenizer.token_text(a.id), a.probability))
                .collect(),
        };
        self.spans.push((span, event.probability));
        self.tokens.push(token.clone());
        token
    }

    pub(super) fn finish(mut self) -> (Vec<ReplyToken>, Vec<Span>, String) {
        let rest = self.decoder.finish();
        let text = self.decoder.text().to_owned();
        if let Some(last) = self.tokens.last_mut() {
            last.text += &text[rest];
        }
        (self.tokens, self.spans, text)
    }
}
