//! `journal status`: where a run stands, in one line on standard error.
//!
//! Every call is a process of its own: on a terminal it rewrites the line that the call before it
//! left unfinished, and `journal finish` ends it; elsewhere each call prints a line. Knows nothing
//! about how the numbers came to be.

use std::io::{IsTerminal, Write, stderr};
use std::time::Duration;

use anyhow::Result;

use crate::clock::clock;
use crate::folder::RunFolder;
use crate::metrics::{Line, Metrics, number, step_of};
use crate::schedule::Schedule;

const BAR_CELLS: usize = 20;

/// What the line shows.
pub struct Standing {
    name: String,
    steps: u64,
    done: u64,
    newest: Option<Line>,
    elapsed: Duration,
    left: Duration,
}

impl Standing {
    pub fn of(run: &RunFolder) -> Result<Standing> {
        let schedule = Schedule::load(run)?;
        let metrics = Metrics::load(&run.metrics())?;
        let evaluations = Metrics::load(&run.evaluations())?;
        let name = run
            .root()
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let done = metrics.last().and_then(step_of).unwrap_or(0);
        let spent = seconds(metrics.lines()) + seconds(evaluations.lines());
        Ok(Standing {
            name,
            steps: schedule.steps,
            done,
            newest: metrics.last().cloned(),
            elapsed: Duration::from_secs_f64(spent),
            left: left(&schedule, done, &metrics, &evaluations),
        })
    }

    /// Rewrites the terminal's line, or prints one.
    pub fn show(&self, now: Option<&str>) {
        let mut text = self.text();
        if let Some(stage) = now {
            text.push_str(&format!("  [{stage}]"));
        }
        let mut out = stderr().lock();
        // A terminal that is gone is no reason to stop a run.
        let _ = if out.is_terminal() {
            let text: String = text.chars().take(columns().saturating_sub(1)).collect();
            write!(out, "\r\x1b[2K{text}").and_then(|()| out.flush())
        } else {
            writeln!(out, "{text}")
        };
    }

    fn text(&self) -> String {
        let mut parts = vec![format!(
            "{} {} {}/{}",
            self.name,
            self.bar(),
            self.done,
            self.steps
        )];
        if let Some(line) = &self.newest {
            parts.extend(figures(line));
        }
        if self.done > 0 {
            parts.push(format!(
                "{} elapsed, {} left",
                clock(self.elapsed),
                clock(self.left)
            ));
        }
        parts.join("  ")
    }

    fn bar(&self) -> String {
        let share = self.done as f64 / self.steps.max(1) as f64;
        let full = ((share * BAR_CELLS as f64) as usize).min(BAR_CELLS);
        format!("{}{}", "━".repeat(full), "┄".repeat(BAR_CELLS - full))
    }
}

/// On a terminal, the line with the stage that is about to run.
pub fn show_stage(run: &RunFolder, stage: &str, context: &stage::Context) {
    if context.is_quiet() || !stderr().is_terminal() {
        return;
    }
    // Only decoration: a run without a length has no line.
    if let Ok(standing) = Standing::of(run) {
        standing.show(Some(stage));
    }
}

/// Ends a terminal's line, so that what follows starts on a new one.
pub fn finish() {
    if stderr().is_terminal() {
        eprintln!();
    }
}

fn figures(line: &Line) -> Vec<String> {
    let shown = |key: &str, show: &dyn Fn(f64) -> String| number(line, key).map(show);
    [
        shown("reward", &|value| format!("reward {value:+.3}")),
        shown("accuracy", &|value| {
            format!("accuracy {:.1} %", 100.0 * value)
        }),
        shown("kl", &|value| format!("KL {value:.4}")),
        shown("attempts_used", &|value| format!("attempts {value:.2}")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn seconds(lines: &[Line]) -> f64 {
    lines
        .iter()
        .filter_map(|line| number(line, "seconds"))
        .sum()
}

/// The mean of the last steps and evaluations, times those that are left.
fn left(schedule: &Schedule, done: u64, metrics: &Metrics, evaluations: &Metrics) -> Duration {
    let evaluations_left = (done + 1..=schedule.steps).filter(|s| schedule.evaluates_after(*s));
    let steps_left = schedule.steps.saturating_sub(done) as f64;
    let seconds = steps_left * recent_mean(metrics.lines())
        + evaluations_left.count() as f64 * recent_mean(evaluations.lines());
    Duration::from_secs_f64(seconds)
}

/// Over ten lines at most, since responses grow or shrink while a run learns.
fn recent_mean(lines: &[Line]) -> f64 {
    let recent = &lines[lines.len().saturating_sub(10)..];
    if recent.is_empty() {
        0.0
    } else {
        seconds(recent) / recent.len() as f64
    }
}

fn columns() -> usize {
    rustix::termios::tcgetwinsize(stderr()).map_or(80, |size| usize::from(size.ws_col.max(20)))
}
