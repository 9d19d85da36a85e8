//! Pickles as they should be, and programs posing as pickles.

use proptest::prelude::*;

use super::super::testing::{Row, dictionary, state_dict, text};
use super::*;

fn fault(bytes: &[u8]) -> Fault {
    tensors(bytes).expect_err("refused")
}

#[test]
fn a_state_dictionary_lists_its_tensors_in_order() {
    let rows = [
        Row::whole("b.weight", "0", &[2, 3]),
        Row::whole("a.bias", "1", &[3]),
    ];
    let got = tensors(&state_dict(&rows)).expect("sound");
    let names: Vec<&str> = got.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["b.weight", "a.bias"]);
    assert_eq!(
        (got[0].1.shape.as_slice(), got[0].1.stride.as_slice()),
        ([2, 3].as_slice(), [3, 1].as_slice())
    );
}

#[test]
fn wrapped_dictionaries_are_unwrapped() {
    for wrapper in ["state_dict", "model", "module"] {
        let mut bytes = vec![op::PROTO, 4, op::EMPTY_DICT, op::MARK];
        text(&mut bytes, "epoch");
        bytes.extend_from_slice(&[op::BININT1, 3]);
        text(&mut bytes, wrapper);
        bytes.extend_from_slice(&dictionary(&[Row::whole("a", "0", &[1])]));
        bytes.extend_from_slice(&[op::SETITEMS, op::STOP]);
        assert_eq!(tensors(&bytes).expect("unwrapped").len(), 1);
    }
}

/// Every way Python offers to call something, each with the name it would call.
#[test]
fn code_is_refused_by_name_and_never_run() {
    let with = |body: &[u8]| [&[op::PROTO, 4], body, &[op::STOP]].concat();
    let table: Vec<(Vec<u8>, &str)> = vec![
        (with(b"cos\nsystem\n(X\x02\0\0\0idtR"), "os.system"),
        (with(b"cposix\nsystem\n"), "posix.system"),
        (
            with(b"\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R"),
            "os.system",
        ),
        (with(b"(X\x02\0\0\0idios\nsystem\n"), "os.system"),
        (with(b"(cos\nsystem\nX\x02\0\0\0ido"), "os.system"),
        (with(b"cbuiltins\neval\n)R"), "builtins.eval"),
        (with(b"c__builtin__\ngetattr\n)R"), "__builtin__.getattr"),
        (with(b"csubprocess\nPopen\n)\x81"), "subprocess.Popen"),
        (with(b"ctorch.hub\nload\n)R"), "torch.hub.load"),
        (with(b"ctorch\nload\n)R"), "torch.load"),
        (
            with(b"ctorch._utils\n_rebuild_tensor_v2.__globals__\n"),
            "_rebuild_tensor_v2.__globals__",
        ),
        (with(b"ccollections\nOrderedDict\n)\x81"), "construction"),
        (with(b"ccollections\nOrderedDict\n)}\x92"), "construction"),
        (with(b"(ccollections\nOrderedDict\no"), "construction"),
        (with(b"ccollections\nOrderedDict\n}b"), "attributes"),
        (with(b"K\x01)R"), "a call of something"),
        (with(b"Pid\n"), "outside the file"),
        (with(b"\x82\x01"), "outside the file"),
        (with(b"\x84\x01\0\0\0"), "outside the file"),
    ];
    for (bytes, word) in table {
        match fault(&bytes) {
            Fault::Code(name) => assert!(name.contains(word), "{name} for {word}"),
            Fault::Damaged(what) => panic!("{what} for {word}"),
        }
    }
}

#[test]
fn metadata_is_dropped_and_code_in_it_is_still_refused() {
    let metadata = |value: &[u8]| {
        let mut bytes = vec![op::PROTO, 2];
        bytes.extend_from_slice(&dictionary(&[Row::whole("a", "0", &[1])]));
        bytes.push(op::EMPTY_DICT);
        text(&mut bytes, "_metadata");
        bytes.extend_from_slice(value);
        bytes.extend_from_slice(&[op::SETITEM, op::BUILD, op::STOP]);
        bytes
    };
    assert_eq!(tensors(&metadata(b"}")).expect("dropped").len(), 1);
    assert!(matches!(fault(&metadata(b"cos\nsystem\n")), Fault::Code(_)));
}

