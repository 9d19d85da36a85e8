//! An answer as JSON. The shape is stable: keys keep their meaning while `schema` stays the same.

use serde::Serialize;

use super::Options;
use crate::engine::{Answer, LoadReport, Query, ReplyToken, StageTime, StopReason};
use crate::grounding::prompt::Task;
use crate::grounding::reply::{ReplyGrounding, ReplyScale, Rule};

/// The number of this shape.
const SCHEMA: u32 = 1;

/// Everything about one answer.
#[derive(Debug, Serialize)]
pub(super) struct Prediction<'a> {
    /// The number of this shape: 1.
    schema: u32,
    /// What answered.
    pub(super) checkpoint: CheckpointLine<'a>,
    /// The device in words.
    device: &'a str,
    /// box, point, trace, plan, chat or action.
    task: Task,
    /// What was asked, as given.
    instruction: &'a str,
    /// The whole prompt as the tokenizer saw it, each image one placeholder.
    pub(super) prompt: &'a str,
    /// The pictures in order.
    views: Vec<View>,
    /// For every task but an action; else null.
    pub(super) reply: Option<ReplyLine<'a>>,
    /// For an action; else null.
    pub(super) actions: Option<Actions>,
    /// Where the time went.
    pub(super) timing: Times<'a>,
    /// What to know before trusting it.
    pub(super) warnings: Vec<&'a str>,
}

/// What answered.
#[derive(Debug, Serialize)]
pub(super) struct CheckpointLine<'a> {
    /// The weights file.
    pub(super) path: String,
    /// Whether it is the one inside the program.
    shipped: bool,
    /// The training step, where known.
    step: Option<u64>,
    /// Whether its weights were never trained.
    pub(super) random_weights: bool,
    /// Precision of linear weights.
    precision: &'a str,
}

/// One picture.
#[derive(Debug, Serialize)]
struct View {
    path: String,
    width: u32,
    height: u32,
}

/// What the planner wrote.
#[derive(Debug, Serialize)]
pub(super) struct ReplyLine<'a> {
    /// As written.
    pub(super) text: &'a str,
    /// `end_of_turn` or `length`.
    stop: StopReason,
    /// Each token with its probability and the most probable alternatives.
    tokens: &'a [ReplyToken],
    /// Which rule found the coordinates.
    pub(super) rule: Rule,
    /// How their numbers were read.
    scale: ReplyScale,
    /// What was found: `{"grounding": {"kind", "label", "points", "score"}, "span": {"start", "end"}}`, points in
    /// pixels of the first picture, span in bytes of the text.
    pub(super) groundings: &'a [ReplyGrounding],
    /// What had to be mended or left out.
    warnings: Vec<String>,
    /// The next step, where a planner named one.
    pub(super) subtask: Option<&'a str>,
    /// What a planner says to the person.
    response: Option<&'a str>,
}

/// What the action expert answered: S samples of T steps of A axes.
#[derive(Debug, Serialize)]
pub(super) struct Actions {
    /// `[S][T][A]`, in -1 to 1.
    pub(super) normalized: Vec<Vec<Vec<f32>>>,
    /// `[S][T][A]` in metres, radians and gripper opening; null without statistics.
    pub(super) si: Option<Vec<Vec<Vec<f64>>>>,
    /// The statistics used.
    pub(super) statistics_key: Option<String>,
    /// Why there are no SI actions; null if there are.
    pub(super) reason: Option<String>,
}

/// Where the time went.
#[derive(Debug, Serialize)]
pub(super) struct Times<'a> {
    /// `{"stage", "ms"}` in order.
    pub(super) stages: &'a [StageTime],
    /// All of it.
    pub(super) total_ms: f64,
    /// Tokens of the prompt, image tokens included.
    prompt_tokens: usize,
    /// Tokens of the reply.
    reply_tokens: usize,
    /// Of decoding; null without a reply.
    pub(super) tokens_per_second: Option<f64>,
}

impl<'a> Prediction<'a> {
    pub(super) fn new(
        options: &'a Options,
        report: &'a LoadReport,
        query: &'a Query,
        answer: &'a Answer,
    ) -> Self {
        let views = options.images.iter().zip(&query.frames);
        Self {
            schema: SCHEMA,
            checkpoint: CheckpointLine {
                path: report.path.display().to_string(),
                shipped: report.shipped,
                step: report.step,
                random_weights: report.random_weights,
                precision: &report.loaded.precision,
            },
            device: &report.loaded.device,
            task: query.task,
            instruction: &query.instruction,
            prompt: &answer.prompt,
            views: views
                .map(|(path, frame)| View {
                    path: path.display().to_string(),
                    width: frame.size().width,
                    height: frame.size().height,
                })
                .collect(),
            reply: reply(answer),
            actions: actions(answer),
            timing: Times {
                stages: &answer.timing.stages,
                total_ms: answer.timing.total_ms,
                prompt_tokens: answer.timing.prompt_tokens,
                reply_tokens: answer.timing.reply_tokens,
                tokens_per_second: answer.timing.tokens_per_second(),
            },
            warnings: report
                .warnings
                .iter()
                .chain(&answer.warnings)
                .map(String::as_str)
                .collect(),
        }
    }
}

fn reply(answer: &Answer) -> Option<ReplyLine<'_>> {
    let text = answer.text.as_ref()?;
    let reply = &text.reply;
    Some(ReplyLine {
        text: &reply.raw,
        stop: text.stop,
        tokens: &text.tokens,
        rule: reply.rule,
        scale: reply.scale_used,
        groundings: &reply.groundings,
        warnings: reply.warnings.iter().map(ToString::to_string).collect(),
        subtask: reply.subtask.as_deref(),
        response: reply.response.as_deref(),
    })
}

fn actions(answer: &Answer) -> Option<Actions> {
    let action = answer.action.as_ref()?;
    let si = action.si.as_ref().map(|chunks| {
        let steps = chunks.iter().map(|chunk| chunk.steps().to_vec());
        steps.collect()
    });
    let (statistics_key, reason) = match &action.statistics {
        Ok(key) => (Some(key.clone()), None),
        Err(reason) => (None, Some(reason.clone())),
    };
    Some(Actions {
        normalized: action
            .normalized
            .iter()
            .map(|chunk| chunk.steps().to_vec())
            .collect(),
        si,
        statistics_key,
        reason,
    })
}
