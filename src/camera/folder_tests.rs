//! Order, laziness and damaged neighbours.

use image::{ImageFormat, Rgb, RgbImage};

use super::*;

fn write(folder: &Path, name: &str, red: u8) {
    RgbImage::from_pixel(3, 2, Rgb([red, 0, 0]))
        .save_with_format(folder.join(name), ImageFormat::Png)
        .unwrap();
}

fn names(folder: &Folder) -> Vec<String> {
    folder.files().iter().map(|file| file_name(file)).collect()
}

#[test]
fn a_folder_plays_in_order_and_can_be_wound() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "img10.png", 10);
    write(folder.path(), "img2.png", 2);
    write(folder.path(), "no_extension", 90);
    std::fs::write(folder.path().join("notes.txt"), "no picture").unwrap();
    std::fs::write(folder.path().join(".hidden.png"), "no picture").unwrap();
    std::fs::create_dir(folder.path().join("inside.png")).unwrap();
    let mut camera = Folder::open(folder.path()).unwrap();
    assert_eq!(names(&camera), ["img2.png", "img10.png", "no_extension"]);
    assert_eq!(camera.info().frames, Some(3));
    assert_eq!(camera.info().size, ImageSize::new(3, 2));
    let mut reds = Vec::new();
    while let Some(frame) = camera.frame().unwrap() {
        reds.push((frame.seq, frame.rgba()[0]));
    }
    assert_eq!(reds, [(0, 2), (1, 10), (2, 90)]);
    assert_eq!(camera.seek(1).unwrap().rgba()[0], 10);
    assert_eq!(camera.frame().unwrap().unwrap().rgba()[0], 90);
    assert!(matches!(
        camera.seek(3),
        Err(CameraError::Media(MediaError::OutOfRange { .. }))
    ));
}

#[test]
fn one_bad_picture_leaves_the_others() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("1.png"), b"\x89PNG\r\n\x1a\nrubbish").unwrap();
    write(folder.path(), "2.png", 2);
    std::fs::write(folder.path().join("3.jpg"), b"rubbish").unwrap();
    write(folder.path(), "4.png", 4);
    let mut camera = Folder::open(folder.path()).unwrap();
    assert_eq!(
        camera.info().size,
        ImageSize::new(3, 2),
        "of the first good one"
    );
    let mut outcomes = Vec::new();
    loop {
        match camera.frame() {
            Ok(Some(frame)) => outcomes.push(Some(frame.rgba()[0])),
            Ok(None) => break,
            Err(error) => {
                assert!(
                    error
                        .to_string()
                        .contains(&folder.path().display().to_string())
                );
                outcomes.push(None);
            }
        }
    }
    assert_eq!(outcomes, [None, Some(2), None, Some(4)]);
}

#[test]
fn a_folder_without_pictures_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let error = Folder::open(folder.path()).err().unwrap();
    assert!(matches!(
        error,
        CameraError::Media(MediaError::EmptyFolder { .. })
    ));
    let gone = folder.path().join("gone");
    assert!(matches!(
        Folder::open(&gone),
        Err(CameraError::Media(MediaError::Io { .. }))
    ));
}
