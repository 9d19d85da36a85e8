//! `spvla dataset convert`.

use anyhow::bail;

use super::super::{Outcome, text};
use super::ConvertOptions;
use crate::data::{Dataset, Severity, Version};

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
    if super::labels::knows(&wanted) {
        return match crate::data::open(&options.input)? {
            Dataset::Labels(set) => super::labels::convert(&set, &options.output, &wanted),
            Dataset::Episodes(_) => bail!(
                "episodes are not written as {wanted}; their groundings are in grounding.jsonl if they were collected here"
            ),
        };
    }
    let Some((_, version)) = FORMATS.iter().find(|(name, _)| *name == wanted) else {
        bail!(
            "cannot write {:?}; episodes are written as lerobot-v3.0 or lerobot-v2.1",
            options.to
        );
    };
    let mut set = super::episodes(&options.input)?;
    let done = super::shown(|context| set.convert(&options.output, *version, context))?;
    let lines: String = done
        .defects
        .iter()
        .map(|defect| format!("{defect}\n"))
        .collect();
    text(&format!(
        "{lines}{} episodes, {} frames written as LeRobot {}.\n",
        done.episodes,
        done.frames,
        version.name()
    ))?;
    let lost = done
        .defects
        .iter()
        .any(|defect| defect.severity == Severity::Error);
    Ok(if lost { Outcome::Bad } else { Outcome::Good })
}
