//! Powers of normal forms: radicals come out of roots, symbolic exponents become atoms.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{CheckedMul, One, Signed, ToPrimitive, Zero};

use super::form::{Atom, Exponent, Form, Monomial};
use super::integers;
use super::normalise::{Normaliser, Unsettled};

/// Largest numerator and denominator of an exponent.
const LARGEST_EXPONENT: i64 = 1 << 40;

impl Normaliser<'_> {
    /// `base^exponent` for any two forms.
    pub(super) fn power(&mut self, base: &Form, exponent: &Form) -> Result<Form, Unsettled> {
        if let Some(exponent) = exponent.as_rational() {
            let (Some(top), Some(bottom)) = (exponent.numer().to_i64(), exponent.denom().to_i64())
            else {
                return self.symbolic_power(base, &Form::integer(1), exponent_form(&exponent));
            };
            if top.abs() > LARGEST_EXPONENT || bottom > LARGEST_EXPONENT {
                return self.symbolic_power(base, &Form::integer(1), exponent_form(&exponent));
            }
            return match self.rational_power(base, Exponent::new(top, bottom)) {
                Err(Unsettled::TooLarge) => {
                    self.symbolic_power(base, &Form::integer(1), exponent_form(&exponent))
                }
                settled => settled,
            };
        }
        let mut product = Form::integer(1);
        for (monomial, coefficient) in exponent.terms.clone() {
            let factor = if monomial.0.is_empty() {
                self.power(base, &Form::rational(coefficient))?
            } else {
                self.symbolic_power(
                    base,
                    &Form::term(monomial, BigRational::one()),
                    Form::rational(coefficient),
                )?
            };
            product = self.times(&product, &factor)?;
        }
        Ok(product)
    }

    /// `base^(scale * direction)`: the direction names the atom, the scale becomes its exponent.
    fn symbolic_power(
        &mut self,
        base: &Form,
        direction: &Form,
        scale: Form,
    ) -> Result<Form, Unsettled> {
        let scale = scale.as_rational().ok_or(Unsettled::TooLarge)?;
        let Some(exponent) = small(&scale) else {
            // The exponent is too long for the table: the whole power is one opaque atom.
            let id = self.intern(Atom::Power(
                Box::new(base.clone()),
                Box::new(self.scaled(direction.clone(), &scale)?),
            ));
            return Ok(Form::atom(id, Exponent::one()));
        };
        let Some((monomial, coefficient)) = base.as_term().map(|(m, c)| (m.clone(), c.clone()))
        else {
            if base.is_zero() {
                return Err(Unsettled::Undefined);
            }
            return self.power_atom(base.clone(), direction, exponent);
        };
        let mut product = self.number_power(&coefficient, direction, exponent)?;
        for (id, own) in monomial.0 {
            let exponent = own.checked_mul(&exponent).ok_or(Unsettled::TooLarge)?;
            let factor = match self.atoms[id].clone() {
                Atom::Power(inner, inner_direction) => {
                    let direction = self.times(&inner_direction, direction)?;
                    let direction = self.scaled(direction, &exponent_rational(exponent))?;
                    self.power(&inner, &direction)?
                }
                _ => self.power_atom(Form::atom(id, Exponent::one()), direction, exponent)?,
            };
            product = self.times(&product, &factor)?;
        }
        Ok(product)
    }

    /// A number to a symbolic power, prime by prime, so that `4^n` meets `2^(2n)`.
    fn number_power(
        &mut self,
        value: &BigRational,
        direction: &Form,
        exponent: Exponent,
    ) -> Result<Form, Unsettled> {
        let mut product = Form::integer(1);
        if value.is_negative() {
            product = self.power_atom(Form::integer(-1), direction, exponent)?;
        }
        for (part, sign) in [(value.numer().abs(), 1i64), (value.denom().clone(), -1)] {
            if part.is_one() {
                continue;
            }
            let factors = integers::factor(&part, self.budget)?;
            let primes = factors
                .primes
                .into_iter()
                .map(|(prime, count)| (BigInt::from(prime), count));
            for (factor, count) in primes.chain(factors.rest) {
                let exponent = exponent
                    .checked_mul(&Exponent::from_integer(sign * i64::from(count)))
                    .ok_or(Unsettled::TooLarge)?;
                let power = self.power_atom(
                    Form::rational(BigRational::from_integer(factor)),
                    direction,
                    exponent,
                )?;
                product = self.times(&product, &power)?;
            }
        }
        Ok(product)
    }

    fn power_atom(
        &mut self,
        base: Form,
        direction: &Form,
        exponent: Exponent,
    ) -> Result<Form, Unsettled> {
        let id = self.intern(Atom::Power(Box::new(base), Box::new(direction.clone())));
        Ok(Form::atom(id, exponent))
    }

    /// `base^exponent` for a rational exponent.
    pub(super) fn rational_power(
        &mut self,
        base: &Form,
        exponent: Exponent,
    ) -> Result<Form, Unsettled> {
        self.budget.spend(1)?;
        if base.is_zero() {
            return if exponent.is_positive() {
                Ok(Form::zero())
            } else {
                Err(Unsettled::Undefined)
            };
        }
        if exponent.is_zero() {
            return Ok(Form::integer(1));
        }
        if exponent.is_one() {
            return Ok(base.clone());
        }
        match base.as_term().map(|(m, c)| (m.clone(), c.clone())) {
            Some((monomial, coefficient)) => self.term_power(&monomial, &coefficient, exponent),
            None => self.sum_power(base, exponent),
        }
    }

    fn term_power(
        &mut self,
        monomial: &Monomial,
        coefficient: &BigRational,
        exponent: Exponent,
    ) -> Result<Form, Unsettled> {
        let mut product = if exponent.is_integer() {
            Form::rational(self.integer_power(coefficient, exponent.to_integer())?)
        } else {
            self.number_root(coefficient, exponent)?
        };
        let mut exponents = Vec::with_capacity(monomial.0.len());
        for (id, own) in &monomial.0 {
            let root_of_even =
                exponent.denom().is_even() && own.is_integer() && own.to_integer().is_even();
            let opaque =
                root_of_even || (matches!(self.atoms[*id], Atom::I) && !exponent.is_integer());
            if opaque && !matches!(self.atoms[*id], Atom::Prime(_)) && !self.is_positive(*id) {
                // The root of a square is an absolute value, not the base.
                let id = self.intern(Atom::Sum(Box::new(Form::atom(*id, *own))));
                product = self.times(&product, &Form::atom(id, exponent))?;
            } else {
                exponents.push((*id, own.checked_mul(&exponent).ok_or(Unsettled::TooLarge)?));
            }
        }
        let rest = self.settled(exponents, BigRational::one())?;
        self.times(&product, &rest)
    }

    /// A rational number to a fractional power: what comes out of the root is a coefficient.
    fn number_root(&mut self, value: &BigRational, exponent: Exponent) -> Result<Form, Unsettled> {
        let mut product = match (value.is_negative(), exponent.denom()) {
            (false, _) => Form::integer(1),
            (true, 2) => {
                let i = self.intern(Atom::I);
                self.settled(
                    vec![(i, Exponent::from_integer(*exponent.numer()))],
                    BigRational::one(),
                )?
            }
            (true, bottom) if bottom.is_odd() => {
                Form::integer(if exponent.numer().is_odd() { -1 } else { 1 })
            }
            (true, _) => Form::atom(self.intern(Atom::Whole((-1).into())), exponent),
        };
        for (part, sign) in [(value.numer().abs(), 1i64), (value.denom().clone(), -1)] {
            if part.is_one() {
                continue;
            }
            let factors = integers::factor(&part, self.budget)?;
            let mut atoms: Vec<(Atom, u32)> = factors
                .primes
                .into_iter()
                .map(|(prime, count)| (Atom::Prime(prime), count))
                .collect();
            atoms.extend(
                factors
                    .rest
                    .into_iter()
                    .map(|(rest, count)| match rest.to_u64() {
                        Some(small) => (Atom::Prime(small), count),
                        None => (Atom::Whole(rest), count),
                    }),
            );
            for (atom, count) in atoms {
                let id = self.intern(atom);
                let power = exponent
                    .checked_mul(&Exponent::from_integer(sign * i64::from(count)))
                    .ok_or(Unsettled::TooLarge)?;
                let factor = self.settled(vec![(id, power)], BigRational::one())?;
                product = self.times(&product, &factor)?;
            }
        }
        Ok(product)
    }

    fn sum_power(&mut self, base: &Form, exponent: Exponent) -> Result<Form, Unsettled> {
        if exponent.is_integer()
            && exponent.is_positive()
            && let Some(expanded) = self.expanded(base, exponent.to_integer())?
        {
            return Ok(expanded);
        }
        if exponent == -Exponent::one()
            && let Some(inverse) = self.rationalised(base)?
        {
            return Ok(inverse);
        }
        // A common factor leaves the sum, so that sqrt(4x+4) meets 2 sqrt(x+1); under a root its sign stays.
        let leading = base.leading().cloned().unwrap_or_else(BigRational::one);
        let content = if exponent.is_integer() {
            leading
        } else {
            leading.abs()
        };
        let primitive = self.scaled(base.clone(), &content.recip())?;
        let factor = self.rational_power(&Form::rational(content), exponent)?;
        let id = self.intern(Atom::Sum(Box::new(primitive)));
        self.joined(factor, Monomial(vec![(id, exponent)]), &BigRational::one())
    }

    /// Whether an atom stands for a positive number.
    fn is_positive(&self, id: usize) -> bool {
        match &self.atoms[id] {
            Atom::Prime(_) => true,
            Atom::Symbol(name) => matches!(name.as_str(), "π" | "e"),
            Atom::Power(base, _) => {
                base.as_rational().is_some_and(|base| base.is_positive()) || **base == self.euler()
            }
            _ => false,
        }
    }
}

fn exponent_form(exponent: &BigRational) -> Form {
    Form::rational(exponent.clone())
}

fn exponent_rational(exponent: Exponent) -> BigRational {
    BigRational::new((*exponent.numer()).into(), (*exponent.denom()).into())
}

/// A rational as an exponent, if it is short.
fn small(value: &BigRational) -> Option<Exponent> {
    let (top, bottom) = (value.numer().to_i64()?, value.denom().to_i64()?);
    (top.abs() <= LARGEST_EXPONENT && bottom <= LARGEST_EXPONENT)
        .then(|| Exponent::new(top, bottom))
}
