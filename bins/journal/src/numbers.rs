//! What a step's records say in a few numbers: rewards, accuracy, lengths, distance from the
//! reference policy.
//!
//! Knows nothing about runs; reads files of rows.

use std::path::Path;

use advantages::KlEstimator;
use anyhow::Result;
use records::{FieldError, Row, Verdict};
use serde_json::{Map, Value};

use crate::attempt_numbers::Attempts;
use crate::metrics::Line;

/// Sums over graded dialogues.
#[derive(Debug, Default)]
struct Dialogues {
    count: u64,
    reward: f64,
    correct: u64,
    correct_at_first: u64,
    attempts_used: i64,
    attempts_allowed: i64,
    policy_tokens: u64,
    cut_short: u64,
    attempts: Attempts,
}

/// Means over the dialogues of a graded file.
pub fn of_dialogues(path: &Path) -> Result<Line> {
    let mut sums = Dialogues::default();
    for row in tables::open(path, None)? {
        sums.add(&row?)?;
    }
    anyhow::ensure!(sums.count > 0, "{}: no rows", path.display());
    Ok(sums.means())
}

impl Dialogues {
    fn add(&mut self, row: &Row) -> Result<(), FieldError> {
        let reward = row.float32("reward")?;
        if !reward.is_finite() {
            return Err(row.fail("reward", "expected a finite number"));
        }
        let attempts = row.attempts("attempts")?;
        let first = attempts.first().map(|attempt| attempt.verdict);
        let mask = row.bools("loss_mask")?;
        self.count += 1;
        self.reward += f64::from(reward);
        self.correct += u64::from(row.bool("correct")?);
        self.correct_at_first += u64::from(first == Some(Verdict::Correct));
        self.attempts_used += i64::from(row.int32("attempts_used")?);
        let allowed = row.int32("attempts_allowed")?;
        self.attempts_allowed += i64::from(allowed);
        self.attempts
            .add(row.text("question_id")?, allowed, attempts);
        self.policy_tokens += mask.iter().filter(|trained| **trained).count() as u64;
        self.cut_short += u64::from(row.text("stop_reason")? == "length");
        Ok(())
    }

    fn means(&self) -> Line {
        let count = self.count as f64;
        let mut line = Map::new();
        line.insert("dialogues".into(), self.count.into());
        for (name, sum) in [
            ("reward", self.reward),
            ("accuracy", self.correct as f64),
            ("accuracy_at_first_attempt", self.correct_at_first as f64),
            ("attempts_used", self.attempts_used as f64),
            ("attempts_allowed", self.attempts_allowed as f64),
            ("response_tokens", self.policy_tokens as f64),
            ("truncated", self.cut_short as f64),
        ] {
            line.insert(name.into(), rounded(sum / count));
        }
        self.attempts.estimates(&mut line);
        line
    }
}

/// Sums over policy tokens.
#[derive(Debug, Default)]
struct Tokens {
    count: u64,
    kl: f64,
    kl_k1: f64,
}

/// Means over the policy tokens of a scored file: the k3 and k1 estimates of the KL divergence to
/// the reference; nothing where the rows were scored without one.
pub fn of_tokens(path: &Path) -> Result<Line> {
    let mut sums = Tokens::default();
    for row in tables::open(path, None)? {
        let row = row?;
        if row.has("reference_logprobs") {
            sums.add(&row)?;
        }
    }
    let mut line = Map::new();
    if sums.count > 0 {
        let mean = |sum: f64| rounded(sum / sums.count as f64);
        line.insert("kl".into(), mean(sums.kl));
        line.insert("kl_k1".into(), mean(sums.kl_k1));
    }
    Ok(line)
}

impl Tokens {
    fn add(&mut self, row: &Row) -> Result<(), FieldError> {
        row.same_length(&["loss_mask", "policy_logprobs", "reference_logprobs"])?;
        let mask = row.bools("loss_mask")?;
        let policy = row.float32s("policy_logprobs")?;
        let reference = row.float32s("reference_logprobs")?;
        for at in (0..mask.len()).filter(|at| mask[*at]) {
            let log_ratio = f64::from(policy[at]) - f64::from(reference[at]);
            self.count += 1;
            self.kl += KlEstimator::K3.of(log_ratio);
            self.kl_k1 += KlEstimator::K1.of(log_ratio);
        }
        Ok(())
    }
}

/// Six significant digits: more would only make the file hard to read.
pub fn rounded(value: f64) -> Value {
    let text = format!("{value:.5e}");
    text.parse::<f64>().map_or(Value::Null, Value::from)
}
