//! Literal numbers: their exact value, and their base.

use std::str::FromStr;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Pow, Zero};

use super::node::{Node, Number};
use super::parser::{Parser, ReadError};
use super::token::Sign;
use super::words;
use crate::limits::MOST_DIGITS;

/// Decimal exponents beyond this are not read as numbers.
const LARGEST_EXPONENT: i32 = 3000;

impl Parser<'_> {
    /// A number with its base: `1101_4`, `(385)_9`, `2112_{\text{six}}`.
    pub(super) fn based(&mut self, node: Node, digits: Option<&str>) -> Result<Node, ReadError> {
        let Node::Number(number) = &node else {
            return Ok(node);
        };
        if !self.is(Sign::Underscore) {
            return Ok(node);
        }
        let digits = digits.map_or_else(|| number.value.to_string(), str::to_owned);
        self.at += 1;
        let base = self.subscript()?;
        let base = base.trim_matches(['(', ')']);
        let base = base
            .parse()
            .ok()
            .or_else(|| words::number(base).and_then(|base| u32::try_from(base).ok()));
        let base = base
            .filter(|base| (2..=62).contains(base))
            .ok_or_else(|| self.unexpected())?;
        Ok(Node::Based {
            digits: without_leading_zeros(&digits).to_owned(),
            base,
        })
    }
}

/// `007` as 7, and zero as one digit.
fn without_leading_zeros(digits: &str) -> &str {
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        &digits[digits.len().saturating_sub(1)..]
    } else {
        significant
    }
}

pub(super) fn whole(value: u64) -> Number {
    Number {
        value: BigRational::from_integer(value.into()),
        decimal: false,
        places: 0,
        significant: 1,
    }
}

/// The exact value of scanned digits; `None` beyond the size limits.
pub(super) fn number(digits: &str) -> Option<Number> {
    if digits.len() > MOST_DIGITS {
        return None;
    }
    let (digits, repeating) = digits.split_once('~').unwrap_or((digits, ""));
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let exponent: i32 = exponent
        .parse()
        .ok()
        .filter(|e: &i32| e.abs() <= LARGEST_EXPONENT)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let places = i32::try_from(fraction.len()).ok()?;
    let mut joined = String::with_capacity(whole.len() + fraction.len());
    joined.push_str(whole);
    joined.push_str(fraction);
    let shown = joined.trim_start_matches('0').len();
    let mut value = scaled(BigInt::from_str(&joined).ok()?, exponent - places);
    if !repeating.is_empty() {
        let nines = BigInt::from(10).pow(u32::try_from(repeating.len()).ok()?) - BigInt::one();
        value += BigRational::new(BigInt::from_str(repeating).ok()?, nines)
            * scaled(BigInt::one(), exponent - places);
    }
    let decimal =
        repeating.is_empty() && (mantissa.contains('.') || digits.len() != mantissa.len());
    Some(Number {
        value,
        decimal,
        places: places - exponent,
        significant: u32::try_from(shown).ok()?,
    })
}

/// `value * 10^exponent`.
fn scaled(value: BigInt, exponent: i32) -> BigRational {
    if exponent == 0 {
        return BigRational::from_integer(value);
    }
    let places = exponent.unsigned_abs();
    if exponent > 0 {
        return BigRational::from_integer(value * BigInt::from(10).pow(places));
    }
    if value.is_zero() {
        return BigRational::zero();
    }
    // In lowest terms by hand: a common divisor of long numbers takes long, and only 2 and 5 can be in it.
    let twos = value.trailing_zeros().unwrap_or(0).min(places.into());
    let mut value = value >> twos;
    let (five, mut fives) = (BigInt::from(5), 0);
    while fives < places && (&value % &five).is_zero() {
        value /= &five;
        fives += 1;
    }
    let bottom = five.pow(places - fives) << (u64::from(places) - twos);
    BigRational::new_raw(value, bottom)
}
