//! Datasets: what is in the open one, its list of episodes or pictures, and the curves of the episode on show.

mod about;
mod curve;
mod episode;
mod list;
mod small;
mod words;

use std::path::Path;

use egui::{Popup, Ui, vec2};

pub use episode::EpisodePanel;

use super::act::small_icon_act;
use super::panel::{Panel, PanelContext};
use super::theme::{self, Palette, SPACE_SMALL, TARGET_MIN};
use super::widgets::{self, EmptyState, IconButton, Progress, Tone, empty_state};
use super::{icons, units};
use crate::workbench::{Command, CommandId, DatasetCommand, DatasetState, DatasetStatus, Message};
use list::EpisodeList;

/// Width of the menu of recent datasets.
const RECENT_WIDTH: f32 = 320.0;
/// Recent datasets in the empty panel; the menu has all of them.
const RECENT: usize = 6;
/// Seconds before work under way is worth a word.
const PATIENCE: f64 = 0.4;

/// The panel of the open dataset.
#[derive(Default)]
pub struct DatasetsPanel {
    /// The path being typed.
    typed: String,
    list: EpisodeList,
    problems: bool,
}

impl Panel for DatasetsPanel {
    fn title(&self) -> &'static str {
        "Datasets"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        ui.spacing_mut().item_spacing.y = SPACE_SMALL;
        let workbench = context.workbench;
        toolbar(ui, context);
        match &workbench.dataset {
            None => self.closed(ui, context),
            Some(set) => match &set.status {
                DatasetStatus::Opening => opening(ui, context, set),
                DatasetStatus::Failed(error) => failed(ui, context, set, error),
                DatasetStatus::Open(about) => {
                    about::header(ui, about, &mut self.problems);
                    if self.problems {
                        about::problems(ui, context, about);
                    } else {
                        self.list.ui(ui, context, set, about);
                    }
                }
            },
        }
    }

    fn command(&mut self, command: CommandId) {
        if command == CommandId::FindEpisode {
            self.problems = false;
            self.list.focus_search();
        }
    }
}

impl DatasetsPanel {
    fn closed(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        self.path(ui, context);
        let recent = &context.workbench.settings.recent_datasets;
        if !recent.is_empty() {
            widgets::section(ui, "Recent", |_| {});
            widgets::dense(ui, |ui| {
                for path in recent.iter().take(RECENT) {
                    recent_item(ui, context, path);
                }
            });
        }
        let shortcut = context.shortcut(CommandId::OpenDataset);
        let shown = EmptyState {
            icon: icons::DATA,
            title: "No dataset open",
            hint: "Open a LeRobot folder or annotated pictures, or drop them onto the window.",
            action: (icons::FOLDER, "Open dataset", &shortcut),
            ..EmptyState::default()
        };
        if empty_state(ui, &shown).acted {
            context.plain(CommandId::OpenDataset);
        }
    }

    /// Opens what was typed: the way that needs no dialog of the desktop.
    fn path(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let field = egui::TextEdit::singleline(&mut self.typed)
            .hint_text("or type a path")
            .desired_width(f32::INFINITY);
        let response = ui.add(field).accessible_name("Path of a dataset");
        let entered = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        let path = self.typed.trim();
        if entered && !path.is_empty() {
            context.push(Command::Dataset(DatasetCommand::Open(path.into())));
            self.typed.clear();
        }
    }
}

fn toolbar(ui: &mut Ui, context: &mut PanelContext<'_>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE_SMALL, SPACE_SMALL);
        small_icon_act(ui, context, icons::FOLDER, CommandId::OpenDataset);
        recent(ui, context);
        if context.workbench.dataset.is_some() {
            small_icon_act(ui, context, icons::STEP_BACK, CommandId::PreviousEpisode);
            small_icon_act(ui, context, icons::STEP, CommandId::NextEpisode);
            small_icon_act(ui, context, icons::CLOSE, CommandId::CloseDataset);
        }
    });
}

/// What was opened before, behind one icon.
fn recent(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let paths = &context.workbench.settings.recent_datasets;
    let button = IconButton::new(icons::HISTORY, "Open recent dataset").side(TARGET_MIN);
    let button = ui.add_enabled(!paths.is_empty(), button);
    Popup::menu(&button).width(RECENT_WIDTH).show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for path in paths {
            recent_item(ui, context, path);
        }
    });
}

fn recent_item(ui: &mut Ui, context: &mut PanelContext<'_>, path: &Path) {
    let text = path.display().to_string();
    let item = widgets::menu_item(ui, icons::HISTORY, widgets::tail(&text), "");
    if item.on_hover_text(&text).clicked() {
        context.push(Command::Dataset(DatasetCommand::Open(path.to_path_buf())));
    }
}

fn opening(ui: &mut Ui, context: &mut PanelContext<'_>, set: &DatasetState) {
    let since = context.workbench.now_secs - set.since_secs;
    let path = set.path.display().to_string();
    if since < PATIENCE {
        ui.label(theme::secondary(widgets::tail(&path)).color(Palette::of(ui).weak));
        return;
    }
    let detail = units::seconds(since);
    let shown = EmptyState {
        icon: icons::DATA,
        title: "Opening the dataset",
        hint: &path,
        progress: Some(Progress {
            label: "Reading the list of its entries",
            fraction: None,
            detail: &detail,
            can_cancel: true,
        }),
        ..EmptyState::default()
    };
    if empty_state(ui, &shown).cancelled {
        context.plain(CommandId::CloseDataset);
    }
}

fn failed(ui: &mut Ui, context: &mut PanelContext<'_>, set: &DatasetState, error: &str) {
    let parts = Message::of(error);
    let path = set.path.display().to_string();
    let place = if parts.place.is_empty() {
        &path
    } else {
        &parts.place
    };
    let shown = EmptyState {
        icon: icons::WARNING,
        title: &parts.what,
        hint: &format!("{}\n{place}", parts.advice),
        action: (icons::RETRY, "Try again", ""),
        tone: Tone::Danger,
        ..EmptyState::default()
    };
    if empty_state(ui, &shown).acted {
        context.push(Command::Dataset(DatasetCommand::Open(set.path.clone())));
    }
}
