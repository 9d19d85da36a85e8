//! Forms of the struct that is collected with.

use super::*;
use crate::engine::CollectConfig;

fn filled(config: &CollectConfig) -> Form {
    let mut form = Form::of::<CollectConfig>();
    form.fill(serde_json::to_value(config).unwrap());
    form
}

fn write(form: &mut Form, id: &str, text: &str) {
    let field = form.fields.iter_mut().find(|field| field.id == id).unwrap();
    field.text = text.into();
    field.check();
}

#[test]
fn what_is_filled_in_is_read_back_the_same() {
    let config = CollectConfig {
        task: vec!["pick".into(), "so101".into()],
        out: "/data/out".into(),
        size: Some(crate::geometry::ImageSize::new(320, 240)),
        v21: true,
        perturbed: 0.25,
        mix: vec![("box".into(), 2.0), ("trace".into(), 0.5)],
        ..CollectConfig::default()
    };
    assert_eq!(filled(&config).read::<CollectConfig>(), Some(config));
    // A folder that is not chosen yet keeps nothing else from being read.
    let config = CollectConfig::default();
    assert_eq!(filled(&config).read::<CollectConfig>(), Some(config));
}

#[test]
fn what_the_command_line_refuses_is_refused_in_its_words() {
    let mut form = filled(&CollectConfig::default());
    write(&mut form, "size", "31x20");
    let error = |form: &Form, id: &str| {
        let field = form.fields.iter().find(|field| field.id == id);
        field.and_then(|field| field.error.clone())
    };
    let text = error(&form, "size").unwrap();
    assert_eq!(text, "Sides must be even and from 32 to 4096");
    assert_eq!(form.read::<CollectConfig>(), None);
    write(&mut form, "size", "64x48");
    assert_eq!(error(&form, "size"), None);
    let size = form.read::<CollectConfig>().unwrap().size;
    assert_eq!(size, Some(crate::geometry::ImageSize::new(64, 48)));
    write(&mut form, "mix", "box");
    assert!(error(&form, "mix").unwrap().contains("TYPE=WEIGHT"));
}

#[test]
fn every_field_of_the_command_line_that_is_kept_is_there_with_its_help() {
    let form = filled(&CollectConfig::default());
    let value = serde_json::to_value(CollectConfig::default()).unwrap();
    assert_eq!(form.fields.len(), value.as_object().unwrap().len());
    assert!(form.fields.iter().all(|field| !field.help.is_empty()));
}
