//! Whether people (or a person and a model) label alike.

use std::collections::BTreeMap;

use super::boxes::{Corners, iou};
use super::{mean, ratio};

/// A category as a rater wrote it; none where the rater left it out.
pub type Rating = Option<String>;

/// Cohen's kappa of two raters, unweighted, over items both rated. None where chance alone would agree always.
#[must_use]
pub fn cohen_kappa(a: &[Rating], b: &[Rating]) -> Option<f64> {
    let both: Vec<(&String, &String)> = a
        .iter()
        .zip(b)
        .filter_map(|(a, b)| Some((a.as_ref()?, b.as_ref()?)))
        .collect();
    let n = both.len() as f64;
    let observed = ratio(both.iter().filter(|(a, b)| a == b).count() as f64, n)?;
    let mut counts: BTreeMap<&String, [f64; 2]> = BTreeMap::new();
    for (a, b) in &both {
        counts.entry(a).or_default()[0] += 1.0;
        counts.entry(b).or_default()[1] += 1.0;
    }
    let chance: f64 = counts.values().map(|[a, b]| a * b / (n * n)).sum();
    (chance < 1.0).then(|| (observed - chance) / (1.0 - chance))
}

/// Krippendorff's alpha for categories; `ratings[rater][item]`, missing ones left out, items with fewer than two
/// ratings too. None where there is nothing to disagree on.
#[must_use]
pub fn krippendorff_alpha(ratings: &[Vec<Rating>]) -> Option<f64> {
    let items = ratings.iter().map(Vec::len).max().unwrap_or(0);
    let (mut agreeing, mut total) = (0.0, 0.0);
    let mut of_category: BTreeMap<&String, f64> = BTreeMap::new();
    for item in 0..items {
        let mut here: BTreeMap<&String, f64> = BTreeMap::new();
        for rating in ratings.iter().filter_map(|rater| rater.get(item)?.as_ref()) {
            *here.entry(rating).or_default() += 1.0;
        }
        let pairable: f64 = here.values().sum();
        if pairable < 2.0 {
            continue;
        }
        agreeing += here.values().map(|n| n * (n - 1.0)).sum::<f64>() / (pairable - 1.0);
        total += pairable;
        for (category, n) in here {
            *of_category.entry(category).or_default() += n;
        }
    }
    let chance: f64 = of_category.values().map(|n| n * (n - 1.0)).sum::<f64>() / (total - 1.0);
    let disagreement = ratio(total - agreeing, total - chance)?;
    (of_category.len() > 1).then_some(1.0 - disagreement)
}

/// Mean overlap of all pairs of one item's boxes; none of fewer than two.
#[must_use]
pub fn pairwise_iou(boxes: &[Corners]) -> Option<f64> {
    let pair = |(at, a): (usize, &Corners)| {
        let later = boxes[at + 1..].iter();
        later.map(|b| iou(*a, *b)).collect::<Vec<f64>>()
    };
    mean(&boxes.iter().enumerate().flat_map(pair).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rated(text: &str) -> Vec<Rating> {
        let rating = |c: char| (c != '.').then(|| c.to_string());
        text.chars().map(rating).collect()
    }

    #[test]
    fn krippendorffs_own_example() {
        // Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", data C: alpha nominal 0.743.
        let ratings = [
            "123321412...",
            "1233224125.3",
            ".3332342251.",
            "12332441251.",
        ]
        .map(rated);
        let alpha = krippendorff_alpha(&ratings).expect("categories differ");
        assert!((alpha - 0.743).abs() < 5e-4, "{alpha}");
    }

    #[test]
    fn one_category_alone_says_nothing() {
        let same = rated("1111");
        assert_eq!(cohen_kappa(&same, &same), None);
        assert_eq!(krippendorff_alpha(&[same.clone(), same]), None);
        assert_eq!(krippendorff_alpha(&[]), None);
        assert_eq!(cohen_kappa(&[], &[]), None);
    }

    #[test]
    fn chance_agreement_is_zero() {
        let kappa = cohen_kappa(&rated("1122"), &rated("1212")).expect("two categories");
        assert!(kappa.abs() < 1e-12);
        assert_eq!(pairwise_iou(&[[0.0, 0.0, 1.0, 1.0]]), None);
    }
}
