//! A decoder with a value head: an estimate for every state instead of logits.

use checkpoints::{Dtype, ModelConfig, OutgoingTensor, Parameter, VALUE_HEAD, Weights};
use tch::{Device, Kind, Tensor};

use crate::{Decoder, ModelError, storage};

/// `value_head.weight`, `[1, hidden]`, no bias.
pub struct ValueHead {
    weight: Tensor,
}

impl ValueHead {
    /// Loads the head in `kind`; zero where the checkpoint has none, so that a critic that begins
    /// from a policy begins with no opinion.
    fn load(
        weights: &Weights,
        config: &ModelConfig,
        device: Device,
        kind: Kind,
        trainable: bool,
    ) -> Result<Self, ModelError> {
        let shape = vec![1, config.hidden_size];
        let parameter = Parameter {
            name: VALUE_HEAD.to_owned(),
            shape,
        };
        if weights.contains(VALUE_HEAD) {
            weights.check_parameters(std::slice::from_ref(&parameter))?;
            let weight = storage::load(weights, &parameter, device, kind, trainable)?;
            return Ok(Self { weight });
        }
        let weight = Tensor::f_zeros([1, config.hidden_size as i64], (kind, device))?;
        Ok(Self {
            weight: weight.f_set_requires_grad(trainable)?,
        })
    }

    /// Values `[..]` of `hidden` `[.., hidden]`, in float32.
    pub fn forward(&self, hidden: &Tensor) -> Result<Tensor, ModelError> {
        let (hidden, weight) = (
            hidden.f_to_kind(Kind::Float)?,
            self.weight.f_to_kind(Kind::Float)?,
        );
        Ok(hidden
            .f_linear(&weight, None::<&Tensor>)?
            .f_squeeze_dim(-1)?)
    }
}

/// A critic: the decoder without its output head, and a value head.
pub struct Critic {
    decoder: Decoder,
    head: ValueHead,
}

impl Critic {
    /// Loads a critic, or begins one from a policy's checkpoint with a zero value head.
    pub fn load(
        weights: &Weights,
        config: &ModelConfig,
        device: Device,
        kind: Kind,
        trainable: bool,
    ) -> Result<Self, ModelError> {
        Ok(Self {
            decoder: Decoder::load_trunk(weights, config, device, kind, trainable)?,
            head: ValueHead::load(weights, config, device, kind, trainable)?,
        })
    }

    /// Value estimates `[batch, seq]` float32 for `token_ids` `[batch, seq]` (int64, right
    /// padded): at position t the value of the state after tokens 0..=t.
    pub fn values(&self, token_ids: &Tensor) -> Result<Tensor, ModelError> {
        self.head.forward(&self.decoder.hidden(token_ids)?)
    }

    pub fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    pub fn head(&self) -> &ValueHead {
        &self.head
    }

    /// A critic for another thread; see [`Decoder::leaf_copy`].
    pub fn leaf_copy(&self) -> Result<Self, ModelError> {
        let head = ValueHead {
            weight: storage::leaf(&self.head.weight)?,
        };
        Ok(Self {
            decoder: self.decoder.leaf_copy()?,
            head,
        })
    }

    /// Names and parameters in checkpoint order, the value head last, sharing storage.
    pub fn parameters(&self) -> Vec<(String, Tensor)> {
        let mut parameters = self.decoder.parameters();
        parameters.push((VALUE_HEAD.to_owned(), self.head.weight.shallow_clone()));
        parameters
    }

    /// The parameters on their way to a file, in `dtype`.
    pub fn outgoing(&self, dtype: Dtype) -> Vec<OutgoingTensor<'_>> {
        let mut tensors = self.decoder.outgoing(dtype);
        tensors.push(storage::outgoing(VALUE_HEAD, &self.head.weight, dtype));
        tensors
    }
}
