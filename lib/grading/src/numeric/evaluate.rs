//! The value of a syntax tree at a point.

use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};

use super::ball::Ball;
use super::functions;
use super::points::Point;
use super::real::Real;
use crate::budget::Budget;
use crate::fraction;
use crate::limits::LONGEST_RANGE;
use crate::read::node::{Node, Number};
use crate::read::token::{Constant, Function};

/// How a tree is evaluated.
pub(crate) struct Evaluator<'b, T> {
    pub(crate) point: Point,
    pub(crate) budget: &'b Budget,
    /// `\log` without a base is decimal.
    pub(crate) decimal_log: bool,
    /// Decimals stand for everything that rounds to them, but for no more than this relative width.
    pub(crate) fuzz: Option<f64>,
    /// Values of the indices of the sums around, and of names that are solved for.
    pub(crate) bindings: Vec<(String, T)>,
}

impl<T: Real> Evaluator<'_, T> {
    /// The value; `None` where it is undefined, unbounded, no number, or the budget is spent.
    pub(crate) fn value(&mut self, node: &Node) -> Option<Ball<T>> {
        self.charge(T::NODE)?;
        match node {
            Node::Number(number) => {
                if !number.value.is_integer() {
                    self.charge(T::QUOTIENT)?;
                }
                self.number(number).checked()
            }
            Node::Symbol(name) => Some(match self.bound(name) {
                Some(value) => Ball::at(value),
                None => Ball::exact(self.point.value(name)),
            }),
            Node::Constant(constant) => self.constant(*constant),
            Node::Negative(inner) => Some(self.value(inner)?.negated()),
            Node::Sum(terms) => terms.iter().try_fold(Ball::exact(0.0), |sum, term| {
                sum.add(self.value(term)?).checked()
            }),
            Node::Product(factors) => factors.iter().try_fold(Ball::ONE, |all, factor| {
                let factor = self.value(factor)?;
                self.charge(T::PRODUCT * factor.weight())?;
                all.mul(factor).checked()
            }),
            Node::Quotient(top, bottom) => {
                let (top, bottom) = (self.value(top)?, self.value(bottom)?);
                self.charge(T::QUOTIENT * bottom.weight())?;
                top.div(bottom)
            }
            Node::Power(base, exponent) => self.power(base, exponent),
            Node::Apply(function, arguments) => self.apply(*function, arguments),
            Node::Call(name, arguments) => self.call(name, arguments),
            Node::Range {
                product,
                index,
                from,
                to,
                body,
            } => self.range(*product, index, from, to, body),
            Node::Percent(inner) => {
                self.charge(T::QUOTIENT)?;
                self.value(inner)?.div(Ball::exact(100.0))
            }
            Node::Degrees(inner) => {
                self.charge(T::QUOTIENT)?;
                let degree = Ball::real(T::PI).div(Ball::exact(180.0))?;
                Some(self.value(inner)?.mul(degree))
            }
            Node::Quantity(inner, _) | Node::Money(inner) => self.value(inner),
            _ => None,
        }
    }

    /// `None` when the budget is spent.
    fn charge(&self, steps: usize) -> Option<()> {
        self.budget.spend(steps).ok()
    }

    fn bound(&self, name: &str) -> Option<T> {
        self.bindings
            .iter()
            .rev()
            .find(|(bound, _)| bound == name)
            .map(|(_, value)| *value)
    }

    fn number(&self, number: &Number) -> Ball<T> {
        let value = T::from_rational(&number.value);
        match self.fuzz {
            Some(widest) if number.decimal => {
                let half = 0.5 * 10f64.powi(-number.places);
                Ball {
                    error: (half * 1.000_001).min(widest * value.to_f64().abs()),
                    ..Ball::at(value)
                }
            }
            _ if number.value.is_integer() && T::holds(number.value.numer()) => Ball::at(value),
            _ => Ball::real(value),
        }
    }

    fn constant(&self, constant: Constant) -> Option<Ball<T>> {
        Some(match constant {
            Constant::Pi => Ball::real(T::PI),
            Constant::E => match self.bound("e") {
                Some(value) => Ball::at(value),
                None => Ball::real(T::E),
            },
            Constant::I => match self.bound("i") {
                Some(value) => Ball::at(value),
                None => Ball::I,
            },
            _ => return None,
        })
    }

    /// Roots of negative numbers are real where the exponent is a fraction with an odd denominator.
    fn power(&mut self, base: &Node, exponent: &Node) -> Option<Ball<T>> {
        let value = self.value(base)?;
        if let (Some((top, bottom)), true) =
            (fraction(exponent), value.is_real() && value.re < T::ZERO)
            && bottom % 2 != 0
        {
            self.charge(2 * T::FUNCTION)?;
            return functions::root(value, bottom)?.powi(top);
        }
        let exponent = self.value(exponent)?;
        let work = match exponent.whole_exponent() {
            Some(whole) => T::PRODUCT * 2 * bits(whole) + T::QUOTIENT * usize::from(whole < 0),
            None => 2 * T::FUNCTION,
        };
        self.charge(work * value.weight().max(exponent.weight()))?;
        value.pow(exponent)?.checked()
    }

    fn apply(&mut self, function: Function, arguments: &[Node]) -> Option<Ball<T>> {
        if let (Function::Floor | Function::Ceiling, [argument]) = (function, arguments)
            && let Some(step) = self.step(function, argument)
        {
            return Some(step);
        }
        let values = arguments
            .iter()
            .map(|argument| self.value(argument))
            .collect::<Option<Vec<_>>>()?;
        let weight = values.iter().map(|value| value.weight()).max();
        self.charge(cost::<T>(function) * weight.unwrap_or(1))?;
        match (function, values.as_slice()) {
            (Function::Sqrt, [x, index]) => {
                match index.whole().filter(|order| (1.0..=1e6).contains(order)) {
                    Some(order) => functions::root(*x, order as i64),
                    None => x.pow(Ball::ONE.div(*index)?),
                }
            }
            (Function::Log | Function::Ln, [x, base]) => x.ln()?.div(base.ln()?),
            (Function::Log, [x]) if self.decimal_log => functions::apply(Function::Log10, *x),
            (Function::Min | Function::Max, all) if all.iter().all(|x| x.is_real()) => {
                extreme(all, function == Function::Max)
            }
            (Function::Binomial | Function::Gcd | Function::Lcm, _) => {
                Some(self.opaque(&format!("{function:?}"), &values))
            }
            (Function::Re | Function::Im | Function::Conjugate, _)
                if are_complex_by_custom(arguments) =>
            {
                Some(self.opaque(&format!("{function:?}"), &values))
            }
            (_, [x]) => functions::apply(function, *x)?.checked(),
            _ => None,
        }
    }

    /// Where the argument is a fraction of whole numbers, no rounding hides on which side of a step it is.
    fn step(&self, function: Function, argument: &Node) -> Option<Ball<T>> {
        let whole = |name: &str| {
            let value = Ball::at(self.bound(name)?).whole()?;
            (value.abs() < 1e9).then_some(value as i64)
        };
        let (top, bottom) = fraction::value(argument, &whole, self.budget)?;
        let step = match function {
            Function::Floor => top.div_euclid(bottom),
            _ => top.checked_neg()?.div_euclid(bottom).checked_neg()?,
        };
        (step.abs() < 1 << 50).then(|| Ball::exact(step as f64))
    }

    /// An unknown function: one and the same smooth function of its arguments wherever the name occurs.
    fn call(&mut self, name: &str, arguments: &[Node]) -> Option<Ball<T>> {
        let values = arguments
            .iter()
            .map(|argument| self.value(argument))
            .collect::<Option<Vec<_>>>()?;
        self.charge(T::FUNCTION)?;
        self.opaque(name, &values).checked()
    }

    fn opaque(&self, name: &str, values: &[Ball<T>]) -> Ball<T> {
        let [a, b, c] = self.point.coefficients(name);
        let mut argument = Ball::exact(b);
        for (at, value) in values.iter().enumerate() {
            argument = argument.add(value.mul(Ball::exact(a + 0.37 * at as f64)));
        }
        let wave = functions::apply(Function::Sin, argument).unwrap_or(argument);
        wave.add(argument.mul(Ball::exact(c)))
    }

    fn range(
        &mut self,
        product: bool,
        index: &str,
        from: &Node,
        to: &Node,
        body: &Node,
    ) -> Option<Ball<T>> {
        let (from, to) = (self.value(from)?, self.value(to)?);
        let (first, last) = (from.whole()?, to.whole()?);
        if last - first > LONGEST_RANGE as f64 || first.abs() > 1e15 {
            return None;
        }
        self.bindings.push((index.to_owned(), T::ZERO));
        let total = self.accumulated(product, (first, last), body);
        self.bindings.pop();
        total
    }

    /// The sum or product of `body` while the innermost index runs.
    fn accumulated(
        &mut self,
        product: bool,
        (first, last): (f64, f64),
        body: &Node,
    ) -> Option<Ball<T>> {
        let mut total = Ball::exact(if product { 1.0 } else { 0.0 });
        let mut value = first;
        while value <= last {
            self.charge(T::PRODUCT)?;
            if let Some((_, index)) = self.bindings.last_mut() {
                *index = T::from_f64(value);
            }
            let term = self.value(body)?;
            total = if product {
                total.mul(term)
            } else {
                total.add(term)
            }
            .checked()?;
            value += 1.0;
        }
        Some(total)
    }
}

