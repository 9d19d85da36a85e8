//! The bytes of a pickle, taken one after another.

use super::{Machine, Node, PickleError, damaged};

impl<'a> Machine<'a> {
    pub(super) fn number(&mut self, code: u8) -> Result<(), PickleError> {
        let node = match code {
            b'J' => Node::Integer(i64::from(i32::from_le_bytes(self.array()?))),
            b'K' => Node::Integer(i64::from(self.u8()?)),
            b'M' => Node::Integer(i64::from(u16::from_le_bytes(self.array()?))),
            b'G' => Node::Float(f64::from_be_bytes(self.array()?)),
            _ => {
                let count = usize::from(self.u8()?);
                let bytes = self.take(count)?;
                if count > 8 {
                    return Err(PickleError::TooLarge("64 bits in a number"));
                }
                // Little-endian two's complement, as short as it goes.
                let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
                let mut wide = [if negative { 0xff } else { 0 }; 8];
                wide[..count].copy_from_slice(bytes);
                Node::Integer(i64::from_le_bytes(wide))
            }
        };
        self.push(node)
    }

    /// Bytes behind a count of four, one or eight bytes.
    pub(super) fn counted(
        &mut self,
        code: u8,
        [four, one, _eight]: [u8; 3],
    ) -> Result<&'a [u8], PickleError> {
        let count = if code == four {
            u64::from(u32::from_le_bytes(self.array()?))
        } else if code == one {
            u64::from(self.u8()?)
        } else {
            u64::from_le_bytes(self.array()?)
        };
        self.take(usize::try_from(count).unwrap_or(usize::MAX))
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], PickleError> {
        let (taken, rest) = self
            .bytes
            .split_at_checked(count)
            .ok_or_else(|| damaged("it ends too early"))?;
        self.bytes = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], PickleError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn u8(&mut self) -> Result<u8, PickleError> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn line(&mut self) -> Result<String, PickleError> {
        let end = self.bytes.iter().position(|byte| *byte == b'\n');
        let line = self.take(end.ok_or_else(|| damaged("a name is cut off"))?)?;
        self.take(1)?;
        Ok(String::from_utf8_lossy(line).into_owned())
    }
}
