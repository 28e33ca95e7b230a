//! Whether two expressions have the same value.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use super::Comparison;
use crate::budget::Budget;
use crate::exact::{Normaliser, Small, Unsettled, same_at_whole_numbers};
use crate::numeric::{Ball, Evaluator, Point, Real, Wide};
use crate::read::is_unevaluated;
use crate::read::node::Node;
use crate::read::token::{Constant, Function};
use crate::{Decision, Reason};

/// Points that must agree before equality is called certain.
const ENOUGH: usize = 4;
/// Digits that only a computed double shows: 0.30000000000000004.
const DIGITS_OF_A_DOUBLE: u32 = 15;
/// Points at which wide numbers confirm what doubles agree on.
const CONFIRMING: usize = 2;

/// What evaluation says about a difference.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Numeric {
    Same,
    /// The relative distance where it was seen first.
    Apart(f64),
    /// Values exist, but too little is known of them.
    Vague,
    Unknown,
}

/// What is evaluated, and how.
struct Sides<'n> {
    p: &'n Node,
    r: &'n Node,
    decimal_log: bool,
    /// Neither side speaks of a name.
    constant: bool,
    /// The reference's decimals are intervals, and agreement means that the prediction lies inside.
    fuzz: Option<f64>,
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
        self.options.rounded_reference
            && has_decimals(r)
            && (r.has_symbols() || !p.has_symbols())
            && self.numeric(
                p,
                r,
                decimal_log,
                Some(self.options.rounded_reference_width),
            ) == Numeric::Same
    }

    /// Whether a decimal agrees with an exact value that no decimal is: a constant, and no whole number.
    fn agrees_in_digits(&self, p: &Node, r: &Node, distance: f64) -> bool {
        let Some(digits) = self.options.agreeing_digits else {
            return false;
        };
        if p.has_symbols() || r.has_symbols() || has_decimals(r) {
            return false;
        }
        let shown = significant_digits(p);
        let agreed = 0.5 * 10f64.powi(1 - i32::try_from(digits).unwrap_or(i32::MAX));
        if shown < digits || distance > agreed {
            return false;
        }
        let exact = Normaliser::new(&self.budget, false).form(r);
        match exact.ok().and_then(|form| form.as_rational()) {
            // Of a whole number the digits before the point must agree and some behind it.
            Some(value) if value.is_integer() && distance * magnitude(&value) >= 1e-3 => false,
            // What as many digits can say must be said; only the noise of doubles is no other number.
            Some(value) if is_decimal_of(&value, shown) => {
                shown >= DIGITS_OF_A_DOUBLE && distance <= 1e-14
            }
            _ => true,
        }
    }

    fn evaluate<T: Real>(
        &self,
        node: &Node,
        point: Point,
        decimal_log: bool,
        fuzz: Option<f64>,
    ) -> Option<Ball<T>> {
        Evaluator {
            point,
            budget: &self.budget,
            decimal_log,
            fuzz,
            bindings: Vec::new(),
        }
        .value(node)
    }

    /// Doubles find differences; their agreement counts only when wide numbers agree too, and where doubles know too
    /// little, wide numbers decide.
    fn numeric(&self, p: &Node, r: &Node, decimal_log: bool, fuzz: Option<f64>) -> Numeric {
        let constant = !p.has_symbols() && !r.has_symbols();
        let sides = Sides {
            p,
            r,
            decimal_log,
            constant,
            fuzz,
        };
        let points = |points: usize| if constant { 1 } else { points };
        let rounds = match has_steps(p) || has_steps(r) {
            true => Point::ROUNDS_WITH_STEPS,
            false => Point::ROUNDS,
        };
        match self.sampled::<f64>(&sides, points(ENOUGH), points(rounds as usize)) {
            Numeric::Same => self.sampled::<Wide>(&sides, points(CONFIRMING), points(CONFIRMING)),
            Numeric::Vague => self.sampled::<Wide>(&sides, points(ENOUGH), points(ENOUGH)),
            // Constants may exist beyond what doubles hold, and are evaluated only once.
            Numeric::Unknown if constant => self.sampled::<Wide>(&sides, 1, 1),
            found => found,
        }
    }

    /// Compares at pseudo-random points until `most` agree; `least` must. Constants are the same at all of them.
    fn sampled<T: Real>(&self, sides: &Sides<'_>, least: usize, most: usize) -> Numeric {
        let fuzz = sides.fuzz;
        let (mut agreed, mut doubtful) = (0, false);
        for round in 0..if most == 1 {
            1
        } else {
            Point::ROUNDS.max(most as u64)
        } {
            let point = Point::new(round);
            let (Some(x), Some(y)) = (
                self.evaluate::<T>(sides.p, point, sides.decimal_log, None),
                self.evaluate::<T>(sides.r, point, sides.decimal_log, fuzz),
            ) else {
                continue;
            };
            // Beside branch cuts, conventions differ where values are not real.
            if !(point.is_positive() || x.is_real() && y.is_real()) {
                continue;
            }
            let scale = x.size().max(y.size());
            let distance = x.sub(y);
            // Zero is known to so many decimals, everything else to so many digits.
            let unit = if scale > T::VAGUE { scale } else { 1.0 };
            let rounding = x.error + if fuzz.is_some() { 0.0 } else { y.error };
            let vague = rounding > T::VAGUE * unit;
            // Decimals that cancel or grow (`1000.0 - 999.9`) are no excuse for a value far away.
            let far =
                sides.constant && fuzz.is_some_and(|width| relative(distance, y) > 1.000_1 * width);
            if (far || distance.size() > distance.error * 1.000_1) && !vague {
                return Numeric::Apart(relative(distance, y));
            }
            doubtful |= vague;
            agreed += usize::from(!vague);
            if agreed == most {
                break;
            }
        }
        match agreed >= least {
            true => Numeric::Same,
            false if doubtful => Numeric::Vague,
            false => Numeric::Unknown,
        }
    }

    /// The value of a constant, for ordering endpoints.
    pub(super) fn constant(&self, node: &Node) -> Option<f64> {
        if node.has_symbols() {
            return None;
        }
        let value = self.evaluate::<f64>(node, Point::new(0), false, None)?;
        value.is_real().then_some(value.re)
    }

    /// The constant that `p` is a multiple of `r` by.
    pub(super) fn constant_ratio(&self, p: &Node, r: &Node) -> Option<f64> {
        let ratio = self.ratio::<f64>(p, r, ENOUGH, Point::ROUNDS as usize)?;
        self.ratio::<Wide>(p, r, CONFIRMING, CONFIRMING)?;
        Some(ratio)
    }

    /// `p / r` where it is the same at `least` points and differs at none of `most`.
    fn ratio<T: Real>(&self, p: &Node, r: &Node, least: usize, most: usize) -> Option<f64> {
        let mut ratio: Option<Ball<T>> = None;
        let mut seen = 0;
        for round in 0..Point::ROUNDS {
            let point = Point::new(round);
            let (Some(x), Some(y)) = (
                self.evaluate::<T>(p, point, false, None),
                self.evaluate::<T>(r, point, false, None),
            ) else {
                continue;
            };
            let Some(next) = x.div(y) else { continue };
            if next.error > T::VAGUE * next.size() || !next.is_real() {
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
            if seen == most {
                break;
            }
        }
        ratio
            .map(|ratio| ratio.re.to_f64())
            .filter(|ratio| seen >= least && *ratio != 0.0)
    }

    /// Whether `difference` changes with `name` at one and the same rate wherever the other names are.
    pub(super) fn has_constant_slope(&self, difference: &Node, name: &str) -> bool {
        let moved = Node::Sum(vec![Node::Symbol(name.to_owned()), Node::integer(1)]);
        let step = Node::Sum(vec![
            difference.substituted(name, &moved),
            Node::negative(difference.clone()),
        ]);
        self.constant_ratio(&step, &Node::integer(1)).is_some()
    }

    /// Whether `difference` vanishes when `name` is given the value of `solution`, and is linear in it.
    pub(super) fn is_solved_by(&self, difference: &Node, name: &str, solution: &Node) -> bool {
        self.solved::<f64>(difference, name, solution, ENOUGH, Point::ROUNDS as usize)
            && self.solved::<Wide>(difference, name, solution, CONFIRMING, CONFIRMING)
    }

    fn solved<T: Real>(
        &self,
        difference: &Node,
        name: &str,
        solution: &Node,
        least: usize,
        most: usize,
    ) -> bool {
        let negligible = 0.01 * T::VAGUE;
        let mut seen = 0;
        for round in 0..Point::ROUNDS {
            let point = Point::new(round);
            let Some(root) = self
                .evaluate::<T>(solution, point, false, None)
                .filter(|root| root.is_real())
            else {
                continue;
            };
            let at = |offset: f64| {
                let bindings = vec![(name.to_owned(), root.re + T::from_f64(offset))];
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
            if scale == 0.0 || zero.size() > negligible * scale || bend.size() > negligible * scale
            {
                return false;
            }
            seen += 1;
            if seen == most {
                break;
            }
        }
        seen >= least
    }
}

/// The distance as a share of the reference.
fn relative<T: Real>(distance: Ball<T>, reference: Ball<T>) -> f64 {
    match reference.size() > 0.0 {
        true => distance.size() / reference.size(),
        false => f64::INFINITY,
    }
}

pub(super) fn spent() -> Decision {
    Decision::no(Reason::BudgetSpent, || "out of steps".to_owned())
}

/// Functions that keep their value or their rule over a stretch: few points do not show where they change it.
fn has_steps(node: &Node) -> bool {
    use Function as F;
    node.any(&|node| {
        matches!(
            node,
            Node::Apply(
                F::Floor | F::Ceiling | F::Sign | F::Min | F::Max | F::Abs,
                _
            )
        )
    })
}

/// The most digits of a decimal in a tree.
fn significant_digits(node: &Node) -> u32 {
    match node {
        Node::Number(number) if number.decimal => number.significant,
        node => {
            let below = node.children().into_iter().map(significant_digits);
            below.max().unwrap_or(0)
        }
    }
}

fn magnitude(value: &BigRational) -> f64 {
    value.to_f64().unwrap_or(f64::NAN).abs()
}

/// Whether a number ends as a decimal with at most so many digits behind the point.
fn is_decimal_of(value: &BigRational, digits: u32) -> bool {
    let ten = || BigInt::from(10);
    value.is_integer() || (ten().pow(digits) % value.denom()).is_zero()
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
