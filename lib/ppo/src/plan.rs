//! A minibatch cut into micro-batches, with what each token counts in the loss.
//! Knows nothing about tensors or networks.

use crate::batches::MicroBatching;
use crate::reduction::{LossMean, token_weights};
use crate::tokens::Tokens;

/// Dialogues of one forward and backward pass, as indices into the data, and their tokens' weights.
#[derive(Clone, Debug, PartialEq)]
pub struct MicroBatch {
    pub rows: Vec<usize>,
    /// One per row: the weight of each of its policy tokens.
    pub weights: Vec<f32>,
}

/// One optimiser step's work.
#[derive(Clone, Debug)]
pub struct Plan {
    pub micro_batches: Vec<MicroBatch>,
    pub dialogues: usize,
    /// All tokens, prompts and feedback included.
    pub tokens: usize,
    pub policy_tokens: usize,
}

impl Plan {
    /// Plans the minibatch `rows`; `tokens` tells a row's dialogue.
    pub fn new<'a>(
        rows: &[usize],
        tokens: impl Fn(usize) -> &'a Tokens,
        mean: LossMean,
        batching: &MicroBatching,
    ) -> Self {
        let batches = batching.compose(rows, |row| tokens(row).len());
        let counts: Vec<usize> = batches
            .iter()
            .flatten()
            .map(|&row| tokens(row).policy.len())
            .collect();
        let weights = token_weights(mean, &counts, &consecutive(&batches));
        let mut weights = weights.into_iter().map(|weight| weight as f32);
        Self {
            micro_batches: batches
                .into_iter()
                .map(|rows| MicroBatch {
                    weights: weights.by_ref().take(rows.len()).collect(),
                    rows,
                })
                .collect(),
            dialogues: rows.len(),
            tokens: rows.iter().map(|&row| tokens(row).len()).sum(),
            policy_tokens: counts.iter().sum(),
        }
    }
}

/// The same batches with rows renumbered 0, 1, 2, ... in their order.
fn consecutive(batches: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut end = 0;
    batches
        .iter()
        .map(|batch| {
            end += batch.len();
            (end - batch.len()..end).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialogue(length: usize, policy: usize) -> Tokens {
        Tokens {
            name: String::new(),
            ids: vec![0; length],
            policy: (length - policy..length).collect(),
        }
    }

    #[test]
    fn weights_follow_the_rows_into_their_micro_batches() {
        let data = [
            dialogue(3, 2),
            dialogue(9, 4),
            dialogue(5, 1),
            dialogue(8, 1),
        ];
        let batching = MicroBatching {
            rows: Some(2),
            ..Default::default()
        };
        let plan = Plan::new(&[0, 1, 2], |row| &data[row], LossMean::Sequence, &batching);
        let weights = |count: f32| 1.0 / (3.0 * count);
        assert_eq!(plan.micro_batches.len(), 2);
        assert_eq!(
            plan.micro_batches[0],
            MicroBatch {
                rows: vec![1, 2],
                weights: vec![weights(4.0), weights(1.0)]
            }
        );
        assert_eq!(
            plan.micro_batches[1],
            MicroBatch {
                rows: vec![0],
                weights: vec![weights(2.0)]
            }
        );
        assert_eq!(
            (plan.dialogues, plan.tokens, plan.policy_tokens),
            (3, 17, 7)
        );
    }
}
