//! The command line: the same requests as the window, written out.
//!
//! Results go to standard output, everything else to standard error. Exit status: 0 good, 1 something failed, 2 wrong
//! usage. JSON output is stable: each object begins with `schema`, whose number changes when a key changes its
//! meaning or goes away; new keys may come at any time. An interrupted command leaves no half-written file behind
//! under the name it was asked for.

mod bench;
mod dataset;
mod devices;
mod eval;
mod expert;
mod generate;
mod inspect;
mod lend;
mod predict;
mod progress;
mod table;
mod throughput;
mod train;
mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::engine::{DeviceChoice, Precision};
use crate::grounding::prompt::Task;

const ENDS: &str = "\
Without a command the window opens.
Exit status: 0 good; 1 something failed, was found wrong or was stopped; 2 wrong usage.";

/// Workbench for spatially guided vision-language-action models. Without a command, opens the window.
#[derive(Debug, Parser)]
#[command(name = "spvla", version, about, args_conflicts_with_subcommands = true, after_help = ENDS)]
pub struct Arguments {
    /// What to do instead of opening the window.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to open the window.
    #[command(flatten)]
    pub window: WindowOptions,
}

/// How to open the window.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct WindowOptions {
    /// Let the shipped checkpoint drive the simulated arm
    #[arg(long)]
    pub demo: bool,
    /// Open this checkpoint: a run folder, a weights file in one, or a Qwen2.5-VL folder
    #[arg(long, value_name = "PATH")]
    pub checkpoint: Option<PathBuf>,
    /// Open these pictures, folders or videos
    #[arg(long = "source", value_name = "PATH", num_args = 1..)]
    pub sources: Vec<PathBuf>,
    /// Open this dataset: a LeRobot folder, or annotated pictures
    #[arg(long, value_name = "PATH")]
    pub dataset: Option<PathBuf>,
    /// Set up this task of the simulator, at this seed
    #[arg(long, value_name = "TASK[:SEED]", value_parser = simulator)]
    pub simulator: Option<(String, u64)>,
    /// Ask this instruction as soon as a checkpoint and a picture are open
    #[arg(long, value_name = "TEXT")]
    pub ask: Option<String>,
    /// The task of `--ask`: box, point, trace, plan, chat or action
    #[arg(long, value_name = "TASK", default_value_t, value_parser = clap::value_parser!(Task))]
    pub task: Task,
    /// Where the model runs; as last time if not given
    #[arg(long, value_enum)]
    pub device: Option<DeviceChoice>,
    /// Draw the window into this PNG without opening it, then end
    #[arg(long, value_name = "FILE")]
    pub screenshot: Option<PathBuf>,
    /// Size of the window in points
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub size: Option<[u32; 2]>,
    /// Colours of the window; as last time if not given
    #[arg(long, value_enum)]
    pub theme: Option<ThemeChoice>,
}

/// Colours of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThemeChoice {
    /// Light text on a dark ground.
    Dark,
    /// Dark text on a light ground.
    Light,
}

/// What can be done without the window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ask a model about pictures
    Predict(Box<predict::Options>),
    /// Show what a checkpoint holds and whether it is whole, without reading its weights
    Inspect(inspect::Options),
    /// List graphics adapters and which device `auto` chooses
    Devices(devices::Options),
    /// Recompute every stage of a golden folder, or every metric vector, and compare it with the original
    Verify(verify::Options),
    /// Let the scripted expert play tasks in the simulator and write datasets of it
    Generate(Box<generate::Options>),
    /// Train a planner to ground and an expert to act
    Train(train::Options),
    /// Lend this machine's device to trainings in other processes and on other machines
    Lend(lend::Options),
    /// Measure how well a policy grounds and acts, and compare two
    #[command(subcommand)]
    Eval(eval::Eval),
    /// Look into, check and convert datasets
    #[command(subcommand)]
    Dataset(dataset::Dataset),
    /// Measure speed
    #[command(subcommand)]
    Bench(bench::Bench),
}

/// Where and how a model runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct Placement {
    /// Where the model runs
    #[arg(long, value_enum, default_value_t)]
    pub device: DeviceChoice,
    /// Precision of the weights of linear layers
    #[arg(long, value_enum, default_value_t)]
    pub precision: Precision,
}

/// How a command ended that did its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All is well.
    Good,
    /// It ran, and what it looked at is not well.
    Bad,
}

/// Runs a command.
///
/// # Errors
/// When it could not do its work.
pub fn run(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Predict(options) => predict::run(&options),
        Command::Inspect(options) => inspect::run(&options),
        Command::Devices(options) => devices::run(&options),
        Command::Verify(options) => verify::run(&options),
        Command::Generate(options) => generate::run(&options),
        Command::Train(options) => train::run(&options),
        Command::Lend(options) => lend::run(&options),
        Command::Eval(eval) => eval::run(&eval),
        Command::Dataset(dataset) => dataset::run(&dataset),
        Command::Bench(bench) => bench::run(&bench),
    }
}

