//! Answers that are neither values nor lists of them: times of day, dates, residues, quantities of several parts, and
//! numbers in a program's base notation.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};

use super::{Comparison, wrapped};
use crate::limits::MOST_DIGITS;
use crate::read::node::{Node, Number};
use crate::read::token::{Clock, Date, Function, Half, Sign};
use crate::{Decision, Reason};

impl Comparison<'_> {
    /// The verdict where one side is written in such a notation.
    pub(super) fn notations(&self, p: &Node, r: &Node) -> Option<Decision> {
        match (p, r) {
            // `x = 9 a.m.` loses its label first.
            (Node::Clock(_), other) | (other, Node::Clock(_))
                if !matches!(other, Node::Relation(..)) =>
            {
                Some(self.clocks(p, r))
            }
            (Node::Date(date), Node::Date(other)) => {
                Some(same_time_or_not(same_date(*date, *other), p, r))
            }

            (Node::Modular(..), _) | (_, Node::Modular(..)) => self.residues(p, r),
            _ if is_congruence(p) || is_congruence(r) => self.residues(p, r),
            (Node::Ratio(parts), Node::Ratio(reference))
                if (self.options.reference_asks && is_time_like(reference))
                    || is_span(parts)
                    || is_span(reference) =>
            {
                Some(self.ordered(parts, reference))
            }
            _ => self.prefixed(p, r).or_else(|| self.parts(p, r)),
        }
    }

    /// Times of day; a missing `a.m.` or `p.m.` is like a missing unit.
    fn clocks(&self, p: &Node, r: &Node) -> Decision {
        let same = match (time(p), time(r)) {
            (Some(p), Some(r)) => same_time(p, r),
            _ => false,
        };
        same_time_or_not(same, p, r)
    }

    /// A residue with its modulus. Where only one side names a modulus, the other has left out what the question says.
    fn residues(&self, p: &Node, r: &Node) -> Option<Decision> {
        let labels = self.options.ignore_labels;
        let (left, right) = (Residue::of(p, labels), Residue::of(r, labels));
        if let (Some(m), Some(n)) = (left.modulus, right.modulus) {
            if !self.decide(m, n).equivalent {
                return Some(Decision::no(Reason::DifferentValue, || {
                    format!("modulo {m}, not {n}")
                }));
            }
            if congruent(left.value, right.value, m) || congruent(left.value, right.value, n) {
                return Some(Decision::yes(Reason::SameNumber));
            }
        }
        Some(self.decide(left.value, right.value))
    }

    /// `0x1F` is a number of base 16 and a plain number.
    fn prefixed(&self, p: &Node, r: &Node) -> Option<Decision> {
        let number = |node: &Node| match node {
            Node::Based { digits, base } => based_value(digits, *base),
            _ => None,
        };
        if !(is_prefixed(p) || is_prefixed(r)) {
            return None;
        }
        let (left, right) = (number(p), number(r));
        Some(match (&left, &right) {
            (Some(left), Some(right)) => verdict(left == right, p, r),
            (Some(left), None) => self.decide(left, r),
            (None, Some(right)) => self.decide(p, right),
            (None, None) => return None,
        })
    }

    /// `6 ft 2 in` against the same, a list of its parts, or one quantity.
    fn parts(&self, p: &Node, r: &Node) -> Option<Decision> {
        if !matches!(p, Node::Parts(_)) && !matches!(r, Node::Parts(_)) {
            let one = |list: &Node, other: &Node| match list {
                Node::List(items) if !matches!(other, Node::List(_)) => wrapped::are_parts(items),
                _ => false,
            };
            let joined = |node: &Node| match node {
                Node::List(items) => Node::Parts(items.clone()),
                other => other.clone(),
            };
            let several = one(p, r) || one(r, p);
            return several.then(|| self.wrapped(&joined(p), &joined(r)));
        }
        let items = |node: &Node| match node {
            Node::Parts(items) | Node::List(items) => Some(items.clone()),
            _ => None,
        };
        if let (Some(p), Some(r)) = (items(p), items(r)) {
            let words = |items: &[Node]| items.iter().map(counted).collect::<Vec<_>>();
            let measured = wrapped::are_parts(&p) && wrapped::are_parts(&r);
            if !measured {
                return Some(if words(&p) == words(&r) {
                    self.ordered(&p, &r)
                } else {
                    Decision::no(Reason::DifferentUnit, || "other parts".to_owned())
                });
            }
            return Some(self.wrapped(&Node::Parts(p), &Node::Parts(r)));
        }
        Some(self.wrapped(p, r))
    }
}

