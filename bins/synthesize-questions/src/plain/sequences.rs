//! The next term of a sequence with equal steps, up or down.

use super::{ChaCha8Rng, RngExt, Task, filled, one_of};

const WORDINGS: [&str; 5] = [
    "What comes next: {terms}?",
    "What is the next number in {terms}?",
    "Continue the sequence {terms} by one number.",
    "A sequence begins {terms}. What is the next number?",
    "Which number follows {terms}?",
];

pub fn next_term(random: &mut ChaCha8Rng) -> Task {
    let size: i64 = random.random_range(2..10);
    let up = random.random_bool(0.5);
    // The last term shown; a falling sequence stays positive.
    let last = random.random_range(1..20) + if up { 3 * size } else { size };
    let step = if up { size } else { -size };
    let terms: Vec<String> = (0..4)
        .map(|n| (last - (3 - n) * step).to_string())
        .collect();
    let (verb, sign) = if up {
        ("adds", '+')
    } else {
        ("takes away", '-')
    };
    let terms = terms.join(", ");
    Task {
        content: terms.clone(),
        question: filled(one_of(&WORDINGS, random), &[("terms", &terms)]),
        answer: last + step,
        work: format!("Each step {verb} {size}: {last} {sign} {size} ="),
        slips: &[1, 1, 2],
    }
}
