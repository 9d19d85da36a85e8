//! What a dataset says of itself, as the window lists it.

use std::collections::HashMap;

use super::facts::{DatasetAbout, DatasetCamera, DatasetEntry, DatasetKind, Problem, ProblemLevel};
use crate::data::labels::{LabelSet, Outcome, Role, Sample};
use crate::data::{Episodes, Severity};
use crate::geometry::ImageSize;

/// Longest text of an entry, in characters.
const MAX_TEXT: usize = 400;
/// Problems that are listed.
const MAX_PROBLEMS: usize = 1000;

pub(super) fn about_episodes(set: &Episodes, has_truth: bool) -> DatasetAbout {
    let info = set.info();
    let mut texts = Texts::default();
    let entries = set.summaries().map(|(number, length, tasks)| DatasetEntry {
        number,
        length: u32::try_from(length).unwrap_or(u32::MAX),
        text: texts.number(&tasks.join(" · ")),
    });
    let entries = entries.collect();
    let defects = set.defects();
    let problems = defects.iter().take(MAX_PROBLEMS).map(|defect| Problem {
        level: match defect.severity {
            Severity::Note => ProblemLevel::Note,
            Severity::Warning => ProblemLevel::Warning,
            Severity::Error => ProblemLevel::Error,
        },
        what: defect.what.clone(),
        place: defect.where_.clone(),
        advice: defect.advice.clone(),
    });
    let cameras = info.cameras.iter().map(|camera| DatasetCamera {
        name: camera.name.clone(),
        size: camera.size,
    });
    DatasetAbout {
        path: set.root().to_owned(),
        name: String::new(),
        kind: DatasetKind::Episodes,
        format: format!("{} {}", info.format, info.version),
        robot: info.robot_type.clone(),
        fps: Some(info.fps),
        rows: info.frames,
        cameras: cameras.collect(),
        entries,
        texts: texts.list,
        problems: problems.collect(),
        more_problems: defects.len().saturating_sub(MAX_PROBLEMS) as u64,
        has_truth,
        opened_ms: 0,
    }
}

pub(super) fn about_samples(set: &LabelSet) -> DatasetAbout {
    let mut texts = Texts::default();
    let entries = set
        .samples
        .iter()
        .enumerate()
        .map(|(at, sample)| DatasetEntry {
            number: at as u64,
            length: sample.targets.len() as u32,
            text: texts.number(&text_of(sample)),
        });
    let entries = entries.collect();
    let problems = sample_problems(set);
    let known = problems.len() as u64;
    let report = &set.report;
    let fates = [
        Outcome::Skipped,
        Outcome::Clipped,
        Outcome::Mended,
        Outcome::Kept,
    ];
    let all = fates.iter().map(|fate| report.count(*fate)).sum::<u64>() + report.unresolved_count;
    let title = crate::data::labels::FORMATS
        .iter()
        .find(|format| format.name == set.format)
        .map_or(set.format.as_str(), |format| format.title);
    DatasetAbout {
        path: set.path.clone(),
        name: String::new(),
        kind: DatasetKind::Samples,
        format: title.to_owned(),
        robot: None,
        fps: None,
        rows: report.targets,
        cameras: vec![DatasetCamera {
            name: "samples".into(),
            size: ImageSize::new(0, 0),
        }],
        entries,
        texts: texts.list,
        problems,
        more_problems: all.saturating_sub(known),
        has_truth: true,
        opened_ms: 0,
    }
}

fn sample_problems(set: &LabelSet) -> Vec<Problem> {
    let defects = set.report.defects.iter().map(|defect| Problem {
        level: match defect.outcome {
            Outcome::Skipped => ProblemLevel::Error,
            Outcome::Clipped | Outcome::Mended => ProblemLevel::Warning,
            Outcome::Kept => ProblemLevel::Note,
        },
        what: format!("{}: {}", defect.what, defect.why),
        place: defect.place.to_string(),
        advice: match defect.outcome {
            Outcome::Skipped => "left out".into(),
            Outcome::Clipped => "cut to the picture".into(),
            Outcome::Mended => "mended".into(),
            Outcome::Kept => "kept as it is".into(),
        },
    });
    let missing = set.report.unresolved.iter().map(|written| Problem {
        level: ProblemLevel::Error,
        what: "the picture is not there".into(),
        place: written.clone(),
        advice: "put it beside the annotations".into(),
    });
    defects.chain(missing).take(MAX_PROBLEMS).collect()
}

/// What a sample is about, in one line.
pub(super) fn text_of(sample: &Sample) -> String {
    let asked = sample
        .conversation
        .iter()
        .find(|turn| turn.role == Role::User);
    let named = || {
        let mut labels: Vec<&str> = sample
            .targets
            .iter()
            .filter_map(|target| target.label.as_deref())
            .collect();
        labels.dedup();
        labels.truncate(8);
        labels.join(", ")
    };
    let picture = || sample.image().map(|image| image.path.clone());
    let text = sample.phrase.clone();
    let text = text.or_else(|| asked.map(|turn| turn.text.clone()));
    let text = text
        .filter(|text| !text.trim().is_empty())
        .unwrap_or_else(named);
    if text.is_empty() {
        picture().unwrap_or_default()
    } else {
        text
    }
}

/// Texts, each kept once.
#[derive(Default)]
struct Texts {
    list: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Texts {
    fn number(&mut self, text: &str) -> u32 {
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text: String = text.chars().take(MAX_TEXT).collect();
        if let Some(number) = self.numbers.get(&text) {
            return *number;
        }
        let number = self.list.len() as u32;
        self.list.push(text.clone());
        self.numbers.insert(text, number);
        number
    }
}
