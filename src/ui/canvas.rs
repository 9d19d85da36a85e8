//! One picture to look at: pan, zoom, read a pixel, point at a mark.
//!
//! Gestures while viewing: drag with the left or middle button pans; the wheel zooms at the pointer, with or without
//! Ctrl, so that viewing and editing share one habit; two fingers on a pad pan and pinching zooms; a double click or F
//! fits. With the keyboard focus: arrows pan, plus and minus zoom, 0 shows one image pixel per screen pixel. A pad is told from
//! a wheel by the unit of the event (points, not lines), since Linux does not name the device.
//!
//! Does not edit: it reports where the pointer is and what it hits.

mod paint;

use egui::{
    Context, CursorIcon, Event, EventFilter, Id, Key, Modifiers, MouseWheelSource, MouseWheelUnit,
    Pos2, Response, Role, Sense, Stroke, StrokeKind, TextureId, Ui, Vec2, WidgetInfo,
};

use self::paint::{paint, read_out};
use super::overlay::{self, MarkHit, OverlayMark};
use super::picture::Picture;
use super::placement::{CanvasView, Placement};
use super::theme::{HAIRLINE, Palette};
use crate::geometry::{ImagePoint, ImageSize};
use crate::vision::Frame;

/// Zoom of one press of plus.
const KEY_ZOOM: f32 = 1.25;
/// Screen points of one press of an arrow.
const KEY_PAN: f32 = 64.0;
/// Scrolled points that zoom by a factor of e; egui's own rate for Ctrl and wheel.
const SCROLL_PER_E: f32 = 200.0;

/// What a canvas shows.
#[derive(Clone, Copy)]
pub struct CanvasPicture<'a> {
    /// The texture; none while the picture is on its way to the graphics card.
    pub texture: Option<TextureId>,
    /// Width and height of the picture, whatever the texture's.
    pub size: ImageSize,
    /// Its pixels, for the read-out.
    pub frame: Option<&'a Frame>,
}

/// What happened on a canvas in this frame.
pub struct CanvasResponse {
    /// The whole canvas as a widget.
    pub response: Response,
    /// Where the picture lies.
    pub placement: Placement,
    /// The image point under the pointer, if it is over the picture.
    pub hovered_point: Option<ImagePoint>,
    /// The mark under the pointer.
    pub hovered_mark: Option<MarkHit>,
    /// The image point that was clicked.
    pub clicked_point: Option<ImagePoint>,
    /// The mark that was clicked; none with a `clicked_point` means beside all marks.
    pub clicked_mark: Option<MarkHit>,
}