/// `1280x800`.
fn size(text: &str) -> Result<[u32; 2], SizeError> {
    let sides = text.split_once(['x', 'X', '×']);
    let side = |text: &str| {
        text.trim()
            .parse()
            .ok()
            .filter(|side| (1..=16_384).contains(side))
    };
    let sides = sides.and_then(|(width, height)| Some([side(width)?, side(height)?]));
    sides.ok_or(SizeError)
}

/// `widowx_carrot_on_plate:7`.
fn simulator(text: &str) -> Result<(String, u64), SimulatorError> {
    let (name, seed) = text.split_once(':').unwrap_or((text, "0"));
    let task = crate::sim::tasks::Task::named(name.trim())
        .ok_or_else(|| SimulatorError::Task(name.to_owned()))?;
    let seed = seed.trim().parse().map_err(|_| SimulatorError::Seed)?;
    Ok((task.name.to_owned(), seed))
}

fn task_names() -> String {
    let names: Vec<&str> = crate::sim::tasks::TASKS
        .iter()
        .map(|task| task.name)
        .collect();
    names.join(", ")
}

/// A task or seed of the simulator that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum SimulatorError {
    #[error("no task is called {0:?}; choose one of {names}", names = task_names())]
    Task(String),
    #[error("write the seed as a whole number, such as widowx_carrot_on_plate:7")]
    Seed,
}

/// A size that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write width and height from 1 to 16384, such as 1280x800")]
struct SizeError;

/// Writes a value as indented JSON.
fn json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

/// Writes a value as JSON on a line of its own, for what comes bit by bit.
fn json_line(value: &impl serde::Serialize) -> anyhow::Result<()> {
    let mut line = serde_json::to_string(value)?;
    line.push('\n');
    text(&line)
}

/// Writes text as it is.
fn text(text: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(std::iter::once("spvla").chain(line.split_whitespace()))
    }

    #[test]
    fn the_definition_is_sound() {
        use clap::CommandFactory as _;
        Arguments::command().debug_assert();
    }

    #[test]
    fn without_a_command_it_is_the_window() {
        let window = parse(
            "--demo --size 1280x800 --theme light --source a b --device cpu --dataset D --simulator pick:7",
        )
        .unwrap();
        assert_eq!(window.window.simulator, Some(("pick".into(), 7)));
        assert!(window.command.is_none());
        assert_eq!(window.window.size, Some([1280, 800]));
        assert_eq!(window.window.sources.len(), 2);
        assert_eq!(window.window.device, Some(DeviceChoice::Cpu));
        assert_eq!(window.window.theme, Some(ThemeChoice::Light));
    }

    #[test]
    fn wrong_usage_is_refused() {
        for line in [
            "--size 0x10",
            "--size 10",
            "--simulator juggle",
            "--simulator pick:x",
            "predict --image a.png",
            "predict --image a.png --task dance --instruction x",
            "predict --task box --instruction x",
            "predict --image a.png --task action --instruction x --guidance nan",
            "inspect",
            "verify",
            "dataset frame D --episode 1",
            "dataset convert D E",
            "bench model --shape 13b",
            "bench expert --suite --seeds 3",
            "bench expert --quick",
            "eval grounding --predictions P",
            "eval grounding --checkpoint C --dataset D",
            "eval simulator --out O",
            "eval simulator --policy expert --checkpoint C --out O",
            "eval simulator --policy expert --out O --columns odd",
            "fly",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn every_command_of_the_manual_is_understood() {
        for line in [
            "predict --image a.png --image b.png --instruction cube --task box --json",
            "predict --checkpoint C --image a.png --instruction x --task action --seed 3 --steps 5 \
             --guidance 2.5 --samples 4 --statistics-key oxe_bridge --rope bf16 --out o.png",
            "inspect C --base-vlm D --json",
            "devices --json",
            "verify F --device cpu --precision f32 --only lm/ --json",
            "bench model --shape 3b --random --views 2 --precision f16 --json",
            "bench expert --task google,pick --seeds 20 --first 7 --unseen --perturbed 0.5 --json",
            "bench expert --suite --quick --least 90",
            "bench generate --task pick --episodes 4 --views wrist --size 256x256 --workers 1 --json",
            "dataset info D --json",
            "dataset info D --recompute",
            "dataset frame D --episode 1 --index 2 --camera wrist --out F.png",
            "dataset check D --every-frame --json",
            "dataset convert D E --to lerobot-v2.1",
            "dataset bench D --camera wrist --seeks 10 --seed 3 --json",
            "eval grounding --predictions P --truth T --json",
            "eval grounding --checkpoint C --dataset D --out O --limit 9",
            "eval simulator --checkpoint C --suite all --episodes 3 --seed 1 --out O --columns unseen,long --json",
            "eval simulator --policy expert --out O --no-video --workers 2",
            "eval compare A B --json",
            "eval retention --before A --after B --dataset D --out O",
        ] {
            assert!(parse(line).is_ok(), "{line}: {:?}", parse(line).err());
        }
    }
}
