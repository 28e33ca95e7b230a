//! Runs the decoder over chunks of several sequences, keeping each one's keys and values.
//!
//! Rows (one token each) of all chunks are computed together, tile by tile; each row only ever sees its own
//! sequence. Knows nothing about what tokens mean, sampling or when a sequence ends.

use std::sync::Arc;

use blocks::{Full, Tables};

use crate::attention::{HEADS, KeyValues, attend};
use crate::buffer::{Buffer, Pointer};
use crate::cache::Cache;
use crate::gemm::{Operands, Store, multiply};
use crate::math::{rms_norm, swiglu};
use crate::model::{Layer, Model};
use crate::packed::Packed;
use crate::simd::{Block, LANES};
use crate::threads::Threads;

/// Rows computed together: a multiple of the tallest matrix kernel, small enough for activations to stay cached.
const TILE: usize = 96;

/// Positions in a block of keys and values.
pub const BLOCK: usize = LANES;

/// Why a pass was refused. Nothing has changed then.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EngineError {
    #[error("slot {slot} does not exist, there are {slots}")]
    NoSuchSlot { slot: usize, slots: usize },
    #[error("slot {slot} appears twice in one pass")]
    RepeatedSlot { slot: usize },
    #[error("the chunk of slot {slot} is empty")]
    EmptyChunk { slot: usize },
    #[error("token id {token} is outside of the vocabulary of {vocab}")]
    UnknownToken { token: i32, vocab: usize },
    #[error("{length} tokens do not fit into the context of {context}")]
    ContextExceeded { length: usize, context: usize },
    #[error("slot {slot} needs {needed} more blocks of keys and values, {free} are free")]
    OutOfBlocks {
        slot: usize,
        needed: usize,
        free: usize,
    },
}

/// A decoder with the caches of up to `slots` running sequences.
pub struct Engine {
    model: Arc<Model>,
    threads: Threads,
    cache: Cache,
    scratch: Scratch,
}

/// One token to compute.
#[derive(Clone, Copy)]
struct Row {
    /// Index of its chunk.
    chunk: usize,
    token: usize,
    position: usize,
    /// The last token of its chunk, whose logits are wanted.
    last: bool,
}

/// Activations of one tile, and of the rows that go into the head.
struct Scratch {
    /// The residual stream.
    stream: Buffer,
    normed: Buffer,
    qkv: Buffer,
    attended: Buffer,
    gate_up: Buffer,
    last: Buffer,
    logits: Buffer,
}

/// The blocks of each chunk's sequence; a row only reaches those of its own chunk.
struct Sequences(Vec<Vec<*mut f32>>);

#[allow(unsafe_code)] // SAFETY: blocks belong to one chunk each, and rows write disjoint positions.
unsafe impl Sync for Sequences {}

impl Engine {
    /// An engine for up to `slots` sequences at a time. Memory is taken as sequences grow.
    pub fn new(model: Arc<Model>, slots: usize, threads: Threads) -> Self {
        Self::with_blocks(model, slots, usize::MAX, threads)
    }

    /// The same with at most `blocks` blocks of [`BLOCK`] positions for the keys and values of all sequences.
    pub fn with_blocks(model: Arc<Model>, slots: usize, blocks: usize, threads: Threads) -> Self {
        let shape = model.shape;
        let tile = |width| Buffer::new(TILE, width);
        let scratch = Scratch {
            stream: tile(shape.hidden),
            normed: tile(shape.hidden),
            qkv: tile(shape.qkv_width()),
            attended: tile(shape.query_width()),
            gate_up: tile(2 * shape.inner),
            last: Buffer::new(0, shape.hidden),
            logits: Buffer::new(0, shape.vocab),
        };
        Self {
            cache: Cache::new(slots, shape.cache_block(), blocks),
            model,
            threads,
            scratch,
        }
    }

    pub fn model(&self) -> &Model {
        &self.model
    }

    pub fn threads(&self) -> &Threads {
        &self.threads
    }

    pub fn slots(&self) -> usize {
        self.cache.tables.slots()
    }

    /// Who holds which blocks. A sequence that begins there shares what others have left; a slot that is extended without
    /// having begun shares nothing.
    pub fn tables(&mut self) -> &mut Tables {
        &mut self.cache.tables
    }

    /// Tokens held by `slot`.
    pub fn length(&self, slot: usize) -> usize {
        self.cache.tables.length(slot)
    }

    /// Forgets the sequence in `slot`.
    pub fn release(&mut self, slot: usize) {
        self.cache.tables.release(slot);
    }

