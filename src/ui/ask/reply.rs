//! The lower half: the reply as it is written, and the last one.

use egui::{Label, Spinner, Ui, vec2};

use super::alternatives;
use super::question::remark;
use crate::engine::{ActionAnswer, ReplyToken, StopReason, TextAnswer};
use crate::grounding::reply::Rule;
use crate::ui::act::icon_act;
use crate::ui::icons;
use crate::ui::message::message;
use crate::ui::panel::PanelContext;
use crate::ui::stage::stage_text;
use crate::ui::theme::{self, Palette, ROW, SPACE, SPACE_SMALL};
use crate::ui::units;
use crate::ui::widgets::{ActionButton, TokenText, Tone, section, token_text};
use crate::workbench::{CommandId, ResultSet, Running, Workbench, capitalised};

/// Seconds for which an operation is left alone before it says that it is busy.
const GRACE_SECS: f64 = 0.4;
/// Opacity of a reply that a newer one is about to replace, or that is stale.
const FADED: f32 = 0.5;
/// Warnings shown in full; more are counted.
const WARNINGS: usize = 6;

pub(super) fn ui(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let workbench = context.workbench;
    failure(ui, context);
    let busy = busy_secs(workbench);
    if let Some(secs) = busy.filter(|secs| *secs < GRACE_SECS) {
        ui.ctx()
            .request_repaint_after_secs((GRACE_SECS - secs) as f32 + 0.01);
    }
    let slow = busy.is_some_and(|secs| secs >= GRACE_SECS);
    if slow {
        running(ui, context);
    }
    match &workbench.asking.result {
        Some(result) => answered(ui, context, result, slow),
        None if !slow && workbench.asking.failure.is_none() => nothing(ui),
        None => {}
    }
}

/// For how long a query has been under way.
fn busy_secs(workbench: &Workbench) -> Option<f64> {
    let asking = &workbench.asking;
    let since = asking.running.as_ref().map(|running| running.since_secs);
    let since = since.or_else(|| asking.sent.first().map(|run| run.sent_secs))?;
    Some((workbench.now_secs - since).max(0.0))
}

fn failure(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let Some(error) = &context.workbench.asking.failure else {
        return;
    };
    section(ui, "Failed", |_| {});
    message(ui, context, Tone::Danger, (error, ""));
    ui.horizontal(|ui| {
        ui.add_space(theme::ICON + SPACE_SMALL + 2.0);
        if ui
            .add(ActionButton::new(icons::RETRY, "Try again"))
            .clicked()
        {
            context.plain(CommandId::Run);
        }
    });
}

fn nothing(ui: &mut Ui) {
    let p = Palette::of(ui);
    section(ui, "Reply", |_| {});
    let text = "The reply appears here as it is written. Doubtful tokens are shaded; rest the pointer on one to see \
                what else it might have been.";
    ui.add(Label::new(theme::secondary(text).color(p.weak)).wrap());
}

fn running(ui: &mut Ui, context: &PanelContext<'_>) {
    let asking = &context.workbench.asking;
    section(ui, "Reply", |_| {});
    let doing = asking
        .running
        .as_ref()
        .map_or("Waiting for the model", |running| stage_text(running.stage));
    let secs = units::seconds(busy_secs(context.workbench).unwrap_or_default());
    let count = asking
        .running
        .as_ref()
        .map_or(0, |running| running.tokens.len());
    ui.horizontal(|ui| {
        let p = Palette::of(ui);
        ui.set_height(ROW);
        ui.add(Spinner::new().size(14.0).color(p.accent));
        ui.add(Label::new(theme::secondary(doing)));
        let known = if count > 0 {
            format!("{}  {secs}", units::many(count, "token", "tokens"))
        } else {
            secs
        };
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.add(Label::new(theme::number(known).color(p.weak)));
        });
    });
    if let Some(Running {
        tokens, preparing, ..
    }) = &asking.running
    {
        if let Some(device) = preparing {
            let text = format!("Preparing kernels on {device}; first query only");
            remark(ui, icons::GPU, Tone::Accent, &text);
        }
        token_list(ui, tokens);
    }
}

/// Which question is answered: the task may have been changed since.
fn heading(result: &ResultSet, older: bool) -> String {
    let reply = if older { "Earlier reply" } else { "Reply" };
    format!("{reply} · {}", result.run.task)
}

