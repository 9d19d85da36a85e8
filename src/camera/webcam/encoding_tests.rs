//! Every encoding must show the same picture as the others.

use super::*;

const SIZE: ImageSize = ImageSize::new(4, 2);

fn layout(encoding: Encoding, stride: usize) -> PixelLayout {
    PixelLayout {
        encoding,
        size: SIZE,
        stride,
    }
}

/// A picture whose chroma is constant over each 2x2 block, in three packings.
const LUMA: [[u8; 4]; 2] = [[16, 60, 110, 150], [70, 90, 200, 235]];
const U: [u8; 2] = [90, 160];
const V: [u8; 2] = [200, 100];

fn planar() -> Vec<u8> {
    [LUMA.concat(), U.to_vec(), V.to_vec()].concat()
}

#[test]
fn packings_of_yuv_agree() {
    let expected = layout(Encoding::Yu12, 4).to_rgba(&planar()).unwrap();
    let nv12 = [LUMA.concat(), vec![U[0], V[0], U[1], V[1]]].concat();
    assert_eq!(layout(Encoding::Nv12, 4).to_rgba(&nv12).unwrap(), expected);
    let mut yuyv = Vec::new();
    let mut uyvy = Vec::new();
    for row in LUMA {
        for (pair, (u, v)) in row.chunks(2).zip(U.iter().zip(V)) {
            yuyv.extend([pair[0], *u, pair[1], v]);
            uyvy.extend([*u, pair[0], v, pair[1]]);
        }
    }
    assert_eq!(layout(Encoding::Yuyv, 8).to_rgba(&yuyv).unwrap(), expected);
    assert_eq!(layout(Encoding::Uyvy, 0).to_rgba(&uyvy).unwrap(), expected);
}

#[test]
fn padding_of_rows_is_skipped() {
    let tight: Vec<u8> = (0..24).collect();
    let mut padded = Vec::new();
    for row in tight.chunks(12) {
        padded.extend_from_slice(row);
        padded.extend([99; 4]);
    }
    let expected = layout(Encoding::Rgb24, 12).to_rgba(&tight).unwrap();
    assert_eq!(&expected[..8], &[0, 1, 2, 255, 3, 4, 5, 255]);
    assert_eq!(
        layout(Encoding::Rgb24, 16).to_rgba(&padded).unwrap(),
        expected
    );
    let last_row_unpadded = &padded[..28];
    assert_eq!(
        layout(Encoding::Rgb24, 16)
            .to_rgba(last_row_unpadded)
            .unwrap(),
        expected
    );
    let blue_first = layout(Encoding::Bgr24, 12).to_rgba(&tight).unwrap();
    assert_eq!(&blue_first[..4], &[2, 1, 0, 255]);
}

#[test]
fn grey_keeps_its_full_range() {
    let bytes = [0, 1, 16, 128, 200, 235, 254, 255];
    let pixels = layout(Encoding::Grey, 0).to_rgba(&bytes).unwrap();
    let greys: Vec<u8> = pixels.chunks(4).map(|pixel| pixel[0]).collect();
    assert_eq!(greys, bytes);
}

#[test]
fn too_few_bytes_are_an_error_in_every_encoding() {
    for &(encoding, ..) in ENCODINGS {
        for length in 0..8 {
            let bytes = vec![0xff; length];
            let outcome = layout(encoding, 0).to_rgba(&bytes);
            assert!(
                outcome.is_err(),
                "{encoding:?} made a picture of {length} bytes"
            );
        }
    }
}

#[test]
fn codes_and_encodings_belong_together() {
    for &(encoding, code, _) in ENCODINGS {
        assert_eq!(Encoding::from_fourcc(*code), Some(encoding));
        assert_eq!(Encoding::from_fourcc(encoding.fourcc()), Some(encoding));
    }
    assert_eq!(Encoding::from_fourcc(*b"H264"), None);
}

fn jpeg(size: ImageSize) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(size.width, size.height, |x, _| {
        image::Rgb([if x < size.width / 2 { 230 } else { 20 }, 40, 60])
    });
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 95)
        .encode_image(&picture)
        .unwrap();
    bytes
}

/// Cuts the Huffman tables out, as cameras do.
fn without_tables(jpeg: &[u8]) -> Vec<u8> {
    let mut kept = jpeg[..2].to_vec();
    let mut at = 2;
    while jpeg[at + 1] != 0xda {
        let length = 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        if jpeg[at + 1] != 0xc4 {
            kept.extend_from_slice(&jpeg[at..at + length]);
        }
        at += length;
    }
    kept.extend_from_slice(&jpeg[at..]);
    kept
}

#[test]
fn motion_jpeg_is_decoded_with_and_without_its_tables() {
    let size = ImageSize::new(32, 16);
    let layout = PixelLayout {
        encoding: Encoding::Mjpg,
        size,
        stride: 0,
    };
    let whole = jpeg(size);
    let bare = without_tables(&whole);
    assert!(bare.len() < whole.len());
    let pixels = layout.to_rgba(&whole).unwrap();
    assert!(pixels[0].abs_diff(230) < 8 && pixels[31 * 4].abs_diff(20) < 8);
    assert_eq!(layout.to_rgba(&bare).unwrap(), pixels);
}

#[test]
fn motion_jpeg_of_another_size_or_cut_off_is_an_error() {
    let layout = layout(Encoding::Mjpg, 0);
    let other = layout.to_rgba(&jpeg(ImageSize::new(3, 2)));
    assert!(matches!(other, Err(BrokenPixels::Size { .. })), "{other:?}");
    let whole = jpeg(SIZE);
    assert!(layout.to_rgba(&whole).is_ok());
    assert!(layout.to_rgba(&whole[..whole.len() / 2]).is_err());
    assert!(layout.to_rgba(&jpeg(ImageSize::new(4000, 4000))).is_err());
}