    /// Appends each chunk to the sequence in its slot and returns the logits `[chunks, vocab]` after its last token.
    ///
    /// Rows are computed in the order of the chunks, and keys are stored before anybody reads them, so a sequence may
    /// share blocks that an earlier chunk of the same pass fills.
    ///
    /// A sequence's logits do not depend, to the bit, on what else is in the pass or on how it was cut into chunks.
    pub fn extend(&mut self, chunks: &[(usize, &[i32])]) -> Result<&[f32], EngineError> {
        self.check(chunks)?;
        let rows = self.rows(chunks);
        for &(slot, tokens) in chunks {
            let taken = self.cache.tables.reserve(slot, tokens.len());
            taken.map_err(|Full { needed, free }| EngineError::OutOfBlocks {
                slot,
                needed,
                free,
            })?;
        }
        for (slot, tokens) in chunks {
            self.cache.tables.advance(*slot, tokens.len());
        }
        let sequences = Sequences(
            chunks
                .iter()
                .map(|(slot, _)| self.cache.pointers(*slot))
                .collect(),
        );
        self.scratch.last.ensure(chunks.len());
        for tile in rows.chunks(TILE) {
            self.layers(tile, &sequences);
            self.keep_last(tile);
        }
        Ok(self.head(chunks.len()))
    }

    fn check(&self, chunks: &[(usize, &[i32])]) -> Result<(), EngineError> {
        let shape = &self.model.shape;
        let mut seen = vec![false; self.slots()];
        for &(slot, tokens) in chunks {
            let slots = self.slots();
            let first_time = seen
                .get_mut(slot)
                .ok_or(EngineError::NoSuchSlot { slot, slots })?;
            if std::mem::replace(first_time, true) {
                return Err(EngineError::RepeatedSlot { slot });
            }
            if tokens.is_empty() {
                return Err(EngineError::EmptyChunk { slot });
            }
            let length = self.length(slot) + tokens.len();
            if length > shape.context {
                return Err(EngineError::ContextExceeded {
                    length,
                    context: shape.context,
                });
            }
            let known =
                |token: &i32| usize::try_from(*token).is_ok_and(|token| token < shape.vocab);
            if let Some(&token) = tokens.iter().find(|token| !known(token)) {
                return Err(EngineError::UnknownToken {
                    token,
                    vocab: shape.vocab,
                });
            }
        }
        Ok(())
    }

    fn rows(&self, chunks: &[(usize, &[i32])]) -> Vec<Row> {
        let mut rows = Vec::new();
        for (chunk, &(slot, tokens)) in chunks.iter().enumerate() {
            let start = self.length(slot);
            rows.extend(tokens.iter().enumerate().map(|(at, token)| Row {
                chunk,
                token: *token as usize,
                position: start + at,
                last: at + 1 == tokens.len(),
            }));
        }
        rows
    }

    /// Leaves the residual stream after the last layer in `scratch.stream`.
    fn layers(&mut self, tile: &[Row], sequences: &Sequences) {
        let model = Arc::clone(&self.model);
        let stream = self.scratch.stream.pointer();
        for (at, row) in tile.iter().enumerate() {
            model.embed(row.token, stream.row(at));
        }
        for (index, layer) in model.layers.iter().enumerate() {
            self.attention(index, layer, tile, sequences);
            self.mlp(layer, tile.len());
        }
    }

    fn attention(&mut self, index: usize, layer: &Layer, tile: &[Row], sequences: &Sequences) {
        let (stream, normed) = (self.scratch.stream.pointer(), self.scratch.normed.pointer());
        let (qkv, attended) = (self.scratch.qkv.pointer(), self.scratch.attended.pointer());
        self.norm(stream, &layer.input_norm, normed, tile.len());
        self.multiply(normed, &layer.qkv, qkv, tile.len(), Store::Replace);
        // All keys and values first: rows of one sequence look at one another.
        for (at, row) in tile.iter().enumerate() {
            if let Some(norms) = &layer.head_norms {
                norms.apply(self.model.level, &self.model.shape, qkv.row(at));
            }
            self.remember(index, row, qkv.row(at), sequences);
        }
        self.threads.divide(tile.len(), 1, |rows| {
            let mut scores = Vec::new();
            for at in rows {
                self.look_back(
                    index,
                    &tile[at],
                    qkv.at(at),
                    attended.at(at),
                    sequences,
                    &mut scores,
                );
            }
        });
        self.multiply(attended, &layer.output, stream, tile.len(), Store::Add);
    }

    /// Turns a row's queries and keys to its position, and stores keys and values.
    #[allow(unsafe_code)]
    fn remember(&self, layer: usize, row: &Row, qkv: &mut [f32], sequences: &Sequences) {
        let shape = &self.model.shape;
        let (query, rest) = qkv.split_at_mut(shape.query_width());
        let (key, value) = rest.split_at_mut(shape.kv_width());
        let scale = 1.0 / (shape.head_dim as f32).sqrt();
        self.model.rotary.turn(query, row.position, scale);
        self.model.rotary.turn(key, row.position, 1.0);
        let block = sequences.0[row.chunk][row.position / LANES];
        let inside = row.position % LANES;
        for head in 0..shape.kv_heads {
            let elements = head * shape.head_dim..(head + 1) * shape.head_dim;
            // SAFETY: a block has `head_block` floats for each layer and head; the position has been made room for.
            let keys = unsafe { block.add((layer * shape.kv_heads + head) * shape.head_block()) };
            let values = unsafe { keys.add(shape.head_dim * LANES + inside * shape.head_dim) };
            for (element, (key, value)) in key[elements.clone()]
                .iter()
                .zip(&value[elements])
                .enumerate()
            {
                // SAFETY: as above.
                unsafe {
                    *keys.add(element * LANES + inside) = *key;
                    *values.add(element) = *value;
                }
            }
        }
    }

