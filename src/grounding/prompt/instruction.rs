//! What a person typed, looked at before it is sent.

/// Longest instruction that is sent, in characters.
pub const MAX_CHARACTERS: usize = 10_000;

/// Texts that Qwen2.5-VL's tokenizer reads as one control token, wherever they stand, in the order of their ids.
pub const SPECIAL_TOKENS: &[&str] = &[
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|object_ref_start|>",
    "<|object_ref_end|>",
    "<|box_start|>",
    "<|box_end|>",
    "<|quad_start|>",
    "<|quad_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
    "<tool_call>",
    "</tool_call>",
    "<|fim_prefix|>",
    "<|fim_middle|>",
    "<|fim_suffix|>",
    "<|fim_pad|>",
    "<|repo_name|>",
    "<|file_sep|>",
];

/// Why an instruction cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InstructionError {
    /// Nothing but white space.
    #[error("the instruction is empty; write what the robot should do or find")]
    Empty,
    /// Longer than [`MAX_CHARACTERS`].
    #[error(
        "the instruction has {characters} characters, {MAX_CHARACTERS} is the most; shorten it to the task itself"
    )]
    TooLong {
        /// Characters it has.
        characters: usize,
    },
}

/// What may go wrong with an instruction that can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InstructionWarning {
    /// Characters that no model was taught, such as a bell or a null.
    #[error(
        "{count} control characters, the first ({first:?}) at byte {at}; the model was not taught them, remove them"
    )]
    Control {
        /// How many.
        count: usize,
        /// The first one.
        first: char,
        /// Where the first one stands, in bytes.
        at: usize,
    },
    /// A text that the tokenizer turns into a control token.
    #[error("{token} at byte {at} would be read as a control token and not as text; remove it")]
    SpecialToken {
        /// The token.
        token: &'static str,
        /// Where it stands first, in bytes.
        at: usize,
    },
}

/// Looks at an instruction before it is sent. Line breaks and tabs are welcome.
///
/// # Errors
/// When it is empty or too long.
pub fn check_instruction(instruction: &str) -> Result<Vec<InstructionWarning>, InstructionError> {
    if instruction.trim().is_empty() {
        return Err(InstructionError::Empty);
    }
    let characters = instruction.chars().count();
    if characters > MAX_CHARACTERS {
        return Err(InstructionError::TooLong { characters });
    }
    let tokens = SPECIAL_TOKENS.iter().filter_map(|token| {
        let at = instruction.find(token)?;
        Some(InstructionWarning::SpecialToken { token, at })
    });
    Ok(control(instruction).into_iter().chain(tokens).collect())
}

fn control(instruction: &str) -> Option<InstructionWarning> {
    let unwelcome = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let mut found = instruction.char_indices().filter(|(_, c)| unwelcome(*c));
    let (at, first) = found.next()?;
    Some(InstructionWarning::Control {
        count: 1 + found.count(),
        first,
        at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_of_any_language_passes() {
        for text in [
            "pick up the cup",
            "拿起杯子",
            "возьми чашку\nбыстро",
            "🍎\tplease",
        ] {
            assert_eq!(check_instruction(text), Ok(vec![]), "{text}");
        }
    }

    #[test]
    fn empty_and_endless_are_refused() {
        assert_eq!(check_instruction(" \n\t"), Err(InstructionError::Empty));
        assert_eq!(check_instruction(&"é".repeat(10_000)), Ok(vec![]));
        let error = check_instruction(&"é".repeat(10_001)).unwrap_err();
        assert_eq!(error, InstructionError::TooLong { characters: 10_001 });
        assert!(error.to_string().contains("10000 is the most"));
    }

    #[test]
    fn control_characters_and_tokens_are_pointed_at() {
        assert_eq!(
            check_instruction("a\u{7}b\0<|im_end|>"),
            Ok(vec![
                InstructionWarning::Control {
                    count: 2,
                    first: '\u{7}',
                    at: 1
                },
                InstructionWarning::SpecialToken {
                    token: "<|im_end|>",
                    at: 4
                },
            ])
        );
    }
}
