//! A small vocabulary for a model made from nothing: whole words, numbers and the scaffolding of answers as single
//! tokens, bytes for everything else. Written as a Hugging Face `tokenizer.json` that any reader opens.
//!
//! With a token for each number only four tokens of a box are uncertain. There are no merges: a piece is a token of
//! its own or its bytes (`ignore_merges`, as in Llama 3).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::grounding::prompt::SPECIAL_TOKENS;

/// Pieces of answers and of the chat format that are always the same.
const SCAFFOLD: [&str; 13] = [
    "system\nYou are a helpful assistant.",
    "[{\"bbox_2d\": [",
    "], \"label\": \"",
    "\"}]",
    "]}]",
    "), (",
    "], [",
    "[[",
    "]]",
    "[(",
    ")]",
    ", ",
    "```json\n",
];

/// Words of every prompt, known whatever the data says.
const ROLES: [&str; 4] = ["system", "user", "assistant", "\n"];

/// A vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vocabulary {
    /// Pieces in the order of their ids, as text.
    pieces: Vec<String>,
}

impl Vocabulary {
    /// The most frequent `words` pieces of `texts`, and every number up to `largest`.
    pub(super) fn new<'a>(
        texts: impl Iterator<Item = &'a str>,
        largest: u32,
        words: usize,
    ) -> Self {
        let mut counts = BTreeMap::<&str, u64>::new();
        for text in texts {
            for word in split(text) {
                *counts.entry(word).or_default() += 1;
            }
        }
        let mut pieces: Vec<String> = SCAFFOLD
            .iter()
            .chain(&ROLES)
            .map(|s| (*s).to_owned())
            .collect();
        pieces.extend((0..=largest).map(|number| number.to_string()));
        let mut ranked: Vec<(&str, u64)> = counts.into_iter().collect();
        ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let known: std::collections::BTreeSet<String> = pieces.iter().cloned().collect();
        let fresh = ranked.into_iter().filter(|(word, _)| {
            word.chars().count() > 1 && !known.contains(*word) && !is_number(word)
        });
        pieces.extend(fresh.take(words).map(|(word, _)| word.to_owned()));
        // A word may stand at the beginning of a text or behind a space.
        let mut seen = known;
        seen.extend(pieces.iter().cloned());
        let partners: Vec<String> = pieces
            .iter()
            .filter(|piece| piece.trim_start().chars().all(char::is_alphabetic))
            .map(|piece| match piece.strip_prefix(' ') {
                Some(bare) => bare.to_owned(),
                None => format!(" {piece}"),
            })
            .filter(|partner| partner.chars().count() > 1 && !seen.contains(partner))
            .collect();
        pieces.extend(partners);
        // A piece of one byte is that byte already, and ids must have no gaps.
        pieces.retain(|piece| piece.len() > 1);
        Self { pieces }
    }

    /// Rows of the embedding: every token, rounded up.
    pub(super) fn rows(&self) -> usize {
        (256 + self.pieces.len() + SPECIAL_TOKENS.len()).next_multiple_of(16)
    }

    /// The id of a special token.
    pub(super) fn special(&self, token: &str) -> u32 {
        let at = SPECIAL_TOKENS.iter().position(|known| *known == token);
        (256 + self.pieces.len() + at.unwrap_or(0)) as u32
    }

    /// `tokenizer.json`.
    pub(super) fn tokenizer(&self) -> Value {
        let bytes = (0..=u8::MAX).map(|byte| vec![byte]);
        let pieces = self.pieces.iter().map(|piece| piece.as_bytes().to_vec());
        let mut vocabulary = serde_json::Map::new();
        for (id, bytes) in bytes.chain(pieces).enumerate() {
            vocabulary.insert(shown(&bytes), json!(id));
        }
        let added: Vec<Value> = SPECIAL_TOKENS
            .iter()
            .map(|token| added(self.special(token), token))
            .collect();
        json!({
            "version": "1.0",
            "truncation": null,
            "padding": null,
            "added_tokens": added,
            "normalizer": {"type": "NFC"},
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": pattern()}, "behavior": "Isolated", "invert": false},
                {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false},
            ]},
            "post_processor": null,
            "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false},
            "model": {
                "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
                "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": true,
                "vocab": vocabulary, "merges": [],
            },
        })
    }

    /// `tokenizer_config.json`.
    pub(super) fn settings(&self, chat_template: &str) -> Value {
        let decoder: serde_json::Map<String, Value> = SPECIAL_TOKENS
            .iter()
            .map(|token| {
                let mut entry = added(self.special(token), token);
                let id = entry.as_object_mut().and_then(|entry| entry.remove("id"));
                (id.unwrap_or_default().to_string(), entry)
            })
            .collect();
        json!({
            "add_bos_token": false,
            "add_prefix_space": false,
            "added_tokens_decoder": decoder,
            "additional_special_tokens": &SPECIAL_TOKENS[1..14],
            "bos_token": null,
            "chat_template": chat_template,
            "clean_up_tokenization_spaces": false,
            "eos_token": "<|im_end|>",
            "errors": "replace",
            "model_max_length": 131_072,
            "pad_token": "<|endoftext|>",
            "split_special_tokens": false,
            "tokenizer_class": "PreTrainedTokenizerFast",
            "unk_token": null,
        })
    }
}

