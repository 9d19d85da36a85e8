//! Collecting datasets: the form of the command line, and the run as it goes.

mod run;

use egui::{Label, ScrollArea, Ui};

use super::act::command_text;
use super::form::{Extras, Form};
use super::icons;
use super::panel::{Panel, PanelContext};
use super::theme::{self, Palette, SPACE, SPACE_SMALL};
use super::widgets::ActionButton;
use crate::engine::{CollectConfig, collect_tasks};
use crate::workbench::{Command, CommandId};

/// The panel. The texts being written and the scroll position are its own; everything else is the document's.
pub struct GeneratePanel {
    form: Form,
    tasks: Vec<String>,
    run: run::RunView,
    /// Whether the form shows while a run does.
    unfolded: bool,
}

impl Default for GeneratePanel {
    fn default() -> Self {
        Self {
            form: Form::of::<CollectConfig>(),
            tasks: collect_tasks(),
            run: run::RunView::default(),
            unfolded: false,
        }
    }
}

impl Panel for GeneratePanel {
    fn title(&self) -> &'static str {
        "Generate"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        ui.spacing_mut().scroll.floating_allocated_width = SPACE;
        ScrollArea::vertical()
            .id_salt("generate")
            .auto_shrink(false)
            .show(ui, |ui| {
                if let Some(run) = &context.workbench.generate.run {
                    self.run.ui(ui, context, run);
                    ui.add_space(SPACE);
                    let (icon, verb) = if self.unfolded {
                        (icons::CARET_UP, "Hide form")
                    } else {
                        (icons::SLIDERS, "Another run")
                    };
                    let fold = ActionButton::new(icon, verb);
                    if !run.is_running() && ui.add(fold).clicked() {
                        self.unfolded = !self.unfolded;
                    }
                    if run.is_running() || !self.unfolded {
                        return;
                    }
                    ui.separator();
                }
                self.form(ui, context);
            });
    }

    fn command(&mut self, command: CommandId) {
        if matches!(command, CommandId::Generate | CommandId::ResumeGenerate) {
            self.unfolded = false;
        }
    }
}

impl GeneratePanel {
    fn form(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let p = Palette::of(ui);
        let generate = &context.workbench.generate;
        let text = "The scripted expert plays tasks in the simulator. Writes a LeRobot dataset, questions with answers, and exact boxes, points and traces.";
        ui.add(Label::new(theme::secondary(text).color(p.weak)).wrap());
        Self::start(ui, context);
        let several = [("task", self.tasks.as_slice())];
        let extras = Extras {
            folders: &["out"],
            several: &several,
            hidden: &[],
        };
        let answer = self.form.ui(ui, &generate.config, &extras);
        if let Some(config) = answer.changed {
            context.push(Command::SetCollect(Box::new(config)));
        }
        if answer.browse.is_some() {
            context.plain(CommandId::PickGenerateFolder);
        }
    }

    /// The button, and what is in its way.
    fn start(ui: &mut Ui, context: &mut PanelContext<'_>) {
        let p = Palette::of(ui);
        let config = &context.workbench.generate.config;
        let folder = !config.out.as_os_str().is_empty();
        let button = ActionButton::new(icons::RECORD, command_text(CommandId::Generate));
        ui.add_space(SPACE_SMALL);
        ui.horizontal(|ui| {
            if folder {
                if ui.add(button.primary()).clicked() {
                    context.plain(CommandId::Generate);
                }
                return;
            }
            let choose = command_text(CommandId::PickGenerateFolder);
            let choose = ActionButton::new(icons::FOLDER, choose).primary();
            if ui.add(choose).clicked() {
                context.plain(CommandId::PickGenerateFolder);
            }
        });
        if let Some(obstacle) = &context.workbench.generate.obstacle {
            let text = crate::workbench::capitalised(obstacle);
            ui.add(Label::new(theme::secondary(text).color(p.warn)).wrap());
        }
        ui.add_space(SPACE);
    }
}
