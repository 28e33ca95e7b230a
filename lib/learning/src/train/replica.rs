//! A worker's own handle on a network: parameters that share storage with the trained ones but
//! collect gradients of their own, so that threads never meet in a backward pass.

use std::ops::Range;

use tch::{TchError, Tensor};
use transformer::{Critic, Decoder, ModelError};

use crate::train::flat::Gradients;

/// What can be trained: a decoder, or a critic.
pub trait Model: Send + Sized {
    /// A copy whose parameters are fresh leaves on the same storage.
    fn leaf_copy(&self) -> Result<Self, ModelError>;
    /// Named parameters in checkpoint order.
    fn parameters(&self) -> Vec<(String, Tensor)>;
}

impl Model for Decoder {
    fn leaf_copy(&self) -> Result<Self, ModelError> {
        Decoder::leaf_copy(self)
    }
    fn parameters(&self) -> Vec<(String, Tensor)> {
        Decoder::parameters(self)
    }
}

impl Model for Critic {
    fn leaf_copy(&self) -> Result<Self, ModelError> {
        Critic::leaf_copy(self)
    }
    fn parameters(&self) -> Vec<(String, Tensor)> {
        Critic::parameters(self)
    }
}

/// One worker's copy of a network.
pub struct Replica<M> {
    pub model: M,
    leaves: Vec<Tensor>,
    ranges: Vec<Range<i64>>,
}

impl<M: Model> Replica<M> {
    pub fn of(model: &M, ranges: &[Range<i64>]) -> Result<Self, ModelError> {
        let model = model.leaf_copy()?;
        let leaves = model
            .parameters()
            .into_iter()
            .map(|(_, tensor)| tensor)
            .collect();
        Ok(Self {
            model,
            leaves,
            ranges: ranges.to_vec(),
        })
    }

    /// Gradients of a scalar loss with respect to all parameters.
    pub fn differentiate(&self, loss: &Tensor) -> Result<Gradients, TchError> {
        let parts = Tensor::f_run_backward(&[loss], &self.leaves, false, false)?;
        Ok(Gradients::new(parts, &self.ranges, loss.device()))
    }
}
