//! The two precisions of evaluation: doubles to find differences, wide numbers to confirm agreement.

use std::ops::{Add, Div, Mul, Neg, Sub};

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;

use super::wide::{Wide, elementary};

/// Real numbers of one precision.
pub(crate) trait Real:
    Copy
    + PartialEq
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// The unit of bounds: arithmetic and roots err by no more, relative to the result, functions by no more times the
    /// size of their result and argument.
    const EPSILON: f64;
    /// Whole numbers of so many bits are exact.
    const WHOLE_BITS: u64;
    /// Values below this have no room for their error bound, which is a double, above its underflow.
    const SMALLEST: f64;
    /// A value known no better than this (relative) says nothing about equality.
    const VAGUE: f64;
    /// Steps of the budget, measured at 20 ns each: for a node and a sum, and, of real numbers, for a product, a
    /// quotient, an elementary function.
    const NODE: usize;
    const PRODUCT: usize;
    const QUOTIENT: usize;
    const FUNCTION: usize;
    const ZERO: Self;
    const ONE: Self;
    const PI: Self;
    const E: Self;
    const LN_2: Self;
    const LN_10: Self;

    fn from_f64(value: f64) -> Self;
    fn from_rational(value: &BigRational) -> Self;
    fn to_f64(self) -> f64;
    fn is_finite(self) -> bool;
    fn abs(self) -> Self;
    fn floor(self) -> Self;
    fn sqrt(self) -> Self;
    fn exp(self) -> Self;
    fn ln(self) -> Self;
    fn sin_cos(self) -> (Self, Self);
    /// The angle of `x + i self`.
    fn atan2(self, x: Self) -> Self;
    fn hypot(self, other: Self) -> Self;

    fn is_zero(self) -> bool {
        self == Self::ZERO
    }

    /// Whether an integer is represented without rounding.
    fn holds(value: &BigInt) -> bool {
        value.bits() <= Self::WHOLE_BITS
    }
}

impl Real for f64 {
    const EPSILON: f64 = f64::EPSILON;
    const WHOLE_BITS: u64 = 53;
    const SMALLEST: f64 = 1e-290;
    const VAGUE: f64 = 1e-7;
    const NODE: usize = 1;
    const PRODUCT: usize = 1;
    const QUOTIENT: usize = 2;
    const FUNCTION: usize = 4;
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const PI: Self = std::f64::consts::PI;
    const E: Self = std::f64::consts::E;
    const LN_2: Self = std::f64::consts::LN_2;
    const LN_10: Self = std::f64::consts::LN_10;

    fn from_f64(value: f64) -> Self {
        value
    }

    fn from_rational(value: &BigRational) -> Self {
        ToPrimitive::to_f64(value).unwrap_or(f64::NAN)
    }

    fn to_f64(self) -> f64 {
        self
    }

    fn is_finite(self) -> bool {
        f64::is_finite(self)
    }

    fn abs(self) -> Self {
        f64::abs(self)
    }

    fn floor(self) -> Self {
        f64::floor(self)
    }

    fn sqrt(self) -> Self {
        f64::sqrt(self)
    }

    fn exp(self) -> Self {
        f64::exp(self)
    }

    fn ln(self) -> Self {
        f64::ln(self)
    }

    fn sin_cos(self) -> (Self, Self) {
        f64::sin_cos(self)
    }

    fn atan2(self, x: Self) -> Self {
        f64::atan2(self, x)
    }

    fn hypot(self, other: Self) -> Self {
        f64::hypot(self, other)
    }
}

impl Real for Wide {
    /// 2^-400, where the arithmetic has 2^-447: reducing and restoring arguments in `wide::elementary` loses about 20
    /// bits, and more only with the size of the argument.
    const EPSILON: f64 = f64::from_bits((1023 - 400) << 52);
    const WHOLE_BITS: u64 = 448;
    const SMALLEST: f64 = 1e-180;
    /// Fifty digits: a root taken at zero halves the 120 digits that are known there.
    const VAGUE: f64 = 1e-50;
    const NODE: usize = 2;
    const PRODUCT: usize = 4;
    const QUOTIENT: usize = 30;
    const FUNCTION: usize = 150;
    const ZERO: Self = Wide::ZERO;
    const ONE: Self = Wide::ONE;
    const PI: Self = elementary::PI;
    const E: Self = elementary::E;
    const LN_2: Self = elementary::LN_2;
    const LN_10: Self = elementary::LN_10;

    fn from_f64(value: f64) -> Self {
        Wide::from_f64(value)
    }

    fn from_rational(value: &BigRational) -> Self {
        Wide::from_rational(value)
    }

    fn to_f64(self) -> f64 {
        Wide::to_f64(self)
    }

    fn is_finite(self) -> bool {
        Wide::is_finite(self)
    }

    fn abs(self) -> Self {
        Wide::abs(self)
    }

    fn floor(self) -> Self {
        Wide::floor(self)
    }

    fn sqrt(self) -> Self {
        Wide::sqrt(self)
    }

    fn exp(self) -> Self {
        Wide::exp(self)
    }

    fn ln(self) -> Self {
        Wide::ln(self)
    }

    fn sin_cos(self) -> (Self, Self) {
        Wide::sin_cos(self)
    }

    fn atan2(self, x: Self) -> Self {
        Wide::atan2(self, x)
    }

    fn is_zero(self) -> bool {
        Wide::is_zero(self)
    }

    fn hypot(self, other: Self) -> Self {
        match (self.is_zero(), other.is_zero()) {
            (_, true) => self.abs(),
            (true, false) => other.abs(),
            (false, false) => (self * self + other * other).sqrt(),
        }
    }
}
