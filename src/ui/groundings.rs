//! What the last reply points at, as a list: the canvas in words.

use egui::{
    Align, Color32, Label, Layout, Rect, Response, Role, ScrollArea, Sense, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

use super::act::icon_act;
use super::panel::{Panel, PanelContext};
use super::theme::{self, Palette, RADIUS, SPACE, SPACE_SMALL, TARGET_MIN};
use super::widgets::{EmptyState, IconButton, empty_state};
use super::{icons, units};
use crate::grounding::{Grounding, GroundingKind};
use crate::workbench::export::grounding_json;
use crate::workbench::{Command, CommandId, ResultSet};

/// Height of a row: two lines.
const ROW_HEIGHT: f32 = 44.0;
/// Side of the square in the object's hue.
const SWATCH: f32 = 10.0;
/// Side of the icon of the kind.
const KIND: f32 = 14.0;
/// Between the parts of a row.
const GAP: f32 = SPACE_SMALL + 2.0;
const SCORE_BAR: f32 = 28.0;
const SCORE: f32 = 32.0;
/// Opacity of rows of a stale answer.
const FADED: f32 = 0.5;

/// The panel.
#[derive(Debug, Default)]
pub struct GroundingsPanel {
    /// What was chosen before the pointer came over the list.
    chosen: Option<usize>,
    /// Whether the pointer was over a row in the last frame.
    hovering: bool,
}

impl Panel for GroundingsPanel {
    fn title(&self) -> &'static str {
        "Groundings"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let Some(result) = context.workbench.asking.spoken() else {
            let shown = EmptyState {
                icon: icons::BOX,
                title: "No groundings yet",
                hint: "Ask for boxes, points or a trace; what the model points at is listed here.",
                ..EmptyState::default()
            };
            empty_state(ui, &shown);
            return;
        };
        let groundings: Vec<&Grounding> = result.groundings().collect();
        if groundings.is_empty() {
            nothing(ui, context, result);
            return;
        }
        header(ui, context, result, &groundings);
        self.list(ui, context, result, &groundings);
    }
}

impl GroundingsPanel {
    fn list(
        &mut self,
        ui: &mut Ui,
        context: &mut PanelContext<'_>,
        result: &ResultSet,
        list: &[&Grounding],
    ) {
        let highlighted = context.workbench.highlighted;
        if !self.hovering {
            self.chosen = highlighted;
        }
        let mut hovered = None;
        ui.spacing_mut().item_spacing.y = 0.0;
        if context.workbench.is_stale(result) {
            ui.multiply_opacity(FADED);
        }
        ui.spacing_mut().scroll.floating_allocated_width = SPACE;
        let area = ScrollArea::vertical()
            .id_salt("groundings")
            .auto_shrink(false);
        area.show_rows(ui, ROW_HEIGHT, list.len(), |ui, rows| {
            for at in rows {
                let row = Row {
                    at,
                    grounding: list[at],
                    hidden: result.hidden.get(at).copied().unwrap_or_default(),
                    chosen: highlighted == Some(at),
                };
                let response = ui.push_id(at, |ui| row.ui(ui, context)).inner;
                if response.contains_pointer() {
                    hovered = Some(at);
                }
                if response.clicked() {
                    self.chosen = if self.chosen == Some(at) {
                        None
                    } else {
                        Some(at)
                    };
                }
            }
        });
        let wanted = hovered.or(self.chosen);
        if (hovered.is_some() || self.hovering) && wanted != highlighted {
            context.push(Command::Highlight(wanted));
        }
        self.hovering = hovered.is_some();
    }
}

fn nothing(ui: &mut Ui, context: &PanelContext<'_>, result: &ResultSet) {
    let Some(text) = &result.answer.text else {
        return;
    };
    let report = context.workbench.model.report.as_ref();
    let random = report.is_some_and(|report| report.random_weights);
    let hint = match (random, text.reply.warnings.first()) {
        (true, _) => "Random weights: replies mean nothing. Open a trained checkpoint.".to_owned(),
        (false, Some(warning)) => format!("{warning}."),
        (false, None) => "The reply stands under Ask, as the model wrote it.".to_owned(),
    };
    let shown = EmptyState {
        icon: icons::TEXT,
        title: text.reply.rule.sentence().trim_end_matches('.'),
        hint: &hint,
        ..EmptyState::default()
    };
    empty_state(ui, &shown);
}

