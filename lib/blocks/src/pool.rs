//! Blocks with reference counts. One that nobody holds any more serves the next taker at once, unless it holds a prefix:
//! then it is kept for those who ask for the same, until the room is needed.

use std::collections::BTreeMap;

use crate::BlockId;
use crate::prefixes::Prefixes;

pub(crate) struct Pool {
    /// Holders of each block that was ever taken; ids are given out from 0 on, so memory is taken as it is needed.
    references: Vec<u32>,
    limit: usize,
    /// Nobody's blocks. The last one given back is the first to be taken: it is the likeliest to be in a cache.
    empty: Vec<BlockId>,
    /// Nobody's blocks that hold a prefix, by the time of their release.
    kept: BTreeMap<u64, BlockId>,
    released: Vec<u64>,
    clock: u64,
    /// Most blocks in `kept`.
    keep: usize,
    pub prefixes: Prefixes,
}

impl Pool {
    pub fn new(limit: usize, keep: usize) -> Self {
        Self {
            references: Vec::new(),
            limit: limit.min(BlockId::MAX as usize),
            empty: Vec::new(),
            kept: BTreeMap::new(),
            released: Vec::new(),
            clock: 0,
            keep,
            prefixes: Prefixes::default(),
        }
    }

    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Blocks that can be taken.
    pub fn free(&self) -> usize {
        self.empty.len() + self.kept.len() + (self.limit - self.references.len())
    }

    /// A block for one holder, with nothing in it.
    pub fn take(&mut self) -> Option<BlockId> {
        let block = match self.empty.pop() {
            Some(block) => block,
            None if self.references.len() < self.limit => {
                self.references.push(0);
                self.released.push(0);
                (self.references.len() - 1) as BlockId
            }
            None => self.oldest_kept()?,
        };
        self.references[block as usize] = 1;
        Some(block)
    }

    /// One more holder.
    pub fn share(&mut self, block: BlockId) {
        let references = &mut self.references[block as usize];
        if *references == 0 {
            self.kept.remove(&self.released[block as usize]);
        }
        *references += 1;
    }

    /// One holder fewer.
    ///
    /// A sequence releases its last block first. Whoever holds a block holds those before it, so a block is never kept
    /// longer than its children and they go first: what is behind a forgotten block was forgotten before.
    pub fn release(&mut self, block: BlockId) {
        let references = &mut self.references[block as usize];
        *references -= 1;
        if *references > 0 {
            return;
        }
        if !self.prefixes.holds(block) {
            self.empty.push(block);
            return;
        }
        self.clock += 1;
        self.released[block as usize] = self.clock;
        self.kept.insert(self.clock, block);
        if self.kept.len() > self.keep
            && let Some(oldest) = self.oldest_kept()
        {
            self.empty.push(oldest);
        }
    }

    /// The block that has been kept longest, its prefix forgotten.
    fn oldest_kept(&mut self) -> Option<BlockId> {
        let (_, block) = self.kept.pop_first()?;
        self.prefixes.forget(block);
        Some(block)
    }
}
