//! The canvas: the views the model sees, side by side, with what it says drawn over them.

use egui::{CursorIcon, PointerButton, Rect, Ui, UiBuilder, Vec2, vec2};

use super::canvas::CanvasResponse;
use super::groundings::hue_name;
use super::overlay::{HueBook, MarkSource, OverlayMark};
use super::panel::{Panel, PanelContext};
use super::placement::CanvasView;
use super::theme::{self, ON_PICTURE, ON_PICTURE_TEXT, Palette, SPACE, SPACE_SMALL, TEXT_CAPTION};
use super::{eval, icons, truth, widgets};
use crate::engine::{SourceId, SourceSpec};
use crate::workbench::{
    Command, CommandId, Message, ResultSet, SimulatorAct, SourceState, SourceStatus, Workbench,
};

/// Marks of the truth are counted from here, so that none is taken for one of the answer.
const TRUTH: u64 = 1 << 32;
/// Marks of a driving policy's plan are numbered from here: they are in no list to be chosen from.
const PLAN: u64 = 1 << 34;

/// The panel of views. Zoom and pan are kept for each source.
#[derive(Default)]
pub struct ViewsPanel {
    views: std::collections::BTreeMap<SourceId, CanvasView>,
    zoom: Option<CommandId>,
}

impl Panel for ViewsPanel {
    fn title(&self) -> &'static str {
        "Canvas"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let workbench = context.workbench;
        let shown: Vec<&SourceState> = workbench.views().collect();
        self.views
            .retain(|id, _| workbench.sources.iter().any(|s| s.id == *id));
        let covered = match shown.as_slice() {
            [only] => context.feeds.picture(only.id).is_some(),
            _ => false,
        };
        if !covered {
            let panel = Palette::of(ui).panel;
            ui.painter().rect_filled(ui.max_rect(), 0.0, panel);
        }
        if shown.is_empty() {
            return empty(ui, context);
        }
        let cells = grid(ui.available_rect_before_wrap(), shown.len());
        for (source, cell) in shown.into_iter().zip(cells) {
            ui.scope_builder(UiBuilder::new().max_rect(cell).id_salt(source.id.0), |ui| {
                self.view(ui, context, source);
            });
        }
        self.zoom = None;
    }

    fn command(&mut self, command: CommandId) {
        if matches!(
            command,
            CommandId::FitView | CommandId::ZoomIn | CommandId::ZoomOut | CommandId::ZoomOriginal
        ) {
            self.zoom = Some(command);
        }
    }
}

impl ViewsPanel {
    fn view(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, source: &SourceState) {
        let mut marks = marks(context.workbench, context.hues, source.id);
        marks.extend(eval::answers(context.workbench, context.hues, source.id));
        let models = marks.len();
        marks.extend(truth::marks(context.workbench, context.hues, source.id));
        marks.extend(simulated_truth(context.workbench, context.hues, source.id));
        marks.extend(eval::truths(context.workbench, context.hues, source.id));
        let known = marks.len() - models;
        if marks.iter().any(|mark| mark.opacity < 1.0) {
            ui.ctx().request_repaint();
        }
        let Some(picture) = context.feeds.picture(source.id) else {
            return waiting(ui, context, source);
        };
        let view = self.views.entry(source.id).or_default();
        if let Some(zoom) = self.zoom {
            apply_zoom(view, zoom, ui, picture.frame().size());
        }
        let area = ui.available_rect_before_wrap();
        let reaches_in = reaches_in(context.workbench, source);
        view.edits = reaches_in;
        let response = view.show(ui, picture, &marks);
        caption(ui, area, context.workbench, source);
        truth::legend(ui, area, (known, models));
        if reaches_in {
            drag(ui, context, source.id, &response);
        }
        let of_model = response
            .clicked_mark
            .filter(|hit| hit.id < truth::FIRST.min(TRUTH));
        if let Some(hit) = of_model {
            context.push(Command::Highlight(Some(hit.id as usize)));
        } else if response.clicked_point.is_some() {
            context.push(Command::SelectSource(source.id));
            if context.workbench.highlighted.is_some() {
                context.push(Command::Highlight(None));
            }
        }
    }
}

/// Whether the left button moves what the picture shows.
fn reaches_in(workbench: &Workbench, source: &SourceState) -> bool {
    workbench.simulator.perturb && matches!(source.spec, SourceSpec::Simulator(_))
}