/// Whether the names, of which there are some, are such as are given to complex numbers; all names have real values here.
fn are_complex_by_custom(nodes: &[Node]) -> bool {
    let mut names = Vec::new();
    for node in nodes {
        node.names(&mut names);
    }
    let complex = |name: &&str| matches!(name.split('_').next(), Some("z" | "w"));
    !names.is_empty() && names.iter().all(complex)
}

/// The least or largest of real values; where balls overlap, any of them may be it.
fn extreme<T: Real>(values: &[Ball<T>], largest: bool) -> Option<Ball<T>> {
    let beyond = |a: &Ball<T>, b: &Ball<T>| if largest { a.re > b.re } else { a.re < b.re };
    let joined = |a: Ball<T>, b: Ball<T>| Ball {
        error: a.error.max(b.error),
        ..if beyond(&b, &a) { b } else { a }
    };
    values.iter().copied().reduce(joined)
}

/// Steps for a function of a real number: it takes no series, a root, one or several series.
fn cost<T: Real>(function: Function) -> usize {
    use Function as F;
    match function {
        F::Floor | F::Ceiling | F::Sign | F::Min | F::Max | F::Re | F::Im | F::Conjugate => {
            T::PRODUCT
        }
        F::Sqrt | F::Abs => 2 * T::QUOTIENT,
        F::Sin | F::Cos | F::Exp | F::Ln | F::Log2 | F::Log10 | F::ArcTan | F::ArcCot | F::Arg => {
            T::FUNCTION
        }
        _ => 2 * T::FUNCTION,
    }
}

