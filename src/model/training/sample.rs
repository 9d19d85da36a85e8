//! Conversations as tokens, with the tokens that are learnt; several about one picture behind each other.

use super::super::config::QwenConfig;
use super::super::planner::prompt::{self, Role};
use super::super::planner::{PlannerError, PlannerTokenizer, Positions};

/// What stands for a picture in the text of a turn.
const PICTURE: &str = "<image>";

/// What it becomes.
const PLACEHOLDER: &str = "<|vision_start|><|image_pad|><|vision_end|>";

/// Tokens that open an answer and are not learnt: `<|im_start|>`, `assistant` and the line break.
const ANSWER_HEAD: usize = 3;

/// Said when a conversation does not begin with a system turn.
const SYSTEM: &str = "You are a helpful assistant.";

/// Why a conversation cannot be learnt from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// Pictures and their places in the text disagree.
    #[error(transparent)]
    Planner(#[from] PlannerError),
    /// There is no answer.
    #[error("the conversation has no answer to learn")]
    Unanswered,
    /// The conversation is longer than allowed.
    #[error(
        "a picture with its question has {length} tokens, more than the {limit} allowed; raise batch.tokens, make picture.size smaller, or drop it"
    )]
    Length {
        /// Its tokens.
        length: usize,
        /// Those allowed.
        limit: usize,
    },
}

/// One turn of a conversation as datasets store it: pictures are `<image>` in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleTurn {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub text: String,
}

/// A conversation ready to be learnt.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Its tokens, every picture at full length.
    pub ids: Vec<u32>,
    /// Which of them are learnt.
    pub learnt: Vec<bool>,
    /// Where they stand.
    pub positions: Positions,
}

impl Sample {
    /// Renders turn by turn as the reference's trainer does: each is tokenised by itself, answers are learnt without
    /// their head and with the end of turn and line break. `grids` are those of the pictures in order.
    ///
    /// # Errors
    /// When pictures and places disagree or nothing is answered.
    pub fn new(
        turns: &[SampleTurn],
        grids: &[[u32; 3]],
        tokenizer: &PlannerTokenizer,
        config: &QwenConfig,
    ) -> Result<Self, SampleError> {
        let mut ids = Vec::new();
        let mut learnt = Vec::new();
        let system = SampleTurn {
            role: Role::System,
            text: SYSTEM.to_owned(),
        };
        let given = turns.iter().any(|turn| turn.role == Role::System);
        let opening = (!given).then_some(&system);
        for turn in opening.into_iter().chain(turns) {
            let tokens = tokenizer.encode(&said(turn));
            let answer = turn.role == Role::Assistant;
            learnt.extend((0..tokens.len()).map(|at| answer && at >= ANSWER_HEAD));
            ids.extend(tokens);
        }
        if !learnt.contains(&true) {
            return Err(SampleError::Unanswered);
        }
        let learnt = spread(&ids, &learnt, grids, config);
        let ids = prompt::expand(&ids, grids, config)?;
        Ok(Self {
            positions: Positions::new(&ids, grids, config)?,
            ids,
            learnt,
        })
    }

    /// Tokens up to and with the last of its pictures: what questions about the same pictures share.
    fn shared(&self, config: &QwenConfig) -> usize {
        let last = self.ids.iter().rposition(|id| *id == config.image_token_id);
        // The token after the pictures closes them.
        last.map_or(0, |at| (at + 2).min(self.ids.len()))
    }
}

fn said(turn: &SampleTurn) -> String {
    let text = turn.text.replace(PICTURE, PLACEHOLDER);
    format!("<|im_start|>{}\n{text}<|im_end|>\n", turn.role.name())
}

/// `learnt` as long as the expanded tokens: a picture is never learnt.
fn spread(ids: &[u32], learnt: &[bool], grids: &[[u32; 3]], config: &QwenConfig) -> Vec<bool> {
    let merge = config.vision.spatial_merge_size as u32;
    let mut grids = grids.iter();
    let mut spread = Vec::with_capacity(ids.len());
    for (id, learnt) in ids.iter().zip(learnt) {
        if *id == config.image_token_id {
            let grid = grids.next().copied().unwrap_or_default();
            let count = super::super::planner::position::merged_tokens(grid, merge);
            spread.extend(std::iter::repeat_n(false, count));
        } else {
            spread.push(*learnt);
        }
    }
    spread
}

/// One or several conversations about the same pictures as one sequence: what they share comes once (segment 0), then
/// each with a segment of its own, standing where it would stand alone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Packed {
    /// Tokens.
    pub ids: Vec<u32>,
    /// Which are learnt.
    pub learnt: Vec<bool>,
    /// Which conversation a token belongs to; 0 for all.
    pub segments: Vec<u16>,
    /// Time, height and width positions.
    pub axes: [Vec<u32>; 3],
}

impl Packed {
    /// Packs. Samples that do not begin with the same tokens up to the end of the pictures share nothing.
    #[must_use]
    pub fn new(samples: &[Sample], config: &QwenConfig) -> Self {
        let mut packed = Self::default();
        let Some(first) = samples.first() else {
            return packed;
        };
        let shared = first.shared(config);
        let head = &first.ids[..shared];
        let alike = samples
            .iter()
            .all(|sample| sample.ids.starts_with(head) && !sample.learnt[..shared].contains(&true));
        let shared = if alike { shared } else { 0 };
        if shared > 0 {
            packed.append(first, 0..shared, 0);
        }
        for (number, sample) in (1..).zip(samples) {
            packed.append(sample, shared..sample.ids.len(), number);
        }
        packed
    }

    /// Tokens.
    #[must_use]
    pub fn length(&self) -> usize {
        self.ids.len()
    }

    fn append(&mut self, sample: &Sample, range: std::ops::Range<usize>, segment: u16) {
        self.ids.extend(&sample.ids[range.clone()]);
        self.learnt.extend(&sample.learnt[range.clone()]);
        self.segments
            .extend(std::iter::repeat_n(segment, range.len()));
        let axes = sample.positions.axes();
        for (axis, from) in self.axes.iter_mut().zip(axes) {
            axis.extend(&from[range.clone()]);
        }
    }
}
