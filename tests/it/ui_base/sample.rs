//! A picture and marks to look at: a table with a few things on it.

use std::sync::LazyLock;

use spvla::geometry::{ImagePoint, ImageSize};
use spvla::grounding::mark::Mark;
use spvla::ui::overlay::{HueBook, MarkSource, OverlayMark};
use spvla::vision::Frame;

const SIZE: ImageSize = ImageSize::new(640, 480);

type Rgb = [f32; 3];

/// A coloured ellipse: centre, radii, colour.
const THINGS: [([f32; 2], [f32; 2], Rgb); 6] = [
    ([430.0, 300.0], [110.0, 70.0], [236.0, 236.0, 230.0]),
    ([430.0, 296.0], [86.0, 52.0], [222.0, 222.0, 214.0]),
    ([190.0, 330.0], [60.0, 18.0], [232.0, 122.0, 40.0]),
    ([250.0, 180.0], [38.0, 44.0], [172.0, 52.0, 46.0]),
    ([250.0, 146.0], [34.0, 12.0], [96.0, 30.0, 28.0]),
    ([90.0, 210.0], [30.0, 46.0], [70.0, 120.0, 160.0]),
];

/// The picture; painted once.
pub fn frame() -> Frame {
    static FRAME: LazyLock<Frame> = LazyLock::new(paint);
    FRAME.clone()
}

fn paint() -> Frame {
    let mut rgb = Vec::with_capacity(SIZE.pixels() * 3);
    for y in 0..SIZE.height {
        for x in 0..SIZE.width {
            let (fx, fy) = (x as f32, y as f32);
            let color = THINGS
                .iter()
                .fold(ground(fx, fy), |under, thing| cover(under, *thing, fx, fy));
            rgb.extend(color.map(|channel| channel.clamp(0.0, 255.0) as u8));
        }
    }
    Frame::from_rgb("sample", SIZE, &rgb).unwrap()
}

/// A wall above a wooden table.
fn ground(x: f32, y: f32) -> Rgb {
    if y < 110.0 {
        let shade = 0.25 * y;
        return [120.0 + shade, 126.0 + shade, 130.0 + shade];
    }
    let grain = 5.0 * (0.09 * y + 1.5 * (0.013 * x).sin()).sin() + 3.0 * (0.31 * y).sin();
    let light = 18.0 - 0.03 * (x - 320.0).abs();
    [
        150.0 + grain + light,
        116.0 + grain + light,
        84.0 + 0.8 * grain + light,
    ]
}

fn cover(under: Rgb, (centre, radii, color): ([f32; 2], [f32; 2], Rgb), x: f32, y: f32) -> Rgb {
    let away = |dy: f32, grow: f32| {
        let (dx, dy) = (
            (x - centre[0]) / (radii[0] + grow),
            (y - centre[1] - dy) / (radii[1] + grow),
        );
        (dx * dx + dy * dy).sqrt()
    };
    let shadow = 1.0 - 0.35 * ((1.15 - away(10.0, 6.0)) / 0.25).clamp(0.0, 1.0);
    let inside = ((1.0 - away(0.0, 0.0)) * radii[1]).clamp(0.0, 1.0);
    let round = 1.0 - 0.25 * away(0.0, 0.0).powi(2);
    std::array::from_fn(|c| under[c] * shadow * (1.0 - inside) + color[c] * round * inside)
}

fn outline(x1: f32, y1: f32, x2: f32, y2: f32) -> Mark {
    let at = ImagePoint::new;
    Mark::Outline(vec![at(x1, y1), at(x2, y1), at(x2, y2), at(x1, y2)])
}

/// One mark of each kind and source.
pub fn marks() -> Vec<OverlayMark> {
    let mut hues = HueBook::default();
    let mut made = |id, mark, source, label: &str, score| OverlayMark {
        source,
        label: label.to_owned(),
        score,
        ..OverlayMark::new(id, mark, hues.hue(label))
    };
    let trace = [
        [198.0, 322.0],
        [226.0, 280.0],
        [268.0, 252.0],
        [318.0, 244.0],
        [364.0, 256.0],
        [404.0, 284.0],
    ];
    let trace = Mark::Path(trace.map(|[x, y]| ImagePoint::new(x, y)).to_vec());
    let mut marks = vec![
        made(
            1,
            outline(127.0, 308.0, 252.0, 350.0),
            MarkSource::Model,
            "carrot",
            Some(0.93),
        ),
        made(
            2,
            outline(318.0, 228.0, 542.0, 372.0),
            MarkSource::Human,
            "plate",
            None,
        ),
        made(
            3,
            outline(209.0, 130.0, 291.0, 226.0),
            MarkSource::Model,
            "mug",
            Some(0.61),
        ),
        made(
            4,
            outline(322.0, 233.0, 538.0, 369.0),
            MarkSource::Truth,
            "",
            None,
        ),
        made(
            5,
            outline(202.0, 124.0, 300.0, 218.0),
            MarkSource::Older,
            "mug",
            None,
        ),
        made(6, trace, MarkSource::Model, "carrot", None),
        made(
            7,
            Mark::Spot(ImagePoint::new(430.0, 300.0)),
            MarkSource::Model,
            "plate",
            Some(0.88),
        ),
        made(
            8,
            outline(56.0, 160.0, 124.0, 260.0),
            MarkSource::Rejected,
            "bottle",
            Some(0.31),
        ),
        made(
            9,
            Mark::Spot(ImagePoint::new(90.0, 176.0)),
            MarkSource::Human,
            "bottle",
            None,
        ),
    ];
    marks[5].label = "move".into();
    marks[6].index = Some(1);
    marks[1].selected = true;
    marks[7].age_secs = 4.0;
    marks
}

/// Two hundred boxes of all sizes, with long and short names.
pub fn crowd() -> Vec<OverlayMark> {
    let mut hues = HueBook::default();
    let names = [
        "mug",
        "a very long description of the object nearest to the camera",
        "plate",
        "Löffel",
    ];
    (0_u64..200)
        .map(|n| {
            let at = |step: u64, span: u64| (n * step % span) as f32;
            let label = names[(n % 4) as usize];
            let (x, y, w, h) = (
                at(137, 600),
                at(211, 440),
                12.0 + at(31, 90),
                12.0 + at(17, 70),
            );
            let mark = outline(x, y, (x + w).min(640.0), (y + h).min(480.0));
            OverlayMark {
                label: label.to_owned(),
                score: Some(at(7, 100) / 100.0),
                ..OverlayMark::new(n, mark, hues.hue(label))
            }
        })
        .collect()
}
