//! What can be wrong with stored weights.

use std::path::PathBuf;

use crate::Dtype;

/// A weights file or index that cannot be read, lies, or does not hold what is asked of it.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    #[error("cannot read the model's weights")]
    Read(#[source] std::io::Error),
    #[error(
        "{}: no weights here, expected model.safetensors or model.safetensors.index.json{}",
        directory.display(), if *pickled { " (pickled .bin or .pt weights are never read; convert them to safetensors)" } else { "" }
    )]
    NoWeights { directory: PathBuf, pickled: bool },
    #[error("{}: {bytes} bytes are too few for a safetensors file", path.display())]
    TooShort { path: PathBuf, bytes: u64 },
    #[error("{}: the header claims {claimed} bytes, but only {available} can be there (truncated, or not a safetensors file)", path.display())]
    HeaderLength {
        path: PathBuf,
        claimed: u64,
        available: u64,
    },
    #[error("{}: the header is not the JSON that safetensors asks for", path.display())]
    HeaderJson {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("{}: the header names tensor \"{tensor}\" twice", path.display())]
    DuplicateName { path: PathBuf, tensor: String },
    #[error("{}: tensor \"{tensor}\": element type {dtype} is not supported", path.display())]
    UnknownDtype {
        path: PathBuf,
        tensor: String,
        dtype: String,
    },
    #[error("{}: tensor \"{tensor}\": offsets {begin}..{end} are not within the {available} bytes of data (truncated file or wrong header)", path.display())]
    Offsets {
        path: PathBuf,
        tensor: String,
        begin: u64,
        end: u64,
        available: u64,
    },
    #[error("{}: tensor \"{tensor}\": {dtype} of shape {shape:?} does not fit into {bytes} bytes", path.display())]
    Size {
        path: PathBuf,
        tensor: String,
        dtype: Dtype,
        shape: Vec<u64>,
        bytes: u64,
    },
    #[error("{}: tensor \"{tensor}\" begins at {begin}, inside tensor \"{other}\" that ends at {end}", path.display())]
    Overlap {
        path: PathBuf,
        tensor: String,
        begin: u64,
        other: String,
        end: u64,
    },
    #[error("{}: bytes {begin}..{end} of the data belong to no tensor", path.display())]
    Gap { path: PathBuf, begin: u64, end: u64 },
    #[error("{}: not a safetensors index", path.display())]
    IndexJson {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("{}: shard \"{shard}\" of tensor \"{tensor}\" is not a plain file name", path.display())]
    ShardName {
        path: PathBuf,
        shard: String,
        tensor: String,
    },
    #[error("{}: shard \"{shard}\", which should hold tensor \"{tensor}\", is missing", path.display())]
    MissingShard {
        path: PathBuf,
        shard: String,
        tensor: String,
    },
    #[error("{}: tensor \"{tensor}\" should be in shard \"{shard}\" but is not", path.display())]
    NotInShard {
        path: PathBuf,
        shard: String,
        tensor: String,
    },
    #[error("{}: tensor \"{tensor}\" is missing", directory.display())]
    MissingTensor { directory: PathBuf, tensor: String },
    #[error("{}: tensor \"{tensor}\": expected shape {expected:?}, found {found:?}", path.display())]
    Shape {
        path: PathBuf,
        tensor: String,
        expected: Vec<usize>,
        found: Vec<usize>,
    },
    #[error("{}: tensor \"{tensor}\": expected float32, bfloat16 or float16, found {dtype}", path.display())]
    NotAWeight {
        path: PathBuf,
        tensor: String,
        dtype: Dtype,
    },
    #[error(
        "{}: tensor \"{head}\" differs from \"{embedding}\", but config.json says \"tie_word_embeddings\": true; \
         set it to false where the head is meant (as transformers 5 takes it), or remove the tensor",
        path.display()
    )]
    TiedHead {
        path: PathBuf,
        head: &'static str,
        embedding: &'static str,
    },
    #[error("{}: tensor \"{tensor}\": element {index} is {value}, expected finite numbers", path.display())]
    NotFinite {
        path: PathBuf,
        tensor: String,
        index: usize,
        value: f32,
    },
}
