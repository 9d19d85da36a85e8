//! `spvla eval retention`.
//!
//! JSON: that of `spvla eval compare`. Ends with 1 where less than nine tenths of a measure are kept.

use std::path::PathBuf;

use clap::Args;

use super::{Limits, compare, grounding};
use crate::cli::{Outcome, Placement};
use crate::eval::grounding::AskConfig;

/// Arguments of `spvla eval retention`.
#[derive(Debug, Args)]
#[command(
    after_help = "Ends with status 1 where less than nine tenths of a grounding measure is kept."
)]
pub struct Options {
    /// The checkpoint before, such as that of stage 1
    #[arg(long, value_name = "PATH")]
    before: PathBuf,
    /// The checkpoint after
    #[arg(long, value_name = "PATH")]
    after: PathBuf,
    /// Labelled pictures to ask both about
    #[arg(long, value_name = "PATH")]
    dataset: PathBuf,
    /// Where both runs go, into `before` and `after`; interrupted ones go on
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The folder with the tokenizer, if the runs do not say
    #[arg(long, value_name = "PATH")]
    base_vlm: Option<PathBuf>,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    placement: Placement,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> anyhow::Result<Outcome> {
    let sides = [("before", &options.before), ("after", &options.after)];
    for (name, checkpoint) in sides {
        let config = AskConfig {
            checkpoint: checkpoint.clone(),
            base_vlm: options.base_vlm.clone(),
            dataset: options.dataset.clone(),
            out: options.out.join(name),
            limit: options.limits.limit,
            max_new_tokens: options.limits.max_new_tokens,
            device: options.placement.device,
            precision: options.placement.precision,
        };
        let (report, scores) = grounding::watched(&config)?;
        crate::eval::grounding::write(&config.out, &report, &scores)?;
    }
    let [before, after] = sides.map(|(name, _)| options.out.join(name));
    compare::show(&before, &after, options.json)
}
