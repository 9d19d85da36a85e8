//! `spvla dataset frame`.

use super::super::Outcome;
use super::FrameOptions;
use crate::media::{ScratchFile, picture};

pub(super) fn run(options: &FrameOptions) -> anyhow::Result<Outcome> {
    let mut set = super::episodes(&options.path)?;
    let frame = set.frame(options.episode, options.index, &options.camera)?;
    ScratchFile::write_all_to(&options.out, &picture::png(&frame)?)?;
    Ok(Outcome::Good)
}
