//! Products and powers of normal forms: radicals come out of roots, denominators lose theirs.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{CheckedAdd, CheckedMul, One, Signed, ToPrimitive, Zero};

use super::form::{Atom, Exponent, Form, Monomial};
use super::integers;
use super::normalise::{Normaliser, Unsettled};

/// Sums longer than this are not multiplied out.
const MOST_TERMS: usize = 300;
/// Coefficients longer than this (bits) are not computed.
const LONGEST: u64 = 1 << 16;
/// Largest numerator and denominator of an exponent.
const LARGEST_EXPONENT: i64 = 1 << 40;

impl Normaliser<'_> {
    pub(super) fn times(&mut self, left: &Form, right: &Form) -> Result<Form, Unsettled> {
        let mut product = Form::zero();
        if left.terms.len().saturating_mul(right.terms.len()) > MOST_TERMS * 4 {
            return Err(Unsettled::TooLarge);
        }
        for (m, c) in &left.terms {
            for (n, d) in &right.terms {
                self.budget
                    .spend(2 + ((c.numer().bits() + d.numer().bits()) / 64) as usize)?;
                let term = self.merged(m, n, c * d)?;
                product = product.add(term);
            }
        }
        match product.terms.len() > MOST_TERMS {
            true => Err(Unsettled::TooLarge),
            false => Ok(product),
        }
    }

    /// The product of two monomials, with whole powers of primes, of `i` and of sums worked out.
    fn merged(
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
                    coefficient *=
                        self.integer_power(&BigRational::from_integer((*prime).into()), whole)?;
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
    fn joined(
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
            product.add_term(Monomial(atoms), coefficient * c);
        }
        Ok(product)
    }

    /// `value^exponent`, unless the result would be too long.
    fn integer_power(&self, value: &BigRational, exponent: i64) -> Result<BigRational, Unsettled> {
        if exponent == 0 || value.is_one() {
            return Ok(BigRational::one());
        }
        let bits =
            (value.numer().bits() + value.denom().bits()).saturating_mul(exponent.unsigned_abs());
        if bits > LONGEST {
            return Err(Unsettled::TooLarge);
        }
        self.budget.spend(1 + (bits / 64) as usize)?;
        let power = value.pow(i32::try_from(exponent.abs()).map_err(|_| Unsettled::TooLarge)?);
        Ok(if exponent < 0 { power.recip() } else { power })
    }

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
                Box::new(direction.clone().scaled(&scale)),
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
                    let direction = self
                        .times(&inner_direction, direction)?
                        .scaled(&exponent_rational(exponent));
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
        let primitive = base.clone().scaled(&content.recip());
        let factor = self.rational_power(&Form::rational(content), exponent)?;
        let id = self.intern(Atom::Sum(Box::new(primitive)));
        self.joined(factor, Monomial(vec![(id, exponent)]), &BigRational::one())
    }

    /// A sum to a whole power, if it stays short.
    fn expanded(&mut self, base: &Form, exponent: i64) -> Result<Option<Form>, Unsettled> {
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

    /// `1/base` for sums of square roots and `i`: multiplied by conjugates until the denominator is rational.
    fn rationalised(&mut self, base: &Form) -> Result<Option<Form>, Unsettled> {
        let (mut top, mut bottom) = (Form::integer(1), base.clone());
        for _ in 0..4 {
            if let Some(value) = bottom.as_rational() {
                return Ok((!value.is_zero()).then(|| top.scaled(&value.recip())));
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

fn sum(left: Exponent, right: Exponent) -> Result<Exponent, Unsettled> {
    left.checked_add(&right).ok_or(Unsettled::TooLarge)
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
