//! What runs the policy: tokens of several sequences in, drawn tokens out. Keys and values, and the sampler, live inside.

mod native;
mod torch;

pub use native::NativeBackend;
pub use torch::TorchBackend;

use ::native::EngineError;
use ::torch::TorchError;
use blocks::Tables;
use transformer::ModelError;

use crate::sampler::Drawn;

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    #[error(transparent)]
    Native(#[from] EngineError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Torch(#[from] TorchError),
}

/// What one sequence is fed in a step.
#[derive(Clone, Copy, Debug)]
pub struct Feed<'a> {
    pub slot: usize,
    /// At least one; they follow on what the slot holds.
    pub tokens: &'a [i32],
    /// The random number of the token to be drawn after them; `None` where more of the sequence is to come.
    pub draw: Option<f64>,
}

/// What came of a feed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    Fed,
    Drawn(Drawn),
    /// The logit of a token that may be drawn is not finite.
    NotFinite,
}

impl From<Option<Drawn>> for Outcome {
    fn from(drawn: Option<Drawn>) -> Self {
        drawn.map_or(Self::NotFinite, Self::Drawn)
    }
}

/// A policy with room for [`Backend::slots`] running sequences.
pub trait Backend {
    fn slots(&self) -> usize;

    /// The account of its blocks of keys and values, where they are bounded: sequences are begun and blocks reserved there
    /// before they are fed. Whoever begins after another has reserved may share what that one will write, and is fed
    /// behind it.
    fn tables(&mut self) -> Option<&mut Tables>;

    /// Feeds several slots, each named once, in this order; gives one outcome for each.
    fn step(&mut self, feeds: &[Feed<'_>]) -> Result<Vec<Outcome>, BackendError>;

    /// Forgets the sequence in `slot`.
    fn release(&mut self, slot: usize);
}
