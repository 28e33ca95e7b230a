//! Evaluation at pseudo-random points: whether two expressions agree, in which ratio they stand, and whether one solves
//! the other. Knows nothing about the policy.

use super::Comparison;
use super::whole_names::whole_names;
use crate::numeric::{Ball, Evaluator, Point, Real, Wide};
use crate::read::node::Node;
use crate::read::token::Function;

/// Decimals that leave a value so many times less certain than they are themselves cancel or are raised to a power.
const STRAINED: f64 = 10.0;
/// Points that must agree before equality is called certain.
const ENOUGH: usize = 4;
/// Points at which wide numbers confirm what doubles agree on.
const CONFIRMING: usize = 2;

/// What evaluation says about a difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Numeric {
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
    /// Names that are whole numbers by custom.
    whole: &'n [&'n str],
    /// Such a name is in a floor or a ceiling.
    steps: bool,
    /// The reference's decimals are intervals, and agreement means that the prediction lies inside.
    fuzz: Option<f64>,
}

impl Comparison<'_> {
    pub(super) fn evaluate<T: Real>(
        &self,
        node: &Node,
        point: Point,
        decimal_log: bool,
        fuzz: Option<f64>,
    ) -> Option<Ball<T>> {
        self.evaluate_with(node, point, decimal_log, fuzz, &[])
    }

    /// The value where some names are whole numbers.
    fn evaluate_with<T: Real>(
        &self,
        node: &Node,
        point: Point,
        decimal_log: bool,
        fuzz: Option<f64>,
        whole: &[&str],
    ) -> Option<Ball<T>> {
        let bind = |name: &&str| ((*name).to_owned(), T::from_f64(point.whole(name)));
        Evaluator {
            point,
            budget: &self.budget,
            decimal_log,
            fuzz,
            bindings: whole.iter().map(bind).collect(),
        }
        .value(node)
    }

    /// Doubles find differences; their agreement counts only when wide numbers agree too, and where doubles know too
    /// little, wide numbers decide.
    pub(super) fn numeric(
        &self,
        p: &Node,
        r: &Node,
        decimal_log: bool,
        fuzz: Option<f64>,
    ) -> Numeric {
        let constant = !p.has_symbols() && !r.has_symbols();
        let mut whole = Vec::new();
        if !constant {
            whole_names(p, &mut whole);
            whole_names(r, &mut whole);
            whole.sort_unstable();
            whole.dedup();
        }
        let sides = Sides {
            p,
            r,
            decimal_log,
            constant,
            whole: &whole,
            steps: !whole.is_empty() && (has_floor(p) || has_floor(r)),
            fuzz,
        };
        let points = |points: usize| if constant { 1 } else { points };
        let rounds = if has_steps(p) || has_steps(r) {
            Point::ROUNDS_WITH_STEPS
        } else {
            Point::ROUNDS
        };
        match self.sampled::<f64>(&sides, points(ENOUGH), points(rounds as usize)) {
            Numeric::Same => self.sampled::<Wide>(&sides, points(CONFIRMING), points(CONFIRMING)),
            // What is undefined at a step stays so.
            Numeric::Vague if sides.steps => Numeric::Vague,
            Numeric::Vague => self.sampled::<Wide>(&sides, points(ENOUGH), points(ENOUGH)),
            // Constants may exist beyond what doubles hold, and are evaluated only once.
            Numeric::Unknown if constant => self.sampled::<Wide>(&sides, 1, 1),
            found => found,
        }
    }

    /// Compares at pseudo-random points until `most` agree; `least` must. Constants are the same at all of them.
    fn sampled<T: Real>(&self, sides: &Sides<'_>, least: usize, most: usize) -> Numeric {
        let fuzz = sides.fuzz;
        let (mut agreed, mut strained, mut doubtful, mut stepped) = (0, 0, false, false);
        for round in 0..if most == 1 {
            1
        } else {
            Point::ROUNDS.max(most as u64)
        } {
            let point = Point::new(round);
            let (Some(x), Some(y)) = (
                self.evaluate_with::<T>(sides.p, point, sides.decimal_log, None, sides.whole),
                self.evaluate_with::<T>(sides.r, point, sides.decimal_log, fuzz, sides.whole),
            ) else {
                // Where a floor changes, no bound says on which side of the step a value is.
                stepped |= sides.steps;
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
            strained +=
                usize::from(fuzz.is_some_and(|width| y.error > STRAINED * width * y.size()));
            doubtful |= vague;
            agreed += usize::from(!vague);
            if agreed == most {
                break;
            }
        }
        match agreed >= least {
            true if 2 * strained > agreed || stepped => Numeric::Vague,
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

fn has_floor(node: &Node) -> bool {
    node.any(&|node| matches!(node, Node::Apply(Function::Floor | Function::Ceiling, _)))
}

/// The distance as a share of the reference.
fn relative<T: Real>(distance: Ball<T>, reference: Ball<T>) -> f64 {
    if reference.size() > 0.0 {
        distance.size() / reference.size()
    } else {
        f64::INFINITY
    }
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