/// Takes a thing of the simulator along with the pointer.
fn drag(ui: &Ui, context: &mut PanelContext<'_>, id: SourceId, response: &CanvasResponse) {
    let widget = &response.response;
    let mut act = |act| context.push(Command::Simulator(act));
    if widget.drag_started_by(PointerButton::Primary)
        && let Some(pressed) = ui.input(|input| input.pointer.press_origin())
    {
        act(SimulatorAct::Grab(id, response.placement.to_image(pressed)));
    }
    if widget.drag_stopped_by(PointerButton::Primary) {
        act(SimulatorAct::Drop);
    } else if widget.dragged_by(PointerButton::Primary)
        && widget.drag_delta() != Vec2::ZERO
        && let Some(pointer) = widget.interact_pointer_pos()
    {
        act(SimulatorAct::Carry(
            id,
            response.placement.to_image(pointer),
        ));
    }
    if widget.hovered() && widget.dragged() {
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    } else if widget.hovered() {
        ui.ctx().set_cursor_icon(CursorIcon::Grab);
    }
}

/// What is true in a picture of the simulator, if that is wanted.
fn simulated_truth(workbench: &Workbench, hues: &mut HueBook, id: SourceId) -> Vec<OverlayMark> {
    if !workbench.simulator.truth {
        return Vec::new();
    }
    let all = workbench.simulator.status.truth.iter();
    let own = all.filter(|(source, _)| *source == id);
    let mut marks = Vec::new();
    for (at, grounding) in own.flat_map(|(_, groundings)| groundings).enumerate() {
        let hue = hues.hue(&hue_name(grounding, at));
        for mark in (grounding.kind.spec().marks)(grounding) {
            marks.push(OverlayMark {
                source: MarkSource::Truth,
                label: grounding.label.clone().unwrap_or_default(),
                ..OverlayMark::new(TRUTH + at as u64, mark, hue)
            });
        }
    }
    marks
}

/// A view whose picture is on its way, or will not come.
fn waiting(ui: &mut Ui, context: &mut PanelContext<'_>, source: &SourceState) {
    let name = context.workbench.source_name(source.id);
    let SourceStatus::Failed(error) = &source.status else {
        let opening = widgets::EmptyState {
            icon: icons::IMAGE,
            title: "Opening",
            hint: &name,
            ..widgets::EmptyState::default()
        };
        widgets::empty_state(ui, &opening);
        return;
    };
    let parts = Message::of(error);
    let place = if parts.place.is_empty() {
        &name
    } else {
        &parts.place
    };
    let failed = widgets::EmptyState {
        icon: icons::WARNING,
        title: &parts.what,
        hint: &format!("{}\n{place}", parts.advice),
        action: (icons::RETRY, "Open again", ""),
        tone: widgets::Tone::Danger,
        ..widgets::EmptyState::default()
    };
    if widgets::empty_state(ui, &failed).acted {
        context.push(Command::CloseSource(source.id));
        context.push(Command::OpenSource(source.spec.clone()));
    }
}

/// What the last answer says of this view. The planner speaks of the first view it was given.
fn marks(workbench: &Workbench, hues: &mut HueBook, id: SourceId) -> Vec<OverlayMark> {
    let plan = workbench.driving.plan.iter();
    let mut first = PLAN;
    let mut marks: Vec<OverlayMark> = plan
        .flat_map(|result| {
            let own = marks_of(workbench, hues, (result, id), first);
            first += result.groundings().count() as u64;
            own
        })
        .collect();
    if let (true, Some(result)) = (marks.is_empty(), workbench.asking.spoken()) {
        marks = marks_of(workbench, hues, (result, id), 0);
    }
    marks
}

/// What one answer says of a view; only those of the answer in the list can be chosen there.
fn marks_of(
    workbench: &Workbench,
    hues: &mut HueBook,
    (result, id): (&ResultSet, SourceId),
    first: u64,
) -> Vec<OverlayMark> {
    if result.run.views.first().map(|(view, _)| *view) != Some(id) {
        return Vec::new();
    }
    let age = age(workbench, result, id);
    // A plan is renewed again and again: it would flicker.
    let opacity = if first < PLAN {
        appeared(workbench, result)
    } else {
        1.0
    };
    let mut marks = Vec::new();
    for (at, grounding) in result.groundings().enumerate() {
        let label = grounding.label.clone().unwrap_or_default();
        let hue = hues.hue(&hue_name(grounding, at));
        for mark in (grounding.kind.spec().marks)(grounding) {
            marks.push(OverlayMark {
                source: MarkSource::Model,
                label: label.clone(),
                index: (first == 0).then_some(at as u32 + 1),
                score: grounding.score,
                age_secs: age,
                opacity,
                hidden: result.hidden.get(at).copied().unwrap_or_default(),
                selected: first == 0 && workbench.highlighted == Some(at),
                ..OverlayMark::new(first + at as u64, mark, hue)
            });
        }
    }
    marks
}

