//! From syntax trees to normal forms.

use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};

use super::form::{Atom, Exponent, Form};
use super::rational;
use crate::budget::{Budget, Exhausted};
use crate::limits::LONGEST_RANGE;
use crate::read::node::Node;
use crate::read::token::Constant;

/// Why there is no normal form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsettled {
    /// The step budget is spent.
    Exhausted,
    /// Division by zero and the like.
    Undefined,
    /// Longer than the limits.
    TooLarge,
    /// Not a value: text, a relation, a set.
    NoValue,
}

impl From<Exhausted> for Unsettled {
    fn from(_: Exhausted) -> Self {
        Self::Exhausted
    }
}

/// Sums of numbers longer than this (64-bit words) are not computed.
const MOST_WORDS: usize = 1024;
/// Atoms that one comparison may use.
const MOST_ATOMS: usize = 400;

/// Builds normal forms over one table of atoms, so that the forms of both sides can be subtracted.
pub(crate) struct Normaliser<'b> {
    pub(super) atoms: Vec<Atom>,
    pub(super) budget: &'b Budget,
    /// Values of the indices of the sums around.
    bindings: Vec<(String, Form)>,
    /// `\log` without a base is decimal.
    pub(super) decimal_log: bool,
}

impl<'b> Normaliser<'b> {
    pub(crate) fn new(budget: &'b Budget, decimal_log: bool) -> Self {
        // Euler's number has a fixed place: powers ask for it often.
        Self {
            atoms: vec![Atom::Symbol("e".to_owned())],
            budget,
            bindings: Vec::new(),
            decimal_log,
        }
    }

    /// The normal form of `left - right`.
    pub(crate) fn difference(&mut self, left: &Node, right: &Node) -> Result<Form, Unsettled> {
        let (left, right) = (self.form(left)?, self.form(right)?);
        self.pay_for(&left, &right)?;
        Ok(left.add(right.negated()))
    }

    pub(super) fn euler(&self) -> Form {
        Form::atom(0, Exponent::one())
    }

    pub(super) fn intern(&mut self, atom: Atom) -> usize {
        self.atoms
            .iter()
            .position(|own| *own == atom)
            .unwrap_or_else(|| {
                self.atoms.push(atom);
                self.atoms.len() - 1
            })
    }

    fn symbol(&mut self, name: &str) -> Form {
        if let Some((_, value)) = self.bindings.iter().rev().find(|(bound, _)| bound == name) {
            return value.clone();
        }
        Form::atom(self.intern(Atom::Symbol(name.to_owned())), Exponent::one())
    }

    pub(crate) fn form(&mut self, node: &Node) -> Result<Form, Unsettled> {
        self.budget.spend(1)?;
        if self.atoms.len() > MOST_ATOMS {
            return Err(Unsettled::TooLarge);
        }
        match node {
            Node::Number(number) => Ok(Form::rational(number.value.clone())),
            Node::Symbol(name) => Ok(self.symbol(name)),
            Node::Constant(constant) => self.constant(*constant),
            Node::Negative(inner) => Ok(self.form(inner)?.negated()),
            Node::Sum(terms) => {
                let mut sum = Form::zero();
                for term in terms {
                    let term = self.form(term)?;
                    self.pay_for(&sum, &term)?;
                    sum = sum.add(term);
                }
                Ok(sum)
            }
            Node::Product(factors) => {
                let mut product = Form::integer(1);
                for factor in factors {
                    let factor = self.form(factor)?;
                    product = self.times(&product, &factor)?;
                }
                Ok(product)
            }
            Node::Quotient(top, bottom) => {
                let (top, bottom) = (self.form(top)?, self.form(bottom)?);
                if bottom.is_zero() {
                    return Err(Unsettled::Undefined);
                }
                let inverse = self.rational_power(&bottom, -Exponent::one())?;
                self.times(&top, &inverse)
            }
            Node::Power(base, exponent) => {
                let (base, exponent) = (self.form(base)?, self.form(exponent)?);
                self.power(&base, &exponent)
            }
            Node::Apply(function, arguments) => self.apply(*function, arguments),
            Node::Call(name, arguments) => {
                let arguments = arguments
                    .iter()
                    .map(|a| self.form(a))
                    .collect::<Result<_, _>>()?;
                Ok(Form::atom(
                    self.intern(Atom::Call(name.clone(), arguments)),
                    Exponent::one(),
                ))
            }
            Node::Range {
                product,
                index,
                from,
                to,
                body,
            } => self.range(*product, index, from, to, body),
            Node::Percent(inner) => Ok(self
                .form(inner)?
                .scaled(&BigRational::new(1.into(), 100.into()))),
            Node::Degrees(inner) => {
                let angle = self
                    .form(inner)?
                    .scaled(&BigRational::new(1.into(), 180.into()));
                let pi = self.symbol("π");
                self.times(&angle, &pi)
            }
            Node::Quantity(inner, _) | Node::Money(inner) => self.form(inner),
            _ => Err(Unsettled::NoValue),
        }
    }

