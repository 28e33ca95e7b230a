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
    #[error(
        "out of memory in {phase}: {need} could not be had; nothing was written. Smaller portions take less: \
         --micro-batch-tokens, --head-tokens and, where there is a backward pass, --recompute all. \
         At work were {}",
        rows.join(", ")
    )]
    OutOfMemory {
        phase: &'static str,
        /// The size that was asked for, in words.
        need: String,
        rows: Vec<String>,
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

/// What libtorch says where memory is short.
#[derive(Debug, PartialEq)]
pub struct OutOfMemory {
    /// The size that was asked for, in words.
    need: String,
}

impl OutOfMemory {
    /// Recognises libtorch's words for it: those of its allocator for CUDA, and of the one for the CPU.
    pub fn in_message(message: &str) -> Option<Self> {
        let short = ["out of memory", "can't allocate memory"];
        if !short.iter().any(|words| message.contains(words)) {
            return None;
        }
        let asked = message.split("ried to allocate ").nth(1);
        let size = asked.and_then(|rest| rest.split(['\n', '(']).next());
        let size = size.and_then(|rest| rest.split(". ").next());
        let need = size.map_or("memory", |size| size.trim().trim_end_matches('.'));
        Some(Self { need: need.into() })
    }

    pub fn during(self, phase: &'static str, rows: Vec<String>) -> LearnError {
        let need = self.need;
        LearnError::OutOfMemory { phase, need, rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libtorch_s_words_are_understood() {
        let need = |message: &str| OutOfMemory::in_message(message).map(|memory| memory.need);
        let cuda = "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 79.1 GiB";
        assert_eq!(need(cuda).unwrap(), "2.50 GiB");
        let cpu = "[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory: you tried \
                   to allocate 4096000 bytes. Error code 12 (Cannot allocate memory)";
        assert_eq!(need(cpu).unwrap(), "4096000 bytes");
        assert_eq!(need("CUDA error: out of memory").unwrap(), "memory");
        assert_eq!(need("shapes do not match"), None);
    }
}
