//! `spvla dataset convert`.

use anyhow::bail;

use super::super::{Outcome, text};
use super::ConvertOptions;
use crate::data::{self, Dataset, Defect, Severity, Version};

/// Formats that are written, by the names they are asked for.
const FORMATS: &[(&str, Version)] = &[
    ("lerobot-v3.0", Version::V30),
    ("lerobot", Version::V30),
    ("v3.0", Version::V30),
    ("lerobot-v2.1", Version::V21),
    ("v2.1", Version::V21),
];

pub(super) fn run(options: &ConvertOptions) -> anyhow::Result<Outcome> {
    let wanted = options.to.to_lowercase();
    let mut set = match data::open(&options.input)? {
        Dataset::Episodes(set) => set,
        Dataset::Labels(set) => return super::labels::convert(&set, &options.output, &wanted),
    };
    let Some((_, version)) = FORMATS.iter().find(|(name, _)| *name == wanted) else {
        bail!(
            "cannot write {:?}; episodes are written as lerobot-v3.0 or lerobot-v2.1",
            options.to
        );
    };
    let done = super::shown(|context| set.convert(&options.output, *version, context))?;
    let mut lines: Vec<String> = done.defects.iter().map(Defect::to_string).collect();
    lines.push(format!(
        "{} episodes, {} frames written as LeRobot {}.\n",
        done.episodes,
        done.frames,
        version.name()
    ));
    text(&lines.join("\n"))?;
    let lost = done
        .defects
        .iter()
        .any(|defect| defect.severity == Severity::Error);
    Ok(if lost { Outcome::Bad } else { Outcome::Good })
}
