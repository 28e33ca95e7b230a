//! Linear equations in one unknown with a whole solution: `Solve 3x+5=26.`
//!
//! Misconceptions: the constant is always subtracted, whatever its sign (the usual one; right where the sign is plus);
//! the coefficient is subtracted where it should divide.

use super::{ChaCha8Rng, Family, Manner, Problem, RngExt, boxed, quotient, slipped};

pub struct Equations;

/// Share of the first misconception.
const ALWAYS_SUBTRACTED: f64 = 0.85;

/// `coefficient * x sign constant = value`
struct Equation {
    coefficient: i64,
    sign: char,
    constant: i64,
    value: i64,
}

impl Family for Equations {
    fn source(&self) -> &'static str {
        "equations"
    }

    fn draw(&self, random: &mut ChaCha8Rng) -> Box<dyn Problem> {
        loop {
            let (coefficient, solution) = (random.random_range(2..10), random.random_range(2..10));
            let constant = random.random_range(1..13);
            let sign = if random.random_bool(0.5) { '+' } else { '-' };
            let value = apply(coefficient * solution, sign, constant);
            if value > 0 {
                return Box::new(Equation {
                    coefficient,
                    sign,
                    constant,
                    value,
                });
            }
        }
    }

    fn parse(&self, question: &str, _answer: &str) -> Option<Box<dyn Problem>> {
        let number = |text: &str| text.parse::<u16>().ok().map(i64::from);
        let (left, value) = question
            .strip_prefix("Solve ")?
            .strip_suffix('.')?
            .split_once('=')?;
        let (coefficient, rest) = left.split_once('x')?;
        let sign = rest
            .chars()
            .next()
            .filter(|sign| ['+', '-'].contains(sign))?;
        Some(Box::new(Equation {
            coefficient: number(coefficient).filter(|number| *number != 0)?,
            sign,
            constant: number(&rest[1..])?,
            value: number(value)?,
        }))
    }
}

impl Problem for Equation {
    fn question(&self) -> String {
        let Self {
            coefficient,
            sign,
            constant,
            value,
        } = self;
        format!("Solve {coefficient}x{sign}{constant}={value}.")
    }

    fn answer(&self) -> String {
        quotient(
            apply(self.value, opposite(self.sign), self.constant),
            self.coefficient,
        )
    }

    fn attempt(&self, manner: Manner, random: &mut ChaCha8Rng) -> String {
        match manner {
            Manner::Right => self.worked(opposite(self.sign), 0, 0),
            Manner::Misconception if random.random_bool(ALWAYS_SUBTRACTED) => {
                self.worked('-', 0, 0)
            }
            Manner::Misconception => self.coefficient_subtracted(),
            Manner::Slip => self.slip(random),
        }
    }
}

impl Equation {
    /// Constant to the other side with `sign`, then division; `product_error` and `solution_error` are added to the
    /// two results.
    fn worked(&self, sign: char, product_error: i64, solution_error: i64) -> String {
        let Self {
            coefficient,
            constant,
            value,
            ..
        } = self;
        let product = apply(*value, sign, *constant) + product_error;
        let solution = quotient(product + solution_error * coefficient, *coefficient);
        let work = format!(
            "{coefficient}x={value}{sign}{constant}={product}, x={product}/{coefficient}={solution}"
        );
        boxed(&work, solution)
    }

    fn coefficient_subtracted(&self) -> String {
        let Self {
            coefficient,
            constant,
            value,
            ..
        } = self;
        let sign = opposite(self.sign);
        let product = apply(*value, sign, *constant);
        let solution = product - coefficient;
        let work = format!(
            "{coefficient}x={value}{sign}{constant}={product}, x={product}-{coefficient}={solution}"
        );
        boxed(&work, solution)
    }

    fn slip(&self, random: &mut ChaCha8Rng) -> String {
        let sign = opposite(self.sign);
        if random.random_bool(0.5) {
            return self.worked(sign, slipped(0, random), 0);
        }
        self.worked(sign, 0, if random.random_bool(0.5) { 1 } else { -1 })
    }
}

fn opposite(sign: char) -> char {
    if sign == '+' { '-' } else { '+' }
}

fn apply(left: i64, sign: char, right: i64) -> i64 {
    if sign == '+' {
        left + right
    } else {
        left - right
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use keyed::stream;

    #[test]
    fn misconceptions_are_the_two_that_are_named() {
        let equation = Equations.parse("Solve 3x-5=16.", "7").unwrap();
        let random = &mut stream(1, "test", 0);
        assert_eq!(equation.answer(), "7");
        assert_eq!(
            equation.attempt(Manner::Right, random),
            "3x=16+5=21, x=21/3=7. \\boxed{7}"
        );
        let wrong: BTreeSet<String> = (0..50)
            .map(|_| equation.attempt(Manner::Misconception, random))
            .collect();
        let expected = [
            "3x=16-5=11, x=11/3=11/3. \\boxed{11/3}",
            "3x=16+5=21, x=21-3=18. \\boxed{18}",
        ];
        assert_eq!(wrong, expected.map(str::to_owned).into());
    }
}
