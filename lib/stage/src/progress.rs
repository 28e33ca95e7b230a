//! How far a stage has come: a bar on a terminal, a plain line now and then elsewhere.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// Between two plain lines: a log of an hour stays readable.
const INTERVAL: Duration = Duration::from_secs(10);

/// A count that moves. Shared freely between threads.
pub struct Progress(Shown);

enum Shown {
    Nothing,
    Bar(ProgressBar),
    Lines(Mutex<Lines>),
}

struct Lines {
    what: String,
    done: u64,
    total: Option<u64>,
    message: String,
    started: Instant,
    printed: Instant,
}

impl Progress {
    pub(crate) fn nothing() -> Self {
        Self(Shown::Nothing)
    }

    pub(crate) fn bar(bars: &MultiProgress, total: Option<u64>, what: &str) -> Self {
        let (bar, template) = match total {
            Some(total) => (
                ProgressBar::new(total),
                "{prefix} {wide_bar} {human_pos}/{human_len} {msg} [{elapsed} < {eta}]",
            ),
            None => (
                ProgressBar::no_length(),
                "{prefix} {spinner} {human_pos} {msg} [{elapsed}]",
            ),
        };
        let bar = bars.add(bar);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(Shown::Bar(bar))
    }

    pub(crate) fn lines(total: Option<u64>, what: &str) -> Self {
        let now = Instant::now();
        Self(Shown::Lines(Mutex::new(Lines {
            what: what.to_owned(),
            done: 0,
            total,
            message: String::new(),
            started: now,
            printed: now,
        })))
    }

    /// Counts `count` more.
    pub fn inc(&self, count: u64) {
        match &self.0 {
            Shown::Nothing => {}
            Shown::Bar(bar) => bar.inc(count),
            Shown::Lines(lines) => {
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                lines.done += count;
                lines.print_now_and_then();
            }
        }
    }

    /// What else to say beside the count.
    pub fn message(&self, text: impl Into<String>) {
        match &self.0 {
            Shown::Nothing => {}
            Shown::Bar(bar) => bar.set_message(text.into()),
            Shown::Lines(lines) => {
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                lines.message = text.into();
                lines.print_now_and_then();
            }
        }
    }

    /// The work is done: the bar goes away, a count that had been printed is printed for the last time.
    pub fn finish(&self) {
        match &self.0 {
            Shown::Nothing => {}
            Shown::Bar(bar) => bar.finish_and_clear(),
            Shown::Lines(lines) => {
                let lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                if lines.printed != lines.started {
                    lines.print();
                }
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Shown::Bar(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

impl Lines {
    fn print_now_and_then(&mut self) {
        if self.printed.elapsed() >= INTERVAL {
            self.printed = Instant::now();
            self.print();
        }
    }

    /// Progress is not worth failing for, so a closed standard error is ignored.
    fn print(&self) {
        let _ = writeln!(io::stderr(), "{}", self.text(self.started.elapsed()));
    }

    fn text(&self, elapsed: Duration) -> String {
        let seconds = elapsed.as_secs_f64();
        let rate = self.done as f64 / seconds.max(1e-9);
        let mut text = match self.total {
            Some(total) => format!("{}: {}/{total}", self.what, self.done),
            None => format!("{}: {}", self.what, self.done),
        };
        text.push_str(&format!(" in {seconds:.0} s, {rate:.1}/s"));
        if let Some(total) = self.total.filter(|_| self.done > 0) {
            let left = total.saturating_sub(self.done) as f64 / rate;
            text.push_str(&format!(", {left:.0} s left"));
        }
        if !self.message.is_empty() {
            text.push_str(", ");
            text.push_str(&self.message);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_line_says_count_rate_and_time_left() {
        let now = Instant::now();
        let lines = Lines {
            what: "dialogues".into(),
            done: 25,
            total: Some(100),
            message: "reward 0.5".into(),
            started: now,
            printed: now,
        };
        assert_eq!(
            lines.text(Duration::from_secs(50)),
            "dialogues: 25/100 in 50 s, 0.5/s, 150 s left, reward 0.5"
        );
    }
}
