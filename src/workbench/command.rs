//! Every act of a person, as a value. Menu, palette, key sheet, buttons and tests are made from [`COMMANDS`].

mod table;

use std::path::PathBuf;

use super::SimulatorAct;
use crate::engine::{CollectConfig, DeviceChoice, Precision, SourceId, SourceSpec};
use crate::grounding::prompt::Task;

pub use table::COMMANDS;

/// An act with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// An act without arguments; those are what keys and the palette can do.
    Plain(CommandId),
    /// Load the checkpoint at a path.
    LoadCheckpoint(PathBuf),
    /// Load a run whose tokenizer lies in another folder: the checkpoint, then that folder.
    LoadWithPlanner(PathBuf, PathBuf),
    /// Choose the tokenizer folder of the checkpoint at a path in a dialog, then load it.
    PickPlanner(PathBuf),
    /// Open a source.
    OpenSource(SourceSpec),
    /// Open whatever was dropped: a checkpoint or a source, told apart by its content.
    OpenDropped(PathBuf),
    /// Close a source.
    CloseSource(SourceId),
    /// Make a source the selected one.
    SelectSource(SourceId),
    /// Show or hide a source among the views.
    ToggleView(SourceId),
    /// Move a source up among the views: their order is the model's order.
    RaiseView(SourceId),
    /// Show the frame at an index.
    Seek(SourceId, u64),
    /// Times real time.
    SetSpeed(SourceId, f32),
    /// An act upon a dataset.
    Dataset(super::DatasetCommand),
    /// Choose a task.
    SetTask(Task),
    /// Choose a preset of the task.
    SetPreset(usize),
    /// Replace the instruction.
    SetInstruction(String),
    /// Replace the query options.
    SetOptions(Box<crate::engine::QueryOptions>),
    /// Where the model runs; takes effect at the next load.
    SetDevice(DeviceChoice),
    /// Precision of the weights; takes effect at the next load.
    SetPrecision(Precision),
    /// Hide or show a grounding.
    ToggleGrounding(usize),
    /// Point at a grounding, or at none.
    Highlight(Option<usize>),
    /// Put a text on the clipboard.
    Copy(String),
    /// Write a file: the annotated picture, the actions.
    Save(PathBuf, Vec<u8>),
    /// Take a notice off the screen.
    DismissNotice(usize),
    /// Act upon recipe and runs.
    Training(super::TrainingCommand),
    /// Act upon evaluations.
    Evaluation(super::EvaluationCommand),
    /// Act on the simulator.
    Simulator(SimulatorAct),
    /// Replace what is to be collected.
    SetCollect(Box<CollectConfig>),
    /// Give a command this key, taking it from whichever has it.
    GiveKey(CommandId, Shortcut),
    /// Put the keys of a command back, or those of all.
    ResetKeys(Option<CommandId>),
}

