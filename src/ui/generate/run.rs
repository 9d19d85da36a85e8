//! A run: how far, how fast, what was kept and why the rest was not, and pictures of the newest episodes.

use std::collections::BTreeMap;

use egui::{Label, Rect, Sense, StrokeKind, Ui, Vec2, vec2};

use crate::engine::{CollectedEpisode, Tally};
use crate::ui::act::command_text;
use crate::ui::message::message;
use crate::ui::panel::PanelContext;
use crate::ui::picture::Picture;
use crate::ui::theme::{self, HAIRLINE, Palette, RADIUS, SPACE_SMALL};
use crate::ui::widgets::{
    ActionButton, Progress, Tone, chip, dense, key_value, progress, section, tail,
};
use crate::ui::{icons, units};
use crate::workbench::{CollectPhase, CollectRun, Command, CommandId};

/// Widest a thumbnail becomes.
const THUMBNAIL: f32 = 132.0;

/// The pictures of finished episodes on the graphics card.
#[derive(Default)]
pub(super) struct RunView {
    /// By the episode's number in the run that began at this moment.
    pictures: BTreeMap<u64, Picture>,
    began: f64,
}

impl RunView {
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>, run: &CollectRun) {
        state(ui, context, run);
        bar(ui, context, run);
        numbers(ui, context, run);
        buttons(ui, context, run);
        tallies(ui, run);
        self.newest(ui, run);
    }

    fn newest(&mut self, ui: &mut Ui, run: &CollectRun) {
        if run.newest.is_empty() {
            return;
        }
        if (self.began - run.since_secs).abs() > f64::EPSILON {
            self.pictures.clear();
            self.began = run.since_secs;
        }
        let oldest = run.newest.back().map_or(0, |(number, _)| *number);
        self.pictures.retain(|number, _| *number >= oldest);
        section(ui, "Newest episodes", |_| {});
        let room = ui.available_width();
        let columns = ((room + SPACE_SMALL) / (THUMBNAIL + SPACE_SMALL))
            .ceil()
            .max(1.0);
        let width = ((room - (columns - 1.0) * SPACE_SMALL) / columns).floor();
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(SPACE_SMALL, SPACE_SMALL);
            for (number, episode) in &run.newest {
                let picture = self
                    .pictures
                    .entry(*number)
                    .or_insert_with(|| Picture::new(episode.thumbnail.clone()));
                thumbnail(ui, picture, episode, width);
            }
        });
    }
}

/// How it is doing, in a word.
fn state(ui: &mut Ui, context: &mut PanelContext<'_>, run: &CollectRun) {
    let (icon, text, tone) = match &run.phase {
        CollectPhase::Running => (icons::RECORD, "Generating", Tone::Accent),
        CollectPhase::Stopping => (icons::WAIT, "Stopping", Tone::Neutral),
        CollectPhase::Cancelled => (icons::PAUSE, "Cancelled", Tone::Warn),
        CollectPhase::Done(_) => (icons::CHECK_CIRCLE, "Done", Tone::Good),
        CollectPhase::Failed(_) => (icons::ERROR, "Failed", Tone::Danger),
    };
    ui.horizontal(|ui| {
        chip(ui, &format!("{icon} {text}"), tone);
        let p = Palette::of(ui);
        let out = run.config.out.display().to_string();
        let label = Label::new(theme::number(tail(&out)).color(p.weak)).truncate();
        ui.add(label).on_hover_text(&out);
    });
    if let CollectPhase::Failed(text) = &run.phase {
        message(ui, context, Tone::Danger, (text, ""));
    }
}

fn bar(ui: &mut Ui, context: &mut PanelContext<'_>, run: &CollectRun) {
    let wanted = run.config.episodes as u64;
    let (done, total) = match &run.progress {
        Some(progress) => (progress.done, progress.total.max(1)),
        None => (0, wanted.max(1)),
    };
    let (done, total, label) = match &run.progress {
        // The counting of a stage behind the last episode is not of episodes.
        Some(progress) if progress.stage != "Collecting" => (done, total, progress.stage.as_str()),
        _ => (done, total, "Episodes"),
    };
    let left = run.left(context.workbench.now_secs);
    let left = left.filter(|_| run.is_running() && done < total);
    let left = left.map_or_else(String::new, |left| {
        format!(", {} left", units::clock(left.ceil()))
    });
    let counted = format!("{} of {}{left}", units::count(done), units::count(total));
    let pressed = progress(
        ui,
        &Progress {
            label,
            fraction: Some(done as f32 / total as f32),
            detail: &counted,
            can_cancel: matches!(run.phase, CollectPhase::Running),
        },
    );
    if pressed {
        context.plain(CommandId::CancelGenerate);
    }
}

