//! Which dialogues are worked on together: minibatches of one optimiser step, micro-batches of one
//! forward and backward pass. Pure: lengths in, lists of indices out. Depends on nothing but its
//! arguments, so results do not depend on threads.

/// Bounds of a micro-batch; without any bound a minibatch is one micro-batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct MicroBatching {
    /// Most tokens of a micro-batch, padding included; one longer dialogue goes alone.
    pub tokens: Option<usize>,
    /// Most dialogues of a micro-batch.
    pub rows: Option<usize>,
    /// Keep the order of the minibatch instead of sorting by length.
    pub in_order: bool,
}

impl MicroBatching {
    /// Cuts `rows` into micro-batches; `length` tells a row's number of tokens.
    ///
    /// Longest first, so that rows of a micro-batch need little padding and the last ones to be
    /// handed to the workers are short. Ties go by position.
    pub fn compose(&self, rows: &[usize], length: impl Fn(usize) -> usize) -> Vec<Vec<usize>> {
        let mut order = rows.to_vec();
        if !self.in_order {
            order.sort_by_key(|&row| std::cmp::Reverse(length(row)));
        }
        let mut batches: Vec<Vec<usize>> = Vec::new();
        let mut longest = 0;
        for row in order {
            let widened = longest.max(length(row));
            match batches.last_mut() {
                Some(batch) if self.fits(batch.len() + 1, widened) => {
                    batch.push(row);
                    longest = widened;
                }
                _ => {
                    batches.push(vec![row]);
                    longest = length(row);
                }
            }
        }
        batches
    }

    fn fits(&self, rows: usize, longest: usize) -> bool {
        self.rows.is_none_or(|bound| rows <= bound)
            && self.tokens.is_none_or(|bound| rows * longest <= bound)
    }
}

/// Cuts `order` into `ceil(n / size)` minibatches whose sizes differ by at most one, so that no
/// small rest gets an optimiser step of its own.
pub fn minibatches(order: &[usize], size: usize) -> Vec<Vec<usize>> {
    let count = order.len().div_ceil(size.max(1));
    (0..count)
        .map(|part| {
            let (start, end) = (part * order.len() / count, (part + 1) * order.len() / count);
            order[start..end].to_vec()
        })
        .collect()
}

/// A permutation of `0..count` that depends on `key` alone.
pub fn shuffled(count: usize, key: &[u64]) -> Vec<usize> {
    let stream = key
        .iter()
        .fold(0, |state, &word| scramble(state ^ scramble(word)));
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&index| (scramble(stream ^ scramble(index as u64)), index));
    order
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014): a bijection that spreads every bit.
fn scramble(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTHS: [usize; 6] = [5, 9, 1, 9, 20, 4];

    fn compose(batching: MicroBatching) -> Vec<Vec<usize>> {
        batching.compose(&[0, 1, 2, 3, 4, 5], |row| LENGTHS[row])
    }

    #[test]
    fn micro_batches_hold_dialogues_of_similar_length() {
        let batches = compose(MicroBatching {
            tokens: Some(18),
            ..Default::default()
        });
        assert_eq!(batches, [vec![4], vec![1, 3], vec![0, 5, 2]]);
    }

    #[test]
    fn rows_are_bounded_too() {
        let batches = compose(MicroBatching {
            rows: Some(4),
            ..Default::default()
        });
        assert_eq!(batches, [vec![4, 1, 3, 0], vec![5, 2]]);
        assert_eq!(compose(MicroBatching::default()).len(), 1);
    }

    #[test]
    fn the_order_can_be_kept() {
        let batches = compose(MicroBatching {
            rows: Some(3),
            in_order: true,
            ..Default::default()
        });
        assert_eq!(batches, [[0, 1, 2], [3, 4, 5]]);
    }

    #[test]
    fn minibatches_differ_by_at_most_one() {
        let order: Vec<usize> = (0..257).rev().collect();
        let cut = minibatches(&order, 128);
        assert_eq!(cut.iter().map(Vec::len).collect::<Vec<_>>(), [85, 86, 86]);
        assert_eq!(cut.concat(), order);
        assert_eq!(minibatches(&order[..3], 128).len(), 1);
        assert!(minibatches(&[], 128).is_empty());
    }

    #[test]
    fn shuffles_are_keyed_permutations() {
        let order = shuffled(100, &[1, 2]);
        assert_eq!(order, shuffled(100, &[1, 2]));
        assert_ne!(order, shuffled(100, &[2, 1]));
        assert_ne!(order, (0..100).collect::<Vec<_>>());
        let mut sorted = order;
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<_>>());
    }
}
