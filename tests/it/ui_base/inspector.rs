//! The gallery's right side: ask, reply, groundings, report, timing.

use egui::{CentralPanel, Frame, Margin, Ui};
use spvla::ui::icons;
use spvla::ui::theme::Palette;
use spvla::ui::widgets::{self, ActionButton, IconButton, ListRow, StageTime, TokenText};

use super::gallery::Shown;
use super::sample;

/// All of it, in a panel of its own.
pub fn inspector(ui: &mut Ui, shown: &mut Shown) {
    let side = Frame::new()
        .fill(Palette::of(ui).panel)
        .inner_margin(Margin::same(12));
    CentralPanel::default().frame(side).show(ui, |ui| {
        widgets::section(ui, "Ask", |ui| {
            ui.add(IconButton::new(icons::HISTORY, "Earlier questions").side(24.0));
        });
        let field = egui::TextEdit::singleline(&mut shown.instruction).desired_width(f32::INFINITY);
        ui.add(field.margin(Margin::symmetric(8, 6)))
            .accessible_name("Instruction");
        let tasks = [
            (0, "Box"),
            (1, "Point"),
            (2, "Trace"),
            (3, "Plan"),
            (4, "Act"),
        ];
        widgets::segmented(ui, "Task", &mut shown.task, &tasks);
        ui.horizontal(|ui| {
            ui.add(
                ActionButton::new(icons::RUN, "Run")
                    .primary()
                    .shortcut("Ctrl+Enter"),
            );
            ui.add(ActionButton::new(icons::AUTO, "Auto"));
            ui.add_enabled(false, ActionButton::new(icons::STOP, "Cancel"));
        });
        reply(ui);
        groundings(ui);
        widgets::section(ui, "Model", |_| {});
        widgets::dense(ui, |ui| {
            for (key, value) in [
                ("Architecture", "InternVLA-M1"),
                ("Parameters", "3,829.4 M"),
                ("Precision", "f16"),
            ] {
                widgets::key_value(ui, key, value);
            }
        });
        widgets::section(ui, "Timing", |_| {});
        let times = [
            ("Preprocess", 3.1),
            ("Vision", 41.8),
            ("Prefill", 88.2),
            ("Decode", 412.9),
            ("DiT", 64.0),
        ];
        widgets::stage_bars(
            ui,
            &times.map(|(name, ms)| StageTime { name, ms: Some(ms) }),
        );
    });
}

fn reply(ui: &mut Ui) {
    let p = Palette::of(ui);
    let tokens = [
        ("[{\"", 0.99),
        ("bbox", 0.99),
        ("_2", 1.0),
        ("d", 1.0),
        ("\": [", 0.98),
        ("127", 0.71),
        (", ", 1.0),
        ("308", 0.44),
        (", ", 1.0),
        ("252", 0.83),
        (", ", 1.0),
        ("350", 0.92),
        ("], \"", 0.99),
        ("label", 1.0),
        ("\": \"", 1.0),
        ("car", 0.97),
        ("rot", 1.0),
        ("\"}]", 0.99),
    ];
    let tokens = tokens.map(|(text, probability)| TokenText { text, probability });
    Frame::new()
        .fill(p.background)
        .corner_radius(4.0)
        .inner_margin(Margin::same(8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            widgets::token_text(ui, &tokens);
        });
}

fn groundings(ui: &mut Ui) {
    widgets::section(ui, "Groundings", |ui| {
        ui.add(
            IconButton::new(icons::COPY, "Copy as JSON")
                .shortcut("Ctrl+C")
                .side(24.0),
        );
    });
    widgets::dense(ui, |ui| {
        for mark in sample::marks()
            .iter()
            .filter(|mark| [1, 2, 3].contains(&mark.id))
        {
            let value = mark
                .score
                .map_or_else(String::new, |score| format!("{score:.2}"));
            let row = ListRow {
                color: Some(mark.hue.color()),
                icon: icons::BOX,
                label: &mark.label,
                value: &value,
                shown: Some(mark.id != 3),
                selected: mark.selected,
            };
            widgets::list_row(ui, &row);
        }
    });
}