fn verdict(same: bool, p: &Node, r: &Node) -> Decision {
    verdict_with(Reason::SameNumber, same, p, r)
}

fn same_time_or_not(same: bool, p: &Node, r: &Node) -> Decision {
    verdict_with(Reason::SameTime, same, p, r)
}

fn verdict_with(reason: Reason, same: bool, p: &Node, r: &Node) -> Decision {
    if same {
        Decision::yes(reason)
    } else {
        Decision::no(Reason::DifferentValue, || format!("{p} is not {r}"))
    }
}

/// What a part counts.
fn counted(node: &Node) -> Option<String> {
    match node {
        Node::Quantity(_, unit) => Some(unit.to_lowercase()),
        _ => None,
    }
}

/// The time that a node may be read as: `9:24` is written like a ratio and `9` may be `9 a.m.`.
fn time(node: &Node) -> Option<Clock> {
    let part = |node: &Node, below: u32| match node {
        Node::Number(number) if number.value.is_integer() && !number.decimal => {
            number.value.to_u32().filter(|value| *value < below)
        }
        _ => None,
    };
    let (hour, minute, second) = match node {
        Node::Clock(clock) => return Some(*clock),
        Node::Product(factors) => return glued(factors),
        Node::Number(_) => (part(node, 25)?, 0, None),
        Node::Ratio(parts) => match parts.as_slice() {
            [hour, minute] => (part(hour, 25)?, part(minute, 60)?, None),
            [hour, minute, second] => (part(hour, 25)?, part(minute, 60)?, Some(part(second, 60)?)),
            _ => return None,
        },
        _ => return None,
    };
    Some(Clock {
        hour,
        minute,
        second,
        half: None,
    })
}

/// `9am`, which reads as nine times a and m.
fn glued(factors: &[Node]) -> Option<Clock> {
    let [hour @ Node::Number(_), Node::Product(letters)] = factors else {
        return None;
    };
    let [Node::Symbol(first), Node::Symbol(last)] = letters.as_slice() else {
        return None;
    };
    let half = match (first.as_str(), last.as_str()) {
        ("a", "m") => Half::Before,
        ("p", "m") => Half::After,
        _ => return None,
    };
    time(hour).map(|clock| Clock {
        half: Some(half),
        ..clock
    })
}

fn same_time(p: Clock, r: Clock) -> bool {
    let written = |clock: Clock| (clock.minute, clock.second.unwrap_or(0));
    let hours = match (hour_of_day(p), hour_of_day(r)) {
        (Some(p), Some(r)) => p == r,
        _ => p.hour == r.hour,
    };
    hours && written(p) == written(r)
}

/// The hour from 0 to 23, where it is certain.
fn hour_of_day(clock: Clock) -> Option<u32> {
    match (clock.half, clock.hour) {
        (_, hour @ (0 | 13..=24)) => Some(hour % 24),
        (Some(Half::Before), hour) => Some(hour % 12),
        (Some(Half::After), hour) => Some(hour % 12 + 12),
        (None, _) => None,
    }
}

fn same_date(p: Date, r: Date) -> bool {
    let years = p.year.is_none() || r.year.is_none() || p.year == r.year;
    (p.month, p.day) == (r.month, r.day) && years
}

/// Whether a reference that looks like a ratio is a time: two digits behind the colon, and not reduced, as the answer
/// to a question about a ratio would be.
fn is_time_like(parts: &[Node]) -> bool {
    let whole = |node: &Node| match node {
        Node::Number(number) if number.value.is_integer() => number.value.to_u32(),
        _ => None,
    };
    match parts {
        [hour, minute] => match (whole(hour), whole(minute)) {
            (Some(hour @ 1..=24), Some(minute @ 10..=59)) => num_integer::gcd(hour, minute) > 1,
            _ => false,
        },
        _ => false,
    }
}

