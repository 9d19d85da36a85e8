//! Cells that hold Python pickles of plain values and numpy arrays, as JSON. Parsed, never run.
//!
//! The machine keeps a stack and a memo over flat storage. It knows a closed list of opcodes and of names, all of
//! which only build values; anything else is refused with its name. Depth, sizes and the size of the answer are
//! bounded, so that shared values cannot multiply.

mod array;
mod input;
mod objects;

use std::collections::HashMap;

use serde_json::{Map, Number, Value};

use array::{Array, Dtype};

/// Longest pickle that is read.
const MAX_BYTES: usize = 1 << 26;
/// Values on the stack or built.
const MAX_NODES: usize = 1 << 20;
/// Values in the answer.
const MAX_ANSWER: usize = 1 << 20;
/// Values inside each other.
const MAX_DEPTH: usize = 64;

/// Why a pickle is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PickleError {
    /// It would run code.
    #[error("the pickle calls {0}, which is never run; store plain values and numpy arrays")]
    Code(String),
    /// It is no pickle, or a damaged one.
    #[error("the pickle is damaged or unknown: {0}")]
    Damaged(String),
    /// It is larger than any annotation.
    #[error("the pickle holds more than the limit of {0}")]
    TooLarge(&'static str),
}

type Id = usize;

/// A value that was built.
#[derive(Debug, Clone)]
enum Node {
    None,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Id>),
    Tuple(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    /// A name from the closed list.
    Name(Name),
    Dtype(Dtype),
    Array(Array),
}

/// The names that may be called, each of which only builds a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    /// `numpy.core.multiarray._reconstruct`: an empty array that is filled by its state.
    Reconstruct,
    /// `numpy.ndarray`, as an argument only.
    NdArray,
    /// `numpy.dtype`.
    Dtype,
    /// `numpy.core.multiarray.scalar`.
    Scalar,
    /// `numpy.core.numeric._frombuffer`.
    FromBuffer,
    /// `_codecs.encode`: bytes as Python 2 wrote them.
    Encode,
    /// `bytes` or `bytearray`.
    Bytes,
}

/// Reads a pickle to JSON. Arrays become nested lists, records become objects, bytes are only counted.
///
/// # Errors
/// When it is damaged, too large, or calls anything that is not on the closed list.
pub fn unpickle(bytes: &[u8]) -> Result<Value, PickleError> {
    if bytes.len() > MAX_BYTES {
        return Err(PickleError::TooLarge("64 MB"));
    }
    let mut machine = Machine {
        bytes,
        nodes: Vec::new(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
    };
    let last = machine.run()?;
    let mut budget = MAX_ANSWER;
    machine.json(last, 0, &mut budget)
}

struct Machine<'a> {
    bytes: &'a [u8],
    nodes: Vec<Node>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
}

fn damaged(what: &str) -> PickleError {
    PickleError::Damaged(what.to_owned())
}