/// How long ago the frame that was asked about stopped being the one shown: marks of a still picture never fade.
fn age(workbench: &Workbench, result: &ResultSet, id: SourceId) -> f32 {
    let Some(source) = workbench.sources.iter().find(|s| s.id == id) else {
        return 0.0;
    };
    let asked = result.run.views.iter().find(|(view, _)| *view == id);
    let same = match (&source.frame, asked) {
        (Some(shown), Some((_, asked))) => shown.same_pixels(asked),
        _ => false,
    };
    if same {
        0.0
    } else {
        (workbench.now_secs - result.run.sent_secs) as f32
    }
}

/// 0 to 1: how far the marks of an answer have faded in.
fn appeared(workbench: &Workbench, result: &ResultSet) -> f32 {
    if workbench.settings.reduce_motion {
        return 1.0;
    }
    let since = (workbench.now_secs - result.at_secs) as f32;
    (since / theme::FADE_SECONDS).clamp(0.0, 1.0)
}

fn apply_zoom(view: &mut CanvasView, zoom: CommandId, ui: &Ui, size: crate::geometry::ImageSize) {
    let area = ui.available_rect_before_wrap();
    let placement = view.place(area, size, ui.pixels_per_point());
    match zoom {
        CommandId::ZoomIn => view.zoom(&placement, 1.25, area.center()),
        CommandId::ZoomOut => view.zoom(&placement, 0.8, area.center()),
        CommandId::ZoomOriginal => view.actual_size(&placement, area.center()),
        _ => view.fit(),
    }
}

/// Name and, when it is stale, age of the answer, in the upper left corner of a view.
fn caption(ui: &Ui, area: Rect, workbench: &Workbench, source: &SourceState) {
    let mut text = workbench.source_name(source.id);
    if let Some(info) = source.info() {
        text = format!("{text}   {}", info.size);
    }
    if reaches_in(workbench, source) {
        let carried = workbench.simulator.status.carried.as_ref();
        text += &carried.map_or_else(
            || "   drag a thing to move it".to_owned(),
            |thing| format!("   moving the {thing}"),
        );
    }
    if let Some(result) = workbench.asking.spoken() {
        let age = age(workbench, result, source.id);
        if age > 1.0 && result.run.views.iter().any(|(id, _)| *id == source.id) {
            text = format!("{text}   answer {age:.0} s old");
        }
    }
    let painter = ui.painter_at(area);
    let font = egui::FontId::proportional(TEXT_CAPTION);
    let galley = painter.layout_no_wrap(text, font, ON_PICTURE_TEXT);
    let chip = Rect::from_min_size(
        area.min + vec2(SPACE, SPACE),
        galley.size() + vec2(2.0 * SPACE, SPACE),
    );
    painter.rect_filled(chip, theme::RADIUS, ON_PICTURE);
    painter.galley(chip.min + vec2(SPACE, SPACE_SMALL), galley, ON_PICTURE_TEXT);
}

fn empty(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let shortcut = context.shortcut(CommandId::OpenDemo);
    let simulator = context.shortcut(CommandId::OpenSimulator);
    let state = widgets::EmptyState {
        icon: icons::IMAGE,
        title: "No picture in view",
        hint: "Open a picture, a folder, a video or a camera; or see the shipped demo, or an arm in the simulator.",
        action: (icons::DEMO, "Open demo", &shortcut),
        second: (icons::ROBOT, "Open the simulator", &simulator),
        ..widgets::EmptyState::default()
    };
    let answer = widgets::empty_state(ui, &state);
    if answer.acted {
        context.plain(CommandId::OpenDemo);
    } else if answer.acted_second {
        context.plain(CommandId::OpenSimulator);
    }
}

/// Cells for up to four views: beside each other, then two by two, whichever shows more picture.
fn grid(area: Rect, count: usize) -> Vec<Rect> {
    let columns = match count {
        1 => 1,
        2 if area.height() > area.width() => 1,
        _ => 2,
    };
    let rows = count.div_ceil(columns);
    let gap = theme::HAIRLINE;
    let cell = vec2(
        (area.width() - gap * (columns - 1) as f32) / columns as f32,
        (area.height() - gap * (rows - 1) as f32) / rows as f32,
    );
    (0..count)
        .map(|at| {
            let place = vec2((at % columns) as f32, (at / columns) as f32);
            Rect::from_min_size(area.min + place * (cell + egui::Vec2::splat(gap)), cell)
        })
        .collect()
}
