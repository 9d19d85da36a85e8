//! Text to tokens and back, with the `tokenizer.json` that lies beside the checkpoint.
//!
//! The vocabulary is byte-level: a token stands for bytes, and a character may be spread over several tokens.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::ops::Range;
use std::path::Path;

use tokenizers::Tokenizer;

use crate::model::checkpoint::LoadError;
use crate::model::config::QwenConfig;

/// Largest `tokenizer.json` that is read; the published one has 7 MB.
const MAX_BYTES: u64 = 128 << 20;

/// Tokens the model was trained with; a tokenizer without them belongs to another model.
const NEEDED: [&str; 9] = [
    END_OF_TEXT,
    "<|im_start|>",
    IM_END,
    "<|object_ref_start|>",
    "<|box_start|>",
    "<|box_end|>",
    VISION_START,
    "<|vision_end|>",
    IMAGE_PAD,
];
const END_OF_TEXT: &str = "<|endoftext|>";
const IM_END: &str = "<|im_end|>";
const VISION_START: &str = "<|vision_start|>";
const IMAGE_PAD: &str = "<|image_pad|>";

/// The tokenizer of a Qwen2.5-VL folder.
pub struct PlannerTokenizer {
    tokenizer: Tokenizer,
    /// Bytes of every token, by id; empty where there is no such token.
    bytes: Vec<Vec<u8>>,
    special: HashSet<u32>,
    stop_ids: Vec<u32>,
    ends: [u32; 2],
}

impl PlannerTokenizer {
    /// Reads `tokenizer.json` of a folder.
    ///
    /// # Errors
    /// When it is missing, damaged or lacks the special tokens of Qwen2.5-VL.
    pub fn open(folder: &Path) -> Result<Self, LoadError> {
        let path = folder.join("tokenizer.json");
        let io = |source| LoadError::Io {
            path: path.clone(),
            source,
        };
        if !path.exists() {
            return Err(LoadError::Tokenizer {
                what: "the tokenizer is missing".into(),
                hint: "copy tokenizer.json from the Qwen2.5-VL folder the model was made from"
                    .into(),
                path,
            });
        }
        let size = fs::metadata(&path).map_err(io)?.len();
        if size > MAX_BYTES {
            return Err(LoadError::Tokenizer {
                what: format!("a tokenizer of {} MB is not one of Qwen2.5-VL", size >> 20),
                hint: "choose the folder of Qwen2.5-VL-3B-Instruct".into(),
                path,
            });
        }
        let bytes = fs::read(&path).map_err(io)?;
        let tokenizer = Tokenizer::from_bytes(bytes).map_err(|e| LoadError::Tokenizer {
            what: format!("the tokenizer is damaged ({e})"),
            hint: "copy it again, or choose another folder".into(),
            path: path.clone(),
        })?;
        Self::new(tokenizer).map_err(|token| LoadError::Tokenizer {
            what: format!("the tokenizer has no token {token}"),
            hint: "use the tokenizer.json of Qwen2.5-VL".into(),
            path,
        })
    }

    fn new(tokenizer: Tokenizer) -> Result<Self, &'static str> {
        let id = |token: &'static str| tokenizer.token_to_id(token).ok_or(token);
        for token in NEEDED {
            id(token)?;
        }
        let added = tokenizer.get_added_tokens_decoder();
        let special = added.iter().filter(|(_, token)| token.special);
        Ok(Self {
            stop_ids: vec![id(IM_END)?, id(END_OF_TEXT)?],
            ends: [id(IMAGE_PAD)?, id(VISION_START)?],
            special: special.map(|(id, _)| *id).collect(),
            bytes: token_bytes(&tokenizer),
            tokenizer,
        })
    }

    /// Checks that the tokenizer and the model mean the same tokens.
    ///
    /// # Errors
    /// When the image tokens differ.
    pub fn check(&self, config: &QwenConfig, folder: &Path) -> Result<(), LoadError> {
        if self.ends == [config.image_token_id, config.vision_start_token_id] {
            return Ok(());
        }
        Err(LoadError::Tokenizer {
            what: format!(
                "the tokenizer has {IMAGE_PAD} and {VISION_START} at {:?}, the model at {:?}",
                self.ends,
                [config.image_token_id, config.vision_start_token_id]
            ),
            hint: "choose the tokenizer that came with the model".into(),
            path: folder.to_path_buf(),
        })
    }

    /// The tokens of a text; special tokens are recognised inside it. Nothing is put before or after.
    #[must_use]
    pub fn encode(&self, text: &str) -> Vec<u32> {
        // Encoding fails only where a post-processor or truncation is misconfigured; neither is used here.
        self.tokenizer
            .encode_fast(text, false)
            .map(|encoding| encoding.get_ids().to_vec())
            .unwrap_or_default()
    }

    /// The text of tokens, without the special ones if `skip_special`. Bytes that are no text become U+FFFD.
    #[must_use]
    pub fn decode(&self, ids: &[u32], skip_special: bool) -> String {
        let mut stream = self.stream(skip_special);
        for &id in ids {
            stream.push(id);
        }
        stream.finish();
        stream.text
    }

    /// Decodes tokens as they come.
    #[must_use]
    pub const fn stream(&self, skip_special: bool) -> StreamDecoder<'_> {
        StreamDecoder {
            tokenizer: self,
            skip_special,
            text: String::new(),
            pending: Vec::new(),
        }
    }

    /// Tokens at which a reply ends: the end of a turn and the end of text.
    #[must_use]
    pub fn stop_ids(&self) -> &[u32] {
        &self.stop_ids
    }

    /// A token as text for people, alone: partial characters become U+FFFD.
    #[must_use]
    pub fn token_text(&self, id: u32) -> String {
        String::from_utf8_lossy(self.token_bytes(id)).into_owned()
    }

    /// Whether a token is one of the special ones, which are not part of a reply.
    #[must_use]
    pub fn is_special(&self, id: u32) -> bool {
        self.special.contains(&id)
    }

    fn token_bytes(&self, id: u32) -> &[u8] {
        self.bytes.get(id as usize).map_or(&[], Vec::as_slice)
    }
}

