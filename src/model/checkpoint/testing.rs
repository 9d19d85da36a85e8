//! Builders of small files, sound and hostile, for the tests of this folder.

use std::path::PathBuf;

use super::pickle::op;

/// A path in the golden folder.
pub(super) fn golden(path: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.join("tests/golden").join(path)
}

/// A `.safetensors` file of this header and data.
pub(super) fn safetensors(header: &str, data: &[u8]) -> Vec<u8> {
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(header.as_bytes());
    file.extend_from_slice(data);
    file
}

/// An entry of a zip archive and the lies told about it.
#[derive(Clone)]
pub(super) struct ZipEntry {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) method: u16,
    /// The size the directory claims.
    pub(super) claimed: u64,
    /// Where the directory says the entry begins, if not the truth.
    pub(super) local: Option<u64>,
}

impl ZipEntry {
    pub(super) fn stored(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.into(),
            bytes: bytes.into(),
            method: 0,
            claimed: bytes.len() as u64,
            local: None,
        }
    }
}

/// A zip archive. `wide` writes every size and offset in zip64 fields.
pub(super) fn zip(entries: &[ZipEntry], wide: bool) -> Vec<u8> {
    let mut file = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let at = entry.local.unwrap_or(file.len() as u64);
        file.extend_from_slice(b"PK\x03\x04\x2d\0\0\0");
        file.extend_from_slice(&entry.method.to_le_bytes());
        file.extend_from_slice(&[0; 16]);
        file.extend_from_slice(&(entry.name.len() as u16).to_le_bytes());
        file.extend_from_slice(&[0; 2]);
        file.extend_from_slice(entry.name.as_bytes());
        file.extend_from_slice(&entry.bytes);
        central(&mut directory, entry, at, wide);
    }
    let (offset, size) = (file.len() as u64, directory.len() as u64);
    file.extend_from_slice(&directory);
    end(&mut file, entries.len() as u64, [size, offset], wide);
    file
}

fn central(out: &mut Vec<u8>, entry: &ZipEntry, at: u64, wide: bool) {
    let narrow = |value: u64| if wide { u32::MAX } else { value as u32 }.to_le_bytes();
    out.extend_from_slice(b"PK\x01\x02\x2d\0\x2d\0\0\0");
    out.extend_from_slice(&entry.method.to_le_bytes());
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(&narrow(entry.claimed));
    out.extend_from_slice(&narrow(entry.claimed));
    out.extend_from_slice(&(entry.name.len() as u16).to_le_bytes());
    out.extend_from_slice(&if wide { 28_u16 } else { 0 }.to_le_bytes());
    out.extend_from_slice(&[0; 10]);
    out.extend_from_slice(&narrow(at));
    out.extend_from_slice(entry.name.as_bytes());
    if wide {
        out.extend_from_slice(&[1, 0, 24, 0]);
        for value in [entry.claimed, entry.claimed, at] {
            out.extend_from_slice(&value.to_le_bytes());
        }
    }
}

fn end(file: &mut Vec<u8>, count: u64, directory: [u64; 2], wide: bool) {
    let record_at = file.len() as u64;
    if wide {
        file.extend_from_slice(b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0");
        file.extend_from_slice(&[0; 8]);
        for value in [count, count, directory[0], directory[1]] {
            file.extend_from_slice(&value.to_le_bytes());
        }
        file.extend_from_slice(b"PK\x06\x07\0\0\0\0");
        file.extend_from_slice(&record_at.to_le_bytes());
        file.extend_from_slice(&[1, 0, 0, 0]);
    }
    let count = if wide { u16::MAX } else { count as u16 }.to_le_bytes();
    file.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    file.extend_from_slice(&count);
    file.extend_from_slice(&count);
    for value in directory {
        file.extend_from_slice(&if wide { u32::MAX } else { value as u32 }.to_le_bytes());
    }
    file.extend_from_slice(&[0; 2]);
}

/// A tensor of a state dictionary.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) storage: &'static str,
    pub(super) numel: i64,
    pub(super) offset: i64,
    pub(super) shape: Vec<i64>,
    pub(super) stride: Vec<i64>,
}

