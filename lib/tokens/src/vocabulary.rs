//! Which of a model's ids mean something.

use std::collections::BTreeSet;

/// The ids of a model that its tokenizer has a text for, or that end a sequence.
///
/// Embeddings are often padded to a round number of rows (Qwen2.5 has 151,936 for 151,665 tokens). The other rows were
/// never trained and no text leads to them: they are left out of every distribution over tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vocabulary {
    size: usize,
    end: usize,
    /// Ids below `end` that mean nothing, ascending.
    gaps: Vec<i32>,
}

impl Vocabulary {
    /// All ids of a model with `size` of them.
    pub fn whole(size: usize) -> Self {
        Self {
            size,
            end: size,
            gaps: Vec::new(),
        }
    }

    /// Those of `ids` that a model with `size` ids has; all where that would leave none.
    pub fn of(size: usize, ids: impl IntoIterator<Item = i32>) -> Self {
        let ids = ids.into_iter().filter_map(|id| usize::try_from(id).ok());
        let known: BTreeSet<usize> = ids.filter(|id| *id < size).collect();
        let Some(last) = known.last() else {
            return Self::whole(size);
        };
        let end = last + 1;
        let gaps = (0..end).filter(|id| !known.contains(id));
        Self {
            size,
            end,
            gaps: gaps.map(|id| id as i32).collect(),
        }
    }

    /// Ids of the model, with and without meaning.
    pub fn size(&self) -> usize {
        self.size
    }

    /// One more than the greatest id that means something: all from here on mean nothing.
    pub fn end(&self) -> usize {
        self.end
    }

    /// Ids below [`end`](Self::end) that mean nothing, ascending.
    pub fn gaps(&self) -> &[i32] {
        &self.gaps
    }

    /// All ids that mean something, ascending.
    pub fn ids(&self) -> impl Iterator<Item = i32> {
        let mut gaps = self.gaps.iter().peekable();
        (0..self.end as i32).filter(move |id| gaps.next_if_eq(&id).is_none())
    }

    /// The ids that mean something in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let size = self.size.min(other.size);
        Self::of(size, self.ids().filter(|id| other.contains(*id)))
    }

    pub fn contains(&self, id: i32) -> bool {
        usize::try_from(id).is_ok_and(|id| id < self.end) && self.gaps.binary_search(&id).is_err()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_and_gaps_are_told_apart() {
        let padded = Vocabulary::of(10, [0, 1, 2, 3]);
        assert_eq!((padded.end(), padded.gaps()), (4, [].as_slice()));
        let holed = Vocabulary::of(10, [5, 0, 2, 99, -1]);
        assert_eq!(
            (holed.size(), holed.end(), holed.gaps()),
            (10, 6, [1, 3, 4].as_slice())
        );
        let meant: Vec<i32> = (-1..12).filter(|id| holed.contains(*id)).collect();
        assert_eq!(meant, [0, 2, 5]);
        assert!(holed.ids().eq(meant));
        let common: Vec<i32> = holed.intersection(&padded).ids().collect();
        assert_eq!(common, [0, 2]);
    }

    #[test]
    fn a_vocabulary_without_gaps_is_whole() {
        assert_eq!(Vocabulary::of(3, 0..3), Vocabulary::whole(3));
        assert_eq!(Vocabulary::of(3, []), Vocabulary::whole(3));
    }
}
