//! Chooses between window and subcommand, prints what went wrong, and sets the exit status.

use std::process::ExitCode;

use clap::Parser as _;
use spvla::cli::{Arguments, Command, Outcome, WindowOptions};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Some(command) => run(command),
        None => window(&arguments.window),
    };
    match result {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Bad) => ExitCode::FAILURE,
        // Whoever reads the output has seen enough.
        Err(error) if closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<Outcome> {
    spvla::engine::install_logger(true);
    spvla::cli::run(command)
}

fn window(_options: &WindowOptions) -> anyhow::Result<Outcome> {
    anyhow::bail!("the window is not part of this build; see `spvla --help` for the commands")
}

fn closed_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
}
