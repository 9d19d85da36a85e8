//! Every act of a person, as a value. Menu, palette, key sheet, buttons and tests are made from [`COMMANDS`].

use std::path::PathBuf;

use crate::engine::{DeviceChoice, Precision, SourceId, SourceSpec};
use crate::grounding::prompt::Task;

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
    /// Load the shipped tiny checkpoint and open the sample pictures.
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

const fn key(key: &'static str) -> Shortcut {
    Shortcut {
        command: false,
        shift: false,
        key,
    }
}

const fn ctrl(key: &'static str) -> Shortcut {
    Shortcut {
        command: true,
        shift: false,
        key,
    }
}

const fn shift(key: &'static str) -> Shortcut {
    Shortcut {
        command: false,
        shift: true,
        key,
    }
}

const fn ctrl_shift(key: &'static str) -> Shortcut {
    Shortcut {
        command: true,
        shift: true,
        key,
    }
}

const fn row(
    id: CommandId,
    group: &'static str,
    text: &'static str,
    detail: &'static str,
    shortcuts: &'static [Shortcut],
) -> CommandSpec {
    CommandSpec {
        id,
        text,
        detail,
        group,
        shortcuts,
    }
}

/// Every command, grouped as the key sheet shows them.
#[rustfmt::skip]
pub const COMMANDS: &[CommandSpec] = &[
    row(CommandId::OpenCheckpoint, "Model", "Open checkpoint", "Load a run folder, a weights file or a Hugging Face folder", &[ctrl("O")]),
    row(CommandId::OpenDemo, "Model", "Open demo", "Load the shipped tiny checkpoint and the sample pictures", &[ctrl_shift("D")]),
    row(CommandId::CloseCheckpoint, "Model", "Close checkpoint", "Free the memory of the model", &[]),
    row(CommandId::CancelLoad, "Model", "Cancel loading", "Keep what was loaded before", &[key("Escape")]),
    row(CommandId::OpenFiles, "Sources", "Open pictures or videos", "Choose files", &[ctrl_shift("O")]),
    row(CommandId::OpenFolder, "Sources", "Open folder", "Choose a folder of pictures", &[]),
    row(CommandId::ListCameras, "Sources", "Find cameras", "List the cameras of this machine", &[]),
    row(CommandId::CloseSource, "Sources", "Close source", "Close the selected picture, video or camera", &[ctrl("W")]),
    row(CommandId::Run, "Ask", "Run", "Ask the model about the frames in view", &[ctrl("Enter"), key("M")]),
    row(CommandId::CancelQuery, "Ask", "Cancel", "Stop the running query", &[ctrl("Period")]),
    row(CommandId::ToggleAuto, "Ask", "Auto-run", "Ask again for each new frame; the newest frame wins", &[ctrl("M")]),
    row(CommandId::TaskBox, "Ask", "Ask for boxes", "Task: box", &[ctrl_shift("1")]),
    row(CommandId::TaskPoint, "Ask", "Ask for points", "Task: point", &[ctrl_shift("2")]),
    row(CommandId::TaskTrace, "Ask", "Ask for a trace", "Task: trace", &[ctrl_shift("3")]),
    row(CommandId::TaskPlan, "Ask", "Ask for a plan", "Task: plan", &[ctrl_shift("4")]),
    row(CommandId::TaskChat, "Ask", "Talk freely", "Task: chat", &[ctrl_shift("5")]),
    row(CommandId::TaskAction, "Ask", "Ask for actions", "Task: action", &[ctrl_shift("6")]),
    row(CommandId::FocusInstruction, "Ask", "Write instruction", "Put the keyboard into the instruction box", &[key("I"), ctrl("L")]),
    row(CommandId::PlayPause, "Playback", "Play or pause", "The selected source", &[key("Space")]),
    row(CommandId::NextFrame, "Playback", "Next frame", "", &[key("D"), ctrl("ArrowRight")]),
    row(CommandId::PreviousFrame, "Playback", "Previous frame", "", &[key("A"), ctrl("ArrowLeft")]),
    row(CommandId::SkipForward, "Playback", "Ten frames on", "", &[shift("D")]),
    row(CommandId::SkipBack, "Playback", "Ten frames back", "", &[shift("A")]),
    row(CommandId::FirstFrame, "Playback", "First frame", "", &[key("Home")]),
    row(CommandId::LastFrame, "Playback", "Last frame", "", &[key("End")]),
    row(CommandId::ToggleLoop, "Playback", "Loop", "Begin again at the end", &[]),
    row(CommandId::FitView, "View", "Fit picture", "Fit the picture into its tile", &[key("F")]),
    row(CommandId::ZoomIn, "View", "Zoom in", "", &[]),
    row(CommandId::ZoomOut, "View", "Zoom out", "", &[]),
    row(CommandId::ZoomOriginal, "View", "Original size", "One picture pixel is one screen pixel", &[]),
    row(CommandId::NextGrounding, "Groundings", "Next grounding", "", &[key("Tab")]),
    row(CommandId::PreviousGrounding, "Groundings", "Previous grounding", "", &[shift("Tab")]),
    row(CommandId::HideGrounding, "Groundings", "Hide or show", "The chosen grounding", &[key("H")]),
    row(CommandId::CopyGroundings, "Groundings", "Copy groundings", "As JSON, in pixels of the original picture", &[ctrl_shift("C")]),
    row(CommandId::CopyReply, "Groundings", "Copy reply", "The text of the model", &[]),
    row(CommandId::SaveAnnotated, "Groundings", "Save annotated picture", "The picture with its marks, as PNG", &[ctrl_shift("S")]),
    row(CommandId::CopyActionsJson, "Actions", "Copy actions as JSON", "", &[]),
    row(CommandId::CopyActionsCsv, "Actions", "Copy actions as CSV", "", &[]),
    row(CommandId::ToggleNormalized, "Actions", "Normalised or SI", "Which numbers the curves and the table show", &[]),
    row(CommandId::CommandPalette, "Window", "Commands", "Find any command by typing", &[ctrl("K"), ctrl("P")]),
    row(CommandId::KeySheet, "Window", "Keys", "Every key and gesture", &[key("F1"), shift("Questionmark")]),
    row(CommandId::Preferences, "Window", "Preferences", "Theme, text size, motion and keys", &[ctrl("Comma")]),
    row(CommandId::ToggleTheme, "Window", "Dark or light", "Change the theme", &[]),
    row(CommandId::ToggleMotion, "Window", "Reduce motion", "Marks and notices appear without fading", &[]),
    row(CommandId::ScaleUp, "Window", "Larger text", "", &[ctrl("Plus")]),
    row(CommandId::ScaleDown, "Window", "Smaller text", "", &[ctrl("Minus")]),
    row(CommandId::ScaleReset, "Window", "Normal text", "", &[ctrl("0")]),
    row(CommandId::ResetLayout, "Window", "Reset layout", "Put every tile back where it came", &[]),
    row(CommandId::ShowSources, "Panels", "Show sources", "Pictures, videos and cameras", &[ctrl_shift("E")]),
    row(CommandId::ShowCanvas, "Panels", "Show canvas", "The views and their marks", &[]),
    row(CommandId::ShowAsk, "Panels", "Show ask", "Question and reply", &[]),
    row(CommandId::ShowGroundings, "Panels", "Show groundings", "What the reply points at", &[ctrl_shift("G")]),
    row(CommandId::ShowActions, "Panels", "Show actions", "Curves and table", &[ctrl_shift("A")]),
    row(CommandId::ShowModel, "Panels", "Show model", "The checkpoint and its report", &[ctrl_shift("M")]),
    row(CommandId::ShowTiming, "Panels", "Show timing", "Stages, frames and memory", &[ctrl_shift("T")]),
    row(CommandId::ShowLog, "Panels", "Show log", "Messages", &[ctrl_shift("L")]),
    row(CommandId::Quit, "Window", "Quit", "", &[ctrl("Q")]),
];

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
