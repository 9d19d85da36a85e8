//! One picture to look at: pan, zoom, read a pixel, point at a mark.
//!
//! Gestures while viewing: drag with the left or middle button pans; the wheel zooms at the pointer, with or without
//! Ctrl, so that viewing and editing share one habit; two fingers on a pad pan and pinching zooms; a double click or F
//! fits. With the keyboard focus: arrows pan, plus and minus zoom, 0 shows one image pixel per screen pixel. A pad is told from
//! a wheel by the unit of the event (points, not lines), since Linux does not name the device.
//!
//! Does not edit: it reports where the pointer is and what it hits.

use egui::{
    CursorIcon, Event, EventFilter, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, Rect, Response,
    Role, Sense, Shape, Stroke, StrokeKind, TextureId, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::overlay::{self, MarkHit, OverlayMark};
use super::picture::Picture;
use super::placement::{CanvasView, Placement};
use super::theme::{
    HAIRLINE, ON_PICTURE, ON_PICTURE_TEXT, ON_PICTURE_WEAK, PIXEL_GRID, Palette, SPACE, TEXT_CAPTION, UNTINTED, pixel_color,
};
use crate::geometry::{ImagePoint, ImageSize};
use crate::vision::Frame;

/// Physical pixels per image pixel above which lines separate the pixels.
const GRID_SCALE: f32 = 12.0;
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
    pub fn show(&mut self, ui: &mut Ui, picture: &mut Picture, marks: &[OverlayMark]) -> CanvasResponse {
        let view = ui.available_rect_before_wrap();
        let placement = self.place(view, picture.frame().size(), ui.pixels_per_point());
        let shown = picture.at_scale(ui.ctx(), placement.physical_scale());
        self.ui(ui, &shown, marks)
    }

    /// As [`Self::show`], for a texture that somebody else keeps.
    pub fn ui(&mut self, ui: &mut Ui, picture: &CanvasPicture<'_>, marks: &[OverlayMark]) -> CanvasResponse {
        let view = ui.available_rect_before_wrap();
        let response = ui.allocate_rect(view, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, ui.is_enabled(), describe(picture, marks)));
        self.gestures(ui, &response, picture.size);
        self.keys(ui, &response, picture.size);

        let placement = self.place(view, picture.size, ui.pixels_per_point());
        let pointer = response.hover_pos().filter(|_| !response.dragged());
        let hovered_mark = pointer.and_then(|pos| overlay::hit(marks, &placement, pos));
        let hovered_point = pointer.map(|pos| placement.to_image(pos)).filter(|point| picture.size.contains(*point));
        paint(ui, &placement, picture);
        overlay::paint(&ui.painter_at(view), marks, &placement, hovered_mark.map(|hit| hit.id));
        read_out(ui, &placement, picture, hovered_point);
        if response.has_focus() {
            let ring = Stroke::new(HAIRLINE, Palette::of(ui).accent);
            ui.painter().rect_stroke(view, 0.0, ring, StrokeKind::Inside);
        }

        let clicked = response.clicked().then(|| response.interact_pointer_pos()).flatten();
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
        if response.dragged_by(egui::PointerButton::Primary) || response.dragged_by(egui::PointerButton::Middle) {
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

fn paint(ui: &Ui, placement: &Placement, picture: &CanvasPicture<'_>) {
    let painter = ui.painter_at(placement.view);
    painter.rect_filled(placement.view, 0.0, Palette::of(ui).canvas);
    if let Some(texture) = picture.texture {
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(texture, placement.image_rect(), whole, UNTINTED);
    }
    if placement.physical_scale() >= GRID_SCALE {
        painter.extend(pixel_grid(placement));
    }
}

/// Lines between the visible pixels; they fade in as the zoom grows.
fn pixel_grid(placement: &Placement) -> Vec<Shape> {
    let visible = placement.visible_rect();
    let (first, last) = (placement.to_image(visible.min), placement.to_image(visible.max));
    let fade = (placement.physical_scale() / GRID_SCALE - 1.0).clamp(0.2, 1.0);
    let stroke = Stroke::new(1.0 / placement.pixels_per_point, PIXEL_GRID.gamma_multiply(fade));
    let at = |x: i32, y: i32| placement.to_screen(ImagePoint::new(x as f32, y as f32));
    let columns = first.x.ceil() as i32..=last.x.floor() as i32;
    let rows = first.y.ceil() as i32..=last.y.floor() as i32;
    columns
        .map(|x| Shape::vline(at(x, 0).x, visible.y_range(), stroke))
        .chain(rows.map(|y| Shape::hline(visible.x_range(), at(0, y).y, stroke)))
        .collect()
}

/// Position, colour and zoom, in the lower left corner while the pointer is over the picture.
fn read_out(ui: &Ui, placement: &Placement, picture: &CanvasPicture<'_>, point: Option<ImagePoint>) {
    let Some(point) = point else { return };
    let painter = ui.painter_at(placement.view);
    let font = egui::FontId::monospace(TEXT_CAPTION);
    let (x, y) = (point.x as u32, point.y as u32);
    let color = picture.frame.and_then(|frame| frame.pixel(x, y));
    let digits = |n: u32| n.max(1).ilog10() as usize + 1;
    let (wide, high) = (digits(picture.size.width), digits(picture.size.height));
    let place = format!("{x:>wide$}, {y:>high$} px");
    let place = painter.layout_no_wrap(place, font.clone(), ON_PICTURE_TEXT);
    let rest = color.map_or_else(String::new, |[r, g, b]| format!("{r:>3} {g:>3} {b:>3}   "));
    let percent = 100.0 * placement.physical_scale();
    let rest = painter.layout_no_wrap(format!("{rest}{percent:>4.0} %"), font, ON_PICTURE_WEAK);

    let swatch = if color.is_some() { 10.0 } else { 0.0 };
    let width = place.size().x + rest.size().x + swatch + 4.0 * SPACE;
    let corner = placement.view.left_bottom() + vec2(SPACE, -SPACE - 22.0);
    let chip = Rect::from_min_size(corner, vec2(width, 22.0));
    painter.rect_filled(chip, 4.0, ON_PICTURE);
    let line = |galley: &egui::Galley, x: f32| pos2(x, chip.center().y - galley.size().y / 2.0);
    let mut x = chip.left() + SPACE;
    let at = line(&place, x);
    x += place.size().x + SPACE;
    painter.galley(at, place, ON_PICTURE_TEXT);
    if let Some([r, g, b]) = color {
        let rect = Rect::from_center_size(pos2(x + swatch / 2.0, chip.center().y), Vec2::splat(swatch));
        painter.rect_filled(rect, 2.0, pixel_color([r, g, b]));
        x += swatch + SPACE;
    }
    let at = line(&rest, x);
    painter.galley(at, rest, ON_PICTURE_WEAK);
}
