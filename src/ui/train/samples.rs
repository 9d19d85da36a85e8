//! What is being learnt: a picture of a step, the right answers about it and what the model says now.

use std::sync::Arc;

use egui::{Align, FontId, Label, Layout, Sense, Ui, UiBuilder, vec2};

use crate::engine::{LearntAnswer, LearntPicture};
use crate::ui::groundings::hue_name;
use crate::ui::overlay::{HueBook, MarkSource, OverlayMark};
use crate::ui::panel::{Panel, PanelContext};
use crate::ui::picture::Picture;
use crate::ui::placement::CanvasView;
use crate::ui::theme::{self, Palette, SPACE, SPACE_SMALL, TARGET_MIN, TEXT_CAPTION};
use crate::ui::widgets::{ActionButton, EmptyState, IconButton, dense, empty_state, tail};
use crate::ui::{icons, truth, units};
use crate::workbench::{CommandId, TrainRun};

/// Share of the panel's height that the picture has.
const PICTURE: f32 = 0.55;
/// Marks of the truth are numbered from here.
const TRUTH: u64 = 1 << 32;
/// Width of the words before an answer, and height of its line.
const WORD: f32 = 44.0;
const LINE: f32 = 16.0;

/// The panel.
#[derive(Default)]
pub struct SamplesPanel {
    /// The step whose picture is shown; none follows the newest.
    held: Option<u64>,
    /// The answer whose marks alone are drawn.
    chosen: Option<usize>,
    view: CanvasView,
    picture: Option<Picture>,
}

impl Panel for SamplesPanel {
    fn title(&self) -> &'static str {
        "Samples"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        ui.spacing_mut().item_spacing.y = SPACE_SMALL;
        let run = context.workbench.training.run.as_ref();
        let Some(run) = run.filter(|run| !run.samples.is_empty()) else {
            return nothing(ui, context);
        };
        let at = self.at(run);
        let (step, sample) = &run.samples[at];
        self.bar(ui, run, at);
        let height = ui.available_height() * PICTURE;
        self.draw(ui, context.hues, sample, height);
        if let Some(pressed) = list(ui, *step, sample, self.chosen) {
            self.chosen = (self.chosen != Some(pressed)).then_some(pressed);
        }
    }
}

impl SamplesPanel {
    /// Which sample of the run is shown: the one held, or the newest.
    fn at(&self, run: &TrainRun) -> usize {
        let held = self.held.and_then(|held| {
            let mut steps = run.samples.iter();
            steps.position(|(step, _)| *step == held)
        });
        held.unwrap_or(run.samples.len() - 1)
    }

    /// Which step it is of, and the way to others.
    fn bar(&mut self, ui: &mut Ui, run: &TrainRun, at: usize) {
        let (step, sample) = &run.samples[at];
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE_SMALL;
            let mut go = None;
            for (icon, name, to) in [
                (icons::STEP_BACK, "Sample before", at.checked_sub(1)),
                (
                    icons::STEP,
                    "Sample after",
                    Some(at + 1).filter(|to| *to < run.samples.len()),
                ),
            ] {
                let button = IconButton::new(icon, name).side(TARGET_MIN);
                let pressed = ui.add_enabled_ui(to.is_some(), |ui| ui.add(button)).inner;
                if pressed.clicked() {
                    go = to;
                }
            }
            if let Some(to) = go {
                self.held = Some(run.samples[to].0);
                self.chosen = None;
            }
            let newest = ActionButton::new("", "Newest")
                .compact()
                .height(TARGET_MIN)
                .selected(self.held.is_none());
            if ui.add(newest).clicked() {
                self.held = match self.held {
                    None => Some(*step),
                    Some(_) => None,
                };
            }
            let text = format!("Step {}  {}", units::count(*step), tail(&sample.name));
            let label = Label::new(theme::secondary(text).color(Palette::of(ui).weak));
            ui.add(label.truncate()).on_hover_text(&sample.name);
        });
    }

    fn draw(&mut self, ui: &mut Ui, hues: &mut HueBook, sample: &LearntPicture, height: f32) {
        let marks = marks(hues, sample, self.chosen);
        let models = marks.iter().filter(|mark| mark.id < TRUTH).count();
        let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        let picture = match &mut self.picture {
            Some(picture) => {
                if *picture.frame() != sample.frame {
                    picture.replace(sample.frame.clone());
                }
                picture
            }
            None => self.picture.insert(Picture::new(sample.frame.clone())),
        };
        let own = UiBuilder::new().max_rect(area).id_salt("learnt picture");
        ui.scope_builder(own, |ui| self.view.show(ui, picture, &marks));
        truth::legend(ui, area, (marks.len() - models, models));
    }
}

