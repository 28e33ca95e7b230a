//! One safetensors file, mapped into memory, its header checked.

use std::path::{Path, PathBuf};

use memmap2::Mmap;

use crate::header::{self, TensorInfo};
use crate::{Dtype, WeightsError};

/// A stored tensor: little-endian elements in row-major order, straight from the mapped file.
#[derive(Clone, Copy, Debug)]
pub struct TensorView<'a> {
    pub dtype: Dtype,
    pub shape: &'a [usize],
    /// Not necessarily aligned for `dtype`.
    pub bytes: &'a [u8],
}

/// A file and what it holds.
#[derive(Debug)]
pub(crate) struct MappedFile {
    path: PathBuf,
    bytes: Mmap,
    tensors: Vec<TensorInfo>,
}

impl MappedFile {
    pub(crate) fn open(path: &Path) -> Result<Self, WeightsError> {
        let file = fs_err::File::open(path).map_err(WeightsError::Read)?;
        let bytes = map(file.file()).map_err(|error| {
            let message = format!("failed to map file `{}`: {error}", path.display());
            WeightsError::Read(std::io::Error::new(error.kind(), message))
        })?;
        let tensors = header::read(path, &bytes)?;
        Ok(Self {
            path: path.to_owned(),
            bytes,
            tensors,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn tensors(&self) -> &[TensorInfo] {
        &self.tensors
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.tensors.iter().position(|tensor| tensor.name == name)
    }

    /// The tensor at `position` of [`Self::tensors`].
    pub(crate) fn view(&self, position: usize) -> TensorView<'_> {
        let tensor = &self.tensors[position];
        let bytes = &self.bytes[tensor.range.clone()];
        TensorView {
            dtype: tensor.dtype,
            shape: &tensor.shape,
            bytes,
        }
    }
}

#[allow(unsafe_code)]
fn map(file: &std::fs::File) -> std::io::Result<Mmap> {
    // SAFETY: the map is read-only and private to this process. Another process that shortens a
    // weights file while it is mapped would end this one with SIGBUS; published checkpoints are
    // replaced by renaming, never rewritten in place, so that does not happen to our own.
    unsafe { Mmap::map(file) }
}
