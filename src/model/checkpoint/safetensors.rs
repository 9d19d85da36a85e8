//! `.safetensors` files, one or several with an index: the header is parsed and checked whole, then each tensor is
//! read by position. Nothing is mapped into memory and nothing is read twice.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::file::{InputFile, damaged, read_text, shown};
use super::{LoadError, StoredType, TensorEntry, TensorSource};

/// The longest header of the format's reference implementation.
const MAX_HEADER: u64 = 100_000_000;
/// The longest index file.
const MAX_INDEX: u64 = 64 << 20;
/// More shards than any published model has.
const MAX_SHARDS: usize = 1000;
/// More axes than any weight has.
const MAX_AXES: usize = 8;

/// Tensors of one or several `.safetensors` files.
#[derive(Debug)]
pub(super) struct SafeTensors {
    files: Vec<InputFile>,
    entries: Vec<TensorEntry>,
    places: Vec<Place>,
}

#[derive(Debug)]
struct Place {
    file: usize,
    offset: u64,
    count: u64,
}

impl SafeTensors {
    /// Opens a single file.
    pub(super) fn open(path: &Path) -> Result<Self, LoadError> {
        Self::of_files(&[path.to_path_buf()])
    }

    /// Opens the files that an index such as `model.safetensors.index.json` lists.
    pub(super) fn open_index(path: &Path) -> Result<Self, LoadError> {
        let index = read_index(path)?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let mut names: Vec<&str> = Vec::new();
        let mut seen = HashSet::new();
        for (_, file) in &index {
            if seen.insert(file.as_str()) {
                names.push(check_shard_name(file, path)?);
            }
        }
        if names.len() > MAX_SHARDS {
            return Err(damaged(path, format!("{} shards are listed", names.len())));
        }
        let files: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
        for file in &files {
            require_shard(file)?;
        }
        let source = Self::of_files(&files)?;
        source.check_index(&index, &names, path)?;
        Ok(source)
    }

    fn of_files(paths: &[PathBuf]) -> Result<Self, LoadError> {
        let mut source = Self {
            files: Vec::with_capacity(paths.len()),
            entries: Vec::new(),
            places: Vec::new(),
        };
        let mut names = HashSet::new();
        for path in paths {
            source.add(InputFile::open(path)?, &mut names)?;
        }
        Ok(source)
    }

    fn add(&mut self, mut file: InputFile, names: &mut HashSet<String>) -> Result<(), LoadError> {
        let (header, data) = read_header(&mut file)?;
        let room = file.len() - data;
        for (name, raw) in &header {
            let count = raw.check(name, room).map_err(|what| file.damaged(what))?;
            if !names.insert(name.clone()) {
                return Err(file.damaged(format!("tensor {} is listed twice", shown(name))));
            }
            self.entries.push(TensorEntry {
                name: name.clone(),
                stored: stored_type(name, &raw.dtype, &file)?,
                shape: raw.shape.clone(),
            });
            self.places.push(Place {
                file: self.files.len(),
                offset: data + raw.data_offsets.0,
                count,
            });
        }
        check_layout(&header, room, &file)?;
        self.files.push(file);
        Ok(())
    }

    fn check_index(
        &self,
        index: &[(String, String)],
        files: &[&str],
        path: &Path,
    ) -> Result<(), LoadError> {
        let held: HashSet<(&str, &str)> = self
            .entries
            .iter()
            .zip(&self.places)
            .map(|(entry, place)| (entry.name.as_str(), files[place.file]))
            .collect();
        match index
            .iter()
            .find(|(name, file)| !held.contains(&(name.as_str(), file.as_str())))
        {
            None => Ok(()),
            Some((name, file)) => Err(damaged(
                path,
                format!("tensor {} is not in {}", shown(name), shown(file)),
            )),
        }
    }
}

impl TensorSource for SafeTensors {
    fn entries(&self) -> &[TensorEntry] {
        &self.entries
    }

    fn read(&mut self, index: usize) -> Result<Vec<u8>, LoadError> {
        let place = &self.places[index];
        self.files[place.file].read_at(place.offset, place.count)
    }
}

fn read_header(file: &mut InputFile) -> Result<(Vec<(String, Raw)>, u64), LoadError> {
    if file.len() < 8 {
        return Err(file.damaged(format!("{} bytes are too few for a header", file.len())));
    }
    let prefix = file.read_at(0, 8)?;
    let length = prefix
        .first_chunk::<8>()
        .map_or(0, |bytes| u64::from_le_bytes(*bytes));
    if length > MAX_HEADER {
        return Err(file.damaged(format!(
            "the header claims {length} bytes, more than the {MAX_HEADER} the format allows"
        )));
    }
    if length > file.len() - 8 {
        return Err(file.damaged(format!(
            "the header claims {length} bytes but the file has {}; it is cut short",
            file.len()
        )));
    }
    let bytes = file.read_at(8, length)?;
    match serde_json::from_slice::<Header>(&bytes) {
        Ok(header) => Ok((header.0, 8 + length)),
        Err(error) => Err(file.damaged(format!("the header is not valid: {error}"))),
    }
}

