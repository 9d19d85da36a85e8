//! Gestures and keys on a canvas.

use egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Theme, TouchPhase, Vec2, pos2, vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use spvla::ui::overlay::MarkPart;
use spvla::ui::picture::Picture;
use spvla::ui::placement::{CanvasView, Placement};

use super::{harness, sample};

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
    harness(vec2(640.0, 480.0), Theme::Dark)
        .with_step_dt(1.0 / 60.0)
        .build_ui_state(
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
    let under = harness
        .state()
        .placement
        .unwrap()
        .to_image(pos2(400.0, 300.0));
    wheel(&mut harness, MouseWheelUnit::Line, vec2(0.0, 3.0));
    assert!(scale(&harness) > 1.5 * fitted, "{}", scale(&harness));
    let still = harness
        .state()
        .placement
        .unwrap()
        .to_image(pos2(400.0, 300.0));
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
    let at = harness
        .state()
        .placement
        .unwrap()
        .to_screen(first.points()[0])
        + vec2(1.0, 12.0);
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
