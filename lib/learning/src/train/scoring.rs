//! The teacher-forced pass: what the policy, the reference and the critic say about dialogues that
//! were already played. Knows nothing about files.

use tch::{Tensor, no_grad};
use transformer::{Critic, Decoder, ModelError};

use crate::batch::batches::MicroBatching;
use crate::batch::padded::Padded;
use crate::batch::tokens::{Selection, Tokens};
use crate::error::LearnError;
use crate::train::execution::Execution;
use crate::train::forward::{policy_outputs, state_values};
use crate::train::gradients::{on_rows, worker_error};
use crate::train::head::Entropy;
use crate::train::workers::in_order;

/// What messages call the work on a micro-batch.
const PHASE: &str = "a scoring pass";

/// The networks to ask; what is absent is not asked.
pub struct Networks {
    pub policy: Decoder,
    pub reference: Option<Decoder>,
    pub critic: Option<Critic>,
}

/// What they say about one dialogue, one entry per policy token.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scores {
    pub policy_logprobs: Vec<f32>,
    pub reference_logprobs: Option<Vec<f32>>,
    pub values: Option<Vec<f32>>,
}

/// Scores all dialogues, in their order. What a dialogue gets may depend on its neighbours in the
/// last bits (they decide the padding), never on the number of threads.
pub fn score(
    networks: &Networks,
    dialogues: &[Tokens],
    batching: &MicroBatching,
    execution: &Execution,
) -> Result<Vec<Scores>, LearnError> {
    let every: Vec<usize> = (0..dialogues.len()).collect();
    let batches = batching.compose(&every, |row| dialogues[row].len());
    let names = |job: usize| {
        batches[job]
            .iter()
            .map(|&row| dialogues[row].name.clone())
            .collect::<Vec<_>>()
    };
    let workers = execution.threads.clamp(1, batches.len().max(1));
    let copies = (0..workers)
        .map(|_| networks.copy())
        .collect::<Result<_, _>>()?;
    let mut scores = vec![Scores::default(); dialogues.len()];
    let work = |networks: &mut Networks, job: usize| {
        let rows: Vec<&Tokens> = batches[job].iter().map(|&row| &dialogues[row]).collect();
        no_grad(|| networks.score(&rows, execution)).map_err(on_rows(PHASE, names(job)))
    };
    let outcome = in_order(copies, batches.len(), work, |job, batch| {
        for (&row, of_row) in batches[job].iter().zip(batch) {
            of_row.check_finite(&dialogues[row])?;
            scores[row] = of_row;
        }
        Ok(())
    });
    outcome.map_err(|failure| worker_error(failure, |_| PHASE, names))?;
    Ok(scores)
}

impl Networks {
    fn copy(&self) -> Result<Self, ModelError> {
        Ok(Self {
            policy: self.policy.leaf_copy()?,
            reference: self
                .reference
                .as_ref()
                .map(Decoder::leaf_copy)
                .transpose()?,
            critic: self.critic.as_ref().map(Critic::leaf_copy).transpose()?,
        })
    }

    fn score(&self, rows: &[&Tokens], execution: &Execution) -> Result<Vec<Scores>, ModelError> {
        let selections: Vec<Selection> = rows.iter().map(|row| row.selection()).collect();
        let batch = Padded::new(&selections, execution.device);
        if batch.targets.numel() == 0 {
            return Ok(rows.iter().map(|_| self.silent()).collect());
        }
        let policy =
            numbers(&policy_outputs(&self.policy, &batch, Entropy::Skip, execution)?.logprobs)?;
        let reference = self.reference.as_ref();
        let reference = reference
            .map(|reference| {
                numbers(&policy_outputs(reference, &batch, Entropy::Skip, execution)?.logprobs)
            })
            .transpose()?;
        let critic = self.critic.as_ref();
        let values = critic
            .map(|critic| numbers(&state_values(critic, &batch)?))
            .transpose()?;
        let mut end = 0;
        let cut = |row: &&Tokens| {
            let range = end..end + row.policy.len();
            end = range.end;
            Scores {
                policy_logprobs: policy[range.clone()].to_vec(),
                reference_logprobs: reference.as_ref().map(|list| list[range.clone()].to_vec()),
                values: values.as_ref().map(|list| list[range].to_vec()),
            }
        };
        Ok(rows.iter().map(cut).collect())
    }

    /// The scores of a dialogue without policy tokens.
    fn silent(&self) -> Scores {
        Scores {
            policy_logprobs: Vec::new(),
            reference_logprobs: self.reference.as_ref().map(|_| Vec::new()),
            values: self.critic.as_ref().map(|_| Vec::new()),
        }
    }
}

impl Scores {
    fn check_finite(&self, dialogue: &Tokens) -> Result<(), LearnError> {
        let lists = [
            ("policy_logprobs", Some(&self.policy_logprobs)),
            ("reference_logprobs", self.reference_logprobs.as_ref()),
            ("values", self.values.as_ref()),
        ];
        for (field, list) in lists {
            let broken = list.and_then(|list| list.iter().position(|number| !number.is_finite()));
            if let Some(index) = broken {
                let (row, position) = (dialogue.name.clone(), dialogue.policy[index]);
                return Err(LearnError::ScoreNotFinite {
                    field,
                    row,
                    position,
                });
            }
        }
        Ok(())
    }
}

fn numbers(tensor: &Tensor) -> Result<Vec<f32>, ModelError> {
    Ok(Vec::<f32>::try_from(tensor)?)
}
