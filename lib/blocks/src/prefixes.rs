//! Which block holds which tokens behind which block.
//!
//! A prefix is found by the chain of its blocks, each known by its parent and its own tokens, so a match is exact: no
//! hash stands for tokens.

use std::collections::HashMap;

use crate::BlockId;

/// A block's parent, and the tokens at its positions.
type Key = (Option<BlockId>, Box<[i32]>);

#[derive(Default)]
pub(crate) struct Prefixes {
    blocks: HashMap<Key, BlockId>,
    keys: HashMap<BlockId, Key>,
}

impl Prefixes {
    /// The block that holds `tokens` behind `parent`.
    pub fn find(&self, parent: Option<BlockId>, tokens: &[i32]) -> Option<BlockId> {
        self.blocks.get(&(parent, tokens.into())).copied()
    }

    /// Notes what `block` holds. False where another block is known for it already.
    pub fn insert(&mut self, parent: Option<BlockId>, tokens: &[i32], block: BlockId) -> bool {
        let key: Key = (parent, tokens.into());
        if self.blocks.contains_key(&key) {
            return false;
        }
        self.blocks.insert(key.clone(), block);
        self.keys.insert(block, key);
        true
    }

    pub fn holds(&self, block: BlockId) -> bool {
        self.keys.contains_key(&block)
    }

    pub fn forget(&mut self, block: BlockId) {
        if let Some(key) = self.keys.remove(&block) {
            self.blocks.remove(&key);
        }
    }
}
