//! Smooths stair-steps in a finished picture, after Lottes' FXAA: where brightness changes abruptly, a pixel becomes the
//! mean of places along the edge.

/// Changes of brightness below this share of the brightest neighbour, or below the second number, are left alone.
const THRESHOLD: (f32, f32) = (0.125, 8.0);
/// Longest way along the edge, in pixels.
const REACH: f32 = 6.0;

/// A picture of RGBA rows, read between pixels.
struct Picture<'a> {
    rgba: &'a [u8],
    width: usize,
    height: usize,
}

/// Smooths a picture of RGBA rows of `width` pixels.
pub(super) fn smooth_edges(rgba: &mut [u8], width: usize) {
    let before = rgba.to_vec();
    let height = before.len() / 4 / width.max(1);
    if width < 3 || height < 3 {
        return;
    }
    let picture = Picture {
        rgba: &before,
        width,
        height,
    };
    let lumas: Vec<f32> = before.chunks_exact(4).map(luma).collect();
    for y in 1..height - 1 {
        for x in 1..width - 1 {
            if let Some(colour) = picture.smoothed(&lumas, x, y) {
                rgba[(y * width + x) * 4..][..3].copy_from_slice(&colour);
            }
        }
    }
}

/// Brightness as the eye weighs it, from 0 to 255.
fn luma(pixel: &[u8]) -> f32 {
    0.299 * f32::from(pixel[0]) + 0.587 * f32::from(pixel[1]) + 0.114 * f32::from(pixel[2])
}

impl Picture<'_> {
    fn smoothed(&self, lumas: &[f32], x: usize, y: usize) -> Option<[u8; 3]> {
        let at = |dx: usize, dy: usize| lumas[(y + dy - 1) * self.width + x + dx - 1];
        let middle = at(1, 1);
        let [north_west, north_east, south_west, south_east] =
            [at(0, 0), at(2, 0), at(0, 2), at(2, 2)];
        let corners = [north_west, north_east, south_west, south_east];
        let least = corners.into_iter().fold(middle, f32::min);
        let most = corners.into_iter().fold(middle, f32::max);
        if most - least < (most * THRESHOLD.0).max(THRESHOLD.1) {
            return None;
        }
        // Along the edge: at right angles to the way brightness grows.
        let along_x = (south_west + south_east) - (north_west + north_east);
        let along_y = (north_west + south_west) - (north_east + south_east);
        let soften = (corners.iter().sum::<f32>() / 32.0).max(0.5);
        let scale = 1.0 / (along_x.abs().min(along_y.abs()) + soften);
        let [dx, dy] = [along_x, along_y].map(|way| (way * scale).clamp(-REACH, REACH));
        let (px, py) = (x as f32, y as f32);
        let place = |part: f32| self.sample(px + dx * part, py + dy * part);
        let near = mean([place(-1.0 / 6.0), place(1.0 / 6.0)]);
        let far = mean([near, mean([place(-0.5), place(0.5)])]);
        let bright = 0.299 * far[0] + 0.587 * far[1] + 0.114 * far[2];
        // Too far along, something else was met.
        let chosen = if bright < least || bright > most {
            near
        } else {
            far
        };
        Some(chosen.map(|level| level.round() as u8))
    }

    /// Between pixels, linearly; outside the picture its edge goes on.
    fn sample(&self, x: f32, y: f32) -> [f32; 3] {
        let x = x.clamp(0.0, (self.width - 1) as f32);
        let y = y.clamp(0.0, (self.height - 1) as f32);
        let (i, j) = (x as usize, y as usize);
        let (s, t) = (x - i as f32, y - j as f32);
        let pixel = |i: usize, j: usize| {
            let start = (j.min(self.height - 1) * self.width + i.min(self.width - 1)) * 4;
            &self.rgba[start..start + 3]
        };
        let four = [
            pixel(i, j),
            pixel(i + 1, j),
            pixel(i, j + 1),
            pixel(i + 1, j + 1),
        ];
        std::array::from_fn(|k| {
            let [a, b, c, d] = four.map(|p| f32::from(p[k]));
            let (upper, lower) = (a + (b - a) * s, c + (d - c) * s);
            upper + (lower - upper) * t
        })
    }
}

fn mean([a, b]: [[f32; 3]; 2]) -> [f32; 3] {
    std::array::from_fn(|k| f32::midpoint(a[k], b[k]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slanted_edge_gets_steps_between_and_plain_places_stay() {
        let (width, height) = (40, 20);
        let mut rgba: Vec<u8> = (0..width * height)
            .flat_map(|i| {
                let (x, y) = (i % width, i / width);
                let level = if y * 4 > x { 220 } else { 20 };
                [level, level, level, 255]
            })
            .collect();
        let before = rgba.clone();
        smooth_edges(&mut rgba, width);
        let between = rgba
            .chunks_exact(4)
            .filter(|p| p[0] > 40 && p[0] < 200)
            .count();
        assert!(between > 12, "{between}");
        // Far from the edge nothing changes.
        let at = |list: &[u8], x: usize, y: usize| list[(y * width + x) * 4];
        assert_eq!(at(&rgba, 35, 2), at(&before, 35, 2));
        assert_eq!(at(&rgba, 3, 15), at(&before, 3, 15));
        assert!(rgba.iter().skip(3).step_by(4).all(|alpha| *alpha == 255));
    }
}
