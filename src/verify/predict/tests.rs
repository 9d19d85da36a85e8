//! Tests of the module above.

use super::*;

#[test]
fn settings_are_read_from_names() {
    let setting = Setting::parse("cfg1.5.ddim10").unwrap();
    assert!((setting.guidance - 1.5).abs() < 1e-12);
    assert_eq!(setting.steps, 10);
    let setting = Setting::parse("cfg3.ddim25").unwrap();
    assert_eq!(setting.steps, 25);
    for wrong in ["cfg1.5", "1.5.ddim10", "cfg.ddim10", "cfg1.5.ddimx"] {
        assert!(Setting::parse(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn cases_have_one_sample_or_a_batch() {
    let read = |text: &str| {
        let case: Value = serde_json::from_str(text).unwrap();
        Prediction::new("x", "", RopeRounding::F32, &case).map(|p| p.views.len())
    };
    assert_eq!(
        read(r#"{"images":["a","b"],"instruction":"go"}"#).unwrap(),
        1
    );
    assert_eq!(
        read(r#"{"batch_images":[["a"],["b"]],"instructions":["go","go"]}"#).unwrap(),
        2
    );
    assert!(read(r#"{"images":[],"instruction":"go"}"#).is_err());
    assert!(read(r#"{"batch_images":[["a"],["b"]],"instructions":["go"]}"#).is_err());
    assert!(read(r#"{"instruction":"go"}"#).is_err());
}
