//! A finished run read back: its report, and every question or episode with the picture or film of it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::plain::{EvalReport, EvalScores, Outcome};
use crate::eval::grounding::{AnswerKind, GroundingReport, Prediction, Score, Truth};
use crate::eval::rollout::{Ended, EpisodeResult, RolloutReport};
use crate::geometry::ImagePoint;
use crate::grounding::{Grounding, GroundingKind};

/// Longest report, longest line and most lines that are read.
const MAX_REPORT: u64 = 1 << 30;
const MAX_LINE: u64 = 64 << 20;
const MAX_OUTCOMES: usize = 1_000_000;

/// Reads a run: its folder, or its report.
pub(super) fn open(path: &Path) -> Result<EvalReport, String> {
    let file = if path.is_dir() {
        path.join("report.json")
    } else {
        path.to_owned()
    };
    let folder = file.parent().unwrap_or(Path::new("")).to_owned();
    let bad = |why: &str| {
        let place = file.display();
        format!(
            "this is no report of an evaluation ({why}); choose the folder of a finished `spvla eval` run: {place}"
        )
    };
    let mut text = String::new();
    let read = File::open(&file).and_then(|file| file.take(MAX_REPORT).read_to_string(&mut text));
    read.map_err(|error| bad(&error.to_string()))?;
    let mut report: Value = serde_json::from_str(&text).map_err(|error| bad(&error.to_string()))?;
    if let Some(found) = report.get_mut("grounding") {
        let report: GroundingReport =
            serde_json::from_value(found.take()).map_err(|error| bad(&error.to_string()))?;
        let outcomes = questions(&folder, &report);
        return Ok(EvalReport {
            folder,
            scores: EvalScores::Grounding(Box::new(report)),
            outcomes,
        });
    }
    let Some(found) = report.get_mut("simulator") else {
        return Err(bad("it has neither scores of answers nor of episodes"));
    };
    let report: RolloutReport =
        serde_json::from_value(found.take()).map_err(|error| bad(&error.to_string()))?;
    let of = |result: &EpisodeResult| episode(&folder, result);
    let outcomes = report.episodes.iter().take(MAX_OUTCOMES).map(of).collect();
    Ok(EvalReport {
        folder,
        scores: EvalScores::Simulator(Box::new(report)),
        outcomes,
    })
}

fn episode(folder: &Path, result: &EpisodeResult) -> Outcome {
    let ended = match result.ended {
        Ended::Reached => "reached",
        Ended::OutOfTime => "out of time",
        Ended::GaveUp => "gave up",
        Ended::NotFinite => "no numbers",
    };
    let [done, parts] = result.parts;
    let parts_done = if parts > 1 {
        format!(", {done} of {parts} parts")
    } else {
        String::new()
    };
    Outcome {
        id: result.key.clone(),
        part: format!("{} {}", result.column.name(), result.row),
        text: result.instruction.clone(),
        won: Some(result.success),
        note: format!("{ended} after {} steps{parts_done}", result.steps),
        rank: if result.success {
            2.0
        } else {
            done as f64 / parts.max(1) as f64
        },
        place: result.video.as_ref().map(|video| folder.join(video)),
        at_end: true,
        ..Outcome::default()
    }
}

/// Every question of a run of grounding. What is not beside the report is left out.
fn questions(folder: &Path, report: &GroundingReport) -> Vec<Outcome> {
    let scores: Vec<Score> = lines(&folder.join("scores.jsonl"));
    let mut truths: BTreeMap<String, Truth> = lines(&folder.join("truth.jsonl"))
        .into_iter()
        .map(|truth: Truth| (truth.id.clone(), truth))
        .collect();
    let mut answers: BTreeMap<String, Prediction> = lines(&folder.join("predictions.jsonl"))
        .into_iter()
        .map(|answer: Prediction| (answer.id.clone(), answer))
        .collect();
    let bases = bases(folder, report);
    let mut base: Option<PathBuf> = None;
    let mut outcomes = Vec::with_capacity(scores.len());
    for score in scores {
        let (truth, answer) = (truths.remove(&score.id), answers.remove(&score.id));
        let image = truth.as_ref().and_then(|truth| truth.image.clone());
        let place = image.and_then(|image| {
            if base.is_none() {
                base = bases
                    .iter()
                    .find(|base| base.join(&image).is_file())
                    .cloned();
            }
            base.as_ref().map(|base| base.join(image))
        });
        outcomes.push(question(&score, truth.as_ref(), answer.as_ref(), place));
    }
    outcomes
}

/// Folders that the pictures' names may be relative to.
fn bases(folder: &Path, report: &GroundingReport) -> Vec<PathBuf> {
    let set = PathBuf::from(&report.of.set);
    let beside = set.parent().map(Path::to_owned);
    [Some(set.clone()), beside, Some(folder.to_owned())]
        .into_iter()
        .flatten()
        .collect()
}

