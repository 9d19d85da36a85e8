//! Text as outlines, from a font that the caller holds.

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider as _};
use vello_cpu::kurbo::BezPath;

/// A line of text set at the origin of its base line.
pub(super) struct Line {
    /// Its outlines.
    pub(super) path: BezPath,
    /// Its width in pixels.
    pub(super) width: f64,
}

/// Sets a line of `size` pixels; what is no font sets nothing, as does a character the font does not have.
pub(super) fn line(font: &[u8], text: &str, size: f32) -> Line {
    let mut pen = Pen {
        path: BezPath::new(),
        x: 0.0,
    };
    let Ok(font) = FontRef::new(font) else {
        return pen.finish();
    };
    let (charmap, outlines) = (font.charmap(), font.outline_glyphs());
    let metrics = font.glyph_metrics(Size::new(size), LocationRef::default());
    for character in text.chars() {
        let missing = || charmap.map('?');
        let Some(glyph) = charmap.map(character).or_else(missing) else {
            continue;
        };
        if let Some(outline) = outlines.get(glyph) {
            let settings = DrawSettings::unhinted(Size::new(size), LocationRef::default());
            // A glyph whose outline is damaged is left out.
            if outline.draw(settings, &mut pen).is_err() {
                continue;
            }
        }
        pen.x += f64::from(metrics.advance_width(glyph).unwrap_or_default());
    }
    pen.finish()
}

/// Collects outlines; fonts count upwards, pictures downwards.
struct Pen {
    path: BezPath,
    x: f64,
}

impl Pen {
    fn finish(self) -> Line {
        Line {
            path: self.path,
            width: self.x,
        }
    }

    fn at(&self, x: f32, y: f32) -> (f64, f64) {
        (self.x + f64::from(x), -f64::from(y))
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        self.path.move_to(to);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        self.path.line_to(to);
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        let (by, to) = (self.at(cx0, cy0), self.at(x, y));
        self.path.quad_to(by, to);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let (first, second, to) = (self.at(cx0, cy0), self.at(cx1, cy1), self.at(x, y));
        self.path.curve_to(first, second, to);
    }

    fn close(&mut self) {
        self.path.close_path();
    }
}
