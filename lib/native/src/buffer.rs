//! Rows of activations, shared by the threads of one pass.

use crate::simd::{Block, LANES};

/// Rows of floats, aligned for vectors.
pub(crate) struct Buffer {
    blocks: Vec<Block>,
    width: usize,
}

impl Buffer {
    pub fn new(rows: usize, width: usize) -> Self {
        Self {
            blocks: vec![Block::default(); (rows * width).div_ceil(LANES)],
            width,
        }
    }

    pub fn ensure(&mut self, rows: usize) {
        let blocks = (rows * self.width).div_ceil(LANES);
        if self.blocks.len() < blocks {
            self.blocks.resize(blocks, Block::default());
        }
    }

    pub fn pointer(&mut self) -> Pointer {
        Pointer(self.blocks.as_mut_ptr().cast(), self.width)
    }
}

/// Rows that several threads write to, each its own rows or columns: the first float, and the floats in a row.
#[derive(Clone, Copy)]
pub(crate) struct Pointer(pub *mut f32, pub usize);

#[allow(unsafe_code)] // SAFETY: parts of a division never overlap, and the buffer outlives it.
unsafe impl Send for Pointer {}
#[allow(unsafe_code)] // SAFETY: as above.
unsafe impl Sync for Pointer {}

#[allow(unsafe_code)] // SAFETY: rows stay within what `Buffer::ensure` made; parts touch disjoint rows.
impl Pointer {
    pub fn at(self, row: usize) -> *mut f32 {
        unsafe { self.0.add(row * self.1) }
    }

    pub fn row<'a>(self, row: usize) -> &'a mut [f32] {
        unsafe { std::slice::from_raw_parts_mut(self.at(row), self.1) }
    }
}
