//! A checkpoint is asked every question of a dataset.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::dataset::{Pictures, Question, questions};
use super::prediction::Prediction;
use super::report::{GroundingReport, Subject};
use super::score::Score;
use super::truth::Truth;
use crate::eval::{EvalError, journal};
use crate::job::JobContext;
use crate::media::Picture;
use crate::model::answer::{Answer, Query, QueryOptions};
use crate::model::device::{DeviceChoice, Devices, Precision};
use crate::model::policy::{LoadOptions, Vla};
use crate::vision::Frame;

/// What is asked, of whom, and where the answers go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskConfig {
    /// The checkpoint.
    pub checkpoint: PathBuf,
    /// The folder with the tokenizer, if the run does not say.
    pub base_vlm: Option<PathBuf>,
    /// Labelled pictures: any format that is read, or a collected dataset with `grounding.jsonl`.
    pub dataset: PathBuf,
    /// The folder of the run; an interrupted one goes on.
    #[serde(skip)]
    pub out: PathBuf,
    /// Most questions; a run with more goes on from one with fewer.
    #[serde(skip)]
    pub limit: usize,
    /// Longest reply, in tokens.
    pub max_new_tokens: usize,
    /// Where it runs.
    pub device: DeviceChoice,
    /// Precision of linear weights.
    pub precision: Precision,
}

/// Asks every question that has no answer yet, then scores all of them.
///
/// # Errors
/// When the dataset has nothing to ask, the checkpoint cannot be loaded, the folder holds another run, or somebody
/// cancelled; answers given until then are kept.
pub fn ask(
    config: &AskConfig,
    context: &JobContext<'_>,
) -> Result<(GroundingReport, Vec<Score>), EvalError> {
    let questions = questions(&config.dataset, config.limit, Pictures::Needed)?;
    let _held = journal::folder(&config.out, config)?;
    let (mut file, mut answers) =
        journal::Journal::<Prediction>::open(&config.out.join("predictions.jsonl"))?;
    let device = Devices::default().open(config.device)?;
    let mut of = Subject {
        policy: config.checkpoint.display().to_string(),
        set: config.dataset.display().to_string(),
        device: Some(device.name().to_owned()),
    };
    let done: std::collections::BTreeSet<String> = answers.iter().map(|a| a.id.clone()).collect();
    let left: Vec<&Question> = questions
        .iter()
        .filter(|q| !done.contains(&q.truth.id))
        .collect();
    if !left.is_empty() {
        let options = LoadOptions {
            base_vlm: config.base_vlm.clone(),
            precision: config.precision,
            shipped: false,
        };
        let vla = Vla::load(&config.checkpoint, &options, &device, context)?;
        let mut pictures = Shown::default();
        for (at, question) in left.iter().enumerate() {
            context.check()?;
            context.report("Asking", (done.len() + at) as u64, questions.len() as u64);
            let answer = one(
                &vla,
                question,
                pictures.of(&question.file)?,
                (config, context),
            )?;
            file.add(&answer)?;
            answers.push(answer);
        }
    }
    let truths: Vec<Truth> = questions
        .into_iter()
        .map(|question| question.truth)
        .collect();
    of.device = of
        .device
        .filter(|_| answers.iter().any(|answer| answer.seconds.is_some()));
    journal::lines(&config.out.join("truth.jsonl"), &truths)?;
    Ok(super::score(of, &truths, &answers))
}

/// The picture looked at last.
#[derive(Default)]
struct Shown(Option<(PathBuf, Frame)>);

impl Shown {
    fn of(&mut self, file: &Path) -> Result<Frame, EvalError> {
        if let Some((known, frame)) = &self.0
            && known == file
        {
            return Ok(frame.clone());
        }
        let frame = Picture::open(file)?.frame;
        self.0 = Some((file.to_owned(), frame.clone()));
        Ok(frame)
    }
}

fn one(
    vla: &Vla,
    question: &Question,
    frame: Frame,
    (config, context): (&AskConfig, &JobContext<'_>),
) -> Result<Prediction, EvalError> {
    let query = Query {
        task: question.task,
        instruction: question.instruction.clone(),
        prompt: question.asked.clone(),
        frames: vec![frame],
        options: QueryOptions {
            max_new_tokens: config.max_new_tokens,
            alternatives: 0,
            ..QueryOptions::default()
        },
    };
    let begun = Instant::now();
    let answer = vla.answer(&query, &context.cancel, &mut |_| {})?;
    let seconds = begun.elapsed().as_secs_f64();
    let Some(text) = &answer.text else {
        // A task that is answered in words always has text; without it there is nothing to score.
        return Ok(Prediction::empty(&question.truth.id));
    };
    let mut prediction = Prediction::of(&question.truth.id, &text.reply);
    prediction.confidence = confidence(&answer);
    prediction.seconds = Some(seconds);
    Ok(prediction)
}

/// The geometric mean of the tokens' probabilities: the exponential of their mean logarithm.
fn confidence(answer: &Answer) -> Option<f64> {
    let tokens = &answer.text.as_ref()?.tokens;
    let logs: Vec<f64> = tokens
        .iter()
        .map(|token| f64::from(token.probability).max(f64::MIN_POSITIVE).ln())
        .collect();
    crate::metrics::mean(&logs)
        .map(f64::exp)
        .filter(|mean| (0.0..=1.0).contains(mean))
}
