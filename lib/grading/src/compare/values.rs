//! Whether two expressions have the same value.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use super::Comparison;
use super::sampling::Numeric;
use crate::budget::Budget;
use crate::exact::{Normaliser, Small, Unsettled, same_at_whole_numbers};
use crate::numeric::{Ball, Point};
use crate::read::is_unevaluated;
use crate::read::node::Node;
use crate::read::token::{Constant, Function};
use crate::{Decision, Reason};

/// A reference with more decimals is no rounded one, and evaluation could not tell.
const LONGEST_ROUNDED: i32 = 100;
/// Digits that only a computed double shows: 0.30000000000000004.
const DIGITS_OF_A_DOUBLE: u32 = 15;

impl Comparison<'_> {
    /// Exact arithmetic, then evaluation, then the clauses about rounding.
    pub(super) fn values(&self, p: &Node, r: &Node) -> Decision {
        if let (Some(a), Some(b)) = (Small::of(p), Small::of(r)) {
            return if a == b {
                Decision::yes(Reason::SameNumber)
            } else {
                self.apart(p, r, a.distance(b), false)
            };
        }
        // Literals of any length are compared digit by digit: evaluation knows no more than 130 digits.
        if let (Node::Number(a), Node::Number(b)) = (p, r) {
            let known = |value: &BigRational| value.to_f64().unwrap_or(f64::INFINITY);
            let (x, y) = (known(&a.value), known(&b.value));
            return if a.value == b.value {
                Decision::yes(Reason::SameNumber)
            } else {
                self.apart(p, r, ((x - y) / y).abs(), false)
            };
        }
        if is_without_value(p) || is_without_value(r) {
            return self.no_values(p, r);
        }
        let natural = self.values_with(p, r, false);
        if natural.equivalent
            || natural.reason == Reason::BudgetSpent
            || !(has_bare_log(p) || has_bare_log(r))
        {
            return natural;
        }
        self.values_with(p, r, true)
    }

    fn values_with(&self, p: &Node, r: &Node, decimal_log: bool) -> Decision {
        // What normal forms cannot settle in half of the steps is left to evaluation.
        let share = self.budget.left() / 2;
        let budget = Budget::new(share);
        let mut normaliser = Normaliser::new(&budget, decimal_log);
        let exact = normaliser.difference(p, r);
        let used = usize::try_from(share - budget.left()).unwrap_or(usize::MAX);
        if self.budget.spend(used).is_err() {
            return spent();
        }
        match exact {
            Ok(difference) if difference.is_zero() => {
                let plain = matches!(r, Node::Number(_)) || matches!(p, Node::Number(_));
                return Decision::yes(if plain {
                    Reason::SameNumber
                } else {
                    Reason::SameForm
                });
            }
            Ok(difference) => {
                if let Some(distance) = difference.as_rational() {
                    return self.apart_exactly(p, r, &distance, decimal_log);
                }
                // However small it is beside the rest, a polynomial that is not zero is a difference.
                if normaliser.is_polynomial(&difference) {
                    let distance = match self.numeric(p, r, decimal_log, None) {
                        Numeric::Apart(distance) => distance,
                        _ => f64::INFINITY,
                    };
                    return self.apart(p, r, distance, decimal_log);
                }
            }
            Err(Unsettled::NoValue) => return self.no_values(p, r),
            Err(Unsettled::Undefined | Unsettled::TooLarge | Unsettled::Exhausted) => {}
        }
        match self.numeric(p, r, decimal_log, None) {
            Numeric::Same => Decision::yes(Reason::SameValues),
            // Between whole numbers a binomial is no more than a guess.
            Numeric::Apart(_) if same_at_whole_numbers(p, r, &self.budget) => {
                Decision::yes(Reason::SameValues)
            }
            Numeric::Apart(distance) => self.apart(p, r, distance, decimal_log),
            Numeric::Vague | Numeric::Unknown if self.budget.left() == 0 => spent(),
            Numeric::Vague | Numeric::Unknown if same_at_whole_numbers(p, r, &self.budget) => {
                Decision::yes(Reason::SameValues)
            }
            Numeric::Vague | Numeric::Unknown => Decision::no(Reason::Undecided, || {
                format!("no certain value for {p} against {r}")
            }),
        }
    }

    fn no_values(&self, p: &Node, r: &Node) -> Decision {
        Decision::no(Reason::DifferentKind, || {
            format!("{} against {}", p.kind(), r.kind())
        })
    }

    /// The difference is a rational number: how large is it beside the reference?
    fn apart_exactly(
        &self,
        p: &Node,
        r: &Node,
        distance: &BigRational,
        decimal_log: bool,
    ) -> Decision {
        let reference = self.evaluate::<f64>(r, Point::new(0), decimal_log, None);
        let size = reference.map_or(f64::NAN, Ball::size);
        let distance = distance.abs().to_f64().unwrap_or(f64::INFINITY);
        self.apart(
            p,
            r,
            if size > 0.0 {
                distance / size
            } else {
                f64::INFINITY
            },
            decimal_log,
        )
    }

    /// The values differ; rounding may excuse it.
    fn apart(&self, p: &Node, r: &Node, distance: f64, decimal_log: bool) -> Decision {
        if self
            .options
            .relative_tolerance
            .is_some_and(|tolerance| distance <= tolerance)
        {
            return Decision::yes(Reason::WithinTolerance);
        }
        if self.rounds(p, r, decimal_log) {
            return Decision::yes(Reason::RoundsToReference);
        }
        if self.agrees_in_digits(p, r, distance) {
            return Decision::yes(Reason::AgreesInDigits);
        }
        if is_unevaluated(p) || is_unevaluated(r) {
            return Decision::no(Reason::Undecided, || {
                format!("integrals and limits are not evaluated: {p} against {r}")
            });
        }
        let rounded = distance < 5e-3 && has_decimals(p) && !has_decimals(r);
        let reason = if rounded {
            Reason::OnlyRounded
        } else {
            Reason::DifferentValue
        };
        Decision::no(reason, || format!("{p} is not {r}"))
    }

    /// Whether the prediction lies, at every point, where the reference's decimals could have been rounded from.
    fn rounds(&self, p: &Node, r: &Node, decimal_log: bool) -> bool {
        let rounded = self.options.rounded_reference
            && has_decimals(r)
            && shown_digits(r).1 <= LONGEST_ROUNDED
            && (r.has_symbols() || !p.has_symbols());
        let within = |width: f64| self.numeric(p, r, decimal_log, Some(width)) == Numeric::Same;
        let shown = self
            .options
            .rounded_exact_digits
            .filter(|digits| is_exact(p) && fewest_digits(r).is_some_and(|shown| shown >= *digits));
        rounded
            && (within(self.options.rounded_reference_width)
                || shown.is_some_and(|digits| within(half_a_unit(digits))))
    }

    /// Whether a decimal agrees with an exact constant, which none of its length is.
    fn agrees_in_digits(&self, p: &Node, r: &Node, distance: f64) -> bool {
        let Some(digits) = self.options.agreeing_digits else {
            return false;
        };
        if p.has_symbols() || r.has_symbols() || has_decimals(r) {
            return false;
        }
        let (shown, places) = shown_digits(p);
        let agreed = half_a_unit(digits);
        if shown < digits || distance > agreed {
            return false;
        }
        let exact = Normaliser::new(&self.budget, false).form(r);
        match exact.ok().and_then(|form| form.as_rational()) {
            // Of a whole number the digits before the point must agree and some behind it.
            Some(value) if value.is_integer() && distance * magnitude(&value) >= 1e-3 => false,
            // What as many digits can say must be said; only the noise of doubles is no other number.
            Some(value) if is_decimal_of(&value, places) => {
                shown >= DIGITS_OF_A_DOUBLE && distance <= 1e-14
            }
            _ => true,
        }
    }
}

