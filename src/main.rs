//! Chooses between window and subcommand, prints what went wrong, and sets the exit status.

use std::process::ExitCode;

use clap::Parser as _;
use spvla::app::AppOptions;
use spvla::cli::{Arguments, Command, Outcome, ThemeChoice, WindowOptions};
use spvla::workbench::Theme;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Some(command) => run(command),
        None => window(arguments.window),
    };
    match result {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Bad) => ExitCode::FAILURE,
        // Whoever reads the output has seen enough.
        Err(error) if closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<Outcome> {
    spvla::engine::install_logger(true);
    spvla::cli::run(command)
}

fn window(options: WindowOptions) -> anyhow::Result<Outcome> {
    spvla::engine::install_logger(true);
    let size = options.size;
    let screenshot = options.screenshot.clone();
    let app = AppOptions {
        demo: options.demo,
        checkpoint: options.checkpoint,
        sources: options.sources,
        dataset: options.dataset,
        simulator: options.simulator,
        ask: options.ask.map(|text| (options.task, text)),
        device: options.device,
        theme: options.theme.map(|theme| match theme {
            ThemeChoice::Dark => Theme::Dark,
            ThemeChoice::Light => Theme::Light,
        }),
        size,
    };
    match screenshot {
        Some(file) => spvla::app::screenshot(&app, &file)?,
        None => spvla::app::run(app)?,
    }
    Ok(Outcome::Good)
}

/// The error and its causes, leaving out a cause that the message above it already tells.
fn told(error: &anyhow::Error) -> String {
    let mut told = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !told.contains(&cause) {
            told.extend([": ", cause.as_str()]);
        }
    }
    told
}

fn closed_pipe(error: &anyhow::Error) -> bool {
    let io = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
}
