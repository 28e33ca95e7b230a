//! Sixteen lanes in two 256-bit registers.

use std::arch::x86_64::*;

use super::Lanes;

#[derive(Clone, Copy)]
pub(crate) struct Avx2;

/// The lower and the upper eight lanes.
type Pair = (__m256, __m256);

#[allow(unsafe_code)] // SAFETY: the trait's contract: the processor has AVX2 and FMA.
impl Lanes for Avx2 {
    const REGISTERS: usize = 7;
    const ROWS: usize = 6;

    type V = Pair;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Pair {
        unsafe { (_mm256_set1_ps(value), _mm256_set1_ps(value)) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Pair {
        unsafe { (_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8))) }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, value: Pair) {
        unsafe {
            _mm256_storeu_ps(to, value.0);
            _mm256_storeu_ps(to.add(8), value.1);
        }
    }
    #[inline(always)]
    unsafe fn fma(a: Pair, b: Pair, c: Pair) -> Pair {
        unsafe {
            (
                _mm256_fmadd_ps(a.0, b.0, c.0),
                _mm256_fmadd_ps(a.1, b.1, c.1),
            )
        }
    }
    #[inline(always)]
    unsafe fn add(a: Pair, b: Pair) -> Pair {
        unsafe { (_mm256_add_ps(a.0, b.0), _mm256_add_ps(a.1, b.1)) }
    }
    #[inline(always)]
    unsafe fn sub(a: Pair, b: Pair) -> Pair {
        unsafe { (_mm256_sub_ps(a.0, b.0), _mm256_sub_ps(a.1, b.1)) }
    }
    #[inline(always)]
    unsafe fn mul(a: Pair, b: Pair) -> Pair {
        unsafe { (_mm256_mul_ps(a.0, b.0), _mm256_mul_ps(a.1, b.1)) }
    }
    #[inline(always)]
    unsafe fn div(a: Pair, b: Pair) -> Pair {
        unsafe { (_mm256_div_ps(a.0, b.0), _mm256_div_ps(a.1, b.1)) }
    }
    #[inline(always)]
    unsafe fn max(a: Pair, b: Pair) -> Pair {
        unsafe { (_mm256_max_ps(a.0, b.0), _mm256_max_ps(a.1, b.1)) }
    }
    #[inline(always)]
    unsafe fn min(a: Pair, b: Pair) -> Pair {
        unsafe { (_mm256_min_ps(a.0, b.0), _mm256_min_ps(a.1, b.1)) }
    }
    #[inline(always)]
    unsafe fn shift_exponent(a: Pair, exponent: Pair) -> Pair {
        unsafe { (shift_half(a.0, exponent.0), shift_half(a.1, exponent.1)) }
    }
}

#[inline(always)]
#[allow(unsafe_code)] // SAFETY: as above.
unsafe fn shift_half(a: __m256, exponent: __m256) -> __m256 {
    unsafe {
        let shifted = _mm256_slli_epi32::<23>(_mm256_castps_si256(exponent));
        _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a), shifted))
    }
}
