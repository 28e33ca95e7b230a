//! What can go wrong with a model.

use checkpoints::WeightsError;
use tch::TchError;
use torch::TorchError;

/// A model that cannot be loaded, run or saved.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error(transparent)]
    Weights(#[from] WeightsError),
    #[error(transparent)]
    Torch(#[from] TorchError),
    #[error("this decoder was loaded without its output head, so it gives no logits")]
    NoHead,
    #[error("parameter \"{name}\" was not loaded")]
    NoParameter { name: String },
    #[error("token id {id} is outside the model's vocabulary of {vocab_size}")]
    TokenId { id: i32, vocab_size: usize },
    #[error("cache slot {slot} does not exist, there are {slots}")]
    NoSuchSlot { slot: i64, slots: usize },
    #[error("cache slot {slot} is extended twice in one step")]
    RepeatedSlot { slot: i64 },
    #[error("{slots} cache slots but {chunks} chunks of tokens")]
    UnequalCounts { slots: usize, chunks: usize },
    #[error("no cache slots to extend")]
    NoRows,
    #[error("nothing to append to cache slot {slot}")]
    EmptyChunk { slot: i64 },
}

impl From<TchError> for ModelError {
    fn from(error: TchError) -> Self {
        Self::Torch(error.into())
    }
}
