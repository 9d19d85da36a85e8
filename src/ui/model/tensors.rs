//! Tensors that did not simply fit, as lists that may be long.

use egui::{CollapsingHeader, Label, ScrollArea, Ui};

use crate::engine::{MisshapenTensor, TensorFindings};
use crate::ui::panel::PanelContext;
use crate::ui::theme::{self, Palette, ROW, TARGET_MIN};
use crate::ui::widgets::{ActionButton, key_value, section};
use crate::ui::{icons, units};
use crate::workbench::Command;

/// Height of a list before it scrolls.
const HEIGHT: f32 = 160.0;

pub(super) fn ui(ui: &mut Ui, context: &mut PanelContext<'_>, tensors: &TensorFindings) {
    section(ui, "Tensors", |_| {});
    let lists: [(&str, &str, usize); 4] = [
        (
            "Missing",
            "Asked for and not in the file",
            tensors.missing.len(),
        ),
        (
            "Misshapen",
            "In the file with another shape",
            tensors.misshapen.len(),
        ),
        (
            "Unexpected",
            "In the file and not used",
            tensors.unexpected.len(),
        ),
        (
            "Beyond f16",
            "Too large for 16 bits, cut at the largest number",
            tensors.overflowed.len(),
        ),
    ];
    if lists.iter().all(|(_, _, count)| *count == 0) {
        key_value(ui, "Missing, misshapen, unexpected", "none");
        return;
    }
    for (at, (name, tip, count)) in lists.into_iter().enumerate() {
        if count == 0 {
            continue;
        }
        let text = format!("{name}: {}", units::count(count as u64));
        let color = Palette::of(ui).text;
        ui.spacing_mut().interact_size.y = TARGET_MIN;
        CollapsingHeader::new(theme::secondary(text).color(color))
            .id_salt(name)
            .show_unindented(ui, |ui| {
                list(ui, context, (name, count), |row| match at {
                    0 => tensors.missing[row].clone(),
                    1 => misshapen(&tensors.misshapen[row]),
                    2 => tensors.unexpected[row].clone(),
                    _ => tensors.overflowed[row].clone(),
                });
            })
            .header_response
            .on_hover_text(tip);
    }
}

fn list(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    (name, count): (&str, usize),
    text: impl Fn(usize) -> String,
) {
    let p = Palette::of(ui);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let area = ScrollArea::vertical()
            .id_salt(name)
            .max_height(HEIGHT)
            .auto_shrink([false, true]);
        area.show_rows(ui, ROW, count, |ui, rows| {
            for row in rows {
                ui.add_sized(
                    [ui.available_width(), ROW],
                    Label::new(theme::number(text(row)).color(p.weak))
                        .truncate()
                        .halign(egui::Align::LEFT),
                );
            }
        });
    });
    if ui
        .add(ActionButton::new(icons::COPY, "Copy list"))
        .clicked()
    {
        let all: Vec<String> = (0..count).map(text).collect();
        context.push(Command::Copy(all.join("\n")));
    }
}

fn misshapen(tensor: &MisshapenTensor) -> String {
    format!(
        "{} is {:?}, expected {:?}",
        tensor.name, tensor.found, tensor.expected
    )
}
