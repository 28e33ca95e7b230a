//! Factorisation by trial division, integer roots, factorials: each within limits.

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{One, ToPrimitive, Zero};

use crate::budget::{Budget, Exhausted};

/// Trial divisors stop here; what is left is checked for perfect powers and otherwise kept whole.
const LARGEST_DIVISOR: u64 = 2048;
/// Numbers longer than this are not factored.
const LONGEST_FACTORED: u64 = 512;

/// Prime factors with exponents, and a cofactor without small factors (1 when everything was found).
pub(super) struct Factors {
    pub(super) primes: Vec<(u64, u32)>,
    pub(super) rest: Vec<(BigInt, u32)>,
}

/// Factors a positive integer.
pub(super) fn factor(value: &BigInt, budget: &Budget) -> Result<Factors, Exhausted> {
    let mut factors = Factors {
        primes: Vec::new(),
        rest: Vec::new(),
    };
    if value.bits() > LONGEST_FACTORED {
        factors.rest.push((value.clone(), 1));
        return Ok(factors);
    }
    let mut left = value.clone();
    let mut divisor = 2u64;
    while divisor <= LARGEST_DIVISOR && !left.is_one() {
        if let Some(small) = left.to_u64()
            && divisor * divisor > small
        {
            factors.primes.push((small, 1));
            return Ok(factors);
        }
        let count = divide_out(&mut left, divisor);
        if count > 0 {
            factors.primes.push((divisor, count));
        }
        budget.spend(1 + count as usize)?;
        divisor += if divisor == 2 { 1 } else { 2 };
    }
    if !left.is_one() {
        factors.rest.push(perfect_power(left));
    }
    Ok(factors)
}

fn divide_out(value: &mut BigInt, divisor: u64) -> u32 {
    let mut count = 0;
    if let Some(mut small) = value.to_u64() {
        while small % divisor == 0 {
            small /= divisor;
            count += 1;
        }
        if count > 0 {
            *value = small.into();
        }
        return count;
    }
    let divisor = BigInt::from(divisor);
    loop {
        let (quotient, remainder) = value.div_rem(&divisor);
        if !remainder.is_zero() {
            return count;
        }
        *value = quotient;
        count += 1;
    }
}

/// `value` as base and exponent, for squares, cubes, fifth and seventh powers.
fn perfect_power(value: BigInt) -> (BigInt, u32) {
    for exponent in [2, 3, 5, 7] {
        let root = value.nth_root(exponent);
        if root.pow(exponent) == value {
            let (base, inner) = perfect_power(root);
            return (base, inner * exponent);
        }
    }
    (value, 1)
}

/// `n!`, paid for by its length.
pub(super) fn factorial(n: u64, step: u64, budget: &Budget) -> Result<BigInt, Exhausted> {
    let mut product = BigUint::one();
    let mut factor = n;
    let mut batch = 1u64;
    while factor > 1 {
        match batch.checked_mul(factor) {
            Some(next) => batch = next,
            None => {
                budget.spend(2 + (product.bits() / 1024) as usize)?;
                product *= batch;
                batch = factor;
            }
        }
        budget.spend(1)?;
        factor = factor.saturating_sub(step);
    }
    product *= batch;
    Ok(BigInt::from_biguint(Sign::Plus, product))
}

/// `n` over `k`.
pub(super) fn binomial(n: u64, k: u64, budget: &Budget) -> Result<BigInt, Exhausted> {
    if k > n {
        return Ok(BigInt::zero());
    }
    let k = k.min(n - k);
    let mut value = BigInt::one();
    for i in 0..k {
        budget.spend(3 + (value.bits() / 32) as usize)?;
        value = value * (n - i) / (i + 1);
    }
    Ok(value)
}
