//! Sixteen lanes as an array; the compiler may use whatever vectors the target has.

use std::array::from_fn;

use super::{LANES, Lanes};

#[derive(Clone, Copy)]
pub(crate) struct Portable;

type Array = [f32; LANES];

#[allow(unsafe_code)] // SAFETY: only `load` and `store` have a condition, which is the trait's.
impl Lanes for Portable {
    const REGISTERS: usize = 7;
    const ROWS: usize = 6;

    type V = Array;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Array {
        [value; LANES]
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Array {
        unsafe { from.cast::<Array>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, value: Array) {
        unsafe { to.cast::<Array>().write_unaligned(value) }
    }
    #[inline(always)]
    unsafe fn fma(a: Array, b: Array, c: Array) -> Array {
        from_fn(|lane| a[lane].mul_add(b[lane], c[lane]))
    }
    #[inline(always)]
    unsafe fn add(a: Array, b: Array) -> Array {
        from_fn(|lane| a[lane] + b[lane])
    }
    #[inline(always)]
    unsafe fn sub(a: Array, b: Array) -> Array {
        from_fn(|lane| a[lane] - b[lane])
    }
    #[inline(always)]
    unsafe fn mul(a: Array, b: Array) -> Array {
        from_fn(|lane| a[lane] * b[lane])
    }
    #[inline(always)]
    unsafe fn div(a: Array, b: Array) -> Array {
        from_fn(|lane| a[lane] / b[lane])
    }
    #[inline(always)]
    unsafe fn max(a: Array, b: Array) -> Array {
        from_fn(|lane| if a[lane] > b[lane] { a[lane] } else { b[lane] })
    }
    #[inline(always)]
    unsafe fn min(a: Array, b: Array) -> Array {
        from_fn(|lane| if a[lane] < b[lane] { a[lane] } else { b[lane] })
    }
    #[inline(always)]
    unsafe fn shift_exponent(a: Array, exponent: Array) -> Array {
        from_fn(|lane| {
            f32::from_bits(
                a[lane]
                    .to_bits()
                    .wrapping_add(exponent[lane].to_bits() << 23),
            )
        })
    }
}