fn numbers(ui: &mut Ui, context: &PanelContext<'_>, run: &CollectRun) {
    let now = context.workbench.now_secs;
    let rate = run.rate(now);
    let seconds = run.seconds(now);
    dense(ui, |ui| {
        let rate = rate.map_or_else(|| "–".into(), |rate| units::count(rate.round() as u64));
        key_value(ui, "Rate", &format!("{rate} episodes/h"));
        key_value(ui, "Time", &units::clock(seconds));
        key_value(ui, "Steps written", &units::count(run.steps as u64));
        if let CollectPhase::Done(report) = &run.phase {
            if report.resumed > 0 {
                key_value(ui, "There before", &units::count(report.resumed));
            }
            if report.gave_up > 0 {
                let row = key_value(ui, "Places left empty", &units::count(report.gave_up));
                row.on_hover_text("No seed of the place gave a good episode");
            }
        }
    });
}

fn buttons(ui: &mut Ui, context: &mut PanelContext<'_>, run: &CollectRun) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(SPACE_SMALL, SPACE_SMALL);
        match &run.phase {
            CollectPhase::Cancelled | CollectPhase::Failed(_) => {
                let resume = ActionButton::new(icons::PLAY, "Resume").primary();
                let tip = command_text(CommandId::ResumeGenerate);
                if ui.add(resume).on_hover_text(tip).clicked() {
                    context.plain(CommandId::ResumeGenerate);
                }
            }
            CollectPhase::Done(_) => {
                let copy = ActionButton::new(icons::COPY, "Copy path");
                if ui.add(copy).clicked() {
                    context.push(Command::Copy(run.config.out.display().to_string()));
                }
            }
            CollectPhase::Running => {
                if ui
                    .add(ActionButton::new(icons::STOP, "Cancel generating"))
                    .clicked()
                {
                    context.plain(CommandId::CancelGenerate);
                }
            }
            CollectPhase::Stopping => {}
        }
    });
}

/// Kept and thrown away, by task; why on hover and below.
fn tallies(ui: &mut Ui, run: &CollectRun) {
    if run.tallies.is_empty() {
        return;
    }
    let p = Palette::of(ui);
    section(ui, "Kept and rejected", |_| {});
    dense(ui, |ui| {
        for (task, tally) in &run.tallies {
            let rejected: u64 = tally.rejected.values().sum();
            let value = format!("{} kept  {rejected} rejected", tally.kept);
            let row = key_value(ui, task, &value);
            if rejected > 0 {
                row.on_hover_text(reasons(tally));
                let why = Label::new(theme::secondary(reasons(tally)).color(p.weak));
                ui.add(why.wrap());
            }
        }
    });
}

fn reasons(tally: &Tally) -> String {
    let reasons = tally.rejected.iter();
    let reasons: Vec<String> = reasons
        .map(|(reason, count)| format!("{count} × {reason}"))
        .collect();
    reasons.join("\n")
}

fn thumbnail(ui: &mut Ui, picture: &mut Picture, episode: &CollectedEpisode, width: f32) {
    let p = Palette::of(ui);
    let size = picture.frame().size();
    let scale = width / size.width.max(1) as f32;
    let (rect, response) =
        ui.allocate_exact_size(vec2(width, size.height as f32 * scale), Sense::hover());
    let name = format!("Episode {}: {}", episode.episode, episode.instruction);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
    if ui.is_rect_visible(rect) {
        let shown = picture.at_scale(ui.ctx(), scale * ui.pixels_per_point());
        ui.painter().rect_filled(rect, RADIUS, p.canvas);
        if let Some(texture) = shown.texture {
            let whole = Rect::from_min_max(egui::Pos2::ZERO, Vec2::splat(1.0).to_pos2());
            ui.painter().image(texture, rect, whole, theme::UNTINTED);
        }
        let line = egui::Stroke::new(HAIRLINE, p.line);
        ui.painter()
            .rect_stroke(rect, RADIUS, line, StrokeKind::Inside);
    }
    response.on_hover_text(format!(
        "{name}\n{}, {}",
        episode.task,
        units::many(episode.frames, "step", "steps")
    ));
}
