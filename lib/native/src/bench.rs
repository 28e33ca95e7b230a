//! What the example that measures the kernels needs of the inside; no part of the interface.

use std::hint::black_box;
use std::time::Instant;

use crate::gemm::{Operands, Store, multiply};
use crate::packed::Packed;
use crate::simd::{Block, LANES, Level};

/// Floating-point operations per second of `[rows, inner]` times `[inner, columns]` on one thread.
pub fn multiply_rate(level: Level, rows: usize, columns: usize, inner: usize) -> f64 {
    let weight = Packed::stack(&[&vec![0.5; columns * inner]], inner);
    let buffer = |width: usize| vec![Block([0.25; LANES]); (rows * width).div_ceil(LANES)];
    let (input, mut output) = (buffer(inner), buffer(columns));
    let operands = Operands {
        input: input.as_ptr().cast(),
        input_stride: inner,
        rows,
        weight: &weight,
        output: output.as_mut_ptr().cast(),
        output_stride: columns,
        store: Store::Replace,
    };
    let repeats = 1 + 1_000_000_000 / (2 * rows * columns * inner);
    let start = Instant::now();
    for _ in 0..repeats {
        #[allow(unsafe_code)] // SAFETY: the buffers have the shapes that the operands name.
        unsafe {
            multiply(level, black_box(operands), 0, weight.panels())
        };
    }
    (repeats * 2 * rows * columns * inner) as f64 / start.elapsed().as_secs_f64()
}
