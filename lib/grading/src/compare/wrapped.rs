//! Percent signs, units, currency and degree signs around a value.

use std::borrow::Cow;

use num_rational::BigRational;

use super::Comparison;
use crate::read::node::{Node, Number};
use crate::read::units::{self, Measure};
use crate::{Decision, Reason};

/// A value without its wrapping, and the wrapping.
struct Peeled<'n> {
    core: Cow<'n, Node>,
    percent: bool,
    unit: Option<Measure>,
    /// There is a unit, known or not.
    measured: bool,
    /// Words of the unit that say where to.
    directions: Vec<(usize, usize)>,
}

impl Comparison<'_> {
    /// Compares single values, their units and percent signs by the policy.
    pub(super) fn wrapped(&self, p: &Node, r: &Node) -> Decision {
        if predicate(p) != predicate(r) {
            return Decision::no(Reason::DifferentWords, || {
                "another thing is said of the value".to_owned()
            });
        }
        let (left, right) = (peeled(p), peeled(r));
        if !self.options.units_optional && left.measured != right.measured {
            return Decision::no(Reason::DifferentUnit, || {
                "only one side has a unit".to_owned()
            });
        }
        if units::opposed(&left.directions, &right.directions) {
            return Decision::no(Reason::DifferentUnit, || "another direction".to_owned());
        }
        if let (Some(a), Some(b)) = (&left.unit, &right.unit) {
            let degrees = a.is_degree() && b.is_degree() && (is_angle(p) || is_angle(r));
            if !a.same_dimension(b) && !degrees {
                return Decision::no(Reason::DifferentUnit, || {
                    format!("{}, not {}", a.dimension(), b.dimension())
                });
            }
            if a.size != b.size {
                return self.values(&converted(&left.core, a, b), &right.core);
            }
        }
        // A share is no quantity; words that only say what was counted may stand by it.
        let apart = |percent: &Peeled<'_>, other: &Peeled<'_>| {
            percent.percent && !other.percent && other.unit.is_some()
        };
        if apart(&left, &right) || apart(&right, &left) {
            return Decision::no(Reason::DifferentUnit, || {
                "a percentage against a quantity".to_owned()
            });
        }
        let decision = self.percentages(&left, &right);
        if decision.equivalent || !self.options.percent_factor {
            return decision;
        }
        let signless = self.values(&left.core, &right.core);
        if signless.equivalent {
            return signless;
        }
        let hundred = Node::integer(100);
        let up = self.values(
            &left.core,
            &Node::Product(vec![right.core.clone().into_owned(), hundred.clone()]),
        );
        if up.equivalent {
            up
        } else {
            self.or(
                decision,
                &left.core,
                &Node::quotient(right.core.clone().into_owned(), hundred),
            )
        }
    }

    fn percentages(&self, p: &Peeled<'_>, r: &Peeled<'_>) -> Decision {
        let percent =
            |peeled: &Peeled<'_>| Node::Percent(Box::new(peeled.core.clone().into_owned()));
        match (p.percent, r.percent) {
            (false, false) | (true, true) => self.values(&p.core, &r.core),
            (true, false) => self.values(&percent(p), &r.core),
            (false, true) => {
                let hundredth = self.values(&p.core, &percent(r));
                // Only a bare number may stand for a percentage.
                if hundredth.equivalent || p.measured || !self.options.percent_sign_optional {
                    return hundredth;
                }
                self.values(&p.core, &r.core)
            }
        }
    }

    fn or(&self, decision: Decision, p: &Node, r: &Node) -> Decision {
        let other = self.values(p, r);
        if other.equivalent { other } else { decision }
    }
}

/// What words say of a name: `n \text{ is odd}`. They are no unit.
fn predicate(node: &Node) -> Option<&str> {
    const SAYING: [&str; 9] = [
        "is",
        "are",
        "odd",
        "even",
        "prime",
        "composite",
        "integer",
        "rational",
        "irrational",
    ];
    match node {
        Node::Quantity(inner, words) if inner.has_symbols() => words
            .split([' ', '~'])
            .find(|word| SAYING.contains(word))
            .map(|_| words.trim_start_matches("is ").trim()),
        _ => None,
    }
}

