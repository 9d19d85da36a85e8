//! Tests over all formats: fixtures of third-party libraries, round trips, hostile files.

mod fixtures;
mod hostile;
mod large;
mod mixture;
mod names;
mod pointing;
mod reading;
mod round_trips;

use std::path::{Path, PathBuf};

use super::{LabelSet, Sample, Shape, Spot};

/// A file of the fixtures.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/labels")
        .join(name)
}

/// A file of this name and content, in a folder that is gone with the first value.
fn file(name: &str, content: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

/// A picture of one colour.
fn picture(path: &Path, width: u32, height: u32, luma: u8) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    image::GrayImage::from_pixel(width, height, image::Luma([luma]))
        .save(path)
        .unwrap();
}

/// All shapes of a sample in an order that does not depend on the file.
fn shapes(sample: &Sample) -> Vec<(String, Shape)> {
    let label = |l: &Option<String>| l.clone().unwrap_or_default();
    let mut shapes: Vec<(String, Shape)> = sample
        .targets
        .iter()
        .map(|target| (label(&target.label), target.shape.clone()))
        .collect();
    shapes
        .sort_by_key(|(label, shape)| format!("{label} {:?} {:.1?}", shape.kind(), shape.bounds()));
    shapes
}

/// Asserts that two sets have the same pictures with the same shapes, to `tolerance` pixels.
fn assert_alike(a: &LabelSet, b: &LabelSet, tolerance: f64) {
    assert_eq!(a.samples.len(), b.samples.len());
    let name = |s: &Sample| {
        s.image()
            .map(|i| i.path.rsplit(['/', '=']).next().unwrap().to_owned())
    };
    for (index, sample) in a.samples.iter().enumerate() {
        let same = |other: &&Sample| name(other) == name(sample);
        let at_place = b.samples.get(index).filter(same);
        let other = at_place.or_else(|| b.samples.iter().find(same));
        let other = other.unwrap_or_else(|| panic!("{:?} is lost", name(sample)));
        assert_eq!(sample.size(), other.size());
        let (ours, theirs) = (shapes(sample), shapes(other));
        assert_eq!(
            ours.len(),
            theirs.len(),
            "{:?}: {ours:?} {theirs:?}",
            name(sample)
        );
        for ((label, shape), (other_label, other)) in ours.iter().zip(&theirs) {
            assert_eq!(label, other_label);
            assert_eq!(shape.kind(), other.kind());
            assert!(close(shape, other, tolerance), "{shape:?} {other:?}");
        }
    }
}

fn close(a: &Shape, b: &Shape, tolerance: f64) -> bool {
    if let (Shape::Mask(a), Shape::Mask(b)) = (a, b) {
        return a == b;
    }
    let near = |a: &Spot, b: &Spot| (a[0] - b[0]).abs().max((a[1] - b[1]).abs()) <= tolerance;
    let (a, b) = (a.spots(), b.spots());
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| near(a, b))
}
