//! Hugging Face model directories: configuration, weights by memory map, hashes, publication.
//!
//! A model directory holds `config.json`, `model.safetensors` (or shards with
//! `model.safetensors.index.json`) and the tokenizer's files. This crate reads such a directory,
//! checks everything that a file can claim before anything trusts it, and writes new ones that
//! appear whole or not at all. It knows nothing about tensors' arithmetic, devices or tokens.

mod config;
mod config_error;
mod config_keys;
mod digest;
mod dtype;
mod family;
mod finite;
mod header;
mod index;
mod layout;
mod mapped;
mod model_files;
mod resolve;
mod rope;
mod safetensors_out;
mod staged;
mod weights;
mod weights_error;
mod writer;

pub use config::{ModelConfig, eos_token_ids, vocab_size};
pub use config_error::ConfigError;
pub use dtype::Dtype;
pub use layout::{EMBEDDING, HEAD, Parameter, VALUE_HEAD};
pub use mapped::TensorView;
pub use resolve::{ResolveError, resolve};
pub use rope::{Rope, RopeScaling};
pub use safetensors_out::{OutgoingTensor, WriteError, write_safetensors};
pub use staged::StagedDirectory;
pub use weights::Weights;
pub use weights_error::WeightsError;
pub use writer::{CheckpointWriter, write_model};
