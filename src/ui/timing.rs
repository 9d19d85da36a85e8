//! Where the time of the last query went, and how the window itself is doing.

use egui::{Label, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::frame_times::FrameTimes;
use super::panel::{Panel, PanelContext};
use super::stage::{stage_name, stage_text};
use super::theme::{self, Palette, SPACE};
use super::units;
use super::widgets::{StageTime, Tone, chip, key_value, section, stage_bars};
use crate::engine::Timing;
use crate::workbench::Workbench;

const SPARK_HEIGHT: f32 = 28.0;
/// One refresh of a 60 Hz screen.
const REFRESH_MS: f32 = 1000.0 / 60.0;

/// The panel.
#[derive(Debug, Default)]
pub struct TimingPanel;

impl Panel for TimingPanel {
    fn title(&self) -> &'static str {
        "Timing"
    }

    fn ui(&mut self, ui: &mut Ui, context: &mut PanelContext<'_>) {
        // Numbers stand at the right edge, where the scroll bar would cover them.
        ui.spacing_mut().scroll.floating_allocated_width = SPACE;
        ScrollArea::vertical()
            .id_salt("timing")
            .auto_shrink(false)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                query(ui, context.workbench);
                window(ui, context.frame_times);
                memory(ui, context.workbench);
            });
    }
}

fn query(ui: &mut Ui, workbench: &Workbench) {
    let p = Palette::of(ui);
    let asking = &workbench.asking;
    let running = asking.running.as_ref();
    section(ui, "Last query", |ui| {
        if let Some(running) = running {
            chip(ui, stage_text(running.stage), Tone::Accent);
        } else if let Some(result) = &asking.result {
            let age = units::age(workbench.now_secs - result.at_secs);
            ui.add(Label::new(theme::secondary(age).color(p.weak)));
        }
    });
    if let Some(result) = &asking.result {
        times(ui, &result.answer.timing);
    } else {
        let text = "Run a query to see how long each stage takes.";
        ui.add(Label::new(theme::secondary(text).color(p.weak)).wrap());
        ui.add_space(SPACE);
    }
}

fn times(ui: &mut Ui, timing: &Timing) {
    let bars: Vec<StageTime<'_>> = timing
        .stages
        .iter()
        .map(|stage| StageTime {
            name: stage_name(stage.stage),
            ms: Some(stage.ms as f32),
        })
        .collect();
    stage_bars(ui, &bars);
    key_value(ui, "Total", &milliseconds(timing.total_ms));
    let tokens = |count: usize| units::many(count, "token", "tokens");
    if timing.prompt_tokens > 0 {
        key_value(ui, "Prompt", &tokens(timing.prompt_tokens));
    }
    if timing.reply_tokens > 0 {
        key_value(ui, "Reply", &tokens(timing.reply_tokens));
    }
    if let Some(rate) = timing.tokens_per_second() {
        key_value(ui, "Speed", &format!("{rate:.1} tokens/s"));
    }
}

fn window(ui: &mut Ui, times: &FrameTimes) {
    section(ui, "Window", |_| {});
    let (Some(median), Some(slow)) = (times.quantile(0.5), times.quantile(0.99)) else {
        let p = Palette::of(ui);
        ui.add(Label::new(
            theme::secondary("Not measured yet.").color(p.weak),
        ));
        return;
    };
    spark(ui, times, slow);
    key_value(ui, "Frame, median", &format!("{median:.1} ms"));
    key_value(ui, "Frame, 99 %", &format!("{slow:.1} ms"))
        .on_hover_text("99 of 100 frames take less work than this");
}

/// The last frame times as thin bars, with a line where a 60 Hz screen refreshes.
fn spark(ui: &mut Ui, times: &FrameTimes, slow: f32) {
    let p = Palette::of(ui);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), SPARK_HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Frame times"));
    ui.painter().rect_filled(rect, 2.0, p.background);
    let scale = slow.max(REFRESH_MS * 1.25);
    let y = |ms: f32| rect.bottom() - rect.height() * (ms / scale).min(1.0);
    let values: Vec<f32> = times.iter().collect();
    let step = rect.width() / 240.0;
    let left = rect.right() - step * values.len() as f32;
    for (at, ms) in values.iter().enumerate() {
        let x = left + step * at as f32;
        let color = if *ms > REFRESH_MS { p.warn } else { p.weak };
        let bar = Rect::from_min_max(pos2(x, y(*ms)), pos2(x + step, rect.bottom()));
        ui.painter().rect_filled(bar, 0.0, color);
    }
    ui.painter().hline(
        rect.x_range(),
        y(REFRESH_MS),
        egui::Stroke::new(1.0, p.line),
    );
    response.on_hover_text(
        "Work for each of the last frames; the line is one refresh of a 60 Hz screen",
    );
}

fn memory(ui: &mut Ui, workbench: &Workbench) {
    let Some(report) = &workbench.model.report else {
        return;
    };
    section(ui, "Device", |_| {});
    key_value(ui, "Runs on", &report.loaded.device);
    key_value(ui, "Weights in memory", &units::bytes(report.size.bytes));
    if let Some(memory) = workbench.memory {
        super::model::memory_row(ui, memory);
    }
}

fn milliseconds(ms: f64) -> String {
    if ms < 10_000.0 {
        format!("{ms:.1} ms")
    } else {
        format!("{:.1} s", ms / 1000.0)
    }
}
