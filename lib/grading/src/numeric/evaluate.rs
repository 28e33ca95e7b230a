//! The value of a syntax tree at a point.

use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};

use super::ball::Ball;
use super::functions;
use super::points::Point;
use crate::budget::Budget;
use crate::read::node::{Node, Number};
use crate::read::token::{Constant, Function};

/// How a tree is evaluated.
pub(crate) struct Evaluator<'b> {
    pub(crate) point: Point,
    pub(crate) budget: &'b Budget,
    /// `\log` without a base is decimal.
    pub(crate) decimal_log: bool,
    /// Decimals stand for everything that rounds to them, but for no more than this relative width.
    pub(crate) fuzz: Option<f64>,
    /// Values of the indices of the sums around.
    pub(crate) bindings: Vec<(String, f64)>,
}

/// Largest number of terms that are summed.
const LONGEST_RANGE: f64 = 1000.0;

impl Evaluator<'_> {
    /// The value; `None` where it is undefined, unbounded, no number, or the budget is spent.
    pub(crate) fn value(&mut self, node: &Node) -> Option<Ball> {
        self.budget.spend(1).ok()?;
        match node {
            Node::Number(number) => self.number(number).checked(),
            Node::Symbol(name) => Some(Ball::exact(
                self.bound(name).unwrap_or_else(|| self.point.value(name)),
            )),
            Node::Constant(constant) => self.constant(*constant),
            Node::Negative(inner) => Some(self.value(inner)?.negated()),
            Node::Sum(terms) => terms.iter().try_fold(Ball::exact(0.0), |sum, term| {
                sum.add(self.value(term)?).checked()
            }),
            Node::Product(factors) => factors.iter().try_fold(Ball::exact(1.0), |all, factor| {
                all.mul(self.value(factor)?).checked()
            }),
            Node::Quotient(top, bottom) => self.value(top)?.div(self.value(bottom)?),
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
            Node::Percent(inner) => self.value(inner)?.div(Ball::exact(100.0)),
            Node::Degrees(inner) => Some(
                self.value(inner)?
                    .mul(Ball::real(std::f64::consts::PI / 180.0)),
            ),
            Node::Quantity(inner, _) | Node::Money(inner) => self.value(inner),
            _ => None,
        }
    }

    fn bound(&self, name: &str) -> Option<f64> {
        self.bindings
            .iter()
            .rev()
            .find(|(bound, _)| bound == name)
            .map(|(_, value)| *value)
    }

    fn number(&self, number: &Number) -> Ball {
        let value = number.value.to_f64().unwrap_or(f64::NAN);
        match self.fuzz {
            Some(widest) if number.decimal => {
                let half = 0.5 * 10f64.powi(-number.places);
                Ball {
                    re: value,
                    im: 0.0,
                    error: (half * 1.000_001).min(widest * value.abs()),
                }
            }
            _ => Ball::real(value),
        }
    }

    fn constant(&self, constant: Constant) -> Option<Ball> {
        Some(match constant {
            Constant::Pi => Ball::real(std::f64::consts::PI),
            Constant::E => match self.bound("e") {
                Some(value) => Ball::exact(value),
                None => Ball::real(std::f64::consts::E),
            },
            Constant::I => match self.bound("i") {
                Some(value) => Ball::exact(value),
                None => Ball::I,
            },
            _ => return None,
        })
    }

    /// Roots of negative numbers are real where the exponent is a fraction with an odd denominator.
    fn power(&mut self, base: &Node, exponent: &Node) -> Option<Ball> {
        let value = self.value(base)?;
        if let (Some((top, bottom)), true) = (fraction(exponent), value.is_real() && value.re < 0.0)
            && bottom % 2 != 0
        {
            return functions::root(value, bottom)?.powi(top);
        }
        let exponent = self.value(exponent)?;
        value.pow(exponent)?.checked()
    }

    fn apply(&mut self, function: Function, arguments: &[Node]) -> Option<Ball> {
        let values = arguments
            .iter()
            .map(|argument| self.value(argument))
            .collect::<Option<Vec<_>>>()?;
        match (function, values.as_slice()) {
            (Function::Sqrt, [x, index]) => {
                let order = index.re.round();
                match (index.re - order).abs() <= index.error
                    && index.is_real()
                    && (1.0..=1e6).contains(&order)
                {
                    true => functions::root(*x, order as i64),
                    false => x.pow(Ball::exact(1.0).div(*index)?),
                }
            }
            (Function::Log | Function::Ln, [x, base]) => x.ln()?.div(base.ln()?),
            (Function::Log, [x]) if self.decimal_log => functions::apply(Function::Log10, *x),
            (Function::Min | Function::Max, all) if all.iter().all(|x| x.is_real()) => {
                let order = |a: &&Ball, b: &&Ball| a.re.total_cmp(&b.re);
                if function == Function::Min {
                    all.iter().min_by(order).copied()
                } else {
                    all.iter().max_by(order).copied()
                }
            }
            (Function::Binomial | Function::Gcd | Function::Lcm, _) => {
                Some(self.opaque(&format!("{function:?}"), &values))
            }
            (_, [x]) => functions::apply(function, *x)?.checked(),
            _ => None,
        }
    }

    /// An unknown function: one and the same smooth function of its arguments wherever the name occurs.
    fn call(&mut self, name: &str, arguments: &[Node]) -> Option<Ball> {
        let values = arguments
            .iter()
            .map(|argument| self.value(argument))
            .collect::<Option<Vec<_>>>()?;
        self.opaque(name, &values).checked()
    }

    fn opaque(&self, name: &str, values: &[Ball]) -> Ball {
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
    ) -> Option<Ball> {
        let (from, to) = (self.value(from)?, self.value(to)?);
        let (first, last) = (from.re.round(), to.re.round());
        if (from.re - first).abs() > from.error
            || (to.re - last).abs() > to.error
            || last - first > LONGEST_RANGE
            || first.abs() > 1e15
        {
            return None;
        }
        let mut total = Ball::exact(if product { 1.0 } else { 0.0 });
        let mut value = first;
        while value <= last {
            self.bindings.push((index.to_owned(), value));
            let term = self.value(body);
            self.bindings.pop();
            total = if product {
                total.mul(term?)
            } else {
                total.add(term?)
            }
            .checked()?;
            value += 1.0;
        }
        Some(total)
    }
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
