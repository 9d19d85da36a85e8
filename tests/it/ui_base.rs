//! The window's base: what a person does to a canvas and the shared controls, and how they look.
//!
//! Interaction is tested through accessible names; pictures are few and small. `SPVLA_GALLERY=folder` also writes the
//! large gallery pages there, for a look by eye.

mod gallery;
mod sample;

use egui::{Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Theme, TouchPhase, Vec2, pos2, vec2};
use egui_kittest::kittest::Queryable as _;
use egui_kittest::{Harness, HarnessBuilder};
use spvla::ui::offscreen::{Offscreen, OffscreenError};
use spvla::ui::overlay::MarkPart;
use spvla::ui::picture::Picture;
use spvla::ui::placement::{CanvasView, Placement};
use spvla::ui::theme;
use spvla::ui::widgets::{self, EmptyState, IconButton, Notice, Progress, Tone};

fn harness<State>(size: Vec2, theme: Theme) -> HarnessBuilder<State> {
    Harness::builder().with_size(size).with_theme(theme).with_context_setup(theme::install)
}

/// A canvas with the sample marks, and what it reported last.
struct CanvasState {
    view: CanvasView,
    picture: Picture,
    placement: Option<Placement>,
    clicked: Option<(u64, MarkPart)>,
}

fn canvas_harness() -> Harness<'static, CanvasState> {
    let state = CanvasState {
        view: CanvasView::default(),
        picture: Picture::new(sample::frame()),
        placement: None,
        clicked: None,
    };
    harness(vec2(640.0, 480.0), Theme::Dark).with_step_dt(1.0 / 60.0).build_ui_state(
        |ui, state: &mut CanvasState| {
            let shown = state.view.show(ui, &mut state.picture, &sample::marks());
            state.placement = Some(shown.placement);
            if let Some(hit) = shown.clicked_mark {
                state.clicked = Some((hit.id, hit.part));
            }
        },
        state,
    )
}

fn scale(harness: &Harness<'_, CanvasState>) -> f32 {
    harness.state().placement.unwrap().scale
}

fn wheel(harness: &mut Harness<'_, CanvasState>, unit: MouseWheelUnit, delta: Vec2) {
    harness.hover_at(pos2(400.0, 300.0));
    harness.run_steps(2);
    harness.event(Event::MouseWheel {
        unit,
        delta,
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    });
    harness.run_steps(60);
}

#[test]
fn the_wheel_zooms_where_the_pointer_is_and_a_double_click_fits() {
    let mut harness = canvas_harness();
    harness.run_steps(2);
    let fitted = scale(&harness);
    let under = harness.state().placement.unwrap().to_image(pos2(400.0, 300.0));
    wheel(&mut harness, MouseWheelUnit::Line, vec2(0.0, 3.0));
    assert!(scale(&harness) > 1.5 * fitted, "{}", scale(&harness));
    let still = harness.state().placement.unwrap().to_image(pos2(400.0, 300.0));
    assert!(under.distance(still) < 1.0, "{under:?} {still:?}");
    for _ in 0..2 {
        harness.drag_at(pos2(20.0, 20.0));
        harness.drop_at(pos2(20.0, 20.0));
    }
    harness.run_steps(3);
    assert!(harness.state().view.is_fitted());
}

#[test]
fn two_fingers_on_a_pad_pan() {
    let mut harness = canvas_harness();
    wheel(&mut harness, MouseWheelUnit::Line, vec2(0.0, 4.0));
    let before = harness.state().placement.unwrap();
    wheel(&mut harness, MouseWheelUnit::Point, vec2(30.0, -20.0));
    let after = harness.state().placement.unwrap();
    assert!((after.scale - before.scale).abs() < 1e-4);
    let moved = after.image_rect().min - before.image_rect().min;
    assert!((moved - vec2(30.0, -20.0)).length() < 2.0, "{moved:?}");
}

