//! Pictures as they come from strangers.

use image::{ImageBuffer, Luma, Rgb, RgbImage, Rgba};

use super::*;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/media")
        .join(name)
}

fn open_bytes(bytes: &[u8]) -> Result<Picture, MediaError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    Picture::open(file.path())
}

fn file_of(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Red, green on top of blue, white.
fn corners() -> DynamicImage {
    let colours = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]];
    RgbImage::from_fn(16, 16, |x, y| Rgb(colours[(x / 8 + y / 8 * 2) as usize])).into()
}

fn has_note(picture: &Picture, part: &str) -> bool {
    picture.notes.iter().any(|note| note.contains(part))
}

#[test]
fn every_format_is_known_by_content_and_shows_the_same() {
    let formats = [
        (ImageFormat::Png, "PNG"),
        (ImageFormat::Jpeg, "JPEG"),
        (ImageFormat::Bmp, "BMP"),
        (ImageFormat::Gif, "GIF"),
        (ImageFormat::WebP, "WebP"),
        (ImageFormat::Tiff, "TIFF"),
        (ImageFormat::Pnm, "PNM"),
    ];
    for (format, name) in formats {
        let picture = open_bytes(&file_of(&corners(), format)).unwrap();
        assert!(picture.format.starts_with(name), "{}", picture.format);
        assert_eq!(picture.frame.size(), ImageSize::new(16, 16));
        assert!(picture.notes.is_empty(), "{:?}", picture.notes);
        let frame = picture.frame;
        let [red, _, blue] = frame.pixel(2, 2).unwrap();
        assert!(red > 245 && blue < 10, "{name}");
        assert!(frame.rgba().chunks(4).all(|pixel| pixel[3] == 255));
    }
}

#[test]
fn sixteen_bits_become_eight_and_it_is_said() {
    let deep = ImageBuffer::from_pixel(2, 2, Rgb([0xffff_u16, 0x8080, 0x0001]));
    let picture = open_bytes(&file_of(&deep.into(), ImageFormat::Png)).unwrap();
    assert!(has_note(&picture, "16 bits"), "{:?}", picture.notes);
    let frame = picture.frame;
    assert_eq!(frame.pixel(0, 0), Some([255, 128, 0]));
    let grey = ImageBuffer::from_pixel(2, 2, Luma([0x4040_u16]));
    let picture = open_bytes(&file_of(&grey.into(), ImageFormat::Tiff)).unwrap();
    assert!(has_note(&picture, "16 bits"));
    assert_eq!(picture.frame.pixel(1, 1), Some([64; 3]));
}

#[test]
fn transparency_is_laid_on_white() {
    let layers = ImageBuffer::from_fn(3, 1, |x, _| Rgba([255_u8, 0, 0, [0, 128, 255][x as usize]]));
    let picture = open_bytes(&file_of(&layers.into(), ImageFormat::Png)).unwrap();
    assert!(has_note(&picture, "white"));
    let frame = picture.frame;
    let colours = [0, 1, 2].map(|x| frame.pixel(x, 0).unwrap());
    assert_eq!(colours, [[255; 3], [255, 127, 127], [255, 0, 0]]);
}

#[test]
fn cmyk_shows_the_colours_that_pillow_shows() {
    let plain = Picture::open(&fixture("plain.png")).unwrap();
    let cmyk = Picture::open(&fixture("cmyk.jpg")).unwrap();
    assert!(has_note(&cmyk, "CMYK"), "{:?}", cmyk.notes);
    assert!(!has_note(&plain, "CMYK"));
    let (plain, cmyk) = (plain.frame, cmyk.frame);
    let pairs = plain.rgba().iter().zip(cmyk.rgba());
    let sum: u32 = pairs.map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
    let mean = f64::from(sum) / plain.rgba().len() as f64;
    assert!(mean < 6.0, "mean difference {mean}, JPEG quality 90");
}

#[test]
fn of_animations_the_first_frame_is_shown() {
    let plain = Picture::open(&fixture("plain.png")).unwrap();
    let plain = plain.frame;
    for name in ["animated.webp", "animated.png"] {
        let picture = Picture::open(&fixture(name)).unwrap();
        assert!(has_note(&picture, "first frame"), "{:?}", picture.notes);
        assert_eq!(picture.frame.rgba(), plain.rgba(), "{name}");
    }
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for picture in [corners(), corners().grayscale()] {
        let frame = image::Frame::new(picture.to_rgba8());
        encoder.encode_frame(frame).unwrap();
    }
    drop(encoder);
    let picture = open_bytes(&bytes).unwrap();
    assert!(has_note(&picture, "first frame"), "{:?}", picture.notes);
    assert_eq!(picture.frame.pixel(2, 2), Some([255, 0, 0]));
}

