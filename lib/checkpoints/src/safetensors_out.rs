//! Writing safetensors files. Knows nothing about models.

use std::borrow::Cow;
use std::error::Error;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::Dtype;
use crate::dtype::narrow;

type Bytes<'a> = Result<Cow<'a, [u8]>, Box<dyn Error + Send + Sync>>;

/// A tensor to be written. Its bytes are asked for when their turn comes, so that a checkpoint
/// need never be in memory a second time.
pub struct OutgoingTensor<'a> {
    pub name: String,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    bytes: Box<dyn FnOnce() -> Bytes<'a> + 'a>,
}

impl<'a> OutgoingTensor<'a> {
    /// Little-endian elements in row-major order, made when they are needed.
    pub fn lazy(
        name: impl Into<String>,
        dtype: Dtype,
        shape: impl Into<Vec<usize>>,
        bytes: impl FnOnce() -> Bytes<'a> + 'a,
    ) -> Self {
        Self {
            name: name.into(),
            dtype,
            shape: shape.into(),
            bytes: Box::new(bytes),
        }
    }

    /// Little-endian elements in row-major order.
    pub fn from_bytes(
        name: impl Into<String>,
        dtype: Dtype,
        shape: impl Into<Vec<usize>>,
        bytes: impl Into<Cow<'a, [u8]>>,
    ) -> Self {
        let bytes = bytes.into();
        Self::lazy(name, dtype, shape, move || Ok(bytes))
    }

    /// float32 elements in row-major order, rounded to the weight type `dtype`.
    pub fn from_f32(
        name: impl Into<String>,
        dtype: Dtype,
        shape: impl Into<Vec<usize>>,
        values: &'a [f32],
    ) -> Self {
        Self::lazy(name, dtype, shape, move || {
            let bytes = narrow(dtype, values).ok_or("not a weight type")?;
            Ok(Cow::Owned(bytes))
        })
    }

    /// Bytes that the shape and type ask for.
    pub fn byte_length(&self) -> u64 {
        self.shape
            .iter()
            .fold(self.dtype.size() as u64, |bytes, dim| bytes * *dim as u64)
    }
}

/// Why tensors could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("cannot write the checkpoint")]
    Io(#[from] std::io::Error),
    #[error("{}: two tensors are called \"{tensor}\"", path.display())]
    DuplicateName { path: PathBuf, tensor: String },
    #[error("{}: cannot obtain tensor \"{tensor}\"", path.display())]
    Obtain {
        path: PathBuf,
        tensor: String,
        source: Box<dyn Error + Send + Sync>,
    },
    #[error("{}: tensor \"{tensor}\": expected {expected} bytes, got {found}", path.display())]
    Length {
        path: PathBuf,
        tensor: String,
        expected: u64,
        found: u64,
    },
    #[error("{}: not a JSON object, so no checkpoint can be made from it", path.display())]
    SourceConfig { path: PathBuf },
}

/// Writes one safetensors file and syncs it. Not atomic: write into a
/// [`StagedDirectory`](crate::StagedDirectory).
///
/// Tensors lie in the order of their element sizes, largest first, then of their names, so every
/// one is aligned. `metadata` are the strings of the header's `__metadata__`.
pub fn write_safetensors(
    path: &Path,
    mut tensors: Vec<OutgoingTensor<'_>>,
    metadata: &[(&str, &str)],
) -> Result<(), WriteError> {
    tensors.sort_by(|a, b| {
        b.dtype
            .size()
            .cmp(&a.dtype.size())
            .then_with(|| a.name.cmp(&b.name))
    });
    let header = header(path, &tensors, metadata)?;
    let mut file = BufWriter::new(fs_err::File::create(path)?);
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(&header)?;
    for tensor in tensors {
        write_tensor(path, tensor, &mut file)?;
    }
    file.flush()?;
    file.get_ref().sync_all()?;
    Ok(())
}

/// The header as JSON, padded with spaces so that the data begins at a multiple of 8.
fn header(
    path: &Path,
    tensors: &[OutgoingTensor<'_>],
    metadata: &[(&str, &str)],
) -> Result<Vec<u8>, WriteError> {
    let mut entries = Map::new();
    if !metadata.is_empty() {
        let strings = metadata
            .iter()
            .map(|(key, value)| ((*key).to_owned(), json!(value)));
        entries.insert("__metadata__".to_owned(), Value::Object(strings.collect()));
    }
    let mut begin = 0;
    for tensor in tensors {
        let end = begin + tensor.byte_length();
        let (dtype, shape) = (tensor.dtype.as_str(), &tensor.shape);
        let entry = json!({ "dtype": dtype, "shape": shape, "data_offsets": [begin, end] });
        if entries.insert(tensor.name.clone(), entry).is_some() {
            let (path, tensor) = (path.to_owned(), tensor.name.clone());
            return Err(WriteError::DuplicateName { path, tensor });
        }
        begin = end;
    }
    let mut header = Value::Object(entries).to_string().into_bytes();
    header.resize(header.len().next_multiple_of(8), b' ');
    Ok(header)
}

fn write_tensor(
    path: &Path,
    tensor: OutgoingTensor<'_>,
    file: &mut impl Write,
) -> Result<(), WriteError> {
    let expected = tensor.byte_length();
    let path = || path.to_owned();
    let name = tensor.name;
    let bytes = (tensor.bytes)().map_err(|source| WriteError::Obtain {
        path: path(),
        tensor: name.clone(),
        source,
    })?;
    let found = bytes.len() as u64;
    if found != expected {
        return Err(WriteError::Length {
            path: path(),
            tensor: name,
            expected,
            found,
        });
    }
    file.write_all(&bytes)?;
    Ok(())
}
