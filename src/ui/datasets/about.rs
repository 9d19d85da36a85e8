//! What the open dataset is, and what is wrong with it.

use egui::{Label, ScrollArea, Ui, vec2};

use super::words;
use crate::engine::{DatasetAbout, Problem, ProblemLevel};
use crate::ui::panel::PanelContext;
use crate::ui::theme::{self, Palette, SPACE, SPACE_SMALL, TARGET_MIN};
use crate::ui::widgets::{ActionButton, IconButton, Tone, chip};
use crate::ui::{icons, units};
use crate::workbench::{Command, capitalised};

/// Problems that are drawn; a list of more is copied, not read.
const DRAWN: usize = 300;

/// Name, kind and counts; a switch to the problems where there are any.
pub(super) fn header(ui: &mut Ui, about: &DatasetAbout, problems: &mut bool) {
    let p = Palette::of(ui);
    let path = about.path.display().to_string();
    ui.add(Label::new(theme::semibold(&about.name)).truncate())
        .on_hover_text(format!("{path}\nOpened in {} ms", about.opened_ms));
    let counts = words::counts(about);
    ui.add(Label::new(theme::secondary(counts).color(p.weak)).wrap());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE_SMALL, SPACE_SMALL);
        chip(ui, &about.format, Tone::Neutral);
        if let Some(robot) = &about.robot {
            chip(ui, robot, Tone::Neutral);
        }
        if about.has_truth {
            chip(ui, "Ground truth", Tone::Neutral)
                .on_hover_text("It tells where things are in its pictures");
        }
    });
    let count = about.problems.len() + usize::try_from(about.more_problems).unwrap_or(0);
    if count == 0 {
        *problems = false;
        return;
    }
    let text = if *problems {
        "Back to the list".to_owned()
    } else {
        units::many(count, "problem", "problems")
    };
    let icon = if *problems {
        icons::STEP_BACK
    } else {
        glyph(worst(about))
    };
    let button = ActionButton::new(icon, &text).compact().selected(*problems);
    if ui.add(button).clicked() {
        *problems = !*problems;
    }
}

/// Every problem: what, where, and what to do or what was done.
pub(super) fn problems(ui: &mut Ui, context: &mut PanelContext<'_>, about: &DatasetAbout) {
    let p = Palette::of(ui);
    ui.horizontal(|ui| {
        let words = "The rest of the dataset is usable; nothing in it was changed.";
        ui.add(Label::new(theme::secondary(words).color(p.weak)).wrap());
    });
    let copy = IconButton::new(icons::COPY, "Copy problems").side(TARGET_MIN);
    if ui.add(copy).clicked() {
        context.push(Command::Copy(as_text(about)));
    }
    ScrollArea::vertical()
        .id_salt("problems")
        .auto_shrink([false, false])
        .show(ui, |ui| {
            for shown in about.problems.iter().take(DRAWN) {
                problem(ui, shown);
                ui.add_space(SPACE_SMALL);
            }
            let listed = about.problems.len().min(DRAWN);
            let all = about.problems.len() + usize::try_from(about.more_problems).unwrap_or(0);
            if all > listed {
                let more = format!("and {} more", units::count((all - listed) as u64));
                ui.label(theme::secondary(more).color(p.weak));
            }
        });
}

fn problem(ui: &mut Ui, shown: &Problem) {
    let p = Palette::of(ui);
    let tone = tone(shown.level);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE;
        ui.add(Label::new(
            theme::icon(glyph(shown.level)).color(tone.color(p)),
        ));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            let what = theme::secondary(capitalised(&shown.what));
            ui.add(Label::new(what).wrap().selectable(true));
            let place = theme::number(&shown.place).color(p.weak);
            ui.add(Label::new(place).wrap().selectable(true));
            if !shown.advice.is_empty() {
                let advice = theme::secondary(capitalised(&shown.advice)).color(p.weak);
                ui.add(Label::new(advice).wrap());
            }
        });
    });
}

fn worst(about: &DatasetAbout) -> ProblemLevel {
    let levels = about.problems.iter().map(|problem| problem.level);
    levels.max().unwrap_or(ProblemLevel::Warning)
}

const fn tone(level: ProblemLevel) -> Tone {
    match level {
        ProblemLevel::Note => Tone::Neutral,
        ProblemLevel::Warning => Tone::Warn,
        ProblemLevel::Error => Tone::Danger,
    }
}

const fn glyph(level: ProblemLevel) -> &'static str {
    match level {
        ProblemLevel::Note => icons::INFO,
        ProblemLevel::Warning => icons::WARNING,
        ProblemLevel::Error => icons::ERROR,
    }
}

fn as_text(about: &DatasetAbout) -> String {
    let mut text = String::new();
    for problem in &about.problems {
        let level = match problem.level {
            ProblemLevel::Note => "note",
            ProblemLevel::Warning => "warning",
            ProblemLevel::Error => "error",
        };
        let Problem {
            what,
            place,
            advice,
            ..
        } = problem;
        text.extend([level, ": ", place, ": ", what, " (", advice, ")\n"]);
    }
    text
}
