//! Writing a model directory: configuration and tokenizer from a source, weights from the caller.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::safetensors_out::{OutgoingTensor, WriteError, write_safetensors};
use crate::{Dtype, StagedDirectory, model_files};

/// What Python's loaders want to see in the header of a weights file.
const METADATA: [(&str, &str); 1] = [("format", "pt")];

/// A model directory being written; it appears at its destination when published.
#[derive(Debug)]
pub struct CheckpointWriter {
    staged: StagedDirectory,
    source: PathBuf,
    shard_bytes: u64,
}

impl CheckpointWriter {
    /// Weights above this size are divided into shards, unless said otherwise.
    pub const SHARD_BYTES: u64 = 5_000_000_000;

    /// Begins the directory `destination`; `source` is the model directory whose configuration
    /// and tokenizer it shares.
    pub fn create(destination: &Path, source: &Path) -> Result<Self, WriteError> {
        Ok(Self {
            staged: StagedDirectory::create(destination)?,
            source: source.to_owned(),
            shard_bytes: Self::SHARD_BYTES,
        })
    }

    /// Sets the largest size of one weights file (a single larger tensor has a file of its own).
    #[must_use]
    pub fn shard_above(mut self, bytes: u64) -> Self {
        self.shard_bytes = bytes;
        self
    }

    /// Where the directory lies until it is published. Programs register it so that a signal
    /// removes it.
    pub fn temporary_path(&self) -> &Path {
        self.staged.temporary_path()
    }

    /// Writes everything, syncs it and moves it into place.
    pub fn write(self, tensors: Vec<OutgoingTensor<'_>>) -> Result<(), WriteError> {
        write_model(
            self.temporary_path(),
            &self.source,
            tensors,
            self.shard_bytes,
        )?;
        Ok(self.staged.publish()?)
    }
}

/// Writes the files of a model directory into `target`, which must exist; not atomic by itself.
pub fn write_model(
    target: &Path,
    source: &Path,
    tensors: Vec<OutgoingTensor<'_>>,
    shard_bytes: u64,
) -> Result<(), WriteError> {
    model_files::copy(source, target, prevailing_dtype(&tensors))?;
    let mut shards = divide(tensors, shard_bytes);
    if shards.len() <= 1 {
        let tensors = shards.pop().unwrap_or_default();
        return write_safetensors(&target.join("model.safetensors"), tensors, &METADATA);
    }
    write_shards(target, shards)
}

/// The element type that holds the most bytes.
fn prevailing_dtype(tensors: &[OutgoingTensor<'_>]) -> Dtype {
    let mut bytes: BTreeMap<Dtype, u64> = BTreeMap::new();
    for tensor in tensors {
        *bytes.entry(tensor.dtype).or_default() += tensor.byte_length();
    }
    bytes
        .into_iter()
        .max_by_key(|(_, bytes)| *bytes)
        .map_or(Dtype::F32, |(dtype, _)| dtype)
}

/// Fills shards in the order of names, each up to `limit` bytes.
fn divide(mut tensors: Vec<OutgoingTensor<'_>>, limit: u64) -> Vec<Vec<OutgoingTensor<'_>>> {
    tensors.sort_by(|a, b| a.name.cmp(&b.name));
    let mut shards: Vec<Vec<OutgoingTensor<'_>>> = Vec::new();
    let mut filled = 0;
    for tensor in tensors {
        let bytes = tensor.byte_length();
        match shards.last_mut() {
            Some(shard) if filled + bytes <= limit => {
                filled += bytes;
                shard.push(tensor);
            }
            _ => {
                filled = bytes;
                shards.push(vec![tensor]);
            }
        }
    }
    shards
}

fn write_shards(target: &Path, shards: Vec<Vec<OutgoingTensor<'_>>>) -> Result<(), WriteError> {
    let count = shards.len();
    let mut weight_map = BTreeMap::new();
    let mut total_size = 0;
    for (number, shard) in (1..).zip(shards) {
        let name = format!("model-{number:05}-of-{count:05}.safetensors");
        for tensor in &shard {
            weight_map.insert(tensor.name.clone(), name.clone());
            total_size += tensor.byte_length();
        }
        write_safetensors(&target.join(&name), shard, &METADATA)?;
    }
    let index = json!({ "metadata": { "total_size": total_size }, "weight_map": weight_map });
    let text = format!("{index:#}\n");
    Ok(fs_err::write(
        target.join("model.safetensors.index.json"),
        text,
    )?)
}
