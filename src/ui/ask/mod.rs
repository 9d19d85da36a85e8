//! Asking: what is wanted of the model, the button, and the reply as it is written.
//!
//! The text being written lives in the document like everything else, so a test can type by setting it.

mod alternatives;
mod question;
mod reply;
mod settings;

use egui::{ScrollArea, Ui};

pub(super) use question::remark;

use super::panel::{Panel, PanelContext};
use super::theme::SPACE;
use crate::workbench::CommandId;

/// The panel.
#[derive(Debug, Default)]
pub struct AskPanel {
    /// The instruction box gets the keyboard at the next drawing.
    focus: bool,
}

impl Panel for AskPanel {
    fn title(&self) -> &'static str {
        "Ask"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        ui.spacing_mut().scroll.floating_allocated_width = SPACE;
        ScrollArea::vertical()
            .id_salt("ask")
            .auto_shrink(false)
            .show(ui, |ui| {
                question::ui(ui, context, &mut self.focus);
                reply::ui(ui, context);
                settings::ui(ui, context);
            });
    }

    fn command(&mut self, command: CommandId) {
        self.focus |= command == CommandId::FocusInstruction;
    }
}
