//! What is sent, to the letter, and the settings that few people touch.

use egui::{
    CollapsingHeader, ComboBox, DragValue, Frame, Grid, Label, Margin, ScrollArea, Ui, Widget,
};

use crate::engine::{QueryOptions, RopeChoice};
use crate::grounding::prompt::Task;
use crate::grounding::reply::ReplyScale;
use crate::ui::icons;
use crate::ui::panel::PanelContext;
use crate::ui::theme::{self, Palette, RADIUS, SPACE, SPACE_SMALL, TARGET_MIN};
use crate::ui::widgets::{ActionButton, IconButton};
use crate::workbench::Command;

/// Width of the fields.
const FIELD: f32 = 120.0;
/// Tallest view of the text that is sent.
const TEXT_HEIGHT: f32 = 160.0;

pub(super) fn ui(ui: &mut Ui, context: &mut PanelContext<'_>) {
    ui.add_space(SPACE_SMALL);
    ui.separator();
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        fold(ui, "Exact text sent", |ui| sent(ui, context));
        fold(ui, "Settings", |ui| settings(ui, context));
    });
}

fn fold(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    let p = Palette::of(ui);
    ui.spacing_mut().interact_size.y = TARGET_MIN;
    CollapsingHeader::new(theme::secondary(name).color(p.weak))
        .id_salt(name)
        .show_unindented(ui, content);
}

fn sent(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let p = Palette::of(ui);
    let text = context.workbench.prompt();
    let frame = Frame::new()
        .fill(p.background)
        .corner_radius(f32::from(RADIUS))
        .inner_margin(Margin::same(8));
    frame.show(ui, |ui| {
        ui.horizontal_top(|ui| {
            ScrollArea::vertical()
                .id_salt("sent")
                .max_height(TEXT_HEIGHT)
                .show(ui, |ui| {
                    ui.set_width(ui.available_width() - TARGET_MIN - SPACE);
                    ui.add(Label::new(theme::number(&text)).wrap().selectable(true));
                });
            if ui
                .add(IconButton::new(icons::COPY, "Copy text").side(TARGET_MIN))
                .clicked()
            {
                context.push(Command::Copy(text.clone()));
            }
        });
    });
    let asking = &context.workbench.asking;
    if asking.task == Task::Action {
        let wrapped = context
            .workbench
            .model
            .report
            .as_ref()
            .is_some_and(|r| r.prompt_wrapper.is_some());
        let note = if wrapped {
            "Wrapped as the checkpoint was trained."
        } else {
            "This checkpoint has no wrapper."
        };
        ui.add(Label::new(theme::secondary(note).color(p.weak)).wrap());
    }
}

fn settings(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let asking = &context.workbench.asking;
    let mut options = asking.options.clone();
    Grid::new("settings")
        .num_columns(2)
        .spacing([SPACE, SPACE_SMALL])
        .show(ui, |ui| {
            if asking.task == Task::Action {
                action(ui, &mut options);
                statistics(ui, context, &mut options);
            } else {
                text(ui, &mut options);
            }
            rotary(ui, &mut options);
        });
    if options != QueryOptions::default()
        && ui
            .add(ActionButton::new(icons::RESET, "Use defaults"))
            .clicked()
    {
        options = QueryOptions::default();
    }
    if options != asking.options {
        context.push(Command::SetOptions(Box::new(options)));
    }
}

fn text(ui: &mut Ui, options: &mut QueryOptions) {
    let longest = DragValue::new(&mut options.max_new_tokens)
        .range(1..=4096)
        .suffix(" tokens");
    row(ui, "Longest reply", "The reply is cut here", longest);
    let kept = DragValue::new(&mut options.alternatives).range(0..=20);
    row(
        ui,
        "Alternatives",
        "Shown when the pointer rests on a token",
        kept,
    );
    let scales = [
        (ReplyScale::Auto, "Automatic"),
        (ReplyScale::Resized, "Model pixels"),
        (ReplyScale::Unit, "0 to 1"),
        (ReplyScale::Thousand, "0 to 1000"),
    ];
    choose(
        ui,
        "Coordinates",
        "How the numbers of a reply are read",
        &mut options.scale,
        &scales,
    );
}

fn action(ui: &mut Ui, options: &mut QueryOptions) {
    let steps = DragValue::new(&mut options.steps).range(1..=100);
    row(
        ui,
        "Diffusion steps",
        "More are slower; 10 is what the original uses",
        steps,
    );
    let guidance = DragValue::new(&mut options.guidance)
        .range(1.0..=10.0)
        .speed(0.05)
        .fixed_decimals(2);
    row(
        ui,
        "Guidance",
        "1 turns it off and halves the time",
        guidance,
    );
    let samples = DragValue::new(&mut options.samples).range(1..=64);
    row(
        ui,
        "Samples",
        "Chunks drawn from different noise, shown as a fan",
        samples,
    );
    let seed = DragValue::new(&mut options.seed).range(0..=u64::from(u32::MAX));
    row(ui, "Seed", "The same seed gives the same actions", seed);
}

fn statistics(ui: &mut Ui, context: &PanelContext<'_>, options: &mut QueryOptions) {
    let Some(report) = &context.workbench.model.report else {
        return;
    };
    if report.statistics.is_empty() {
        return;
    }
    let mut choices: Vec<(Option<String>, &str)> = vec![(None, "Automatic")];
    choices.extend(
        report
            .statistics
            .iter()
            .map(|key| (Some(key.clone()), key.as_str())),
    );
    let tip = "Which data's statistics turn actions into metres and radians";
    choose(ui, "Statistics", tip, &mut options.statistics_key, &choices);
}

fn rotary(ui: &mut Ui, options: &mut QueryOptions) {
    let choices = [
        (RopeChoice::Auto, "Automatic"),
        (RopeChoice::F32, "f32"),
        (RopeChoice::Bf16, "bf16"),
    ];
    let tip = "How rotary frequencies are rounded; the original policy server rounds them to bf16";
    choose(ui, "Rotary rounding", tip, &mut options.rope, &choices);
}

fn row(ui: &mut Ui, name: &str, tip: &str, field: impl Widget) {
    let label = name_of(ui, name, tip);
    ui.add_sized([FIELD, TARGET_MIN], field)
        .labelled_by(label)
        .on_hover_text(tip);
    ui.end_row();
}

fn choose<T: PartialEq + Clone>(
    ui: &mut Ui,
    name: &str,
    tip: &str,
    chosen: &mut T,
    choices: &[(T, &str)],
) {
    name_of(ui, name, tip);
    let current = choices
        .iter()
        .find(|(value, _)| value == chosen)
        .map_or("", |(_, words)| *words);
    let combo = ComboBox::from_id_salt(name)
        .width(FIELD)
        .truncate()
        .selected_text(current);
    let shown = combo.show_ui(ui, |ui| {
        for (value, words) in choices {
            ui.selectable_value(chosen, value.clone(), *words);
        }
    });
    shown.response.accessible_name(name).on_hover_text(tip);
    ui.end_row();
}

fn name_of(ui: &mut Ui, name: &str, tip: &str) -> egui::Id {
    let p = Palette::of(ui);
    ui.add(Label::new(theme::secondary(name).color(p.weak)))
        .on_hover_text(tip)
        .id
}
