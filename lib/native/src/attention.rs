//! Attention of one new position over its own past, one group of query heads at a time.
//!
//! The reduction order is a function of the position alone: a score is one chain over the head's elements; scores
//! are summed in sixteen lanes by position modulo sixteen; the weighted values are four chains by position modulo
//! four. So a position's result is the same whether it was prefilled or decoded, alone or among others.

#![allow(clippy::needless_range_loop)] // the indices are heads, blocks and chains of one kernel

use crate::math::exponentials;
use crate::simd::{LANES, Lanes, kernel};

/// Where one key-value head of one layer keeps its past: one pointer per block of sixteen positions.
///
/// A block holds the keys as `[head_dim, 16 positions]`, then the values as `[16 positions, head_dim]`.
#[derive(Clone, Copy)]
pub(crate) struct KeyValues<'a> {
    /// First float of each block (of all layers and heads).
    pub blocks: &'a [*mut f32],
    /// Offset of this layer and head inside a block.
    pub offset: usize,
    /// Positions to attend to, the newest included.
    pub length: usize,
    pub head_dim: usize,
}

impl KeyValues<'_> {
    #[inline(always)]
    #[allow(unsafe_code)] // SAFETY: blocks hold all layers and heads; `offset` is one of theirs.
    unsafe fn keys(&self, block: usize) -> *const f32 {
        unsafe { self.blocks[block].add(self.offset) }
    }

    #[inline(always)]
    #[allow(unsafe_code)] // SAFETY: as above.
    unsafe fn values(&self, block: usize) -> *const f32 {
        unsafe { self.keys(block).add(self.head_dim * LANES) }
    }
}

kernel! {
    /// `out = softmax(query . keys) . values` for `heads` query heads that share one key-value head.
    ///
    /// # Safety
    ///
    /// `query` and `out` point to `heads * head_dim` floats, `scores` to [`HEADS`] times `length` floats, each rounded
    /// up to a multiple of sixteen; the past's blocks hold `length` positions.
    pub(crate) fn attend(past: KeyValues<'_>, heads: usize, query: *const f32, out: *mut f32, scores: *mut f32) = attend_lanes;
}

/// Query heads that are computed together, so that keys and values are read once for all of them.
pub(crate) const HEADS: usize = 2;

#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn attend_lanes<S: Lanes>(
    past: KeyValues<'_>,
    heads: usize,
    query: *const f32,
    out: *mut f32,
    scores: *mut f32,
) {
    unsafe {
        let together = heads / HEADS * HEADS;
        for head in (0..together).step_by(HEADS) {
            let at = head * past.head_dim;
            attend_heads::<S, HEADS>(past, query.add(at), out.add(at), scores);
        }
        for head in together..heads {
            let at = head * past.head_dim;
            attend_heads::<S, 1>(past, query.add(at), out.add(at), scores);
        }
    }
}

/// Blocks of sixteen positions scored together, to have several chains in flight.
const TOGETHER: usize = 4;

#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn attend_heads<S: Lanes, const N: usize>(
    past: KeyValues<'_>,
    query: *const f32,
    out: *mut f32,
    scores: *mut f32,
) {
    unsafe {
        let blocks = past.length.div_ceil(LANES);
        let scores: [*mut f32; N] = std::array::from_fn(|n| scores.add(n * blocks * LANES));
        let whole = blocks / TOGETHER * TOGETHER;
        for block in (0..whole).step_by(TOGETHER) {
            score::<S, N, TOGETHER>(past, query, block, scores);
        }
        for block in whole..blocks {
            score::<S, N, 1>(past, query, block, scores);
        }
        let mut scales = [0.0; N];
        for n in 0..N {
            scales[n] = 1.0 / exponentials::<S>(scores[n], past.length);
        }
        let whole = past.head_dim / LANES * LANES;
        for element in (0..whole).step_by(LANES) {
            weigh::<S, N>(past, scores, scales, out, element);
        }
        for element in whole..past.head_dim {
            for n in 0..N {
                weigh_one(
                    past,
                    scores[n],
                    scales[n],
                    out.add(n * past.head_dim),
                    element,
                );
            }
        }
    }
}

