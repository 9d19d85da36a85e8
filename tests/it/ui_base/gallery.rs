//! A page with everything on it, laid out as the Inspect workspace is.

use egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, Ui};
use spvla::ui::icons;
use spvla::ui::picture::Picture;
use spvla::ui::placement::CanvasView;
use spvla::ui::theme::{self, Palette, SPACE, SPACE_WIDE};
use spvla::ui::widgets::{self, EmptyState, IconButton, ListRow, Notice, Progress, Tone};

use super::inspector::inspector;
use super::sample;

/// What the page remembers between frames.
pub struct Shown {
    view: CanvasView,
    picture: Picture,
    workspace: usize,
    pub task: usize,
    pub instruction: String,
    zoomed: bool,
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            view: CanvasView::default(),
            picture: Picture::new(sample::frame()),
            workspace: 0,
            task: 0,
            instruction: "Put the carrot on the plate".into(),
            zoomed: false,
        }
    }
}

impl Shown {
    /// As by default, but looking at single pixels.
    pub fn zoomed() -> Self {
        Self {
            zoomed: true,
            ..Self::default()
        }
    }
}

pub fn page(ui: &mut Ui, shown: &mut Shown) {
    let p = Palette::of(ui);
    let bar = Frame::new()
        .fill(p.panel)
        .inner_margin(Margin::symmetric(12, 6));
    Panel::top("bar")
        .frame(bar)
        .exact_size(40.0)
        .show(ui, |ui| top_bar(ui, shown));
    let side = Frame::new().fill(p.panel).inner_margin(Margin::same(12));
    Panel::left("sources")
        .frame(side)
        .exact_size(220.0)
        .show(ui, sources);
    Panel::right("inspector")
        .frame(Frame::new())
        .exact_size(300.0)
        .show(ui, |ui| inspector(ui, shown));
    Panel::bottom("time")
        .frame(side)
        .exact_size(52.0)
        .show(ui, player);
    CentralPanel::default().frame(Frame::new()).show(ui, |ui| {
        if std::mem::take(&mut shown.zoomed) {
            let view = ui.available_rect_before_wrap();
            let placement =
                shown
                    .view
                    .place(view, shown.picture.frame().size(), ui.pixels_per_point());
            let anchor = placement.to_screen(spvla::geometry::ImagePoint::new(250.0, 310.0));
            shown.view.zoom(&placement, 16.0, anchor);
        }
        shown.view.show(ui, &mut shown.picture, &sample::marks());
    });
}

fn top_bar(ui: &mut Ui, shown: &mut Shown) {
    let p = Palette::of(ui);
    ui.horizontal_centered(|ui| {
        ui.label(theme::semibold("SP-VLA"));
        ui.add_space(SPACE);
        let spaces = [
            (0, "Inspect"),
            (1, "Data"),
            (2, "Learn"),
            (3, "Correct"),
            (4, "Drive"),
        ];
        widgets::segmented(ui, "Workspace", &mut shown.workspace, &spaces);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.add(IconButton::new(icons::GEAR, "Settings").shortcut("Ctrl+,"));
            ui.add(IconButton::new(icons::MOON, "Dark theme"));
            ui.add(IconButton::new(icons::COMMAND, "Command palette").shortcut("Ctrl+K"));
            ui.add_space(SPACE);
            ui.label(theme::number("41.2 ms").color(p.weak));
            ui.add_space(SPACE);
            widgets::chip(ui, "wgpu", Tone::Neutral);
            widgets::chip(ui, "tabletop-tiny", Tone::Accent);
        });
    });
}

fn sources(ui: &mut Ui) {
    widgets::section(ui, "Sources", |ui| {
        ui.add(
            IconButton::new(icons::OPEN, "Open file")
                .shortcut("Ctrl+O")
                .side(24.0),
        );
    });
    widgets::dense(ui, |ui| {
        for (icon, label, value, selected) in [
            (icons::IMAGE, "table.png", "640x480", true),
            (icons::VIDEO, "episode_000012.mp4", "00:41", false),
            (icons::WEBCAM, "Camera 0", "30 Hz", false),
        ] {
            widgets::list_row(
                ui,
                &ListRow {
                    icon,
                    label,
                    value,
                    selected,
                    ..ListRow::default()
                },
            );
        }
    });
    ui.add_space(SPACE_WIDE);
    ui.label(format!(
        "{} Icons stand {} in text",
        icons::INFO,
        icons::CHECK
    ));
    let loading = Progress {
        label: "Load weights",
        fraction: Some(0.62),
        detail: "412 of 664",
        can_cancel: true,
    };
    widgets::progress(ui, &loading);
    ui.add_space(SPACE_WIDE);
    let warning = Notice {
        tone: Tone::Warn,
        text: "Camera 2 stopped sending pictures.",
        detail: "Last one 3.2 s ago.",
        place: "",
        action: "Reconnect",
    };
    widgets::notice(ui, &warning);
    let error = Notice {
        tone: Tone::Danger,
        text: "Weights hold values that are not numbers.",
        detail: "dit.blocks.3",
        place: "",
        action: "",
    };
    widgets::notice(ui, &error);
    let empty = EmptyState {
        icon: icons::DATA,
        title: "No data set",
        hint: "Open a LeRobot folder to browse its episodes here.",
        action: (icons::FOLDER, "Open folder", "Ctrl+Shift+O"),
        ..EmptyState::default()
    };
    widgets::empty_state(ui, &empty);
}

fn player(ui: &mut Ui) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        ui.add(IconButton::new(icons::STEP_BACK, "Step back").shortcut("A"));
        ui.add(IconButton::new(icons::PLAY, "Play").shortcut("Space"));
        ui.add(IconButton::new(icons::STEP, "Step on").shortcut("D"));
        ui.add_space(SPACE_WIDE);
        let mut at = 124.0;
        let width = ui.available_width() - 130.0;
        widgets::scrub(ui, "Frame", &mut at, 310.0, width);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(theme::number("00:12.4  124"));
        });
    });
}
