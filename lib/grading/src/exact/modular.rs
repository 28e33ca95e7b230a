//! Factorials, binomials and sums up to a name have values at whole numbers only: both sides are evaluated there,
//! modulo a prime.
//!
//! Numbers modulo a prime of 61 bits never grow. Two expressions that agree at several whole points modulo such
//! a prime are equal there but for a chance of about 2^-60 a point. Names that stand where only a whole number may
//! (bounds, exponents, below a factorial) get whole numbers of very different sizes: no short product vanishes at
//! all of them. Other names get any residue.

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use crate::budget::Budget;
use crate::fraction;
use crate::limits::LONGEST_RANGE;
use crate::read::node::Node;
use crate::read::token::Function;

/// The Mersenne prime 2^61 - 1.
const PRIME: u64 = (1 << 61) - 1;
/// Factorials beyond this are not walked through.
const LARGEST: i64 = 4000;
/// Steps of the budget for a node.
const NODE: usize = 6;
/// Points that must agree, of those that are tried.
const POINTS: u64 = 4;
const ROUNDS: u64 = 16;

/// Whether a side speaks of what has values at whole numbers only, and both agree wherever they were evaluated.
pub(crate) fn same_at_whole_numbers(p: &Node, r: &Node, budget: &Budget) -> bool {
    if !p.any(&is_counting) && !r.any(&is_counting) {
        return false;
    }
    let mut counts = Vec::new();
    counting_names(p, false, &mut counts);
    counting_names(r, false, &mut counts);
    counts.sort_unstable();
    counts.dedup();
    let mut agreed = 0;
    for round in 0..ROUNDS {
        let mut point = Point {
            round,
            budget,
            counts: &counts,
            bindings: Vec::new(),
        };
        // Where a factorial has no value, nothing is said.
        let (Some(p), Some(r)) = (point.value(p), point.value(r)) else {
            continue;
        };
        if p != r {
            return false;
        }
        agreed += 1;
    }
    agreed >= POINTS
}

/// Factorials, binomials and sums.
fn is_counting(node: &Node) -> bool {
    match node {
        Node::Range { .. } => true,
        Node::Apply(function, _) => matches!(
            function,
            Function::Factorial | Function::DoubleFactorial | Function::Binomial
        ),
        _ => false,
    }
}

/// The names inside bounds, exponents, floors, and what factorials and binomials are taken of.
fn counting_names<'n>(node: &'n Node, counted: bool, names: &mut Vec<&'n str>) {
    match node {
        Node::Symbol(name) if counted => names.push(name),
        Node::Range { from, to, body, .. } => {
            counting_names(from, true, names);
            counting_names(to, true, names);
            counting_names(body, counted, names);
        }
        Node::Power(base, exponent) => {
            counting_names(base, counted, names);
            counting_names(exponent, true, names);
        }
        node => {
            for child in node.children() {
                counting_names(child, counted || is_counting(node) || is_step(node), names);
            }
        }
    }
}

fn is_step(node: &Node) -> bool {
    matches!(node, Node::Apply(Function::Floor | Function::Ceiling, _))
}

struct Point<'b> {
    round: u64,
    budget: &'b Budget,
    /// Names that stand for whole numbers.
    counts: &'b [&'b str],
    /// Values of the indices of the sums around.
    bindings: Vec<(&'b str, i64)>,
}

impl<'b> Point<'b> {
    /// A whole number for a name; one for each value of an index in its subscript.
    fn name(&self, name: &str) -> i64 {
        if let Some((_, value)) = self.bindings.iter().rev().find(|(own, _)| *own == name) {
            return *value;
        }
        let index = |(own, value): &(&str, i64)| if name.contains(own) { *value } else { 0 };
        let indices = self.bindings.iter().map(index).fold(0, i64::saturating_add);
        let mixed = mixed(name, self.round);
        let range = match self.round % 4 {
            _ if self.counts.binary_search(&name).is_err() => 0..PRIME,
            0 | 1 => 1..98,
            2 => 98..500,
            _ => 500..LARGEST.unsigned_abs(),
        };
        let value = range.start + mixed % (range.end - range.start);
        let shift = indices.saturating_mul(indices.saturating_add(7));
        i64::try_from(value).unwrap_or(3).saturating_add(shift)
    }

