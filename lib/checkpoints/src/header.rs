//! The header of a safetensors file: 8 bytes of length, JSON, then the data.
//!
//! Nothing that the file claims is believed before it is checked against the file's size: the
//! header cannot cause an allocation larger than itself. Knows nothing about what tensors mean.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::{Dtype, WeightsError};

/// Longest header that is read, as in the reference implementation of the format.
const LONGEST_HEADER: u64 = 100_000_000;

/// One tensor of a file, checked: its bytes are `range` of the file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TensorInfo {
    pub name: String,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    pub range: Range<usize>,
}

/// Reads and checks the header of the file whose bytes are `file`; tensors by ascending offset.
pub(crate) fn read(path: &Path, file: &[u8]) -> Result<Vec<TensorInfo>, WeightsError> {
    let json = json_part(path, file)?;
    let header: Header =
        serde_json::from_slice(json).map_err(|source| WeightsError::HeaderJson {
            path: path.to_owned(),
            source,
        })?;
    let data_begin = 8 + json.len();
    let available = file.len() - data_begin;
    let mut tensors = header
        .0
        .into_iter()
        .map(|(name, entry)| entry.check(path, name, available, data_begin))
        .collect::<Result<Vec<_>, _>>()?;
    unique_names(path, &mut tensors)?;
    tensors.sort_by_key(|tensor| (tensor.range.start, tensor.range.end));
    cover_the_data(path, &tensors, data_begin, file.len())?;
    Ok(tensors)
}

fn json_part<'a>(path: &Path, file: &'a [u8]) -> Result<&'a [u8], WeightsError> {
    let Some((length, rest)) = file.split_first_chunk::<8>() else {
        return Err(WeightsError::TooShort {
            path: path.to_owned(),
            bytes: file.len() as u64,
        });
    };
    let claimed = u64::from_le_bytes(*length);
    let available = (rest.len() as u64).min(LONGEST_HEADER);
    if claimed > available {
        return Err(WeightsError::HeaderLength {
            path: path.to_owned(),
            claimed,
            available,
        });
    }
    Ok(&rest[..claimed as usize])
}

fn unique_names(path: &Path, tensors: &mut [TensorInfo]) -> Result<(), WeightsError> {
    tensors.sort_by(|a, b| a.name.cmp(&b.name));
    match tensors.windows(2).find(|pair| pair[0].name == pair[1].name) {
        None => Ok(()),
        Some(pair) => Err(WeightsError::DuplicateName {
            path: path.to_owned(),
            tensor: pair[0].name.clone(),
        }),
    }
}

/// The tensors must cover the data exactly: no two share a byte, no byte belongs to none.
fn cover_the_data(
    path: &Path,
    tensors: &[TensorInfo],
    data_begin: usize,
    file_end: usize,
) -> Result<(), WeightsError> {
    let path = || path.to_owned();
    let relative = |offset: usize| (offset - data_begin) as u64;
    let mut end = data_begin;
    let mut previous = "";
    for tensor in tensors {
        let begin = tensor.range.start;
        if begin < end {
            return Err(WeightsError::Overlap {
                path: path(),
                tensor: tensor.name.clone(),
                begin: relative(begin),
                other: previous.to_owned(),
                end: relative(end),
            });
        }
        if begin > end {
            return Err(WeightsError::Gap {
                path: path(),
                begin: relative(end),
                end: relative(begin),
            });
        }
        (end, previous) = (tensor.range.end, &tensor.name);
    }
    if end != file_end {
        return Err(WeightsError::Gap {
            path: path(),
            begin: relative(end),
            end: relative(file_end),
        });
    }
    Ok(())
}

/// One entry as the header spells it, unchecked.
#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

impl Entry {
    fn check(
        self,
        path: &Path,
        tensor: String,
        available: usize,
        data_begin: usize,
    ) -> Result<TensorInfo, WeightsError> {
        let path = || path.to_owned();
        let Some(dtype) = Dtype::from_safetensors(&self.dtype) else {
            return Err(WeightsError::UnknownDtype {
                path: path(),
                tensor,
                dtype: self.dtype,
            });
        };
        let (begin, end) = self.data_offsets;
        let available = available as u64;
        if begin > end || end > available {
            return Err(WeightsError::Offsets {
                path: path(),
                tensor,
                begin,
                end,
                available,
            });
        }
        let bytes = self
            .shape
            .iter()
            .try_fold(dtype.size() as u64, |n, d| n.checked_mul(*d));
        if bytes != Some(end - begin) {
            let (shape, bytes) = (self.shape, end - begin);
            return Err(WeightsError::Size {
                path: path(),
                tensor,
                dtype,
                shape,
                bytes,
            });
        }
        let range = data_begin + begin as usize..data_begin + end as usize;
        let shape = self.shape.into_iter().map(|dim| dim as usize).collect();
        Ok(TensorInfo {
            name: tensor,
            dtype,
            shape,
            range,
        })
    }
}

/// The entries in file order. A map type would hide duplicate names, hence the visitor.
struct Header(Vec<(String, Entry)>);

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HeaderVisitor)
    }
}

struct HeaderVisitor;

impl<'de> Visitor<'de> for HeaderVisitor {
    type Value = Header;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of tensor names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let mut entries = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                map.next_value::<IgnoredAny>()?;
            } else {
                entries.push((name, map.next_value()?));
            }
        }
        Ok(Header(entries))
    }
}