impl Machine<'_> {
    fn run(&mut self) -> Result<Id, PickleError> {
        loop {
            match self.u8()? {
                b'.' => return self.pop(),
                code => self.step(code)?,
            }
            if self.stack.len() > MAX_NODES {
                return Err(PickleError::TooLarge("a million values"));
            }
        }
    }

    fn step(&mut self, code: u8) -> Result<(), PickleError> {
        match code {
            // PROTO, FRAME: nothing to build.
            0x80 => self.take(1).map(drop),
            0x95 => self.take(8).map(drop),
            b'(' => {
                self.marks.push(self.stack.len());
                Ok(())
            }
            b'0' => self.pop().map(drop),
            b'1' => self.until_mark().map(drop),
            b'2' => self.top().map(|top| self.stack.push(top)),
            b'N' => self.push(Node::None),
            0x88 => self.push(Node::Bool(true)),
            0x89 => self.push(Node::Bool(false)),
            b'J' | b'K' | b'M' | 0x8a | b'G' => self.number(code),
            b'X' | 0x8c | 0x8d => {
                let text = self.counted(code, [b'X', 0x8c, 0x8d])?;
                let text = std::str::from_utf8(text).map_err(|_| damaged("text is not UTF-8"))?;
                self.push(Node::Text(text.to_owned()))
            }
            b'B' | b'C' | 0x8e | 0x96 => {
                let code = if code == 0x96 { 0x8e } else { code };
                let bytes = self.counted(code, [b'B', b'C', 0x8e])?.to_vec();
                self.push(Node::Bytes(bytes))
            }
            b')' | b't' | 0x85..=0x87 => self.tuple(code),
            b']' => self.push(Node::List(Vec::new())),
            b'a' | b'e' => self.append(code),
            b'}' => self.push(Node::Dict(Vec::new())),
            b's' | b'u' => self.set_items(code),
            b'q' | b'r' | 0x94 | b'h' | b'j' => self.remember(code),
            b'c' | 0x93 => self.name(code),
            b'R' => self.call(),
            b'b' => self.build(),
            other => Err(PickleError::Code(format!("opcode {other:#04x}"))),
        }
    }

    fn tuple(&mut self, code: u8) -> Result<(), PickleError> {
        let items = match code {
            b')' => Vec::new(),
            b't' => self.until_mark()?,
            _ => {
                let count = usize::from(code - 0x84);
                let start = self.stack.len().checked_sub(count);
                let start = start.ok_or_else(|| damaged("the stack is empty"))?;
                self.stack.split_off(start)
            }
        };
        self.push(Node::Tuple(items))
    }

    fn append(&mut self, code: u8) -> Result<(), PickleError> {
        let items = if code == b'a' {
            vec![self.pop()?]
        } else {
            self.until_mark()?
        };
        let list = self.top()?;
        match &mut self.nodes[list] {
            Node::List(list) => list.extend(items),
            _ => return Err(damaged("values are appended to what is no list")),
        }
        Ok(())
    }

    fn set_items(&mut self, code: u8) -> Result<(), PickleError> {
        let items = if code == b's' {
            let (value, key) = (self.pop()?, self.pop()?);
            vec![key, value]
        } else {
            self.until_mark()?
        };
        let dict = self.top()?;
        match &mut self.nodes[dict] {
            Node::Dict(dict) => dict.extend(items.chunks_exact(2).map(|pair| (pair[0], pair[1]))),
            _ => return Err(damaged("entries are set in what is no dictionary")),
        }
        Ok(())
    }

    fn remember(&mut self, code: u8) -> Result<(), PickleError> {
        let place = match code {
            b'q' | b'h' => u64::from(self.u8()?),
            0x94 => self.memo.len() as u64,
            _ => u64::from(u32::from_le_bytes(self.array()?)),
        };
        if matches!(code, b'h' | b'j') {
            let known = self.memo.get(&place).copied();
            self.stack
                .push(known.ok_or_else(|| damaged("a value that was not remembered"))?);
        } else {
            let top = self.top()?;
            self.memo.insert(place, top);
        }
        Ok(())
    }

    fn json(&self, id: Id, depth: usize, budget: &mut usize) -> Result<Value, PickleError> {
        *budget = budget
            .checked_sub(1)
            .ok_or(PickleError::TooLarge("a million values"))?;
        if depth > MAX_DEPTH {
            return Err(PickleError::TooLarge("64 values inside each other"));
        }
        let mut list = |ids: &[Id]| {
            let values = ids.iter().map(|id| self.json(*id, depth + 1, budget));
            values.collect::<Result<Vec<_>, _>>().map(Value::Array)
        };
        Ok(match &self.nodes[id] {
            Node::None => Value::Null,
            Node::Bool(value) => (*value).into(),
            Node::Integer(value) => (*value).into(),
            Node::Float(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
            Node::Text(text) => text.clone().into(),
            Node::Bytes(bytes) => format!("{} bytes", bytes.len()).into(),
            Node::List(ids) | Node::Tuple(ids) => list(ids)?,
            Node::Dict(entries) => {
                let mut object = Map::new();
                for (key, value) in entries {
                    let key = match self.json(*key, depth + 1, budget)? {
                        Value::String(text) => text,
                        other => other.to_string(),
                    };
                    object.insert(key, self.json(*value, depth + 1, budget)?);
                }
                Value::Object(object)
            }
            Node::Array(array) => array.json(budget)?,
            Node::Name(_) | Node::Dtype(_) => {
                return Err(damaged("a type where a value should be"));
            }
        })
    }

    fn push(&mut self, node: Node) -> Result<(), PickleError> {
        if self.nodes.len() >= MAX_NODES {
            return Err(PickleError::TooLarge("a million values"));
        }
        self.stack.push(self.nodes.len());
        self.nodes.push(node);
        Ok(())
    }

    fn pop(&mut self) -> Result<Id, PickleError> {
        self.stack
            .pop()
            .ok_or_else(|| damaged("the stack is empty"))
    }

    fn top(&self) -> Result<Id, PickleError> {
        self.stack
            .last()
            .copied()
            .ok_or_else(|| damaged("the stack is empty"))
    }

    fn until_mark(&mut self) -> Result<Vec<Id>, PickleError> {
        let mark = self.marks.pop().filter(|mark| *mark <= self.stack.len());
        Ok(self
            .stack
            .split_off(mark.ok_or_else(|| damaged("a mark is missing"))?))
    }
}

#[cfg(test)]
#[path = "pickle_tests.rs"]
mod tests;
