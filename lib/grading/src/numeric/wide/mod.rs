//! Binary floating point numbers of 448 bits: about 134 digits, of which bounds claim 120.
//!
//! A fixed size keeps the work of every operation bounded whatever the value: no allocation, no loop that depends on
//! a magnitude. Results are within a few units in the last place; nothing here is correctly rounded.

mod convert;
pub(super) mod elementary;

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Neg, Sub};

const LIMBS: usize = 7;
const BITS: i64 = 64 * LIMBS as i64;
/// Beyond this, values are no numbers; below its negative they are zero. Doubles end long before.
const LARGEST_EXPONENT: i64 = 1 << 20;

/// `0.limbs * 2^exponent`, the most significant limb last and its top bit set, or zero.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wide {
    negative: bool,
    finite: bool,
    exponent: i64,
    limbs: [u64; LIMBS],
}

impl Wide {
    pub(in crate::numeric) const ZERO: Self = Self {
        negative: false,
        finite: true,
        exponent: 0,
        limbs: [0; LIMBS],
    };
    pub(in crate::numeric) const ONE: Self = Self::whole(1);
    /// Overflow and undefined results.
    pub(in crate::numeric) const NAN: Self = Self {
        finite: false,
        ..Self::ZERO
    };

    /// A positive constant from its bits.
    pub(in crate::numeric) const fn constant(exponent: i64, limbs: [u64; LIMBS]) -> Self {
        Self {
            negative: false,
            finite: true,
            exponent,
            limbs,
        }
    }

    pub(in crate::numeric) const fn whole(value: u64) -> Self {
        let mut limbs = [0; LIMBS + 1];
        limbs[LIMBS] = value;
        Self::normal(false, 64, limbs)
    }

    /// The quotient by a small positive number, truncated.
    pub(in crate::numeric) const fn over(self, divisor: u64) -> Self {
        let mut limbs = [0; LIMBS + 1];
        let (mut at, mut rest) = (LIMBS + 1, 0u128);
        while at > 0 {
            at -= 1;
            // The limb below the last one takes the bits that normalisation brings back.
            let next = if at == 0 { 0 } else { self.limbs[at - 1] };
            rest = rest << 64 | next as u128;
            limbs[at] = (rest / divisor as u128) as u64;
            rest %= divisor as u128;
        }
        Self::normal(self.negative, self.exponent, limbs)
    }

    /// Brings the top bit into place and drops the guard limb.
    const fn normal(negative: bool, exponent: i64, limbs: [u64; LIMBS + 1]) -> Self {
        let mut top = LIMBS + 1;
        while top > 0 && limbs[top - 1] == 0 {
            top -= 1;
        }
        if top == 0 {
            return Self::ZERO;
        }
        let (whole, bits) = (LIMBS + 1 - top, limbs[top - 1].leading_zeros());
        let mut shifted = [0; LIMBS];
        let mut at = 0;
        while at < LIMBS {
            // Index in `limbs` of what lands here; the limb under it lends its upper bits.
            let from = at as i64 + 1 - whole as i64;
            let high = if from >= 0 { limbs[from as usize] } else { 0 };
            let low = if from >= 1 {
                limbs[from as usize - 1]
            } else {
                0
            };
            shifted[at] = if bits == 0 {
                high
            } else {
                high << bits | low >> (64 - bits)
            };
            at += 1;
        }
        let exponent = exponent - 64 * whole as i64 - bits as i64;
        if exponent > LARGEST_EXPONENT {
            return Self::NAN;
        }
        if exponent < -LARGEST_EXPONENT {
            return Self::ZERO;
        }
        Self {
            negative,
            finite: true,
            exponent,
            limbs: shifted,
        }
    }

    pub(in crate::numeric) fn is_finite(self) -> bool {
        self.finite
    }

    pub(in crate::numeric) fn is_zero(self) -> bool {
        self.finite && self.limbs[LIMBS - 1] == 0
    }

    pub(in crate::numeric) fn is_negative(self) -> bool {
        self.negative
    }

    pub(in crate::numeric) fn exponent(self) -> i64 {
        self.exponent
    }

    pub(in crate::numeric) fn abs(self) -> Self {
        Self {
            negative: false,
            ..self
        }
    }

    /// `self * 2^by`.
    pub(in crate::numeric) fn scaled(self, by: i64) -> Self {
        if self.is_zero() || !self.finite {
            return self;
        }
        let mut limbs = [0; LIMBS + 1];
        limbs[1..].copy_from_slice(&self.limbs);
        Self::normal(self.negative, self.exponent.saturating_add(by), limbs)
    }

    pub(in crate::numeric) fn floor(self) -> Self {
        let fraction = BITS - self.exponent;
        if !self.finite || fraction <= 0 {
            return self;
        }
        if self.exponent <= 0 {
            return if self.negative && !self.is_zero() {
                -Self::ONE
            } else {
                Self::ZERO
            };
        }
        let mut whole = self;
        for (at, limb) in whole.limbs.iter_mut().enumerate() {
            let below = (fraction - 64 * at as i64).clamp(0, 64);
            *limb = if below == 64 {
                0
            } else {
                *limb >> below << below
            };
        }
        if self.negative && whole.limbs != self.limbs {
            whole - Self::ONE
        } else {
            whole
        }
    }