fn peeled(node: &Node) -> Peeled<'_> {
    let mut peeled = Peeled {
        core: Cow::Borrowed(node),
        percent: false,
        unit: None,
        measured: false,
        directions: Vec::new(),
    };
    let mut core = node;
    loop {
        peeled.measured |= match core {
            // `0.25 of the class` is a share, as a percentage is.
            Node::Quantity(_, unit) => !unit.trim_start().starts_with("of "),
            Node::Money(_) | Node::Degrees(_) | Node::Parts(_) => true,
            _ => false,
        };
        core = match core {
            Node::Percent(inner) => {
                peeled.percent = true;
                inner
            }
            Node::Money(inner) => {
                peeled.unit = units::measure("dollars");
                inner
            }
            Node::Degrees(inner) => {
                peeled.unit = units::measure("degrees");
                inner
            }
            Node::Quantity(inner, unit) => {
                peeled.unit = peeled.unit.or_else(|| units::measure(unit));
                peeled.directions = units::directions(unit);
                inner
            }
            // `-5%`: the sign belongs to the value.
            Node::Negative(inner) if is_wrapped(inner) => {
                let inner = self::peeled(inner);
                return Peeled {
                    core: Cow::Owned(Node::negative(inner.core.into_owned())),
                    percent: peeled.percent || inner.percent,
                    unit: peeled.unit.or(inner.unit),
                    measured: peeled.measured || inner.measured,
                    directions: inner.directions,
                };
            }
            Node::Parts(parts) => return whole(peeled, parts),
            _ => {
                peeled.core = Cow::Borrowed(core);
                return peeled;
            }
        };
    }
}

fn is_wrapped(node: &Node) -> bool {
    matches!(
        node,
        Node::Percent(_) | Node::Degrees(_) | Node::Quantity(..) | Node::Money(_) | Node::Parts(_)
    )
}

/// Degrees of what is not said: they may be of an angle or of a temperature.
fn is_angle(node: &Node) -> bool {
    match node {
        Node::Negative(inner) => is_angle(inner),
        _ => matches!(node, Node::Degrees(_)),
    }
}

/// `6 ft 2 in` as one number in base units, if all its parts have one dimension.
fn whole<'n>(outer: Peeled<'n>, parts: &'n [Node]) -> Peeled<'n> {
    let mut unit: Option<Measure> = None;
    let mut terms = Vec::with_capacity(parts.len());
    for part in parts {
        let part = peeled(part);
        let Some(own) = part.unit else { return outer };
        let base = own.base();
        if unit.as_ref().is_some_and(|unit| *unit != base) {
            return outer;
        }
        terms.push(converted(&part.core, &own, &base));
        unit = Some(base);
    }
    Peeled {
        core: Cow::Owned(Node::Sum(terms)),
        unit,
        ..outer
    }
}

/// Whether both sides have units that are known and of one dimension.
pub(super) fn both_measured(p: &Node, r: &Node) -> bool {
    match (peeled(p).unit, peeled(r).unit) {
        (Some(p), Some(r)) => p.same_dimension(&r),
        _ => false,
    }
}

/// Whether quantities are the parts of one: the same dimension, each unit smaller than the one before.
pub(super) fn are_parts(items: &[Node]) -> bool {
    let mut last: Option<Measure> = None;
    items.len() > 1
        && items.iter().all(|item| {
            let unit = match item {
                Node::Quantity(_, unit) => units::measure(unit),
                _ => None,
            };
            let smaller = match (&last, &unit) {
                (Some(last), Some(unit)) => unit.same_dimension(last) && unit.size < last.size,
                (None, unit) => unit.is_some(),
                _ => false,
            };
            last = unit;
            smaller
        })
}

/// The prediction's value in the reference's unit.
fn converted(core: &Node, from: &Measure, to: &Measure) -> Node {
    let ratio: BigRational = &from.size / &to.size;
    let ratio = Node::Number(Number {
        value: ratio,
        decimal: false,
        places: 0,
        significant: 1,
    });
    Node::Product(vec![core.clone(), ratio])
}
