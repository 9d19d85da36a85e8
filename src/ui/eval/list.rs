//! What failed, worst first: only the rows in sight exist; a press opens the picture or film of one.

use egui::{
    Align2, Color32, ComboBox, FontId, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2,
};

use crate::engine::Outcome;
use crate::ui::act::small_icon_act;
use crate::ui::panel::PanelContext;
use crate::ui::theme::{
    self, ICON, Palette, RADIUS, SPACE, SPACE_SMALL, TEXT_BODY, TEXT_NUMBER, TEXT_SECONDARY,
};
use crate::ui::widgets::{self, EmptyState, empty_state};
use crate::ui::{icons, units};
use crate::workbench::{
    Command, CommandId, EvaluationCommand, EvaluationState, OutcomeFilter, OutcomeKind,
};

/// Height of a row: what was asked, and below it what came of it.
const ROW: f32 = 40.0;
/// Width of the choices above the list.
const CHOICE: f32 = 124.0;

/// Where it is scrolled to.
#[derive(Default)]
pub(super) struct OutcomeList {
    /// The one that was looked at, to scroll to another that a key chose.
    seen: Option<u32>,
    offset: f32,
}

impl OutcomeList {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let state = &context.workbench.evaluation;
        let Some(report) = state.report() else { return };
        filter(ui, context, state);
        if state.listed.is_empty() {
            let shown = EmptyState {
                icon: icons::CHECK_CIRCLE,
                title: match state.filter.kind {
                    OutcomeKind::Failures if !report.outcomes.is_empty() => "No failures",
                    _ => "Nothing to list",
                },
                hint: if report.outcomes.is_empty() {
                    "The report has its numbers alone: no scores.jsonl lies beside it."
                } else {
                    "No outcome is of this kind."
                },
                ..EmptyState::default()
            };
            empty_state(ui, &shown);
            return;
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut area = ScrollArea::vertical()
            .id_salt("outcomes")
            .auto_shrink(false);
        if self.seen != state.looked {
            self.seen = state.looked;
            area = self.follow(ui, area, state);
        }
        let output = area.show_rows(ui, ROW, state.listed.len(), |ui, rows| {
            for place in rows {
                let Some(at) = state.listed.get(place) else {
                    continue;
                };
                let Some(outcome) = report.outcomes.get(*at as usize) else {
                    continue;
                };
                if row(ui, outcome, state.looked == Some(*at)) {
                    self.seen = Some(*at);
                    context.push(Command::Evaluation(EvaluationCommand::Look(place)));
                }
            }
        });
        self.offset = output.state.clamped_offset().y;
    }

    fn follow(&self, ui: &Ui, area: ScrollArea, state: &EvaluationState) -> ScrollArea {
        let place = state
            .looked
            .and_then(|looked| state.listed.iter().position(|at| *at == looked));
        let Some(place) = place else { return area };
        let (top, height) = (place as f32 * ROW, ui.available_height());
        if top < self.offset {
            area.vertical_scroll_offset(top)
        } else if top + ROW > self.offset + height {
            area.vertical_scroll_offset(top + ROW - height)
        } else {
            area
        }
    }
}

/// Which outcomes are listed, how many there are, and keys to step through them.
fn filter(ui: &mut Ui, context: &mut PanelContext<'_>, state: &EvaluationState) {
    let p = Palette::of(ui);
    let mut new = state.filter.clone();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE_SMALL;
        kind(ui, state, &mut new);
        part(ui, state, &mut new);
        let count = units::count(state.listed.len() as u64);
        ui.label(theme::number(count).color(p.weak))
            .on_hover_text("Outcomes in the list, worst first");
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            small_icon_act(ui, context, icons::STEP, CommandId::NextFailure);
            small_icon_act(ui, context, icons::STEP_BACK, CommandId::PreviousFailure);
        });
    });
    if new != state.filter {
        context.push(Command::Evaluation(EvaluationCommand::Filter(new)));
    }
}

