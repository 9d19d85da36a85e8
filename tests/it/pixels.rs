//! Resized and normalised pixels equal those of the reference, value for value. See `tests/fixtures/vision/README.md`.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where something is missing"
)]

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use safetensors::SafeTensors;
use spvla::geometry::{ImagePoint, ImageSize};
use spvla::vision::normalize::{PatchLayout, dino_pixels, patchify};
use spvla::vision::resample::{Filter, area, pad, resize};
use spvla::vision::{Fit, FitError, Frame, Letterbox, PixelLimits};

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/vision", name]
        .iter()
        .collect()
}

pub fn scene(name: &str) -> Frame {
    let image = image::open(fixture(&format!("{name}.png")))
        .unwrap()
        .to_rgb8();
    let size = ImageSize::new(image.width(), image.height());
    Frame::from_rgb(name, size, image.as_raw()).unwrap()
}

fn golden<T>(name: &str, read: impl Fn(&[u8]) -> T) -> T {
    let bytes = fs::read(fixture("golden.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    read(tensors.tensor(name).unwrap().data())
}

fn bytes(name: &str) -> Vec<u8> {
    golden(name, <[u8]>::to_vec)
}

fn floats(name: &str) -> Vec<f32> {
    let float = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    golden(name, |data| data.chunks_exact(4).map(float).collect())
}

/// Every `step`th stretch of `length` values.
fn every<T: Clone>(values: &[T], length: usize, step: usize) -> Vec<T> {
    values
        .chunks_exact(length)
        .step_by(step)
        .flatten()
        .cloned()
        .collect()
}

/// How many values differ; a comparison of the whole would print megabytes.
fn differing<T: PartialEq>(found: &[T], expected: &[T]) -> usize {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).filter(|(a, b)| a != b).count()
}

fn rows_differing(frame: &Frame, step: usize, name: &str) -> usize {
    let row = frame.size().width as usize * 3;
    differing(&every(&frame.to_rgb(), row, step), &bytes(name))
}

fn smart(frame: &Frame) -> Frame {
    let fit = Fit::smart(frame.size(), 28, PixelLimits::default()).unwrap();
    resize(frame, fit.target, Filter::Bicubic)
}

fn square(frame: &Frame) -> Frame {
    resize(frame, ImageSize::new(224, 224), Filter::Bicubic)
}

#[test]
fn the_planners_resize_equals_pillow() {
    for name in ["scene_a", "scene_b"] {
        let frame = scene(name);
        let smart = rows_differing(&smart(&frame), 14, &format!("{name}.smart_every14"));
        let square = rows_differing(&square(&frame), 14, &format!("{name}.square224_every14"));
        assert_eq!((smart, square), (0, 0), "{name}");
    }
}

#[test]
fn robot_clients_resizes_equal_opencv_and_pillow() {
    let frame = scene("scene_c");
    let target = ImageSize::new(112, 112);
    for (name, result) in [
        ("cv2_inter_area", area(&frame, target)),
        ("pil_bicubic", resize(&frame, target, Filter::Bicubic)),
        ("pil_bilinear", resize(&frame, target, Filter::Bilinear)),
        ("resize_with_pad", pad(&frame, target, Filter::Bilinear)),
    ] {
        let golden = format!("scene_c.{name}_112_every7");
        assert_eq!(rows_differing(&result, 7, &golden), 0, "{name}");
    }
    let grown = area(&scene("scene_b"), ImageSize::new(224, 224));
    assert_eq!(rows_differing(&grown, 14, "scene_b.area224_every14"), 0);
}

#[test]
fn dinos_shorter_side_equals_torchvision() {
    let wide = resize(&scene("scene_c"), ImageSize::new(616, 448), Filter::Bicubic);
    let fit = Fit::shorter_side(wide.size(), 224);
    let result = resize(&wide, fit.target, Filter::Bilinear);
    assert_eq!(rows_differing(&result, 14, "scene_c.shorter224_every14"), 0);
}

#[test]
fn patches_equal_the_image_processor() {
    let scenes = [scene("scene_a"), scene("scene_b")];
    let patches = patchify(&scenes.each_ref().map(smart), PatchLayout::default()).unwrap();
    assert_eq!(patches.grids, [[1, 10, 18], [1, 16, 12]]);
    let rows = every(&patches.values, 1176, 53);
    assert_eq!(differing(&rows, &floats("pixel_values_every53")), 0);
    let squares = patchify(&scenes.each_ref().map(square), PatchLayout::default()).unwrap();
    let rows = every(&squares.values, 1176, 128);
    assert_eq!(
        differing(&rows, &floats("square224.pixel_values_every128")),
        0
    );
}

#[test]
fn dino_planes_equal_torchvision() {
    for name in ["scene_a", "scene_b"] {
        let planes = dino_pixels(&square(&scene(name))).values;
        let rows = every(&planes, 224, 56);
        let golden = floats(&format!("{name}.dino_every56"));
        assert_eq!(differing(&rows, &golden), 0, "{name}");
    }
}

#[test]
fn the_processors_sizes_are_the_published_ones() {
    type Row = (u32, u32, u64, u64, Option<(u32, u32)>);
    let text = fs::read_to_string(fixture("smart_resize.json")).unwrap();
    let rows: Vec<Row> = serde_json::from_str(&text).unwrap();
    assert_eq!(rows.len(), 120);
    for (width, height, min, max, expected) in rows {
        let fit = Fit::processor(ImageSize::new(width, height), 28, PixelLimits { min, max });
        let found: Result<_, FitError> = fit.map(|fit| (fit.target.width, fit.target.height));
        assert_eq!(found.ok(), expected, "{width}x{height}, {min}..{max}");
    }
}

fn side() -> impl Strategy<Value = u32> {
    1_u32..90
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn one_colour_stays_that_colour(
        (w, h, tw, th) in (side(), side(), side(), side()),
        colour in any::<[u8; 3]>(),
    ) {
        let size = ImageSize::new(w, h);
        let frame = Frame::from_rgb("flat", size, &colour.repeat(size.pixels())).unwrap();
        let target = ImageSize::new(tw, th);
        for result in [
            resize(&frame, target, Filter::Bicubic),
            resize(&frame, target, Filter::Bilinear),
            area(&frame, target),
        ] {
            prop_assert_eq!(result.size(), target);
            prop_assert!(result.to_rgb().chunks(3).all(|pixel| pixel == colour));
        }
    }

    #[test]
    fn points_find_their_way_back(
        (w, h) in (1_u32..4000, 1_u32..4000),
        (x, y) in (0.0_f32..1.0, 0.0_f32..1.0),
    ) {
        let source = ImageSize::new(w, h);
        let point = ImagePoint::new(x * w as f32, y * h as f32);
        let letterbox = Letterbox::new(source, ImageSize::new(224, 224));
        prop_assert!(letterbox.to_source(letterbox.to_target(point)).distance(point) < 0.01);
        if let Ok(fit) = Fit::smart(source, 28, PixelLimits::default()) {
            let there = fit.to_target(point);
            prop_assert!(fit.target.clamp(there).distance(there) < 0.01);
            prop_assert!(fit.to_source(there).distance(point) < 0.01);
        }
    }

    #[test]
    fn smart_sizes_are_whole_cells_within_the_limits(
        (w, h) in (1_u32..9000, 1_u32..9000),
    ) {
        let limits = PixelLimits::default();
        if let Ok(Fit { target, .. }) = Fit::smart(ImageSize::new(w, h), 28, limits) {
            prop_assert!(target.width > 0 && target.width % 28 == 0);
            prop_assert!(target.height > 0 && target.height % 28 == 0);
            prop_assert!((limits.min..=limits.max).contains(&(target.pixels() as u64)));
        }
    }
}
