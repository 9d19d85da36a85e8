//! A camera made of a script, since machines that test have none.

use super::*;

/// What a scripted camera does at each look.
enum Step {
    Nothing,
    Frame(Vec<u8>),
    Damaged,
    Fails(i32),
}

struct Script(std::collections::VecDeque<Step>);

impl Stream for Script {
    fn is_ready(&mut self) -> io::Result<bool> {
        match self.0.front() {
            Some(Step::Fails(code)) => Err(io::Error::from_raw_os_error(*code)),
            Some(Step::Nothing) => {
                self.0.pop_front();
                Ok(false)
            }
            Some(_) => Ok(true),
            None => Ok(false),
        }
    }

    fn take(&mut self, bytes: &mut Vec<u8>) -> io::Result<bool> {
        match self.0.pop_front() {
            Some(Step::Frame(frame)) => {
                *bytes = frame;
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}

fn camera(steps: Vec<Step>) -> Live {
    let layout = PixelLayout {
        encoding: Encoding::Grey,
        size: ImageSize::new(1, 1),
        stride: 0,
    };
    let opened = Opened {
        stream: Box::new(Script(steps.into())),
        name: "Test camera".into(),
        layout,
        fps: Some(30.0),
    };
    Live::new(opened, Path::new("/dev/video7"))
}

fn grey(camera: &mut Live) -> u8 {
    let frame = camera.frame().unwrap().unwrap();
    frame.rgba()[0]
}

#[test]
fn frames_come_in_order_with_rising_numbers_and_stamps() {
    let steps = [10, 20].map(|value| [Step::Nothing, Step::Frame(vec![value]), Step::Nothing]);
    let mut camera = camera(steps.into_iter().flatten().collect());
    let first = camera.frame().unwrap().unwrap();
    let second = camera.frame().unwrap().unwrap();
    assert_eq!((first.rgba()[0], second.rgba()[0]), (10, 20));
    assert_eq!((first.seq, second.seq), (0, 1));
    assert!(first.stamp < second.stamp);
    assert_eq!(second.camera(), "Test camera");
}

#[test]
fn a_slow_reader_gets_the_newest_frame() {
    let mut camera = camera(vec![
        Step::Frame(vec![1]),
        Step::Frame(vec![2]),
        Step::Frame(vec![3]),
    ]);
    assert_eq!(grey(&mut camera), 3);
}

#[test]
fn silence_is_a_timeout_that_can_be_retried() {
    let mut camera = camera(Vec::new());
    let start = Instant::now();
    let error = camera.frame().unwrap_err();
    assert!(matches!(error, CameraError::Timeout { .. }) && error.is_retryable());
    assert!(
        start.elapsed() < 2 * PATIENCE,
        "waits about as long as promised"
    );
}

#[test]
fn a_pulled_plug_is_said_and_final() {
    for code in [errno::ENODEV, errno::EIO, errno::ENXIO] {
        let mut camera = camera(vec![Step::Frame(vec![1]), Step::Nothing, Step::Fails(code)]);
        assert_eq!(grey(&mut camera), 1);
        let error = camera.frame().unwrap_err();
        assert!(matches!(&error, CameraError::Unplugged { .. }), "{error}");
        assert!(!error.is_retryable());
        assert!(error.to_string().contains("/dev/video7"));
    }
}

#[test]
fn damage_costs_one_frame_only() {
    let mut camera = camera(vec![
        Step::Damaged,
        Step::Nothing,
        Step::Frame(Vec::new()),
        Step::Nothing,
        Step::Frame(vec![9]),
    ]);
    for _ in 0..2 {
        let error = camera.frame().unwrap_err();
        assert!(matches!(&error, CameraError::BrokenFrame { .. }), "{error}");
        assert!(error.is_retryable());
    }
    assert_eq!(grey(&mut camera), 9);
}

#[test]
fn a_live_camera_cannot_be_wound() {
    let error = camera(Vec::new()).seek(0).unwrap_err();
    assert!(matches!(error, CameraError::NotSeekable { .. }));
}

#[test]
fn the_usual_format_is_near_vga_and_cheap() {
    let format = |encoding, width, height| WebcamFormat {
        encoding,
        size: ImageSize::new(width, height),
        fps: vec![30.0],
    };
    let formats = [
        format(Encoding::Mjpg, 1920, 1080),
        format(Encoding::Mjpg, 640, 480),
        format(Encoding::Yuyv, 640, 480),
        format(Encoding::Yuyv, 160, 120),
    ];
    assert_eq!(usual_format(&formats), Some(&formats[2]));
    assert_eq!(usual_format(&formats[..1]), Some(&formats[0]));
    assert_eq!(usual_format(&[]), None);
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_no_camera_is_refused_unopened() {
    for path in ["/dev/null", "/dev/zero"] {
        let error = open(Path::new(path), None)
            .err()
            .map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.contains("captures no video")));
    }
    let error = open(Path::new("/dev/video-that-is-not-there"), None).err();
    assert!(matches!(error, Some(CameraError::Io { .. })));
}

#[test]
#[cfg(target_os = "linux")]
fn listed_cameras_can_be_used_or_say_why_not() {
    for device in devices().unwrap() {
        assert!(
            device.formats.is_empty() == device.problem.is_some(),
            "{device:?}"
        );
    }
}