#[test]
fn dragging_pans_and_the_keyboard_zooms_and_fits() {
    let mut harness = canvas_harness();
    wheel(&mut harness, MouseWheelUnit::Line, vec2(0.0, 4.0));
    let before = harness.state().placement.unwrap();
    harness.drag_at(pos2(300.0, 200.0));
    harness.run_steps(1);
    harness.hover_at(pos2(340.0, 230.0));
    harness.run_steps(1);
    harness.drop_at(pos2(340.0, 230.0));
    harness.run_steps(2);
    let after = harness.state().placement.unwrap();
    let moved = after.image_rect().min - before.image_rect().min;
    assert!((moved - vec2(40.0, 30.0)).length() < 2.0, "{moved:?}");
    harness.key_press(Key::Minus);
    harness.run_steps(2);
    assert!(scale(&harness) < after.scale);
    harness.key_press(Key::F);
    harness.run_steps(2);
    assert!(harness.state().view.is_fitted());
}

#[test]
fn clicking_a_mark_names_it() {
    let mut harness = canvas_harness();
    harness.run_steps(2);
    let marks = sample::marks();
    let first = &marks[0];
    let at = harness.state().placement.unwrap().to_screen(first.points()[0]) + vec2(1.0, 12.0);
    harness.drag_at(at);
    harness.drop_at(at);
    harness.run_steps(3);
    assert_eq!(harness.state().clicked, Some((first.id, MarkPart::Edge)));
}

#[test]
fn a_canvas_tells_a_screen_reader_what_it_shows() {
    let mut harness = canvas_harness();
    harness.run_steps(2);
    let shown = sample::marks().len();
    harness.get_by_label(&format!("Picture 640x480, {shown} marks"));
}

/// What was pressed.
#[derive(Default)]
struct Pressed {
    task: usize,
    named: Vec<&'static str>,
}

fn controls(ui: &mut egui::Ui, pressed: &mut Pressed) {
    egui::CentralPanel::default().show(ui, |ui| {
        let fit = IconButton::new(spvla::ui::icons::FIT, "Fit picture").shortcut("F");
        let mut note = |name, on: bool| {
            if on {
                pressed.named.push(name);
            }
        };
        note("fit", ui.add(fit).clicked());
        let running = Progress { label: "Load weights", fraction: Some(0.4), detail: "41 %", can_cancel: true };
        note("cancel", widgets::progress(ui, &running));
        let full = Notice { tone: Tone::Warn, text: "Camera 2 is gone.", detail: "", action: "Reconnect" };
        let answer = widgets::notice(ui, &full);
        note("reconnect", answer.acted);
        note("dismiss", answer.dismissed);
        widgets::key_value(ui, "Parameters", "3.8 B");
        widgets::segmented(ui, "Task", &mut pressed.task, &[(0, "Box"), (1, "Point"), (2, "Trace")]);
        let empty = EmptyState {
            icon: spvla::ui::icons::IMAGE,
            title: "No picture yet",
            hint: "Open a file or a camera.",
            action: ("", "Open picture", "Ctrl+O"),
            ..EmptyState::default()
        };
        note("open", widgets::empty_state(ui, &empty).acted);
    });
}

#[test]
fn every_control_is_found_and_pressed_by_its_name() {
    let builder = harness(vec2(400.0, 600.0), Theme::Dark);
    let mut harness = builder.build_ui_state(controls, Pressed::default());
    let names = [
        ("Fit picture", "fit"),
        ("Cancel", "cancel"),
        ("Reconnect", "reconnect"),
        ("Dismiss", "dismiss"),
        ("Open picture", "open"),
    ];
    for (name, answer) in names {
        harness.get_by_label(name).click();
        harness.run_steps(3);
        assert_eq!(harness.state().named.last(), Some(&answer), "{name}");
    }
    harness.get_by_label("Trace").click();
    harness.run_steps(3);
    assert_eq!(harness.state().task, 2);
    harness.get_by_label("Parameters: 3.8 B");
    harness.get_by_role_and_label(egui::Role::Group, "No picture yet");
    harness.check_accessibility();
}

