//! Attention of one new position over its own past, one group of query heads at a time.
//!
//! The reduction order is a function of the position alone: a score is one chain over the head's elements; scores
//! are summed in sixteen lanes by position modulo sixteen; the weighted values are four chains by position modulo
//! four. So a position's result is the same whether it was prefilled or decoded, alone or among others.

use crate::math::exponentials;
use crate::simd::{LANES, Lanes, kernel};

/// Where one key-value head of one layer keeps its past: one pointer per block of sixteen positions.
///
/// A block holds the keys as `[head_dim, 16 positions]`, then the values as `[16 positions, head_dim]`.
#[derive(Clone, Copy)]
pub(crate) struct Past<'a> {
    /// First float of each block (of all layers and heads).
    pub blocks: &'a [*mut f32],
    /// Offset of this layer and head inside a block.
    pub offset: usize,
    /// Positions to attend to, the newest included.
    pub length: usize,
    pub head_dim: usize,
}

impl Past<'_> {
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
    /// `out = softmax(query . keys / sqrt(head_dim)) . values` for one query head.
    ///
    /// # Safety
    ///
    /// `query` and `out` point to `head_dim` floats, `scores` to `length` floats rounded up to a multiple of 64;
    /// the past's blocks hold `length` positions.
    pub(crate) fn attend(past: Past<'_>, query: *const f32, out: *mut f32, scores: *mut f32) = attend_lanes;
}

/// Blocks of sixteen positions scored together, to have several chains in flight.
const TOGETHER: usize = 4;

#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn attend_lanes<S: Lanes>(
    past: Past<'_>,
    query: *const f32,
    out: *mut f32,
    scores: *mut f32,
) {
    unsafe {
        let blocks = past.length.div_ceil(LANES);
        let whole = blocks / TOGETHER * TOGETHER;
        for block in (0..whole).step_by(TOGETHER) {
            score::<S, TOGETHER>(past, query, block, scores);
        }
        for block in whole..blocks {
            score::<S, 1>(past, query, block, scores);
        }
        let scale = 1.0 / exponentials::<S>(scores, past.length);
        let mut element = 0;
        while element + 2 * LANES <= past.head_dim {
            weigh::<S, 2>(past, scores, scale, out, element);
            element += 2 * LANES;
        }
        if element + LANES <= past.head_dim {
            weigh::<S, 1>(past, scores, scale, out, element);
            element += LANES;
        }
        for element in element..past.head_dim {
            weigh_one(past, scores, scale, out, element);
        }
    }
}

/// Scores of `BLOCKS` blocks of positions.
#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn score<S: Lanes, const BLOCKS: usize>(
    past: Past<'_>,
    query: *const f32,
    block: usize,
    scores: *mut f32,
) {
    unsafe {
        let keys: [*const f32; BLOCKS] = std::array::from_fn(|b| past.keys(block + b));
        let mut sums = [S::splat(0.0); BLOCKS];
        for element in 0..past.head_dim {
            let query = S::splat(*query.add(element));
            for b in 0..BLOCKS {
                sums[b] = S::fma(query, S::load(keys[b].add(element * LANES)), sums[b]);
            }
        }
        for b in 0..BLOCKS {
            S::store(scores.add((block + b) * LANES), sums[b]);
        }
    }
}

/// Sixteen times `WIDTH` elements of the weighted sum of values.
#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn weigh<S: Lanes, const WIDTH: usize>(
    past: Past<'_>,
    weights: *const f32,
    scale: f32,
    out: *mut f32,
    element: usize,
) {
    unsafe {
        let mut chains = [[S::splat(0.0); WIDTH]; 4];
        for block in 0..past.length.div_ceil(LANES) {
            let values = past.values(block).add(element);
            let weights = weights.add(block * LANES);
            let positions = (past.length - block * LANES).min(LANES);
            for four in 0..positions / 4 {
                for chain in 0..4 {
                    let at = four * 4 + chain;
                    add_one::<S, WIDTH>(
                        &mut chains[chain],
                        *weights.add(at),
                        values.add(at * past.head_dim),
                    );
                }
            }
            // Named one by one: an index known only at run time would push the chains out of the registers.
            let (at, rest) = (positions / 4 * 4, positions % 4);
            if rest > 0 {
                add_one::<S, WIDTH>(
                    &mut chains[0],
                    *weights.add(at),
                    values.add(at * past.head_dim),
                );
            }
            if rest > 1 {
                add_one::<S, WIDTH>(
                    &mut chains[1],
                    *weights.add(at + 1),
                    values.add((at + 1) * past.head_dim),
                );
            }
            if rest > 2 {
                add_one::<S, WIDTH>(
                    &mut chains[2],
                    *weights.add(at + 2),
                    values.add((at + 2) * past.head_dim),
                );
            }
        }
        for w in 0..WIDTH {
            let even = S::add(chains[0][w], chains[1][w]);
            let odd = S::add(chains[2][w], chains[3][w]);
            let sum = S::mul(S::add(even, odd), S::splat(scale));
            S::store(out.add(element + w * LANES), sum);
        }
    }
}

#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn add_one<S: Lanes, const WIDTH: usize>(
    chain: &mut [S::V; WIDTH],
    weight: f32,
    value: *const f32,
) {
    unsafe {
        let weight = S::splat(weight);
        for w in 0..WIDTH {
            chain[w] = S::fma(weight, S::load(value.add(w * LANES)), chain[w]);
        }
    }
}

/// One element of the weighted sum, in the same order, for heads whose width is no multiple of sixteen.
#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn weigh_one(
    past: Past<'_>,
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
