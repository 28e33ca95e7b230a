//! Forward passes at policy tokens only (prompt, feedback and padding never reach the head) and their way back: the
//! head first, portion by portion, then the layers. Knows nothing about losses.

use tch::{Kind, Tensor, no_grad};
use transformer::{Critic, Decoder, ModelError, Recording};

use crate::batch::padded::Padded;
use crate::train::execution::Execution;
use crate::train::head::{Entropy, PolicyOutputs, in_portions, outputs_of, portions};

/// Gradients of parameters, each with its place among the network's parameters; a place may come twice.
pub type Parts = Vec<(usize, Tensor)>;

/// Log-probabilities at temperature 1, and the entropy in nats; nothing is kept to differentiate them.
pub fn policy_outputs(
    decoder: &Decoder,
    batch: &Padded,
    entropy: Entropy,
    execution: &Execution,
) -> Result<PolicyOutputs, ModelError> {
    no_grad(|| {
        let hidden = decoder.hidden(&batch.token_ids)?; // [rows, seq, hidden]
        let states = states(&hidden, batch)?;
        in_portions(decoder, &states, &batch.targets, entropy, execution)
    })
}

/// A forward pass of the policy that can be differentiated.
pub struct PolicyPass<'a> {
    decoder: &'a Decoder,
    batch: &'a Padded,
    execution: &'a Execution,
    recording: Recording,
    /// `[tokens, hidden]`, a function of the recording's last states.
    states: Tensor,
    /// Functions of the states where they are one portion; otherwise leaves, whose gradients are taken to the states
    /// one portion after the other.
    outputs: PolicyOutputs,
}

impl<'a> PolicyPass<'a> {
    pub fn forward(
        decoder: &'a Decoder,
        batch: &'a Padded,
        entropy: Entropy,
        execution: &'a Execution,
    ) -> Result<Self, ModelError> {
        let recording = decoder.record(&batch.token_ids, execution.recomputed_layers)?;
        let states = states(recording.hidden(), batch)?;
        let outputs = if portions(&states, decoder, execution).len() == 1 {
            outputs_of(decoder, &states, &batch.targets, entropy)?
        } else {
            let outputs =
                no_grad(|| in_portions(decoder, &states, &batch.targets, entropy, execution))?;
            let differentiated = entropy == Entropy::Differentiate;
            let leaf = |tensor: Tensor| tensor.f_set_requires_grad(differentiated);
            PolicyOutputs {
                logprobs: outputs.logprobs.f_set_requires_grad(true)?,
                entropy: outputs.entropy.map(leaf).transpose()?,
            }
        };
        Ok(Self {
            decoder,
            batch,
            execution,
            recording,
            states,
            outputs,
        })
    }

    /// What a loss is a function of.
    pub fn outputs(&self) -> PolicyOutputs {
        PolicyOutputs {
            logprobs: self.outputs.logprobs.shallow_clone(),
            entropy: self.outputs.entropy.as_ref().map(Tensor::shallow_clone),
        }
    }

    /// The gradients of a scalar `loss` of the outputs.
    pub fn differentiate(self, loss: &Tensor) -> Result<Parts, ModelError> {
        let place = self.decoder.head_place().ok_or(ModelError::NoHead)?;
        let (_, head) = self.decoder.parameters().swap_remove(place);
        let portions = portions(&self.states, self.decoder, self.execution);
        let (of_hidden, of_head) = if portions.len() == 1 {
            pair(loss, self.recording.hidden(), &head)?
        } else {
            let (of_states, of_head) = self.through_portions(loss, &portions, &head)?;
            let pulled = self.states.f_mul(&of_states)?.f_sum(self.states.kind())?;
            let hidden = [self.recording.hidden()];
            let mut of_hidden = Tensor::f_run_backward(&[pulled], &hidden, false, false)?;
            (of_hidden.swap_remove(0), of_head)
        };
        let mut parts = vec![(place, of_head)];
        parts.extend(self.decoder.gradients(self.recording, of_hidden)?);
        Ok(parts)
    }