impl Row {
    /// A contiguous f32 tensor that is its whole storage.
    pub(super) fn whole(name: &'static str, storage: &'static str, shape: &[i64]) -> Self {
        let mut stride = vec![1; shape.len()];
        for axis in (1..shape.len()).rev() {
            stride[axis - 1] = stride[axis] * shape[axis];
        }
        Self {
            name,
            kind: "FloatStorage",
            storage,
            numel: shape.iter().product(),
            offset: 0,
            shape: shape.into(),
            stride,
        }
    }
}

/// The pickle of an ordered dictionary of these tensors, as `torch.save` writes it.
pub(super) fn state_dict(rows: &[Row]) -> Vec<u8> {
    let mut out = vec![op::PROTO, 2];
    out.extend_from_slice(&dictionary(rows));
    out.push(op::STOP);
    out
}

/// The opcodes that leave the dictionary on the stack.
pub(super) fn dictionary(rows: &[Row]) -> Vec<u8> {
    let mut out = b"ccollections\nOrderedDict\n)R(".to_vec();
    for row in rows {
        text(&mut out, row.name);
        out.extend_from_slice(b"ctorch._utils\n_rebuild_tensor_v2\n((");
        text(&mut out, "storage");
        out.extend_from_slice(format!("ctorch\n{}\n", row.kind).as_bytes());
        text(&mut out, row.storage);
        text(&mut out, "cpu");
        long(&mut out, row.numel);
        out.extend_from_slice(b"tQ");
        long(&mut out, row.offset);
        for list in [&row.shape, &row.stride] {
            out.push(op::MARK);
            for value in list {
                long(&mut out, *value);
            }
            out.push(op::TUPLE);
        }
        out.push(op::NEWFALSE);
        out.extend_from_slice(b"ccollections\nOrderedDict\n)RtR");
    }
    out.push(op::SETITEMS);
    out
}

/// `BINUNICODE`.
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    out.push(op::BINUNICODE);
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

fn long(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(&[op::LONG1, 8]);
    out.extend_from_slice(&value.to_le_bytes());
}

/// A `.pt` file of this pickle and these storages.
pub(super) fn torch(pickle: &[u8], storages: &[(&str, &[u8])]) -> Vec<u8> {
    zip(&torch_entries(pickle, storages), false)
}

/// The entries of a `.pt` file.
pub(super) fn torch_entries(pickle: &[u8], storages: &[(&str, &[u8])]) -> Vec<ZipEntry> {
    let mut entries = vec![
        ZipEntry::stored("steps_1/data.pkl", pickle),
        ZipEntry::stored("steps_1/byteorder", b"little"),
    ];
    for (key, bytes) in storages {
        entries.push(ZipEntry::stored(&format!("steps_1/data/{key}"), bytes));
    }
    entries.push(ZipEntry::stored("steps_1/version", b"3\n"));
    entries
}

/// Little-endian bytes of f32 numbers.
pub(super) fn floats(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// A folder laid out like the golden one, to be spoiled: `run` with its `.safetensors` weights, and `qwen`.
pub(super) struct GoldenCopy(tempfile::TempDir);

impl GoldenCopy {
    pub(super) fn new() -> Self {
        let copy = Self(tempfile::tempdir().expect("temporary folder"));
        for file in [
            "run/config.yaml",
            "run/dataset_statistics.json",
            "run/checkpoints/steps_100_pytorch_model.safetensors",
            "qwen/config.json",
            "qwen/generation_config.json",
            "qwen/preprocessor_config.json",
            "qwen/tokenizer.json",
            "qwen/model.safetensors",
        ] {
            copy.write(file, &std::fs::read(golden(file)).expect("golden file"));
        }
        copy
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(super) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("makes the folder");
        std::fs::write(path, bytes).expect("writes");
    }

    pub(super) fn remove(&self, path: &str) {
        std::fs::remove_file(self.path(path)).expect("removes");
    }

    /// Replaces text in a file, which must hold it.
    pub(super) fn replace(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(path)).expect("text");
        assert!(text.contains(from), "{from} in {path}");
        self.write(path, text.replacen(from, to, 1).as_bytes());
    }
}
