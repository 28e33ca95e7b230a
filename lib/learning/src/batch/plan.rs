//! A minibatch cut into micro-batches, with what each token counts in the loss.
//! Knows nothing about tensors or networks.

use crate::batch::batches::MicroBatching;
use crate::batch::tokens::Selection;
use crate::objective::reduction::{LossMean, token_weights};

/// Dialogues of one forward and backward pass, as indices into the data, and their tokens' weights.
#[derive(Clone, Debug, PartialEq)]
pub struct MicroBatch {
    pub rows: Vec<usize>,
    /// One per row: the weight of each of its tokens that are learned from.
    pub weights: Vec<f32>,
}

/// One network's work in an optimiser step.
#[derive(Clone, Debug)]
pub struct Plan {
    pub micro_batches: Vec<MicroBatch>,
    /// Tokens that are learned from.
    pub tokens: usize,
}

impl Plan {
    /// Plans the minibatch `rows`; `selection` tells what a row is and what is learned from it. Rows
    /// without a token to learn from are left out.
    pub fn new<'a>(
        rows: &[usize],
        selection: impl Fn(usize) -> Selection<'a>,
        mean: LossMean,
        batching: &MicroBatching,
    ) -> Self {
        let count = |row: usize| selection(row).positions.len();
        let rows: Vec<usize> = rows.iter().copied().filter(|&row| count(row) > 0).collect();
        let batches = batching.compose(&rows, |row| selection(row).ids.len());
        let counts: Vec<usize> = batches.iter().flatten().map(|&row| count(row)).collect();
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
            tokens: counts.iter().sum(),
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

    /// Length and number of learned tokens of each dialogue.
    const DIALOGUES: [(usize, usize); 4] = [(3, 2), (9, 4), (5, 1), (8, 0)];

    fn selection(row: usize) -> Selection<'static> {
        let (length, learned) = DIALOGUES[row];
        Selection {
            ids: &[0; 9][..length],
            positions: &[1, 2, 3, 4][..learned],
        }
    }

    #[test]
    fn weights_follow_the_rows_into_their_micro_batches() {
        let batching = MicroBatching {
            rows: Some(2),
            ..Default::default()
        };
        let plan = Plan::new(&[0, 1, 2, 3], selection, LossMean::Sequence, &batching);
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
        assert_eq!(plan.tokens, 7);
    }
}
