//! How a run is doing: in a word, in a bar, in numbers.

use egui::{Align, Label, Layout, Ui};

use crate::engine::TrainFailure;
use crate::ui::message::message;
use crate::ui::panel::PanelContext;
use crate::ui::theme::{self, Palette, SPACE, SPACE_SMALL};
use crate::ui::units::{self, count};
use crate::ui::widgets::{Progress, Tone, chip, progress};
use crate::ui::{act::small_icon_act, icons};
use crate::workbench::{CommandId, TrainPhase, TrainRun, run_name};

/// The word for a phase, with its icon and tone.
pub(super) fn word(phase: &TrainPhase) -> (&'static str, &'static str, Tone) {
    match phase {
        TrainPhase::Preparing => (icons::WAIT, "Preparing", Tone::Accent),
        TrainPhase::Running => (icons::RECORD, "Training", Tone::Accent),
        TrainPhase::Pausing => (icons::WAIT, "Pausing", Tone::Neutral),
        TrainPhase::Paused => (icons::PAUSE, "Paused", Tone::Warn),
        TrainPhase::Stopping => (icons::WAIT, "Saving and stopping", Tone::Neutral),
        TrainPhase::Stopped(_) => (icons::PAUSE, "Stopped", Tone::Neutral),
        TrainPhase::Done(_) => (icons::CHECK_CIRCLE, "Done", Tone::Good),
        TrainPhase::Cancelled => (icons::CLOSE, "Cancelled", Tone::Neutral),
        TrainPhase::Failed(_) => (icons::ERROR, "Failed", Tone::Danger),
    }
}

/// The head of the curves: what runs, how far it is, what it gives.
pub(super) fn status(ui: &mut Ui, context: &mut PanelContext<'_>, run: &TrainRun) {
    let p = Palette::of(ui);
    let (icon, text, tone) = word(&run.phase);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE;
        chip(ui, &format!("{icon} {text}"), tone);
        let folder = run.config.folder.display().to_string();
        let name = theme::semibold(run_name(&run.config.folder));
        ui.add(Label::new(name).truncate()).on_hover_text(folder);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = SPACE_SMALL;
            if run.has_checkpoint() {
                small_icon_act(ui, context, icons::UPLOAD, CommandId::LoadNewest);
            }
            let numbers = theme::number(numbers(run, context.workbench.now_secs)).color(p.weak);
            ui.add(Label::new(numbers).truncate());
        });
    });
    bar(ui, run);
    if let TrainPhase::Failed(failure) = &run.phase {
        failed(ui, context, failure);
    }
}

fn failed(ui: &mut Ui, context: &mut PanelContext<'_>, failure: &TrainFailure) {
    message(ui, context, Tone::Danger, (&failure.text, ""));
    if let Some(step) = failure.step {
        let saved = format!(
            "After step {}. What was saved stays usable; Resume goes on from there.",
            count(step)
        );
        ui.label(theme::secondary(saved).color(Palette::of(ui).weak));
    }
}

/// "loss 2.31 · 41 samples/s".
fn numbers(run: &TrainRun, now: f64) -> String {
    let mut parts = Vec::new();
    if let Some(last) = run.curves.last() {
        parts.push(format!("loss {}", units::short(last.loss)));
        parts.push(format!(
            "{} samples/s",
            units::short(last.samples_per_second)
        ));
    }
    parts.push(units::seconds(run.seconds(now)));
    parts.join(" · ")
}

fn bar(ui: &mut Ui, run: &TrainRun) {
    let before = run
        .progress
        .as_ref()
        .filter(|_| run.phase == TrainPhase::Preparing);
    if let Some(doing) = before {
        let known = doing.total > 0;
        let detail = if known {
            format!("{} of {}", count(doing.done), count(doing.total))
        } else {
            String::new()
        };
        let shown = Progress {
            label: &doing.stage,
            fraction: known.then(|| doing.done as f32 / doing.total as f32),
            detail: &detail,
            can_cancel: false,
        };
        progress(ui, &shown);
        return;
    }
    let left = run.left().filter(|_| run.phase == TrainPhase::Running);
    let left = left.map_or_else(String::new, |left| format!(", {} left", remaining(left)));
    let (step, steps) = (run.step(), run.config.steps.max(1));
    let detail = format!("{} of {}{left}", count(step), count(steps));
    let waiting = run.phase == TrainPhase::Preparing;
    let shown = Progress {
        label: if waiting {
            "Opening datasets and model"
        } else {
            "Steps"
        },
        fraction: (!waiting).then(|| step as f32 / steps as f32),
        detail: if waiting { "" } else { &detail },
        can_cancel: false,
    };
    progress(ui, &shown);
}

/// "40 s", "12 min", "3 h 5 min", "2 days 4 h".
pub(in crate::ui) fn remaining(seconds: f64) -> String {
    match seconds.max(0.0) {
        s if s < 90.0 => format!("{s:.0} s"),
        s if s < 5400.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!(
            "{:.0} h {:.0} min",
            (s / 3600.0).floor(),
            (s % 3600.0 / 60.0).floor()
        ),
        s => format!(
            "{:.0} days {:.0} h",
            (s / 86_400.0).floor(),
            (s % 86_400.0 / 3600.0).floor()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::remaining;

    #[test]
    fn what_is_left_is_said_in_the_units_that_matter() {
        let texts = [12.2, 600.0, 11_100.0, 187_300.0].map(remaining);
        assert_eq!(texts, ["12 s", "10 min", "3 h 5 min", "2 days 4 h"]);
    }
}
