//! The few names a state dictionary uses, and what calling them means as data.

use super::super::StoredType;
use super::super::file::shown;
use super::value::{Fault, Global, StorageKind, StorageRecord, TensorRecord, Value};
use super::{Machine, op};

/// More axes than any weight has.
const MAX_AXES: usize = 8;

/// A name that is not on the list.
pub(super) fn code(module: &str, name: &str) -> Fault {
    Fault::Code(shown(&format!("{module}.{name}")))
}

/// The list. Everything else is code.
fn known(module: &str, name: &str) -> Option<Global> {
    let storage = |kind| Some(Global::Storage(kind));
    match (module, name) {
        ("collections", "OrderedDict") => Some(Global::OrderedDict),
        ("torch._utils", "_rebuild_tensor_v2") => Some(Global::RebuildTensor),
        ("torch._utils", "_rebuild_parameter") => Some(Global::RebuildParameter),
        ("torch", "DoubleStorage") => storage(StorageKind::Float(StoredType::F64)),
        ("torch", "FloatStorage") => storage(StorageKind::Float(StoredType::F32)),
        ("torch", "HalfStorage") => storage(StorageKind::Float(StoredType::F16)),
        ("torch", "BFloat16Storage") => storage(StorageKind::Float(StoredType::Bf16)),
        ("torch", "LongStorage") => storage(StorageKind::Other("int64")),
        ("torch", "IntStorage") => storage(StorageKind::Other("int32")),
        ("torch", "ShortStorage") => storage(StorageKind::Other("int16")),
        ("torch", "CharStorage") => storage(StorageKind::Other("int8")),
        ("torch", "ByteStorage") => storage(StorageKind::Other("uint8")),
        ("torch", "BoolStorage") => storage(StorageKind::Other("bool")),
        _ => None,
    }
}

impl<'a> Machine<'a> {
    /// Opcodes that name, call or complete objects.
    pub(super) fn object(&mut self, opcode: u8) -> Result<(), Fault> {
        match opcode {
            op::GLOBAL => {
                let (module, name) = (self.input.line()?, self.input.line()?);
                self.global(module, name)
            }
            op::STACK_GLOBAL => match self.pop_many(2)?.as_slice() {
                [Value::Text(module), Value::Text(name)] => self.global(module, name),
                _ => Err(self.input.fault("a name that is not text")),
            },
            op::REDUCE => self.reduce(),
            op::BINPERSID => self.persistent(),
            _ => self.build(),
        }
    }

    fn global(&mut self, module: &str, name: &str) -> Result<(), Fault> {
        match known(module, name) {
            Some(global) => self.push(Value::Global(global)),
            None => Err(code(module, name)),
        }
    }

    fn reduce(&mut self) -> Result<(), Fault> {
        let arguments = self.pop()?;
        let called = self.pop()?;
        let Some(arguments) = self.heap.items(arguments) else {
            return Err(self.input.fault("a call without arguments"));
        };
        let result = match (called, arguments) {
            (Value::Global(Global::OrderedDict), []) => self.heap.dict()?,
            (Value::Global(Global::RebuildTensor), arguments) => {
                let tensor = self.view(arguments);
                let tensor = tensor.ok_or_else(|| self.input.fault("a malformed tensor"))?;
                self.heap.tensor(tensor)?
            }
            (Value::Global(Global::RebuildParameter), [data @ Value::Tensor(_), ..]) => *data,
            (Value::Global(_), _) => return Err(self.input.fault("a malformed call")),
            _ => return Err(Fault::Code("a call of something that is not a name".into())),
        };
        self.push(result)
    }

    /// `_rebuild_tensor_v2(storage, storage_offset, size, stride, requires_grad, backward_hooks)`.
    fn view(&self, arguments: &[Value<'a>]) -> Option<TensorRecord> {
        let [storage, Value::Int(offset), size, stride, ..] = arguments else {
            return None;
        };
        let storage = self.heap.storage_of(*storage)?;
        let shape = self.lengths(*size)?;
        let stride = self.lengths(*stride)?;
        (shape.len() == stride.len()).then(|| TensorRecord {
            storage: storage.key.clone(),
            kind: storage.kind,
            storage_numel: storage.numel,
            offset: u64::try_from(*offset).unwrap_or(u64::MAX),
            shape,
            stride: stride.into_iter().map(|step| step as u64).collect(),
        })
    }

    fn lengths(&self, value: Value<'a>) -> Option<Vec<usize>> {
        let items = self.heap.items(value)?;
        if items.len() > MAX_AXES {
            return None;
        }
        let whole = |item: &Value| match item {
            Value::Int(length) => usize::try_from(*length).ok(),
            _ => None,
        };
        items.iter().map(whole).collect()
    }

    /// `('storage', type, key, location, numel)`.
    fn persistent(&mut self) -> Result<(), Fault> {
        let id = self.pop()?;
        let record = match self.heap.items(id) {
            Some(
                [
                    Value::Text("storage"),
                    Value::Global(Global::Storage(kind)),
                    Value::Text(key),
                    _,
                    Value::Int(numel),
                ],
            ) if key.len() <= 64 => StorageRecord {
                key: (*key).to_owned(),
                kind: *kind,
                numel: u64::try_from(*numel).unwrap_or(u64::MAX),
            },
            _ => return Err(self.input.fault("a malformed storage")),
        };
        let storage = self.heap.storage(record)?;
        self.push(storage)
    }

    /// Attributes of a dictionary (`_metadata`) are dropped; nothing else may have any.
    fn build(&mut self) -> Result<(), Fault> {
        self.pop()?;
        match self.top()? {
            Value::Dict(_) => Ok(()),
            _ => Err(Fault::Code("attributes set on an object".into())),
        }
    }
}
