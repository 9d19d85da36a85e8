//! Other wordings of the same task, and what is kept of a score after more training.

use super::{mean, ratio};

/// Success under an instruction and its paraphrases, same seeds.
#[derive(Debug, Clone, PartialEq)]
pub struct ParaphraseScores {
    /// Success under the original wording.
    pub original: Option<f64>,
    /// Mean success over all paraphrases.
    pub paraphrase_mean: Option<f64>,
    /// How much is lost.
    pub drop: Option<f64>,
    /// What is kept: paraphrases over original; none where the original never succeeds.
    pub retention: Option<f64>,
    /// Success under the wording that does worst.
    pub worst: Option<f64>,
    /// Share of tasks solved under every wording.
    pub all_correct: Option<f64>,
    /// Mean share of the majority outcome of a task over its wordings.
    pub consistency: Option<f64>,
}

impl ParaphraseScores {
    /// Of outcomes by task and wording; column 0 is the original. Wordings that a task lacks are left out.
    #[must_use]
    pub fn new(success: &[Vec<bool>]) -> Self {
        let wordings = success.iter().map(Vec::len).max().unwrap_or(0);
        let column = |wording: usize| {
            let outcomes = success.iter().filter_map(|task| task.get(wording));
            share(outcomes)
        };
        let paraphrases: Vec<&bool> = success
            .iter()
            .flat_map(|task| task.iter().skip(1))
            .collect();
        let original = column(0);
        let paraphrase_mean = share(paraphrases.into_iter());
        let both = original.zip(paraphrase_mean);
        let tasks: Vec<&Vec<bool>> = success.iter().filter(|task| !task.is_empty()).collect();
        let solved: Vec<bool> = tasks.iter().map(|task| task.iter().all(|ok| *ok)).collect();
        let majority = |task: &&Vec<bool>| share(task.iter()).map(|rate| rate.max(1.0 - rate));
        let majorities: Vec<f64> = tasks.iter().filter_map(majority).collect();
        Self {
            original,
            paraphrase_mean,
            drop: both.map(|(original, mean)| original - mean),
            retention: both.and_then(|(original, mean)| ratio(mean, original)),
            worst: (1..wordings).filter_map(column).reduce(f64::min),
            all_correct: share(solved.iter()),
            consistency: mean(&majorities),
        }
    }
}

fn share<'a>(outcomes: impl Iterator<Item = &'a bool>) -> Option<f64> {
    super::success::Count::of(outcomes.copied()).rate()
}

/// What is kept of a score: `after / base`, or `base / after` where lower is better. None where the divisor is 0.
#[must_use]
pub fn retention(base: f64, after: f64, lower_is_better: bool) -> Option<f64> {
    if lower_is_better {
        ratio(base, after)
    } else {
        ratio(after, base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wording_alone_says_nothing_of_others() {
        let scores = ParaphraseScores::new(&[vec![true], vec![false]]);
        assert_eq!(
            (scores.original, scores.worst, scores.retention),
            (Some(0.5), None, None)
        );
        assert_eq!(ParaphraseScores::new(&[]).consistency, None);
    }

    #[test]
    fn the_worst_wording_is_not_the_original() {
        let scores = ParaphraseScores::new(&[vec![false, true, false], vec![false, true, true]]);
        assert_eq!((scores.original, scores.worst), (Some(0.0), Some(0.5)));
        assert_eq!((scores.retention, scores.all_correct), (None, Some(0.0)));
    }
}
