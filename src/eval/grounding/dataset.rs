//! Questions of a dataset: conversations are asked as they are written, other labels by the planner's usual wording.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::truth::{AnswerKind, Truth};
use crate::data::labels::{self, LabelSet, Role, Sample, Shape, Target};
use crate::data::{FrameObject, PriorsFile};
use crate::eval::EvalError;
use crate::grounding::prompt::Task;

/// Files of questions beside a collected dataset.
const QUESTIONS: &str = "grounding.jsonl";

/// A question of a dataset.
pub(super) struct Question {
    pub truth: Truth,
    pub task: Task,
    /// The text of the user's turn.
    pub asked: String,
    /// What the text is about, for templates that name it.
    pub instruction: String,
    /// The picture, if it is here.
    pub file: PathBuf,
}

/// Whether pictures must be here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pictures {
    /// To be asked about.
    Needed,
    /// Answers are there already.
    Unneeded,
}

/// Every question of a dataset that can be scored and whose picture is here, pictures in order.
pub(super) fn questions(
    path: &Path,
    limit: usize,
    pictures: Pictures,
) -> Result<Vec<Question>, EvalError> {
    let beside = path.join(QUESTIONS);
    let path = if beside.is_file() { &beside } else { path };
    let set = labels::read(path)?;
    let mut truths = Regions::beside(path);
    let mut found = Vec::new();
    for (at, sample) in set.samples.iter().enumerate() {
        if found.len() >= limit {
            break;
        }
        let file = sample.image().and_then(|image| image.file.clone());
        if file.is_none() && pictures == Pictures::Needed {
            continue;
        }
        let file = file.unwrap_or_default();
        let name = sample.id.clone().unwrap_or_else(|| format!("sample {at}"));
        let mut asked = of_sample(sample, &name);
        truths.add(sample, &mut asked);
        found.extend(
            asked
                .into_iter()
                .map(|(truth, task, asked, instruction)| Question {
                    truth,
                    task,
                    asked,
                    instruction,
                    file: file.clone(),
                }),
        );
    }
    found.truncate(limit);
    unique(&mut found);
    if found.is_empty() {
        return Err(nothing(&set, path));
    }
    if pictures == Pictures::Needed {
        // Questions about one picture follow each other, so that it is decoded once.
        found.sort_by(|a, b| a.file.cmp(&b.file));
    }
    Ok(found)
}

fn nothing(set: &LabelSet, path: &Path) -> EvalError {
    let pictures = set
        .samples
        .iter()
        .filter(|s| s.image().is_some_and(|i| i.file.is_some()));
    let what = format!(
        "none of its {} samples asks for something that can be scored ({} have their picture)",
        set.samples.len(),
        pictures.count()
    );
    EvalError::NothingToAsk {
        what,
        path: path.to_owned(),
    }
}

/// Names that occur twice are numbered.
fn unique(questions: &mut [Question]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for question in questions {
        let count = seen.entry(question.truth.id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            question.truth.id = format!("{} #{count}", question.truth.id);
        }
    }
}

type Asked = (Truth, Task, String, String);

fn of_sample(sample: &Sample, name: &str) -> Vec<Asked> {
    let mut asked = if sample.conversation.is_empty() {
        of_labels(sample, name)
    } else {
        of_turns(sample, name)
    };
    for (truth, ..) in &mut asked {
        if let Some(size) = sample.size() {
            truth.size = size.into();
        }
        let kind = sample
            .extra
            .get("type")
            .and_then(|kind| kind.as_str())
            .map(str::to_owned);
        truth.group = sample.split.clone().or(kind);
        truth.image = sample.image().map(|image| image.path.clone());
    }
    asked.retain(|(truth, ..)| truth.says_something());
    asked
}

/// Each answer of a conversation with the question before it.
fn of_turns(sample: &Sample, name: &str) -> Vec<Asked> {
    let mut asked = Vec::new();
    let mut question = String::new();
    for (turn, said) in sample.conversation.iter().enumerate() {
        match said.role {
            Role::User => question.clone_from(&said.text),
            Role::System => {}
            Role::Assistant => {
                let own = sample
                    .targets
                    .iter()
                    .filter(|target| target.turn == Some(turn));
                let own: Vec<&Target> = own.filter(|target| !target.crowd).collect();
                let id = if turn < 2 {
                    name.to_owned()
                } else {
                    format!("{name} turn {turn}")
                };
                let Some(mut truth) = truth(&id, &own) else {
                    asked.extend(plan(sample, &id, &said.text, &question));
                    continue;
                };
                truth.question = Some(question.clone());
                let task = task(truth.kind);
                asked.push((truth, task, question.trim().to_owned(), question.clone()));
            }
        }
    }
    asked
}

