//! PyTorch archives as they should be, and hostile ones.

use proptest::prelude::*;

use super::*;
use crate::model::checkpoint::names::current;
use crate::model::checkpoint::safetensors::SafeTensors;
use crate::model::checkpoint::testing::{
    Row, ZipEntry, floats, golden, state_dict, torch, torch_entries, zip,
};

fn open(bytes: &[u8]) -> Result<TorchFile, LoadError> {
    let file = tempfile::NamedTempFile::new().expect("temporary file");
    std::fs::write(file.path(), bytes).expect("writes");
    TorchFile::open(file.path())
}

fn read_all(source: &mut TorchFile) -> Result<Vec<Vec<f32>>, LoadError> {
    (0..source.entries().len())
        .map(|at| {
            let bytes = source.read(at)?;
            let entry = &source.entries()[at];
            assert_eq!(bytes.len(), entry.numel() * entry.stored.size());
            Ok(entry.stored.to_f32(&bytes))
        })
        .collect()
}

fn refused(bytes: &[u8], word: &str) {
    let text = open(bytes).expect_err(word).to_string();
    assert!(text.contains(word), "{text} for {word}");
}

#[test]
fn both_golden_containers_hold_the_same_numbers() {
    let folder = golden("run/checkpoints");
    let mut pt = TorchFile::open(&folder.join("steps_100_pytorch_model.pt")).expect("opens");
    let mut st =
        SafeTensors::open(&folder.join("steps_100_pytorch_model.safetensors")).expect("opens");
    assert_eq!(pt.entries().len(), 225);
    let find = |source: &dyn TensorSource, name: &str| {
        source
            .entries()
            .iter()
            .position(|entry| current(&entry.name) == name)
    };
    for at in 0..st.entries().len() {
        let entry = st.entries()[at].clone();
        let there = find(&pt, &current(&entry.name)).expect("in both");
        let twin = pt.entries()[there].clone();
        assert_eq!(twin.shape, entry.shape);
        let got = twin.stored.to_f32(&pt.read(there).expect("reads"));
        assert_eq!(
            got,
            entry.stored.to_f32(&st.read(at).expect("reads")),
            "{}",
            entry.name
        );
    }
    let head = find(&pt, "lm_head.weight").expect("tied head is listed");
    let embedding = find(&pt, "model.language_model.embed_tokens.weight").expect("listed");
    assert_eq!(
        pt.read(head).expect("reads"),
        pt.read(embedding).expect("reads")
    );
}

#[test]
fn views_of_a_storage_come_out_row_major() {
    let base = Row {
        numel: 12,
        ..Row::whole("whole", "0", &[3, 4])
    };
    let rows = [
        base.clone(),
        Row {
            name: "transposed",
            shape: vec![4, 3],
            stride: vec![1, 4],
            ..base.clone()
        },
        Row {
            name: "column",
            shape: vec![3],
            stride: vec![4],
            offset: 1,
            ..base.clone()
        },
        Row {
            name: "tail",
            shape: vec![2],
            stride: vec![1],
            offset: 10,
            ..base.clone()
        },
        Row {
            name: "scalar",
            shape: vec![],
            stride: vec![],
            offset: 5,
            ..base.clone()
        },
        Row {
            name: "empty",
            shape: vec![0, 4],
            stride: vec![4, 1],
            ..base
        },
    ];
    let values: Vec<f32> = (0_u8..12).map(f32::from).collect();
    let mut source = open(&torch(&state_dict(&rows), &[("0", &floats(&values))])).expect("opens");
    let got = read_all(&mut source).expect("reads");
    assert_eq!(got[0], values);
    assert_eq!(
        got[1],
        [0.0, 4.0, 8.0, 1.0, 5.0, 9.0, 2.0, 6.0, 10.0, 3.0, 7.0, 11.0]
    );
    assert_eq!(got[2], [1.0, 5.0, 9.0]);
    assert_eq!(got[3], [10.0, 11.0]);
    assert_eq!(got[4], [5.0]);
    assert!(got[5].is_empty());
}

