//! `spvla eval`.

mod compare;
mod grounding;
mod retention;
mod simulator;

use clap::{Args, Subcommand};

use super::Outcome;

/// How much is asked.
#[derive(Debug, Args)]
struct Limits {
    /// Most questions
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    limit: usize,
    /// Longest reply, in tokens
    #[arg(long, value_name = "N", default_value_t = 128)]
    max_new_tokens: usize,
}

/// What is evaluated.
#[derive(Debug, Subcommand)]
pub enum Eval {
    /// Score answers about pictures: from files, or by asking a checkpoint about a dataset
    Grounding(Box<grounding::Options>),
    /// Let a policy drive the simulated arm through the suites
    Simulator(Box<simulator::Options>),
    /// Ask two checkpoints the same questions: what the second keeps of the first
    Retention(Box<retention::Options>),
    /// Set two finished runs side by side: paired test, and what the second kept of the first
    Compare(compare::Options),
}

pub(super) fn run(eval: &Eval) -> anyhow::Result<Outcome> {
    match eval {
        Eval::Grounding(options) => grounding::run(options),
        Eval::Simulator(options) => simulator::run(options),
        Eval::Retention(options) => retention::run(options),
        Eval::Compare(options) => compare::run(options),
    }
}