fn question(
    score: &Score,
    truth: Option<&Truth>,
    answer: Option<&Prediction>,
    place: Option<PathBuf>,
) -> Outcome {
    let overlap = || score.overlaps.iter().sum::<f64>() / score.overlaps.len().max(1) as f64;
    let (note, rank) = match (score.parsed, score.kind) {
        (false, _) if answer.is_none() => ("no answer".to_owned(), -2.0),
        (false, _) => ("not readable".to_owned(), -1.0),
        (true, AnswerKind::Box) => (format!("IoU {:.2}", overlap()), overlap()),
        (true, AnswerKind::Point) => point_note(score),
        (true, AnswerKind::Trace) => {
            let error = score.trace.as_ref().map_or(f64::INFINITY, |t| t.ade);
            (format!("{error:.0} px apart"), 1.0 / (1.0 + error))
        }
        (true, AnswerKind::Plan) => {
            let same = score.hit == Some(true);
            (
                if same { "same words" } else { "other words" }.to_owned(),
                f64::from(u8::from(same)),
            )
        }
    };
    let said = answer
        .zip(truth)
        .and_then(|(answer, truth)| answer.answer(truth));
    Outcome {
        id: score.id.clone(),
        part: score.kind.name().to_owned(),
        text: truth
            .and_then(|truth| truth.question.clone())
            .map(|text| plain(&text))
            .unwrap_or_default(),
        won: score.hit,
        note,
        rank,
        place,
        at_end: false,
        truth: truth.map_or_else(Vec::new, |t| marks(&t.boxes, &t.points, &t.trace)),
        answer: said.map_or_else(Vec::new, |a| marks(&a.boxes, &a.points, &a.trace)),
    }
}

fn point_note(score: &Score) -> (String, f64) {
    if let Some((inside, _)) = score.inside {
        return (format!("{:.0} % inside", 100.0 * inside), inside);
    }
    let far = score.distance.unwrap_or(f64::INFINITY);
    (
        format!("{:.1} % of the diagonal apart", 100.0 * far),
        1.0 - far,
    )
}

/// The text of a question without what stands for its picture.
fn plain(text: &str) -> String {
    text.replace("<image>", "").trim().to_owned()
}

fn marks(boxes: &[[f64; 4]], points: &[[f64; 2]], trace: &[[f64; 2]]) -> Vec<Grounding> {
    let at = |[x, y]: [f64; 2]| ImagePoint::new(x as f32, y as f32);
    let corners = boxes.iter().map(|[left, top, right, bottom]| {
        let corners = vec![at([*left, *top]), at([*right, *bottom])];
        Grounding::new(GroundingKind::Box, corners)
    });
    let dots = points
        .iter()
        .map(|point| Grounding::new(GroundingKind::Point, vec![at(*point)]));
    let way: Vec<ImagePoint> = trace.iter().map(|point| at(*point)).collect();
    let way = (way.len() > 1).then(|| Grounding::new(GroundingKind::Trace, way));
    corners.chain(dots).chain(way).collect()
}

/// The lines of a file that can be read; none if there is no file.
fn lines<T: DeserializeOwned>(path: &Path) -> Vec<T> {
    let Ok(file) = File::open(path) else {
        return Vec::new();
    };
    let mut reader = BufReader::new(file);
    let (mut found, mut line) = (Vec::new(), Vec::new());
    while found.len() < MAX_OUTCOMES {
        line.clear();
        match reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) => found.extend(serde_json::from_slice(&line).ok()),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::grounding;

    #[test]
    fn a_run_of_grounding_leads_to_its_pictures() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        std::fs::create_dir(at.join("images")).unwrap();
        std::fs::write(at.join("images/a.png"), "").unwrap();
        let truth = r#"{"id":"a","box":[0,0,10,10],"width":20,"height":20,"image":"images/a.png","question":"<image>\nFind it"}
{"id":"b","box":[0,0,10,10],"width":20,"height":20}
"#;
        std::fs::write(at.join("truth.jsonl"), truth).unwrap();
        std::fs::write(
            at.join("predictions.jsonl"),
            "{\"id\":\"a\",\"box\":[0,0,10,5]}\n",
        )
        .unwrap();
        let (predictions, truths) = (at.join("predictions.jsonl"), at.join("truth.jsonl"));
        let (report, scores) = grounding::from_files(&predictions, &truths).unwrap();
        grounding::write(at, &report, &scores).unwrap();
        let found = open(at).unwrap();
        let [a, b] = &found.outcomes[..] else {
            panic!("{found:?}")
        };
        assert_eq!(
            (a.text.as_str(), a.note.as_str(), a.won),
            ("Find it", "IoU 0.50", Some(true))
        );
        assert_eq!(a.place.as_deref(), Some(at.join("images/a.png").as_path()));
        assert_eq!((a.truth.len(), a.answer.len()), (1, 1));
        assert_eq!(
            (b.note.as_str(), b.won, b.place.is_none()),
            ("no answer", Some(false), true)
        );
        assert!(b.rank < a.rank);
        assert_eq!(open(&at.join("report.json")).unwrap(), found);
    }

    #[test]
    fn what_is_no_report_says_so() {
        let folder = tempfile::tempdir().unwrap();
        assert!(
            open(folder.path())
                .unwrap_err()
                .contains("choose the folder")
        );
        for text in ["", "[]", "{\"grounding\": 3}", "{\"simulator\": {}}", "{}"] {
            std::fs::write(folder.path().join("report.json"), text).unwrap();
            assert!(open(folder.path()).is_err(), "{text}");
        }
    }
}
