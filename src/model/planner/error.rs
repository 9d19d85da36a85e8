//! What can be wrong with the planner's input.

/// Why a prompt and its images cannot be given to the planner.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlannerError {
    /// The prompt has more or fewer image placeholders than there are images.
    #[error(
        "the prompt holds {placeholders} image placeholders but {images} images were given; \
         remove `<|image_pad|>` from the text"
    )]
    ImageCount {
        /// Placeholders in the prompt.
        placeholders: usize,
        /// Images given.
        images: usize,
    },
    /// An image stands for another number of tokens than its grid says.
    #[error("image {image} stands for {found} tokens in the prompt, but its grid needs {expected}")]
    ImageTokens {
        /// Which image, from zero.
        image: usize,
        /// Tokens its grid needs.
        expected: usize,
        /// Tokens found.
        found: usize,
    },
    /// A patch grid that cannot be merged or does not match the patches.
    #[error(
        "image {image} has a patch grid of {grid:?} (time, height, width), whose sides must be positive multiples of {merge}"
    )]
    Grid {
        /// Which image, from zero.
        image: usize,
        /// Its grid.
        grid: [u32; 3],
        /// Patches merged along each side.
        merge: usize,
    },
    /// The patches are not as many as the grids say.
    #[error("{found} patch values were given, but the image grids need {expected}")]
    Patches {
        /// Values the grids need.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// A token the model has no embedding for.
    #[error(
        "token {id} is outside the model's vocabulary of {vocabulary}; \
         the tokenizer belongs to another model, choose the one in the checkpoint's base folder"
    )]
    TokenRange {
        /// The token.
        id: u32,
        /// Rows of the embedding.
        vocabulary: usize,
    },
    /// No tokens at all.
    #[error("the prompt is empty; give at least one token")]
    Empty,
}
