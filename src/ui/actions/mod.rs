//! The action chunk of the last answer: curves over time, or numbers.

mod curves;
mod series;
mod table;

use std::collections::BTreeSet;

use egui::{Align, Label, Layout, Ui, vec2};

use super::act::icon_act;
use super::icons;
use super::panel::{Panel, PanelContext};
use super::theme::{self, CONTROL, Palette, SPACE_SMALL};
use super::widgets::{EmptyState, IconButton, empty_state, segmented};
use crate::engine::ActionAnswer;
use crate::workbench::CommandId;
use series::Series;

/// Width from which curves and table are chosen by name.
const WIDE: f32 = 396.0;

/// What the panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum View {
    #[default]
    Curves,
    Table,
}

/// The panel.
#[derive(Debug, Default)]
pub struct ActionsPanel {
    view: View,
    /// Axes whose curves are off.
    off: BTreeSet<usize>,
    /// The sample in the table: none is the mean.
    sample: Option<usize>,
}

impl Panel for ActionsPanel {
    fn title(&self) -> &'static str {
        "Actions"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let result = context.workbench.asking.acted();
        let Some((result, action)) = result.and_then(|r| Some((r, r.answer.action.as_ref()?)))
        else {
            nothing(ui, context);
            return;
        };
        let normalized = context.workbench.settings.normalized_actions;
        let series = Series::of(action, normalized);
        ui.spacing_mut().item_spacing.y = SPACE_SMALL;
        self.header(ui, context, action, &series);
        if context.workbench.is_stale(result) {
            ui.multiply_opacity(0.5);
        }
        match self.view {
            View::Curves => curves::ui(ui, &series, &mut self.off),
            View::Table => table::ui(ui, &series, &mut self.sample),
        }
    }
}

impl ActionsPanel {
    fn header(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        action: &ActionAnswer,
        series: &Series,
    ) {
        let size = vec2(ui.available_width(), CONTROL);
        let wide = size.x >= WIDE;
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            if wide {
                segmented(
                    ui,
                    "View",
                    &mut self.view,
                    &[(View::Curves, "Curves"), (View::Table, "Table")],
                );
            }
            scale(ui, context, action);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                icon_act(ui, context, icons::FILE, CommandId::CopyActionsCsv);
                icon_act(ui, context, icons::JSON, CommandId::CopyActionsJson);
                if !wide {
                    self.view_switch(ui);
                }
            });
        });
        note(ui, action, series);
    }

    /// Where two names have no room.
    fn view_switch(&mut self, ui: &mut Ui) {
        let table = self.view == View::Table;
        if ui
            .add(IconButton::new(icons::TABLE, "Table").selected(table))
            .clicked()
        {
            self.view = if table { View::Curves } else { View::Table };
        }
    }
}

/// Normalised or SI; where SI is not to be had, why.
fn scale(ui: &mut Ui, context: &mut PanelContext<'_>, action: &ActionAnswer) {
    let available = action.si.is_some();
    let was = context.workbench.settings.normalized_actions || !available;
    let mut normalized = was;
    let shown = ui.add_enabled_ui(available, |ui| {
        segmented(
            ui,
            "Numbers",
            &mut normalized,
            &[(true, "Normalised"), (false, "SI")],
        );
    });
    if let (false, Err(reason)) = (available, &action.statistics) {
        shown.response.on_hover_text(format!("No SI: {reason}"));
    }
    if available && normalized != was {
        context.plain(CommandId::ToggleNormalized);
    }
}

/// By which statistics, or why there is no SI.
fn note(ui: &mut Ui, action: &ActionAnswer, series: &Series) {
    let p = Palette::of(ui);
    let (text, color) = match &action.statistics {
        Ok(key) if !series.normalized => (format!("By the statistics of {key}"), p.weak),
        Ok(_) => ("As the model emits them, -1 to 1".to_owned(), p.weak),
        Err(reason) => (format!("{} No SI: {reason}", icons::WARNING), p.warn),
    };
    ui.add(Label::new(theme::secondary(text).color(color)).truncate());
}

fn nothing(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let task = context.workbench.asking.task;
    let choose = task != crate::grounding::prompt::Task::Action;
    let shortcut = context.shortcut(CommandId::TaskAction);
    let shown = EmptyState {
        icon: icons::CHART,
        title: "No actions yet",
        hint: "Run the Action task to see what the robot would do.",
        action: if choose {
            ("", "Choose Action", shortcut.as_str())
        } else {
            ("", "", "")
        },
        ..EmptyState::default()
    };
    if empty_state(ui, &shown).acted {
        context.plain(CommandId::TaskAction);
    }
}
