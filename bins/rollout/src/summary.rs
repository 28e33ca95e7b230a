//! What a run came to, in numbers. Knows nothing about how it was done.

use std::time::Duration;

use generation::Finished;
use records::StopReason;

/// Counts over the dialogues written.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    pub dialogues: u64,
    pub solved: u64,
    pub truncated: u64,
    pub attempts: u64,
    pub sampled: u64,
}

impl Summary {
    pub fn count(&mut self, finished: &Finished) {
        self.dialogues += 1;
        self.solved += u64::from(finished.stop_reason == StopReason::Solved);
        self.truncated += u64::from(finished.stop_reason == StopReason::Length);
        self.attempts += finished.attempts.len() as u64;
        self.sampled += finished.sampled() as u64;
    }

    /// One line for a person.
    pub fn line(&self, elapsed: Duration) -> String {
        let seconds = elapsed.as_secs_f64().max(1e-9);
        let share = |count: u64| count as f64 / self.dialogues.max(1) as f64;
        format!(
            "{} dialogues in {seconds:.1} s: {} tokens sampled, {:.0} tokens/s, {:.1} % solved, {:.2} attempts each, {:.1} % ended by length",
            self.dialogues,
            self.sampled,
            self.sampled as f64 / seconds,
            100.0 * share(self.solved),
            share(self.attempts),
            100.0 * share(self.truncated),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_without_dialogues_divides_by_nothing() {
        let line = Summary::default().line(Duration::ZERO);
        assert!(
            line.starts_with("0 dialogues") && !line.contains("NaN"),
            "{line}"
        );
    }
}
