//! The zip container of a `.pt` file, as far as PyTorch writes it: stored entries and zip64.
//!
//! Compressed entries are refused, so an entry is never longer than its bytes in the file and cannot be a bomb.
//! Layout and numbers: PKWARE `APPNOTE.TXT` 6.3.10, sections 4.3 and 4.5.3. Checksums are not compared: PyTorch may
//! leave them out (`torch.serialization.set_crc32_options`).

use std::collections::HashMap;
use std::path::Path;

use super::LoadError;
use super::file::{InputFile, shown};

const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const CENTRAL_HEADER: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
const END_SIZE: u64 = 22;
const END_64_SIZE: u64 = 56;
const LOCATOR_64_SIZE: u64 = 20;
const LOCAL_SIZE: u64 = 30;
const CENTRAL_SIZE: usize = 46;
const LONGEST_COMMENT: u64 = 0xFFFF;
const ENCRYPTED: u16 = 1;
/// Marks a 32-bit field whose value is in the zip64 extra field.
const IN_EXTRA: u64 = 0xFFFF_FFFF;
const EXTRA_64: u16 = 1;
/// A 7B policy lists about 1700 tensors; this leaves room for every optimiser state too.
const MAX_ENTRIES: u64 = 200_000;
const MAX_DIRECTORY: u64 = 64 << 20;

/// Where the bytes of an entry lie in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// First byte.
    pub(super) offset: u64,
    /// Number of bytes.
    pub(super) count: u64,
}

/// An open archive whose directory has been checked against the file.
#[derive(Debug)]
pub(super) struct Archive {
    file: InputFile,
    entries: HashMap<String, Span>,
}

/// A row of the central directory.
struct Row {
    name: String,
    local: u64,
    count: u64,
}

/// What the end record says about the directory.
struct Directory {
    offset: u64,
    size: u64,
    entries: u64,
}

impl Archive {
    /// Reads the directory of the archive at `path`.
    pub(super) fn open(path: &Path) -> Result<Self, LoadError> {
        let mut file = InputFile::open(path)?;
        let directory = find_directory(&mut file)?;
        let mut rows = read_directory(&mut file, &directory)?;
        rows.sort_by_key(|row| row.local);
        let mut entries = HashMap::with_capacity(rows.len());
        let mut end = 0;
        for row in rows {
            if row.local < end {
                let what = format!("entry {} overlaps the one before it", shown(&row.name));
                return Err(file.damaged(what));
            }
            let span = locate(&mut file, &row, directory.offset)?;
            end = span.offset + span.count;
            if let Some(_other) = entries.insert(row.name.clone(), span) {
                let what = format!("entry {} is listed twice", shown(&row.name));
                return Err(file.damaged(what));
            }
        }
        Ok(Self { file, entries })
    }

    /// Where an entry lies.
    pub(super) fn find(&self, name: &str) -> Option<Span> {
        self.entries.get(name).copied()
    }

    /// The one entry that is `suffix` or ends with a slash and `suffix`: its folder with the slash, and its place.
    pub(super) fn find_in_folder(&self, suffix: &str) -> Option<(String, Span)> {
        let mut found = self.entries.iter().filter_map(|(name, span)| {
            let folder = name.strip_suffix(suffix)?;
            (folder.is_empty() || folder.ends_with('/')).then(|| (folder.to_owned(), *span))
        });
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// Whether any entry lies in `folder`, which ends with a slash.
    pub(super) fn has_folder(&self, folder: &str) -> bool {
        self.entries.keys().any(|name| name.starts_with(folder))
    }

    /// The file, for reading spans and for errors.
    pub(super) fn file(&mut self) -> &mut InputFile {
        &mut self.file
    }
}

fn find_directory(file: &mut InputFile) -> Result<Directory, LoadError> {
    let tail_size = file.len().min(END_SIZE + LONGEST_COMMENT);
    let tail_at = file.len() - tail_size;
    let tail = file.read_at(tail_at, tail_size)?;
    let Some(end) = find_end(&tail) else {
        return Err(
            file.damaged("the directory at the end of the archive is missing, as if cut short")
        );
    };
    let record = &tail[end..];
    let end_at = tail_at + end as u64;
    let directory = match find_end_64(file, end_at)? {
        Some(record_64) => Directory {
            entries: u64_at(&record_64, 32),
            size: u64_at(&record_64, 40),
            offset: u64_at(&record_64, 48),
        },
        None => Directory {
            entries: u64::from(u16_at(record, 10)),
            size: u32_at(record, 12),
            offset: u32_at(record, 16),
        },
    };
    let fits = directory
        .offset
        .checked_add(directory.size)
        .is_some_and(|after| after <= end_at);
    if !fits || directory.size > MAX_DIRECTORY {
        return Err(file.damaged(format!(
            "the archive claims a directory of {} bytes at {}",
            directory.size, directory.offset
        )));
    }
    if directory.entries > MAX_ENTRIES || directory.entries > directory.size / CENTRAL_SIZE as u64 {
        return Err(file.damaged(format!("the archive claims {} entries", directory.entries)));
    }
    Ok(directory)
}

/// The last end record whose comment reaches exactly to the end of the file.
fn find_end(tail: &[u8]) -> Option<usize> {
    let last = tail.len().checked_sub(END_SIZE as usize)?;
    (0..=last).rev().find(|&at| {
        tail[at..].starts_with(END)
            && at + END_SIZE as usize + usize::from(u16_at(&tail[at..], 20)) == tail.len()
    })
}

fn find_end_64(file: &mut InputFile, end_at: u64) -> Result<Option<Vec<u8>>, LoadError> {
    let Some(locator_at) = end_at.checked_sub(LOCATOR_64_SIZE) else {
        return Ok(None);
    };
    let locator = file.read_at(locator_at, LOCATOR_64_SIZE)?;
    if !locator.starts_with(LOCATOR_64) {
        return Ok(None);
    }
    let at = u64_at(&locator, 8);
    if at
        .checked_add(END_64_SIZE)
        .is_none_or(|end| end > locator_at)
    {
        return Err(file.damaged(format!("the archive claims an end record at {at}")));
    }
    let record = file.read_at(at, END_64_SIZE)?;
    if record.starts_with(END_64) {
        Ok(Some(record))
    } else {
        Err(file.damaged(format!("no zip64 end record at {at}")))
    }
}

fn read_directory(file: &mut InputFile, directory: &Directory) -> Result<Vec<Row>, LoadError> {
    let bytes = file.read_at(directory.offset, directory.size)?;
    let mut rest = bytes.as_slice();
    let mut rows = Vec::new();
    for number in 0..directory.entries {
        let Some((row, after)) = read_row(rest, file)? else {
            return Err(file.damaged(format!("directory entry {number} is cut short")));
        };
        rest = after;
        rows.push(row);
    }
    Ok(rows)
}

/// One row and what follows it; nothing when the bytes are not a whole row.
fn read_row<'a>(bytes: &'a [u8], file: &InputFile) -> Result<Option<(Row, &'a [u8])>, LoadError> {
    if bytes.len() < CENTRAL_SIZE || !bytes.starts_with(CENTRAL_HEADER) {
        return Ok(None);
    }
    let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(u16_at(bytes, at)));
    let after = CENTRAL_SIZE + name + extra + comment;
    if bytes.len() < after {
        return Ok(None);
    }
    let name_bytes = &bytes[CENTRAL_SIZE..CENTRAL_SIZE + name];
    let extra_bytes = &bytes[CENTRAL_SIZE + name..CENTRAL_SIZE + name + extra];
    let name = String::from_utf8_lossy(name_bytes).into_owned();
    check_stored(bytes, 8, &name, file)?;
    let fields = [u32_at(bytes, 24), u32_at(bytes, 20), u32_at(bytes, 42)];
    let Some([count, packed, local]) = widen(fields, extra_bytes) else {
        return Ok(None);
    };
    if count != packed {
        let what = format!("entry {} has {packed} bytes for {count}", shown(&name));
        return Err(file.damaged(what));
    }
    Ok(Some((Row { name, local, count }, &bytes[after..])))
}

