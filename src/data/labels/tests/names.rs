//! The table of formats, and what a path may be.

use std::collections::HashSet;

use super::{file, fixture};
use crate::data::labels::{FORMATS, LabelError, read};

#[test]
fn names_are_plain_and_unique() {
    let names: HashSet<&str> = FORMATS.iter().map(|format| format.name).collect();
    assert_eq!(names.len(), FORMATS.len());
    assert!(
        names
            .iter()
            .all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
    );
    assert_eq!(
        FORMATS.iter().filter(|format| format.is_written()).count(),
        7
    );
}

#[test]
fn what_is_no_dataset_is_refused_with_advice() {
    let (_folder, path) = file("notes.txt", "hello");
    let error = read(&path).unwrap_err();
    assert!(
        error.to_string().contains("coco") && matches!(error, LabelError::UnknownFormat { .. })
    );
    assert!(matches!(
        read(&fixture("nothing")),
        Err(LabelError::Io { .. })
    ));
}

#[test]
fn pickles_are_never_opened() {
    let (folder, path) = file("refs(unc).p", b"\x80\x04cos\nsystem\n");
    let error = read(&path).unwrap_err();
    assert!(matches!(error, LabelError::Pickle { .. }) && error.to_string().contains("JSON"));
    std::fs::write(
        folder.path().join("instances.json"),
        r#"{"images": [], "annotations": []}"#,
    )
    .unwrap();
    assert!(matches!(
        read(folder.path()),
        Err(LabelError::Pickle { .. })
    ));
}