fn header(ui: &mut Ui, context: &mut PanelContext<'_>, result: &ResultSet, list: &[&Grounding]) {
    let p = Palette::of(ui);
    let size = vec2(ui.available_width(), TARGET_MIN + SPACE_SMALL);
    let hidden = result.hidden.iter().filter(|hidden| **hidden).count();
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.add_space(SPACE_SMALL);
        ui.add(Label::new(theme::secondary(total(list)).color(p.weak)).truncate());
        if hidden > 0 {
            ui.add(Label::new(
                theme::secondary(format!("{hidden} hidden")).color(p.weak),
            ));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            icon_act(ui, context, icons::COPY, CommandId::CopyGroundings);
            icon_act(ui, context, icons::DOWNLOAD, CommandId::SaveAnnotated);
        });
    });
}

/// "2 boxes, 1 point".
fn total(list: &[&Grounding]) -> String {
    let kinds = [
        (GroundingKind::Box, "box", "boxes"),
        (GroundingKind::Point, "point", "points"),
        (GroundingKind::Trace, "trace", "traces"),
    ];
    let parts: Vec<String> = kinds
        .iter()
        .filter_map(|(kind, one, more)| {
            let count = list
                .iter()
                .filter(|grounding| grounding.kind == *kind)
                .count();
            (count > 0).then(|| units::many(count, one, more))
        })
        .collect();
    parts.join(", ")
}

struct Row<'a> {
    at: usize,
    grounding: &'a Grounding,
    hidden: bool,
    chosen: bool,
}

