//! What a pickle can hold, in flat tables that refer to each other by index.

use super::super::StoredType;

/// Tables and the values in them; a state dictionary needs about thirty for each tensor.
const MAX_VALUES: usize = 1 << 21;

/// Why a pickle is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Fault {
    /// It names something that could run.
    Code(String),
    /// It is not a sound pickle.
    Damaged(String),
}

/// The element type of a storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum StorageKind {
    /// Usable as weights.
    Float(StoredType),
    /// Whole numbers or truth values, by PyTorch's name.
    Other(&'static str),
}

/// The names a state dictionary may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Global {
    OrderedDict,
    RebuildTensor,
    RebuildParameter,
    Storage(StorageKind),
}

/// A value on the stack. Small, so that sharing is copying.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    None,
    Int(i64),
    Text(&'a str),
    Tuple(usize),
    Dict(usize),
    Global(Global),
    Storage(usize),
    Tensor(usize),
    /// Something no tensor depends on.
    Opaque,
}

/// A storage that tensors share, kept in its own file of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StorageRecord {
    pub(super) key: String,
    pub(super) kind: StorageKind,
    pub(super) numel: u64,
}

/// A tensor: a view of a storage. Lengths in elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct TensorRecord {
    /// The storage's file name.
    pub(in super::super) storage: String,
    /// The storage's element type.
    pub(in super::super) kind: StorageKind,
    /// Elements in the storage.
    pub(in super::super) storage_numel: u64,
    /// First element.
    pub(in super::super) offset: u64,
    /// Shape.
    pub(in super::super) shape: Vec<usize>,
    /// Elements between neighbours along each axis.
    pub(in super::super) stride: Vec<u64>,
}

/// The tables.
#[derive(Debug, Default)]
pub(super) struct Heap<'a> {
    tuples: Vec<Vec<Value<'a>>>,
    dicts: Vec<Vec<[Value<'a>; 2]>>,
    storages: Vec<StorageRecord>,
    tensors: Vec<TensorRecord>,
    used: usize,
}

impl<'a> Heap<'a> {
    pub(super) fn tuple(&mut self, items: Vec<Value<'a>>) -> Result<Value<'a>, Fault> {
        self.room(items.len())?;
        self.tuples.push(items);
        Ok(Value::Tuple(self.tuples.len() - 1))
    }

    pub(super) fn dict(&mut self) -> Result<Value<'a>, Fault> {
        self.room(0)?;
        self.dicts.push(Vec::new());
        Ok(Value::Dict(self.dicts.len() - 1))
    }

    pub(super) fn storage(&mut self, storage: StorageRecord) -> Result<Value<'a>, Fault> {
        self.room(0)?;
        self.storages.push(storage);
        Ok(Value::Storage(self.storages.len() - 1))
    }

    pub(super) fn tensor(&mut self, tensor: TensorRecord) -> Result<Value<'a>, Fault> {
        self.room(0)?;
        self.tensors.push(tensor);
        Ok(Value::Tensor(self.tensors.len() - 1))
    }

    /// Adds pairs to a dictionary.
    pub(super) fn extend(&mut self, dict: usize, pairs: &[[Value<'a>; 2]]) -> Result<(), Fault> {
        self.room(2 * pairs.len())?;
        self.dicts[dict].extend_from_slice(pairs);
        Ok(())
    }

    /// The items of a tuple.
    pub(super) fn items(&self, value: Value<'a>) -> Option<&[Value<'a>]> {
        match value {
            Value::Tuple(at) => Some(&self.tuples[at]),
            _ => None,
        }
    }

    /// The pairs of a dictionary.
    pub(super) fn pairs(&self, value: Value<'a>) -> Option<&[[Value<'a>; 2]]> {
        match value {
            Value::Dict(at) => Some(&self.dicts[at]),
            _ => None,
        }
    }

    /// A storage.
    pub(super) fn storage_of(&self, value: Value<'a>) -> Option<&StorageRecord> {
        match value {
            Value::Storage(at) => Some(&self.storages[at]),
            _ => None,
        }
    }

    /// A tensor.
    pub(super) fn tensor_of(&self, value: Value<'a>) -> Option<&TensorRecord> {
        match value {
            Value::Tensor(at) => Some(&self.tensors[at]),
            _ => None,
        }
    }

    /// Takes room for one more row of a table and `items` values in it.
    fn room(&mut self, items: usize) -> Result<(), Fault> {
        self.used += 1 + items;
        if self.used <= MAX_VALUES {
            Ok(())
        } else {
            Err(Fault::Damaged(format!(
                "the pickle holds more than {MAX_VALUES} values"
            )))
        }
    }
}
