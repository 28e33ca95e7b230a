//! Between wide numbers, doubles and exact rationals.

use num_bigint::{BigInt, Sign};
use num_rational::BigRational;

use super::{LIMBS, Wide};

impl Wide {
    pub(in crate::numeric) fn from_f64(value: f64) -> Self {
        if !value.is_finite() {
            return Self::NAN;
        }
        let bits = value.to_bits();
        let (stored, fraction) = ((bits >> 52 & 0x7ff) as i64, bits & ((1 << 52) - 1));
        let (mantissa, exponent) = match stored {
            0 => (fraction, -1074),
            _ => (fraction | 1 << 52, stored - 1075),
        };
        let mut limbs = [0; LIMBS + 1];
        limbs[LIMBS] = mantissa;
        Self::normal(value.is_sign_negative(), exponent + 64, limbs)
    }

    /// The leading bits; infinite or zero beyond the range of doubles.
    pub(in crate::numeric) fn to_f64(self) -> f64 {
        if !self.finite {
            return f64::NAN;
        }
        let power = |exponent: i64| f64::from_bits(((1023 + exponent) as u64) << 52);
        let exponent = (self.exponent - 64).clamp(-1300, 1300);
        let (one, other) = (exponent / 2, exponent - exponent / 2);
        let size = self.limbs[LIMBS - 1] as f64 * power(one) * power(other);
        if self.negative { -size } else { size }
    }

    fn from_integer(value: &BigInt) -> Self {
        let digits = value.iter_u64_digits();
        let count = digits.len();
        let mut limbs = [0; LIMBS + 1];
        for (limb, digit) in limbs.iter_mut().rev().zip(digits.rev()) {
            *limb = digit;
        }
        Self::normal(value.sign() == Sign::Minus, 64 * count as i64, limbs)
    }

    pub(in crate::numeric) fn from_rational(value: &BigRational) -> Self {
        let top = Self::from_integer(value.numer());
        if value.is_integer() {
            top
        } else {
            top / Self::from_integer(value.denom())
        }
    }
}
