//! The picture, the grid between its pixels, and the read-out under the pointer.

use egui::{Color32, Mesh, Rect, Shape, Stroke, Ui, Vec2, pos2, vec2};

use super::CanvasPicture;
use crate::geometry::ImagePoint;
use crate::ui::placement::Placement;
use crate::ui::theme::{
    ON_PICTURE, ON_PICTURE_TEXT, ON_PICTURE_WEAK, PIXEL_GRID, Palette, SPACE, TEXT_CAPTION,
    UNTINTED, pixel_color,
};

/// Physical pixels per image pixel above which lines separate the pixels.
const GRID_SCALE: f32 = 12.0;

pub(super) fn paint(ui: &Ui, placement: &Placement, picture: &CanvasPicture<'_>) {
    let painter = ui.painter_at(placement.view);
    let canvas = Palette::of(ui).canvas;
    if let Some(texture) = picture.texture {
        painter.add(around(placement, canvas));
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(texture, placement.image_rect(), whole, UNTINTED);
    } else {
        painter.rect_filled(placement.view, 0.0, canvas);
    }
    if placement.physical_scale() >= GRID_SCALE {
        painter.extend(pixel_grid(placement));
    }
}

/// What the opaque picture leaves of its view. Nothing lies under the picture: where the processor draws the window,
/// a layer of this size costs as much as the picture itself.
fn around(placement: &Placement, color: Color32) -> Shape {
    let (view, hole) = (placement.view, placement.visible_rect());
    let mut mesh = Mesh::default();
    if hole.is_negative() {
        mesh.add_colored_rect(view, color);
        return mesh.into();
    }
    for rest in [
        view.with_max_y(hole.top()),
        view.with_min_y(hole.bottom()),
        Rect::from_x_y_ranges(view.left()..=hole.left(), hole.y_range()),
        Rect::from_x_y_ranges(hole.right()..=view.right(), hole.y_range()),
    ] {
        if rest.is_positive() {
            mesh.add_colored_rect(rest, color);
        }
    }
    mesh.into()
}

/// Lines between the visible pixels; they fade in as the zoom grows.
fn pixel_grid(placement: &Placement) -> Vec<Shape> {
    let visible = placement.visible_rect();
    let (first, last) = (
        placement.to_image(visible.min),
        placement.to_image(visible.max),
    );
    let fade = (placement.physical_scale() / GRID_SCALE - 1.0).clamp(0.2, 1.0);
    let stroke = Stroke::new(
        1.0 / placement.pixels_per_point,
        PIXEL_GRID.gamma_multiply(fade),
    );
    let at = |x: i32, y: i32| placement.to_screen(ImagePoint::new(x as f32, y as f32));
    let columns = first.x.ceil() as i32..=last.x.floor() as i32;
    let rows = first.y.ceil() as i32..=last.y.floor() as i32;
    columns
        .map(|x| Shape::vline(at(x, 0).x, visible.y_range(), stroke))
        .chain(rows.map(|y| Shape::hline(visible.x_range(), at(0, y).y, stroke)))
        .collect()
}

/// Position, colour and zoom, in the lower left corner while the pointer is over the picture.
pub(super) fn read_out(
    ui: &Ui,
    placement: &Placement,
    picture: &CanvasPicture<'_>,
    point: Option<ImagePoint>,
) {
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
        let rect =
            Rect::from_center_size(pos2(x + swatch / 2.0, chip.center().y), Vec2::splat(swatch));
        painter.rect_filled(rect, 2.0, pixel_color([r, g, b]));
        x += swatch + SPACE;
    }
    let at = line(&rest, x);
    painter.galley(at, rest, ON_PICTURE_WEAK);
}
