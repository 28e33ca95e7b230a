//! Question families: what is asked, the right answer, and the ways in which a solver gets there or goes astray.
//!
//! A family knows nothing about files, attempts or rewards. Every worked attempt is one line of reasoning that ends
//! in `\boxed{}`; a wrong one is wrong for a reason that is met in class rooms, and is then worked through faithfully.

mod equations;
mod order;
mod sequences;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// How an attempt is worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// The right method, carried out correctly.
    Right,
    /// A wrong method, carried out correctly.
    Misconception,
    /// The right method with one slip of arithmetic.
    Slip,
}

/// One question with its parameters.
pub trait Problem {
    fn question(&self) -> String;
    fn answer(&self) -> String;
    /// One line of reasoning that ends in a boxed answer.
    fn attempt(&self, manner: Manner, random: &mut ChaCha8Rng) -> String;
}

/// A kind of question.
pub trait Family {
    /// The name in the field `source`.
    fn source(&self) -> &'static str;
    fn draw(&self, random: &mut ChaCha8Rng) -> Box<dyn Problem>;
    /// Reads a question of this family back; none where it is of another.
    fn parse(&self, question: &str, answer: &str) -> Option<Box<dyn Problem>>;
}

/// All families, in the order in which questions are written.
pub fn all() -> [&'static dyn Family; 3] {
    [&order::Order, &equations::Equations, &sequences::Sequences]
}

/// A line of work closed by its answer.
fn boxed(work: &str, answer: impl std::fmt::Display) -> String {
    format!("{work}. \\boxed{{{answer}}}")
}

/// A near miss of `value`: off by one mostly, by two or ten now and then.
fn slipped(value: i64, random: &mut ChaCha8Rng) -> i64 {
    let distance = [1, 1, 1, 2, 10][random.random_range(0..5)];
    if random.random_bool(0.5) {
        value + distance
    } else {
        value - distance
    }
}

/// `numerator / denominator` in lowest terms, a whole number where it is one.
fn quotient(numerator: i64, denominator: i64) -> String {
    let divisor = greatest_common_divisor(numerator.abs(), denominator.abs()).max(1);
    match (numerator / divisor, denominator / divisor) {
        (whole, 1) => whole.to_string(),
        (above, below) => format!("{above}/{below}"),
    }
}

fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}