fn answered(ui: &mut Ui, context: &mut PanelContext<'_>, result: &ResultSet, older: bool) {
    let workbench = context.workbench;
    let stale = workbench.is_stale(result);
    ui.scope(|ui| {
        if older || stale {
            ui.multiply_opacity(FADED);
        }
        let age = units::age(workbench.now_secs - result.at_secs);
        let name = heading(result, older);
        section(ui, &name, |ui| {
            let p = Palette::of(ui);
            if result.answer.text.is_some() {
                icon_act(ui, context, icons::COPY, CommandId::CopyReply);
            }
            let age = if stale {
                format!("{}  {age}", icons::CLOCK)
            } else {
                age
            };
            ui.add(Label::new(theme::secondary(age).color(p.weak)));
        });
        if let Some(text) = &result.answer.text {
            text_answer(ui, text);
        }
        if let Some(action) = &result.answer.action {
            action_answer(ui, action);
        }
        for warning in result.answer.warnings.iter().take(WARNINGS) {
            remark(ui, icons::WARNING, Tone::Warn, &capitalised(warning));
        }
    });
    // The age is read in seconds, so that is how often it is drawn.
    ui.ctx().request_repaint_after_secs(1.0);
}

fn text_answer(ui: &mut Ui, text: &TextAnswer) {
    let reply = &text.reply;
    if let Some(step) = &reply.subtask {
        said(ui, "Next step", step);
    }
    if let Some(response) = &reply.response {
        said(ui, "Says", response);
    }
    if text.tokens.is_empty() {
        remark(ui, icons::INFO, Tone::Neutral, "The reply is empty.");
    } else {
        token_list(ui, &text.tokens);
        ui.add_space(SPACE_SMALL);
    }
    let (icon, tone) = match reply.rule {
        Rule::Numbers => (icons::WARNING, Tone::Warn),
        Rule::Nothing | Rule::Planner => (icons::INFO, Tone::Neutral),
        _ => (icons::CHECK_CIRCLE, Tone::Neutral),
    };
    remark(ui, icon, tone, reply.rule.sentence());
    if text.stop == StopReason::Length {
        let cut = format!(
            "Cut after {}. Raise the longest reply in the settings.",
            tokens(text.tokens.len())
        );
        remark(ui, icons::WARNING, Tone::Warn, &cut);
    }
    for warning in reply.warnings.iter().take(WARNINGS) {
        remark(
            ui,
            icons::WARNING,
            Tone::Warn,
            &sentence(&warning.to_string()),
        );
    }
    if let Some(more) = reply
        .warnings
        .len()
        .checked_sub(WARNINGS)
        .filter(|more| *more > 0)
    {
        remark(
            ui,
            icons::WARNING,
            Tone::Warn,
            &format!("{} like these.", units::many(more, "more", "more")),
        );
    }
}

fn action_answer(ui: &mut Ui, action: &ActionAnswer) {
    let steps = action
        .normalized
        .first()
        .map_or(0, |chunk| chunk.steps().len());
    let samples = units::many(action.normalized.len(), "sample", "samples");
    let text = format!(
        "{} of actions, {samples}.",
        units::many(steps, "step", "steps")
    );
    remark(ui, icons::CHECK_CIRCLE, Tone::Neutral, &text);
    match &action.statistics {
        Ok(key) => remark(
            ui,
            icons::RULER,
            Tone::Neutral,
            &format!("In SI by the statistics of {key}."),
        ),
        Err(reason) => remark(ui, icons::WARNING, Tone::Warn, &sentence(reason)),
    }
}

/// What a planner said in so many words.
fn said(ui: &mut Ui, name: &str, text: &str) {
    let p = Palette::of(ui);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE, 2.0);
        ui.add(Label::new(theme::secondary(name).color(p.weak)));
        ui.add(Label::new(theme::semibold(text)).wrap().selectable(true));
    });
}

fn token_list(ui: &mut Ui, tokens: &[ReplyToken]) {
    let shown: Vec<TokenText<'_>> = tokens
        .iter()
        .map(|token| TokenText {
            text: &token.text,
            probability: token.probability,
        })
        .collect();
    let (response, hovered) = token_text(ui, &shown);
    if let Some(token) = hovered.and_then(|at| tokens.get(at)) {
        response.on_hover_ui_at_pointer(|ui| alternatives::ui(ui, token));
    }
}

fn tokens(count: usize) -> String {
    units::many(count, "token", "tokens")
}

fn sentence(text: &str) -> String {
    let text = capitalised(text);
    if text.ends_with('.') {
        text
    } else {
        text + "."
    }
}
