//! Number sequences as in puzzle books: `Continue 4, 7, 11.`
//!
//! Five rules: equal steps, steps that grow or shrink evenly, two steps in turn, a constant factor, each term the sum
//! of the two before. Three terms often fit more than one of them, and the question does not say which one is meant;
//! a solver who is told that the answer is wrong can try another rule that fits. About one question in three cannot
//! be answered at first but by luck. Misconceptions: the last step is added again, whatever came before; another rule
//! that fits is taken for the one that is meant.

use super::{ChaCha8Rng, Family, Manner, Problem, RngExt, boxed, slipped};

pub struct Sequences;

/// The largest term, the sought one included, stays below this.
const LIMIT: i64 = 100;

/// Terms shown, and the term that the asker has in mind.
struct Sequence {
    terms: [i64; 3],
    next: i64,
}

impl Family for Sequences {
    fn source(&self) -> &'static str {
        "sequences"
    }

    fn draw(&self, random: &mut ChaCha8Rng) -> Box<dyn Problem> {
        loop {
            let [a, b, c, next] = terms(random);
            let rising = a < b && b < c && c < next;
            if rising && next < LIMIT {
                let terms = [a, b, c];
                return Box::new(Sequence { terms, next });
            }
        }
    }

    fn parse(&self, question: &str, answer: &str) -> Option<Box<dyn Problem>> {
        let list = question.strip_prefix("Continue ")?.strip_suffix('.')?;
        let number = |text: &str| text.parse::<u16>().ok().map(i64::from);
        let terms: Option<Vec<i64>> = list.split(", ").map(number).collect();
        Some(Box::new(Sequence {
            terms: terms?.try_into().ok()?,
            next: number(answer)?,
        }))
    }
}

/// Four terms by one of the five rules.
fn terms(random: &mut ChaCha8Rng) -> [i64; 4] {
    let (start, step) = (random.random_range(1..30), random.random_range(1..10));
    let change = random.random_range(1..4) * if random.random_bool(0.5) { 1 } else { -1 };
    match random.random_range(0..5) {
        0 => by_steps(start, [step; 3]),
        1 => by_steps(start, [step, step + change, step + 2 * change]),
        2 => by_steps(start, [step, step + change, step]),
        3 => {
            let (start, factor) = (random.random_range(1..8), random.random_range(2..4));
            [0, 1, 2, 3].map(|power| start * i64::pow(factor, power))
        }
        _ => {
            let start = random.random_range(1..10);
            by_steps(start, [step, start, start + step])
        }
    }
}

fn by_steps(start: i64, [d, e, f]: [i64; 3]) -> [i64; 4] {
    [start, start + d, start + d + e, start + d + e + f]
}

/// A rule applied: what is written down before the result, and the result.
struct Continuation {
    work: String,
    next: i64,
}

impl Problem for Sequence {
    fn question(&self) -> String {
        let [a, b, c] = self.terms;
        format!("Continue {a}, {b}, {c}.")
    }

    fn answer(&self) -> String {
        self.next.to_string()
    }

    fn attempt(&self, manner: Manner, random: &mut ChaCha8Rng) -> String {
        let Continuation { work, next } = match manner {
            Manner::Misconception => self.mistaken(random),
            Manner::Right | Manner::Slip => self.as_meant(random),
        };
        let next = if manner == Manner::Slip {
            slipped(next, random)
        } else {
            next
        };
        boxed(&format!("{work}={next}"), next)
    }
}

impl Sequence {
    /// One of the rules that fit the three terms and lead to the fourth.
    fn as_meant(&self, random: &mut ChaCha8Rng) -> Continuation {
        let mut meant = self.continuations();
        meant.retain(|rule| rule.next == self.next);
        one_of(meant, random).unwrap_or_else(|| self.last_step_again())
    }

    fn mistaken(&self, random: &mut ChaCha8Rng) -> Continuation {
        let mut others = self.continuations();
        others.retain(|rule| rule.next != self.next && rule.next > self.terms[2]);
        if random.random_bool(0.5) {
            return self.last_step_again();
        }
        one_of(others, random).unwrap_or_else(|| self.last_step_again())
    }

    /// Every rule that fits the three terms.
    fn continuations(&self) -> Vec<Continuation> {
        let [a, b, c] = self.terms;
        let (first, second) = (b - a, c - b);
        let mut rules = vec![self.step(first), self.step(2 * second - first)];
        for factor in 2..4 {
            if b == a * factor && c == b * factor {
                let work = format!("*{factor}, *{factor}, *{factor}: {c}*{factor}");
                let next = c * factor;
                rules.push(Continuation { work, next });
            }
        }
        if c == a + b {
            let work = format!("{a}+{b}={c}: {b}+{c}");
            rules.push(Continuation { work, next: b + c });
        }
        rules
    }

    fn last_step_again(&self) -> Continuation {
        let [_, b, c] = self.terms;
        self.step(c - b)
    }

    fn step(&self, step: i64) -> Continuation {
        let [a, b, c] = self.terms;
        let work = format!("+{}, +{}, +{step}: {c}+{step}", b - a, c - b);
        let next = c + step;
        Continuation { work, next }
    }
}

fn one_of(mut rules: Vec<Continuation>, random: &mut ChaCha8Rng) -> Option<Continuation> {
    (!rules.is_empty()).then(|| rules.swap_remove(random.random_range(0..rules.len())))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use keyed::stream;

    fn next_terms(terms: [i64; 3]) -> Vec<i64> {
        let rules = Sequence { terms, next: 0 }.continuations();
        rules.iter().map(|rule| rule.next).collect()
    }

    #[test]
    fn three_terms_may_fit_several_rules() {
        assert_eq!(next_terms([3, 6, 12]), [15, 21, 24]);
        assert_eq!(next_terms([2, 5, 7]), [10, 8, 12]);
        assert_eq!(next_terms([4, 7, 10]), [13, 13]);
    }

    #[test]
    fn what_is_meant_is_followed_and_misconceptions_are_the_two_that_are_named() {
        let sequence = Sequence {
            terms: [3, 6, 12],
            next: 24,
        };
        let random = &mut stream(1, "test", 0);
        let right = sequence.attempt(Manner::Right, random);
        assert_eq!(right, "*2, *2, *2: 12*2=24. \\boxed{24}");
        let wrong: BTreeSet<String> = (0..50)
            .map(|_| sequence.attempt(Manner::Misconception, random))
            .collect();
        let expected = [
            "+3, +6, +3: 12+3=15. \\boxed{15}",
            "+3, +6, +6: 12+6=18. \\boxed{18}",
            "+3, +6, +9: 12+9=21. \\boxed{21}",
        ];
        assert_eq!(wrong, expected.map(str::to_owned).into());
    }
}