    fn constant(&mut self, constant: Constant) -> Result<Form, Unsettled> {
        Ok(match constant {
            Constant::Pi => self.symbol("π"),
            Constant::E if self.bindings.is_empty() => self.euler(),
            Constant::E => self.symbol("e"),
            Constant::I => match self.bindings.iter().rev().find(|(bound, _)| bound == "i") {
                Some((_, value)) => value.clone(),
                None => Form::atom(self.intern(Atom::I), Exponent::one()),
            },
            Constant::Infinity => self.symbol("∞"),
            _ => return Err(Unsettled::NoValue),
        })
    }

    /// Whether a form is a polynomial in names, with whole powers: zero nowhere but at roots, unless it is zero itself.
    pub(crate) fn is_polynomial(&self, form: &Form) -> bool {
        form.terms.keys().all(|monomial| {
            monomial.0.iter().all(|(id, exponent)| {
                let name = matches!(&self.atoms[*id], Atom::Symbol(name) if name != "∞");
                name && exponent.is_integer() && *exponent > Exponent::zero()
            })
        })
    }

    /// Takes what adding two forms costs, where their numbers are not too long.
    fn pay_for(&self, a: &Form, b: &Form) -> Result<(), Unsettled> {
        let (a, length) = (a.length(), b.length());
        let words = a.top + a.bottom + length.top + length.bottom;
        if words > MOST_WORDS {
            return Err(Unsettled::TooLarge);
        }
        self.budget
            .spend(b.terms.len() * (1 + rational::cost(a, length)))?;
        Ok(())
    }

    fn range(
        &mut self,
        product: bool,
        index: &str,
        from: &Node,
        to: &Node,
        body: &Node,
    ) -> Result<Form, Unsettled> {
        let bound = |form: Form| {
            form.as_rational()
                .filter(BigRational::is_integer)
                .and_then(|value| value.to_integer().to_i64())
        };
        let (from, to) = (self.form(from)?, self.form(to)?);
        let (Some(from), Some(to)) = (bound(from.clone()), bound(to.clone())) else {
            // Bounds with names: the sum stands for itself, its body in normal form.
            let variable = self.symbol(&format!("{index} of {}", self.bindings.len()));
            self.bindings.push((index.to_owned(), variable));
            let body = self.form(body);
            self.bindings.pop();
            let name = if product { "product" } else { "sum" };
            return Ok(Form::atom(
                self.intern(Atom::Call(name.to_owned(), vec![from, to, body?])),
                Exponent::one(),
            ));
        };
        if to.saturating_sub(from) > LONGEST_RANGE {
            return Err(Unsettled::TooLarge);
        }
        let mut total = Form::integer(i64::from(product));
        for value in from..=to {
            self.bindings.push((index.to_owned(), Form::integer(value)));
            let term = self.form(body);
            self.bindings.pop();
            total = if product {
                self.times(&total, &term?)?
            } else {
                let term = term?;
                self.pay_for(&total, &term)?;
                total.add(term)
            };
        }
        Ok(total)
    }
}