/// Tensors may not overlap, and must end where the file ends.
fn check_layout(header: &[(String, Raw)], room: u64, file: &InputFile) -> Result<(), LoadError> {
    let mut order: Vec<&(String, Raw)> = header.iter().collect();
    order.sort_by_key(|(_, raw)| raw.data_offsets);
    let mut end = 0;
    for (name, raw) in order {
        if raw.data_offsets.0 < end {
            let what = format!("tensor {} overlaps the one before it", shown(name));
            return Err(file.damaged(what));
        }
        end = raw.data_offsets.1;
    }
    if end == room {
        Ok(())
    } else {
        Err(file.damaged(format!(
            "the tensors take {end} bytes but the file has {room} for them"
        )))
    }
}

fn stored_type(name: &str, dtype: &str, file: &InputFile) -> Result<StoredType, LoadError> {
    Ok(match dtype {
        "F64" => StoredType::F64,
        "F32" => StoredType::F32,
        "F16" => StoredType::F16,
        "BF16" => StoredType::Bf16,
        other => {
            return Err(file.unsupported(format!(
                "tensor {} is stored as {}; only F32, F16, BF16 and F64 weights can be used, \
                 convert a quantised checkpoint back first",
                shown(name),
                shown(other)
            )));
        }
    })
}

/// One row of the header, as written.
#[derive(Debug, Deserialize)]
struct Raw {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: (u64, u64),
}

impl Raw {
    /// The bytes of this tensor, after comparing shape, range and file.
    fn check(&self, name: &str, room: u64) -> Result<u64, String> {
        let name = shown(name);
        if self.shape.len() > MAX_AXES {
            return Err(format!("tensor {name} has {} axes", self.shape.len()));
        }
        let (begin, end) = self.data_offsets;
        if begin > end || end > room {
            return Err(format!(
                "tensor {name} lies at {begin}..{end} but the file holds {room} bytes of tensors; \
                 it may be cut short"
            ));
        }
        let size = match self.dtype.as_str() {
            "F64" | "I64" | "U64" => 8,
            "F32" | "I32" | "U32" => 4,
            "F16" | "BF16" | "I16" | "U16" => 2,
            _ => 1,
        };
        let bytes = self
            .shape
            .iter()
            .try_fold(size, |product: u64, side| product.checked_mul(*side as u64));
        if bytes == Some(end - begin)
            || !matches!(self.dtype.as_str(), "F64" | "F32" | "F16" | "BF16")
        {
            Ok(end - begin)
        } else {
            Err(format!(
                "tensor {name} of shape {:?} and {} bytes does not fit its type {}",
                self.shape,
                end - begin,
                shown(&self.dtype)
            ))
        }
    }
}

/// The rows in the order of the file. A map would silently keep only the last of two equal names.
struct Header(Vec<(String, Raw)>);

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rows;
        impl<'de> Visitor<'de> for Rows {
            type Value = Header;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of tensors")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Header, M::Error> {
                let mut rows = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    if name == "__metadata__" {
                        map.next_value::<IgnoredAny>()?;
                    } else {
                        rows.push((name, map.next_value()?));
                    }
                }
                Ok(Header(rows))
            }
        }
        deserializer.deserialize_map(Rows)
    }
}

fn read_index(path: &Path) -> Result<Vec<(String, String)>, LoadError> {
    #[derive(Deserialize)]
    struct Index {
        weight_map: serde_json::Map<String, serde_json::Value>,
    }
    let text = read_text(path, MAX_INDEX)?;
    let index: Index = serde_json::from_str(&text)
        .map_err(|error| damaged(path, format!("not a valid index: {error}")))?;
    index
        .weight_map
        .into_iter()
        .map(|(name, file)| match file {
            serde_json::Value::String(file) => Ok((name, file)),
            _ => Err(damaged(
                path,
                format!("tensor {} has no file", shown(&name)),
            )),
        })
        .collect()
}

/// A shard lies beside its index; a stranger's index may not reach elsewhere.
fn check_shard_name<'a>(name: &'a str, index: &Path) -> Result<&'a str, LoadError> {
    let plain = !name.is_empty() && name != ".." && name != "." && !name.contains(['/', '\\', ':']);
    if plain {
        Ok(name)
    } else {
        Err(damaged(
            index,
            format!("the file name {:?} leaves the folder", shown(name)),
        ))
    }
}

fn require_shard(path: &Path) -> Result<(), LoadError> {
    if path.is_file() {
        Ok(())
    } else {
        Err(LoadError::Missing {
            what: "a part of the model".into(),
            hint: "download the whole folder again".into(),
            path: path.into(),
        })
    }
}

#[cfg(test)]
mod tests;