/// A JPEG with an EXIF segment that says how the camera was held.
fn jpeg_held(orientation: u8) -> Vec<u8> {
    let jpeg = file_of(&corners(), ImageFormat::Jpeg);
    let tiff = [
        b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".as_slice(),
        &[orientation, 0, 0, 0, 0, 0, 0, 0],
    ]
    .concat();
    let payload = [b"Exif\0\0".as_slice(), &tiff].concat();
    let length = (payload.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &payload, &jpeg[2..]].concat()
}

#[test]
fn exif_orientation_is_applied() {
    let corner = |orientation| {
        let picture = open_bytes(&jpeg_held(orientation)).unwrap();
        assert_eq!(has_note(&picture, "upright"), orientation != 1);
        let pixel = picture.frame.pixel(2, 2).unwrap();
        pixel.map(|channel| channel > 128)
    };
    assert_eq!(corner(1), [true, false, false], "red stays");
    assert_eq!(corner(3), [true, true, true], "upside down: white");
    assert_eq!(corner(6), [false, false, true], "turned right: blue");
    assert_eq!(corner(8), [false, true, false], "turned left: green");
}

/// A PNG header that claims a size, with nothing behind it.
fn png_header(width: u32, height: u32, colour: u8) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([16, colour, 0, 0, 0]);
    let sum = crc32(&chunk).to_be_bytes();
    [b"\x89PNG\r\n\x1a\n\0\0\0\x0d".as_slice(), &chunk, &sum].concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum: u32, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
        })
    })
}

#[test]
fn sizes_beyond_the_limits_are_refused_before_memory_is_taken() {
    let mut wide = png_header(40_000, 2, 2);
    // The header alone is enough to decide, but the reader wants a chunk behind it.
    wide.extend(b"\0\0\0\x01IDAT\0\0\0\0\0");
    let text = open_bytes(&wide).err().unwrap().to_string();
    assert!(text.contains("40000x2") && text.contains("16384"), "{text}");
    let mut bomb = png_header(16_384, 16_384, 6);
    bomb.extend(b"\0\0\0\x01IDAT\0\0\0\0\0");
    let error = open_bytes(&bomb).err().unwrap();
    assert!(matches!(error, MediaError::TooLarge { .. }), "{error}");
    assert!(open_bytes(&png_header(0, 5, 2)).is_err());
}

#[test]
fn damage_is_said_with_format_and_place() {
    for format in [
        ImageFormat::Png,
        ImageFormat::Gif,
        ImageFormat::WebP,
        ImageFormat::Bmp,
    ] {
        let whole = file_of(&corners(), format);
        let text = open_bytes(&whole[..whole.len() * 2 / 3])
            .err()
            .unwrap()
            .to_string();
        assert!(text.contains("damaged or cut off"), "{text}");
        assert!(text.contains("tmp"), "names the file: {text}");
    }
}

#[test]
fn cut_or_flipped_bytes_never_panic() {
    for format in [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::Gif,
        ImageFormat::WebP,
        ImageFormat::Tiff,
        ImageFormat::Bmp,
        ImageFormat::Pnm,
    ] {
        let whole = file_of(&corners(), format);
        for at in (0..whole.len().min(400)).step_by(3) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x55;
            // Some flips only change a colour.
            drop(open_bytes(&bytes));
            drop(open_bytes(&whole[..at]));
        }
    }
}

#[test]
fn what_is_encoded_is_what_is_decoded() {
    let frame = open_bytes(&file_of(&corners(), ImageFormat::Png))
        .unwrap()
        .frame;
    let again = open_bytes(&png(&frame).unwrap()).unwrap().frame;
    assert_eq!(again.rgba(), frame.rgba());
    let lossy = open_bytes(&jpeg(&frame, 95).unwrap()).unwrap();
    assert!(lossy.format.starts_with("JPEG"));
    let pairs = lossy.frame.rgba().iter().zip(frame.rgba());
    assert!(pairs.map(|(a, b)| a.abs_diff(*b)).max().unwrap() < 40);
}
