//! Tests of the module above.

use super::*;

const FONT: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf");

fn grey(width: u32, height: u32) -> Frame {
    let size = ImageSize::new(width, height);
    Frame::from_rgb("grey", size, &vec![128; size.pixels() * 3]).unwrap()
}

fn at(x: f32, y: f32) -> ImagePoint {
    ImagePoint::new(x, y)
}

#[test]
fn a_box_is_drawn_on_its_edge_and_nowhere_else() {
    let frame = grey(200, 160);
    let painted = paint(
        &frame,
        &[Grounding::from_box(at(50.0, 40.0), at(150.0, 120.0))],
        FONT,
    );
    assert_eq!(painted.size(), frame.size());
    assert_eq!(painted.pixel(50, 80), Some([0xE6, 0x9F, 0x00]));
    assert_eq!(painted.pixel(49, 80), Some([0xE6, 0x9F, 0x00]));
    let casing = painted.pixel(48, 80).unwrap();
    assert!(casing[0] < 90, "{casing:?}");
    for (x, y) in [(100, 80), (20, 80), (45, 80), (54, 80)] {
        assert_eq!(painted.pixel(x, y), Some([128; 3]), "{x} {y}");
    }
    assert_eq!(
        frame.pixel(50, 80),
        Some([128; 3]),
        "the frame itself is untouched"
    );
}

#[test]
fn the_same_name_has_the_same_colour_and_others_have_others() {
    let boxes = [("cup", 10.0), ("plate", 60.0), (" Cup ", 110.0)]
        .map(|(name, x)| Grounding::from_box(at(x, 60.0), at(x + 30.0, 100.0)).labelled(name));
    let painted = paint(&grey(200, 160), &boxes, FONT);
    let colour = |x: u32| painted.pixel(x, 80).unwrap();
    assert_eq!(colour(10), colour(110));
    assert_ne!(colour(10), colour(60));
}

#[test]
fn a_label_lies_outside_of_its_box_and_inside_of_the_picture() {
    let bare = Grounding::from_box(at(60.0, 60.0), at(150.0, 120.0));
    let frame = grey(200, 160);
    let plain = paint(&frame, std::slice::from_ref(&bare), FONT);
    let labelled = paint(&frame, &[bare.labelled("red cube")], FONT);
    let differs = |x: u32, y: u32| plain.pixel(x, y) != labelled.pixel(x, y);
    let above = (0..56).any(|y| (0..200).any(|x| differs(x, y)));
    let inside = (64..116).any(|y| (64..146).any(|x| differs(x, y)));
    assert!(above && !inside);
    let text = (40..58).any(|y| (60..140).any(|x| labelled.pixel(x, y).unwrap()[0] > 230));
    assert!(text, "the label can be read");
}

#[test]
fn a_trace_runs_from_light_to_dark() {
    let trace = Grounding::trace(vec![at(20.0, 80.0), at(180.0, 80.0)]);
    let painted = paint(&grey(200, 160), &[trace], FONT);
    let light = |x: u32| {
        painted
            .pixel(x, 80)
            .unwrap()
            .iter()
            .map(|v| u32::from(*v))
            .sum::<u32>()
    };
    assert!(light(40) > light(100) && light(100) > light(160));
}

#[test]
fn hostile_groundings_are_drawn_as_far_as_they_go() {
    let far = [f32::MAX, -f32::MAX, 1e9, f32::NAN].map(|v| at(v, v));
    let wild = vec![
        Grounding::new(super::super::GroundingKind::Box, vec![]),
        Grounding::from_box(far[1], far[0]),
        Grounding::point(far[2]),
        Grounding::point(far[3]),
        Grounding::trace(far.to_vec()),
        Grounding::point(at(5.0, 5.0)).labelled("\u{1b}\n".repeat(99) + &"x".repeat(9999)),
    ];
    for size in [(1, 1), (3, 900), (200, 160)] {
        let painted = paint(&grey(size.0, size.1), &wild, FONT);
        assert_eq!(painted.size(), ImageSize::new(size.0, size.1));
    }
    let unlabelled = paint(&grey(50, 50), &wild, b"no font");
    assert_eq!(unlabelled.size(), ImageSize::new(50, 50));
}