fn added(id: u32, content: &str) -> Value {
    json!({
        "id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
        "normalized": false, "special": true,
    })
}

/// How text falls into pieces: scaffolding first, then numbers, words with the space before them, single characters.
fn pattern() -> String {
    let literal = |text: &&str| {
        let mut escaped = String::new();
        for character in text.chars() {
            if character == '\n' {
                escaped.push_str("\\n");
                continue;
            }
            if !character.is_alphanumeric()
                && character != ' '
                && character != '"'
                && character != '_'
                && character != ','
                && character != ':'
                && character != '`'
            {
                escaped.push('\\');
            }
            escaped.push(character);
        }
        escaped
    };
    let scaffold: Vec<String> = SCAFFOLD.iter().map(literal).collect();
    format!(
        "{}|\\p{{N}}+| ?\\p{{L}}+| ?[^\\s\\p{{L}}\\p{{N}}]|\\s",
        scaffold.join("|")
    )
}

/// The words of a text as [`pattern`] cuts them, scaffolding aside.
fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let bare = rest.strip_prefix(' ').unwrap_or(rest);
        let lead = rest.len() - bare.len();
        let run = |of: &str, class: fn(char) -> bool| of.find(|c| !class(c)).unwrap_or(of.len());
        let length = match bare.chars().next() {
            _ if first.is_numeric() => run(rest, char::is_numeric),
            Some(next) if next.is_alphabetic() => lead + run(bare, char::is_alphabetic),
            Some(next) if !next.is_whitespace() && !next.is_numeric() => lead + next.len_utf8(),
            _ => first.len_utf8(),
        };
        let (word, after) = rest.split_at(length);
        words.push(word);
        rest = after;
    }
    words
}

fn is_number(word: &str) -> bool {
    word.chars().all(char::is_numeric)
}

/// Bytes as byte-level vocabularies write them (GPT-2's table).
fn shown(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| character(*byte)).collect()
}

fn character(byte: u8) -> char {
    let printable = |byte: u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    if printable(byte) {
        return char::from(byte);
    }
    let before = (0..byte).filter(|byte| !printable(*byte)).count() as u32;
    char::from_u32(0x100 + before).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use tokenizers::Tokenizer;

    use super::*;

    fn open() -> Tokenizer {
        let texts = [
            "Give the bounding box for the red cube.",
            "Put the blue mug on the plate",
        ];
        let vocabulary = Vocabulary::new(texts.into_iter(), 224, 100);
        Tokenizer::from_bytes(vocabulary.tokenizer().to_string()).expect("a valid tokenizer")
    }

    fn tokens(text: &str) -> Vec<String> {
        let encoding = open().encode(text, false).expect("encodes");
        encoding.get_tokens().to_vec()
    }

    #[test]
    fn words_numbers_and_scaffolding_are_single_tokens() {
        let answer = tokens(r#"[{"bbox_2d": [31, 58, 177, 202], "label": "red cube"}]"#);
        assert_eq!(answer.len(), 8 + 4, "{answer:?}");
        assert_eq!(tokens("Give the bounding box for the blue cube.").len(), 9);
        assert_eq!(tokens("[(12, 7), (8, 224)]").len(), 9);
        let prompt =
            "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>assistant\n";
        assert_eq!(tokens(prompt).len(), 4 + 3);
    }

    #[test]
    fn every_text_comes_back() {
        let tokenizer = open();
        for text in [
            "naïve 漢字 \t 9999 {\"a\": 1.5}",
            "The red  cube, and the 12 mugs.\n",
            "a b",
        ] {
            let ids = tokenizer
                .encode(text, false)
                .expect("encodes")
                .get_ids()
                .to_vec();
            assert_eq!(tokenizer.decode(&ids, false).expect("decodes"), text);
        }
    }

    #[test]
    fn unknown_words_fall_to_bytes() {
        assert_eq!(tokens("xyzzy").len(), 5);
    }
}