/// Acts without arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CommandId {
    /// Choose a checkpoint in a dialog.
    OpenCheckpoint,
    /// Load the shipped checkpoint and let it drive the simulated arm.
    OpenDemo,
    /// Close the checkpoint.
    CloseCheckpoint,
    /// Stop loading.
    CancelLoad,
    /// Choose pictures or videos in a dialog.
    OpenFiles,
    /// Choose a folder of pictures in a dialog.
    OpenFolder,
    /// List cameras and offer them.
    ListCameras,
    /// Close the selected source.
    CloseSource,
    /// Ask.
    Run,
    /// Stop asking.
    CancelQuery,
    /// Ask again for each new frame, or no longer.
    ToggleAuto,
    /// Ask for boxes.
    TaskBox,
    /// Ask for points.
    TaskPoint,
    /// Ask for a trace.
    TaskTrace,
    /// Ask for a plan.
    TaskPlan,
    /// Talk freely.
    TaskChat,
    /// Ask for actions.
    TaskAction,
    /// Put the keyboard into the instruction box.
    FocusInstruction,
    /// Play or pause.
    PlayPause,
    /// Next frame.
    NextFrame,
    /// Previous frame.
    PreviousFrame,
    /// Ten frames on.
    SkipForward,
    /// Ten frames back.
    SkipBack,
    /// First frame.
    FirstFrame,
    /// Last frame.
    LastFrame,
    /// Begin again at the end, or not.
    ToggleLoop,
    /// Fit the picture into its tile.
    FitView,
    /// Larger.
    ZoomIn,
    /// Smaller.
    ZoomOut,
    /// Original size.
    ZoomOriginal,
    /// Next grounding.
    NextGrounding,
    /// Previous grounding.
    PreviousGrounding,
    /// Hide or show the chosen grounding.
    HideGrounding,
    /// Copy the groundings as JSON.
    CopyGroundings,
    /// Copy the reply.
    CopyReply,
    /// Copy the actions as JSON.
    CopyActionsJson,
    /// Copy the actions as CSV.
    CopyActionsCsv,
    /// Save the picture with its marks.
    SaveAnnotated,
    /// Show actions normalised or in SI.
    ToggleNormalized,
    /// The palette of commands.
    CommandPalette,
    /// The sheet of keys.
    KeySheet,
    /// Theme, text size, motion and keys.
    Preferences,
    /// Dark or light.
    ToggleTheme,
    /// Fades, or none.
    ToggleMotion,
    /// Larger text.
    ScaleUp,
    /// Smaller text.
    ScaleDown,
    /// Normal text.
    ScaleReset,
    /// The tiles as they came.
    ResetLayout,
    /// Bring the sources to the front.
    ShowSources,
    /// Bring the canvas to the front.
    ShowCanvas,
    /// Bring the question to the front.
    ShowAsk,
    /// Bring the list of groundings to the front.
    ShowGroundings,
    /// Bring the actions to the front.
    ShowActions,
    /// Bring the checkpoint to the front.
    ShowModel,
    /// Bring the times to the front.
    ShowTiming,
    /// Bring the log to the front.
    ShowLog,
    /// Choose the folder of a dataset in a dialog.
    OpenDataset,
    /// Close the dataset.
    CloseDataset,
    /// Next episode or sample of those that match.
    NextEpisode,
    /// Previous episode or sample of those that match.
    PreviousEpisode,
    /// Put the keyboard into the search over episodes.
    FindEpisode,
    /// Draw ground truth, or not.
    ToggleTruth,
    /// Bring the datasets to the front.
    ShowDatasets,
    /// Bring the curves of the episode to the front.
    ShowEpisode,
    /// The tiles for one picture and what a model says of it.
    WorkspaceInspect,
    /// The tiles for datasets.
    WorkspaceData,
    /// Set a scene up, if none is, and show its cameras.
    OpenSimulator,
    /// Put the simulator away.
    CloseSimulator,
    /// Let the simulator's time pass, or not.
    SimulatorRun,
    /// One control step.
    SimulatorStep,
    /// Begin the episode again.
    SimulatorReset,
    /// Draw another episode.
    SimulatorNewSeed,
    /// Bump the gripper.
    SimulatorBump,
    /// The expert plays, or the arm holds.
    ToggleExpert,
    /// The loaded checkpoint drives, or the arm holds.
    TogglePolicy,
    /// The next seed follows when an episode ends, or not.
    ToggleRepeat,
    /// Things can be dragged on the canvas, or not.
    TogglePerturb,
    /// What is true in the pictures is shown, or not.
    SimulatorTruth,
    /// Episodes that reach their goal are kept, or not.
    ToggleRecord,
    /// Keep the episode as it is now.
    KeepEpisode,
    /// Choose where kept episodes go.
    PickRecordFolder,
    /// Bring the form of collecting to the front.
    ShowGenerate,
    /// Collect.
    Generate,
    /// Stop collecting.
    CancelGenerate,
    /// Go on with a run that was stopped.
    ResumeGenerate,
    /// Choose where collected episodes go.
    PickGenerateFolder,
    /// The tiles for training and evaluation.
    WorkspaceTrain,
    /// Train by the recipe.
    StartTraining,
    /// Hold the training after its step.
    PauseTraining,
    /// Go on after a pause, or from what was saved.
    ResumeTraining,
    /// Save and end the training.
    StopTraining,
    /// Begin a recipe anew.
    NewRecipe,
    /// Choose a recipe in a dialog.
    OpenRecipe,
    /// Choose where to save the recipe.
    SaveRecipe,
    /// Choose a run folder to compare in a dialog.
    OpenRun,
    /// Load the newest checkpoint of the run.
    LoadNewest,
    /// Bring the recipe to the front.
    ShowTraining,
    /// Bring the curves to the front.
    ShowCurves,
    /// Bring what is being learnt to the front.
    ShowSamples,
    /// Bring the runs to the front.
    ShowRuns,
    /// Bring evaluations to the front.
    ShowEvaluation,
    /// Choose a finished evaluation in a dialog.
    OpenEvaluation,
    /// Evaluate.
    StartEvaluation,
    /// Stop evaluating.
    StopEvaluation,
    /// Look at the next outcome of the list.
    NextFailure,
    /// Look at the one before.
    PreviousFailure,
    /// Leave.
    Quit,
}

/// A key with its modifiers, named as egui names keys. `command` is Ctrl, or Cmd on a Mac.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shortcut {
    /// Ctrl or Cmd.
    pub command: bool,
    /// Shift.
    pub shift: bool,
    /// The key.
    pub key: &'static str,
}

/// What a command says of itself.
#[derive(Debug)]
pub struct CommandSpec {
    /// Which one.
    pub id: CommandId,
    /// Its words, sentence case.
    pub text: &'static str,
    /// One sentence more.
    pub detail: &'static str,
    /// The part of the key sheet it stands in.
    pub group: &'static str,
    /// Its keys.
    pub shortcuts: &'static [Shortcut],
}

impl CommandId {
    /// What the command says of itself.
    #[must_use]
    pub fn spec(self) -> Option<&'static CommandSpec> {
        COMMANDS.iter().find(|spec| spec.id == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_commands_share_a_key() {
        let mut seen = std::collections::HashMap::new();
        for spec in COMMANDS {
            for shortcut in spec.shortcuts {
                if let Some(other) = seen.insert(shortcut, spec.text) {
                    panic!("{} and {other} share {shortcut:?}", spec.text);
                }
            }
        }
    }
}
