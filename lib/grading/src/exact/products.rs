//! Products of normal forms: whole powers of primes, of `i` and of sums are worked out, denominators lose their roots.

use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{CheckedAdd, One, Signed, Zero};

use super::form::{Atom, Exponent, Form, Monomial};
use super::normalise::{Normaliser, Unsettled};
use super::rational::{self, Length};

/// Sums longer than this are not multiplied out.
const MOST_TERMS: usize = 300;
/// What the product of two terms costs at least.
const STEPS_PER_TERM: usize = 30;
/// Coefficients longer than this (bits) are not computed.
const LONGEST: u64 = 1 << 16;

impl Normaliser<'_> {
    pub(super) fn times(&mut self, left: &Form, right: &Form) -> Result<Form, Unsettled> {
        let mut product = Form::zero();
        if left.terms.len().saturating_mul(right.terms.len()) > MOST_TERMS * 4 {
            return Err(Unsettled::TooLarge);
        }
        for (m, c) in &left.terms {
            for (n, d) in &right.terms {
                let cost = rational::cost(Length::of(c), Length::of(d));
                self.budget.spend(STEPS_PER_TERM.saturating_add(cost))?;
                let term = self.merged(m, n, rational::product(c, d))?;
                product = product.add(term);
            }
        }
        if product.terms.len() > MOST_TERMS {
            Err(Unsettled::TooLarge)
        } else {
            Ok(product)
        }
    }

    /// The product of two monomials, with whole powers of primes, of `i` and of sums worked out.
    pub(super) fn merged(
        &mut self,
        left: &Monomial,
        right: &Monomial,
        coefficient: BigRational,
    ) -> Result<Form, Unsettled> {
        let mut exponents = left.0.clone();
        for (atom, exponent) in &right.0 {
            match exponents.binary_search_by_key(atom, |(a, _)| *a) {
                Ok(at) => exponents[at].1 = sum(exponents[at].1, *exponent)?,
                Err(at) => exponents.insert(at, (*atom, *exponent)),
            }
        }
        exponents.retain(|(_, exponent)| !exponent.is_zero());
        self.settled(exponents, coefficient)
    }

    /// Restores the rules of the normal form for one monomial.
    pub(super) fn settled(
        &mut self,
        exponents: Vec<(usize, Exponent)>,
        mut coefficient: BigRational,
    ) -> Result<Form, Unsettled> {
        let mut kept = Vec::with_capacity(exponents.len());
        let mut expanded: Vec<(Form, i64)> = Vec::new();
        for (id, exponent) in exponents {
            match &self.atoms[id] {
                Atom::Prime(prime) => {
                    let whole = exponent.floor().to_integer();
                    let power =
                        self.integer_power(&BigRational::from_integer((*prime).into()), whole)?;
                    coefficient = rational::product(&coefficient, &power);
                    let rest = exponent - exponent.floor();
                    if !rest.is_zero() {
                        kept.push((id, rest));
                    }
                }
                Atom::I if exponent.is_integer() => match exponent.to_integer().mod_floor(&4) {
                    0 => {}
                    1 => kept.push((id, Exponent::one())),
                    2 => coefficient = -coefficient,
                    _ => {
                        coefficient = -coefficient;
                        kept.push((id, Exponent::one()));
                    }
                },
                Atom::Sum(sum) if exponent.is_integer() && exponent.is_positive() => {
                    expanded.push(((**sum).clone(), exponent.to_integer()));
                }
                _ => kept.push((id, exponent)),
            }
        }
        let mut form = Form::term(Monomial(kept), coefficient);
        for (sum, exponent) in expanded {
            let power = self.rational_power(&sum, Exponent::from_integer(exponent))?;
            // An atom that could not be expanded comes back as itself: it stays a factor.
            form = match power.as_term() {
                Some((monomial, c)) => self.joined(form, monomial.clone(), c)?,
                None => self.times(&form, &power)?,
            };
        }
        Ok(form)
    }

    /// `form * c * monomial` where the monomial is known to be settled and shares no atom that needs work.
    pub(super) fn joined(
        &mut self,
        form: Form,
        monomial: Monomial,
        c: &BigRational,
    ) -> Result<Form, Unsettled> {
        let mut product = Form::zero();
        for (own, coefficient) in form.terms {
            let mut atoms = own.0;
            for (atom, exponent) in &monomial.0 {
                match atoms.binary_search_by_key(atom, |(a, _)| *a) {
                    Ok(at) => atoms[at].1 = sum(atoms[at].1, *exponent)?,
                    Err(at) => atoms.insert(at, (*atom, *exponent)),
                }
            }
            atoms.retain(|(_, exponent)| !exponent.is_zero());
            let cost = rational::cost(Length::of(&coefficient), Length::of(c));
            self.budget.spend(1 + cost)?;
            product.add_term(Monomial(atoms), rational::product(&coefficient, c));
        }
        Ok(product)
    }

    /// `form * factor`, paid for by its length.
    pub(super) fn scaled(&self, form: Form, factor: &BigRational) -> Result<Form, Unsettled> {
        let cost = rational::cost(form.length(), Length::of(factor));
        self.budget
            .spend(form.terms.len().saturating_mul(1 + cost))?;
        Ok(form.scaled(factor))
    }

    /// `value^exponent`, unless the result would be too long.
    pub(super) fn integer_power(
        &self,
        value: &BigRational,
        exponent: i64,
    ) -> Result<BigRational, Unsettled> {
        if exponent == 0 || value.is_one() {
            return Ok(BigRational::one());
        }
        let bits =
            (value.numer().bits() + value.denom().bits()).saturating_mul(exponent.unsigned_abs());
        if bits > LONGEST {
            return Err(Unsettled::TooLarge);
        }
        let words = usize::try_from(bits / 64).unwrap_or(usize::MAX);
        self.budget.spend(1 + words + words * words / 32)?;
        let power = value.pow(i32::try_from(exponent.abs()).map_err(|_| Unsettled::TooLarge)?);
        Ok(if exponent < 0 { power.recip() } else { power })
    }

    /// `1/base` for sums of square roots and `i`: multiplied by conjugates until the denominator is rational.
    pub(super) fn rationalised(&mut self, base: &Form) -> Result<Option<Form>, Unsettled> {
        let (mut top, mut bottom) = (Form::integer(1), base.clone());
        for _ in 0..4 {
            if let Some(value) = bottom.as_rational() {
                return if value.is_zero() {
                    Ok(None)
                } else {
                    self.scaled(top, &value.recip()).map(Some)
                };
            }
            let half = Exponent::new(1, 2);
            let mut root = None;
            for (id, exponent) in bottom.terms.keys().flat_map(|monomial| &monomial.0) {
                match self.atoms[*id] {
                    Atom::Prime(_) if *exponent == half => root = Some(*id),
                    Atom::I if exponent.is_one() => root = Some(*id),
                    _ => return Ok(None),
                }
            }
            let Some(root) = root else { return Ok(None) };
            let mut conjugate = bottom.clone();
            for (monomial, coefficient) in &mut conjugate.terms {
                if monomial.0.iter().any(|(id, _)| *id == root) {
                    *coefficient = -std::mem::take(coefficient);
                }
            }
            top = self.times(&top, &conjugate)?;
            bottom = self.times(&bottom, &conjugate)?;
        }
        Ok(None)
    }

    /// A sum to a whole power, if it stays short.
    pub(super) fn expanded(
        &mut self,
        base: &Form,
        exponent: i64,
    ) -> Result<Option<Form>, Unsettled> {
        let terms = base.terms.len() as u64;
        let mut estimate = 1u64;
        for step in 1..terms {
            estimate = estimate.saturating_mul(exponent.unsigned_abs().saturating_add(step)) / step;
        }
        if exponent > 64
            || estimate > MOST_TERMS as u64
            || base.bits().saturating_mul(exponent.unsigned_abs()) > LONGEST
        {
            return Ok(None);
        }
        let mut product = Form::integer(1);
        for _ in 0..exponent {
            product = self.times(&product, base)?;
        }
        Ok(Some(product))
    }
}

fn sum(left: Exponent, right: Exponent) -> Result<Exponent, Unsettled> {
    left.checked_add(&right).ok_or(Unsettled::TooLarge)
}
