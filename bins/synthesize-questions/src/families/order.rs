//! Order of operations with three one-digit numbers: `Compute 3+4*5.`, `Compute (3+4)*5.`
//!
//! The misconception is to work strictly from left to right, whatever the brackets and signs say. It happens to be
//! right for two of the four forms.

use super::{ChaCha8Rng, Family, Manner, Problem, RngExt, boxed, slipped};

pub struct Order;

/// The four ways in which three numbers are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `a+b*c`
    SumThenProduct,
    /// `a*b+c`
    ProductThenSum,
    /// `(a+b)*c`
    BracketsFirst,
    /// `a*(b+c)`
    BracketsLast,
}

const FORMS: [Form; 4] = [
    Form::SumThenProduct,
    Form::ProductThenSum,
    Form::BracketsFirst,
    Form::BracketsLast,
];

struct Expression {
    form: Form,
    numbers: [i64; 3],
}

impl Family for Order {
    fn source(&self) -> &'static str {
        "order"
    }

    fn draw(&self, random: &mut ChaCha8Rng) -> Box<dyn Problem> {
        let form = FORMS[random.random_range(0..FORMS.len())];
        let numbers = std::array::from_fn(|_| random.random_range(2..10));
        Box::new(Expression { form, numbers })
    }

    fn parse(&self, question: &str, _answer: &str) -> Option<Box<dyn Problem>> {
        let digits = question.chars().filter_map(|c| c.to_digit(10));
        let numbers: Vec<i64> = digits.map(i64::from).collect();
        let numbers: [i64; 3] = numbers.try_into().ok()?;
        FORMS
            .into_iter()
            .map(|form| Expression { form, numbers })
            .find(|expression| expression.question() == question)
            .map(|expression| Box::new(expression) as Box<dyn Problem>)
    }
}

impl Problem for Expression {
    fn question(&self) -> String {
        let [a, b, c] = self.numbers;
        match self.form {
            Form::SumThenProduct => format!("Compute {a}+{b}*{c}."),
            Form::ProductThenSum => format!("Compute {a}*{b}+{c}."),
            Form::BracketsFirst => format!("Compute ({a}+{b})*{c}."),
            Form::BracketsLast => format!("Compute {a}*({b}+{c})."),
        }
    }

    fn answer(&self) -> String {
        let [a, b, c] = self.numbers;
        let value = match self.form {
            Form::SumThenProduct => a + b * c,
            Form::ProductThenSum => a * b + c,
            Form::BracketsFirst => (a + b) * c,
            Form::BracketsLast => a * (b + c),
        };
        value.to_string()
    }

    fn attempt(&self, manner: Manner, random: &mut ChaCha8Rng) -> String {
        let sum_first = match (manner, self.form) {
            (Manner::Misconception, Form::SumThenProduct | Form::BracketsFirst) => true,
            (Manner::Misconception, Form::ProductThenSum | Form::BracketsLast) => false,
            (_, form) => matches!(form, Form::BracketsFirst | Form::BracketsLast),
        };
        let slip = (manner == Manner::Slip).then(|| random.random_bool(0.5));
        let (first, second) = self.steps(sum_first);
        let mut middle = first.value();
        if slip == Some(true) {
            middle = slipped(middle, random);
        }
        let last = second(middle);
        let mut result = last.value();
        if slip == Some(false) {
            result = slipped(result, random);
        }
        boxed(&format!("{first}={middle}, {last}={result}"), result)
    }
}

impl Expression {
    /// The first operation, and the second given the result of the first.
    fn steps(&self, sum_first: bool) -> (Operation, impl Fn(i64) -> Operation) {
        let [a, b, c] = self.numbers;
        let sum_is_left = matches!(self.form, Form::SumThenProduct | Form::BracketsFirst);
        let (x, y) = if sum_first == sum_is_left {
            (a, b)
        } else {
            (b, c)
        };
        let first = Operation::new(x, if sum_first { '+' } else { '*' }, y);
        let sign = if sum_first { '*' } else { '+' };
        let second = move |middle| {
            if sum_first == sum_is_left {
                Operation::new(middle, sign, c)
            } else {
                Operation::new(a, sign, middle)
            }
        };
        (first, second)
    }
}

/// `left sign right`, as it is written down.
struct Operation {
    left: i64,
    sign: char,
    right: i64,
}

impl Operation {
    fn new(left: i64, sign: char, right: i64) -> Self {
        Self { left, sign, right }
    }

    fn value(&self) -> i64 {
        match self.sign {
            '+' => self.left + self.right,
            _ => self.left * self.right,
        }
    }
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}{}", self.left, self.sign, self.right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyed::stream;

    fn expression(form: Form) -> Expression {
        Expression {
            form,
            numbers: [3, 4, 5],
        }
    }

    #[test]
    fn the_misconception_reads_from_left_to_right() {
        let cases = [
            (
                Form::SumThenProduct,
                "4*5=20, 3+20=23. \\boxed{23}",
                "3+4=7, 7*5=35. \\boxed{35}",
            ),
            (
                Form::ProductThenSum,
                "3*4=12, 12+5=17. \\boxed{17}",
                "3*4=12, 12+5=17. \\boxed{17}",
            ),
            (
                Form::BracketsFirst,
                "3+4=7, 7*5=35. \\boxed{35}",
                "3+4=7, 7*5=35. \\boxed{35}",
            ),
            (
                Form::BracketsLast,
                "4+5=9, 3*9=27. \\boxed{27}",
                "3*4=12, 12+5=17. \\boxed{17}",
            ),
        ];
        for (form, right, wrong) in cases {
            let random = &mut stream(1, "test", 0);
            assert_eq!(expression(form).attempt(Manner::Right, random), right);
            assert_eq!(
                expression(form).attempt(Manner::Misconception, random),
                wrong
            );
        }
    }
}
