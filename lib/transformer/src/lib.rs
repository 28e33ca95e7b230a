//! Decoders in libtorch: the training path on any device, and generation on CUDA.
//!
//! What is computed is whole in one file (`network.rs`) behind [`Decoder`], and reads what differs
//! between families from `checkpoints::ModelConfig`; how it attends (over a padded batch or over a
//! key-value cache) is handed to it. Parameter names equal the
//! checkpoint's. Knows nothing about tokens' meaning, sampling or losses.

mod attention;
mod cache;
mod critic;
mod decoder;
mod error;
mod extend;
mod layout;
mod logprobs;
mod network;
mod recording;
mod rotary;
mod storage;

pub use cache::KvCache;
pub use critic::{Critic, ValueHead};
pub use decoder::Decoder;
pub use error::ModelError;
pub use logprobs::token_logprobs;
pub use recording::Recording;
pub use storage::{bytes, dtype_of, kind_of};