    #[allow(unsafe_code)]
    fn look_back(
        &self,
        layer: usize,
        row: &Row,
        query: *const f32,
        out: *mut f32,
        sequences: &Sequences,
        scores: &mut Vec<Block>,
    ) {
        let shape = &self.model.shape;
        let length = row.position + 1;
        let blocks = HEADS * length.div_ceil(LANES);
        scores.resize(scores.len().max(blocks), Block::default());
        let group = shape.heads / shape.kv_heads;
        for kv_head in 0..shape.kv_heads {
            let past = KeyValues {
                blocks: &sequences.0[row.chunk],
                offset: (layer * shape.kv_heads + kv_head) * shape.head_block(),
                length,
                head_dim: shape.head_dim,
            };
            let at = kv_head * group * shape.head_dim;
            let (level, scores) = (self.model.level, scores.as_mut_ptr().cast());
            // SAFETY: a row of queries and of outputs has `heads * head_dim` floats; `scores` was made long enough.
            unsafe { attend(level, past, group, query.add(at), out.add(at), scores) };
        }
    }

    fn mlp(&mut self, layer: &Layer, rows: usize) {
        let (stream, normed) = (self.scratch.stream.pointer(), self.scratch.normed.pointer());
        let gate_up = self.scratch.gate_up.pointer();
        let (level, inner) = (self.model.level, self.model.shape.inner);
        self.norm(stream, &layer.mlp_norm, normed, rows);
        self.multiply(normed, &layer.gate_up, gate_up, rows, Store::Replace);
        self.threads.divide(rows, 1, |part| {
            for at in part {
                #[allow(unsafe_code)] // SAFETY: a row holds `inner` gates, then `inner` ups.
                unsafe {
                    swiglu(level, gate_up.at(at), gate_up.at(at).add(inner), inner)
                };
            }
        });
        self.multiply(gate_up, &layer.down, stream, rows, Store::Add);
    }

    fn norm(&self, input: Pointer, weight: &[f32], output: Pointer, rows: usize) {
        let (level, shape) = (self.model.level, &self.model.shape);
        for row in 0..rows {
            #[allow(unsafe_code)]
            // SAFETY: both buffers have rows of `hidden` floats, as has the weight.
            unsafe {
                rms_norm(
                    level,
                    input.at(row),
                    weight.as_ptr(),
                    output.at(row),
                    shape.hidden,
                    shape.epsilon,
                )
            };
        }
    }

    fn multiply(
        &self,
        input: Pointer,
        weight: &Packed,
        output: Pointer,
        rows: usize,
        store: Store,
    ) {
        let operands = Operands {
            input: input.0,
            input_stride: input.1,
            rows,
            weight,
            output: output.0,
            output_stride: output.1,
            store,
        };
        let level = self.model.level;
        self.threads.divide(weight.panels(), 4, |panels| {
            #[allow(unsafe_code)]
            // SAFETY: buffers have `rows` rows of the widths packed; parts are disjoint columns.
            unsafe {
                multiply(level, operands, panels.start, panels.end)
            };
        });
    }

    /// Saves the stream of rows whose logits are wanted, after the final norm.
    fn keep_last(&mut self, tile: &[Row]) {
        let (stream, last) = (self.scratch.stream.pointer(), self.scratch.last.pointer());
        let (level, shape) = (self.model.level, &self.model.shape);
        for (at, row) in tile.iter().enumerate().filter(|(_, row)| row.last) {
            #[allow(unsafe_code)]
            // SAFETY: rows of `hidden` floats; `last` has one for each chunk.
            unsafe {
                let to = last.at(row.chunk);
                rms_norm(
                    level,
                    stream.at(at),
                    self.model.norm.as_ptr(),
                    to,
                    shape.hidden,
                    shape.epsilon,
                )
            };
        }
    }

    fn head(&mut self, rows: usize) -> &[f32] {
        self.scratch.logits.ensure(rows);
        let (last, logits) = (self.scratch.last.pointer(), self.scratch.logits.pointer());
        self.multiply(last, &self.model.head, logits, rows, Store::Replace);
        let count = rows * self.model.shape.vocab;
        #[allow(unsafe_code)] // SAFETY: `ensure` made at least `count` floats, all initialised.
        unsafe {
            std::slice::from_raw_parts(logits.0, count)
        }
    }
}
