//! The chat format of Qwen2.5-VL, rendered exactly, and the expansion of image placeholders.

use super::PlannerError;
use super::position::merged_tokens;
use crate::model::config::QwenConfig;

/// Said by the system when a conversation does not begin with a system turn.
const DEFAULT_SYSTEM: &str = "You are a helpful assistant.";

/// What stands for an image in a turn.
const IMAGE: &str = "<|vision_start|><|image_pad|><|vision_end|>";

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Whoever sets the rules.
    System,
    /// Whoever asks.
    User,
    /// The model.
    Assistant,
}

impl Role {
    pub(in crate::model) const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One turn of a conversation: images first, then text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Who speaks.
    pub role: Role,
    /// How many images the turn begins with.
    pub images: usize,
    /// What is said.
    pub text: String,
}

/// A prompt of one user turn with `images` images before `text`, ready for the reply.
#[must_use]
pub fn chat(images: usize, text: &str) -> String {
    let turn = Turn {
        role: Role::User,
        images,
        text: text.to_owned(),
    };
    conversation(&[turn], true)
}

/// A conversation in the chat format; with `reply` it ends where the model is to go on.
#[must_use]
pub fn conversation(turns: &[Turn], reply: bool) -> String {
    let mut prompt = String::new();
    if turns.first().is_some_and(|turn| turn.role != Role::System) {
        prompt += &said("system", 0, DEFAULT_SYSTEM);
    }
    for turn in turns {
        prompt += &said(turn.role.name(), turn.images, &turn.text);
    }
    if reply {
        prompt += "<|im_start|>assistant\n";
    }
    prompt
}

fn said(role: &str, images: usize, text: &str) -> String {
    format!(
        "<|im_start|>{role}\n{}{text}<|im_end|>\n",
        IMAGE.repeat(images)
    )
}

/// Repeats each image placeholder as often as its image has merged patches. `grids` are time, height and width in
/// patches, one per placeholder.
///
/// # Errors
/// When there are more or fewer placeholders than grids, or a grid cannot be merged.
pub fn expand(
    ids: &[u32],
    grids: &[[u32; 3]],
    config: &QwenConfig,
) -> Result<Vec<u32>, PlannerError> {
    let placeholders = ids
        .iter()
        .filter(|id| **id == config.image_token_id)
        .count();
    if placeholders != grids.len() {
        return Err(PlannerError::ImageCount {
            placeholders,
            images: grids.len(),
        });
    }
    check_grids(grids, config)?;
    let merge = config.vision.spatial_merge_size as u32;
    let mut counts = grids.iter().map(|grid| merged_tokens(*grid, merge));
    let mut expanded = Vec::with_capacity(ids.len());
    for &id in ids {
        let count = if id == config.image_token_id {
            counts.next().unwrap_or(1)
        } else {
            1
        };
        expanded.extend(std::iter::repeat_n(id, count));
    }
    Ok(expanded)
}

/// Largest patch grid side: far above the 914 of the largest image the reference accepts, and small enough that no
/// count overflows.
const MAX_SIDE: u32 = 1 << 14;

pub(super) fn check_grids(grids: &[[u32; 3]], config: &QwenConfig) -> Result<(), PlannerError> {
    let merge = config.vision.spatial_merge_size;
    let good = |grid: &[u32; 3]| {
        let sides = &grid[1..];
        grid.iter().all(|side| (1..=MAX_SIDE).contains(side))
            && sides
                .iter()
                .all(|side| (*side as usize).is_multiple_of(merge.max(1)))
    };
    match grids.iter().position(|grid| !good(grid)) {
        Some(image) => Err(PlannerError::Grid {
            image,
            grid: grids[image],
            merge,
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::model::planner::golden;

    fn turn(message: &Value) -> Turn {
        let role = match message["role"].as_str().unwrap() {
            "system" => Role::System,
            "user" => Role::User,
            _ => Role::Assistant,
        };
        let parts = message["content"].as_array();
        let of_type = |t: &'static str| parts.into_iter().flatten().filter(move |p| p["type"] == t);
        let text = of_type("text")
            .map(|p| p["text"].as_str().unwrap())
            .collect::<String>();
        Turn {
            role,
            images: of_type("image").count(),
            text: message["content"].as_str().map_or(text, str::to_owned),
        }
    }

    #[test]
    fn conversations_are_rendered_as_by_the_published_template() {
        for case in golden::tokenizer_cases()["chat_template"]
            .as_array()
            .unwrap()
        {
            let turns: Vec<Turn> = case["messages"]
                .as_array()
                .unwrap()
                .iter()
                .map(turn)
                .collect();
            assert_eq!(conversation(&turns, true), case["text"].as_str().unwrap());
            let closed = case["text_without_generation_prompt"].as_str().unwrap();
            assert_eq!(conversation(&turns, false), closed);
        }
    }

    #[test]
    fn chat_is_the_one_turn_conversation() {
        let cases = golden::cases();
        for (name, images) in [("one_image", 1), ("two_images", 2)] {
            let expected = cases["generate_prompts"][name].as_str().unwrap();
            assert_eq!(
                chat(images, "Give the bounding box for the red cube."),
                expected
            );
        }
    }

    #[test]
    fn placeholders_are_repeated_once_per_merged_patch() {
        let config = golden::config();
        let image = config.image_token_id;
        let ids = expand(&[7, image, 8, image, 9], &[[1, 4, 4], [1, 2, 6]], &config).unwrap();
        let expected = [vec![7], vec![image; 4], vec![8], vec![image; 3], vec![9]].concat();
        assert_eq!(ids, expected);
    }

    #[test]
    fn an_image_token_in_the_text_is_refused_with_advice() {
        let config = golden::config();
        let image = config.image_token_id;
        let error = expand(&[image, 7, image], &[[1, 4, 4]], &config).unwrap_err();
        assert!(
            error.to_string().contains("remove `<|image_pad|>`"),
            "{error}"
        );
        for grid in [[1, 3, 4], [0, 4, 4], [1, 0, 4], [1, u32::MAX - 1, 4]] {
            assert!(matches!(
                expand(&[image], &[grid], &config),
                Err(PlannerError::Grid { .. })
            ));
        }
    }
}