/// The truth of every answer, or of the chosen one, and what the model points at.
fn marks(hues: &mut HueBook, sample: &LearntPicture, chosen: Option<usize>) -> Vec<OverlayMark> {
    let mut marks = Vec::new();
    let answers = sample.answers.iter().enumerate();
    for (number, answer) in answers.filter(|(at, _)| chosen.is_none_or(|chosen| chosen == *at)) {
        for (groundings, first, source) in [
            (&answer.found, 0, MarkSource::Model),
            (&answer.right, TRUTH, MarkSource::Truth),
        ] {
            for grounding in groundings {
                let hue = hues.hue(&hue_name(grounding, number));
                for mark in grounding.marks() {
                    marks.push(OverlayMark {
                        source,
                        ..OverlayMark::new(first + number as u64, mark, hue)
                    });
                }
            }
        }
    }
    marks
}

/// Questions, right answers and the model's; the one that was pressed.
fn list(
    ui: &mut Ui,
    step: u64,
    sample: &Arc<LearntPicture>,
    chosen: Option<usize>,
) -> Option<usize> {
    let mut pressed = None;
    egui::ScrollArea::vertical()
        .id_salt(("learnt answers", step))
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = SPACE;
            if sample.answers.is_empty() {
                let text = "Actions alone are learnt from it. With auxiliary.aim above 0 the model also says where the arm grips.";
                ui.label(theme::secondary(text).color(Palette::of(ui).weak));
            }
            for (at, answer) in sample.answers.iter().enumerate() {
                if row(ui, answer, chosen == Some(at)) {
                    pressed = Some(at);
                }
            }
        });
    pressed
}

fn row(ui: &mut Ui, answer: &LearntAnswer, chosen: bool) -> bool {
    let p = Palette::of(ui);
    let question = answer.question.replace("<image>", "");
    let button = egui::Button::selectable(chosen, question.trim()).truncate();
    let pressed = ui
        .add(button)
        .on_hover_text(format!("{}\nPress to draw this one alone", question.trim()))
        .clicked();
    let said = if answer.is_right() { p.good } else { p.text };
    dense(ui, |ui| {
        for (word, text, color, tip) in [
            ("truth", &answer.truth, p.weak, "The answer that is learnt"),
            (
                "model",
                &answer.said,
                said,
                "What the model says before this step is learnt; of words the likeliest after each right one",
            ),
        ] {
            let line = vec2(ui.available_width(), LINE);
            ui.allocate_ui_with_layout(line, Layout::left_to_right(Align::Center), |ui| {
                let size = vec2(WORD, LINE);
                ui.allocate_ui_with_layout(size, *ui.layout(), |ui| {
                    ui.set_min_width(WORD);
                    ui.label(theme::secondary(word).color(p.weak))
                        .on_hover_text(tip);
                });
                let text = text.trim().replace('\n', " ");
                let text = egui::RichText::new(text).font(FontId::monospace(TEXT_CAPTION));
                ui.add(Label::new(text.color(color)).truncate());
            });
        }
    });
    pressed
}

fn nothing(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let hint = match &context.workbench.training.run {
        Some(_) => "The first picture comes with the first steps.",
        None => "While a run learns, its pictures and what the model says of them stand here.",
    };
    let shown = EmptyState {
        icon: icons::IMAGE,
        title: "No sample yet",
        hint,
        ..EmptyState::default()
    };
    let shown = match context.workbench.training.run {
        Some(_) => shown,
        None => EmptyState {
            action: (icons::OPEN, "Open recipe", ""),
            ..shown
        },
    };
    if empty_state(ui, &shown).acted {
        context.plain(CommandId::OpenRecipe);
    }
}
