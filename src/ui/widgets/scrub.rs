//! A thin bar to move through time: drag or click anywhere on it, arrow keys step.

use egui::{EventFilter, Key, Modifiers, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::button::focus_ring;
use crate::ui::theme::{CONTROL, Palette};

const RAIL: f32 = 4.0;
const HANDLE: f32 = 6.0;

/// Moves `at` between 0 and `end` (both in whole steps, such as frames). [`Response::changed`] tells of a move.
pub fn scrub(ui: &mut Ui, name: &str, at: &mut f64, end: f64, width: f32) -> Response {
    let (rect, mut response) =
        ui.allocate_exact_size(vec2(width.max(40.0), CONTROL), Sense::click_and_drag());
    let rail = egui::Rect::from_x_y_ranges(
        rect.left() + HANDLE..=rect.right() - HANDLE,
        rect.center().y - RAIL / 2.0..=rect.center().y + RAIL / 2.0,
    );
    let before = *at;
    if let Some(pos) = response.interact_pointer_pos() {
        *at = f64::from((pos.x - rail.left()) / rail.width()) * end;
    }
    *at += keys(ui, &response);
    *at = at.round().clamp(0.0, end.max(0.0));
    if (*at - before).abs() > f64::EPSILON {
        response.mark_changed();
    }
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Slider, ui.is_enabled(), name);
        info.value = Some(*at);
        info
    });
    let p = Palette::of(ui);
    let x = egui::lerp(
        rail.x_range(),
        if end > 0.0 { (*at / end) as f32 } else { 0.0 },
    );
    ui.painter().rect_filled(rail, RAIL / 2.0, p.line);
    ui.painter()
        .rect_filled(rail.with_max_x(x), RAIL / 2.0, p.accent);
    let held = response.hovered() || response.dragged();
    let radius = if held { HANDLE + 1.0 } else { HANDLE };
    ui.painter()
        .circle_filled(pos2(x, rail.center().y), radius, p.text);
    focus_ring(ui, &response, p);
    response
}

/// Steps asked for with the keyboard.
fn keys(ui: &Ui, response: &Response) -> f64 {
    if !response.has_focus() {
        return 0.0;
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    ui.input_mut(|input| {
        let mut count = |modifiers, key| input.count_and_consume_key(modifiers, key) as f64;
        let ten = 10.0
            * (count(Modifiers::SHIFT, Key::ArrowRight) - count(Modifiers::SHIFT, Key::ArrowLeft));
        ten + count(Modifiers::NONE, Key::ArrowRight) - count(Modifiers::NONE, Key::ArrowLeft)
    })
}
