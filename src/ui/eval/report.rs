//! One report, or two side by side: what it is of, bars, and the list of what failed.

use egui::{Color32, Label, ScrollArea, Ui, vec2};

use super::bars::bar_row;
use super::list::OutcomeList;
use super::measures::measures;
use crate::engine::{Comparison, EvalReport, EvalScores, PAPER};
use crate::ui::actions::curves::color;
use crate::ui::icons;
use crate::ui::message::message;
use crate::ui::panel::PanelContext;
use crate::ui::theme::{self, Palette, SPACE_SMALL, TARGET_MIN};
use crate::ui::units;
use crate::ui::widgets::{IconButton, Tone, dense, section, tail};
use crate::workbench::{Command, EvaluationCommand, report_name};

/// Share of the height that numbers have at most; the rest is the list of outcomes.
const NUMBERS_SHARE: f32 = 0.56;
/// Least height of the list.
const LIST: f32 = 150.0;

/// Where the list is scrolled to.
#[derive(Default)]
pub(super) struct ReportView {
    list: OutcomeList,
}

impl ReportView {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        let reports = &context.workbench.evaluation.reports;
        let inks: Vec<Color32> = if reports.len() > 1 {
            (0..reports.len()).map(|at| color(ui, at)).collect()
        } else {
            vec![Palette::of(ui).accent]
        };
        for (at, report) in reports.iter().enumerate() {
            head(ui, context, (at, report, inks[at]));
        }
        let room = ui.available_height();
        let numbers = (room * NUMBERS_SHARE)
            .min(room - LIST)
            .max(TARGET_MIN * 3.0);
        ScrollArea::vertical()
            .id_salt("scores")
            .max_height(numbers)
            .auto_shrink([false, true])
            .show(ui, |ui| scores(ui, context, &inks));
        ui.separator();
        self.list.ui(ui, context);
    }
}

/// Which run it is, what answered, and how many.
fn head(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    (at, report, ink): (usize, &EvalReport, Color32),
) {
    let p = Palette::of(ui);
    let (policy, about) = match &report.scores {
        EvalScores::Grounding(scores) => {
            let questions = units::many(scores.n, "question", "questions");
            (
                scores.of.policy.clone(),
                format!("{questions} of {}", tail(&scores.of.set)),
            )
        }
        EvalScores::Simulator(scores) => {
            let episodes = units::many(scores.n, "episode", "episodes");
            (
                scores.policy.clone(),
                format!("{episodes}, {}", scores.world),
            )
        }
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE_SMALL + 2.0, 0.0);
        let (rect, _) = ui.allocate_exact_size(vec2(10.0, 10.0), egui::Sense::hover());
        ui.painter().rect_filled(rect, 2.0, ink);
        ui.label(theme::semibold(report_name(&report.folder)))
            .on_hover_text(report.folder.display().to_string());
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let name = format!("Close {}", report_name(&report.folder));
            if ui
                .add(IconButton::new(icons::CLOSE, &name).side(TARGET_MIN))
                .clicked()
            {
                context.push(Command::Evaluation(EvaluationCommand::Close(at)));
            }
            let text = format!("{}  ·  {about}", tail(&policy));
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let label = Label::new(theme::secondary(text).color(p.weak)).truncate();
                ui.add(label).on_hover_text(policy);
            });
        });
    });
}

fn scores(ui: &mut Ui, context: &mut PanelContext<'_>, inks: &[Color32]) {
    let state = &context.workbench.evaluation;
    let reports: Vec<&EvalReport> = state.reports.iter().map(AsRef::as_ref).collect();
    let kinds: Vec<bool> = reports
        .iter()
        .map(|report| matches!(report.scores, EvalScores::Grounding(_)))
        .collect();
    if kinds.windows(2).any(|pair| pair[0] != pair[1]) {
        let text = "one is of answers, the other of episodes; close one";
        message(ui, context, Tone::Warn, (text, ""));
        return;
    }
    let all = measures(&reports);
    let comparison = match &state.comparison {
        Some(Ok(found)) => Some(found.as_ref()),
        _ => None,
    };
    if let Some(found) = comparison {
        paired(ui, found);
    }
    if let Some(Err(why)) = &state.comparison {
        message(ui, context, Tone::Warn, (why, ""));
    }
    dense(ui, |ui| {
        let mut last = "";
        for measure in &all {
            if measure.part != last {
                last = &measure.part;
                section(ui, last, |_| {});
            }
            bar_row(ui, measure, inks);
        }
    });
    if let Some(EvalScores::Simulator(report)) = reports.last().map(|report| &report.scores) {
        if let Some(drop) = report.unseen_drop {
            let text = format!(
                "Unseen things: {:+.1} points against seen ones.",
                100.0 * drop
            );
            ui.label(theme::secondary(text));
        }
        published(ui, &report.config.suite);
    }
}

/// Whether chance could make the difference: `McNemar`'s exact test over the pairs.
fn paired(ui: &mut Ui, found: &Comparison) {
    let p = Palette::of(ui);
    let Some(all) = found.pairs.iter().find(|pair| pair.of == "all") else {
        return;
    };
    let counts = &all.counts;
    let verdict = if all.p < 0.05 {
        "more than chance"
    } else {
        "may be chance"
    };
    let text = format!(
        "{} in both runs: {} only in the first right, {} only in the second. McNemar p = {:.3}: {verdict}.",
        units::count(all.first.n),
        counts.first_only,
        counts.second_only,
        all.p
    );
    ui.add(Label::new(theme::secondary(text).color(p.weak)).wrap());
    let alarms: Vec<&str> = found
        .kept
        .iter()
        .filter(|kept| kept.alarm)
        .map(|kept| kept.measure.as_str())
        .collect();
    if !alarms.is_empty() {
        let text = format!(
            "{} Less than nine tenths kept: {}",
            icons::WARNING,
            alarms.join(", ")
        );
        ui.add(Label::new(theme::secondary(text).color(p.warn)).wrap());
    }
}

/// What was published on the real benchmark, for orientation alone.
fn published(ui: &mut Ui, suite: &str) {
    let p = Palette::of(ui);
    section(ui, "Published, in another world", |_| {});
    dense(ui, |ui| {
        for row in PAPER.iter().filter(|row| row.belongs(suite)) {
            let name = format!("{}, {}", row.policy, row.suite);
            crate::ui::widgets::key_value(ui, &name, &format!("{:.1} %", row.average));
        }
    });
    let text = "SimplerEnv's own pictures and physics: not to be compared as if equal.";
    ui.add(Label::new(theme::secondary(text).color(p.weak)).wrap());
}
