//! Where the tokens of a step stand: pure arithmetic, before anything becomes a tensor.

/// The integers of a step, before they become tensors.
pub(crate) struct Layout {
    pub(crate) rows: i64,
    /// Longest chunk.
    pub(crate) chunk: i64,
    /// Longest sequence after the step.
    pub(crate) longest: i64,
    pub(crate) token_ids: Vec<i64>,
    pub(crate) positions: Vec<i64>,
    pub(crate) token_slots: Vec<i64>,
    pub(crate) last: Vec<i64>,
    pub(crate) ends: Vec<i64>,
    pub(crate) spread: Vec<i64>,
    pub(crate) gather: Vec<i64>,
    /// Position of each padded place, `[rows * chunk]`; padding repeats the chunk's last position.
    pub(crate) padded_positions: Vec<i64>,
}

impl Layout {
    pub(crate) fn new(lengths: &[i64], slots: &[i64], chunks: &[&[i32]]) -> Self {
        let chunk = chunks
            .iter()
            .map(|chunk| chunk.len() as i64)
            .max()
            .unwrap_or(0);
        let mut layout = Self::empty(slots.len() as i64, chunk);
        for (row, (&slot, tokens)) in (0..).zip(slots.iter().zip(chunks)) {
            layout.push_row(row, slot, lengths[slot as usize], tokens);
        }
        layout.longest = layout.ends.iter().copied().max().unwrap_or(0);
        layout
    }

    fn empty(rows: i64, chunk: i64) -> Self {
        let none = Vec::new;
        Self {
            rows,
            chunk,
            longest: 0,
            token_ids: none(),
            positions: none(),
            token_slots: none(),
            last: none(),
            ends: none(),
            spread: none(),
            gather: none(),
            padded_positions: none(),
        }
    }

    fn push_row(&mut self, row: i64, slot: i64, begin: i64, tokens: &[i32]) {
        let first = self.token_ids.len() as i64;
        let count = tokens.len() as i64;
        self.token_ids
            .extend(tokens.iter().map(|id| i64::from(*id)));
        self.positions.extend(begin..begin + count);
        self.token_slots.extend(tokens.iter().map(|_| slot));
        self.gather
            .extend((0..count).map(|offset| row * self.chunk + offset));
        let within = (0..self.chunk).map(|offset| offset.min(count - 1));
        self.spread
            .extend(within.clone().map(|offset| first + offset));
        self.padded_positions
            .extend(within.map(|offset| begin + offset));
        self.last.push(first + count - 1);
        self.ends.push(begin + count);
    }

    pub(crate) fn is_rectangular(&self) -> bool {
        self.token_ids.len() as i64 == self.rows * self.chunk
    }
}