#[test]
fn claims_beyond_a_storage_are_refused() {
    let whole = Row::whole("a", "0", &[4]);
    let wide = 1_i64 << 40;
    let rows = [
        Row {
            shape: vec![5],
            numel: 5,
            ..whole.clone()
        },
        Row {
            offset: 1,
            ..whole.clone()
        },
        Row {
            offset: -1,
            ..whole.clone()
        },
        Row {
            offset: i64::MAX,
            ..whole.clone()
        },
        Row {
            stride: vec![2],
            ..whole.clone()
        },
        Row {
            shape: vec![wide, wide],
            stride: vec![0, 0],
            ..whole.clone()
        },
        Row {
            shape: vec![wide],
            stride: vec![0],
            numel: wide,
            ..whole.clone()
        },
        Row {
            shape: vec![2, 2],
            stride: vec![i64::MAX, i64::MAX],
            ..whole.clone()
        },
        Row {
            numel: -1,
            ..whole.clone()
        },
    ];
    for row in rows {
        refused(
            &torch(&state_dict(&[row]), &[("0", &[0; 16])]),
            "does not fit its storage",
        );
    }
    refused(
        &torch(
            &state_dict(std::slice::from_ref(&whole)),
            &[("1", &[0; 16])],
        ),
        "storage 0 of tensor a is missing",
    );
    let whole_numbers = Row {
        kind: "LongStorage",
        ..whole
    };
    refused(
        &torch(&state_dict(&[whole_numbers]), &[("0", &[0; 32])]),
        "tensor a is stored as int64",
    );
}

#[test]
fn programs_are_refused() {
    let evil = b"\x80\x02cos\nsystem\n(X\x02\0\0\0idtR.";
    refused(&torch(evil, &[]), "contains code (os.system), refused");
    let mut script = torch_entries(&state_dict(&[]), &[]);
    script.push(ZipEntry::stored(
        "steps_1/code/__torch__.py",
        b"def f(): pass",
    ));
    refused(&zip(&script, false), "TorchScript");
}

fn sound() -> Vec<ZipEntry> {
    let pickle = state_dict(&[Row::whole("a", "0", &[4]), Row::whole("b", "1", &[2])]);
    torch_entries(&pickle, &[("0", &[7; 16]), ("1", &[8; 8])])
}

#[test]
fn wide_archives_are_read_like_narrow_ones() {
    let narrow = read_all(&mut open(&zip(&sound(), false)).expect("opens")).expect("reads");
    let wide = read_all(&mut open(&zip(&sound(), true)).expect("opens")).expect("reads");
    assert_eq!(narrow, wide);
}

#[test]
fn hostile_archives_are_refused_with_the_reason() {
    for wide in [false, true] {
        let change = |at: usize, change: &dyn Fn(&mut ZipEntry)| {
            let mut entries = sound();
            change(&mut entries[at]);
            zip(&entries, wide)
        };
        refused(&change(2, &|entry| entry.method = 8), "is compressed");
        refused(
            &change(2, &|entry| entry.claimed = 1 << 31),
            "does not fit the file",
        );
        refused(&change(2, &|entry| entry.claimed = 60), "overlaps");
        refused(&change(3, &|entry| entry.local = Some(0)), "overlaps");
        refused(&change(3, &|entry| entry.local = Some(3)), "overlaps");
        refused(
            &change(4, &|entry| entry.local = Some(1 << 31)),
            "does not fit the file",
        );
        refused(
            &change(0, &|entry| entry.name = "other/thing".into()),
            "no data.pkl",
        );
        refused(
            &change(3, &|entry| entry.name = "steps_1/data/0".into()),
            "listed twice",
        );
    }
    let mut entries = sound();
    entries[1] = ZipEntry::stored("steps_1/byteorder", b"big");
    refused(&zip(&entries, false), "not little-endian");
    entries[2].claimed = u64::MAX;
    refused(&zip(&entries, true), "does not fit the file");
}

#[test]
fn every_truncation_is_noticed() {
    for wide in [false, true] {
        let whole = zip(&sound(), wide);
        for end in 0..whole.len() {
            open(&whole[..end]).expect_err("cut short");
        }
    }
}

proptest! {
    #[test]
    fn flipped_bits_never_panic_nor_read_beyond(flips in prop::collection::vec(any::<(u16, u8)>(), 1..4), wide: bool) {
        let mut bytes = zip(&sound(), wide);
        for (at, bit) in flips {
            let at = usize::from(at) % bytes.len();
            bytes[at] ^= 1 << (bit % 8);
        }
        if let Ok(mut source) = open(&bytes) {
            let read: usize = read_all(&mut source).expect("checked when opened").iter().map(Vec::len).sum();
            prop_assert!(read <= bytes.len());
        }
    }
}
