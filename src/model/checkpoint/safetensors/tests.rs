//! SafeTensors files as they should be, cut, and hostile.

use proptest::prelude::*;

use super::*;
use crate::model::checkpoint::testing::{golden, safetensors};

/// Two tensors of f32 in 24 bytes.
const HEADER: &str = r#"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"BF16","shape":[4],"data_offsets":[16,24]}}"#;

fn open(bytes: &[u8]) -> Result<SafeTensors, LoadError> {
    let file = tempfile::NamedTempFile::new().expect("temporary file");
    std::fs::write(file.path(), bytes).expect("writes");
    SafeTensors::open(file.path())
}

fn read_all(source: &mut dyn TensorSource) -> Result<usize, LoadError> {
    let mut total = 0;
    for at in 0..source.entries().len() {
        let bytes = source.read(at)?;
        let entry = &source.entries()[at];
        assert_eq!(bytes.len(), entry.numel() * entry.stored.size());
        total += bytes.len();
    }
    Ok(total)
}

#[test]
fn every_golden_tensor_equals_the_reference_reader() {
    for name in [
        "run/checkpoints/steps_100_pytorch_model.safetensors",
        "qwen/model.safetensors",
    ] {
        let bytes = std::fs::read(golden(name)).expect("golden file");
        let theirs = safetensors::SafeTensors::deserialize(&bytes).expect("sound");
        let mut ours = SafeTensors::open(&golden(name)).expect("opens");
        assert_eq!(ours.entries().len(), theirs.len());
        for at in 0..ours.entries().len() {
            let entry = ours.entries()[at].clone();
            let view = theirs.tensor(&entry.name).expect("same name");
            assert_eq!(view.shape(), entry.shape);
            assert_eq!(ours.read(at).expect("reads"), view.data(), "{}", entry.name);
        }
    }
}

#[test]
fn hostile_headers_are_refused_with_the_reason() {
    let row = |row: &str| safetensors(&format!("{{{row}}}"), &[0; 16]);
    let mut oversized = safetensors(HEADER, &[0; 24]);
    oversized[..8].copy_from_slice(&99_999_999_u64.to_le_bytes());
    let mut endless = oversized.clone();
    endless[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    let table: Vec<(Vec<u8>, &str)> = vec![
        (oversized, "cut short"),
        (endless, "the format allows"),
        (vec![1, 2, 3], "too few"),
        (safetensors("{\"a\":", &[]), "not valid"),
        (safetensors(&"[".repeat(100_000), &[]), "not valid"),
        (
            row(
                r#""a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}"#,
            ),
            "twice",
        ),
        (
            row(r#""a":{"dtype":"F32","shape":[4],"data_offsets":[0,17]}"#),
            "lies at 0..17",
        ),
        (
            row(r#""a":{"dtype":"F32","shape":[4],"data_offsets":[16,0]}"#),
            "lies at 16..0",
        ),
        (
            row(r#""a":{"dtype":"F32","shape":[5],"data_offsets":[0,16]}"#),
            "does not fit its type",
        ),
        (
            row(r#""a":{"dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,16]}"#),
            "does not fit its type",
        ),
        (
            row(r#""a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,4],"data_offsets":[0,16]}"#),
            "9 axes",
        ),
        (
            row(r#""a":{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}"#),
            "not valid",
        ),
        (
            row(r#""a":{"dtype":"I64","shape":[2],"data_offsets":[0,16]}"#),
            "tensor a is stored as I64",
        ),
        (
            row(r#""a":{"dtype":"F8_E4M3","shape":[16],"data_offsets":[0,16]}"#),
            "quantised",
        ),
        (
            row(
                r#""a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}"#,
            ),
            "overlaps",
        ),
        (
            row(r#""a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}"#),
            "take 12 bytes",
        ),
    ];
    for (bytes, word) in table {
        let text = open(&bytes).expect_err(word).to_string();
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn every_truncation_is_noticed() {
    let whole = safetensors(HEADER, &[7; 24]);
    assert_eq!(
        read_all(&mut open(&whole).expect("sound")).expect("reads"),
        24
    );
    for end in 0..whole.len() {
        open(&whole[..end]).expect_err("cut short");
    }
}

#[test]
fn a_file_cut_after_opening_is_an_error() {
    let file = tempfile::NamedTempFile::new().expect("temporary file");
    std::fs::write(file.path(), safetensors(HEADER, &[7; 24])).expect("writes");
    let mut source = SafeTensors::open(file.path()).expect("opens");
    let handle = std::fs::OpenOptions::new()
        .write(true)
        .open(file.path())
        .expect("opens");
    handle.set_len(170).expect("cuts");
    let error = read_all(&mut source).expect_err("cut");
    assert!(error.to_string().contains("cut short"), "{error}");
}

#[test]
fn an_index_joins_its_parts_and_nothing_else() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let part = |name: &str, tensor: &str| {
        let header =
            format!(r#"{{"{tensor}":{{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}}}"#);
        std::fs::write(folder.path().join(name), safetensors(&header, &[1; 4])).expect("writes");
    };
    part("m-1.safetensors", "a");
    part("m-2.safetensors", "b");
    let index = folder.path().join("model.safetensors.index.json");
    let open = |map: &str| {
        let text = format!(r#"{{"metadata":{{"total_size":8}},"weight_map":{{{map}}}}}"#);
        std::fs::write(&index, text).expect("writes");
        SafeTensors::open_index(&index)
    };
    let mut source = open(r#""a":"m-1.safetensors","b":"m-2.safetensors""#).expect("opens");
    assert_eq!(source.entries().len(), 2);
    assert_eq!(read_all(&mut source).expect("reads"), 8);
    let table = [
        (
            r#""a":"m-1.safetensors","c":"m-2.safetensors""#,
            "tensor c is not in",
        ),
        (r#""a":"m-3.safetensors""#, "a part of the model is missing"),
        (r#""a":"../m-1.safetensors""#, "leaves the folder"),
        (r#""a":"/etc/passwd""#, "leaves the folder"),
        (r#""a":"..""#, "leaves the folder"),
        (r#""a":3"#, "has no file"),
    ];
    for (map, word) in table {
        let text = open(map).expect_err(word).to_string();
        assert!(text.contains(word), "{text}");
    }
    part("m-2.safetensors", "a");
    let text = open(r#""a":"m-1.safetensors","b":"m-2.safetensors""#)
        .expect_err("twice")
        .to_string();
    assert!(text.contains("listed twice"), "{text}");
}

proptest! {
    #[test]
    fn flipped_bits_never_panic_nor_read_beyond(flips in prop::collection::vec(0_usize..(8 * 190), 1..4)) {
        let mut bytes = safetensors(HEADER, &[7; 24]);
        for flip in flips {
            let at = flip / 8 % bytes.len();
            bytes[at] ^= 1 << (flip % 8);
        }
        if let Ok(mut source) = open(&bytes) {
            prop_assert!(read_all(&mut source).expect("checked when opened") <= bytes.len());
        }
    }
}
