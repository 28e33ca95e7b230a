//! Everything that can go wrong while learning, as data.

use std::path::PathBuf;

use records::FieldError;
use transformer::ModelError;

/// Which of the two networks an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    Policy,
    Critic,
}

impl std::fmt::Display for Network {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Network::Policy => "policy",
            Network::Critic => "critic",
        })
    }
}

/// Why an update, a scoring pass or its preparation failed.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error("no dialogue has a policy token to learn from")]
    NothingToLearn,
    #[error(
        "the {network}'s {what} is {value}; nothing was written. Dialogues of the micro-batch: {}",
        rows.join(", ")
    )]
    NotFinite {
        network: Network,
        what: &'static str,
        value: f64,
        rows: Vec<String>,
    },
    #[error(
        "{row}: the computed \"{field}\" is not finite at position {position}; are the weights sound?"
    )]
    ScoreNotFinite {
        field: &'static str,
        row: String,
        position: usize,
    },
    #[error("failed on the micro-batch of {}", rows.join(", "))]
    MicroBatch {
        rows: Vec<String>,
        source: ModelError,
    },
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error("a worker thread stopped: {message}; dialogues of its micro-batch: {}", rows.join(", "))]
    Worker { message: String, rows: Vec<String> },
    #[error("{}: expected tensor \"{tensor}\" with {expected} elements, found {found}", path.display())]
    StateShape {
        path: PathBuf,
        tensor: String,
        expected: usize,
        found: usize,
    },
    #[error("failed to read the training state {}", path.display())]
    StateRead {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}: not a training state", path.display())]
    StateParse {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error(
        "{}: the training state belongs to a {network} with sha256 {expected}, found {found}",
        path.display()
    )]
    StateOfOther {
        path: PathBuf,
        network: Network,
        expected: String,
        found: String,
    },
    #[error(
        "{}: changed since it was written: state.json has sha256 {expected}, found {found}",
        path.display()
    )]
    MomentsChanged {
        path: PathBuf,
        expected: String,
        found: String,
    },
    #[error(transparent)]
    Weights(#[from] checkpoints::WeightsError),
    #[error(transparent)]
    Write(#[from] checkpoints::WriteError),
    #[error("failed to write the checkpoint")]
    Io(#[from] std::io::Error),
}
