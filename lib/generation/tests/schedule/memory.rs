//! What an engine made up for a test remembers: tokens in blocks, as a real one keeps keys and values. A block that was
//! given to two, or given back too early, holds the wrong tokens.

use std::collections::BTreeMap;

use blocks::{BlockId, Tables};

/// Positions of a block.
pub const SIZE: usize = 4;

pub struct Memory {
    pub tables: Tables,
    blocks: BTreeMap<BlockId, [i32; SIZE]>,
}

impl Memory {
    pub fn new(slots: usize, limit: usize, keep: usize) -> Self {
        Self {
            tables: Tables::new(slots, SIZE, limit, keep),
            blocks: BTreeMap::new(),
        }
    }

    /// Writes the tokens behind what the slot holds.
    pub fn write(&mut self, slot: usize, tokens: &[i32]) {
        assert!(!tokens.is_empty());
        let start = self.tables.length(slot);
        for (at, token) in (start..).zip(tokens) {
            let block = self.tables.table(slot)[at / SIZE];
            self.blocks.entry(block).or_default()[at % SIZE] = *token;
        }
        self.tables.advance(slot, tokens.len());
    }

    /// All that the slot holds.
    pub fn read(&self, slot: usize) -> Vec<i32> {
        let table = self.tables.table(slot);
        let token = |at: usize| self.blocks[&table[at / SIZE]][at % SIZE];
        (0..self.tables.length(slot)).map(token).collect()
    }
}
