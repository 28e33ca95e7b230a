//! Matrix product of activation rows with packed weights.
//!
//! `out[r, c] = sum_k input[r, k] * weight[c, k]`: every output element is one chain of fused multiply-adds over
//! `k = 0, 1, ..`, started at zero, so its bits depend neither on how many rows come along nor on how rows and
//! columns are blocked, nor on the instructions. Lanes hold columns; no sum ever crosses lanes.

use crate::packed::Packed;
use crate::simd::{LANES, Lanes, kernel};

/// What happens to a finished sum `s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// `out = s (+ bias)`
    Replace,
    /// `out = out + s`: the residual stream.
    Add,
}

/// Rows in, rows out; strides in floats.
#[derive(Clone, Copy)]
pub(crate) struct Operands<'a> {
    pub input: *const f32,
    pub input_stride: usize,
    pub rows: usize,
    pub weight: &'a Packed,
    pub output: *mut f32,
    pub output_stride: usize,
    pub store: Store,
}

#[allow(unsafe_code)] // SAFETY: threads write disjoint columns; the rows outlive the call that lends them.
unsafe impl Send for Operands<'_> {}
#[allow(unsafe_code)] // SAFETY: as above.
unsafe impl Sync for Operands<'_> {}

kernel! {
    /// Computes the columns of panels `from .. to` for all rows.
    ///
    /// # Safety
    ///
    /// `input` has `rows` rows of `weight.inner` floats, `output` `rows` rows of `weight.columns` floats; nobody
    /// else touches the columns written.
    pub(crate) fn multiply(operands: Operands<'_>, from: usize, to: usize) = panels;
}

#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn panels<S: Lanes>(operands: Operands<'_>, from: usize, to: usize) {
    // Few rows need several panels in flight to hide the latency of the additions; many rows give enough chains
    // with two, and read fewer weights per product. Rows are dealt out evenly: 13 rows are 7 and 6, not 12 and 1.
    let blocks = operands.rows.div_ceil(S::ROWS).max(1);
    let (short, taller) = (operands.rows / blocks, operands.rows % blocks);
    let tallest = short + usize::from(taller > 0);
    let wide = (S::REGISTERS / (tallest + 1)).clamp(1, 8);
    let mut panel = from;
    while panel < to {
        let width = wide.min(to - panel);
        let mut row = 0;
        for block in 0..blocks {
            let rows = short + usize::from(block < taller);
            let done = unsafe { tile::<S>(operands, row, rows, panel, width) };
            debug_assert!(done);
            row += rows;
        }
        panel += width;
    }
}

/// Chooses the kernel for `rows` x `width` vectors; the table holds every shape that `panels` asks for.
#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn tile<S: Lanes>(
    o: Operands<'_>,
    row: usize,
    rows: usize,
    panel: usize,
    width: usize,
) -> bool {
    macro_rules! widths {
        ($rows:literal: $($width:literal),*) => {
            match width {
                $($width => unsafe { block::<S, $rows, $width>(o, row, panel) },)*
                _ => {
                    // A narrower table than the width asked for: one panel at a time.
                    for panel in panel..panel + width {
                        unsafe { block::<S, $rows, 1>(o, row, panel) }
                    }
                }
            }
        };
    }
    match rows {
        0 => {}
        1 => widths!(1: 1, 2, 3, 4, 5, 6, 7, 8),
        2 => widths!(2: 1, 2, 4, 6, 8),
        3 => widths!(3: 1, 2, 3, 4, 7),
        4 => widths!(4: 1, 2, 3, 4, 6),
        5 => widths!(5: 1, 2, 3, 5),
        6 => widths!(6: 1, 2, 4),
        7 => widths!(7: 1, 2, 3),
        8 => widths!(8: 1, 2, 3),
        9 => widths!(9: 1, 2, 3),
        10 => widths!(10: 1, 2),
        11 => widths!(11: 1, 2),
        12 => widths!(12: 1, 2),
        _ => return false,
    }
    true
}

/// `ROWS` rows times `WIDTH` panels with all sums in registers.
#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn block<S: Lanes, const ROWS: usize, const WIDTH: usize>(
    o: Operands<'_>,
    row: usize,
    panel: usize,
) {
    unsafe {
        let inner = o.weight.inner;
        let weights: [*const f32; WIDTH] =
            std::array::from_fn(|w| o.weight.panel(panel + w).as_ptr().cast());
        let inputs: [*const f32; ROWS] =
            std::array::from_fn(|r| o.input.add((row + r) * o.input_stride));
        let mut sums = [[S::splat(0.0); WIDTH]; ROWS];
        for k in 0..inner {
            let mut weight = [S::splat(0.0); WIDTH];
            for w in 0..WIDTH {
                weight[w] = S::load(weights[w].add(k * LANES));
            }
            for r in 0..ROWS {
                let input = S::splat(*inputs[r].add(k));
                for w in 0..WIDTH {
                    sums[r][w] = S::fma(input, weight[w], sums[r][w]);
                }
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            for (w, sum) in sums.iter().enumerate() {
                finish::<S>(o, row + r, panel + w, *sum);
            }
        }
    }
}

#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract; the last panel may be narrower than sixteen columns.
unsafe fn finish<S: Lanes>(o: Operands<'_>, row: usize, panel: usize, sum: S::V) {
    unsafe {
        let column = panel * LANES;
        let to = o.output.add(row * o.output_stride + column);
        let columns = (o.weight.columns - column).min(LANES);
        let mut edge = [0.0f32; LANES];
        let target = if columns == LANES {
            to
        } else {
            edge.as_mut_ptr()
        };
        if columns < LANES && o.store == Store::Add {
            std::ptr::copy_nonoverlapping(to, target, columns);
        }
        let value = match (o.store, o.weight.bias(panel)) {
            (Store::Add, _) => S::add(S::load(target), sum),
            (Store::Replace, Some(bias)) => S::add(sum, S::load(bias.0.as_ptr())),
            (Store::Replace, None) => sum,
        };
        S::store(target, value);
        if columns < LANES {
            std::ptr::copy_nonoverlapping(target, to, columns);
        }
    }
}
