//! A decoder of any family: loading, running, copying for threads, saving.

use checkpoints::{Dtype, EMBEDDING, HEAD, ModelConfig, OutgoingTensor, Parameter, Weights};
use tch::{Device, Kind, Tensor};

use crate::attention::{Attention, Causal};
use crate::network::Network;
use crate::{ModelError, storage};

/// A decoder on one device.
///
/// Operations on several threads at once need a [`leaf_copy`](Self::leaf_copy) for each.
pub struct Decoder {
    config: ModelConfig,
    tensors: NamedTensors,
    network: Network,
    known: Known,
}

/// The ids that get a probability.
struct Known {
    /// None from here on.
    end: i64,
    /// True at ids before `end` that get none either, `[end]`.
    gaps: Option<Tensor>,
}

impl Known {
    fn shallow_clone(&self) -> Self {
        Self {
            end: self.end,
            gaps: self.gaps.as_ref().map(Tensor::shallow_clone),
        }
    }
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
        weights.check_tied_head(config)?;
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
        let known = Known {
            end: config.vocab_size as i64,
            gaps: None,
        };
        Self::from_tensors(config.clone(), NamedTensors(tensors), known)
    }

    /// The same decoder, which gives no probability ([`known_logits`](Self::known_logits)) to the ids from `end` on nor
    /// to `gaps` before it.
    pub fn restricted(mut self, end: usize, gaps: &[i32]) -> Result<Self, ModelError> {
        let mut known = Known {
            end: end.min(self.config.vocab_size) as i64,
            gaps: None,
        };
        if !gaps.is_empty() {
            let mut mask = vec![false; known.end as usize];
            for gap in gaps {
                if let Some(masked) = usize::try_from(*gap).ok().and_then(|id| mask.get_mut(id)) {
                    *masked = true;
                }
            }
            known.gaps = Some(Tensor::f_from_slice(&mask)?.f_to_device(self.device())?);
        }
        self.known = known;
        Ok(self)
    }

    fn from_tensors(
        config: ModelConfig,
        tensors: NamedTensors,
        known: Known,
    ) -> Result<Self, ModelError> {
        let network = Network::new(&config, &tensors)?;
        Ok(Self {
            config,
            tensors,
            network,
            known,
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
        let known = self.known.shallow_clone();
        Self::from_tensors(self.config.clone(), NamedTensors(tensors), known)
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
        let (token_ids, positions) = self.places(token_ids)?;
        self.network.hidden(&token_ids, &positions, &mut Causal)
    }

    /// `[batch, seq]` ids on the decoder's device, and the positions `[seq]` that they stand at.
    pub(crate) fn places(&self, token_ids: &Tensor) -> Result<(Tensor, Tensor), ModelError> {
        let (_, seq) = token_ids.size2()?;
        let positions = Tensor::f_arange(seq, (Kind::Int64, self.device()))?;
        Ok((token_ids.f_to_device(self.device())?, positions))
    }

    pub(crate) fn network(&self) -> &Network {
        &self.network
    }

    /// The place of the output head among [`parameters`](Self::parameters): the embedding's where it is tied.
    pub fn head_place(&self) -> Option<usize> {
        let name = if self.config.tie_word_embeddings {
            EMBEDDING
        } else {
            HEAD
        };
        self.tensors.0.iter().position(|(other, _)| other == name)
    }

    /// Ids that a policy may draw come before this one.
    pub fn known_ids(&self) -> i64 {
        self.known.end
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

    /// As [`logits`](Self::logits), for distributions over the ids that may be drawn: `[.., end]`, and nothing that
    /// counts at gaps. The rows of the head that are left out get gradients of exactly 0.
    pub fn known_logits(&self, hidden: &Tensor) -> Result<Tensor, ModelError> {
        /// Its exponential beside any logit is 0, and 0 times it is 0 (an entropy would be NaN at minus infinity); every
        /// type that weights have can hold it.
        const NOTHING: f64 = -65_504.0;
        let mut logits = self.logits(hidden)?;
        if self.known.end < self.config.vocab_size as i64 {
            logits = logits.f_narrow(-1, 0, self.known.end)?;
        }
        match &self.known.gaps {
            None => Ok(logits),
            Some(gaps) => Ok(logits.f_masked_fill(gaps, NOTHING)?),
        }
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
