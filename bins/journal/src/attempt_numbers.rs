//! What became of the attempts of a step, as shares with 95 % intervals: `NAME`, `NAME_low`, `NAME_high`, and `NAME_of`,
//! the number that it is a share of. Knows nothing about files.

use indexmap::IndexMap;
use measures::{Cluster, Dialogue, Estimate, SHARES, pass_at};
use records::Attempt;

use crate::metrics::Line;
use crate::numbers::rounded;

/// Dialogues by question, whose samples are not independent.
#[derive(Debug, Default)]
pub struct Attempts {
    questions: IndexMap<String, Vec<Counted>>,
}

#[derive(Debug)]
struct Counted {
    allowed: usize,
    counts: Dialogue,
}

impl Attempts {
    pub fn add(&mut self, question_id: &str, allowed: i32, attempts: &[Attempt]) {
        let counted = Counted {
            allowed: usize::try_from(allowed).unwrap_or(0),
            counts: Dialogue::of(attempts),
        };
        let question = self.questions.entry(question_id.to_owned()).or_default();
        question.push(counted);
    }

    /// Accuracy at attempt k, pass@k of first attempts where every question has several samples, and all shares.
    pub fn estimates(&self, line: &mut Line) {
        let dialogues = || self.questions.values().flatten();
        let most = dialogues()
            .map(|dialogue| dialogue.allowed)
            .max()
            .unwrap_or(0);
        for k in 1..=most {
            // Only dialogues that were allowed k attempts can say what k are worth.
            let within = |dialogue: &Counted| {
                let solved = usize::from(dialogue.counts.solved_within(k));
                if dialogue.allowed >= k {
                    (solved, 1)
                } else {
                    (0, 0)
                }
            };
            self.share(line, &format!("solved_within_{k}"), within);
        }
        self.passes(line);
        for share in SHARES {
            self.share(line, share.name, |dialogue| {
                let count = (share.of)(&dialogue.counts);
                (count.hits, count.trials)
            });
        }
    }

    /// First attempts are independent samples of a question.
    fn passes(&self, line: &mut Line) {
        let samples = self.questions.values().map(Vec::len).min().unwrap_or(0);
        let of_question = |k: usize, dialogues: &Vec<Counted>| {
            let right = dialogues
                .iter()
                .filter(|dialogue| dialogue.counts.solved_within(1));
            Cluster {
                weight: 1.0,
                sum: pass_at(k as u64, dialogues.len() as u64, right.count() as u64),
            }
        };
        for k in (2..=samples).filter(|k| *k <= 8 || k.is_power_of_two()) {
            let clusters = self.questions.values().map(|all| of_question(k, all));
            let clusters: Vec<Cluster> = clusters.collect();
            let trials: usize = self.questions.values().map(Vec::len).sum();
            if let Some(estimate) = measures::share(&clusters, trials as f64) {
                insert(line, &format!("pass_at_{k}"), estimate, clusters.len());
            }
        }
    }

    fn share(&self, line: &mut Line, name: &str, count: impl Fn(&Counted) -> (usize, usize)) {
        let mut clusters = Vec::new();
        let mut trials = 0;
        for dialogues in self.questions.values() {
            let counts = dialogues.iter().map(&count);
            let (hit, tried) = counts.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            if tried > 0 {
                clusters.push(Cluster {
                    weight: tried as f64,
                    sum: hit as f64,
                });
            }
            trials += tried;
        }
        if let Some(estimate) = measures::share(&clusters, trials as f64) {
            insert(line, name, estimate, trials);
        }
    }
}

fn insert(line: &mut Line, name: &str, estimate: Estimate, of: usize) {
    line.insert(name.to_owned(), rounded(estimate.value));
    line.insert(format!("{name}_low"), rounded(estimate.low));
    line.insert(format!("{name}_high"), rounded(estimate.high));
    line.insert(format!("{name}_of"), of.into());
}

#[cfg(test)]
mod tests {
    use records::{AttemptStop, Verdict};

    use super::*;

    fn attempt(answer: &str, verdict: Verdict) -> Attempt {
        Attempt {
            start: 0,
            end: 1,
            text: String::new(),
            answer: Some(answer.to_owned()),
            verdict,
            stop: AttemptStop::Eos,
            reward: None,
        }
    }

    #[test]
    fn attempts_are_counted_among_those_that_were_allowed_them() {
        let (right, wrong) = (Verdict::Correct, Verdict::Wrong);
        let mut attempts = Attempts::default();
        attempts.add("a", 1, &[attempt("1", wrong)]);
        attempts.add("a", 2, &[attempt("1", wrong), attempt("2", right)]);
        attempts.add(
            "b",
            3,
            &[
                attempt("3", wrong),
                attempt("3.0", wrong),
                attempt("4", wrong),
            ],
        );
        attempts.add("b", 3, &[attempt("5", right)]);
        let mut line = Line::new();
        attempts.estimates(&mut line);
        let number = |name: &str| line[name].as_f64().unwrap_or(f64::NAN);
        assert_eq!(
            (number("solved_within_1"), number("solved_within_1_of")),
            (0.25, 4.0)
        );
        assert!((number("solved_within_2") - 2.0 / 3.0).abs() < 1e-5);
        assert_eq!(
            (number("solved_within_3"), number("solved_within_3_of")),
            (0.5, 2.0)
        );
        assert_eq!(
            (
                number("second_attempt_differs"),
                number("second_attempt_differs_of")
            ),
            (0.5, 2.0)
        );
        assert_eq!(number("second_attempt_right"), 0.5);
        assert_eq!(number("pass_at_2"), 0.5);
        assert!(number("pass_at_2_low") < 0.5 && number("pass_at_2_high") > 0.5);
        assert!(
            !line.contains_key("right_given_up"),
            "nothing went on after a right attempt"
        );
    }
}