impl Row<'_> {
    fn ui(&self, ui: &mut Ui, context: &mut PanelContext<'_>) -> Response {
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
        response
            .widget_info(|| WidgetInfo::selected(Role::ListItem, true, self.chosen, self.spoken()));
        let p = Palette::of(ui);
        let fill = match (self.chosen, response.contains_pointer()) {
            (true, _) => p.selection(),
            (false, true) => p.raised,
            (false, false) => Color32::TRANSPARENT,
        };
        ui.painter()
            .rect_filled(rect.shrink2(vec2(0.0, 1.0)), f32::from(RADIUS), fill);
        let inside = rect.shrink2(vec2(SPACE, 3.0));
        let split = inside.top() + inside.height() * 0.56;
        let first = Rect::from_min_max(inside.min, pos2(inside.right(), split));
        let indent = SWATCH + KIND + 2.0 * GAP;
        let second = Rect::from_min_max(pos2(inside.left() + indent, split), inside.max);
        self.first_line(ui, context, first);
        self.second_line(ui, second);
        response
    }

    fn first_line(&self, ui: &mut Ui, context: &mut PanelContext<'_>, rect: Rect) {
        let p = Palette::of(ui);
        let text = if self.hidden { p.weak } else { p.text };
        let hue = context.hues.hue(&hue_name(self.grounding, self.at)).color();
        line(ui, rect, |ui| {
            let (swatch, _) = ui.allocate_exact_size(vec2(SWATCH, SWATCH), Sense::hover());
            if self.hidden {
                let stroke = egui::Stroke::new(1.5, hue);
                ui.painter()
                    .rect_stroke(swatch, 2.0, stroke, egui::StrokeKind::Inside);
            } else {
                ui.painter().rect_filled(swatch, 2.0, hue);
            }
            ui.add(Label::new(
                theme::icon(kind_icon(self.grounding.kind))
                    .size(KIND)
                    .color(p.weak),
            ));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                self.buttons(ui, context);
                ui.add_space(SPACE_SMALL);
                self.score(ui);
                ui.add_space(SPACE);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(theme::body(self.name()).color(text)).truncate());
                });
            });
        });
    }

    fn buttons(&self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let name = self.name();
        let copy = format!("Copy {name}");
        if ui
            .add(IconButton::new(icons::COPY, &copy).side(TARGET_MIN))
            .clicked()
        {
            context.push(Command::Copy(grounding_json(self.grounding)));
        }
        let (icon, verb) = if self.hidden {
            (icons::HIDDEN, "Show")
        } else {
            (icons::SHOWN, "Hide")
        };
        let toggle = format!("{verb} {name}");
        if ui
            .add(IconButton::new(icon, &toggle).side(TARGET_MIN))
            .clicked()
        {
            context.push(Command::ToggleGrounding(self.at));
        }
    }

    fn score(&self, ui: &mut Ui) {
        let p = Palette::of(ui);
        let Some(score) = self.grounding.score else {
            ui.add_space(SCORE + SCORE_BAR + SPACE_SMALL);
            return;
        };
        let size = vec2(SCORE, TARGET_MIN);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            ui.add(Label::new(
                theme::number(format!("{score:.2}")).color(p.weak),
            ));
        });
        ui.add_space(SPACE_SMALL);
        let (bar, response) = ui.allocate_exact_size(vec2(SCORE_BAR, 4.0), Sense::hover());
        ui.painter().rect_filled(bar, 2.0, p.line);
        let width = bar.width() * score.clamp(0.0, 1.0);
        ui.painter().rect_filled(
            Rect::from_min_size(bar.min, vec2(width, bar.height())),
            2.0,
            p.weak,
        );
        response.on_hover_text("Mean probability of the tokens that wrote the coordinates");
    }

    fn second_line(&self, ui: &mut Ui, rect: Rect) {
        let p = Palette::of(ui);
        line(ui, rect, |ui| {
            ui.add(Label::new(theme::number(coordinates(self.grounding)).color(p.weak)).truncate());
        });
    }

    fn name(&self) -> String {
        let label = self
            .grounding
            .label
            .as_deref()
            .map(str::trim)
            .filter(|label| !label.is_empty());
        label.map_or_else(
            || format!("{} {}", self.grounding.kind, self.at + 1),
            single_line,
        )
    }

    /// The row for a screen reader.
    fn spoken(&self) -> String {
        let hidden = if self.hidden { ", hidden" } else { "" };
        let score = self
            .grounding
            .score
            .map_or_else(String::new, |score| format!(", score {score:.2}"));
        let place = coordinates(self.grounding);
        format!(
            "{}, {}{score}, {place}{hidden}",
            self.grounding.kind,
            self.name()
        )
    }
}

/// Under which name the book of hues knows a grounding; one without a label stands for itself.
#[must_use]
pub fn hue_name(grounding: &Grounding, index: usize) -> String {
    let label = grounding
        .label
        .as_deref()
        .map(str::trim)
        .filter(|label| !label.is_empty());
    label.map_or_else(|| format!("\u{1}{index}"), str::to_owned)
}

fn line(ui: &mut Ui, rect: Rect, content: impl FnOnce(&mut Ui)) {
    let builder = UiBuilder::new()
        .max_rect(rect)
        .layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        content(ui);
    });
}

fn single_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

const fn kind_icon(kind: GroundingKind) -> &'static str {
    match kind {
        GroundingKind::Box => icons::BOX,
        GroundingKind::Point => icons::POINT,
        GroundingKind::Trace => icons::TRACE,
    }
}

/// Where it is, in whole pixels of the original picture.
fn coordinates(grounding: &Grounding) -> String {
    let points = &grounding.points;
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return "nowhere".into();
    };
    match grounding.kind {
        GroundingKind::Point => format!("{:.0}, {:.0}", first.x, first.y),
        GroundingKind::Box => {
            let (width, height) = (last.x - first.x, last.y - first.y);
            format!("{:.0}, {:.0}  {width:.0} × {height:.0}", first.x, first.y)
        }
        GroundingKind::Trace => {
            let ends = format!(
                "{:.0}, {:.0} → {:.0}, {:.0}",
                first.x, first.y, last.x, last.y
            );
            format!("{ends}  {}", units::many(points.len(), "point", "points"))
        }
    }
}

#[cfg(test)]
mod tests;
