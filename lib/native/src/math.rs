//! Elementwise functions of the decoder over lanes: exponential, SiLU gate, RMSNorm, rotation.
//!
//! All are built from correctly rounded operations in a fixed order, so a row's bits depend on its content alone.

use crate::simd::{LANES, Lanes, kernel, tree_max, tree_sum};

/// Below this the exponential is clamped: its result, 1.2e-38, is the smallest that needs no subnormal number.
const LOWEST: f32 = -87.3;
const HIGHEST: f32 = 88.0;

/// Adding and subtracting 1.5 * 2^23 rounds to an integer, which then stands in the sum's lowest bits.
const ROUNDER: f32 = 12_582_912.0;

/// ln 2 in two parts; the first has zeros at its end, so that multiples up to 128 are exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// Minimax coefficients of (exp(r) - 1 - r) / r^2 on |r| <= ln 2 / 2, highest power first; error below 1 ulp.
const EXP: [f32; 6] = [
    1.987_569_1e-4,
    1.398_199_9e-3,
    8.333_452e-3,
    4.166_579_6e-2,
    1.666_666_5e-1,
    5.0e-1,
];

/// `exp(x)` with `x` clamped to -87.3 .. 88.
#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the trait's contract.
pub(crate) unsafe fn exp<S: Lanes>(x: S::V) -> S::V {
    unsafe {
        let x = S::min(S::max(x, S::splat(LOWEST)), S::splat(HIGHEST));
        let rounder = S::splat(ROUNDER);
        let shifted = S::fma(x, S::splat(std::f32::consts::LOG2_E), rounder);
        let whole = S::sub(shifted, rounder);
        let rest = S::fma(whole, S::splat(-LN_2_HIGH), x);
        let rest = S::fma(whole, S::splat(-LN_2_LOW), rest);
        let mut sum = S::splat(EXP[0]);
        for coefficient in &EXP[1..] {
            sum = S::fma(sum, rest, S::splat(*coefficient));
        }
        let power = S::add(S::fma(S::mul(rest, rest), sum, rest), S::splat(1.0));
        S::shift_exponent(power, shifted)
    }
}

kernel! {
    /// `out = x / sqrt(mean(x^2) + epsilon) * weight` for one row of `width` floats.
    ///
    /// # Safety
    ///
    /// All three point to `width` floats; `out` may be `x`.
    pub(crate) fn rms_norm(x: *const f32, weight: *const f32, out: *mut f32, width: usize, epsilon: f32) = rms_norm_lanes;
}

#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn rms_norm_lanes<S: Lanes>(
    x: *const f32,
    weight: *const f32,
    out: *mut f32,
    width: usize,
    epsilon: f32,
) {
    unsafe {
        let whole = width / LANES * LANES;
        let mut squares = S::splat(0.0);
        for at in (0..whole).step_by(LANES) {
            let x = S::load(x.add(at));
            squares = S::fma(x, x, squares);
        }
        let mut lanes = S::to_array(squares);
        for at in whole..width {
            let x = *x.add(at);
            lanes[at - whole] = x.mul_add(x, lanes[at - whole]);
        }
        let scale = 1.0 / (tree_sum(lanes) / width as f32 + epsilon).sqrt();
        for at in (0..whole).step_by(LANES) {
            let scaled = S::mul(S::load(x.add(at)), S::splat(scale));
            S::store(out.add(at), S::mul(scaled, S::load(weight.add(at))));
        }
        for at in whole..width {
            *out.add(at) = *x.add(at) * scale * *weight.add(at);
        }
    }
}

kernel! {
    /// `gate = gate * sigmoid(gate) * up` for one row of `width` floats.
    ///
    /// # Safety
    ///
    /// Both point to `width` floats.
    pub(crate) fn swiglu(gate: *mut f32, up: *const f32, width: usize) = swiglu_lanes;
}

