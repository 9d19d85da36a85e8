//! PyTorch `.pt` files: a zip archive with a pickle that describes tensors and one file for each storage.
//!
//! The pickle is parsed as data (see [`pickle`]); each tensor is read by position when it is asked for, and gathered
//! by its strides where it is not contiguous. Peak memory is one tensor.

use std::path::Path;

use super::archive::{Archive, Span};
use super::file::shown;
use super::pickle::{self, Fault, StorageKind, TensorRecord};
use super::{LoadError, StoredType, TensorEntry, TensorSource};

/// A 7B policy's pickle has about 400 kB.
const MAX_PICKLE: u64 = 16 << 20;

/// Tensors of a `.pt` file.
#[derive(Debug)]
pub(super) struct TorchFile {
    archive: Archive,
    entries: Vec<TensorEntry>,
    places: Vec<Place>,
}

/// Where a tensor lies: a range of the file, and how to walk it unless it is already row-major.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    range: Span,
    stride: Option<Vec<u64>>,
}

impl TorchFile {
    /// Opens the archive and lists its tensors.
    pub(super) fn open(path: &Path) -> Result<Self, LoadError> {
        let mut archive = Archive::open(path)?;
        let Some((folder, span)) = archive.find_in_folder("data.pkl") else {
            let what = "the archive has no data.pkl; it was not written by torch.save";
            return Err(archive.file().unsupported(what));
        };
        if archive.has_folder(&format!("{folder}code/")) {
            return Err(LoadError::Code {
                name: "a TorchScript program".into(),
                path: path.into(),
            });
        }
        check_byte_order(&mut archive, &folder)?;
        if span.count > MAX_PICKLE {
            let what = format!("a pickle of {} bytes is too long", span.count);
            return Err(archive.file().unsupported(what));
        }
        let bytes = archive.file().read_at(span.offset, span.count)?;
        let records = pickle::tensors(&bytes).map_err(|fault| refusal(fault, path))?;
        let mut file = Self {
            archive,
            entries: Vec::with_capacity(records.len()),
            places: Vec::with_capacity(records.len()),
        };
        for (name, record) in records {
            file.add(name, record, &folder)?;
        }
        Ok(file)
    }

    fn add(&mut self, name: String, record: TensorRecord, folder: &str) -> Result<(), LoadError> {
        let stored = match record.kind {
            StorageKind::Float(stored) => stored,
            StorageKind::Other(kind) => {
                return Err(self.archive.file().unsupported(format!(
                    "tensor {} is stored as {kind}; only floating-point weights can be used",
                    shown(&name)
                )));
            }
        };
        let storage = self
            .archive
            .find(&format!("{folder}data/{}", record.storage));
        let Some(storage) = storage else {
            return Err(self.archive.file().damaged(format!(
                "the storage {} of tensor {} is missing",
                shown(&record.storage),
                shown(&name)
            )));
        };
        let Some(place) = place(&record, stored, storage) else {
            return Err(self.archive.file().damaged(format!(
                "tensor {} of shape {:?} does not fit its storage of {} bytes",
                shown(&name),
                record.shape,
                storage.count
            )));
        };
        self.places.push(place);
        self.entries.push(TensorEntry {
            name,
            stored,
            shape: record.shape,
        });
        Ok(())
    }
}

impl TensorSource for TorchFile {
    fn entries(&self) -> &[TensorEntry] {
        &self.entries
    }

    fn read(&mut self, index: usize) -> Result<Vec<u8>, LoadError> {
        let Place { range, stride } = &self.places[index];
        let bytes = self.archive.file().read_at(range.offset, range.count)?;
        let entry = &self.entries[index];
        Ok(match stride {
            None => bytes,
            Some(stride) => gather(&bytes, &entry.shape, stride, entry.stored.size()),
        })
    }
}

fn check_byte_order(archive: &mut Archive, folder: &str) -> Result<(), LoadError> {
    let Some(span) = archive.find(&format!("{folder}byteorder")) else {
        return Ok(());
    };
    let text = archive.file().read_at(span.offset, span.count.min(16))?;
    if text == b"little" {
        Ok(())
    } else {
        let what =
            "the numbers are not little-endian; save the checkpoint again on a usual machine";
        Err(archive.file().unsupported(what))
    }
}

fn refusal(fault: Fault, path: &Path) -> LoadError {
    let path = path.into();
    match fault {
        Fault::Code(name) => LoadError::Code { name, path },
        Fault::Damaged(what) => LoadError::Damaged { what, path },
    }
}

/// Checks a tensor against its storage and finds its bytes; nothing when they do not fit.
///
/// A view with more elements than its storage (a broadcast) does not fit either: it would let a small file claim
/// any amount of memory.
fn place(record: &TensorRecord, stored: StoredType, storage: Span) -> Option<Place> {
    let size = stored.size() as u64;
    let room = storage.count / size;
    let numel = record
        .shape
        .iter()
        .try_fold(1_u64, |product, side| product.checked_mul(*side as u64))?;
    if record.storage_numel > room || numel > record.storage_numel {
        return None;
    }
    let mut extent = u64::from(numel > 0);
    if numel > 0 {
        for (side, step) in record.shape.iter().zip(&record.stride) {
            extent = extent.checked_add((*side as u64 - 1).checked_mul(*step)?)?;
        }
    }
    if record.offset.checked_add(extent)? > record.storage_numel {
        return None;
    }
    Some(Place {
        range: Span {
            offset: storage.offset + record.offset * size,
            count: extent * size,
        },
        stride: (!row_major(&record.shape, &record.stride)).then(|| record.stride.clone()),
    })
}

/// Whether the strides are those of a contiguous tensor; the stride of an axis of one does not matter.
fn row_major(shape: &[usize], stride: &[u64]) -> bool {
    let mut expected = 1_u64;
    for (side, step) in shape.iter().zip(stride).rev() {
        if *side > 1 && *step != expected {
            return false;
        }
        expected = expected.saturating_mul(*side as u64);
    }
    true
}

/// Copies a strided tensor into row-major order. [`place`] has checked that every element lies inside `bytes`.
fn gather(bytes: &[u8], shape: &[usize], stride: &[u64], size: usize) -> Vec<u8> {
    let numel: usize = shape.iter().product();
    let mut out = Vec::with_capacity(numel * size);
    let mut position = vec![0_usize; shape.len()];
    for _ in 0..numel {
        let element: usize = position
            .iter()
            .zip(stride)
            .map(|(at, step)| at * *step as usize)
            .sum();
        out.extend_from_slice(&bytes[element * size..(element + 1) * size]);
        for (at, side) in position.iter_mut().zip(shape).rev() {
            *at += 1;
            if *at < *side {
                break;
            }
            *at = 0;
        }
    }
    out
}

#[cfg(test)]
mod tests;