pub(super) fn spent() -> Decision {
    Decision::no(Reason::BudgetSpent, || "out of steps".to_owned())
}

/// The most digits of a decimal in a tree, and the most behind its point.
fn shown_digits(node: &Node) -> (u32, i32) {
    match node {
        Node::Number(number) if number.decimal => (number.significant, number.places),
        node => node
            .children()
            .into_iter()
            .map(shown_digits)
            .fold((0, 0), |(a, b), (c, d)| (a.max(c), b.max(d))),
    }
}

/// Half a unit of the last of so many digits, as a share of the smallest number that has them.
fn half_a_unit(digits: u32) -> f64 {
    0.5 * 10f64.powi(1 - i32::try_from(digits).unwrap_or(i32::MAX))
}

/// The fewest digits that a decimal in a tree shows.
fn fewest_digits(node: &Node) -> Option<u32> {
    match node {
        Node::Number(number) => number.decimal.then_some(number.significant),
        node => node.children().into_iter().filter_map(fewest_digits).min(),
    }
}

/// Whether a value is written as an exact one that no decimal says: a fraction, a root, a multiple of pi, not a literal.
fn is_exact(node: &Node) -> bool {
    match node {
        Node::Number(_) => false,
        Node::Negative(inner) | Node::Percent(inner) => is_exact(inner),
        node => !node.any(&|node| matches!(node, Node::Number(number) if number.decimal)),
    }
}

fn magnitude(value: &BigRational) -> f64 {
    value.to_f64().unwrap_or(f64::NAN).abs()
}

/// Whether a number ends as a decimal with at most so many digits behind the point.
fn is_decimal_of(value: &BigRational, places: i32) -> bool {
    let places = u32::try_from(places).unwrap_or(0);
    value.is_integer() || (BigInt::from(10).pow(places) % value.denom()).is_zero()
}

fn has_bare_log(node: &Node) -> bool {
    node.any(&|node| matches!(node, Node::Apply(Function::Log, arguments) if arguments.len() == 1))
}

/// Sums of different units, and arithmetic with infinity.
fn is_without_value(node: &Node) -> bool {
    let unit = |term: &Node| match term {
        Node::Quantity(_, unit) => Some(unit.clone()),
        _ => None,
    };
    let infinite = |node: &Node| match node {
        Node::Constant(Constant::Infinity) => true,
        Node::Negative(inner) => **inner == Node::Constant(Constant::Infinity),
        _ => false,
    };
    node.any(&|node| match node {
        Node::Sum(terms) => {
            let mut units: Vec<String> = terms.iter().filter_map(unit).collect();
            units.dedup();
            units.len() > 1 || terms.iter().any(infinite)
        }
        Node::Product(factors) => factors.iter().any(infinite),
        Node::Quotient(a, b) | Node::Power(a, b) => infinite(a) || infinite(b),
        _ => false,
    })
}

/// Whether a decimal that is no whole number is shown.
fn has_decimals(node: &Node) -> bool {
    node.any(
        &|node| matches!(node, Node::Number(number) if number.decimal && !number.value.is_zero()),
    )
}