fn kind(ui: &mut Ui, state: &EvaluationState, new: &mut OutcomeFilter) {
    let mut kinds = vec![
        (OutcomeKind::Failures, "Failures"),
        (OutcomeKind::All, "All outcomes"),
    ];
    if state.reports.len() > 1 {
        kinds.push((OutcomeKind::OnlyFirst, "Lost since first"));
        kinds.push((OutcomeKind::OnlySecond, "Won since first"));
    }
    let words = kinds
        .iter()
        .find(|(kind, _)| *kind == new.kind)
        .map_or("", |(_, words)| words);
    let shown = ComboBox::from_id_salt("outcome kind")
        .width(CHOICE)
        .selected_text(words)
        .show_ui(ui, |ui| {
            for (kind, words) in kinds {
                ui.selectable_value(&mut new.kind, kind, words);
            }
        });
    shown.response.accessible_name("Outcomes");
}

fn part(ui: &mut Ui, state: &EvaluationState, new: &mut OutcomeFilter) {
    let parts = &state.parts;
    if parts.len() < 2 {
        return;
    }
    let words = new.part.clone().unwrap_or_else(|| "Every part".into());
    let combo = ComboBox::from_id_salt("outcome part")
        .width(CHOICE)
        .truncate();
    let shown = combo.selected_text(words).show_ui(ui, |ui| {
        ui.selectable_value(&mut new.part, None, "Every part");
        for part in parts {
            ui.selectable_value(&mut new.part, Some(part.clone()), part);
        }
    });
    shown.response.accessible_name("Part");
}

/// One outcome; whether it was pressed.
fn row(ui: &mut Ui, outcome: &Outcome, chosen: bool) -> bool {
    let p = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let asked = if outcome.text.is_empty() {
        &outcome.id
    } else {
        &outcome.text
    };
    response.widget_info(|| {
        let spoken = format!("{asked}, {}", outcome.note);
        WidgetInfo::selected(Role::ListItem, true, chosen, spoken)
    });
    let fill = match (chosen, response.hovered()) {
        (true, _) => p.selection(),
        (false, true) => p.raised,
        (false, false) => Color32::TRANSPARENT,
    };
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, f32::from(RADIUS), fill);
    if response.has_focus() {
        let ring = egui::Stroke::new(1.0, p.accent);
        painter.rect_stroke(rect, f32::from(RADIUS), ring, egui::StrokeKind::Inside);
    }
    let (icon, ink) = match outcome.won {
        Some(true) => (icons::CHECK, p.good),
        Some(false) => (icons::CLOSE, p.warn),
        None => (icons::DOT_EMPTY, p.weak),
    };
    let left = rect.left() + SPACE_SMALL;
    let font = FontId::new(ICON, theme::icon_family());
    painter.text(
        pos2(left, rect.center().y),
        Align2::LEFT_CENTER,
        icon,
        font,
        ink,
    );
    let (left, right) = (left + ICON + SPACE, rect.right() - SPACE_SMALL);
    let put = |text: &str, font: FontId, room: f32, at: egui::Pos2, ink: Color32| {
        let line = widgets::line(ui, text, font, room.max(8.0));
        painter.galley(at, line, ink);
    };
    let note = painter.text(
        pos2(right, rect.top() + SPACE_SMALL + 1.0),
        Align2::RIGHT_TOP,
        &outcome.note,
        FontId::monospace(TEXT_NUMBER),
        p.text,
    );
    let top = Rect::from_min_max(
        pos2(left, rect.top() + SPACE_SMALL),
        pos2(note.left() - SPACE, rect.bottom()),
    );
    put(
        asked,
        FontId::proportional(TEXT_BODY),
        top.width(),
        top.min,
        p.text,
    );
    let second = format!("{}  ·  {}", outcome.part, outcome.id);
    let below = pos2(left, rect.center().y + 1.0);
    put(
        &second,
        FontId::proportional(TEXT_SECONDARY),
        right - left,
        below,
        p.weak,
    );
    let pressed = response.clicked();
    let where_ = outcome
        .place
        .as_ref()
        .map_or("no picture beside the report".into(), |place| {
            place.display().to_string()
        });
    response.on_hover_text(format!("{asked}\n{}\n{where_}", outcome.id));
    pressed
}
