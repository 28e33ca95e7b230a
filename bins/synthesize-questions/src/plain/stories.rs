//! Stories of one step: more, fewer, several times as many.

use super::{ChaCha8Rng, RngExt, Task, filled, one_of};

#[derive(Clone, Copy)]
enum Step {
    More,
    Fewer,
    Times,
}

const MORE: [&str; 4] = [
    "{name} has {a} {things} and buys {b} more. How many {things} does {name} have now?",
    "There are {a} {things} in one box and {b} in another. How many {things} are there in all?",
    "{name} found {a} {things} in the morning and {b} in the afternoon. How many {things} is that together?",
    "A shelf holds {a} {things}. {name} puts {b} more on it. How many {things} does it hold now?",
];

const FEWER: [&str; 4] = [
    "{name} has {a} {things} and gives {b} to a friend. How many {things} are left?",
    "A shop had {a} {things} and sold {b} of them. How many {things} does it still have?",
    "{name} counted {a} {things}, but {b} of them were broken. How many {things} were whole?",
    "Of {a} {things} on the table, {name} takes {b}. How many {things} stay there?",
];

const TIMES: [&str; 4] = [
    "{name} fills {a} bags with {b} {things} each. How many {things} is that?",
    "A box holds {b} {things}. How many {things} are in {a} boxes?",
    "{name} packs {b} {things} a day. How many {things} is that in {a} days?",
    "There are {a} tables with {b} {things} on each. How many {things} are there?",
];

const NAMES: [&str; 8] = [
    "Anna", "Ben", "Clara", "David", "Emma", "Felix", "Grace", "Henry",
];

const THINGS: [&str; 8] = [
    "apples", "books", "pens", "cups", "stamps", "shells", "candles", "plates",
];

pub fn story(random: &mut ChaCha8Rng) -> Task {
    let step = one_of(&[Step::More, Step::Fewer, Step::Times], random);
    let (wordings, sign, a, b, answer) = match step {
        Step::More => {
            let (a, b) = (random.random_range(3..40), random.random_range(2..20));
            (&MORE, "+", a, b, a + b)
        }
        Step::Fewer => {
            let b = random.random_range(2..20);
            let a = random.random_range(b + 2..50);
            (&FEWER, "-", a, b, a - b)
        }
        Step::Times => {
            let (a, b) = (random.random_range(2..8), random.random_range(2..13));
            (&TIMES, "times", a, b, a * b)
        }
    };
    // 3 bags of 5 are the same task as 5 bags of 3; what is taken away is the smaller number.
    let content = format!("{} {sign} {} of a story", a.max(b), a.min(b));
    let (first, second) = (a.to_string(), b.to_string());
    let facts = [
        ("name", one_of(&NAMES, random)),
        ("things", one_of(&THINGS, random)),
        ("a", first.as_str()),
        ("b", second.as_str()),
    ];
    Task {
        content,
        question: filled(one_of(wordings, random), &facts),
        answer,
        work: format!("{a} {sign} {b} ="),
        slips: &[1, 2, 10],
    }
}
