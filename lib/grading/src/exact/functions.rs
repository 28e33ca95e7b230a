//! Known functions on normal forms: exact where an exact value exists, an atom otherwise.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::form::{Atom, Exponent, Form, Monomial};
use super::integers;
use super::normalise::{Normaliser, Unsettled};
use super::rational::{self, Length};
use crate::read::node::Node;
use crate::read::token::Function;

/// Factorials beyond this are left as they stand.
const LARGEST_FACTORIAL: u64 = 2600;
/// Binomials of names are multiplied out up to this lower index.
const DEEPEST_BINOMIAL: u64 = 8;

impl Normaliser<'_> {
    pub(super) fn apply(
        &mut self,
        function: Function,
        arguments: &[Node],
    ) -> Result<Form, Unsettled> {
        if matches!(function, Function::Det | Function::Norm) {
            return Err(Unsettled::NoValue);
        }
        let forms = arguments
            .iter()
            .map(|argument| self.form(argument))
            .collect::<Result<Vec<_>, _>>()?;
        let Some(first) = forms.first() else {
            return Err(Unsettled::NoValue);
        };
        let rational = forms
            .iter()
            .map(Form::as_rational)
            .collect::<Option<Vec<_>>>();
        if let Some(values) = rational
            && let Some(value) = self.number(function, &values)?
        {
            return Ok(Form::rational(value));
        }
        match function {
            Function::Sqrt => match forms.get(1) {
                None => self.rational_power(first, Exponent::new(1, 2)),
                Some(index) => {
                    let inverse = self.power(index, &Form::integer(-1))?;
                    self.power(first, &inverse)
                }
            },
            Function::Cbrt => self.rational_power(first, Exponent::new(1, 3)),
            Function::Ln | Function::Log | Function::Log2 | Function::Log10 => {
                self.logarithm(function, first, forms.get(1))
            }
            Function::Abs => self.absolute(first),
            Function::Binomial => match forms.get(1).and_then(Form::as_rational) {
                Some(below) => self.binomial(&below, &forms),
                None => Ok(self.call(function, forms)),
            },
            Function::Sin
            | Function::Tan
            | Function::ArcSin
            | Function::ArcTan
            | Function::Sinh
            | Function::Tanh
            | Function::Csc
            | Function::Cot
                if first.leads_negative() =>
            {
                Ok(self.call(function, vec![first.clone().negated()]).negated())
            }
            Function::Cos | Function::Cosh | Function::Sec if first.leads_negative() => {
                Ok(self.call(function, vec![first.clone().negated()]))
            }
            Function::Sin
            | Function::Tan
            | Function::Sinh
            | Function::Tanh
            | Function::ArcSin
            | Function::ArcTan
                if first.is_zero() =>
            {
                Ok(Form::zero())
            }
            Function::Cos | Function::Cosh if first.is_zero() => Ok(Form::integer(1)),
            _ => Ok(self.call(function, forms)),
        }
    }

    fn call(&mut self, function: Function, arguments: Vec<Form>) -> Form {
        let id = self.intern(Atom::Call(format!("{function:?}"), arguments));
        Form::atom(id, Exponent::one())
    }

    /// Functions of rational numbers with rational values.
    fn number(
        &mut self,
        function: Function,
        values: &[BigRational],
    ) -> Result<Option<BigRational>, Unsettled> {
        let longest = values.iter().map(Length::of);
        let longest = longest.fold(Length::default(), Length::longer);
        // Divisors, rests and comparisons are quadratic in the length.
        let words = longest.top.max(longest.bottom);
        self.budget.spend(
            values
                .len()
                .saturating_mul(rational::cost_of_divisor(words)),
        )?;
        let whole = |value: BigInt| Some(BigRational::from_integer(value));
        Ok(match (function, values) {
            (Function::Abs, [x]) => Some(x.abs()),
            (Function::Floor, [x]) => Some(x.floor()),
            (Function::Ceiling, [x]) => Some(x.ceil()),
            (Function::Sign, [x]) => Some(x.signum()),
            (Function::Min, all) => all.iter().min().cloned(),
            (Function::Max, all) => all.iter().max().cloned(),
            (Function::Modulo, [a, m]) if integers(values) && !m.is_zero() => {
                whole(a.numer().mod_floor(&m.numer().abs()))
            }
            (Function::Gcd, all) if integers(all) => whole(
                all.iter()
                    .fold(BigInt::zero(), |a, b| rational::divisor(&a, b.numer())),
            ),
            (Function::Lcm, all) if integers(all) => {
                whole(all.iter().fold(BigInt::one(), |a, b| a.lcm(b.numer())))
            }
            (Function::Factorial | Function::DoubleFactorial, [x]) => {
                match natural(x).filter(|n| *n <= LARGEST_FACTORIAL) {
                    Some(n) => whole(integers::factorial(
                        n,
                        if function == Function::Factorial {
                            1
                        } else {
                            2
                        },
                        self.budget,
                    )?),
                    None => None,
                }
            }
            (Function::Binomial, [n, k]) => match (natural(n), natural(k)) {
                (Some(n), Some(k)) => whole(integers::binomial(n, k, self.budget)?),
                _ => None,
            },
            _ => None,
        })
    }

    /// `n (n - 1) ... / k!` for a small literal k.
    fn binomial(&mut self, below: &BigRational, forms: &[Form]) -> Result<Form, Unsettled> {
        let Some(below) = natural(below).filter(|below| *below <= DEEPEST_BINOMIAL) else {
            return Ok(self.call(Function::Binomial, forms.to_vec()));
        };
        let above = &forms[0];
        let mut product = Form::integer(1);
        for step in 0..below as i64 {
            let factor = above.clone().add(Form::integer(-step));
            product = self.times(&product, &factor)?;
            product = self.scaled(product, &BigRational::new(1.into(), (step + 1).into()))?;
        }
        Ok(product)
    }

    fn logarithm(
        &mut self,
        function: Function,
        argument: &Form,
        base: Option<&Form>,
    ) -> Result<Form, Unsettled> {
        let natural = self.natural_logarithm(argument)?;
        let base = match (function, base) {
            (_, Some(base)) => base.clone(),
            (Function::Log2, None) => Form::integer(2),
            (Function::Log10, None) => Form::integer(10),
            (Function::Log, None) if self.decimal_log => Form::integer(10),
            _ => return Ok(natural),
        };
        let scale = self.natural_logarithm(&base)?;
        if scale.is_zero() {
            return Err(Unsettled::Undefined);
        }
        let inverse = self.rational_power(&scale, -Exponent::one())?;
        let ratio = self.times(&natural, &inverse)?;
        Ok(self.cancelled(&natural, &scale)?.unwrap_or(ratio))
    }

    /// `natural / scale` when one is a rational multiple of the other: `\log_4 8`.
    fn cancelled(&self, natural: &Form, scale: &Form) -> Result<Option<Form>, Unsettled> {
        let (Some(top), Some(bottom)) = (natural.leading(), scale.leading()) else {
            return Ok(None);
        };
        if natural.terms.len() != scale.terms.len() {
            return Ok(None);
        }
        let ratio = rational::product(top, &bottom.recip());
        let same = self.scaled(scale.clone(), &ratio)? == *natural;
        Ok(same.then(|| Form::rational(ratio)))
    }

    /// `ln`, with the numeric factor taken apart prime by prime and powers of `e` undone.
    fn natural_logarithm(&mut self, argument: &Form) -> Result<Form, Unsettled> {
        let Some((monomial, coefficient)) = argument.as_term().map(|(m, c)| (m.clone(), c.clone()))
        else {
            return if argument.is_zero() {
                Err(Unsettled::Undefined)
            } else {
                Ok(self.call(Function::Ln, vec![argument.clone()]))
            };
        };
        if coefficient.is_negative() {
            return Ok(self.call(Function::Ln, vec![argument.clone()]));
        }
        let mut sum = self.logarithm_of_number(&coefficient)?;
        let mut rest = Vec::new();
        for (id, exponent) in monomial.0 {
            let scale = BigRational::new((*exponent.numer()).into(), (*exponent.denom()).into());
            match self.atoms[id].clone() {
                Atom::Symbol(name) if name == "e" => sum = sum.add(Form::rational(scale)),
                Atom::Prime(prime) => {
                    let part =
                        self.logarithm_of_number(&BigRational::from_integer(prime.into()))?;
                    sum = sum.add(self.scaled(part, &scale)?);
                }
                Atom::Power(base, direction) if *base == self.euler() => {
                    sum = sum.add(self.scaled(*direction, &scale)?)
                }
                _ => rest.push((id, exponent)),
            }
        }
        if !rest.is_empty() {
            let rest = Form::term(Monomial(rest), BigRational::one());
            sum = sum.add(self.call(Function::Ln, vec![rest]));
        }
        Ok(sum)
    }

    fn logarithm_of_number(&mut self, value: &BigRational) -> Result<Form, Unsettled> {
        let mut sum = Form::zero();
        for (part, sign) in [(value.numer(), 1i64), (value.denom(), -1)] {
            if part.is_one() {
                continue;
            }
            let factors = integers::factor(part, self.budget)?;
            let primes = factors
                .primes
                .into_iter()
                .map(|(prime, count)| (BigInt::from(prime), count));
            for (factor, count) in primes.chain(factors.rest) {
                let atom = self.call(
                    Function::Ln,
                    vec![Form::rational(BigRational::from_integer(factor))],
                );
                sum = sum
                    .add(atom.scaled(&BigRational::from_integer((sign * i64::from(count)).into())));
            }
        }
        Ok(sum)
    }

    /// `|x|` with the numeric factor outside and the sign of the rest fixed.
    fn absolute(&mut self, argument: &Form) -> Result<Form, Unsettled> {
        let Some(leading) = argument.leading().cloned() else {
            return Ok(Form::zero());
        };
        let inner = self.scaled(argument.clone(), &leading.recip())?;
        Ok(self.call(Function::Abs, vec![inner]).scaled(&leading.abs()))
    }
}

fn integers(values: &[BigRational]) -> bool {
    values.iter().all(BigRational::is_integer)
}

fn natural(value: &BigRational) -> Option<u64> {
    if value.is_integer() {
        value.numer().to_u64()
    } else {
        None
    }
}
