//! Keys and values of running sequences, in blocks of sixteen positions that sequences take, share and give back.

use blocks::{BlockId, Tables};

use crate::simd::{Block, LANES};

/// The blocks of all sequences of one engine.
pub(crate) struct Cache {
    pub tables: Tables,
    /// By block, as far as blocks were ever taken.
    storage: Vec<Box<[Block]>>,
    /// Vectors in a block.
    size: usize,
}

/// Blocks of prompts kept, for each slot, after the last sequence that held them.
const KEPT: usize = 8;

impl Cache {
    /// At most `limit` blocks of `size` vectors; memory is taken as they are needed.
    pub fn new(slots: usize, size: usize, limit: usize) -> Self {
        Self {
            tables: Tables::new(slots, LANES, limit, KEPT * slots),
            storage: Vec::new(),
            size,
        }
    }

    /// Where each block of `slot` begins.
    pub fn pointers(&mut self, slot: usize) -> Vec<*mut f32> {
        let table = self.tables.table(slot);
        let taken = table.iter().max().map_or(0, |block| *block as usize + 1);
        let fresh = || vec![Block::default(); self.size].into_boxed_slice();
        self.storage
            .resize_with(taken.max(self.storage.len()), fresh);
        let begin = |block: &BlockId| self.storage[*block as usize].as_mut_ptr().cast();
        table.iter().map(begin).collect()
    }
}