#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn swiglu_lanes<S: Lanes>(gate: *mut f32, up: *const f32, width: usize) {
    unsafe {
        let whole = width / LANES * LANES;
        for at in (0..whole).step_by(LANES) {
            let value = gated::<S>(S::load(gate.add(at)), S::load(up.add(at)));
            S::store(gate.add(at), value);
        }
        let rest = width - whole;
        if rest > 0 {
            let (mut left, mut right) = ([0.0; LANES], [0.0; LANES]);
            left[..rest].copy_from_slice(std::slice::from_raw_parts(gate.add(whole), rest));
            right[..rest].copy_from_slice(std::slice::from_raw_parts(up.add(whole), rest));
            let value = S::to_array(gated::<S>(S::load(left.as_ptr()), S::load(right.as_ptr())));
            std::ptr::copy_nonoverlapping(value.as_ptr(), gate.add(whole), rest);
        }
    }
}

#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the trait's contract.
unsafe fn gated<S: Lanes>(gate: S::V, up: S::V) -> S::V {
    unsafe {
        let decay = exp::<S>(S::sub(S::splat(0.0), gate));
        S::mul(S::div(gate, S::add(S::splat(1.0), decay)), up)
    }
}

/// Turns `scores` into `exp(score - greatest)` and gives their sum. Lanes `length ..` up to the next multiple of sixteen
/// become 0.
///
/// # Safety
///
/// `scores` points to `length` floats rounded up to a multiple of sixteen, all initialised.
#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
pub(crate) unsafe fn exponentials<S: Lanes>(scores: *mut f32, length: usize) -> f32 {
    unsafe {
        let padded = length.next_multiple_of(LANES);
        for at in length..padded {
            *scores.add(at) = f32::NEG_INFINITY;
        }
        let mut greatest = S::splat(f32::NEG_INFINITY);
        for at in (0..padded).step_by(LANES) {
            greatest = S::max(greatest, S::load(scores.add(at)));
        }
        let greatest = S::splat(tree_max(S::to_array(greatest)));
        let mut sums = S::splat(0.0);
        for at in (0..length / LANES * LANES).step_by(LANES) {
            let value = exp::<S>(S::sub(S::load(scores.add(at)), greatest));
            S::store(scores.add(at), value);
            sums = S::add(sums, value);
        }
        let mut lanes = S::to_array(sums);
        if length < padded {
            let last = scores.add(padded - LANES);
            let values = S::to_array(exp::<S>(S::sub(S::load(last), greatest)));
            for lane in 0..LANES {
                let value = if padded - LANES + lane < length {
                    values[lane]
                } else {
                    0.0
                };
                *last.add(lane) = value;
                lanes[lane] += value;
            }
        }
        tree_sum(lanes)
    }
}

kernel! {
    /// `out[i] = exp((x[i] - greatest) / temperature)`.
    ///
    /// # Safety
    ///
    /// Both point to `length` floats.
    pub(crate) fn weights(x: *const f32, out: *mut f32, length: usize, greatest: f32, temperature: f32) = weights_lanes;
}

#[inline(always)]
#[allow(unsafe_code)] // SAFETY: the kernel's contract.
unsafe fn weights_lanes<S: Lanes>(
    x: *const f32,
    out: *mut f32,
    length: usize,
    greatest: f32,
    temperature: f32,
) {
    unsafe {
        let (greatest, temperature) = (S::splat(greatest), S::splat(temperature));
        let whole = length / LANES * LANES;
        for at in (0..whole).step_by(LANES) {
            let scaled = S::div(S::sub(S::load(x.add(at)), greatest), temperature);
            S::store(out.add(at), exp::<S>(scaled));
        }
        if whole < length {
            let mut last = [0.0; LANES];
            last[..length - whole]
                .copy_from_slice(std::slice::from_raw_parts(x.add(whole), length - whole));
            let scaled = S::div(S::sub(S::load(last.as_ptr()), greatest), temperature);
            let values = S::to_array(exp::<S>(scaled));
            std::ptr::copy_nonoverlapping(values.as_ptr(), out.add(whole), length - whole);
        }
    }
}
