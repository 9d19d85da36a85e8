//! Which container a file is, by its first bytes; names and suffixes are not trusted.

use std::path::Path;

use super::file::InputFile;
use super::safetensors::SafeTensors;
use super::torch::TorchFile;
use super::{LoadError, TensorSource};

/// A container of tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// A zip archive by PyTorch.
    Torch,
    /// A `.safetensors` file.
    SafeTensors,
    /// The list of the parts of a model.
    Index,
}

impl Container {
    /// What the file at `path` is.
    pub(super) fn of(path: &Path) -> Result<Self, LoadError> {
        let mut file = InputFile::open(path)?;
        let head = file.read_at(0, file.len().min(64))?;
        if head.starts_with(b"PK\x03\x04") {
            return Ok(Self::Torch);
        }
        if head.get(8) == Some(&b'{') {
            return Ok(Self::SafeTensors);
        }
        if head.trim_ascii_start().starts_with(b"{") {
            return Ok(Self::Index);
        }
        Err(match known_other(&head) {
            Some(what) => file.unsupported(what),
            None => file.damaged("this is neither a .pt nor a .safetensors file"),
        })
    }

    /// Opens the container at `path` and lists its tensors.
    pub(super) fn open(path: &Path) -> Result<Box<dyn TensorSource>, LoadError> {
        Ok(match Self::of(path)? {
            Self::Torch => Box::new(TorchFile::open(path)?),
            Self::SafeTensors => Box::new(SafeTensors::open(path)?),
            Self::Index => Box::new(SafeTensors::open_index(path)?),
        })
    }
}

/// What people often have in place of a checkpoint, and what to do about it.
fn known_other(head: &[u8]) -> Option<&'static str> {
    // A pickled `0x1950a86a20f9469cfc6c`, the magic number of PyTorch before 1.6.
    const LEGACY: &[u8] = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
    let pickle = head.first() == Some(&0x80);
    if pickle && head.get(2..).is_some_and(|rest| rest.starts_with(LEGACY)) {
        return Some(
            "this is the old PyTorch format from before 1.6; load it in PyTorch and torch.save it again",
        );
    }
    let table: [(&[u8], &'static str); 5] = [
        (
            b"version https://git-lfs",
            "this is a Git LFS pointer and not the file; run `git lfs pull`",
        ),
        (
            b"GGUF",
            "GGUF files are not supported; use the .safetensors of the model",
        ),
        (
            b"\x89HDF",
            "HDF5 files are not supported; use a .pt or .safetensors file",
        ),
        (
            b"<",
            "this is a web page and not a checkpoint; download the file itself",
        ),
        (
            b"\x80",
            "this is a bare pickle; save the weights with torch.save or as .safetensors",
        ),
    ];
    let found = table.iter().find(|(magic, _)| head.starts_with(magic));
    found.map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_holds() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("model.safetensors");
        let sniff = |bytes: &[u8]| {
            std::fs::write(&path, bytes).expect("writes");
            Container::of(&path)
        };
        assert_eq!(sniff(b"PK\x03\x04....").expect("zip"), Container::Torch);
        assert_eq!(
            sniff(b"\x10\0\0\0\0\0\0\0{\"a\"").expect("tensors"),
            Container::SafeTensors
        );
        assert_eq!(
            sniff(b"{\n \"weight_map\": {}}").expect("index"),
            Container::Index
        );
        let legacy = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
        let others: [(&[u8], &str); 6] = [
            (legacy, "before 1.6"),
            (b"\x80\x04\x95", "bare pickle"),
            (
                b"version https://git-lfs.github.com/spec/v1\n",
                "git lfs pull",
            ),
            (b"<!doctype html>", "web page"),
            (b"", "neither"),
            (b"12345678901234567890", "neither"),
        ];
        for (bytes, word) in others {
            let error = sniff(bytes).expect_err("not a container").to_string();
            assert!(error.contains(word), "{error}");
        }
    }
}
