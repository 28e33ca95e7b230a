//! Families of questions in plain words, of graded difficulty: arithmetic with one and two digits, one-step stories,
//! sequences. Made for a small pretrained model, which reads any wording but is seldom right.
//!
//! A family knows nothing about files, attempts or rewards. Work is one short line, so that a dialogue costs few tokens.

mod arithmetic;
mod sequences;
mod stories;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// One question with the line of work that answers it.
pub struct Task {
    /// What is asked, whatever the words: tasks are divided between training and tests by it.
    pub content: String,
    pub question: String,
    pub answer: i64,
    /// The line up to its last result.
    work: String,
    /// How far off a slip leads.
    slips: &'static [i64],
}

impl Task {
    /// The work with its last result, right or not, in a box.
    pub fn attempt(&self, result: i64) -> String {
        format!("{} {result}. \\boxed{{{result}}}", self.work)
    }

    /// A wrong result, as a slip of arithmetic gives it; never negative.
    pub fn slip(&self, random: &mut ChaCha8Rng) -> i64 {
        let distance = one_of(self.slips, random);
        if random.random_bool(0.5) && self.answer >= distance {
            self.answer - distance
        } else {
            self.answer + distance
        }
    }
}

/// A kind of question.
pub struct Family {
    /// The name in the field `source`.
    pub source: &'static str,
    pub draw: fn(&mut ChaCha8Rng) -> Task,
}

/// All families, the easier ones first.
pub const FAMILIES: [Family; 6] = [
    Family {
        source: "one-digit-sums",
        draw: arithmetic::small_sum,
    },
    Family {
        source: "one-digit-products",
        draw: arithmetic::product,
    },
    Family {
        source: "next-terms",
        draw: sequences::next_term,
    },
    Family {
        source: "stories",
        draw: stories::story,
    },
    Family {
        source: "two-digit-sums",
        draw: arithmetic::large_sum,
    },
    Family {
        source: "two-digit-differences",
        draw: arithmetic::difference,
    },
];

fn one_of<T: Copy>(items: &[T], random: &mut ChaCha8Rng) -> T {
    items[random.random_range(0..items.len())]
}

/// A wording with `{a}`, `{b}` and the like filled in.
fn filled(wording: &str, facts: &[(&str, &str)]) -> String {
    facts
        .iter()
        .fold(wording.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
}

/// A wording about two numbers.
fn about(wordings: &[&str], a: i64, b: i64, random: &mut ChaCha8Rng) -> String {
    let (a, b) = (a.to_string(), b.to_string());
    filled(one_of(wordings, random), &[("a", &a), ("b", &b)])
}
