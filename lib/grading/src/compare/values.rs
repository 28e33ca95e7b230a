//! Whether two expressions have the same value.

use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use super::Comparison;
use crate::exact::{Normaliser, Small, Unsettled, same_at_whole_numbers};
use crate::numeric::{Ball, Evaluator, Point};
use crate::read::node::Node;
use crate::read::token::Function;
use crate::{Decision, Reason};

/// Points that must agree before equality is called certain.
const ENOUGH: usize = 4;
/// A value known no better than this (relative) says nothing about equality.
const VAGUE: f64 = 1e-7;

/// What evaluation says about a difference.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Numeric {
    Same,
    /// The largest relative distance seen.
    Apart(f64),
    Unknown,
}

impl Comparison<'_> {
    /// Exact arithmetic, then evaluation, then the clauses about rounding.
    pub(super) fn values(&self, p: &Node, r: &Node) -> Decision {
        if let (Some(a), Some(b)) = (Small::of(p), Small::of(r)) {
            return match a == b {
                true => Decision::yes(Reason::SameNumber),
                false => self.apart(p, r, a.distance(b), false),
            };
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
        let exact = Normaliser::new(&self.budget, decimal_log).difference(p, r);
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
            }
            Err(Unsettled::NoValue) => return self.no_values(p, r),
            Err(Unsettled::Exhausted) => return spent(),
            Err(Unsettled::Undefined | Unsettled::TooLarge) => {}
        }
        match self.numeric(p, r, decimal_log, None) {
            Numeric::Same => Decision::yes(Reason::SameValues),
            Numeric::Apart(distance) => self.apart(p, r, distance, decimal_log),
            Numeric::Unknown if self.budget.left() == 0 => spent(),
            Numeric::Unknown if same_at_whole_numbers(p, r, &self.budget) => {
                Decision::yes(Reason::SameValues)
            }
            Numeric::Unknown => Decision::no(Reason::Undecided, || {
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
        let reference = self.evaluate(r, Point::new(0), decimal_log, None);
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
        if self.agrees_in_digits(p, distance) {
            return Decision::yes(Reason::AgreesInDigits);
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
        self.options.rounded_reference
            && has_decimals(r)
            && self.numeric(
                p,
                r,
                decimal_log,
                Some(self.options.rounded_reference_width),
            ) == Numeric::Same
    }

    fn agrees_in_digits(&self, p: &Node, distance: f64) -> bool {
        let Some(digits) = self.options.agreeing_digits else {
            return false;
        };
        let shown = p.any(&|node| matches!(node, Node::Number(number) if number.decimal && number.significant >= digits));
        shown && distance <= 0.5 * 10f64.powi(1 - i32::try_from(digits).unwrap_or(i32::MAX))
    }

    fn evaluate(
        &self,
        node: &Node,
        point: Point,
        decimal_log: bool,
        fuzz: Option<f64>,
    ) -> Option<Ball> {
        Evaluator {
            point,
            budget: &self.budget,
            decimal_log,
            fuzz,
            bindings: Vec::new(),
        }
        .value(node)
    }

    /// Compares at pseudo-random points. With `fuzz` the reference's decimals are intervals, and agreement means
    /// that the prediction lies inside.
    fn numeric(&self, p: &Node, r: &Node, decimal_log: bool, fuzz: Option<f64>) -> Numeric {
        let constant = !p.has_symbols() && !r.has_symbols();
        let mut agreed = 0;
        for round in 0..if constant { 1 } else { Point::ROUNDS } {
            let point = Point::new(round);
            let (Some(x), Some(y)) = (
                self.evaluate(p, point, decimal_log, None),
                self.evaluate(r, point, decimal_log, fuzz),
            ) else {
                continue;
            };
            // Beside branch cuts, conventions differ where values are not real.
            if !(point.is_positive() || x.is_real() && y.is_real()) {
                continue;
            }
            let scale = x.size().max(y.size());
            let distance = x.sub(y);
            let vague = fuzz.is_none() && x.error + y.error > VAGUE * scale && scale > VAGUE;
            match distance.size() <= distance.error * 1.000_1 {
                true if vague => continue,
                true => agreed += 1,
                false if fuzz.is_none() && vague => continue,
                false => {
                    return Numeric::Apart(if y.size() > 0.0 {
                        distance.size() / y.size()
                    } else {
                        f64::INFINITY
                    });
                }
            }
        }
        if agreed >= if constant { 1 } else { ENOUGH } {
            Numeric::Same
        } else {
            Numeric::Unknown
        }
    }

    /// The value of a constant, for ordering endpoints.
    pub(super) fn constant(&self, node: &Node) -> Option<f64> {
        if node.has_symbols() {
            return None;
        }
        let value = self.evaluate(node, Point::new(0), false, None)?;
        value.is_real().then_some(value.re)
    }

    /// `f(point) = p / r` at several points: the constant that `p` is a multiple of `r` by.
    pub(super) fn constant_ratio(&self, p: &Node, r: &Node) -> Option<f64> {
        let mut ratio: Option<Ball> = None;
        let mut seen = 0;
        for round in 0..Point::ROUNDS {
            let point = Point::new(round);
            let (Some(x), Some(y)) = (
                self.evaluate(p, point, false, None),
                self.evaluate(r, point, false, None),
            ) else {
                continue;
            };
            let Some(next) = x.div(y) else { continue };
            if next.error > VAGUE * next.size() || !next.is_real() {
                continue;
            }
            if let Some(ratio) = ratio {
                let distance = next.sub(ratio);
                if distance.size() > distance.error * 1.000_1 {
                    return None;
                }
            }
            ratio = Some(next);
            seen += 1;
        }
        ratio
            .filter(|ratio| seen >= ENOUGH && ratio.re != 0.0)
            .map(|ratio| ratio.re)
    }

    /// Whether `difference` vanishes when `name` is given the value of `solution`, and is linear in it.
    pub(super) fn is_solved_by(&self, difference: &Node, name: &str, solution: &Node) -> bool {
        let mut seen = 0;
        for round in 0..Point::ROUNDS {
            let point = Point::new(round);
            let Some(root) = self
                .evaluate(solution, point, false, None)
                .filter(|root| root.is_real())
            else {
                continue;
            };
            let at = |offset: f64| {
                let bindings = vec![(name.to_owned(), root.re + offset)];
                Evaluator {
                    point,
                    budget: &self.budget,
                    decimal_log: false,
                    fuzz: None,
                    bindings,
                }
                .value(difference)
            };
            let (Some(zero), Some(one), Some(two)) = (at(0.0), at(1.0), at(2.0)) else {
                continue;
            };
            let scale = one.size().max(two.size());
            let bend = two.sub(one).sub(one).add(zero);
            if scale == 0.0 || zero.size() > 1e-9 * scale || bend.size() > 1e-9 * scale {
                return false;
            }
            seen += 1;
        }
        seen >= ENOUGH
    }
}

pub(super) fn spent() -> Decision {
    Decision::no(Reason::BudgetSpent, || "out of steps".to_owned())
}

fn has_bare_log(node: &Node) -> bool {
    node.any(&|node| matches!(node, Node::Apply(Function::Log, arguments) if arguments.len() == 1))
}

/// Whether a decimal that is no whole number is shown.
fn has_decimals(node: &Node) -> bool {
    node.any(
        &|node| matches!(node, Node::Number(number) if number.decimal && !number.value.is_zero()),
    )
}