#[test]
fn bombs_end_at_a_limit_or_cost_nothing() {
    let mut doubling = vec![op::PROTO, 4, op::EMPTY_TUPLE];
    for _ in 0..10_000 {
        doubling.extend_from_slice(&[op::DUP, op::TUPLE2]);
    }
    doubling.push(op::STOP);
    let nested = [vec![op::PROTO, 4], vec![op::MARK; 1 << 20]].concat();
    let tall = [vec![op::PROTO, 4], vec![op::NONE; 1 << 20]].concat();
    let deep = [
        vec![op::PROTO, 4, op::NONE],
        vec![op::TUPLE1; 1 << 20],
        vec![op::STOP],
    ]
    .concat();
    let tables = [
        vec![op::PROTO, 4],
        [op::EMPTY_DICT, op::POP].repeat(4 << 20),
    ]
    .concat();
    let mut memo = vec![op::PROTO, 4, op::NONE];
    for key in 0..=(1_u32 << 20) {
        memo.push(op::LONG_BINPUT);
        memo.extend_from_slice(&key.to_le_bytes());
    }
    let mut filled = vec![op::PROTO, 4, op::EMPTY_DICT];
    for _ in 0..100 {
        filled.push(op::MARK);
        filled.extend(std::iter::repeat_n(op::NONE, 100_000));
        filled.push(op::SETITEMS);
    }
    let table = [
        (doubling, "does not end with a dictionary"),
        (nested, "too deeply"),
        (tall, "too many values"),
        (deep, "does not end with a dictionary"),
        (tables, "more than"),
        (memo, "too many stored"),
        (filled, "more than"),
    ];
    for (bytes, word) in table {
        match fault(&bytes) {
            Fault::Damaged(what) => assert!(what.contains(word), "{what} for {word}"),
            Fault::Code(name) => panic!("{name} for {word}"),
        }
    }
}

#[test]
fn a_dictionary_inside_itself_ends() {
    let mut bytes = vec![op::PROTO, 2, op::EMPTY_DICT, op::BINPUT, 0];
    text(&mut bytes, "model");
    bytes.extend_from_slice(&[op::BINGET, 0, op::SETITEM, op::STOP]);
    assert!(matches!(fault(&bytes), Fault::Damaged(what) if what.contains("no state dictionary")));
}

#[test]
fn claimed_lengths_are_compared_with_the_file() {
    for body in [
        [b"X".as_slice(), &u32::MAX.to_le_bytes()].concat(),
        [b"\x8d".as_slice(), &u64::MAX.to_le_bytes()].concat(),
        [b"\x8e".as_slice(), &(1_u64 << 40).to_le_bytes()].concat(),
        [b"B".as_slice(), &u32::MAX.to_le_bytes()].concat(),
        b"\x8a\xff".to_vec(),
        b"cno line end".to_vec(),
        [b"c".as_slice(), &[b'x'; 5000]].concat(),
    ] {
        let bytes = [vec![op::PROTO, 4], body].concat();
        assert!(matches!(fault(&bytes), Fault::Damaged(_)));
    }
}

#[test]
fn malformed_tensors_are_damage() {
    let whole = Row::whole("a", "0", &[2]);
    let rows = [
        Row {
            shape: vec![-2],
            ..whole.clone()
        },
        Row {
            stride: vec![],
            ..whole.clone()
        },
        Row {
            shape: vec![1; 9],
            stride: vec![1; 9],
            ..whole.clone()
        },
    ];
    for row in rows {
        assert!(
            matches!(fault(&state_dict(&[row])), Fault::Damaged(what) if what.contains("tensor"))
        );
    }
    let twice = [whole.clone(), whole];
    assert!(matches!(fault(&state_dict(&twice)), Fault::Damaged(what) if what.contains("twice")));
}

#[test]
fn every_truncation_is_noticed() {
    let whole = state_dict(&[Row::whole("a", "0", &[2]), Row::whole("b", "1", &[2, 2])]);
    for end in 0..whole.len() {
        fault(&whole[..end]);
    }
}

#[test]
fn numbers_of_any_width() {
    for (bytes, want) in [
        (vec![], Some(0)),
        (vec![0xFF], Some(-1)),
        (vec![0xFF, 0x00], Some(255)),
        (vec![0; 9], None),
        (i64::MIN.to_le_bytes().to_vec(), Some(i64::MIN)),
    ] {
        assert_eq!(op::long(&bytes), want);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let framed = [vec![op::PROTO, 4], bytes, vec![op::STOP]].concat();
        drop(tensors(&framed));
    }

    #[test]
    fn flipped_bits_are_read_or_refused(flips in prop::collection::vec(any::<(u16, u8)>(), 1..6)) {
        let mut bytes = state_dict(&[Row::whole("a", "0", &[2]), Row::whole("b", "1", &[2, 2])]);
        for (at, bit) in flips {
            let at = usize::from(at) % bytes.len();
            bytes[at] ^= 1 << (bit % 8);
        }
        drop(tensors(&bytes));
    }
}
