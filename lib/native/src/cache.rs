//! Keys and values of running sequences, in blocks of sixteen positions that sequences take, share and give back.

use blocks::{Full, Tables};

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

    /// Makes room for `count` more positions of `slot`.
    pub fn reserve(&mut self, slot: usize, count: usize) -> Result<(), Full> {
        let held = self.tables.table(slot).len();
        self.tables.reserve(slot, count)?;
        let fresh = || vec![Block::default(); self.size].into_boxed_slice();
        for block in &self.tables.table(slot)[held..] {
            // Numbers of blocks that were never taken come in ascending order.
            if *block as usize == self.storage.len() {
                self.storage.push(fresh());
            }
        }
        Ok(())
    }

    /// Where each block of `slot` begins.
    pub fn pointers(&mut self, slot: usize) -> Vec<*mut f32> {
        let table = self.tables.table(slot).iter();
        table
            .map(|block| self.storage[*block as usize].as_mut_ptr().cast())
            .collect()
    }
}