/// Refuses what this reader does not do, from the flags at `at` and the method after them.
fn check_stored(header: &[u8], at: usize, name: &str, file: &InputFile) -> Result<(), LoadError> {
    if u16_at(header, at) & ENCRYPTED != 0 {
        return Err(file.unsupported(format!("entry {} is encrypted", shown(name))));
    }
    if u16_at(header, at + 2) != 0 {
        return Err(file.unsupported(format!(
            "entry {} is compressed, which PyTorch never does; save the checkpoint again with torch.save",
            shown(name)
        )));
    }
    Ok(())
}

/// Size, packed size and offset, each from the zip64 extra field where its 32 bits say so, in that order.
fn widen(fields: [u64; 3], extra: &[u8]) -> Option<[u64; 3]> {
    let mut wide = extra_64(extra);
    let mut out = fields;
    for field in &mut out {
        if *field == IN_EXTRA {
            let (value, rest) = wide?.split_first_chunk::<8>()?;
            *field = u64::from_le_bytes(*value);
            wide = Some(rest);
        }
    }
    Some(out)
}

fn extra_64(mut extra: &[u8]) -> Option<&[u8]> {
    while extra.len() >= 4 {
        let id = u16_at(extra, 0);
        let body = extra.get(4..4 + usize::from(u16_at(extra, 2)))?;
        if id == EXTRA_64 {
            return Some(body);
        }
        extra = &extra[4 + body.len()..];
    }
    None
}

/// Follows a row to its local header and so to its bytes, which must lie before the directory.
fn locate(file: &mut InputFile, row: &Row, directory: u64) -> Result<Span, LoadError> {
    let outside = |file: &InputFile| {
        file.damaged(format!(
            "entry {} of {} bytes does not fit the file",
            shown(&row.name),
            row.count
        ))
    };
    if row
        .local
        .checked_add(LOCAL_SIZE)
        .is_none_or(|end| end > directory)
    {
        return Err(outside(file));
    }
    let header = file.read_at(row.local, LOCAL_SIZE)?;
    let name = u64::from(u16_at(&header, 26));
    let offset = row.local + LOCAL_SIZE + name + u64::from(u16_at(&header, 28));
    if offset
        .checked_add(row.count)
        .is_none_or(|end| end > directory)
    {
        return Err(outside(file));
    }
    let local_name = file.read_at(row.local + LOCAL_SIZE, name)?;
    if !header.starts_with(LOCAL_HEADER) || String::from_utf8_lossy(&local_name) != row.name {
        let what = format!("no entry {} at {}", shown(&row.name), row.local);
        return Err(file.damaged(what));
    }
    check_stored(&header, 6, &row.name, file)?;
    Ok(Span {
        offset,
        count: row.count,
    })
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes[at..]
        .first_chunk()
        .map_or(0, |chunk| u16::from_le_bytes(*chunk))
}

fn u32_at(bytes: &[u8], at: usize) -> u64 {
    bytes[at..]
        .first_chunk()
        .map_or(0, |chunk| u64::from(u32::from_le_bytes(*chunk)))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes[at..]
        .first_chunk()
        .map_or(0, |chunk| u64::from_le_bytes(*chunk))
}
