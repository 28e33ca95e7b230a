//! What one token counts in the loss of a minibatch.
//! Knows nothing about tensors: counts in, weights out.

/// The mean that the loss of a minibatch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LossMean {
    /// Over all policy tokens of the minibatch: `1/N`, however it is cut into micro-batches.
    Token,
    /// Over dialogues of the mean over each dialogue's policy tokens: `1/(S n_s)`.
    Sequence,
    /// Over micro-batches of the token mean inside each: `1/(M n_m)`. The gradient then depends on
    /// how the minibatch is cut; it is what gradient accumulation without a global count does.
    MicroBatch,
}

/// Weight of each policy token of each dialogue.
///
/// `tokens[i]` is the number of policy tokens of dialogue `i`; `micro_batches` lists the dialogues
/// of every micro-batch. Dialogues and micro-batches without policy tokens do not count.
pub fn token_weights(mean: LossMean, tokens: &[usize], micro_batches: &[Vec<usize>]) -> Vec<f64> {
    match mean {
        LossMean::Token => vec![reciprocal(tokens.iter().sum()); tokens.len()],
        LossMean::Sequence => {
            let sequences = tokens.iter().filter(|&&count| count > 0).count();
            tokens
                .iter()
                .map(|&count| reciprocal(count) * reciprocal(sequences))
                .collect()
        }
        LossMean::MicroBatch => micro_batch_weights(tokens, micro_batches),
    }
}

fn micro_batch_weights(tokens: &[usize], micro_batches: &[Vec<usize>]) -> Vec<f64> {
    let counts: Vec<usize> = micro_batches
        .iter()
        .map(|rows| rows.iter().map(|&row| tokens[row]).sum())
        .collect();
    let share = reciprocal(counts.iter().filter(|&&count| count > 0).count());
    let mut weights = vec![0.0; tokens.len()];
    for (rows, &count) in micro_batches.iter().zip(&counts) {
        for &row in rows {
            weights[row] = share * reciprocal(count);
        }
    }
    weights
}

fn reciprocal(count: usize) -> f64 {
    if count == 0 { 0.0 } else { 1.0 / count as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENS: [usize; 4] = [4, 0, 2, 10];

    fn total(weights: &[f64]) -> f64 {
        weights
            .iter()
            .zip(TOKENS)
            .map(|(weight, count)| weight * count as f64)
            .sum()
    }

    #[test]
    fn weights_of_all_tokens_add_up_to_one() {
        let cut = [vec![0, 1], vec![2], vec![3]];
        for mean in [LossMean::Token, LossMean::Sequence, LossMean::MicroBatch] {
            assert!((total(&token_weights(mean, &TOKENS, &cut)) - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn token_mean_does_not_see_the_cut() {
        let whole = token_weights(LossMean::Token, &TOKENS, &[vec![0, 1, 2, 3]]);
        let cut = token_weights(LossMean::Token, &TOKENS, &[vec![3], vec![0, 1, 2]]);
        assert_eq!(whole, cut);
        assert_eq!(whole[0], 1.0 / 16.0);
    }

    #[test]
    fn micro_batches_count_equally_whatever_their_length() {
        let weights = token_weights(LossMean::MicroBatch, &TOKENS, &[vec![0, 1, 2], vec![3]]);
        assert_eq!(weights, [1.0 / 12.0, 1.0 / 12.0, 1.0 / 12.0, 1.0 / 20.0]);
    }

    #[test]
    fn a_micro_batch_without_policy_tokens_does_not_count() {
        let weights = token_weights(LossMean::MicroBatch, &TOKENS, &[vec![1], vec![0, 2, 3]]);
        assert_eq!(weights[3], 1.0 / 16.0);
    }
}