    /// Gradients of the states `[tokens, hidden]` and of the head, float32 where several portions add up to it.
    fn through_portions(
        &self,
        loss: &Tensor,
        portions: &[(i64, i64)],
        head: &Tensor,
    ) -> Result<(Tensor, Tensor), ModelError> {
        let entropy = self.outputs.entropy.as_ref();
        let entropy = entropy.filter(|entropy| entropy.requires_grad());
        let leaves: Vec<&Tensor> = [&self.outputs.logprobs]
            .into_iter()
            .chain(entropy)
            .collect();
        let of_outputs = Tensor::f_run_backward(&[loss], &leaves, false, false)?;
        let mode = entropy.map_or(Entropy::Skip, |_| Entropy::Differentiate);
        let mut of_states = Vec::new();
        let mut of_head = head.f_zeros_like()?.f_to_kind(Kind::Float)?;
        for &(start, length) in portions {
            let states = self.states.f_narrow(0, start, length)?.f_detach()?;
            let states = states.f_set_requires_grad(true)?;
            let targets = self.batch.targets.f_narrow(0, start, length)?;
            let outputs = outputs_of(self.decoder, &states, &targets, mode)?;
            let mut scalar = Tensor::f_zeros([], (Kind::Float, states.device()))?;
            let outputs = [Some(outputs.logprobs), outputs.entropy];
            for (output, gradient) in outputs.into_iter().flatten().zip(&of_outputs) {
                let gradient = gradient.f_narrow(0, start, length)?;
                scalar = scalar.f_add(&output.f_mul(&gradient)?.f_sum(Kind::Float)?)?;
            }
            let (states, part) = pair(&scalar, &states, head)?;
            of_states.push(states);
            let _ = no_grad(|| of_head.f_add_(&part))?;
        }
        Ok((Tensor::f_cat(&of_states, 0)?, of_head))
    }
}

/// A forward pass of the critic that can be differentiated.
pub struct CriticPass<'a> {
    critic: &'a Critic,
    recording: Recording,
    /// Estimates of the states before policy tokens, `[tokens]` float32.
    values: Tensor,
}

impl<'a> CriticPass<'a> {
    pub fn forward(
        critic: &'a Critic,
        batch: &Padded,
        execution: &Execution,
    ) -> Result<Self, ModelError> {
        let decoder = critic.decoder();
        let recording = decoder.record(&batch.token_ids, execution.recomputed_layers)?;
        let values = critic.head().forward(recording.hidden())?; // [rows, seq]
        Ok(Self {
            critic,
            values: states(&values, batch)?,
            recording,
        })
    }

    /// What a loss is a function of.
    pub fn values(&self) -> Tensor {
        self.values.shallow_clone()
    }

    /// The gradients of a scalar `loss` of the values.
    pub fn differentiate(self, loss: &Tensor) -> Result<Parts, ModelError> {
        let mut parameters = self.critic.parameters();
        let (_, head) = parameters.pop().ok_or(ModelError::NoHead)?;
        let (of_hidden, of_head) = pair(loss, self.recording.hidden(), &head)?;
        let mut parts = vec![(parameters.len(), of_head)];
        let decoder = self.critic.decoder();
        parts.extend(decoder.gradients(self.recording, of_hidden)?);
        Ok(parts)
    }
}

/// The critic's estimates of the states before policy tokens, `[tokens]` float32.
pub fn state_values(critic: &Critic, batch: &Padded) -> Result<Tensor, ModelError> {
    states(&critic.values(&batch.token_ids)?, batch)
}

/// What belongs to the states before policy tokens: `[rows, seq, ..]` -> `[tokens, ..]`.
fn states(everywhere: &Tensor, batch: &Padded) -> Result<Tensor, ModelError> {
    Ok(everywhere
        .f_flatten(0, 1)?
        .f_index_select(0, &batch.states)?)
}

/// Gradients of a scalar by two tensors.
fn pair(scalar: &Tensor, one: &Tensor, other: &Tensor) -> Result<(Tensor, Tensor), ModelError> {
    let mut parts = Tensor::f_run_backward(&[scalar], &[one, other], false, false)?;
    let second = parts.pop().unwrap_or_default();
    Ok((parts.pop().unwrap_or_default(), second))
}