#[test]
fn marks_look_as_designed() {
    let mut harness = harness::<CanvasView>(vec2(360.0, 270.0), Theme::Dark).build_ui_state(
        |ui, view: &mut CanvasView| {
            let mut picture = Picture::new(sample::frame());
            view.show(ui, &mut picture, &sample::marks());
        },
        CanvasView::default(),
    );
    harness.run_steps(3);
    harness.snapshot("canvas_marks");
}

#[test]
fn controls_look_as_designed() {
    let builder = harness(vec2(300.0, 480.0), Theme::Light);
    let mut harness = builder.build_ui(|ui| gallery::inspector(ui, &mut gallery::Shown::default()));
    harness.run_steps(3);
    harness.snapshot("controls_light");
}

#[test]
fn the_gallery_draws_without_a_window() {
    for (theme, name) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
        let shot = Offscreen { theme, ..Offscreen::default() };
        let mut state = gallery::Shown::default();
        let image = match shot.render(|ui| gallery::page(ui, &mut state)) {
            Err(OffscreenError::Adapter { source }) => {
                println!("skipped: no adapter ({source})");
                return;
            }
            other => other.unwrap(),
        };
        assert_eq!(image.dimensions(), (1280, 800));
        let distinct: std::collections::BTreeSet<[u8; 4]> = image.pixels().map(|pixel| pixel.0).collect();
        assert!(distinct.len() > 500, "{}", distinct.len());
        if let Some(folder) = std::env::var_os("SPVLA_GALLERY") {
            let folder = std::path::Path::new(&folder);
            image.save(folder.join(format!("gallery_{name}.png"))).unwrap();
            close_up(theme).save(folder.join(format!("close_up_{name}.png"))).unwrap();
        }
    }
}

/// A crowd of marks on a tall picture, with the pointer on one of them.
#[test]
fn a_crowd_of_marks_stays_readable() {
    let marks = sample::crowd();
    let builder = harness::<CanvasView>(vec2(900.0, 700.0), Theme::Dark);
    let mut hovered = None;
    let mut harness = builder.build_ui_state(
        |ui, view| {
            let mut picture = Picture::new(sample::frame());
            hovered = view.show(ui, &mut picture, &marks).hovered_mark;
        },
        CanvasView::default(),
    );
    harness.hover_at(pos2(450.0, 350.0));
    harness.run_steps(3);
    let image = harness.render().unwrap();
    if let Some(folder) = std::env::var_os("SPVLA_GALLERY") {
        image.save(std::path::Path::new(&folder).join("crowd.png")).unwrap();
    }
    drop(harness);
    assert!(hovered.is_some());
}

/// The same page at one and a half times the density, zoomed in to single pixels.
fn close_up(theme: Theme) -> image::RgbaImage {
    let shot = Offscreen { theme, width: 1440, height: 900, pixels_per_point: 1.5, ..Offscreen::default() };
    let mut state = gallery::Shown::zoomed();
    shot.render(|ui| gallery::page(ui, &mut state)).unwrap()
}

#[test]
fn colours_are_written_down_in_the_theme_only() {
    let forbidden = [
        "from_rgb", "from_rgba", "from_gray", "from_black_alpha", "from_white_alpha", "from_additive", "hex_color!",
        "Color32::WHITE", "Color32::BLACK", "Color32::RED", "Color32::GREEN", "Color32::BLUE", "Color32::YELLOW",
        "Color32::GRAY", "Color32::LIGHT_", "Color32::DARK_", "Rgba::", "Hsva::",
    ];
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
    let mut folders = vec![root.clone()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && path != root.join("theme") {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files += 1;
                let source = std::fs::read_to_string(&path).unwrap();
                for word in forbidden {
                    // `ColorImage::from_rgba_…` holds pixels, not colours of the interface.
                    let uses = source.matches(word).count() - source.matches(&format!("ColorImage::{word}")).count();
                    let frames = source.matches(&format!("Frame::{word}")).count();
                    assert_eq!(uses - frames, 0, "{word} belongs into the theme: {}", path.display());
                }
            }
        }
    }
    assert!(files > 10);
}