/// Squarings that a whole power takes.
fn bits(exponent: i64) -> usize {
    exponent.unsigned_abs().checked_ilog2().unwrap_or(0) as usize
}

/// A literal fraction as an exponent, in lowest terms.
fn fraction(node: &Node) -> Option<(i64, i64)> {
    let whole = |node: &Node| match node {
        Node::Number(number) if number.value.is_integer() => number.value.numer().to_i64(),
        _ => None,
    };
    match node {
        Node::Negative(inner) => fraction(inner).map(|(top, bottom)| (-top, bottom)),
        Node::Quotient(top, bottom) => {
            let value = BigRational::new(
                whole(top)?.into(),
                whole(bottom).filter(|b| *b != 0)?.into(),
            );
            let value = if value.denom().is_negative() {
                -value
            } else {
                value
            };
            Some((
                value.numer().to_i64()?,
                value.denom().to_i64().filter(|bottom| *bottom > 1)?,
            ))
        }
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::wide::Wide;
    use super::*;
    use crate::read::{Digits, read};

    fn value<T: Real>(node: &Node, round: u64) -> Option<Ball<T>> {
        Evaluator {
            point: Point::new(round),
            budget: &Budget::new(1_000_000),
            decimal_log: false,
            fuzz: None,
            bindings: Vec::new(),
        }
        .value(node)
    }

    /// The bounds of doubles are honest: the wide value lies inside.
    #[test]
    fn bounds_hold_what_wide_numbers_find() {
        let arguments = [
            "x",
            "-x",
            "10^{6}x",
            "x+iy",
            r"\frac{x}{10^{9}}",
            "1-10^{-12}x",
            r"\sin(x)-y",
        ];
        let functions = [
            r"\sin(#)",
            r"\cos(#)",
            r"\tan(#)",
            r"\cot(#)",
            r"\sec(#)",
            r"\csc(#)",
            r"\arcsin(#)",
            r"\arccos(#)",
            r"\arctan(#)",
            r"\sinh(#)",
            r"\cosh(#)",
            r"\tanh(#)",
            r"\ln(#)",
            r"\log_2(#)",
            r"\log_3(#)",
            "e^{#}",
            r"\sqrt{#}",
            r"\sqrt[3]{#}",
            r"\sqrt[5]{#}",
            "|#|",
            "(#)^2",
            "(#)^{-7}",
            "(#)^{x}",
            "(#)^{2/3}",
            "y^{#}",
            r"\frac{x}{#}",
            r"\max(#,y)",
            r"\sum_{k=1}^{20}\frac{(#)^k}{k!}",
            r"\prod_{k=1}^{9}(#+k)",
            r"\operatorname{arcsinh}(#)",
            "f(#)",
            r"\lfloor # \rfloor",
            r"(#)\%",
            r"(#)^\circ",
            "(#-1)^{10}-0.3",
        ];
        let mut seen = 0;
        for (function, argument) in functions.iter().flat_map(|f| arguments.map(|a| (f, a))) {
            let text = function.replace('#', argument);
            let node = read(&text, Digits::Grouped).unwrap();
            for round in 0..Point::ROUNDS {
                let (Some(near), Some(exact)) =
                    (value::<f64>(&node, round), value::<Wide>(&node, round))
                else {
                    continue;
                };
                let distance = Ball {
                    re: exact.re - Wide::from_f64(near.re),
                    im: exact.im - Wide::from_f64(near.im),
                    error: 0.0,
                };
                assert!(
                    exact.error <= 1e-90 * exact.size().max(1.0),
                    "{text}: {exact:?}"
                );
                assert!(
                    distance.size() <= near.error + exact.error,
                    "{text} at {round}: {near:?} is {:e} away",
                    distance.size()
                );
                seen += 1;
            }
        }
        assert!(seen > 2000, "{seen} values");
    }
}
