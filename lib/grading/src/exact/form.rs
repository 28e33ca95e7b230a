//! Sums of monomials: rational coefficients, atoms with rational exponents.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::{BigRational, Ratio};
use num_traits::{One, Signed, Zero};

use super::rational::{self, Length};

/// Exponents are small; arithmetic on them is checked.
pub(crate) type Exponent = Ratio<i64>;

/// The number of an atom in the [`super::Normaliser`]'s table.
pub(super) type AtomId = usize;

/// What a monomial is made of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Atom {
    /// A variable, or a constant without algebraic relations (pi, e, infinity).
    Symbol(String),
    /// The imaginary unit.
    I,
    /// A prime under a root: exponents between 0 and 1.
    Prime(u64),
    /// An integer whose factors were not searched for.
    Whole(BigInt),
    /// A function's value.
    Call(String, Vec<Form>),
    /// A sum that is not expanded: under a root or a fraction line.
    Sum(Box<Form>),
    /// A power with a symbolic exponent.
    Power(Box<Form>, Box<Form>),
}

/// Atoms in ascending order with exponents that are not zero.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) struct Monomial(pub(super) Vec<(AtomId, Exponent)>);

/// A sum of monomials; no coefficient is zero.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct Form {
    pub(super) terms: BTreeMap<Monomial, BigRational>,
}

impl Form {
    pub(super) fn zero() -> Self {
        Self::default()
    }

    pub(super) fn rational(value: BigRational) -> Self {
        Self::term(Monomial::default(), value)
    }

    pub(super) fn integer(value: i64) -> Self {
        Self::rational(BigRational::from_integer(value.into()))
    }

    pub(super) fn term(monomial: Monomial, coefficient: BigRational) -> Self {
        let mut terms = BTreeMap::new();
        if !coefficient.is_zero() {
            terms.insert(monomial, coefficient);
        }
        Self { terms }
    }

    pub(super) fn atom(atom: AtomId, exponent: Exponent) -> Self {
        Self::term(Monomial(vec![(atom, exponent)]), BigRational::one())
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    /// The value, if the form is a rational number.
    pub(crate) fn as_rational(&self) -> Option<BigRational> {
        match self.terms.len() {
            0 => Some(BigRational::zero()),
            1 => self.terms.get(&Monomial::default()).cloned(),
            _ => None,
        }
    }

    /// The only term, if there is just one.
    pub(super) fn as_term(&self) -> Option<(&Monomial, &BigRational)> {
        (self.terms.len() == 1)
            .then(|| self.terms.iter().next())
            .flatten()
    }

    pub(super) fn add_term(&mut self, monomial: Monomial, coefficient: BigRational) {
        use std::collections::btree_map::Entry;
        match self.terms.entry(monomial) {
            Entry::Vacant(slot) => {
                if !coefficient.is_zero() {
                    slot.insert(coefficient);
                }
            }
            Entry::Occupied(mut slot) => {
                *slot.get_mut() = rational::sum(slot.get(), &coefficient);
                if slot.get().is_zero() {
                    slot.remove();
                }
            }
        }
    }

    pub(super) fn add(mut self, other: Self) -> Self {
        for (monomial, coefficient) in other.terms {
            self.add_term(monomial, coefficient);
        }
        self
    }

    pub(super) fn scaled(mut self, factor: &BigRational) -> Self {
        if factor.is_zero() {
            return Self::zero();
        }
        for coefficient in self.terms.values_mut() {
            *coefficient = rational::product(coefficient, factor);
        }
        self
    }

    pub(super) fn negated(mut self) -> Self {
        for coefficient in self.terms.values_mut() {
            *coefficient = -std::mem::take(coefficient);
        }
        self
    }

    /// Coefficient of the last term in order: the one that normal forms divide by.
    pub(super) fn leading(&self) -> Option<&BigRational> {
        self.terms.values().next_back()
    }

    /// Whether the leading coefficient is negative.
    pub(super) fn leads_negative(&self) -> bool {
        self.leading().is_some_and(Signed::is_negative)
    }

    /// Bits of the largest coefficient.
    pub(super) fn bits(&self) -> u64 {
        self.terms
            .values()
            .map(|c| c.numer().bits() + c.denom().bits())
            .max()
            .unwrap_or(0)
    }

    /// The longest numerator and the longest denominator: what arithmetic on the form costs.
    pub(super) fn length(&self) -> Length {
        let lengths = self.terms.values().map(Length::of);
        lengths.fold(Length::default(), Length::longer)
    }
}