/// Decodes a reply token by token, never cutting a character.
pub struct StreamDecoder<'a> {
    tokenizer: &'a PlannerTokenizer,
    skip_special: bool,
    text: String,
    /// The beginning of a character whose end has not come yet.
    pending: Vec<u8>,
}

impl StreamDecoder<'_> {
    /// Adds a token and returns which bytes of [`Self::text`] it completed. A character spread over several tokens
    /// belongs to the one that completes it.
    pub fn push(&mut self, id: u32) -> Range<usize> {
        let start = self.text.len();
        if !(self.skip_special && self.tokenizer.is_special(id)) {
            self.pending
                .extend_from_slice(self.tokenizer.token_bytes(id));
            self.take_text();
        }
        start..self.text.len()
    }

    /// Ends the reply: what is left of an incomplete character becomes U+FFFD. Returns the bytes added.
    pub fn finish(&mut self) -> Range<usize> {
        let start = self.text.len();
        self.text += &String::from_utf8_lossy(&self.pending);
        self.pending.clear();
        start..self.text.len()
    }

    /// The text so far.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Moves everything that is certain from `pending` to `text`.
    fn take_text(&mut self) {
        loop {
            match str::from_utf8(&self.pending) {
                Ok(valid) => {
                    self.text += valid;
                    self.pending.clear();
                    return;
                }
                Err(error) => {
                    let (valid, rest) = self.pending.split_at(error.valid_up_to());
                    self.text += &String::from_utf8_lossy(valid);
                    let Some(bad) = error.error_len() else {
                        self.pending = rest.to_vec();
                        return;
                    };
                    self.text.push(char::REPLACEMENT_CHARACTER);
                    self.pending = rest[bad..].to_vec();
                }
            }
        }
    }
}

/// The bytes of every token: each character of its name stands for one byte, except in tokens that were added whole.
fn token_bytes(tokenizer: &Tokenizer) -> Vec<Vec<u8>> {
    let alphabet = byte_alphabet();
    let vocabulary = tokenizer.get_vocab(true);
    // Ids come from a file: a single huge one must not make the table huge.
    let most = vocabulary.len().saturating_mul(4).max(1 << 20);
    let mut bytes = Vec::new();
    let mut tokens: Vec<(String, u32)> = vocabulary.into_iter().collect();
    tokens.sort_unstable();
    for (token, id) in tokens {
        let id = id as usize;
        if id >= most {
            continue;
        }
        if bytes.len() <= id {
            bytes.resize(id + 1, Vec::new());
        }
        let decoded: Option<Vec<u8>> = token.chars().map(|c| alphabet.get(&c).copied()).collect();
        bytes[id] = decoded.unwrap_or_else(|| token.into_bytes());
    }
    bytes
}

/// The characters that stand for bytes in byte-level vocabularies: printable Latin-1 stands for itself, every other
/// byte for the next character from U+0100 on (GPT-2's table).
fn byte_alphabet() -> HashMap<char, u8> {
    let mut next = 0x100;
    (0..=u8::MAX)
        .map(|byte| {
            let printable = matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
            let character = if printable {
                char::from(byte)
            } else {
                next += 1;
                char::from_u32(next - 1).unwrap_or(char::REPLACEMENT_CHARACTER)
            };
            (character, byte)
        })
        .collect()
}

#[cfg(test)]
mod tests;
