//! Keys and values of running sequences, in blocks of sixteen positions that sequences take and give back.

use crate::simd::{Block, LANES};

/// The blocks of all sequences of one engine.
pub(crate) struct Cache {
    sequences: Vec<Sequence>,
    spare: Vec<Box<[Block]>>,
    /// Vectors in a block.
    size: usize,
}

#[derive(Default)]
struct Sequence {
    length: usize,
    blocks: Vec<Box<[Block]>>,
}

impl Cache {
    pub fn new(slots: usize, size: usize) -> Self {
        let sequences = std::iter::repeat_with(Sequence::default)
            .take(slots)
            .collect();
        Self {
            sequences,
            spare: Vec::new(),
            size,
        }
    }

    pub fn slots(&self) -> usize {
        self.sequences.len()
    }

    /// Positions held by `slot`.
    pub fn length(&self, slot: usize) -> usize {
        self.sequences[slot].length
    }

    /// Makes room for `count` more positions of `slot` and counts them as held.
    pub fn grow(&mut self, slot: usize, count: usize) {
        let sequence = &mut self.sequences[slot];
        sequence.length += count;
        while sequence.blocks.len() * LANES < sequence.length {
            let fresh = || vec![Block::default(); self.size].into_boxed_slice();
            sequence.blocks.push(self.spare.pop().unwrap_or_else(fresh));
        }
    }

    /// Where each block of `slot` begins.
    pub fn pointers(&mut self, slot: usize) -> Vec<*mut f32> {
        self.sequences[slot]
            .blocks
            .iter_mut()
            .map(|block| block.as_mut_ptr().cast())
            .collect()
    }

    /// Forgets the sequence in `slot`; its blocks serve others.
    pub fn release(&mut self, slot: usize) {
        let sequence = &mut self.sequences[slot];
        sequence.length = 0;
        self.spare.append(&mut sequence.blocks);
    }
}
