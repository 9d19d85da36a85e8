//! What every panel is: it reads the document and pushes commands, which are applied after drawing.

use egui::Ui;

use super::feed::Feeds;
use super::frame_times::FrameTimes;
use super::overlay::HueBook;
use crate::workbench::{Command, CommandId, Workbench};

/// What a panel gets to draw with.
pub struct PanelContext<'a> {
    /// The document; panels never change it.
    pub workbench: &'a Workbench,
    /// Textures of the sources' newest frames.
    pub feeds: &'a mut Feeds,
    /// Which hue each object has: one book, so that a list and the canvas agree.
    pub hues: &'a mut HueBook,
    /// How long the window's last frames took.
    pub frame_times: &'a FrameTimes,
    /// What the person did, applied after drawing.
    pub commands: &'a mut Vec<Command>,
}

impl PanelContext<'_> {
    /// The first key of a command, as text.
    #[must_use]
    pub fn shortcut(&self, id: CommandId) -> String {
        super::keys::command_shortcut(&self.workbench.settings.keys, id)
    }

    /// Pushes a command.
    pub fn push(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// Pushes a command without arguments.
    pub fn plain(&mut self, id: CommandId) {
        self.commands.push(Command::Plain(id));
    }
}

/// One tile's content. View state (scroll, zoom, sort order) lives in the panel; everything else in the document.
pub trait Panel {
    /// The tile's title.
    fn title(&self) -> &'static str;

    /// Draws it.
    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>);

    /// Takes a command that only concerns a view: zoom, focus. Most panels have none.
    fn command(&mut self, command: CommandId) {
        let _ = command;
    }
}
