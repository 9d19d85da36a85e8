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
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<Outcome> {
    // Drivers complain while they are looked for; who lists devices sees what came of it.
    spvla::engine::install_logger(!matches!(command, Command::Devices(_)));
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

fn closed_pipe(error: &anyhow::Error) -> bool {
    let io = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
}
