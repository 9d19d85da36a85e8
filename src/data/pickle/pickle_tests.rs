//! Pickles that Python wrote, and pickles that mean harm.

use proptest::prelude::*;

use super::*;

fn file(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read(folder.join("tests/fixtures/datasets/pickles").join(name)).unwrap()
}

#[test]
fn arrays_records_and_plain_values_of_every_protocol_are_read() {
    let expected: Value = serde_json::from_slice(&file("expected.json")).unwrap();
    for protocol in 2..=5 {
        let found = unpickle(&file(&format!("protocol{protocol}.pkl"))).unwrap();
        assert_eq!(found, expected, "protocol {protocol}");
    }
}

#[test]
fn calls_are_refused_by_name() {
    let error = unpickle(&file("evil.pkl")).unwrap_err();
    assert!(
        matches!(&error, PickleError::Code(name) if name.contains("system")),
        "{error}"
    );
    for evil in [
        &b"cos\nsystem\n(S'true'\ntR."[..],
        b"cbuiltins\neval\n.",
        b"\x80\x04\x8c\x08builtins\x8c\x04exec\x93.",
        b"(ios\nsystem\n.",
        b"\x80\x04\x8c\x05numpy\x8c\x07ndarray\x93)R.",
        b"\x80\x04}b.",
    ] {
        assert!(unpickle(evil).is_err(), "{evil:?}");
    }
}

#[test]
fn shared_values_cannot_multiply() {
    // A list of ten of the list before, forty times over.
    let mut bomb = b"\x80\x04]\x94".to_vec();
    for _ in 0..40 {
        bomb.extend(b"0](");
        for _ in 0..10 {
            bomb.extend(b"h");
            bomb.push(0);
        }
        bomb.extend(b"eq");
        bomb.push(0);
    }
    bomb.push(b'.');
    assert!(unpickle(&bomb).is_err());
    // A list that holds itself.
    assert!(matches!(
        unpickle(b"\x80\x04]\x94h\0a."),
        Err(PickleError::TooLarge(_))
    ));
}

proptest! {
    #[test]
    fn flipped_bytes_never_panic(protocol in 2..6, flips in prop::collection::vec((any::<usize>(), any::<u8>()), 1..6)) {
        let mut bytes = file(&format!("protocol{protocol}.pkl"));
        for (place, value) in flips {
            let at = place % bytes.len();
            bytes[at] = value;
        }
        drop(unpickle(&bytes));
        let half = bytes.len() / 2;
        drop(unpickle(&bytes[..half]));
    }
}