/// Scores of `BLOCKS` blocks of positions for `N` heads.
#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn score<S: Lanes, const N: usize, const BLOCKS: usize>(
    past: KeyValues<'_>,
    query: *const f32,
    block: usize,
    scores: [*mut f32; N],
) {
    unsafe {
        let keys: [*const f32; BLOCKS] = std::array::from_fn(|b| past.keys(block + b));
        let mut sums = [[S::splat(0.0); BLOCKS]; N];
        for element in 0..past.head_dim {
            let mut key = [S::splat(0.0); BLOCKS];
            for b in 0..BLOCKS {
                key[b] = S::load(keys[b].add(element * LANES));
            }
            for n in 0..N {
                let query = S::splat(*query.add(n * past.head_dim + element));
                for b in 0..BLOCKS {
                    sums[n][b] = S::fma(query, key[b], sums[n][b]);
                }
            }
        }
        for n in 0..N {
            for b in 0..BLOCKS {
                S::store(scores[n].add((block + b) * LANES), sums[n][b]);
            }
        }
    }
}

/// Sixteen elements of the weighted sums of values for `N` heads.
#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn weigh<S: Lanes, const N: usize>(
    past: KeyValues<'_>,
    weights: [*mut f32; N],
    scales: [f32; N],
    out: *mut f32,
    element: usize,
) {
    unsafe {
        let mut chains = [[S::splat(0.0); N]; 4];
        for block in 0..past.length.div_ceil(LANES) {
            let values = past.values(block).add(element);
            let weights: [*mut f32; N] = std::array::from_fn(|n| weights[n].add(block * LANES));
            let positions = (past.length - block * LANES).min(LANES);
            let value = |at: usize| values.add(at * past.head_dim);
            for four in 0..positions / 4 {
                for chain in 0..4 {
                    let at = four * 4 + chain;
                    add_one::<S, N>(&mut chains[chain], weights, at, value(at));
                }
            }
            // Named one by one: an index known only at run time would push the chains out of the registers.
            let (at, rest) = (positions / 4 * 4, positions % 4);
            if rest > 0 {
                add_one::<S, N>(&mut chains[0], weights, at, value(at));
            }
            if rest > 1 {
                add_one::<S, N>(&mut chains[1], weights, at + 1, value(at + 1));
            }
            if rest > 2 {
                add_one::<S, N>(&mut chains[2], weights, at + 2, value(at + 2));
            }
        }
        for n in 0..N {
            let even = S::add(chains[0][n], chains[1][n]);
            let odd = S::add(chains[2][n], chains[3][n]);
            let sum = S::mul(S::add(even, odd), S::splat(scales[n]));
            S::store(out.add(n * past.head_dim + element), sum);
        }
    }
}

/// One position's value, weighted, into the chain of each head.
#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn add_one<S: Lanes, const N: usize>(
    chain: &mut [S::V; N],
    weights: [*mut f32; N],
    at: usize,
    value: *const f32,
) {
    unsafe {
        let value = S::load(value);
        for n in 0..N {
            chain[n] = S::fma(S::splat(*weights[n].add(at)), value, chain[n]);
        }
    }
}

/// One element of the weighted sum, in the same order, for heads whose width is no multiple of sixteen.
#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn weigh_one(
    past: KeyValues<'_>,
    weights: *const f32,
    scale: f32,
    out: *mut f32,
    element: usize,
) {
    unsafe {
        let mut chains = [0.0f32; 4];
        for position in 0..past.length {
            let (block, inside) = (position / LANES, position % LANES);
            let value = *past.values(block).add(inside * past.head_dim + element);
            let chain = &mut chains[position % 4];
            *chain = (*weights.add(position)).mul_add(value, *chain);
        }
        *out.add(element) = ((chains[0] + chains[1]) + (chains[2] + chains[3])) * scale;
    }
}
