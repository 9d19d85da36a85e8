//! The table of commands: words, keys and group of each.

use super::{CommandId, CommandSpec, Shortcut};

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
    row(CommandId::OpenDemo, "Model", "Open demo", "The shipped checkpoint drives the simulated arm", &[ctrl_shift("D")]),
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
    row(CommandId::OpenSimulator, "Simulator", "Open the simulator", "A tabletop, an arm and cameras, with nothing plugged in", &[ctrl_shift("U")]),
    row(CommandId::CloseSimulator, "Simulator", "Close the simulator", "Its cameras close with it", &[]),
    row(CommandId::SimulatorRun, "Simulator", "Run or pause the simulator", "Space does the same when one of its cameras is selected", &[shift("Space")]),
    row(CommandId::SimulatorStep, "Simulator", "Step the simulator", "One control step", &[shift("S")]),
    row(CommandId::SimulatorReset, "Simulator", "Reset the episode", "The same seed from its start", &[shift("R")]),
    row(CommandId::SimulatorNewSeed, "Simulator", "New seed", "Another episode of the same task", &[shift("N")]),
    row(CommandId::ToggleExpert, "Simulator", "Expert", "The scripted expert plays; otherwise the arm holds", &[shift("E")]),
    row(CommandId::TogglePolicy, "Simulator", "Policy", "The loaded checkpoint drives, through the cameras it was trained with, or else all in view; otherwise the arm holds", &[shift("V")]),
    row(CommandId::ToggleRepeat, "Simulator", "Next seed at the end", "Episodes follow each other", &[]),
    row(CommandId::TogglePerturb, "Simulator", "Drag things", "Move things on the table with the mouse", &[shift("P")]),
    row(CommandId::SimulatorBump, "Simulator", "Bump the gripper", "A push, as in perturbed episodes", &[shift("B")]),
    row(CommandId::SimulatorTruth, "Simulator", "Show truth", "Exact boxes, grasp and place points and the gripper's way", &[shift("T")]),
    row(CommandId::ToggleRecord, "Simulator", "Record", "Keep every episode that reaches its goal in a dataset", &[]),
    row(CommandId::KeepEpisode, "Simulator", "Save episode", "Keep the episode as it is now in the dataset", &[]),
    row(CommandId::PickRecordFolder, "Simulator", "Choose recording folder", "The dataset that kept episodes are appended to", &[]),
    row(CommandId::Generate, "Generate", "Generate", "Let the expert play and write datasets of it", &[]),
    row(CommandId::CancelGenerate, "Generate", "Cancel generating", "What was written stays complete and can be resumed", &[]),
    row(CommandId::ResumeGenerate, "Generate", "Resume generating", "Go on with what is in the folder", &[]),
    row(CommandId::PickGenerateFolder, "Generate", "Choose output folder", "Where generated datasets go", &[]),
    row(CommandId::StartTraining, "Training", "Start training", "By the recipe, into its folder", &[ctrl_shift("R")]),
    row(CommandId::PauseTraining, "Training", "Pause training", "Hold after this step, with everything in memory", &[ctrl_shift("P")]),
    row(CommandId::ResumeTraining, "Training", "Resume training", "Go on after a pause, or from what is saved in the run folder", &[ctrl_shift("Y")]),
    row(CommandId::StopTraining, "Training", "Stop training", "Finish this step, save, and end", &[ctrl_shift("X")]),
    row(CommandId::NewRecipe, "Training", "New recipe", "Every setting as published", &[]),
    row(CommandId::OpenRecipe, "Training", "Open recipe", "Choose a TOML file", &[]),
    row(CommandId::SaveRecipe, "Training", "Save recipe", "As a TOML file for `spvla train`", &[ctrl("S")]),
    row(CommandId::OpenRun, "Training", "Open run", "Choose a run folder, to compare its curves", &[]),
    row(CommandId::LoadNewest, "Training", "Load newest checkpoint", "Of the run, into the model", &[ctrl_shift("K")]),
    row(CommandId::OpenEvaluation, "Evaluation", "Open report", "Choose the folder of a finished evaluation", &[]),
    row(CommandId::StartEvaluation, "Evaluation", "Start evaluation", "A run that was stopped goes on", &[]),
    row(CommandId::StopEvaluation, "Evaluation", "Stop evaluation", "What is finished stays", &[]),
    row(CommandId::NextFailure, "Evaluation", "Next outcome", "Look at the next one of the list", &[shift("F")]),
    row(CommandId::PreviousFailure, "Evaluation", "Previous outcome", "Look at the one before", &[shift("G")]),
    row(CommandId::OpenDataset, "Data", "Open dataset", "Choose a LeRobot folder or a folder with annotations", &[ctrl_shift("N")]),
    row(CommandId::CloseDataset, "Data", "Close dataset", "Close its cameras too", &[]),
    row(CommandId::NextEpisode, "Data", "Next episode", "Or the next annotated picture", &[key("S")]),
    row(CommandId::PreviousEpisode, "Data", "Previous episode", "Or the previous annotated picture", &[key("W")]),
    row(CommandId::FindEpisode, "Data", "Find episode", "By words of its task, or by number", &[ctrl("F")]),
    row(CommandId::ToggleTruth, "Data", "Ground truth", "Draw what is known to be true, or not", &[key("G")]),
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
    row(CommandId::ShowDatasets, "Panels", "Show datasets", "Episodes and annotated pictures", &[ctrl_shift("B")]),
    row(CommandId::ShowEpisode, "Panels", "Show episode", "States and actions over time", &[]),
    row(CommandId::WorkspaceInspect, "Panels", "Inspect", "Pictures and what the model says of them", &[ctrl("1")]),
    row(CommandId::WorkspaceData, "Panels", "Data", "Datasets, their cameras and curves", &[ctrl("2")]),
    row(CommandId::WorkspaceTrain, "Panels", "Train", "Training and evaluation", &[ctrl("3")]),
    row(CommandId::ShowTraining, "Panels", "Show recipe", "What is to be trained", &[]),
    row(CommandId::ShowCurves, "Panels", "Show curves", "Losses and rates over the steps of runs", &[]),
    row(CommandId::ShowSamples, "Panels", "Show samples", "What is being learnt, and what the model says of it now", &[]),
    row(CommandId::ShowRuns, "Panels", "Show runs", "Runs beside each other", &[]),
    row(CommandId::ShowEvaluation, "Panels", "Show evaluation", "Scores, intervals and failures", &[ctrl_shift("V")]),
    row(CommandId::ShowAsk, "Panels", "Show ask", "Question and reply", &[]),
    row(CommandId::ShowGroundings, "Panels", "Show groundings", "What the reply points at", &[ctrl_shift("G")]),
    row(CommandId::ShowActions, "Panels", "Show actions", "Curves and table", &[ctrl_shift("A")]),
    row(CommandId::ShowModel, "Panels", "Show model", "The checkpoint and its report", &[ctrl_shift("M")]),
    row(CommandId::ShowTiming, "Panels", "Show timing", "Stages, frames and memory", &[ctrl_shift("T")]),
    row(CommandId::ShowLog, "Panels", "Show log", "Messages", &[ctrl_shift("L")]),
    row(CommandId::ShowGenerate, "Panels", "Show generate", "Datasets by the scripted expert", &[ctrl_shift("J")]),
    row(CommandId::Quit, "Window", "Quit", "", &[ctrl("Q")]),
];
