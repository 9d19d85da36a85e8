//! A reader of pickled state dictionaries that parses and never runs: no name in the file is looked up or called.
//!
//! It keeps a stack and a memo like the pickle machine of Python, over the opcodes that `torch.save` writes
//! (protocols 2 to 5). The only names it knows are those a state dictionary needs; any other is reported as code.
//! Values live in flat tables, so nesting cannot exhaust the call stack, and shared or cyclic values cost nothing.

mod call;
pub(super) mod op;
mod state;
mod value;

use std::collections::HashMap;

pub(super) use state::tensors;
pub(super) use value::{Fault, StorageKind, TensorRecord};

use op::Input;
use value::{Heap, Value};

/// Values waiting on the stack; Python batches dictionaries by 1000.
const MAX_STACK: usize = 1 << 17;
/// Open marks: tuples and dictionaries inside each other.
const MAX_MARKS: usize = 256;
/// Remembered values; a state dictionary needs about ten for each tensor.
const MAX_MEMO: usize = 1 << 20;

/// The machine: what has been read so far.
struct Machine<'a> {
    input: Input<'a>,
    heap: Heap<'a>,
    stack: Vec<Value<'a>>,
    marks: Vec<usize>,
    memo: HashMap<u32, Value<'a>>,
}

/// Reads the whole pickle: the tables and the value it ends with.
fn read(bytes: &[u8]) -> Result<(Heap<'_>, Value<'_>), Fault> {
    let mut machine = Machine {
        input: Input::new(bytes),
        heap: Heap::default(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
    };
    loop {
        let code = machine.input.byte()?;
        if code == op::STOP {
            let value = machine.pop()?;
            return Ok((machine.heap, value));
        }
        machine.step(code)?;
    }
}

impl<'a> Machine<'a> {
    fn step(&mut self, code: u8) -> Result<(), Fault> {
        match code {
            op::PROTO => self.protocol(),
            op::FRAME => self.input.take(8).map(drop),
            op::MARK | op::POP | op::POP_MARK | op::DUP => self.stack_op(code),
            op::NONE | op::NEWTRUE | op::NEWFALSE => self.constant(code),
            op::BININT | op::BININT1 | op::BININT2 | op::LONG1 | op::BINFLOAT => self.number(code),
            op::BINUNICODE
            | op::SHORT_BINUNICODE
            | op::BINUNICODE8
            | op::BINSTRING
            | op::SHORT_BINSTRING => self.text(code),
            op::BINBYTES | op::SHORT_BINBYTES | op::BINBYTES8 => self.bytes(code),
            op::EMPTY_TUPLE | op::TUPLE | op::TUPLE1 | op::TUPLE2 | op::TUPLE3 => self.tuple(code),
            op::EMPTY_LIST | op::APPEND | op::APPENDS => self.list(code),
            op::EMPTY_DICT | op::SETITEM | op::SETITEMS => self.dict(code),
            op::BINPUT | op::LONG_BINPUT | op::MEMOIZE | op::BINGET | op::LONG_BINGET => {
                self.remember(code)
            }
            op::GLOBAL | op::STACK_GLOBAL | op::REDUCE | op::BINPERSID | op::BUILD => {
                self.object(code)
            }
            other => Err(self.refused(other)),
        }
    }

    /// What an opcode outside the list means: code, or damage.
    fn refused(&mut self, code: u8) -> Fault {
        match code {
            op::INST => match (self.input.line(), self.input.line()) {
                (Ok(module), Ok(name)) => call::code(module, name),
                _ => self.input.fault("a cut name"),
            },
            op::OBJ | op::NEWOBJ | op::NEWOBJ_EX => Fault::Code("construction of an object".into()),
            op::PERSID | op::EXT1 | op::EXT2 | op::EXT4 => {
                Fault::Code("a reference outside the file".into())
            }
            other => self.input.fault(&format!("opcode {other:#04x}")),
        }
    }

    fn protocol(&mut self) -> Result<(), Fault> {
        match self.input.byte()? {
            2..=5 => Ok(()),
            other => Err(self.input.fault(&format!("protocol {other}"))),
        }
    }

    fn stack_op(&mut self, code: u8) -> Result<(), Fault> {
        match code {
            op::MARK if self.marks.len() >= MAX_MARKS => {
                Err(self.input.fault("values nested too deeply"))
            }
            op::MARK => {
                self.marks.push(self.stack.len());
                Ok(())
            }
            op::POP_MARK => self.pop_mark().map(drop),
            op::DUP => {
                let value = self.top()?;
                self.push(value)
            }
            _ if self.marks.last() == Some(&self.stack.len()) => {
                self.marks.pop();
                Ok(())
            }
            _ => self.pop().map(drop),
        }
    }

    fn constant(&mut self, code: u8) -> Result<(), Fault> {
        self.push(match code {
            op::NEWTRUE | op::NEWFALSE => Value::Opaque,
            _ => Value::None,
        })
    }

    fn number(&mut self, code: u8) -> Result<(), Fault> {
        let value = match code {
            op::BININT1 => Value::Int(i64::from(self.input.byte()?)),
            op::BININT2 => Value::Int(i64::from(u16::from_le_bytes(self.input.array()?))),
            op::BININT => Value::Int(i64::from(i32::from_le_bytes(self.input.array()?))),
            op::LONG1 => {
                let count = usize::from(self.input.byte()?);
                op::long(self.input.take(count)?).map_or(Value::Opaque, Value::Int)
            }
            _ => {
                self.input.take(8)?;
                Value::Opaque
            }
        };
        self.push(value)
    }

    fn text(&mut self, code: u8) -> Result<(), Fault> {
        let bytes = self.counted(code)?;
        let value = std::str::from_utf8(bytes).map_or(Value::Opaque, Value::Text);
        self.push(value)
    }

    fn bytes(&mut self, code: u8) -> Result<(), Fault> {
        self.counted(code)?;
        self.push(Value::Opaque)
    }

    /// The bytes after a length of the width the opcode says.
    fn counted(&mut self, code: u8) -> Result<&'a [u8], Fault> {
        let count = match code {
            op::SHORT_BINUNICODE | op::SHORT_BINSTRING | op::SHORT_BINBYTES => {
                u64::from(self.input.byte()?)
            }
            op::BINUNICODE8 | op::BINBYTES8 => u64::from_le_bytes(self.input.array()?),
            _ => u64::from(u32::from_le_bytes(self.input.array()?)),
        };
        let Ok(count) = usize::try_from(count) else {
            return Err(self.input.fault("a text longer than the memory"));
        };
        self.input.take(count)
    }

    fn tuple(&mut self, code: u8) -> Result<(), Fault> {
        let items = match code {
            op::EMPTY_TUPLE => Vec::new(),
            op::TUPLE1 => self.pop_many(1)?,
            op::TUPLE2 => self.pop_many(2)?,
            op::TUPLE3 => self.pop_many(3)?,
            _ => self.pop_mark()?,
        };
        let tuple = self.heap.tuple(items)?;
        self.push(tuple)
    }

    /// Lists carry nothing a tensor needs: they are kept as opaque values, their items dropped.
    fn list(&mut self, code: u8) -> Result<(), Fault> {
        match code {
            op::EMPTY_LIST => self.push(Value::Opaque),
            op::APPEND => self.pop_many(1).map(drop),
            _ => self.pop_mark().map(drop),
        }
    }

    fn dict(&mut self, code: u8) -> Result<(), Fault> {
        let items = match code {
            op::EMPTY_DICT => {
                let dict = self.heap.dict()?;
                return self.push(dict);
            }
            op::SETITEM => self.pop_many(2)?,
            _ => self.pop_mark()?,
        };
        match (self.top()?, items.as_chunks::<2>()) {
            (Value::Dict(dict), (pairs, [])) => self.heap.extend(dict, pairs),
            _ => Err(self.input.fault("items without a dictionary")),
        }
    }

    fn remember(&mut self, code: u8) -> Result<(), Fault> {
        let key = match code {
            op::BINPUT | op::BINGET => u32::from(self.input.byte()?),
            op::LONG_BINPUT | op::LONG_BINGET => u32::from_le_bytes(self.input.array()?),
            _ => self.memo.len() as u32,
        };
        if matches!(code, op::BINGET | op::LONG_BINGET) {
            let Some(value) = self.memo.get(&key).copied() else {
                return Err(self.input.fault("a value that was never stored"));
            };
            return self.push(value);
        }
        if self.memo.len() >= MAX_MEMO {
            return Err(self.input.fault("too many stored values"));
        }
        let value = self.top()?;
        self.memo.insert(key, value);
        Ok(())
    }

    fn push(&mut self, value: Value<'a>) -> Result<(), Fault> {
        if self.stack.len() >= MAX_STACK {
            return Err(self.input.fault("too many values at once"));
        }
        self.stack.push(value);
        Ok(())
    }

    fn top(&self) -> Result<Value<'a>, Fault> {
        let top = self.stack.last().copied();
        top.ok_or_else(|| self.input.fault("an empty stack"))
    }

    /// The top value. Values below the last mark belong to somebody else.
    fn pop(&mut self) -> Result<Value<'a>, Fault> {
        let mut one = self.pop_many(1)?;
        one.pop().ok_or_else(|| self.input.fault("an empty stack"))
    }

    fn pop_many(&mut self, count: usize) -> Result<Vec<Value<'a>>, Fault> {
        let floor = self.marks.last().copied().unwrap_or(0);
        match self.stack.len().checked_sub(count) {
            Some(from) if from >= floor => Ok(self.stack.split_off(from)),
            _ => Err(self.input.fault("an empty stack")),
        }
    }

    fn pop_mark(&mut self) -> Result<Vec<Value<'a>>, Fault> {
        let Some(from) = self.marks.pop() else {
            return Err(self.input.fault("no open mark"));
        };
        Ok(self.stack.split_off(from))
    }
}

#[cfg(test)]
mod tests;
