//! The exact value of a tree of small whole numbers and fractions.

use num_traits::ToPrimitive;

use crate::budget::Budget;
use crate::read::node::Node;
use crate::read::token::Function;

/// Numerator and denominator, not in lowest terms; the denominator is positive. `None` beyond 64 bits and for what is
/// no fraction.
pub(crate) fn value(
    node: &Node,
    name: &dyn Fn(&str) -> Option<i64>,
    budget: &Budget,
) -> Option<(i64, i64)> {
    budget.spend(4).ok()?;
    let value = |node: &Node| self::value(node, name, budget);
    match node {
        Node::Number(number) => Some((
            number.value.numer().to_i64()?,
            number.value.denom().to_i64()?,
        )),
        Node::Symbol(symbol) => Some((name(symbol)?, 1)),
        Node::Negative(inner) => {
            let (top, bottom) = value(inner)?;
            Some((top.checked_neg()?, bottom))
        }
        Node::Sum(all) => all.iter().try_fold((0i64, 1i64), |(top, bottom), term| {
            let (other, below) = value(term)?;
            let sum = top
                .checked_mul(below)?
                .checked_add(other.checked_mul(bottom)?)?;
            Some((sum, bottom.checked_mul(below)?))
        }),
        Node::Product(all) => all.iter().try_fold((1i64, 1i64), |(top, bottom), factor| {
            let (other, below) = value(factor)?;
            Some((top.checked_mul(other)?, bottom.checked_mul(below)?))
        }),
        Node::Quotient(a, b) => {
            let ((top, bottom), (other, below)) = (value(a)?, value(b)?);
            let (top, bottom) = (top.checked_mul(below)?, bottom.checked_mul(other)?);
            match bottom.signum() {
                0 => None,
                1 => Some((top, bottom)),
                _ => Some((top.checked_neg()?, bottom.checked_neg()?)),
            }
        }
        Node::Power(base, exponent) => {
            let (top, bottom) = value(base)?;
            let (exponent, one) = value(exponent)?;
            let exponent = u32::try_from(exponent).ok().filter(|_| one == 1)?;
            Some((top.checked_pow(exponent)?, bottom.checked_pow(exponent)?))
        }
        Node::Apply(Function::Floor, arguments) => {
            let (top, bottom) = value(arguments.first()?)?;
            Some((top.div_euclid(bottom), 1))
        }
        Node::Apply(Function::Ceiling, arguments) => {
            let (top, bottom) = value(arguments.first()?)?;
            Some((top.checked_neg()?.div_euclid(bottom).checked_neg()?, 1))
        }
        _ => None,
    }
}
