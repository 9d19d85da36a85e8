//! What is asked of a model and what it answers: plain data that every floor above may hold.

use serde::{Deserialize, Serialize};

use crate::grounding::prompt::Task;
use crate::grounding::reply::{Reply, ReplyScale};
use crate::robot::{ActionChunk, NormActionChunk};
use crate::vision::Frame;

/// How rotary frequencies are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum RopeChoice {
    /// bf16 for action queries of a policy checkpoint, f32 for everything else.
    #[default]
    Auto,
    /// As stock Qwen2.5-VL.
    F32,
    /// As the original policy server, which casts them with the weights.
    Bf16,
}

/// Settings of a query; the defaults are those of the original's clients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct QueryOptions {
    /// Longest reply, in tokens.
    pub max_new_tokens: usize,
    /// Alternatives kept for each token.
    pub alternatives: usize,
    /// Rotary frequencies.
    pub rope: RopeChoice,
    /// How the numbers of a reply are read.
    pub scale: ReplyScale,
    /// Diffusion steps.
    pub steps: usize,
    /// Classifier-free guidance; 1 or less turns it off.
    pub guidance: f32,
    /// Action chunks drawn from different noise.
    pub samples: usize,
    /// Seed of the noise.
    pub seed: u64,
    /// Which statistics turn normalised actions into SI; may stay empty if there is only one.
    pub statistics_key: Option<String>,
}

impl Default for QueryOptions {
    fn default() -> Self {
        Self {
            max_new_tokens: 128,
            alternatives: 5,
            rope: RopeChoice::Auto,
            scale: ReplyScale::Auto,
            steps: 10,
            guidance: 1.5,
            samples: 1,
            seed: 0,
            statistics_key: None,
        }
    }
}

/// One question about one or several views.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// What kind of answer is wanted.
    pub task: Task,
    /// What the person wrote.
    pub instruction: String,
    /// The exact text for the user turn; for an action the checkpoint's own wrapper is used instead.
    pub prompt: String,
    /// The views, in the order the model was trained on: third person first, wrist second.
    pub frames: Vec<Frame>,
    /// Settings.
    pub options: QueryOptions,
}

/// One token of a reply.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReplyToken {
    /// Its text; empty while a multi-byte character is not complete.
    pub text: String,
    /// Its probability before the repetition penalty.
    pub probability: f32,
    /// The most probable tokens at this place, best first.
    pub alternatives: Vec<(String, f32)>,
}

/// Why a reply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// The model ended its turn.
    EndOfTurn,
    /// The longest allowed reply was reached.
    Length,
}

/// A planner's reply.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TextAnswer {
    /// Tokens in order.
    pub tokens: Vec<ReplyToken>,
    /// Why it ended.
    pub stop: StopReason,
    /// What the text says in groundings, in pixels of the first view.
    pub reply: Reply,
}

/// What the action expert answers.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionAnswer {
    /// One normalised chunk for each noise sample.
    pub normalized: Vec<NormActionChunk>,
    /// The same in SI, if statistics were at hand.
    pub si: Option<Vec<ActionChunk>>,
    /// Which statistics were used, or why none were.
    pub statistics: Result<String, String>,
}

/// Time of one stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StageTime {
    /// The stage: preprocess, vision, prefill, decode, dino, qformer, dit.
    pub stage: &'static str,
    /// Milliseconds.
    pub ms: f64,
}

/// Times of one query.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Timing {
    /// Stages in order.
    pub stages: Vec<StageTime>,
    /// All of it, in milliseconds.
    pub total_ms: f64,
    /// Tokens of the prompt, image tokens included.
    pub prompt_tokens: usize,
    /// Tokens of the reply.
    pub reply_tokens: usize,
}

impl Timing {
    /// Reply tokens per second of decoding.
    #[must_use]
    pub fn tokens_per_second(&self) -> Option<f64> {
        let decode = self.stages.iter().find(|s| s.stage == "decode")?;
        (decode.ms > 0.0).then(|| self.reply_tokens as f64 * 1e3 / decode.ms)
    }
}

/// The answer to a [`Query`].
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The whole prompt as the tokenizer saw it, image placeholders not expanded.
    pub prompt: String,
    /// The reply, for every task but an action.
    pub text: Option<TextAnswer>,
    /// The actions, for the action task.
    pub action: Option<ActionAnswer>,
    /// Where the time went.
    pub timing: Timing,
    /// What the person should know: "the instruction holds control characters".
    pub warnings: Vec<String>,
}

/// What is heard while a query runs.
#[derive(Debug, Clone, PartialEq)]
pub enum AnswerEvent {
    /// A stage began.
    Stage(&'static str),
    /// A token was written.
    Token(ReplyToken),
}
