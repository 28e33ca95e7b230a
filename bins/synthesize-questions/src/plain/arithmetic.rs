//! Two numbers and one operation: 7 + 5, 47 + 36, 83 - 47, 7 times 8.

use super::{ChaCha8Rng, RngExt, Task, about};

const SUMS: [&str; 6] = [
    "What is {a} + {b}?",
    "What is the sum of {a} and {b}?",
    "Add {a} and {b}.",
    "How much is {a} plus {b}?",
    "What do you get when you add {b} to {a}?",
    "Please work out {a} + {b}.",
];

const DIFFERENCES: [&str; 6] = [
    "What is {a} - {b}?",
    "Subtract {b} from {a}.",
    "How much is {a} minus {b}?",
    "What is left when you take {b} away from {a}?",
    "What do you get when you subtract {b} from {a}?",
    "Please work out {a} - {b}.",
];

const PRODUCTS: [&str; 6] = [
    "What is {a} times {b}?",
    "What is the product of {a} and {b}?",
    "Multiply {a} by {b}.",
    "How much is {a} times {b}?",
    "What do you get when you multiply {a} by {b}?",
    "Please work out {a} times {b}.",
];

pub fn small_sum(random: &mut ChaCha8Rng) -> Task {
    let [a, b] = std::array::from_fn(|_| random.random_range(1..10));
    Task {
        content: format!("{} + {}", a.min(b), a.max(b)),
        question: about(&SUMS, a, b, random),
        answer: a + b,
        work: format!("{a} + {b} ="),
        slips: &[1, 1, 2],
    }
}

/// Tens and ones apart: 47 + 36 = 70 + 13 = 83.
pub fn large_sum(random: &mut ChaCha8Rng) -> Task {
    let [a, b] = std::array::from_fn(|_| random.random_range(10..100));
    let ones = a % 10 + b % 10;
    Task {
        content: format!("{} + {}", a.min(b), a.max(b)),
        question: about(&SUMS, a, b, random),
        answer: a + b,
        work: format!("{a} + {b} = {} + {ones} =", a + b - ones),
        slips: &[10, 10, 1],
    }
}

/// Tens first: 83 - 47 = 43 - 7 = 36.
pub fn difference(random: &mut ChaCha8Rng) -> Task {
    let b = random.random_range(10..99);
    let a = random.random_range(b + 1..100);
    let ones = b % 10;
    Task {
        content: format!("{a} - {b}"),
        question: about(&DIFFERENCES, a, b, random),
        answer: a - b,
        work: format!("{a} - {b} = {} - {ones} =", a - b + ones),
        slips: &[10, 1, 2],
    }
}

pub fn product(random: &mut ChaCha8Rng) -> Task {
    let [a, b] = std::array::from_fn(|_| random.random_range(2..10));
    Task {
        content: format!("{} times {}", a.min(b), a.max(b)),
        question: about(&PRODUCTS, a, b, random),
        answer: a * b,
        work: format!("{a} times {b} ="),
        slips: &[1, 2, 6, 10],
    }
}
