//! Sixteen float lanes on whatever the processor has: one AVX-512 register, two AVX2 registers, or plain floats.
//!
//! Every operation is elementwise and correctly rounded (`fma` rounds once on all of them), so a kernel written
//! against [`Lanes`] gives the same bits on every level. Nothing here reduces across lanes in hardware order;
//! [`tree_sum`] fixes that order.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;

#[cfg(target_arch = "x86_64")]
pub(crate) use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) use avx512::Avx512;
pub(crate) use portable::Portable;

/// Number of lanes of every vector in this crate, whatever the processor's own width.
pub(crate) const LANES: usize = 16;

/// Sixteen floats, aligned so that one vector never spans two cache lines.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(64))]
pub(crate) struct Block(pub [f32; LANES]);

/// Which instructions the kernels use. Results do not depend on it; tests compare the levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Portable,
    Avx2,
    Avx512,
}

impl Level {
    /// The fastest level of this processor.
    pub fn detect() -> Self {
        let available = Self::available();
        available[available.len() - 1]
    }

    /// All levels that this processor can run, slowest first.
    pub fn available() -> Vec<Self> {
        #[allow(unused_mut)]
        let mut levels = vec![Self::Portable];
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            if avx2 {
                levels.push(Self::Avx2);
            }
            if avx2 && is_x86_feature_detected!("avx512f") {
                levels.push(Self::Avx512);
            }
        }
        levels
    }
}

/// Operations on sixteen lanes.
///
/// # Safety
///
/// Every method requires that the processor has the instructions of the implementing level, and is only fast
/// inside a function compiled for them. `load` and `store` require sixteen readable or writable floats.
#[allow(unsafe_code)] // SAFETY: see above; [`kernel!`] is the only place that enters these levels.
pub(crate) trait Lanes: Copy {
    /// Vectors that the registers hold, less one for a broadcast input.
    const REGISTERS: usize;
    /// Rows of the tallest matrix kernel.
    const ROWS: usize;

    type V: Copy;

    unsafe fn splat(value: f32) -> Self::V;
    unsafe fn load(from: *const f32) -> Self::V;
    unsafe fn store(to: *mut f32, value: Self::V);
    /// `a * b + c`, rounded once.
    unsafe fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    unsafe fn add(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn sub(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn mul(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn div(a: Self::V, b: Self::V) -> Self::V;
    /// `a` where it is greater, else `b` (also where `a` is NaN), as the x86 instruction does it.
    unsafe fn max(a: Self::V, b: Self::V) -> Self::V;
    /// `a` where it is smaller, else `b`.
    unsafe fn min(a: Self::V, b: Self::V) -> Self::V;
    /// Reads both as integers: `a + (exponent << 23)`, which multiplies a float by a power of two.
    unsafe fn shift_exponent(a: Self::V, exponent: Self::V) -> Self::V;

    #[inline(always)]
    unsafe fn to_array(value: Self::V) -> [f32; LANES] {
        let mut array = [0.0; LANES];
        unsafe { Self::store(array.as_mut_ptr(), value) };
        array
    }
}

/// The sum of sixteen lanes as a balanced tree: halves are added to halves until one is left.
#[inline(always)]
pub(crate) fn tree_sum(lanes: [f32; LANES]) -> f32 {
    let mut lanes = lanes;
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
        width /= 2;
    }
    lanes[0]
}

/// The greatest of sixteen lanes; the order does not matter for numbers.
#[inline(always)]
pub(crate) fn tree_max(lanes: [f32; LANES]) -> f32 {
    lanes.into_iter().fold(f32::NEG_INFINITY, f32::max)
}

/// Defines `fn name(level, args...)` that runs the generic `body::<S>(args...)` compiled for `level`.
macro_rules! kernel {
    ($(#[$doc:meta])* $visibility:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) = $body:ident;) => {
        $(#[$doc])*
        #[allow(unsafe_code, clippy::too_many_arguments)]
        $visibility unsafe fn $name(level: $crate::simd::Level, $($arg: $type),*) {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx2,fma")]
            unsafe fn avx512($($arg: $type),*) {
                unsafe { $body::<$crate::simd::Avx512>($($arg),*) }
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            unsafe fn avx2($($arg: $type),*) {
                unsafe { $body::<$crate::simd::Avx2>($($arg),*) }
            }
            // SAFETY: `Level::available` lists a level only where the processor has it, and models are built with
            // a listed level; what the arguments must satisfy is the caller's promise.
            unsafe {
                match level {
                    #[cfg(target_arch = "x86_64")]
                    $crate::simd::Level::Avx512 => avx512($($arg),*),
                    #[cfg(target_arch = "x86_64")]
                    $crate::simd::Level::Avx2 => avx2($($arg),*),
                    _ => $body::<$crate::simd::Portable>($($arg),*),
                }
            }
        }
    };
}
pub(crate) use kernel;
