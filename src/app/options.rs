//! What the command line asks of the window, and doing it.

use std::path::PathBuf;

use super::App;
use crate::engine::{self, SourceSpec};
use crate::grounding::prompt::Task;
use crate::workbench::{Command, CommandId, DatasetCommand, SimulatorAct, Theme};

/// What the command line says about the window.
#[derive(Debug, Clone, Default)]
pub struct AppOptions {
    /// Let the shipped checkpoint drive the simulated arm.
    pub demo: bool,
    /// A checkpoint to load.
    pub checkpoint: Option<PathBuf>,
    /// Pictures, folders and videos to open.
    pub sources: Vec<PathBuf>,
    /// A dataset to open.
    pub dataset: Option<PathBuf>,
    /// A task of the simulator to set up, and its seed.
    pub simulator: Option<(String, u64)>,
    /// An instruction to ask at once.
    pub ask: Option<(Task, String)>,
    /// Where the model runs, if not as in the preferences.
    pub device: Option<engine::DeviceChoice>,
    /// Dark or light, if not as in the preferences.
    pub theme: Option<Theme>,
    /// Size of the window or picture, in points.
    pub size: Option<[u32; 2]>,
}

impl App {
    /// Does what the command line asks for.
    pub(super) fn open(&mut self, options: &AppOptions) {
        if let Some(device) = options.device {
            self.command(Command::SetDevice(device));
        }
        if let Some(theme) = options.theme {
            self.workbench.settings.theme = theme;
        }
        if options.demo {
            self.command(Command::Plain(CommandId::OpenDemo));
            self.shell.reveal_simulator();
        }
        if let Some(path) = &options.checkpoint {
            self.command(Command::LoadCheckpoint(path.clone()));
        }
        for path in &options.sources {
            self.command(Command::OpenSource(SourceSpec::Path(path.clone())));
        }
        if let Some(path) = &options.dataset {
            let open = DatasetCommand::Open(path.clone());
            self.command(Command::Dataset(open));
        }
        if let Some((task, seed)) = &options.simulator {
            let setup = engine::SimulatorSetup {
                task: task.clone(),
                seed: *seed,
                ..engine::SimulatorSetup::default()
            };
            self.command(Command::Simulator(SimulatorAct::SetUp(setup)));
            self.shell.reveal_simulator();
        }
        if let Some((task, instruction)) = &options.ask {
            self.command(Command::SetTask(*task));
            self.command(Command::SetInstruction(instruction.clone()));
        }
    }
}
