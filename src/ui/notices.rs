//! Notices over the window: at the bottom of the canvas, newest last. Errors stay until they are dismissed, the rest leave by
//! themselves.

use egui::{Align2, Area, Context, Frame, Id, Order, Stroke, Ui, vec2};

use super::panel::PanelContext;
use super::theme::{HAIRLINE, Palette, RADIUS, SPACE, SPACE_GROUP};
use super::widgets::{Notice as Card, Tone, notice};
use crate::workbench::{Command, Message, Notice, NoticeLevel};

const WIDTH: f32 = 380.0;
/// Seconds that something good to know stays.
const INFO_SECS: f64 = 5.0;
/// Seconds that a warning stays.
const WARNING_SECS: f64 = 12.0;
/// Seconds over which a notice leaves.
const FADE_SECS: f64 = 0.4;
/// Longest sentence of a card; the log has all of it.
const TEXT_CHARS: usize = 200;

/// Draws the open notices over everything else and pushes what was done with them.
pub fn notices(ctx: &Context, context: &mut PanelContext<'_>) {
    let workbench = context.workbench;
    if workbench.notices.open.is_empty() {
        return;
    }
    let area = Area::new(Id::unique("notices"))
        .order(Order::Foreground)
        .anchor(
            Align2::CENTER_BOTTOM,
            vec2(0.0, -(super::transport::HEIGHT + SPACE_GROUP)),
        )
        .constrain(true);
    let shown = area.show(ctx, |ui| {
        ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 2.0 * SPACE_GROUP));
        ui.spacing_mut().item_spacing.y = SPACE;
        let mut gone = Vec::new();
        for (at, notice) in workbench.notices.open.iter().enumerate() {
            let opacity = opacity(workbench.now_secs - notice.at_secs, notice.level);
            let opacity = if workbench.settings.reduce_motion {
                opacity.ceil()
            } else {
                opacity
            };
            ui.push_id(at, |ui| {
                ui.multiply_opacity(opacity.max(0.01));
                if card(ui, context, notice) {
                    gone.push(at);
                }
            });
        }
        gone
    });
    let mut gone = shown.inner;
    if !shown.response.contains_pointer() {
        let left =
            |notice: &Notice| opacity(workbench.now_secs - notice.at_secs, notice.level) <= 0.0;
        gone.extend(
            (0..workbench.notices.open.len()).filter(|at| left(&workbench.notices.open[*at])),
        );
        wake(ctx, context);
    }
    // From the last to the first, so that the places of those left do not move.
    gone.sort_unstable();
    gone.dedup();
    for at in gone.into_iter().rev() {
        context.push(Command::DismissNotice(at));
    }
}

/// Draws again when the next notice begins to leave.
fn wake(ctx: &Context, context: &PanelContext<'_>) {
    let workbench = context.workbench;
    let waits = workbench.notices.open.iter().filter_map(|notice| {
        let fades = stays(notice.level)? - FADE_SECS - (workbench.now_secs - notice.at_secs);
        Some(fades.max(1.0 / 30.0))
    });
    let soonest = waits.fold(f64::INFINITY, f64::min);
    if soonest.is_finite() {
        ctx.request_repaint_after_secs(soonest as f32);
    }
}

/// How long a notice stays; errors have no end.
const fn stays(level: NoticeLevel) -> Option<f64> {
    match level {
        NoticeLevel::Info => Some(INFO_SECS),
        NoticeLevel::Warning => Some(WARNING_SECS),
        NoticeLevel::Error => None,
    }
}

fn opacity(age_secs: f64, level: NoticeLevel) -> f32 {
    stays(level).map_or(1.0, |stays| {
        ((stays - age_secs) / FADE_SECS).clamp(0.0, 1.0) as f32
    })
}

/// True when it is to leave.
fn card(ui: &mut Ui, context: &mut PanelContext<'_>, shown: &Notice) -> bool {
    let p = Palette::of(ui);
    let tone = match shown.level {
        NoticeLevel::Info => Tone::Neutral,
        NoticeLevel::Warning => Tone::Warn,
        NoticeLevel::Error => Tone::Danger,
    };
    let parts = Message::of(&shown.text);
    let what = cut(&parts.what);
    let advice = cut(&parts.advice);
    let frame = Frame::new()
        .fill(p.panel)
        .stroke(Stroke::new(HAIRLINE, p.line))
        .corner_radius(f32::from(RADIUS))
        .shadow(ui.visuals().popup_shadow);
    let answer = frame
        .show(ui, |ui| {
            let card = Card {
                tone,
                text: &what,
                detail: &advice,
                place: &parts.place,
                action: shown
                    .action
                    .as_ref()
                    .map_or("", |(words, _)| words.as_str()),
            };
            notice(ui, &card)
        })
        .inner;
    if answer.copied {
        context.push(Command::Copy(shown.text.clone()));
    }
    if let (true, Some((_, command))) = (answer.acted, &shown.action) {
        context.push(command.clone());
    }
    answer.acted || answer.dismissed
}

/// The beginning of a long text; the whole of it can be copied and is in the log.
fn cut(text: &str) -> String {
    let mut short: String = text.chars().take(TEXT_CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn infos_leave_after_five_seconds_and_errors_never() {
        assert!((opacity(0.0, NoticeLevel::Info) - 1.0).abs() < 1e-6);
        assert!((opacity(4.8, NoticeLevel::Info) - 0.5).abs() < 1e-3);
        assert!(opacity(5.0, NoticeLevel::Info) <= 0.0);
        assert!((opacity(1e9, NoticeLevel::Error) - 1.0).abs() < 1e-6);
    }
}
