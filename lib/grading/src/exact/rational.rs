//! Sums and products of rational numbers, and what they cost.
//!
//! Lowest terms take common divisors, whose usual algorithm is quadratic in the longer number even where the other one
//! is short. Here whole numbers need none, and a long number is reduced by the short one first.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Zero};

pub(super) fn sum(a: &BigRational, b: &BigRational) -> BigRational {
    if a.is_integer() && b.is_integer() {
        return BigRational::from_integer(a.numer() + b.numer());
    }
    let shared = divisor(a.denom(), b.denom());
    let (left, right) = (a.denom() / &shared, b.denom() / &shared);
    let top = a.numer() * &right + b.numer() * &left;
    // Only what the denominators share can be in the sum.
    let excess = divisor(&top, &shared);
    BigRational::new_raw(top / &excess, left * (b.denom() / excess))
}

pub(super) fn product(a: &BigRational, b: &BigRational) -> BigRational {
    if a.is_integer() && b.is_integer() {
        return BigRational::from_integer(a.numer() * b.numer());
    }
    let (first, second) = (divisor(a.numer(), b.denom()), divisor(b.numer(), a.denom()));
    BigRational::new_raw(
        (a.numer() / &first) * (b.numer() / &second),
        (a.denom() / second) * (b.denom() / first),
    )
}

/// The greatest common divisor, which is positive.
pub(super) fn divisor(a: &BigInt, b: &BigInt) -> BigInt {
    let (long, short) = if a.bits() < b.bits() { (b, a) } else { (a, b) };
    if short.is_zero() {
        return BigInt::from(long.magnitude().clone());
    }
    if short.is_one() {
        return BigInt::one();
    }
    short.gcd(&(long % short))
}

/// Lengths in 64-bit words.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Length {
    pub(super) top: usize,
    pub(super) bottom: usize,
}

impl Length {
    pub(super) fn of(value: &BigRational) -> Self {
        Self {
            top: words(value.numer()),
            bottom: words(value.denom()),
        }
    }

    pub(super) fn longer(self, other: Self) -> Self {
        Self {
            top: self.top.max(other.top),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

pub(super) fn words(value: &BigInt) -> usize {
    usize::try_from(value.bits() / 64).unwrap_or(usize::MAX)
}

/// Steps for a sum or product of two numbers of these lengths.
pub(super) fn cost(a: Length, b: Length) -> usize {
    let top = a.top.saturating_add(b.top);
    let bottom = a.bottom.saturating_add(b.bottom);
    let multiplied = a.top.saturating_mul(b.top) / 16;
    let reduced = top.saturating_mul(bottom) / 8;
    (top / 4 + bottom / 4)
        .saturating_add(multiplied)
        .saturating_add(reduced)
        .saturating_add(cost_of_divisor(top.min(bottom)))
}

/// Steps for the greatest common divisor of two numbers of so many words.
pub(super) fn cost_of_divisor(words: usize) -> usize {
    words.saturating_mul(words).saturating_mul(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_usual_algorithms() {
        let values: Vec<BigRational> =
            [(0, 1), (1, 1), (-6, 1), (3, 4), (-5, 6), (35, 12), (-1, 18)]
                .map(|(top, bottom)| BigRational::new(top.into(), bottom.into()))
                .into();
        for a in &values {
            for b in &values {
                for (own, usual) in [(sum(a, b), a + b), (product(a, b), a * b)] {
                    assert_eq!(
                        (own.numer(), own.denom()),
                        (usual.numer(), usual.denom()),
                        "{a} {b}"
                    );
                }
            }
        }
    }
}
