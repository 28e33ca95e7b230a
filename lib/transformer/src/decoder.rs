//! A decoder of any architecture: loading, running, copying for threads, saving.

use checkpoints::{Architecture as Family, Dtype, ModelConfig, OutgoingTensor, Parameter, Weights};
use tch::{Device, Kind, Tensor};

use crate::attention::{Attention, Causal};
use crate::qwen2::Qwen2;
use crate::{ModelError, storage};

/// What one architecture computes. Its file knows the layers; the batch comes as `attention`.
pub(crate) trait Architecture: Send {
    /// `token_ids` `[..]` int64, `positions` int64 that broadcast to `[..]` from the right; gives
    /// `[.., hidden]` after the final norm.
    fn hidden(
        &self,
        token_ids: &Tensor,
        positions: &Tensor,
        attention: &mut dyn Attention,
    ) -> Result<Tensor, ModelError>;

    /// The output head `[vocab, hidden]`, where it was loaded.
    fn head(&self) -> Option<&Tensor>;
}

/// A decoder on one device.
///
/// Operations on several threads at once need a [`leaf_copy`](Self::leaf_copy) for each.
pub struct Decoder {
    config: ModelConfig,
    tensors: NamedTensors,
    network: Box<dyn Architecture>,
}

impl Decoder {
    /// Loads all parameters, converted to `kind` on `device`, as leaves that collect gradients
    /// when `trainable`. Names, shapes and finiteness are checked first.
    pub fn load(
        weights: &Weights,
        config: &ModelConfig,
        device: Device,
        kind: Kind,
        trainable: bool,
    ) -> Result<Self, ModelError> {
        Self::load_parameters(
            config.parameters(),
            weights,
            config,
            device,
            kind,
            trainable,
        )
    }

    /// Loads the decoder without an untied output head, which a critic has no use for.
    pub(crate) fn load_trunk(
        weights: &Weights,
        config: &ModelConfig,
        device: Device,
        kind: Kind,
        trainable: bool,
    ) -> Result<Self, ModelError> {
        Self::load_parameters(
            config.trunk_parameters(),
            weights,
            config,
            device,
            kind,
            trainable,
        )
    }

    fn load_parameters(
        parameters: Vec<Parameter>,
        weights: &Weights,
        config: &ModelConfig,
        device: Device,
        kind: Kind,
        trainable: bool,
    ) -> Result<Self, ModelError> {
        weights.check_parameters(&parameters)?;
        let load = |parameter: Parameter| {
            let tensor = storage::load(weights, &parameter, device, kind, trainable)?;
            Ok((parameter.name, tensor))
        };
        let tensors = parameters
            .into_iter()
            .map(load)
            .collect::<Result<_, ModelError>>()?;
        Self::from_tensors(config.clone(), NamedTensors(tensors))
    }

    fn from_tensors(config: ModelConfig, tensors: NamedTensors) -> Result<Self, ModelError> {
        let network = match config.architecture {
            Family::Qwen2 => Box::new(Qwen2::new(&config, &tensors)?),
        };
        Ok(Self {
            config,
            tensors,
            network,
        })
    }

    /// A decoder for another thread: the same storage, but leaves of its own that collect
    /// gradients of their own. A change of the weights in place is seen by all copies.
    pub fn leaf_copy(&self) -> Result<Self, ModelError> {
        let copy = |(name, tensor): &(String, Tensor)| Ok((name.clone(), storage::leaf(tensor)?));
        let tensors = self
            .tensors
            .0
            .iter()
            .map(copy)
            .collect::<Result<_, ModelError>>()?;
        Self::from_tensors(self.config.clone(), NamedTensors(tensors))
    }

    pub fn config(&self) -> &ModelConfig {
        &self.config
    }

    pub fn device(&self) -> Device {
        self.tensors.0[0].1.device()
    }

    /// The type of parameters and activations.
    pub fn kind(&self) -> Kind {
        self.tensors.0[0].1.kind()
    }

    /// Names and parameters in checkpoint order, sharing storage; a tied head appears once, as
    /// the embedding.
    pub fn parameters(&self) -> Vec<(String, Tensor)> {
        self.tensors
            .0
            .iter()
            .map(|(name, tensor)| (name.clone(), tensor.shallow_clone()))
            .collect()
    }

    /// The residual stream after the final norm, `[batch, seq, hidden]`, for `token_ids`
    /// `[batch, seq]` (int64, padded on the right with any id of the vocabulary). Each position
    /// sees itself and those before it; what stands at padded positions is meaningless.
    pub fn hidden(&self, token_ids: &Tensor) -> Result<Tensor, ModelError> {
        let (_, seq) = token_ids.size2()?;
        let token_ids = token_ids.f_to_device(self.device())?;
        let positions = Tensor::f_arange(seq, (Kind::Int64, self.device()))?;
        self.network.hidden(&token_ids, &positions, &mut Causal)
    }

    /// As [`hidden`](Self::hidden) with other batches than padded ones.
    pub(crate) fn hidden_with(
        &self,
        token_ids: &Tensor,
        positions: &Tensor,
        attention: &mut dyn Attention,
    ) -> Result<Tensor, ModelError> {
        self.network.hidden(token_ids, positions, attention)
    }

    /// Logits `[.., vocab]` of `hidden` `[.., hidden]`, in the decoder's own type. Select the
    /// positions of interest first: the vocabulary is what costs memory.
    pub fn logits(&self, hidden: &Tensor) -> Result<Tensor, ModelError> {
        let head = self.network.head().ok_or(ModelError::NoHead)?;
        Ok(hidden.f_linear(head, None::<&Tensor>)?)
    }

    /// The parameters on their way to a file, in `dtype`.
    pub fn outgoing(&self, dtype: Dtype) -> Vec<OutgoingTensor<'_>> {
        self.tensors
            .0
            .iter()
            .map(|(name, tensor)| storage::outgoing(name, tensor, dtype))
            .collect()
    }
}

/// Parameters by name, in checkpoint order.
pub(crate) struct NamedTensors(Vec<(String, Tensor)>);

impl NamedTensors {
    /// The parameter called `name`, sharing everything.
    pub(crate) fn get(&self, name: &str) -> Result<Tensor, ModelError> {
        self.find(name).ok_or_else(|| ModelError::NoParameter {
            name: name.to_owned(),
        })
    }

    /// As [`get`](Self::get), for what may have been left out.
    pub(crate) fn find(&self, name: &str) -> Option<Tensor> {
        let found = self.0.iter().find(|(other, _)| other == name);
        found.map(|(_, tensor)| tensor.shallow_clone())
    }
}
