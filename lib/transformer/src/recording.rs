//! A forward pass that is differentiated from its end, with activations kept or computed again (Chen et al. 2016, arXiv
//! 1604.06174). Knows nothing about heads or losses: the gradient of the last states comes from outside.

use std::ops::Range;

use checkpoints::EMBEDDING;
use tch::{Tensor, no_grad};

use crate::attention::Causal;
use crate::rotary::Rotary;
use crate::{Decoder, ModelError};

/// A stretch of the network, in the order of the forward pass.
enum Stretch {
    /// Token ids to the residual stream.
    Embedding { output: Tensor },
    /// One layer, of which the input alone was kept.
    Recomputed { layer: usize, input: Tensor },
    /// Layers and the final norm, with all that their backward pass needs.
    Kept {
        layers: Range<usize>,
        input: Tensor,
        output: Tensor,
    },
}

/// What the backward pass of a [`Decoder`] needs of its forward pass.
pub struct Recording {
    stretches: Vec<Stretch>,
    rotary: Rotary,
    hidden: Tensor,
}

impl Decoder {
    /// As [`hidden`](Decoder::hidden), to be differentiated with [`gradients`](Decoder::gradients). The first
    /// `recomputed` layers keep their input alone and are computed a second time in the backward pass: the same
    /// gradients to the last bit for a third more work of such a layer.
    pub fn record(&self, token_ids: &Tensor, recomputed: usize) -> Result<Recording, ModelError> {
        let (token_ids, positions) = self.places(token_ids)?;
        let (network, count) = (self.network(), self.config().num_hidden_layers);
        let rotary = network.rotary(&positions)?;
        let output = network.embed(&token_ids)?;
        let mut input = leaf(&output)?;
        let mut stretches = vec![Stretch::Embedding { output }];
        let recomputed = recomputed.min(count);
        for layer in 0..recomputed {
            let again = layer..layer + 1;
            let output =
                no_grad(|| network.layers(again, input.shallow_clone(), &rotary, &mut Causal))?;
            stretches.push(Stretch::Recomputed { layer, input });
            input = leaf(&output)?;
        }
        let layers = recomputed..count;
        let x = network.layers(layers.clone(), input.shallow_clone(), &rotary, &mut Causal)?;
        let output = network.final_norm(&x)?;
        let hidden = leaf(&output)?;
        stretches.push(Stretch::Kept {
            layers,
            input,
            output,
        });
        Ok(Recording {
            stretches,
            rotary,
            hidden,
        })
    }

    /// The gradients of the parameters from that of the recording's last states, `[batch, seq, hidden]`: for each
    /// parameter that has one its place in [`parameters`](Decoder::parameters), last layers first.
    pub fn gradients(
        &self,
        recording: Recording,
        of_hidden: Tensor,
    ) -> Result<Vec<(usize, Tensor)>, ModelError> {
        let mut gradients = Vec::new();
        let mut above = of_hidden;
        for stretch in recording.stretches.into_iter().rev() {
            let (input, output, prefixes) = match stretch {
                Stretch::Embedding { output } => (None, output, vec![EMBEDDING.to_owned()]),
                Stretch::Recomputed { layer, input } => {
                    let (again, x) = (layer..layer + 1, input.shallow_clone());
                    let network = self.network();
                    let output = network.layers(again, x, &recording.rotary, &mut Causal)?;
                    (Some(input), output, vec![prefix_of(layer)])
                }
                Stretch::Kept {
                    layers,
                    input,
                    output,
                } => {
                    let prefixes = layers.map(prefix_of).chain([NORM.to_owned()]);
                    (Some(input), output, prefixes.collect())
                }
            };
            above = self.pull_back(input, &output, &above, &prefixes, &mut gradients)?;
        }
        Ok(gradients)
    }

    /// Pulls the gradient of a stretch's output back to its input, which is returned, and to the parameters with
    /// those prefixes.
    fn pull_back(
        &self,
        input: Option<Tensor>,
        output: &Tensor,
        above: &Tensor,
        prefixes: &[String],
        gradients: &mut Vec<(usize, Tensor)>,
    ) -> Result<Tensor, ModelError> {
        let belongs = |name: &str| prefixes.iter().any(|prefix| name.starts_with(prefix));
        let parameters = self.parameters().into_iter().enumerate();
        let (places, mut leaves): (Vec<usize>, Vec<Tensor>) = parameters
            .filter(|(_, (name, tensor))| belongs(name) && tensor.requires_grad())
            .map(|(place, (_, tensor))| (place, tensor))
            .unzip();
        let through = input.is_some();
        leaves.extend(input);
        // The product's derivative by the output is `above`, and its sum a scalar, which is what can be differentiated.
        let product = output.f_mul(above)?.f_sum(output.kind())?;
        let mut parts = Tensor::f_run_backward(&[product], &leaves, false, false)?;
        let below = if through { parts.pop() } else { None };
        gradients.extend(
            places
                .into_iter()
                .zip(parts)
                .filter(|(_, part)| part.defined()),
        );
        Ok(below.unwrap_or_default())
    }
}

impl Recording {
    /// The residual stream after the final norm, `[batch, seq, hidden]`: a leaf, whose gradient
    /// [`Decoder::gradients`] wants.
    pub fn hidden(&self) -> &Tensor {
        &self.hidden
    }
}

const NORM: &str = "model.norm.";

fn prefix_of(layer: usize) -> String {
    format!("model.layers.{layer}.")
}

fn leaf(tensor: &Tensor) -> Result<Tensor, ModelError> {
    Ok(tensor.f_detach()?.f_set_requires_grad(true)?)
}
