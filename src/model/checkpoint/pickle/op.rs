//! Opcodes by the names of Python's `pickletools`, and the bytes they stand in.

use super::value::Fault;

pub(in super::super) const MARK: u8 = b'(';
pub(in super::super) const STOP: u8 = b'.';
pub(in super::super) const POP: u8 = b'0';
pub(in super::super) const POP_MARK: u8 = b'1';
pub(in super::super) const DUP: u8 = b'2';
pub(in super::super) const PROTO: u8 = 0x80;
pub(in super::super) const FRAME: u8 = 0x95;

pub(in super::super) const NONE: u8 = b'N';
pub(in super::super) const NEWTRUE: u8 = 0x88;
pub(in super::super) const NEWFALSE: u8 = 0x89;
pub(in super::super) const BININT: u8 = b'J';
pub(in super::super) const BININT1: u8 = b'K';
pub(in super::super) const BININT2: u8 = b'M';
pub(in super::super) const LONG1: u8 = 0x8a;
pub(in super::super) const BINFLOAT: u8 = b'G';

pub(in super::super) const BINUNICODE: u8 = b'X';
pub(in super::super) const SHORT_BINUNICODE: u8 = 0x8c;
pub(in super::super) const BINUNICODE8: u8 = 0x8d;
pub(in super::super) const BINSTRING: u8 = b'T';
pub(in super::super) const SHORT_BINSTRING: u8 = b'U';
pub(in super::super) const BINBYTES: u8 = b'B';
pub(in super::super) const SHORT_BINBYTES: u8 = b'C';
pub(in super::super) const BINBYTES8: u8 = 0x8e;

pub(in super::super) const EMPTY_TUPLE: u8 = b')';
pub(in super::super) const TUPLE: u8 = b't';
pub(in super::super) const TUPLE1: u8 = 0x85;
pub(in super::super) const TUPLE2: u8 = 0x86;
pub(in super::super) const TUPLE3: u8 = 0x87;
pub(in super::super) const EMPTY_LIST: u8 = b']';
pub(in super::super) const APPEND: u8 = b'a';
pub(in super::super) const APPENDS: u8 = b'e';
pub(in super::super) const EMPTY_DICT: u8 = b'}';
pub(in super::super) const SETITEM: u8 = b's';
pub(in super::super) const SETITEMS: u8 = b'u';

pub(in super::super) const BINPUT: u8 = b'q';
pub(in super::super) const LONG_BINPUT: u8 = b'r';
pub(in super::super) const MEMOIZE: u8 = 0x94;
pub(in super::super) const BINGET: u8 = b'h';
pub(in super::super) const LONG_BINGET: u8 = b'j';

pub(in super::super) const GLOBAL: u8 = b'c';
pub(in super::super) const STACK_GLOBAL: u8 = 0x93;
pub(in super::super) const REDUCE: u8 = b'R';
pub(in super::super) const BUILD: u8 = b'b';
pub(in super::super) const BINPERSID: u8 = b'Q';

pub(in super::super) const INST: u8 = b'i';
pub(in super::super) const OBJ: u8 = b'o';
pub(in super::super) const NEWOBJ: u8 = 0x81;
pub(in super::super) const NEWOBJ_EX: u8 = 0x92;
pub(in super::super) const PERSID: u8 = b'P';
pub(in super::super) const EXT1: u8 = 0x82;
pub(in super::super) const EXT2: u8 = 0x83;
pub(in super::super) const EXT4: u8 = 0x84;

/// The longest line of a text opcode: a module or a name.
const MAX_LINE: usize = 1024;

/// The bytes of a pickle and how far they are read.
pub(super) struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next byte.
    pub(super) fn byte(&mut self) -> Result<u8, Fault> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let bytes = self.take(N)?.first_chunk().copied();
        bytes.ok_or_else(|| self.fault("a cut number"))
    }

    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        match self.bytes[self.at..].get(..count) {
            Some(bytes) => {
                self.at += count;
                Ok(bytes)
            }
            None => Err(self.fault("the end of the data")),
        }
    }

    /// The text up to the next line feed, which is skipped.
    pub(super) fn line(&mut self) -> Result<&'a str, Fault> {
        let rest = &self.bytes[self.at..];
        let end = rest.iter().take(MAX_LINE).position(|byte| *byte == b'\n');
        let text = end.and_then(|end| std::str::from_utf8(&rest[..end]).ok());
        let Some(text) = text else {
            return Err(self.fault("a cut name"));
        };
        self.at += text.len() + 1;
        Ok(text)
    }

    /// Damage at this place.
    pub(super) fn fault(&self, what: &str) -> Fault {
        Fault::Damaged(format!("{what} at byte {} of the pickle", self.at))
    }
}

/// A little-endian two's complement number of up to eight bytes.
pub(super) fn long(bytes: &[u8]) -> Option<i64> {
    if bytes.len() > 8 {
        return None;
    }
    let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    let mut wide = [if negative { 0xFF } else { 0 }; 8];
    wide[..bytes.len()].copy_from_slice(bytes);
    Some(i64::from_le_bytes(wide))
}