/// An answer in words is scored only where the dataset says that it is a plan.
fn plan(sample: &Sample, id: &str, answer: &str, question: &str) -> Option<Asked> {
    let says = sample.extra.get("type").and_then(|kind| kind.as_str()) == Some("plan");
    if !says && sample.task != Task::Plan {
        return None;
    }
    let context = crate::grounding::reply::ReplyContext::new(crate::vision::Fit::stretch(
        sample.size().unwrap_or_default(),
        sample.size().unwrap_or_default(),
    ));
    let mut truth = Truth::new(id, AnswerKind::Plan);
    truth.text = Some(
        crate::grounding::reply::parse(answer, &context)
            .next_step()
            .to_owned(),
    );
    truth.question = Some(question.to_owned());
    Some((
        truth,
        Task::Plan,
        question.trim().to_owned(),
        question.to_owned(),
    ))
}

/// One question for each name in a picture, or for the phrase.
fn of_labels(sample: &Sample, name: &str) -> Vec<Asked> {
    let mut named: BTreeMap<(AnswerKind, String), Vec<&Target>> = BTreeMap::new();
    for target in sample.targets.iter().filter(|target| !target.crowd) {
        let label = sample.phrase.as_ref().or(target.label.as_ref());
        if let Some(label) = label.filter(|label| !label.trim().is_empty()) {
            named
                .entry((kind(&target.shape), label.clone()))
                .or_default()
                .push(target);
        }
    }
    let question = |((kind, label), targets): ((AnswerKind, String), Vec<&Target>)| {
        let mut truth = truth(&format!("{name} {} {label}", kind.name()), &targets)?;
        let task = task(kind);
        let text = task.presets().next()?.render(&label);
        truth.question = Some(text.clone());
        Some((truth, task, text, label))
    };
    named.into_iter().filter_map(question).collect()
}

fn kind(shape: &Shape) -> AnswerKind {
    match shape {
        Shape::Point(_) => AnswerKind::Point,
        Shape::Trace(_) => AnswerKind::Trace,
        _ => AnswerKind::Box,
    }
}

fn task(kind: AnswerKind) -> Task {
    match kind {
        AnswerKind::Box => Task::Box,
        AnswerKind::Point => Task::Point,
        AnswerKind::Trace => Task::Trace,
        AnswerKind::Plan => Task::Plan,
    }
}

/// What targets say, of the kind of the first of them.
fn truth(id: &str, targets: &[&Target]) -> Option<Truth> {
    let mut truth = Truth::new(id, kind(&targets.first()?.shape));
    for target in targets {
        match (&target.shape, truth.kind) {
            (Shape::Point(spot), AnswerKind::Point) => truth.points.push(*spot),
            (Shape::Trace(spots), AnswerKind::Trace) if truth.trace.is_empty() => {
                truth.trace.clone_from(spots);
            }
            (_, AnswerKind::Box) => {
                let rect = target.boxed()?;
                truth.boxes.push([rect.x1, rect.y1, rect.x2, rect.y2]);
            }
            _ => {}
        }
    }
    Some(truth)
}

/// Masks of the things that points of a collected dataset are on.
struct Regions(Option<PriorsFile>);

impl Regions {
    fn beside(path: &Path) -> Self {
        Self(path.parent().and_then(PriorsFile::beside))
    }

    /// Gives points the mask of the thing they were put on. Where nothing is known, the points are all there is.
    fn add(&mut self, sample: &Sample, asked: &mut [Asked]) {
        let whole = |key: &str| sample.extra.get(key).and_then(serde_json::Value::as_u64);
        let camera = sample
            .extra
            .get("camera")
            .and_then(|camera| camera.as_str());
        let Some(((episode, frame), camera)) = whole("episode").zip(whole("frame")).zip(camera)
        else {
            return;
        };
        if sample.extra.get("type").and_then(|kind| kind.as_str()) != Some("point") {
            return;
        }
        let Some(file) = &mut self.0 else { return };
        // A damaged line leaves the reference points.
        let objects = file.objects(episode, frame, camera).unwrap_or_default();
        for (truth, ..) in asked {
            let [point] = truth.points[..] else { continue };
            let on = |object: &&FrameObject| {
                let near = |own: [f64; 2]| {
                    (own[0] - point[0]).abs() < 1.0 && (own[1] - point[1]).abs() < 1.0
                };
                object.point.is_some_and(near)
            };
            truth.mask = objects
                .iter()
                .find(on)
                .and_then(|object| object.mask.clone());
        }
    }
}
