//! Exact at the ends of the scale, reversible in between.

use super::*;

fn one_pixel(yuv: [u8; 3], colour: Colour) -> [u8; 3] {
    let planes = yuv.map(|byte| vec![byte]);
    let rgba = Planes::new(ImageSize::new(1, 1), Sampling::Full, colour, planes)
        .unwrap()
        .to_rgba();
    assert_eq!(rgba[3], 255);
    [rgba[0], rgba[1], rgba[2]]
}

/// The forward transform in floating point, straight from the definition of luma.
fn to_yuv(rgb: [u8; 3], colour: Colour) -> [u8; 3] {
    let (kr, kb) = colour.matrix.weights();
    let [r, g, b] = rgb.map(|c| f64::from(c) / 255.0);
    let y = kr * r + (1.0 - kr - kb) * g + kb * b;
    let u = (b - y) / (2.0 * (1.0 - kb));
    let v = (r - y) / (2.0 * (1.0 - kr));
    match colour.range {
        Range::Limited => [16.0 + 219.0 * y, 128.0 + 224.0 * u, 128.0 + 224.0 * v],
        Range::Full => [255.0 * y, 128.0 + 255.0 * u, 128.0 + 255.0 * v],
    }
    .map(|value| value.round().clamp(0.0, 255.0) as u8)
}

#[test]
fn black_and_white_are_exact_in_both_ranges() {
    let limited = Colour::default();
    let full = Colour {
        range: Range::Full,
        ..limited
    };
    assert_eq!(one_pixel([16, 128, 128], limited), [0; 3]);
    assert_eq!(one_pixel([235, 128, 128], limited), [255; 3]);
    assert_eq!(one_pixel([0, 128, 128], full), [0; 3]);
    assert_eq!(one_pixel([255, 128, 128], full), [255; 3]);
    assert_eq!(one_pixel([0, 128, 128], limited), [0; 3], "below black");
}

#[test]
fn every_matrix_brings_colours_back() {
    let matrices = [
        Matrix::Bt601,
        Matrix::Bt709,
        Matrix::Bt2020,
        Matrix::Fcc,
        Matrix::Smpte240,
    ];
    for matrix in matrices {
        for range in [Range::Limited, Range::Full] {
            let colour = Colour { matrix, range };
            for rgb in [[200, 30, 60], [10, 240, 20], [0, 0, 255], [123, 45, 210]] {
                let back = one_pixel(to_yuv(rgb, colour), colour);
                let worst = back.iter().zip(rgb).map(|(a, b)| a.abs_diff(b)).max();
                assert!(
                    worst <= Some(3),
                    "{colour:?}: {rgb:?} came back as {back:?}"
                );
            }
        }
    }
}

#[test]
fn matrices_differ_where_they_should() {
    let yuv = [120, 90, 200];
    let high = Colour {
        matrix: Matrix::Bt709,
        ..Colour::default()
    };
    assert_ne!(one_pixel(yuv, Colour::default()), one_pixel(yuv, high));
}

#[test]
fn identity_reorders_without_touching() {
    let colour = Colour {
        matrix: Matrix::Identity,
        range: Range::Full,
    };
    assert_eq!(one_pixel([2, 3, 1], colour), [1, 2, 3]);
}

#[test]
fn chroma_covers_two_by_two_and_odd_edges() {
    let planes = Planes::new(
        ImageSize::new(3, 3),
        Sampling::Half,
        Colour::default(),
        [vec![120; 9], vec![128, 60, 128, 128], vec![128; 4]],
    )
    .unwrap();
    let rgba = planes.to_rgba();
    let at = |x: usize, y: usize| &rgba[(y * 3 + x) * 4..][..3];
    assert_eq!(at(0, 0), at(1, 1));
    assert_eq!(at(2, 0), at(2, 1));
    assert_ne!(at(1, 0), at(2, 0));
    assert_eq!(at(0, 0), at(2, 2));
}

#[test]
fn short_buffers_are_refused() {
    let size = ImageSize::new(4, 4);
    let plane = |bytes: &'static [u8], stride| Plane { bytes, stride };
    let chroma = plane(&[128; 8], 2);
    let whole = Planes::gather(
        size,
        Sampling::Half,
        Colour::default(),
        [plane(&[0; 31], 9), chroma, chroma],
    );
    assert!(whole.is_some(), "the last row needs no padding");
    let short = [plane(&[0; 30], 9), chroma, chroma];
    assert!(Planes::gather(size, Sampling::Half, Colour::default(), short).is_none());
    let narrow = [plane(&[0; 64], 3), chroma, chroma];
    assert!(Planes::gather(size, Sampling::Half, Colour::default(), narrow).is_none());
    let nothing = ImageSize::new(0, 4);
    assert!(
        Planes::new(
            nothing,
            Sampling::Grey,
            Colour::default(),
            Default::default()
        )
        .is_none()
    );
}

#[test]
fn rgba_becomes_what_the_definition_says() {
    let colours = [
        [0, 0, 0],
        [255, 255, 255],
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
        [17, 130, 201],
        [90, 90, 90],
    ];
    for rgb in colours {
        let rgba: Vec<u8> = std::iter::repeat_n([rgb[0], rgb[1], rgb[2], 255], 9)
            .flatten()
            .collect();
        let planes = Planes::from_rgba(ImageSize::new(3, 3), &rgba).unwrap();
        let [y, u, v] = planes.channels();
        assert_eq!((y.len(), u.len(), v.len()), (9, 4, 4));
        let wanted = to_yuv(rgb, Colour::default());
        for (found, wanted) in [(y, wanted[0]), (u, wanted[1]), (v, wanted[2])] {
            assert!(
                found.iter().all(|value| value.abs_diff(wanted) <= 1),
                "{rgb:?} {found:?} {wanted}"
            );
        }
    }
    assert!(Planes::from_rgba(ImageSize::new(3, 3), &[0; 35]).is_none());
    assert!(Planes::from_rgba(ImageSize::new(0, 0), &[]).is_none());
}
