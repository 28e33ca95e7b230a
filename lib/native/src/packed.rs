//! A weight matrix laid out for the matrix kernel: panels of sixteen output columns, input index by input index.

use crate::simd::{Block, LANES};

/// A matrix `[columns, inner]` (row-major, as checkpoints store `weight`) in panels, with an optional bias `[columns]`.
///
/// Panel `p` holds columns `16 p .. 16 p + 16`; within it block `k` holds element `k` of these sixteen columns.
/// Columns beyond the last are zero.
pub(crate) struct Packed {
    blocks: Vec<Block>,
    bias: Option<Vec<Block>>,
    pub inner: usize,
    pub columns: usize,
}

impl Packed {
    /// Packs matrices that share their input under one another: columns of the first, then of the second, ...
    pub fn stack(parts: &[&[f32]], inner: usize) -> Self {
        let rows: Vec<&[f32]> = parts
            .iter()
            .flat_map(|part| part.chunks_exact(inner))
            .collect();
        let mut blocks = vec![Block::default(); rows.len().div_ceil(LANES) * inner];
        for (column, row) in rows.iter().enumerate() {
            let panel = &mut blocks[column / LANES * inner..][..inner];
            for (block, weight) in panel.iter_mut().zip(*row) {
                block.0[column % LANES] = *weight;
            }
        }
        Self {
            blocks,
            bias: None,
            inner,
            columns: rows.len(),
        }
    }

    /// Adds a bias, given part by part like the matrices.
    pub fn with_bias(mut self, parts: &[&[f32]]) -> Self {
        let values = parts.concat();
        debug_assert_eq!(values.len(), self.columns);
        let mut bias = vec![Block::default(); self.panels()];
        for (column, value) in values.into_iter().enumerate() {
            bias[column / LANES].0[column % LANES] = value;
        }
        self.bias = Some(bias);
        self
    }

    pub fn panels(&self) -> usize {
        self.columns.div_ceil(LANES)
    }

    pub fn panel(&self, panel: usize) -> &[Block] {
        &self.blocks[panel * self.inner..][..self.inner]
    }

    pub fn bias(&self, panel: usize) -> Option<&Block> {
        self.bias.as_ref().map(|bias| &bias[panel])
    }

    pub fn bytes(&self) -> usize {
        self.blocks.len() * size_of::<Block>()
    }
}