    /// The value modulo the prime.
    fn value(&mut self, node: &'b Node) -> Option<u64> {
        self.budget.spend(NODE).ok()?;
        match node {
            Node::Range {
                product,
                index,
                from,
                to,
                body,
            } => self.range(*product, index, [from, to], body),
            Node::Number(number) => times(
                residue(number.value.numer())?,
                inverse(residue(number.value.denom())?)?,
            ),
            Node::Symbol(name) => {
                let value = self.name(name);
                let size = value.unsigned_abs() % PRIME;
                Some(if value < 0 {
                    (PRIME - size) % PRIME
                } else {
                    size
                })
            }
            Node::Negative(inner) => Some((PRIME - self.value(inner)?) % PRIME),
            Node::Sum(all) => all
                .iter()
                .try_fold(0, |sum, term| Some((sum + self.value(term)?) % PRIME)),
            Node::Product(all) => all
                .iter()
                .try_fold(1, |product, factor| times(product, self.value(factor)?)),
            Node::Quotient(a, b) => times(self.value(a)?, inverse(self.value(b)?)?),
            Node::Power(base, exponent) => {
                let (base, exponent) = (self.value(base)?, self.whole(exponent)?);
                let power = power(base, exponent.unsigned_abs());
                if exponent < 0 {
                    inverse(power)
                } else {
                    Some(power)
                }
            }
            Node::Apply(Function::Factorial, arguments) => {
                self.factorial(self.whole(arguments.first()?)?, 1)
            }
            Node::Apply(Function::DoubleFactorial, arguments) => {
                self.factorial(self.whole(arguments.first()?)?, 2)
            }
            Node::Apply(Function::Binomial, arguments) => {
                let (n, k) = (
                    self.whole(arguments.first()?)?,
                    self.whole(arguments.get(1)?)?,
                );
                if k < 0 || k > n {
                    return (n >= 0).then_some(0);
                }
                let below = times(self.factorial(k, 1)?, self.factorial(n - k, 1)?)?;
                times(self.factorial(n, 1)?, inverse(below)?)
            }
            Node::Apply(Function::Floor | Function::Ceiling, _) => {
                residue(&BigInt::from(self.whole(node)?))
            }
            _ => None,
        }
    }

    /// The value of an exponent or of what a factorial is taken of, which must be a whole number itself.
    fn whole(&self, node: &Node) -> Option<i64> {
        let name = |name: &str| Some(self.name(name));
        let (top, bottom) = fraction::value(node, &name, self.budget)?;
        (top.checked_rem(bottom)? == 0).then(|| top / bottom)
    }

    fn range(
        &mut self,
        product: bool,
        index: &'b str,
        [from, to]: [&'b Node; 2],
        body: &'b Node,
    ) -> Option<u64> {
        let (from, to) = (self.whole(from)?, self.whole(to)?);
        if to.checked_sub(from)? > LONGEST_RANGE {
            return None;
        }
        let mut total = u64::from(product);
        for value in from..=to {
            self.bindings.push((index, value));
            let term = self.value(body);
            self.bindings.pop();
            total = if product {
                times(total, term?)?
            } else {
                (total + term?) % PRIME
            };
        }
        Some(total)
    }

    fn factorial(&self, n: i64, step: usize) -> Option<u64> {
        if !(0..=LARGEST).contains(&n) {
            return None;
        }
        self.budget.spend(usize::try_from(n).ok()? / 4).ok()?;
        (1..=n.unsigned_abs())
            .rev()
            .step_by(step)
            .try_fold(1, times)
    }
}

/// Bits that depend on all of a name and a seed.
fn mixed(name: &str, seed: u64) -> u64 {
    name.bytes().fold(seed.wrapping_add(1), |state, byte| {
        (state ^ u64::from(byte))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(23)
    })
}

fn residue(value: &BigInt) -> Option<u64> {
    let rest = value % BigInt::from(PRIME);
    let rest = if rest < BigInt::from(0) {
        rest + BigInt::from(PRIME)
    } else {
        rest
    };
    rest.to_u64()
}

fn times(a: u64, b: u64) -> Option<u64> {
    u64::try_from(u128::from(a) * u128::from(b) % u128::from(PRIME)).ok()
}

fn power(base: u64, mut exponent: u64) -> u64 {
    let (mut base, mut product) = (base % PRIME, 1);
    while exponent > 0 {
        if exponent & 1 == 1 {
            product = times(product, base).unwrap_or(0);
        }
        base = times(base, base).unwrap_or(0);
        exponent >>= 1;
    }
    product
}

/// By Fermat's little theorem; zero has none.
fn inverse(value: u64) -> Option<u64> {
    (value != 0).then(|| power(value, PRIME - 2))
}
