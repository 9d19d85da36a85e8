//! A dataset in words.

use crate::engine::{DatasetAbout, DatasetEntry, DatasetKind};
use crate::ui::units;

/// "2 episodes · 80 frames · 10 fps · 3 cameras".
pub(super) fn counts(about: &DatasetAbout) -> String {
    let entries = about.entries.len();
    let rows = usize::try_from(about.rows).unwrap_or(usize::MAX);
    match about.kind {
        DatasetKind::Episodes => {
            let fps = about
                .fps
                .map_or_else(String::new, |fps| format!(" · {fps} fps"));
            format!(
                "{} · {}{fps} · {}",
                units::many(entries, "episode", "episodes"),
                units::many(rows, "frame", "frames"),
                units::many(about.cameras.len(), "camera", "cameras"),
            )
        }
        DatasetKind::Samples => format!(
            "{} · {}",
            units::many(entries, "sample", "samples"),
            units::many(rows, "target", "targets")
        ),
    }
}

/// How long an entry is: "4.0 s", or how many targets it has.
pub(super) fn length(about: &DatasetAbout, entry: DatasetEntry) -> String {
    match (about.kind, about.fps) {
        (DatasetKind::Episodes, Some(fps)) => units::seconds(f64::from(entry.length) / fps),
        (DatasetKind::Episodes, None) => units::many(entry.length as usize, "frame", "frames"),
        (DatasetKind::Samples, _) => units::many(entry.length as usize, "target", "targets"),
    }
}

/// What an entry is called: "Episode 3".
pub(super) fn name(about: &DatasetAbout, entry: DatasetEntry) -> String {
    match about.kind {
        DatasetKind::Episodes => format!("Episode {}", entry.number),
        DatasetKind::Samples => format!("Sample {}", entry.number),
    }
}

/// What divides the words of an axis's name.
const SEPARATORS: [char; 3] = ['.', '_', '/'];

/// Names of axes without the words that all of them begin and end with: `d_joint_1.pos` as `joint_1`.
pub(super) fn short(names: &[String]) -> Vec<&str> {
    let all = |test: &dyn Fn(&String) -> bool| names.len() > 1 && names.iter().all(test);
    let Some(first) = names.first() else {
        return Vec::new();
    };
    let begin = first
        .match_indices(SEPARATORS)
        .map(|(at, _)| &first[..=at])
        .rfind(|begin| all(&|name| name.starts_with(begin)))
        .unwrap_or("");
    let end = first
        .match_indices(SEPARATORS)
        .map(|(at, _)| &first[at..])
        .find(|end| all(&|name| name.ends_with(end)))
        .unwrap_or("");
    let cut = |name: &'_ str| -> Option<std::ops::Range<usize>> {
        let range = begin.len()..name.len().checked_sub(end.len())?;
        (range.start < range.end).then_some(range)
    };
    names
        .iter()
        .map(|name| cut(name).map_or(name.as_str(), |range| &name[range]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shortened(names: &[&str]) -> Vec<String> {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        short(&names).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn words_shared_by_all_axes_are_left_out() {
        let axes = ["d_joint_1.pos", "d_joint_2.pos", "d_gripper.pos"];
        assert_eq!(shortened(&axes), ["joint_1", "joint_2", "gripper"]);
        assert_eq!(shortened(&["x", "y", "z"]), ["x", "y", "z"]);
    }

    #[test]
    fn no_name_is_left_empty() {
        assert_eq!(shortened(&["a_b"]), ["a_b"]);
        assert_eq!(shortened(&["a.b", "a.b"]), ["a.b", "a.b"]);
        assert!(shortened(&[]).is_empty());
    }
}
