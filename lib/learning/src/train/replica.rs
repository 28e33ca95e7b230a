//! A worker's own handle on a network: parameters that share storage with the trained ones but
//! collect gradients of their own, so that threads never meet in a backward pass.

use std::ops::Range;

use tch::Device;
use transformer::{Critic, Decoder, ModelError};

use crate::train::flat::Gradients;
use crate::train::forward::Parts;

/// What can be trained: a decoder, or a critic.
pub trait Model: Send + Sized {
    /// A copy whose parameters are fresh leaves on the same storage.
    fn leaf_copy(&self) -> Result<Self, ModelError>;
}

impl Model for Decoder {
    fn leaf_copy(&self) -> Result<Self, ModelError> {
        Decoder::leaf_copy(self)
    }
}

impl Model for Critic {
    fn leaf_copy(&self) -> Result<Self, ModelError> {
        Critic::leaf_copy(self)
    }
}

/// One worker's copy of a network.
pub struct Replica<M> {
    pub model: M,
    ranges: Vec<Range<i64>>,
}

impl<M: Model> Replica<M> {
    pub fn of(model: &M, ranges: &[Range<i64>]) -> Result<Self, ModelError> {
        Ok(Self {
            model: model.leaf_copy()?,
            ranges: ranges.to_vec(),
        })
    }

    /// A pass's gradients, to be added to those of others.
    pub fn gradients(&self, parts: Parts, device: Device) -> Gradients {
        Gradients::new(parts, &self.ranges, device)
    }
}