impl CanvasView {
    /// Fills the rest of `ui` with `picture` and `marks`.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        picture: &mut Picture,
        marks: &[OverlayMark],
    ) -> CanvasResponse {
        let view = ui.available_rect_before_wrap();
        let placement = self.place(view, picture.frame().size(), ui.pixels_per_point());
        let shown = picture.at_scale(ui.ctx(), placement.physical_scale());
        self.ui(ui, &shown, marks)
    }

    /// As [`Self::show`], for a texture that somebody else keeps.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        picture: &CanvasPicture<'_>,
        marks: &[OverlayMark],
    ) -> CanvasResponse {
        let view = ui.available_rect_before_wrap();
        let response = ui.allocate_rect(view, Sense::click_and_drag());
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Canvas, ui.is_enabled(), describe(picture, marks))
        });
        self.gestures(ui, &response, picture.size);
        self.keys(ui, &response, picture.size);

        let placement = self.place(view, picture.size, ui.pixels_per_point());
        let pointer = response.hover_pos().filter(|_| !response.dragged());
        let hovered_mark = pointer.and_then(|pos| overlay::hit(marks, &placement, pos));
        let hovered_point = pointer
            .map(|pos| placement.to_image(pos))
            .filter(|point| picture.size.contains(*point));
        paint(ui, &placement, picture);
        overlay::paint(
            &ui.painter_at(view),
            marks,
            &placement,
            hovered_mark.map(|hit| hit.id),
        );
        read_out(ui, &placement, picture, hovered_point);
        if response.has_focus() {
            let ring = Stroke::new(HAIRLINE, Palette::of(ui).accent);
            ui.painter()
                .rect_stroke(view, 0.0, ring, StrokeKind::Inside);
        }

        let clicked = response
            .clicked()
            .then(|| response.interact_pointer_pos())
            .flatten();
        CanvasResponse {
            placement,
            hovered_point,
            hovered_mark,
            clicked_point: clicked.map(|pos| placement.to_image(pos)),
            clicked_mark: clicked.and_then(|pos| overlay::hit(marks, &placement, pos)),
            response: cursor(response, hovered_mark),
        }
    }

    fn gestures(&mut self, ui: &Ui, response: &Response, size: ImageSize) {
        let placement = self.place(response.rect, size, ui.pixels_per_point());
        if response.clicked() || response.drag_started() {
            response.request_focus();
        }
        if response.double_clicked() {
            self.fit();
            return;
        }
        if !self.edits && response.dragged_by(egui::PointerButton::Primary)
            || response.dragged_by(egui::PointerButton::Middle)
        {
            self.pan(&placement, response.drag_delta());
        }
        let Some(pointer) = response.hover_pos() else {
            return;
        };
        let (scroll, pinch) = ui.input(|input| {
            let device = input.events.iter().rev().find_map(scroll_device);
            self.scroll_pans = device.unwrap_or(self.scroll_pans);
            (input.smooth_scroll_delta(), input.zoom_delta())
        });
        let placement = self.place(response.rect, size, ui.pixels_per_point());
        if self.scroll_pans {
            self.pan(&placement, scroll);
        } else {
            // Shift turns a wheel sideways; it zooms all the same.
            let along = if scroll.y == 0.0 { scroll.x } else { scroll.y };
            self.zoom_if_moved(&placement, (along / SCROLL_PER_E).exp(), pointer);
        }
        let placement = self.place(response.rect, size, ui.pixels_per_point());
        self.zoom_if_moved(&placement, pinch, pointer);
    }

    fn zoom_if_moved(&mut self, placement: &Placement, factor: f32, anchor: Pos2) {
        if (factor - 1.0).abs() > f32::EPSILON {
            self.zoom(placement, factor, anchor);
        }
    }

    fn keys(&mut self, ui: &Ui, response: &Response, size: ImageSize) {
        if !response.has_focus() {
            return;
        }
        ui.data_mut(|data| data.insert_temp(keyboard(), response.id));
        let arrows = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        let view = response.rect;
        let placement = self.place(view, size, ui.pixels_per_point());
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let pans = [
            (Key::ArrowLeft, Vec2::X),
            (Key::ArrowRight, -Vec2::X),
            (Key::ArrowUp, Vec2::Y),
            (Key::ArrowDown, -Vec2::Y),
        ];
        for (key, towards) in pans {
            if pressed(key) {
                self.pan(&placement, KEY_PAN * towards);
            }
        }
        if pressed(Key::Plus) || pressed(Key::Equals) {
            self.zoom(&placement, KEY_ZOOM, view.center());
        }
        if pressed(Key::Minus) {
            self.zoom(&placement, 1.0 / KEY_ZOOM, view.center());
        }
        if pressed(Key::Num0) {
            self.actual_size(&placement, view.center());
        }
        if pressed(Key::F) {
            self.fit();
        }
    }
}

/// Whether a canvas has the keyboard. It uses arrows and few more keys: space still plays.
pub(super) fn has_keyboard(ctx: &Context) -> bool {
    let focused = ctx.memory(egui::Memory::focused);
    focused.is_some() && focused == ctx.data(|data| data.get_temp(keyboard()))
}

/// Where the canvas that last had the keyboard is noted.
fn keyboard() -> Id {
    Id::unique("canvas with the keyboard")
}

/// Whether a scroll event came from fingers on a pad (which pan) or from a wheel (which zooms).
fn scroll_device(event: &Event) -> Option<bool> {
    let Event::MouseWheel { unit, source, .. } = event else {
        return None;
    };
    Some(match source {
        MouseWheelSource::Wheel => false,
        MouseWheelSource::Trackpad | MouseWheelSource::Momentum => true,
        MouseWheelSource::Unknown => *unit == MouseWheelUnit::Point,
    })
}

fn cursor(response: Response, hovered: Option<MarkHit>) -> Response {
    if response.dragged() {
        response.on_hover_and_drag_cursor(CursorIcon::Grabbing)
    } else if hovered.is_some() {
        response.on_hover_cursor(CursorIcon::PointingHand)
    } else {
        response
    }
}

/// What a screen reader says of the canvas.
fn describe(picture: &CanvasPicture<'_>, marks: &[OverlayMark]) -> String {
    let shown = marks.iter().filter(|mark| !mark.hidden).count();
    match shown {
        0 => format!("Picture {}", picture.size),
        1 => format!("Picture {}, 1 mark", picture.size),
        _ => format!("Picture {}, {shown} marks", picture.size),
    }
}
