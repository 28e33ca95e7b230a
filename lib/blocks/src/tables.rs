//! The block tables of running sequences, one a slot.

use crate::BlockId;
use crate::pool::Pool;

/// Blocks of all sequences of one cache.
pub struct Tables {
    /// Positions of a block.
    size: usize,
    sequences: Vec<Sequence>,
    pool: Pool,
}

#[derive(Default)]
struct Sequence {
    /// Positions that are written.
    length: usize,
    blocks: Vec<BlockId>,
    /// The tokens that the sequence began with, as far as they fill blocks; others may begin with the same.
    prompt: Vec<i32>,
    /// Blocks of the prompt that can be found by others.
    known: usize,
}

/// There are too few blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full {
    /// More blocks than the sequence has.
    pub needed: usize,
    pub free: usize,
}

impl Tables {
    /// `limit` blocks of `size` positions for `slots` sequences. Up to `keep` blocks of prompts that nobody holds any more
    /// are kept for sequences that begin alike; they never stand in the way of one that needs room.
    pub fn new(slots: usize, size: usize, limit: usize, keep: usize) -> Self {
        Self {
            size,
            sequences: std::iter::repeat_with(Sequence::default)
                .take(slots)
                .collect(),
            pool: Pool::new(limit, keep),
        }
    }

    pub fn slots(&self) -> usize {
        self.sequences.len()
    }

    /// Blocks that there are.
    pub fn limit(&self) -> usize {
        self.pool.limit()
    }

    /// Blocks that can be taken.
    pub fn free(&self) -> usize {
        self.pool.free()
    }

    /// Blocks for `positions` positions.
    pub fn blocks_for(&self, positions: usize) -> usize {
        positions.div_ceil(self.size)
    }

    /// Positions of `slot` that are written.
    pub fn length(&self, slot: usize) -> usize {
        self.sequences[slot].length
    }

    /// The blocks of `slot`, in the order of their positions.
    pub fn table(&self, slot: usize) -> &[BlockId] {
        &self.sequences[slot].blocks
    }

    /// Begins a sequence in `slot` and gives the number of its first tokens whose keys and values are there already. At
    /// least one token is left to be fed, since only a token that is fed has logits.
    pub fn begin(&mut self, slot: usize, tokens: &[i32]) -> usize {
        self.release(slot);
        let mut blocks = Vec::new();
        let most = tokens.len().saturating_sub(1) / self.size;
        for tokens in tokens.chunks_exact(self.size).take(most) {
            let Some(block) = self.pool.prefixes.find(blocks.last().copied(), tokens) else {
                break;
            };
            self.pool.share(block);
            blocks.push(block);
        }
        let whole = tokens.len() / self.size * self.size;
        let sequence = &mut self.sequences[slot];
        sequence.length = blocks.len() * self.size;
        sequence.known = blocks.len();
        sequence.blocks = blocks;
        sequence.prompt = tokens[..whole].to_vec();
        sequence.length
    }

    /// Takes the blocks for `count` more positions of `slot`, or none of them. From now on others find what the prompt
    /// writes into them: who begins in the same step must be fed after this sequence.
    pub fn reserve(&mut self, slot: usize, count: usize) -> Result<(), Full> {
        let sequence = &self.sequences[slot];
        let end = sequence.length + count;
        let needed = self.blocks_for(end).saturating_sub(sequence.blocks.len());
        let free = self.free();
        if needed > free {
            return Err(Full { needed, free });
        }
        if needed > 0 {
            let fresh = std::iter::repeat_with(|| self.pool.take());
            let fresh: Vec<BlockId> = fresh.take(needed).flatten().collect();
            self.sequences[slot].blocks.extend(fresh);
        }
        self.publish(slot, end);
        Ok(())
    }

    /// `count` more positions of `slot` are written.
    pub fn advance(&mut self, slot: usize, count: usize) {
        self.sequences[slot].length += count;
    }

    /// Forgets the sequence in `slot`.
    pub fn release(&mut self, slot: usize) {
        let sequence = std::mem::take(&mut self.sequences[slot]);
        for block in sequence.blocks.into_iter().rev() {
            self.pool.release(block);
        }
    }

    /// Lets others find the blocks of the prompt that are full at `end`.
    fn publish(&mut self, slot: usize, end: usize) {
        let sequence = &mut self.sequences[slot];
        let full = end.min(sequence.prompt.len()) / self.size;
        while sequence.known < full {
            let at = sequence.known;
            let tokens = &sequence.prompt[at * self.size..(at + 1) * self.size];
            let parent = at.checked_sub(1).map(|before| sequence.blocks[before]);
            if !self
                .pool
                .prefixes
                .insert(parent, tokens, sequence.blocks[at])
            {
                // Another sequence wrote the same at the same time: its blocks are found, these end the chain.
                sequence.prompt.clear();
                return;
            }
            sequence.known += 1;
        }
    }
}