    /// A whole number modulo four; zero for numbers too large to know.
    pub(in crate::numeric) fn quadrant(self) -> u64 {
        let lowest = BITS - self.exponent;
        if self.exponent <= 0 || lowest < 0 {
            return 0;
        }
        let bit = |at: i64| match self.limbs.get((at / 64) as usize) {
            Some(limb) => limb >> (at % 64) & 1,
            None => 0,
        };
        let size = bit(lowest) + 2 * bit(lowest + 1);
        if self.negative { (4 - size) % 4 } else { size }
    }

    /// Square root by Newton's iteration for its reciprocal; no number for negative values.
    pub(in crate::numeric) fn sqrt(self) -> Self {
        if self.is_zero() || !self.finite {
            return self;
        }
        if self.negative {
            return Self::NAN;
        }
        let half = self.exponent.div_euclid(2);
        let near_one = self.scaled(-2 * half);
        let mut inverse = Self::from_f64(near_one.to_f64().sqrt().recip());
        for _ in 0..3 {
            let miss = Self::ONE - near_one * inverse * inverse;
            inverse = inverse + (inverse * miss).scaled(-1);
        }
        let root = near_one * inverse;
        (root + (inverse * (near_one - root * root)).scaled(-1)).scaled(half)
    }

    fn compare_size(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self
                .exponent
                .cmp(&other.exponent)
                .then_with(|| self.limbs.iter().rev().cmp(other.limbs.iter().rev())),
        }
    }

    /// The bits with a guard limb below them, moved down by `by` places.
    fn aligned(&self, by: u64) -> [u64; LIMBS + 1] {
        let (whole, bits) = ((by / 64) as usize, by % 64);
        let source = |at: usize| match at {
            0 => 0,
            _ => self.limbs.get(at - 1).copied().unwrap_or(0),
        };
        std::array::from_fn(|at| {
            let (low, high) = (source(at + whole), source(at + whole + 1));
            match bits {
                0 => low,
                _ => low >> bits | high << (64 - bits),
            }
        })
    }
}

impl Neg for Wide {
    type Output = Self;

    fn neg(self) -> Self {
        Self {
            negative: !self.negative,
            ..self
        }
    }
}

impl Add for Wide {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        if !self.finite || !other.finite {
            return Self::NAN;
        }
        let (large, small) = match self.compare_size(&other) {
            Ordering::Less => (other, self),
            _ => (self, other),
        };
        let apart = (large.exponent - small.exponent).unsigned_abs();
        if small.is_zero() || apart > BITS as u64 {
            return large;
        }
        let (mut sum, small_limbs) = (large.aligned(0), small.aligned(apart));
        let mut carry = false;
        for (limb, other) in sum.iter_mut().zip(small_limbs) {
            let (next, over) = if large.negative == small.negative {
                let (next, first) = limb.overflowing_add(other);
                let (next, second) = next.overflowing_add(u64::from(carry));
                (next, first | second)
            } else {
                let (next, first) = limb.overflowing_sub(other);
                let (next, second) = next.overflowing_sub(u64::from(carry));
                (next, first | second)
            };
            (*limb, carry) = (next, over);
        }
        // Only a sum carries out of the top: the larger is taken from nothing larger.
        if !carry {
            return Self::normal(large.negative, large.exponent, sum);
        }
        for at in 0..LIMBS {
            sum[at] = sum[at] >> 1 | sum[at + 1] << 63;
        }
        sum[LIMBS] = sum[LIMBS] >> 1 | 1 << 63;
        Self::normal(large.negative, large.exponent + 1, sum)
    }
}

impl Sub for Wide {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Wide {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        if !self.finite || !other.finite {
            return Self::NAN;
        }
        if self.is_zero() || other.is_zero() {
            return Self::ZERO;
        }
        let mut product = [0u64; 2 * LIMBS];
        for (at, a) in self.limbs.into_iter().enumerate() {
            let mut carry = 0u128;
            for (limb, b) in product[at..].iter_mut().zip(other.limbs) {
                let next = u128::from(a) * u128::from(b) + u128::from(*limb) + carry;
                *limb = next as u64;
                carry = next >> 64;
            }
            product[at + LIMBS] = carry as u64;
        }
        let top = std::array::from_fn(|at| product[at + LIMBS - 1]);
        Self::normal(
            self.negative != other.negative,
            self.exponent + other.exponent,
            top,
        )
    }
}

impl Div for Wide {
    type Output = Self;

    /// Newton's iteration for the reciprocal, then one step for the quotient; no number by zero.
    fn div(self, other: Self) -> Self {
        if !self.finite || !other.finite || other.is_zero() {
            return Self::NAN;
        }
        let divisor = other.scaled(-other.exponent);
        let mut inverse = Self::from_f64(divisor.to_f64().recip());
        for _ in 0..3 {
            inverse = inverse + inverse * (Self::ONE - divisor * inverse);
        }
        let quotient = self * inverse;
        (quotient + inverse * (self - quotient * divisor)).scaled(-other.exponent)
    }
}

impl PartialEq for Wide {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for Wide {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        if !self.finite || !other.finite {
            return None;
        }
        let below = |value: &Self| value.negative && !value.is_zero();
        Some(match (below(self), below(other)) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.compare_size(other),
            (true, true) => other.compare_size(self),
        })
    }
}