/// `6 to 8 hours`: from one to the other, which is no ratio.
fn is_span(parts: &[Node]) -> bool {
    let measured = |node: &Node| matches!(node, Node::Quantity(..));
    match parts {
        [first, last] => !measured(first) && measured(last),
        _ => false,
    }
}

struct Residue<'n> {
    value: &'n Node,
    modulus: Option<&'n Node>,
}

impl<'n> Residue<'n> {
    /// The value and the modulus of `x \equiv 3 \pmod 5`, `3 \pmod 5` and `3 \bmod 5`.
    fn of(node: &'n Node, ignore_labels: bool) -> Self {
        let unlabelled = |node| {
            if ignore_labels {
                unlabelled(node)
            } else {
                node
            }
        };
        match node {
            Node::Modular(inner, modulus) => Self {
                value: unlabelled(inner),
                modulus: Some(modulus),
            },
            Node::Relation(sides, signs)
                if signs[..] == [Sign::Congruent, Sign::Modulo]
                    && super::labels::is_label(&sides[0]) =>
            {
                Self {
                    value: &sides[1],
                    modulus: sides.get(2),
                }
            }
            Node::Apply(Function::Modulo, both) if both.len() == 2 => Self {
                value: &both[0],
                modulus: both.get(1),
            },
            other => Self {
                value: unlabelled(other),
                modulus: None,
            },
        }
    }
}

/// `x \\equiv 3 \\pmod 5` with a name on its left.
fn is_congruence(node: &Node) -> bool {
    let labelled = |sides: &[Node]| sides.first().is_some_and(super::labels::is_label);
    matches!(node, Node::Relation(sides, signs) if signs[..] == [Sign::Congruent, Sign::Modulo] && labelled(sides))
}

/// The right side of `x = value` and `x \equiv value`.
fn unlabelled(node: &Node) -> &Node {
    match node {
        Node::Relation(sides, signs)
            if sides.len() == 2
                && matches!(signs[..], [Sign::Equal | Sign::Congruent])
                && super::labels::is_label(&sides[0]) =>
        {
            &sides[1]
        }
        other => other,
    }
}

/// Whether two integers leave the same rest.
fn congruent(p: &Node, r: &Node, modulus: &Node) -> bool {
    match (integer(p), integer(r), integer(modulus)) {
        (Some(p), Some(r), Some(modulus)) if !modulus.is_zero() => ((p - r) % modulus).is_zero(),
        _ => false,
    }
}

fn integer(node: &Node) -> Option<BigInt> {
    match node {
        Node::Number(number) if number.value.is_integer() => Some(number.value.to_integer()),
        Node::Negative(inner) => integer(inner).map(|value| -value),
        _ => None,
    }
}

fn is_prefixed(node: &Node) -> bool {
    matches!(node, Node::Based { digits, .. } if digits.get(1..2).is_some_and(|mark| matches!(mark, "x" | "X" | "b" | "B" | "o" | "O")) && digits.starts_with('0'))
}

/// The plain number of digits in a base.
fn based_value(digits: &str, base: u32) -> Option<Node> {
    let digits = match base {
        16 | 8 | 2 => digits.trim_start_matches("0x").trim_start_matches("0X"),
        _ => digits,
    };
    let digits = match base {
        2 => digits.trim_start_matches("0b").trim_start_matches("0B"),
        8 => digits.trim_start_matches("0o").trim_start_matches("0O"),
        _ => digits,
    };
    let known = digits.len() <= MOST_DIGITS && (2..=36).contains(&base);
    let value = BigInt::parse_bytes(known.then_some(digits)?.as_bytes(), base)?;
    Some(Node::Number(Number {
        value: BigRational::from_integer(value),
        decimal: false,
        places: 0,
        significant: 1,
    }))
}
