//! What can stop a generation.

use grading::GraderError;
use transcript::FormatError;

use crate::BackendError;

/// Why dialogues cannot be played on.
#[derive(Debug, thiserror::Error)]
pub enum GenerationError {
    #[error("the policy cannot be run")]
    Backend(#[from] BackendError),
    #[error("the policy cannot be loaded")]
    Load(#[source] anyhow::Error),
    #[error("the grader gave no verdict")]
    Grader(#[from] GraderError),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error("the policy's logits are not finite after {position} tokens of dialogue {dialogue}")]
    NotFinite { dialogue: String, position: usize },
    #[error("a worker stopped unexpectedly")]
    Worker,
}
