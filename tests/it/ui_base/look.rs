//! How it looks: two small pictures that are compared, large ones for the eye, and where colours come from.

use egui::{Theme, pos2, vec2};
use spvla::ui::offscreen::{Offscreen, OffscreenError};
use spvla::ui::picture::Picture;
use spvla::ui::placement::CanvasView;

use super::{gallery, harness, inspector, sample};

#[test]
fn marks_look_as_designed() {
    let mut picture = Picture::new(sample::frame());
    let mut harness = harness(vec2(360.0, 270.0), Theme::Dark).build_ui_state(
        |ui, view: &mut CanvasView| {
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
    let mut harness =
        builder.build_ui(|ui| inspector::inspector(ui, &mut gallery::Shown::default()));
    harness.run_steps(3);
    harness.snapshot("controls_light");
}

#[test]
fn the_gallery_draws_without_a_window() {
    for (theme, name) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
        let shot = Offscreen {
            theme,
            ..Offscreen::default()
        };
        let mut state = gallery::Shown::default();
        let image = match shot.render(|ui| gallery::page(ui, &mut state)) {
            Err(OffscreenError::Adapter { source }) => {
                println!("skipped: no adapter ({source})");
                return;
            }
            other => other.unwrap(),
        };
        assert_eq!(image.dimensions(), (1280, 800));
        let distinct: std::collections::BTreeSet<[u8; 4]> =
            image.pixels().map(|pixel| pixel.0).collect();
        assert!(distinct.len() > 500, "{}", distinct.len());
        if let Some(folder) = std::env::var_os("SPVLA_GALLERY") {
            let folder = std::path::Path::new(&folder);
            image
                .save(folder.join(format!("gallery_{name}.png")))
                .unwrap();
            close_up(theme)
                .save(folder.join(format!("close_up_{name}.png")))
                .unwrap();
        }
    }
}

/// A crowd of marks on a tall picture, with the pointer on one of them.
#[test]
fn a_crowd_of_marks_stays_readable() {
    let marks = sample::crowd();
    let builder = harness::<CanvasView>(vec2(900.0, 700.0), Theme::Dark);
    let mut picture = Picture::new(sample::frame());
    let mut hovered = None;
    let mut harness = builder.build_ui_state(
        |ui, view| {
            hovered = view.show(ui, &mut picture, &marks).hovered_mark;
        },
        CanvasView::default(),
    );
    harness.hover_at(pos2(450.0, 350.0));
    harness.run_steps(3);
    let image = harness.render().unwrap();
    if let Some(folder) = std::env::var_os("SPVLA_GALLERY") {
        image
            .save(std::path::Path::new(&folder).join("crowd.png"))
            .unwrap();
    }
    drop(harness);
    assert!(hovered.is_some());
}

/// The same page at one and a half times the density, zoomed in to single pixels.
fn close_up(theme: Theme) -> image::RgbaImage {
    let shot = Offscreen {
        theme,
        width: 1440,
        height: 900,
        pixels_per_point: 1.5,
        ..Offscreen::default()
    };
    let mut state = gallery::Shown::zoomed();
    shot.render(|ui| gallery::page(ui, &mut state)).unwrap()
}

#[test]
fn colours_are_written_down_in_the_theme_only() {
    let forbidden = [
        "from_rgb",
        "from_rgba",
        "from_gray",
        "from_black_alpha",
        "from_white_alpha",
        "from_additive",
        "hex_color!",
        "Color32::WHITE",
        "Color32::BLACK",
        "Color32::RED",
        "Color32::GREEN",
        "Color32::BLUE",
        "Color32::YELLOW",
        "Color32::GRAY",
        "Color32::LIGHT_",
        "Color32::DARK_",
        "Rgba::",
        "Hsva::",
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
                    let uses = source.matches(word).count()
                        - source.matches(&format!("ColorImage::{word}")).count();
                    let frames = source.matches(&format!("Frame::{word}")).count();
                    assert_eq!(
                        uses - frames,
                        0,
                        "{word} belongs into the theme: {}",
                        path.display()
                    );
                }
            }
        }
    }
    assert!(files > 10);
}
